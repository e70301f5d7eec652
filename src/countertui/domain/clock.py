"""How far a clock may be off before it is evidence of something, and how that is said.

The clock never decides: money goes on being taken, business dates are a person's. A clock that was a whole day off may
have made the wrong date look right, so a lead looks at the next drawer's.
"""

from __future__ import annotations

MAY_BE_OFF_MS = 5 * 60 * 1000
A_DAY_MS = 24 * 60 * 60 * 1000


def off_words(off_ms: int) -> str:
    """How far off in words, either way: `6 minutes`, `25 hours`, `3 days`."""
    minutes = abs(off_ms) // 60_000
    for unit, size in (("days", 24 * 60), ("hours", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size:,} {unit}"
    return f"{minutes:,} minutes"
