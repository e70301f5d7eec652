"""Scanners at a serial line: whole scans with what kind of code they were read from.

Symbology identifiers (`]C1...`): ISO/IEC 15424, which scanners send if they are set to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from countertui.hardware.aamva import LONGEST_CARD, is_card
from countertui.hardware.framing import Framer

GROUP_SEPARATOR = b"\x1d"
_IDENTIFIER = re.compile(r"\](?P<code>[A-Za-z])(?P<modifier>[0-9A-Za-z])")
_SYMBOLOGIES = {
    "A": "Code 39",
    "C": "Code 128",
    "E": "EAN/UPC",
    "F": "Codabar",
    "G": "Code 93",
    "I": "Interleaved 2 of 5",
    "L": "PDF417",
    "Q": "QR code",
    "X": "",
    "d": "Data Matrix",
    "e": "GS1 DataBar",
    "o": "OCR",
    "z": "Aztec",
}


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan: its text, and the symbology in a word; empty where the scanner doesn't say.

    gs1: the text is made of GS1 application identifiers, parted by GS (1d). card: it is of an identity card.
    """

    text: str = field(repr=False)  # what a person presents, an identity card too
    symbology: str = ""
    gs1: bool = False
    card: bool = False


def scan_framer() -> Framer:
    """Frames what a scanner sends, identity cards among it."""
    return Framer(LONGEST_CARD, lines_within=True, separators=GROUP_SEPARATOR)


def read_scan(message: str) -> Scan | None:
    """A message as a scan; None for one that holds nothing. A code that is unknown here is kept as text."""
    found = _IDENTIFIER.match(message)
    symbology, gs1, text = "", False, message
    if found is not None and found["code"] in _SYMBOLOGIES:
        symbology, text = _SYMBOLOGIES[found["code"]], message[found.end() :]
        gs1 = found["code"] + found["modifier"] in {"C1", "e0", "d2", "Q3"}
    text = text if is_card(text) else text.strip(" \r\n")
    return Scan(text, symbology, gs1, is_card(text)) if text else None
