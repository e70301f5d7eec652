"""A bank deposit, step by step: drawers chosen, cash counted blind, checks looked at one by one, signed by two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from countertui.counter.ask_office import ask_office
from countertui.counter.deposit_view import DepositView, deposit_view
from countertui.counter.deposits import Counted, count_cash, counted, make_deposit
from countertui.counter.drafts import Form
from countertui.domain.deposit_making import Paper, paper_named
from countertui.domain.deposits import BagRefused, DepositRefused, PaperState
from countertui.domain.money import format_cents
from countertui.domain.rights import Act, require
from countertui.errors import CounterError
from countertui.screens.area import Area, Command
from countertui.screens.beside import OneAtATime
from countertui.screens.credential import second_one
from countertui.screens.deposit_checks import CheckFields
from countertui.screens.deposit_marks import Choice, Marks, marks_of, rows_of
from countertui.screens.deposit_signatures import Signatures
from countertui.screens.deposit_steps import Step, below_rows
from countertui.screens.deposit_words import HELP, choice_row, paper_row
from countertui.screens.kept_form import KeptTexts, no_matter_what
from countertui.widgets.denomination_grid import DenominationGrid
from countertui.widgets.field import Field
from countertui.widgets.line_list import LineList
from countertui.widgets.lines import Row
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from countertui.domain.check_line import CheckLine

Item = Choice | Paper


class DepositArea(Area):
    """Four steps; Esc goes one back. What is expected in cash is shown once the count is committed."""

    NAME = "deposit"
    TITLE = "Bank deposit"
    HELP = HELP

    def __init__(self) -> None:
        super().__init__()
        self.list: LineList[Item] = LineList(self._draw, dom_id="deposit-list", hint="No closed drawer waits here.")
        self.grid = DenominationGrid("deposit-grid")
        self.checks = CheckFields()
        self.signed = Signatures()
        self._title = TextLine(classes="title")
        self._told = TextLine(dom_id="deposit-told", names_keys=True)
        self.marks = Marks()
        self._step = Step.CHOOSE
        self._view: DepositView | None = None
        self._counted: Counted | None = None
        self._begun = False

    def compose(self) -> ComposeResult:
        self.kept = KeptTexts(self.counter, Form.DEPOSIT, no_matter_what, self._texts)
        self._asking = OneAtATime(self.counter.run_worker, self._ask_ledger)
        yield self._title
        yield self.list
        yield self.grid
        yield from self.checks.widgets()
        yield self._told
        yield from self.signed.widgets()

    # What is typed

    def _texts(self) -> dict[str, str]:
        typed = self.signed.texts()
        pieces = {f"pieces|{name}": field.value for name, field in self.grid.by_name().items()}
        return {name: text for name, text in (typed | pieces | self.marks.texts()).items() if text}

    async def _bring_back(self) -> None:
        """What was typed before a crash or a sign-off; without that the usual drawers are chosen."""
        self._begun = True
        draft = await self.kept.kept()
        if draft is None:
            return
        self.marks = marks_of(draft.texts)
        self.signed.bring_back(draft.texts)
        for name, field in self.grid.by_name().items():
            field.set(draft.texts.get(f"pieces|{name}", ""))
        self.kept.tell_back(draft, "See that it is still right; F9 goes on.")

    def _empty(self) -> None:
        self.marks, self._begun, self._counted = Marks(), False, None
        self.signed.bring_back({})
        self.checks.clear()
        self.grid.clear()

    # Coming and going

    async def arrive(self) -> None:
        before, self._view = self._view, None
        if not self.counter.store_is_lost:
            self._view = await self.counter.desk.look(deposit_view)
            if not self._begun:
                await self._bring_back()
            elif before is not None:
                self.marks.follow(before, self._view)  # a stick may have been taken meanwhile
            self.marks.only(self._view)
            if not self._texts():
                self.marks.all_usual(self._view)
            self._asking.ask()
        self._to_step(Step.CHOOSE)

    async def come_back(self) -> None:
        """At the step one was at, so far as what is chosen is still there."""
        step = self._step
        await self.arrive()
        if step is Step.CHOOSE or not self.marks.chosen.any:
            return
        self._counted = await self._look_at_count()
        left = self._view is not None and self.marks.not_looked_at(self._view)
        if step is Step.COUNT or self._counted is None:
            self._to_step(Step.COUNT)
        else:
            self._to_step(Step.PAPERS if step is Step.PAPERS or left else Step.SIGN)

    async def _ask_ledger(self) -> None:
        """Beside the hands: what the ledger has of the office's other drawers joins the list while one still chooses.

        Where all that was there is chosen, so is what comes.
        """
        before = self._view
        try:
            if not await self.counter.desk.errand(ask_office) or before is None:
                return
            view = await self.counter.desk.look(deposit_view)
        except CounterError as error:
            self.counter.say(error)
            return
        if self._view is not before or self._step is not Step.CHOOSE:
            return
        self._view = view
        self.marks.follow(before, view)
        self.list.show(rows_of(view), cursor=self.list.cursor or 0)
        self._say_below()

    async def put_away(self) -> None:
        self.signed.second.clear()
        await self.kept.saved()

    async def back(self) -> None:
        if self.checks.leaving is not None or (self._step is Step.SIGN and self._papers):
            self.checks.leaving = None
            self._to_step(Step.PAPERS)
        elif self.at is self.checks.number:
            self.checks.number.set("")
            self.to(None)
        elif self._step is Step.CHOOSE:
            await self.counter.go_home()
        else:
            self._to_step(Step.CHOOSE)

    def _to_step(self, step: Step) -> None:
        self._step = step
        view, papers = self._view, step is Step.PAPERS
        self.list.display = step in (Step.CHOOSE, Step.PAPERS)
        self.grid.display = step is Step.COUNT
        self.checks.show(papers=papers)
        self.signed.show(self._counted, signing=step is Step.SIGN, of_bags=bool(self.marks.bags))
        self._title.say(((f" {self.TITLE}: ", "strong"), (step.value, "")))
        if view is not None and step is Step.CHOOSE:
            self.list.show(rows_of(view), cursor=0)
        elif view is not None and papers:
            self.list.show(self.marks.papers(view), cursor=self.list.cursor or 0)
        self._say_below()
        ring = self.ring()
        self.to(ring[0] if ring and not (papers and self.checks.leaving is None) else None)

    def _say_below(self) -> None:
        view = self._view
        rows = below_rows(self._step, view, self.marks, self._counted) if view is not None else []
        self._told.styles.height = max(1, len(rows))
        self._told.say(*rows)

    @property
    def _papers(self) -> list[Paper]:
        return self.marks.papers(self._view) if self._view is not None else []

    # Keys

    def commands(self) -> Sequence[Command]:
        if self._view is None:
            return ()
        if self._step is Step.COUNT:
            return [
                Command("f9", "Commit", "Commit the count; only then see what is expected.", self._commit, on_bar=True)
            ]
        if self._step is Step.CHOOSE:
            return self._for_choosing()
        if self.checks.leaving is not None:
            return ()
        recount = Command(
            "f4", "Recount", "Count the cash anew; the count stays on record.", self._recount, on_bar=True
        )
        if self._step is Step.SIGN:
            return [
                Command("f9", "Record", "Record the deposit; both sign its slip.", self._record, on_bar=True),
                recount,
            ]
        go_on = Command("f9", "Go on", "All checks are looked at: bag and signatures.", self._sign, on_bar=True)
        return [go_on, recount, *self._for_papers()]

    def _for_choosing(self) -> list[Command]:
        return [
            Command("f9", "Count", "Go on with what is chosen: count the cash.", self._begin_count, on_bar=True),
            Command("space", "Mark", "Choose what the cursor stands on, or don't.", self._mark),
            Command("b", "Made", "Take a deposit back, or make it the final.", self._made, on_bar=True),
            Command("o", "Open", "What deposits lack, its age and how it ends.", self._items, on_bar=True),
            Command("c", "Courier", "Where each bag is; hand bags over; papers.", self._bags, on_bar=True),
        ]

    def _for_papers(self) -> list[Command]:
        if self.at is not None:
            return []
        return [
            Command("space", "Mark", "Mark the check as in your hand, or don't.", self._mark),
            Command("n", "Number", "Type the number of a check in your hand.", self._type_number),
            Command("m", "Missing", "This check is not there: say why.", self._missing),
            Command("r", "Returned", "This check was given back: say why.", self._returned),
        ]

    def ring(self) -> Sequence[Field]:
        if self.checks.leaving is not None:
            return [self.checks.why]
        if self._step is Step.COUNT:
            return self.grid.fields
        if self._step is Step.PAPERS:
            return [self.checks.number]
        if self._step is Step.CHOOSE:
            return []
        return self.signed.ring()

    def rows(self) -> Sequence[Sequence[Field]]:
        return self.grid.rows if self._step is Step.COUNT else super().rows()

    async def press(self, stroke: Stroke) -> None:
        if self.checks.leaving is None and self.list.display and self.list.press(stroke.key):
            return
        if self.at is None and stroke.key in {"enter", "ctrl+j"}:
            await self._mark()
        elif self.at is None and self._step is Step.PAPERS and stroke.letter.isdigit():
            self.to(self.checks.number)
            await super().press(stroke)
        else:
            await super().press(stroke)

    def records_on_enter(self) -> bool:
        return super().records_on_enter() or self.at is self.grid.fields[-1]

    def typed(self, field: Field) -> None:
        if self._step is Step.COUNT:
            self.grid.retotal()
        if field not in (self.signed.second.operator, self.signed.second.pin, self.checks.number, self.checks.why):
            self.kept.changed()

    async def enter(self, field: Field) -> None:
        if field is self.checks.number:
            self._hold_typed()
        elif field is self.checks.why:
            self._leave_out()
        elif field is self.grid.fields[-1]:
            await self._commit()
        elif field is self.signed.second.pin:
            await self._record()
        else:
            if field in self.grid.fields:
                with self.naming(self.grid.wrong):
                    self.grid.count()
            self.step(1)

    async def take_check(self, line: CheckLine) -> None:
        """A check was read: it is marked, if it is of a receipt here. Raises Refused."""
        if self._step is not Step.PAPERS or self._view is None or self.checks.leaving is not None:
            await super().take_check(line)
            return
        self._hold(paper_named(self.marks.papers(self._view), line.number, line.cents))

    # Drawers

    async def _mark(self) -> None:
        item = self.list.current
        if isinstance(item, Paper):
            self.marks.toggle(item)
            self.list.move(1)
        elif item is not None:
            self.marks.toggle_row(item)
        self.list.redraw()
        self._say_below()
        self.kept.changed()

    async def _bags(self) -> None:
        await self.counter.go_and_back("courier", self.NAME)

    async def _items(self) -> None:
        await self.counter.go_and_back("deposit_items", self.NAME)

    async def _made(self) -> None:
        await self.counter.go_and_back("deposits_made", self.NAME)

    async def _begin_count(self) -> None:
        if (person := self.counter.person) is not None:
            require(person.name, person.roles, Act.DEPOSIT)
        if not self.marks.chosen.any:
            raise DepositRefused("No drawer is chosen.", press="Space chooses one.")
        if self._view is not None:
            self.marks.only(self._view)
        self._counted = await self._look_at_count()
        if self._counted is None:
            self._to_step(Step.COUNT)
            return
        self._after_count()
        self.counter.tell("The cash of these drawers is counted.", "The count is on record.", "F4 counts it again.")

    async def _look_at_count(self) -> Counted | None:
        return await self.counter.desk.look(counted, self.marks.chosen, self.marks.looked_at)

    # Cash

    async def _recount(self) -> None:
        self.grid.clear()
        self._to_step(Step.COUNT)

    async def _commit(self) -> None:
        person = self.counter.person
        if person is None:
            return
        with self.naming(self.grid.wrong):
            cash = self.grid.count()
        await self.counter.desk.job(count_cash, person, self.marks.chosen, cash)
        self.grid.clear()
        self.kept.changed()
        self._counted = await self._look_at_count()
        self._after_count()

    def _after_count(self) -> None:
        self._to_step(Step.PAPERS if self._papers else Step.SIGN)

    # Checks

    def _hold_typed(self) -> None:
        with self.naming(self.checks.number):
            paper = self.checks.typed(self._papers)
        if paper is not None:
            self._hold(paper)

    def _hold(self, paper: Paper) -> None:
        self.marks.hold(paper)
        self.checks.number.set("")
        self.to(None)
        self.list.redraw()
        self._say_below()
        self.kept.changed()
        self.counter.tell(f"{paper.words}.", "It is marked.", "The next; F9 goes on once all are.")

    async def _type_number(self) -> None:
        self.to(self.checks.number)

    async def _missing(self) -> None:
        self._ask_why(PaperState.MISSING)

    async def _returned(self) -> None:
        self._ask_why(PaperState.RETURNED)

    def _ask_why(self, state: PaperState) -> None:
        paper = self.list.current
        if isinstance(paper, Paper):
            self.checks.leave(paper, state)
            self._to_step(Step.PAPERS)
            self.counter.tell(f"{paper.words}: {state}.", "Nothing is recorded yet.", "Say why, Enter; Esc leaves it.")

    def _leave_out(self) -> None:
        if (left := self.checks.left_out()) is not None:
            self.marks.leave_out(*left)
            self.kept.changed()
            self._to_step(Step.PAPERS)

    async def _sign(self) -> None:
        if self._view is not None and (left := self.marks.not_looked_at(self._view)):
            raise DepositRefused(f"{left} not looked at yet.", press="Mark each that you hold; M names one missing.")
        self._counted = await self._look_at_count()
        if self._counted is None:
            raise DepositRefused("The cash of these drawers is not counted any more.", press="F4 counts it.")
        self._to_step(Step.SIGN)

    # Signatures

    async def _record(self) -> None:
        person, view = self.counter.person, self._view
        if person is None or view is None:
            return
        signing = self.signed.signing(self.naming)
        asked = self.signed.second
        await self.kept.saved()
        took_part = person.id, *self.marks.hands(view)
        try:
            async with second_one(self.counter.desk, asked, self.to, Act.AGREE, took_part) as second:
                made = await self.counter.desk.job(
                    make_deposit, person, second, self.marks.chosen, self.marks.looked_at, signing
                )
        except BagRefused:
            self.to(self.signed.bag)
            raise
        self._empty()
        asked.clear()
        self.counter.devices.print_papers()
        await self.counter.go_home()
        not_heard = f" Not heard from {', '.join(made.not_heard)}." if made.not_heard else ""
        self.counter.tell(
            f"{made.slip_no}, {made.stage}: {format_cents(made.total)} in bag {made.bag}.{not_heard}",
            "It is recorded.",
            "Its slip goes to print: both sign it.",
        )

    # Rows

    def _draw(self, item: Item, width: int) -> Row:
        if isinstance(item, Paper):
            return paper_row(item, width, seen=item.key in self.marks.seen, left=self.marks.left_out.get(item.key))
        return choice_row(item, width, chosen=self.marks.has(item))
