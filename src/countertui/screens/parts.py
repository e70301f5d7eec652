"""An amount split by hand over an account's charges, with the reason the record keeps."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical

from countertui.counter.find import with_parts
from countertui.domain.charges import AllocationOrder, OpenCharge, allocate, allocate_by_hand
from countertui.domain.dates import us_date
from countertui.domain.money import Cents, format_cents, parse_amount
from countertui.domain.receipts import AccountLine
from countertui.domain.refusal import Refused
from countertui.widgets.field import Field
from countertui.widgets.line_list import LineList
from countertui.widgets.lines import Row, fit
from countertui.widgets.text_line import TextLine


class PartsPanel(Vertical):
    """The charges with their parts; the field takes the part of the charge under the cursor, then the reason."""

    def __init__(self) -> None:
        super().__init__(id="parts")
        self._list: LineList[OpenCharge] = LineList(self._draw, dom_id="parts-list")
        self._field = Field("Part", dom_id="part", most=120)
        self._sum = TextLine(dom_id="parts-sum")
        self._parts: dict[str, Cents] = {}
        self._line: AccountLine | None = None
        self._reasoning = False
        self._reason = ""
        self.display = False

    def compose(self) -> ComposeResult:
        yield self._list
        yield self._sum
        yield self._field

    @property
    def field(self) -> Field:
        """The one field."""
        return self._field

    @property
    def other_amount(self) -> str:
        """That the parts, all typed, pay another amount than was asked for; empty where they don't."""
        parts = sum(self._parts.values())
        if self._line is None or not self._reasoning or parts == self._line.amount:
            return ""
        return f"With these parts {format_cents(parts)} is paid, not {format_cents(self._line.amount)}."

    def open(self, line: AccountLine, order: AllocationOrder) -> None:
        """Start with the parts as they are chosen by hand, else as the city's order spreads the amount."""
        spread = allocate(line.amount, line.payable, order, line.credit_gl)
        own = {part.charge: part.cents for part in spread if part.charge is not None}
        self._line, self._parts, self._reasoning = line, dict(line.by_hand) or own, False
        self._reason = line.reason
        self.display = True
        owed: Sequence[OpenCharge] = [charge for charge in line.payable if charge.balance > 0]
        self._list.show(owed, cursor=0, hint="Nothing is owed on this account.")
        self._fill()

    def as_typed(self) -> dict[str, str]:
        """Account, parts and reason as they are typed, and where; by names that `put_back` knows."""
        typed, charge = self._field.value, self._list.current
        texts = {f"part {id_}": format_cents(cents) for id_, cents in self._parts.items()}
        texts |= {"of": self._line.account if self._line else "", "reason": self._reason}
        if self._reasoning or charge is None:
            return texts | {"at": "reason", "reason": typed}
        return texts | {"at": str(self._list.cursor), f"part {charge.id}": typed or "0"}

    def put_back(self, texts: Mapping[str, str]) -> None:
        """Go on where the same account's split was left; what is not owed any more is left out."""
        at, self._reason = texts["at"], texts.get("reason", "")
        for charge in self._list.items:
            with contextlib.suppress(Refused):  # an amount half-typed: it stands in the field
                self._parts[charge.id] = parse_amount(texts.get(f"part {charge.id}", ""))
        self._list.move(int(at) if at.isdecimal() else len(self._list.items))
        self._reasoning = not at.isdecimal()
        if self._reasoning:
            self._ask_reason()
            self._field.set(self._reason)
        elif (current := self._list.current) is not None:
            self._fill()
            self._field.set(texts.get(f"part {current.id}", self._field.value), selected=True)

    def close(self) -> None:
        """Hide."""
        self.display = False

    def move(self, key: str) -> bool:
        """Go to another charge, from the reason back to the last one, keeping what was typed.

        Raises Refused for what is no amount.
        """
        if key not in {"up", "down", "tab", "shift+tab"}:
            return False
        back = key in {"up", "shift+tab"}
        if not self._reasoning:
            self._keep()
            self._list.move(-1 if back else 1)
            self._fill()
        elif back:
            self._reason, self._reasoning = self._field.value, False
            self._fill()
        return True

    def enter(self) -> AccountLine | None:
        """Take what was typed; after the reason gives the line split by hand. Raises Refused."""
        if self._line is None:
            return None
        if self._reasoning:
            return self._finished(self._line)
        self._keep()
        if self._list.cursor == len(self._list.items) - 1 or not self._list.items:
            self._reasoning = True
            self._ask_reason()
        else:
            self._list.move(1)
            self._fill()
        return None

    def _ask_reason(self) -> None:
        self._field.label = f"Total {format_cents(sum(self._parts.values()))}. Reason"
        self._field.set(self._reason, selected=True)
        self._show_parts()

    def _finished(self, line: AccountLine) -> AccountLine:
        reason = self._field.value.strip()
        if not reason:
            raise Refused("An allocation by hand needs a reason.", press="Type the reason, then Enter.")
        split = with_parts(line, self._parts, reason)
        if not split.amount:
            raise Refused("All parts are zero.", press="Arrow up, and type a part.")
        allocate_by_hand(split.amount, line.payable, dict(split.by_hand))
        return split

    def _keep(self) -> None:
        charge = self._list.current
        if charge is None:
            return
        part = parse_amount(self._field.value or "0")
        if part > charge.balance:
            raise Refused(
                f"{charge.description}: at most {format_cents(charge.balance)} is owed on it.",
                press="Type a smaller part.",
            )
        self._parts[charge.id] = part

    def _fill(self) -> None:
        charge = self._list.current
        self._field.label = f"Part of {charge.description}" if charge else "Part"
        self._field.set(format_cents(self._parts.get(charge.id, Cents(0))) if charge else "", selected=True)
        self._show_parts()

    def _show_parts(self) -> None:
        self._list.redraw()
        if self._line is not None:
            parts = format_cents(sum(self._parts.values()))
            of = f" of {format_cents(self._line.amount)}"
            self._sum.say(
                ((" Parts ", "dim"), (parts, "strong"), (of, ""), ("   Enter next, then reason  ↑ ↓ charge  Esc", ""))
            )

    def _draw(self, charge: OpenCharge, width: int) -> Row:
        part = self._parts.get(charge.id, 0)
        return (
            (f" {us_date(charge.due.isoformat())} ", "dim"),
            (fit(charge.head, 9), ""),
            (fit(charge.description, width - 46), ""),
            (fit(format_cents(charge.balance), 12, right=True), "dim"),
            (fit(format_cents(part), 13, right=True), "strong"),
        )
