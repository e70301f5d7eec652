"""Numbered paper receipt books, for when the power is out: what a number is, when it is keyed in, which are missing.

A book is a run of preprinted numbers of one series, issued to one office. Its forms are used in order, each once, and
keyed in when the power is back, so a number below one that was used and keyed by nobody is a gap: a form that took
money which is in no drawer, or one that was spoiled and not said to be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, NotRequired, TypedDict

from countertui.domain.refusal import Refused

LAST_NUMBER = 999_999
MOST_FORMS = 5_000
"""In one book."""
NO_DAY_YET = ""
_SERIES = re.compile(r"[A-Z]{1,4}")
_NUMBER = re.compile(r"([A-Za-z]{1,4})[ -]?([0-9]{1,6})")


class PaperRefused(Refused):
    """A paper number or its date is not taken as it was typed; nothing was recorded."""


class PaperDateRefused(PaperRefused):
    """The date on a paper receipt can't be: the number may be right."""


class UnknownPaper(PaperRefused):
    """No book known here has that number: a lead may answer for it, as the book may be newer than the snapshot."""


class SpoiledNeedsLead(PaperRefused):
    """Who keys in may have taken money by that form: that it was spoiled is for a lead to see and answer for."""


class Keyed(StrEnum):
    """What became of a paper number that was keyed in."""

    RECEIPT = "receipt"
    VOID = "void"
    """As a receipt that was voided since: accounted for, and it may be keyed in again."""
    SPOILED = "spoiled"


class PaperNumber(NamedTuple):
    """A preprinted number: series and number."""

    series: str
    number: int

    @property
    def text(self) -> str:
        """As it is printed on the form: `B-000123`."""
        return f"{self.series}-{self.number:06}"


@dataclass(frozen=True, slots=True)
class PaperBook:
    """A book: its first and last number, whose it is, since when (ISO). last_used of a closed one: 0 for none."""

    series: str
    first_no: int
    last_no: int
    office: str
    issued_on: str
    closed_on: str | None = None
    last_used: int | None = None

    @property
    def name(self) -> str:
        """What people call it: its first number."""
        return PaperNumber(self.series, self.first_no).text

    def holds(self, paper: PaperNumber) -> bool:
        """Whether one of its forms bears that number."""
        return paper.series == self.series and self.first_no <= paper.number <= self.last_no


@dataclass(frozen=True, slots=True)
class PaperReceipt:
    """The paper that a payment is keyed in from; `date` (ISO) stands on it.

    book: the first number of its book, None where no book was known and a lead answers for it.
    """

    series: str
    number: int
    date: str
    book: int | None

    @property
    def text(self) -> str:
        """Its number as it is printed on the form."""
        return PaperNumber(self.series, self.number).text


class PaperData(TypedDict):
    """`paper` of a `pay` record, and with a `reason` a `paper_spoiled` record's data: see `PaperReceipt`."""

    series: str
    number: int
    date: str
    book: int | None
    reason: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers of a book that nobody keyed in, first to last.

    since (ISO): the date on the next form that was used, by which these were used too; NO_DAY_YET where that is not
    known.
    """

    first: int
    last: int
    since: str

    @property
    def count(self) -> int:
        """How many numbers."""
        return self.last - self.first + 1

    def age_days(self, today: str) -> int | None:
        """For how many days they have been missing; None where nobody knows."""
        return None if not self.since else max(0, (date.fromisoformat(today) - date.fromisoformat(self.since)).days)


def read_number(typed: str) -> PaperNumber:
    """A typed paper number: `B-000123`, `b123`, `B 123`. Raises PaperRefused."""
    found = parsed_number(typed)
    if found is None:
        raise PaperRefused("That is no paper receipt's number.", press="Type series and number, like B-000123.")
    return found


def parsed_number(typed: str) -> PaperNumber | None:
    """The same; None for what is none."""
    match = _NUMBER.fullmatch(typed.strip())
    if match is None or not int(match[2]):
        return None
    return PaperNumber(match[1].upper(), int(match[2]))


def paper_data(paper: PaperReceipt) -> PaperData:
    """As a record says it."""
    return PaperData(series=paper.series, number=paper.number, date=paper.date, book=paper.book)


def paper_of(data: PaperData) -> PaperReceipt:
    """The same back."""
    return PaperReceipt(data["series"], data["number"], data["date"], data["book"])


def is_sound(data: object) -> bool:
    """Whether a record's `paper` is one at all: who signs a record may sign anything."""
    if not isinstance(data, dict) or not data.keys() >= {"series", "number", "date", "book"}:
        return False
    series, number, day, book = (data[name] for name in ("series", "number", "date", "book"))
    return (
        type(series) is str
        and _SERIES.fullmatch(series) is not None
        and type(number) is int
        and 0 < number <= LAST_NUMBER
        and (book is None or (type(book) is int and 0 < book <= LAST_NUMBER))
        and type(day) is str
        and _is_date(day)
    )


def why_no_book(series: str, first: int, last: int) -> str:
    """Why there can't be such a book; empty if there can."""
    if _SERIES.fullmatch(series) is None:
        return "A series is one to four capital letters, as printed before the number."
    if not 0 < first <= last <= LAST_NUMBER:
        return f"A book's numbers go up, from 1 to {LAST_NUMBER:,}."
    if last - first >= MOST_FORMS:
        return f"A book holds at most {MOST_FORMS:,} forms."
    return ""


def book_of(books: Iterable[PaperBook], paper: PaperNumber) -> PaperBook | None:
    """The book that has the number; None if none has."""
    return next((book for book in books if book.holds(paper)), None)


def overlapping(books: Iterable[PaperBook], series: str, first: int, last: int) -> PaperBook | None:
    """A book that has one of these numbers already."""
    return next((one for one in books if one.series == series and first <= one.last_no and last >= one.first_no), None)


def why_not_used(book: PaperBook, number: int) -> str:
    """Why a form of a closed book was not used, by what was said at its close; empty if it may have been."""
    if book.closed_on is None or book.last_used is None or number <= book.last_used:
        return ""
    last = f"{PaperNumber(book.series, book.last_used).text} was its last one used" if book.last_used else "none used"
    return f"Book {book.name} was given back on {book.closed_on}: {last}."


def why_not_dated(book: PaperBook | None, day: str, biz_date: str) -> str:
    """Why a paper receipt can't bear that date (ISO); empty if it can. biz_date is the session's it is keyed into."""
    if day > biz_date:
        return f"{day} lies after {biz_date}, the business date it is keyed into."
    if book is not None and day < book.issued_on:
        return f"{day} lies before {book.issued_on}, when book {book.name} was issued."
    return ""


def gaps(book: PaperBook, keyed: Mapping[int, str]) -> list[Gap]:
    """The book's numbers that nobody keyed in below the highest used, in order, side by side in one gap.

    keyed: each number keyed in, with the date (ISO) on its form. The highest used is the highest keyed, or what was
    said at the book's close if that is more. A book is used from its first form on.
    """
    there = sorted(number for number in keyed if book.first_no <= number <= book.last_no)
    found, expected = [], book.first_no
    for number in there:
        if number > expected:
            found.append(Gap(expected, number - 1, keyed[number]))
        expected = number + 1
    if book.last_used is not None and book.last_used >= expected:
        found.append(Gap(expected, book.last_used, book.closed_on or NO_DAY_YET))
    return found


def gap_words(series: str, gap: Gap) -> str:
    """A gap's numbers as they are printed."""
    first = PaperNumber(series, gap.first).text
    return first if gap.first == gap.last else f"{first} to {PaperNumber(series, gap.last).text}"


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
