"""What the two engines promise alike: nothing acknowledged is lost, nothing is posted twice, whoever dies when.

Rows 7 and 16 of the failure matrix, with real processes that are really killed.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import DBAPIError

from cli_city import FOUNDING, REAL_LEDGER, roots_in, run
from countertui.domain.records import Kind
from countertui.domain.reference import TABLES
from countertui.ledger import engines, tables
from countertui.ledger.answers import Answer
from countertui.ledger.books import Books, BooksExistError, init_books, open_books
from countertui.ledger.bulk import add_to_many, insert_many, looked_up, stream
from countertui.ledger.engines import BooksUnusableError, DatabaseRefusedError, shown
from countertui.ledger.ingest import ingest
from countertui.ledger.keys import create_ledger
from countertui.ledger.settings import LedgerSettings, SettingsError, read_settings, write_settings
from countertui.sync.keyslots import CHEAP_COST
from ledger.engine import WHOLLY_ON_BOTH, Engine, Town, is_postgres, only_postgres, only_sqlite
from ledger.town import NOW, PASSPHRASE, Till, allocation, counting_random, ledger_key, line
from postgres import Server, server

COPY = line(None, allocation(None, "100-4410", 25))
CREDITED = line("U3", allocation(None, "510-2310", 1_99))
TERMINALS, BATCHES, THREADS = 12, 10, 8
Sealed = tuple[str, int, bytes]


def put(books: Books, key: Ed25519PrivateKey, sealed: Sealed) -> Answer:
    code, no, envelope = sealed
    return ingest(books, key, envelope, code, 1, no, NOW)


def asked(books: Books, sql: str) -> list[tuple[Any, ...]]:
    with books.reading() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def sealed(books: Books, terminals: int, batches: int, receipts: int = 2) -> list[Sealed]:
    """Batches of some terminals, first those numbered 1, then 2, and so on."""
    tills = [Till(books, f"T{n}").registered(books) for n in range(terminals)]
    found = []
    for no in range(1, batches + 1):
        for till in tills:
            for _ in range(receipts):
                till.pay(COPY)
            found.append((till.identity.terminal, no, till.seal()))
    return found


def posted_once(books: Books, receipts: int) -> bool:
    return asked(books, "SELECT count(*) FROM entry") == [(receipts,)] and asked(
        books, "SELECT cents FROM gl_balance WHERE account = '100-4410'"
    ) == [(-25 * receipts,)]


@pytest.mark.slow
def test_07_many_connections_push_the_same_batches_and_each_is_posted_once(
    books: Books, key: Ed25519PrivateKey
) -> None:
    work = sealed(books, TERMINALS, BATCHES)
    together = threading.Barrier(THREADS)

    def push() -> Counter[int]:
        together.wait()
        said: Counter[int] = Counter()
        for each in work:
            answer = put(books, key, each)
            while answer.status == 409:  # another thread has the batch before it in hand
                answer = put(books, key, each)
            said[answer.status] += 1
        return said

    with ThreadPoolExecutor(THREADS) as pool:
        counts = sum((found.result() for found in [pool.submit(push) for _ in range(THREADS)]), Counter())
    assert counts == {201: len(work), 200: len(work) * (THREADS - 1)}
    assert posted_once(books, 2 * len(work))
    assert asked(books, "SELECT state, count(*) FROM batch GROUP BY state") == [("posted", len(work))]
    assert Counter(put(books, key, each).status for each in work) == {200: len(work)}


CHILD = f"""
import sys
from pathlib import Path
from countertui.ledger.books import open_books
from countertui.ledger.ingest import ingest
from countertui.ledger.keys import open_key
folder, work = Path(sys.argv[1]), Path(sys.argv[2])
books, key = open_books(folder), open_key(folder, {PASSPHRASE!r})
for path in sorted(work.iterdir()):
    code, no = path.stem.split("-")[1:]
    answer = ingest(books, key, path.read_bytes(), code, 1, int(no), {NOW!r})
    print(code, no, answer.status, answer.body.hex(), flush=True)
