"""Of an update only what changes is sent, and the terminal shows the same as after all of it."""

from __future__ import annotations

from itertools import groupby

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countertui.screens.changed_cells import ShownCells
from thoroughly import examples

COLUMNS, LINES = 20, 5
STYLES = ["", "1", "4;38;2;9;9;9", "1;7;38;2;200;200;200;48;2;30;30;30", "38;5;7;48;5;0", "31;44", "97;101", "2;3;9"]


class Terminal:
    """A terminal that gets all that is written, and one that gets only what changes."""

    def __init__(self) -> None:
        self.screens = [pyte.Screen(COLUMNS, LINES) for _ in range(2)]
        self.streams = [pyte.Stream(screen) for screen in self.screens]
        self.shown = ShownCells()
        self.shown.sized(COLUMNS, LINES)
        self.write("\x1b[?7l")  # as Textual does: what is behind the last column is not wrapped

    def write(self, data: str) -> str:
        changing = self.shown.changing(data)
        for stream, what in zip(self.streams, (data, changing), strict=True):
            stream.feed(what)
        return changing

    def agree(self) -> None:
        plain, sparing = self.screens
        for line in range(LINES):
            assert [plain.buffer[line][column] for column in range(COLUMNS)] == [
                sparing.buffer[line][column] for column in range(COLUMNS)
            ], line
        assert (plain.cursor.y, plain.cursor.x) == (sparing.cursor.y, sparing.cursor.x)


def update(*pieces: tuple[int, int, str, str], cursor: tuple[int, int] = (0, 0)) -> str:
    """Pieces (line, column, style, text) as Textual writes them: from above, each in its style, and a reset behind."""
    lines = [
        "".join(
            f"\x1b[{line + 1};{column + 1}H" + (f"\x1b[{style}m{text}\x1b[0m" if style else text)
            for line, column, style, text in of_line
        )
        for _, of_line in groupby(sorted(pieces, key=lambda piece: piece[0]), key=lambda piece: piece[0])
    ]
    return "\n".join(lines) + f"\x1b[{cursor[0] + 1};{cursor[1] + 1}H"


@st.composite
def pieces(draw: st.DrawFn) -> tuple[int, int, str, str]:
    column = draw(st.integers(0, COLUMNS - 1))
    text = draw(st.text("ab é…日本", min_size=1, max_size=8))
    cells = 0
    for end, letter in enumerate(text):
        cells += 2 if letter in "日本" else 1
        if cells > COLUMNS - column:
            text = text[:end]
            break
    return draw(st.integers(0, LINES - 1)), column, draw(st.sampled_from(STYLES)), text or " "


places = st.tuples(st.integers(0, LINES - 1), st.integers(0, COLUMNS - 1))
updates = st.builds(lambda some, at: update(*some, cursor=at), st.lists(pieces(), max_size=6), places)
others = st.sampled_from(
    ["\x1b[?25l", "\x07", "\x1b[?2026h", "\x1b[2J", "\x1b[1mloud\x1b[0m", "\x1b[9;9Hnowhere", "a\r\nb"]
)


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.one_of(updates, updates, updates, others), max_size=8))
def test_the_terminal_shows_the_same_whatever_is_written(written: list[str]) -> None:
    terminal = Terminal()
    for data in written:
        terminal.write(data)
        terminal.agree()


def test_the_same_again_sends_nothing_but_where_the_cursor_is() -> None:
    terminal = Terminal()
    line = update((1, 0, "1", "smith, john"), cursor=(0, 5))
    terminal.write(line)
    assert terminal.write(line) == ""
    assert terminal.write(update((1, 0, "1", "smith, john"), cursor=(0, 6))) == "\x1b[1;7H"


def test_one_letter_more_is_that_letter_in_its_style() -> None:
    terminal = Terminal()
    terminal.write(update((0, 0, "4;38;2;9;9;9", "smi   "), cursor=(0, 3)))
    assert terminal.write(update((0, 0, "4;38;2;9;9;9", "smit  "), cursor=(0, 4))) == "t"


def test_a_style_is_sent_as_what_changes_of_it() -> None:
    terminal = Terminal()
    terminal.write(update((0, 0, "1;38;2;9;9;9;48;2;1;1;1", "a"), cursor=(0, 1)))
    assert terminal.write(update((0, 1, "38;2;9;9;9;48;2;1;1;1", "b"), cursor=(0, 2))) == "\x1b[22mb"
    assert terminal.write(update((0, 2, "38;2;8;8;8;48;2;1;1;1", "c"), cursor=(0, 3))) == "\x1b[38;2;8;8;8mc"


@pytest.mark.parametrize("other", ["\x1b[?1049l", "\x1b[2J", "words of somebody else"])
def test_what_else_may_show_is_passed_on_plain_and_the_next_update_is_sent_whole(other: str) -> None:
    terminal = Terminal()
    line = update((0, 0, "1", "smith"), cursor=(0, 5))
    terminal.write(line)
    assert terminal.write(other) == f"\x1b[m{other}"
    assert "smith" in terminal.write(line)


def test_a_whole_screen_is_sent_whole_so_that_it_mends_what_was_written_into_it() -> None:
    terminal = Terminal()
    whole = update(*((line, 0, "1", "x" * COLUMNS) for line in range(LINES)))
    terminal.write(whole)
    assert terminal.write(whole).count("x" * COLUMNS) == LINES


def test_of_a_terminal_of_another_size_nothing_is_known() -> None:
    shown = ShownCells()
    shown.sized(COLUMNS, LINES)
    line = update((0, 0, "", "smith"), cursor=(0, 5))
    assert "smith" in shown.changing(line)
    shown.sized(COLUMNS, LINES)
    assert shown.changing(line) == ""
    shown.sized(COLUMNS + 1, LINES)
    assert "smith" in shown.changing(line)


@pytest.mark.parametrize("old", STYLES)
@pytest.mark.parametrize("new", STYLES)
def test_every_style_follows_every_other(old: str, new: str) -> None:
    terminal = Terminal()
    terminal.write(update((0, 0, old, "a"), cursor=(0, 1)))
    terminal.write(update((0, 1, new, "b"), cursor=(0, 2)))
    terminal.agree()


def test_what_scrolls_is_passed_on_and_nothing_is_known_then() -> None:
    terminal = Terminal()
    line = update((LINES - 1, 0, "", "below"))
    terminal.write(line)
    terminal.write(f"\x1b[{LINES};1Hbelow\n\x1b[1;1H")
    terminal.agree()
    terminal.write(line)
    terminal.agree()


def test_a_line_with_a_wide_letter_is_sent_whole_each_time() -> None:
    terminal = Terminal()
    line = update((1, 0, "1", "会社 ab"), cursor=(0, 0))
    terminal.write(line)
    assert terminal.write(line) == f"\x1b[m{line}"
    terminal.write(update((1, 1, "", "x"), cursor=(1, 3)))
    terminal.agree()


def test_what_stood_where_a_wide_letter_came_is_sent_again() -> None:
    terminal = Terminal()
    line = update((1, 0, "", "narrow"))
    terminal.write(line)
    terminal.write(update((1, 0, "", "会社 ab")))
    terminal.write(line)
    terminal.agree()
