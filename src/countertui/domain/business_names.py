"""What two spellings of a business have in common: its name without legal forms, its address as the post writes it."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[a-z0-9]+")
_LEGAL_FORMS = frozenset(
    [
        "a",
        "co",
        "company",
        "corp",
        "corporation",
        "dba",
        "inc",
        "incorporated",
        "l",
        "lc",
        "limited",
        "llc",
        "llp",
        "lp",
    ]
) | {"ltd", "of", "pa", "pc", "plc", "pllc", "the"}
_SAME = {"and": "n", "brothers": "bros", "saint": "st", "mount": "mt", "international": "intl", "services": "service"}


def name_words(name: str) -> tuple[str, ...]:
    """The words of a business's name that tell it from others, in order; legal forms and articles are left out.

    `The Smith & Sons Co., L.L.C.` is smith, n, sons. Where nothing else is in a name, all its words stay.
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("&", " and ").replace("'", "").replace(".", "")
    words = [_SAME.get(word, word) for word in _WORD.findall(plain)]
    kept = tuple(word for word in words if word not in _LEGAL_FORMS)
    return kept or tuple(words)


def same_business(name: str, address: str) -> str:
    """What a business is known by from one list to the next: its name's words and its address's letters and digits."""
    return f"{' '.join(name_words(name))} @ {' '.join(_WORD.findall(address.casefold()))}"
