"""A night at the ledger: one batch of each of many offices verified, posted and acked, on PostgreSQL and on SQLite.

The floor: one SHA-256 and one Ed25519 verify a record, and COPY of the same lines into a table with key, index and
check, one transaction a batch. Offices come in blocks that floor and ledger take in turn, so that what slows the one
slows the other. What is printed beside: how much longer a batch of the last block takes than one of the first, and how
much more memory this process has.

`make bench-night` runs 1,000 offices of 1,000 receipts each; `make bench` a night of fewer.
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from time import perf_counter, process_time

import psycopg
from bench.figures import Row, row, seconds
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from nacl.bindings import crypto_sign_open
from sqlalchemy import Connection, text

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from countertui.ledger.answers import NEW
from countertui.ledger.books import Books
from countertui.ledger.desk import Ground
from countertui.ledger.imported import Counted, ImportFact, begin_import
from countertui.ledger.ingest import ingest
from countertui.ledger.reference import load_reference
from ledger.town import NOW, Till, allocation, founded, import_id, ledger_key, line
from postgres import Server, server

GOAL, GOAL_OF_SQLITE, GOAL_OF_BALANCES = 2.0, 1.2, 1.0
SETTINGS = {"shared_buffers": "1GB", "max_connections": "20", "max_wal_size": "4GB"}
BLOCK = 10
Record = tuple[bytes, bytes, bytes]
"""The bytes that are hashed, the message that is signed, the signature."""
_TABLE = """CREATE TABLE floor_line (entry bigint, n bigint, fund text, account text, cents bigint CHECK (cents <> 0),
  PRIMARY KEY (entry, n)); CREATE INDEX ON floor_line (account, entry)"""
_SUMS = "SELECT fund, account, SUM(cents) FROM gl_line GROUP BY fund, account ORDER BY fund, account"
_SUM_OF = "SELECT SUM(cents) FROM gl_line WHERE fund = :fund AND account = :account GROUP BY fund, account"
_KEPT_OF = "SELECT cents FROM gl_balance WHERE fund = :fund AND account = :account"
_KEPT = "SELECT fund, account, cents FROM gl_balance ORDER BY fund, account"


@dataclass
class Taken:
    """Seconds a batch, in the order they came, this process's seconds of processor, its memory after each block, MiB.

    saved: the floor only, the seconds it would save if it verified with libsodium, as the ledger does.
    """

    batches: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    saved: float = 0.0
    alone: list[float] = field(default_factory=list)
    """Seconds of each batch in which it had the books to itself, its commit included."""

    @property
    def total(self) -> float:
        return sum(self.batches)

    def slope(self) -> float:
        """The processor time of a batch of the last block over one of the first, neighbours left out.

        The very first makes the month's partitions and is not counted.
        """
        return statistics.median(self.processor[-BLOCK:]) / statistics.median(self.processor[1 : BLOCK + 1])


def rows(offices: int = 60, receipts: int = 1000) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="countertui-night-") as folder, server(SETTINGS, on_disk=True) as running:
        floor, on_postgres, on_sqlite, balances, each_balance = _night(Path(folder), running, offices, receipts)
    size = f"{offices:,} offices x {receipts:,} receipts"

    def told(taken: Taken) -> str:
        steady = taken.memory[min(1, len(taken.memory) - 1)]
        return (
            f"{offices * receipts / taken.total:,.0f} receipts/s; the last batches take {taken.slope():.2f}x the"
            f" processor time of the first; memory {steady:.0f} to {taken.memory[-1]:.0f} MiB; of a batch's"
            f" {statistics.median(taken.batches) * 1000:.0f} ms it has the books to itself for"
            f" {statistics.median(taken.alone) * 1000:.0f}"
        )

    of_libsodium = on_postgres.total / (floor.total - floor.saved)
    same = f"{of_libsodium:.2f}x a floor that verifies with libsodium, as the ledger does"
    return [
        row(
            "a night on PostgreSQL",
            [floor.total],
            [on_postgres.total],
            GOAL,
            "s",
            f"{size}: {told(on_postgres)}; {same}",
        ),
        row("the same night on SQLite", [on_postgres.total], [on_sqlite.total], GOAL_OF_SQLITE, "s", told(on_sqlite)),
        row(
            "trial balance from kept balances",
            [each[0] * 1000 for each in balances],
            [each[1] * 1000 for each in balances],
            GOAL_OF_BALANCES,
            "ms",
            f"over SUM ... GROUP BY of {offices * receipts * 3:,} lines, on PostgreSQL",
        ),
        row(
            "every account's balance, one by one",
            [each[0] * 1000 for each in each_balance],
            [each[1] * 1000 for each in each_balance],
            GOAL_OF_BALANCES,
            "ms",
            "the kept one over SUM ... GROUP BY of that account's lines alone, on PostgreSQL",
        ),
    ]


def _night(
    folder: Path, running: Server, offices: int, receipts: int
) -> tuple[Taken, Taken, Taken, list[tuple[float, float]], list[tuple[float, float]]]:
    books = {
        "postgres": founded(folder / "postgres", database=running.url(running.new_database())),
        "sqlite": founded(folder / "sqlite"),
    }
    floor, taken = Taken(), {name: Taken() for name in books}
    with psycopg.connect(running.url(running.new_database())) as bare:
        bare.execute(_TABLE)
        bare.commit()
        for block in range(0, offices, BLOCK):
            made = [_Office(n, books, receipts) for n in range(block, min(block + BLOCK, offices))]
            _load(books, made)
            for turn in sorted(("floor", *books), reverse=bool(block // BLOCK % 2)):
                gc.collect()
                if turn == "floor":
                    floor.batches += [seconds(lambda o=office: _floor(bare, o)) for office in made]
                    floor.saved += sum(
                        seconds(lambda o=office: _openssl(o)) - seconds(lambda o=office: _libsodium(o))
                        for office in made
                    )
                else:
                    with _alone(taken[turn].alone):
                        for office in made:
                            begun = process_time()
                            taken[turn].batches.append(seconds(lambda o=office, b=books[turn]: _take(b, o)))
                            taken[turn].processor.append(process_time() - begun)
                    taken[turn].memory.append(_resident())
    balances = [_balances(books["postgres"]) for _ in range(5)]
    each_balance = [_each_balance(books["postgres"]) for _ in range(5)]
    for each in books.values():
        each.close()
    return floor, taken["postgres"], taken["sqlite"], balances, each_balance


class _Office:
    """A terminal with a day's batch, sealed: each receipt pays a tax charge and a fee in cash, which is three lines."""

    def __init__(self, n: int, books: dict[str, Books], receipts: int) -> None:
        self.name, self.n = f"T{n}", n
        for each in books.values():
            till = Till(each, self.name).registered(each)
        self.accounts = [f"A{n}-{of}" for of in range(receipts)]
        for of, account in enumerate(self.accounts):
            paid = allocation(f"X{account}", "100-4110", 1_00 + of)
            till.pay(line(account, paid), line(None, allocation(None, "100-4410", 25)), tenders=[("cash", 20_00 + of)])
        before = till.head_before
        signed = list(till.records)
        self.key: Ed25519PrivateKey = till.key
        self.envelope = till.seal()
        self.records = list(_records(before, signed))

    def lines(self) -> Iterator[tuple[int, int, str, str, int]]:
        for of in range(len(self.accounts)):
            entry = self.n * len(self.accounts) + of
            for place, (account, cents) in enumerate(
                (("100-4110", -1_00 - of), ("100-4410", -25), ("100-1020", 1_25 + of))
            ):
                yield entry, place, "100", account, cents


