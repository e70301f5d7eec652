"""keys.toml: the city's own keys and short codes, as strict pydantic models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from countertui.config.problems import unknown
from countertui.config.rows import Row, Text
from countertui.domain.keymap import COMMANDS, KEYS, conflicts


class KeyRow(Row):
    """[[key]]: another key for a command."""

    command: Text
    press: Annotated[str, Field(description='"f1" to "f12", or "ctrl+" and a letter, in quotes')]

    @property
    def key(self) -> str:
        """The command."""
        return self.command


class ShortCodeRow(Row):
    """[[short_code]]: what a few letters in the box stand for."""

    code: Annotated[
        str, Field(pattern=r"^[A-Z][A-Z0-9]{0,7}$", description='capitals and digits, up to 8, in quotes, like "P1"')
    ]
    means: Text

    @property
    def key(self) -> str:
        """The code."""
        return self.code


def no_key_map(rows: Sequence[KeyRow]) -> Iterator[str]:
    """What keeps the rows in force from being a map: unknown commands, keys no terminal sends, two meanings of one."""
    for row in rows:
        place = f"keys.toml, [[key]] {row.command}"
        if row.command not in COMMANDS:
            yield f"{place}, key command: {unknown('command', row.command, COMMANDS)}"
        if row.press not in KEYS:
            yield f"{place}, key press: {unknown('key that every terminal sends,', row.press, KEYS)}"
    own = {row.command: row.press for row in rows if row.command in COMMANDS}
    for key, names in conflicts(own):
        yield f"keys.toml, [[key]]: {key} would mean {' and '.join(names)}. Allowed: one command a key."
