"""Of each terminal of the office what knows it further: the ledger's answer, or its batches brought by stick."""

from __future__ import annotations

from typing import Any

from countertui.domain.office_said import OfficeSaid, SaidTerminal, as_json, said_of, together
from countertui.domain.seen_sessions import SeenDeposit, SeenSession

DAY = "2026-11-23"
OWN = ("T1", 1)


def session(id_: str, close_seq: int | None = None, **change: Any) -> SeenSession:
    made: dict[str, Any] = {"id": id_, "drawer": "D2", "operator": "ben", "biz_date": DAY, "opening_cents": 0}
    made |= {"open_seq": 1, "close_seq": close_seq, "batch_no": None, "people": [], "receipts": 0, "papers": []}
    made |= {"drops": [], "counted": [], "over_short": [], "through": close_seq or 1}
    return SeenSession(**(made | change))  # type: ignore[typeddict-item]


def deposit(*places: tuple[str, int, str]) -> SeenDeposit:
    return SeenDeposit(seq=9, slip_no="T2-D1", bag="B9", sessions=list(places), safe_bags=[])


def told(through: int, *sessions: SeenSession, deposits: tuple[SeenDeposit, ...] = (), code: str = "T2") -> OfficeSaid:
    terminal = SaidTerminal(code, 1, through, "", (DAY,), sessions, deposits)
    return OfficeSaid("HALL", "2026-11-23T18:00:00+00:00", (terminal,), ())


def test_the_newer_of_both_says_how_a_session_is() -> None:
    open_, closed = session("S1"), session("S1", 8)
    brought = [("T2", 1, open_)]
    assert together(told(8, closed), OWN, brought, {("T2", 1): 4}, []).sessions == (("T2", 1, closed),)
    assert together(told(2, open_), OWN, [("T2", 1, closed)], {("T2", 1): 9}, []).sessions == (("T2", 1, closed),)
    assert together(None, OWN, brought, {("T2", 1): 4}, []).sessions == (("T2", 1, open_),)


def test_what_was_open_and_is_told_no_more_is_closed_and_deposited() -> None:
    assert together(told(20), OWN, [("T2", 1, session("S1"))], {("T2", 1): 4}, []).sessions == ()


def test_a_deposit_that_the_newer_does_not_have_was_taken_back() -> None:
    place = ("T2", 1, "S1")
    brought = [("T2", 1, deposit(place))]
    assert together(told(3), OWN, [], {("T2", 1): 9}, brought).in_deposit == {place: "T2-D1"}
    assert together(told(30), OWN, [], {("T2", 1): 9}, brought).in_deposit == {}
    assert together(told(30, deposits=(deposit(place),)), OWN, [], {}, []).in_deposit == {place: "T2-D1"}


def test_of_itself_a_terminal_believes_its_own_journal() -> None:
    own = told(30, session("S1", 8), deposits=(deposit(("T1", 1, "S1")),), code="T1")
    found = together(own, OWN, [], {}, [])
    assert (found.sessions, found.in_deposit) == ((), {})


def test_a_session_without_its_opening_makes_its_day_not_heard() -> None:
    assert together(None, OWN, [("T2", 1, session("S1", 8, open_seq=None))], {("T2", 1): 8}, []).dates == frozenset()
    assert together(told(8, session("S1", 8)), OWN, [], {}, []).dates == {("T2", DAY)}


def test_what_was_said_is_kept_as_it_was() -> None:
    said = told(8, session("S1", 8), deposits=(deposit(("T2", 1, "S0")),))
    assert said_of(as_json(said)) == said


def test_what_was_kept_before_bags_went_apart_has_none() -> None:
    kept = as_json(told(9, deposits=(deposit(("T2", 1, "S1")),)))
    for each in (*kept["terminals"][0]["deposits"], *kept["by_desk"]):
        del each["safe_bags"]
    assert together(said_of(kept), ("T1", 1), [], {}, []).bags == frozenset()
