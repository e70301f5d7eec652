"""One deposit or customer's account: its statement, paying into it, giving it back, applying it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from countertui.counter.drafts import Form
from countertui.counter.receivables import Applied, last_applied, receivable_of, unapply
from countertui.counter.statements import print_statement, print_top_up, statement_text
from countertui.counter.trust import find_deposit
from countertui.counter.trust_refunds import ask_trust_refund
from countertui.domain.dates import us_date
from countertui.domain.money import ZERO, format_cents, parse_amount
from countertui.domain.receipts import AccountLine
from countertui.domain.refusal import Refused
from countertui.domain.trust import Deposit
from countertui.screens.area import Command
from countertui.screens.kept_form import KeptForm
from countertui.screens.payment_keys import change_amount
from countertui.screens.reports import PaperArea
from countertui.widgets.field import Field
from countertui.widgets.inline_row import InlineRow

if TYPE_CHECKING:
    from countertui.screens.payment import PaymentArea


class TrustAccountArea(PaperArea):
    """The statement fills the screen; letters act on the account. Esc goes back to the lists."""

    NAME = "trust_account"
    TITLE = "Account"
    HELP = (
        "A trust deposit or a customer's account as its statement says. P pays into it: type the amount, then the"
        " tender as ever. G asks a deposit, or a part of it, back for its depositor: a lead approves it in the list"
        " (Q). A applies a customer's money to invoices; B takes back, for a reason, what was applied last at this"
        " terminal. S prints the statement, N the notice to top a deposit up."
    )

    def __init__(self) -> None:
        super().__init__()
        self.inline = InlineRow()
        self._number = ""
        self._deposit: Deposit | None = None
        self._taking_back: Applied | None = None

    def compose(self) -> ComposeResult:
        fields = {"amount": self.inline.amount, "reason": self.inline.text}
        self._kept = KeptForm(
            self.counter, Form.TRUST_REFUND, fields, lambda: self._number, "Enter goes on with it; Esc drops it."
        )
        self._kept_back = KeptForm(
            self.counter,
            Form.UNAPPLYING,
            {"reason": self.inline.text},
            lambda: self._number,
            "Enter takes it back; Esc drops it.",
        )
        yield from super().compose()
        yield self.inline

    async def open(self, number: str) -> None:
        """Show an account. Raises TrustRefused, ApplyRefused."""
        self._number = number
        await self.counter.go(self.NAME)

    async def arrive(self) -> None:
        self._close_row()
        if not self._number:
            return
        desk = self.counter.desk
        self._deposit = await desk.look(find_deposit, self._number)
        self.list.show(await desk.look(statement_text, self._number, self.counter.session))
        kind = "Trust deposit" if self._deposit is not None else "Customer"
        self.title_line.say(((f" {kind} {self._number}", "strong"),))

    def commands(self) -> Sequence[Command]:
        if self.at is not None or not self._number:
            return ()
        working = self.counter.session is not None
        is_deposit = self._deposit is not None
        low = self._deposit is not None and self._deposit.top_up() > 0
        return [
            *(
                [Command("p", "Pay in", "Take money for it, paying no charge.", self._pay, on_bar=True)]
                if working
                else ()
            ),
            *([Command("g", "Give back", "Ask it back, by AP check.", self._give, on_bar=True)] if is_deposit else ()),
            *(
                [
                    Command("a", "Apply", "Let its credit pay invoices.", self._apply, on_bar=True),
                    Command("b", "Take back", "Let what was applied last be credit again.", self._back, on_bar=True),
                ]
                if working and not is_deposit
                else ()
            ),
            Command("s", "Statement", "Print the statement.", self._print, on_bar=True),
            *([Command("n", "Notice", "Print the notice to top it up.", self._notice, on_bar=True)] if low else ()),
        ]

    async def go_on_giving_back(self, number: str) -> None:
        """Show an account and what was typed to give it back. Raises TrustRefused."""
        await self.open(number)
        await self._give()

    async def go_on_taking_back(self, number: str) -> None:
        """Show an account and why what was applied is taken back. Raises TrustRefused, ApplyRefused."""
        await self.open(number)
        await self._back()

    def typed(self, field: Field) -> None:
        (self._kept if self._taking_back is None else self._kept_back).changed()

    async def put_away(self) -> None:
        await self._kept.saved()
        await self._kept_back.saved()

    def ring(self) -> Sequence[Field]:
        return self.inline.fields

    async def back(self) -> None:
        if self.at is not None:
            (self._kept if self._taking_back is None else self._kept_back).forget()
            self._close_row()
        else:
            await self.counter.go("trust")

    def records_on_enter(self) -> bool:
        return self.at is self.inline.text or super().records_on_enter()

    async def enter(self, field: Field) -> None:
        person = self.counter.person
        if person is None:
            return
        if self._taking_back is not None:
            await self._take_back(self._taking_back)
            return
        if field is self.inline.amount:
            parse_amount(field.value)
            self.to(self.inline.text)
            return
        cents = parse_amount(self.inline.amount.value)
        await self.counter.desk.job(
            ask_trust_refund, person, self._number, cents, self.inline.text.value, self.counter.session
        )
        await self.arrive()
        self.counter.tell(
            f"{format_cents(cents)} of {self._number} is asked back.",
            "It can't be drawn on.",
            "A lead approves: Esc, Q.",
        )

    async def _pay(self) -> None:
        from countertui.screens.payment import PaymentArea

        await pay_into(await self.counter.visit(PaymentArea), self._number)

    async def _give(self) -> None:
        if self._deposit is None or not self._deposit.available:
            raise Refused("Nothing is held that could be given back.", "Nothing was recorded.", "")
        self.inline.ask("Give back:", text="Reason", amount="Amount")
        self.inline.amount.set(format_cents(self._deposit.available), selected=True)
        self.to(self.inline.amount)
        await self._kept.bring_back()

    async def _apply(self) -> None:
        from countertui.screens.apply_credit import ApplyCreditArea

        await (await self.counter.made(ApplyCreditArea)).open(await self.counter.desk.look(receivable_of, self._number))

    async def _back(self) -> None:
        await self._kept_back.saved()
        applied = await self.counter.desk.look(last_applied, self._number)
        self._taking_back = applied
        self.inline.ask(f"Take back {format_cents(applied.cents)} of {us_date(applied.biz_date)}:", text="Reason")
        self.to(self.inline.text)
        await self._kept_back.bring_back()

    async def _take_back(self, applied: Applied) -> None:
        session = self.counter.session
        if session is None:
            raise Refused("No drawer is open.", "Nothing was recorded.", "F2 opens one.")
        cents = await self.counter.desk.job(unapply, session, self._number, applied.id, self.inline.text.value)
        await self.arrive()
        paid = ", ".join(applied.charges[:3]) + ("..." if len(applied.charges) > 3 else "")
        self.counter.tell(
            f"{format_cents(cents)} is on account again; it paid {paid}.", "No money changed hands.", "A applies it."
        )

    async def _print(self) -> None:
        await self._to_printer(print_statement, "The statement")

    async def _notice(self) -> None:
        await self._to_printer(print_top_up, "The notice")

    async def _to_printer(self, job: Callable[..., None], what: str) -> None:
        if self.counter.person is not None:
            await self.counter.desk.job(job, self.counter.person, self._number, self.counter.session)
            self.counter.devices.print_papers()
            self.counter.tell(f"{what} of {self._number} goes to the printer.")

    def _close_row(self) -> None:
        self._taking_back = None
        self.inline.close()
        self.to(None)


async def pay_into(payment: PaymentArea, number: str) -> None:
    """Add an account whose money shall pay no charge, and ask the amount. Raises Refused where it can't be added."""
    payment.close_row()
    await payment.add_account(number)
    n = len(payment.hand.held.cart.lines) - 1
    line = payment.hand.held.cart.lines[n]
    if isinstance(line, AccountLine):
        payment.hand.put(n, replace(line, amount=ZERO, on_account=True))
        payment.show_cart()
        payment.ticket.cursor = n
        await change_amount(payment)
