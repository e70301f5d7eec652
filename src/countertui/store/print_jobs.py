"""Working tables of what is to be printed: jobs, each time one was sent, and drawers to open. Holds no money figure."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import dataclass
from typing import Final

Db = sqlite3.Connection

DRAWER: Final = "drawer"
"""The kind of a job that opens the till: no paper."""
ENDORSEMENT: Final = "endorsement"
VALIDATION: Final = "validation"
SLIPS: Final = frozenset({ENDORSEMENT, VALIDATION})
"""What somebody puts into the printer: a check, a customer's stub."""


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A document to print and what became of its last attempt.

    device: the printer's name, empty for this terminal's own. after_job: the uncertain job it is printed instead of.
    """

    id: int
    seq: int
    receipt_no: str | None
    kind: str
    copy: int
    document: str
    device: str
    state: str
    after_job: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One time a job was sent, and what became of it; ended_utc None: under way, or cut off."""

    id: int
    job: int
    device: str
    process_id: str
    sha256: str
    data: bytes
    state: str
    begun_utc: str
    ended_utc: str | None
    detail: str


_JOB = "SELECT id, seq, receipt_no, kind, copy, document, device, state, after_job, detail FROM print_job"
_ATTEMPT = "SELECT id, job, device, process_id, sha256, bytes, state, begun_utc, ended_utc, detail FROM print_attempt"
_UNFINISHED = "('queued', 'sending', 'refused', 'uncertain', 'later')"


def queue_print(
    db: Db,
    seq: int,
    receipt_no: str | None,
    kind: str,
    copy: int,
    document: str,
    device: str = "",
    after_job: int | None = None,
) -> int:
    """Put a document into the print queue, in its record's transaction; gives the job's id."""
    cursor = db.execute(
        "INSERT INTO print_job (seq, receipt_no, kind, copy, document, device, state, after_job, detail)"
        " VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, '')",
        (seq, receipt_no, kind, copy, document, device, after_job),
    )
    return int(cursor.lastrowid or 0)


def print_job(db: Db, id_: int) -> PrintJob | None:
    """A print job by id."""
    row = db.execute(f"{_JOB} WHERE id = ?", (id_,)).fetchone()
    return PrintJob(*row) if row else None


def unfinished_jobs(db: Db, most: int = 500) -> list[PrintJob]:
    """Papers not there as far as anybody knows, the newest of them, oldest first. Without a printer they grow many."""
    query = f"{_JOB} WHERE state IN {_UNFINISHED} AND kind <> ? ORDER BY id DESC LIMIT ?"
    return [PrintJob(*row) for row in reversed(db.execute(query, (DRAWER, most)).fetchall())]


@dataclass(frozen=True, slots=True)
class At:
    """A printer and whose papers it prints: those that name it and, where it is the usual one, all that name none of
    `names`."""

    name: str
    usual: bool
    names: tuple[str, ...]

    @property
    def values(self) -> tuple[str, bool, str]:
        """For the placeholders of _ITS."""
        return self.name, self.usual, json.dumps(self.names)


_ITS = "(device = ? OR (? AND device NOT IN (SELECT value FROM json_each(?))))"
_WAITING = (
    f"state IN ('queued', 'refused') AND state IN {_UNFINISHED} AND kind NOT IN ('drawer', 'endorsement', 'validation')"
)
_NEXT = f"{_JOB} WHERE {_WAITING} AND id > ? AND {_ITS} ORDER BY id LIMIT 1"
_AGAIN = f"{_JOB} WHERE {_WAITING} AND after_job IS NOT NULL AND {_ITS} ORDER BY id"
_NEXT_SLIP = (
    f"{_JOB} WHERE state = 'queued' AND state IN {_UNFINISHED} AND kind IN ('endorsement', 'validation') AND {_ITS}"
    " ORDER BY id LIMIT 1"
)


def next_paper(db: Db, at: At, after: int) -> PrintJob | None:
    """The oldest paper after that job which waits for the printer and prints by itself."""
    row = db.execute(_NEXT, (after, *at.values)).fetchone()
    return PrintJob(*row) if row else None


def next_slip(db: Db, at: At) -> PrintJob | None:
    """The oldest sheet that somebody is to put into the printer; a refused one waits for a person."""
    row = db.execute(_NEXT_SLIP, at.values).fetchone()
    return PrintJob(*row) if row else None


def waiting_again(db: Db, at: At) -> list[PrintJob]:
    """What waits for the printer and is printed instead of something uncertain."""
    return [PrintJob(*row) for row in db.execute(_AGAIN, at.values).fetchall()]


