"""One license: what is stated of it, how it stands, what was done with it, and doing the next thing with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from enum import Enum, auto
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from countertui.counter.drafts import Form
from countertui.counter.license_deeds import assess, check, do, may_alone, require_ready
from countertui.counter.license_paper import print_fee
from countertui.counter.license_papers import write_certificate
from countertui.counter.license_register import LicenseSeen, license_as_of, license_seen, proposed_lines
from countertui.counter.station import Person
from countertui.domain.dates import us_date
from countertui.domain.drawers import CountRefused, business_date
from countertui.domain.license_acts import right_of
from countertui.domain.license_states import Step
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, may
from countertui.screens.area import Command
from countertui.screens.credential import second_one
from countertui.screens.kept_form import KeptForm
from countertui.screens.license_asking import Asked, Asking
from countertui.screens.license_keys import DONE, LETTER_OF_ROWS, asked_for, first_to_do, is_about, letters, next_key
from countertui.screens.license_rows import (
    Heading,
    Item,
    ReasonLine,
    draw_item,
    history_items,
    items,
    keys_rows,
    row_about,
    standing_row,
    title_row,
)
from countertui.screens.listing import ListArea
from countertui.widgets.field import Field
from countertui.widgets.lines import Row
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from countertui.counter.scans import Scanned

MOVES = {"up": -1, "down": 1, "pageup": -1, "pagedown": 1}


class _View(Enum):
    """What fills the screen: the license's page, its history, the page as of a day, or what its next term costs."""

    PAGE = auto()
    HISTORY = auto()
    AS_OF = auto()
    FEES = auto()


