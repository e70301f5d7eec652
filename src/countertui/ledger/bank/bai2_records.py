"""The records of a BAI2 file (Cash Management Balance Reporting, version 2): lines split, continuations joined.

A physical record ends with `/`; some banks write several into one line, others leave the `/` out after a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from countertui.ledger.bank.faults import BankFileRefusedError

CONTINUES = "88"
CODES = frozenset({"01", "02", "03", "16", "49", CONTINUES, "98", "99"})
DETAIL = "16"
_NEXT_IN_LINE = re.compile(r"/[ \t]+(?=(?:02|03|16|49|88|98|99),)")


@dataclass(frozen=True, slots=True)
class Bai2Record:
    """One record with its continuations: the line it begins in, its code, its fields, how many records it was."""

    row: int
    code: str
    fields: tuple[str, ...]
    physical: int

    def number(self, place: int, words: str) -> int:
        """A whole number of it, 0 where the field is empty. Raises BankFileRefusedError."""
        text = self.fields[place].strip() if place < len(self.fields) else ""
        if not re.fullmatch(r"[+-]?[0-9]{1,18}|", text, re.ASCII):
            raise BankFileRefusedError(f"{words} is not a number.", self.row)
        return int(text or 0)


def bai2_records(text: str) -> list[Bai2Record]:
    """The records of a file in its order. Raises BankFileRefusedError for a line that is none."""
    found: list[Bai2Record] = []
    for row, code, rest in _physical(text):
        if code != CONTINUES:
            found.append(Bai2Record(row, code, tuple(_fields(code, rest)), 1))
            continue
        if not found:
            raise BankFileRefusedError("A continuation continues nothing.", row)
        last = found[-1]
        found[-1] = Bai2Record(last.row, last.code, _continued(last, rest), last.physical + 1)
    return found


def _physical(text: str) -> Iterator[tuple[int, str, str]]:
    """Line number, code and the rest of each physical record; a text that was wrapped is put together again."""
    open_, row, code, rest = False, 0, "", ""
    for number, line in enumerate(text.splitlines(), start=1):
        for part in _NEXT_IN_LINE.sub("/\n", line).split("\n"):
            record = part.strip()
            if not record:
                continue
            begins = record[:2] in CODES and record[2:3] in ("", ",")
            if not begins and open_ and code in (DETAIL, CONTINUES):
                rest = f"{rest.rstrip()} {record}"
            elif not begins:
                raise BankFileRefusedError(f"“{record[:2]}” is no record of BAI2.", number)
            else:
                if code:
                    yield row, code, rest
                row, code, rest = number, record[:2], record[3:]
            open_ = not record.endswith("/")
    if code:
        yield row, code, rest


def _fields(code: str, rest: str) -> list[str]:
    ended = rest.endswith("/")
    fields = rest.removesuffix("/").split(",")
    if code in (DETAIL, CONTINUES) or ended:
        return fields
    return [*fields[:-1], fields[-1].strip()]


def _continued(record: Bai2Record, rest: str) -> tuple[str, ...]:
    """A detail's continuation goes on with its text, any other's with the next field."""
    if record.code == DETAIL:
        return (*record.fields[:-1], f"{record.fields[-1].rstrip()} {rest.removesuffix('/').strip()}")
    return (*record.fields, *_fields(CONTINUES, rest))
