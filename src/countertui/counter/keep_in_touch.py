"""Keeping in touch with the ledger between batches: records as they are made, and where the journal ends.

What the ledger answers tells whether this store is still the one it was: an older copy, or a second device with the
same key, is noticed within a minute. What was acked and is gone there is sent again.
"""

from __future__ import annotations

from dataclasses import replace

from countertui.counter.follow_register import follow_register
from countertui.counter.send_batches import send_again_after, send_batches, watch_log
from countertui.counter.station import Run, Station, Touch
from countertui.errors import AnswerNo, EnvironmentFault
from countertui.ports.exchange import Heard, NotKnownThere
from countertui.store import live

AT_LEAST_MS = 60_000
"""How long nothing is said at most, while the ledger can be reached."""
_LONGEST_WAIT_MS = 10 * 60_000
_RECORDS = 200


def keep_in_touch(station: Station, run: Run) -> bool:
    """Say what is new here, if it is time to; whether the ledger heard it. Offline it waits longer each time.

    Runs on a thread of its own; `run` does the store's part on the writer's thread.
    """
    if station.store.halted is not None or station.checking:
        return False
    touch, now = station.touch, station.clock.mono_ms()
    tip, _ = run(_tip)
    due = now - touch.at_ms >= (touch.wait_ms or AT_LEAST_MS)
    news = tip > touch.told and not touch.wait_ms
    if not tip or not (due or news):
        return False
    try:
        try:
            _talk(station, run)
        except NotKnownThere:
            # A restored ledger may have lost this terminal's key: it is given back what it lost of its register.
            follow_register(station, run)
            _talk(station, run)
    except (EnvironmentFault, AnswerNo):
        waited = min(max(touch.wait_ms * 2, AT_LEAST_MS // 4), _LONGEST_WAIT_MS)
        station.touch = replace(touch, at_ms=now, wait_ms=waited)
        return False
    return True


def _talk(station: Station, run: Run) -> None:
    if station.touch.told:
        heard = station.exchange.tell_records(run(_records_after, station.touch.told))
    else:
        seq, h = run(_tip)
        heard = station.exchange.tell_head(station.touch.known, seq, h)
    while True:
        if heard.state != "active":
            follow_register(station, run)
        if _is_not_this_journal(station, run, heard) or heard.state != "active":
            break
        records = run(_records_after, heard.have_seq)
        if not records:
            break
        told = heard.have_seq
        heard = station.exchange.tell_records(records)
        if heard.have_seq <= told:
            break  # it can't verify them yet, as after a change of the key: the batch will tell
    seq, h = run(_tip)
    if heard.known_seq < seq and heard.state == "active" and station.store.halted is None:
        heard = station.exchange.tell_head(heard.known_seq, seq, h)
    station.touch = Touch(heard.have_seq, heard.known_seq, station.clock.mono_ms())
    if run(send_again_after, heard.batch_no):
        send_batches(station, run)
    if heard.state != "active":
        watch_log(station, run)


def _is_not_this_journal(station: Station, run: Run, heard: Heard) -> bool:
    """Whether the ledger knows of records that are not those here; the ledger is told so, and sales are halted."""
    seq, h = run(_tip)
    here = run(_hash_at, heard.have_seq)
    if heard.known_seq > seq:
        proof = station.exchange.tell_head(heard.known_seq, seq, h)
        told = f"the ledger has seen {heard.known_seq} records of this terminal, and only {seq} are here."
    elif heard.have_seq and here is not None and here.hex() != heard.have_h:
        proof = station.exchange.tell_head(heard.known_seq, heard.have_seq, here)
        told = f"the ledger has another record {heard.have_seq} of this terminal than the one here."
    else:
        return False
    if proof.state != "active":
        follow_register(station, run)
    run(_halt, told)
    return True


def _tip(station: Station) -> tuple[int, bytes]:
    return station.store.tip()


def _records_after(station: Station, seq: int) -> list[tuple[bytes, bytes]]:
    return live.records_after(station.db, seq, _RECORDS)


def _hash_at(station: Station, seq: int) -> bytes | None:
    return live.hash_at(station.db, seq)


def _halt(station: Station, reason: str) -> None:
    station.store.halt(reason)