"""


@pytest.fixture
def work(books: Books, tmp_path: Path) -> list[Sealed]:
    made = sealed(books, 2, 30, receipts=20)
    folder = tmp_path / "work"
    folder.mkdir()
    for place, (code, no, envelope) in enumerate(made):
        (folder / f"{place:04}-{code}-{no}.ctb").write_bytes(envelope)
    return made


def acked_before(child: subprocess.Popen[str], many: int) -> Iterator[tuple[str, int, int, bytes]]:
    """What the child says it acked: the first `many`, then whatever it still said before it was gone."""
    assert child.stdout is not None
    for place, said in enumerate(child.stdout, start=1):
        if not said.endswith("\n"):
            return
        code, no, status, body = said.split()
        yield code, int(no), int(status), bytes.fromhex(body)
        if place == many:
            child.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("many", [1, 7])
def test_16_a_ledger_killed_while_it_takes_batches_in_has_each_wholly_or_not_at_all(
    books: Books, key: Ed25519PrivateKey, work: list[Sealed], tmp_path: Path, many: int
) -> None:
    command = [sys.executable, "-c", CHILD, str(books.folder), str(tmp_path / "work")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        acks = list(acked_before(child, many))
    assert len(acks) >= many
    assert {status for *_, status, _ in acks} == {201}
    for code, no, _, body in acks:
        (ack,) = asked(books, f"SELECT ack FROM batch WHERE terminal = '{code}' AND no = {no}")[0]
        assert bytes(ack) == body
    there = asked(books, "SELECT count(*) FROM batch")[0][0]
    assert len(acks) <= there < len(work)
    assert posted_once(books, 20 * there)
    assert Counter(put(books, key, each).status for each in work) == {200: there, 201: len(work) - there}
    assert posted_once(books, 20 * len(work))


def test_16_a_database_server_killed_under_the_ledger_keeps_all_it_acknowledged(
    tmp_path: Path, postgres: Server
) -> None:
    """Another server than the other tests', so that it can be killed."""
    with server() as own, Town(Engine("postgres", own), tmp_path / "town").copied(tmp_path / "ledger") as books:
        key, work = ledger_key(books), sealed(books, 2, 20, receipts=20)
        acks: dict[tuple[str, int], bytes] = {}
        begun = threading.Event()

        def push() -> None:
            for each in work:
                try:
                    answer = put(books, key, each)
                except DBAPIError:
                    return
                if answer.status == 201:
                    acks[each[:2]] = answer.body
                if len(acks) == 5:
                    begun.set()

        pushing = threading.Thread(target=push)
        pushing.start()
        assert begun.wait(60)
        own.kill()
        pushing.join()
        own.start_again()
        for (code, no), body in acks.items():
            (ack,) = asked(books, f"SELECT ack FROM batch WHERE terminal = '{code}' AND no = {no}")[0]
            assert bytes(ack) == body
        there = asked(books, "SELECT count(*) FROM batch")[0][0]
        assert len(acks) <= there <= len(acks) + 1
        assert Counter(put(books, key, each).status for each in work) == {200: there, 201: len(work) - there}
        assert posted_once(books, 20 * len(work))


def test_who_writes_has_the_books_to_itself_and_readers_wait_for_nobody(books: Books) -> None:
    begun, done = threading.Event(), threading.Event()

    def write() -> None:
        begun.set()
        with books.writing() as connection:
            connection.execute(insert(tables.counter), [{"name": "second", "value": 2}])
        done.set()

    with books.writing() as connection:
        connection.execute(insert(tables.counter), [{"name": "first", "value": 1}])
        other = threading.Thread(target=write)
        other.start()
        assert begun.wait(10)
        names = select(tables.counter.c.name).where(tables.counter.c.name.in_(["first", "second"]))
        if is_postgres(books):  # in SQLite's rollback journal a reader waits for a commit, and only for that
            with books.reading() as reader:
                assert reader.execute(names).all() == []
        assert connection.execute(names).all() == [("first",)]
        assert not done.is_set()
    other.join(30)
    assert done.is_set()


@only_postgres
def test_a_reader_sees_one_state_of_the_books(books: Books) -> None:
    names = select(tables.counter.c.name).where(tables.counter.c.name == "late")
    with books.reading() as reader:
        assert reader.execute(names).all() == []
        with books.writing() as connection:
            connection.execute(insert(tables.counter), [{"name": "late", "value": 1}])
        assert reader.execute(names).all() == []
        with pytest.raises(DBAPIError, match="read-only"):
            reader.execute(insert(tables.counter), [{"name": "never", "value": 1}])


def test_text_is_sorted_by_its_bytes_on_both(books: Books) -> None:
    rows = [(name, "", "", 1) for name in ("b", "A", "é", "a", "B", "Z", "-x", "x")]
    with books.writing() as connection:
        insert_many(connection, tables.reference["office"], ("code", "name", "address", "changed_in"), rows)
    found = [code for (code,) in asked(books, "SELECT code FROM office WHERE code <> 'HALL' ORDER BY code")]
    assert found == sorted(found, key=str.encode)