class LicenseArea(ListArea[Item]):
    """Letters do what the license's state allows; reasons are typed in place, a lead's credential too."""

    NAME = "license"
    TITLE = "License"
    HELP = (
        "All that is known of a license; below stand the letters of what can be done with it as it stands. V, N:"
        " the review marked with the arrows, or the first open one, is passed or not; B: a document was brought; E"
        " types a marked line anew. F works out what the next term costs, line by line, before anything is recorded;"
        " P there prints it. P puts what is owed into the cart. I issues it and writes its certificate: only with"
        " every fee paid and every review passed. Enter after the reason records. What a lead decides, a lead's id"
        " and PIN may do in place; nobody approves what they wrote. H shows who did what, when and why: type to"
        " search there, or a date and Enter to see the license as it stood at the end of that day. Esc goes back."
    )

    def __init__(self) -> None:
        super().__init__()
        self.asking = Asking()
        self.find = Field("Search, or a date", dom_id="license-find", most=60)
        self._standing = TextLine(dom_id="license-standing")
        self._keys = TextLine(dom_id="license-keys", names_keys=True)
        self._number = ""
        self._seen: LicenseSeen | None = None
        self._view = _View.PAGE

    def compose(self) -> ComposeResult:
        fields = {"text": self.asking.text, "reason": self.asking.reason}
        self._kept = KeptForm(
            self.counter, Form.LICENSE_ACT, fields, self._about, "Enter goes on with it; Esc drops it."
        )
        self.find.display = False
        yield self.title_line
        yield self._standing
        yield self.list
        yield self._keys
        yield self.asking
        yield self.find

    async def open(self, number: str) -> None:
        """Show a license. Raises LicenseRefused."""
        self._seen = await self.counter.desk.look(license_seen, number, self.counter.session)
        self._number, self._view, self.list.cursor = number, _View.PAGE, None
        await self.counter.go(self.NAME)

    async def go_on_with(self, about: str) -> None:
        """Show a license and what was typed of an act on it. Raises LicenseRefused."""
        number, step, row, result = (*about.split("/"), "", "", "")[:4]
        await self.open(number)
        places = [n for n, item in enumerate(self.list.items) if row and row_about(item) == row]
        self.list.show(self.list.items, cursor=places[0] if places else None)
        if self._seen is not None:
            await self._ask(asked_for(Step(step), self._seen, self.list.current, result))

    async def arrive(self) -> None:
        self.asking.close()
        self.to(None)
        if self._number:
            self._seen = await self.counter.desk.look(license_seen, self._number, self.counter.session)
            self._show_page()

    async def put_away(self) -> None:
        await self._kept.saved()
        self.asking.second.clear()

    # Keys

    def commands(self) -> Sequence[Command]:
        if self.asking.asked is not None or self._seen is None:
            return ()
        if self._view is _View.FEES:
            return [
                Command("f9", "Charge", "Charge it: it is owed from then on.", self._assess, on_bar=True),
                Command("p", "Print", "Print it with its working; charges nothing.", self._print_fee, on_bar=True),
            ]
        if self._view is not _View.PAGE:
            return ()
        return [
            *(Command(key, label, explains, self._doing(key)) for key, label, explains in self._letters()),
            *([Command("p", "Pay", "What is owed into the cart.", self._pay)] if self._owes else ()),
            *(
                [Command("c", "Certificate", "Write its file again.", self._write)]
                if "printed" in self._seen.license.says
                else ()
            ),
            Command("h", "History", "Who did what, when and why.", self._history),
        ]

    def _letters(self) -> list[tuple[str, str, str]]:
        person = self.counter.person
        if self._seen is None or person is None or not may(person.roles, Act.KEEP_LICENSES):
            return []
        return letters(self._seen, self.list.current, self.list.items)

    @property
    def _owes(self) -> bool:
        return (
            self._seen is not None
            and self.counter.session is not None
            and any(term.unpaid for term in self._seen.license.terms)
        )

    def ring(self) -> Sequence[Field]:
        return [self.find] if self._view is _View.HISTORY else self.asking.fields

    async def press(self, stroke: Stroke) -> None:
        scrolls = self._view is _View.HISTORY and stroke.key in MOVES
        if scrolls or (self.at is None and stroke.key in MOVES):
            self._move(stroke.key)
        elif self.at is None and stroke.key in {"enter", "ctrl+j"}:
            await self._usual()
        else:
            await super().press(stroke)

    def typed(self, field: Field) -> None:
        if field is self.find:
            self._show_history()
        elif field in (self.asking.text, self.asking.reason):
            self._kept.changed()

    def records_on_enter(self) -> bool:
        return self.at is self.asking.reason or super().records_on_enter()

    async def enter(self, field: Field) -> None:
        if field is self.find:
            await self._as_of()
        elif field is self.asking.text and self._seen is not None:
            await self.counter.desk.job(check, self.counter.session, self._seen.license, self.asking.deed)
            self.to(self.asking.reason)
        elif field is self.asking.reason:
            await self._by_whom()
        elif field is self.asking.second.operator:
            self.to(self.asking.second.pin)
        else:
            await self._by_second_person()

    async def back(self) -> None:
        if self.asking.second.display:
            self.asking.second.clear()
            self.to(self.asking.reason)
        elif self.asking.asked is not None:
            self._kept.forget()
            await self._kept.saved()
            await self.arrive()
        elif self._view is _View.AS_OF:
            await self._history()
        elif self._view is not _View.PAGE:
            self._show_page()
        else:
            await self.counter.go("licenses")

    async def take_scan(self, scanned: Scanned) -> None:
        """A certificate, a notice, or a license's number opens it. Raises Refused while something is asked."""
        if self.asking.asked is not None:
            raise Refused("A scan came while something is asked.", "Nothing was changed.", "Answer it; scan again.")
        if scanned.kind != "account":
            raise Refused("That is no license.", "Nothing was changed.", "F3, then scan the receipt.")
        await self.open(scanned.key)

    def _move(self, key: str) -> None:
        if self._view is not _View.PAGE:
            self.list.scroll_by(
                MOVES[key] * (1 if key in {"up", "down"} else max(1, self.list.content_size.height - 1))
            )
            return
        self.list.press(key)
        while isinstance(self.list.current, Heading | ReasonLine):
            before = self.list.cursor
            self.list.move(MOVES[key])
            if self.list.cursor == before:  # at an end: back to the nearest row
                self.list.move(-MOVES[key])
                break
        self._show_keys()

    async def _usual(self) -> None:
        """Enter: the first thing that can be done with the marked row."""
        usual = next((key for key, _, _ in self._letters() if is_about(key, self.list.current)), None)
        if self._view is _View.PAGE and usual is not None:
            await self._doing(usual)()

    # What is done

    def _doing(self, key: str) -> Callable[[], Awaitable[None]]:
        async def begin() -> None:
            if self._seen is None:
                return
            if key == "f":
                await self._fees()
                return
            if not is_about(key, self.list.current):
                self._mark_first(key)
            asked = asked_for(key, self._seen, self.list.current)
            require_ready(self._seen.license, asked.step)
            await self._ask(asked)

        return begin

    def _mark_first(self, key: str) -> None:
        """Mark the first row of those a letter is about that is still to be done, if there is one."""
        rows = list(self.list.items)
        if (row := first_to_do(key, rows)) is not None:
            self.list.show(rows, cursor=rows.index(row))
            self._show_keys()

    async def _ask(self, asked: Asked) -> None:
        self.asking.ask(asked)
        self._keys.display = False
        await self._kept.bring_back()
        if asked.step is Step.DOCUMENT:
            await self._by_whom()
        else:
            self.to(self.asking.fields[0])

    async def _by_whom(self) -> None:
        person, asked, seen = self.counter.person, self.asking.asked, self._seen
        if person is None or asked is None or seen is None:
            return
        if may_alone(seen.license, asked.step, person):
            await self._do(person)
        else:
            alone = may(person.roles, right_of(asked.step))
            self.asking.ask_second("Another than who wrote it decides:" if alone else "A lead decides:")
            self.to(self.asking.second.operator)

    async def _by_second_person(self) -> None:
        asked, seen, second = self.asking.asked, self._seen, self.asking.second
        if asked is None or seen is None:
            return
        async with second_one(self.counter.desk, second, self.to, right_of(asked.step), ()) as lead:
            await self._do(lead)

    async def _do(self, person: Person) -> None:
        asked, seen = self.asking.asked, self._seen
        if asked is None or seen is None:
            return
        await self._kept.saved()
        typed_by = self.counter.person.id if self.counter.person is not None else person.id
        draft = self._about(), typed_by
        await self.counter.desk.job(do, person, self.counter.session, seen.license, self.asking.deed, draft)
        await self.arrive()
        if asked.step in LETTER_OF_ROWS:
            self._mark_first(LETTER_OF_ROWS[asked.step])
        self.counter.tell(f"{self._number} {DONE[asked.step]}, by {person.name}.", press=self._next())
        if asked.step in (Step.ISSUE, Step.REPLACE):
            await self._write()

    def _next(self) -> str:
        """What is usual next."""
        if self._seen is None:
            return ""
        if any(term.unpaid for term in self._seen.license.terms):
            return "P takes the payment." if self._owes else ""
        keys = {key: label for key, label, _ in self._letters()}
        key = next_key(self._seen.license)
        return f"{key.upper()}: {keys[key]}." if key in keys else ""

    async def _write(self) -> None:
        file = await self.counter.desk.errand(write_certificate, self._number)
        self.counter.tell(f"The certificate of {self._number} is written.", f"It is in {file.parent.name}/{file.name}.")

    async def _pay(self) -> None:
        from countertui.screens.account_asked import add_accounts
        from countertui.screens.payment import PaymentArea

        await add_accounts(await self.counter.visit(PaymentArea), [self._number])

    # Fees

    async def _fees(self) -> None:
        if self._seen is None:
            return
        width = max(48, self.list.content_size.width - 6)
        lines = await self.counter.desk.look(proposed_lines, self._seen.license, self.counter.session, width)
        self._view = _View.FEES
        self.title_line.say(((f" {self._number}  {lines[0]}", "strong"), ("   F9 charges it", "warn")))
        total = " ".join(lines[-1].split())
        self._standing.say(((f" {total}", "strong"), ("   Not charged yet: Esc leaves it so.", "warn")))
        self.list.show([ReasonLine(line, 2) for line in lines[1:]])
        self._keys.display = False

    async def _print_fee(self) -> None:
        if self._seen is None or self.counter.person is None:
            return
        await self.counter.desk.job(print_fee, self.counter.person, self._seen.license, self.counter.session)
        self.counter.devices.print_papers()
        self.counter.tell("What it costs goes to the printer.", "Nothing is charged by that.")

    async def _assess(self) -> None:
        if self._seen is None or self.counter.person is None:
            return
        await self.counter.desk.job(assess, self.counter.person, self.counter.session, self._seen.license)
        self._view = _View.PAGE
        await self.arrive()
        self.counter.tell(f"{self._number}: its fee is charged.", "It is owed from now on.", self._next())

    # History

    async def _history(self) -> None:
        self._view = _View.HISTORY
        self.find.display = True
        self.find.set("")
        self.to(self.find)
        self._keys.display = False
        self._show_history()

    def _show_history(self) -> None:
        if self._seen is not None:
            self.title_line.say((*title_row(self._seen)[:2], ("   what was done, newest first", "")))
            rows = history_items(self._seen.license, self.find.value.strip())
            self.list.show(rows, cursor=None, hint="  Nothing of it holds that.")

    async def _as_of(self) -> None:
        if not self.find.value.strip():
            return
        try:
            day = business_date(self.find.value)
        except CountRefused:
            raise Refused("That is no date.", "It was searched for.", "Type one like 11/23/2026, or Esc.") from None
        seen = await self.counter.desk.look(license_as_of, self._number, day)
        self._view = _View.AS_OF
        self.find.display = False
        self.to(None)
        self.title_line.say((*title_row(seen), (f"   at the end of {us_date(day.isoformat())}", "warn")))
        self._standing.say(standing_row(seen))
        self.list.show(items(seen))

    # What is shown

    def _about(self) -> str:
        return f"{self._number}/{self.asking.asked.key}" if self.asking.asked is not None else ""

    def _show_page(self) -> None:
        self._view = _View.PAGE
        self.find.display = False
        self._keys.display = True
        self.to(None)
        if self._seen is not None:
            self.title_line.say(title_row(self._seen))
            self._standing.say(standing_row(self._seen))
            self.list.show(items(self._seen), cursor=self.list.cursor)
            self._show_keys()

    def _show_keys(self) -> None:
        if self._view is _View.PAGE:
            keys = [(command.key, command.label) for command in self.commands()]
            self._keys.say(*keys_rows(keys, self.content_size.width))

    def on_resize(self) -> None:
        self._show_keys()

    def draw(self, item: Item, width: int) -> Row:
        return draw_item(item, width)
