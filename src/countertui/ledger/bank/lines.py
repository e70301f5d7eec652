"""The bank's lines as the books keep them, and as they say them again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from countertui.domain.bank_matching import Line
from countertui.domain.bank_records import BankLineData
from countertui.domain.bank_statement import LineKind, StatementLine
from countertui.domain.card_guard import holds_card_number

LONGEST = 200
"""How much of a bank's text is kept."""
_KEPT_OUT = "(not kept: it may hold a card number)"


def line_of(row: Mapping[Any, Any]) -> StatementLine:
    """A line of the table of the bank's lines."""
    return StatementLine(
        row=row["row"],
        account=row["account"],
        dated=date.fromisoformat(row["dated"]),
        cents=row["cents"],
        kind=LineKind(row["kind"]),
        code=row["code"],
        reference=row["reference"],
        bank_id=row["bank_id"],
        check=row["check"],
        text=row["text"],
    )


def line_data(line: Line) -> BankLineData:
    """A line as a record says it."""
    says = line.says
    return BankLineData(
        identity=line.identity,
        row=says.row,
        account=says.account,
        dated=says.dated.isoformat(),
        cents=says.cents,
        kind=says.kind.value,
        code=says.code[:LONGEST],
        reference=kept(says.reference),
        bank_id=kept(says.bank_id),
        check=says.check[:LONGEST],
        text=kept(says.text),
    )


def kept(text: str) -> str:
    """A text of the bank as it may be kept: one line, not too long, no card number."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)[:LONGEST].strip()
    return _KEPT_OUT if holds_card_number(printable) else printable