def _records(prev: bytes, signed: Sequence[tuple[bytes, bytes]]) -> Iterator[Record]:
    for seq, (body, sig) in enumerate(signed, start=1):
        hashed = b"ctp/1 rec\0" + seq.to_bytes(8, "big") + prev + body
        prev = sha256(hashed).digest()
        yield hashed, b"ctp/1 rec-sig\0" + prev, sig


def _load(books: dict[str, Books], offices: Sequence[_Office]) -> None:
    accounts = [account for office in offices for account in office.accounts]
    for each in books.values():
        who = ((a, "utility", "", f"NAME {a}", "1 Elm St", "", "", "", "510-2310", "") for a in accounts)
        owed = ((f"X{a}", a, "2026-10-01", "tax", "Tax", "100-4110", 90_00, 90_00) for a in accounts)
        with each.writing() as connection:
            bringing = begin_import(connection)
            count = load_reference(bringing, "account", who) + load_reference(bringing, "charge", owed)
            answering = ImportFact(import_id(), "bench", "eli", Counted(rows=count, created=count))
            bringing.answered_by(Ground(connection, each, ledger_key_of(each), NOW), answering)


@contextmanager
def _alone(told: list[float]) -> Iterator[None]:
    """Note how long each writing transaction lasts from when it has the lock."""
    plain = Books.writing

    @contextmanager
    def timed(books: Books) -> Iterator[Connection]:
        begun = 0.0
        try:
            with plain(books) as connection:
                begun = perf_counter()
                yield connection
        finally:
            told.append(perf_counter() - begun)

    Books.writing = timed
    try:
        yield
    finally:
        Books.writing = plain


