"""A check's magnetic line through a whole life: recorded as commitments, kept encrypted, sent sealed, erased."""

from __future__ import annotations

import base64
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from cli_city import environment
from commands import run_command
from counter_station import (
    at_work,
    cart_of,
    check,
    close,
    exchange_of,
    fee,
    kinds,
    last,
    new_folder,
    on,
    open_station,
    printer_of,
    reopened,
    run_here,
)
from countertui.cli.batch import export as export_batches
from countertui.cli.ledger.stick import import_
from countertui.counter.cart import Held, park_cart, save_cart, take_back
from countertui.counter.print_queue import print_waiting
from countertui.counter.read_personal import NotReadable, read_personal
from countertui.counter.seal_batch import seal_batch
from countertui.counter.send_batches import send_batches
from countertui.counter.station import Session, Station
from countertui.counter.take_payment import Taken, take_payment
from countertui.counter.take_snapshot import take_snapshot
from countertui.demo.folder import PASSPHRASE
from countertui.domain.micr import Micr, read_micr
from countertui.domain.money import Cents
from countertui.domain.personal import Place, commitment, commitments
from countertui.domain.reference import TABLES
from countertui.domain.rights import NotAllowed
from countertui.domain.tenders import Tender, TenderKind
from countertui.errors import AnswerNo, EnvironmentFault
from countertui.ledger import tables
from countertui.ledger.backup import back_up
from countertui.ledger.books import Books, open_books
from countertui.ledger.bulk import insert_many
from countertui.ledger.desk import Ground
from countertui.ledger.erasing import erase
from countertui.ledger.export import Format, export
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keys import ledger_public_key, open_key, open_secrets
from countertui.ledger.personal import Standing, take_part, verified
from countertui.ledger.publish import publish
from countertui.machine import random_bytes
from countertui.ports.exchange import Answer
from countertui.store import personal
from countertui.store.personal import verify_personal
from countertui.store.verify import verify_derived
from countertui.store.working import sending
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.exchange import Offer
from countertui.sync.faults import SealingError
from countertui.sync.personal_part import make_part
from countertui.sync.snapshot import TableEntry, open_manifest
from countertui.sync.vault import Vault

NOW = "2026-11-23T18:00:00+00:00"
ROUTED, NUMBER = "122105155", "8675309042"
LINE = read_micr(f"{ROUTED} {NUMBER}")


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    opened = open_station(new_folder(tmp_path, with_ledger=True))
    yield opened
    close(opened)


@pytest.fixture
def books(station: Station) -> Iterator[Books]:
    opened = open_books(station.store.folder / "ledger")
    yield opened
    opened.close()


@pytest.fixture
def session(station: Station) -> Session:
    return at_work(station)[1]


def pay_by_check(station: Station, session: Session) -> Taken:
    cart = cart_of(station, fee(station))
    return take_payment(station, session, cart, [replace(check(cart.total), micr=LINE)])


def _city(books: Books) -> Vault:
    return Vault(open_secrets(books.folder, PASSPHRASE).field_key, books.ledger, random_bytes)


def _send(station: Station, books: Books) -> None:
    """Seal and send to the demo city's own ledger, batches and values."""
    exchange = exchange_of(station)

    def answer(no: int) -> Answer:
        row = sending(station.db, no)
        assert row is not None
        answered = ingest(books, open_key(books.folder, PASSPHRASE), row.envelope, "T1", 1, no, NOW)
        assert answered.status in (200, 201), answered.body
        return Answer("posted", 0, 0, (), answered.body)

    def tell(no: int, sealed: list[tuple[int, str, bytes]]) -> list[tuple[int, str]]:
        return take_part(books, _city(books), make_part(books.ledger, "T1", 1, no, sealed), "T1", 1, no, NOW)

    exchange.answer = answer
    exchange.tell_personal = tell  # type: ignore[method-assign,assignment]
    seal_batch(station, on(station, "tess"))
    send_batches(station, run_here(station))


def _kept(station: Station) -> list[tuple[int, str, bytes | None, int]]:
    return station.db.execute("SELECT seq, field, locked, delivered FROM personal ORDER BY seq, field").fetchall()


