"""Founding a ledger: two people, three root keys, and nothing that lets one stand for another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from countertui.domain.operators import PinRefused
from countertui.domain.rights import NotAllowed
from countertui.ledger.founding import Admin, FoundingError, found
from countertui.sync.keyslots import CHEAP_COST
from ledger.town import NOW, counting_random

ADA, BOB = Admin("ada", "Ada Moss", "902108"), Admin("bob", "Bob Reed", "864209")
PHRASES = ("the first of three phrases", "the second of three phrases", "the third of three phrases")


def founded(folder: Path, second: Admin, phrases: tuple[str, ...] = PHRASES) -> None:
    places = [folder / f"stick-{n}" for n in (1, 2, 3)]
    for place in places:
        place.mkdir()
    found(
        folder / "L",
        "CITY",
        openers={"opener": "a passphrase of some length"},
        admins=(ADA, second),
        roots={place / "root.json": phrase for place, phrase in zip(places, phrases, strict=True)},
        random=counting_random(),
        now=NOW,
        cost=CHEAP_COST,
        pin_cost=CHEAP_COST,
    ).close()


def test_two_people_found_a_ledger(tmp_path: Path) -> None:
    founded(tmp_path, BOB)
    assert (tmp_path / "stick-3" / "root.json").is_file()


@pytest.mark.parametrize(
    ("second", "refusal", "told"),
    [
        (replace(BOB, pin=ADA.pin), FoundingError, "the same PIN"),
        (replace(BOB, name="ADA  MOSS"), FoundingError, "the same name"),
        (replace(BOB, pin="111111"), PinRefused, "guess"),
        (replace(BOB, id="ada"), NotAllowed, "Nobody approves"),
    ],
)
def test_one_person_does_not_stand_for_two(tmp_path: Path, second: Admin, refusal: type[Exception], told: str) -> None:
    with pytest.raises(refusal, match=told):
        founded(tmp_path, second)
    assert not (tmp_path / "L").exists()
    assert not list(tmp_path.glob("stick-*/*"))


def test_each_root_key_has_a_passphrase_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(FoundingError, match="passphrase of its own"):
        founded(tmp_path, BOB, (PHRASES[0], PHRASES[1], PHRASES[0]))
    assert not list(tmp_path.glob("stick-*/*"))
