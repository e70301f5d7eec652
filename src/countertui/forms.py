"""Forms of what comes from outside, read strictly: msgspec's structs, which the journal's bytes are read with anyway.

Not pydantic's models: these are read while the counter is at rest too, and what pydantic holds in memory then is more
than the counter's own code. A form takes every field of exactly its type, no other field, and no true for a 1.
Patterns end in a backslash and Z: a dollar sign would take a line's end besides.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, ValidationError

_Form = TypeVar("_Form", bound="Form")

Number = Annotated[int, Meta(ge=1, lt=2**53)]
Count = Annotated[int, Meta(ge=0, lt=2**53)]
Cents = Annotated[int, Meta(gt=-(2**53), lt=2**53)]
Hex32 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Hex64 = Annotated[str, Meta(pattern=r"^[0-9a-f]{128}\Z")]
Name = Annotated[str, Meta(min_length=1, max_length=64)]


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A form with nothing in it. What a field's type can't say, `__post_init__` of a form says by a ValueError."""


def read_as(form: type[_Form], said: object) -> _Form:
    """What was read from JSON, as that form. Raises ValidationError."""
    return msgspec.convert(said, form)


def said_by(form: Form) -> dict[str, Any]:
    """What a form says, for JSON, once it would be read as that form again. Raises ValidationError."""
    said: dict[str, Any] = msgspec.to_builtins(form)
    msgspec.convert(said, type(form))
    return said


__all__ = ["Cents", "Count", "Form", "Hex32", "Hex64", "Name", "Number", "ValidationError", "read_as", "said_by"]
