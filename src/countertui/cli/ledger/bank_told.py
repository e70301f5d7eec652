"""What `countertui ledger bank` says, in lines and as JSON."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from countertui.cli.lines import tell

if TYPE_CHECKING:
    from countertui.domain.bank_matching import AtBank, Line, Pair
    from countertui.ledger.returned_list import Listed

NAMED_BY = 10
"""How many digits of its identity a line of the bank is listed by."""


def tell_bank(
    found: list[Pair], booked: set[int], left: list[AtBank], lines: list[Line], listed: list[Listed], day: str
) -> None:
    """Say each pair with its confidence, and what is unmatched on either side with its age on a day."""
    from countertui.domain.money import Cents, format_cents

    today = date.fromisoformat(day)
    for pair in found:
        state = "booked" if pair.deposit.seq in booked else "not booked"
        off = f", the bank counted {_more_or_less(pair.off_cents)}" if pair.off_cents else ""
        tell(
            f"{pair.confidence:3} %  deposit {pair.deposit.seq}, bag {pair.deposit.bag}, {pair.deposit.dated}:"
            f" {format_cents(Cents(pair.deposit.cents))}; {pair.why}{off}; {state}"
        )
    for each in left:
        age = (today - each.dated).days
        bag = f"bag {each.bag} to {each.account}"
        tell(f"Not at the bank: deposit {each.seq}, {bag}, {format_cents(Cents(each.cents))}, {age} days old")
    for line in lines:
        says, age = line.says, (today - line.says.dated).days
        words = " ".join(filter(None, (says.reference, says.text)))
        what = f"{line.identity[:NAMED_BY]} {says.dated} {says.kind.label}"
        tell(f"No deposit: {what} {format_cents(Cents(says.cents))} {words}, {age} days old")
    for one in listed:
        told = one.why_not or f"check {one.reference} of receipt {one.receipt_no}"
        tell(f"Returned: line {one.row.row}, {format_cents(Cents(one.row.cents))}: {told}")
    if not found and not left and not lines:
        tell("Everything deposited is at the bank, and nothing else.")


def _more_or_less(cents: int) -> str:
    from countertui.domain.money import Cents, format_cents

    return f"{format_cents(Cents(abs(cents)))} {'more' if cents > 0 else 'less'}"


def as_json(
    found: list[Pair], left: list[AtBank], lines: list[Line], listed: list[Listed], day: str
) -> dict[str, object]:
    """The same as JSON: {"pairs", "deposits", "lines", "returned"}."""
    today = date.fromisoformat(day)

    def days(each: AtBank) -> int:
        return (today - each.dated).days

    return {
        "pairs": [
            {
                "deposit": pair.deposit.seq,
                "bag": pair.deposit.bag,
                "cents": pair.deposit.cents,
                "lines": [line.says.row for line in pair.lines],
                "off_cents": pair.off_cents,
                "confidence": pair.confidence,
                "why": pair.why,
            }
            for pair in found
        ],
        "deposits": [
            {"deposit": each.seq, "bag": each.bag, "account": each.account, "cents": each.cents, "days": days(each)}
            for each in left
        ],
        "lines": [_line_json(line, today) for line in lines],
        "returned": [
            {
                "row": one.row.row,
                "check": one.row.reference,
                "cents": one.row.cents,
                "receipt_no": one.receipt_no,
                "why_not": one.why_not,
            }
            for one in listed
        ],
    }


def _line_json(line: Line, today: date) -> dict[str, object]:
    says = line.says
    told = {"account": says.account, "cents": says.cents, "reference": says.reference, "text": says.text}
    told |= {"kind": says.kind.value, "dated": says.dated.isoformat(), "days": (today - says.dated).days}
    return {**told, "line": line.identity[:NAMED_BY]}
