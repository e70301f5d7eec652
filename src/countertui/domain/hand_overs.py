"""Hand-overs: a drawer with its fund goes from one operator to another within a business date; both count and sign."""

from __future__ import annotations

from typing import TypedDict

from countertui.domain.refusal import Refused

_WORDS = ("drawer", "from_session", "to_session")
_NUMBERS = ("close_seq", "open_seq", "left_cents", "found_cents", "difference_cents")


class HandOverData(TypedDict):
    """`hand_over`, in the session that began: the operator took the drawer over, the approver gave it.

    close_seq, open_seq: the records of the close and of the opening. left_cents: the cash counted at the close, less
    what is more than the fund and leaves with the takings; found_cents: the opening count; difference: found less left.
    """

    drawer: str
    from_session: str
    to_session: str
    close_seq: int
    open_seq: int
    left_cents: int
    found_cents: int
    difference_cents: int


class HandOverRefused(Refused):
    """A drawer that can't be handed over like this."""


def is_sound(data: object) -> bool:
    """Whether a record's data is a hand-over's: two sessions, one after the other, and their difference."""
    if not isinstance(data, dict) or data.keys() != HandOverData.__required_keys__:
        return False
    if not all(type(data[name]) is str and data[name] for name in _WORDS):
        return False
    return (
        all(type(data[name]) is int for name in _NUMBERS)
        and data["from_session"] != data["to_session"]
        and 0 < data["close_seq"] < data["open_seq"]
        and data["difference_cents"] == data["found_cents"] - data["left_cents"]
    )
