"""A newer industry list takes the place of the one before, and the words people find codes by come along."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.industries import Industry, a_phrase, industry_of, with_index, with_table

NOW = {
    "44": "Retail Trade",
    "449110": "Furniture Retailers",
    "811210": "Electronic and Precision Equipment Repair and Maintenance",
    "722330": "Mobile Food Services",
}


def listed(*each: Industry) -> dict[str, Industry]:
    return {one.code: one for one in each}


@pytest.mark.parametrize(
    ("old", "to"),
    [
        (Industry("722330", "Mobile Food Services", ("Food carts",)), "722330"),
        (Industry("442110", "Furniture Stores", ("Sofas",)), "449110"),
        (Industry("811212", "Computer Repair", ("Printers, repair of",)), "811210"),
        (Industry("332999", "Other Metal Goods", ("Bells",)), None),
    ],
)
def test_phrases_go_to_the_code_the_title_or_the_only_one_of_the_group(old: Industry, to: str | None) -> None:
    editions = with_index(with_table({}, NOW).industries, [old])
    assert editions.became == {old.code: to}
    found = [code for code, each in editions.industries.items() if old.phrases[0] in each.phrases]
    assert found == ([to] if to else [])
    assert [each.code for each in editions.homeless] == ([] if to else [old.code])


def test_a_group_with_two_codes_is_no_place() -> None:
    now = with_table({}, {"811111": "General Repair", "811114": "Specialized Repair"}).industries
    assert with_index(now, [Industry("811118", "Other Repair", ("Radiators",))]).became == {"811118": None}


def test_a_new_table_takes_out_what_it_lacks_at_its_own_lengths_and_keeps_phrases() -> None:
    before = listed(
        Industry("44", "Retail"),
        Industry("442110", "Furniture Stores", ("Sofas",)),
        Industry("722330", "Mobile Food Services", ("Food carts",)),
        Industry("999999", "Gone", ("Nothing like it",)),
    )
    table = {code: title for code, title in NOW.items() if len(code) == 6}
    editions = with_table(before, table)
    assert editions.gone == ("442110", "999999")
    assert [each.code for each in editions.homeless] == ["999999"]
    assert editions.industries["44"] == Industry("44", "Retail")
    assert editions.industries["449110"].phrases == ("Sofas",)
    assert editions.industries["722330"].phrases == ("Food carts",)
    assert editions.industries.keys() == {"44", *table}


def test_a_phrase_stands_once_and_a_title_is_no_phrase_of_its_own() -> None:
    index = [Industry("722330", "Mobile Food Services", ("Food carts", "food CARTS", "mobile food services", "Trucks"))]
    once = with_index(with_table({}, NOW).industries, index)
    assert once.industries["722330"].phrases == ("Food carts", "Trucks")


def test_a_row_gives_its_industry_again() -> None:
    each = Industry("722330", "Mobile Food Services", ("Food carts", a_phrase(" Trucks;  of food ")))
    assert industry_of(*each.row()).phrases == ("Food carts", "Trucks, of food")
    assert industry_of(*Industry("72", "Food").row()) == Industry("72", "Food")


codes = st.from_regex(r"[1-3][12][12]{0,4}", fullmatch=True)
words = st.sampled_from(["Ore", "Mills", "Stores", "Retailers", "Repair", "Boats"])
tables = st.dictionaries(codes, words, max_size=8)
indexes = st.lists(
    st.builds(Industry, codes, words, st.lists(words, max_size=3).map(tuple)),
    max_size=8,
    unique_by=lambda each: each.code,
)


@given(tables, indexes)
def test_the_same_files_again_change_nothing(table: dict[str, str], index: list[Industry]) -> None:
    first = with_index(with_table({}, table).industries, index)
    assert with_index(first.industries, index).industries == first.industries
    if table:
        assert with_table(first.industries, table).industries == first.industries


@given(tables, indexes, tables)
def test_no_phrase_is_lost_untold(table: dict[str, str], index: list[Industry], newer: dict[str, str]) -> None:
    first = with_index(with_table({}, table).industries, index)
    after = with_table(first.industries, newer)
    words_after = {text.casefold() for each in after.industries.values() for text in (each.title, *each.phrases)}
    told = {text.casefold() for each in after.homeless for text in each.phrases}
    for each in first.industries.values():
        assert {text.casefold() for text in each.phrases} <= words_after | told


def test_the_index_of_2012_on_the_table_of_2022(shared_data: Path) -> None:
    with (shared_data / "naics" / "naics_2022_2to6digit_census_publicdomain.csv").open(encoding="utf-8-sig") as file:
        table = {row["code"]: row["title"] for row in csv.DictReader(file)}
    items = json.loads((shared_data / "naics" / "naics-2012_full_with_index_cfa_BSD.json").read_text())["items"]
    index = [
        Industry(str(item["code"]), item["title"], tuple(item.get("index", ()))) for item in items if "title" in item
    ]
    editions = with_index(with_table({}, table).industries, index)
    assert editions.industries.keys() == table.keys()
    moved = {code: to for code, to in editions.became.items() if to not in (code, None)}
    for old, new in {
        "442110": "449110", "445120": "445131", "446110": "456110", "447110": "457110", "451110": "459110",
        "454210": "445132", "511210": "513210", "811212": "811210", "532220": "532281", "212221": "212220",
    }.items():  # fmt: skip
        assert moved[old] == new
    assert sum(len(each.phrases) for each in editions.industries.values()) == 17_876
    assert {each.code for each in editions.homeless if each.phrases} >= {"448110", "454111", "519130", "811112"}
    assert sum(len(each.phrases) for each in editions.homeless) == 1_236
