"""`countertui` and `python -m countertui`."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

_SWITCHES = {"TEXTUAL_FPS": "120", "ESCDELAY": "25", "TEXTUAL_ANIMATIONS": "none"}
"""Textual reads these at import: quick answers to keys, nothing that moves by itself."""
PLAIN = "--plain"
"""For screen readers: told apart here, as it may stand anywhere on the line."""
_OWNER_ONLY = 0o077
"""What is written here is its owner's alone: money, names and signatures."""


def main() -> None:
    """Open the counter at once where that is all that is asked; else read the command line."""
    os.umask(_OWNER_ONLY)
    for name, value in _SWITCHES.items():
        os.environ.setdefault(name, value)
    plain = PLAIN in sys.argv[1:]
    folder = _counter_folder([argument for argument in sys.argv[1:] if argument != PLAIN])
    if folder is not None:
        from countertui.bootstrap import run_counter

        sys.exit(run_counter(folder, plain=plain))
    checked = _start_checked(sys.argv[1:])
    if checked is not None:
        sys.exit(checked)
    from countertui.cli.main import run

    sys.exit(run(sys.argv[1:]))


def _start_checked(arguments: list[str]) -> int | None:
    """What every start asks of a child, answered without a command-line library; None if it can't be."""
    match arguments:
        case ["verify", "--tail", "--json", "--dir", named]:
            from countertui.cli.verify import verify

            with suppress(Exception):  # the command line asks again, and says what is the matter
                return verify(dir=Path(named), tail=True, json_=True)
    return None


def _counter_folder(arguments: list[str]) -> Path | None:
    """The folder of a plain start where a counter lies, which needs no command-line library before the first paint."""
    match arguments:
        case ["--dir", named]:
            folder = Path(named).resolve()
            return folder if (folder / "store.db").exists() else None
        case ["demo" | "training" as city] | ["demo" | "training" as city, "--dir", _]:
            return _city_folder(city, *arguments[2:])
        case _:
            return None


def _city_folder(city: str, named: str | None = None) -> Path | None:
    from countertui.cli.extras import NEEDS, missing
    from countertui.cli.places import made_up_folder

    folder = made_up_folder(city, Path(named) if named is not None else None)
    return folder if (folder / f"{city}.json").exists() and not any(map(missing, NEEDS)) else None


if __name__ == "__main__":
    main()
