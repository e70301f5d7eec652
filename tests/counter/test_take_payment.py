"""Taking a payment: settled, recorded once, and what accounts owe afterwards."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from counter_station import (
    at_work,
    body,
    card,
    cart_of,
    cash,
    check,
    clock_of,
    close,
    fee,
    kinds,
    last,
    money_order,
    owing,
    pay,
    pay_on,
    reopened,
)
from countertui.counter.account_line import is_unchanged
from countertui.counter.balances import open_charges
from countertui.counter.cart import (
    CartGone,
    Held,
    carts,
    drop_cart,
    new_cart,
    park_cart,
    save_cart,
    take_back,
)
from countertui.counter.find import FeeAsksAmount, open_account, open_fee, with_amount, with_parts
from countertui.counter.receipts import receipt_text
from countertui.counter.station import Session, Station
from countertui.counter.take_payment import CartChanged, PaymentRefused, take_payment
from countertui.counter.typed import TextTooLong
from countertui.domain.card_guard import CardNumberRefused
from countertui.domain.charges import CREDIT_HEAD, OpenCharge
from countertui.domain.documents import from_json
from countertui.domain.money import Cents
from countertui.domain.receipts import SettlementRefused
from countertui.domain.refusal import Refused
from countertui.domain.rights import NotAllowed
from countertui.domain.tenders import Tender, TenderKind, TenderRefused
from countertui.domain.text import TextRefused
from countertui.store.print_jobs import unfinished_jobs
from countertui.store.printed import receipt_printed

_WANTED = (
    "SELECT number FROM account WHERE language = ? AND due_cents > 0 AND flags NOT LIKE '%cash-only%'"
    " AND kind = 'utility' ORDER BY number LIMIT 3"
)


@pytest.fixture
def session(station: Station) -> Session:
    return at_work(station)[1]


def _owed(station: Station, account: str) -> dict[str, int]:
    row = station.reference.account(account)
    assert row is not None
    return {charge.id: charge.balance for charge in open_charges(station, station.db, account, row.credit_gl)}


def test_in_full(station: Station, session: Session) -> None:
    line = open_account(station, owing()[0])
    taken = pay(station, session, line)
    assert (taken.receipt_no, taken.total_cents, taken.change_cents) == ("T1-1", line.amount, 0)
    assert _owed(station, line.account) == {}
    record = last(station)
    assert (record["kind"], record["seq"], record["receipt_no"]) == ("pay", taken.seq, "T1-1")
    assert record["data"]["lines"][0]["owed_after"] == 0
    assert record["cum_net"] == record["cum_abs"] == line.amount
    assert record["operator"] == "rosa"


def test_in_part_by_head_and_age(station: Station, session: Session) -> None:
    account = owing()[0]
    line = open_account(station, account)
    heads = station.rules.order.heads
    first = min(line.charges, key=lambda charge: (heads.index(charge.head), charge.due, charge.id))
    pay_on(station, session, account, first.balance - 1)
    assert _owed(station, account) == {charge.id: charge.balance for charge in line.charges} | {first.id: 1}
    assert last(station)["data"]["lines"][0]["owed_after"] == line.amount - first.balance + 1


def test_over_what_is_owed_is_a_credit(station: Station, session: Session) -> None:
    account = owing()[0]
    line = open_account(station, account)
    pay_on(station, session, account, line.amount + 10_00)
    (credit,) = open_account(station, account).charges
    assert (credit.head, credit.balance, credit.gl) == (CREDIT_HEAD, -10_00, line.credit_gl)
    assert open_account(station, account).amount == 0
    pay_on(station, session, account, 5_00)
    assert open_account(station, account).charges[0].balance == -15_00


def test_money_onto_a_credit_that_the_snapshot_has_is_one_credit(
    station: Station, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the next snapshot the ledger publishes the credit as a charge; what is taken back here comes off it."""
    from countertui.store.reference_rows import ChargeRow

    account = owing()[0]
    published = ChargeRow("CR-x", account, "2026-11-20", "credit", "Credit on account", "510-2310", -10_00, -10_00)
    monkeypatch.setattr(station.reference, "charges", lambda _account: [published])
    pay_on(station, session, account, 5_00)
    assert _owed(station, account) == {"CR-x": -15_00}
    monkeypatch.setattr("countertui.store.money_here.paid_here", lambda *_: {None: -4_00})
    assert _owed(station, account) == {"CR-x": -6_00}
    monkeypatch.setattr("countertui.store.money_here.paid_here", lambda *_: {None: -25_00})
    assert _owed(station, account) == {}, "nobody is asked to pay for what was given back"


