"""What the counter needs of its machine, as Protocols: time, ids, randomness."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Clock(Protocol):
    """The clock is evidence, never a decider."""

    def utc_ms(self) -> int:
        """Wall time, milliseconds since 1970 UTC."""

    def mono_ms(self) -> int:
        """Monotonic milliseconds since an arbitrary point of this boot."""

    def boot_id(self) -> str:
        """The id of this boot of the machine."""

    def local_text(self) -> str:
        """Local date and time now, for paper and screen: `2026-11-23 09:41`."""

    def local_of(self, utc: str) -> str:
        """A record's time (ISO 8601 UTC) as local date and time."""


Ids = Callable[[], str]
"""Gives a new UUIDv7 as text at each call."""
Random = Callable[[int], bytes]
"""Gives that many random bytes."""
