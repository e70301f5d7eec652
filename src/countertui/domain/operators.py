"""Operators' lives: what a record of one says, what proves a person, and which PINs nobody may choose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from itertools import pairwise
from typing import TypedDict

from countertui.domain.refusal import Refused
from countertui.domain.text import person_key

FEWEST_ADMINS = 2
"""Who must stay, without a last day: keys take two admins, and whoever resets one is another."""
CODE_HOURS = 72
"""How long a one-time code may be used: given on a Friday, it does on Monday."""
OPERATOR_ID = re.compile(r"[a-z][a-z0-9.-]{1,23}")
"""An operator's id, wherever one is made: letters that look alike in no other alphabet's spelling."""
REMOVED = "removed"
"""Stands where a verifier would: nothing proves this person any more."""

_CODE = "code"
_CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, which are read or heard as something else."""
_CODE_LENGTH = 10
_READ_AS = str.maketrans("ILO", "110")


class Change(StrEnum):
    """What happened to an operator."""

    ADDED = "added"
    PIN = "pin"
    RESET = "reset"
    LEAVE = "leave"
    REMOVED = "removed"
    ROLES = "roles"
    """At the ledger only: no terminal changes what somebody may do."""


class OperatorData(TypedDict):
    """`operator`: one change to one operator, and all that is then known of them.

    verifier: see `Proof`. active_to: the last day, None for no end. replaces: the `fingerprint` of what it takes the
    place of: the verifier, for a leave date the last day before, for roles the roles; None for somebody new.
    """

    what: str
    id: str
    name: str
    roles: str
    verifier: str
    active_to: str | None
    replaces: str | None


class PinRefused(Refused):
    """A PIN that others would guess, or that is no new one."""


class DayRefused(Refused):
    """A last day that is none."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves a person: the verifier (PHC text) of a PIN, or of a one-time code that ends at `code_until`."""

    phc: str
    code_until: str | None

    @property
    def is_code(self) -> bool:
        """Whether it is a one-time code: good for choosing a PIN, and for nothing else."""
        return self.code_until is not None


def proof_of(verifier: str) -> Proof:
    """A verifier as it is kept, taken apart."""
    word, _, rest = verifier.partition(" ")
    if word != _CODE:
        return Proof(verifier, None)
    until, _, phc = rest.partition(" ")
    return Proof(phc, until)


def code_verifier(phc: str, until: str) -> str:
    """The verifier of a one-time code as it is kept; `until` is ISO 8601 UTC."""
    return f"{_CODE} {until} {phc}"


def new_code(random: bytes) -> str:
    """A one-time code of 50 bits out of ten random bytes, as it is shown: `7KQ3M-0XW9A`."""
    letters = "".join(_CODE_LETTERS[byte % len(_CODE_LETTERS)] for byte in random[:_CODE_LENGTH])
    return f"{letters[:5]}-{letters[5:]}"


def plain_code(typed: str) -> str:
    """A typed code in its one spelling: without dashes and blanks, in capitals, O as 0, I and L as 1."""
    return "".join(letter for letter in typed.upper() if letter.isalnum()).translate(_READ_AS)


def fingerprint(text: str | None) -> str:
    """The SHA-256 (hex) of what a change takes the place of."""
    return sha256((text or "").encode()).hexdigest()


def refuse_weak_pin(pin: str, operator: str) -> None:
    """Raise PinRefused for one digit repeated, digits in a row, a repeated half, and the operator's own id."""
    if not pin.isdigit():
        return  # how long it is and of what is said where its verifier is made
    steps = {(ord(after) - ord(before)) % 10 for before, after in pairwise(pin)}
    half = len(pin) // 2
    if (len(steps) == 1 and steps <= {0, 1, 9}) or pin == pin[:half] * 2 or pin in person_key(operator):
        raise PinRefused("Others would guess that PIN.", press="Choose one without a pattern: not 1111, not 1234.")


def last_day(typed: str, today: str) -> str | None:
    """A typed last day (ISO), not before today; None for `never`. Raises DayRefused."""
    if typed.strip().casefold() == "never":
        return None
    try:
        day = date.fromisoformat(typed.strip()).isoformat()
    except ValueError:
        raise DayRefused("That is no date.", press="Type it like 2026-12-31, or `never`.") from None
    if day < today:
        raise DayRefused(f"{day} is past.", press="Type today or a later day; `operator remove` ends it at once.")
    return day