def test_by_hand_with_a_reason(station: Station, session: Session) -> None:
    line = open_account(station, owing()[0])
    chosen = line.charges[-1]
    pay(station, session, with_parts(line, {chosen.id: Cents(100)}, "she insists"))
    assert _owed(station, line.account)[chosen.id] == chosen.balance - 100
    assert last(station)["data"]["lines"][0]["reason"] == "she insists"
    line = open_account(station, owing()[1])
    with pytest.raises(SettlementRefused, match="needs a reason"):
        pay(station, session, with_parts(line, {line.charges[0].id: Cents(100)}, ""))


def test_several_accounts_fees_and_tenders(station: Station, session: Session) -> None:
    lines = [open_account(station, account) for account in owing()[:3]]
    extras = [fee(station, "COPY*4"), fee(station, "NOTARY")]
    total = sum(line.amount for line in (*lines, *extras))
    tenders = [check(total - 70_00), money_order(20_00), card(30_00), cash(40_00)]
    taken = pay(station, session, *lines, *extras, tenders=tenders, payor="Zoë Núñez")
    assert (taken.total_cents, taken.change_cents) == (total, 20_00)
    data = last(station)["data"]
    assert data["payor"] == "Zoë Núñez"
    assert [tender["kind"] for tender in data["tenders"]] == ["check", "money_order", "card", "cash"]
    assert sum(part["cents"] for line in data["lines"] for part in line["allocations"]) == total
    assert all(_owed(station, line.account) == {} for line in lines)


def test_a_receipt_is_in_the_language_that_all_its_accounts_are_wanted_in(station: Station, session: Session) -> None:
    spanish = [row[0] for row in station.reference.file.rows(_WANTED, "es")]
    english = [row[0] for row in station.reference.file.rows(_WANTED, "")]
    lines = [open_account(station, account) for account in spanish[:2]]
    both = pay(station, session, *lines, tenders=[check(sum(line.amount for line in lines), "1042")])
    text = receipt_text(station, both.receipt_no)
    assert {"Recibo T1-1", "Cheque 1042", "Conserve este recibo."} <= {line.strip().split("  ")[0] for line in text}
    assert from_json(receipt_printed(station.db, both.receipt_no) or "").language == "es"
    mixed = pay(station, session, open_account(station, spanish[2]), open_account(station, english[0]))
    assert "Recibo T1-2" in "\n".join(receipt_text(station, mixed.receipt_no))
    one = pay(station, session, open_account(station, english[1]))
    assert "Receipt T1-3" in "\n".join(receipt_text(station, one.receipt_no))
    counter = pay(station, session)
    assert "Receipt T1-4" in "\n".join(receipt_text(station, counter.receipt_no))


def test_without_a_name_the_first_account_holder_pays(station: Station, session: Session) -> None:
    line = open_account(station, owing()[0])
    pay(station, session, fee(station), line)
    assert last(station)["data"]["payor"] == line.name
    pay(station, session)
    assert last(station)["data"]["payor"] == "Walk-in"


def test_receipt_numbers_have_no_gap(station: Station, session: Session) -> None:
    numbers = [pay(station, session).receipt_no for _ in range(3)]
    with pytest.raises(SettlementRefused):
        pay(station, session, tenders=[cash(1)])
    numbers.append(pay(station, session).receipt_no)
    again = reopened(station)
    numbers.append(pay(again, session).receipt_no)
    close(again)
    assert numbers == [f"T1-{n}" for n in range(1, 6)]


