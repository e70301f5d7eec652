"""How much is tried of what has no end: a share of it in every run of the tests, and all by the longer targets.

Those are `make test-engines` and `make test-rules`.
"""

from __future__ import annotations

import os

_SHARE = 3
_LEAST = 5


def examples(many: int) -> int:
    """Of that many made-up cases those that this run tries; EXAMPLES=all for each of them."""
    return many if os.environ.get("EXAMPLES") == "all" else max(many // _SHARE, _LEAST)
