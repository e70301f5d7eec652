"""Base45 (RFC 9285): bytes as the characters a QR code holds most densely."""

from __future__ import annotations

from struct import unpack_from

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE = {character: value for value, character in enumerate(_ALPHABET)}
_LOW = [first + second for second in _ALPHABET for first in _ALPHABET]
"""The first two characters of three, by what they stand for: number modulo 45 * 45."""


def encode(data: bytes) -> str:
    """Two bytes become three characters, a last single byte two."""
    pairs = unpack_from(f">{len(data) // 2}H", data)
    text = "".join([_LOW[number % 2025] + _ALPHABET[number // 2025] for number in pairs])
    return text + _LOW[data[-1]] if len(data) % 2 else text


def decode(text: str) -> bytes:
    """The bytes that `encode` made into `text`. Raises ValueError for any other text."""
    data = bytearray()
    for at in range(0, len(text), 3):
        group = text[at : at + 3]
        if len(group) == 1 or not set(group) <= _VALUE.keys():
            raise ValueError("this is not base45")
        number = sum(_VALUE[character] * 45**place for place, character in enumerate(group))
        if number >= 256 ** (len(group) - 1):
            raise ValueError("this is not base45")
        data += number.to_bytes(len(group) - 1, "big")
    return bytes(data)
