"""An area of the screen a person works in: its commands, its fields, and what a key does in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from textual.containers import Vertical
from textual.geometry import Offset

from countertui.domain.refusal import Refused
from countertui.widgets.field import Field
from countertui.widgets.line_list import LineList
from countertui.widgets.stroke import Stroke

if TYPE_CHECKING:
    from countertui.counter.scans import Scanned
    from countertui.domain.check_line import CheckLine
    from countertui.domain.device_reads import CardHolder
    from countertui.screens.app import CounterApp

CHOOSING = frozenset({"up", "down", "pageup", "pagedown"})
"""Keys that choose in a list."""


@dataclass(frozen=True, slots=True)
class Command:
    """What a key does, in words: `label` for the key bar and the list of commands, `explains` for help."""

    key: str
    label: str
    explains: str
    run: Callable[[], Awaitable[None]]
    on_bar: bool = False


def nothing_done(key: str, lacking: str) -> Refused:
    """What is said of a function key that does nothing now. lacking: what is missing for it, empty if nothing is.

    key: empty for one whose command has another key in this city.
    """
    if not key:
        return Refused("In this city another key does that.", "", "F1 says what each key does here.")
    return Refused(lacking or f"{key.upper()} does nothing here now.", "", "F1 says what each key does here.")


class Area(Vertical):
    """Areas are mounted at first use and then swapped. Keys reach them one by one through `press`."""

    NAME = ""
    TITLE = ""
    HELP = ""

    def __init__(self) -> None:
        super().__init__(id=self.NAME)
        self.at: Field | None = None

    @property
    def counter(self) -> CounterApp:
        """The running program."""
        return cast("CounterApp", self.app)

    def commands(self) -> Sequence[Command]:
        """What keys do here now, besides those that mean the same everywhere."""
        return ()

    def ring(self) -> Sequence[Field]:
        """The fields that can be typed into now, in the order of Tab."""
        return ()

    def rows(self) -> Sequence[Sequence[Field]]:
        """The same fields as they stand on the screen, row by row, for the arrows."""
        return [[field] for field in self.ring()]

    async def arrive(self) -> None:
        """Get ready to be looked at; called each time the area is shown."""

    async def come_back(self) -> None:
        """Be looked at again out of help: where one was, for an area that has several steps."""
        await self.arrive()

    async def put_away(self) -> None:
        """Finish or set aside what is under way, as somebody leaves."""

    async def enter(self, field: Field) -> None:
        """Enter was pressed in a field."""

    async def back(self) -> None:
        """Esc was pressed."""
        await self.counter.go_home()

    def records_on_enter(self) -> bool:
        """Whether Enter would record something now, behind letters that came as no hand types them: then it is not
        pressed, as nobody has looked at them. So it is in a PIN: what somebody answers for is recorded behind it."""
        return self.at is not None and self.at.secret

    async def take_scan(self, scanned: Scanned) -> None:
        """Something was scanned while this is looked at. Raises Refused where nothing can be made of it here."""
        raise Refused("A scan came, and this screen takes none.", "Nothing was typed.", "F2, then scan it again.")

    async def take_check(self, line: CheckLine) -> None:
        """A check was put through a reader. Raises Refused, without its numbers, where nothing can be made of it."""
        raise Refused("A check was read, and this screen takes none.", "Nothing of it was kept.", "F2, then once more.")

    async def take_card(self, holder: CardHolder) -> None:
        """An identity card was scanned. Raises Refused, without its holder, where nothing can be made of it."""
        raise Refused(
            "An identity card was scanned, and this screen takes none.",
            "Nothing of it was kept.",
            "F10, A, then again.",
        )

    def lacking(self, key: str) -> str:
        """What is missing for a function key that does nothing now, and what to press first; empty if nothing is."""
        return ""

    def typed(self, field: Field) -> None:
        """A field's text changed."""

    async def take_back(self) -> None:
        """The last key was the first of something that wasn't meant for the field it went to."""
        if self.at is not None:
            self.at.take_back()
            self.typed(self.at)

    def to(self, field: Field | None) -> None:
        """Let keys go to a field."""
        if self.at is not None and self.at is not field:
            self.at.activate(active=False)
        self.at = field
        if field is not None:
            field.activate(active=True)

    def cursor_at(self, key: str) -> Offset | None:
        """Where the terminal's own cursor belongs after a key: in the field, or by arrows on what they chose."""
        field = self.at if self.at is not None and self.at.is_on_screen else None
        lists = (one.cursor_at for one in self.query(LineList) if one.is_on_screen and one.cursor is not None)
        chosen = next(lists, None) if field is None or key in CHOOSING else None
        return chosen if chosen is not None or field is None else field.cursor_at

    def step(self, by: int) -> None:
        """Let keys go to the next field, or the one before."""
        ring = list(self.ring())
        if ring:
            place = ring.index(self.at) + by if self.at in ring else 0
            self.to(ring[place % len(ring)])

    def step_row(self, by: int) -> None:
        """Let keys go to the field below, or above, in the same column."""
        rows = [list(row) for row in self.rows()]
        place = next(((n, row.index(self.at)) for n, row in enumerate(rows) if self.at in row), None)
        if place is None:
            self.step(by)
        else:
            row = rows[(place[0] + by) % len(rows)]
            self.to(row[min(place[1], len(row) - 1)])

    @contextmanager
    def naming(self, field: Field | None) -> Iterator[None]:
        """What is refused inside is about that field: keys go there, and the first letter replaces what it holds."""
        try:
            yield
        except Refused:
            if field is not None:
                self.to(field)
                field.typed_anew()
            raise

    async def press(self, stroke: Stroke) -> None:
        """Take a key. Raises Refused; the message bar says so, the form stays."""
        if stroke.key == "escape":
            await self.back()
        elif stroke.key == "tab":
            self.step(1)
        elif stroke.key == "shift+tab":
            self.step(-1)
        elif stroke.key in {"up", "down"}:
            self.step_row(1 if stroke.key == "down" else -1)
        elif self.at is None:
            return
        elif stroke.key in {"enter", "ctrl+j"}:
            await self.enter(self.at)
        else:
            self._type(self.at, stroke)

    def _type(self, field: Field, stroke: Stroke) -> None:
        before = field.value
        try:
            field.press(stroke)
        finally:  # a card number that is refused changes its field too: it is emptied
            if field.value != before:
                self.typed(field)
