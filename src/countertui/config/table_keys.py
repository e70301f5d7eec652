"""What is wrong with the keys of one table of terminal.toml, in words that say what is allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Meta, ValidationError, convert
from msgspec.structs import FieldInfo, fields

from countertui.config.problems import unknown
from countertui.forms import Form


def wrong_keys(place: str, form: type[Form], table: Mapping[str, Any]) -> Iterator[str]:
    """The problems of each key. What stands there is not repeated: it may be what no log may hold."""
    keys = {key.name: key for key in fields(form)}
    for name, key in keys.items():
        if name not in table and not key.required:
            continue
        if name not in table or not _takes(key, table[name]):
            wrong = "holds what is not allowed" if name in table else "is missing"
            yield f"{place}, key {name}: {wrong}. Allowed: {allowed(key)}."
    yield from (f"{place}: {unknown('key', name, keys)}" for name in table if name not in keys)


def allowed(key: FieldInfo) -> str:
    """What a key may hold, in words."""
    said = [each.description for each in getattr(key.type, "__metadata__", ()) if isinstance(each, Meta)]
    return said[-1] or ""


def _takes(key: FieldInfo, value: object) -> bool:
    try:
        convert(value, key.type)
    except ValidationError:
        return False
    return True