def test_many_rows_at_once_mean_the_same_on_both(books: Books) -> None:
    charge = tables.reference["charge"]
    with books.writing() as connection:
        changed = add_to_many(
            connection, charge, "id", "balance_cents", "changed_in", [("C1", -20_00, 7), ("C3", 5, 8), ("no", 1, 1)]
        )
        assert changed == 2
        assert looked_up(connection, charge, "id", "account", ["C1", "C3", "none"]) == {"C1": "U1", "C3": "U2"}
        assert looked_up(connection, charge, "id", "account", []) == {}
        # What streams does not turn the statements after it into streams.
        streaming = stream(connection, "SELECT id FROM charge WHERE id >= ? ORDER BY id", ("C2",))
        assert next(streaming) == ("C2",)
        assert add_to_many(connection, charge, "id", "balance_cents", "changed_in", []) == 0
        assert list(streaming) == [("C3",)]
    found = asked(books, "SELECT id, balance_cents, changed_in FROM charge ORDER BY id")
    assert found == [("C1", 30_00, 7), ("C2", 5_00, 1), ("C3", 70_05, 8)]


def test_an_error_of_many_rows_names_no_person(books: Books) -> None:
    table = tables.reference["account"]
    columns = (*TABLES["account"], "changed_in")
    for bad in ((None, 1), ("U9", "SECRET")):
        row = (bad[0], "utility", "P1", "SMITH, JOHN", "1 Elm St", "5550100", "", "", "510-2310", "", bad[1])
        with pytest.raises(DBAPIError) as caught, books.writing() as connection:
            insert_many(connection, table, columns, [row])
        told: BaseException | None = caught.value
        while told is not None:
            assert not any(word in f"{told} {told!r}" for word in ("SMITH", "Elm", "SECRET"))
            told = told.__cause__ if isinstance(told.__cause__, (DBAPIError, psycopg.Error)) else None


