"""The payment by keys."""

from __future__ import annotations

from countertui.domain.tenders import Tender, TenderKind


async def test_a_scanned_bill_in_exact_cash_takes_two_keys(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        assert counter.payment.hand.held.cart.total == 84_17
        await counter.keys("f9")
        assert [(cart.total, tenders) for cart, tenders in counter.desk.payments] == [
            (84_17, (Tender(TenderKind.CASH, 84_17),))
        ]
        assert "T1-1  84.17 taken" in counter.screen()
