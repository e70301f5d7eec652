"""Checks that came back, at the terminal: matched, taken back by two, in force at once, each payor told."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counter_day import count_all
from counter_station import at_work, card, cart_of, cash, check, drawer_of, fee, kinds, last, on, owing, pay
from countertui.counter.balances import open_charges
from countertui.counter.cart import new_cart
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.drafts import Form, forms, keep_draft
from countertui.counter.find import find, open_account, with_amount
from countertui.counter.receipts import receipt_text
from countertui.counter.refund_receipt import RefundRefused, approve_request, ask_refund
from countertui.counter.returned_checks import (
    BankLine,
    ReturnRefused,
    TakenBack,
    check_on,
    lines_kept,
    lines_to_keep,
    match,
    return_checks,
)
from countertui.counter.station import Person, Session, Station
from countertui.counter.take_payment import take_payment
from countertui.counter.tape import tape
from countertui.counter.tenders_allowed import tenders_broken
from countertui.counter.void_receipt import VoidRefused, ask_void, refuse_request, void_now
from countertui.domain.balances import Movement
from countertui.domain.card_guard import CardNumberRefused
from countertui.domain.cash_back import CashBack
from countertui.domain.money import Cents
from countertui.domain.receipts import Cart
from countertui.domain.record_data import RefundMethod
from countertui.domain.returned_checks import (
    NotAsMuchError,
    fee_charge_of,
    given_charge,
    given_in_cash,
    shares_back,
)
from countertui.domain.rights import NotAllowed
from countertui.domain.tender_rules import Limit, ReturnedChecks
from countertui.domain.tenders import Tender, TenderKind
from countertui.store import receipt_rows
from countertui.store.reference import Reference
from countertui.store.reference_receipts import PastReceipts
from countertui.store.reference_rows import PastReceipt
from countertui.store.verify import verify_derived
from thoroughly import examples

FEE = 35_00


@pytest.fixture
def session(station: Station) -> Session:
    return at_work(station)[1]


@pytest.fixture
def tess(station: Station) -> Person:
    return on(station, "tess")


@pytest.fixture
def omar(station: Station) -> Person:
    return on(station, "omar")


def paid(station: Station, session: Session, account: str, *tenders: Tender) -> str:
    cents = Cents(sum(tender.cents for tender in tenders))
    return pay(station, session, with_amount(open_account(station, account), cents), tenders=tenders).receipt_no


def shut(station: Station, session: Session) -> None:
    person = on(station, session.operator)
    commit_count(station, person, session, *count_all(station, session))
    close_drawer(station, person, session, "")


def owed(station: Station, account: str) -> dict[str, int]:
    row = station.reference.account(account)
    assert row is not None
    return {each.id: each.balance for each in open_charges(station, station.db, account, row.credit_gl)}


def bank(reference: str, cents: int, receipt_no: str = "", reason: str = "NSF") -> BankLine:
    return BankLine(reference, Cents(cents), reason, receipt_no)


def back(station: Station, asker: Person, approver: Person, *lines: BankLine) -> TakenBack:
    return return_checks(station, asker, approver, lines)


def test_charges_are_owed_again_with_the_fee_and_the_notice_is_printed(
    station: Station, session: Session, tess: Person, omar: Person
) -> None:
    account = owing()[0]
    before = owed(station, account)
    number = paid(station, session, account, check(20_00, "1041"))
    shut(station, session)
    assert owed(station, account) != before
    done = back(station, tess, omar, bank("1041", 20_00))
    charge = fee_charge_of("T1", 1, station.store.tip()[0], 0)
    assert owed(station, account) == before | {charge: FEE}
    record = last(station)
    assert (record["kind"], record["operator"], record["approver"]) == ("checks_returned", "tess", "omar")
    assert (record["session"], record["biz_date"], done.cents) == (None, "2026-11-23", 20_00)
    assert record["data"]["checks"][0]["fee_gl"] == station.rules.returned_check_gl
    found = receipt_rows.receipt(station.db, number)
    assert found is not None
    assert found.state == "returned"
    assert any("CHECK RETURNED UNPAID" in line for line in receipt_text(station, number))
    (job,) = station.db.execute("SELECT receipt_no, document FROM print_job WHERE kind = 'notice'").fetchall()
    assert job[0] == number
    assert json.loads(job[1])["kind"] == "notice"
    notice = "\n".join(done.notices[0])
    for words in ("NOTICE OF A RETURNED CHECK", "Check 1041", "NSF", "20.00", "35.00", "55.00", "DEMO", account):
        assert words in notice
    (shown,) = find(station, account)
    assert (shown.due_cents, shown.flags.split()) == (sum(before.values()) + FEE, ["returned-check"])
    assert shown in [replace(one, exact=True) for one in find(station, shown.name)]
    assert any(entry.what.startswith("1 check back") for entry in tape(station))


def test_the_fee_is_paid_here_before_the_ledger_knows_of_it(
    station: Station, session: Session, tess: Person, omar: Person
) -> None:
    account = owing()[0]
    paid(station, session, account, check(20_00))
    shut(station, session)
    back(station, tess, omar, bank("1041", 20_00))
    everything = open_account(station, account)
    ben = on(station, "ben")

    later = drawer_of(station, ben, "D2")
    pay(station, later, everything)
    assert owed(station, account) == {}


def giving_cash_back(station: Station) -> None:
    rules = replace(station.rules.tenders, cash_back=(CashBack(TenderKind.CHECK, Cents(50_00)),))
    station.rules = replace(station.rules, tenders=rules)


def test_cash_given_back_on_it_is_owed_as_well(station: Station, session: Session, tess: Person, omar: Person) -> None:
    giving_cash_back(station)
    account = owing()[0]
    before = owed(station, account)
    line = with_amount(open_account(station, account), Cents(20_00))
    number = pay(station, session, line, tenders=[check(32_00, "1041")]).receipt_no
    shut(station, session)
    done = back(station, tess, omar, bank("1041", 32_00))
    fee_id = fee_charge_of("T1", 1, station.store.tip()[0], 0)
    assert owed(station, account) == before | {fee_id: FEE, given_charge(fee_id): 12_00}
    assert (done.checks[0].given_cents, last(station)["data"]["checks"][0]["given_cents"]) == (12_00, 12_00)
    assert "67.00" in "\n".join(done.notices[0])  # the whole check and the fee
    found = receipt_rows.receipt(station.db, number)
    assert found is not None
    assert found.state == "returned"
    everything = open_account(station, account)
    assert everything.amount == sum(before.values()) + FEE + 12_00
    pay(station, drawer_of(station, on(station, "ben"), "D2"), everything)
    assert owed(station, account) == {}
    assert verify_derived(station.db) == []


@pytest.mark.parametrize("order", ["78", "87"])
def test_of_two_checks_with_cash_back_all_comes_back_whichever_is_first(
    station: Station, session: Session, tess: Person, omar: Person, order: str
) -> None:
    giving_cash_back(station)
    account = owing()[0]
    before = owed(station, account)
    total = sum(before.values())
    cents = {"7": total - 5_00, "8": 25_00}
    line = with_amount(open_account(station, account), Cents(total))
    pay(station, session, line, tenders=[check(cents[name], name) for name in "78"])
    shut(station, session)
    for name in order:
        back(station, tess, omar, bank(name, cents[name]))
    left = owed(station, account)
    assert {id_: each for id_, each in left.items() if id_ in before} == before
    assert sum(left.values()) == total + 20_00 + 2 * FEE
    assert verify_derived(station.db) == []


def test_one_check_of_two_takes_back_its_own_part_and_then_the_other(
    station: Station, session: Session, tess: Person, omar: Person
) -> None:
    account = owing()[0]
    before = owed(station, account)
    total = sum(before.values())
    paid(station, session, account, check(total - 5_00, "7"), check(5_00, "8"))
    shut(station, session)
    back(station, tess, omar, bank("8", 5_00))
    assert sum(owed(station, account).values()) == 5_00 + FEE
    back(station, tess, omar, bank("7", total - 5_00))
    left = owed(station, account)
    assert {id_: cents for id_, cents in left.items() if id_ in before} == before
    assert sum(left.values()) == total + 2 * FEE


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (bank("999", 20_00), "No check 999"),
        (bank("1041", 20_01), "was 20.00 of T1-1; the bank says 20.01"),
        (bank("1041", 20_00, "T1-2"), "was not paid with check 1041"),
        (bank("OK7731", 5_00), "No check OK7731"),
        (bank("1041", 20_00, "T9-9"), "no receipt T9-9"),
        (bank("", 20_00), "number is needed"),
        (bank("1041", 0), "amount is needed"),
        (bank("1041", 20_00, reason=" "), "A reason is needed"),
        (bank("77", 3_00), "came back before"),
        (bank("78", 4_00), "already void"),
        (bank("79", 4_50), "already refunded"),
        (bank("5", 2_00), "T1-6, T1-7 have a check 5"),
        (bank("6", 1_00), "still in drawer D2"),
    ],
)
def test_what_can_not_come_back_says_why(
    station: Station, session: Session, tess: Person, omar: Person, line: BankLine, why: str
) -> None:
    lena = on(station, "lena")
    rosa = on(station, "rosa")
    account, other = owing()[:2]
    paid(station, session, account, check(20_00, "1041"))
    paid(station, session, other, card(5_00))
    paid(station, session, other, check(3_00, "77"))
    void_now(station, rosa, lena, paid(station, session, other, check(4_00, "78")), "Wrong account")
    gone = paid(station, session, other, check(4_50, "79"))
    paid(station, session, account, check(2_00, "5"))
    paid(station, session, other, check(2_00, "5"))
    shut(station, session)
    ask_refund(station, rosa, gone, "Paid twice", RefundMethod.AP_CHECK)
    approve_request(station, lena, gone)

    paid(station, drawer_of(station, on(station, "ben"), "D2"), other, check(1_00, "6"))
    back(station, tess, omar, bank("77", 3_00))
    before = kinds(station)
    with pytest.raises(ReturnRefused, match=why):
        match(station, line)
    with pytest.raises(ReturnRefused, match=why):
        back(station, tess, omar, bank("1041", 20_00) if line.reference == "77" else line, line)
    assert kinds(station) == before


def test_a_list_is_done_whole_or_not_at_all(station: Station, session: Session, tess: Person, omar: Person) -> None:
    first, second = owing()[:2]
    paid(station, session, first, check(20_00, "11"))
    paid(station, session, second, check(30_00, "0012"))
    shut(station, session)
    lines = [bank("11", 20_00), bank("12", 30_00)]
    with pytest.raises(ReturnRefused, match="No check 13"):
        back(station, tess, omar, *lines, bank("13", 1))
    with pytest.raises(ReturnRefused, match="in the list already"):
        back(station, tess, omar, *lines, bank("0011", 20_00))
    done = back(station, tess, omar, *lines)
    assert [one.line.reference for one in done.checks] == ["11", "0012"]
    assert kinds(station).count("checks_returned") == 1
    assert len(done.notices) == 2
    with pytest.raises(ReturnRefused, match="came back before"):
        back(station, tess, omar, *lines)
    assert kinds(station).count("checks_returned") == 1


@pytest.mark.parametrize(
    ("asker", "approver"), [("rosa", "lena"), ("lena", "tess"), ("tess", "tess"), ("tess", "rosa"), ("ada", "tess")]
)
def test_it_takes_a_technician_and_a_lead_or_another(
    station: Station, session: Session, asker: str, approver: str
) -> None:
    paid(station, session, owing()[0], check(20_00))
    shut(station, session)
    with pytest.raises(NotAllowed):
        back(station, on(station, asker), on(station, approver), bank("1041", 20_00))
    assert "checks_returned" not in kinds(station)


def test_who_took_part_in_a_receipt_does_not_take_it_back(
    station: Station, session: Session, tess: Person, omar: Person
) -> None:
    """A lead let the check be taken; a technician takes it back, and another one agrees."""
    lena = on(station, "lena")
    limit = Limit(TenderKind.CHECK, most=Cents(1), by_approval=True)
    station.rules = replace(station.rules, tenders=replace(station.rules.tenders, limits=(limit,)))
    line = with_amount(open_account(station, owing()[0]), Cents(20_00))
    take_payment(station, session, cart_of(station, line), [check(20_00)], lena)
    shut(station, session)
    with pytest.raises(NotAllowed, match="took part in receipt T1-1"):
        back(station, tess, lena, bank("1041", 20_00))
    assert "checks_returned" not in kinds(station)
    assert back(station, tess, omar, bank("1041", 20_00)).cents == 20_00


def test_a_receipt_whose_check_came_back_is_neither_voided_nor_refunded(
    station: Station, session: Session, tess: Person, omar: Person
) -> None:
    number = paid(station, session, owing()[0], check(20_00))
    shut(station, session)
    rosa, lena = on(station, "rosa"), on(station, "lena")
    ask_refund(station, rosa, number, "Paid twice", RefundMethod.AP_CHECK)
    back(station, tess, omar, bank("1041", 20_00))
    with pytest.raises(VoidRefused, match="Nothing is asked"):
        approve_request(station, lena, number)
    with pytest.raises(RefundRefused, match="came back unpaid"):
        ask_refund(station, rosa, number, "Paid twice", RefundMethod.AP_CHECK)
    with pytest.raises(VoidRefused, match="came back unpaid"):
        ask_void(station, rosa, number, "Wrong account")


def test_what_another_office_took_back_is_refused_here_once_it_is_known(
    station: Station, session: Session, tess: Person, omar: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = owing()[0]
    number, asked = paid(station, session, account, check(20_00)), paid(station, session, account, check(5_00, "8"))
    shut(station, session)
    rosa, lena = on(station, "rosa"), on(station, "lena")
    ask_refund(station, rosa, asked, "Paid twice", RefundMethod.AP_CHECK)
    monkeypatch.setattr(Reference, "checks_back", lambda _, no: {number: ["1041"], asked: ["8"]}.get(no, []))
    before = kinds(station)
    with pytest.raises(ReturnRefused, match="came back before"):
        back(station, tess, omar, bank("1041", 20_00))
    with pytest.raises(RefundRefused, match="came back unpaid"):
        ask_refund(station, rosa, number, "Paid twice", RefundMethod.AP_CHECK)
    with pytest.raises(VoidRefused, match="came back unpaid"):
        void_now(station, rosa, lena, number, "Wrong account")
    with pytest.raises(VoidRefused, match="came back unpaid"):
        approve_request(station, lena, asked)
    assert kinds(station) == before
    refuse_request(station, lena, asked, "Its check came back")


def test_another_terminals_receipt_that_was_voided_has_no_check_to_return(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = PastReceipt("T9-1", owing()[0], "2026-11-20", "Somebody", 20_00, voided=True)
    monkeypatch.setattr(PastReceipts, "receipt", lambda *_: [gone])
    with pytest.raises(ReturnRefused, match="taken back before"):
        match(station, bank("55", 20_00, "T9-1"))


def test_a_receipt_gives_its_one_check(station: Station, session: Session) -> None:
    one = paid(station, session, owing()[0], check(20_00, "11"), cash(5_00))
    two = paid(station, session, owing()[1], check(2_00, "12"), check(1_00, "13"))
    none = paid(station, session, owing()[1], card(2_00))
    assert check_on(station, one.lower()) == ("11", 20_00)
    for number, why in ((two, "several checks"), (none, "no check"), ("T1-99", "no receipt"), ("", "no receipt")):
        with pytest.raises(ReturnRefused, match=why):
            check_on(station, number)


def test_what_is_recorded_is_no_half_filled_form_any_more(
    station: Station, session: Session, tess: Person, omar: Person
) -> None:
    paid(station, session, owing()[0], check(20_00))
    shut(station, session)
    keep_draft(station, tess, Form.RETURNED_CHECK, "", {"number": "1041"})
    keep_draft(station, tess, Form.RETURNED_LIST, "", lines_to_keep([bank("1041", 20_00)]))
    assert len(forms(station)) == 2
    back(station, tess, omar, bank("1041", 20_00))
    assert forms(station) == []


def test_a_list_is_kept_as_texts_and_comes_back() -> None:
    lines = [bank("11", 20_00), bank("12", 5_00, "T9-1", "Account closed")]
    assert lines_kept(lines_to_keep(lines)) == lines
    assert lines_kept({"0.cents": "5", "1.reference": "7", "1.cents": "x"}) == []


def test_the_account_takes_no_check_from_then_on(
    station: Station, session: Session, tess: Person, omar: Person
) -> None:
    account = owing()[0]
    rules = replace(station.rules.tenders, returned=ReturnedChecks(2, 365))
    station.rules = replace(station.rules, tenders=rules)
    for n in range(2):
        paid(station, session, account, check(1_00, str(100 + n)))
    shut(station, session)
    cart = Cart(new_cart(station).id, (open_account(station, account),))
    assert tenders_broken(station, "2026-11-23", cart, [check(1_00)]) == ()
    done = back(station, tess, omar, *(bank(str(100 + n), 1_00) for n in range(2)))
    (breach,) = tenders_broken(station, "2026-11-23", cart, [check(1_00)])
    assert "came back since" in breach.words
    assert any("no check is taken" in line for line in done.notices[-1])


def test_another_terminals_receipt_is_found_in_the_snapshot(station: Station, tess: Person, omar: Person) -> None:
    rows = station.reference.file.rows(
        "SELECT receipt_no, account, payor FROM receipt_history WHERE voided = 0 LIMIT 1"
    )
    receipt_no, account, payor = rows[0]
    found = match(station, bank("55", 12_00, receipt_no.lower()))
    assert (found.receipt_no, found.account, found.payor, found.original) == (receipt_no, account, payor, None)
    before = owed(station, account)
    back(station, tess, omar, bank("55", 12_00, receipt_no))
    charge = fee_charge_of("T1", 1, station.store.tip()[0], 0)
    assert owed(station, account) == before | {charge: FEE}
    with pytest.raises(ReturnRefused, match="came back before"):
        match(station, bank("55", 12_00, receipt_no))


def test_a_check_for_fees_alone_has_no_account_to_charge(
    station: Station, session: Session, tess: Person, omar: Person
) -> None:
    line = fee(station)
    pay(station, session, line, tenders=[check(line.amount, "9")], payor="Somebody")
    shut(station, session)
    done = back(station, tess, omar, bank("9", line.amount))
    assert (done.checks[0].account, done.checks[0].fee_cents) == (None, 0)
    assert "Somebody" in "\n".join(done.notices[0])


def test_no_card_number_is_kept_of_what_is_typed(station: Station, tess: Person, omar: Person) -> None:
    for line in (bank("4111111111111111", 1), bank("1", 1, reason="4111111111111111")):
        with pytest.raises(CardNumberRefused):
            match(station, line)


def test_derived_tables_follow_from_the_journal(station: Station, session: Session, tess: Person, omar: Person) -> None:
    first, second = owing()[:2]
    paid(station, session, first, check(20_00, "11"), cash(10_00))
    paid(station, session, second, check(30_00, "12"))
    shut(station, session)
    back(station, tess, omar, bank("11", 20_00), bank("12", 30_00))
    assert verify_derived(station.db) == []


_PARTS = st.lists(st.integers(1, 50_00), min_size=1, max_size=6)


@settings(max_examples=examples(80), deadline=None)
@given(_PARTS, st.data())
def test_checks_take_back_what_was_paid_whatever_their_order(parts: list[int], data: st.DataObject) -> None:
    moves = [Movement("A", f"C{n}", "gl", "water", cents) for n, cents in enumerate(parts)]
    left, gone = sum(parts), []
    while left:
        cents = data.draw(st.integers(1, left))
        gone += shares_back(moves, cents, gone)
        left -= cents
    sums: dict[str | None, int] = {}
    for share in gone:
        sums[share["charge"]] = sums.get(share["charge"], 0) - share["cents"]
    assert sums == {f"C{n}": cents for n, cents in enumerate(parts)}
    with pytest.raises(NotAsMuchError):
        shares_back(moves, 1, gone)


@settings(max_examples=examples(80), deadline=None)
@given(_PARTS, st.integers(0, 60_00), st.data())
def test_whatever_came_back_is_what_was_paid_and_the_cash(parts: list[int], cash: int, data: st.DataObject) -> None:
    moves = [Movement("A", f"C{n}", "gl", "water", cents) for n, cents in enumerate(parts)]
    paid = {"total_cents": sum(parts), "cash_back_cents": cash}
    left, before, given, gone = sum(parts) + cash, 0, 0, []
    while left:
        cents = data.draw(st.integers(1, left))
        in_cash = given_in_cash(paid, cents, before)
        assert 0 <= in_cash <= cents
        gone += shares_back(moves, cents - in_cash, gone)
        given, before, left = given + in_cash, before + cents, left - cents
    assert (given, -sum(share["cents"] for share in gone)) == (cash, sum(parts))
    with pytest.raises(NotAsMuchError):
        given_in_cash(paid, 1, before)
