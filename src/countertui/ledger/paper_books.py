"""Paper receipt books at the ledger: issued to an office, taken back, and which of their numbers nobody keyed in.

No money moves by a book, so one person issues it and takes a complete one back; where forms were used that nobody
keyed in, money may be missing, and two people say why.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, insert, select, update

from countertui.domain.desk_records import BookCloseData, BookIssueData, DeskKind
from countertui.domain.paper_books import Gap, PaperBook, PaperNumber, gap_words, gaps, overlapping, why_no_book
from countertui.domain.records import Fact
from countertui.domain.rights import Act
from countertui.domain.words import number_of
from countertui.errors import AnswerNo, UsageError
from countertui.ledger import tables
from countertui.ledger.books import next_version
from countertui.ledger.city_day import city_day
from countertui.ledger.desk import Ground, Made, record, require_right, require_two

_MOST_NAMED = 5


class BookRefusedError(AnswerNo):
    """A book that can't be issued or taken back as asked for."""


@dataclass(frozen=True, slots=True)
class BookStanding:
    """A book, how many of its numbers were keyed in, and which below the highest used were not."""

    book: PaperBook
    keyed: int
    highest: int | None
    missing: tuple[Gap, ...]


def issue(
    ground: Ground, series: str, first: int, last: int, office: str, *, by: str, biz_date: str | None, id_: str
) -> Made:
    """Issue a book to an office on a date (ISO; None: the city's today): a record of the desk. id_: a UUIDv7.

    A series never is a terminal's code: paper numbers and receipt numbers stay apart. Raises BookRefusedError,
    UsageError, NotAllowed; nothing is changed then.
    """
    connection = ground.connection
    require_right(connection, by, Act.KEEP_PAPER, ground.now)
    if why := why_no_book(series, first, last):
        raise UsageError(why, "Nothing was changed.", "Like: ledger books issue B 101 150 --office HALL")
    offices = tables.reference["office"].c
    if connection.execute(select(offices.code).where(offices.code == office)).first() is None:
        raise _refused(f"There is no office {office[:24]}.")
    if connection.execute(select(tables.terminal.c.code).where(tables.terminal.c.code == series)).first() is not None:
        raise _refused(f"{series} is a terminal: its receipts bear such numbers.")
    there = overlapping(paper_books(connection), series, first, last)
    if there is not None:
        upto = PaperNumber(series, there.last_no).text
        raise _refused(f"Book {there.name} to {upto}, issued to {there.office}, has some of these numbers.")
    today = city_day(connection, ground.now)
    day = biz_date or today
    if day > today:
        raise _refused(f"{day} is to come: a book is issued today, or was.")
    data = BookIssueData(series=series, first_no=first, last_no=last, office=office)
    fact = Fact(id=id_, kind=DeskKind.BOOK_ISSUE, operator=by, data=data, biz_date=day)
    made = record(connection, ground.books, ground.key, fact, ground.now)
    carry_out_issue(ground, made)
    return made


def carry_out_issue(ground: Ground, made: Made) -> None:
    """Let the office have the book."""
    version = next_version(ground.connection)
    values = {**made.body["data"], "issued_on": made.body["biz_date"], "closed_on": None, "last_used": None}
    ground.connection.execute(insert(tables.reference["paper_book"]).values(**values, changed_in=version))


