"""Themes by person and terminal, where work starts, and the plain mode for screen readers."""

from __future__ import annotations

import pytest
from rich.color import ColorType
from textual.drivers.headless_driver import HeadlessDriver

from countertui.domain.appearance import Appearance, Choice
from countertui.screens.colors import NAMES, theme_for
from screens.fake_desk import FakeDesk

SIGN_ON = (*"ana", "enter", *"1357", "enter")


@pytest.mark.parametrize(
    ("environment", "chosen", "theme"),
    [
        ({"TERM": "xterm-256color"}, "", "default"),
        ({"TERM": "xterm-256color"}, "high-contrast", "high-contrast"),
        ({"TERM": "xterm-256color"}, "16-colors", "16-colors"),
        ({"TERM": "xterm-256color"}, "of a newer program", "default"),
        ({"TERM": "linux"}, "high-contrast", "16-colors"),
        ({"TERM": "linux", "COLORTERM": "truecolor"}, "high-contrast", "high-contrast"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "high-contrast", "16-colors"),
    ],
)
def test_a_theme_is_one_that_the_terminal_can_show(environment, chosen, theme):
    assert theme_for(environment, chosen) == NAMES[theme]


async def test_without_colors_there_are_none(open_counter, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f5", *"100", "enter", *"mar", "down")
        strips = counter.app.screen._compositor.render_strips(counter.app.size)
        styles = [segment.style for strip in strips for segment in strip if segment.style is not None]
    for style in styles:
        for color in (style.color, style.bgcolor):
            assert color is None or color.type is ColorType.DEFAULT
    assert any(style.reverse for style in styles)
    assert any(style.bold for style in styles)


async def test_a_theme_is_there_at_once_and_again_with_its_person(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.keys("f10", "l", "down", "down", "enter")
        assert counter.app.theme == "high-contrast"
        assert "(x) high-contrast" in counter.screen()
        assert desk.choices == {"ana": Choice("high-contrast")}
        await counter.keys("f10", "o")
        assert counter.app.theme == "textual-dark", "the next person has the terminal's"
        await counter.keys(*SIGN_ON)
        assert counter.app.theme == "high-contrast"


async def test_work_starts_where_one_chose_once_a_drawer_is_open(open_counter):
    desk = FakeDesk(choices={"ana": Choice(start="mail")})
    async with open_counter(desk, who=None) as counter:
        await counter.keys(*SIGN_ON)
        assert counter.app.area.NAME == "opening"
        await counter.keys("f10", "o")
    desk.others = []
    async with open_counter(desk) as counter:
        await counter.keys("f10", "o", *SIGN_ON)
        assert counter.app.area.NAME == "mail"
        await counter.keys("f2")
        assert counter.payment


async def test_an_unknown_start_is_the_payment(open_counter):
    async with open_counter(FakeDesk(choices={"ana": Choice(start="moon")})) as counter:
        await counter.keys("f10", "o", *SIGN_ON)
        assert counter.payment


async def test_a_choice_that_cannot_be_kept_counts_until_sign_off(open_counter):
    from countertui.counter.choices import ChoiceNotKept

    desk = FakeDesk(failures={"choose": [ChoiceNotKept("Not kept.", "It counts until you sign off.", "Go on.")]})
    async with open_counter(desk) as counter:
        await counter.keys("f10", "l", "down", "down", "enter")
        assert counter.app.theme == "high-contrast"
        assert "counts until you sign off" in counter.message


PLAIN = Appearance("high-contrast", plain=True)


@pytest.mark.parametrize("size", [(80, 24), (132, 43)])
async def test_plain_is_one_column_with_nothing_drawn(open_counter, size):
    async with open_counter(FakeDesk(roll=("a paper",)), appearance=PLAIN, size=size) as counter:
        await counter.paste("10422301\n")
        await counter.keys(*"mar")
        lines = counter.screen().splitlines()
        assert not set("─│┌┐└┘") & set(counter.screen())
        assert "a paper" not in counter.screen()
        assert lines[0].startswith(" DEMO business date 11/23/2026 printer ok, ledger online, all sent")
        assert lines[1].startswith(" Find ›mar"), "the status is one line"
        assert lines[2].strip().startswith("Utility")
        rows = [n for n, line in enumerate(lines) if "10422301" in line]
        assert len(rows) == 2, "results stand above the cart"
        assert counter.app.theme == "high-contrast"


async def test_the_terminals_own_cursor_stands_where_the_last_key_went(open_counter):
    async with open_counter(appearance=PLAIN) as counter:
        app = counter.app

        def line_at_cursor() -> str:
            return counter.screen().splitlines()[app.cursor_position.y]

        await counter.keys(*"mar")
        assert line_at_cursor().startswith(" Find ›mar")
        assert app.cursor_position.x == len(" Find ›mar")
        await counter.keys("down", "down")
        assert line_at_cursor().startswith("›")
        assert "10422302" in line_at_cursor()
        await counter.keys("l")
        assert line_at_cursor().startswith(" Find ›marl")
        await counter.keys("f10", "down", "down")
        assert line_at_cursor().startswith("›")
        await counter.keys("f3")
        assert "Find" in line_at_cursor()


@pytest.mark.parametrize("plain", [True, False])
async def test_the_cursor_is_shown_in_the_plain_mode_alone(open_counter, monkeypatch, plain):
    written: list[str] = []
    monkeypatch.setattr(HeadlessDriver, "write", lambda _, data: written.append(data))
    async with open_counter(appearance=Appearance(plain=plain)):
        assert ("\x1b[?25h" in written) is plain


async def test_a_person_with_doubt_hears_it_first(open_counter):
    desk = FakeDesk(faults=["The journal's chain is broken at record 7."])
    async with open_counter(desk, appearance=PLAIN) as counter:
        assert counter.screen().splitlines()[0].startswith(" DEMO business date 11/23/2026 !! HALTED")
