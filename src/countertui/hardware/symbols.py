"""How wide QR codes and bar codes come out: a printer prints nothing of one that is wider than its paper."""

from __future__ import annotations

from bisect import bisect_left

QR_DOTS = (4, 3, 2)
"""How wide a module of a QR code is, the best first: 0.5 mm at 203 dots to the inch is read at once, 0.25 mm still."""
BARCODE_DOTS = 2
"""How wide a module of a bar code is: 0.25 mm, the least that every hand scanner reads."""
_CODEWORDS_M = (
    *(16, 28, 44, 64, 86, 108, 124, 154, 182, 216, 254, 290, 334, 365, 415, 453, 507, 563, 627, 669),
    *(714, 782, 860, 914, 1000, 1062, 1128, 1193, 1267, 1373, 1455, 1541, 1631, 1725, 1812, 1914, 1992, 2102, 2216),
    2334,
)
"""Data codewords of versions 1 to 40 at error correction level M (ISO/IEC 18004, table 7)."""
_ALPHANUMERIC = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
_QR_QUIET, _BARCODE_QUIET = 4, 10


def qr_modules(text: str) -> int:
    """Modules on a side of the smallest QR code of level M that holds 1 to 1,000 characters of ASCII.

    Counted in one mode (alphanumeric if all letters are, else bytes): a printer that mixes modes makes no larger one.
    """
    if _ALPHANUMERIC.issuperset(text):
        bits, of_count = len(text) // 2 * 11 + len(text) % 2 * 6, (9, 11, 13)
    else:
        bits, of_count = len(text) * 8, (8, 16, 16)
    for first, last, count in zip((1, 10, 27), (9, 26, 40), of_count, strict=True):
        version = bisect_left(_CODEWORDS_M, -(-(4 + count + bits) // 8), first - 1) + 1
        if version <= last:
            return 17 + 4 * version
    raise ValueError("no QR code holds that much")


def qr_dots(text: str, room: int) -> int | None:
    """The width of a module, in dots, at which the code and its quiet zone fit on `room` dots; None if at none."""
    modules = qr_modules(text) + 2 * _QR_QUIET
    return next((dots for dots in QR_DOTS if modules * dots <= room), None)


def barcode_fits(text: str, room: int) -> bool:
    """Whether the Code128 (set B) of a text and its quiet zones fit on `room` dots: 11 modules a letter (ISO 15417)."""
    start_check_and_stop = 11 + 11 + 13
    return (len(text) * 11 + start_check_and_stop + 2 * _BARCODE_QUIET) * BARCODE_DOTS <= room
