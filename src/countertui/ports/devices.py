"""What the counter needs of devices, as Protocols: printers with their drawers, the customer's display, readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Literal, Protocol

from countertui.domain.check_line import CheckLine
from countertui.domain.device_reads import DeviceRead
from countertui.domain.money import Cents


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    """What became of a print attempt: confirmed, processed, sent, refused (nothing left) or uncertain, and why."""

    state: str
    detail: str = ""


SlipSheet = Literal["slip", "validation"]
"""What is put into a printer: a check, a customer's stub."""


class Printer(Protocol):
    """One printer with its drawer. Paper never decides whether money was taken."""

    @property
    def name(self) -> str:
        """Which one, for a person; no two of a terminal have the same."""

    def render(self, document: str) -> bytes:
        """The printer's bytes for a print document (JSON), made in a child process."""

    def send(self, data: bytes, process_id: str) -> PrintOutcome:
        """Send one job and say what became of it; process_id: four letters of 0x20-0x7e, used for no other job."""

    def clear(self) -> PrintOutcome:
        """Have the printer forget what it holds and has not printed; refused where it can't be reached."""

    def give_up(self) -> None:
        """End the wait of a job under way, for paper or a closed cover; its outcome is then uncertain."""

    @property
    def has_slip(self) -> bool:
        """Whether sheets can be put in: checks to endorse, stubs to validate."""

    def print_slip(self, data: bytes, sheet: SlipSheet, told: Callable[[str], None]) -> PrintOutcome:
        """Have a sheet put in, within a finite time, and print on it once.

        refused: nothing was printed. `told` is called from this thread with what the operator should do: insert,
        printing, take out, left in.
        """

    @property
    def reads_checks(self) -> bool:
        """Whether it has a reader that checks can be put into."""

    def read_check(self, told: Callable[[], None], stop: Event) -> CheckLine:
        """Have a check put in, within a finite time or until `stop`, read its line and give it back.

        `told` is called from this thread once a check can be put in. Raises Refused where none was read, an
        EnvironmentFault where the printer is not reached.
        """

    @property
    def has_drawer(self) -> bool:
        """Whether it may open a drawer: one that could do so late, out of a queue, may not."""

    def kick(self, life_ms: int) -> PrintOutcome:
        """Open the cash drawer, at most once and within that many milliseconds, else not at all."""

    @property
    def drawer_open_ms(self) -> int | None:
        """How long the drawer has stood open, as far as its switch was heard; None if closed or not known."""

    def status(self) -> str:
        """One or two words for the chip: ok, paper low, cover open, off, busy, unknown; no status if it can't say."""

    def close(self) -> None:
        """End what the printer keeps running."""


class Display(Protocol):
    """What the customer reads. Told and forgotten: a display that is dead or absent never holds anything up."""

    def show_item(self, what: str, cents: Cents, total: Cents) -> None:
        """What was added last, and what everything comes to."""

    def show_paid(self, paid: Cents, change: Cents) -> None:
        """What was handed over, and what comes back."""

    def clear(self) -> None:
        """Nothing to say to this customer any more: greet the next."""

    def close(self) -> None:
        """Empty it and let go of it."""


class Reader(Protocol):
    """A scanner or check reader, which speaks by itself. What it says damaged is dropped and counted."""

    @property
    def name(self) -> str:
        """Which one, for a person."""

    def listen(self, told: Callable[[DeviceRead], None]) -> None:
        """Hand on what it reads until `stop`, coming back to it when it was unplugged; for a thread of its own."""

    def stop(self) -> None:
        """End `listen` soon."""

    def status(self) -> str:
        """One or two words: ok, or why it can't be heard; empty while that is not known."""
