"""Handing a drawer over: once it is closed, who takes it counts its fund, and both type their PINs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from countertui.counter.close_drawer import Closed
from countertui.counter.drafts import Form
from countertui.counter.hand_over import close_to_hand_over, handing_over, take_over
from countertui.counter.open_drawer import LeadNeeded
from countertui.counter.sign_on import second_person, sign_off
from countertui.counter.station import Person, Session
from countertui.domain.drawers import CashCount
from countertui.domain.hand_overs import HandOverRefused
from countertui.domain.money import format_cents
from countertui.domain.operators import OPERATOR_ID
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.domain.text import person_key
from countertui.screens.area import Area, Command
from countertui.screens.credential import second_credential, second_one
from countertui.screens.kept_form import KeptTexts
from countertui.widgets.denomination_grid import DenominationGrid
from countertui.widgets.field import Field
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from countertui.screens.app import CounterApp


async def begin_hand_over(counter: CounterApp) -> None:
    """Count and close the drawer of who is signed on, for somebody to take it over."""
    from countertui.screens.close import CloseArea

    async def go_on(session: Session, _: Closed) -> None:
        await (await counter.made(HandOverArea)).begin(session)
        await counter.go(HandOverArea.NAME)
        counter.tell(
            f"Drawer {session.drawer} is closed.",
            f"Its fund of {format_cents(session.fund_cents)} stays in it, what is more goes with your takings.",
            "Who takes it counts the fund.",
        )

    await (await counter.made(CloseArea)).count_for(counter.session, go_on, close_to_hand_over, "Hand the drawer over")
    await counter.go(CloseArea.NAME)


class HandOverArea(Area):
    """The fund's count, who takes it with PIN, and the PIN of who gives it; F9 hands the drawer over."""

    NAME = "hand_over"
    TITLE = "Hand the drawer over"
    HELP = (
        "Your drawer is closed; its fund stays in it. Who takes it over counts the fund, types id and PIN, and you type"
        " your PIN: both sign. F9 opens the drawer for them, with the same business date. If the count is not the fund,"
        " a lead approves it. A slip with both counts is printed. Esc leaves the drawer closed: anybody opens it"
        " with F2 then. Cut off meanwhile, it is among what was set aside: F10, K goes on with it."
    )

    def __init__(self) -> None:
        super().__init__()
        self.grid = DenominationGrid("hand-over-grid")
        self.taker = Field("Who takes it", dom_id="hand-over-taker", most=32)
        self.taker_pin = Field("Their PIN   ", dom_id="hand-over-taker-pin", secret=True, most=32)
        self.own_pin = Field("Your PIN    ", dom_id="hand-over-own-pin", secret=True, most=32)
        self.second = SecondPerson("hand-over-lead")
        self._title = TextLine(classes="title")
        self._given: Session | None = None
        self._taking: Person | None = None

    def compose(self) -> ComposeResult:
        self.kept = KeptTexts(self.counter, Form.HAND_OVER, self._session_id, self._typed)
        yield self._title
        yield self.grid
        yield self.taker
        yield self.taker_pin
        yield self.own_pin
        yield self.second

    async def begin(self, closed: Session) -> None:
        """Hand over the drawer of that session, which is closed."""
        self._given = closed
        self._forget()
        self._title.say(
            ((f" Drawer {closed.drawer} is closed: ", "strong"), ("who takes it counts the fund, both sign; F9", ""))
        )

    async def go_on_with(self, session: str) -> None:
        """Go on with a hand-over that was cut off, by its closed session. Raises HandOverRefused."""
        giver = self.counter.person
        if giver is None:
            return
        half = await self.counter.desk.look(handing_over, giver, session)
        await self.begin(half.closed)
        draft = await self.kept.kept()
        texts = dict(draft.texts) if draft is not None else {}
        if half.taker:
            texts = {"taker": half.taker} | {str(cents): str(number) for cents, number in half.pieces}
        for name, field in self._named().items():
            field.set(texts.get(name, ""))
        self.grid.retotal()
        if half.taker:
            self.counter.tell(f"{half.taker} opened it already.", "Its count stands.", "Both sign: PINs, then F9.")

    def _session_id(self) -> str:
        return self._given.id if self._given is not None else ""

    def _named(self) -> dict[str, Field]:
        return {"taker": self.taker, **self.grid.by_name()}

    def _typed(self) -> dict[str, str]:
        """What is kept: never empty while a drawer waits to be taken, so that it is listed."""
        drawer = {"drawer": self._given.drawer} if self._given is not None else {}
        texts = {name: field.value for name, field in self._named().items()}
        if OPERATOR_ID.fullmatch(person_key(texts["taker"])) is None:
            del texts["taker"]  # no id, and perhaps a PIN typed a field too early
        return drawer | texts

    def commands(self) -> Sequence[Command]:
        if self._given is None or self.second.display:
            return ()
        return [Command("f9", "Hand over", "Open the drawer for who takes it.", self._hand_over, on_bar=True)]

    def ring(self) -> Sequence[Field]:
        if self.second.display:
            return [self.second.operator, self.second.pin]
        return [*self.grid.fields, self.taker, self.taker_pin, self.own_pin]

    def rows(self) -> Sequence[Sequence[Field]]:
        if self.second.display:
            return super().rows()
        return [*self.grid.rows, [self.taker], [self.taker_pin], [self.own_pin]]

    async def arrive(self) -> None:
        if self.at not in self.ring():
            self.to(self.ring()[0])

    async def put_away(self) -> None:
        for field in (self.taker_pin, self.own_pin):
            field.set("")
        self.second.clear()
        self._taking = None
        await self.kept.saved()

    async def back(self) -> None:
        if self.second.display:
            self.second.clear()
            self.to(self.grid.fields[0])
        else:
            self._leave_closed()
            await self.put_away()
            await super().back()

    def _leave_closed(self) -> None:
        """Nobody takes it over now: it is an ordinary closed drawer, and nothing of this is kept."""
        for field in self._named().values():
            field.set("")
        given, self._given = self._given, None
        if given is not None:
            self.kept.forget_about(given.id)

    def typed(self, field: Field) -> None:
        if field in self.grid.fields:
            self.grid.retotal()
        if field in self._named().values():
            self.kept.changed()

    async def enter(self, field: Field) -> None:
        if field is self.second.operator:
            self.to(self.second.pin)
        elif field is self.second.pin:
            await self._approve()
        elif field is self.own_pin:
            await self._hand_over()
        else:
            if field in self.grid.fields:
                self._count()
            self.step(1)

    def _count(self) -> CashCount:
        with self.naming(self.grid.wrong):
            return self.grid.count()

    async def _hand_over(self) -> None:
        giver = self.counter.person
        if giver is None or self._given is None:
            raise Refused("No drawer is handed over.", press="F10, D, H begins it.")
        self._count()
        if not self.taker.value.strip():
            self.to(self.taker)
            raise HandOverRefused("Nobody is named who takes it.", "Nothing was recorded.", "Type their id.")
        own = self.own_pin.value
        self.own_pin.set("")
        with second_credential(self.taker, self.taker_pin, self.to) as (operator, pin):
            self._taking = await self.counter.desk.job(second_person, operator, pin, Act.TAKE_MONEY, (giver.id,))
        with self.naming(self.own_pin):
            await self.counter.desk.job(second_person, giver.id, own, Act.TAKE_MONEY, ())
        await self._take(None)

    async def _approve(self) -> None:
        giver, taker = self.counter.person, self._taking
        if giver is None or taker is None:
            return
        took_part = giver.id, taker.id
        async with second_one(self.counter.desk, self.second, self.to, Act.APPROVE, took_part) as lead:
            await self._take(lead)

    async def _take(self, lead: Person | None) -> None:
        giver, closed, taker = self.counter.person, self._given, self._taking
        if giver is None or closed is None or taker is None:
            return
        count = self._count()
        await self.kept.saved()
        try:
            await self.counter.desk.job(take_over, giver, closed, taker, count, lead)
        except LeadNeeded:
            self.second.ask("A lead approves it:")
            self.to(self.second.operator)
            raise
        self._given = None
        self._forget()
        self.counter.devices.print_papers()
        await self.counter.desk.job(sign_off, giver)
        await self.counter.sign_off()
        self.counter.tell(
            f"Drawer {closed.drawer} with {format_cents(count.total)} is {taker.name}'s.",
            "Both counts are recorded.",
            f"{taker.name} signs on.",
        )

    def _forget(self) -> None:
        self.grid.clear()
        for field in (self.taker, self.taker_pin, self.own_pin):
            field.set("")
        self.second.clear()
        self._taking = None
        self.to(None)
