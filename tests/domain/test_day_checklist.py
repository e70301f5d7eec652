"""The order of the day's close, how a step stands in words, and what a record of it must say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.day_checklist import (
    ARRIVES,
    DayRefused,
    Item,
    State,
    Step,
    day_checked,
    first_open,
    found,
    in_order,
    is_sound,
    left_in,
    left_open,
    not_heard,
    said_open,
)

CLEAN = tuple(found(step, 0) for step in Step)


def with_(*items: Item) -> tuple[Item, ...]:
    other = {item.step: item for item in items}
    return tuple(other.get(item.step, item) for item in CLEAN)


def test_the_close_goes_from_what_is_in_hand_to_what_is_sent() -> None:
    assert [step.value for step in Step] == [
        *("carts", "forms", "paper", "cards", "drawers", "others", "requests", "change", "deposits", "unsent"),
        *("errors", "bags", "seal", "send"),
    ]


@given(st.permutations(list(CLEAN)))
def test_items_come_in_the_order_of_the_close(mixed: list[Item]) -> None:
    assert in_order(mixed) == CLEAN


@pytest.mark.parametrize("step", Step)
def test_no_step_is_passed_over_or_said_twice(step: Step) -> None:
    with pytest.raises(ValueError, match=step.value):
        in_order(item for item in CLEAN if item.step is not step)
    with pytest.raises(ValueError, match="twice"):
        in_order([*CLEAN, found(step, 1)])


def test_what_is_not_heard_is_never_nothing() -> None:
    item = not_heard(Step.OTHERS, "from T2")
    assert (item.words, item.open, item.state) == ("not heard", None, State.NOT_HEARD)
    assert [found(Step.CARTS, n).words for n in (0, 1, 1_200)] == ["done", "1 open", "1,200 open"]


def test_one_goes_on_at_the_first_that_is_open() -> None:
    assert first_open(CLEAN) is None
    assert first_open(with_(not_heard(Step.OTHERS, "from T2"))) is None
    assert first_open(with_(found(Step.CARDS, 1), found(Step.SEAL, 9))) == list(Step).index(Step.CARDS)
    two = with_(found(Step.CARTS, 1), found(Step.CARDS, 1))
    for since, then in (
        (None, Step.CARTS),
        (Step.CARTS, Step.CARTS),
        (Step.FORMS, Step.CARDS),
        (Step.SEND, Step.CARTS),
    ):
        assert first_open(two, since) == list(Step).index(then)


def test_what_the_records_arrival_solves_is_not_left_open() -> None:
    items = with_(*(found(step, 3) for step in Step))
    assert [item.step for item in left_open(items)] == [step for step in Step if step not in ARRIVES]
    assert [one["what"] for one in left_in(day_checked(items, "why"))] == [one.step for one in left_open(items)]


def test_nothing_is_left_open_silently() -> None:
    items = with_(found(Step.PAPER, 2), not_heard(Step.OTHERS, "from T2"), found(Step.SEAL, 40))
    with pytest.raises(DayRefused) as refused:
        day_checked(items, "")
    assert refused.value.happened == "Left open: papers not printed: 2."
    data = day_checked(items, "printer is broken")
    assert data["reason"] == "printer is broken"
    assert is_sound(data)
    assert [(one["what"], one["state"], one["open"]) for one in data["items"] if one["state"] != "done"] == [
        ("paper", "open", 2),
        ("others", "not_heard", None),
        ("seal", "open", 40),
    ]


def test_with_nothing_left_no_reason_is_asked() -> None:
    data = day_checked(with_(not_heard(Step.ERRORS, "none known here"), found(Step.UNSENT, 5)), "")
    assert is_sound(data)
    assert not left_in(data)


@given(
    st.lists(
        st.one_of(st.integers(0, 9).map(lambda n: (n, "x" * n)), st.just((None, "from T2"))),
        min_size=len(Step),
        max_size=len(Step),
    )
)
def test_every_list_that_can_be_seen_is_a_sound_record(told: list[tuple[int | None, str]]) -> None:
    items = [
        not_heard(step, note) if number is None else found(step, number, note)
        for step, (number, note) in zip(Step, told, strict=True)
    ]
    assert is_sound(day_checked(items, "left for tomorrow"))


SOUND: dict[str, Any] = {"what": "carts", "state": "open", "open": 1, "note": ""}


@pytest.mark.parametrize(
    "changed",
    [
        {"what": ""},
        {"what": 3},
        {"state": "skipped"},
        {"state": None},
        {"open": None},
        {"open": 0},
        {"open": -1},
        {"open": 1.0},
        {"open": True},
        {"state": "done"},
        {"state": "not_heard"},
        {"state": "done", "open": None},
        {"note": None},
        {"more": ""},
    ],
)
def test_an_item_that_says_something_else_is_not_sound(changed: dict[str, Any]) -> None:
    assert is_sound({"items": [SOUND], "reason": ""})
    assert not is_sound({"items": [SOUND | changed], "reason": ""})


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"items": []},
        {"items": [], "reason": ""},
        {"items": "carts", "reason": ""},
        {"items": [SOUND], "reason": None},
        {"items": [SOUND, SOUND], "reason": ""},
        {"items": [SOUND], "reason": "", "more": 1},
        {"items": [SOUND | {"what": f"step {n}"} for n in range(101)], "reason": ""},
        {"items": [None], "reason": ""},
    ],
)
def test_what_is_no_checked_day(data: object) -> None:
    assert not is_sound(data)


def test_a_step_that_only_newer_terminals_look_at_is_told_by_its_own_word() -> None:
    item = SOUND | {"what": "vault"}
    assert is_sound({"items": [item], "reason": ""})
    assert said_open(item) == "vault: 1"
