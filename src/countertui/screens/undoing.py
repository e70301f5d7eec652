"""Voids and refunds asked for in place: reason, how a refund is paid, the second person."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical

from countertui.counter.drafts import Form
from countertui.counter.receipts import ReceiptRow
from countertui.counter.refund_receipt import ask_refund
from countertui.counter.void_receipt import ask_void, checked_reason, void_now
from countertui.domain.paper import width_of
from countertui.domain.record_data import RefundMethod
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.screens.credential import second_one
from countertui.screens.kept_form import KeptForm
from countertui.widgets.field import Field
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from countertui.screens.app import CounterApp

Done = tuple[str, str, str]


class UndoPanel(Vertical):
    """One step at a time: the reason, then for a void who approves, for a refund how it is paid."""

    def __init__(self) -> None:
        super().__init__(id="undo")
        self.reason = Field("Reason", dom_id="reason", most=120)
        self.method = Field("Paid by", dom_id="method", most=1, hint="1 AP check   2 cash from the drawer")
        self.second = SecondPerson("undo-second")
        self._words = TextLine(dom_id="undo-words")
        self._reasons: Sequence[str] = ()
        self._form = Form.VOID
        self._kept: dict[Form, KeptForm] = {}
        self._row: ReceiptRow | None = None
        self.field = self.reason
        self._alone_asked = False
        self.display = False

    def compose(self) -> ComposeResult:
        yield self._words
        yield self.reason
        yield self.method
        yield self.second

    @property
    def fields(self) -> list[Field]:
        """The field of the present step."""
        return [self.field]

    def keep_in(self, counter: CounterApp) -> None:
        """Keep what is typed, by what is asked for and about which receipt."""
        fields = {"reason": self.reason}
        self._kept = {
            form: KeptForm(counter, form, fields, self._about, "Enter goes on with it; Esc drops it.")
            for form in (Form.VOID, Form.REFUND)
        }

    async def begin(self, form: Form, row: ReceiptRow, reasons: Sequence[str]) -> None:
        """Ask for a reason first; a digit picks one of the city's. What was typed before is back."""
        self._form, self._row, self._reasons = form, row, tuple(reasons)[:9]
        self.reason.set("")
        self.method.set("")
        self.second.clear()
        self.method.display = False
        self._alone_asked = False
        rows = _rows_of([f"{n} {reason}" for n, reason in enumerate(self._reasons, start=1)], 78)
        head = (
            (f" {form.value.capitalize()} {row.receipt_no}? ", "strong"),
            ("A digit picks a reason, or type one:", ""),
        )
        self._words.styles.height = 1 + len(rows)
        self._words.say(head, *(((f" {line}", ""),) for line in rows))
        self.field = self.reason
        self.display = True
        await self._kept[form].bring_back()

    def drop(self) -> None:
        """Forget what was typed for good, and hide."""
        self._kept[self._form].forget()
        self.close()

    def close(self) -> None:
        """Hide; what was typed stays kept."""
        self.second.clear()
        self.reason.set("")
        self.display = False

    def changed(self) -> None:
        """The reason is another one."""
        self._kept[self._form].changed()

    async def saved(self) -> None:
        """Wait until every change is kept."""
        for kept in self._kept.values():
            await kept.saved()

    async def press(self, stroke: Stroke, counter: CounterApp) -> Done | None:
        """Take a key; gives what was done, once it is. Raises Refused; what was typed stays."""
        picked = int(stroke.letter) if stroke.letter.isdigit() and stroke.letter.isascii() else 0
        if self.field is self.reason and not self.reason.value and 1 <= picked <= len(self._reasons):
            self.reason.set(self._reasons[picked - 1])
            self.changed()
            self._after_reason()
        elif self.field is self.reason and not self.reason.value and stroke.letter.isdigit():
            raise Refused(f"There is no reason {stroke.letter}.", press="Type a number of the list, or words.")
        elif stroke.key in {"enter", "ctrl+j"}:
            return await self._enter(counter)
        elif stroke.key in {"tab", "shift+tab", "up", "down"}:
            self._step(-1 if stroke.key in {"shift+tab", "up"} else 1)
        else:
            self._type(stroke)
            if self.field is self.method and self.method.value:
                return await self._enter(counter)
        return None

    def _type(self, stroke: Stroke) -> None:
        try:
            self.field.press(stroke)
        finally:  # a card number that is refused empties its field
            if self.field is self.reason:
                self.changed()

    def _about(self) -> str:
        return self._row.receipt_no if self._row is not None else ""

    def _step(self, by: int) -> None:
        shown = [self.reason, *([self.method] if self.method.display else [])]
        if self.second.display:
            shown += [self.second.operator, self.second.pin]
        self.field = shown[(shown.index(self.field) + by) % len(shown)]

    async def _enter(self, counter: CounterApp) -> Done | None:
        if self.field is self.reason:
            checked_reason(self.reason.value)
            self._after_reason()
        elif self.field is self.method:
            return await self._ask_refund(counter)
        elif self.field is self.second.operator and self.second.operator.value.strip():
            self.field = self.second.pin
        elif self.field is self.second.operator and not self._alone_asked:
            self._alone_asked = True
            counter.tell(
                "Nobody there to approve?", "Nothing is recorded yet.", "Enter again asks for it; or type a lead's id."
            )
        elif self.field is self.second.operator:
            return await self._ask_void(counter)
        else:
            return await self._void(counter)
        return None

    def _after_reason(self) -> None:
        if self._form is Form.REFUND:
            self.method.display = True
            self.field = self.method
        else:
            self.second.ask("A lead approves (nobody there: Enter):")
            self.field = self.second.operator

    def _to(self, counter: CounterApp, field: Field) -> None:
        self.field = field
        counter.area.to(field)

    async def _void(self, counter: CounterApp) -> Done | None:
        row, asker = self._row, counter.person
        if row is None or asker is None:
            return None
        took_part = (asker.id, row.operator)
        await self.saved()
        async with second_one(
            counter.desk, self.second, partial(self._to, counter), Act.APPROVE, took_part
        ) as approver:
            await counter.desk.job(void_now, asker, approver, row.receipt_no, self.reason.value)
        return (
            f"Receipt {row.receipt_no} is VOID, approved by {approver.name}.",
            f"Its charges are owed again. {row.gives}",
            "",
        )

    async def _ask_void(self, counter: CounterApp) -> Done | None:
        row, asker = self._row, counter.person
        if row is None or asker is None:
            return None
        await self.saved()
        await counter.desk.job(ask_void, asker, row.receipt_no, self.reason.value)
        return (
            f"The void of {row.receipt_no} is recorded as requested.",
            "The money stays in the expected figures until a lead decides.",
            "F10, R lists requests.",
        )

    async def _ask_refund(self, counter: CounterApp) -> Done | None:
        row, asker = self._row, counter.person
        if row is None or asker is None:
            return None
        methods = {"1": RefundMethod.AP_CHECK, "2": RefundMethod.CASH}
        method = methods.get(self.method.value.strip())
        if method is None:
            self.method.set("")
            raise Refused("A refund is paid by AP check or in cash.", press="Type 1 or 2.")
        session = counter.session if method is RefundMethod.CASH else None
        await self.saved()
        await counter.desk.job(ask_refund, asker, row.receipt_no, self.reason.value, method, session)
        return (
            f"The refund of {row.receipt_no} is recorded as requested.",
            "Nothing is paid until a lead approves it.",
            "F10, R lists requests.",
        )


def _rows_of(words: Sequence[str], width: int) -> list[str]:
    """Words side by side in as few rows as they need, none of them broken."""
    rows: list[str] = []
    for word in words:
        if rows and width_of(f"{rows[-1]}  {word}") <= width:
            rows[-1] += f"  {word}"
        else:
            rows.append(word)
    return rows
