"""A license paid late or early at the counter: what the calendar gives is raised by the payment, and goes with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from counter.licensing import filed, posted, taken
from counter_day import count_all
from counter_station import (
    FUND,
    at_work,
    cash,
    check,
    clock_of,
    close,
    last,
    new_folder,
    on,
    open_station,
    reopened,
)
from countertui.counter.cart import Held, new_cart, park_cart, save_cart, take_back
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.explain import explain
from countertui.counter.find import open_account, put_on_account, with_amount, with_parts
from countertui.counter.licenses import act, license_as_of, license_here
from countertui.counter.open_drawer import open_drawer
from countertui.counter.receivables import apply_credit, unapplied
from countertui.counter.renew_cart import renewed
from countertui.counter.returned_checks import BankLine, return_checks
from countertui.counter.station import Session, Station
from countertui.counter.take_payment import CartChanged, Taken, take_payment
from countertui.counter.void_receipt import void_now
from countertui.domain.license_acts import TermData
from countertui.domain.license_file import License
from countertui.domain.license_states import State, Step, StepRefused
from countertui.domain.license_term_charges import charge_id
from countertui.domain.money import Cents
from countertui.domain.receipts import AccountLine, settle_line
from countertui.domain.receivables import ApplyRefused
from countertui.domain.refusal import Refused
from countertui.domain.tenders import Tender
from countertui.ledger.books import open_books
from countertui.ledger.fsck import fsck
from countertui.ledger.license_list import taken_for_licenses
from countertui.store.store import read_body
from countertui.store.verify import verify_derived

LATE = "Late penalty"


def term(number: str, begins: str = "2026-07-01", due: str = "2026-07-31") -> TermData:
    """A term of the demo city's: 100.00 of its own, 4.00 for the state. Due in July it is 4 months late by TODAY."""
    charges = [
        {
            "id": charge_id(number, begins, code),
            "head": "license",
            "gl": "100-4210",
            "description": words,
            "cents": cents,
            "ordinance": "AFMC 5.04.060",
            "working": [["flat", str(cents)]],
        }
        for code, words, cents in (("BASE", "Base fee", 100_00), ("STATE", "State fee", 4_00))
    ]
    return TermData(begins=begins, ends="2027-06-30", due=due, charges=charges)  # type: ignore[typeddict-item]


def owing(station: Station, **days: str) -> License:
    """A license whose first term is assessed and unpaid."""
    lead = on(station, "lena")
    license_ = filed(station, on(station, "ben"))
    license_ = act(station, lead, None, license_, Step.REVIEW, {"reviews": {"fire": "passed"}})
    license_ = act(station, lead, None, license_, Step.APPROVE)
    return act(station, lead, None, license_, Step.ASSESS, term=term(license_.number, **days))


def pay_line(station: Station, session: Session, line: AccountLine, *tenders: Tender) -> Taken:
    cart = replace(new_cart(station), lines=(line,))
    return take_payment(station, session, cart, tenders or (cash(line.amount),))


def raised(line: AccountLine) -> list[tuple[str, int]]:
    return [(one.description, one.cents) for one in line.raised]


def raised_of(station: Station, receipt: Taken) -> list[dict[str, Any]]:
    """What the record of a receipt raised."""
    (seq,) = station.db.execute("SELECT seq FROM receipt WHERE receipt_no = ?", (receipt.receipt_no,)).fetchone()
    return list(read_body(station.db, seq)["data"]["raised"])


def state(station: Station, number: str) -> State:
    found = license_here(station, station.db, number)
    assert found is not None
    return found.state


def unpaid(station: Station, number: str) -> int:
    found = license_here(station, station.db, number)
    assert found is not None
    return found.unpaid


@pytest.fixture
def with_ledger(tmp_path: Path) -> Iterator[Station]:
    opened = open_station(new_folder(tmp_path, with_ledger=True))
    yield opened
    close(opened)


def test_late_by_four_months_it_bears_forty_percent_of_what_is_the_citys(station: Station) -> None:
    _, session = at_work(station)
    number = owing(station).number
    line = open_account(station, number)
    assert raised(line) == [(LATE, 40_00)]
    assert line.amount == 144_00
    before = explain(station, number)
    assert (before.owed, [(step.what, step.cents) for step in before.if_paid[0].steps]) == (
        104_00,
        [("Late penalty: 4 months late at 10%: 40% of 100.00", 40_00)],
    )
    receipt = pay_line(station, session, line)
    data = last(station)["data"]
    (one,) = data["raised"]
    assert (one["license"], one["code"], one["cents"], one["gl"]) == (number, "LATE", 40_00, "100-4210")
    assert one["charge"] == f"{number}/2026-07-01/LATE/{last(station)['id']}"
    assert [part["cents"] for part in data["lines"][0]["allocations"]] == [40_00, 100_00, 4_00]
    assert open_account(station, number).charges == ()
    late = next(each for each in explain(station, number).workings if each.charge.description == LATE)
    assert [(step.what, step.cents) for step in late.steps] == [
        ("Late penalty: 4 months late at 10%: 40% of 100.00", 40_00),
        (f"Receipt {receipt.receipt_no}", -40_00),
    ]
    again = reopened(station)
    try:
        assert verify_derived(again.db) == []
    finally:
        close(again)


