"""What a typed text and a stored one have in common: both become plain small letters and digits, then are compared.

Accents, case, apostrophes and points don't count: `O'Brien` is found by obrien and brien, `Núñez` by nunez, `L.L.C.` by
llc. Letters of other scripts keep their meaning as u<code point>x, so there is nothing but a-z and 0-9.
"""

from __future__ import annotations

import re
import unicodedata

FORMAT = 3
"""To be raised when keys or index change: a reference.db with other keys is built anew."""
PHONE_DIGITS = 10

_LIKE = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_JOINERS = str.maketrans({"'": "'", "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'"})
_WORD = re.compile(r"[a-z0-9']+")
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_NO_DIGIT = re.compile(r"[^0-9]+")
_HOUSE_NUMBER = re.compile(r"[0-9]{1,7}[a-z]?(?:-[0-9]{1,5})?(?= )")


def folded(text: str) -> str:
    """Text in plain small letters: ASCII only, accents and points gone, every apostrophe a straight one."""
    if not text.isascii():
        text = text.translate(_JOINERS)
        letters = unicodedata.normalize("NFKD", text.casefold()).translate(_LIKE)
        text = "".join(_ascii(letter) for letter in letters if not unicodedata.combining(letter))
    return text.lower().replace(".", "")


def words_of(text: str) -> list[str]:
    """The words of a typed text, in order: small letters and digits only."""
    return _words(folded(text))


def _words(found: str) -> list[str]:
    if "'" not in found:
        return _WORD.findall(found)
    return [word for piece in _WORD.findall(found) if (word := piece.replace("'", ""))]


def indexed_words(text: str) -> list[str]:
    """The words a stored text is found by; a word with an apostrophe also by what follows it."""
    found = folded(text)
    if "'" not in found:
        return _WORD.findall(found)
    words: list[str] = []
    for piece in _WORD.findall(found):
        before, _, after = piece.partition("'")
        after = after.replace("'", "")
        words.append(before + after)
        if before and len(after) > 1:
            words.append(after)
    return [word for word in words if word]


def has_words(text: str, begun: list[str]) -> bool:
    """Whether for each beginning the text has a word that begins so."""
    words = words_of(text)
    return all(any(word.startswith(part) for word in words) for part in begun)


def number_key(number: str) -> str:
    """A number without separators: `44-0192-03` and `44 0192 03` are 44019203."""
    return _SEPARATORS.sub("", folded(number))


def phone_key(phone: str) -> str:
    """The last ten digits of a telephone number, without its extension."""
    return _NO_DIGIT.sub("", folded(phone).partition("x")[0])[-PHONE_DIGITS:]


def payor_key(payor: str) -> str:
    """The words of a payor's name, space-separated: `SMITH, JOHN A.` is `smith john a`."""
    return " ".join(words_of(payor))


def house_key(address: str) -> str:
    """The words of an address that begins with a house number, space-separated; empty for any other.

    The house number stands without its hyphen: `12-14 Elm St` is `1214 elm st`.
    """
    found = folded(address).strip()
    match = _HOUSE_NUMBER.match(found)
    if match is None:
        return ""
    return " ".join([match[0].replace("-", ""), *_words(found[match.end() :])])


def _ascii(letter: str) -> str:
    if letter.isascii():
        return letter
    return f"u{ord(letter):x}x" if letter.isalnum() else " "
