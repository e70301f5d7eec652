"""The office's drawers as one terminal sees them: its own, and those that other terminals' batches told of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from counter_station import at_work, check, close, fee, money_order, new_folder, on, pay, run_here
from countertui.counter.day_checklist import day_list
from countertui.counter.drop_cash import drop_cash
from countertui.counter.office_sessions import OfficeSessions, closed_sessions, others_on
from countertui.counter.seal_batch import seal_batch
from countertui.counter.station import Station
from countertui.counter.take_stick import take_folder
from countertui.counter.void_receipt import void_now
from countertui.domain.day_checklist import Step
from countertui.domain.drawers import cash_count
from countertui.domain.office_said import OfficeSaid
from countertui.domain.records import Fact, Kind
from countertui.store import office_rows
from office_of_two import close_at, exported, opened, second

Pair = tuple[Station, Station]
DAY = "2026-11-23"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Pair]:
    here, there = opened(new_folder(tmp_path)), opened(second(tmp_path))
    yield here, there
    close(here)
    close(there)


def brought(to: Station, of: Station, stick: Path) -> OfficeSessions:
    take_folder(to, run_here(to), exported(of, stick), lambda _table, _rows: None)
    return closed_sessions(to)


def day_at(station: Station, *, sealed: bool = True) -> None:
    """Ben's drawer: cash, a check, a money order and a voided check, a bag, counted 1.00 short and closed."""
    ben, session = at_work(station, "ben", "D2")
    pay(station, session)
    price = fee(station).amount
    pay(station, session, tenders=[check(price, "2001")])
    pay(station, session, tenders=[money_order(price, "MO-9")])
    gone = pay(station, session, tenders=[check(price, "2002")])
    void_now(station, ben, on(station, "lena"), gone.receipt_no, "Wrong account")
    drop_cash(station, ben, session, "bag 7", cash_count({20_00: 1}))
    close_at(station, ben, session, cash=-1_00)
    if sealed:
        seal_batch(station, ben)


def test_another_terminals_session_is_what_it_would_be_there(office: Pair, tmp_path: Path) -> None:
    here, there = office
    day_at(there)
    (own,) = closed_sessions(there).sessions
    (seen,) = brought(here, there, tmp_path / "stick").sessions
    assert seen == own
    assert seen.terminal == "T2"
    assert [paper.reference for paper in seen.papers] == ["2001", "MO-9"]
    assert seen.cash_off == -1_00


def test_a_terminal_of_which_nothing_came_is_not_heard_and_never_nothing(office: Pair, tmp_path: Path) -> None:
    here, there = office
    assert brought(here, there, tmp_path / "stick").not_heard == ("T2",), "it is on the register, and was never heard"
    day_at(there)
    found = brought(here, there, tmp_path / "stick")
    assert found.not_heard == ()
    assert found.not_heard_on([DAY, "2026-11-20"]) == ("T2",), "of another day nothing came"


def test_a_session_open_there_is_open_here_until_its_close_came(office: Pair, tmp_path: Path) -> None:
    here, there = office
    ben, session = at_work(there, "ben", "D2")
    seal_batch(there, ben)
    found = brought(here, there, tmp_path / "stick")
    assert [(one.terminal, one.drawer, one.operator) for one in found.open] == [("T2", "D2", "ben")]
    assert (found.sessions, found.not_heard) == ((), ())
    close_at(there, ben, session)
    seal_batch(there, ben)
    found = brought(here, there, tmp_path / "stick")
    assert found.open == ()
    assert [one.session for one in found.sessions] == [session.id]


def test_a_session_whose_opening_is_not_here_is_not_heard_whole(office: Pair, tmp_path: Path) -> None:
    here, there = office
    ben, session = at_work(there, "ben", "D2")
    pay(there, session, tenders=[check(fee(there).amount, "2001")])
    seal_batch(there, ben)
    close_at(there, ben, session)
    seal_batch(there, ben)
    stick = exported(there, tmp_path / "stick")
    (stick / "T2-1-1.ctb").unlink()
    take_folder(here, run_here(here), stick, lambda _table, _rows: None)
    found = closed_sessions(here)
    assert (found.sessions, found.not_heard) == ((), ("T2",))


def test_what_another_terminal_deposited_does_not_wait_here_until_it_is_taken_back(
    office: Pair, tmp_path: Path
) -> None:
    here, there = office
    day_at(here)
    (own,) = closed_sessions(here).sessions
    ref = {"terminal": own.terminal, "epoch": own.epoch, "session": own.session}
    made = deposited(there, [ref])
    assert brought(here, there, tmp_path / "stick").sessions == ()
    taken_back(there, made)
    assert brought(here, there, tmp_path / "stick").sessions == (own,)


def deposited(station: Station, sessions: list[dict[str, object]]) -> int:
    """A deposit as far as another terminal reads it."""
    covered = [{**ref, "biz_date": DAY, "bags": []} for ref in sessions]
    data = {"slip_no": "T2-D1", "bag": "B9", "stage": "interim", "total_cents": 1, "sessions": covered}
    data |= {"differences": [], "found": [], "biz_dates": [DAY]}
    seq = station.record(Fact(station.ids(), Kind.DEPOSIT, "lena", data, "hugo", biz_date=DAY)).seq
    seal_batch(station, on(station, "ben"))
    return seq


def taken_back(station: Station, seq: int) -> None:
    data = {"deposit": {"seq": seq, "h": "", "slip_no": "T2-D1", "bag": "B9"}, "reason": "counted wrong"}
    station.record(Fact(station.ids(), Kind.DEPOSIT_TAKEN_BACK, "lena", data, "hugo", biz_date=DAY))
    seal_batch(station, on(station, "ben"))


def test_the_days_checklist_says_what_was_heard_of_the_others(office: Pair, tmp_path: Path) -> None:
    def others() -> tuple[str, str]:
        one = next(each for each in day_list(here).items if each.step is Step.OTHERS)
        return one.words, one.note

    here, there = office
    brought(here, there, tmp_path / "stick")
    assert others() == ("not heard", "from T2")
    ben, session = at_work(there, "ben", "D2")
    seal_batch(there, ben)
    brought(here, there, tmp_path / "stick")
    assert others() == ("1 open", "D2 of ben")
    close_at(there, ben, session)
    seal_batch(there, ben)
    brought(here, there, tmp_path / "stick")
    assert others() == ("done", "heard from T2")


def test_a_terminal_of_the_citys_list_is_not_heard_before_anything_of_it_came(
    office: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was let in after the last snapshot, and the register that T1 follows ends before it."""
    here = office[0]
    here.rules = replace(here.rules, terminals={"HALL": ("T1", "T2"), "UTIL": ("T3",)})
    assert closed_sessions(here).not_heard == ("T2",)
    assert others_on(here, here.db, "2026-11-23")[1] == ("T2",)
    said = OfficeSaid("HALL", "2026-11-22T23:00:00+00:00", (), ())
    monkeypatch.setattr(office_rows, "said", lambda _db: said)
    assert closed_sessions(here).not_heard == ("T2",), "what the ledger said yesterday is no news of today"
    said = replace(said, at="2026-11-23T08:00:00+00:00")
    assert closed_sessions(here).not_heard == (), "the ledger lets terminals in, and knows of none"