def devices_wanted(db: Db) -> list[str]:
    """The names of the printers that papers wait for which print by themselves; empty: this terminal's own."""
    return [row[0] for row in db.execute(f"SELECT DISTINCT device FROM print_job WHERE {_WAITING}").fetchall()]  # noqa: S608


def count_unfinished(db: Db, state: str | None = None) -> int:
    """How many those are, all or in one state."""
    (count,) = db.execute(
        f"SELECT COUNT(*) FROM print_job WHERE state IN {_UNFINISHED} AND kind <> ? AND state = COALESCE(?, state)",  # noqa: S608
        (DRAWER, state),
    ).fetchone()
    return int(count)


def attempts(db: Db, job: int) -> list[Attempt]:
    """Every time a job was sent, oldest first."""
    return [Attempt(*row) for row in db.execute(f"{_ATTEMPT} WHERE job = ? ORDER BY id", (job,)).fetchall()]


def next_attempt(db: Db) -> int:
    """The number that the next attempt gets: one more than any had."""
    (last,) = db.execute("SELECT COALESCE(MAX(id), 0) FROM print_attempt").fetchone()
    return int(last) + 1


def begin_attempt(db: Db, id_: int, job: int, device: str, process_id: str, data: bytes, utc: str) -> None:
    """Say that a job is being sent, before the first byte leaves: what, to which printer, under which process id."""
    db.execute(
        "INSERT INTO print_attempt (id, job, device, process_id, sha256, bytes, state, begun_utc, detail)"
        " VALUES (?, ?, ?, ?, ?, ?, 'sending', ?, '')",
        (id_, job, device, process_id, hashlib.sha256(data).hexdigest(), data, utc),
    )
    set_state(db, job, "sending", "")


def end_attempt(db: Db, id_: int, job: int, state: str, detail: str, utc: str) -> None:
    """Write down what became of an attempt."""
    db.execute("UPDATE print_attempt SET state = ?, detail = ?, ended_utc = ? WHERE id = ?", (state, detail, utc, id_))
    set_state(db, job, state, detail)


def set_state(db: Db, job: int, state: str, detail: str) -> None:
    """Say how a job stands."""
    db.execute("UPDATE print_job SET state = ?, detail = ? WHERE id = ?", (state, detail, job))


def send_to(db: Db, job: int, device: str) -> None:
    """Queue a job of which nothing left, for another printer or the same one."""
    db.execute("UPDATE print_job SET state = 'queued', device = ?, detail = '' WHERE id = ?", (device, job))


def queue_kick(db: Db, seq: int, device: str) -> None:
    """Have the drawer opened for a record, once, in the record's transaction."""
    db.execute(
        "INSERT INTO print_job (seq, receipt_no, kind, copy, document, device, state, detail)"
        " VALUES (?, NULL, ?, 0, '', ?, 'queued', '')",
        (seq, DRAWER, device),
    )


def waiting_kick(db: Db, seq: int) -> PrintJob | None:
    """The kick that waits for a record; None where there is none, or it was begun."""
    row = db.execute(
        f"{_JOB} WHERE state = 'queued' AND state IN {_UNFINISHED} AND kind = ? AND seq = ?", (DRAWER, seq)
    ).fetchone()
    return PrintJob(*row) if row else None


_CUT_OFF = f"SELECT id FROM print_job WHERE state = 'sending' AND state IN {_UNFINISHED}"  # noqa: S608
"""By the index of those that are unfinished."""
_ATTEMPTS_CUT_OFF = (
    f"UPDATE print_attempt SET state = 'uncertain', detail = ? WHERE state = 'sending' AND job IN ({_CUT_OFF})"  # noqa: S608
)
_KICKS_LAPSED = (
    "UPDATE print_job SET state = 'lapsed', detail = 'the program ended before'"  # noqa: S608
    f" WHERE state = 'queued' AND state IN {_UNFINISHED} AND kind = ?"
)
_SHEETS_WAIT = (
    "UPDATE print_job SET state = 'refused', detail = 'the program ended before'"  # noqa: S608
    f" WHERE state = 'queued' AND state IN {_UNFINISHED} AND kind IN ('endorsement', 'validation')"
)
"""Whoever stood there with the check may be gone: nobody is asked for it unasked."""
_JOBS_CUT_OFF = f"UPDATE print_job SET state = 'uncertain', detail = ? WHERE id IN ({_CUT_OFF})"  # noqa: S608


def interrupted_jobs_are_uncertain(db: Db) -> None:
    """After a crash: what was being sent may or may not be on paper. A drawer that was not opened yet never is."""
    for statement in (_ATTEMPTS_CUT_OFF, _JOBS_CUT_OFF):
        db.execute(statement, ("interrupted while printing",))
    db.execute(_KICKS_LAPSED, (DRAWER,))
    db.execute(_SHEETS_WAIT)
