"""The counter and the ledger's log: what was proven is kept, another history is refused and stays an alarm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counter_station import Offline, exchange_of, last, on, run_here
from countertui.counter.accept_log import NothingToAccept, accept_log
from countertui.counter.chips import chips
from countertui.counter.seal_batch import seal_batch
from countertui.counter.send_batches import send_batches
from countertui.counter.station import Station
from countertui.counter.take_stick import take_stick
from countertui.domain.rights import NotAllowed
from countertui.ports.exchange import Answer, LogSeen
from countertui.screens.chip_words import chip_words
from countertui.store import working


def _answer(no: int) -> Answer:
    return Answer("posted", 0, 0, (), b"ack of %d" % no, f"note {no}")


def _shown(station: Station) -> str:
    return " | ".join(chip.text for chip in chip_words(chips(station, run_here(station))))


def test_the_newest_proven_checkpoint_is_kept_with_the_answer(station: Station) -> None:
    exchange_of(station).answer = _answer
    for _ in range(2):
        seal_batch(station, on(station, "lena"))
    assert [sent.state for sent in send_batches(station, run_here(station))] == ["posted", "posted"]
    seen = working.log_seen(station.db)
    assert seen is not None
    assert (seen.note, seen.alarm) == ("note 2", "")
    assert "ALARM" not in _shown(station)


def test_an_answer_of_a_ledger_with_another_history_is_not_taken_and_stays_an_alarm(station: Station) -> None:
    exchange = exchange_of(station)
    exchange.answer = _answer
    seal_batch(station, on(station, "lena"))
    send_batches(station, run_here(station))
    exchange.forked = True
    seal_batch(station, on(station, "lena"))
    (sent,) = send_batches(station, run_here(station))
    assert (sent.state, sent.detail) == ("waiting", "The ledger's history was changed.")
    assert working.count_waiting(station.db) == 1
    assert "ALARM: the ledger's history was changed" in _shown(station)
    exchange.forked = False
    assert [sent.state for sent in send_batches(station, run_here(station))] == ["posted"]
    assert "ALARM" in _shown(station), "until a person has looked"
    with pytest.raises(NotAllowed):
        accept_log(station, on(station, "lena"), "The ledger was restored")
    with pytest.raises(NothingToAccept, match="must be said"):
        accept_log(station, on(station, "ken"), "  ")
    seen = working.log_seen(station.db)
    assert seen is not None
    accept_log(station, on(station, "ken"), "The ledger was restored")
    said = last(station)
    assert (said["kind"], said["operator"], said["data"]["size"]) == ("log_accepted", "ken", seen.size)
    assert "ALARM" not in _shown(station)
    with pytest.raises(NothingToAccept, match="no alarm"):
        accept_log(station, on(station, "ken"), "Again")


def test_a_ledger_that_lost_entries_is_an_alarm_until_it_has_them_again(station: Station) -> None:
    exchange_of(station).answer = _answer
    seal_batch(station, on(station, "lena"))
    lost = LogSeen(9, "00", "note", "the ledger's log is shorter than the 9 entries it had")
    station.store.write_working(lambda db: working.keep_log_seen(db, lost))
    assert "ALARM: the ledger's log is shorter" in _shown(station)
    send_batches(station, run_here(station))
    assert "ALARM" not in _shown(station)
    assert working.log_seen(station.db) != replace(lost, alarm="")


@pytest.mark.parametrize(("note", "state"), [("note 1", "posted"), ("another", "received")])
def test_a_stick_brings_a_later_answer_to_a_batch_without_a_proof_for_what_was_proven(
    station: Station, monkeypatch: pytest.MonkeyPatch, note: str, state: str
) -> None:
    exchange = exchange_of(station)
    exchange.answer = lambda no: Answer("received", 0, 0, (), b"ack of %d" % no, f"note {no}")
    for _ in range(2):
        seal_batch(station, on(station, "lena"))
    send_batches(station, run_here(station))
    seen = working.log_seen(station.db)
    kept = {no: exchange.answer(no) for no in (1, 2)}

    def needs_the_ledger(*_: object) -> None:
        raise Offline("There is no ledger in this test.")

    monkeypatch.setattr(exchange, "follow_log", needs_the_ledger)
    monkeypatch.setattr(exchange, "read", lambda no, _hash, _ack: kept[no])
    later = {1: note, 2: "note 2"}
    exchange.answer = lambda no: Answer("posted", 0, 0, (), b"another ack of %d" % no, later[no])
    brought = take_stick(station, run_here(station), lambda _table, _rows: None)
    assert [row.state for row in working.sendings(station.db)] == [state, "posted"]
    assert len(brought.faults) == (state == "received")
    assert working.log_seen(station.db) == seen
