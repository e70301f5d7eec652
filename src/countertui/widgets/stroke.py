"""What hands do: one key, or one pasted text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stroke:
    """A key by its name with the letter it types, if any, or a pasted text; at: monotonic seconds."""

    key: str = ""
    letter: str = ""
    pasted: str | None = None
    at: float = 0.0


def shown_key(key: str) -> str:
    """A key's name as it stands on a keyboard: `f5` is F5, `ctrl+k` is Ctrl+K."""
    names = {"escape": "Esc", "delete": "Del", "pagedown": "PgDn", "pageup": "PgUp"}
    return "+".join(names.get(part, part.capitalize()) for part in key.split("+"))
