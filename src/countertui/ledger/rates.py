"""How often the ledger may be asked: by each terminal, and from each address by who is none."""

from __future__ import annotations

import ipaddress
import math
import time

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from countertui.ledger.access import Access
from countertui.ledger.settings import LedgerSettings

_NETWORK_BITS = 64
"""Of an IPv6 address: what one subscriber is given is one caller."""


class Rates:
    """Counts who asked how often, in a window that moves. It forgets everything when the ledger ends."""

    def __init__(self, settings: LedgerSettings) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._terminal = parse(settings.per_terminal)
        self._address = parse(settings.per_address)
        self._enrolment = parse(settings.per_enrolment)

    def wait_for_terminal(self, terminal: str) -> int:
        """Count a request of a terminal's: 0, or after how many seconds it may ask again."""
        return self._wait(self._terminal, "terminal", terminal)

    def wait_for_address(self, address: str, access: Access) -> int:
        """The same for an address; what is not open to it counts as well."""
        limit = self._enrolment if access is Access.ENROLMENT else self._address
        return self._wait(limit, access.value, network_of(address))

    def _wait(self, limit: object, *names: str) -> int:
        if self._limiter.hit(limit, *names):  # type: ignore[arg-type]  # what `parse` gave
            return 0
        resets = self._limiter.get_window_stats(limit, *names).reset_time  # type: ignore[arg-type]  # likewise
        return max(1, math.ceil(resets - time.time()))


def network_of(address: str) -> str:
    """What counts as one caller: an address, of IPv6 the network that one subscriber is given."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 6:
        return str(ipaddress.ip_network((found, _NETWORK_BITS), strict=False))
    return address
