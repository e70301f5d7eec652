"""`countertui ledger books …`: numbered paper receipt books that offices have for when the power is out."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App

from countertui.cli.ledger.at_desk import at_desk, business_date, new_id, reading
from countertui.cli.ledger.now import utc_now
from countertui.cli.lines import tell
from countertui.errors import UsageError

if TYPE_CHECKING:
    from countertui.domain.paper_books import PaperNumber
    from countertui.ledger.paper_books import BookStanding


def add_to(ledger: App) -> None:
    """Add this module's commands to `countertui ledger`."""
    books = App(name="books", help="Paper receipt books: what each office has, and what became of it.")
    books.default(list_books)
    for command in (issue, close, gaps):
        books.command(command)
    ledger.command(books)


def list_books(*, office: str | None = None, dir: Path | None = None, json_: bool = False) -> int:  # noqa: A002
    """List the paper receipt books ever issued, and how many of their numbers were keyed in.

    Parameters
    ----------
    office
        Only that office's.
    dir
        The ledger's folder.
    json_
        Answer as JSON: a list of {"series", "first_no", "last_no", "office", "issued_on", "closed_on", "last_used",
        "keyed", "missing"}; closed_on and last_used are null while the book is out.
    """
    found, _ = _standings(dir, office)
    if json_:
        print(json.dumps([_as_json(each) for each in found]))
        return 0
    for each in found:
        tell(_book_words(each))
    if not found:
        tell("No paper receipt book was issued.")
    return 0


def issue(
    series: str,
    first: int,
    last: int,
    /,
    *,
    office: str,
    on: str | None = None,
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Issue a book of numbered paper receipts to an office. A technician or an admin signs in.

    Parameters
    ----------
    series
        The letters printed before its numbers, one to four.
    first
        Its first number.
    last
        Its last number.
    office
        The office's code.
    on
        The day it is handed out, like 2026-11-23; today if left out.
    dir
        The ledger's folder.
    """
    day = business_date(on) if on is not None else None
    with at_desk(dir) as desk:
        from countertui.domain.paper_books import PaperNumber
        from countertui.domain.rights import Act
        from countertui.ledger.paper_books import issue as issue_book

        by = desk.sign_in(Act.KEEP_PAPER)
        with desk.ground() as ground:
            issue_book(ground, series.upper(), first, last, office, by=by, biz_date=day, id_=new_id())
    names = PaperNumber(series.upper(), first).text, PaperNumber(series.upper(), last).text
    tell(f"Book {names[0]} to {names[1]} is issued to {office}, {last - first + 1} forms.")
    tell("Its terminals know it from the next snapshot: countertui ledger publish")
    return 0


def close(
    book: str,
    /,
    *,
    last_used: str,
    reason: str = "",
    on: str | None = None,
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Take a book back. With used forms that nobody keyed in, two people sign in and say why.

    Parameters
    ----------
    book
        Its first number, like B-000101.
    last_used
        The number of the last form that was used, or none.
    reason
        Why forms that were used are not keyed in.
    on
        The day it came back, like 2026-11-23; today if left out.
    dir
        The ledger's folder.
    """
    day, name = business_date(on) if on is not None else None, _number(book)
    last = 0 if last_used == "none" else _number(last_used, name.series).number
    with at_desk(dir) as desk:
        from countertui.domain.rights import Act
        from countertui.ledger.paper_books import close as close_book
        from countertui.ledger.paper_books import missing_by, standing_of

        by = desk.sign_in(Act.KEEP_PAPER)
        with desk.books.reading() as connection:
            missing = missing_by(connection, standing_of(connection, name).book, last)
        for gap in missing:
            tell(f"  not keyed in: {_gap_words(name.series, gap)}")
        second = desk.sign_in(Act.AGREE, "Second person") if missing and reason.strip() else None
        with desk.ground() as ground:
            close_book(ground, name, last, by=by, second=second, reason=reason, biz_date=day, id_=new_id())
    tell(f"Book {name.text} is taken back{'' if last else ', none of it used'}.")
    return 0


def gaps(*, office: str | None = None, dir: Path | None = None, json_: bool = False) -> int:  # noqa: A002
    """List numbers of paper receipt books below the highest used that nobody keyed in, by office. Status 1 if any.

    Parameters
    ----------
    office
        Only that office's.
    dir
        The ledger's folder.
    json_
        Answer as JSON: a list of {"office", "book", "first", "last", "count", "since", "age_days", "closed"}; since
        and age_days are null where no later form says when.
    """
    found, today = _standings(dir, office)
    rows = [
        {
            "office": each.book.office,
            "book": each.book.name,
            "first": gap.first,
            "last": gap.last,
            "count": gap.count,
            "since": gap.since or None,
            "age_days": gap.age_days(today),
            "closed": each.book.closed_on is not None,
        }
        for each in sorted(found, key=lambda one: one.book.office)
        for gap in each.missing
    ]
    if json_:
        print(json.dumps(rows))
        return 1 if rows else 0
    from countertui.ledger.paper_books import age_words

    for each in sorted(found, key=lambda one: one.book.office):
        for gap in each.missing:
            closed = ", the book is closed" if each.book.closed_on else ""
            words = _gap_words(each.book.series, gap)
            tell(f"{each.book.office}  {words}, {age_words(gap, today)}{closed}")
    if not rows:
        tell("none")
    return 1 if rows else 0


def _standings(dir: Path | None, office: str | None) -> tuple[list[BookStanding], str]:  # noqa: A002
    """How the books stand, and the city's date."""
    with reading(dir) as books:
        from countertui.ledger.city_day import city_day
        from countertui.ledger.paper_books import standings

        with books.reading() as connection:
            return standings(connection, office), city_day(connection, utc_now())


def _number(typed: str, series: str = "") -> PaperNumber:
    from countertui.domain.paper_books import parsed_number

    found = parsed_number(typed)
    if found is None and series:
        with suppress(ValueError):
            found = parsed_number(f"{series}{int(typed)}")
    if found is None or (series and found.series != series):
        raise UsageError(f"{typed[:20]} is no number of it.", "Nothing was changed.", "Type it like B-000101.")
    return found


def _as_json(standing: BookStanding) -> dict[str, Any]:
    missing = sum(gap.count for gap in standing.missing)
    return {**asdict(standing.book), "keyed": standing.keyed, "missing": missing}


def _book_words(standing: BookStanding) -> str:
    from countertui.domain.paper_books import PaperNumber

    book, missing = standing.book, sum(gap.count for gap in standing.missing)
    state = f"back since {book.closed_on}" if book.closed_on else "out"
    last = PaperNumber(book.series, book.last_no).text
    lost = f", {missing} missing" if missing else ""
    return f"{book.office:8} {book.name} to {last}  issued {book.issued_on}, {state}  {standing.keyed} keyed in{lost}"


def _gap_words(series: str, gap: Any) -> str:
    from countertui.domain.paper_books import gap_words

    return f"{gap_words(series, gap)} ({gap.count})"
