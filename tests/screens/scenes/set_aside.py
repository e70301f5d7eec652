"""What was set aside: half-filled forms beside parked carts, and each of them brought back."""

from __future__ import annotations

from countertui.counter.drafts import Draft, Form
from countertui.counter.tenders_allowed import TenderNotAllowed
from countertui.domain.tender_rules import Breach
from screens.fake_desk import FakeDesk
from screens.scenes import Scene, scene

BILL = "p:10422301\n"
MAIL = ("f10", "m", "1", "enter", *"12", "enter", *"1024.17", "enter")
AT = "2026-11-23T09:41:07"


def with_forms() -> FakeDesk:
    return FakeDesk(
        drafts={
            (Form.NO_SALE, "", "ana"): Draft({"reason": "change"}, AT, expired=True),
            (Form.VOID, "T1-17", "ana"): Draft({"reason": "keyed twice"}, AT),
            (Form.CLOSING, "s7", "bo"): Draft({"10000": "2"}, AT),
        }
    )


def cash_only() -> FakeDesk:
    desk = FakeDesk()
    desk.failures["take_payment"] = [TenderNotAllowed((Breach("20005177 pays no check: cash-only.", True),))]
    return desk


SCENES: dict[str, Scene] = {
    "forms": scene(BILL, "ctrl+k", "f10", "k", desk=with_forms),
    "no_sale_is_back": scene("f10", "t", desk=with_forms),
    "mail_asks_a_lead": scene(*MAIL, *"20005177", "enter", *"7", "enter", desk=cash_only),
}
