"""The tries at a training city's exercises: a file of its own in the folder, so that no real store holds any."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FILE = "exercises.json"


@dataclass(frozen=True, slots=True)
class Try:
    """One try: records after from_seq count, given is what its task names, keys and ms (milliseconds) what it took.

    points None: under way. wrong: what was wrong, in words.
    """

    number: int
    exercise: str
    operator: str
    from_seq: int
    begun_ms: int
    given: dict[str, Any]
    keys: int = 0
    ms: int = 0
    points: int | None = None
    wrong: tuple[str, ...] = field(default=())


def read_tries(folder: Path) -> list[Try]:
    """All tries, oldest first; none where the file is missing or spoilt, as no cent hangs on it."""
    try:
        said = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return [Try(**{**each, "wrong": tuple(each["wrong"])}) for each in said]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def write_tries(folder: Path, tries: Sequence[Try]) -> None:
    """Keep these tries in place of those there, whole or not at all."""
    making = folder / f"{FILE}.new"
    making.write_text(json.dumps([asdict(each) for each in tries], indent=1), encoding="utf-8")
    making.replace(folder / FILE)
