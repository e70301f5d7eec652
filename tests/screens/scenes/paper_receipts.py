"""Keying in what was written on paper."""

from __future__ import annotations

from functools import partial

from screens.fake_desk import FakeDesk
from screens.scenes import Scene, scene

PAPER = ("f10", "n", *"b123", "enter", *"11/20/2026", "f9")
paper = partial(scene, desk=lambda: FakeDesk(papers={101: "T1-3", 104: "spoiled"}))
SCENES: dict[str, Scene] = {
    "paper_form": paper("f10", "n", *"b12"),
    "paper_lead": paper("f10", "n", *"c7", "f9", *"lee", "enter", *"97"),
    "paper_payment": paper(*PAPER, "p:10422301\n", "f5", *"20"),
    "paper_taken": paper(*PAPER, "p:10422301\n", "f9"),
    "paper_spoiled": paper("f10", "n", *"b123", "enter", "enter", *"torn", "f9"),
}
