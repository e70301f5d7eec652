"""Every area is made by the name that the program goes to it by."""

from __future__ import annotations

from countertui.screens.areas import area_names, make_area


def test_every_area_is_made_by_its_own_name() -> None:
    for name in area_names():
        assert name == make_area(name).NAME
