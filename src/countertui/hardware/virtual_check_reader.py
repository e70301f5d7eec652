"""A virtual MagTek MICR reader: a check goes in, a line comes out, in the format and the framing that are set.

MagTek manuals, MICRImage and Excella (formats 0000 to 0002, 0100, 0200, 6000, 6200, 6400; commands FC, SA, SW).
"""

from __future__ import annotations

import re
from typing import Literal

Framing = Literal["data", "data CR", "data CR LF", "ESC data", "ESC data CR", "STX data ETX"]

_FRAMES: dict[Framing, tuple[bytes, bytes]] = {
    "data": (b"", b""),
    "data CR": (b"", b"\r"),
    "data CR LF": (b"", b"\r\n"),
    "ESC data": (b"\x1b", b""),
    "ESC data CR": (b"\x1b", b"\r"),
    "STX data ETX": (b"\x02", b"\x03"),
}
_ALPHABETS = {"0000": "TU$-?", "0001": "toad?", "0002": "TOAD?"}
_COMMAND = re.compile(rb"(FC ?(?P<format>[0-9]{4})|SA|SW[A-I]? ?[0-9=]*)")
_TRANSIT = re.compile(r"T([0-9-]{9})T")
_LONGEST_COMMAND = 64


class VirtualCheckReader:
    """`insert` a check; `replies` is what the reader says. A line is written with T (transit), U (on-us), $, - and ?.

    `jammed`: it says a check went in and nothing of it could be read. `tells_no_micr`: says so of plain paper too.
    """

    def __init__(self, format_: str = "0002", framing: Framing = "data CR", *, tells_no_micr: bool = False) -> None:
        self.format = format_
        self.framing = framing
        self.tells_no_micr = tells_no_micr
        self.jammed = False
        self.replies = bytearray()
        self.saved = 0
        self._held = bytearray()

    def insert(self, line: str) -> None:
        """Draw a check through; an empty line is paper without magnetic ink."""
        if self.jammed:
            line = "?" * 20
        if line:
            self._say(self._written(line))
        elif self.tells_no_micr:
            self._say("No MICR")

    def receive(self, data: bytes) -> None:
        """Commands end with CR; what is none is answered with a question mark."""
        self._held += data
        while (end := self._held.find(b"\r")) >= 0:
            self._obey(bytes(self._held[:end]))
            del self._held[: end + 1]
        if len(self._held) > _LONGEST_COMMAND:
            self._held.clear()

    def _obey(self, command: bytes) -> None:
        found = _COMMAND.fullmatch(command.strip())
        if found is None:
            self.replies += b"?\r"
        elif found["format"]:
            self.format = found["format"].decode("ascii")
        elif command.startswith(b"SA"):
            self.saved += 1

    def _say(self, text: str) -> None:
        before, after = _FRAMES[self.framing]
        self.replies += before + text.encode("ascii") + after

    def _written(self, line: str) -> str:
        if self.format in _ALPHABETS:
            return line.translate(str.maketrans("TU$-?", _ALPHABETS[self.format]))
        transit, account, check = _parts(line)
        unread = "?" in line
        match self.format[:2]:
            case "01":
                return f"PTTR{transit};AC{account};CK{check}"
            case "02":
                error = "TR" if unread or not transit else "NE"
                return f"TR{transit};AC{account};CK{check}/PE{error}"
            case "60":
                return f"{transit}/{account}/{check}/1"
            case "62":
                return f"T{transit}T{account}A{check}S{9 if unread else 0}"
            case _:
                return f"{transit}/{account}/{check}/"


def _parts(line: str) -> tuple[str, str, str]:
    """Transit, account and check number as MagTek's own parser finds them: a check number outside the account."""
    found = _TRANSIT.search(line)
    transit = found[1] if found else ""
    rest = line[found.end() :] if found else line
    account, _, after = rest.partition("U")
    before = re.search(r"U([0-9]+)U", line[: found.start()] if found else "")
    return transit, account.strip(), before[1] if before else after.strip("U ").split(" ")[0]
