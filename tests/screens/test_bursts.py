"""A scanner is told from hands by time alone, and nothing of a burst is handled before all of it is there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from countertui.screens.bursts import GAP_SECONDS, SHORTEST, SHORTEST_UNENDED, STRIPE, Burst, Bursts
from countertui.widgets.stroke import Stroke

FAST, SLOW = GAP_SECONDS / 3, GAP_SECONDS * 2


def typed(text: str, *, at: float = 0.0, apart: float = FAST) -> list[Stroke]:
    return [
        Stroke("enter" if letter == "\n" else letter, letter.strip("\n"), at=at + n * apart)
        for n, letter in enumerate(text)
    ]


def given_out(strokes: list[Stroke], *, at_once: bool = True) -> list[Stroke | Burst]:
    bursts = Bursts()
    return [one for stroke in strokes for one in bursts.take(stroke, at_once=at_once)] + bursts.lapse()


def test_hands_are_shown_at_once() -> None:
    bursts = Bursts()
    for stroke in typed("smi joh\n", apart=SLOW):
        assert bursts.take(stroke, at_once=True) == [stroke]
        assert not bursts.waiting


def test_a_scan_is_one_burst_and_its_enter_is_of_it() -> None:
    first, *_ = strokes = typed("10422301\n")
    assert given_out(strokes) == [first, Burst(tuple(strokes), first_sent=True)]
    assert given_out(strokes, at_once=False) == [Burst(tuple(strokes), first_sent=False)]


def test_a_scanner_that_sends_no_enter_is_believed_after_a_silence() -> None:
    strokes = typed("1" * SHORTEST_UNENDED)
    assert given_out(strokes, at_once=False) == [Burst(tuple(strokes), first_sent=False)]
    shorter = strokes[1:]
    assert given_out(shorter, at_once=False) == shorter


def test_two_scans_behind_each_other_are_two() -> None:
    one, two = typed("10422301\n"), typed("20005177\n", at=0.2)
    assert [b.text for b in given_out(one + two) if isinstance(b, Burst)] == ["10422301", "20005177"]


def test_what_a_card_begins_with_is_never_shown_first() -> None:
    for sign in STRIPE:
        strokes = typed(f"{sign}B4111111111111111^X/Y^2912?\n")
        assert given_out(strokes) == [Burst(tuple(strokes), first_sent=False)]


def test_a_short_word_that_a_slow_line_delivers_at_once_is_keys() -> None:
    strokes = typed("ana\n")
    assert given_out(strokes) == strokes


def test_a_paste_and_a_function_key_hand_on_what_is_held_first() -> None:
    strokes = [*typed("12"), Stroke("f9", at=2 * FAST), Stroke(pasted="x\n", at=3 * FAST)]
    assert given_out(strokes) == strokes


keys = st.lists(
    st.tuples(st.sampled_from([*"a1%", "enter", "f5", "escape"]), st.sampled_from([FAST, SLOW]), st.booleans()),
    max_size=60,
)


@given(keys=keys)
def test_every_key_comes_out_once_in_order_and_only_the_first_of_a_burst_beforehand(
    keys: list[tuple[str, float, bool]],
) -> None:
    bursts, at, came, out = Bursts(), 0.0, [], []
    for key, pause, at_once in keys:
        at += pause
        stroke = Stroke(key, key if len(key) == 1 else "", at=at)
        came.append(stroke)
        out += bursts.take(stroke, at_once=at_once)
    out += bursts.lapse()
    handled: list[Stroke] = []
    for one in out:
        if isinstance(one, Burst):
            if one.first_sent:
                assert handled.pop() == one.strokes[0]
            assert len(one.strokes) >= SHORTEST
            handled += one.strokes
        else:
            handled.append(one)
    assert handled == came
    assert not bursts.waiting
