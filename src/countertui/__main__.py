"""`countertui` and `python -m countertui`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_SWITCHES = {"TEXTUAL_FPS": "120", "ESCDELAY": "25", "TEXTUAL_ANIMATIONS": "none"}
"""Textual reads these at import: quick answers to keys, nothing that moves by itself."""


def main() -> None:
    """Open the counter at once where that is all that is asked; else read the command line."""
    for name, value in _SWITCHES.items():
        os.environ.setdefault(name, value)
    folder = _counter_folder(sys.argv[1:])
    if folder is not None:
        from countertui.bootstrap import run_counter

        sys.exit(run_counter(folder))
    from countertui.cli.main import run

    sys.exit(run(sys.argv[1:]))


def _counter_folder(arguments: list[str]) -> Path | None:
    """The folder of a plain `countertui --dir DIR`, which needs no command-line library before the first paint."""
    match arguments:
        case ["--dir", folder] if (Path(folder) / "store.db").exists():
            return Path(folder)
        case ["demo", "--dir", folder] if (Path(folder) / "demo.json").exists():
            return Path(folder)
        case _:
            return None


if __name__ == "__main__":
    main()
