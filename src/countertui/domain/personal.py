"""Personal data beside records: a record holds a salted commitment to each value, never the value.

Who has value and salt can show that they are what was recorded; where both are destroyed, the record still verifies
and says nothing (reference/journal-and-sync.md, section 6). In a record they stand as `data.personal`, field to
commitment; a field's name says what in the record it belongs to: `tender.2.account`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

SALT_LENGTH = 32
LONGEST_VALUE = 200
MOST_FIELDS = 200
"""Of one record: a receipt has few tenders, whatever a hostile one says."""
ROUTING, ACCOUNT = "routing", "account"
"""Of a check: the bank's routing number, and the account's number."""

_FIELD = re.compile(r"[a-z][a-z0-9_]{0,31}(\.[a-z0-9_]{1,32}){0,3}")
_COMMITMENT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Salted:
    """A personal value and the random salt (32 bytes) it was committed to with."""

    value: str
    salt: bytes

    def __repr__(self) -> str:
        """Without the value: it must not reach a log or a crash file."""
        return "Salted(...)"


class Place(NamedTuple):
    """Where a personal value belongs: a terminal's record, and the field in it."""

    terminal: str
    epoch: int
    seq: int
    field: str


def of_tender(n: int, what: str) -> str:
    """The field of a receipt's nth tender, counted from 1: `tender.1.routing`."""
    return f"tender.{n}.{what}"


def commitment(field: str, salted: Salted) -> str:
    """What a record says of a value, hex: SHA-256 of a separator, the field's name, the salt and the value."""
    return sha256(b"ctp/1 personal\0" + field.encode() + b"\0" + salted.salt + salted.value.encode()).hexdigest()


def commitments(body: Mapping[str, Any]) -> dict[str, str]:
    """The fields a record's body commits to, each with its commitment; what has another form than one is left out."""
    data = body.get("data")
    said = data.get("personal") if isinstance(data, dict) else None
    if not isinstance(said, dict) or len(said) > MOST_FIELDS:
        return {}
    return {field: hash_ for field, hash_ in said.items() if is_field(field) and _is_commitment(hash_)}


def is_field(name: object) -> bool:
    """Whether this may be a field's name."""
    return isinstance(name, str) and _FIELD.fullmatch(name) is not None


def _is_commitment(value: object) -> bool:
    return isinstance(value, str) and _COMMITMENT.fullmatch(value) is not None
