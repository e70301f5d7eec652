"""What a printer is asked to say back when all of a job is printed: GS ( H takes four letters (Epson ESC/POS)."""

from __future__ import annotations

_FIRST, _LETTERS = 0x20, 0x5F
"""0x20 to 0x7E."""


def process_id(number: int) -> str:
    """The id of attempt `number`, ascending with it: four letters, 81 million of them before they begin again."""
    letters = ""
    for _ in range(4):
        number, letter = divmod(number, _LETTERS)
        letters = chr(_FIRST + letter) + letters
    return letters
