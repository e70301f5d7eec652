"""What the customer is shown while the counter works: the newest line, the total, what was paid and what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countertui.domain.money import Cents
from countertui.domain.receipts import FeeLine

if TYPE_CHECKING:
    from countertui.counter.cart import Held
    from countertui.counter.station import Station


def show_cart(station: Station, held: Held) -> None:
    """The newest line and the total. An account goes by its number: who stands behind can read it too."""
    if station.display is None:
        return
    if not held.cart.lines:
        station.display.clear()
        return
    line = held.cart.lines[-1]
    what = line.description if isinstance(line, FeeLine) else line.account
    station.display.show_item(what, line.amount, held.cart.total)


def show_paid(station: Station, total: Cents, change: Cents) -> None:
    """What was handed over and what comes back."""
    if station.display is not None:
        station.display.show_paid(Cents(total + change), change)


def show_nothing(station: Station) -> None:
    """This customer is gone, or waits."""
    if station.display is not None:
        station.display.clear()
