"""Pages on which money goes where it belongs: a letter says where, the working stands there before anybody signs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from textual.app import ComposeResult

from countertui.counter.ledger_items import RaisedRow, Working, read_working
from countertui.domain.dates import us_date, us_date_said
from countertui.domain.drawers import business_date
from countertui.domain.error_items import Way
from countertui.domain.money import format_cents
from countertui.domain.refusal import Refused
from countertui.screens.area import Command
from countertui.screens.ledger_desk.acting import ActingPage, Wanted
from countertui.screens.ledger_desk.rows import amount_row, wrapped
from countertui.widgets.field import Field
from countertui.widgets.lines import Row

if TYPE_CHECKING:
    from countertui.counter.scans import Scanned

Item = TypeVar("Item")
_LETTERS: dict[Way, tuple[str, str]] = {
    Way.AS_RECORDED: ("w", "Recorded"),
    Way.TO_ACCOUNT: ("n", "Account"),
    Way.TO_CHARGE: ("h", "Charge"),
    Way.TO_GL: ("g", "GL"),
    Way.PUT_RIGHT: ("p", "Put right"),
    Way.LOOKED_AT: ("l", "Looked at"),
}
_PLACES = {Way.TO_ACCOUNT: "Account", Way.TO_CHARGE: "Charge", Way.TO_GL: "GL account"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What is about to be done: the read that works it out and the act that does it, both with the same arguments."""

    read: str
    act: str
    args: Mapping[str, Any]
    question: str
    about: str
    done: str


class CorrectingPage(ActingPage[Item]):
    """`correction` says what is meant, `show` shows the page, with `working` where there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Field("Account", dom_id=f"{self.NAME}-place", most=60)
        self.on = Field("Business date of the correction", dom_id=f"{self.NAME}-on", most=10)
        self.working: Working | None = None
        self._dated = ""
        self._way: Way | None = None

    def compose(self) -> ComposeResult:
        for field in (self.place, self.on):
            field.display = False
            field.add_class("asked")
        *above, question, why, own, second = super().compose()
        yield from (*above, question, self.on, self.place, why, own, second)

    def correction(self, way: Way, to: str) -> Correction | None:
        """What this page would do with money that goes there; None while it does not know of what."""
        return None

    def show(self) -> None:
        """Show the page as the ledger told of it."""

    def ways_here(self, ways: Sequence[Way]) -> list[Command]:
        """The letters of these ways."""
        return [
            Command(_LETTERS[way][0], _LETTERS[way][1], f"{way.label.capitalize()}.", self._begin(way), on_bar=True)
            for way in ways
        ]

    def another_day(self) -> Command:
        """The letter that dates the correction."""
        return Command("o", "On", "Date the correction on another day than today.", self._ask_day)

    def say_dated(self, ways: Sequence[Way]) -> None:
        """Say below on which day a correction would be dated, where any can be begun."""
        dated = f"A correction is dated {us_date(self._dated)}; O says another day." if self._dated else ""
        begins = bool(ways) and self.working is None
        self.say_below(dated or ("O dates a correction on another day than today." if begins else ""))

    def ring(self) -> Sequence[Field]:
        return [*(field for field in (self.on, self.place) if field.display), *super().ring()]

    async def enter(self, field: Field) -> None:
        if field is self.place:
            if not field.value.strip():
                raise Refused("It is not said where the money belongs.", "Nothing was done.", "Type it, then Enter.")
            self.beside(self._work_out)
        elif field is self.on:
            self._dated = business_date(field.value).isoformat() if field.value.strip() else ""
            self._leave_day()
        else:
            await super().enter(field)

    async def back(self) -> None:
        if self._wanted is not None:
            await super().back()
            self.show()
        elif self.on.display:
            self._leave_day()
        elif self._way is not None or self._dated:
            self.drop_act()
            self.show()
        else:
            await super().back()

    async def take_scan(self, scanned: Scanned) -> None:
        """A bill or an account's number says which account. Raises Refused where none is asked for."""
        if not self.place.display or self._way is not Way.TO_ACCOUNT or self._wanted is not None:
            raise Refused("A scan came, and no account is asked for.", "Nothing was changed.", "N, then scan it again.")
        if scanned.kind != "account":
            raise Refused("That is no account.", "Nothing was changed.", "F3, then scan the receipt.")
        self.place.set(scanned.key)
        self.beside(self._work_out)

    def drop_act(self) -> None:
        self._way, self.working, self._dated = None, None, ""
        for field in (self.on, self.place):
            field.set("")
            field.display = False
        super().drop_act()

    def on_resize(self) -> None:
        self.show()

    async def begin(self, way: Way) -> None:
        """Ask for the place that the money goes to, or work it out where none is needed."""
        self._way = way
        if way in _PLACES:
            self.place.label = _PLACES[way]
            self.place.display = True
            self.to(self.place)
        else:
            self.beside(self._work_out)

    def _begin(self, way: Way) -> Callable[[], Awaitable[None]]:
        async def begin() -> None:
            await self.begin(way)

        return begin

    async def _ask_day(self) -> None:
        self.on.set(us_date(self._dated) if self._dated else "", selected=True)
        self.on.display = True
        self.to(self.on)

    def _leave_day(self) -> None:
        self.on.display = False
        self.to(None)
        self.show()
        self.counter.show_keys()

    async def _work_out(self) -> None:
        """Ask the ledger what it would do, show it, and ask for the people's word."""
        way, to = self._way, self.place.value.strip()
        meant = self.correction(way, to) if way is not None else None
        if way is None or meant is None:
            return
        args = {**meant.args, "way": way.value, "to": to} | ({"on": self._dated} if self._dated else {})
        answer = await self.answer(meant.read, args)
        self.working = await self.counter.desk.look(read_working, answer.said)
        self.show()
        where = f"{_PLACES[way]} {to}" if way in _PLACES else way.label
        dated = f", dated {us_date(self._dated)}" if self._dated else ""
        wanted = Wanted(
            act=meant.act,
            args=args,
            question=f"{meant.question}: {where}{dated}?",
            about=meant.about,
            done=meant.done,
            id=await self.new_id(),
        )
        for each in self.said_by_now():
            each.display = False  # the question says it; typed otherwise now, it would change nothing
        await self.want(wanted)
        self.counter.show_keys()

    def said_by_now(self) -> Sequence[Field]:
        """The fields that said what is meant, before anybody is asked for a PIN."""
        return [self.place]


