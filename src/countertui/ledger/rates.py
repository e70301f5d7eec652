"""How often the ledger may be asked: by each terminal, and from each address by who is none."""

from __future__ import annotations

import ipaddress
import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from countertui.ledger.access import Access
from countertui.ledger.settings import LedgerSettings

_NETWORK_BITS, _SITE_BITS = 64, 48
"""Of an IPv6 address: what one subscriber is given is one caller; a site may be given as much as the second."""
SITE_TIMES = 4
"""A site's networks together count as so many callers, though there may be 65,536 of them (RFC 6177)."""


class Rates:
    """Counts who asked how often, in a window that moves. It forgets everything when the ledger ends.

    What gives a wait gives seconds, 0 for none.
    """

    def __init__(self, settings: LedgerSettings) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._terminal = parse(settings.per_terminal)
        self._address = parse(settings.per_address)
        self._enrolment = parse(settings.per_enrolment)

    def wait_for_terminal(self, terminal: str) -> int:
        """Count a request of a terminal's: after how long it may ask again."""
        return self._counted(self._terminal, "terminal", terminal)

    def rest_of_terminal(self, terminal: str) -> int:
        """How long a terminal that asked too often has to wait still; nothing is counted, as anybody may name it."""
        return self._rest(self._terminal, "terminal", terminal)

    def wait_for_address(self, address: str, access: Access) -> int:
        """The same for an address; what is not open to it counts as well."""
        rest = self.rest_of_address(address, access)
        if rest:
            return rest
        return max(self._counted(*window) for window in self._windows(address, access))

    def rest_of_address(self, address: str, access: Access) -> int:
        """How long an address that asked too often has to wait still; nothing is counted."""
        return max(self._rest(*window) for window in self._windows(address, access))

    def _windows(self, address: str, access: Access) -> list[tuple[RateLimitItem, str, str]]:
        """An address counts in its network, and that in its site."""
        limit = self._enrolment if access is Access.ENROLMENT else self._address
        network, *site = networks_of(address)
        wide = type(limit)(limit.amount * SITE_TIMES, limit.multiples)
        return [(limit, access.value, network), *((wide, access.value, each) for each in site)]

    def _counted(self, limit: RateLimitItem, *names: str) -> int:
        return 0 if self._limiter.hit(limit, *names) else self._until_reset(limit, *names)

    def _rest(self, limit: RateLimitItem, *names: str) -> int:
        return 0 if self._limiter.test(limit, *names) else self._until_reset(limit, *names)

    def _until_reset(self, limit: RateLimitItem, *names: str) -> int:
        return max(1, math.ceil(self._limiter.get_window_stats(limit, *names).reset_time - time.time()))


def network_of(address: str) -> str:
    """What counts as one caller: an address, of IPv6 the network that one subscriber is given."""
    return networks_of(address)[0]


def networks_of(address: str) -> tuple[str, ...]:
    """What counts as one caller, and of IPv6 the site that it may be one network of."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return (address,)
    if isinstance(found, ipaddress.IPv4Address):
        return (address,)
    if found.ipv4_mapped is not None:
        return (str(found.ipv4_mapped),)
    return tuple(str(ipaddress.ip_network((found, bits), strict=False)) for bits in (_NETWORK_BITS, _SITE_BITS))
