"""A license is what its acts and what is unpaid make it: in force with nothing unpaid and no review open, ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.license_act_soundness import is_sound
from countertui.domain.license_acts import LISTED, LicenseAct, TermChargeData, TermData
from countertui.domain.license_determination import Determination, Line
from countertui.domain.license_fees import Worked
from countertui.domain.license_file import (
    License,
    changed_fields,
    fold,
    require_act,
    reviews_open,
    said_after,
    why_not,
)
from countertui.domain.license_numbers import is_own_number, license_number
from countertui.domain.license_raised import due_terms
from countertui.domain.license_rows import listed_act
from countertui.domain.license_states import APPROVES, IN_FORCE, State, Step, StepRefused
from countertui.domain.license_term_charges import charge_id, code_of_charge, license_of_charge, term_data
from countertui.domain.license_terms import Term
from countertui.domain.money import Cents

NUMBER = "T1-L1"
DAY = date(2026, 11, 23)
ROW = dict.fromkeys(
    ("business", "trade_name", "premises", "mailing_address", "class", "naics", "starts", "status"), ""
) | {"issued_on": None, "expires_on": None}
TACOS = {"business": "Ana's Tacos", "license_class": "mobile_food", "reviews": {"fire": "open"}}


def term(year: int, cents: int = 100_00, before: Sequence[TermChargeData] | None = None) -> TermData:
    """A term of a year; assessed anew where it was before."""
    begins = f"{year}-01-01"
    times = sum(1 for each in before or ()) and 1 + int((before or [])[0]["id"].partition("~")[2] or 1)
    charge = {
        "id": charge_id(NUMBER, begins, f"base~{times}" if times else "base"),
        "head": "license",
        "gl": "100-3211",
        "description": "Base fee",
        "cents": cents,
        "ordinance": "Sec. 8-1",
        "working": [["flat", str(cents)]],
    }
    made = TermData(begins=begins, ends=f"{year}-12-31", due=f"{year}-01-31", charges=[charge] if cents else [])  # type: ignore[list-item]
    return made if before is None else {**made, "withdraws": list(before)}


def act(n: int, step: Step, says: Mapping[str, Any] | None = None, term: TermData | None = None) -> LicenseAct:
    """The nth act, of the version before it."""
    was = "" if n == 1 else f"a{n - 1}"
    by = "zoe" if step in APPROVES else "ben"
    return LicenseAct(f"a{n}", "T1", 1, n, "2026-11-23", by, step, was, says or {}, "as ordered", term)


def walk_in(*more: LicenseAct, paid: bool = True, day: date = DAY) -> License:
    acts = [
        act(1, Step.FILE, TACOS),
        act(2, Step.REVIEW, {"reviews": {"fire": "passed"}}),
        act(3, Step.APPROVE),
        act(4, Step.ASSESS, term=term(2026)),
        act(5, Step.ISSUE),
        *more,
    ]
    return fold(NUMBER, acts, {charge_id(NUMBER, "2026-01-01", "base"): 0} if paid else {}, day)


def test_a_walk_in_from_the_application_to_the_certificate() -> None:
    license_ = walk_in()
    assert (license_.state, license_.version, license_.unpaid) == (State.ISSUED, "a5", 0)
    assert (license_.issued_on, license_.expires_on) == (DAY, date(2026, 12, 31))
    assert all(each.carried_out for each in license_.acts)
    assert walk_in(day=date(2027, 1, 1)).state is State.EXPIRED


def test_what_is_taken_back_moves_it_back_and_paid_again_it_is_in_force() -> None:
    assert (walk_in(paid=False).state, walk_in(paid=False).unpaid) == (State.FEES_DUE, 100_00)
    assert walk_in(paid=False).expires_on is None
    assert walk_in(paid=True).state is State.ISSUED


def test_a_renewal_is_paid_by_itself_and_taken_back_it_has_the_term_before() -> None:
    renewal = act(6, Step.ASSESS, term=term(2027))
    first, second = (charge_id(NUMBER, f"{year}-01-01", "base") for year in (2026, 2027))
    acts = [*walk_in().acts, renewal]
    later = date(2027, 2, 1)
    paid = fold(NUMBER, acts, {first: 0, second: 0}, later)
    assert (paid.state, paid.expires_on) == (State.ISSUED, date(2027, 12, 31))
    back = fold(NUMBER, acts, {first: 0, second: 1}, later)
    assert (back.state, back.expires_on, back.unpaid) == (State.EXPIRED, date(2026, 12, 31), 1)
    assert fold(NUMBER, acts, {first: 0, second: 1}, DAY).state is State.ISSUED
    assert fold(NUMBER, acts, {first: 5, second: 0}, later).state is State.FEES_DUE


def test_a_penalty_that_waits_is_a_fee_that_waits() -> None:
    """What a late payment raised itself and did not pay keeps the license out of force as the fee itself does."""
    first, second = (charge_id(NUMBER, f"{year}-01-01", "base") for year in (2026, 2027))
    late = {year: charge_id(NUMBER, f"{year}-01-01", "LATE/r1") for year in (2026, 2027)}
    acts = [*walk_in().acts, act(6, Step.ASSESS, term=term(2027))]
    told = {waits: fold(NUMBER, acts, {first: 0, second: 0, late[waits]: 40_00}, date(2027, 3, 10)) for waits in late}
    assert [(one.state, one.unpaid) for one in told.values()] == [(State.FEES_DUE, 40_00), (State.EXPIRED, 40_00)]
    paid = fold(NUMBER, acts, {first: 0, second: 0, **dict.fromkeys(late.values(), 0)}, date(2027, 3, 10))
    assert (paid.state, paid.unpaid, paid.expires_on) == (State.ISSUED, 0, date(2027, 12, 31))


def test_a_move_that_opens_a_review_takes_it_out_of_force_until_it_is_passed_and_issued_anew() -> None:
    moved = walk_in(act(6, Step.MOVE, {"premises": "2 Oak St", "reviews": {"zoning": "open"}}))
    assert (moved.state, moved.reviews) == (State.IN_REVIEW, ("zoning",))
    steps = (act(7, Step.REVIEW, {"reviews": {"zoning": "passed"}}), act(8, Step.APPROVE), act(9, Step.ISSUE))
    again = walk_in(act(6, Step.MOVE, {"reviews": {"zoning": "open"}}), *steps)
    assert (again.state, again.issued_on) == (State.ISSUED, DAY)


def test_of_two_that_change_one_version_the_later_is_kept_and_not_carried_out() -> None:
    one = act(6, Step.AMEND, {"phone": "555-010-0001"})
    other = replace(one, id="b6", terminal="T2", says={"phone": "555-010-0002", "email": "a@b.example"})
    follows = replace(act(7, Step.CLOSE), was="b6")
    license_ = walk_in(one, other, follows)
    assert [each.carried_out for each in license_.acts[5:]] == [True, False, False]
    assert (license_.says["phone"], "email" in license_.says, license_.version) == ("555-010-0001", False, "a6")
    assert len(license_.acts) == 8


def test_what_a_list_brought_is_as_stated_there_and_nothing_is_invented() -> None:
    bare = fold("1234", [listed_act({**ROW, "business": "Bo's", "issued_on": "2020-05-04"})], {}, DAY)
    assert (bare.state, bare.version, bare.issued_on, bare.expires_on) == (
        State.NOT_STATED,
        LISTED,
        date(2020, 5, 4),
        None,
    )
    assert "status" not in bare.says
    stated = listed_act({**ROW, "business": "Bo's", "status": "Active", "expires_on": "2026-06-30"})
    assert fold("1234", [stated], {}, DAY).state is State.EXPIRED
    renewal = replace(act(2, Step.ASSESS, term=term(2027)), was=LISTED)
    due = {charge_id(NUMBER, "2027-01-01", "base"): 0}
    unstated = [listed_act({**ROW, "business": "Bo's"}), renewal]
    assert fold("1234", unstated, {}, DAY).state is State.NOT_STATED
    renewed = fold("1234", unstated, due, DAY)
    assert (renewed.state, renewed.expires_on) == (State.ISSUED, date(2027, 12, 31))
    suspended = fold("1234", [*unstated, replace(act(3, Step.SUSPEND), was="a2")], due, DAY)
    assert suspended.state is State.SUSPENDED


def test_one_without_an_end_is_in_force_until_a_renewal_begins_that_is_not_paid() -> None:
    acts = [act(1, Step.FILE, {"business": "Library"}), act(2, Step.APPROVE), act(3, Step.ISSUE)]
    renewal = act(4, Step.ASSESS, term=term(2027))
    assert fold(NUMBER, acts, {}, date(2040, 1, 1)).state is State.ISSUED
    assert fold(NUMBER, [*acts, renewal], {}, DAY).expires_on == date(2026, 12, 31)
    assert fold(NUMBER, [*acts, renewal], {}, date(2027, 1, 1)).state is State.EXPIRED


def test_a_paid_renewal_passes_no_review() -> None:
    acts = [
        listed_act({**ROW, "business": "Bo's"}),
        replace(act(2, Step.REVIEW, {"reviews": {"fire": "failed"}}), was=LISTED),
        act(3, Step.ASSESS, term=term(2027)),
    ]
    assert fold(NUMBER, acts, {charge_id(NUMBER, "2027-01-01", "base"): 0}, DAY).state is State.NOT_STATED


def test_a_step_at_the_counter_is_refused_in_words() -> None:
    due = fold(NUMBER, walk_in().acts[:4], {}, DAY)
    with pytest.raises(StepRefused, match=r"100\.00 is unpaid"):
        require_act(due, act(5, Step.ISSUE))
    with pytest.raises(StepRefused, match="another version"):
        require_act(walk_in(), replace(act(6, Step.CLOSE), was="a4"))
    require_act(walk_in(), act(6, Step.CLOSE))
    assert "assess" in why_not(walk_in(), act(6, Step.ASSESS, term=term(2026)))


def test_numbers_of_a_series_are_drawn_once_in_any_epoch() -> None:
    assert license_number("T1", 1, 7) == "T1-L7"
    assert license_number("T1", 2, 7) == "T1-L100007"
    assert is_own_number("T1-L7", "T1", 1)
    assert is_own_number("T1-L100007", "T1", 2)
    for other in ("T1-L07", "T1-L0", "T1-L100000", "T2-L7", "L7", "T1-L", "T1-L¹", "T1-L100007"):
        assert not is_own_number(other, "T1", 1)
    with pytest.raises(ValueError, match="no number"):
        license_number("T1", 1, 100_000)


def test_a_term_is_assessed_anew_in_place_of_what_it_was() -> None:
    acts = walk_in().acts[:4]
    before = fold(NUMBER, acts, {}, DAY).terms[0]
    anew = act(5, Step.ASSESS, term=term(2026, 80_00, before.charges))
    license_ = fold(NUMBER, [*acts, anew], {}, DAY)
    assert (license_.state, license_.unpaid, len(license_.terms)) == (State.FEES_DUE, 80_00, 1)
    assert license_.terms[0].charges[0]["id"] == charge_id(NUMBER, "2026-01-01", "base~2")
    for other in (term(2026, 80_00), term(2027, 80_00), term(2026, 80_00, ()), term(2027, 80_00, before.charges)):
        assert not fold(NUMBER, [*acts, replace(anew, term=other)], {}, DAY).acts[-1].carried_out
    fee = Determination((_line("base", 80_00), _line("more", 5_00)))
    days = Term(date(2026, 1, 1), date(2026, 12, 31))
    made = term_data(NUMBER, days, date(2026, 1, 31), fee, license_.terms[0].charges)
    assert [one["id"].rpartition("/")[2] for one in made["charges"]] == ["base~3", "more~3"]
    assert is_sound(_data(term=made))
    assert [code_of_charge(one["id"]) for one in made["charges"]] == ["base", "more"]
    (due,) = due_terms(
        license_, {}, {}
    )  # what paying it late adds goes by the city's row, however often it was assessed
    assert [(one.code, one.unpaid) for one in due.charges] == [("base", 80_00)]
    again = fold(NUMBER, [*acts, anew, act(6, Step.ASSESS, term=made)], {made["charges"][1]["id"]: 0}, DAY)
    assert again.unpaid == 80_00


def test_a_charge_says_whose_term_raised_it() -> None:
    assert license_of_charge(charge_id(NUMBER, "2026-01-01", "base")) == NUMBER
    assert license_of_charge(charge_id("A/7", "2026-01-01", "x/2027-01-01/y")) == "A/7"
    for other in ("C1", "2026/10", "/2026-01-01/x", "T1-L1/2026-01-01/", "T1-L1/2026-1-1/x"):
        assert license_of_charge(other) == ""


def test_a_determination_becomes_charges_that_add_up_to_it() -> None:
    lines = (
        _line("base", 100_00),
        _line("state", 4_00, passed_through=True),
        _line("small", -30_00),
    )
    made = term_data(NUMBER, Term(date(2027, 1, 1), date(2027, 12, 31)), date(2027, 1, 31), Determination(lines))
    assert [(one["id"], one["cents"]) for one in made["charges"]] == [
        (f"{NUMBER}/2027-01-01/base", 70_00),
        (f"{NUMBER}/2027-01-01/state", 4_00),
    ]
    assert made["charges"][0]["working"] == [["flat", "10000"], ["small", "-3000"]]
    assert is_sound(_data(term=made))


def _line(code: str, cents: int, *, passed_through: bool = False) -> Line:
    working = (Worked("flat", Decimal(cents)),)
    return Line(code, code, "license", "100-3211", "Sec. 8-1", Cents(cents), working, passed_through)


def _data(**other: Any) -> dict[str, Any]:
    step = "assess" if other.get("term") else "amend"
    return {"license": NUMBER, "was": "a1", "step": step, "says": {}, "reason": "", "term": None, **other}


@pytest.mark.parametrize(
    "other",
    [
        {"license": ""},
        {"was": ""},
        {"step": "renew"},
        {"step": "file"},
        {"step": ["amend"]},
        {"says": {"ssn": "078-05-1120"}},
        {"says": {"status": "issued"}},
        {"says": {"reviews": {"fire": "passed"}}},
        {"says": {"reviews": None}},
        {"says": {"reviews": {"fire": ["open"]}}},
        {"says": {"answers": {"employees": -1}}},
        {"says": {"answers": {"employees": 1.5}}},
        {"says": {"starts": "2026-02-30"}},
        {"says": {"naics": ["72233x"]}},
        {"says": {"owners": [{"name": "Ana"}]}},
        {"reason": "x" * 201},
        {"term": {**term(2027), "ends": "2026-12-31"}},
        {"term": {**term(2027), "charges": [{**term(2027)["charges"][0], "cents": 0}]}},
        {"term": {**term(2027), "charges": [{**term(2027)["charges"][0], "id": "other/1"}]}},
        {"term": {**term(2027), "charges": term(2027)["charges"] * 2}},
        {"term": {**term(2027), "charges": [{**term(2027)["charges"][0], "working": [["flat", "1"]]}]}},
        {"more": 1},
    ],
)
def test_what_is_no_act_at_all_is_told_from_one(other: dict[str, Any]) -> None:
    assert is_sound(_data(says={"business": "Bo's"}))
    assert is_sound(_data(term=term(2027)))
    assert not is_sound(_data(**other))


_fields = st.fixed_dictionaries(
    {},
    optional={
        "business": st.sampled_from(["A", "B"]),
        "phone": st.sampled_from(["1", "2"]),
        "answers": st.dictionaries(st.sampled_from(["a", "b"]), st.integers(0, 3), min_size=1),
    },
)


@given(_fields, _fields)
def test_what_changed_said_again_gives_what_it_became(was: dict[str, Any], now: dict[str, Any]) -> None:
    both = {**now, "answers": {**was.get("answers", {}), **now.get("answers", {})}}
    both = both if both["answers"] else {name: value for name, value in both.items() if name != "answers"}
    assert said_after(was, changed_fields(was, both)) == both


_reviews = st.dictionaries(st.sampled_from(["fire", "zoning"]), st.sampled_from(["open", "passed", "failed"]))


@st.composite
def histories(draw: st.DrawFn) -> list[LicenseAct]:
    """Any acts, mostly of the version before them; some of another, as two counters do that know nothing of each other.

    As `is_sound` has it, only a review says that one is passed.
    """
    listed = st.builds(
        lambda status, ends: listed_act({**ROW, "status": status, "expires_on": ends}),
        st.sampled_from(["", "issued", "expired", "suspended"]),
        st.sampled_from(["", "2026-06-30", "2027-06-30"]),
    )
    acts = [draw(st.one_of(listed, st.just(act(1, Step.FILE, TACOS))))]
    for n in range(2, draw(st.integers(2, 14))):
        now = fold(NUMBER, acts, dict.fromkeys(_CHARGES, 0), date.min)
        likely = (
            [step for step in now.steps if step in RECORDED and step not in ENDS] if draw(st.integers(0, 4)) else []
        )
        onward = _onward(now) if draw(st.integers(0, 3)) else ()
        step = draw(st.sampled_from(onward or likely or sorted(RECORDED)))
        said = draw(_reviews) if step is Step.REVIEW else {}
        if step is Step.REVIEW and onward:
            said = dict.fromkeys(now.reviews, "passed")
        opened = {"zoning": "open"} if step is Step.MOVE and draw(st.booleans()) else {}
        assessed = (
            _assessed(now, draw(st.booleans()), draw(st.sampled_from([0, 100_00]))) if step is Step.ASSESS else None
        )
        was = now.version if draw(st.integers(0, 6)) else draw(st.sampled_from(["a1", "a3", "other"]))
        one = act(n, step, {"reviews": {**said, **opened}} if said or opened else {}, assessed)
        acts.append(replace(one, was=was, reason=draw(st.sampled_from(["as ordered", "as ordered", ""]))))
    return acts


RECORDED = set(Step) - {Step.FILE, Step.SUBMIT, Step.UNPAY, Step.RENEW, Step.UNRENEW}
ENDS = {Step.CLOSE, Step.REVOKE, Step.DENY}


def _onward(license_: License) -> tuple[Step, ...]:
    """What mostly comes next: by chance alone few are ever issued."""
    if license_.state in (State.SUBMITTED, State.IN_REVIEW):
        return (Step.REVIEW,) if license_.reviews else (Step.APPROVE,)
    return {
        State.APPROVED: (Step.ASSESS,),
        State.FEES_DUE: (Step.ISSUE,),
        State.ISSUED: (Step.MOVE, Step.ASSESS),
    }.get(license_.state, ())


def _assessed(license_: License, anew: bool, cents: int) -> TermData:
    """The term after its last, or that one anew; of one whose fees are due always that."""
    if license_.terms and (anew or license_.state is State.FEES_DUE):
        last = license_.terms[-1]
        return term(last.begins.year, cents, last.charges)
    return term(2026 + len(license_.terms), cents)


_CHARGES = [charge_id(NUMBER, f"{year}-01-01", code) for year in range(2026, 2030) for code in ("base", "base~2")]
_unpaid = st.dictionaries(st.sampled_from(_CHARGES), st.sampled_from([0, 0, 0, 1, 100_00]), max_size=8)
_days = st.dates(date(2026, 1, 1), date(2031, 12, 31))


@given(histories(), _unpaid, _days)
def test_none_is_ever_in_force_with_a_fee_unpaid_or_a_review_open(
    acts: list[LicenseAct], unpaid: dict[str, int], day: date
) -> None:
    license_ = fold(NUMBER, acts, unpaid, day)
    if license_.state is State.ISSUED:
        assert not reviews_open(license_.says)
        assert all(not each.unpaid for each in license_.terms if not each.renews)
        assert license_.expires_on is None or day <= license_.expires_on
        runs = [each for each in license_.terms if each.begins <= day and each.unpaid]
        stated = license_.says.get("expires_on", "") >= day.isoformat()
        in_one_paid = any(each.ends >= day and not each.unpaid for each in license_.terms)
        assert not runs or stated or in_one_paid


@given(histories(), _unpaid, _unpaid, _days)
def test_it_is_a_function_of_its_acts_and_of_what_is_unpaid_and_nothing_before(
    acts: list[LicenseAct], unpaid: dict[str, int], meanwhile: dict[str, int], day: date
) -> None:
    """However often it was paid and taken back in between; and what was judged once is judged the same for ever."""
    license_ = fold(NUMBER, acts, unpaid, day)
    was = fold(NUMBER, acts, meanwhile, day + timedelta(days=400))
    assert [each.carried_out for each in was.acts] == [each.carried_out for each in license_.acts]
    assert fold(NUMBER, was.acts, unpaid, day) == license_
    assert [each.id for each in license_.acts] == [each.id for each in acts]
    carried = [each for each in license_.acts if each.carried_out]
    assert fold(NUMBER, carried, unpaid, day).state is license_.state


@given(histories(), _unpaid, _days)
def test_what_may_be_done_by_what_one_sees_is_carried_out(
    acts: list[LicenseAct], unpaid: dict[str, int], day: date
) -> None:
    """Nobody at a counter does what the ledger will then not carry out, unless somebody else was quicker."""
    license_ = fold(NUMBER, acts, unpaid, day)
    for step in license_.steps:
        if step in (Step.FILE, Step.SUBMIT, Step.UNPAY, Step.RENEW, Step.UNRENEW):
            continue
        assessed = _assessed(license_, anew=False, cents=100_00) if step is Step.ASSESS else None
        more = replace(act(99, step, term=assessed), was=license_.version)
        held = (license_.unpaid and step in IN_FORCE) or (license_.reviews and step in (*IN_FORCE, Step.APPROVE))
        if held:
            with pytest.raises(StepRefused, match=r"unpaid|Not passed"):
                require_act(license_, more)
        else:
            require_act(license_, more)
            assert fold(NUMBER, [*acts, more], unpaid, day).acts[-1].carried_out


@pytest.mark.parametrize("operator", ["ben", "Ben", " BEN", "b\u200ben"])
def test_nobody_approves_what_they_wrote_in_any_spelling(operator: str) -> None:
    filed = [act(1, Step.FILE, TACOS), act(2, Step.REVIEW, {"reviews": {"fire": "passed"}})]
    own = replace(act(3, Step.APPROVE), operator=operator)
    assert not fold(NUMBER, [*filed, own], {}, DAY).acts[-1].carried_out
    license_ = fold(NUMBER, filed, {}, DAY)
    with pytest.raises(StepRefused, match="Nobody approves"):
        require_act(license_, own)
    require_act(license_, act(3, Step.APPROVE))


def test_who_changed_an_application_does_not_approve_it_and_once_it_is_approved_may_approve_the_next() -> None:
    reviewed_ = act(2, Step.REVIEW, {"reviews": {"fire": "passed"}})
    amended = replace(act(3, Step.AMEND, {"phone": "555-0100"}), operator="zoe")
    filed = [act(1, Step.FILE, TACOS), reviewed_, amended]
    assert not fold(NUMBER, [*filed, act(4, Step.APPROVE)], {}, DAY).acts[-1].carried_out
    by_ivan = replace(act(4, Step.APPROVE), operator="ivan")
    moved = act(5, Step.MOVE, {"premises": "2 Oak St", "reviews": {"zoning": "open"}})
    passed = act(6, Step.REVIEW, {"reviews": {"zoning": "passed"}})
    again = fold(NUMBER, [*filed, by_ivan, moved, passed, act(7, Step.APPROVE)], {}, DAY)
    assert [each.carried_out for each in again.acts] == [True] * 7


@pytest.mark.parametrize(
    "printed",
    [
        {},
        {"begins": "2026-01-01", "ends": "2026-12-31", "copy": 0},
        {"begins": "2026-01-01", "ends": "2026-12-31", "copy": True},
        {"begins": "2026-01-01", "ends": "2026-02-30", "copy": 1},
        {"begins": "2026-01-01", "ends": "2026-12-31", "copy": 1, "more": 1},
    ],
)
def test_what_a_printed_certificate_says(printed: dict[str, Any]) -> None:
    good = {"begins": "2026-01-01", "ends": "2026-12-31", "copy": 1}
    assert is_sound(_data(says={"printed": good}, step="replace", was="a1"))
    assert not is_sound(_data(says={"printed": printed}, step="replace", was="a1"))
