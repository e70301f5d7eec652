"""One deposit on its way to the bank: the lines it is or may be, who said so, and the drawers whose money it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from countertui.counter.ledger_answers import moments
from countertui.counter.ledger_bank import BankDepositPage, BankSession, read_bank_deposit
from countertui.domain.dates import us_date, us_moment
from countertui.domain.money import format_cents
from countertui.domain.rights import Act, may
from countertui.screens.area import Command
from countertui.screens.ledger_desk.acting import ActingPage, Wanted
from countertui.screens.ledger_desk.at_ledger import Answer
from countertui.screens.ledger_desk.bank import LedgerBankArea, as_shown, line_words, more_or_less
from countertui.screens.ledger_desk.rows import amount_row, wrapped
from countertui.widgets.lines import Row, fit

_STATES = {
    "waiting": "It waits for drawers that did not come yet.",
    "suspended": "It stands in suspense: see its error item.",
    "taken_back": "It was taken back.",
}


@dataclass(frozen=True, slots=True)
class DepositRow:
    """A row, and the drawer it is about."""

    row: Row
    session: BankSession | None = None


class LedgerBankDepositArea(ActingPage[DepositRow]):
    """Enter shows a drawer's receipts; M books it with its lines, U takes that back, both by two people."""

    NAME = "ledger_bank_deposit"
    TITLE = "Deposit"
    PAGE = False
    PARENT = LedgerBankArea.NAME
    HELP = (
        "One bank deposit: its bag, the lines of the bank that it may be with how sure that is, or those it was booked"
        " with and by whom. M books it with these lines, however sure, by two people; what the bank counted otherwise"
        " is posted as over or short of cash. U takes a booking back: deposit and lines wait again. Below stand the"
        " drawers whose money it is, each with its receipts and what they came to, or with the dropped bags that it has"
        " of one; Enter shows the receipts, and there each record. Esc goes back."
    )

    def __init__(self) -> None:
        super().__init__()
        self._deposit = 0
        self._page: BankDepositPage | None = None
        self._answer: Answer | None = None
        self._booked_at = ""

    async def open(self, deposit: int) -> None:
        """Show a deposit, by its number."""
        self._deposit, self._page = deposit, None
        await self.appear()

    async def ask(self) -> None:
        answer = await self.answer("bank.deposit", {"deposit": self._deposit})
        page = await self.counter.desk.look(read_bank_deposit, answer.said)
        if page.booked is not None:
            (self._booked_at,) = await self.counter.desk.look(moments, [page.booked.at])
        self._page, self._answer = page, answer
        self._show()

    def commands(self) -> Sequence[Command]:
        page, person = self._page, self.counter.person
        if self.at is not None or self._wanted is not None:
            return ()
        books = page is not None and person is not None and may(person.roles, Act.DEPOSIT)
        book = Command("m", "Book", "Book it with these lines, by two people.", self._book, on_bar=True)
        back = Command("u", "Take back", "It is not these lines: take it back.", self._unbook, on_bar=True)
        return [
            *([book] if books and page is not None and page.pair is not None else []),
            *([back] if books and page is not None and page.booked is not None else []),
            Command("r", "Anew", "Ask the ledger again.", self.again, on_bar=True),
        ]

    async def choose(self, item: DepositRow) -> None:
        session = item.session
        if session is None:
            return
        from countertui.screens.ledger_desk.receipts import LedgerReceiptsArea

        words = f"{session.drawer}, {session.operator}, {us_date(session.biz_date)}"
        place = session.terminal, session.epoch, session.session
        (await self.counter.made(LedgerReceiptsArea)).of(words, [place], LedgerBankDepositArea)
        await self.counter.go(LedgerReceiptsArea.NAME)

    def on_resize(self) -> None:
        self._show()

    def draw(self, item: DepositRow, width: int) -> Row:
        return item.row

    async def _book(self) -> None:
        page = self._page
        if page is None or page.pair is None:
            return
        off = page.pair.off_cents
        differs = f"; the bank counted {more_or_less(off)}" if off else ""
        wanted = Wanted(
            act="bank.book",
            args={"pairs": [as_shown(page.pair)]},
            question=f"Book bag {page.bag} as at the bank, {page.pair.confidence} % sure{differs}?",
            about=f"deposit {page.deposit} at the bank",
            done=f"Bag {page.bag} is booked as at the bank.",
            id=await self.new_id(),
            why="",
        )
        await self.want(wanted)

    async def _unbook(self) -> None:
        page = self._page
        if page is None:
            return
        wanted = Wanted(
            act="bank.unbook",
            args={"deposit": page.deposit},
            question=f"Take back that bag {page.bag} is these lines of the bank?",
            about=f"deposit {page.deposit} at the bank",
            done=f"Bag {page.bag} waits for the bank again.",
            id=await self.new_id(),
        )
        await self.want(wanted)

    def _show(self) -> None:
        page, answer = self._page, self._answer
        if page is None or answer is None:
            return
        self.title(f"{self.TITLE} {page.deposit}: bag {page.bag}, {format_cents(page.cents)}", answer)
        room = max(40, self.size.width - 4)
        rows = [*(DepositRow(row) for row in _rows(page, self._booked_at, room)), *_drawers(page, room)]
        first = next((n for n, row in enumerate(rows) if row.session is not None), 0)
        self.list.show(rows, cursor=first)


def _rows(page: BankDepositPage, booked_at: str, room: int) -> Iterator[Row]:
    slip = f", slip {page.slip_no}" if page.slip_no else ""
    yield ((f" {us_date(page.dated)}, {page.office} {page.terminal}{slip}, to {page.account}", ""),)
    if page.state in _STATES:
        yield ((f" {_STATES[page.state]}", "warn"),)
    if page.booked is not None:
        said = page.booked
        off = f"; the bank counted {more_or_less(said.off_cents)}" if said.off_cents else ""
        yield from wrapped(f"At the bank, {said.confidence} % sure when booked: {said.why}{off}", room, "good")
        yield ((f" {' and '.join(each for each in (said.by, said.second) if each)}, {us_moment(booked_at)}", "dim"),)
        for line in page.lines:
            yield ((fit(f"   {line_words(line)}", room), ""),)
    elif page.pair is not None:
        pair = page.pair
        off = f"; the bank counted {more_or_less(pair.off_cents)}" if pair.off_cents else ""
        yield from wrapped(f"{pair.confidence} % sure: {pair.why}{off}. Not booked.", room, "warn")
        for line in pair.lines:
            yield ((fit(f"   {line_words(line)}", room), ""),)
    elif page.state != "taken_back":
        yield ((" In transit: no line of the bank is it.", "warn"),)


def _drawers(page: BankDepositPage, room: int) -> Iterator[DepositRow]:
    yield DepositRow(((" Drawers, and what their receipts came to:", "dim"),))
    for each in page.sessions:
        what = f"bags {', '.join(each.bags)}" if each.bags else f"{each.receipts} receipts"
        words = f"   {each.drawer}  {each.terminal}  {each.operator}  {us_date(each.biz_date)}  {what}"
        yield DepositRow(amount_row(words, each.cents, room), each)
