"""How the demo city's charges came about, line by line; what stands behind accounts' flags; and notes about accounts.

All of it follows from the charges and standings that are made elsewhere, for the first 20,000 accounts: a million would
only make the city slow to found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby

from countertui.demo.accounts import FLAGS, MOST_WITH_HISTORY, ChargeRow, standings, utility_charges

StepRow = tuple[str, str, int, str, str, str, int, str]
FlagRow = tuple[str, str, str, str, int | None, str]
NoteRow = tuple[str, str, str, str, str]

_BILLED_DAYS = 21
"""Bills are made so many days before they are due, a year's license fee earlier."""
_BILLED_DAYS_OF_LICENSES = 60
_INSTALMENTS = 4
_ORDINANCES = {
    "tax": "AFMC 3.16.020, 6 % of water",
    "trash": "AFMC 8.08.050, by size of cart",
    "license": "AFMC 5.04.060, schedule A",
    "invoice": "Agreement with the city",
    "fine": "AFMC 10.12.020, schedule B",
    "surcharge": "State law, per citation",
    "penalty": "AFMC 5.04.110",
}
_NOTES = (
    "Dog in the yard: meter reader calls first.",
    "Wants bills in large print.",
    "Daughter pays; she has a letter on file.",
    "Leak repaired 10/2026, adjustment asked for.",
    "Meter replaced 09/2026.",
)
_NOTED = 37
"""One account in so many has a note."""


def working_steps(charges: Iterable[ChargeRow]) -> Iterator[StepRow]:
    """Rows of table charge_step for charges that come account by account."""
    for _, of_account in groupby(charges, key=lambda row: row[1]):
        late = 0
        for row in of_account:
            yield from _steps(row, late)
            late += row[-1]


def first_charges(accounts: int, today: date) -> Iterator[ChargeRow]:
    """The charges of the first utility accounts, as many as are explained."""
    return utility_charges(min(accounts, MOST_WITH_HISTORY), today)


def flag_details(accounts: int, today: date) -> Iterator[FlagRow]:
    """Rows of table account_flag, of the first utility accounts."""
    count = min(accounts, MOST_WITH_HISTORY)
    owed = {number: list(rows) for number, rows in groupby(first_charges(accounts, today), key=lambda row: row[1])}
    for number, standing, more in standings(count):
        for flag in FLAGS[standing][more & 7].split():
            yield from _details(number, flag, _past_due(owed.get(number, [])), today)


def account_notes(accounts: int, today: date) -> Iterator[NoteRow]:
    """Rows of table account_note, of the first utility accounts."""
    for n, (number, _, more) in enumerate(standings(min(accounts, MOST_WITH_HISTORY))):
        if n % _NOTED == 5:
            day = today - timedelta(days=3 + more)
            yield f"N{n:06d}", number, day.isoformat(), "billing", _NOTES[n % len(_NOTES)]


def _steps(row: ChargeRow, late: int) -> Iterator[StepRow]:
    id_, account, due, head, text, _, amount, balance = row
    days = _BILLED_DAYS_OF_LICENSES if head == "license" else _BILLED_DAYS
    billed = (date.fromisoformat(due) - timedelta(days=days)).isoformat()
    parts = _parts(head, text, amount, late)
    for n, (what, cents, ordinance) in enumerate(parts, start=1):
        yield id_, "", n, account, billed, what, cents, ordinance
    if amount != balance:
        yield id_, "", len(parts) + 1, account, due, "Paid at the former counter", balance - amount, ""


def _parts(head: str, text: str, amount: int, late: int) -> list[tuple[str, int, str]]:
    """Words, cents and ordinance of what a charge is made of."""
    if head == "water":
        usage = (amount - 18_40) // 3_12
        used = [(f"{usage} units at 3.12", usage * 3_12, "AFMC 13.04.040, tier 1")] if usage else []
        return [(f"{text}, base charge", amount - usage * 3_12, "AFMC 13.04.040, 3/4 in. meter"), *used]
    if head == "sewer":
        usage = (amount - 22_10) // 1_45
        used = [(f"{usage} units of water at 1.45", usage * 1_45, "AFMC 13.12.030")] if usage else []
        return [(f"{text}, base charge", amount - usage * 1_45, "AFMC 13.12.030"), *used]
    if head == "penalty" and text.startswith("Late penalty"):
        said = f"10 % of {late // 100}.{late % 100:02d} late"
        return [(said, amount, "AFMC 13.04.110")]
    if head == "credit":
        return [("Paid beyond what was owed", amount, "")]
    return [(text, amount, _ORDINANCES[head])]


def _past_due(rows: list[ChargeRow]) -> int:
    """What is owed up to the penalty, itself included: what was late when this month's bill was made."""
    last = max((n for n, row in enumerate(rows) if row[3] == "penalty"), default=-1)
    return sum(row[-1] for row in rows[: last + 1])


def _details(number: str, flag: str, past_due: int, today: date) -> Iterator[FlagRow]:
    since = today.replace(day=1)
    if flag == "shutoff":
        due = (today + timedelta(days=8)).isoformat()
        yield number, flag, since.isoformat(), due, past_due, "AFMC 13.04.130; door hanger left"
    elif flag == "arrangement":
        part = past_due // _INSTALMENTS
        for n in range(_INSTALMENTS):
            due = (since + timedelta(days=14 + 31 * n)).isoformat()
            cents = part if n else past_due - part * (_INSTALMENTS - 1)
            yield number, flag, since.isoformat(), due, cents, f"{n + 1} of {_INSTALMENTS}, signed with billing"
    elif flag == "collections":
        yield number, flag, since.isoformat(), "", None, "with Cascade Recovery since last month; pays here"
    elif flag == "cash-only":
        yield number, flag, since.isoformat(), "", None, "two checks came back; AFMC 13.04.090"
