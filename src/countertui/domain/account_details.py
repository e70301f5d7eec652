"""What a counter writes down about an account: notes, another address, another telephone number.

A change names what it replaces. Of two terminals that change the same thing, the ledger carries out the one that comes
first; the other's words are kept in a note, and told.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypedDict

from countertui.domain.refusal import Refused

LONGEST_NOTE = 200
LONGEST_DETAIL = 80
LEAST_DIGITS, MOST_DIGITS = 7, 15
"""Of a telephone number: a local one has seven, the longest of all fifteen (ITU-T E.164)."""


class Detail(StrEnum):
    """What of an account a counter may change.

    Not its name: who owes is said by the papers that the account was opened with, at the department that bills it, and
    another name comes from there by import. At the counter a name would make one person's debt another's in two keys.
    """

    ADDRESS = "address"
    PHONE = "phone"

    @property
    def label(self) -> str:
        """The word a person reads."""
        return "Telephone" if self is Detail.PHONE else "Address"


class AccountNoteData(TypedDict):
    """`account_note`: a note about an account, for whoever serves it next."""

    account: str
    note: str


class AccountChangeData(TypedDict):
    """`account_change`: one detail of an account as it was shown and as it is now."""

    account: str
    detail: str
    was: str
    now: str


class DetailRefused(Refused):
    """A note or a change that can't be taken as it was typed."""


def require_note(note: str) -> None:
    """Raise DetailRefused for a note that says nothing."""
    if not note:
        raise DetailRefused("The note is empty.", "Nothing was recorded.", "Type it, or Esc.")


def require_change(detail: Detail, was: str, now: str) -> None:
    """Raise DetailRefused for no change, an empty address, or a telephone number with too few or too many digits.

    An empty telephone number takes the old one out.
    """
    if now == was:
        raise DetailRefused(f"{detail.label}: that is what it is.", "Nothing was recorded.", "Type another, or Esc.")
    digits = sum(letter.isdigit() for letter in now)
    if detail is Detail.ADDRESS and not any(map(str.isalnum, now)):
        raise DetailRefused("An account needs an address.", "Nothing was recorded.", "Type it, like 123 Main St.")
    if detail is Detail.PHONE and now and not LEAST_DIGITS <= digits <= MOST_DIGITS:
        raise DetailRefused(
            f"A telephone number has {LEAST_DIGITS} to {MOST_DIGITS} digits.",
            "Nothing was recorded.",
            "Type it, like 555-010-0123; empty takes it out.",
        )


def is_sound(kind: str, data: object) -> bool:
    """Whether a record's data is a note's or a change's at all: who signs a record may sign anything."""
    wanted = AccountNoteData if kind == "account_note" else AccountChangeData
    return (
        isinstance(data, dict)
        and data.keys() == wanted.__required_keys__
        and all(type(value) is str for value in data.values())
        and bool(data["account"])
        and (wanted is AccountNoteData or data["detail"] in frozenset(Detail))
    )


def change_words(data: Mapping[str, str]) -> str:
    """A change in words, for the account's notes."""
    label = Detail(data["detail"]).label
    if not data["now"]:
        return f"{label} {data['was']} taken out"
    return f"{label} is {data['now']}, was {data['was']}" if data["was"] else f"{label} is {data['now']}"
