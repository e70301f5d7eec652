"""The counter without a printer: sales go on, receipts wait."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from countertui.domain.check_line import CheckLine
from countertui.errors import EnvironmentFault
from countertui.ports.devices import PrintOutcome


class NoPrinterSet(EnvironmentFault):
    """This terminal has no printer in its settings."""


class NoPrinter:
    """Takes nothing and says so."""

    name = "no printer"
    has_drawer = False
    drawer_open_ms = None
    has_slip = False
    reads_checks = False

    def render(self, document: str) -> bytes:
        """Raises NoPrinterSet: there is nothing to render for."""
        raise NoPrinterSet(
            "This terminal has no printer.", "Receipts wait and can be shown.", "Set one in terminal.toml."
        )

    def send(self, data: bytes, process_id: str) -> PrintOutcome:
        """Refused, always."""
        return PrintOutcome("refused", f"no printer is set for {len(data)} bytes, {process_id}")

    def print_slip(self, data: bytes, sheet: str, told: Callable[[str], None]) -> PrintOutcome:
        """Refused, always."""
        told("no printer")
        return PrintOutcome("refused", f"no printer is set for {len(data)} bytes on a {sheet}")

    def read_check(self, told: Callable[[], None], stop: Event) -> CheckLine:
        """Raises NoPrinterSet: nothing reads."""
        raise NoPrinterSet("This terminal has no printer that reads checks.", "", "Type the numbers.")

    def clear(self) -> PrintOutcome:
        """Nothing is held."""
        return PrintOutcome("processed")

    def give_up(self) -> None:
        """Nothing waits."""

    def kick(self, life_ms: int) -> PrintOutcome:
        """Refused, always."""
        return PrintOutcome("refused", f"no printer is set to open it within {life_ms} ms")

    def status(self) -> str:
        """What the chip says."""
        return "none"

    def close(self) -> None:
        """Nothing is open."""
