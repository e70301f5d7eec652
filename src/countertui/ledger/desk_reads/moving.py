"""Where a posted payment's money stands, and what moving a part of it would do, before two people agree to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from countertui.domain.balances import charge_movements
from countertui.domain.desk_records import DESK
from countertui.domain.error_items import Way
from countertui.domain.rights import took_part
from countertui.domain.text import person_key
from countertui.forms import Cents, Form, Name, Number
from countertui.ledger import tables
from countertui.ledger.charted import rules_of
from countertui.ledger.city_day import city_day
from countertui.ledger.correction_targets import Target, ToCharge, ToGl
from countertui.ledger.corrections import payment_at, propose_move, require_not_before, there
from countertui.ledger.credits import CREDIT_PREFIX
from countertui.ledger.desk_calls import Looking
from countertui.ledger.desk_reads.error_items import dated_on, target_of, working
from countertui.ledger.desk_reads.own import require_counted
from countertui.ledger.desk_reads.plain import word
from countertui.ledger.desk_reads.record_of import RecordAsked
from countertui.ledger.stored import StoredRecord, corrections_of, what_stands
from countertui.ledger.taken_back import CorrectionRefusedError, refused

CHARGE, GL = "charge", "gl"
"""What money stands on: a charge or an account's credit, or a GL account alone."""
TARGETS = frozenset({Way.TO_ACCOUNT.value, Way.TO_CHARGE.value, Way.TO_GL.value})
_MOST = 200


class MoveAsked(Form, frozen=True, kw_only=True):
    """Cents of a payment (terminal, epoch, seq) that stand on a `source` (charge or gl) of that name.

    `way` and `to` say where they belong (domain.error_items.Way), `on` on which business date, today's where empty.
    """

    terminal: Name
    epoch: Number
    seq: Number
    source: str
    name: str
    cents: Cents
    way: str
    to: str
    on: str = ""


def movable(look: Looking, asked: RecordAsked) -> dict[str, Any]:
    """{"terminal", "epoch", "seq", "receipt_no", "biz_date", "payor", "people", "is_mine", "places"}.

    places: where its money stands, corrections and checks that came back counted: source (charge or gl), name (a
    charge, or CR- and an account's number for its credit), words, account, cents. is_mine: who looks took part in it,
    and moves nothing of it. Raises CorrectionRefusedError, NotAllowed.
    """
    connection = look.connection
    about = payment_at(connection, (asked.terminal, asked.epoch, asked.seq))
    body = about.body
    _require_counted(look, about)
    people = took_part(body)
    return {
        "terminal": asked.terminal,
        "epoch": asked.epoch,
        "seq": asked.seq,
        "receipt_no": word(body.get("receipt_no")),
        "biz_date": word(body.get("biz_date")),
        "payor": word(body["data"].get("payor")),
        "people": sorted(set(people)),
        "is_mine": person_key(look.operator) in {person_key(person) for person in people},
        "places": list(_places(connection, about)),
    }


def move_proposal(look: Looking, asked: MoveAsked) -> dict[str, Any]:
    """What moving it would do, as `error_items.proposal` says it, and nothing done.

    Raises CorrectionRefusedError, NotAllowed: how much is there to move says what is in a drawer.
    """
    connection = look.connection
    _require_counted(look, payment_at(connection, (asked.terminal, asked.epoch, asked.seq)))
    dated = dated_on(connection, asked.on, look.now)
    found = propose_move(connection, *move_of(asked))
    require_not_before(found.about, dated, city_day(connection, look.now))
    said = {"cents": found.cents, "together": [], "raised": [], "dated": dated}
    return said | working(connection, found.shares)


def _require_counted(look: Looking, about: StoredRecord) -> None:
    """Raise NotAllowed for a payment into a drawer of who looks that they have not counted."""
    body = about.body
    if type(body["session"]) is str and body["terminal"] != DESK:
        require_counted(look, body["terminal"], body["epoch"], body["session"])


def move_of(asked: MoveAsked) -> tuple[tuple[str, int, int], ToGl | ToCharge, Target, int]:
    """Which record, from where, to where, and how much. Raises CorrectionRefusedError."""
    target = target_of(asked.way, asked.to) if asked.way in TARGETS else None
    if target is None or asked.source not in (CHARGE, GL):
        raise CorrectionRefusedError("It is not said where the money belongs.", "Nothing was changed.", "Say a place.")
    source = ToCharge(asked.name) if asked.source == CHARGE else ToGl(asked.name)
    if source == target:
        raise refused("It stands there already.")
    return (asked.terminal, asked.epoch, asked.seq), source, target, asked.cents


def _places(connection: Connection, about: StoredRecord) -> Iterator[dict[str, Any]]:
    charges: dict[str, str] = {}
    for move in what_stands(connection, about).moves:
        charges.setdefault(move.charge or f"{CREDIT_PREFIX}{move.account}", move.account or "")
    charge, gl_account = tables.reference["charge"].c, tables.reference["gl_account"].c
    for name, account in list(charges.items())[:_MOST]:
        if (cents := _left(connection, about, ToCharge(name))) > 0:
            is_credit = name.startswith(CREDIT_PREFIX)
            words = "Credit" if is_credit else _called(connection, charge.description, charge.id, name)
            yield {"source": CHARGE, "name": name, "words": words, "account": account, "cents": cents}
    gls = [move.gl for move in charge_movements(about.body["kind"], about.body["data"]) if move.account is None]
    for correction in corrections_of(connection, about):
        gls += [share["gl"] for share in correction.body["data"]["shares"] if share["account"] is None]
    suspense = rules_of(connection).posting.suspense
    for gl in list(dict.fromkeys(gls))[:_MOST]:
        if gl != suspense and (cents := _left(connection, about, ToGl(gl))) > 0:
            words = _called(connection, gl_account.name, gl_account.code, gl)
            yield {"source": GL, "name": gl, "words": words, "account": "", "cents": cents}


def _left(connection: Connection, about: StoredRecord, source: ToGl | ToCharge) -> int:
    return sum(share["cents"] for share in there(connection, about, source))


def _called(connection: Connection, words: Any, key: Any, name: str) -> str:
    return str(connection.execute(select(words).where(key == name)).scalar() or "")
