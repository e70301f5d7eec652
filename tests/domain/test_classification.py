"""Plain words find a city's classes and an industry list's codes: every code by its own title, the likeliest first."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from countertui.domain.classification import Classification, Entry, classification

CITY = classification(
    [
        Entry("FOODTRUCK", "Mobile food vendor", ("taco truck", "food cart", "coffee trailer")),
        Entry("FOOD", "Restaurant", ("cafe", "diner", "pizza place")),
        Entry("SALON", "Hair, nail and skin care", ("barber", "nail bar", "hairdresser")),
    ]
)


@pytest.fixture(scope="module")
def naics(shared_data: Path) -> Classification:
    items = json.loads((shared_data / "naics" / "naics-2012_full_with_index_cfa_BSD.json").read_text())["items"]
    six = (item for item in items if len(str(item["code"])) == 6)
    return classification(Entry(str(item["code"]), item["title"], tuple(item.get("index") or ())) for item in six)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("taco truck", "FOODTRUCK"), ("Taco TRUCKS", "FOODTRUCK"), ("truck with tacos", "FOODTRUCK"),
        ("food cart", "FOODTRUCK"), ("foodtruck", "FOODTRUCK"), ("pizza", "FOOD"), ("nails", "SALON"),
    ],
)  # fmt: skip
def test_a_city_s_synonyms_find_its_class(typed: str, code: str) -> None:
    assert CITY.find(typed)[0].entry.code == code


@pytest.mark.parametrize("typed", ["", "  ", "zeppelin", "the of", "#!?", "x" * 10_000])
def test_what_no_word_fits_finds_nothing(typed: str) -> None:
    assert CITY.find(typed) == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("food truck", "722330"), ("mobile food", "722330"), ("plumber", "238220"), ("barber", "812111"),
        ("auto repair", "811111"), ("bakery", "311811"), ("lawn mowing", "561730"), ("tax preparer", "541213"),
        ("tattoo", "812199"), ("roofing contractor", "238160"), ("dentist", "621210"), ("pizza", "722513"),
        ("yoga", "611699"), ("238220", "238220"),
    ],
)  # fmt: skip
def test_everyday_words_find_the_code_of_2012_first(naics: Classification, typed: str, code: str) -> None:
    assert naics.find(typed)[0].entry.code == code


def test_every_title_of_2022_finds_its_own_code_among_the_first(shared_data: Path) -> None:
    with (shared_data / "naics" / "naics_2022_2to6digit_census_publicdomain.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["level"] == "6"]
    table = classification(Entry(row["code"], row["title"]) for row in rows)
    assert len(table.entries) > 1_000
    for row in rows:
        assert row["code"] in [match.entry.code for match in table.find(row["title"], 3)]
