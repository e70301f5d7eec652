"""The whole magnetic line of a check as a reader gives it: each device has letters of its own for the four symbols."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from countertui.domain.micr import Micr, is_routing_number, may_be_an_account
from countertui.domain.money import Cents
from countertui.domain.refusal import Refused

LONGEST_LINE = 100
"""E-13B has 65 places; readers may add blanks."""


class CheckLineRefused(Refused):
    """The line is not one that money can be taken on; what it says never repeats the numbers."""


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A check's line: its bank and account, its number (empty where none can be told) and, if encoded, its cents."""

    micr: Micr
    number: str
    cents: Cents | None = None
    business: bool = False
    """Whether the number came from the auxiliary on-us field, which only business checks have."""


@dataclass(frozen=True, slots=True)
class Alphabet:
    """How a device writes transit, on-us, amount, dash and what it could not read."""

    transit: str
    on_us: str
    amount: str
    dash: str
    unreadable: str = "?"
    _to_ours: dict[int, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        theirs = (self.transit, self.on_us, self.amount, self.dash, self.unreadable)
        made = {ord(their): our for their, our in zip(theirs, "TUA-?", strict=True) if their}
        object.__setattr__(self, "_to_ours", made)

    def ours(self, line: str) -> str:
        """The line in our letters: T transit, U on-us, A amount, - dash, ? not read; `!` what it doesn't have."""
        keep = set("0123456789 ")
        return "".join(self._to_ours.get(ord(letter), letter if letter in keep else "!") for letter in line)


ALPHABETS: Mapping[str, Alphabet] = {
    "magtek-0000": Alphabet("T", "U", "$", "-"),
    "magtek-0001": Alphabet("t", "o", "a", "d"),
    "magtek-0002": Alphabet("T", "O", "A", "D"),
    "upos": Alphabet("t", "o", "a", "-"),
    "honeywell": Alphabet("A", "C", "B", "D"),
    "axiohm": Alphabet(")", "(", "&", "'"),
    "micrtools": Alphabet("d", "c", "b", "-"),
}
"""By the name that a terminal's settings have. Of Epson's own (FS a 0) no source was found: the settings name one."""

_FIELDS = re.compile(
    r"\s*(?:U(?P<aux>[0-9 ?-]*)U)?\s*(?P<epc>[0-9?])?\s*T(?P<transit>[0-9 ?-]*)T(?P<account>[0-9 ?-]*)U"
    r"(?P<after>[0-9 ?-]*)(?:U(?P<last>[0-9 ?-]*))?(?:A(?P<amount>[0-9 ?-]*)A?)?\s*"
)
_NOT_READ = "The check's line could not be read: {} is not legible."
_AGAIN = "Put the check through again, printed side as the reader shows; or type the numbers."


def read_check_line(line: str, alphabet: str) -> CheckLine:
    """Read a line in the alphabet of that name. Raises CheckLineRefused; KeyError for an alphabet there is not.

    The check's number (rule of Axiohm, TPG and TH320 readers): a business check's is in the auxiliary on-us field left
    of transit; else it is the three digits or more right of the last on-us symbol; else three to five digits that stand
    by themselves at the beginning of the account's field.
    """
    ours = ALPHABETS[alphabet].ours(line[: LONGEST_LINE + 1])
    found = _FIELDS.fullmatch(ours) if len(ours) <= LONGEST_LINE else None
    if found is None:
        raise CheckLineRefused("That is no line of a check as this reader writes it.", press=_AGAIN)
    routing = _routing(found["transit"])
    account, number = _on_us(found["account"], found["after"], found["last"], numbered=found["aux"] is not None)
    if found["aux"] is not None:
        number = _digits(found["aux"])
    return CheckLine(Micr(routing, _account(account)), number, _cents(found["amount"]), found["aux"] is not None)


def _on_us(first: str, after: str, last: str | None, *, numbered: bool) -> tuple[str, str]:
    """The account and the check's number of an on-us field: what is before its first symbol, after it, after another.

    numbered: the number stands elsewhere, so all before the last symbol is the account.
    """
    if last is not None:  # a symbol on each side of the account, or between the number and the account
        if len(_digits(last)) >= 3 or numbered or not re.fullmatch(r"\s*[0-9]{3,5}[ -]*", first):
            return first + after, _digits(last)
        return after, _digits(first)
    if not numbered and len(_digits(after)) < 3:
        leading = re.fullmatch(r"\s*([0-9]{3,5})[ -]+([0-9?].*)", first)
        return (leading[2], leading[1]) if leading else (first, _digits(after))
    return first, _digits(after)


def checked_line(routing: str, account: str, number: str, cents: Cents | None = None) -> CheckLine:
    """A line that a reader took apart itself, held to the same rules. Raises CheckLineRefused."""
    return CheckLine(Micr(_routing(routing), _account(account)), _digits(number), cents)


def _routing(transit: str) -> str:
    if "?" in transit:
        raise CheckLineRefused(_NOT_READ.format("the routing number"), press=_AGAIN)
    stripped = transit.strip()
    if re.fullmatch(r"[0-9]{5}-[0-9]{3}", stripped):
        raise CheckLineRefused("This check is drawn on a Canadian bank.", press="Ask for another way to pay.")
    digits = _digits(stripped)
    if not is_routing_number(digits):
        raise CheckLineRefused("The routing number on the check does not fit its check digit.", press=_AGAIN)
    return digits


def _account(field_: str) -> str:
    if "?" in field_:
        raise CheckLineRefused(_NOT_READ.format("the account number"), press=_AGAIN)
    digits = _digits(field_)
    if not may_be_an_account(digits):
        raise CheckLineRefused("There is no account number on the check's line.", press=_AGAIN)
    return digits


def _digits(field_: str | None) -> str:
    """The digits of a field; empty where one of them was not read."""
    if field_ is None or "?" in field_:
        return ""
    return "".join(letter for letter in field_ if letter.isdigit())


def _cents(field_: str | None) -> Cents | None:
    """The amount as encoded, ten digits; None where there is none, or not all of it was read."""
    digits = _digits(field_)
    return Cents(int(digits)) if len(digits) == 10 else None
