"""A drawer's count: cash by pieces; checks, card slips and money orders each by how many and what they add up to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from countertui.domain.drawers import CashCount, CountRefused, TenderCount
from countertui.domain.money import parse_amount
from countertui.domain.tenders import TenderKind
from countertui.widgets.count_field import CountField
from countertui.widgets.denomination_grid import DenominationGrid
from countertui.widgets.field import Field
from countertui.widgets.lines import fit

COUNTED = (TenderKind.CHECK, TenderKind.CARD, TenderKind.MONEY_ORDER)
Naming = Callable[[Field | None], AbstractContextManager[None]]
"""Inside it, what is refused is about that field: an area's `naming`."""


class TenderCounts(Vertical):
    """The fields of a count, the same wherever a drawer is counted."""

    def __init__(self, dom_id: str) -> None:
        super().__init__(id=dom_id)
        self.grid = DenominationGrid(f"{dom_id}-grid")
        self.numbers = {kind: CountField(fit(f"{kind.label}s", 13) + "number") for kind in COUNTED}
        self.totals = {kind: Field("total", most=24) for kind in COUNTED}
        self._asked_about_none = False

    def compose(self) -> ComposeResult:
        yield self.grid
        for kind in COUNTED:
            with Horizontal(classes="pair"):
                yield self.numbers[kind]
                yield self.totals[kind]

    def by_name(self) -> dict[str, Field]:
        """The fields, each by the name that it is kept under."""
        named = self.grid.by_name()
        for kind in COUNTED:
            named |= {f"{kind} number": self.numbers[kind], f"{kind} total": self.totals[kind]}
        return named

    @property
    def fields(self) -> list[Field]:
        """All of them: the cash, then how many of each other kind, then their totals."""
        return [*self.grid.fields, *self.numbers.values(), *self.totals.values()]

    @property
    def rows(self) -> Sequence[Sequence[Field]]:
        """The fields as they stand on the screen, row by row."""
        return [*self.grid.rows, *([self.numbers[kind], self.totals[kind]] for kind in COUNTED)]

    @property
    def in_order(self) -> list[Field]:
        """The fields in the order of Tab."""
        return [field for row in self.rows for field in row]

    def typed(self, field: Field) -> None:
        """A field's text changed."""
        self._asked_about_none = False
        if field in self.grid.fields:
            self.grid.retotal()

    def forget(self) -> None:
        """Empty every field."""
        for field in self.fields:
            field.set("")
        self.begin()

    def begin(self) -> None:
        """Count what stands in the fields now, another drawer's perhaps."""
        self._asked_about_none = False
        self.grid.retotal()

    def cash(self, naming: Naming) -> CashCount:
        """The cash as typed. Raises CountRefused about the first field that is no number of pieces."""
        with naming(self.grid.wrong):
            return self.grid.count()

    def others(self, naming: Naming) -> Mapping[TenderKind, TenderCount]:
        """All but the cash as typed. Raises CountRefused, or what `parse_amount` does, about the first wrong field."""
        return {kind: self._other(kind, naming) for kind in COUNTED}

    def require_meant(self, naming: Naming) -> None:
        """A blind count of no cash tells what was expected: it is asked about once. Raises CountRefused."""
        if any(field.value.strip() for field in self.grid.fields) or self._asked_about_none:
            return
        self._asked_about_none = True
        with naming(self.grid.fields[0]):
            raise CountRefused(
                "No cash is typed.", "Nothing was committed.", "Count it; or F9 again commits that there is none."
            )

    def _other(self, kind: TenderKind, naming: Naming) -> TenderCount:
        field, number = self.numbers[kind], self.numbers[kind].number
        with naming(field):
            if number is None:
                raise CountRefused(
                    f"{kind.label}s: “{field.value[:12]}” is not a number.", press="Type how many there are."
                )
        with naming(self.totals[kind]):
            cents = parse_amount(self.totals[kind].value or "0")
        with naming(self.totals[kind] if number else field):
            if bool(number) != bool(cents):
                raise CountRefused(f"{kind.label}s: number and total don't go together.", press="Type both, or none.")
        return TenderCount(kind, number, cents)
