"""The application for a business license: pages that say at once what is wrong, alike, asked and charged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from textual.app import ComposeResult

from countertui.counter.license_application import Advice, advise
from countertui.counter.license_drafts import new_application, take_application
from countertui.counter.license_previous import texts_of_license
from countertui.counter.scans import Scanned
from countertui.domain.classification import Match
from countertui.domain.device_reads import CardHolder
from countertui.domain.license_application import (
    BUSINESS,
    CLASS,
    KIND,
    LIKE,
    NAICS,
    may_be_kept_half_typed,
    with_holder,
)
from countertui.domain.refusal import Refused
from countertui.errors import CounterError
from countertui.screens.area import Area, Command
from countertui.screens.beside import OneAtATime
from countertui.screens.license_below import Below, below, draw_below, meant
from countertui.screens.license_ends import drop_it, file_it, print_it
from countertui.screens.license_kept import KeptApplication
from countertui.screens.license_pages import LicensePages, fields_of
from countertui.screens.license_words import class_row, fee_rows, field_name, sentence, wrong_words
from countertui.widgets.field import Field
from countertui.widgets.line_list import LineList
from countertui.widgets.noted_field import NotedField
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

_CHOSEN_BY_WORDS = frozenset({KIND, NAICS})
_CHOOSING = frozenset({"up", "down"})


class LicenseFormArea(Area):
    """`texts` are the form's; fields show those of the page. Advice is asked beside the hands, the newest shown."""

    NAME = "license_form"
    TITLE = "License application"
    HELP = (
        "Say in plain words what the business is, like taco truck; Enter takes the class that fits, arrows choose where"
        " several do. What is wrong stands beside its field at once, and nothing that was typed is lost by it. Below,"
        " licenses that may be the same business show as you type, and what the license would cost. Enter and the page"
        " keys lead through the pages: business, owners, questions, fee; there P prints, F9 files. A scanned driver's"
        " license is an owner; a license's number, scanned or typed on top, fills in what it holds. All is kept from"
        " the first letter on, numbers of persons encrypted; Esc leads to the list."
    )

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.application = ""
        self.advice: Advice | None = None
        self.pages = LicensePages()
        self._title = TextLine(classes="title")
        self._below_title = TextLine(dom_id="license-below")
        self.list: LineList[Below] = LineList(draw_below, dom_id="list")
        self._fee = TextLine(dom_id="license-fee")
        self._left: set[str] = set()
        """Fields that were left, or that Enter was pressed in: what is wrong in them is said."""
        self._tried = False
        """Whether somebody tried to file it: what is needed is marked since."""
        self._dropping = False

    def compose(self) -> ComposeResult:
        counter = self.counter
        self.kept = KeptApplication(counter)
        self._advising = OneAtATime(counter.run_worker, self._advise)
        yield self._title
        yield from self.pages.all
        yield self._below_title
        yield self.list
        yield self._fee

    @property
    def _at(self) -> str:
        """The form's name for the field that keys go to."""
        return self.at.of if isinstance(self.at, NotedField) else ""

    def rows(self) -> Sequence[Sequence[Field]]:
        return self.pages.rows

    def ring(self) -> Sequence[Field]:
        return [field for row in self.pages.rows for field in row]

    def commands(self) -> Sequence[Command]:
        return [
            Command("f4", "New", "Begin another application; this one is kept.", self.begin, on_bar=True),
            Command("f8", "Drop", "Forget this application; asks once.", self._drop, on_bar=True),
            self._commit_command(),
            Command("pagedown", "Next page", "Go to the next page.", self._next_page),
            Command("pageup", "Page before", "Go to the page before.", self._page_before),
            *(
                [Command("p", "Print", "Print the application.", partial(print_it, self), on_bar=True)]
                if self.at is None
                else ()
            ),
        ]

    def _commit_command(self) -> Command:
        if self.pages.at_fee:
            return Command(
                "f9", "File", "File the application: it gets its number.", partial(file_it, self), on_bar=True
            )
        return Command("f9", "Fee", "Show what it would cost and why; there F9 files it.", self._to_fee, on_bar=True)

    async def arrive(self) -> None:
        if not self.application:
            await self.begin()
        else:
            self._advising.ask()

    async def begin(self) -> None:
        """Begin another application; the one before is kept."""
        await self.kept.saved()
        self._show(await self.counter.desk.job(new_application), {})

    async def go_on_with(self, id_: str) -> None:
        """Go on with one that is kept. Raises ApplicationGone."""
        if self.counter.person is None:
            return
        await self.kept.saved()
        taken = await self.counter.desk.job(take_application, self.counter.person, id_)
        self._show(id_, taken.texts)
        if taken.lost:
            names = ", ".join(field_name(of, None) for of in taken.lost)
            self.counter.tell(f"Can't be read any more: {names}.", "All else is as it was typed.", "Type it again.")

    async def put_away(self) -> None:
        await self.kept.saved()

    async def back(self) -> None:
        await self.put_away()
        await self.counter.go("license_forms")

    # What is typed

    def typed(self, field: Field) -> None:
        if not isinstance(field, NotedField):
            return
        of = field.of
        self.texts[of] = field.value
        if of == KIND:
            self.texts.pop(CLASS, None)
        self._left.discard(of)
        self._changed()
        if not may_be_kept_half_typed(of, field.value):
            name = sentence(field_name(of, self.advice))
            self.counter.tell(
                f"{name}: so many digits are not kept.", "They stand here until you leave.", "Shorten it."
            )

    async def enter(self, field: Field) -> None:
        if not isinstance(field, NotedField):
            return
        await self._advising.done()
        if field.of == LIKE and field.value.strip():
            await self.fill_from(field.value)
        elif field.of in _CHOSEN_BY_WORDS and self._choose(field):
            return
        self._left.add(field.of)
        self._say()
        advice = self.advice
        if advice is not None and (fault := advice.application.faults.get(field.of)) is not None:
            words = wrong_words(field.of, fault, advice)
            raise Refused(f"{words}.", "The form is kept as typed.", "Correct it, or Tab.")
        self.step(1)

    async def press(self, stroke: Stroke) -> None:
        self._dropping = False
        choosing = self._at in _CHOSEN_BY_WORDS and stroke.key in _CHOOSING
        if choosing:
            await self._advising.done()
        if (self.at is None or (choosing and self._has_choices())) and self.list.press(stroke.key):
            return
        await super().press(stroke)

    def to(self, field: Field | None) -> None:
        before = self.at
        super().to(field)
        if isinstance(before, NotedField) and before is not field:
            self._left.add(before.of)
            self._write()
        self._say()

    def step(self, by: int) -> None:
        ring = list(self.ring())
        place = ring.index(self.at) + by if self.at in ring else 0
        if ring and 0 <= place < len(ring):
            self.to(ring[place])
        else:
            self._turn(by, last=by < 0)

    async def _next_page(self) -> None:
        self._turn(1)

    async def _page_before(self) -> None:
        self._turn(-1)

    def _turn(self, by: int, *, last: bool = False) -> None:
        self.to(self.pages.turn(by, self.texts, last=last))

    async def take_card(self, holder: CardHolder) -> None:
        """Fill the holder of an identity card in as an owner. Raises Refused where there is no room for another."""
        place = " ".join(part for part in (holder.city, holder.state, holder.postal_code) if part)
        self.fill_owner(holder.name, ", ".join(part for part in (holder.street, place) if part))
        whole = "Type the name whole: the card cuts it off." if holder.cut else ""
        self.counter.tell(
            f"The card was read: {holder.name} is an owner.", "Of the card, name and address alone are kept.", whole
        )

    def fill_owner(self, name: str, address: str) -> None:
        """Fill somebody in as an owner, and where mail goes if nothing is typed. Raises Refused for want of room."""
        filled = with_holder(self.texts, name, address)
        if filled is None:
            raise Refused("The form has no room for another owner.", "Nothing was filled in.", "Empty one first.")
        self._fill(filled)

    async def take_scan(self, scanned: Scanned) -> None:
        """A license's number fills in what it holds. Raises Refused for what is none."""
        if scanned.kind != "account":
            raise Refused("That is no license.", "Nothing was filled in.", "F3, then scan the receipt.")
        await self.fill_from(scanned.key)

    async def fill_from(self, number: str) -> None:
        """Fill what is still empty in from a license. Raises NoSuchLicense."""
        texts = await self.counter.desk.look(texts_of_license, number)
        number = number.strip().upper()
        self._fill({of: text for of, text in texts.items() if not self.texts.get(of, "").strip()} | {LIKE: number})
        self.counter.tell(f"Filled in from license {number}.", "What was typed stands as it was.")

    # What is said of it

    def _fill(self, texts: Mapping[str, str]) -> None:
        self.texts |= texts
        for field in fields_of(self.pages.all):
            if field.of in texts:
                field.set(texts[field.of])
        self._changed()

    def _changed(self) -> None:
        self.kept.changed(self.application, self.texts)
        self._advising.ask()

    async def _advise(self) -> None:
        try:
            self.advice = await self.counter.desk.look(advise, dict(self.texts), self.counter.session)
        except (Refused, CounterError) as error:
            self.counter.say(error)
            return
        self._write()
        self.pages.ask(self.advice, self.texts)
        self._say()

    def _write(self) -> None:
        """Write as it is usual what nobody is typing any more, and what is still as it was when that was worked out."""
        advice, at = self.advice, self._at
        if advice is None:
            return
        usual = {of: text for of, text in advice.written.items() if of != at and self.texts.get(of) == advice.texts[of]}
        if usual:
            self._fill(usual)

    def _say(self) -> None:
        """Say beside and below the fields what there is to say of them."""
        advice = self.advice
        self.pages.note(advice, self._left, needed=self._tried)
        if advice is None:
            return
        self.pages.business.chosen.say(class_row(advice))
        self._fee.display = not self.pages.at_fee
        self._fee.say(*fee_rows(advice))
        self._title.say(((f" {self.TITLE} ", "strong"), *self.pages.names(advice)))
        words, items, hint = below(advice, self.pages, self._at, self.texts)
        self._below_title.say(((f"── {words} " if words else "──", "dim"), ("─" * 200, "dim")))
        if items != list(self.list.items):
            self.list.show(items, hint=hint)

    def _has_choices(self) -> bool:
        return bool(self.list.items) and isinstance(self.list.items[0], Match)

    def _choose(self, field: NotedField) -> bool:
        """Take the class or code that is meant; says whether one was. Raises Refused where several may be."""
        advice, text = self.advice, field.value.strip()
        if advice is None or not text or (field.of == KIND and self.texts.get(CLASS)):
            return False
        chosen = self.list.current
        try:
            match = meant(advice, field.of, text, chosen if isinstance(chosen, Match) else None)
        except Refused:
            self.list.show(self.list.items, cursor=0)
            raise
        if match is None:
            return False
        self._fill({CLASS if field.of == KIND else NAICS: match.entry.code})
        self.step(1)
        return True

    # Whole applications

    def _show(self, id_: str, texts: Mapping[str, str]) -> None:
        self.application, self.texts, self.advice = id_, dict(texts), None
        self._left, self._tried, self._dropping = set(), False, False
        self.to(self.pages.begin(self.texts))
        self._advising.ask()

    async def _to_fee(self) -> None:
        self.pages.go_to_fee(self.texts)
        self.to(None)

    async def settled(self) -> None:
        """Wait until what is typed is written as is usual, and kept: nothing is kept after it was filed or dropped."""
        await self._advising.done()
        await self.kept.saved()

    def show_lacking(self, of: str) -> None:
        """Go to a field that keeps it from being filed; what is needed is marked from now on."""
        self._tried = True
        self._left |= self.texts.keys()
        self.to(self.pages.go_to(of, self.texts))

    def end(self) -> None:
        """It is filed or dropped: another is begun when the form is shown again."""
        self.application, self.texts = "", {}

    async def _drop(self) -> None:
        if not self._dropping:
            self._dropping = True
            name = self.texts.get(BUSINESS, "").strip() or "this application"
            self.counter.tell(f"Drop {name}?", press="F8 once more drops; Esc does not.")
            return
        await drop_it(self)
