"""`countertui import KIND FILE`: a city's own CSV through a mapping file, into the ledger, which then publishes."""

from __future__ import annotations

from cyclopts import App


def add_to(app: App) -> None:
    """Add this module's commands."""