@only_postgres
def test_entries_are_kept_by_month(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    for day in ("2026-11-30", "2026-12-01", "9999-12-31", "0001-01-01"):
        till.pay(COPY, biz_date=day)
    assert put(books, key, ("T1", 1, till.seal())).status == 201
    found = asked(books, "SELECT tableoid::regclass::text, biz_date FROM entry ORDER BY biz_date")
    assert found == [
        ("entry_0001_01", "0001-01-01"),
        ("entry_2026_11", "2026-11-30"),
        ("entry_2026_12", "2026-12-01"),
        ("entry_9999_12", "9999-12-31"),
    ]
    till.pay(COPY, biz_date="2026-12-02")
    assert put(books, key, ("T1", 2, till.seal())).status == 201
    assert asked(books, "SELECT count(*) FROM gl_line_2026_12") == [(4,)]


@only_postgres
@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_server_that_may_lose_commits_is_refused(books: Books, monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setattr(engines, "_ASKED", engines._ASKED.replace(f"current_setting('{setting}')", "'off'"))
    with pytest.raises(BooksUnusableError, match=f"{setting} off"):
        open_books(books.folder)


@only_postgres
def test_commits_wait_for_the_disk_whatever_the_server_is_set_to(books: Books) -> None:
    assert asked(books, "SHOW synchronous_commit") == [("on",)]
    assert asked(books, "SHOW lock_timeout") == [("2min",)]


PASSWORD = "s3cret-of-the-city"


@pytest.mark.parametrize(
    "address",
    [
        f"mysql://u:{PASSWORD}@localhost/x",
        f"postgresql://u:{PASSWORD}@localhost",
        f"sqlite:///{PASSWORD}",
        PASSWORD,
        "",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(tmp_path: Path, address: str) -> None:
    with pytest.raises(DatabaseRefusedError) as told:
        init_books(tmp_path / "ledger", "CITY", NOW, address)
    assert PASSWORD not in f"{told.value} {told.value!r}"
    assert not (tmp_path / "ledger" / "ledger.toml").exists()


def test_a_password_is_in_no_message_and_its_file_is_the_owners(tmp_path: Path, postgres: Server) -> None:
    address = f"postgresql://u:{PASSWORD}@/nowhere?host={tmp_path}"
    with pytest.raises(BooksUnusableError) as told:
        init_books(tmp_path / "ledger", "CITY", NOW, address)
    assert PASSWORD not in f"{told.value} {told.value!r} {told.value.__cause__}"
    assert PASSWORD not in shown(address)
    write_settings(tmp_path, LedgerSettings(database=address))
    assert (tmp_path / "ledger.toml").stat().st_mode & 0o077 == 0
    assert read_settings(tmp_path).database == address
    with pytest.raises(BooksUnusableError) as told:
        open_books(tmp_path)
    assert PASSWORD not in f"{told.value} {told.value!r} {told.value.__cause__}"


@pytest.mark.parametrize("said", [f"database = {PASSWORD}", f'other = "{PASSWORD}"', "database = 5", "\x00"])
def test_settings_that_are_none_are_refused_without_repeating_them(tmp_path: Path, said: str) -> None:
    (tmp_path / "ledger.toml").write_text(said)
    with pytest.raises(SettingsError) as told:
        open_books(tmp_path)
    assert PASSWORD not in f"{told.value} {told.value!r}"


def test_a_database_holds_one_ledger_and_a_failed_start_leaves_nothing_in_the_way(
    engine: Engine, tmp_path: Path
) -> None:
    def make(folder: Path, database: str | None) -> Books:
        who = {"opener": PASSPHRASE}
        return create_ledger(
            folder, "DEMO-CITY", openers=who, random=counting_random(), now=NOW, cost=CHEAP_COST, database=database
        )

    with engine.database() as database:
        make(tmp_path / "one", database).close()
        again = open_books(tmp_path / "one")
        assert again.ledger == "DEMO-CITY"
        again.close()
        if database is None:
            return
        with pytest.raises(BooksExistError):
            make(tmp_path / "two", database)
        with pytest.raises(BooksExistError):
            init_books(tmp_path / "one", "CITY", NOW, None)
        with engine.database() as another:
            make(tmp_path / "two", another).close()


@only_sqlite
def test_a_batch_leaves_memory_once_it_is_posted(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    """By counting references alone: what is in a circle stays until somebody looks for it."""
    import gc
    import weakref

    from countertui.ledger.sheet import batch as module
    from countertui.ledger.undoing import Receipts

    till.pay(COPY)
    envelope = till.seal()
    made: list[weakref.ref[Any]] = []

    class Seen(Receipts):
        __slots__ = ("__weakref__",)

    plain = module.receipts_for

    def seen(*arguments: Any) -> Any:
        receipts = plain(*arguments)
        kept = Seen(receipts.connection, receipts.terminal, receipts.epoch, taken_back=receipts.taken_back)
        made.append(weakref.ref(kept))
        return kept

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "receipts_for", seen)
        gc.disable()
        try:
            assert put(books, key, ("T1", 1, envelope)).status == 201
            assert [each() for each in made] == [None]
        finally:
            gc.enable()


@pytest.mark.slow
@only_postgres
def test_a_ledger_in_postgresql_by_command(engine: Engine, tmp_path: Path) -> None:
    to = ("--dir", str(tmp_path / "ledger"))
    founding = ("ledger", "init", REAL_LEDGER, *roots_in(tmp_path), *to)
    with engine.database() as address:
        assert address is not None
        nowhere = f"postgresql://u:{PASSWORD}@/nowhere?host={tmp_path}"
        failed = run(*founding, "--database", nowhere, stdin=FOUNDING, home=tmp_path)
        assert failed.status == 3, failed
        assert PASSWORD not in failed.out + failed.err
        made = run(*founding, "--database", address, stdin=FOUNDING, home=tmp_path)
        assert made.status == 0, made
        assert not (tmp_path / "ledger" / "ledger.db").exists()
        told = run("ledger", "status", "--json", *to, home=tmp_path)
        assert told.status == 0, told
        assert json.loads(told.out)["ledger"] == REAL_LEDGER


@only_sqlite
def test_no_statement_of_a_batch_looks_through_a_table_that_grows(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    """What makes a batch cost the same in the first night and in the thousandth; PostgreSQL has the same keys."""
    grow_with_people_and_months = {"operator", "operator_role", "period"}
    read_from_their_end = {"snapshot", "checkpoint"}
    ran: dict[str, Any] = {}

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.split(maxsplit=1)[0] in {"SELECT", "UPDATE", "DELETE"}:
            ran[statement] = parameters[0] if many else parameters

    event.listen(books.engine, "before_cursor_execute", note)
    till.open("S2", approver="bo")
    paid, other = till.pay(CREDITED, session="S2"), till.pay(COPY, session="S2")
    till.void(paid, till.ask(Kind.VOID_REQUEST, paid, session="S2")["seq"], session="S2")
    till.refuse(till.ask(Kind.VOID_REQUEST, other, session="S2"))
    till.close(200_25, 200_25, session="S2")
    till.refund(other, till.ask(Kind.REFUND_REQUEST, other)["seq"])
    assert put(books, key, ("T1", 1, till.seal())).status == 201
    event.remove(books.engine, "before_cursor_execute", note)
    assert len(ran) > 20
    with books.reading() as connection:
        for statement, parameters in ran.items():
            for *_, step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters):
                if step.startswith("SCAN"):
                    table = step.split()[1]
                    assert table in grow_with_people_and_months | read_from_their_end, (statement, step)
                    assert table not in read_from_their_end or "LIMIT" in statement


def test_modules_that_run_on_both_engines_are_there() -> None:
    assert not WHOLLY_ON_BOTH - {path.name for path in Path(__file__).parent.rglob("test_*.py")}
