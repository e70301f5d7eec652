"""The parties of the demo city: names, addresses and telephone numbers out of random bits."""

from __future__ import annotations

from random import Random

from countertui.demo.chance import PICK_BITS, PICK_MASK, skewed
from countertui.demo.names import BUSINESS_FORMS, BUSINESS_WORDS, GIVEN, STREETS, SURNAMES, TRADES

_GIVEN = skewed(GIVEN, 25)
_SURNAMES = skewed(SURNAMES, 20)
_STREETS = skewed(STREETS, 8)
_INITIALS = "ABCDEFGHJKLMNPRSTW"
_DIRECTIONS = ("N ", "S ", "E ", "W ")


def name_of(random: Random) -> str:
    """A party as utility billing writes it, surname first: mostly people, some couples, firms and trusts."""
    bits = random.getrandbits(64)
    surname = _SURNAMES[bits & PICK_MASK]
    given = _GIVEN[(bits >> PICK_BITS) & PICK_MASK]
    kind = (bits >> 32) & 127
    if kind < 76:
        return f"{surname}, {given} {_INITIALS[(bits >> 40) % len(_INITIALS)]}"
    if kind < 108:
        return f"{surname}, {given}"
    if kind < 118:
        return f"{surname}, {given} & {_GIVEN[(bits >> 40) & PICK_MASK]}"
    if kind < 120:
        return f"{surname} Family Trust"
    if kind < 122:
        return f"{surname} and Sons"
    return business_name_of(random)


def business_name_of(random: Random) -> str:
    """The name of a firm."""
    bits = random.getrandbits(48)
    first = BUSINESS_WORDS[bits % len(BUSINESS_WORDS)] if bits >> 47 else _SURNAMES[bits & PICK_MASK]
    trade = TRADES[(bits >> 16) % len(TRADES)]
    return f"{first} {trade} {BUSINESS_FORMS[(bits >> 32) % len(BUSINESS_FORMS)]}"


def address_of(random: Random) -> str:
    """A street address in the city: house numbers are mostly short, some streets have a direction, some units."""
    bits = random.getrandbits(64)
    house = 1 + (bits & 0x7FFF) % (9_900, 900, 2_400, 5_400)[(bits >> 15) & 3]
    direction = _DIRECTIONS[(bits >> 17) & 3] if not (bits >> 19) & 7 else ""
    street = _STREETS[(bits >> 22) & PICK_MASK]
    if (bits >> 38) & 7:
        return f"{house} {direction}{street}"
    return f"{house} {direction}{street} Apt {1 + (bits >> 41) % 48}"


def phone_of(random: Random) -> str:
    """Ten digits in area code 555, which is assigned nowhere; one party in sixteen gives none."""
    bits = random.getrandbits(40)
    if not bits & 15:
        return ""
    return f"555-{2 + (bits >> 4) % 8}{(bits >> 7) % 100:02d}-{(bits >> 20) % 10_000:04d}"
