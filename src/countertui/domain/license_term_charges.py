"""The charges that a license's terms raise: their ids, what they come to, and their working."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from countertui.domain.license_acts import TermChargeData, TermData
from countertui.domain.license_determination import Determination, Line
from countertui.domain.license_fees import Worked, in_words
from countertui.domain.license_terms import Term


def charge_id(license_: str, begins: str, code: str) -> str:
    """The id of the charge that a row (by its code) of a term's determination raises; begins: its first day, ISO.

    One and the same wherever it is assessed: two counters that assess one term never have it paid twice.
    """
    return f"{charge_prefix(license_, begins)}{code}"


def charge_prefix(license_: str, begins: str) -> str:
    """How the ids of the charges of a term begin."""
    return f"{license_}/{begins}/"


@dataclass(slots=True)
class _Left:
    """What is left of a line of a determination, in cents, after what was taken off, and the working of that."""

    line: Line
    cents: int
    working: list[Worked]


def term_data(
    license_: str, term: Term, due: date, fee: Determination, before: Sequence[TermChargeData] | None = None
) -> TermData:
    """A determination as the term it assesses. What takes off is taken from the city's own charges first.

    before: the charges of the same term as it was assessed, where it is assessed anew: they are withdrawn, and the new
    ones have ids of their own. Raises ValueError where more is taken off than is charged.
    """
    left = [_Left(line, line.cents, list(line.working)) for line in fee.lines if line.cents > 0]
    for off in (line for line in fee.lines if line.cents < 0):
        gone = -off.cents
        for each in sorted(left, key=lambda one: one.line.passed_through):
            part = min(gone, each.cents)
            if part:
                each.cents -= part
                each.working.append(Worked(off.description, Decimal(-part)))
                gone -= part
        if gone:
            raise ValueError(f"{off.code} takes {gone} cents more off than is charged")
    begins = term.begins.isoformat()
    times = 1 + max((_times(charge["id"]) for charge in before or ()), default=0)
    anew = f"{_ANEW}{times}" if times > 1 else ""
    charges = [
        TermChargeData(
            id=charge_id(license_, begins, f"{each.line.code}{anew}"),
            head=each.line.head,
            gl=each.line.gl,
            description=each.line.description,
            cents=each.cents,
            ordinance=each.line.ordinance,
            working=[[step.text, in_words(step.cents)] for step in each.working],
        )
        for each in left
        if each.cents
    ]
    made = TermData(begins=begins, ends=term.ends.isoformat(), due=due.isoformat(), charges=charges)
    if before is not None:
        made["withdraws"] = list(before)
    return made


def code_of_charge(id_: str) -> str:
    """The row of the city's schedule by which a term's charge was raised, by its id; empty for another charge's."""
    found = _TERM_CHARGE.match(id_) if "/" in id_ else None
    return found["code"].partition(_ANEW)[0] if found else ""


def _times(id_: str) -> int:
    """The how manieth assessment of its term a charge is of, from 1."""
    times = id_.rpartition(_ANEW)[2]
    return int(times) if _ANEW in id_ and times.isascii() and times.isdigit() else 1


_ANEW = "~"
WITHDRAWN = "Assessed anew"
"""What takes a charge away that a term's new assessment withdraws."""


def license_of_charge(id_: str) -> str:
    """The license whose term raised a charge, by its id; empty where it is no such charge's."""
    found = _TERM_CHARGE.match(id_) if "/" in id_ else None
    return found["license"] if found else ""


_TERM_CHARGE = re.compile(r"(?P<license>.+?)/[0-9]{4}-[0-9]{2}-[0-9]{2}/(?P<code>.+)")


def is_raised(id_: str) -> bool:
    """Whether a charge's id says that a record raised it on a license, as a payment does a penalty."""
    found = _TERM_CHARGE.match(id_) if "/" in id_ else None
    return found is not None and "/" in found["code"]


def raised_row(id_: str, license_: str, begins: str) -> str | None:
    """The row of the schedule by which a record raised a charge on a term (its first day, ISO), by its id.

    None for any other charge, those of the term's assessment too.
    """
    start = charge_prefix(license_, begins)
    code, mark, record = id_.removeprefix(start).partition("/")
    return code if id_.startswith(start) and mark and record else None


def working_in_cents(charge: Mapping[str, Any]) -> list[tuple[str, int]]:
    """A charge's working in whole cents, each step what the exact sum so far rounds to less what stood before it."""
    steps, exact, before = [], Decimal(0), 0
    for text, amount in charge["working"]:
        exact += Decimal(amount)
        rounded = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        steps.append((f"{charge['description']}: {text}", rounded - before))
        before = rounded
    return steps or [(charge["description"], charge["cents"])]
