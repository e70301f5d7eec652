"""The payment and all that is reached from it."""

from __future__ import annotations

from dataclasses import replace

from countertui.counter.print_queue import PrintNote
from countertui.counter.receipts import ReceiptRow
from countertui.domain.difference_finder import TAKE_ANEW, Explanation
from countertui.domain.tenders import TenderKind
from screens.conftest import SESSION
from screens.fake_desk import FakeDesk, UnconfirmedError
from screens.scenes import Scene, scene

BILL = "p:10422301\n"
PAID = "T1-4", "09:41", "2026-11-23", "Marta Ellison", 84_17, "Check + Cash"
ASKED = ReceiptRow(*PAID, "refund_requested", "bo", 0, "s7", "cash")
ASKED_HERE = replace(ASKED, receipt_no="T1-9", payor="Bramble Bakery", state="void_requested", session="s1", refund="")
NOTES = [
    PrintNote(3, "T1-9", "uncertain", "no answer", "front counter"),
    PrintNote(4, None, "refused", "paper out", "back office", "z_report"),
    PrintNote(5, "T1-9", "refused", "no sheet was put in", "front counter", "endorsement", "Check 1041 of 84.17"),
]
LEFT = [
    "Receipt T1-17 over 84.17 IS recorded; its paper is not known to have come out (F10, P).",
    "1 cart was NOT taken: no money is recorded for it (Ctrl+K takes one back).",
]
ANOTHERS = [replace(SESSION, id="s7", drawer="D2", operator="bo", operator_name="Bo Marsh")]
PAYMENT = (BILL, "p:L-2041\n", "p:COPY*3\n", "f6", *"1042", "tab", *"100", "enter", *"mar")
CARTS = (BILL, "ctrl+k", "p:L-2041\n", "ctrl+k", "p:COPY*3\n", "ctrl+k", "ctrl+k")
COUNT = (*"d1", "enter", "enter", "1", "f9")


def unconfirmed(*, recorded: bool | None) -> FakeDesk:
    desk = FakeDesk()
    desk.failures["take_payment"] = [UnconfirmedError(recorded=recorded)]
    return desk


