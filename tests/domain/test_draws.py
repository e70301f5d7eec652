"""A cart that a deposit pays for: it takes no more than is held or due, and money in is what it leaves to pay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.charges import AllocationOrder
from countertui.domain.money import Cents
from countertui.domain.pay_record import pay_data
from countertui.domain.receipts import AccountLine, Cart, DrawLine, FeeLine, SettlementRefused, settle, settle_line
from countertui.domain.tenders import Tender, TenderKind

ORDER = AllocationOrder()


def copies(cents: int) -> FeeLine:
    return FeeLine("COPY", "Copies", 1, Cents(cents), "100-4410")


def draw(drawn: int, held: int = 500_00, account: str = "TD-1") -> DrawLine:
    return DrawLine(account, "Ann - Plan deposit", Cents(held), Cents(drawn), "800-2810")


def cash(cents: int) -> list[Tender]:
    return [Tender(TenderKind.CASH, Cents(cents))] if cents else []


@given(st.integers(1, 90_00), st.integers(1, 90_00), st.integers(0, 20_00))
def test_lines_less_draws_are_what_is_tendered(due: int, drawn: int, more: int) -> None:
    cart = Cart("id", (copies(due), draw(drawn)))
    if drawn > due:
        with pytest.raises(SettlementRefused, match="More is drawn"):
            settle(cart, cash(more), ORDER)
        return
    rest = due - drawn
    given_ = rest + (more if rest else 0)
    data = pay_data(settle(cart, cash(given_), ORDER))
    assert data["total_cents"] == rest == sum(line["cents"] for line in data["lines"])
    assert data["change_cents"] == given_ - rest
    (part,) = data["lines"][1]["allocations"]
    assert (part["cents"], part["head"], part["charge"], part["gl"]) == (-drawn, "drawn", None, "800-2810")
    assert (data["lines"][1]["account_kind"], data["lines"][1]["owed_after"]) == ("trust", drawn - 500_00)


@pytest.mark.parametrize(
    "lines",
    [
        (copies(10_00), draw(0)),
        (copies(10_00), draw(-5_00)),
        (copies(10_00), draw(10_00, held=9_99)),
        (copies(10_00), draw(4_00), draw(5_00)),
        (AccountLine("TD-1", "trust", "Ann", (), Cents(10_00), "800-2810"), draw(5_00)),
        (draw(5_00),),
        (copies(10_00), draw(10_01)),
    ],
)
def test_what_is_no_sound_draw_is_refused(lines: tuple[FeeLine | DrawLine | AccountLine, ...]) -> None:
    with pytest.raises(SettlementRefused):
        settle(Cart("id", lines), cash(5_00), ORDER)


def test_money_for_a_deposit_shows_what_it_holds_then() -> None:
    line = AccountLine("TD-1", "trust", "Ann", (), Cents(10_00), "800-2810")
    assert settle_line(line, ORDER).owed_after == -10_00
