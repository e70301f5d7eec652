"""The side part of a batch: its personal values, each sealed to the city's key, on their way beside its envelope.

Not inside of it: the ledger keeps every envelope for ever, as it came, and what is erased must be gone. It needs no
signature: a value counts only if it is the one that the batch's signed records commit to.
`{"batch_no":7,"epoch":1,"items":[{"field":"tender.1.account","sealed":"...","seq":41},...],"ledger":...,"v":1}`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from msgspec import Meta

from countertui.domain.personal import Place, is_field
from countertui.errors import AnswerNo
from countertui.forms import Form, Name, Number, ValidationError, read_as
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.faults import MalformedBytesError

MOST_ITEMS = 2_000
"""In one part; a batch may have several."""
MAX_PART = 2 * 1024 * 1024
_MAX_SEALED = 700


class MalformedPartError(AnswerNo):
    """A side part that does not have the form of one."""


class _Item(Form, frozen=True, kw_only=True):
    seq: Number
    field: Annotated[str, Meta(max_length=200)]
    sealed: Annotated[str, Meta(max_length=_MAX_SEALED)]


class _Part(Form, frozen=True, kw_only=True):
    v: Literal[1]
    ledger: Name
    terminal: Name
    epoch: Number
    batch_no: Number
    items: Annotated[list[_Item], Meta(max_length=MOST_ITEMS)]


class _Taken(Form, frozen=True, kw_only=True):
    seq: Number
    field: Annotated[str, Meta(max_length=200)]


class _Kept(Form, frozen=True, kw_only=True):
    kept: Annotated[list[_Taken], Meta(max_length=MOST_ITEMS)]


def part_name(terminal: str, epoch: int, batch_no: int, n: int) -> str:
    """The file name of a batch's nth side part on a stick."""
    return f"{terminal}-{epoch}-{batch_no}-{n}.ctp"


def make_part(ledger: str, terminal: str, epoch: int, batch_no: int, sealed: Sequence[tuple[int, str, bytes]]) -> bytes:
    """A side part's bytes, out of (record, field, sealed value) for at most MOST_ITEMS values.

    What cannot be one, as its row was altered, is left out: for it, the ledger would refuse the whole part.
    """
    items = [
        {"seq": seq, "field": field, "sealed": base64.b64encode(data).decode()}
        for seq, field, data in sealed
        if 0 < seq < 2**53 and is_field(field) and len(data) <= _MAX_SEALED // 4 * 3
    ]
    named = {"v": 1, "ledger": ledger, "terminal": terminal, "epoch": epoch, "batch_no": batch_no}
    return canonical(named | {"items": items})


def parts_of(
    ledger: str, terminal: str, epoch: int, batch_no: int, sealed: Sequence[tuple[int, str, bytes]]
) -> Iterator[tuple[str, bytes]]:
    """All side parts that a batch's values fill, each with its file name."""
    for n, at in enumerate(range(0, len(sealed), MOST_ITEMS), start=1):
        part = make_part(ledger, terminal, epoch, batch_no, sealed[at : at + MOST_ITEMS])
        yield part_name(terminal, epoch, batch_no, n), part


def kept_answer(kept: Sequence[tuple[int, str]]) -> bytes:
    """The ledger's answer to a side part: which of its values it has now, (record, field) each."""
    return canonical({"kept": [{"seq": seq, "field": field} for seq, field in kept]})


def read_kept(data: bytes) -> list[tuple[int, str]]:
    """The values, (record, field) each, that an answer names. Raises MalformedPartError."""
    try:
        return [(each.seq, each.field) for each in read_as(_Kept, parse_strict(data)).kept]
    except (MalformedBytesError, ValidationError):
        raise MalformedPartError("The ledger's answer cannot be read.") from None


def read_part(data: bytes) -> tuple[str, str, int, int, list[tuple[Place, bytes]]]:
    """A side part: ledger, terminal, epoch, batch number, and each value, sealed, with its place.

    Raises MalformedPartError.
    """
    if len(data) > MAX_PART:
        raise MalformedPartError(f"A side part has at most {MAX_PART:,} bytes.")
    try:
        part = read_as(_Part, parse_strict(data))
        if not all(is_field(item.field) for item in part.items):
            raise MalformedPartError("A field of the side part has no name that a field may have.")
        items = [
            (Place(part.terminal, part.epoch, item.seq, item.field), base64.b64decode(item.sealed, validate=True))
            for item in part.items
        ]
    except (MalformedBytesError, ValidationError, ValueError):
        # None of what it holds is repeated: it may be what a person is not to read.
        raise MalformedPartError("The side part cannot be read.") from None
    return part.ledger, part.terminal, part.epoch, part.batch_no, items
