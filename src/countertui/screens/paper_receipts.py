"""Paper receipts: after a power cut, which form is keyed in, of which day; spoiled ones, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.drafts import Form
from countertui.counter.paper_receipt import BookHere, papers_here, read_paper, spoil_paper, without_book
from countertui.counter.station import Person, Session
from countertui.domain.dates import us_date
from countertui.domain.drawers import business_date
from countertui.domain.paper_books import (
    Gap,
    PaperDateRefused,
    PaperNumber,
    PaperReceipt,
    PaperRefused,
    SpoiledNeedsLead,
    UnknownPaper,
    gap_words,
    read_number,
)
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.screens.area import Area, Command
from countertui.screens.credential import second_one
from countertui.screens.kept_form import KeptForm
from countertui.screens.payment import PaymentArea
from countertui.widgets.field import Field
from countertui.widgets.line_list import LineList
from countertui.widgets.lines import Row, fit
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

_Row = tuple[BookHere, Gap | None]
"""A line of the list: a book, or one of its gaps below it."""


class PaperReceiptsArea(Area):
    """Number and date, then the payment as ever; with a reason a lead answers that the form was spoiled."""

    NAME = "paper_receipts"
    TITLE = "Paper receipts"
    HELP = (
        "For receipts written by hand in a numbered book while the power was out. Type the form's number and the date"
        " that stands on it; F9 goes to the payment, where its lines and tenders are entered as ever and recorded with"
        " the paper's number. A form that was spoiled has no payment: type why, then F9. Each number is keyed in once."
        " A spoiled form, and a number of no book known here, ask for a lead's id and PIN. Below are the office's"
        " books, and which of their numbers nobody keyed in; page keys scroll."
    )

    def __init__(self) -> None:
        super().__init__()
        self.number = Field("Paper number   ", dom_id="paper-number", most=16)
        self.date = Field("Date on it     ", dom_id="paper-date", most=16)
        self.reason = Field("Spoiled because", dom_id="paper-reason", most=120, hint="nothing, if it was used")
        self.second = SecondPerson("paper-second")
        self._list: LineList[_Row] = LineList(
            self._draw, dom_id="paper-books", hint="  No book was issued to this office, as far as is known here."
        )

    def compose(self) -> ComposeResult:
        fields = {"number": self.number, "date": self.date, "reason": self.reason}
        self.kept = KeptForm(self.counter, Form.PAPER, fields, press="See that it is still right; F9 goes on.")
        yield TextLine(((" Key in a paper receipt", "strong"), ("   F9 goes on", "")), classes="title")
        yield self.number
        yield self.date
        yield self.reason
        yield self.second
        yield self._list

    def commands(self) -> Sequence[Command]:
        label = "Spoiled" if self.reason.value.strip() else "Key in"
        explains = "Go to the payment of this form; with a reason typed, record it as spoiled."
        return [Command("f9", label, explains, self._commit, on_bar=True)]

    def ring(self) -> Sequence[Field]:
        if self.second.display:
            return [self.second.operator, self.second.pin]
        return [self.number, self.date, self.reason]

    async def arrive(self) -> None:
        papers = await self.counter.desk.look(papers_here, self._session())
        self._list.show([(here, gap) for here in papers.books for gap in (None, *here.missing)])
        if not (self.number.value or self.date.value or self.reason.value):
            await self.kept.bring_back()
        if not self.number.value:
            self.number.set(papers.number, selected=True)
        if not self.date.value:
            self.date.set(papers.date and us_date(papers.date), selected=True)
        if self.at is None:
            self.to(self.number)

    def typed(self, field: Field) -> None:
        if field in (self.number, self.date, self.reason):
            self.kept.changed()

    async def put_away(self) -> None:
        self.second.clear()
        await self.kept.saved()

    async def back(self) -> None:
        if self.second.display:
            self.second.clear()
            self.number.set(self.number.value, selected=True)
            self.to(self.number)
        else:
            await super().back()

    def records_on_enter(self) -> bool:
        return self.at is self.reason or super().records_on_enter()

    async def enter(self, field: Field) -> None:
        if field is self.second.operator:
            self.to(self.second.pin)
        elif field is self.second.pin:
            await self._answer()
        elif field is self.reason:
            await self._commit()
        else:
            self.step(1)

    async def _commit(self, lead: Person | None = None) -> None:
        session = self._session()
        await self.kept.saved()
        paper = await self._paper(session, lead)
        if self.reason.value.strip():
            await self._spoil(session, paper, lead)
        else:
            await self._to_payment(paper, lead)

    async def _spoil(self, session: Session, paper: PaperReceipt, lead: Person | None) -> None:
        try:
            await self.counter.desk.job(spoil_paper, session, paper, self.reason.value, lead)
        except SpoiledNeedsLead:
            self._ask_lead()
            raise
        self._clear()
        await self.arrive()
        self.counter.tell(f"{paper.text} is recorded as spoiled.", press="Type the next one.")

    def _ask_lead(self) -> None:
        self.second.ask("A lead answers for it:")
        self.to(self.second.operator)

    async def _paper(self, session: Session, lead: Person | None) -> PaperReceipt:
        """The paper as typed. Raises PaperRefused; of no book known here it asks for a lead first: UnknownPaper."""
        number, day = self.number.value, self.date.value
        with self.naming(self.number):
            read_number(number)
        with self.naming(self.date):
            business_date(day)
        try:
            return await self.counter.desk.look(read_paper, session, number, day)
        except UnknownPaper:
            if lead is None:
                self._ask_lead()
                raise
            return without_book(number, day)
        except PaperDateRefused:
            with self.naming(self.date):
                raise
        except PaperRefused:
            with self.naming(self.number):
                raise

    async def _to_payment(self, paper: PaperReceipt, lead: Person | None) -> None:
        payment = await self.counter.made(PaymentArea)
        await payment.taking.key_in(paper, lead)
        self._clear()
        await self.counter.go(PaymentArea.NAME)
        day = us_date(paper.date)
        self.counter.tell(f"Now key in what {paper.text} of {day} says.", press="F10, N again changes its number.")

    async def _answer(self) -> None:
        person = self.counter.person
        if person is not None:
            async with second_one(self.counter.desk, self.second, self.to, Act.APPROVE, (person.id,)) as lead:
                await self._commit(lead)

    def _clear(self) -> None:
        self.second.clear()
        self.kept.forget()
        self.to(self.number)

    def _session(self) -> Session:
        session = self.counter.session
        if session is None:
            raise Refused("No drawer is open.", press="F2 opens one.")
        return session

    async def press(self, stroke: Stroke) -> None:
        if stroke.key in {"pageup", "pagedown"}:
            self._list.scroll_by(5 if stroke.key == "pagedown" else -5)
        else:
            await super().press(stroke)

    def _draw(self, row: _Row, width: int) -> Row:
        here, gap = row
        book = here.book
        if gap is not None:
            since = f"used by {us_date(gap.since)}" if gap.since else ""
            return ((fit(f"      missing {gap_words(book.series, gap)}", 42), "warn"), (fit(since, width - 42), "dim"))
        state = f"back since {us_date(book.closed_on)}" if book.closed_on else f"here since {us_date(book.issued_on)}"
        complete = "" if here.missing else ", none missing"
        return (
            (fit(f"  {book.name} to {PaperNumber(book.series, book.last_no).text}", 25), "strong"),
            (fit(state, 24), "dim"),
            (fit(f"{here.keyed} keyed in{complete}", width - 49), ""),
        )
