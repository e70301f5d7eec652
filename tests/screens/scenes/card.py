"""Cards: asked, answered, not known; and what is not settled."""

from __future__ import annotations

from countertui.counter.card_charges import OpenCardCharge
from countertui.domain.money import Cents
from screens.fake_desk import FakeDesk
from screens.scenes import Scene, scene
from screens.scenes.counter import BILL


def _open(id_: str, state: str, cents: int, payor: str, said: str) -> OpenCardCharge:
    return OpenCardCharge(
        id_, f"cart-{id_}", "s1", state, Cents(cents), payor, "ana", "2026-11-23 09:41", said, has_cart=True
    )


def _desk() -> FakeDesk:
    return FakeDesk(
        open_cards=[
            _open("a", "asked", 84_17, "Marta Ellison", "what did it say?"),
            _open("b", "unknown", 1_055_00, "Bramble Bakery", "no answer came"),
            _open("c", "unknown", 18_00, "Joss Bramble", "said to be reversed"),
            _open("d", "charged", 75_00, "Bramble Bakery", "in no receipt: reverse"),
        ]
    )


SCENES: dict[str, Scene] = {
    "card_asked": scene(BILL, "f7", *"991"),
    "card_answer": scene(BILL, "f7", "escape"),
    "card_unknown": scene(BILL, "f7", "escape", "u"),
    "card_terminal": scene("f10", "e", desk=_desk),
    "card_verdict": scene("f10", "e", "down", "enter", desk=_desk),
    "card_settle": scene("f10", "e", "down", "enter", "c", *"batch 117", "enter", *"991", "enter", "enter", desk=_desk),
}
