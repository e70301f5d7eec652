"""Which extras of the package a command needs. Asked first, so that a missing one is named and nothing half done."""

from __future__ import annotations

from importlib.util import find_spec

from countertui.errors import EnvironmentFault

NEEDS = {
    "counter": ("escpos", "nacl", "pyroaring", "rapidfuzz", "segno", "sqlite_utils", "textual", "typst"),
    "ledger": ("fastapi", "nacl", "sqlalchemy", "uvicorn"),
}
"""Each extra with the packages it brings that are imported."""


class ExtraMissing(EnvironmentFault):
    """An extra of the package is not installed."""


def require_extras(*extras: str) -> None:
    """Raise ExtraMissing, naming the first of these extras whose packages are not all installed."""
    for extra in extras:
        if missing(extra):
            raise ExtraMissing(
                f"This needs the extra `{extra}`, which is not installed.",
                press=f"Install countertui[{extra}], or use `make run`.",
            )


def missing(extra: str) -> bool:
    """Whether a package of an extra is not there."""
    return any(find_spec(name) is None for name in NEEDS[extra])
