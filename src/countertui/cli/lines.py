"""Lines for a person: at a terminal broken between words, elsewhere as they are, for whoever scripts against them."""

from __future__ import annotations

import sys
from typing import TextIO

_CONTINUED = "    "
"""How far in a line goes on."""


def tell(text: str, file: TextIO | None = None) -> None:
    """Print a line, or several; a path or code that is longer than a line stays whole."""
    to = file or sys.stdout
    if to.isatty():
        import shutil

        width = shutil.get_terminal_size().columns
        text = "\n".join(_broken(line, width) for line in text.split("\n"))
    print(text, file=to, flush=True)


def _broken(line: str, width: int) -> str:
    import textwrap

    start = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(
        line.strip(),
        width,
        initial_indent=start,
        subsequent_indent=start + _CONTINUED,
        break_long_words=False,
        break_on_hyphens=False,
    )