@pytest.mark.parametrize(
    ("tenders", "refusal"),
    [
        ([cash(9_99)], SettlementRefused),
        ([check(10_01)], SettlementRefused),
        ([check(5_00), cash(4_00)], SettlementRefused),
        ([check(20_00), cash(5_00)], SettlementRefused),
        ([check(10_00, "")], TenderRefused),
        ([card(10_00, "  ")], TenderRefused),
        ([cash(0), cash(10_00)], TenderRefused),
        ([cash(-1), cash(10_01)], TenderRefused),
        ([check(10_00, "4111 1111 1111 1111")], CardNumberRefused),
        ([check(10_00, "10\x1b41")], TextRefused),
        ([check(10_00, "1" * 5 + "-" * 25)], TenderRefused),
        ([], SettlementRefused),
    ],
)
def test_bad_tenders_are_refused_and_nothing_is_recorded(
    station: Station, session: Session, tenders: list[Tender], refusal: type[Refused]
) -> None:
    before = station.store.tip()
    with pytest.raises(refusal):
        take_payment(station, session, cart_of(station, fee(station)), tenders)
    assert station.store.tip() == before


@pytest.mark.parametrize(
    ("payor", "refusal"),
    [("4111111111111111", CardNumberRefused), ("Smith\x1b[2J", TextRefused), ("x" * 61, TextTooLong)],
)
def test_a_payor_is_guarded(station: Station, session: Session, payor: str, refusal: type[Refused]) -> None:
    before = station.store.tip()
    with pytest.raises(refusal):
        pay(station, session, payor=payor)
    assert station.store.tip() == before


def test_an_empty_cart_is_refused(station: Station, session: Session) -> None:
    with pytest.raises(SettlementRefused, match="nothing to pay"):
        take_payment(station, session, new_cart(station), [cash(1)])


def test_a_line_that_changed_meanwhile_is_refused(station: Station, session: Session) -> None:
    """Another cart paid the same charges first: allocations of both would add up to more than is owed."""
    line = open_account(station, owing()[0])
    assert is_unchanged(station, station.db, line, session.biz_date, "")
    pay_on(station, session, line.account, 1_00)
    assert not is_unchanged(station, station.db, line, session.biz_date, "")
    before = station.store.tip()
    with pytest.raises(CartChanged, match="changed since"):
        pay(station, session, line)
    assert station.store.tip() == before
    pay(station, session, open_account(station, line.account))


def test_charges_made_up_by_a_caller_are_refused(station: Station, session: Session) -> None:
    line = open_account(station, owing()[0])
    forged = replace(line, charges=(OpenCharge("X", "water", line.charges[0].due, "", "100-4800", Cents(line.amount)),))
    with pytest.raises(CartChanged, match="changed since"):
        pay(station, session, forged)


@pytest.mark.parametrize(
    "change",
    [{"unit_cents": Cents(1)}, {"gl": "100-4990"}, {"description": "Something else"}, {"code": "NO SUCH"}],
)
def test_a_fee_that_is_not_the_schedules_is_refused(
    station: Station, session: Session, change: dict[str, object]
) -> None:
    """A cart lies in a working table: whoever changes it there must not set a price or the account it goes to."""
    forged = replace(fee(station), **change)  # type: ignore[arg-type]
    before = station.store.tip()
    with pytest.raises(CartChanged, match="changed since"):
        pay(station, session, forged)
    assert station.store.tip() == before


def test_a_fee_without_a_price_is_what_was_typed(station: Station, session: Session) -> None:
    asked = open_fee(station, "DONATION")
    assert isinstance(asked, FeeAsksAmount)
    assert pay(station, session, asked.at(Cents(12_34))).total_cents == 12_34
    with pytest.raises(CartChanged, match="changed since"):
        pay(station, session, replace(asked.at(Cents(12_34)), gl="another"))


