"""Returned checks: the bank's list is typed line by line, each matched at once; two people take all of it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from countertui.counter.drafts import Form, draft_of, keep_draft
from countertui.counter.returned_checks import (
    BankLine,
    Matched,
    ReturnRefused,
    TakenBack,
    check_on,
    lines_kept,
    lines_to_keep,
    match,
    return_checks,
)
from countertui.domain.dates import us_date
from countertui.domain.money import format_cents, parse_amount
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.domain.words import number_of
from countertui.screens.area import Area, Command
from countertui.screens.credential import second_one
from countertui.screens.kept_form import KeptForm
from countertui.screens.listing import text_row
from countertui.widgets.field import Field
from countertui.widgets.line_list import LineList
from countertui.widgets.lines import Row, fit
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from countertui.counter.scans import Scanned
    from countertui.domain.check_line import CheckLine


class ReturnedChecksArea(Area):
    """One line of fields, the list below it; what a line lacks is asked for, what can't come back is not listed."""

    NAME = "returned_checks"
    TITLE = "Returned checks"
    HELP = (
        "Checks that the bank sent back unpaid. Type each as on the bank's list: number, amount, what the bank says."
        " The receipt's number is needed only where several have such a check, or another terminal took it. A check"
        " reader gives the number, a receipt's code its receipt. What can't come back is told and not listed. Page keys"
        " mark a line, Ctrl+X takes it off. F9 takes all of the list back, or nothing of it: charges are owed again,"
        " the city's fee too, the account counts a returned check, and a notice to each payor is printed. A lead or"
        " another technician agrees with id and PIN; nobody who took part in the receipt."
    )

    def __init__(self) -> None:
        super().__init__()
        self.number = Field("Check no. ", dom_id="back-number", most=24)
        self.amount = Field("Amount    ", dom_id="back-amount", most=24)
        self.reason = Field("Bank says ", dom_id="back-reason", most=60, hint="like NSF, account closed")
        self.receipt = Field("Receipt   ", dom_id="back-receipt", most=24, hint="only if it is asked for")
        self._parts = {
            "number": self.number,
            "amount": self.amount,
            "reason": self.reason,
            "receipt": self.receipt,
        }
        self.second = SecondPerson("back-second")
        self._sum = TextLine(dom_id="back-sum")
        self._list: LineList[Matched] = LineList(self._draw, dom_id="back-list", hint="  Nothing is listed yet.")
        self._notices: LineList[str] = LineList(text_row, dom_id="back-notices")

    def compose(self) -> ComposeResult:
        self._notices.display = False
        self.form = KeptForm(self.counter, Form.RETURNED_CHECK, self._parts, press="Look at it; Enter lists it.")
        yield TextLine(((" Returned checks", "strong"), ("   as on the bank's list", "")), classes="title")
        yield from self._parts.values()
        yield self.second
        yield self._sum
        yield self._list
        yield self._notices

    def commands(self) -> Sequence[Command]:
        if self._notices.display or not self._list.items:
            return ()
        if self.second.display:
            return [Command("f9", "Take back", "Take all of the list back.", self._take_back, on_bar=True)]
        off = [Command("ctrl+x", "Take off", "Take the marked line off the list.", self._take_off, on_bar=True)]
        return [
            Command("f9", "Take back", "Take all of the list back: asks who agrees.", self._ask, on_bar=True),
            *(off if self._list.current is not None else []),
        ]

    def lacking(self, key: str) -> str:
        is_empty = not self._list.items and not self._notices.display
        return "Nothing is listed to take back: type a check, Enter lists it." if key == "f9" and is_empty else ""

    def ring(self) -> Sequence[Field]:
        if self._notices.display:
            return []
        if self.second.display:
            return [self.second.operator, self.second.pin]
        return [self.number, self.amount, self.reason, self.receipt]

    async def arrive(self) -> None:
        if self._notices.display:
            return
        if not self._list.items:
            await self._bring_list_back()
        if not any(field.value for field in (self.number, self.amount, self.receipt)):
            await self.form.bring_back()
        self._show()
        if self.at is None:
            self.to(self.number)

    async def put_away(self) -> None:
        self.second.clear()
        await self.form.saved()

    def typed(self, field: Field) -> None:
        if field not in {self.second.operator, self.second.pin}:
            self.form.changed()

    async def back(self) -> None:
        if self._notices.display:
            self._notices.display = False
            self._list.display = True
            self.to(self.number)
        elif self.second.display:
            self.second.clear()
            self._show()
            self.to(self.number)
        else:
            await super().back()

    def records_on_enter(self) -> bool:
        return True

    async def enter(self, field: Field) -> None:
        if field is self.second.operator:
            self.to(self.second.pin)
        elif field is self.second.pin:
            await self._take_back()
        elif field is self.receipt and not self.number.value.strip():
            await self._check_of_receipt()
        elif field is self.number or (field is self.amount and not self.reason.value.strip()):
            self.step(1)
        else:
            await self._add()

    async def press(self, stroke: Stroke) -> None:
        if self._notices.display and stroke.key in {"up", "down", "pageup", "pagedown"}:
            self._notices.scroll_by({"up": -1, "down": 1, "pageup": -5, "pagedown": 5}[stroke.key])
        elif stroke.key in {"pageup", "pagedown"} and not self.second.display:
            self._list.move(-1 if stroke.key == "pageup" else 1)
        else:
            await super().press(stroke)

    async def take_check(self, line: CheckLine) -> None:
        """A check was read: its number is filled in. Raises Refused while something is asked."""
        self._require_typing()
        if not line.number:
            raise Refused("The check's line has no number.", "Nothing of it was kept.", "Type the number.")
        self.number.set(line.number)
        self.form.changed()
        self.to(self.amount)

    async def take_scan(self, scanned: Scanned) -> None:
        """A receipt's code: its check is filled in. Raises Refused for anything else, and while something is asked."""
        self._require_typing()
        if scanned.kind != "receipt":
            raise Refused("That is no receipt.", "Nothing was typed.", "Scan the receipt's code, or type its number.")
        self.receipt.set(scanned.key)
        self.form.changed()
        self.to(self.receipt)
        await self._check_of_receipt()

    # The list

    async def _add(self) -> None:
        with self.naming(self.amount):
            if self.amount.value.strip().startswith("-"):
                raise Refused(
                    "A check's amount is written without a sign.", "Nothing was listed.", "Type it like 84.17."
                )
            cents = parse_amount(self.amount.value)
        line = BankLine(self.number.value, cents, self.reason.value, self.receipt.value)
        try:
            found = await self.counter.desk.look(match, line, self._list.items)
        except ReturnRefused as refusal:
            with self.naming(self._parts[refusal.about]):
                raise
        self._list.show([*self._list.items, found], cursor=len(self._list.items))
        for field in (self.number, self.amount, self.receipt):
            field.set("")
        await self._keep_list()
        self.form.changed()
        self._show()
        self.to(self.number)

    async def _check_of_receipt(self) -> None:
        with self.naming(self.receipt):
            reference, cents = await self.counter.desk.look(check_on, self.receipt.value)
        self.number.set(reference)
        self.amount.set(format_cents(cents), selected=True)
        self.form.changed()
        self.to(self.amount)

    async def _take_off(self) -> None:
        if self._list.cursor is None:
            return
        at, items = self._list.cursor, list(self._list.items)
        del items[at]
        self._list.show(items, cursor=min(at, len(items) - 1))
        await self._keep_list()
        self._show()

    async def _bring_list_back(self) -> None:
        person = self.counter.person
        draft = await self.counter.desk.look(draft_of, person, Form.RETURNED_LIST, "") if person is not None else None
        if draft is None:
            return
        found: list[Matched] = []
        for line in lines_kept(draft.texts):
            try:
                found.append(await self.counter.desk.look(match, line, found))
            except Refused as refusal:
                self.counter.say(refusal)
        self._list.show(found, cursor=None)
        self.counter.tell(
            "The list that was typed here is back.", "Nothing of it is recorded yet.", "F9 takes it back."
        )

    async def _keep_list(self) -> None:
        if self.counter.person is not None:
            texts = lines_to_keep([one.line for one in self._list.items])
            await self.counter.desk.job(keep_draft, self.counter.person, Form.RETURNED_LIST, "", texts)

    # Taking back

    async def _ask(self) -> None:
        if self.number.value.strip():
            raise Refused("A check is typed and not listed.", "Nothing was recorded.", "Enter lists it; or empty it.")
        self.second.ask("A lead or technician agrees:")
        self._show()
        self.to(self.second.operator)

    async def _take_back(self) -> None:
        asker = self.counter.person
        if asker is None:
            return
        async with second_one(self.counter.desk, self.second, self.to, Act.AGREE, (asker.id,)) as approver:
            lines = [one.line for one in self._list.items]
            done = await self.counter.desk.job(return_checks, asker, approver, lines)
        await self._show_done(done, approver.name)

    async def _show_done(self, done: TakenBack, agreed: str) -> None:
        self.counter.devices.print_papers()
        self.second.clear()
        self._list.show([])
        self.reason.set("")
        self.form.changed()
        await self.form.saved()
        self._show()
        self._list.display = False
        self._notices.show([line for notice in done.notices for line in (*notice, "")])
        self._notices.display = True
        self.to(None)
        checks = number_of(len(done.checks), "check")
        self.counter.tell(
            f"{checks} taken back, {format_cents(done.cents)}; {agreed} agreed.",
            "What they paid is owed again. The notices are being printed; they stand here too.",
            "Esc goes on.",
        )

    def _require_typing(self) -> None:
        if self.second.display or self._notices.display:
            raise Refused("It came while something is asked.", "Nothing of it was kept.", "Esc, then once more.")

    def _show(self) -> None:
        items = self._list.items
        cents, fees = sum(one.line.cents for one in items), sum(one.fee_cents for one in items)
        given = sum(one.given_cents for one in items)
        said = f" {number_of(len(items), 'check')}, {format_cents(cents)}; fees {format_cents(fees)}"
        said += f"; of it cash given back {format_cents(given)}" if given else ""
        self._sum.say(((said if items else "", "strong"),))

    def _draw(self, one: Matched, width: int) -> Row:
        where = "" if one.original is not None else " elsewhere"
        return (
            (fit(f"  {one.line.reference}", 10), "strong"),
            (fit(one.receipt_no, 9), ""),
            (fit(us_date(one.biz_date), 11), "dim"),
            (fit(f"{one.payor}{where}", width - 61) + " ", ""),
            (fit(one.line.reason, 10), "dim"),
            (fit(format_cents(one.line.cents), 12, right=True), "strong"),
            (fit(f"+{format_cents(one.fee_cents)}" if one.fee_cents else "", 8, right=True), "dim"),
        )
