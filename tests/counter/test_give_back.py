"""What a void gives back, tender by tender."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_station import card, cash, check, drawer_of, fee, money_order, on, pay
from countertui.counter.give_back import give_back
from countertui.counter.receipts import receipts
from countertui.counter.station import Station
from countertui.domain.money import format_cents
from countertui.domain.tenders import Tender


def data(tenders: list[Tender], change: int):
    return {
        "tenders": [{"kind": one.kind.value, "cents": one.cents, "reference": one.reference} for one in tenders],
        "change_cents": change,
        "lines": [],
    }


@pytest.mark.parametrize(
    ("tenders", "change", "words"),
    [
        ([cash(84_17)], 0, "Give back cash 84.17."),
        ([cash(100_00)], 15_83, "Give back cash 84.17."),
        ([check(60_00, "1042")], 0, "Give back check 1042 over 60.00."),
        ([card(20_00, "A1")], 0, "Reverse 20.00 on the card terminal (approval A1)."),
        ([check(10_00, "7"), cash(5_00)], 5_00, "Give back check 7 over 10.00."),
        ([check(30_00, "7")], 20_00, "Give back check 7 over 30.00; take back cash 20.00."),
        ([card(30_00, "A1")], 20_00, "Reverse 30.00 on the card terminal (approval A1); take back cash 20.00."),
        (
            [check(60_00, "1042"), card(20_00, "A1"), cash(50_00), money_order(3_00, "M7")],
            29_55,
            "Give back check 1042 over 60.00 and money order M7 over 3.00 and cash 20.45;"
            " reverse 20.00 on the card terminal (approval A1).",
        ),
    ],
)
def test_in_words(tenders, change, words):
    assert give_back(data(tenders, change)) == words


@given(st.integers(1, 500_00), st.integers(0, 99_99))
def test_never_more_cash_than_was_kept(kept: int, change: int) -> None:
    assert f"cash {format_cents(kept)}." in give_back(data([cash(kept + change)], change))


def test_a_receipt_of_the_list_says_it(station: Station) -> None:
    session = drawer_of(station, on(station, "rosa"))
    line = fee(station)
    pay(station, session, line, tenders=[check(line.amount - 1, "1042"), cash(5_00)])
    (row,) = receipts(station)
    assert row.gives == f"Give back check 1042 over {format_cents(line.amount - 1)} and cash 0.01."


def test_what_a_deposit_paid_is_held_again_and_not_handed_out() -> None:
    drawn = {"account": "TD-0101", "account_kind": "trust", "cents": -50_00}
    drawn |= {"allocations": [{"charge": None, "head": "drawn", "cents": -50_00}]}
    data = {"tenders": [], "change_cents": 0, "lines": [drawn]}
    assert give_back(data) == "TD-0101 holds 50.00 again."
