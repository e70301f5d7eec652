"""Which key is which command: the program's own, and the city's where it wants others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "help": "f1",
        "pay": "f2",
        "receipts": "f3",
        "amount": "f4",
        "cash": "f5",
        "check": "f6",
        "card": "f7",
        "money_order": "f8",
        "exact": "f9",
        "menu": "f10",
        "account": "ctrl+a",
        "explain": "ctrl+e",
        "park": "ctrl+k",
        "payor": "ctrl+n",
        "postmark": "ctrl+o",
        "commands": "ctrl+p",
        "leave": "ctrl+q",
        "reprint": "ctrl+r",
        "deposit": "ctrl+t",
        "take_off": "ctrl+x",
        "undo": "ctrl+z",
    }
)
"""The commands with a key of their own on every screen; a key means the same wherever it means something."""
KEYS: Sequence[str] = (*(f"f{n}" for n in range(1, 13)), *(f"ctrl+{letter}" for letter in "abdefgklnopqrtvxyz"))
"""What every terminal can send. Ctrl with h, i, j, m is Backspace, Tab, Enter there, with c and s it stops the program
or the screen; with u and w it edits a field."""
_NAMED = re.compile(r"\b(?:F(?:1[0-2]|[1-9])|Ctrl\+[A-Z])\b(?![*'])")
_RANGE = re.compile(r"\bF(\d{1,2}) to F(\d{1,2})\b")


@dataclass(frozen=True, slots=True)
class KeyMap:
    """`own`: command to key, where it is not the program's. `conflicts(own)` is empty."""

    own: Mapping[str, str] = field(default_factory=dict)

    def meant(self, key: str) -> str:
        """The program's key for one that is pressed; empty where that means nothing any more."""
        if not self.own:
            return key
        command = next((name for name, own in self.own.items() if own == key), None)
        if command is not None:
            return COMMANDS[command]
        return "" if key in {COMMANDS[name] for name in self.own} else key

    def pressed_for(self, key: str) -> str:
        """The key to press where the program says `key`."""
        command = next((name for name in self.own if COMMANDS[name] == key), None)
        return key if command is None else self.own[command]

    def in_words(self, text: str) -> str:
        """The program's own words with the keys to press: "F9 goes on" where F9 is Ctrl+G becomes "Ctrl+G goes on"."""
        if not self.own:
            return text
        return _NAMED.sub(lambda found: self._named(found[0]), _RANGE.sub(_each_named, text))

    def _named(self, name: str) -> str:
        return self.pressed_for(name.lower()).title()


def _each_named(found: re.Match[str]) -> str:
    """ "F5 to F8" as "F5, F6, F7 or F8": where one of them is another key, they are no range."""
    *names, last = (f"F{n}" for n in range(int(found[1]), int(found[2]) + 1))
    return f"{', '.join(names)} or {last}" if names else last


def conflicts(own: Mapping[str, str]) -> list[tuple[str, tuple[str, ...]]]:
    """The keys that would mean more than one command, each with their names."""
    keys = {**COMMANDS, **own}
    return [
        (key, names)
        for key in dict.fromkeys(keys.values())
        if len(names := tuple(name for name, its in keys.items() if its == key)) > 1
    ]
