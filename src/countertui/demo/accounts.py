"""The demo city's utility accounts and what is owed on them: billed monthly, some behind, some ahead, many paid up.

Accounts, charges and receipts are made in separate passes; they meet in `standings`, drawn from a stream of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from enum import IntEnum

from countertui.demo.chance import scattered, stream
from countertui.demo.money_tables import GL_OF_HEAD, UTILITY_CREDITS
from countertui.demo.people import address_of, name_of, phone_of
from countertui.demo.trades import Business
from countertui.domain.reference import NumberKind

MOST_ACCOUNTS = 9_000_000
"""Locations have seven digits and don't begin with 0."""
MOST_WITH_HISTORY = 20_000
_DUE_DAYS = (5, 12, 19, 26)
_SPANISH = 17
"""One account in so many wants its papers in Spanish."""
_MONTHS_BACK = 3
_PARCELS = 90_000_000
"""900 books of 1,000 pages of 100 lots."""

AccountRow = tuple[str, str, str, str, str, str, str, str, str, str]
ChargeRow = tuple[str, str, str, str, str, str, int, int]
HistoryRow = tuple[str, str, str, str, int, int]


class Standing(IntEnum):
    """How an account stands: nothing owed, ahead, this month's bill open, or behind."""

    PAID = 0
    CREDIT = 1
    MONTH = 2
    ARREARS = 3


_STANDINGS = (
    *(Standing.ARREARS,) * 51,  # of 256
    *(Standing.CREDIT,) * 13,
    *(Standing.PAID,) * 64,
    *(Standing.MONTH,) * 128,
)
FLAGS = {
    Standing.PAID: ("autopay", "", "", "", "", "", "", ""),
    Standing.CREDIT: ("", "", "", "budget-plan", "", "", "", ""),
    Standing.MONTH: ("", "", "", "", "", "", "", "paperless"),
    Standing.ARREARS: ("shutoff", "shutoff", "arrangement", "cash-only", "collections", "", "", "shutoff cash-only"),
}


def standings(count: int) -> Iterator[tuple[str, Standing, int]]:
    """Number, standing and eight more random bits of each account: 20 % behind, 5 % ahead, 25 % paid, 50 % due."""
    bits_of = stream("standings").getrandbits
    for n in range(count):
        bits = bits_of(16)
        yield f"{1_000_000 + scattered(n, MOST_ACCOUNTS)}-{1 + n % 7 % 4:02d}", _STANDINGS[bits & 255], bits >> 8


def utility_accounts(count: int, landlords: Sequence[Business]) -> Iterator[AccountRow]:
    """Rows of table account. Every 23rd account is held by one of the landlords, until each has one."""
    places = stream("places")
    for (number, standing, more), (party, name) in zip(standings(count), _parties(count, landlords), strict=True):
        status = "closed" if standing <= Standing.CREDIT and more > 240 else "active"
        flags = FLAGS[standing][more & 7]
        address, phone, language = address_of(places), phone_of(places), "es" if more % _SPANISH == 3 else ""
        yield number, "utility", party, name, address, phone, status, flags, UTILITY_CREDITS, language


def utility_parcels(count: int) -> Iterator[tuple[str, str, str]]:
    """Rows of table known_as: the parcel that each account's meter stands on, by book, page and lot."""
    for n, (number, _, _) in enumerate(standings(count)):
        book_page, lot = divmod(scattered(n, _PARCELS), 100)
        yield f"{book_page // 1000:03d}-{book_page % 1000:03d}-{lot:02d}", NumberKind.PARCEL.value, number


def _parties(count: int, landlords: Sequence[Business]) -> Iterator[tuple[str, str]]:
    names = stream("names")
    owners = iter(landlords)
    for n in range(count):
        owner = next(owners, None) if n % 23 == 11 else None
        yield (owner.party, owner.name) if owner else (f"P{n + 1:07d}", name_of(names))


