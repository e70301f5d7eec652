"""Voids and refunds asked for: a lead approves or refuses, whoever is signed on."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.decisions import carry_out, decided_requests
from countertui.counter.drafts import Form
from countertui.counter.open_sessions import open_sessions
from countertui.counter.receipts import ReceiptRow, open_requests
from countertui.counter.refund_receipt import approve_request
from countertui.counter.station import Person
from countertui.counter.void_receipt import checked_reason, refuse_request
from countertui.domain.dates import us_date
from countertui.domain.money import format_cents
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, may
from countertui.screens.area import Command
from countertui.screens.credential import second_one
from countertui.screens.kept_form import KeptForm
from countertui.screens.listing import ListArea
from countertui.screens.receipts import REFUND_WORDS, STATE_WORDS
from countertui.widgets.field import Field
from countertui.widgets.lines import Row, fit
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine


class RequestsArea(ListArea[ReceiptRow]):
    """A approves, R refuses with a reason; somebody who may not is asked for a lead's id and PIN in place."""

    NAME = "requests"
    TITLE = "Requests: A approves, R refuses"
    HELP = (
        "Voids and refunds asked for and not answered. A approves the marked one, R refuses it with a reason; by a"
        " lead. A lead who is signed on is asked first: F9 approves, Esc leaves it as asked. After a decision letters"
        " do nothing until another key, like an arrow. What was decided at the ledger comes first: C carries it out."
    )
    HINT = "  Nothing is asked for."

    def __init__(self) -> None:
        super().__init__()
        self.reason = Field("Reason for the refusal", dom_id="refusal-reason", most=120)
        self.second = SecondPerson("requests-second")
        self._question = TextLine(dom_id="requests-question")
        self._refusing = False
        self._asking = False
        self._letters_wait = False
        """Letters behind a decision are the rest of a name that was being typed: none of them decides on the next."""
        self._decided: set[str] = set()

    def compose(self) -> ComposeResult:
        self.reason.display = False
        self._question.display = False
        fields = {"reason": self.reason}
        self.kept = KeptForm(self.counter, Form.REFUSAL, fields, self._about, "Enter goes on with it; Esc drops it.")
        yield from super().compose()
        yield self._question
        yield self.reason
        yield self.second

    async def arrive(self) -> None:
        self._stop()
        decided = await self.counter.desk.look(decided_requests)
        self._decided = {row.receipt_no for row in decided}
        self.list.show([*decided, *await self.counter.desk.look(open_requests)], cursor=0)

    async def put_away(self) -> None:
        await self.kept.saved()

    async def go_on_refusing(self, receipt_no: str) -> None:
        """Go on where the reason of a refusal was left. Raises Refused where nothing is asked for any more."""
        at = next((n for n, row in enumerate(self.list.items) if row.receipt_no == receipt_no), None)
        if at is None or receipt_no in self._decided:
            raise Refused("Nothing is asked for on that receipt.", "Nothing of the form is needed.", "Del drops it.")
        self.list.show(self.list.items, cursor=at)
        await self._refuse()

    def typed(self, field: Field) -> None:
        if field is self.reason:
            self.kept.changed()

    def _about(self) -> str:
        return self.list.current.receipt_no if self.list.current is not None else ""

    def commands(self) -> Sequence[Command]:
        if self.at is not None or self.list.current is None or self._letters_wait:
            return ()
        if self._asking:
            return [Command("f9", "Approve", "Approve what is asked about.", self._approve_it, on_bar=True)]
        if self.list.current.receipt_no in self._decided:
            return [Command("c", "Carry out", "Do what was decided at the ledger.", self._carry_out, on_bar=True)]
        return [
            Command("a", "Approve", "Approve the marked request.", self._approve, on_bar=True),
            Command("r", "Refuse", "Refuse the marked request: the receipt stands.", self._refuse, on_bar=True),
        ]

    def ring(self) -> Sequence[Field]:
        if self.second.display:
            return [self.second.operator, self.second.pin]
        return [self.reason] if self.reason.display else []

    async def press(self, stroke: Stroke) -> None:
        if self._letters_wait and (stroke.letter or stroke.pasted is not None):
            return
        self._letters_wait = False
        if self._asking and stroke.key != "escape":
            raise Refused("It is not approved yet.", "Nothing was recorded.", "F9 approves; Esc leaves it as asked.")
        await super().press(stroke)

    async def back(self) -> None:
        if self.at is None and not self._asking:
            await self.counter.go_home()
        else:
            if self.reason.display:
                self.kept.forget()
            self._stop()

    def records_on_enter(self) -> bool:
        return self.at is self.reason or super().records_on_enter()

    async def enter(self, field: Field) -> None:
        if field is self.reason:
            checked_reason(field.value)
            await self._by_whom()
        elif field is self.second.operator:
            self.to(self.second.pin)
        elif self.list.current is not None:
            took_part = (self.list.current.operator,)
            async with second_one(self.counter.desk, self.second, self.to, Act.APPROVE, took_part) as lead:
                await self._decide(lead)

    async def _approve(self) -> None:
        self._refusing = False
        person = self.counter.person
        self._asking = person is not None and may(person.roles, Act.APPROVE)
        self._ask("Approve", "   F9 approves   Esc" if self._asking else "")
        if not self._asking:
            await self._by_whom()

    async def _approve_it(self) -> None:
        if self.counter.person is not None:
            await self._decide(self.counter.person)

    def _ask(self, what: str, keys: str) -> None:
        row = self.list.current
        if row is not None:
            whose = f"{row.receipt_no}, {row.payor[:26]}, {format_cents(row.total_cents)}"
            self._question.say(
                ((f" {what} the {_act(row)} of {whose}?", "warn"), (self.counter.in_words(keys), "strong"))
            )
            self._question.display = True

    async def _refuse(self) -> None:
        self._refusing = True
        self._ask("Refuse", "")
        self.reason.display = True
        self.to(self.reason)
        await self.kept.bring_back()

    async def _carry_out(self) -> None:
        row, person = self.list.current, self.counter.person
        if row is not None and person is not None:
            words = await self.counter.desk.job(carry_out, person, row.receipt_no, self.counter.session)
            await self._tell_decided(words)

    async def _by_whom(self) -> None:
        person = self.counter.person
        if person is not None and may(person.roles, Act.APPROVE):
            await self._decide(person)
        else:
            self.second.ask("A lead decides:")
            self.to(self.second.operator)

    async def _decide(self, approver: Person) -> None:
        row, desk = self.list.current, self.counter.desk
        if row is None:
            return
        if self._refusing:
            await self.kept.saved()
            await desk.job(refuse_request, approver, row.receipt_no, self.reason.value)
            words = f"{approver.name} refused it: receipt {row.receipt_no} stands."
        else:
            still_open = {session.id for session in await desk.look(open_sessions)}
            await desk.job(approve_request, approver, row.receipt_no, self.counter.session)
            words = f"{approver.name} approved it: {_what_to_give(row, drawer_is_open=row.session in still_open)}"
        await self._tell_decided(words)

    async def _tell_decided(self, words: str) -> None:
        await self.arrive()
        self._letters_wait = bool(self.list.items)
        self.counter.tell(words, press="An arrow key, then the next one." if self._letters_wait else "")

    def _stop(self) -> None:
        self._asking = self._letters_wait = False
        self._question.display = False
        self.reason.set("")
        self.reason.display = False
        self.second.clear()
        self.to(None)

    def draw(self, item: ReceiptRow, width: int) -> Row:
        return (
            (fit(f"  {item.receipt_no}", 12), "strong"),
            (fit(us_date(item.biz_date), 11), "dim"),
            (fit(item.payor, width - 64) + " ", ""),
            (fit(f"by {item.operator}", 11) + " ", "dim"),
            (fit("decided: C" if item.receipt_no in self._decided else _asked(item), 16), "warn"),
            (fit(format_cents(item.total_cents), 12, right=True), "strong"),
        )


def _act(row: ReceiptRow) -> str:
    return f"{REFUND_WORDS.get(row.refund, '')} refund".lstrip() if row.state == "refund_requested" else "void"


def _asked(row: ReceiptRow) -> str:
    return f"{REFUND_WORDS[row.refund]} refund" if row.refund in REFUND_WORDS else STATE_WORDS.get(row.state, row.state)


def _what_to_give(row: ReceiptRow, *, drawer_is_open: bool) -> str:
    total = format_cents(row.total_cents)
    if row.state == "void_requested" and drawer_is_open:
        return f"receipt {row.receipt_no} is VOID. {row.gives}"
    if row.state == "void_requested":
        return f"an AP check over {total} will be sent for {row.receipt_no}; give nothing from the drawer."
    if row.refund == "cash":
        return f"{total} of {row.receipt_no} refunded. In cash: give {total} from the drawer."
    return f"{total} of {row.receipt_no} refunded. By AP check: a check will be sent, give nothing from the drawer."
