"""Bytes of JSON values: made once, in one form (RFC 8785, integers only), and read strictly.

Bytes are signed, hashed, stored and sent as made here; nothing ever re-serialises them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any, NoReturn

from countertui.sync.faults import CanonicalError, MalformedBytesError

MAX_DEPTH = 32
"""Objects and arrays inside one another, the outermost included."""
MAX_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader holds exactly (RFC 7493, section 2.2)."""

_dumps = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False, allow_nan=False
).encode
_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")
_AS_ZERO = bytes.maketrans(b"123456789", b"000000000")
_MANY_DIGITS = b"0" * len(str(MAX_INTEGER))


@cache
def _encoder() -> Callable[[object], bytes]:
    """msgspec's, which takes a fifth of json's time; loaded when the first record is made."""
    from msgspec.json import Encoder

    return Encoder(order="sorted").encode


def canonical(value: object) -> bytes:
    """The canonical bytes of a JSON value (RFC 8785).

    Values are objects (dict), arrays (list or tuple), text, integers, booleans and null.
    Raises CanonicalError for floats, integers past 2^53, text that is not NFC or not Unicode, keys that are no text,
    nesting past 32: such a value has no bytes that every reader would agree on, or no business in a record of money.
    """
    if _ascii_keys(value, MAX_DEPTH):
        # With ASCII keys, order by code point is order by UTF-16 unit, and the rest of msgspec's form is RFC 8785's.
        return _encoder()(value)
    import rfc8785

    return rfc8785.dumps(value)  # type: ignore[arg-type]  # checked above: nothing but JSON values


def _ascii_keys(value: object, depth: int) -> bool:
    """Whether all keys are ASCII; raises CanonicalError for what must not be there."""
    kind = type(value)
    if kind is dict:
        ascii_keys, items = _ascii_texts(value), value.values()  # type: ignore[arg-type, attr-defined]
    elif kind is list or kind is tuple:
        ascii_keys, items = True, value
    else:
        _check_plain(value)
        return True
    if depth == 0:
        raise CanonicalError(f"Values are nested more than {MAX_DEPTH} deep.")
    for item in items:
        # Most of a record is short text and small numbers: those are passed here, without a call for each.
        kind = type(item)
        if kind is str:
            if not item.isascii():
                _check_text(item)
        elif kind is int:
            if not -MAX_INTEGER <= item <= MAX_INTEGER:
                raise CanonicalError("A number is too large for a record.")
        elif item is not None and not _ascii_keys(item, depth - 1):
            ascii_keys = False
    return ascii_keys


def _ascii_texts(keys: dict[object, object]) -> bool:
    """Whether an object's keys are ASCII; raises CanonicalError for one that is no text, or none to be recorded."""
    try:
        if "".join(keys).isascii():  # type: ignore[arg-type]
            return True
    except TypeError:
        pass  # said below
    for key in keys:
        if not isinstance(key, str):
            raise CanonicalError(f"A key is no text but {type(key).__name__}.")
        _check_text(key)
    return False


def _check_plain(value: object) -> None:
    """Raise CanonicalError for a value that is neither text, integer, boolean nor null."""
    if type(value) is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise CanonicalError("A number is too large for a record.")
    elif isinstance(value, str):  # a StrEnum's member too
        _check_text(value)
    elif value is not None and type(value) is not bool:
        raise CanonicalError(
            f"A record holds no {type(value).__name__}: use integers (cents, basis points), text, lists, dicts."
        )


def _check_text(text: str) -> None:
    if text.isascii():
        return
    if not unicodedata.is_normalized("NFC", text):
        raise CanonicalError("A text is not in Unicode's composed form (NFC).")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise CanonicalError("A text holds half a character (a lone surrogate).") from None


def parse_strict(data: bytes) -> Any:
    """Read JSON from outside: bytes that two readers could take for two things are refused.

    Raises MalformedBytesError for invalid UTF-8, a byte order mark, doubled keys, floats, NaN, integers past 2^53,
    lone surrogates, and nesting past 32.
    """
    try:
        value = _strict_decode(data.decode())
    except UnicodeDecodeError:
        raise MalformedBytesError("The text is not valid UTF-8.") from None
    except json.JSONDecodeError as fault:
        raise MalformedBytesError(f"This is not JSON: {fault.msg} at character {fault.pos}.") from None
    except RecursionError:
        raise MalformedBytesError(f"Values are nested more than {MAX_DEPTH} deep.") from None
    _check_depth(value)
    if b"\\" in data and b"\\u" in data and _SURROGATE_ESCAPE.search(data):
        try:
            _dumps(value).encode()
        except UnicodeEncodeError:
            raise MalformedBytesError("A text holds half a character (a lone surrogate).") from None
    return value


def is_canonical(data: bytes, value: object) -> bool:
    """Whether `data`, which a JSON reader read as `value`, is canonical; so it holds no doubled key and no float.

    `value` must come from a reader that keeps floats apart from integers (`record_json`). For plain bytes one fast
    encoding decides: only canonical bytes come out as they went in.
    """
    try:
        return (_dumps(value).encode() if _is_plain(data) else canonical(value)) == data
    except (TypeError, CanonicalError, UnicodeEncodeError):
        return False


def _is_plain(data: bytes) -> bool:
    """Whether one fast encoding decides: no letter beyond ASCII, nesting and numbers surely within bounds."""
    return (
        data.isascii()
        and data.count(b"[") + data.count(b"{") <= MAX_DEPTH
        and _MANY_DIGITS not in data.translate(_AS_ZERO)
    )


def _check_depth(value: object) -> None:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        containers = [item for item in level if type(item) is dict or type(item) is list]
        if not containers:
            return
        level = [item for c in containers for item in (c.values() if type(c) is dict else c)]
    raise MalformedBytesError(f"Values are nested more than {MAX_DEPTH} deep.")


def _refuse_float(text: str) -> NoReturn:
    raise MalformedBytesError(f"Only whole numbers are allowed, not {text[:20]}.")


def _whole_number(text: str) -> int:
    if len(text) > len(str(-MAX_INTEGER)) or abs(number := int(text)) > MAX_INTEGER:
        raise MalformedBytesError("A number is too large.")
    return number


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedBytesError("A key appears twice in one object.")
    return found


_strict_decode = json.JSONDecoder(
    parse_float=_refuse_float, parse_constant=_refuse_float, parse_int=_whole_number, object_pairs_hook=_once_each
).decode
