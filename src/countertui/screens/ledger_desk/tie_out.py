"""A month's tie-out: records and accounts on the left, the general ledger on the right; Enter says why one differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult

from countertui.counter.ledger_answers import moments
from countertui.counter.ledger_tie_out import TieLine, TieMonth, month_to_tie, read_tie_out
from countertui.domain.dates import us_date
from countertui.domain.money import format_cents
from countertui.domain.rights import Act, may
from countertui.domain.tie_out import Section, month_after, month_before
from countertui.domain.words import number_of
from countertui.screens.area import Command
from countertui.screens.ledger_desk.acting import ActingPage, Wanted
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

_AMOUNT = 15
_SHORT = {Section.CONTROL: "balance", Section.RECEIPTS: "receipts", Section.MEMO: "memo"}


class LedgerTieOutArea(ActingPage[TieLine]):
    """Left and right change the month; Enter opens an account; S signs it off, by two people."""

    NAME = "ledger_tie_out"
    ON_BAR = "eb"
    TITLE = "Tie-out"
    HELP = (
        "What drawers, deposits, the bank, accounts and the worklist have, against the general ledger: balances"
        " at the month's end of every control account, receipts of the month by account. A difference is red where"
        " it is not that of the month before; Enter says what makes it. Open charges are in no account here: their"
        " revenue is posted as they are paid. Left and right change the month. S signs a month that is over: two"
        " people, who say why where anything differs. Something posted later shows beside the signature. M closes"
        " the month, or opens it."
    )
    HINT = "  Nothing was asked of the ledger yet."

    def __init__(self) -> None:
        super().__init__()
        self._month = ""
        self._said: TieMonth | None = None
        self._heads = TextLine(dom_id=f"{self.NAME}-heads")
        self._signed = ""

    def compose(self) -> ComposeResult:
        title, *rest = super().compose()
        yield title
        yield self._heads
        yield from rest

    def commands(self) -> Sequence[Command]:
        if self.at is not None:
            return ()
        person = self.counter.person
        signs = self._said is not None and person is not None and may(person.roles, Act.CORRECT)
        return [
            *(
                [Command("m", "Month", "Close the month, or open it.", self._to_month, on_bar=True)]
                if self._said
                else []
            ),
            *([Command("s", "Sign", "Sign the month off, by two people.", self._sign, on_bar=True)] if signs else []),
            Command("left", "Month before", "The month before.", self._month_before),
            Command("right", "Month after", "The month after.", self._month_after),
            *super().commands(),
        ]

    async def ask(self) -> None:
        if not self._month:
            self._month = await self.counter.desk.look(month_to_tie)
        answer = await self.answer("tie-out", {"month": self._month})
        said = await self.counter.desk.look(read_tie_out, answer.said)
        self._said, self._signed = said, ""
        if said.signed:
            newest = said.signed[0]
            (at,) = await self.counter.desk.look(moments, [newest.at])
            since = "unchanged since" if newest.unchanged else "something was posted since"
            self._signed = f"Signed {us_date(at[:10])} by {newest.by} and {newest.second}: {since}."
        anew = sum(row.differs_anew for row in said.rows)
        differ = f"{said.different} differ, {anew or 'none'} anew" if said.different else "every account agrees"
        self.title(f"{self.TITLE} {said.month}: {differ}", answer)
        self._say_heads()
        self.show_rows(said.rows, hint="  Nothing was posted up to the end of that month.")
        self._say_below()

    async def press(self, stroke: Stroke) -> None:
        await super().press(stroke)
        self._say_below()

    async def choose(self, item: TieLine) -> None:
        from countertui.screens.ledger_desk.tie_causes import LedgerTieCausesArea

        await (await self.counter.made(LedgerTieCausesArea)).open(self._month, item.section, item.account)

    async def _to_month(self) -> None:
        from countertui.screens.ledger_desk.month import LedgerMonthArea

        await (await self.counter.made(LedgerMonthArea)).open(self._month)

    async def _sign(self) -> None:
        said = self._said
        if said is None:
            return
        off = number_of(said.different, "account differs", "accounts differ")
        differ = f", {off}" if said.different else ", every account agrees"
        wanted = Wanted(
            act="tie-out.sign",
            args={"month": said.month, "sha256": said.sha256},
            question=f"Sign off {said.month}{differ}?",
            about=f"tie-out {said.month}",
            done=f"{said.month} is signed off.",
            id=await self.new_id(),
            why="needed" if said.different else "asked",
        )
        await self.want(wanted)

    async def _month_before(self) -> None:
        self._turn(month_before)

    async def _month_after(self) -> None:
        self._turn(month_after)

    def _turn(self, to: Callable[[str], str]) -> None:
        if self._month:
            self._month = to(self._month)
            self._said = None
            self.ask_anew()

    def on_resize(self) -> None:
        self._say_heads()

    def _say_heads(self) -> None:
        heads = "".join(fit(head, _AMOUNT, right=True) for head in ("Records", "General ledger", "Difference"))
        room = self.size.width - 3 * _AMOUNT - 1
        self._heads.say(((fit("   Account", room) + heads, "dim"),) if self._said is not None else ())

    def _say_below(self) -> None:
        row = self.list.current
        if row is None or self.at is not None:
            self.below.say(((f" {self._signed}", "dim"),) if self._signed else ())
            return
        sources = "; ".join(f"{each.words} {format_cents(row.shown(each.cents))}" for each in row.sources)
        self.below.say(((f" {self._signed or f'{_SHORT[Section(row.section)]}: {sources}'}", "dim"),))

    def draw(self, item: TieLine, width: int) -> Row:
        room = width - 3 * _AMOUNT
        memo = item.section == Section.MEMO
        off = item.difference_cents
        name = f" {item.account} {item.name}" if item.account else f" {item.name}"
        look = "bad" if item.differs_anew else "warn"
        what = " (receipts)" if item.section == Section.RECEIPTS else ""
        return (
            (fit(name, room - len(what)) + what, "dim" if memo else ""),
            (fit(format_cents(item.shown(item.subsystem_cents)), _AMOUNT, right=True), "dim" if memo else ""),
            (fit("" if memo else format_cents(item.shown(item.gl_cents)), _AMOUNT, right=True), ""),
            (fit(format_cents(item.shown(off)) if off else "", _AMOUNT, right=True), look),
        )
