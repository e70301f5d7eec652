"""The text of the code in a certificate's own file: from the words that every certificate's PDF carries about itself.

Nothing of the file is opened, unpacked or drawn: its plain bytes are searched, so many of them at most.
"""

from __future__ import annotations

import re
from pathlib import Path

from countertui.errors import UsageError

MOST_BYTES = 4 * 1024 * 1024
"""A certificate has some 40 kB."""
_PDF = b"%PDF-"
_CODE = re.compile(rb"(?:https://[A-Za-z0-9.:/_~-]{1,200}#)?CTUL[12][:.][0-9A-Za-z $%*+./:_-]{80,1000}")
"""Base45 behind a colon, or base64url behind a full stop: `sync.signed_code`. None of its letters is written otherwise
in XMP or a PDF's text.
"""


def is_pdf(path: Path) -> bool:
    """Whether a file begins as a PDF does."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_PDF)) == _PDF


def code_in(path: Path) -> str:
    """The one code that a certificate's PDF holds. Raises UsageError where it holds none, several, or is too large."""
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise UsageError(f"{path.name} is larger than any certificate.", "It was not looked through.", _SCAN)
    found: set[str] = {code[0].decode("ascii") for code in _CODE.finditer(data)}
    if len(found) != 1:
        what = f"{len(found)} different codes" if found else "no certificate's code"
        raise UsageError(f"{path.name} holds {what}.", "Nothing was checked.", _SCAN)
    return found.pop()


_SCAN = "Scan the square code on its page, and paste the text."
