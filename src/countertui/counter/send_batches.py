"""Sending sealed batches: in order, as often as it takes; only the ledger's signed ack lets anything be called sent."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace

from countertui.counter.follow_register import follow_register
from countertui.counter.seal_batch import remake_envelopes
from countertui.counter.send_personal import send_personal
from countertui.counter.station import Run, Station
from countertui.errors import AnswerNo, EnvironmentFault
from countertui.ports.exchange import Answer, Gap, LogForked, LogSeen
from countertui.store import working
from countertui.store.working import SendingRow

_CHANGED = "the ledger's history was changed"


@dataclass(frozen=True, slots=True)
class Sent:
    """How a batch stands: waiting, posted, received or held; amounts in cents as the ledger re-derived them."""

    batch_no: int
    state: str
    posted_cents: int
    difference_cents: int
    detail: str


def send_batches(station: Station, run: Run) -> list[Sent]:
    """Offer every batch that isn't in the books, oldest first; stops at the first that can't be delivered. Then ask
    about those that the ledger had taken before and not posted yet.

    One that the ledger holds is in its custody: those after it go on their way.
    Runs on a thread of its own, as a network may take its time; `run` does the store's part on the writer's thread.
    """
    outcome: list[Sent] = []
    waiting, taken = run(_waiting), run(_received)
    if waiting or taken:
        try:
            follow_register(station, run)  # an answer is believed from the ledger's key in force alone
        except (EnvironmentFault, AnswerNo) as error:
            if not waiting:
                return []
            run(_note_try, waiting[0].batch_no, error.happened)
            return [Sent(waiting[0].batch_no, "waiting", 0, 0, error.happened)]
    asked = None
    while waiting:
        row = waiting.pop(0)
        try:
            sent = _send(station, run, row)
        except Gap as gap:
            sent = Sent(row.batch_no, "waiting", 0, 0, gap.happened)
            run(_note_try, row.batch_no, gap.happened)
            if gap.have_no != asked and run(send_again_after, gap.have_no):
                # A ledger that was restored: it gets from its own end on what it had before, the same bytes.
                asked, waiting = gap.have_no, run(_waiting)
                continue
        outcome.append(sent)
        if sent.state == "waiting":
            return outcome
    send_personal(station, run)
    return outcome + _heard_of(station, run, taken)


def send_again_after(station: Station, batch_no: int) -> bool:
    """Have every batch after that one offered again, if the ledger once answered for any of them; whether it did."""
    if station.store.halted is not None or not working.acked_after(station.db, batch_no):
        return False
    station.store.write_working(lambda db: working.send_again(db, batch_no))
    return True


def _heard_of(station: Station, run: Run, taken: list[tuple[int, str]]) -> list[Sent]:
    """Ask about the batches that the ledger had taken and not posted; gives those that stand otherwise now."""
    heard = []
    for batch_no, batch_hash in taken:
        try:
            answer = station.exchange.ask(batch_no, batch_hash)
            if answer is None or answer.state == "received":
                continue
            take_answer(station, run, batch_no, answer)
        except (EnvironmentFault, AnswerNo) as error:
            run(_note_try, batch_no, error.happened)
            break
        detail = "; ".join(answer.reasons)
        heard.append(Sent(batch_no, answer.state, answer.posted_cents, answer.difference_cents, detail))
    return heard


def batches(station: Station) -> list[Sent]:
    """Every sealed batch, newest first, with what the ledger's signed answer says of it: without one it waits."""
    return [_standing(station, *row) for row in working.sending_states(station.reader)]


def unsent(station: Station) -> int:
    """How many sealed batches are not in the books yet."""
    return working.count_waiting(station.reader)


def _standing(station: Station, batch_no: int, batch_hash: str, ack: bytes | None, detail: str) -> Sent:
    if ack is None:
        return Sent(batch_no, "waiting", 0, 0, detail)
    try:
        answer = station.exchange.read(batch_no, batch_hash, ack)
    except AnswerNo as error:
        return Sent(batch_no, "waiting", 0, 0, error.happened)
    return Sent(batch_no, answer.state, answer.posted_cents, answer.difference_cents, detail)


