"""A visit is paid with the tenders that the city's rules let it be paid with, but for a lead's approval."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counter_station import FUND, at_work, body, card, cart_of, cash, check, fee, kinds, money_order, on, pay
from countertui.counter.figures import figures_of
from countertui.counter.find import open_account, with_amount
from countertui.counter.station import Session, Station
from countertui.counter.take_payment import take_payment
from countertui.counter.tenders_allowed import TenderNotAllowed, tenders_broken
from countertui.counter.void_receipt import void_now
from countertui.domain.card_slips import CardSlip
from countertui.domain.cash_back import CashBack
from countertui.domain.cash_rounding import CashRounding
from countertui.domain.money import Cents
from countertui.domain.paper_books import PaperReceipt
from countertui.domain.receipts import AccountLine, SettlementRefused, settle_line
from countertui.domain.rights import NotAllowed
from countertui.domain.tender_rules import Accepts, Field, Limit, Requires, ReturnedChecks, Scope
from countertui.domain.tenders import TenderKind
from countertui.store.reference import Reference
from countertui.store.verify import verify_derived


@pytest.fixture
def session(station: Station) -> Session:
    return at_work(station)[1]


def line_of(station: Station, flags: str) -> AccountLine:
    """10.00 for the first utility account with exactly these flags."""
    sql = "SELECT number FROM account WHERE kind = 'utility' AND flags = ? ORDER BY number LIMIT 1"
    (number,) = station.reference.file.rows(sql, flags)[0]
    return with_amount(open_account(station, number), Cents(10_00))


def test_a_check_for_a_cash_only_account_is_refused_by_its_number(station: Station, session: Session) -> None:
    line = line_of(station, "shutoff cash-only")
    cart = cart_of(station, line_of(station, "shutoff"), fee(station), line)
    (broken,) = tenders_broken(station, "2026-11-23", cart, [check(cart.total)])
    assert (broken.words, broken.by_approval) == (f"Account {line.account} is cash-only: no check is taken.", True)
    before = kinds(station)
    with pytest.raises(TenderNotAllowed, match=f"Account {line.account} is cash-only: no check is taken"):
        take_payment(station, session, cart, [check(cart.total - 5_00), cash(5_00)])
    assert kinds(station) == before
    take_payment(station, session, cart, [money_order(cart.total)])
    assert body(station, station.store.tip()[0])["approver"] is None


@pytest.mark.parametrize("flag", ["", "shutoff", "arrangement"])
def test_any_other_account_takes_a_check(station: Station, session: Session, flag: str) -> None:
    taken = pay(station, session, line_of(station, flag), tenders=[check(10_00)])
    assert body(station, taken.seq)["approver"] is None


def test_a_lead_may_approve_the_check_and_is_named_in_the_record(station: Station, session: Session) -> None:
    cart = cart_of(station, line_of(station, "cash-only"))
    lena = on(station, "lena")
    taken = take_payment(station, session, cart, [check(10_00)], lena)
    record = body(station, taken.seq)
    assert (record["operator"], record["approver"]) == ("rosa", "lena")
    assert record["data"]["approved"] == [f"Account {cart.lines[0].account} is cash-only: no check is taken."]


def test_an_approval_that_nobody_needed_is_not_in_the_record(station: Station, session: Session) -> None:
    taken = take_payment(station, session, cart_of(station, fee(station)), [check(10_00)], on(station, "lena"))
    assert body(station, taken.seq)["approver"] is None
    assert "approved" not in body(station, taken.seq)["data"]


@pytest.mark.parametrize(("cashier", "approver"), [("rosa", "ben"), ("rosa", "tess"), ("ivan", "ivan")])
def test_nobody_else_and_nobody_for_themselves(station: Station, cashier: str, approver: str) -> None:
    _, session = at_work(station, cashier)
    with pytest.raises(NotAllowed):
        take_payment(
            station, session, cart_of(station, line_of(station, "cash-only")), [check(10_00)], on(station, approver)
        )
    assert kinds(station)[-1] != "pay"


def ruled(station: Station, **rules: object) -> None:
    station.rules = replace(station.rules, tenders=replace(station.rules.tenders, **rules))


def test_a_tender_that_nobody_may_let_be_is_refused_whoever_approves(station: Station, session: Session) -> None:
    ruled(station, accepts=(Accepts(Scope.OFFICE, "HALL", (TenderKind.CASH,)),))
    cart = cart_of(station, fee(station))
    before = kinds(station)
    with pytest.raises(TenderNotAllowed, match=r"In this office \(HALL\): no check is taken"):
        take_payment(station, session, cart, [check(cart.total)], on(station, "lena"))
    assert [kind for kind in kinds(station)[len(before) :] if kind != "login"] == []
    take_payment(station, session, cart, [cash(cart.total)])


def test_a_head_counts_where_the_money_goes_to_it(station: Station, session: Session) -> None:
    line = line_of(station, "")
    paid = {part.head for part in settle_line(line, station.rules.order).allocations}
    unpaid = next(head for head in station.rules.order.heads if head not in paid)
    ruled(station, accepts=tuple(Accepts(Scope.HEAD, head, (TenderKind.CASH,)) for head in [*paid, unpaid]))
    broken = tenders_broken(station, "2026-11-23", cart_of(station, line), [check(10_00)])
    assert sorted(breach.words for breach in broken) == sorted(
        f"For {head}, as of {line.account}: no check is taken." for head in paid
    )
    nothing = replace(line, amount=Cents(0))
    assert tenders_broken(station, "2026-11-23", cart_of(station, nothing), [check(10_00)]) == ()


def test_what_a_paper_receipt_took_a_lead_may_let_be(station: Station, session: Session) -> None:
    ruled(station, limits=(Limit(TenderKind.CASH, Cents(5_00)),))
    cart = cart_of(station, fee(station))
    assert [breach.by_approval for breach in tenders_broken(station, "2026-11-23", cart, [cash(10_00)])] == [False]
    keyed = replace(cart, paper=PaperReceipt("A", 17, "2026-11-20", None))
    assert [breach.by_approval for breach in tenders_broken(station, "2026-11-23", keyed, [cash(10_00)])] == [True]


def test_change_is_taken_off_before_cash_is_too_much(station: Station, session: Session) -> None:
    ruled(station, limits=(Limit(TenderKind.CASH, Cents(10_00)),), change_below=Cents(10_01))
    taken = pay(station, session, fee(station), tenders=[cash(20_00)])
    assert taken.change_cents == 10_00
    with pytest.raises(SettlementRefused, match=r"Change of 10.01 is too much: it must be below 10.01"):
        pay(station, session, fee(station), tenders=[cash(20_01)])


def test_a_city_may_give_no_change_at_all(station: Station, session: Session) -> None:
    ruled(station, change_below=Cents(0))
    pay(station, session, fee(station), tenders=[cash(10_00)])
    with pytest.raises(SettlementRefused):
        pay(station, session, fee(station), tenders=[cash(10_01)])


def test_an_account_whose_checks_came_back_too_often_takes_none(station: Station, session: Session) -> None:
    line = line_of(station, "")
    asked: list[str] = []

    class Returns(Reference):
        def checks_returned(self, account: str) -> tuple[str, ...]:
            asked.append(account)
            return ("2026-01-05", "2026-11-02") if account == line.account else ()

    station.reference.close()
    station.reference = Returns(station.store.folder / "reference.db")
    pay(station, session, line_of(station, "shutoff"), tenders=[check(10_00)])
    assert asked == []
    ruled(station, returned=ReturnedChecks(2, 365))
    told = f"Account {line.account}: 2 checks came back since 2025-11-23, no check is taken"
    with pytest.raises(TenderNotAllowed, match=told):
        pay(station, session, line, tenders=[check(10_00)])
    cart = cart_of(station, line)
    taken = take_payment(station, session, cart, [check(10_00)], on(station, "lena"))
    assert body(station, taken.seq)["data"]["approved"] == [f"{told}."]
    pay(station, session, line_of(station, "shutoff"), tenders=[check(10_00)])


def test_no_check_came_back_in_a_new_city(station: Station) -> None:
    assert station.reference.checks_returned(line_of(station, "").account) == ()


def test_cash_is_rounded_on_a_line_of_its_own(station: Station, session: Session) -> None:
    ruled(station, rounding=CashRounding(5, "100-4800"))
    line = replace(line_of(station, ""), amount=Cents(9_98))
    taken = pay(station, session, line, tenders=[cash(10_00)])
    assert (taken.total_cents, taken.change_cents) == (10_00, 0)
    last = body(station, taken.seq)["data"]["lines"][-1]
    assert (last["description"], last["cents"], last["allocations"][0]["gl"]) == ("Cash rounding", 2, "100-4800")
    (document,) = station.db.execute("SELECT document FROM print_job WHERE seq = ? AND kind = 'receipt'", (taken.seq,))
    assert "Cash rounding" in document[0]
    down = pay(station, session, replace(line_of(station, "shutoff"), amount=Cents(9_97)), tenders=[cash(9_95)])
    assert (down.total_cents, body(station, down.seq)["data"]["lines"][-1]["cents"]) == (9_95, -2)
    assert verify_derived(station.db) == []


@pytest.mark.parametrize("tender", [check, card])
def test_cash_back_is_given_only_where_a_rule_says_so(station: Station, session: Session, tender) -> None:
    with pytest.raises(SettlementRefused, match="only come from cash"):
        pay(station, session, tenders=[tender(30_00)])
    kind = tender(1).kind
    ruled(station, cash_back=(CashBack(kind, Cents(20_00)),))
    taken = pay(station, session, tenders=[tender(30_00)])
    record = body(station, taken.seq)["data"]
    assert (taken.change_cents, record["change_cents"], record["cash_back_cents"]) == (20_00, 20_00, 20_00)
    assert taken.opens_drawer
    expected = figures_of(station, session).expected()
    assert expected[TenderKind.CASH].cents == FUND.total - 20_00
    assert (expected[kind].count, expected[kind].cents) == (1, 30_00)
    with pytest.raises(SettlementRefused, match="Cash back of 20"):
        pay(station, session, tenders=[tender(30_01)])


def test_a_void_takes_cash_back_in_again(station: Station, session: Session) -> None:
    ruled(station, cash_back=(CashBack(TenderKind.CHECK, Cents(20_00)),))
    taken = pay(station, session, tenders=[check(30_00)])
    void_now(station, on(station, "mei"), on(station, "lena"), taken.receipt_no, "wrong account")
    record = body(station, station.store.tip()[0])["data"]
    assert (record["change_cents"], record["cash_back_cents"]) == (20_00, 20_00)
    assert figures_of(station, session).expected()[TenderKind.CASH].cents == FUND.total
    assert verify_derived(station.db) == []


def test_what_a_kind_of_account_needs_of_a_tender(station: Station, session: Session) -> None:
    line = line_of(station, "")
    ruled(station, requires=(Requires(TenderKind.CARD, (Field.SLIP,), Scope.ACCOUNT_KIND, "utility"),))
    with pytest.raises(TenderNotAllowed, match="lacks its card's brand"):
        pay(station, session, line, tenders=[card(10_00)])
    pay(station, session, line, tenders=[replace(card(10_00), slip=CardSlip("Visa", "4242"))])
    pay(station, session, tenders=[card(10_00)])
