"""The numbers of licenses: each terminal draws from a series of its own in each epoch."""

from __future__ import annotations

EPOCH_NUMBERS = 100_000
"""So many license numbers each epoch of a terminal has for itself: none is drawn twice, whatever was lost."""


def license_number(terminal: str, epoch: int, n: int) -> str:
    """The nth number (from 1) of a terminal's series in an epoch: `<terminal>-L<n>`. Raises ValueError past its end."""
    if not 0 < n < EPOCH_NUMBERS:
        raise ValueError(f"no number {n} in a series of {EPOCH_NUMBERS}")
    return f"{terminal}-L{(epoch - 1) * EPOCH_NUMBERS + n}"


def is_own_number(number: str, terminal: str, epoch: int) -> bool:
    """Whether a license number is of that terminal's series in that epoch."""
    prefix, mark, digits = number.rpartition("-L")
    if prefix != terminal or not mark or not digits.isascii() or not digits.isdigit() or len(digits) > 12:
        return False
    return str(int(digits)) == digits and int(digits) // EPOCH_NUMBERS == epoch - 1 and int(digits) % EPOCH_NUMBERS > 0


def next_number(terminal: str, epoch: int, drawn: int) -> str:
    """The number after the last drawn, epochs counted in (0 for none). Raises ValueError past the series' end."""
    return license_number(terminal, epoch, max(0, drawn - (epoch - 1) * EPOCH_NUMBERS) + 1)
