"""A business's class and industry codes by plain words, from the snapshot in use."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from countertui.counter.classify import industries
from countertui.demo.city import DemoCity
from countertui.domain.reference import CityKey
from countertui.store.reference import Reference
from countertui.store.reference_load import build_reference
from store.test_reference import Snapshot

DAY = date(2026, 11, 23)
ROWS = [
    ("722330", "Mobile Food Services", "Food carts, mobile; Ice cream truck vendors"),
    ("812111", "Barber Shops", "Barber shops"),
    ("72", "Accommodation and Food Services", ""),
]


def reference_with(folder: Path, *, licenses: bool = True, version: int = 7) -> Reference:
    tables = {name: list(rows) for name, rows in DemoCity(0).tables()}
    tables["industry"] = ROWS
    if not licenses:
        tables["city"] = [row for row in tables["city"] if row[0] != CityKey.LICENSES]
    build_reference(folder / "reference.db", tables.items(), Snapshot(version=version))
    return Reference(folder / "reference.db")


def test_plain_words_find_classes_and_codes(tmp_path: Path) -> None:
    reference = reference_with(tmp_path)
    found = industries(reference, DAY)
    assert found.classes.find("taco truck")[0].entry.code == "FOODTRUCK"
    assert found.industries.find("ice cream trucks")[0].entry.code == "722330"
    assert found.industries.find("ice cream trucks")[0].phrase == "Ice cream truck vendors"
    assert found.title("812111") == "Barber Shops"
    assert found.title("812199") is None
    assert found.classes_of("722330")[0] == "FOODTRUCK"
    assert found.classes_of("445110")[:2] == ("GROCERY", "RETAIL")
    assert found.classes_of("999999") == ()
    later = industries(reference, date(2027, 7, 1))
    again = industries(reference, DAY)
    assert (again.classes, again.industries) == (found.classes, found.industries)
    assert again.classes is found.classes  # read once
    assert later.industries is again.industries is found.industries
    reference.close()


def test_another_snapshot_is_read_anew(tmp_path: Path) -> None:
    reference = reference_with(tmp_path)
    found = industries(reference, DAY)
    tables = {name: list(rows) for name, rows in DemoCity(0).tables()} | {"industry": ROWS[:1]}
    build_reference(tmp_path / "reference.db", tables.items(), Snapshot(version=8))
    reference.reopen()
    assert found.title("812111") == "Barber Shops"
    assert industries(reference, DAY).title("812111") is None
    reference.close()


def test_a_city_without_license_rows_has_no_classes(tmp_path: Path) -> None:
    reference = reference_with(tmp_path, licenses=False)
    assert industries(reference, DAY).classes.find("taco truck") == []
    assert industries(reference, DAY).industries.find("barber")[0].entry.code == "812111"
    reference.close()
