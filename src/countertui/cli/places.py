"""Where things lie by default, and whether what a command needs lies there."""

from __future__ import annotations

from pathlib import Path

from countertui.errors import EnvironmentFault
from countertui.machine import data_folder


class NothingThere(EnvironmentFault):
    """The folder holds no terminal, or no ledger."""


def default_folder(named: Path | None) -> Path:
    """The folder named, else the platform's data folder."""
    return named.resolve() if named is not None else data_folder() / "counter"


def made_up_folder(city: str, named: Path | None) -> Path:
    """The folder named, else the place of a `demo` or `training` city in the platform's data folder."""
    return named.resolve() if named is not None else data_folder() / city


def ledger_folder(named: Path | None) -> Path:
    """The ledger's folder named, else its place in the platform's data folder."""
    return named.resolve() if named is not None else data_folder() / "ledger"


def terminal_folder(named: Path | None) -> Path:
    """The folder of a terminal that is there: the one named, else the platform's. Raises NothingThere."""
    return _folder_with(named, ("store.db", "keys.json"))


def store_folder(named: Path | None) -> Path:
    """The same for what needs no key: its store is there. Raises NothingThere."""
    return _folder_with(named, ("store.db",))


def _folder_with(named: Path | None, files: tuple[str, ...]) -> Path:
    folder = default_folder(named)
    for name in files:
        if not (folder / name).is_file():
            raise NothingThere(
                f"There is no terminal in {folder}: {name} is missing.",
                press="Name its folder with --dir. `countertui demo` opens a demo city.",
            )
    return folder


def books_folder(named: Path | None) -> Path:
    """The folder of a ledger that is there: the one named or its `ledger`, else the platform's. Raises NothingThere."""
    folder = keyless_books_folder(named)
    if not (folder / "keys.json").is_file():
        raise _no_ledger(folder, "keys.json")
    return folder


def keyless_books_folder(named: Path | None) -> Path:
    """The same for a ledger whose key file may be lost. Raises NothingThere."""
    folder = ledger_folder(named)
    if not _holds_books(folder) and _holds_books(folder / "ledger"):
        folder /= "ledger"
    if not _holds_books(folder):
        raise _no_ledger(folder, "ledger.db")
    return folder


def _no_ledger(folder: Path, missing: str) -> NothingThere:
    return NothingThere(
        f"There is no ledger in {folder}: {missing} is missing.",
        press="Name its folder with --dir, or make one: countertui ledger init.",
    )


def books_instead(named: Path | None) -> Path | None:
    """The folder of a ledger, where that was named in place of a terminal's; None else."""
    if named is None or (named / "store.db").is_file():
        return None
    return books_folder(named) if any(_holds_books(each) for each in (named, named / "ledger")) else None


def _holds_books(folder: Path) -> bool:
    """Whether the books are in this folder, or its settings can say where else they are."""
    return (folder / "ledger.db").is_file() or (folder / "ledger.toml").is_file()
