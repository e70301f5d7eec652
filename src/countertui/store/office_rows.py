"""What is kept of the office's other terminals: their batches as they were signed, and what these tell of drawers."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator

from countertui.domain.office import BatchPlace, OtherBatch
from countertui.domain.office_said import OfficeSaid, said_of
from countertui.domain.seen_sessions import SeenDeposit, SeenSession

Db = sqlite3.Connection


def last_taken(db: Db, terminal: str, epoch: int) -> BatchPlace | None:
    """Where the batches of a terminal's epoch end here; None if none was taken."""
    row = db.execute(
        "SELECT batch_no, batch_hash, last_seq, head FROM office_batch WHERE terminal = ? AND epoch = ?"
        " ORDER BY batch_no DESC LIMIT 1",
        (terminal, epoch),
    ).fetchone()
    return BatchPlace(*row) if row else None


def hash_of(db: Db, terminal: str, epoch: int, batch_no: int) -> str | None:
    """The hash of a batch that was taken; None if it was not."""
    query = "SELECT batch_hash FROM office_batch WHERE terminal = ? AND epoch = ? AND batch_no = ?"
    row = db.execute(query, (terminal, epoch, batch_no)).fetchone()
    return str(row[0]) if row else None


def envelopes_until(db: Db, terminal: str, epoch: int, batch_no: int) -> Iterator[bytes]:
    """The batches of a terminal's epoch as they were signed, from that one back, one at a time."""
    query = "SELECT envelope FROM office_batch WHERE terminal = ? AND epoch = ? AND batch_no = ?"
    while (row := db.execute(query, (terminal, epoch, batch_no)).fetchone()) is not None:
        yield bytes(row[0])
        batch_no -= 1


def keep_batch(db: Db, batch: OtherBatch, envelope: bytes, taken_at: str) -> None:
    """Keep a batch that was verified and follows the last one."""
    end = batch.place
    place = (batch.terminal, batch.epoch, end.batch_no)
    db.execute(
        "INSERT INTO office_batch (terminal, epoch, batch_no, last_seq, head, batch_hash, taken_at, envelope)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*place, end.last_seq, end.head, end.batch_hash, taken_at, envelope),
    )


def open_sessions(db: Db, terminal: str, epoch: int) -> dict[str, SeenSession]:
    """The sessions of a terminal that were open when it was last heard of, by id."""
    query = "SELECT id, body FROM office_session WHERE terminal = ? AND epoch = ? AND close_seq IS NULL"
    return {id_: json.loads(body) for id_, body in db.execute(query, (terminal, epoch)).fetchall()}


def keep_sessions(db: Db, terminal: str, epoch: int, sessions: Iterable[SeenSession]) -> None:
    """Keep how sessions stand now."""
    db.executemany(
        "INSERT INTO office_session (terminal, epoch, id, biz_date, close_seq, through, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (terminal, epoch, id) DO UPDATE SET biz_date = excluded.biz_date,"
        " close_seq = excluded.close_seq, through = excluded.through, body = excluded.body",
        [
            (terminal, epoch, one["id"], one["biz_date"], one["close_seq"], one["through"], json.dumps(one))
            for one in sessions
        ],
    )


def keep_deposit(db: Db, terminal: str, epoch: int, made: SeenDeposit) -> None:
    """Keep a deposit that another terminal made."""
    row = (terminal, epoch, made["seq"], made["slip_no"], made["bag"], json.dumps(made["sessions"]))
    db.execute(
        "INSERT OR REPLACE INTO office_deposit (terminal, epoch, seq, slip_no, bag, sessions)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        row,
    )
    db.executemany(
        "INSERT OR REPLACE INTO office_deposit_bag (terminal, epoch, seq, of_terminal, of_epoch, session, bag)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(terminal, epoch, made["seq"], *bag) for bag in made["safe_bags"]],
    )


def forget_deposit(db: Db, terminal: str, epoch: int, seq: int) -> None:
    """A deposit was taken back: its sessions wait for the bank again."""
    db.execute("DELETE FROM office_deposit_bag WHERE terminal = ? AND epoch = ? AND seq = ?", (terminal, epoch, seq))
    db.execute("DELETE FROM office_deposit WHERE terminal = ? AND epoch = ? AND seq = ?", (terminal, epoch, seq))


def deposits(db: Db) -> list[tuple[str, int, SeenDeposit]]:
    """Deposits that other terminals made, by their batches: terminal, epoch, and what it is."""
    rows = db.execute("SELECT terminal, epoch, seq, slip_no, bag, sessions FROM office_deposit").fetchall()
    bags: defaultdict[tuple[str, int, int], list[tuple[str, int, str, str]]] = defaultdict(list)
    apart = "SELECT terminal, epoch, seq, of_terminal, of_epoch, session, bag FROM office_deposit_bag"
    for terminal, epoch, seq, *bag in db.execute(apart).fetchall():
        bags[terminal, epoch, seq].append((bag[0], bag[1], bag[2], bag[3]))
    return [
        (
            terminal,
            epoch,
            SeenDeposit(
                seq=seq,
                slip_no=slip_no,
                bag=bag,
                sessions=json.loads(sessions),
                safe_bags=bags.get((terminal, epoch, seq), []),
            ),
        )
        for terminal, epoch, seq, slip_no, bag, sessions in rows
    ]


def brought_through(db: Db) -> dict[tuple[str, int], int]:
    """The last record of each terminal's epoch that was brought here."""
    rows = db.execute("SELECT terminal, epoch, MAX(last_seq) FROM office_batch GROUP BY terminal, epoch").fetchall()
    return {(terminal, epoch): last for terminal, epoch, last in rows}


def bags(db: Db) -> dict[str, str]:
    """Bags that the office's other terminals used, for a drop or a deposit, each with the terminal's code."""
    used = {bag: code for code, bag in db.execute("SELECT terminal, bag FROM office_deposit").fetchall()}
    dropped = db.execute(
        "SELECT terminal, json_extract(value, '$.bag') FROM office_session, json_each(body, '$.drops')"
    ).fetchall()
    return used | {bag: code for code, bag in dropped}


def sessions_since(db: Db, biz_date: str) -> list[tuple[str, int, SeenSession]]:
    """Sessions of that business date (ISO) and later, and all that are open: terminal, epoch, and how each stands."""
    query = (
        "SELECT terminal, epoch, body FROM office_session WHERE biz_date >= ? OR close_seq IS NULL"
        " ORDER BY terminal, epoch, biz_date, id"
    )
    rows = db.execute(query, (biz_date,)).fetchall()
    return [(terminal, epoch, json.loads(body)) for terminal, epoch, body in rows]


def keep_said(db: Db, at: str, body: str) -> None:
    """Keep what the ledger said of the office instead of what it said before."""
    db.execute("INSERT OR REPLACE INTO office_said (one, at, body) VALUES (1, ?, ?)", (at, body))


def said(db: Db) -> OfficeSaid | None:
    """What the ledger last said of the office; None if it never did."""
    row = db.execute("SELECT body FROM office_said").fetchone()
    return said_of(json.loads(row[0])) if row else None
