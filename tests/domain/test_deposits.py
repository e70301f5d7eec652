"""Bank deposits: intact, every difference named, carried items add up, no check in place of cash."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countertui.domain.deposit_making import (
    Carried,
    ClosedSession,
    LeftOut,
    Made,
    Paper,
    Said,
    differences_of,
    expected_cash,
    made_of,
    paper_named,
    swapped,
)
from countertui.domain.deposit_soundness import is_sound
from countertui.domain.deposits import (
    DEPOSITED,
    PAPERS,
    DepositRefused,
    PaperState,
    ReasonNeeded,
    SubstitutionRefused,
    in_bag,
    slip_number,
)
from countertui.domain.desk_records import TenderSum
from countertui.domain.drawers import DENOMINATIONS
from countertui.domain.tenders import TenderKind

CASH, CHECK, MONEY_ORDER = DEPOSITED


def session(
    name: str = "s1", cash: int = 100_00, papers: tuple[Paper, ...] = (), cash_off: int = 0, **off: int
) -> ClosedSession:
    """A closed session: cash as counted, papers of its receipts, and by how much its close counted them otherwise."""
    sums = [TenderSum(tender=CASH.value, count=0, cents=cash)] if cash else []
    for kind in PAPERS:
        there = [paper.cents for paper in papers if paper.tender is kind]
        counted = sum(there) + off.get(kind.value, 0)
        if counted:
            sums.append(TenderSum(tender=kind.value, count=len(there), cents=counted))
    return ClosedSession("T1", 1, name, None, "D1", "rosa", "2026-11-23", tuple(sums), cash_off, (), papers, ("rosa",))


def check(receipt: str, cents: int, reference: str = "101", kind: TenderKind = CHECK) -> Paper:
    return Paper(receipt, 1, kind, reference, cents)


def said(sessions: list[ClosedSession], left_out: dict[tuple[str, int], LeftOut] | None = None, **more: Any) -> Said:
    """Every paper seen but those left out."""
    left = left_out or {}
    keys = {paper.key for each in sessions for paper in each.papers}
    return Said(slip_no=slip_number("T1", 1, 7), seen=keys - left.keys(), left_out=left, **more)


def record_of(made: Made, cash: int) -> dict[str, Any]:
    return {
        "office": "HALL", "bank": "1010", "slip_no": "T1-D7", "bag": "B7", "stage": "interim",
        "biz_dates": ["2026-11-23"], "sessions": list(made.sessions), "found": list(made.found),
        "differences": list(made.differences), "count_seq": 5, "counts": 1,
        "pieces": [[d, n] for d, n in ((100_00, cash // 100_00), (1, cash % 100_00)) if n],
        "composition": list(made.composition),
        "total_cents": made.total, "not_heard": [],
    }  # fmt: skip


papers_drawn = st.lists(
    st.tuples(st.sampled_from(PAPERS), st.integers(1, 900_00), st.sampled_from(list(PaperState))), max_size=4
)
sessions_drawn = st.lists(
    st.tuples(st.integers(0, 2_000_00), papers_drawn, st.sampled_from([0, 0, 0, -50_00, 30_00])), min_size=1, max_size=4
)
carried_drawn = st.lists(st.tuples(st.sampled_from(DEPOSITED), st.integers(1, 90_00)), max_size=3)


@settings(max_examples=60)
@given(sessions_drawn, carried_drawn, st.integers(-40_00, 40_00), st.booleans())
def test_every_deposit_adds_up_and_names_every_difference(
    drawn: list[tuple[int, list[tuple[TenderKind, int, PaperState]], int]],
    earlier: list[tuple[TenderKind, int]],
    off: int,
    carry: bool,
) -> None:
    sessions, left = [], {}
    for s, (cash, papers, at_close) in enumerate(drawn):
        listed = []
        for n, (kind, cents, state) in enumerate(papers):
            paper = check(f"T1-{s}{n}", cents, str(n), kind)
            listed.append(paper)
            if state is not PaperState.THERE:
                left[paper.key] = LeftOut(state, "not in the envelope")
        checks = sum(paper.cents for paper in listed if paper.tender is CHECK)
        sessions.append(session(f"s{s}", cash, tuple(listed), check=max(at_close, -checks)))
    found = [
        Carried(f"T1-D1/{n}", kind, cents, "", "", "lost", "101-1001")
        for n, (kind, cents) in enumerate(earlier, start=1)
    ]
    cash = max(0, expected_cash(sessions, found) + off)
    try:
        made = made_of(sessions, found, cash, said(sessions, left, reason="counted twice", carry=carry))
    except SubstitutionRefused:
        missing = sum(paper.cents for each in sessions for paper in each.papers if paper.key in left)
        assert missing == cash - expected_cash(sessions, found) > 0
        return
    except DepositRefused:
        assert not cash
        return
    data = record_of(made, cash)
    assert is_sound("deposit", data)
    for kind in DEPOSITED:
        closed = sum(each.cents(kind) for each in sessions)
        turned_up = sum(each["cents"] for each in made.found if each["tender"] == kind)
        named = sum(each["cents"] for each in made.differences if each["tender"] == kind)
        assert in_bag(data, kind) == closed + turned_up + named
    for kind in PAPERS:
        held = [
            p["cents"] for each in made.sessions for p in each["papers"] if (p["tender"], p["state"]) == (kind, "there")
        ]
        held += [each["cents"] for each in made.found if each["tender"] == kind]
        assert in_bag(data, kind) == sum(held)
        assert sum(each["count"] for each in made.composition if each["tender"] == kind) == len(held)
    assert all(each["reason"] for each in made.differences)
    assert all(each["cents"] < 0 for each in made.differences if each["carried"])
    assert made.total == sum(in_bag(data, kind) for kind in DEPOSITED)


def test_an_open_item_that_turns_up_comes_to_nothing_over_both_deposits() -> None:
    lost = check("T1-1", 84_17, "1182")
    first = [session(papers=(lost,))]
    out = {lost.key: LeftOut(PaperState.MISSING, "not in the envelope")}
    made = made_of(first, [], 100_00, said(first, out))
    (open_,) = made.differences
    assert (open_["item"], open_["cents"], open_["carried"]) == ("T1-D7/1", -84_17, True)
    assert made.total == 100_00
    later = [session("s2", cash=5_00)]
    back = Carried(open_["item"], CHECK, 84_17, "T1-1", "1182", open_["reason"], "101-1001")
    second = made_of(later, [back], 5_00, said(later))
    assert second.differences == ()
    assert second.total == 89_17
    assert made.total + second.total == 100_00 + 84_17 + 5_00


days_drawn = st.lists(
    st.tuples(st.integers(1, 500_00), st.integers(0, 3), st.integers(0, 40_00), st.booleans()), min_size=1, max_size=6
)


@settings(max_examples=60)
@given(days_drawn)
def test_what_is_carried_from_deposit_to_deposit_adds_up(days: list[tuple[int, int, int, bool]]) -> None:
    """Over any days: what the bags held is what was received, less what is open, less what was posted as short."""
    open_: dict[str, Carried] = {}
    received = banked = posted = 0
    for n, (cash, checks, short, carry) in enumerate(days, start=1):
        papers = tuple(check(f"T1-{n}{k}", 10_00 + k, f"{n}{k}") for k in range(checks))
        lost = papers[-1:] if short % 2 else ()
        sessions, found = [session(f"s{n}", cash, papers)], list(open_.values())[: short % 3]
        counted = max(0, expected_cash(sessions, found) - short)
        left = {paper.key: LeftOut(PaperState.MISSING, "lost") for paper in lost}
        slip = slip_number("T1", 1, n)
        seen = {paper.key for paper in papers} - left.keys()
        try:
            made = made_of(sessions, found, counted, Said(slip, seen, left, "why", carry))
        except DepositRefused:
            continue  # an empty bag: nothing of the day moves
        received += cash + sum(paper.cents for paper in papers)
        banked += made.total
        for item in found:
            del open_[item.item]
        for each in made.differences:
            if each["carried"]:
                kind = TenderKind(each["tender"])
                open_[each["item"]] = Carried(each["item"], kind, -each["cents"], "", "", each["reason"], "101-1001")
            else:
                posted += each["cents"]
    assert banked + sum(each.cents for each in open_.values()) == received + posted


def test_no_check_is_left_out_in_silence_and_none_is_added() -> None:
    one, other = check("T1-1", 84_17, "1182"), check("T1-2", 20_00, "77")
    sessions = [session(papers=(one, other))]
    with pytest.raises(DepositRefused, match=r"Check 77 of receipt T1-2, 20.00: not looked at"):
        made_of(sessions, [], 100_00, Said("T1-D7", frozenset({one.key})))
    with pytest.raises(DepositRefused, match="T1-9 has no such check"):
        made_of(sessions, [], 100_00, Said("T1-D7", frozenset({one.key, other.key, ("T1-9", 1)})))
    both = Said("T1-D7", frozenset({one.key, other.key}), {one.key: LeftOut(PaperState.MISSING, "lost")})
    with pytest.raises(DepositRefused, match="marked twice"):
        made_of(sessions, [], 100_00, both)


def test_a_check_of_no_receipt_does_not_stand_in_for_cash() -> None:
    papers = (check("T1-1", 84_17, "1182"),)
    assert paper_named(papers, " 01182 ", None) is papers[0]
    assert paper_named(papers, "1182", 84_17) is papers[0]
    with pytest.raises(SubstitutionRefused, match="does not stand in for cash"):
        paper_named(papers, "4711", 100_00)
    with pytest.raises(DepositRefused, match=r"not 100.00"):
        paper_named(papers, "1182", 100_00)


def test_a_number_on_two_checks_is_marked_in_the_list() -> None:
    papers = (check("T1-1", 84_17, "1182"), check("T1-2", 5_00, "1182"))
    with pytest.raises(DepositRefused, match="2 have the number"):
        paper_named(papers, "1182", None)
    assert paper_named(papers, "1182", 5_00) is papers[1]


def test_cash_does_not_stand_in_for_a_missing_check() -> None:
    paper = check("T1-1", 84_17)
    sessions = [session(papers=(paper,))]
    out = {paper.key: LeftOut(PaperState.MISSING, "cashed")}
    with pytest.raises(SubstitutionRefused, match=r"Checks are 84.17 less than received, and cash the same more"):
        made_of(sessions, [], 184_17, said(sessions, out, reason="over"))
    made_of(sessions, [], 184_16, said(sessions, out, reason="over"))


@pytest.mark.parametrize(
    ("cash", "papers", "cents"),
    [
        *((-100_00, 100_00, 100_00), (-103_00, 100_00, 100_00), (100_00, -100_00, 100_00), (2_00, -100_00, 0)),
        *((-5_00, 0, 0), (0, 0, 0), (-5_00, -5_00, 0), (5_00, 5_00, 0)),
    ],
)
def test_what_stands_for_what(cash: int, papers: int, cents: int) -> None:
    assert swapped(cash, papers) == cents


def test_a_check_that_a_close_counted_beyond_its_receipts_stays_out_of_the_bag() -> None:
    """A cashier put 100.00 of a check of their own in for cash: the close shows both, the bag holds neither."""
    sessions = [session(cash=0, cash_off=-100_00, papers=(check("T1-1", 20_00),), check=100_00)]
    with pytest.raises(ReasonNeeded, match="of no receipt, counted at a close: kept out"):
        made_of(sessions, [], 0, said(sessions))
    made = made_of(sessions, [], 0, said(sessions, reason="given to the lead"))
    assert made.composition == (TenderSum(tender="check", count=1, cents=20_00),)


def test_a_check_that_was_short_at_the_close_is_named_once() -> None:
    paper = check("T1-1", 20_00)
    sessions = [session(papers=(paper, check("T1-2", 7_00, "9")), check=-20_00)]
    made = made_of(sessions, [], 100_00, said(sessions, {paper.key: LeftOut(PaperState.MISSING, "lost")}))
    assert sorted(each["cents"] for each in made.differences) == [-20_00, 20_00]
    assert made.total == 107_00


def test_cash_that_differs_needs_a_reason_and_only_what_is_short_is_carried() -> None:
    sessions = [session()]
    with pytest.raises(ReasonNeeded, match=r"Cash is 1.00 short"):
        made_of(sessions, [], 99_00, said(sessions, reason="  "))
    (short,) = made_of(sessions, [], 99_00, said(sessions, reason="a note lacks", carry=True)).differences
    assert short["carried"]
    (over,) = made_of(sessions, [], 101_00, said(sessions, reason="a note more", carry=True)).differences
    assert not over["carried"]
    assert differences_of(sessions, [], 99_00, said(sessions)) == ["Cash is 1.00 short."]


def test_what_went_out_of_a_fund_is_never_over_and_is_filled_up_by_a_later_deposit() -> None:
    lacks, later = session("s1", -20_00, (check("T1-1", 50_00),)), session("s2", 120_00)
    with pytest.raises(ReasonNeeded, match=r"20.00 more cash went out than came in: a drawer's fund lacks it"):
        made_of([lacks], [], 0, said([lacks]))
    made = made_of([lacks], [], 0, said([lacks], reason="a refund"))
    (difference,) = made.differences
    assert (difference["what"], difference["cents"], difference["carried"], made.total) == ("fund", 20_00, True, 50_00)
    assert is_sound("deposit", record_of(made, 0))
    open_ = Carried(difference["item"], CASH, -20_00, "", "", "a refund", "101-1001")
    filled = made_of([later], [open_], 100_00, said([later]))
    assert (filled.total, filled.differences) == (100_00, ())
    assert is_sound("deposit", record_of(filled, 100_00))
    beside = made_of([lacks, later], [], 100_00, said([lacks, later]))
    assert (beside.total, beside.differences) == (150_00, ())


def test_slips_of_a_later_epoch_are_other_numbers() -> None:
    assert slip_number("T1", 1, 7) == "T1-D7"
    assert slip_number("T1", 2, 7) == "T1.2-D7"


def a_record() -> dict[str, Any]:
    sessions = [session(papers=(check("T1-1", 84_17),))]
    found = [Carried("T1-D1/1", CASH, 5_00, "", "", "a note", "101-1001")]
    return record_of(made_of(sessions, found, 104_00, said(sessions, reason="one note")), 104_00)


@pytest.mark.parametrize(
    ("where", "what"),
    [
        (("total_cents",), 1), (("bag",), ""), (("bag",), "B" * 25), (("stage",), "last"), (("biz_dates",), []),
        (("biz_dates", 0), "2026-11-31"), (("pieces",), [[100, 1]]), (("composition", 0, "cents"), -1),
        (("composition", 0, "count"), 3), (("sessions", 0, "epoch"), "1"), (("sessions", 0, "papers", 0, "state"), "x"),
        (("sessions", 0, "papers", 0, "cents"), 1.5), (("sessions", 0, "batch_no"), "4"), (("found", 0, "cents"), 0),
        (("differences", 0, "cents"), 0), (("differences", 0, "carried"), 1), (("not_heard",), [1]),
        (("office",), None), (("count_seq",), True),
    ],
)  # fmt: skip
def test_what_is_no_deposit_is_told(where: tuple[Any, ...], what: Any) -> None:
    data = copy.deepcopy(a_record())
    assert is_sound("deposit", data)
    at: Any = data
    for name in where[:-1]:
        at = at[name]
    at[where[-1]] = what
    assert not is_sound("deposit", data)


def test_a_session_is_in_it_once() -> None:
    data = a_record()
    assert not is_sound("deposit", data | {"sessions": data["sessions"] * 2})


@pytest.mark.parametrize("kind", ["deposit", "deposit_count", "deposit_final", "deposit_taken_back"])
@pytest.mark.parametrize("data", [None, [], "x", {}, {"reason": "x"}])
def test_other_shapes_are_none(kind: str, data: object) -> None:
    assert not is_sound(kind, data)


def test_the_other_records() -> None:
    ref = {"terminal": "T1", "epoch": 1, "session": "s1"}
    count = {"sessions": [ref], "found": [], "pieces": [[int(DENOMINATIONS[0]), 2]], "cents": 200_00}
    assert is_sound("deposit_count", count)
    assert not is_sound("deposit_count", count | {"cents": 1})
    made = {"seq": 9, "h": "aa", "slip_no": "T1-D7", "bag": "B7"}
    assert is_sound("deposit_taken_back", {"deposit": made, "reason": "wrong bag"})
    assert not is_sound("deposit_taken_back", {"deposit": made, "reason": ""})
    assert is_sound("deposit_final", {"deposit": made, "biz_dates": ["2026-11-23"], "not_heard": ["T2"]})
    assert not is_sound("deposit_final", {"deposit": made | {"seq": "9"}, "biz_dates": ["2026-11-23"], "not_heard": []})
