"""What technicians do about the bank from a terminal: take its file in, book, explain, take back.

Each is the function that `countertui ledger bank|explain|unmatch` calls, with the same rights; two people book always.
"""

from __future__ import annotations

import zlib
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from msgspec import Meta

from countertui.domain.bank_matching import Pair
from countertui.domain.rights import Act
from countertui.forms import Cents, Form, Number
from countertui.ledger.bank import booking, explaining
from countertui.ledger.bank.faults import BankFileRefusedError, refused
from countertui.ledger.bank.returned_items import take_back
from countertui.ledger.bank.standing import standing
from countertui.ledger.bank.taking_in import take_in
from countertui.ledger.city_day import city_day
from countertui.ledger.desk import Ground
from countertui.ledger.desk_calls import DeskAct, DeskRead, Nothing
from countertui.ledger.desk_reads.bank import (
    DepositAsked,
    FilesAsked,
    LineAsked,
    LinesAsked,
    bank,
    bank_deposit,
    bank_file_lines,
    bank_files,
    bank_line,
)
from countertui.machine import uuid7

MOST_INFLATED = 4 << 20
"""How large a file may be that comes from a terminal, bytes."""
_Reason = Annotated[str, Meta(max_length=400)]
_Line = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class _Pair(Form, frozen=True):
    """A pair as it was shown."""

    deposit: Number
    lines: Annotated[list[_Line], Meta(min_length=1, max_length=10)]
    off_cents: Cents


class _Booking(Form, frozen=True):
    pairs: Annotated[list[_Pair], Meta(min_length=1, max_length=200)]
    reason: _Reason = ""


class _Unbooking(Form, frozen=True):
    deposit: Number
    reason: _Reason


class _Explaining(Form, frozen=True):
    """gl: where the line belongs, empty for one that the books have already."""

    line: _Line
    gl: Annotated[str, Meta(max_length=40)]
    reason: _Reason


class _OfLine(Form, frozen=True):
    line: _Line
    reason: _Reason = ""


class _File(Form, frozen=True):
    """data: the file's bytes, deflated (RFC 1950), as base64."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    data: Annotated[str, Meta(max_length=60_000)]
    reason: _Reason = ""


def _book(ground: Ground, asked: _Booking, by: str, second: str, id_: str) -> Mapping[str, Any]:
    """Book pairs as they were shown. Raises BankRefusedError where one is no longer that."""
    found = {pair.deposit.seq: pair for pair in standing(ground.connection).pairs}
    chosen = [_as_shown(found.get(each.deposit), each) for each in asked.pairs]
    made = booking.book(ground, chosen, by=by, second=second, biz_date=_day(ground), id_=id_)
    return {"seq": made.seq}


def _as_shown(found: Pair | None, shown: _Pair) -> Pair:
    if found is None or ([line.identity for line in found.lines], found.off_cents) != (shown.lines, shown.off_cents):
        raise refused(f"Deposit {shown.deposit} matches otherwise than it was shown.", "R, then look at it again.")
    return found


def _unbook(ground: Ground, asked: _Unbooking, by: str, second: str, id_: str) -> Mapping[str, Any]:
    more = {"by": by, "second": second, "reason": asked.reason, "biz_date": _day(ground), "id_": id_}
    return {"seq": booking.unbook(ground, asked.deposit, **more).seq}


def _explain(ground: Ground, asked: _Explaining, by: str, second: str, id_: str) -> Mapping[str, Any]:
    more = {"by": by, "second": second, "reason": asked.reason, "biz_date": _day(ground), "id_": id_}
    if not asked.gl.strip():
        return {"seq": explaining.explain_booked(ground, asked.line, **more).seq}
    return {"seq": explaining.explain(ground, asked.line, asked.gl, **more).seq}


def _unexplain(ground: Ground, asked: _OfLine, by: str, second: str, id_: str) -> Mapping[str, Any]:
    more = {"by": by, "second": second, "reason": asked.reason, "biz_date": _day(ground), "id_": id_}
    return {"seq": explaining.unexplain(ground, asked.line, **more).seq}


def _return(ground: Ground, asked: _OfLine, by: str, second: str, id_: str) -> Mapping[str, Any]:
    """Take back what a returned item's check paid. Raises BankRefusedError where its check is not known."""
    item = next((each for each in standing(ground.connection).listed if each[1] == asked.line), None)
    if item is None or not item[0].matched:
        raise refused("The check of that line is not known, or came back before.", "G or O says what it is.")
    ids = _ids(id_)
    take_back(ground, [item], by=by, second=second, biz_date=_day(ground), ids=lambda: next(ids))
    return {"receipt_no": item[0].receipt_no}


def _take(ground: Ground, asked: _File, by: str, _second: str, id_: str) -> Mapping[str, Any]:
    made = take_in(ground, asked.name, inflated(asked.data), by=by, biz_date=_day(ground), id_=id_)
    data = made.body["data"]
    return {"seq": made.seq, "lines": len(data["lines"]), "seen": data["seen"]}


def inflated(data: str) -> bytes:
    """A file as it came from a terminal. Raises BankFileRefusedError for what is none, or is too large."""
    try:
        packed = zlib.decompressobj()
        found = packed.decompress(b64decode(data, validate=True), MOST_INFLATED)
    except (zlib.error, NotBase64, ValueError) as fault:
        raise BankFileRefusedError("It did not come whole.") from fault
    if packed.unconsumed_tail:
        raise BankFileRefusedError(f"It is larger than {MOST_INFLATED >> 20} MiB: countertui ledger bank takes it.")
    if not packed.eof or packed.unused_data:
        raise BankFileRefusedError("It did not come whole.")
    return found


def _ids(first: str) -> Iterator[str]:
    yield first
    while True:
        yield uuid7()


def _day(ground: Ground) -> str:
    return city_day(ground.connection, ground.now)


READS: Mapping[str, DeskRead] = {
    "bank": DeskRead(Act.SEE_LEDGER, Nothing, bank),
    "bank.deposit": DeskRead(Act.SEE_LEDGER, DepositAsked, bank_deposit),
    "bank.line": DeskRead(Act.SEE_LEDGER, LineAsked, bank_line),
    "bank.files": DeskRead(Act.SEE_LEDGER, FilesAsked, bank_files),
    "bank.file": DeskRead(Act.SEE_LEDGER, LinesAsked, bank_file_lines),
}
"""What is asked."""
ACTS: Mapping[str, DeskAct] = {
    "bank.take": DeskAct(Act.DEPOSIT, None, _File, _take),
    "bank.book": DeskAct(Act.DEPOSIT, Act.AGREE, _Booking, _book),
    "bank.unbook": DeskAct(Act.DEPOSIT, Act.AGREE, _Unbooking, _unbook),
    "bank.explain": DeskAct(Act.CORRECT, Act.AGREE, _Explaining, _explain),
    "bank.unexplain": DeskAct(Act.CORRECT, Act.AGREE, _OfLine, _unexplain),
    "bank.return": DeskAct(Act.CORRECT, Act.AGREE, _OfLine, _return),
}
"""What is done."""
