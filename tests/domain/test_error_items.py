"""Error items in plain words: every code that the ledger gives one has its own, in domain/error_items.py."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import countertui.ledger
from countertui.domain.error_items import Way, is_worded, kind_words, what_helps
from countertui.ledger.cards_unknown import CHARGED, UNKNOWN
from countertui.ledger.deposit_judging import NOT_INTACT, OTHER_ACCOUNT
from countertui.ledger.paper_keyed import TWICE
from countertui.ledger.periods import CLOSED_PERIOD
from countertui.ledger.terminal_deposits import WAITS
from countertui.ledger.trust import OVERDRAWN
from countertui.ledger.two_terminals import AT_TWO


def codes() -> Iterator[str]:
    """The codes that are written out where problems are made, beside those that have a name."""
    yield from (CHARGED, UNKNOWN, TWICE, CLOSED_PERIOD, OVERDRAWN, NOT_INTACT, OTHER_ACCOUNT, WAITS, AT_TWO)
    for path in Path(countertui.ledger.__file__).parent.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)) if "Problem" in source else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                code = node.args[0]
                made = node.func.id == "Problem" or node.func.id in {"_said", "_problem"}
                if made and isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield code.value


def test_every_code_has_words_of_its_own() -> None:
    found = {code for code in codes() if code}
    assert len(found) > 60
    assert sorted(code for code in found if not is_worded(code)) == []
    assert all(len(kind_words(code)) <= 44 for code in found)


def test_a_code_that_nobody_worded_is_read_out() -> None:
    assert kind_words("moon-phase") == "Moon phase"


@pytest.mark.parametrize(
    ("reason", "cents", "told"),
    [
        ("unknown-account", 5_00, "say where the money belongs"),
        ("self-approval", 0, "No money waits"),
        ("overdrawn", -5_00, "Money went out"),
        ("closed-period", 5_00, "a month that is open"),
        ("paper-twice", 5_00, "Compare the paper"),
        ("card-unknown", 0, "closes by itself"),
    ],
)
def test_what_helps_goes_by_what_waits(reason: str, cents: int, told: str) -> None:
    assert told in what_helps(reason, cents)
    assert len(what_helps(reason, cents)) <= 100


def test_every_way_is_said() -> None:
    assert all(way.label for way in Way)