def _received(station: Station) -> list[tuple[int, str]]:
    return working.received(station.db)


def _waiting(station: Station) -> list[SendingRow]:
    remake_envelopes(station)
    return working.waiting(station.db)


def _send(station: Station, run: Run, row: SendingRow) -> Sent:
    try:
        answer = station.exchange.send(row.batch_no, row.envelope, row.batch_hash)
        take_answer(station, run, row.batch_no, answer)
    except Gap:
        raise
    except (EnvironmentFault, AnswerNo) as error:
        run(_note_try, row.batch_no, error.happened)
        return Sent(row.batch_no, "waiting", 0, 0, error.happened)
    return Sent(row.batch_no, answer.state, answer.posted_cents, answer.difference_cents, "; ".join(answer.reasons))


def _note_try(station: Station, batch_no: int, words: str) -> None:
    station.store.write_working(lambda db: working.note_try(db, batch_no, words))


def take_answer(station: Station, run: Run, batch_no: int, answer: Answer) -> None:
    """Believe a verified answer, from the network or a stick, if the ledger's log still is what it was; keep both.

    Raises LogForked where the log is another: the answer is not taken then, and an alarm stays in the status line.
    Raises an EnvironmentFault where the answer brings no proof along and the ledger can't be asked for one, unless what
    it vouches for was proven with an earlier answer to that batch: a stick brings it again when the batch is posted.
    """
    seen = run(_log_seen)
    try:
        now = station.exchange.follow_log(seen, answer)
    except LogForked:
        if seen is not None:
            run(_keep_log_seen, replace(seen, alarm=_CHANGED))
        raise
    except EnvironmentFault:
        if not run(_was_proven, batch_no, answer):
            raise
        now = None
    if now is not None and seen is not None and seen.alarm == _CHANGED:
        now = replace(now, alarm=_CHANGED)  # it stays until a person has looked, whatever is shown later
    run(_keep_ack, batch_no, answer, now)


def watch_log(station: Station, run: Run) -> None:
    """See whether the ledger's log still is what it was, where no answer shows it: to a terminal that was stopped the
    ledger only says that it keeps its batches apart. Another log leaves an alarm in the status line; a store that is
    halted is an alarm already, and nothing is written to it.

    Raises an EnvironmentFault where the ledger can't be asked, AnswerNo where what it says proves nothing.
    """
    seen = run(_log_seen)
    if seen is None or seen.alarm == _CHANGED or station.store.halted is not None:
        return
    try:
        now = station.exchange.newest_log(seen)
    except LogForked:
        now = replace(seen, alarm=_CHANGED)
    if now != seen:
        run(_keep_log_seen, now)


def _was_proven(station: Station, batch_no: int, answer: Answer) -> bool:
    """Whether the answer that is kept of that batch, proven as it came, has the very same checkpoint."""
    row = working.sending(station.db, batch_no)
    if row is None or row.ack is None:
        return False
    try:
        return station.exchange.read(batch_no, row.batch_hash, row.ack).checkpoint == answer.checkpoint
    except AnswerNo:
        return False


def _log_seen(station: Station) -> LogSeen | None:
    return working.log_seen(station.db)


def _keep_log_seen(station: Station, seen: LogSeen) -> None:
    station.store.write_working(lambda db: working.keep_log_seen(db, seen))


def _keep_ack(station: Station, batch_no: int, answer: Answer, seen: LogSeen | None) -> None:
    detail = "; ".join(answer.reasons)

    def write(db: sqlite3.Connection) -> None:
        working.keep_ack(db, batch_no, answer.state, answer.ack, detail)
        if seen is not None:
            working.keep_log_seen(db, seen)

    station.store.write_working(write)
