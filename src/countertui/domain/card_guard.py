"""The guard that keeps card numbers out of every text field, file and log (PCI DSS 3.3).

It errs towards refusing: every window of 13 to 19 digits is looked at, so of random numbers of 13 digits 1 in 100 is
taken for a card, of 16 digits 1 in 11; of fewer than 13 none. Numbers that are known (an account, a license) are exempt
by being recognised first.
"""

from __future__ import annotations

import re
import unicodedata

from countertui.domain.refusal import Refused

_SHORTEST, _LONGEST = 13, 19
_STRIPE = re.compile(r"%B[^^]{0,40}\^|;[\d ]{6,}=", re.IGNORECASE | re.ASCII)
"""Tracks 1 and 2 of ISO/IEC 7813, as a keyboard-wedge reader types them; caps lock turns the B."""
_STRIPE_BEGINS = re.compile(r"\A%B|\A;\d|%B\d|;\d{3}", re.IGNORECASE | re.ASCII)
"""What of them is enough to know one by, as it comes letter by letter."""
_ASCII_DIGITS = frozenset("0123456789")
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Hangul fillers: letters to Unicode, nothing to the eye."""


class CardNumberRefused(Refused):
    """A text held what looks like a payment card number. The message never repeats it."""


def refuse_card_numbers(text: str, field: str = "This field") -> None:
    """Raise CardNumberRefused if text holds a card number or a magnetic stripe in any disguise."""
    if holds_card_number(text):
        raise CardNumberRefused(
            f"{field} looked like a card number, so it was not kept.",
            press="Cards go through the card terminal. Type its approval code.",
        )


def begins_a_stripe(text: str) -> bool:
    """Whether a card's magnetic stripe begins in a text, be it behind something that was typed before."""
    return _STRIPE_BEGINS.search(unicodedata.normalize("NFKC", text)) is not None


def holds_card_number(text: str) -> bool:
    """Whether text holds a card number: issuer range, length and Luhn digit, however the digits are disguised."""
    stripe = _STRIPE.search(unicodedata.normalize("NFKC", text))
    return stripe is not None or any(_run_holds_card(run) for run in _digit_runs(text))


def _digit_runs(text: str) -> list[str]:
    """Digits of any script, joined over all that isn't read as a letter: spaces, dashes, zero-width marks, symbols."""
    if text.isascii() and sum(map(text.count, _ASCII_DIGITS)) < _SHORTEST:
        return []
    runs = [""]
    for letter in text:
        if letter in _ASCII_DIGITS:
            runs[-1] += letter
        elif _is_read_as_letter(letter):
            runs.append("")
        else:
            digits = (unicodedata.digit(part, None) for part in unicodedata.normalize("NFKC", letter))
            runs[-1] += "".join(str(digit) for digit in digits if digit is not None)
    return [run for run in runs if len(run) >= _SHORTEST]


def _is_read_as_letter(letter: str) -> bool:
    # Modifier letters (Lm) hold the long-vowel mark that East Asian keyboards type for a dash.
    return letter.isalpha() and letter not in _BLANK_LETTERS and unicodedata.category(letter) != "Lm"


def _run_holds_card(run: str) -> bool:
    return any(
        _issuer_uses(run[start : start + length]) and _luhn(run[start : start + length])
        for start in range(len(run) - _SHORTEST + 1)
        for length in range(_SHORTEST, min(_LONGEST, len(run) - start) + 1)
    )


def _issuer_uses(number: str) -> bool:
    """Whether an issuer range of ISO/IEC 7812, as the card schemes publish theirs, uses this length."""
    length, two, four = len(number), int(number[:2]), int(number[:4])
    if number[0] == "4":
        return length in (13, 16, 19)
    if 51 <= two <= 55 or 2200 <= four <= 2204 or 2221 <= four <= 2720:
        return length == 16
    if two in (34, 37):
        return length == 15
    if two in (60, 62, 65) or 644 <= int(number[:3]) <= 649:
        return 16 <= length <= 19
    if two in (36, 38, 39) or 300 <= int(number[:3]) <= 305:
        return 14 <= length <= 19
    if 3528 <= four <= 3589:
        return 16 <= length <= 19
    return two in (50, 56, 57, 58, 63, 67) and length in (16, 18, 19)


def _luhn(number: str) -> bool:
    """The check digit of ISO/IEC 7812-1 annex B."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
