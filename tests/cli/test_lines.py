"""What a command tells is broken between words at a terminal, and left whole for a script."""

from __future__ import annotations

import io

import pytest

from countertui.cli.lines import tell

SAID = "Root key 1: lies where it was asked for. Keep it apart from the others and from the ledger, each in a safe."
PATH = "/srv/" + "a-very-long-name/" * 6 + "FERNHOLLOW-root-1.json"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("COLUMNS", "80")
    return Terminal()


def test_no_word_is_broken_at_80_columns(terminal: Terminal) -> None:
    tell(f"{SAID}\n  {SAID}", terminal)
    lines = terminal.getvalue().splitlines()
    assert [line.split(" ") for line in lines] != [SAID.split(" "), SAID.split(" ")]
    assert max(map(len, lines)) <= 80
    assert " ".join(terminal.getvalue().split()) == f"{SAID} {SAID}"
    assert [len(line) - len(line.lstrip()) for line in lines] == [0, 4, 2, 6]


def test_a_path_stays_whole_and_columns_stay_where_they_are(terminal: Terminal) -> None:
    tell(f"{PATH} is there.", terminal)
    tell("  cash             150.00", terminal)
    assert terminal.getvalue().splitlines() == [PATH, "    is there.", "  cash             150.00"]


def test_for_a_script_a_line_is_a_line() -> None:
    piped = io.StringIO()
    tell(SAID, piped)
    assert piped.getvalue() == f"{SAID}\n"
