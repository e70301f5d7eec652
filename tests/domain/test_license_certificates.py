"""Whether a certificate still stands: by its own words, by the license as it is now, and by the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.license_acts import LicenseAct
from countertui.domain.license_certificates import (
    PaperState,
    Present,
    Printed,
    Replaced,
    Since,
    paper_state,
    paper_words,
    present_of,
    printed_of,
    replaced_after,
)
from countertui.domain.license_states import State, Step

BEGINS, ENDS = date(2027, 1, 1), date(2027, 12, 31)
PRINTED = Printed("Kim's Tacos", "food_truck", BEGINS, ENDS)
MIDDLE = date(2027, 6, 1)


def present(state: State = State.ISSUED, until: date | None = ENDS, business: str = "Kim's Tacos") -> Present:
    return Present(state, until, business, "food_truck")


@pytest.mark.parametrize(
    ("day", "known", "so"),
    [
        (MIDDLE, None, PaperState.VALID),
        (ENDS, None, PaperState.VALID),
        (ENDS + timedelta(1), None, PaperState.EXPIRED),
        (BEGINS - timedelta(1), None, PaperState.NOT_YET),
        (MIDDLE, present(), PaperState.VALID),
        (ENDS + timedelta(1), present(), PaperState.EXPIRED),
        (BEGINS - timedelta(1), present(), PaperState.NOT_YET),
        (MIDDLE, present(State.SUSPENDED), PaperState.SUSPENDED),
        (MIDDLE, present(State.REVOKED), PaperState.REVOKED),
        (MIDDLE, present(State.CLOSED), PaperState.CLOSED),
        (MIDDLE, present(State.FEES_DUE), PaperState.NOT_IN_FORCE),
        (MIDDLE, present(State.IN_REVIEW), PaperState.NOT_IN_FORCE),
        (MIDDLE, present(State.DENIED), PaperState.NOT_IN_FORCE),
        (MIDDLE, present(until=date(2027, 5, 31)), PaperState.EXPIRED),
        (ENDS + timedelta(1), present(until=date(2028, 12, 31)), PaperState.EXPIRED),
        (MIDDLE, present(business="Somebody Else"), PaperState.REPLACED),
        (MIDDLE, present(business=""), PaperState.VALID),
        (MIDDLE, present(State.NOT_STATED, None), PaperState.VALID),
    ],
)
def test_how_a_certificate_stands(day: date, known: Present | None, so: PaperState) -> None:
    assert paper_state(PRINTED, known, day) is so


def test_the_words_say_what_is_so() -> None:
    def said(day: date, known: Present | None) -> str:
        return ". ".join(paper_words(paper_state(PRINTED, known, day), PRINTED, known, day))

    assert said(MIDDLE, None) == "This certificate is valid. The license is in force until 12/31/2027."
    assert said(MIDDLE, present(State.SUSPENDED)).startswith("This license is suspended")
    assert said(date(2028, 1, 1), None) == "This license has expired. The certificate was good until 12/31/2027."
    renewed = said(date(2028, 1, 1), present(until=date(2028, 12, 31)))
    assert renewed == "This certificate has expired. The license was renewed since: ask for the newer certificate."
    assert "has expired" in said(date(2029, 1, 1), present(until=date(2028, 12, 31)))
    assert "renewed" not in said(date(2029, 1, 1), present(until=date(2028, 12, 31)))
    assert said(date(2026, 12, 1), None).startswith("This certificate is valid from 01/01/2027 on")


_DAYS = st.dates(date(2026, 1, 1), date(2029, 12, 31))


@given(st.sampled_from(State), st.none() | _DAYS, _DAYS)
def test_nothing_is_valid_that_is_not_in_force_on_the_day(state: State, until: date | None, day: date) -> None:
    known = present(state, until)
    so = paper_state(PRINTED, known, day)
    assert all(paper_words(so, PRINTED, known, day))
    if so is PaperState.VALID:
        assert BEGINS <= day <= ENDS
        assert state in {State.ISSUED, State.NOT_STATED}
        assert state is not State.ISSUED or until is None or day <= until


def test_what_a_code_and_a_row_say() -> None:
    claim = {"business": "Kim's Tacos", "license_class": "food_truck", "begins": "2027-01-01", "ends": "2027-12-31"}
    assert printed_of(claim) == PRINTED
    assert printed_of(claim | {"ends": "2027-02-30"}) is None
    assert present_of("issued", "2027-12-31", "Kim's Tacos", "food_truck") == present()
    assert present_of("active", None, "", "") is None


def _act(seq: int, step: Step, dated: str, *, done: bool = True) -> LicenseAct:
    return LicenseAct(f"a{seq}", "T1", 1, seq, dated, "ben", step, carried_out=done)


def test_another_owner_or_other_premises_replace_what_was_printed_before() -> None:
    acts = [
        _act(1, Step.FILE, "2027-01-02"),
        _act(2, Step.TRANSFER, "2027-01-03"),
        _act(3, Step.ISSUE, "2027-01-04"),
        _act(4, Step.TRANSFER, "2027-02-05", done=False),
        _act(5, Step.REPLACE, "2027-02-06"),
        _act(6, Step.TRANSFER, "2027-03-07"),
        _act(7, Step.REPLACE, "2027-03-08"),
    ]
    owner = Replaced(Since.OWNER, date(2027, 3, 7))
    assert [replaced_after(acts, "T1", 1, seq) for seq in (3, 5, 7)] == [owner, owner, None]
    assert replaced_after(acts, "T1", 1, 9) is None, "what came after it nobody knows"
    moved = replaced_after([*acts, _act(8, Step.MOVE, "2027-04-09")], "T1", 1, 7)
    assert moved == Replaced(Since.PREMISES, date(2027, 4, 9))
    known = replace(present(), replaced=moved)
    assert paper_state(PRINTED, known, MIDDLE) is PaperState.REPLACED
    assert paper_words(PaperState.REPLACED, PRINTED, known, MIDDLE) == (
        "This certificate was replaced on 04/09/2027",
        "The license has other premises since: ask for the newer one.",
    )
    assert paper_state(PRINTED, replace(known, state=State.REVOKED), MIDDLE) is PaperState.REVOKED
