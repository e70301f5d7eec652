"""A record's bytes as the ledger reads them: by a quick reader, for they are a million a night.

`canonical` has the rules; this comes to the same answers. Floats are kept apart from whole numbers: as bytes objects,
which no canonical bytes are read as.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

import msgspec

from countertui.sync.canonical import MAX_DEPTH, MAX_INTEGER, is_canonical
from countertui.sync.faults import MalformedBytesError

_decode = msgspec.json.Decoder(float_hook=str.encode).decode
_decode_more = json.JSONDecoder(parse_float=str.encode, parse_constant=str.encode).decode
_encode = msgspec.json.Encoder(order="sorted").encode

_AS_ZERO = bytes.maketrans(b"123456789", b"000000000")
_MANY_DIGITS = b"0" * len(str(MAX_INTEGER))
_FROM_E000 = re.compile(rb"[\xee-\xff]")
"""UTF-8's first bytes of U+E000 and above, where order by code point is no more order by UTF-16 unit."""
_STRING_OR_BRACE = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}]')


def read_object(data: bytes) -> dict[str, Any]:
    """Read one JSON object, and nothing after it; `is_written_so` judges it. Raises MalformedBytesError.

    NaN and half a character are read too: whoever signed them is told what is wrong with them.
    """
    try:
        value = _decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError):
        try:
            value = _decode_more(data.decode())
        except (ValueError, RecursionError) as fault:
            raise MalformedBytesError("This is no JSON.") from fault
    if type(value) is not dict:
        raise MalformedBytesError("This is no JSON object.")
    return value


def end_of_object(data: bytes, at: int) -> int:
    """Where the JSON object that begins at `at` ends, told by its braces; -1 if it doesn't."""
    depth = 0
    for found in _STRING_OR_BRACE.finditer(data, at):
        if found[0] == b"{":
            depth += 1
        elif found[0] == b"}":
            depth -= 1
            if depth == 0:
                return found.end()
    return -1


def is_written_so(data: bytes, value: dict[str, Any]) -> bool:
    """Whether `data`, which was read as `value`, is canonical, as `canonical.is_canonical` would say."""
    if _MANY_DIGITS in data.translate(_AS_ZERO) or not _is_composed(data):
        return is_canonical(data, value)
    # With numbers, letters and keys within bounds, the quick encoding is RFC 8785's.
    try:
        same = _encode(value) == data
    except UnicodeEncodeError:  # half a character
        return False
    return same and (_nested_at_most(data) <= MAX_DEPTH or is_canonical(data, value))


def _is_composed(data: bytes) -> bool:
    """Whether every text is surely in Unicode's composed form, and keys surely have one order.

    A quotation mark composes with nothing, so texts are composed where all of the bytes are.
    """
    return data.isascii() or (_FROM_E000.search(data) is None and unicodedata.is_normalized("NFC", data.decode()))


def _nested_at_most(data: bytes) -> int:
    return data.count(b"[") + data.count(b"{")
