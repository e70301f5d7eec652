"""Help, the list of commands and lists at 80x24: no words end in `…`, and none run into the next."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import countertui.screens
from countertui.counter.find import Found
from countertui.counter.receipts import ReceiptRow
from countertui.screens import receipts
from countertui.screens.area import Command
from countertui.screens.help import HelpArea
from countertui.screens.palette import PaletteArea
from countertui.screens.payment_words import draw_found

SCREENS = Path(countertui.screens.__file__).parent
WIDTH = 79
"""Of 80 columns one is the arrows' of a longer list."""


def words_of(node: ast.expr, name: str) -> str:
    """A text as it stands in a call, the longest name of a tender in it where one is put in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "money order" for part in node.values)
    assert isinstance(node, ast.Constant), f"{name}: {ast.unparse(node)}"
    return str(node.value)


def commands_of(path: Path) -> list[tuple[str, str]]:
    """Label and explanation of each command that a module's text makes."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Command", "self._to"} and len(node.args) > 2:
            label, explains = node.args[1:3]
            if not isinstance(label, ast.Name):
                found.append((words_of(label, path.name), words_of(explains, path.name)))
    return found


ALL = sorted({(path.stem, *command) for path in SCREENS.glob("*.py") for command in commands_of(path)})


async def nothing() -> None:
    """A command that does nothing."""


def test_the_commands_are_found():
    assert len(ALL) > 40
    assert {"payment_keys", "menu", "app", "close", "receipts", "requests", "reports"} <= {
        module for module, _, _ in ALL
    }


@pytest.mark.parametrize(("module", "label", "explains"), ALL)
def test_no_command_is_cut_in_help_or_in_the_list_of_commands(module, label, explains):
    for draw, key in ((HelpArea().draw, "ctrl+k"), (PaletteArea()._draw, "f10 k")):
        row = "".join(text for text, _ in draw(Command(key, label, explains, nothing), WIDTH))
        assert explains in row, f"{len(explains) - row.count(' ')} too long"
        assert f"{label} " in row


async def test_at_80_columns_a_list_has_that_width(open_counter):
    async with open_counter() as counter:
        for key in ("f1", "ctrl+p"):
            await counter.keys(key)
            assert "…" not in counter.screen()
            assert counter.app.area.query("#list").first().content_size.width - 1 == WIDTH
            await counter.keys("escape")


@pytest.mark.parametrize(
    ("tenders", "words"),
    [
        ("Cash", "Cash"),
        ("Cash + Money order", "Cash + M.order"),
        ("Check + Card + Cash", "Check+Card+Cash"),
        ("Check + Card + Money order", "Check+2 more"),
        ("Cash + Check + Card + Money order", "Cash+3 more"),
    ],
)
@pytest.mark.parametrize(
    ("state", "refund", "said"), [("void_requested", "", "void asked"), ("refunded", "ap_check", "refunded, AP check")]
)
def test_a_receipts_columns_are_whole_and_apart(tenders, words, state, refund, said):
    payor = "Abernathy-Cholmondeley Holdings"
    row = ReceiptRow("T1-12345", "09:41", "2026-11-23", payor, 1_234_567_89, tenders, state, "ana", 0, "s1", refund)
    line = "".join(text for text, _ in receipts._draw(row, WIDTH))
    assert len(line) == WIDTH - 1
    for word in ("T1-12345", "09:41", words, said):
        assert f" {word} " in line
    assert line.endswith(" 1,234,567.89")


@pytest.mark.parametrize("width", [WIDTH, 65])
def test_an_address_does_not_run_into_the_flags_behind_it(width):
    who = "Miller, Brian & Maria", "191 Misty Vista Blvd"
    found = Found("account", "7576841-04", "7576841-04", "Utility", *who, 98_41, "paperless", exact=False)
    line = "".join(text for text, _ in draw_found(found, width))
    assert " !paperless " in line
    assert line.endswith(" 98.41")


@pytest.mark.parametrize("said", ["10/13/2026 · 100,064.20", "11/23/2026 · 26.11 · voided", "amount is typed"])
def test_a_receipt_found_says_its_date_and_amount_whole(said):
    found = Found("receipt", "H002038", "H002038", "Receipt", "Smith-Jones Grocery & Deli", said, None, "", exact=False)
    line = "".join(text for text, _ in draw_found(found, WIDTH))
    assert said in line
    assert len(line) == WIDTH