def _take(books: Books, office: _Office) -> None:
    status = ingest(books, ledger_key_of(books), office.envelope, office.name, 1, 1, NOW).status
    if status != NEW:
        raise RuntimeError(f"the ledger answered {status}")


_KEYS: dict[Path, Ed25519PrivateKey] = {}


def ledger_key_of(books: Books) -> Ed25519PrivateKey:
    """Opened once: a passphrase takes its time."""
    if books.folder not in _KEYS:
        _KEYS[books.folder] = ledger_key(books)
    return _KEYS[books.folder]


def _floor(connection: psycopg.Connection, office: _Office) -> None:
    key: Ed25519PublicKey = office.key.public_key()
    for hashed, message, sig in office.records:
        sha256(hashed).digest()
        key.verify(sig, message)
    with connection.cursor() as cursor, cursor.copy("COPY floor_line FROM STDIN") as copy:
        for each in office.lines():
            copy.write_row(each)
    connection.commit()


def _openssl(office: _Office) -> None:
    key: Ed25519PublicKey = office.key.public_key()
    for _, message, sig in office.records:
        key.verify(sig, message)


def _libsodium(office: _Office) -> None:
    raw = office.key.public_key().public_bytes_raw()
    for _, message, sig in office.records:
        crypto_sign_open(sig + message, raw)


def _balances(books: Books) -> tuple[float, float]:
    """Seconds to add all lines up, and to read the kept balances; both say the same."""
    found: dict[str, list[tuple[object, ...]]] = {}

    def ask(statement: str) -> None:
        with books.reading() as connection:
            found[statement] = [(fund, gl, int(cents)) for fund, gl, cents in connection.execute(text(statement))]

    times = seconds(lambda: ask(_SUMS)), seconds(lambda: ask(_KEPT))
    if [each for each in found[_KEPT] if each[2]] != found[_SUMS]:
        raise RuntimeError("the kept balances are not the sums of the lines")
    return times


def _each_balance(books: Books) -> tuple[float, float]:
    """Seconds to come to each account's balance by its lines, and by what is kept; both say the same."""
    with books.reading() as connection:
        places = [{"fund": fund, "account": gl} for fund, gl, cents in connection.execute(text(_KEPT)) if cents]
        found: dict[str, list[int]] = {}

        def ask(statement: str) -> None:
            found[statement] = [int(connection.execute(text(statement), place).scalar_one()) for place in places]

        times = seconds(lambda: ask(_SUM_OF)), seconds(lambda: ask(_KEPT_OF))
    if found[_SUM_OF] != found[_KEPT_OF]:
        raise RuntimeError("an account's kept balance is not the sum of its lines")
    return times


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1024**2
