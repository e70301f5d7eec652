"""Offices and drawers of a day at a glance: how far each is on its way to the bank, and what is in it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.ledger_alarms import read_attention
from countertui.counter.ledger_day import NOT_HEARD, OFFICE, Columns, Day, DayRow, day_beside, read_day
from countertui.domain.dates import us_date
from countertui.domain.money import format_cents
from countertui.domain.refusal import Refused
from countertui.screens.area import Command
from countertui.screens.ledger_desk.at_ledger import AtLedger
from countertui.screens.ledger_desk.page import DeskPage
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

_LOOKS = {"open": "warn", "counted": "warn", "sealed": "warn", "received": "warn", NOT_HEARD: "bad", "at bank": "good"}
_AMOUNTS, _OFF = 10, 9
"""Columns, in characters, of 80."""


class LedgerDayArea(DeskPage[DayRow]):
    """Arrows change the row, left and right the day."""

    NAME = "ledger_desk"
    ON_BAR = "ebakt"
    TITLE = "Technician's desk"
    HELP = (
        "The offices and drawers of a day as the ledger has them; you sign in there with your PIN, which is"
        " sealed on its way, and nothing is changed here. A drawer is open, counted (closed at its terminal),"
        " sealed, received (the ledger has its batch, people have to post it), posted, deposited, courier, at"
        " bank. Not heard means that nothing of that day came from a terminal: that is not nothing taken. Cash is"
        " without the opening fund, with what was dropped into the safe. +/- is what a counted drawer is over, or"
        " with a minus short: as its terminal says until it is posted, then as the ledger expects it; an office's"
        " is that of all of them that are counted. A drawer of your own that you have not counted shows no"
        " amounts. Left and right change the day; Enter shows the receipts of a drawer, or of all of an office,"
        " and there a receipt and its record. R asks again. Without a network the last answer stays, with its age."
        " Esc goes to the menu."
    )

    def __init__(self) -> None:
        super().__init__()
        self._day = self._wanted = ""
        self._at_ledger: AtLedger | None = None
        self._heads = TextLine(dom_id="ledger_desk-heads")
        self._heed = TextLine(dom_id="ledger_desk-heed", names_keys=True)
        self._heed.display = False

    def compose(self) -> ComposeResult:
        title, *rest = super().compose()
        yield title
        yield self._heed
        yield self._heads
        yield from rest

    @property
    def own_at_ledger(self) -> AtLedger:
        """Who is signed in at the ledger: made with the first page, gone with the person."""
        if self._at_ledger is None:
            self._at_ledger = AtLedger(self.counter.desk)
        return self._at_ledger

    def commands(self) -> Sequence[Command]:
        if self.at is not None:
            return ()
        return [
            Command("left", "Day before", "The day before.", self._day_before),
            Command("right", "Day after", "The day after.", self._day_after),
            *super().commands(),
        ]

    async def ask(self) -> None:
        try:
            answer = await self.answer("day", {"date": self._wanted} if self._wanted else {})
        except Refused:
            self._wanted = self._day  # what is shown stays
            raise
        day: Day = await self.counter.desk.look(read_day, answer.said)
        if not self._wanted and not answer.not_reached:  # today's, also when it is asked for by its date
            self.own_at_ledger.keep("day", {"date": day.date}, answer)
        at = min(self.list.cursor or 0, len(day.rows) - 1) if self._day == day.date else 0
        self._day = self._wanted = day.date
        self.title(f"{self.TITLE}: {us_date(day.date)}", answer)
        self._say_heads()
        self.list.show(day.rows, cursor=at if day.rows else None, hint="  This city has no offices.")
        self._say_below()
        await self._say_heed()

    async def _say_heed(self) -> None:
        """What somebody must look at, whatever day is shown."""
        answer = await self.answer("attention", {})
        words = (await self.counter.desk.look(read_attention, answer.said)).words
        self._heed.display = bool(words)
        self._heed.say(((f" {words}", "warn"), (": A, B, E", "")))

    async def press(self, stroke: Stroke) -> None:
        await super().press(stroke)
        self._say_below()

    async def put_away(self) -> None:
        await super().put_away()
        if self._at_ledger is not None:
            self._at_ledger.sign_out()

    async def choose(self, item: DayRow) -> None:
        places = [row.place for row in self.list.items if row.office == item.office and row.place is not None]
        if item.state != OFFICE:
            places = [item.place] if item.place is not None else []
        if not places:
            self.counter.tell(f"{item.terminal or item.name}: {item.said or item.state}.", "No receipt is known of it.")
            return
        from countertui.screens.ledger_desk.receipts import LedgerReceiptsArea

        words = item.name if item.state == OFFICE else f"{item.drawer}, {item.who}"
        (await self.counter.made(LedgerReceiptsArea)).of(f"{words}, {us_date(self._day)}", places)
        await self.counter.go(LedgerReceiptsArea.NAME)

    def on_resize(self) -> None:
        self._say_heads()

    def _say_heads(self) -> None:
        """Name the columns, once there are any."""
        amount, off = _widths(self.size.width)
        heads = "".join(fit(head, amount, right=True) for head in ("Cash", "Check", "Card", "Other"))
        left = fit("  Drawer and operator", self.size.width - 4 * amount - off - 9) + fit("State", 9)
        self._heads.say(((left + heads + fit("+/-", off, right=True), "dim"),) if self._day else ())

    def _say_below(self) -> None:
        """What there is no column for."""
        row = self.list.current
        if row is None or self.at is not None:
            self.below.say(())
            return
        off = f"over/short {format_cents(row.over_short)}" if row.over_short is not None else ""
        self.below.say(((f" {', '.join(each for each in (row.said, off) if each)}", "dim"),))

    async def _day_before(self) -> None:
        self._turn(-1)

    async def _day_after(self) -> None:
        self._turn(1)

    def _turn(self, by: int) -> None:
        if self._wanted:
            self._wanted = day_beside(self._wanted, by)
            self.ask_anew()

    def draw(self, item: DayRow, width: int) -> Row:
        amount, off = _widths(width)
        amounts = _amounts(item.columns, amount)
        room = width - 4 * amount - off
        over_short = fit("" if item.over_short is None else format_cents(item.over_short), off, right=True)
        off_look = "bad" if item.over_short else "dim"
        if item.state == OFFICE:
            cells = ((text, "strong") for text in amounts)
            return ((fit(f" {item.name}", room), "strong"), *cells, (over_short, off_look))
        left = fit(f"  {item.drawer}", 6) + fit(item.terminal, 4)
        return (
            (left, "strong"),
            (fit(item.who, room - 20), ""),
            (fit(f" {item.state}", 10), _LOOKS.get(item.state, "")),
            *((text, "") for text in amounts),
            (over_short, off_look),
        )


def _widths(width: int) -> tuple[int, int]:
    """How wide an amount and an over or short are: on a wide screen they stand further apart."""
    more = min(4, max(0, (width - 80) // 10))
    return _AMOUNTS + more, _OFF + more


def _amounts(columns: Columns, width: int) -> Sequence[str]:
    """Cash, check, card and others, right under each other; nothing where they are not to be seen."""
    each = columns.cash, columns.check, columns.card, columns.other
    return [fit("" if cents is None else format_cents(cents), width, right=True) for cents in each]
