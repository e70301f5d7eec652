"""What a person chose for themselves is kept for them, at this terminal, and taken amiss by nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from countertui.bootstrap import appearance
from countertui.counter.choices import ChoiceNotKept, choose, own_choice
from countertui.counter.station import Person, Station
from countertui.domain.appearance import Appearance, Choice
from countertui.domain.rights import Role
from countertui.store.choices import FILE

ANA, BO = (Person(name, name.title(), (Role.CASHIER,)) for name in ("ana", "bo"))
FOLDED = Person("ANA", "Ana", (Role.CASHIER,))


def test_each_person_has_their_own_choice(station: Station) -> None:
    assert own_choice(station, ANA) == Choice()
    choose(station, ANA, Choice("high-contrast", "mail"))
    choose(station, BO, Choice("16-colors"))
    choose(station, BO, Choice(start="menu"))
    assert own_choice(station, ANA) == own_choice(station, FOLDED) == Choice("high-contrast", "mail")
    assert own_choice(station, BO) == Choice(start="menu")


@pytest.mark.parametrize("spoilt", ["", "{", "[]", "7", '{"ana": 7}', '{"ana": {"colour": "red"}}', "\x00"])
def test_a_spoilt_file_is_no_choice(station: Station, spoilt: str) -> None:
    (station.store.folder / FILE).write_text(spoilt, encoding="utf-8")
    assert own_choice(station, ANA) == Choice()
    choose(station, ANA, Choice(start="mail"))
    assert own_choice(station, ANA) == Choice(start="mail")


def test_a_disk_that_refuses_is_said(station: Station) -> None:
    (station.store.folder / f"{FILE}.new").mkdir()
    with pytest.raises(ChoiceNotKept, match="could not be kept"):
        choose(station, ANA, Choice(start="mail"))


@pytest.mark.parametrize(
    ("settings", "plain", "seen"),
    [
        (None, False, Appearance()),
        (None, True, Appearance(plain=True)),
        ('[screen]\ntheme = "high-contrast"\n', False, Appearance("high-contrast")),
        ('[screen]\ntheme = "high-contrast"\n', True, Appearance("high-contrast", plain=True)),
        ("[screen]\nplain = true\n", False, Appearance(plain=True)),
        ('[screen]\ntheme = "pink"\nplain = "no"\n', False, Appearance()),
        ('screen = "no"\n', False, Appearance()),
        ("[scr", True, Appearance(plain=True)),
    ],
)
def test_the_first_paint_is_as_the_terminal_is_set(
    tmp_path: Path, settings: str, plain: bool, seen: Appearance
) -> None:
    if settings is not None:
        (tmp_path / "terminal.toml").write_text(settings, encoding="utf-8")
    assert appearance(tmp_path, plain=plain) == seen
