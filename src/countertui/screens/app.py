"""The counter on the screen: areas that swap, one status line, message bar and key bar, and hands that keep order."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from textual import events
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.geometry import Offset
from textual.widgets import ContentSwitcher

from countertui.domain.appearance import STARTS, Appearance, Choice
from countertui.domain.dates import us_date
from countertui.domain.demo import TRAINING
from countertui.domain.keymap import KeyMap
from countertui.domain.refusal import Refused
from countertui.errors import CounterError
from countertui.screens.area import Area, Command, nothing_done
from countertui.screens.areas import make_area
from countertui.screens.beside import OneAtATime
from countertui.screens.bursts import Burst, Bursts
from countertui.screens.check_in_printer import CheckInPrinter
from countertui.screens.colors import OF_MANY, few_colors, has_colors, high_contrast, theme_for
from countertui.screens.escapes import ignore_option_symbols
from countertui.screens.exercising import Exercising
from countertui.screens.hands import Hands
from countertui.screens.paper_and_drawer import PaperAndDrawer
from countertui.screens.paper_beside import PaperBeside
from countertui.screens.reads import Reads
from countertui.screens.starting import Starting
from countertui.widgets.key_bar import KeyBar
from countertui.widgets.lines import LinesScreen, PlainScreen
from countertui.widgets.message_bar import MessageBar
from countertui.widgets.status_line import Chip, StatusLine
from countertui.widgets.stroke import Stroke, shown_key

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.timer import Timer

    from countertui.counter.station import Person, Session
    from countertui.screens.desk import Desk

HALTED = "HALTED"
THE_USUAL = Appearance()
SHOW_CURSOR = "\x1b[?25h"
"""Textual hides the terminal's own cursor, though it moves it (ECMA-48 DECTCEM)."""
FUNCTION_KEYS = frozenset(f"f{n}" for n in range(1, 13))
HOMES = frozenset({"sign_on", "opening", "payment", "menu"})
REMINDING = frozenset({"sign_on", "opening", "payment"})
Visited = TypeVar("Visited", bound=Area)


