"""Keying in paper receipts after a power cut: which one is next, whether it may be, those spoiled, those missing.

A paper receipt becomes an ordinary payment that also says its paper number and the date on the paper: it is settled,
recorded, voided, refunded and posted as any other, and has a receipt number of this terminal.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from countertui.counter.drafts import Form, forgetting
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.counter.typed import LONGEST_REASON, checked_text
from countertui.domain.drawers import business_date
from countertui.domain.paper_books import (
    Gap,
    Keyed,
    PaperBook,
    PaperDateRefused,
    PaperNumber,
    PaperReceipt,
    PaperRefused,
    SpoiledNeedsLead,
    UnknownPaper,
    book_of,
    gaps,
    paper_data,
    read_number,
    why_not_dated,
    why_not_used,
)
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act, require_second_person
from countertui.store import session_rows
from countertui.store.paper_keyed import last_paper_keyed, paper_keyed, papers_keyed

_KEYED_AGAIN = "Look at it first: two forms with one number is what a lead should see."


@dataclass(frozen=True, slots=True)
class BookHere:
    """A book of this office: how many of its numbers are known to be keyed in, the next after them, those missing."""

    book: PaperBook
    keyed: int
    next_no: int | None
    missing: tuple[Gap, ...]

    @property
    def next_text(self) -> str:
        """The next number as it is printed, empty where there is none."""
        return "" if self.next_no is None else PaperNumber(self.book.series, self.next_no).text


@dataclass(frozen=True, slots=True)
class PapersHere:
    """The office's books, those not given back first; number and date (ISO) of the one likely to be next."""

    books: tuple[BookHere, ...]
    number: str
    date: str


def papers_here(station: Station, session: Session | None = None) -> PapersHere:
    """What the office has, as far as this terminal and its snapshot know."""
    found = sorted(
        (_book_here(station, book) for book in station.reference.paper_books(station.place.office)),
        key=lambda one: (one.book.closed_on is not None, one.book.series, one.book.first_no),
    )
    last = last_paper_keyed(station.reader)
    number = ""
    if last is not None:
        used = next((one for one in found if one.book.holds(PaperNumber(last.series, last.paper_no))), None)
        following = PaperNumber(last.series, last.paper_no + 1)
        if used is not None and used.book.closed_on is None and used.book.holds(following):
            number = following.text
    if not number:
        number = next((one.next_text for one in found if one.book.closed_on is None and one.next_no is not None), "")
    day = last.paper_date if last is not None else ""
    if session is not None and (not day or day > session.biz_date):
        day = session.biz_date
    return PapersHere(tuple(found), number, day)


def read_paper(station: Station, session: Session, number: str, day: str) -> PaperReceipt:
    """The paper receipt of a typed number and date, if it may be keyed in. Raises CountRefused for what is no date.

    Raises PaperRefused, or UnknownPaper where only its book is not known: with `without_book` a lead answers for it.
    """
    paper = without_book(number, day)
    book = book_of(station.reference.paper_books(station.place.office), PaperNumber(paper.series, paper.number))
    known = PaperReceipt(paper.series, paper.number, paper.date, None if book is None else book.first_no)
    require_keyable(station, station.reader, session, known)
    if book is None:
        raise UnknownPaper(
            f"No book of this office known here has {paper.text}.",
            press="Esc and type it again; or, if the book is new, a lead answers for it with id and PIN.",
        )
    return known


def without_book(number: str, day: str) -> PaperReceipt:
    """The paper receipt of a typed number and date, whose book nobody looked for. Raises PaperRefused, CountRefused."""
    paper = read_number(number)
    return PaperReceipt(paper.series, paper.number, business_date(day).isoformat(), None)


def require_keyable(station: Station, db: sqlite3.Connection, session: Session, paper: PaperReceipt) -> None:
    """Raise PaperRefused if that number was keyed in before, is of another book than it says, or can't have been used,
    or not on that day.
    """
    number = PaperNumber(paper.series, paper.number)
    _require_first_time(station, db, number)
    book = book_of(station.reference.paper_books(station.place.office), number)
    if paper.book is not None and (book is None or book.first_no != paper.book):
        # A cart was kept where others could change it.
        raise UnknownPaper(f"No book known here has {paper.text} as the cart says.", press="F10, N, then its number.")
    if book is not None and (why := why_not_used(book, number.number)):
        raise PaperRefused(why, press="Look at the number again; a form used after that is for a technician to see.")
    if why := why_not_dated(book, paper.date, session.biz_date):
        raise PaperDateRefused(why, press="Type the date that stands on the paper, like 11/20/2026.")