def test_the_record_holds_commitments_and_the_store_the_values_encrypted(station: Station, session: Session) -> None:
    taken = pay_by_check(station, session)
    body = last(station)
    said = commitments(body)
    assert set(said) == {"tender.1.account", "tender.1.routing"}
    values = {}
    for seq, field, locked, delivered in _kept(station):
        assert (seq, delivered) == (taken.seq, 0)
        assert locked is not None
        salted = station.vault.unlock(Place("T1", 1, seq, field), locked)
        assert commitment(field, salted) == said[field]
        values[field] = salted.value
    assert values == {"tender.1.account": NUMBER, "tender.1.routing": ROUTED}
    assert verify_derived(station.db) == []
    standing = verify_personal(station.db)
    assert (standing.kept, standing.erased, standing.not_here, standing.faults) == (2, 0, 0, ())


def test_a_check_without_its_line_is_as_it_always_was(station: Station, session: Session) -> None:
    cart = cart_of(station, fee(station))
    take_payment(station, session, cart, [check(cart.total)])
    assert "personal" not in last(station)["data"]
    assert _kept(station) == []


def test_only_a_check_has_a_line(station: Station, session: Session) -> None:
    cart = cart_of(station, fee(station))
    take_payment(station, session, cart, [Tender(TenderKind.MONEY_ORDER, cart.total, "MO-1", LINE)])
    assert _kept(station) == []


