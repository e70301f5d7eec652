"""A scanner is told from hands by time alone, and nothing of a burst is handled before all of it is there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from countertui.screens.bursts import GAP_SECONDS, PAUSE, SHORTEST, SHORTEST_UNENDED, STRIPE, Burst, Bursts
from countertui.widgets.field import Field
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


def test_a_line_that_pauses_in_the_middle_of_a_scan_makes_no_two_of_it() -> None:
    first, second = typed("104223"), typed("01\n", at=5 * FAST + 0.9 * PAUSE * GAP_SECONDS)
    assert [b.text for b in given_out([*first, *second]) if isinstance(b, Burst)] == ["10422301"]


def test_a_pause_after_what_a_hand_may_have_typed_is_the_end_of_it() -> None:
    first, second = typed("10422"), typed("301\n", at=4 * FAST + 1.1 * GAP_SECONDS)
    assert given_out([*first, *second]) == [*first, *second]


@st.composite
def scans(draw: st.DrawFn) -> tuple[str, float]:
    """What a scanner types, and a pause of the line where it is certain already what it is."""
    text = draw(st.text("0123456789ABCDEFabcdef-*%;^?=/ ", min_size=SHORTEST, max_size=40).filter(str.strip))
    text += "\n" if len(text) < SHORTEST_UNENDED or draw(st.booleans()) else ""
    return text, draw(st.sampled_from([0.0, 0.9 * (PAUSE - 1) * GAP_SECONDS]))


@given(st.lists(st.one_of(st.sampled_from("abc1"), scans()), max_size=12), st.booleans())
def test_nothing_of_a_burst_stands_in_a_field_before_somebody_looked_at_the_whole_of_it(
    typed_or_scanned: list[str | tuple[str, float]], at_once: bool
) -> None:
    bursts, field, at, hand, looked_at = Bursts(), Field(), 0.0, "", []

    def handle(ready: list[Stroke | Burst]) -> None:
        for one in ready:
            if isinstance(one, Burst):
                if one.first_sent:
                    field.take_back()
                looked_at.append(one.text)
                assert field.value == hand
            elif one.letter:
                field.press(one)

    for one in typed_or_scanned:
        at += 1.0  # a hand that lays the scanner down
        handle(bursts.lapse())
        if isinstance(one, str):
            handle(bursts.take(Stroke(one, one, at=at), at_once=at_once))
            handle(bursts.lapse())
            hand += one
        else:
            for n, stroke in enumerate(typed(one[0], at=at)):
                paused = one[1] if n >= SHORTEST else 0.0
                handle(bursts.take(Stroke(stroke.key, stroke.letter, at=stroke.at + paused), at_once=at_once))
    handle(bursts.lapse())
    assert field.value == hand
    assert looked_at == [one[0].strip("\n") for one in typed_or_scanned if not isinstance(one, str)]
