"""What a record holds: integers, texts and nothing else, in a shape that may never change unnoticed."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.charges import AllocationOrder, OpenCharge
from countertui.domain.money import Cents
from countertui.domain.pay_record import LineData, pay_data
from countertui.domain.receipts import AccountLine, Cart, FeeLine, Settlement, settle
from countertui.domain.records import Fact, Head, Kind, body
from countertui.domain.tenders import Tender, TenderKind
from domain.strategies import enough_tenders, orders, sound_carts


@st.composite
def settlements(draw: st.DrawFn) -> Settlement:
    cart = draw(sound_carts())
    return settle(cart, draw(enough_tenders(cart.total)), draw(orders))


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        assert all(type(key) is str for key in value)
        return [leaf for part in value.values() for leaf in leaves(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in leaves(part)]
    return [value]


@given(settlements())
def test_pay_data_is_json_of_integers_and_texts_only(settled: Settlement) -> None:
    data = pay_data(settled)
    assert {type(leaf) for leaf in leaves(data)} <= {int, str, type(None)}
    assert json.loads(json.dumps(data)) == data


def _gl(lines: list[LineData]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for line in lines:
        for part in line["allocations"]:
            totals[part["gl"]] = totals.get(part["gl"], 0) + part["cents"]
    return totals


@given(settlements())
def test_pay_data_says_every_cent_of_the_settlement(settled: Settlement) -> None:
    data = pay_data(settled)
    assert sum(_gl(data["lines"]).values()) == data["total_cents"] == settled.total
    assert sum(tender["cents"] for tender in data["tenders"]) == data["total_cents"] + data["change_cents"]
    assert [line["n"] for line in data["lines"]] == list(range(1, len(data["lines"]) + 1))
    for line in data["lines"]:
        assert sum(part["cents"] for part in line["allocations"]) == line["cents"]
        assert (line["account"] is None) != (line["fee"] is None)
        assert (line["account"] is None) == (line["account_kind"] is None) == (line["owed_after"] is None)
        assert (line["fee"] is None) == (line["quantity"] is None) == (line["unit_cents"] is None)
        if line["quantity"] is not None and line["unit_cents"] is not None:
            assert line["quantity"] * line["unit_cents"] == line["cents"]


def test_pay_data_of_one_visit() -> None:
    water = OpenCharge("w", "water", date(2026, 10, 15), "Water October", "510-4100", Cents(30_00))
    tax = OpenCharge("t", "tax", date(2026, 10, 15), "Tax October", "100-2300", Cents(2_00))
    by_hand = (("w", Cents(12_00)),)
    cart = Cart(
        "id",
        (
            AccountLine("0100-1", "utility", "Jane Doe", (water, tax), Cents(12_00), "510-2150", by_hand, "As asked"),
            FeeLine("COPY", "Copies", 3, Cents(25), "100-4410"),
        ),
        "Jane Doe",
    )
    settled = settle(
        cart, [Tender(TenderKind.CHECK, Cents(12_00), "1042"), Tender(TenderKind.CASH, Cents(1_00))], ORDER
    )
    assert pay_data(settled) == {
        "payor": "Jane Doe",
        "lines": [
            {
                "n": 1,
                "account": "0100-1",
                "account_kind": "utility",
                "fee": None,
                "description": "Jane Doe",
                "quantity": None,
                "unit_cents": None,
                "cents": 1200,
                "owed_after": 2000,
                "reason": "As asked",
                "allocations": [{"charge": "w", "head": "water", "gl": "510-4100", "cents": 1200, "owed_after": 1800}],
            },
            {
                "n": 2,
                "account": None,
                "account_kind": None,
                "fee": "COPY",
                "description": "Copies",
                "quantity": 3,
                "unit_cents": 25,
                "cents": 75,
                "owed_after": None,
                "reason": None,
                "allocations": [{"charge": None, "head": "fee", "gl": "100-4410", "cents": 75, "owed_after": 0}],
            },
        ],
        "tenders": [
            {"kind": "check", "cents": 1200, "reference": "1042"},
            {"kind": "cash", "cents": 100, "reference": ""},
        ],
        "change_cents": 25,
        "total_cents": 1275,
    }
    assert _gl(pay_data(settled)["lines"]) == {"510-4100": 12_00, "100-4410": 75}


def test_the_reason_stands_only_for_an_allocation_by_hand() -> None:
    line = AccountLine("1", "utility", "Jane Doe", (), Cents(5), "c", reason="typed, then the parts were taken off")
    settled = settle(Cart("id", (line,)), [Tender(TenderKind.CASH, Cents(5))], ORDER)
    assert pay_data(settled)["lines"][0]["reason"] is None


ORDER = AllocationOrder()
HEAD = Head(
    ledger="alder-falls",
    terminal="T1",
    epoch=1,
    seq=42,
    utc="2026-11-23T09:41:07.123Z",
    mono_ms=1_234_567,
    boot_id="b",
    snapshot=7,
    cum_net=100,
    cum_abs=300,
    clock={"offset_ms": 5},
)
FACT = Fact(
    id="01890a5d-ac96-774b-bcce-b302099a8057",
    kind=Kind.PAY,
    operator="ann",
    data={"total_cents": 100},
    approver=None,
    session="s",
    biz_date="2026-11-23",
    net_cents=100,
    draws_receipt_no=True,
)


def test_the_body_of_a_record_has_these_keys_and_no_others() -> None:
    assert body(HEAD, FACT, "T1-9") == {
        "v": 1,
        "ledger": "alder-falls",
        "terminal": "T1",
        "epoch": 1,
        "seq": 42,
        "id": "01890a5d-ac96-774b-bcce-b302099a8057",
        "kind": "pay",
        "biz_date": "2026-11-23",
        "session": "s",
        "utc": "2026-11-23T09:41:07.123Z",
        "mono_ms": 1_234_567,
        "boot_id": "b",
        "clock": {"offset_ms": 5},
        "snapshot": 7,
        "operator": "ann",
        "approver": None,
        "receipt_no": "T1-9",
        "cum_net": 100,
        "cum_abs": 300,
        "data": {"total_cents": 100},
    }


def test_a_kind_is_plain_text_in_the_body() -> None:
    assert {type(leaf) for leaf in leaves(body(HEAD, FACT, None))} <= {int, str, type(None)}


def test_the_words_of_the_journal_stay_what_they_were() -> None:
    """Records are signed for ever: a kind may be added, never renamed."""
    assert {kind.value for kind in Kind} >= {
        "start", "login", "logout", "pin_fail", "pin_lock", "unlock", "operator", "snapshot_applied", "clock_change",
        "open", "pay", "void_request", "void", "void_refusal", "refund_request", "refund", "refund_refusal", "reprint",
        "reveal", "count", "close", "seal",
    }  # fmt: skip
