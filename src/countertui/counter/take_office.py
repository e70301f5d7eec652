"""Batches that the office's other terminals sealed, off a stick: each verified whole, kept, read for its drawers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countertui.counter.station import Run, Station
from countertui.domain.office import BatchPlace, OtherBatch, StickFile, TerminalEntry
from countertui.domain.records import Kind
from countertui.domain.seen_sessions import UnsoundRecord, add_record, deposit_made, deposit_taken_back
from countertui.domain.words import number_of
from countertui.errors import AnswerNo, EnvironmentFault
from countertui.ports.exchange import Stick
from countertui.store import office_rows
from countertui.store.store import utc_text


@dataclass(frozen=True, slots=True)
class OfficeTaken:
    """A batch newly taken of another terminal: how many drawers it closes or has open, and its receipts."""

    terminal: str
    epoch: int
    batch_no: int
    drawers: int
    receipts: int

    @property
    def said(self) -> str:
        """The same in words."""
        drawers = number_of(self.drawers, "drawer")
        return f"{self.terminal}: batch {self.batch_no}, {drawers}, {number_of(self.receipts, 'receipt')}"


@dataclass(frozen=True, slots=True)
class FromOffice:
    """What came of the office's other terminals: newly taken, how many were here before, what was refused and why."""

    taken: tuple[OfficeTaken, ...]
    before: int
    refused: tuple[str, ...]


class OfficeBatchRefused(AnswerNo):
    """Another terminal's batch that is not taken here: of another office, older than what is here, or unsound."""


def take_office(station: Station, run: Run, stick: Stick) -> FromOffice:
    """Take what the office's other terminals sealed, each batch whole or not at all; again, it changes nothing.

    Runs on a thread of its own; `run` does the store's part on the writer's thread.
    """
    known = {(entry.code, entry.epoch): entry for entry in stick.terminals()}
    taken: list[OfficeTaken] = []
    refused: list[str] = []
    before = 0
    for file in stick.batches():
        try:
            one = _take(station, run, stick, file, known.get((file.terminal, file.epoch)))
        except (AnswerNo, EnvironmentFault) as fault:
            press = fault.press or f"It was cut short or altered: have {file.terminal} write it anew."
            refused.append(f"{file.name}: {fault.happened} {press}")
            continue
        if one is None:
            before += 1
        else:
            taken.append(one)
    return FromOffice(tuple(taken), before, tuple(refused))


def _take(station: Station, run: Run, stick: Stick, file: StickFile, entry: TerminalEntry | None) -> OfficeTaken | None:
    """What was taken; None if it was here. Raises an AnswerNo or EnvironmentFault."""
    if entry is not None and entry.office != station.place.office:
        raise OfficeBatchRefused(
            f"{file.terminal} is a terminal of office {entry.office}, not of {station.place.office}.",
            "Nothing of it was taken.",
            "It belongs on that office's stick.",
        )
    envelope = file.read()
    batch = stick.read_batch(file.terminal, file.epoch, envelope)
    last = run(_last_taken, file.terminal, file.epoch)
    if last is not None and batch.place.batch_no <= last.batch_no:
        _require_the_same(batch, run(_hash_of, batch.terminal, batch.epoch, batch.place.batch_no))
        return None
    bodies = batch.records(last)
    return run(_keep, batch, envelope, bodies, last)


def _require_the_same(batch: OtherBatch, here: str | None) -> None:
    if here is None:
        raise OfficeBatchRefused(
            f"Batch {batch.place.batch_no} of {batch.terminal} is older than the first that was taken here.",
            "Nothing of it was taken.",
        )
    if here != batch.place.batch_hash:
        raise OfficeBatchRefused(
            f"Batch {batch.place.batch_no} of {batch.terminal} is another than the one that was taken here:"
            " there are two journals under its key.",
            "The one that came first is kept.",
            "Call an admin before anything of that terminal is deposited.",
        )


def _last_taken(station: Station, terminal: str, epoch: int) -> BatchPlace | None:
    return office_rows.last_taken(station.db, terminal, epoch)


def _hash_of(station: Station, terminal: str, epoch: int, batch_no: int) -> str | None:
    return office_rows.hash_of(station.db, terminal, epoch, batch_no)


def _keep(
    station: Station,
    batch: OtherBatch,
    envelope: bytes,
    bodies: Sequence[Mapping[str, Any]],
    last: BatchPlace | None,
) -> OfficeTaken | None:
    terminal, epoch = batch.terminal, batch.epoch
    if office_rows.last_taken(station.db, terminal, epoch) != last:
        return None  # another stick was quicker: it is looked at again with the next one
    sessions = office_rows.open_sessions(station.db, terminal, epoch)
    try:
        for body in bodies:
            add_record(sessions, body, batch.place.batch_no)
        deposits = [(deposit_made(body), deposit_taken_back(body)) for body in bodies]
    except UnsoundRecord as fault:
        raise OfficeBatchRefused(str(fault), "Nothing of it was taken.", "Call a technician.") from fault

    def write(db: office_rows.Db) -> None:
        office_rows.keep_batch(db, batch, envelope, utc_text(station.clock.utc_ms()))
        office_rows.keep_sessions(db, terminal, epoch, sessions.values())
        for made, back in deposits:
            if made is not None:
                office_rows.keep_deposit(db, terminal, epoch, made)
            if back is not None:
                office_rows.forget_deposit(db, terminal, epoch, back)

    station.store.write_working(write)
    first_seq = batch.place.last_seq - len(bodies) + 1
    drawers = sum(one["through"] >= first_seq for one in sessions.values())
    receipts = sum(body.get("kind") == Kind.PAY for body in bodies)
    return OfficeTaken(terminal, epoch, batch.place.batch_no, drawers, receipts)