def test_a_payment_that_fails_keeps_no_value(
    station: Station, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("disk full")

    monkeypatch.setattr("countertui.counter.take_payment.print_jobs.queue_print", fail)
    with pytest.raises(EnvironmentFault):
        pay_by_check(station, session)
    assert _kept(station) == []
    assert "pay" not in kinds(station)


def test_a_value_moved_to_another_record_or_field_does_not_open(station: Station, session: Session) -> None:
    pay_by_check(station, session)
    (seq, account, locked, _), *_ = _kept(station)
    assert locked is not None
    for place in (
        Place("T1", 1, seq + 1, account),
        Place("T1", 1, seq, "tender.1.routing"),
        Place("T1", 2, seq, account),
        Place("T2", 1, seq, account),
    ):
        with pytest.raises(SealingError):
            station.vault.unlock(place, locked)


def test_the_same_account_is_found_blind(station: Station, session: Session) -> None:
    pay_by_check(station, session)
    pay_by_check(station, session)
    rows = station.db.execute("SELECT blind, COUNT(*), COUNT(DISTINCT locked) FROM personal GROUP BY blind").fetchall()
    assert sorted(count for _, count, _ in rows) == [2, 2]
    assert all(count == different for _, count, different in rows)
    assert station.vault.blind("account", NUMBER) in {blind for blind, *_ in rows}


def test_a_parked_cart_forgets_the_line_of_a_check_laid_beside_it(station: Station, session: Session) -> None:
    cart = cart_of(station, fee(station))
    held = Held(cart, (replace(check(Cents(1)), micr=LINE),))
    park_cart(station, on(station, "rosa"), held)
    assert take_back(station, cart.id).tenders == (check(Cents(1)),)


def test_values_reach_the_ledger_after_their_batch_and_are_sent_once(
    station: Station, session: Session, books: Books
) -> None:
    pay_by_check(station, session)
    assert personal.undelivered(station.db, 10) == []  # no batch of it is there yet
    _send(station, books)
    assert [delivered for *_, delivered in _kept(station)] == [1, 1]
    assert personal.undelivered(station.db, 10) == []
    with books.reading() as connection:
        assert verified(connection, _city(books)) == Standing(2, 0, 0, ())
    assert fsck(books).differences == ()


def test_values_go_on_a_stick_sealed_without_any_key_being_asked_for(
    station: Station, session: Session, books: Books, tmp_path: Path
) -> None:
    pay_by_check(station, session)
    seal_batch(station, on(station, "tess"))
    export_batches(tmp_path / "stick", dir=station.store.folder)
    assert sorted(path.name for path in (tmp_path / "stick").iterdir()) == [
        "T1-1-1-1.ctp",
        "T1-1-1.ctb",
        "T1-registry.jsonl",
    ]
    import_(tmp_path / "stick", dir=books.folder)
    with books.reading() as connection:
        assert verified(connection, _city(books)) == Standing(2, 0, 0, ())
    assert import_(tmp_path / "stick", dir=books.folder) == 0
    (tmp_path / "stick" / "T1-1-1-1.ctp").write_bytes(b"not one")
    assert import_(tmp_path / "stick", dir=books.folder) == 0  # the batch counts whatever lies beside it


def test_what_is_sealed_for_the_city_is_forgotten_here_once_it_has_it(
    station: Station, session: Session, books: Books
) -> None:
    pay_by_check(station, session)
    sealed = "SELECT COUNT(sealed) FROM personal"
    assert station.db.execute(sealed).fetchone() == (2,)
    _send(station, books)
    assert station.db.execute(sealed).fetchone() == (0,)


def test_values_that_could_not_be_sent_go_with_the_next_batch(
    station: Station, session: Session, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay_by_check(station, session)
    with monkeypatch.context() as patch:
        patch.setattr("countertui.counter.send_personal._sealed", lambda *_: (_ for _ in ()).throw(AnswerNo("no")))
        _send(station, books)
    assert [delivered for *_, delivered in _kept(station)] == [0, 0]
    pay_by_check(station, session)
    _send(station, books)
    assert [delivered for *_, delivered in _kept(station)] == [1, 1, 1, 1]


def test_one_value_altered_here_keeps_no_other_from_the_ledger(
    station: Station, session: Session, books: Books
) -> None:
    """Recorded before the city's key was known, so it is opened to be sealed; the one that does not open stays."""
    pay_by_check(station, session)
    with station.db:
        station.db.execute("UPDATE personal SET sealed = NULL")
        station.db.execute("UPDATE personal SET locked = x'00' WHERE field = 'tender.1.account'")
    _send(station, books)
    assert [(field, delivered) for _, field, _, delivered in _kept(station)] == [
        ("tender.1.account", 0),
        ("tender.1.routing", 1),
    ]


def test_an_envelope_made_again_is_the_same_whatever_was_sealed(
    station: Station, session: Session, books: Books
) -> None:
    pay_by_check(station, session)
    _send(station, books)
    before = sending(station.db, 1)
    with station.db:
        station.db.execute("DELETE FROM sending")
    send_batches(station, run_here(station))
    after = sending(station.db, 1)
    assert before is not None
    assert after is not None
    assert (after.envelope, after.batch_hash) == (before.envelope, before.batch_hash)


def _published(station: Station, books: Books) -> Offer:
    version = publish(books, open_key(books.folder, PASSPHRASE), NOW)
    folder = books.folder / "snapshots" / str(version)
    key = checked_public_key(ledger_public_key(books.folder))
    manifest = open_manifest((folder / "manifest.json").read_bytes(), key, station.place.ledger, None)

    def fetch(entry: TableEntry, to: Path) -> None:
        shutil.copyfile(folder / f"{entry.name}.ndjson", to)

    return Offer(manifest, "T1", 1, fetch)


def test_what_is_erased_at_the_ledger_is_destroyed_here_with_the_next_snapshot(
    station: Station, session: Session, books: Books
) -> None:
    """Its own value, and one that was sealed to it for its office to read."""
    pay_by_check(station, session)
    body = last(station)
    _send(station, books)
    table, columns = tables.reference["personal_sealed"], (*TABLES["personal_sealed"], "changed_in")
    readable = ("T1", 1, body["seq"], "tender.1.account", "T1", 1, "5e" * 160, 1)
    with books.writing() as connection:
        insert_many(connection, table, columns, [readable])
    exchange_of(station).offer = _published(station, books)
    take_snapshot(station, run_here(station), lambda _table, _rows: None)
    reference = station.store.folder / "reference.db"
    assert b"5e" * 160 in reference.read_bytes()
    locked = {field: value for _, field, value, _ in _kept(station)}
    with books.writing() as connection:
        ground = Ground(connection, books, open_key(books.folder, PASSPHRASE), NOW)
        erase(
            ground,
            body["id"],
            "tender.1.account",
            by="ken",
            second="lena",
            reason="Asked for",
            id_="0190b2c4-dddd-7000-8000-000000000001",
        )
    exchange_of(station).offer = _published(station, books)
    take_snapshot(station, run_here(station), lambda _table, _rows: None)
    assert [(field, value is None) for _, field, value, _ in _kept(station)] == [
        ("tender.1.account", True),
        ("tender.1.routing", False),
    ]
    standing = verify_personal(station.db)
    assert (standing.kept, standing.erased, standing.faults) == (1, 1, ())
    assert verify_derived(station.db) == []
    gone, still = locked["tender.1.account"], locked["tender.1.routing"]
    assert gone is not None
    assert still is not None
    assert b"5e" * 20 not in reference.read_bytes()
    with pytest.raises(NotReadable):
        read_personal(station, on(station, "lena"), Place("T1", 1, body["seq"], "tender.1.account"))
    files = {path: path.read_bytes() for path in station.store.folder.glob("store.db*")}
    assert not [path for path, data in files.items() if gone in data]
    assert [path for path, data in files.items() if still in data]
    assert fsck(books).differences == ()
    again = reopened(station)  # and the store still runs in the mode that it must
    assert again.db.execute("PRAGMA journal_mode").fetchone() == ("persist",)
    close(again)


def test_a_lead_reads_a_value_of_this_terminal_and_the_look_is_recorded(station: Station, session: Session) -> None:
    taken = pay_by_check(station, session)
    place = Place("T1", 1, taken.seq, "tender.1.account")
    assert read_personal(station, on(station, "lena"), place) == NUMBER
    look = last(station)
    assert (look["kind"], look["operator"], look["data"]["of"]["field"]) == ("reveal", "lena", "tender.1.account")
    assert NUMBER not in repr(look)
    with pytest.raises(NotAllowed):
        read_personal(station, on(station, "rosa"), place)
    before = station.store.tip()
    with pytest.raises(NotReadable):
        read_personal(station, on(station, "lena"), place._replace(field="tender.2.account"))
    assert station.store.tip()[0] == before[0] + 1  # lena's signing on, and no look


def test_what_the_ledger_sealed_to_this_terminal_is_read_without_a_network(
    station: Station, session: Session, books: Books
) -> None:
    place = Place("T9", 1, 41, "tender.1.account")
    sealed = _city(books).seal_for(station.vault.sealing_key, place, _city(books).salted(NUMBER))  # type: ignore[attr-defined]
    table, columns = tables.reference["personal_sealed"], (*TABLES["personal_sealed"], "changed_in")
    with books.writing() as connection:
        insert_many(connection, table, columns, [(*place, "T1", 1, sealed.hex(), 1)])
    exchange_of(station).offer = _published(station, books)
    take_snapshot(station, run_here(station), lambda _table, _rows: None)
    assert read_personal(station, on(station, "lena"), place) == NUMBER


@pytest.mark.parametrize("sealed", ["00" * 80, "", "no hex"])
def test_what_was_sealed_to_this_terminal_and_altered_is_said_to_be(station: Station, sealed: str) -> None:
    place = Place("T9", 1, 41, "tender.1.account")
    path = station.store.folder / "reference.db"
    own = path.with_name("own.db")  # not the file itself: others may have it too
    shutil.copyfile(path, own)
    with closing(sqlite3.connect(own)) as db, db:
        db.execute("INSERT INTO personal_sealed VALUES (?, ?, ?, ?, 'T1', 1, ?)", (*place, sealed))
    own.replace(path)
    station.reference.reopen()
    with pytest.raises(SealingError):
        read_personal(station, on(station, "lena"), place)
    assert "reveal" not in kinds(station)


def test_verify_finds_a_value_that_was_altered_or_that_nobody_commits_to(station: Station, session: Session) -> None:
    taken = pay_by_check(station, session)

    def is_as_recorded(seq: int, field: str, locked: bytes, wanted: str) -> bool:
        try:
            return commitment(field, station.vault.unlock(Place("T1", 1, seq, field), locked)) == wanted
        except SealingError:
            return False

    assert verify_personal(station.db, is_as_recorded).faults == ()
    with station.db:
        station.db.execute("UPDATE personal SET locked = x'00' WHERE field = 'tender.1.account'")
        station.db.execute("INSERT INTO personal VALUES (1, 'license.ssn', x'00', NULL, '', 0)")
    faults = verify_personal(station.db, is_as_recorded).faults
    assert [(fault.code, fault.seq) for fault in faults] == [("personal", taken.seq), ("personal", 1)]
    with station.db:
        station.db.execute("DELETE FROM personal")
    standing = verify_personal(station.db)
    assert (standing.not_here, standing.faults) == (2, ())


def test_nothing_personal_stands_in_any_file_in_clear_base64_or_hex(
    station: Station, session: Session, books: Books, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A whole day: a cart kept and parked, paid, printed, sealed, sent, posted, exported, published, backed up."""
    cart = cart_of(station, fee(station))
    save_cart(station, on(station, "rosa"), Held(cart, (replace(check(Cents(1)), micr=LINE),)))
    pay_by_check(station, session)
    print_waiting(station, run_here(station), station.printer)
    _send(station, books)
    out = tmp_path / "out"
    out.mkdir()
    forms: tuple[Format, ...] = ("hledger", "beancount", "csv")
    for form in forms:
        (out / form).write_text("".join(export(books, form)), encoding="utf-8")
    exchange_of(station).offer = _published(station, books)
    take_snapshot(station, run_here(station), lambda _table, _rows: None)
    back_up(books, open_key(books.folder, PASSPHRASE), out / "backup", NOW)
    (out / "paper").write_text(json.dumps(printer_of(station).printed), encoding="utf-8")
    (out / "log").write_text(caplog.text, encoding="utf-8")
    dump = sqlite3.connect(station.store.folder / "store.db")
    (out / "dump").write_text("\n".join(dump.iterdump()), encoding="utf-8")
    dump.close()
    looked = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(looked) > 20
    for path in looked:
        data = path.read_bytes().lower()
        for value in (ROUTED, NUMBER):
            for spelled in _spellings(value):
                assert spelled not in data, (path, spelled)


def _spellings(value: str) -> list[bytes]:
    """A value in clear, hex, and base64 at each of the three places it may begin at."""
    plain = value.encode()
    shifted = [  # the letters that depend on nothing beside it
        base64.b64encode(bytes(n) + plain + bytes(3))[-(-8 * n // 6) : 8 * (n + len(plain)) // 6] for n in range(3)
    ]
    return [form.lower() for form in (plain, plain.hex().encode(), *shifted)]


def test_the_search_itself_finds_what_it_looks_for() -> None:
    for n in range(3):
        data = base64.b64encode(b"x" * (6 + n) + NUMBER.encode() + b"yyy").lower()
        assert any(form in data for form in _spellings(NUMBER)), n


def test_no_value_shows_in_a_repr_of_what_is_passed_around(station: Station) -> None:
    tender = replace(check(Cents(1)), micr=LINE)
    salted = station.vault.salted(NUMBER)
    told = repr((tender, LINE, salted, station.vault, Micr(ROUTED, NUMBER)))
    assert ROUTED not in told
    assert NUMBER not in told


def test_it_is_read_by_a_command_that_says_who_looked(station: Station, session: Session, tmp_path: Path) -> None:
    taken = pay_by_check(station, session)
    folder, number = station.store.folder, taken.receipt_no
    close(station)

    def revealed(which: str, field: str, typed: str) -> tuple[int, str]:
        words = ["receipt", "reveal", which, field, "--dir", str(folder)]
        env = environment(tmp_path, COUNTERTUI_PASSPHRASE=PASSPHRASE)
        done = run_command(words, stdin=typed, env=env)
        return done.returncode, done.stdout

    assert revealed(number, "tender.1.account", "lena\n5555\n") == (0, f"{NUMBER}\n")
    assert revealed(f"T1/1/{taken.seq}", "tender.1.account", "lena\n5555\n") == (0, f"{NUMBER}\n")
    for which, field, typed in (
        (number, "tender.1.account", "rosa\n1111\n"),
        (number, "tender.2.account", "lena\n5555\n"),
        ("T1-99", "tender.1.account", "lena\n5555\n"),
    ):
        assert revealed(which, field, typed) == (1, "")
    again = open_station(folder)
    looks = again.db.execute("SELECT count(*) FROM journal WHERE kind = 'reveal'").fetchone()
    close(again)
    assert looks == (2,)
