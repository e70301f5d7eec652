"""Mail and the dropbox: a batch is counted, opened, keyed in piece by piece, and closed once it agrees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from countertui.counter.remittances import Running, running
from countertui.counter.take_payment import Taken
from countertui.domain.receipts import Cart
from countertui.domain.refusal import Refused
from countertui.errors import CounterError
from countertui.screens.area import Area, Command
from countertui.screens.finding import Finding
from countertui.screens.mail_control import ControlForm
from countertui.screens.mail_difference import DifferenceForm
from countertui.screens.mail_piece import Piece
from countertui.screens.mail_words import HELP, last_row, not_told, progress_row, title_row
from countertui.widgets.field import Field
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from countertui.counter.scans import Scanned
    from countertui.counter.station import Session
    from countertui.domain.check_line import CheckLine


class MailArea(Area):
    """One thing at a time: the form that opens a batch, a piece, or the question about a difference."""

    NAME = "mail"
    TITLE = "Mail and dropbox"
    HELP = HELP

    def __init__(self) -> None:
        super().__init__()
        self.control = ControlForm(self)
        self.piece = Piece(self)
        self.difference = DifferenceForm(self)
        self.open_batch: Running | None = None
        self._title = TextLine(classes="title")
        self._progress = TextLine(dom_id="mail-progress", names_keys=True)
        self._last = TextLine(dom_id="mail-last")
        self._unread: Refused | None = None
        """What went wrong with a piece that is recorded, or may be: nothing is done until somebody read it."""

    def compose(self) -> ComposeResult:
        self.finding = Finding(self.counter.desk, self.counter.run_worker)
        yield self._title
        yield self.control
        yield self.finding.box
        yield self.finding.results
        yield self.piece
        yield self.difference
        yield self._progress
        yield self._last

    async def arrive(self) -> None:
        self._last.say()
        self.go_on_with(await self.counter.desk.look(running, self.session))
        if self.open_batch is None:
            await self.control.kept.bring_back()
        else:
            await self.piece.kept_texts.bring_back(self.open_batch.batch)

    async def put_away(self) -> None:
        for kept in (self.control.kept, self.piece.kept_texts, self.difference.kept):
            await kept.saved()
        self.difference.clear()
        self.piece.clear()

    @property
    def session(self) -> Session:
        """The drawer session that is worked in. Raises Refused without one."""
        if self.counter.session is None:
            raise Refused("No drawer is open.", press="F2 opens one.")
        return self.counter.session

    # Keys

    @property
    def _step(self) -> ControlForm | Piece | DifferenceForm:
        """What is asked now."""
        if self.open_batch is None:
            return self.control
        return self.difference if self.difference.display else self.piece

    def commands(self) -> Sequence[Command]:
        return () if self._unread is not None else self._step.commands()

    def ring(self) -> Sequence[Field]:
        return self._step.fields

    async def press(self, stroke: Stroke) -> None:
        if self._unread is not None:
            if stroke.key != "escape":
                raise self._unread
            self._unread = None
        elif self.at is not self.finding.box or stroke.key in {"escape", "enter", "ctrl+j"}:
            await super().press(stroke)
        else:
            await self.finding.press(stroke)

    async def back(self) -> None:
        if self._step is self.difference:
            self.next()
        elif self.open_batch is not None and self.piece.begun:
            await self.piece.back()
        elif self.open_batch is not None and self.finding.box.value:
            self.finding.clear()
        else:
            await self.counter.go_home()

    def typed(self, field: Field) -> None:
        if field is self.finding.box:
            self.finding.look_again()
        self._step.typed(field)

    async def enter(self, field: Field) -> None:
        await self._step.enter(field)

    def records_on_enter(self) -> bool:
        return self._step is not self.piece or self.piece.line is not None

    async def take_scan(self, scanned: Scanned) -> None:
        """A stub, or an account's number, begins a piece. Raises Refused while something is asked."""
        if self._unread is not None:
            raise self._unread
        if self._step is not self.piece or self.piece.line is not None:
            raise Refused("A scan came while something is asked.", "Nothing was added.", "Answer it; scan again.")
        if scanned.kind != "account":
            raise Refused("That is no bill.", "Nothing was added.", "F3, then scan the receipt.")
        await self.piece.ask(scanned.key)

    async def take_check(self, line: CheckLine) -> None:
        """Fill the row of the piece. Raises Refused while no check is asked."""
        await self.piece.fill(line)

    # The batch

    def go_on_with(self, batch: Running | None) -> None:
        """Work on another batch; without one, ask what opens the next."""
        self.open_batch = batch
        self.next()

    async def close(self) -> None:
        """Close the batch; where it does not agree, a lead is asked. Raises Refused while a piece is begun."""
        if self.finding.text or self.piece.begun:
            raise Refused("A piece is begun.", "The batch stays open.", "Finish it, or Esc drops it.")
        if self.open_batch is not None:
            await self.difference.close(self.open_batch)

    def taken(self, taken: Taken, cart: Cart) -> None:
        """A piece is recorded: go on with the next."""
        self._count(cart)
        self._last.say(last_row(taken, cart))
        self.counter.devices.after(taken)
        self.next()

    def wait_until_read(self, cart: Cart, error: CounterError, *, recorded: bool) -> Refused:
        """A piece is recorded all the same, or nobody knows whether it is: what must be read before anything else."""
        self._unread = not_told(cart, error, recorded=recorded)
        if recorded:
            self._count(cart)
        else:
            self.counter.store_is_lost = True
        self.next()
        return self._unread

    def _count(self, cart: Cart) -> None:
        if self.open_batch is not None:
            self.open_batch = self.open_batch.with_piece(cart.total)

    def next(self) -> None:
        """Ask for the next thing: a batch, or the next piece's account."""
        self.piece.clear()
        self.difference.clear()
        self.control.clear()
        self.finding.clear()
        self.show_step()
        self.to(self.ring()[0])

    def show_step(self) -> None:
        """Show what is asked now, and how far the batch is."""
        step, batch = self._step, self.open_batch
        self.control.display = step is self.control
        self.finding.box.display = step is self.piece and self.piece.line is None
        self.finding.results.display = batch is not None
        self.piece.display = step is self.piece
        self.piece.show()
        self._progress.display = batch is not None
        self._progress.say(progress_row(batch) if batch is not None else ())
        self._title.say(title_row(batch))
