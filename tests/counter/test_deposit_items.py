"""What deposits lack ends: found, its check's payment taken back, or given up by two people with a reason."""

from __future__ import annotations

import pytest

from counter.test_deposits import cents_of, everything, papers, put, worked
from counter_station import last, on
from countertui.counter.deposit_items import LackedItem, give_up, hands_of_item, lacked_items
from countertui.counter.deposit_view import deposit_view
from countertui.counter.deposits import Papers, Signing, count_cash, make_deposit
from countertui.counter.deposits_made import take_back
from countertui.counter.returned_checks import BankLine, return_checks
from countertui.counter.station import Station
from countertui.domain.deposit_making import LeftOut
from countertui.domain.deposits import DepositRefused, PaperState, ReasonNeeded, Stage
from countertui.domain.money import Cents
from countertui.domain.rights import NotAllowed
from countertui.store.reference import Reference
from countertui.store.verify import verify_derived


def lacks_a_check(station: Station, state: PaperState = PaperState.RETURNED) -> LackedItem:
    price = worked(station)
    (paper,) = papers(station)
    tess, chosen = on(station, "tess"), everything(station)
    count_cash(station, tess, chosen, cents_of(price))
    left = Papers(frozenset(), {paper.key: LeftOut(state, "given back to its payor")})
    make_deposit(station, tess, on(station, "lena"), chosen, left, Signing("B7", Stage.FINAL))
    (item,) = lacked_items(station)
    assert (item.row.item, item.row.cents, item.is_check, item.days) == ("T1-D1/1", price, True, 0)
    return item


def test_it_is_listed_with_its_age(station: Station) -> None:
    lacks_a_check(station)
    station.clock.set("2026-11-27T09:00:00")
    (item,) = lacked_items(station)
    assert (item.days, item.row.slip_no, item.row.reason) == (4, "T1-D1", "given back to its payor")


def test_two_people_give_it_up_for_a_reason_once(station: Station) -> None:
    item = lacks_a_check(station)
    tess, lena = on(station, "tess"), on(station, "lena")
    with pytest.raises(ReasonNeeded):
        give_up(station, tess, lena, item.row.item, "  ")
    with pytest.raises(NotAllowed):
        give_up(station, tess, tess, item.row.item, "lost")
    assert hands_of_item(station, item) == ("rosa",)
    give_up(station, tess, lena, item.row.item, "not to be found")
    record = last(station)
    assert (record["kind"], record["operator"], record["approver"]) == ("deposit_item_lost", "tess", "lena")
    assert record["data"] == {
        "item": "T1-D1/1", "tender": "check", "cents": item.row.cents, "receipt_no": item.row.receipt_no,
        "reference": "1041", "reason": "not to be found",
    }  # fmt: skip
    assert (lacked_items(station), deposit_view(station).carried) == ((), ())
    with pytest.raises(DepositRefused, match="not open any more"):
        give_up(station, tess, lena, item.row.item, "again")
    with pytest.raises(DepositRefused, match="it was given up"):
        take_back(station, tess, lena, item.row.seq, "wrong bag")
    assert verify_derived(station.db) == []


def test_a_check_that_was_given_back_ends_with_the_payment_taken_back(station: Station) -> None:
    item = lacks_a_check(station)
    line = BankLine("1041", Cents(item.row.cents), "given back", item.row.receipt_no)
    return_checks(station, on(station, "tess"), on(station, "lena"), [line])
    assert (lacked_items(station), deposit_view(station).carried) == ((), ())
    assert verify_derived(station.db) == []


def test_what_a_later_deposit_contains_is_not_listed(station: Station) -> None:
    item = lacks_a_check(station, PaperState.MISSING)
    worked(station, "ben", "D2", checks=())
    put(station, item.row.cents, "B8")
    assert lacked_items(station) == ()


def test_a_fund_is_filled_up_and_never_given_up(station: Station) -> None:
    item = lacks_a_check(station)
    station.db.execute("UPDATE deposit_carried SET cents = -cents")
    with pytest.raises(DepositRefused, match="fills it up"):
        give_up(station, on(station, "tess"), on(station, "lena"), item.row.item, "lost")


def test_a_check_that_was_taken_back_elsewhere_is_looked_for_no_more(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = lacks_a_check(station)
    back = {item.row.receipt_no: ["1041"]}
    monkeypatch.setattr(Reference, "checks_back", lambda _, receipt_no: back.get(receipt_no, []))
    assert (lacked_items(station), deposit_view(station).carried) == ((), ())
    with pytest.raises(DepositRefused, match="not open any more"):
        give_up(station, on(station, "tess"), on(station, "lena"), item.row.item, "lost")