class CounterApp(App[None]):
    """One counter. `poll_seconds` 0 asks for the chips only after something was done."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]

    def __init__(
        self,
        desk: Desk,
        appearance: Appearance = THE_USUAL,
        *,
        poll_seconds: float = 5.0,
        driver_class: type[Driver] | None = None,
    ) -> None:
        super().__init__(driver_class, ansi_color=None if has_colors(os.environ) else True)
        self.desk = desk
        self.appearance = appearance
        self.person: Person | None = None
        self.session: Session | None = None
        self.keymap = KeyMap()
        self.hands = Hands()
        self.bursts = Bursts()
        self._silence: Timer | None = None
        self._strokes = 0
        self._last_key = ""
        self._back_to = ""
        self.starting = Starting(self, poll_seconds)
        self.store_is_lost = False
        """Whether a commit left the store unreadable: nothing may ask it any more, the message must stay readable."""
        self.status = StatusLine()
        self.message = MessageBar()
        self.key_bar = KeyBar()
        sign_on = make_area("sign_on")
        self._areas: dict[str, Area] = {"sign_on": sign_on}
        self._switcher = ContentSwitcher(sign_on, id="areas", initial="sign_on")
        self._chips: tuple[Chip, ...] = ()
        self.devices = PaperAndDrawer(self)
        self.reads = Reads(self)
        self.exercising = Exercising(self)
        self.check_in_printer = CheckInPrinter(self)
        self.chips = OneAtATime(self.run_worker, self._ask_chips)
        self.touch = OneAtATime(self.run_worker, self._keep_in_touch)

    def get_default_screen(self) -> LinesScreen:
        return (PlainScreen if self.appearance.plain else LinesScreen)(self.in_words, id="_default")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return OF_MANY

    def compose(self) -> ComposeResult:
        yield self.status
        yield self.exercising.task
        with Horizontal(id="beside"):
            yield self._switcher
            if not self.appearance.plain:
                yield PaperBeside()
        yield self.message
        yield self.key_bar

    async def on_mount(self) -> None:
        self.register_theme(few_colors())
        self.register_theme(high_contrast())
        self.theme = theme_for(os.environ, self.appearance.theme)
        if self.appearance.plain and self._driver is not None:
            self._driver.write(SHOW_CURSOR)
        ignore_option_symbols()
        self.run_worker(self.hands.work(), name="hands")
        await self.go("sign_on")
        self.show_status()
        self.call_after_refresh(self.starting.after_first_paint)

    @property
    def cursor_position(self) -> Offset:
        """Where the terminal's own cursor stands after each paint: where the last key went, else at what is said."""
        if not self.is_running:
            return Offset(0, 0)
        return self.area.cursor_at(self._last_key) or self.message.content_region.offset

    @cursor_position.setter
    def cursor_position(self, value: Offset) -> None:
        """The toolkit's own fields set it; there are none here."""

    # Areas

    @property
    def area(self) -> Area:
        """The area that is looked at."""
        return self._areas[str(self._switcher.current)]

    async def made(self, kind: type[Visited]) -> Visited:
        """The area of that class, made at first use."""
        area = await self._made(kind.NAME)
        if not isinstance(area, kind):
            raise TypeError(f"{kind.NAME} is no {kind.__name__}")
        return area

    async def _made(self, name: str) -> Area:
        if name not in self._areas:
            self._areas[name] = make_area(name)
            self._areas[name].display = False
            await self._switcher.mount(self._areas[name])
        return self._areas[name]

    async def go(self, name: str, *, again: bool = False) -> Area:
        """Show an area; again: where one was in it."""
        await self._made(name)
        if name in HOMES:
            self._back_to = ""
        self._switcher.current = name
        await (self._areas[name].come_back() if again else self._areas[name].arrive())
        self.show_keys()
        return self._areas[name]

    async def visit(self, kind: type[Visited]) -> Visited:
        """Show the area of that class."""
        await self.go(kind.NAME)
        return await self.made(kind)

    async def go_and_back(self, name: str, back_to: str) -> None:
        """Show an area of which Esc, and its end, lead to that other one; keys that lead elsewhere forget that."""
        await self.go(name)
        self._back_to = back_to

    async def go_home(self) -> None:
        """Show the payment, or where a person without a drawer belongs; out of `go_and_back`, where it came from."""
        back_to, self._back_to = self._back_to, ""
        if back_to and self.person is not None:
            await self.go(back_to)
        elif self.person is None:
            await self.go("sign_on")
        elif not self.takes_money:
            await self.go("menu")
        else:
            await self.go("opening" if self.session is None else "payment")

    async def start(self, choice: Choice) -> None:
        """Begin as who signed on chose: with that theme, and with a drawer open in that area."""
        self.wear(choice)
        await self.go_home()
        if choice.start in STARTS and self.area.NAME == "payment":
            await self.go(choice.start)

    @property
    def takes_money(self) -> bool:
        """Whether who is signed on may take money; who lost that right may still close a drawer of theirs."""
        from countertui.domain.rights import Act, may

        return self.person is not None and may(self.person.roles, Act.TAKE_MONEY)

    async def put_away(self) -> None:
        """Park what is in hand and wait until every payment is recorded."""
        for area in self._areas.values():
            await area.put_away()

    async def sign_off(self) -> None:
        """Forget who worked here; every area starts anew."""
        self.person, self.session = None, None
        self.follow_keys()
        self.wear(Choice())
        self.exercising.end()
        await self.go("sign_on")
        for name in [name for name in self._areas if name != "sign_on"]:
            await self._areas.pop(name).remove()
        self.show_status()

    # Keys

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and self.keymap.meant(event.key) == "ctrl+q" and self.person is None:
            self.exit()  # even while the hands wait for the store
        elif isinstance(event, events.Key) and not event.is_forwarded:
            types = event.character and event.is_printable and not event.key.startswith("alt+")
            letter = str(event.character) if types else ""
            self._came(Stroke(self.keymap.meant(event.key), letter, at=event.time))
        elif isinstance(event, events.Paste) and not event.is_forwarded:
            self._came(Stroke(pasted=event.text, at=event.time))
        else:
            await super().on_event(event)

    def _came(self, stroke: Stroke) -> None:
        """Hand on what hands typed at once; what comes as no hand types it, once all of it is there."""
        self._strokes += 1
        self._handle(self.bursts.take(stroke, at_once=bool(stroke.letter) and self._shows_at_once(stroke.key)))
        if self._silence is not None:
            self._silence.stop()
        if self.bursts.waiting:
            self._silence = self.set_timer(self.bursts.patience_seconds, self._silent)

    def _shows_at_once(self, key: str) -> bool:
        idle = not self.hands.busy and self.area.at is not None
        return idle and not any(command.key == key for command in self.commands())

    def _silent(self) -> None:
        self.call_later(self._lapse, self._strokes)

    def _lapse(self, strokes: int) -> None:
        """Nothing came for a while, nor waits behind what a busy machine handled late: that is told by its own time."""
        if strokes == self._strokes:
            self._handle(self.bursts.lapse())

    def _handle(self, ready: Sequence[Stroke | Burst]) -> None:
        for one in ready:
            self.hands.put(partial(self.press, one) if isinstance(one, Stroke) else partial(self.reads.take_burst, one))

    async def press(self, stroke: Stroke) -> None:
        """Handle one key or pasted text wholly. What the rules refuse is said; nothing is lost."""
        self._last_key = stroke.key
        if self.area.at is not None and self.area.at.swallows(stroke):
            return
        command = self._meant(stroke)
        self.exercising.pressed(stroke, into_field=command is None and self.area.at is not None)
        said = self.message.times
        try:
            if command is not None:
                await command.run()
            else:
                area = self.area
                await area.press(stroke)
                has_no_use = stroke.key in FUNCTION_KEYS or stroke == Stroke(at=stroke.at)
                if has_no_use and self.message.times == said and self.area is area:
                    self.say(nothing_done(stroke.key, area.lacking(stroke.key)))
        except (Refused, CounterError) as error:
            self.say(error)
            if stroke.key in {"enter", "ctrl+j"} and self.area.at is not None:
                self.area.at.typed_anew()
        else:
            if self.message.text and self.message.times == said and not stroke.letter:
                self.message.clear()
        if self.area.NAME in REMINDING:
            await self.starting.remind()
        self.show_keys()
        self.exercising.look()

    def _meant(self, stroke: Stroke) -> Command | None:
        """The command of a key. Where no field waits for text, a capital is its small letter: lists show capitals."""
        commands = {command.key: command for command in reversed(self.commands())}
        small = stroke.letter.lower() if self.area.at is None else ""
        return commands.get(stroke.key) or commands.get(small)

    def commands(self) -> list[Command]:
        """All that keys do now: the area's own first, then what means the same everywhere."""
        own = list(self.area.commands())
        taken = {command.key for command in own}
        return own + [command for command in self._everywhere() if command.key not in taken]

    def _everywhere(self) -> Sequence[Command]:
        here = [
            Command("f1", "Help", "Explain this screen and its keys.", self._help, on_bar=True),
            Command("ctrl+p", "Commands", "List every command there is now.", self._palette),
            Command("ctrl+q", "Leave", "Leave the program; carts are kept.", self._leave),
        ]
        if self.person is not None:
            here[1:1] = [
                Command("f2", "Pay", "Go to the payment from anywhere.", self._pay, on_bar=True),
                Command(
                    "f3", "Receipts", "Receipts: show, reprint, void.", partial(self._show, "receipts"), on_bar=True
                ),
                Command(
                    "f10", "Menu", "Reports, close, seal and send, sign off.", partial(self._show, "menu"), on_bar=True
                ),
            ]
        return here

    async def _pay(self) -> None:
        self._back_to = ""
        await self.go_home()
        if not self.takes_money:
            self.tell("You take no payments: this is the menu, where letters are commands.", press="Choose by letter.")

    async def _show(self, name: str) -> None:
        self._back_to = ""
        await self.go(name)

    def wear(self, choice: Choice) -> None:
        """Show the theme that a person chose, else the terminal's; of what this kind of terminal can show."""
        self.theme = theme_for(os.environ, choice.theme or self.appearance.theme)

    def in_words(self, text: str) -> str:
        """The program's own words with the keys that the city has."""
        return self.keymap.in_words(text)

    def follow_keys(self) -> None:
        """Take the city's keys for this person; newer ones wait for the next, so that no key changes under a hand."""
        self.keymap = KeyMap(self.desk.rules.keys)
        self.show_keys()

    def _as_pressed(self, command: Command) -> Command:
        """The command with the key that the city has for it."""
        return replace(command, key=self.keymap.pressed_for(command.key))

    async def _help(self) -> None:
        from countertui.screens.help import HelpArea

        before, commands = self.area, [*map(self._as_pressed, self.commands())]
        if not isinstance(before, HelpArea):
            (await self.visit(HelpArea)).explain(before, commands)

    async def _palette(self) -> None:
        from countertui.screens.menu import MenuArea
        from countertui.screens.palette import PaletteArea

        before, commands = self.area, [*map(self._as_pressed, self.commands())]
        if not isinstance(before, PaletteArea):
            key = self.keymap.pressed_for("f10")
            menu = [replace(one, key=f"{key} {one.key}") for one in (await self.made(MenuArea)).commands()]
            (await self.visit(PaletteArea)).list_commands(before, [*commands, *menu])

    async def _leave(self) -> None:
        await self.go("leave")

    def show_keys(self) -> None:
        """Show what the function keys do now."""

        on_bar = [self._as_pressed(command) for command in self.commands() if command.on_bar]
        on_bar.sort(key=lambda command: int(command.key[1:]) if command.key[1:].isdigit() else 99)
        self.key_bar.show([(shown_key(command.key), command.label) for command in on_bar])

    # Words

    def say(self, error: Refused | CounterError) -> None:
        """Say what was refused or failed: happened, safe, press."""
        self.message.refuse(error.happened, error.safe, error.press)

    def tell(self, happened: str, safe: str = "", press: str = "") -> None:
        """Say what was done."""
        self.message.tell(happened, safe, press)

    def show_status(self) -> None:
        """Show place, person and chips."""
        if not self.starting.is_open:
            self.status.show_place(("CounterTUI",), self.desk.mark)
            waits = Chip("opening the store" if not self.desk.needs_passphrase else "locked")
            self.status.show_chips((Chip("not open", "bad") if self.starting.stays_shut else waits,))
            return
        place, session = self.desk.place, self.session
        drawer = f"drawer {session.drawer}" if session else "no drawer"
        name = self.person.name if self.person else "nobody signed on"
        self.status.show_place((place.city, place.office_name, place.terminal, drawer, name), self.desk.mark)
        checking = () if self.starting.checked.is_set() else (Chip("checking", "warn"),)
        told = any(chip.short == HALTED for chip in self._chips)
        fault = (Chip(HALTED, "bad", HALTED),) if self.starting.halted and not told else ()
        date = f"business date {us_date(session.biz_date)}" if session else ""
        training = (Chip(TRAINING, "warn"),) if self.desk.mark == TRAINING else ()
        self.status.show_chips((*training, *checking, *fault, *self._chips), date)

    def _fatal_error(self) -> None:
        from rich.text import Text

        from countertui.screens.crash import crash_words

        if self._exception is not None:
            self._exit_renderables.append(Text(crash_words(self._exception)))
        self._close_messages_no_wait()

    async def _keep_in_touch(self) -> None:
        from countertui.counter.keep_in_touch import keep_in_touch

        if not self.store_is_lost and await self.desk.errand(keep_in_touch):
            self.chips.ask()

    async def _ask_chips(self) -> None:
        from countertui.counter.chips import chips
        from countertui.screens.chip_words import chip_words

        if self.store_is_lost:
            self._chips = (Chip(f"{HALTED}: restart the counter", "bad", HALTED),)
        else:
            found = await self.desk.errand(chips)
            self._chips = chip_words(found, just_started=self.starting.is_young)
            if found.ledger == "online":
                self.touch.ask()
            if found.can_print:
                self.devices.print_what_waited()
            self.exercising.look()
        self.show_status()
