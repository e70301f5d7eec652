"""How many keys each thing takes that a cashier does all day, counted from an empty cart.

A scan counts as one key; what is typed as data (names, numbers of accounts and checks, amounts, PINs) as none.
`at_most` is what the city asked for; some take fewer, and the test presses no more than those.
"""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest

from countertui.domain.tenders import Tender, TenderKind
from screens.test_mail import penalty

CASH, CHECK, CARD = TenderKind.CASH, TenderKind.CHECK, TenderKind.CARD


class Fingers:
    """Work a counter and count."""

    def __init__(self, counter) -> None:
        self.counter = counter
        self.pressed = 0

    async def scan(self, text: str) -> None:
        """One scan, as a keyboard wedge sends it: every letter and its Enter at once."""
        self.pressed += 1
        await self.counter.keys(*text, "enter")

    async def press(self, *keys: str) -> None:
        """Keys that say what to do."""
        self.pressed += len(keys)
        await self.counter.by_hand(*keys)

    async def type(self, text: str) -> None:
        """Data, letter by letter."""
        await self.counter.by_hand(*text)

    def laid(self) -> list[tuple[Tender, ...]]:
        return [tenders for _, tenders in self.counter.desk.payments]


@pytest.fixture
def fingers(open_counter):
    """Fingers on an open counter that may press so many keys; `before`: bills paid before the counting begins."""

    @asynccontextmanager
    async def working(*, at_most: int, before: tuple[str, ...] = ()):
        async with open_counter() as counter:
            for scanned in before:
                await counter.keys(*scanned, "enter")
                await counter.keys("f9")
            hands = Fingers(counter)
            yield hands
            assert 0 < hands.pressed <= at_most

    return working


async def test_a_late_renewal_by_its_notices_barcode(fingers):
    async with fingers(at_most=2) as hands:
        hands.counter.desk.late = {("L-2041", ""): (penalty(20_00),)}
        await hands.scan("L-2041")
        await hands.press("f9")
        assert hands.laid() == [(Tender(CASH, 95_00),)]


async def test_scanned_bill_exact_cash(fingers):
    async with fingers(at_most=2) as hands:
        await hands.scan("10422301")
        await hands.press("f9")
        assert hands.laid() == [(Tender(CASH, 84_17),)]


async def test_scanned_bill_by_check(fingers):
    async with fingers(at_most=3) as hands:
        await hands.scan("10422301")
        await hands.press("f6")
        await hands.type("1042")
        await hands.press("enter")
        assert hands.laid() == [(Tender(CHECK, 84_17, "1042"),)]


async def test_three_scanned_bills_one_check(fingers):
    async with fingers(at_most=5) as hands:
        for bill in ("10422301", "10422302", "L-2041"):
            await hands.scan(bill)
        await hands.press("f6")
        await hands.type("1042")
        await hands.press("enter")
        assert hands.laid() == [(Tender(CHECK, 84_17 + 55_00 + 75_00, "1042"),)]


async def test_typed_account_cash_with_change(fingers):
    async with fingers(at_most=4) as hands:
        await hands.type("10422301")
        await hands.press("enter", "f5")
        await hands.type("100")
        await hands.press("enter")
        assert hands.laid() == [(Tender(CASH, 100_00),)]
        assert "CHANGE 15.83" in hands.counter.screen()


async def test_fee_with_quantity_by_card(fingers):
    async with fingers(at_most=4) as hands:
        await hands.type("copy*3")
        await hands.press("enter", "f7")
        await hands.type("991")
        await hands.press("enter")
        assert hands.laid() == [(Tender(CARD, 75, "991", ask="ask-1"),)]


async def test_partial_payment_with_own_amount(fingers):
    async with fingers(at_most=5) as hands:
        await hands.scan("10422301")
        await hands.press("f4")
        await hands.type("40")
        await hands.press("enter", "f9")
        assert hands.laid() == [(Tender(CASH, 40_00),)]


async def test_split_cash_and_check(fingers):
    async with fingers(at_most=5) as hands:
        await hands.scan("10422301")
        await hands.press("f5")
        await hands.type("20")
        await hands.press("enter", "f6")
        await hands.type("1042")
        await hands.press("enter")
        assert hands.laid() == [(Tender(CASH, 20_00), Tender(CHECK, 64_17, "1042"))]


async def test_void_the_last_receipt_up_to_the_approver(fingers):
    """The second person's id and PIN, each with its Enter, come after these."""
    async with fingers(at_most=4, before=("10422301",)) as hands:
        await hands.press("f3", "enter", "v", "1")
        await hands.counter.keys(*"lee", "enter", *"9753", "enter")
        assert hands.counter.desk.receipts[0].state == "void"


async def test_park_a_cart_and_take_it_back(fingers):
    async with fingers(at_most=2) as hands:
        await hands.counter.keys(*"10422301", "enter")
        await hands.press("ctrl+k")
        assert hands.counter.payment.hand.empty
        await hands.press("ctrl+k")
        assert hands.counter.payment.hand.held.cart.total == 84_17


async def test_reprint_the_last_receipt(fingers):
    async with fingers(at_most=2, before=("10422301", "L-2041")) as hands:
        await hands.press("f3", "ctrl+r")
        assert [row.copies for row in hands.counter.desk.receipts] == [1, 0]


async def test_mail_payment_and_next(fingers):
    """Counted from an open batch, a piece after another."""
    async with fingers(at_most=2 * 3) as hands:
        await hands.counter.by_hand("f10", "m", "1", "enter", "3", "enter", *"177.17", "enter")
        await hands.scan("10422301")
        await hands.type("1041")
        await hands.press("enter")
        for account in ("L-2041", "20005177"):
            await hands.type(account)
            await hands.press("enter")
            await hands.type("7")
            await hands.press("enter")
        assert [sum(tender.cents for tender in laid) for laid in hands.laid()] == [84_17, 75_00, 18_00]
        assert "AGREES" in hands.counter.screen()


async def test_why_a_balance_is_what_it_is(fingers):
    """The city asked for three; two do."""
    async with fingers(at_most=2) as hands:
        await hands.scan("10422301")
        await hands.press("ctrl+e")
        assert "penalty billed" in hands.counter.screen()
        assert "Ord. 1412" in hands.counter.screen()


async def test_why_a_typed_account_owes_what_it_owes(fingers):
    async with fingers(at_most=2) as hands:
        await hands.type("10422301")
        await hands.press("ctrl+a", "f4")
        assert "penalty billed" in hands.counter.screen()


async def test_everything_a_party_owes_into_the_cart(fingers):
    async with fingers(at_most=2) as hands:
        await hands.type("L-2041")
        await hands.press("ctrl+a", "f9")
        cart = hands.counter.payment.hand.held.cart
        assert [line.account for line in cart.lines] == ["L-2041", "20005177"]