def approver_of_paper(
    station: Station, session: Session, paper: PaperReceipt | None, approver: Person | None
) -> str | None:
    """Who answers for a paper receipt of no book known here; None where nobody needs to.

    Raises UnknownPaper where nobody does, NotAllowed for who may not or keys it in.
    """
    if paper is None or paper.book is not None:
        return None
    if approver is None:
        raise UnknownPaper(
            f"No book known here has {paper.text}.", press="F10, N, F9 asks for a lead who answers for it."
        )
    return _answering(station, session, approver)


def spoil_paper(
    station: Station, session: Session, paper: PaperReceipt, reason: str, approver: Person | None = None
) -> None:
    """Record that a form was spoiled, and why: no money was taken by it, for which the approver answers.

    Raises PaperRefused, UnknownPaper or SpoiledNeedsLead where nobody answers, NotAllowed for who may not or keys it
    in, and for the reason what `checked_text` does.
    """
    reason = checked_text(reason, "The reason", LONGEST_REASON)
    if not reason:
        raise PaperRefused("A spoiled form needs a reason.", press="Type why it was not used.")
    fact = Fact(
        id=station.ids(),
        kind=Kind.PAPER_SPOILED,
        operator=session.operator,
        approver=_approver_of_spoiled(station, session, paper, approver),
        session=session.id,
        biz_date=session.biz_date,
        data={**paper_data(paper), "reason": reason},
    )

    def check() -> None:
        row = session_rows.session(station.db, session.id)
        if row is None or row.close_seq is not None:
            raise PaperRefused("This drawer is closed.", press="Open a drawer first.")
        require_now(station, session.operator, Act.TAKE_MONEY)
        require_keyable(station, station.db, session, paper)

    station.record(fact, forgetting(Form.PAPER, "", session.operator), check)


def _approver_of_spoiled(station: Station, session: Session, paper: PaperReceipt, approver: Person | None) -> str:
    answers = approver_of_paper(station, session, paper, approver)
    if answers is not None:
        return answers
    if approver is None:
        raise SpoiledNeedsLead(
            f"That {paper.text} was spoiled takes a second person.",
            press="Show the form to a lead, who answers for it with id and PIN; Esc if it was used.",
        )
    return _answering(station, session, approver)


def _answering(station: Station, session: Session, approver: Person) -> str:
    require_second_person(approver.id, (session.operator,))
    require_now(station, approver.id, Act.APPROVE)
    return approver.id


def _require_first_time(station: Station, db: sqlite3.Connection, number: PaperNumber) -> None:
    here = paper_keyed(db, number)
    if here is not None:
        if here.state is Keyed.SPOILED:
            raise PaperRefused(f"{number.text} was keyed in here before, as spoiled.", press=_KEYED_AGAIN)
        if here.state is Keyed.RECEIPT:
            raise PaperRefused(
                f"{number.text} was keyed in before: it is receipt {here.receipt_no}.",
                press=f"F3 shows {here.receipt_no}. Type the number that stands on this form.",
            )
    there = station.reference.paper_keyed(number)
    own = here is not None and there is not None and there[0] == station.place.terminal  # then this store knows better
    if there is not None and there[2] != Keyed.VOID and not own:
        what = f"as receipt {there[1]}" if there[1] else "as spoiled"
        raise PaperRefused(f"{number.text} was keyed in at terminal {there[0]} before, {what}.", press=_KEYED_AGAIN)


def _book_here(station: Station, book: PaperBook) -> BookHere:
    keyed = station.reference.papers_keyed(book.series)
    keyed |= {row.paper_no: row.paper_date for row in papers_keyed(station.reader) if row.series == book.series}
    inside = [number for number in keyed if book.first_no <= number <= book.last_no]
    following = max(inside, default=book.first_no - 1) + 1
    next_no = following if following <= book.last_no and book.closed_on is None else None
    return BookHere(book, len(inside), next_no, tuple(gaps(book, keyed)))
