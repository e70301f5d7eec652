"""The magnetic line of a check: what a person types of it, and what every number of a bank must fit.

What check readers make of the line: `countertui.domain.check_line`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from countertui.domain.refusal import Refused

_WEIGHTS = (3, 7, 1) * 3
_LINE = re.compile(
    r"[⑆T:]?\s*(?P<routing>[0-9]{9})(?:\s*[⑆T:/]\s*|\s+)(?P<account>[0-9](?:[0-9⑉D -]{0,24}[0-9])?)\s*"
    r"(?:[⑈U<]\s*(?P<check>[0-9]{0,10}))?"
)
_BEGINNING = re.compile(r"[⑆T:]?\s*(?P<routing>[0-9]{9})[⑆T:/\s]")
_DASHES = str.maketrans("", "", "⑉D -")
_SHORTEST, _LONGEST = 3, 17
"""Digits of an account number, as banks in the United States have them (Nacha: at most 17)."""
_PREFIXES = ((0, 12), (21, 32), (61, 72), (80, 80))
"""The first two digits that routing numbers have: the government, Federal Reserve districts, thrifts (+20), electronic
(+60), traveler's checks (ABA Routing Number Policy)."""
_SHOWN_OF_ACCOUNT = 4


class MicrRefused(Refused):
    """What was typed is no routing and account number; what it says never repeats it."""


@dataclass(frozen=True, slots=True)
class Micr:
    """A check's routing number (nine digits, the last a check digit) and account number (digits alone)."""

    routing: str
    account: str

    @property
    def masked(self) -> str:
        """For a person to recognise and nobody to use: the routing number and the account's last four digits at most.

        Of a short account at least half stays hidden.
        """
        shown = min(_SHOWN_OF_ACCOUNT, len(self.account) // 2)
        return f"{self.routing} ••{self.account[len(self.account) - shown :]}"

    def __repr__(self) -> str:
        """Without the numbers: they must not reach a log or a crash file."""
        return "Micr(...)"


def read_micr(text: str) -> Micr | None:
    """Routing and account number out of a typed or read line; None for an empty one. Raises MicrRefused.

    Digits stand apart by a blank or a slash, or between the signs of E-13B (ANSI X9.100-160) for transit and on-us:
    as themselves, as T and U, or as : and <.
    """
    text = text.strip()
    if not text:
        return None
    found = _LINE.fullmatch(text.upper())
    account = found["account"].translate(_DASHES) if found else ""
    if found is None or not may_be_an_account(account):
        raise MicrRefused(
            "That is no routing and account number of a check.",
            press="Type the nine digits, a blank, the account's digits; or leave it empty.",
        )
    if not is_routing_number(found["routing"]):
        raise MicrRefused(
            "The routing number's check digit does not fit: a digit of it is mistyped.",
            press="Type it again from the check's bottom line; or leave it empty.",
        )
    return Micr(found["routing"], account)


def may_be_an_account(digits: str) -> bool:
    """Whether a bank's account number has so many digits, and nothing else."""
    return _SHORTEST <= len(digits) <= _LONGEST and digits.isascii() and digits.isdigit()


def begins_a_line(text: str) -> bool:
    """Whether text begins with a right routing number that stands apart: what follows is an account number."""
    found = _BEGINNING.match(text.strip().upper())
    return found is not None and is_routing_number(found["routing"])


def is_routing_number(digits: str) -> bool:
    """Whether nine digits weighted 3, 7, 1 add up to a multiple of ten, begin as one may, and aren't all 0 (ABA)."""
    if len(digits) != 9 or not (digits.isascii() and digits.isdigit()) or digits == "0" * 9:
        return False
    if not any(first <= int(digits[:2]) <= last for first, last in _PREFIXES):
        return False
    return sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 10 == 0
