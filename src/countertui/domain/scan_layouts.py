"""Lines on bill stubs that a scanner reads: which digits are the account, and which digit checks which others.

Check digits are weighted sums as US remittance stubs use them: Luhn (2-1 with digit sums), 2-1, 7-3-1, 7-5-3-2, 1-3,
modulus 11 with weights 2 to 7; any span, anywhere in the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

from countertui.domain.refusal import Refused

LONGEST_LINE = 120


class CheckDigitWrong(Refused):
    """A scanned line has the form of a stub's, but a digit was misread."""


@dataclass(frozen=True, slots=True)
class Span:
    """Columns of a line, counted from 1, both included."""

    first: int
    last: int

    def of(self, line: str) -> str:
        """What stands there."""
        return line[self.first - 1 : self.last]


@dataclass(frozen=True, slots=True)
class CheckDigit:
    """The digit in column `at` checks what stands in the spans, joined: the weighted sum and it are 0 by the modulus.

    weights are repeated, from the rightmost digit on, or from the leftmost; digit_sums: a product of two digits counts
    as their sum, as in Luhn's. Of modulus 11 a remainder of 10 is written X.
    """

    at: int
    covers: tuple[Span, ...]
    weights: tuple[int, ...]
    modulus: int = 10
    digit_sums: bool = False
    from_left: bool = False

    def expected(self, line: str) -> str:
        """What must stand in column `at` of a line whose covered columns are all digits."""
        digits = [int(digit) for span in self.covers for digit in span.of(line)]
        ordered = digits if self.from_left else digits[::-1]
        products = [digit * weight for digit, weight in zip(ordered, cycle(self.weights), strict=False)]
        total = sum(sum(divmod(product, 10)) for product in products) if self.digit_sums else sum(products)
        remainder = -total % self.modulus
        return "X" if remainder == 10 else str(remainder)

    def holds(self, line: str) -> bool:
        """Whether the digit is right."""
        return line[self.at - 1 : self.at].upper() == self.expected(line)


@dataclass(frozen=True, slots=True)
class ScanLayout:
    """One form of a stub's line: its length, what it begins with, where account and billed amount (cents) stand.

    zero_filled: the account's number stands there with zeros before it that are not its own.
    """

    name: str
    length: int
    account: Span
    checks: tuple[CheckDigit, ...]
    begins: str = ""
    amount: Span | None = None
    zero_filled: bool = False

    def fits(self, line: str) -> bool:
        """Whether a line has this form, its check digits aside."""
        spans = [*(span for check in self.checks for span in check.covers), *((self.amount,) if self.amount else ())]
        return (
            len(line) == self.length
            and line.startswith(self.begins)
            and all(span.of(line).isascii() and span.of(line).isdigit() for span in spans)
        )


@dataclass(frozen=True, slots=True)
class Stub:
    """What a scanned line says: by which layout, which account, and how much was billed, in cents, where it says so."""

    layout: str
    account: str
    billed_cents: int | None


def read_stub(line: str, layouts: Sequence[ScanLayout]) -> Stub | None:
    """What a scanned line says; None if it has the form of no layout.

    Raises CheckDigitWrong if it has the form of one or more, and of each some digit is wrong.
    """
    fitting = [layout for layout in layouts if layout.fits(line)]
    for layout in fitting:
        if all(check.holds(line) for check in layout.checks):
            account = layout.account.of(line).strip()
            billed = int(layout.amount.of(line)) if layout.amount else None
            return Stub(layout.name, account.lstrip("0") if layout.zero_filled else account, billed)
    if fitting:
        raise CheckDigitWrong(
            f"The scanned line is no good {fitting[0].name}: a check digit is wrong.",
            "Nothing was added.",
            "Scan it again, or type the account's number.",
        )
    return None
