"""Base45 (RFC 9285): bytes as the characters a QR code holds most densely."""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE = {character: value for value, character in enumerate(_ALPHABET)}


def encode(data: bytes) -> str:
    """Two bytes become three characters, a last single byte two."""
    text: list[str] = []
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            number, digit = divmod(number, 45)
            text.append(_ALPHABET[digit])
    return "".join(text)


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
