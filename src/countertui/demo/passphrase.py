"""What opens every demo city's keys: no secret, as they hold no real money. Imports nothing else."""

from __future__ import annotations

PASSPHRASE = "demo city, no real money"  # noqa: S105 - opens a city that holds none