SCENES: dict[str, Scene] = {
    "payment_empty": scene(),
    "payment": scene(*PAYMENT),
    "tender": scene(BILL, "f9", "p:20005177\n", "f5", *"20"),
    "check": scene(BILL, "f6", *"1042"),
    "change": scene(BILL, "f5", *"100", "enter"),
    "several_fit": scene(*"mart", "enter"),
    "chosen": scene(*"mart", "down"),
    "amount": scene(BILL, "f4"),
    "parts": scene(BILL, "f4", "tab", *"12.50", "enter"),
    "drop": scene(BILL, "escape"),
    "card_refused": scene("p:4012888888881881"),
    "carts": scene(*CARTS),
    "an_expired_cart": scene(*CARTS, desk=lambda: FakeDesk(expired={"cart-1"})),
    "receipts": scene(BILL, "f9", "p:L-2041\n", "f9", "f3"),
    "receipt": scene(BILL, "f9", "f3", "enter"),
    "void": scene(BILL, "f9", "f3", "enter", "v", "1"),
    "tape": scene(BILL, "f9", "p:L-2041\n", "f6", *"1042", "enter", "f10", "v"),
    "mail_opening": scene("f10", "m", "1", "enter", *"12", "enter", *"1024.17"),
    "mail": scene(
        *("f10", "m", "1", "enter", "3", "enter", *"1024.17", "enter"),
        *(*"10422301", "enter", *"1041", "enter", *"L-2041", "enter", *"77"),
    ),
    "mail_off": scene(
        *("f10", "m", "2", "enter", "2", "enter", *"100", "enter"),
        *(*"10422301", "enter", *"1041", "enter", "f9", *"unsigned", "enter", *"lee", "enter", *"97"),
    ),
    "requests": scene(BILL, "f9", "f3", "enter", "v", "1", "enter", "enter", "f10", "r"),
    "request_asked_about": scene(
        "f10", "r", "down", "a", who="lee", desk=lambda: FakeDesk(receipts=[ASKED, ASKED_HERE])
    ),
    "menu": scene("f10"),
    "x_report": scene("f10", "x", "v"),
    "close": scene(BILL, "f10", "c", "2", "tab"),
    "over_short": scene(
        "f10",
        "c",
        "1",
        "f9",
        desk=lambda: FakeDesk(
            may_be=[
                Explanation(TenderKind.CASH, "T1-5: 84.17 keyed as cash, perhaps check", ("T1-5",), TAKE_ANEW),
                Explanation(TenderKind.CASH, "it is one piece of 100.00: count those again"),
            ]
        ),
    ),
    "close_asks_a_lead": scene("f10", "c", "1", "f9", *"bag gone", "f9", *"lee", "enter", *"97"),
    "z_report": scene("f10", "c", "2", "f9", "f9"),
    "safe_drop": scene(BILL, "f9", "f10", "d", "d", *"b0471", "enter", "enter", "enter", "1", "enter"),
    "drawer": scene("f10", "d"),
    "fund_change": scene("f10", "d", "c", "1", *["enter"] * 12, "enter", "enter", "5", "f9", *"lee", "enter", *"97"),
    "hand_over": scene(
        *("f10", "d", "h", "2", "f9", "f9", "2", *["enter"] * 12, *"bo", "enter", *"2468", "enter", *"13")
    ),
    "no_sale": scene("f10", "t", *"change for a twenty"),
    "own_pin": scene("f10", "i", *"1357", "enter", *"90"),
    "unlock": scene("f10", "u", *"bo", "enter", *"lee", "enter", *"97"),
    "applicant": scene("f10", "a", "f4", *"Jo Bell", "tab", *"9 Weir Ln"),
    "applicants": scene("f10", "a", "f4", *"Jo Bell", "escape"),
    "batches": scene("f10", "s"),
    "stick": scene("f10", "s", "i", *"/media/stick", "enter"),
    "stick_chosen": scene(
        "f10", "s", "i", "down", desk=lambda: FakeDesk(sticks=("/media/ana/OFFICE", "/media/ana/PHOTOS"))
    ),
    "stick_out": scene("f10", "s", "w", *"/media/stick", "enter"),
    "help": scene("f1"),
    "palette": scene("ctrl+p", *"ca"),
    "leave": scene("ctrl+q"),
    "sign_on": scene(*"an", who=None),
    "first_pin": scene(
        *(*"bo", "enter", *"7KQ3M-0XW9A", "enter", *"902108", "enter", *"90"),
        who=None,
        desk=lambda: FakeDesk(codes={"bo": "7KQ3M-0XW9A"}),
    ),
    "passphrase": scene(*"open s", who=None, desk=lambda: FakeDesk(needs_passphrase=True)),
    "opening": scene(*COUNT, drawer=False),
    "opening_asks_a_lead": scene(*COUNT, *"lee", "enter", *"97", drawer=False),
    "printing": scene("f10", "p", desk=lambda: FakeDesk(notes=list(NOTES), printers=("front counter", "back office"))),
    "halted": scene(BILL, "f9", desk=lambda: FakeDesk(faults=["The journal's chain is broken at record 7."])),
    "unconfirmed_recorded": scene(BILL, "f5", *"100", "enter", desk=lambda: unconfirmed(recorded=True)),
    "unconfirmed_not_recorded": scene(BILL, "f5", *"100", "enter", desk=lambda: unconfirmed(recorded=False)),
    "unconfirmed_unknown": scene(BILL, "f5", *"100", "enter", desk=lambda: unconfirmed(recorded=None)),
    "what_a_crash_left": scene(
        *(*"ana", "enter", *"1357", "enter"),
        who=None,
        desk=lambda: FakeDesk(left=list(LEFT), check_seconds=0.1, others=[SESSION]),
    ),
    "open_drawers": scene("f10", "w", who="lee", drawer=False, desk=lambda: FakeDesk(others=list(ANOTHERS))),
    "surprise_count": scene(
        *("f10", "w", "c", "2", "tab"), who="lee", drawer=False, desk=lambda: FakeDesk(others=list(ANOTHERS))
    ),
    "surprise_counted": scene(
        *("f10", "w", "c", "1", "f9"),
        who="lee",
        drawer=False,
        desk=lambda: FakeDesk(
            others=list(ANOTHERS),
            may_be=[Explanation(TenderKind.CASH, "it is one piece of 100.00: count those again")],
        ),
    ),
    "closing_for_another": scene(
        *("f10", "w", "enter", "2", "tab"), who="lee", drawer=False, desk=lambda: FakeDesk(others=list(ANOTHERS))
    ),
}