def close(
    ground: Ground,
    name: PaperNumber,
    last_used: int,
    *,
    by: str,
    second: str | None,
    reason: str,
    biz_date: str | None,
    id_: str,
) -> Made:
    """Take a book back, named by its first number; last_used: the number of the last form used, 0 for none.

    biz_date: the day (ISO) it came back, None for the city's today.

    Where numbers up to it were keyed by nobody, a second person (a lead or technician) and a reason answer for them.
    Raises BookRefusedError, NotAllowed; nothing is changed then.
    """
    connection = ground.connection
    require_right(connection, by, Act.KEEP_PAPER, ground.now)
    standing = standing_of(connection, name)
    book = standing.book
    if book.closed_on is not None:
        raise _refused(f"Book {book.name} was taken back on {book.closed_on}.")
    if last_used and not book.first_no <= last_used <= book.last_no:
        upto = PaperNumber(book.series, book.last_no).text
        raise _refused(f"Book {book.name} has numbers up to {upto}; the last used is one of them, or none.")
    if standing.highest is not None and standing.highest > last_used:
        highest = PaperNumber(book.series, standing.highest).text
        raise _refused(f"{highest} was keyed in: the last form used is that one or a later one.")
    today = city_day(connection, ground.now)
    day = biz_date or today
    if not book.issued_on <= day <= today:
        raise _refused(f"Book {book.name} was issued on {book.issued_on}; it comes back after that, and not to come.")
    missing = missing_by(connection, book, last_used)
    if missing:
        told = f"Of book {book.name} nobody keyed in {_named(book.series, missing)}"
        if second is None or not reason.strip():
            raise _refused(f"{told}: two people and a reason answer for that.")
        require_two(connection, by, Act.KEEP_PAPER, second, Act.AGREE, ground.now)
    data = BookCloseData(
        series=book.series,
        first_no=book.first_no,
        last_used=last_used,
        missing=[[gap.first, gap.last] for gap in missing],
        reason=reason.strip(),
    )
    approver = second if missing else None
    fact = Fact(id=id_, kind=DeskKind.BOOK_CLOSE, operator=by, approver=approver, data=data, biz_date=day)
    made = record(connection, ground.books, ground.key, fact, ground.now)
    carry_out_close(ground, made)
    return made


def carry_out_close(ground: Ground, made: Made) -> None:
    """Let the book be closed from that date on."""
    table, data = tables.reference["paper_book"], made.body["data"]
    ground.connection.execute(
        update(table)
        .where(table.c.series == data["series"], table.c.first_no == data["first_no"])
        .values(
            closed_on=made.body["biz_date"],
            last_used=data["last_used"],
            changed_in=next_version(ground.connection),
        )
    )


def paper_books(connection: Connection, office: str | None = None) -> list[PaperBook]:
    """Every book ever issued, of one office or of all, by series and number."""
    c = tables.reference["paper_book"].c
    query = select(c.series, c.first_no, c.last_no, c.office, c.issued_on, c.closed_on, c.last_used)
    if office is not None:
        query = query.where(c.office == office)
    return [PaperBook(*row) for row in connection.execute(query.order_by(c.series, c.first_no))]


def standings(connection: Connection, office: str | None = None) -> list[BookStanding]:
    """How each book stands, of one office or of all."""
    c = tables.reference["paper_number"].c
    keyed: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for series, number, day in connection.execute(select(c.series, c.paper_no, c.paper_date)):
        keyed[series][number] = day
    return [_standing(book, keyed[book.series]) for book in paper_books(connection, office)]


def standing_of(connection: Connection, name: PaperNumber) -> BookStanding:
    """How one book stands, by its first number. Raises BookRefusedError."""
    for book in paper_books(connection):
        if (book.series, book.first_no) == name:
            return _standing(book, _keyed_of(connection, book))
    raise _refused(f"No book begins with {name.text}.")


def missing_by(connection: Connection, book: PaperBook, last_used: int) -> list[Gap]:
    """What nobody keyed in of a book up to the last number used."""
    closed = PaperBook(book.series, book.first_no, book.last_no, book.office, book.issued_on, None, last_used)
    return gaps(closed, _keyed_of(connection, book))


def age_words(gap: Gap, today: str) -> str:
    """For how long a gap has been there."""
    days = gap.age_days(today)
    if days is None:
        return "since when is not known"
    return f"since {date.fromisoformat(gap.since)}, {number_of(days, 'day')}"


def _keyed_of(connection: Connection, book: PaperBook) -> dict[int, str]:
    c = tables.reference["paper_number"].c
    here = (c.series == book.series) & c.paper_no.between(book.first_no, book.last_no)
    return {row.paper_no: row.paper_date for row in connection.execute(select(c.paper_no, c.paper_date).where(here))}


def _standing(book: PaperBook, keyed: dict[int, str]) -> BookStanding:
    here = [number for number in keyed if book.first_no <= number <= book.last_no]
    return BookStanding(book, len(here), max(here, default=None), tuple(gaps(book, keyed)))


def _named(series: str, missing: list[Gap]) -> str:
    shown = ", ".join(gap_words(series, gap) for gap in missing[:_MOST_NAMED])
    return shown if len(missing) <= _MOST_NAMED else f"{shown} and more"


def _refused(happened: str) -> BookRefusedError:
    return BookRefusedError(happened, "Nothing was changed.", "countertui ledger books lists what was issued.")
