"""What technicians do at the ledger's desk from a terminal: alarms, error items, batches, tie-outs.

Every act is the function that the ledger's own commands call, with the same rights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from msgspec import Meta

from countertui.domain.desk_records import DeskKind
from countertui.domain.error_items import Way
from countertui.domain.rights import Act
from countertui.domain.tie_out import last_day, month_of
from countertui.forms import Form, Name, Number
from countertui.ledger.alarms import mark_seen
from countertui.ledger.batch_states import STEPS, step
from countertui.ledger.corrections import Who, correct_item, move, put_raised_right
from countertui.ledger.desk import Ground
from countertui.ledger.desk_calls import DeskAct, DeskRead, Looking, Nothing
from countertui.ledger.desk_reads.attention import attention
from countertui.ledger.desk_reads.batches import BatchAsked, BatchesAsked, batch, batches
from countertui.ledger.desk_reads.error_items import (
    ItemAsked,
    ItemsAsked,
    Proposal,
    dated_on,
    error_item,
    error_items,
    proposal,
    target_of,
)
from countertui.ledger.desk_reads.months import MonthOf, month
from countertui.ledger.desk_reads.moving import MoveAsked, movable, move_of, move_proposal
from countertui.ledger.desk_reads.own import require_all_counted
from countertui.ledger.desk_reads.record_of import RecordAsked
from countertui.ledger.desk_reads.tie_out import tie_out_causes_read, tie_out_read
from countertui.ledger.periods import set_period
from countertui.ledger.tie_out_signed import sign_tie_out

_Reason = Annotated[str, Meta(max_length=400)]
_Month = Annotated[str, Meta(max_length=10)]


class MonthAsked(Form, frozen=True):
    """A month, like 2026-11."""

    month: _Month


class CausesAsked(Form, frozen=True):
    """One row of a month's tie-out."""

    month: _Month
    section: str
    account: str


class _Correction(Form, frozen=True):
    item: Number
    way: str
    to: str
    reason: _Reason
    on: _Month = ""


class _Move(MoveAsked, frozen=True, kw_only=True):
    reason: _Reason


class _Step(Form, frozen=True):
    terminal: Name
    epoch: Number
    no: Number
    reason: _Reason


class _Signing(Form, frozen=True):
    month: _Month
    sha256: str
    reason: _Reason


def _tie_out(look: Looking, asked: MonthAsked) -> Mapping[str, Any]:
    require_all_counted(look, last_day(month_of(asked.month)))
    return tie_out_read(look.connection, {"month": asked.month})


def _causes(look: Looking, asked: CausesAsked) -> Mapping[str, Any]:
    require_all_counted(look, last_day(month_of(asked.month)))
    named = {"month": asked.month, "section": asked.section, "account": asked.account}
    return tie_out_causes_read(look.connection, named)


def _correct(ground: Ground, asked: _Correction, by: str, second: str, id_: str) -> Mapping[str, Any]:
    who = Who(by, second, asked.reason, dated_on(ground.connection, asked.on, ground.now), id_)
    if asked.way == Way.PUT_RIGHT:
        made = put_raised_right(ground, asked.item, who)
    else:
        made = correct_item(ground, asked.item, target_of(asked.way, asked.to), who)
    return {"seq": made.seq}


def _move(ground: Ground, asked: _Move, by: str, second: str, id_: str) -> Mapping[str, Any]:
    who = Who(by, second, asked.reason, dated_on(ground.connection, asked.on, ground.now), id_)
    return {"seq": move(ground, *move_of(asked), who).seq}


def _step(kind: DeskKind) -> Callable[[Ground, _Step, str, str, str], Mapping[str, Any]]:
    def does(ground: Ground, asked: _Step, by: str, second: str, id_: str) -> Mapping[str, Any]:
        place = asked.terminal, asked.epoch, asked.no
        made = step(ground, kind, *place, by=by, second=second or None, reason=asked.reason, id_=id_)
        return {"seq": made.seq, "state": STEPS[kind][1]}

    return does


def _sign(ground: Ground, asked: _Signing, by: str, second: str, id_: str) -> Mapping[str, Any]:
    people = {"by": by, "second": second}
    made = sign_tie_out(ground, asked.month, **people, reason=asked.reason, sha256=asked.sha256, id_=id_)
    return {"seq": made.seq}


class _Period(Form, frozen=True):
    month: _Month
    reason: _Reason


def _period(kind: DeskKind) -> Callable[[Ground, _Period, str, str, str], Mapping[str, Any]]:
    def does(ground: Ground, asked: _Period, by: str, second: str, id_: str) -> Mapping[str, Any]:
        made = set_period(ground, kind, asked.month, by=by, second=second, reason=asked.reason, id_=id_)
        return {"seq": made.seq}

    return does


class _Alarm(Form, frozen=True):
    alarm: Number
    reason: _Reason = ""


def _seen(ground: Ground, asked: _Alarm, by: str, _second: str, _id: str) -> Mapping[str, Any]:
    mark_seen(ground.connection, asked.alarm, by, ground.now)
    return {"alarm": asked.alarm}


READS: Mapping[str, DeskRead] = {
    "attention": DeskRead(Act.SEE_LEDGER, Nothing, attention),
    "error-items": DeskRead(Act.SEE_LEDGER, ItemsAsked, error_items),
    "error-item": DeskRead(Act.SEE_LEDGER, ItemAsked, error_item),
    "error-item.proposal": DeskRead(Act.SEE_LEDGER, Proposal, proposal),
    "batches": DeskRead(Act.SEE_LEDGER, BatchesAsked, batches),
    "batch": DeskRead(Act.SEE_LEDGER, BatchAsked, batch),
    "move": DeskRead(Act.SEE_EXPECTED, RecordAsked, movable),
    "move.proposal": DeskRead(Act.SEE_EXPECTED, MoveAsked, move_proposal),
    "month": DeskRead(Act.SEE_LEDGER, MonthOf, month),
    "tie-out": DeskRead(Act.SEE_LEDGER, MonthAsked, _tie_out),
    "tie-out.causes": DeskRead(Act.SEE_LEDGER, CausesAsked, _causes),
}
"""What is asked."""
ACTS: Mapping[str, DeskAct] = {
    "alarm.seen": DeskAct(Act.SEE_ALARMS, None, _Alarm, _seen),
    "error-item.correct": DeskAct(Act.CORRECT, Act.AGREE, _Correction, _correct),
    "receipt.move": DeskAct(Act.CORRECT, Act.AGREE, _Move, _move),
    "batch.release": DeskAct(Act.RELEASE, None, _Step, _step(DeskKind.BATCH_RELEASE)),
    "batch.post": DeskAct(Act.POST, None, _Step, _step(DeskKind.BATCH_POST)),
    "batch.reject": DeskAct(Act.RELEASE, None, _Step, _step(DeskKind.BATCH_REJECT)),
    "batch.reopen": DeskAct(Act.RELEASE, Act.AGREE, _Step, _step(DeskKind.BATCH_REOPEN)),
    "period.close": DeskAct(Act.CORRECT, Act.AGREE, _Period, _period(DeskKind.PERIOD_CLOSE)),
    "period.open": DeskAct(Act.CORRECT, Act.AGREE, _Period, _period(DeskKind.PERIOD_OPEN)),
    "tie-out.sign": DeskAct(Act.CORRECT, Act.AGREE, _Signing, _sign),
}
"""What is done."""
