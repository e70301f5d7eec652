"""A desk with deposits and customers' accounts, for the screens of both."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from countertui.counter.drafts import Form
from countertui.counter.receivables import Applied, Receivable
from countertui.counter.station import Person, Session
from countertui.counter.trust_lists import Listed, Listing
from countertui.documents.statements import AccountFacts, EntryFacts, StatementFacts, statement_document
from countertui.documents.text import as_text
from countertui.domain.money import Cents
from countertui.domain.receipts import AccountLine, Cart, DrawLine
from countertui.domain.receivables import ApplyRefused, applied, spread_credit
from countertui.domain.rights import require_second_person
from countertui.domain.trust import Deposit, Terms, TrustRefused, require_covered
from screens.fake_desk import PLACE, FakeDesk, charge


def _deposits() -> dict[str, Deposit]:
    made = (
        ("TD-0101", "Bramble Bakery - Street opening", "Street opening 26-7", 500_00, "2026-11-01", 1_200_00),
        ("TD-0102", "Ellison Homes LLC - Landscape bond", "Landscape bond 26-9", 1_000_00, "2027-06-01", 900_00),
    )
    return {
        number: Deposit(number, name, "800-2810", Terms(project, Cents(least), date.fromisoformat(until)), Cents(held))
        for number, name, project, least, until, held in made
    }


def _customer() -> Receivable:
    invoices = (
        charge("INV-26-0001", "invoice", date(2026, 10, 3), 240_00),
        charge("INV-26-0002", "invoice", date(2026, 11, 12), 87_75),
    )
    return Receivable("AR-1001", "Bramble Bakery", "100-2310", Cents(300_00), invoices)


@dataclass
class TrustDesk(FakeDesk):
    """Deposits by number, one customer, and requests for deposits by the record that asked."""

    deposits: dict[str, Deposit] = field(default_factory=_deposits)
    customer: Receivable = field(default_factory=_customer)
    refunds: dict[int, Listed] = field(default_factory=dict)
    taken_back: list[tuple[str, str, str]] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    answered: list[tuple[str, int, str]] = field(default_factory=list)

    def _listed(self, listing: Listing, _session: Session | None) -> list[Listed]:
        if listing is Listing.ASKED:
            return list(self.refunds.values())
        if listing is Listing.UNAPPLIED:
            one = self.customer
            return [Listed(one.account, one.name, "on account; 2 open invoices, 327.75", one.credit)]
        found = [
            one
            for one in self.deposits.values()
            if listing is Listing.ALL or (one.top_up() if listing is Listing.LOW else one.is_due(date(2026, 11, 23)))
        ]
        return [Listed(one.account, one.name, one.terms.project, one.held) for one in found]

    def _found_accounts(self, text: str) -> list[Listed]:
        found = (one for one in self.deposits.values() if text.casefold() in one.name.casefold())
        return [Listed(one.account, one.name, one.terms.project, one.held) for one in found]

    def _find_deposit(self, number: str) -> Deposit | None:
        return self.deposits.get(number)

    def _receivable_of(self, _number: str) -> Receivable:
        return self.customer

    def _statement_text(self, number: str, _session: Session | None) -> list[str]:
        deposit = self.deposits.get(number)
        name, sums = (
            (deposit.name, (("Held before", 1_000_00), ("Held in trust now", int(deposit.held))))
            if deposit is not None
            else (self.customer.name, (("Open invoices", int(self.customer.owed)), ("Amount due", 27_75)))
        )
        facts = AccountFacts(
            city_name=PLACE.city,
            office_name=PLACE.office_name,
            office_address=PLACE.office_address,
            account=number,
            name=name,
            address="12 Market Sq",
            biz_date="2026-11-23",
            printed_at="2026-11-23 09:41",
            ledger_id="ALDER-1",
        )
        entries = (EntryFacts("2026-11-02", "Received T1-4", 200_00),)
        return as_text(statement_document(StatementFacts(facts, "STATEMENT", "Received and drawn", entries, sums)))

    def _print_statement(self, _person: Person, number: str, _session: Session | None) -> None:
        self.statements.append(number)

    def _print_top_up(self, _person: Person, number: str, _session: Session | None) -> None:
        self.statements.append(f"top up {number}")

    def _ask_trust_refund(
        self, person: Person, number: str, cents: Cents, reason: str, _session: Session | None
    ) -> None:
        deposit = self.deposits[number]
        require_covered(deposit, cents)
        if not reason.strip():
            raise TrustRefused("A reason is needed.", press="Type why it is given back.")
        self.deposits[number] = replace(deposit, asked=cents)
        self._forget(Form.TRUST_REFUND, number)
        seq = 40 + len(self.refunds)
        self.refunds[seq] = Listed(number, deposit.name, f"by {person.id}: {reason}", cents, seq, person.id)

    def _approve_trust_refund(self, lead: Person, seq: int, _session: Session | None) -> None:
        asked = self.refunds[seq]
        require_second_person(lead.id, (asked.asked_by,))
        self.answered.append((lead.id, seq, "approved"))
        del self.refunds[seq]

    def _refuse_trust_refund(self, lead: Person, seq: int, reason: str, _session: Session | None) -> None:
        require_second_person(lead.id, (self.refunds[seq].asked_by,))
        self.answered.append((lead.id, seq, reason))
        del self.refunds[seq]

    def _apply_credit(self, _session: Session, _number: str, chosen: tuple[str, ...]) -> Cents:
        of = self.customer
        by_id = {each.id: each for each in of.invoices}
        parts = spread_credit(of.credit, [by_id[id_] for id_ in chosen])
        cents = Cents(applied(of.account, of.name, of.gl, of.credit, of.invoices, parts)["cents"])
        self.customer = replace(of, credit=Cents(of.credit - cents))
        self._forget(Form.APPLYING, of.account)
        return cents

    def _last_applied(self, number: str) -> Applied:
        if self.customer.credit:
            raise ApplyRefused(f"No money of {number} was applied.", "Nothing was recorded.", "")
        return Applied("apply-1", "2026-11-23", Cents(300_00), ("INV-26-0002", "INV-26-0001"))

    def _unapply(self, _session: Session, number: str, id_: str, reason: str) -> Cents:
        if not reason.strip():
            raise ApplyRefused("A reason is needed.", press="Type why it is taken back.")
        self.taken_back.append((number, id_, reason))
        self.customer = replace(self.customer, credit=Cents(300_00))
        self._forget(Form.UNAPPLYING, number)
        return Cents(300_00)

    def _drawable(self, cart: Cart) -> list[Deposit]:
        return [self.deposits["TD-0101"]] if any(line.amount > 0 for line in cart.lines) else []

    def _draw_line(self, cart: Cart, number: str, cents: Cents) -> DrawLine:
        deposit = self.deposits.get(number)
        if deposit is None:
            raise TrustRefused(f"{number} is no trust deposit.", press="Choose one of the deposits listed.")
        require_covered(deposit, cents)
        return DrawLine(number, deposit.name, deposit.held, cents, deposit.gl)

    def _open_account(self, number: str, *_who: str) -> Any:
        if number in self.deposits:
            return AccountLine(number, "trust", self.deposits[number].name, (), Cents(0), "800-2810")
        return super()._open_account(number)