def test_a_void_takes_the_penalty_with_it_and_moves_the_license_back(station: Station) -> None:
    person, session = at_work(station)
    license_ = owing(station)
    receipt = pay_line(station, session, open_account(station, license_.number))
    license_ = act(station, person, session, license_, Step.ISSUE)
    assert state(station, license_.number) is State.ISSUED
    void_now(station, person, on(station, "lena"), receipt.receipt_no, "Wrong account")
    assert state(station, license_.number) is State.FEES_DUE
    line = open_account(station, license_.number)
    assert sum(charge.balance for charge in line.charges) == 104_00
    assert (raised(line), line.amount) == ([(LATE, 40_00)], 144_00)
    pay_line(station, session, line)
    assert open_account(station, license_.number).charges == ()
    again = reopened(station)
    try:
        assert verify_derived(again.db) == []
    finally:
        close(again)


def test_an_owner_of_several_places_pays_for_all_in_one_payment_and_a_void_takes_all_back(station: Station) -> None:
    person, session = at_work(station)
    numbers = [owing(station).number for _ in range(3)]
    lines = tuple(open_account(station, number) for number in numbers)
    total = Cents(sum(line.amount for line in lines))
    assert total == 3 * 144_00
    receipt = take_payment(station, session, replace(new_cart(station), lines=lines), (check(total, "1041"),))
    for number in numbers:
        here = license_here(station, station.db, number)
        assert here is not None
        assert here.unpaid == 0
        act(station, person, session, here, Step.ISSUE)
    assert {one["license"] for one in raised_of(station, receipt)} == set(numbers)
    void_now(station, person, on(station, "lena"), receipt.receipt_no, "One check for all came back")
    assert {state(station, number) for number in numbers} == {State.FEES_DUE}
    assert [open_account(station, number).amount for number in numbers] == [144_00] * 3


def test_a_part_pays_the_penalty_first_and_it_is_not_raised_again(station: Station) -> None:
    _, session = at_work(station)
    number = owing(station).number
    pay_line(station, session, with_amount(open_account(station, number), Cents(60_00)))
    line = open_account(station, number)
    assert [(charge.description, charge.balance) for charge in line.charges] == [
        ("Base fee", 80_00),
        ("State fee", 4_00),
    ]
    assert raised(line) == []
    pay_line(station, session, line)
    assert open_account(station, number).charges == ()


def test_by_hand_the_penalty_may_wait_and_is_owed(station: Station) -> None:
    _, session = at_work(station)
    number = owing(station).number
    line = open_account(station, number)
    parts = {charge.id: charge.balance for charge in line.payable if charge.description != LATE}
    pay_line(station, session, with_parts(line, parts, "The council waives nothing yet"))
    (left,) = open_account(station, number).charges
    assert (left.description, left.balance) == (LATE, 40_00)
    assert state(station, number) is State.FEES_DUE
    unpaid = license_here(station, station.db, number)
    assert unpaid is not None
    with pytest.raises(StepRefused, match=r"40\.00 is unpaid"):
        act(station, on(station, "lena"), None, unpaid, Step.ISSUE)


def test_a_penalty_counts_from_the_day_it_was_raised_on(with_ledger: Station) -> None:
    """Asked how the license stood before, nobody hears of a penalty that a payment raised later and paid."""
    station = with_ledger
    number = owing(station).number
    clock_of(station).go_on(24 * 3600)
    session = open_drawer(station, on(station, "rosa"), "D1", date(2026, 11, 24), FUND)
    line = open_account(station, number)
    pay_line(station, session, line)
    assert line.amount > 104_00
    for _ in range(2):
        stood = [license_as_of(station, station.db, number, date(2026, 11, day)) for day in (23, 24)]
        assert [one and one.unpaid for one in stood] == [104_00, 0]
        posted(station)
        taken(station)


def test_a_discount_is_for_who_pays_all_early(station: Station) -> None:
    _, session = at_work(station)
    number = owing(station, begins="2026-12-31", due="2026-12-31").number
    line = open_account(station, number)
    assert (raised(line), line.amount) == ([("Early payment discount", -2_00)], 102_00)
    pay_line(station, session, with_amount(line, Cents(100_00)))
    assert "raised" not in last(station)["data"]
    assert open_account(station, number).amount == 2_00  # its discount was of the whole, and is for who pays the rest