def test_a_fee_is_the_business_dates(station: Station, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the counter the old price is asked as long as the drawer's date is an old one."""
    line = fee(station)
    old = station.reference.fee(line.code, "2026-11-23")
    assert old is not None
    new = replace(old, unit_cents=99_00, effective_from="2026-11-24")
    monkeypatch.setattr(
        station.reference, "fee", lambda _code, on: new if on >= "2026-11-24" else replace(old, effective_to=None)
    )
    clock_of(station).set("2026-11-24T00:10:00")
    assert fee(station) == line
    pay(station, session, line)
    with pytest.raises(CartChanged, match="changed since"):
        pay(station, replace(session, biz_date="2026-11-24"), line)


@pytest.mark.parametrize(
    "change", [{"name": "Another"}, {"credit_gl": "100-4990"}, {"account_kind": "trust"}, {"account": "no such"}]
)
def test_an_account_that_is_not_the_snapshots_is_refused(
    station: Station, session: Session, change: dict[str, object]
) -> None:
    forged = replace(open_account(station, owing()[0]), **change)  # type: ignore[arg-type]
    with pytest.raises(CartChanged, match="changed since"):
        pay(station, session, forged)


@pytest.mark.parametrize("change", [{"active_to": "2026-11-22"}, {"roles": "auditor"}, None])
def test_who_may_not_take_money_any_more_takes_none(
    station: Station, session: Session, monkeypatch: pytest.MonkeyPatch, change: dict[str, str] | None
) -> None:
    """A new snapshot came while the drawer was open."""
    known = station.reference.operators()
    left = [row for row in known if row.id != "rosa"]
    rosa = next(row for row in known if row.id == "rosa")
    rows = left if change is None else [*left, replace(rosa, **change)]
    monkeypatch.setattr(station.reference, "operators", lambda: rows)
    monkeypatch.setattr(station.reference, "operator", lambda id_: next((row for row in rows if row.id == id_), None))
    before = station.store.tip()
    with pytest.raises(NotAllowed):
        pay(station, session)
    assert station.store.tip() == before


def test_a_cart_is_taken_at_most_once(station: Station, session: Session) -> None:
    cart = cart_of(station, fee(station))
    take_payment(station, session, cart, [cash(10_00)])
    for tenders in ([cash(10_00)], [check(10_00)]):
        with pytest.raises(PaymentRefused, match="already taken"):
            take_payment(station, session, cart, tenders)
    assert kinds(station).count("pay") == 1
    assert last(station)["id"] == cart.id


def test_paper_and_cart_go_with_the_record(station: Station, session: Session) -> None:
    rosa = at_work(station, "ben", "D2")[0]
    cart = cart_of(station, fee(station))
    save_cart(station, rosa, Held(cart))
    taken = take_payment(station, session, cart, [cash(10_00)])
    assert carts(station) == []
    (job,) = [job for job in unfinished_jobs(station.db) if job.receipt_no == taken.receipt_no]
    assert (job.seq, job.state, job.copy) == (taken.seq, "queued", 0)
    paper = json.dumps(json.loads(job.document))
    assert taken.receipt_no in paper
    assert taken.short_hash in paper
    assert "CTUI2:" in paper, "with its terminal's certificate"


def test_time_never_goes_back_in_the_journal(station: Station, session: Session) -> None:
    pay(station, session)
    at = last(station)["utc"]
    clock_of(station).go_on(-3600)
    pay(station, session)
    record = last(station)
    assert record["utc"] == at
    assert record["clock"] == {"behind_ms": 3_600_000, "said": "2026-11-23T08:41:07.000Z"}


class TestCarts:
    def test_a_cart_comes_back_as_it_was(self, station: Station, session: Session) -> None:
        rosa = at_work(station, "ben", "D2")[0]
        line = open_account(station, owing()[0])
        by_hand = with_parts(open_account(station, owing()[1]), {}, "")
        chosen = with_parts(by_hand, {by_hand.charges[0].id: Cents(7)}, "so it was agreed")
        cart = cart_of(station, with_amount(line, Cents(12_34)), chosen, fee(station, "COPY*3"), payor="O’Brien")
        save_cart(station, rosa, Held(cart))
        assert take_back(station, cart.id) == Held(cart)
        again = reopened(station)
        assert take_back(again, cart.id) == Held(cart)
        (saved,) = carts(again)
        assert (saved.id, saved.operator, saved.total, saved.lines) == (cart.id, "ben", cart.total, 3)
        assert (saved.state, saved.payor) == ("open", "O’Brien")
        close(again)

    def test_parked_saved_again_and_dropped(self, station: Station, session: Session) -> None:
        ben = at_work(station, "ben", "D2")[0]
        cart = cart_of(station, fee(station))
        park_cart(station, ben, Held(cart))
        assert [saved.state for saved in carts(station)] == ["parked"]
        save_cart(station, ben, Held(replace(cart, lines=(*cart.lines, fee(station, "MAP")))))
        assert [(saved.state, saved.lines) for saved in carts(station)] == [("open", 2)]
        drop_cart(station, cart.id)
        assert carts(station) == []
        with pytest.raises(CartGone):
            take_back(station, cart.id)

    def test_tenders_laid_beside_it_come_back_with_it(self, station: Station, session: Session) -> None:
        ben = at_work(station, "ben", "D2")[0]
        held = Held(cart_of(station, fee(station, "MAP")), (check(3_00), cash(1_00)))
        save_cart(station, ben, held)
        again = reopened(station)
        assert take_back(again, held.cart.id) == held
        save_cart(again, ben, replace(held, tenders=()))
        assert take_back(again, held.cart.id).tenders == ()
        save_cart(again, ben, Held(replace(held.cart, lines=()), (cash(1_00),)))
        assert [saved.lines for saved in carts(again)] == [0], "what was handed over is not forgotten"
        close(again)

    def test_a_cart_saved_before_tenders_were_kept_has_none(self, station: Station, session: Session) -> None:
        ben = at_work(station, "ben", "D2")[0]
        held = Held(cart_of(station, fee(station)))
        save_cart(station, ben, held)
        station.db.execute("UPDATE cart SET body = json_remove(body, '$.tenders')")
        assert take_back(station, held.cart.id) == held

    def test_a_card_number_beside_a_cart_is_not_saved(self, station: Station, session: Session) -> None:
        ben = at_work(station, "ben", "D2")[0]
        held = Held(cart_of(station, fee(station)))
        save_cart(station, ben, held)
        with pytest.raises(CardNumberRefused):
            save_cart(station, ben, replace(held, tenders=(Tender(TenderKind.CARD, Cents(1), "4111111111111111"),)))
        assert take_back(station, held.cart.id) == held

    def test_an_empty_one_is_forgotten(self, station: Station, session: Session) -> None:
        ben = at_work(station, "ben", "D2")[0]
        cart = cart_of(station, fee(station))
        save_cart(station, ben, Held(cart))
        save_cart(station, ben, Held(replace(cart, lines=())))
        assert carts(station) == []

    @pytest.mark.parametrize("payor", ["4111111111111111", "4111 1111 1111 1111 "])
    def test_a_card_number_is_not_saved(self, station: Station, session: Session, payor: str) -> None:
        ben = at_work(station, "ben", "D2")[0]
        with pytest.raises(CardNumberRefused):
            save_cart(station, ben, Held(cart_of(station, fee(station), payor=payor)))
        assert carts(station) == []

    def test_a_cart_taken_back_after_a_payment_is_refused(self, station: Station, session: Session) -> None:
        ben = at_work(station, "ben", "D2")[0]
        cart = cart_of(station, open_account(station, owing()[0]))
        park_cart(station, ben, Held(cart))
        pay_on(station, session, owing()[0], 100)
        with pytest.raises(CartChanged, match="changed since"):
            take_payment(station, session, take_back(station, cart.id).cart, [cash(cart.total)])


def test_the_original_record_is_found_by_its_number(station: Station, session: Session) -> None:
    taken = pay(station, session)
    assert body(station, taken.seq)["receipt_no"] == taken.receipt_no
    assert Tender(TenderKind.CASH, Cents(1)) == cash(1)
