"""What README, titles and help say of keys is what the keys do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from countertui.widgets.stroke import shown_key
from screens.fake_desk import FakeDesk

README = Path(__file__).parents[2] / "README.md"
NAMED = re.compile(r"\b(F\d{1,2}|Ctrl\+[A-Z]|Del|Esc|[B-HJ-Z])(?![\w'+])")
"""A key in a sentence: single letters but A and I, which are words, too."""
MENU = {"x": "X report", "c": "Close", "z": "Z report", "r": "Requests", "p": "Printing", "y": "Batches", "u": "Unlock"}
LATER = {"x": {"X"}, "z": {"Z"}, "c": {"F4", "Z"}, "r": {"A", "C", "R", "F9"}, "p": {"G", "I", "L", "N", "O"}}
"""The reports' own names, and keys that wait: for a count, or for something in the list."""


def readme_keys() -> set[str]:
    """The keys of the README's key table."""
    table = re.search(r"## Keys\n.*?\n\|---\|---\|\n(.*?)\n\n", README.read_text(encoding="utf-8"), re.DOTALL)
    assert table is not None
    return {key for row in table[1].splitlines() for key in NAMED.findall(row.split("|")[1])}


async def test_the_readme_lists_each_key_of_the_payment_and_no_other(open_counter):
    async with open_counter() as counter:
        there = {shown_key(command.key) for command in counter.app.commands()}
    assert readme_keys() == there | {"Esc"}


@pytest.mark.parametrize("letter", MENU)
async def test_keys_that_a_title_or_help_names_are_there(open_counter, letter):
    async with open_counter(FakeDesk(), who="lee", drawer=letter in "xc") as counter:
        await counter.keys("f10", letter)
        area = counter.app.area
        assert area.TITLE.startswith(MENU[letter])
        there = {shown_key(command.key) for command in counter.app.commands()} | {"Esc"} | LATER.get(letter, set())
        assert set(NAMED.findall(f"{area.TITLE}. {area.HELP}")) <= there


async def test_a_void_with_nobody_there_is_as_the_help_says(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f9", "f3", "enter")
        assert "press Enter twice" in counter.app.area.HELP
        await counter.keys("v", "1", "enter")
        assert counter.desk.receipts[0].state == "taken"
        await counter.keys("enter")
        assert counter.desk.receipts[0].state == "void_requested"
