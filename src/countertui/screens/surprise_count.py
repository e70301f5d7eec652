"""Counting somebody's running drawer by surprise: blind, committed once, then what it is over or short."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.drafts import Form
from countertui.counter.find_difference import explained
from countertui.counter.sign_on import second_person
from countertui.counter.station import Person, Session
from countertui.counter.surprise_count import surprise_count
from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.screens.area import Area, Command
from countertui.screens.difference_rows import may_be_rows, over_short_row
from countertui.screens.kept_form import CHECK_COUNT, KeptForm
from countertui.widgets.field import Field
from countertui.widgets.tender_counts import TenderCounts
from countertui.widgets.text_line import TextLine


class SurpriseCountArea(Area):
    """The count, why, and the cashier's PIN if they are there; F9 commits. Nothing expected is shown before."""

    NAME = "surprise_count"
    TITLE = "Surprise count"
    HELP = (
        "Count the drawer of somebody else while it runs: cash by pieces, then checks, card slips and money orders,"
        " how many and their total. Say why, if there is a why. The cashier types their PIN if they stand by: it is"
        " their signature. F9 commits; only then over and short are shown, and where they may come from. No money"
        " moves and the drawer goes on. A slip with lines to sign is printed, and the Z report lists the count."
    )

    def __init__(self) -> None:
        super().__init__()
        self.counts = TenderCounts("surprise-counts")
        self.reason = Field("Why         ", dom_id="surprise-reason", most=120, hint="if there is a why")
        self.pin = Field("Cashier, PIN", dom_id="surprise-pin", secret=True, most=32)
        self._title = TextLine(classes="title")
        self._result = TextLine(dom_id="surprise-result")
        self._may_be = TextLine(dom_id="surprise-may-be")
        self._session: Session | None = None
        self._committed = False

    def compose(self) -> ComposeResult:
        named = self.counts.by_name() | {"reason": self.reason}
        self.form = KeptForm(self.counter, Form.SURPRISE, named, self._session_id, CHECK_COUNT)
        yield self._title
        yield self.counts
        yield self.reason
        yield self.pin
        yield self._result
        yield self._may_be

    async def count_for(self, session: Session) -> None:
        """Count that drawer, with what was typed for it before."""
        await self.form.saved()
        self._session = session
        self._empty()
        await self.form.bring_back()
        self.counts.begin()

    def commands(self) -> Sequence[Command]:
        if self._session is None:
            return ()
        if self._committed:
            return [Command("f4", "Again", "Count it once more; this count stays on record.", self._again, on_bar=True)]
        return [Command("f9", "Commit", "Commit the count, and see over and short.", self._commit, on_bar=True)]

    def ring(self) -> Sequence[Field]:
        return [] if self._committed else [*self.counts.in_order, self.reason, self.pin]

    def rows(self) -> Sequence[Sequence[Field]]:
        return [] if self._committed else [*self.counts.rows, [self.reason], [self.pin]]

    async def arrive(self) -> None:
        self._step_to(committed=self._committed)

    async def put_away(self) -> None:
        self.pin.set("")
        await self.form.saved()

    async def back(self) -> None:
        await self.put_away()
        await self.counter.go("open_drawers")

    async def enter(self, field: Field) -> None:
        if field is self.pin:
            await self._commit()
            return
        if field in self.counts.grid.fields:
            self.counts.cash(self.naming)
        self.step(1)

    def typed(self, field: Field) -> None:
        self.counts.typed(field)
        if field is not self.pin:
            self.form.changed()

    async def _commit(self) -> None:
        person, session = self.counter.person, self._session
        if person is None or session is None:
            raise Refused("No drawer is chosen.", press="F10, W lists the open ones.")
        cash, counts = self.counts.cash(self.naming), self.counts.others(self.naming)
        self.counts.require_meant(self.naming)
        refuse_card_numbers(self.reason.value, "The reason")
        cashier = await self._cashier(person, session)
        await self.form.saved()
        reason = self.reason.value.strip()
        found = await self.counter.desk.job(surprise_count, person, session, cash, counts, reason, cashier)
        told = await self.counter.desk.job(explained, session, found)
        rows = may_be_rows(told)
        self._result.say(*(over_short_row(each) for each in found))
        self._result.styles.height = len(found) + 1
        self._may_be.say(*rows)
        self._may_be.styles.height = len(rows)
        self._step_to(committed=True)
        self.counter.devices.print_papers()
        self.counter.tell(
            f"The count of drawer {session.drawer} is on record.",
            "The drawer goes on.",
            "Its slip goes to print: sign.",
        )

    async def _cashier(self, person: Person, session: Session) -> Person | None:
        """The drawer's operator, if their PIN is typed. Raises what a wrong one does."""
        pin = self.pin.value
        self.pin.set("")
        if not pin:
            return None
        with self.naming(self.pin):
            return await self.counter.desk.job(second_person, session.operator, pin, Act.TAKE_MONEY, (person.id,))

    async def _again(self) -> None:
        self._empty()
        self._step_to(committed=False)

    def _empty(self) -> None:
        self._committed = False
        self.counts.forget()
        self.reason.set("")
        self.pin.set("")

    def _session_id(self) -> str:
        return self._session.id if self._session is not None else ""

    def _step_to(self, *, committed: bool) -> None:
        self._committed = committed
        for shown in (self.counts, self.reason, self.pin):
            shown.display = not committed
        self._result.display = self._may_be.display = committed
        whose = f"drawer {self._session.drawer} of {self._session.operator_name}" if self._session else "no drawer"
        words = "over and short" if committed else "count it; F9 commits the count"
        self._title.say(((f" Surprise count of {whose}: ", "strong"), (words, "")))
        if self.at not in self.ring():
            self.to(next(iter(self.ring()), None))