def test_a_check_that_comes_back_takes_what_it_raised_with_it(station: Station) -> None:
    _, session = at_work(station)
    number = owing(station).number
    receipt = pay_line(station, session, open_account(station, number), check(144_00, "1041"))
    assert open_account(station, number).charges == ()
    commit_count(station, on(station, "rosa"), session, *count_all(station, session))
    close_drawer(station, on(station, "rosa"), session, "")
    came_back(station, receipt, 144_00)
    line = open_account(station, number)
    owed = {charge.description: charge.balance for charge in line.charges}
    assert (owed["Base fee"], owed["State fee"]) == (100_00, 4_00)
    assert LATE not in owed
    assert raised(line) == [(LATE, 40_00)]


def test_a_cart_of_another_day_is_made_anew(station: Station) -> None:
    person, session = at_work(station)
    number = owing(station).number
    line = open_account(station, number)
    stale = replace(line, raised=(replace(line.raised[0], cents=Cents(30_00)),), amount=Cents(134_00))
    with pytest.raises(CartChanged):
        pay_line(station, session, stale)
    held = Held(replace(new_cart(station), lines=(stale,)))
    save_cart(station, person, held)
    park_cart(station, person, held)
    back = take_back(station, held.cart.id)
    assert back.cart.lines == (stale,)
    now = renewed(station, back)
    assert (now.held.cart.lines, now.changes) == ((line,), (f"{number} changed, now owes 144.00.",))


def test_the_postmark_decides_for_mail(station: Station) -> None:
    _, session = at_work(station)
    number = owing(station).number
    line = open_account(station, number, postmarked="2026-08-03")
    assert raised(line) == [(LATE, 10_00)]
    cart = replace(new_cart(station), lines=(line,))
    with pytest.raises(CartChanged):
        take_payment(station, session, cart, [cash(line.amount)])
    take_payment(station, session, replace(cart, postmarked="2026-08-03"), [cash(line.amount)])
    assert last(station)["data"]["postmarked"] == "2026-08-03"
    assert open_account(station, number).charges == ()


def test_the_ledger_comes_to_the_same_and_so_does_the_next_snapshot(with_ledger: Station) -> None:
    station = with_ledger
    person, session = at_work(station)
    one, two, three = (owing(station).number for _ in range(3))
    pay_line(station, session, open_account(station, one))
    receipt = pay_line(station, session, open_account(station, two))
    void_now(station, person, on(station, "lena"), receipt.receipt_no, "Wrong account")
    pay_line(station, session, with_amount(open_account(station, three), Cents(60_00)))
    before = [open_account(station, number) for number in (one, two, three)]
    posted(station)
    books = open_books(station.store.folder / "ledger")
    try:
        with books.reading() as connection:
            items = connection.exec_driver_sql("SELECT reason, detail FROM error_item").all()
            money = taken_for_licenses(connection, "2026-01-01", "2026-12-31")
        assert [tuple(item) for item in items] == []
        # What the void took back, penalty and all, was not taken.
        assert {(each.head, each.cents) for each in money} == {("license", 104_00 + 20_00), ("penalty", 80_00)}
        assert fsck(books).differences == ()
    finally:
        books.close()
    taken(station)
    after = [open_account(station, number) for number in (one, two, three)]
    assert [(line.amount, raised(line)) for line in after] == [(line.amount, raised(line)) for line in before]
    assert [line.amount for line in after] == [0, 144_00, 84_00]
    steps = [step for step in station.reference.steps(three) if "/LATE/" in step.charge]
    assert [(step.what, step.cents, step.ordinance) for step in steps] == [
        ("Late penalty: 4 months late at 10%: 40% of 100.00", 40_00, "AFMC 5.04.110"),
        ("Receipt T1-3", -40_00, ""),
    ]


def test_a_discount_is_lost_with_a_part_that_comes_back_here_and_in_the_books(with_ledger: Station) -> None:
    """The ledger comes to what was owed here at once; the rest of the check takes back the rest, and no more."""
    station = with_ledger
    _, session = at_work(station)
    number = owing(station, begins="2026-12-31", due="2026-12-31").number
    receipt = pay_line(station, session, open_account(station, number), check(60_00, "1040"), check(42_00, "1041"))
    commit_count(station, on(station, "rosa"), session, *count_all(station, session))
    close_drawer(station, on(station, "rosa"), session, "")
    fee = station.rules.returned_check_fee
    for reference, cents, owed in (("1041", 42_00, 44_00), ("1040", 60_00, 104_00)):
        came_back(station, receipt, cents, reference)
        before = owed_of(station, number)
        posted(station)
        taken(station)
        assert owed_of(station, number) == before
        assert sum(before.values()) == owed + fee * (1 if cents == 42_00 else 2)
    books = open_books(station.store.folder / "ledger")
    try:
        assert fsck(books).differences == ()
    finally:
        books.close()


