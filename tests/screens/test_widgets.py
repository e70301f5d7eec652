"""The line widgets: what they show, and that they draw no more than what changed."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from countertui.counter.chips import Chips
from countertui.domain.drawers import OverShort
from countertui.domain.money import Cents
from countertui.domain.paper import width_of
from countertui.domain.tenders import TenderKind
from countertui.screens.beside import OneAtATime
from countertui.screens.chip_words import chip_words
from countertui.screens.colors import theme_for
from countertui.screens.difference_rows import over_short_row
from countertui.screens.hands import Hands
from countertui.widgets.denomination_grid import DenominationGrid
from countertui.widgets.field import Field
from countertui.widgets.line_list import LineList
from countertui.widgets.lines import LinesScreen, fit, shown
from countertui.widgets.message_bar import MessageBar
from countertui.widgets.status_line import Chip, StatusLine
from countertui.widgets.stroke import Stroke, shown_key


class Bench(App[None]):
    """One widget on a bench."""

    CSS = "Lines { height: 5; width: 30; } Field { height: 1; }"

    def __init__(self, widget) -> None:
        super().__init__()
        self.widget = widget

    def get_default_screen(self) -> LinesScreen:
        return LinesScreen(id="_default")

    def compose(self) -> ComposeResult:
        yield self.widget


def draw(item: str, width: int):
    return ((fit(item, width), ""),)


async def test_the_cursor_is_a_bar_to_the_edge_and_the_arrow_stands_there_however_short_a_row_is():
    listed = LineList(lambda item, _width: ((item, "strong"),))
    async with Bench(listed).run_test() as pilot:
        listed.show([f"T1-{n}" * (n % 3 + 1) for n in range(9)], 0)
        await pilot.pause()
        *rows, last = listed.rows_for(30)
    assert [sum(width_of(text) for text, _ in row) for row in rows] == [29] * 4
    assert {look for _, look in rows[0]} == {"cursor"}
    assert (sum(width_of(text) for text, _ in last), last[-1]) == (30, ("↓", "dim"))


async def test_a_list_draws_only_the_lines_that_changed(monkeypatch):
    listed = LineList(draw)
    async with Bench(listed).run_test() as pilot:
        listed.show(["a", "b", "c", "d"])
        await pilot.pause()
        drawn = []
        monkeypatch.setattr(listed, "refresh", lambda *regions, **_: drawn.extend(region.y for region in regions))
        listed.show(["a", "B", "c", "d"])
        assert drawn == [1]
        drawn.clear()
        listed.move(1)
        listed.move(1)
        assert drawn == [0, 0, 1]
        drawn.clear()
        listed.show(["a", "B", "c", "d"], cursor=1)
        assert drawn == []


async def test_a_long_list_scrolls_with_its_cursor_and_says_that_there_is_more():
    listed = LineList(draw)
    async with Bench(listed).run_test() as pilot:
        listed.show([f"item {n}" for n in range(20)])
        await pilot.pause()
        assert listed.plain_text().splitlines()[-1].endswith("↓")
        for _ in range(8):
            listed.press("down")
        assert "item 7" in listed.plain_text()
        assert listed.plain_text().splitlines()[0].endswith("↑")
        listed.press("pagedown")
        listed.press("pagedown")
        listed.press("pagedown")
        assert listed.current == "item 19"


async def test_a_field_is_edited_by_keys():
    field = Field("Name")
    async with Bench(field).run_test():
        field.activate(active=True)
        for key in ["a", "b", "c", "left", "backspace", "home", "x", "delete", "end", "d"]:
            assert field.press(Stroke(key, key if len(key) == 1 else ""))
        assert field.value == "xcd"
        assert not field.press(Stroke("f5"))
        field.set("84.17", selected=True)
        field.press(Stroke("left"))
        field.press(Stroke("9", "9"))
        assert field.value == "84.197"
        field.set("84.17", selected=True)
        field.press(Stroke("9", "9"))
        assert field.value == "9"


async def test_a_secret_is_never_drawn():
    field = Field("PIN", secret=True)
    async with Bench(field).run_test():
        field.activate(active=True)
        field.press(Stroke(pasted="2468"))
        assert "2468" not in field.plain_text()
        assert "••••" in field.plain_text()


async def test_a_grid_totals_while_typing():
    grid = DenominationGrid()
    async with Bench(grid).run_test():
        grid.fields[0].set("2")
        grid.fields[-1].set("17")
        grid.retotal()
        assert grid.count().total == 200_17
        grid.fields[3].set("x")
        grid.retotal()
        assert "—" in grid.query_one("#grid-total").plain_text()


async def test_a_long_message_is_given_more_lines_so_that_what_to_press_is_read():
    bar = MessageBar()
    async with Bench(bar).run_test() as pilot:
        bar.refuse("It happened " * 4, "It is safe.", "Press something.")
        await pilot.pause()
        assert bar.plain_text().startswith(" ! It")
        assert bar.plain_text().endswith("Press something.")
        assert bar.size.height == 3
        bar.refuse("It happened " * 40, "It is safe.", "Press something.")
        await pilot.pause()
        assert bar.size.height == len(bar.plain_text().splitlines()) == 6
        bar.clear()
        await pilot.pause()
        assert bar.size.height == 2


@given(st.text(max_size=60), st.integers(0, 40))
def test_fitted_text_fills_its_cells_and_holds_nothing_a_terminal_obeys(text, width):
    fitted = fit(text, width)
    assert width_of(fitted) == width
    assert not any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 for letter in shown(text))


async def test_hands_do_one_thing_after_the_other_and_go_on_after_a_slow_one():
    done, hands = [], Hands()

    async def slow() -> None:
        await asyncio.sleep(0.01)
        done.append("slow")

    async def quick() -> None:
        done.append("quick")

    hands.put(slow)
    hands.put(quick)
    work = asyncio.create_task(hands.work())
    await hands.idle()
    work.cancel()
    assert done == ["slow", "quick"]


async def test_what_must_not_run_twice_at_once_runs_once_more_afterwards():
    running, runs, gate = 0, 0, asyncio.Event()

    async def act() -> None:
        nonlocal running, runs
        running, runs = running + 1, runs + 1
        assert running == 1
        await gate.wait()
        running -= 1

    tasks = []
    one = OneAtATime(lambda run: tasks.append(asyncio.create_task(run())), act)
    for _ in range(3):
        one.ask()
    await asyncio.sleep(0)
    one.ask()
    gate.set()
    await asyncio.gather(*tasks)
    assert runs == 2
    one.ask()
    await asyncio.gather(*tasks)
    assert runs == 3


@pytest.mark.parametrize(
    ("environment", "theme"),
    [
        ({"TERM": "linux"}, "ansi-dark"),
        ({"TERM": "vt220"}, "ansi-dark"),
        ({"TERM": "xterm-256color"}, "textual-dark"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "textual-dark"),
    ],
)
def test_terminals_of_few_colors_get_basic_ones(environment, theme):
    assert theme_for(environment) == theme


def test_chips_say_in_words_what_is_not_as_it_should_be():
    chips = chip_words(Chips("paper out", 2, "offline", 3, 1, 9, True, False, ""))
    assert [chip.text for chip in chips] == [
        "printer paper out, 2 waiting",
        "ledger offline, 3 unsent",
        "data expired",
    ]
    assert all(chip.look != "chip" for chip in chips)


@pytest.mark.parametrize(
    ("off_ms", "said"),
    [
        (361_000, Chip("clock 6 minutes ahead", "warn", "clock off")),
        (-7_260_000, Chip("clock 2 hours behind", "warn", "clock off")),
        (90_000_000, Chip("clock 25 hours ahead", "bad", "clock off")),
        (-1_000 * 86_400_000, Chip("clock 1,000 days behind", "bad", "clock off")),
    ],
)
def test_a_chip_tells_a_clock_that_is_off(off_ms, said):
    assert said in chip_words(Chips("ok", 0, "online", 0, 1, 0, False, True, "", off_ms))
    assert not any("clock" in chip.text for chip in chip_words(Chips("ok", 0, "online", 0, 1, 0, False, True, "")))


def test_a_chip_tells_that_the_disk_is_nearly_full():
    low = chip_words(Chips("ok", 0, "online", 0, 1, 0, False, True, "", disk_low=True))
    assert status_of(low).startswith("!! disk nearly full: close and send")


def test_keys_are_named_as_on_the_keyboard():
    assert [shown_key(key) for key in ("f5", "ctrl+k", "escape", "r")] == ["F5", "Ctrl+K", "Esc", "R"]


DATE = "business date 2026-11-23"


def status_of(chips, width: int = 80) -> str:
    line = StatusLine()
    line._chips, line._date = tuple(chips), DATE
    _, row = line.rows_for(width)
    text = "".join(piece for piece, _ in row)
    assert width_of(text) == width
    assert text.endswith(f"{DATE} ")
    return text.removesuffix(f"{DATE} ").strip()


def test_where_there_is_room_every_chip_is_said_the_gravest_first() -> None:
    found = Chips("off", 0, "online", 0, 1, 0, True, True, "")
    assert status_of(chip_words(found), 120) == "!! data expired  ! printer off  ledger online, all sent"


def test_what_is_well_gives_way_only_as_far_as_it_must() -> None:
    cash_was_taken = Chips("ok", 0, "online", 0, 0, 0, False, True, "", drawer_open_ms=900)
    assert status_of(chip_words(cash_was_taken)) == "printer ok  drawer open  ledger online, all sent"


def test_of_all_chips_at_80_columns_the_gravest_are_whole_and_the_date_is_there() -> None:
    found = Chips("paper out", 12, "offline", 3, 1, 400, True, True, "the disk did not confirm", 3 * 86_400_000)
    assert status_of(chip_words(found)) == "!! HALTED  !! data expired  !! clock off  +2"
    running = Chips("paper out", 12, "offline", 3, 1, 9, False, True, "", 3_600_000 * 2)
    assert (
        status_of((Chip("checking", "warn"), *chip_words(running)))
        == "! checking  ! printer paper out  ! ledger offline  +2"
    )
    two = Chips("paper out", 12, "offline", 3, 1, 0, False, True, "")
    assert status_of(chip_words(two)) == "! printer paper out, 12 waiting  ! ledger offline", "what is well gives way"


@given(
    st.lists(
        st.builds(
            Chip,
            st.text("abc한", min_size=1, max_size=40),
            st.sampled_from(["chip", "warn", "bad"]),
            st.sampled_from(["", "short"]),
        ),
        max_size=9,
    ),
    st.integers(60, 130),
)
def test_no_chip_is_ever_cut_nor_the_date(chips, width) -> None:
    said = status_of(chips, width)
    for word in said.split("  ") if said else ():
        assert word.startswith("+") or word.lstrip("! ") in {text for one in chips for text in (one.text, one.short)}


@pytest.mark.parametrize(
    ("printer", "unprinted", "ledger", "young", "words"),
    [
        ("ok", 5, "online", False, ["printing 5", "ledger online, all sent"]),
        ("offline", 5, "offline", True, ["printer offline, 5 waiting", "ledger starting"]),
        ("no status", 0, "online", False, ["printer no status", "ledger online, all sent"]),
        ("ok", 0, "offline", False, ["printer ok", "ledger offline"]),
    ],
)
def test_chips_contradict_nothing(printer, unprinted, ledger, young, words) -> None:
    found = Chips(printer, unprinted, ledger, 0, 1, 0, False, True, "")
    assert [chip.text for chip in chip_words(found, just_started=young)][:2] == words


def test_papers_in_doubt_are_not_said_to_be_printing() -> None:
    found = Chips("ok", 3, "online", 0, 1, 0, False, True, "", uncertain=1)
    assert status_of(chip_words(found), 120).startswith("! 1 paper uncertain: F10, P  printing 2  ledger")
    assert status_of(chip_words(found), 48).startswith("! 1 uncertain")
    found = Chips("ok", 2, "online", 0, 1, 0, False, True, "", uncertain=2)
    assert status_of(chip_words(found), 120).startswith("! 2 papers uncertain: F10, P  printer ok  ledger")


def test_a_reader_that_cannot_be_heard_is_named() -> None:
    found = Chips("ok", 0, "online", 0, 1, 0, False, True, "", readers=(("hand scanner", "unplugged"),))
    assert status_of(chip_words(found), 120).startswith("! hand scanner unplugged  printer ok")
    assert status_of(chip_words(found), 80) == "! hand scanner unplugged  printer ok"
    assert status_of(chip_words(found), 48) == "! reader unplugged"


def test_what_is_kept_for_later_is_not_said_to_print():
    found = Chips("ok", 3, "online", 0, 1, 0, False, True, "", later=2)
    assert status_of(chip_words(found), 120).startswith("printing 1  2 papers for later: F10, P  ledger")
    found = Chips("ok", 1, "online", 0, 1, 0, False, True, "", later=1)
    assert status_of(chip_words(found), 120).startswith("printer ok  1 paper for later: F10, P  ledger")


@pytest.mark.parametrize(("open_ms", "said"), [(None, ""), (0, "drawer open"), (120_000, "! drawer open")])
def test_an_open_drawer_is_said_and_warned_of_when_it_stays_open(open_ms, said) -> None:
    found = Chips("ok", 0, "online", 0, 1, 0, False, True, "", drawer_open_ms=open_ms)
    line = status_of(chip_words(found), 120)
    assert said in line
    assert ("!" in line, "drawer" in line) == (said.startswith("!"), bool(said))


@pytest.mark.parametrize(("count", "said"), [(1, "+1 piece"), (-1, "-1 piece"), (2, "+2 pieces"), (-3, "-3 pieces")])
def test_one_piece_over_is_one_piece(count, said) -> None:
    row = over_short_row(OverShort(TenderKind.CHECK, Cents(0), count))
    assert "".join(text for text, _ in row).endswith(f"  {said}")