def utility_charges(count: int, today: date) -> Iterator[ChargeRow]:
    """Rows of table charge for the same accounts: a bill a month, on what is late a penalty, credits below zero."""
    bills = stream("bills")
    calendars = [_Calendar(today, day) for day in _DUE_DAYS]
    for n, (number, standing, more) in enumerate(standings(count)):
        calendar = calendars[n & 3]
        if standing is Standing.MONTH:
            yield from calendar.bill(number, 0, bills.getrandbits(24))
        elif standing is Standing.ARREARS:
            late = 0
            for month in range(1 + more % _MONTHS_BACK, 0, -1):
                for row in calendar.bill(number, month, bills.getrandbits(24)):
                    late += row[-1]
                    yield row
            yield calendar.penalty(number, late // 10)
            yield from calendar.bill(number, 0, bills.getrandbits(24))
        elif standing is Standing.CREDIT:
            cents = -500 - bills.getrandbits(13)
            due = calendar.due[0]
            yield f"{number}.CR", number, due, "credit", "Credit on account", UTILITY_CREDITS, cents, cents


class _Calendar:
    """The bills of the accounts due on one day of the month; month 0 is today's."""

    def __init__(self, today: date, day: int) -> None:
        months = [divmod(today.year * 12 + today.month - 1 - back, 12) for back in range(_MONTHS_BACK + 1)]
        dates = [date(year, month + 1, day) for year, month in months]
        self.due = [due.isoformat() for due in dates]
        self._month = [f"{due:%m}/{due.year}" for due in dates]
        # year and month in two signs: with four digits more, one id in ten would pass for a card number
        self._code = [f"{due.year % 10}{'ABCDEFGHIJKL'[due.month - 1]}" for due in dates]

    def bill(self, number: str, back: int, bits: int) -> Iterator[ChargeRow]:
        """A month's charges. Of an older bill the first heads may be paid: what comes in goes to them first."""
        due, month, code = self.due[back], self._month[back], self._code[back]
        usage = (bits & 15) + (bits >> 4 & 15)
        water = 18_40 + usage * 3_12
        paid = back and bits >> 8 & 3  # how many of tax, trash and sewer are paid
        if paid < 1:
            tax = water * 6 // 100
            yield f"{number}.{code}X", number, due, "tax", f"Utility tax {month}", GL_OF_HEAD["tax"], tax, tax
        if paid < 2 and bits >> 10 & 3:
            trash = 18_75 if bits >> 12 & 1 else 24_50
            yield f"{number}.{code}T", number, due, "trash", f"Trash {month}", GL_OF_HEAD["trash"], trash, trash
        if paid < 3 and bits >> 13 & 7:
            sewer = 22_10 + usage * 1_45
            yield f"{number}.{code}S", number, due, "sewer", f"Sewer {month}", GL_OF_HEAD["sewer"], sewer, sewer
        owed = water * 2 // 5 if paid == 3 else water
        yield f"{number}.{code}W", number, due, "water", f"Water {month}", GL_OF_HEAD["water"], water, owed

    def penalty(self, number: str, cents: int) -> ChargeRow:
        """The penalty on what was late when this month's bill was made: ten in a hundred."""
        code, due = self._code[0], self.due[0]
        text = f"Late penalty {self._month[0]}"
        return f"{number}.{code}P", number, due, "penalty", text, GL_OF_HEAD["penalty"], cents, cents


def utility_history(count: int, landlords: Sequence[Business], today: date) -> Iterator[HistoryRow]:
    """Rows of table receipt_history: last month's payments, to the former system, of the first 20,000 accounts."""
    payments = stream("payments")
    year, month = divmod(today.year * 12 + today.month - 2, 12)
    count = min(count, MOST_WITH_HISTORY)
    for n, ((number, standing, _), (_, name)) in enumerate(
        zip(standings(count), _parties(count, landlords), strict=True), start=1
    ):
        if standing is not Standing.ARREARS:
            bits = payments.getrandbits(24)
            day = date(year, month + 1, 1 + bits % 28).isoformat()
            yield f"H{n:06d}", number, day, name, 40_00 + (bits >> 8) % 14_000, int(not bits >> 5 & 63)
