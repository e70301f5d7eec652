"""Counting cash by denomination: a field of pieces for each note and coin, what they are worth, and the total, live."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Grid, Vertical

from countertui.domain.drawers import DENOMINATIONS, MOST_PIECES, CashCount, CountRefused, cash_count, pack_of
from countertui.domain.money import format_cents
from countertui.widgets.count_field import CountField
from countertui.widgets.field import Field
from countertui.widgets.lines import fit
from countertui.widgets.text_line import TextLine

COLUMNS = 2


class DenominationGrid(Vertical):
    """Fields in the order of DENOMINATIONS, largest first; an empty one counts as none."""

    def __init__(self, dom_id: str = "grid") -> None:
        super().__init__(id=dom_id)
        self.fields: list[CountField] = [
            CountField(fit(format_cents(cents), 7, right=True) + " ×", pack_of(cents)) for cents in DENOMINATIONS
        ]
        self._total = TextLine(dom_id="grid-total")

    def compose(self) -> ComposeResult:
        with Grid(id="grid-fields"):
            yield from self.fields
        yield self._total

    def on_mount(self) -> None:
        self.retotal()

    def by_name(self) -> dict[str, Field]:
        """The fields, each by its denomination in cents."""
        return {str(int(cents)): field for cents, field in zip(DENOMINATIONS, self.fields, strict=True)}

    @property
    def rows(self) -> Sequence[Sequence[Field]]:
        """The fields as they stand on the screen, row by row."""
        return [self.fields[n : n + COLUMNS] for n in range(0, len(self.fields), COLUMNS)]

    @property
    def wrong(self) -> Field | None:
        """The first field that holds no number of pieces: the one that `count` names."""
        return next((field for field in self.fields if field.number is None), None)

    def count(self) -> CashCount:
        """What has been typed. Raises CountRefused, naming the denomination that is no number."""
        pieces: dict[int, int] = {}
        for cents, field in zip(DENOMINATIONS, self.fields, strict=True):
            if field.number is None:
                raise CountRefused(
                    f"{format_cents(cents)}: “{field.value[:12]}” is not a number of pieces.",
                    press=f"Type how many there are, up to {MOST_PIECES:,}.",
                )
            pieces[cents] = field.number
        return cash_count(pieces)

    def retotal(self) -> None:
        """Show the total of what has been typed so far."""
        try:
            total = format_cents(self.count().total)
        except CountRefused:
            total = "—"
        self._total.say(((" Cash counted ", "dim"), (total, "strong")))

    def clear(self) -> None:
        """Empty every field."""
        for field in self.fields:
            field.set("")
        self.retotal()
