"""What a terminal asks the ledger for before it happens: a drawer, a bag or a session that no other terminal has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from countertui.domain.refusal import Refused


class Thing(StrEnum):
    """What can be reserved: a drawer to be opened, a bag to be filled, a session or a dropped bag to be deposited."""

    DRAWER = "drawer"
    BAG = "bag"
    SESSION = "session"
    SAFE_BAG = "safe_bag"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One of them by its name: a drawer's code, a bag's number, or what `session_name` and `bag_name` give."""

    thing: Thing
    name: str


@dataclass(frozen=True, slots=True)
class Reserving:
    """What is asked for, all of it or nothing, for a record that is about to be made.

    by: the id by which that is known: the session that opens a drawer, or the record. after_seq: where the terminal's
    journal ends now. anyway: the lead who looked and lets it be all the same, empty for none.
    """

    things: tuple[Wanted, ...]
    by: str
    operator: str
    biz_date: str
    after_seq: int
    anyway: str = ""


class TakenElsewhere(Refused):
    """Another terminal of the office has it, by the ledger's books."""


def session_name(terminal: str, epoch: int, session: str) -> str:
    """What a session is reserved by."""
    return f"{terminal}/{epoch}/{session}"


def bag_name(terminal: str, epoch: int, session: str, bag: str) -> str:
    """What a bag of the safe is reserved by: its session's name, and its number."""
    return f"{terminal}/{epoch}/{session}/{bag}"
