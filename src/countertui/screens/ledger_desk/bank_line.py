"""One line of the bank that is no deposit: posted where it belongs, known of the books, or a check that came back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence

from textual.app import ComposeResult

from countertui.counter.ledger_answers import moments
from countertui.counter.ledger_bank import BankLinePage, read_bank_line
from countertui.domain.dates import us_date, us_moment
from countertui.domain.money import format_cents
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, may
from countertui.screens.area import Command
from countertui.screens.ledger_desk.acting import ActingPage, Wanted
from countertui.screens.ledger_desk.at_ledger import Answer
from countertui.screens.ledger_desk.bank import LedgerBankArea
from countertui.screens.ledger_desk.rows import amount_row, wrapped
from countertui.widgets.field import Field
from countertui.widgets.lines import Row


class LedgerBankLineArea(ActingPage[Row]):
    """G posts it to a GL account, O says that the books have it, C takes a check back, U takes such words back."""

    NAME = "ledger_bank_line"
    TITLE = "Line of the bank"
    PAGE = False
    PARENT = LedgerBankArea.NAME
    HELP = (
        "One line of the bank. G posts it to a GL account: interest, a fee, a wire. Money that came is credited there,"
        " money that went is debited. O says that the books have it at the bank already, as a returned check or a"
        " payment file of its amount, and posts nothing. C takes back what the check of a returned item paid, where the"
        " check is known. U takes back what somebody said it is. Each wants a reason, your PIN and a second person's."
        " Nothing is done before the ledger says so; Esc drops it."
    )

    def __init__(self) -> None:
        super().__init__()
        self.gl = Field("GL account", dom_id=f"{self.NAME}-gl", most=40)
        self._line = ""
        self._page: BankLinePage | None = None
        self._answer: Answer | None = None
        self._said_at = ""

    def compose(self) -> ComposeResult:
        self.gl.display = False
        self.gl.add_class("asked")
        *above, question, why, own, second = super().compose()
        yield from (*above, question, self.gl, why, own, second)

    async def open(self, line: str) -> None:
        """Show a line, by its identity."""
        self._line, self._page = line, None
        await self.appear()

    async def ask(self) -> None:
        answer = await self.answer("bank.line", {"line": self._line})
        page = await self.counter.desk.look(read_bank_line, answer.said)
        if page.explained is not None:
            (self._said_at,) = await self.counter.desk.look(moments, [page.explained.at])
        self._page, self._answer = page, answer
        self._show()

    def commands(self) -> Sequence[Command]:
        page, person = self._page, self.counter.person
        if self.at is not None or self._wanted is not None:
            return ()
        ways: list[Command] = []
        if page is not None and person is not None and may(person.roles, Act.CORRECT):
            ways = list(self._ways(page))
        return [*ways, Command("r", "Anew", "Ask the ledger again.", self.again, on_bar=True)]

    def _ways(self, page: BankLinePage) -> Iterator[Command]:
        if page.explained is not None:
            words = "Take back what it was said to be."
            yield Command("u", "Take back", words, self._begin("bank.unexplain"), on_bar=True)
        elif page.deposit is None:
            if page.returned is not None and not page.returned.why_not:
                words = "Take back what its check paid."
                yield Command("c", "Check back", words, self._begin("bank.return", why="asked"), on_bar=True)
            yield Command("g", "GL", "Post it to a GL account.", self._ask_gl, on_bar=True)
            if page.in_books:
                words = "The books have it at the bank already."
                yield Command("o", "In the books", words, self._begin("bank.explain", gl=""), on_bar=True)

    def ring(self) -> Sequence[Field]:
        return [*([self.gl] if self.gl.display else []), *super().ring()]

    async def enter(self, field: Field) -> None:
        if field is self.gl and self._wanted is None:
            if not field.value.strip():
                raise Refused("No GL account is named.", "Nothing was done.", "Type its number, then Enter.")
            await self._begin("bank.explain", gl=field.value.strip())()
        else:
            await super().enter(field)

    async def back(self) -> None:
        if self.gl.display and self._wanted is None:
            self.drop_act()
        else:
            await super().back()

    def drop_act(self) -> None:
        self.gl.set("")
        self.gl.display = False
        super().drop_act()

    def on_resize(self) -> None:
        self._show()

    def draw(self, item: Row, width: int) -> Row:
        return item

    async def _ask_gl(self) -> None:
        self.gl.display = True
        self.to(self.gl)

    def _begin(self, act: str, why: str = "needed", **more: str) -> Callable[[], Awaitable[None]]:
        questions = {
            "bank.unexplain": ("Take back what it was said to be?", "The line waits again."),
            "bank.return": ("Take back what its check paid?", "What the check paid is taken back."),
            "bank.explain": ("Do the books have it at the bank already?", "The line is what the books have already."),
        }

        async def begin() -> None:
            question, done = questions[act]
            if more.get("gl"):
                question, done = f"Post it to {more['gl']}?", f"The line is posted to {more['gl']}."
            wanted = Wanted(
                act=act,
                args={"line": self._line, **more},
                question=question,
                about="a line of the bank",
                done=done,
                id=await self.new_id(),
                why=why,
            )
            await self.want(wanted)

        return begin

    def _show(self) -> None:
        page, answer = self._page, self._answer
        if page is None or answer is None:
            return
        self.title(f"{self.TITLE}: {page.line.kind} {format_cents(page.line.cents)}", answer)
        self.list.show(list(_rows(page, self._said_at, max(40, self.size.width - 4))), cursor=None)


def _rows(page: BankLinePage, said_at: str, room: int) -> Iterator[Row]:
    line = page.line
    yield amount_row(f" {us_date(line.dated)}, account {line.account}", line.cents, room)
    yield from wrapped(line.words, room, "strong")
    if line.check and line.check not in line.words:
        yield ((f" Check {line.check}", ""),)
    yield ((f" Of {page.file}, taken in {us_date(page.taken)}", "dim"),)
    if page.deposit is not None:
        yield ((f" It is deposit {page.deposit}.", "good"),)
    elif page.explained is not None:
        said = page.explained
        where = f"Posted to {said.gl}" if said.gl else "In the books already"
        yield from wrapped(f"{where}: {said.reason}", room, "good")
        yield ((f" {said.by} and {said.second}, {us_moment(said_at)}", "dim"),)
    else:
        yield (("", ""),)
        if page.returned is not None:
            back = page.returned
            known = f"Check {back.check} of receipt {back.receipt_no}: C takes back what it paid."
            yield from wrapped(back.why_not or known, room, "warn")
        if page.in_books:
            yield ((" The books have one of its amount at the bank: O says that it is that.", "warn"),)
        yield ((" Nobody has said yet what it is.", "warn"),)
