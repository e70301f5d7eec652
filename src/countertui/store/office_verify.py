"""Whether what is kept of the office's other terminals is still what they signed, and its tables follow from it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from itertools import groupby

from countertui.domain.office import BatchPlace, OtherBatch
from countertui.domain.seen_sessions import SeenSession, UnsoundRecord, add_record, deposit_made, deposit_taken_back
from countertui.errors import AnswerNo
from countertui.store.verify import Fault

Read = Callable[[str, int, bytes], OtherBatch]
"""Another terminal's batch of that epoch, verified by the register; raises an AnswerNo."""

_Batch = tuple[int, str, int, str, bytes]


def verify_office(connection: sqlite3.Connection, read: Read) -> list[Fault]:
    """Verify every kept batch again, each terminal's one after another, and compare sessions and deposits with them."""
    query = "SELECT terminal, epoch, batch_no, batch_hash, last_seq, head, envelope FROM office_batch ORDER BY 1, 2, 3"
    rows = connection.execute(query).fetchall()
    known = {(terminal, epoch) for terminal, epoch, *_ in rows}
    faults = []
    for (terminal, epoch), batches in groupby(rows, key=lambda row: (row[0], row[1])):
        faults += list(_faults_of(connection, terminal, epoch, [row[2:] for row in batches], read))
    stray = "SELECT terminal, epoch FROM office_session UNION SELECT terminal, epoch FROM office_deposit"
    stray += " UNION SELECT terminal, epoch FROM office_deposit_bag"
    for terminal, epoch in sorted(set(connection.execute(stray).fetchall()) - known):
        faults.append(_fault(f"Of {terminal}, epoch {epoch}, drawers are kept here that no batch explains."))
    return faults


def _faults_of(
    connection: sqlite3.Connection,
    terminal: str,
    epoch: int,
    batches: list[tuple[int, str, int, str, bytes]],
    read: Read,
) -> Iterator[Fault]:
    last: BatchPlace | None = None
    sessions: dict[str, SeenSession] = {}
    deposits: dict[int, tuple[str, str, str]] = {}
    bags: dict[int, list[tuple[str, int, str, str]]] = {}
    for batch_no, batch_hash, last_seq, head, envelope in batches:
        try:
            batch = read(terminal, epoch, envelope)
            bodies = batch.records(last)
            last = batch.place
            if last != (batch_no, batch_hash, last_seq, head):
                yield _fault(f"Batch {batch_no} of {terminal}: the columns beside its bytes say something else.")
            for body in bodies:
                add_record(sessions, body, batch_no)
                if (made := deposit_made(body)) is not None:
                    deposits[made["seq"]] = made["slip_no"], made["bag"], json.dumps(made["sessions"])
                    bags[made["seq"]] = made["safe_bags"]
                if (back := deposit_taken_back(body)) is not None:
                    deposits.pop(back, None)
                    bags.pop(back, None)
        except (AnswerNo, UnsoundRecord) as fault:
            told = fault.happened if isinstance(fault, AnswerNo) else str(fault)
            yield _fault(f"Batch {batch_no} of {terminal}, kept here, is not what was taken: {told}")
            return
    place = terminal, epoch
    kept = connection.execute("SELECT id, body FROM office_session WHERE terminal = ? AND epoch = ?", place).fetchall()
    if {id_: json.loads(body) for id_, body in kept} != sessions:
        yield _fault(f"The drawers kept of {terminal} do not follow from its batches.")
    query = "SELECT seq, slip_no, bag, sessions FROM office_deposit WHERE terminal = ? AND epoch = ?"
    if {seq: tuple(rest) for seq, *rest in connection.execute(query, place).fetchall()} != deposits:
        yield _fault(f"The deposits kept of {terminal} do not follow from its batches.")
    query = "SELECT seq, of_terminal, of_epoch, session, bag FROM office_deposit_bag WHERE terminal = ? AND epoch = ?"
    held = {(seq, *bag) for seq, each in bags.items() for bag in each}
    if set(connection.execute(query, place).fetchall()) != held:
        yield _fault(f"The bags of deposits kept of {terminal} do not follow from its batches.")


def _fault(words: str) -> Fault:
    return Fault("office", None, words)
