"""Which form a reference.db has: one made by another version of the program is built anew, never mended."""

from __future__ import annotations

import re
import zlib
from functools import cache

from countertui.store.schema import statements_of
from countertui.store.words import FORMAT

_COMMENT = re.compile(r"--[^\n]*")


@cache
def reference_format() -> int:
    """The number kept in the file's user_version: of its statements in schema.sql and of the keys people search by."""
    statements = (" ".join(_COMMENT.sub("", statement).split()) for statement in statements_of("reference.db"))
    return zlib.crc32("\n".join((str(FORMAT), *statements)).encode()) & 0x7FFF_FFFF