def test_what_was_paid_too_much_pays_the_term_where_somebody_applies_it_and_nothing_that_is_late(
    with_ledger: Station,
) -> None:
    """What is owed in all came to nothing then, and the license stayed unpaid for ever: nobody could pay it."""
    station = with_ledger
    person, session = at_work(station)
    number = owing(station).number
    first = pay_line(station, session, replace(put_on_account(open_account(station, number)), amount=Cents(104_00)))
    posted(station)
    taken(station)
    (one,) = [each for each in unapplied(station) if each.account == number]
    assert (one.credit, one.owed) == (104_00, 104_00)
    chosen = [charge.id for charge in one.invoices]
    with pytest.raises(ApplyRefused, match=r"40\.00 is due with it"):
        apply_credit(station, session, number, chosen)
    line = open_account(station, number)
    assert (line.amount, raised(line)) == (40_00, [(LATE, 40_00)])
    pay_line(station, session, line)
    assert unpaid(station, number) == 104_00
    assert apply_credit(station, session, number, chosen) == 104_00
    assert open_account(station, number).charges == ()
    assert unpaid(station, number) == 0
    with pytest.raises(Refused, match="on account of"):  # its money pays the term: that is taken back first
        void_now(station, person, on(station, "lena"), first.receipt_no, "Wrong account")
    posted(station)
    taken(station)
    assert (open_account(station, number).charges, unpaid(station, number)) == ((), 0)
    books = open_books(station.store.folder / "ledger")
    try:
        with books.reading() as connection:
            assert connection.exec_driver_sql("SELECT reason FROM error_item").all() == []
        assert fsck(books).differences == ()
    finally:
        books.close()
    assert verify_derived(station.db) == []


def test_a_discount_of_the_snapshot_goes_with_the_void_of_its_payment(with_ledger: Station) -> None:
    """Taken back here, it counted as raised a second time: 2.00 too little was asked for until the next snapshot."""
    station = with_ledger
    person, session = at_work(station)
    number = owing(station, begins="2026-12-31", due="2026-12-31").number
    line = open_account(station, number)
    receipt = pay_line(station, session, line)
    posted(station)
    taken(station)
    void_now(station, person, on(station, "lena"), receipt.receipt_no, "Wrong account")
    assert owed_of(station, number) == {"Base fee": 100_00, "State fee": 4_00}
    assert open_account(station, number).amount == line.amount
    posted(station)
    taken(station)
    assert open_account(station, number).amount == line.amount


def test_a_credit_is_applied_before_a_discount_is_asked_for(station: Station) -> None:
    """What was asked for was 2.00 short: the credit pays off nothing by itself, so that no discount held."""
    _, session = at_work(station)
    number = owing(station, begins="2026-12-31", due="2026-12-31").number
    pay_line(station, session, replace(put_on_account(open_account(station, number)), amount=Cents(10_00)))
    line = open_account(station, number)
    assert (raised(line), line.amount) == ([("Early payment discount", -2_00)], 94_00)
    assert settle_line(line, station.rules.order).owed_after == 0
    apply_credit(station, session, number, [charge.id for charge in line.charges if charge.balance > 0])
    line = open_account(station, number)
    assert line.amount == 92_00
    pay_line(station, session, line)
    assert (open_account(station, number).charges, unpaid(station, number)) == ((), 0)


def owed_of(station: Station, number: str) -> dict[str, int]:
    return {charge.description: charge.balance for charge in open_account(station, number).charges}


def came_back(station: Station, receipt: Taken, cents: int, reference: str = "1041") -> None:
    """Two technicians say that the bank sent a receipt's check back."""
    line = BankLine(reference, Cents(cents), "NSF", receipt.receipt_no)
    return_checks(station, on(station, "tess"), on(station, "omar"), [line])


def test_a_term_of_before_the_citys_rows_raises_nothing_and_it_is_said_why(station: Station) -> None:
    """The demo city's rows begin on July 1st."""
    number = owing(station, begins="2026-01-01", due="2026-01-31").number
    assert open_account(station, number).raised == ()
    told = explain(station, number).if_paid
    assert [one.charge.description for one in told] == ["If paid 11/23/2026: nothing is added for being late"]
    assert told[0].charge.balance == 0
    assert told[0].steps[0].what == "the city had no row for it on 01/01/2026, the term's first day"
    late = owing(station).number
    assert all(one.charge.balance > 0 for one in explain(station, late).if_paid), "where there are rows, they raise"
