"""Customers' accounts: money on account, the unapplied list, applying it to invoices, statements."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counter_station import at_work, cart_of, cash, fee, kinds, last, on, pay, reopened
from counter_station import close as close_station
from countertui.counter.cart import Held, park_cart, take_back
from countertui.counter.find import open_account, put_on_account, with_amount
from countertui.counter.print_queue import unprinted
from countertui.counter.receivables import apply_credit, last_applied, receivable, unapplied, unapply
from countertui.counter.renew_cart import renewed
from countertui.counter.statements import print_statement, print_top_up, statement_text
from countertui.counter.station import Session, Station
from countertui.counter.take_payment import take_payment
from countertui.counter.tape import tape
from countertui.counter.trust import deposit_of, draw_line
from countertui.counter.void_receipt import void_now
from countertui.domain.money import Cents
from countertui.domain.receivables import ApplyRefused
from countertui.domain.rights import NotAllowed
from countertui.domain.trust import TrustRefused
from countertui.store.verify import verify_derived


def customer(station: Station, invoices: int = 2) -> str:
    """A customer with so many open invoices."""
    return next(
        f"AR-{n}" for n in range(1001, 1100) if len(receivable(station, station.db, f"AR-{n}").invoices) == invoices
    )


def on_account(station: Station, session: Session, number: str, cents: int) -> None:
    pay(station, session, put_on_account(with_amount(open_account(station, number), Cents(cents))))


def test_money_on_account_pays_no_invoice_and_is_listed_as_unapplied(station):
    _, session = at_work(station)
    number = customer(station)
    owed = receivable(station, station.db, number).invoices
    assert unapplied(station) == []
    on_account(station, session, number, 500_00)
    (part,) = last(station)["data"]["lines"][0]["allocations"]
    assert (part["charge"], part["head"], part["cents"]) == (None, "credit", 500_00)
    (one,) = unapplied(station)
    assert (one.account, one.credit, one.invoices) == (number, 500_00, owed)


def test_a_parked_cart_stays_on_account(station):
    person, _ = at_work(station)
    line = put_on_account(with_amount(open_account(station, customer(station)), Cents(5_00)))
    cart = cart_of(station, line)
    park_cart(station, person, Held(cart))
    assert renewed(station, take_back(station, cart.id)).held.cart == cart
    assert put_on_account(line) == replace(line, on_account=False)


def test_credit_is_applied_to_the_invoices_chosen_in_that_order_as_far_as_it_reaches(station):
    _, session = at_work(station)
    number = customer(station)
    first, second = receivable(station, station.db, number).invoices
    on_account(station, session, number, second.balance + 1_00)
    assert apply_credit(station, session, number, [second.id, first.id]) == second.balance + 1_00
    made = last(station)
    assert (made["kind"], made["receipt_no"], made["cum_net"]) == ("apply", None, second.balance + 1_00)
    assert [(part["charge"], part["cents"]) for part in made["data"]["allocations"]] == [
        (second.id, second.balance),
        (first.id, 1_00),
    ]
    now = receivable(station, station.db, number)
    assert (now.credit, now.owed) == (0, first.balance - 1_00)
    assert unapplied(station) == []
    again = reopened(station)
    assert receivable(again, again.db, number) == now
    close_station(again)


def test_what_was_applied_is_taken_back_for_a_reason_the_last_first_and_once(station):
    _, session = at_work(station)
    number = customer(station)
    first, second = receivable(station, station.db, number).invoices
    on_account(station, session, number, 3_00)
    before = receivable(station, station.db, number)
    apply_credit(station, session, number, [first.id])
    on_account(station, session, number, 2_00)
    apply_credit(station, session, number, [second.id])
    one = last_applied(station, number)
    assert (one.cents, one.charges) == (2_00, (second.id,))
    with pytest.raises(ApplyRefused, match="reason"):
        unapply(station, session, number, one.id, " ")
    with pytest.raises(NotAllowed):
        unapply(station, replace(session, operator="tess"), number, one.id, "wrong invoice")
    assert unapply(station, session, number, one.id, "wrong invoice") == 2_00
    made = last(station)
    assert (made["kind"], made["receipt_no"], made["data"]["reason"]) == ("unapply", None, "wrong invoice")
    with pytest.raises(ApplyRefused, match="taken back before"):
        unapply(station, session, number, one.id, "again")
    unapply(station, session, number, last_applied(station, number).id, "wrong customer")
    now = receivable(station, station.db, number)
    assert (now.invoices, now.credit) == (before.invoices, before.credit + 2_00)
    with pytest.raises(ApplyRefused, match=f"No money of {number} was applied"):
        last_applied(station, number)
    assert [entry.what for entry in tape(station)][:2] == ["CREDIT TAKEN BACK"] * 2
    again = reopened(station)
    assert receivable(again, again.db, number) == now
    assert verify_derived(again.db) == []
    close_station(again)


def test_a_payment_on_account_is_not_voided_while_it_pays_invoices(station):
    _, session = at_work(station)
    number = customer(station)
    invoice = receivable(station, station.db, number).invoices[0]
    taken = pay(station, session, put_on_account(with_amount(open_account(station, number), Cents(3_00))))
    apply_credit(station, session, number, [invoice.id])
    people = on(station, "mei"), on(station, "lena")
    with pytest.raises(TrustRefused, match=r"3\.00 of what it put on account"):
        void_now(station, *people, taken.receipt_no, "bounced")
    unapply(station, session, number, last_applied(station, number).id, "bounced")
    void_now(station, *people, taken.receipt_no, "bounced")
    now = receivable(station, station.db, number)
    assert (now.credit, now.invoices[0]) == (0, invoice)


def test_nothing_is_applied_that_is_not_there(station):
    _, session = at_work(station)
    number = customer(station)
    invoice = receivable(station, station.db, number).invoices[0]
    with pytest.raises(ApplyRefused, match="no money"):
        apply_credit(station, session, number, [invoice.id])
    on_account(station, session, number, 1_00)
    for chosen, said in (([], "No invoice"), (["INV-none"], "not open any more")):
        with pytest.raises(ApplyRefused, match=said):
            apply_credit(station, session, number, chosen)
    with pytest.raises(ApplyRefused, match="no customer"):
        apply_credit(station, session, "TD-0101", [invoice.id])
    with pytest.raises(NotAllowed):
        apply_credit(station, replace(session, operator="tess"), number, [invoice.id])
    assert "apply" not in kinds(station)


def test_a_statement_says_what_is_open_what_is_on_account_and_what_is_due(station):
    person, session = at_work(station)
    number = customer(station)
    now = receivable(station, station.db, number)
    on_account(station, session, number, 10_00)
    text = "\n".join(statement_text(station, number, session))
    for invoice in now.invoices:
        assert invoice.description.split()[1] in text
    assert "Credit not applied" in text
    assert "-10.00" in text
    assert f"{(now.owed - 10_00) / 100:,.2f}" in text
    print_statement(station, person, number, session)
    assert [note.kind for note in unprinted(station)][-1] == "statement"


def test_a_deposits_statement_adds_up_to_what_is_held(station):
    _, session = at_work(station)
    row = next(row for row in station.reference.trust.deposits() if deposit_of(station, station.db, row.number).held)
    before = deposit_of(station, station.db, row.number).held
    pay(station, session, with_amount(open_account(station, row.number), Cents(20_00)))
    text = "\n".join(statement_text(station, row.number, session))
    assert f"Held before{before / 100:,.2f}" in text.replace(" ", "").replace("Heldbefore", "Held before")
    assert "Received T1-1" in text
    assert f"{(before + 20_00) / 100:,.2f}" in text
    assert row.project.split()[0] in text


def test_a_draw_below_the_minimum_prints_a_notice_and_others_none(station):
    person, session = at_work(station)
    low, fine = None, None
    for row in station.reference.trust.deposits():
        deposit = deposit_of(station, station.db, row.number)
        if deposit.held and deposit.terms.minimum and not deposit.top_up():
            low = low or deposit
        elif deposit.held > 10_00 and not deposit.terms.minimum:
            fine = fine or deposit
    notices = []
    for deposit, left in ((low, low.terms.minimum - 5_00), (fine, fine.held - 10_00)):
        take = deposit.held - left
        fees = fee(station, "NOTARY*9999")
        draw = draw_line(station, cart_of(station, fees), deposit.account, Cents(take))
        take_payment(station, session, cart_of(station, fees, draw), [cash(fees.amount - take)], on(station, "lena"))
        notices.append(sum(note.kind == "top_up" for note in unprinted(station)))
    assert notices == [1, 1]  # the second draw left no deposit below its minimum
    print_top_up(station, person, low.account, session)
    with pytest.raises(TrustRefused, match="not below"):
        print_top_up(station, person, fine.account, session)
