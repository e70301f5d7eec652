"""The ledger's verify and post of a sealed day, over a bare loop that believes everything.

The floor: json.loads of the batch's bytes, one SHA-256 and one Ed25519 verify a record, and its GL lines into a plain
table by executemany, committed as durably as the books are.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from bench.figures import Row, row, seconds
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bench import till
from countertui.demo.folder import PASSPHRASE, TERMINAL
from countertui.ledger.answers import NEW
from countertui.ledger.books import open_books
from countertui.ledger.ingest import ingest
from countertui.ledger.keys import open_key
from countertui.sync.dsse import parse_envelope

GOAL = 1.5
NOW = "2026-11-23T18:00:00Z"
Record = tuple[bytes, bytes, bytes]
"""The bytes that are hashed, the message that is signed, the signature."""


def rows(payments: int = till.A_DAY, rounds: int = 7) -> list[Row]:
    floors: list[float] = []
    values: list[float] = []
    with till.scratch(till.day_folder(payments)) as folder:
        with till.opened(folder) as station:
            till.close_and_seal(station, till.session_of_day(station))
            (envelope,) = station.db.execute("SELECT envelope FROM sending").fetchone()
            key = Ed25519PublicKey.from_public_bytes(station.recorder.public_key)
            records = _records(station.db)
        payload = parse_envelope(envelope, len(envelope)).payload
        lines = _post(folder, envelope)[1]
        for n in range(rounds):
            for work in ("floor", "value") if n % 2 else ("value", "floor"):
                if work == "floor":
                    floors.append(_floor(folder / "floor.db", payload, key, records, lines) * 1000)
                else:
                    values.append(_post(folder, envelope)[0] * 1000)
    name = f"ledger verify + post of {payments:,} payments"
    return [row(name, floors, values, GOAL, "ms", f"{rounds} rounds, {len(lines):,} lines")]


def _post(folder: Path, envelope: bytes) -> tuple[float, list[tuple[int, int, str, str, int]]]:
    """Seconds to take the batch into fresh books, and the lines that were posted."""
    fresh = folder / "fresh"
    shutil.copytree(folder / "ledger", fresh)
    books = open_books(fresh)
    key = open_key(fresh, PASSPHRASE)
    status = 0

    def take_in() -> None:
        nonlocal status
        status = ingest(books, key, envelope, TERMINAL, 1, 1, NOW).status

    taken = seconds(take_in)
    books.close()
    if status != NEW:
        raise RuntimeError(f"the ledger answered {status}")
    connection = sqlite3.connect(fresh / "ledger.db")
    lines = connection.execute("SELECT entry, n, fund, account, cents FROM gl_line").fetchall()
    connection.close()
    shutil.rmtree(fresh)
    return taken, lines


def _records(store: sqlite3.Connection) -> list[Record]:
    made = store.execute("SELECT seq, prev, body, h, sig FROM journal ORDER BY seq").fetchall()
    return [
        (b"ctp/1 rec\0" + seq.to_bytes(8, "big") + prev + body, b"ctp/1 rec-sig\0" + h, sig)
        for seq, prev, body, h, sig in made
    ]


def _floor(
    path: Path, payload: bytes, key: Ed25519PublicKey, records: Sequence[Record], lines: Sequence[tuple[object, ...]]
) -> float:
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=TRUNCATE")
    connection.execute("PRAGMA synchronous=EXTRA")
    connection.execute("CREATE TABLE line (entry INTEGER, n INTEGER, fund TEXT, account TEXT, cents INTEGER)")

    def loop() -> None:
        json.loads(payload)
        for hashed, message, sig in records:
            sha256(hashed).digest()
            key.verify(sig, message)
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO line VALUES (?, ?, ?, ?, ?)", lines)
        connection.execute("COMMIT")

    taken = seconds(loop)
    connection.close()
    return taken