def working_rows(working: Working) -> Iterator[Row]:
    """What is taken and given, with what each charge owes then, and what the entry posts."""
    room = 76
    if working.together:
        items = " and ".join(map(str, working.together))
        yield ((f" Items {items} go against each other: no money moves.", ""),)
    elif not working.shares and not working.raised:
        yield ((" No money moves: the item is closed as looked at.", ""),)
    for row in working.raised:
        yield from _raised_rows(row, room)
    for share in working.shares:
        where = f"{share.charge} {share.description}".rstrip() if share.charge else share.account or share.gl
        off = share.account is None and share.head == "suspense"
        what = "Out of suspense" if off else f"{'To' if share.cents > 0 else 'Off'} {where}"
        owed = ""
        if share.owed_before is not None and share.owed_after is not None:
            owed = f", owes {format_cents(share.owed_before)}, then {format_cents(share.owed_after)}"
        elif share.charge is None and share.account is not None:
            owed = ", its credit"
        yield amount_row(f" {what}{owed}", share.cents, room)
    if working.lines:
        yield ((" The entry posts (debits positive):", "dim"),)
        for part in working.lines:
            yield amount_row(f"   {part.account}  {part.name}", part.cents, room)


def _raised_rows(row: RaisedRow, room: int) -> Iterator[Row]:
    """A row of the calendar that is off, and what becomes of it."""
    begins, day = us_date_said(row.begins), us_date_said(row.day)
    yield from wrapped(f"{row.license}, term from {begins}: {row.description}", room, "strong")
    yield amount_row("   stands", row.stands_cents, room)
    yield amount_row(f"   the city's rows give, as of {day}", row.given_cents, room)
    if row.withdrawn_cents:
        yield amount_row("   is taken back, to the license's credit where it was paid", -row.withdrawn_cents, room)
    elif row.raised_cents:
        yield amount_row("   is raised, and owed from then on", row.raised_cents, room)
    else:
        yield from wrapped("  It was raised by other payments: look at their error items.", room, "warn")
