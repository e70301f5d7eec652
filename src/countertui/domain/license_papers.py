"""The names of certificates: a series of its own for each license, by term and copy."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAME = re.compile(r"(.+)-(\d{8})-(\d{1,4})\.pdf")


def certificate_number(license_: str, begins: str, copy: int) -> str:
    """A certificate's own number: the license's, the first day of its term, and the how manieth of the term it is."""
    return f"{license_}-{begins.replace('-', '')}-{copy}"


def newest_paper(license_: str, names: Iterable[str]) -> str | None:
    """Of the names of certificates' files, that of a license's newest; None if there is none."""
    found = [(match[2], int(match[3]), name) for name in names if (match := _NAME.fullmatch(name))]
    own = [each for each in found if certificate_number(license_, each[0], each[1]) + ".pdf" == each[2]]
    return max(own)[2] if own else None
