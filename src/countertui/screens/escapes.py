"""Digits behind an escape code are no letters.

Textual takes ESC and a digit for a Mac's Option key and types a symbol: the digits of a card would stand on the screen
as fifteen symbols, one for each, unseen by the card guard.
"""

from __future__ import annotations

from typing import cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS, IGNORE_SEQUENCE


def ignore_option_symbols() -> None:
    """Let Textual's parser ignore every sequence that it would turn into a symbol."""
    known = cast("dict[str, object]", ANSI_SEQUENCES_KEYS)
    for sequence, keys in list(known.items()):
        if isinstance(keys, str) and sequence[:1] == "\x1b":
            known[sequence] = IGNORE_SEQUENCE
