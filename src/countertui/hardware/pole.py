"""A pole display turned to the customer: two lines of twenty letters, in the three dialects that are sold.

Epson DM-D110, Logic Controls LD9000 and CD5220 manuals. What it shows is sent and forgotten: a dead display never holds
a sale up.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

from countertui.domain.money import Cents, format_cents

Dialect = Literal["epson", "logic-controls", "cd5220"]
WIDTH = 20

_INIT: dict[Dialect, bytes] = {
    "epson": b"\x1b@\x1f\x01\x1fC\x00\x0c",
    "logic-controls": b"\x1f\x11\x14",
    "cd5220": b"\x1b@\x1b\x11\x1b_\x00\x0c",
}
"""Initialise, write over what is there, no cursor, empty."""
_CLEAR: dict[Dialect, bytes] = {"epson": b"\x0c", "logic-controls": b"\x1f\x11\x14", "cd5220": b"\x0c"}
_UPPER: dict[Dialect, tuple[bytes, bytes]] = {
    "epson": (b"\x1f$\x01\x01", b""),
    "logic-controls": (b"\x10\x00", b""),
    "cd5220": (b"\x1bQA", b"\r"),
}
_LOWER: dict[Dialect, tuple[bytes, bytes]] = {
    "epson": (b"\x1f$\x01\x02", b""),
    "logic-controls": (b"\x10\x14", b""),
    "cd5220": (b"\x1bQB", b"\r"),
}


def start(dialect: Dialect) -> bytes:
    """What a display is sent when it is opened; it is empty then."""
    return _INIT[dialect]


def clear(dialect: Dialect) -> bytes:
    """Empties the display; of a CD5220 it also ends the mode in which lines are written whole."""
    return _CLEAR[dialect]


def show(dialect: Dialect, upper: str, lower: str) -> bytes:
    """Both lines, each cut or filled to twenty letters; any text is taken."""
    made = b""
    for text, (before, after) in ((upper, _UPPER[dialect]), (lower, _LOWER[dialect])):
        made += before + _letters(text)[:WIDTH].ljust(WIDTH).encode("ascii") + after
    return made


def beside(left: str, right: str) -> str:
    """Two texts on one line, the right one whole and at its end; the left one gives way."""
    right = _letters(right)[-WIDTH:]
    room = max(WIDTH - len(right) - 1, 0)
    return f"{_letters(left)[:room].ljust(room)} {right}"[-WIDTH:]


def item_and_total(item: str, cents: Cents, total: Cents) -> tuple[str, str]:
    """The two lines while a cart fills: what was added, and what it comes to."""
    return beside(item, format_cents(cents)), beside("TOTAL", format_cents(total))


def paid_and_change(paid: Cents, change: Cents, mark: str = "") -> tuple[str, str]:
    """The two lines once it is paid; `mark` stands first."""
    return beside(f"{mark} PAID".lstrip(), format_cents(paid)), beside("CHANGE", format_cents(change))


def _letters(text: str) -> str:
    """A text in printable ASCII, a letter a place: accents left off, all else that a display lacks shown as `?`."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(
        letter if " " <= letter <= "~" else "?" for letter in apart if not unicodedata.category(letter).startswith("M")
    )
