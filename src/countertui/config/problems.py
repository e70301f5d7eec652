"""What is wrong with the city's folder, in words that name file, table, row and key, and say what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from countertui.domain.words import number_of
from countertui.errors import UsageError

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError


class ConfigError(UsageError):
    """The city's folder can't be used; `problems` names for each the file, table, row, key and what is allowed."""

    def __init__(self, folder: Path, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "\n  ".join((f"The city's folder {folder.name} has {number_of(len(problems), 'problem')}:", *problems)),
            "Nothing was read from it.",
            "Correct the files, then run the command again.",
        )


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is not known, which one may have been meant, and which there are."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    shown = name if name.isprintable() else ascii(name)
    return f"there is no {what} {shown}.{meant} Allowed: {', '.join(names)}."


def of_row(place: str, model: type[BaseModel], error: ValidationError) -> Iterator[str]:
    """The problems pydantic found in one row. What stands there is not repeated: it may be what no log may hold."""
    told: set[str] = set()
    for found in error.errors(include_url=False, include_input=False):
        key = str(found["loc"][0]) if found["loc"] else ""
        if key in told:
            continue
        told.add(key)
        if not key:  # what the row's keys say together
            yield f"{place}: allowed is {found['msg'].removeprefix('Value error, ')}."
            continue
        if found["type"] == "extra_forbidden":
            yield f"{place}: {unknown('key', key, model.model_fields)}"
            continue
        missing = "is missing" if found["type"] == "missing" else "holds what is not allowed"
        yield f"{place}, key {key}: {missing}. Allowed: {model.model_fields[key].description}."
