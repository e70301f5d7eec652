"""Where things lie by default."""

from __future__ import annotations

from pathlib import Path


def default_folder(named: Path | None) -> Path:
    """The folder named, else the platform's data folder."""
    return named.resolve() if named is not None else _data() / "counter"


def default_demo_folder(named: Path | None) -> Path:
    """The folder named, else the demo's place in the platform's data folder."""
    return named.resolve() if named is not None else _data() / "demo"


def ledger_folder(named: Path | None) -> Path:
    """The ledger's folder named, else its place in the platform's data folder."""
    return named.resolve() if named is not None else _data() / "ledger"


def _data() -> Path:
    from platformdirs import user_data_path

    return user_data_path("countertui", appauthor=False)
