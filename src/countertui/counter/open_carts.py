"""One charge in two open carts: a parked or left one, whoever's, also one keyed in from paper; or a piece of mail."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from countertui.counter.cart import carts
from countertui.counter.drafts import Form
from countertui.counter.station import Station
from countertui.domain.expiry import minutes_since
from countertui.store import working


@dataclass(frozen=True, slots=True)
class AlsoOpen:
    """An account that another open cart holds as well: what cart, in words, by whom, and how many minutes ago."""

    account: str
    cart: str
    operator: str
    minutes: int

    @property
    def words(self) -> str:
        """For a person."""
        return f"{self.account} is in {self.cart} too, by {self.operator}, {self.minutes} min ago."


def also_open(station: Station, cart_id: str, accounts: Sequence[str]) -> list[AlsoOpen]:
    """Which of the accounts other open carts of this terminal hold as well, the cart of that id aside."""
    found = [*_in_carts(station, cart_id), *_in_pieces(station, cart_id)]
    return [also for also in found if also.account in accounts]


def _in_carts(station: Station, cart_id: str) -> Iterator[AlsoOpen]:
    for cart in carts(station):
        if cart.id != cart_id:
            state = "parked" if cart.state == "parked" else "open"
            what = f"the {state} cart of {cart.name}{', EXPIRED,' if cart.expired else ''}"
            yield from (AlsoOpen(account, what, cart.operator, cart.minutes) for account in cart.accounts)


def _in_pieces(station: Station, cart_id: str) -> Iterator[AlsoOpen]:
    now = station.clock.local_text()
    for row in working.drafts(station.reader, Form.MAIL_PIECE):
        if row.about != cart_id:
            accounts = [text for name, text in json.loads(row.body).items() if name.startswith("account")]
            minutes = minutes_since(row.saved_at, now)
            yield from (AlsoOpen(account, "a piece of mail", row.operator, minutes) for account in accounts)
