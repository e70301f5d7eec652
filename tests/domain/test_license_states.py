"""The states of a license: only what is in the table, and none in force with a fee unpaid or a review open."""

from __future__ import annotations

from datetime import date

import pytest

from countertui.domain.license_states import (
    NEEDS_REASON,
    TABLE,
    Standing,
    State,
    Step,
    StepRefused,
    after,
    standing_on,
    steps_from,
)
from countertui.domain.money import Cents


def test_every_step_has_its_states_and_every_state_but_the_ended_ones_a_step() -> None:
    assert set(TABLE) == set(Step)
    ended = {state for state in State if not steps_from(state)}
    assert ended == {State.REVOKED, State.CLOSED, State.DENIED}


def test_a_walk_in_from_draft_to_issued() -> None:
    state = State.DRAFT
    for step, expected in (
        (Step.SUBMIT, State.SUBMITTED),
        (Step.REVIEW, State.IN_REVIEW),
        (Step.APPROVE, State.APPROVED),
        (Step.ASSESS, State.FEES_DUE),
        (Step.ISSUE, State.ISSUED),
    ):
        state = after(step, Standing(state))
        assert state is expected


@pytest.mark.parametrize(("unpaid", "reviews"), [(1, ()), (0, ("fire",)), (500, ("zoning", "fire"))])
def test_none_comes_into_force_unpaid_or_unreviewed(unpaid: int, reviews: tuple[str, ...]) -> None:
    for step, leads in TABLE.items():
        for state, target in leads.items():
            comes_into_force = target is State.ISSUED and (state is not State.ISSUED or step is Step.RENEW)
            if comes_into_force and step is not Step.UNRENEW:
                with pytest.raises(StepRefused, match=r"unpaid|Not passed"):
                    after(step, Standing(state, Cents(unpaid), reviews), "as ordered")


@pytest.mark.parametrize("step", Step)
def test_what_is_not_in_the_table_is_refused(step: Step) -> None:
    for state in State:
        if state in TABLE[step]:
            assert after(step, Standing(state), "as ordered") is TABLE[step][state]
        else:
            with pytest.raises(StepRefused, match=state.label):
                after(step, Standing(state), "as ordered")


@pytest.mark.parametrize("step", sorted(NEEDS_REASON))
def test_what_takes_something_away_needs_a_reason(step: Step) -> None:
    state = next(iter(TABLE[step]))
    with pytest.raises(StepRefused, match="A reason is needed"):
        after(step, Standing(state), "  ")


def test_it_expires_after_its_last_day_by_the_calendar() -> None:
    last = date(2027, 12, 31)
    assert standing_on(State.ISSUED, last, last) is State.ISSUED
    assert standing_on(State.ISSUED, last, date(2028, 1, 1)) is State.EXPIRED
    assert standing_on(State.ISSUED, None, date(2090, 1, 1)) is State.ISSUED
    assert standing_on(State.SUSPENDED, last, date(2028, 1, 1)) is State.SUSPENDED
