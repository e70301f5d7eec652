"""How many examples of a rule are tried."""

from __future__ import annotations

import os

MANY = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"


def examples(all_of_them: int) -> int:
    """All of them in `make test-rules`, a third in `make test`: for rules whose every example takes long."""
    return all_of_them if MANY else max(1, all_of_them // 3)
