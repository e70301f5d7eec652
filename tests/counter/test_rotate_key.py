"""Changing the terminal's key: at every point where the program may be cut off, the journal can be gone on with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from counter_station import at_work, fee, new_folder, on, pay
from countertui.assembly import FolderUnusable, WayToLedger, open_for_command, prepare_next_key
from countertui.bootstrap import check_in_child, close_station
from countertui.counter.open_drawer import session_of
from countertui.counter.rotate_key import RotationRefused, rotate_key, waiting
from countertui.counter.seal_batch import remake_envelopes, seal_batch
from countertui.counter.sign_on import check_pin, sign_on
from countertui.counter.start_up import after_check
from countertui.counter.station import Station
from countertui.demo.passphrase import PASSPHRASE
from countertui.domain.rights import NotAllowed
from countertui.ledger.books import Books, open_books
from countertui.ledger.ingest import ingest
from countertui.ledger.keys import open_key
from countertui.ledger.registry import entries_after
from countertui.store import registry_log, working
from countertui.store.own_keys import own_keys
from countertui.store.print_jobs import unfinished_jobs
from countertui.store.reference import Reference
from countertui.sync import base45
from countertui.sync.claim import CERTIFIED, prove_claim
from countertui.sync.keyslots import public_identity


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new_folder(tmp_path, with_ledger=True)


@contextmanager
def opened(folder: Path) -> Iterator[Station]:
    children = []
    way = WayToLedger(folder, children.append)
    station = open_for_command(folder, PASSPHRASE, way)
    try:
        after_check(station, check_in_child(folder))
        assert station.store.halted is None
        yield station
    finally:
        close_station(station)


def rotated(folder: Path) -> None:
    prepare_next_key(folder, PASSPHRASE)
    with opened(folder) as station:
        rotate_key(station, check_pin(station, "ken", "1010"))


def sealed(station: Station) -> None:
    seal_batch(station, sign_on(station, "rosa", "1111"))


def test_the_new_key_signs_from_after_the_next_seal(folder: Path) -> None:
    old = public_identity(folder / "keys.json").public_key
    rotated(folder)
    new = public_identity(folder / "keys.json").next_public_key
    with opened(folder) as station:
        assert station.recorder.public_key == old
        assert waiting(station)
        sealed(station)
        assert station.recorder.public_key == new
        assert not waiting(station)
        sealed(station)
        assert [key.public_key for key in own_keys(station.db)] == [old, new]
    assert check_in_child(folder) == ()


def test_only_who_keeps_keys_may_and_once_at_a_time(folder: Path) -> None:
    with opened(folder) as station:
        ken, rosa = check_pin(station, "ken", "1010"), check_pin(station, "rosa", "1111")
        with pytest.raises(RotationRefused, match="no new key"):
            rotate_key(station, ken)
    prepare_next_key(folder, PASSPHRASE)
    with opened(folder) as station:
        with pytest.raises(NotAllowed):
            rotate_key(station, rosa)
        rotate_key(station, ken)
        with pytest.raises(RotationRefused, match="next seal"):
            rotate_key(station, ken)


def test_cut_off_before_the_record_the_key_that_was_kept_is_used(folder: Path) -> None:
    prepare_next_key(folder, PASSPHRASE)
    kept = public_identity(folder / "keys.json").next_public_key
    with opened(folder) as station:  # it comes to nothing today
        sealed(station)
        assert station.recorder.public_key != kept
    rotated(folder)
    assert public_identity(folder / "keys.json").next_public_key == kept


def test_cut_off_after_the_seal_both_keys_stay_until_the_ledger_has_the_batch(folder: Path) -> None:
    rotated(folder)
    with opened(folder) as station:
        sealed(station)
    identity = public_identity(folder / "keys.json")
    with opened(folder) as station:
        assert station.recorder.public_key == identity.next_public_key
        # The envelope, which the ledger has not seen, can still be made by the key it was made by.
        envelope = station.db.execute("SELECT envelope FROM sending").fetchone()
        station.store.write_working(lambda db: db.execute("DELETE FROM sending"))
        remake_envelopes(station)
        assert station.db.execute("SELECT envelope FROM sending").fetchone() == envelope
    assert public_identity(folder / "keys.json") == identity
    assert check_in_child(folder) == ()


def taken(station: Station, books: Books) -> str:
    """The newest batch goes to the ledger, and its answer comes back."""
    no, envelope, hash_ = station.db.execute(
        "SELECT batch_no, envelope, batch_hash FROM sending ORDER BY batch_no DESC LIMIT 1"
    ).fetchone()
    answer = ingest(books, open_key(books.folder, PASSPHRASE), envelope, "T1", 1, no, "2026-11-23T18:00:00+00:00")
    verified = station.exchange.read(no, hash_, answer.body)
    working.keep_ack(station.db, no, verified.state, verified.ack, "")
    return verified.state


def followed(station: Station, books: Books) -> None:
    """What the ledger's register says by now comes here."""
    known = len(registry_log.entries(station.db))
    with books.reading() as connection:
        newer = entries_after(connection, known)
    registry_log.keep(station.db, newer)
    station.exchange.follow(newer)


def test_once_the_ledger_has_the_batch_and_vouches_for_the_new_key_the_old_one_is_forgotten(folder: Path) -> None:
    rotated(folder)
    before = public_identity(folder / "keys.json")
    new = before.next_public_key
    books = open_books(folder / "ledger")
    with opened(folder) as station:
        for _ in range(2):
            sealed(station)
            assert taken(station, books) == "posted"
    with opened(folder) as station:
        assert station.recorder.public_key == new
        assert public_identity(folder / "keys.json") == before, "the register here does not name the new key yet"
        followed(station, books)
    books.close()
    with opened(folder) as station:
        assert station.recorder.public_key == new
    identity = public_identity(folder / "keys.json")
    assert (identity.public_key, identity.next_public_key) == (new, None)
    assert check_in_child(folder) == ()


def test_every_receipt_is_proven_by_the_ledgers_key_alone_while_the_terminals_changes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No snapshot names either key. Until the register vouches for the new one, the old one signs the codes."""
    monkeypatch.setattr(Reference, "certificate", lambda *_: "")
    old = public_identity(folder / "keys.json").public_key
    ledger_key = open_key(folder / "ledger", PASSPHRASE).public_key()
    books = open_books(folder / "ledger")

    def proven(station: Station) -> bytes:
        """The key that signed the code of one more receipt."""
        rosa = on(station, "rosa")
        session = session_of(station, rosa) or at_work(station)[1]
        receipt = pay(station, session, fee(station)).receipt_no
        (job,) = [job for job in unfinished_jobs(station.db) if job.receipt_no == receipt]
        code = next(block["s"] for block in json.loads(job.document)["blocks"] if block["t"] == "qr")
        assert prove_claim(code, ledger_key)["receipt_no"] == receipt
        return base45.decode(code.removeprefix(CERTIFIED))[64:96]

    with opened(folder) as station:
        assert proven(station) == old, "by the register alone"
    rotated(folder)
    new = public_identity(folder / "keys.json").next_public_key
    with opened(folder) as station:
        assert proven(station) == old
        sealed(station)
        assert station.recorder.public_key == new
        assert proven(station) == old
        assert taken(station, books) == "posted"
        assert proven(station) == old
    with opened(folder) as station:
        assert proven(station) == old, "kept over a restart"
        followed(station, books)
        assert proven(station) == new
    with opened(folder) as station:
        assert public_identity(folder / "keys.json").next_public_key is None
        assert proven(station) == new
    books.close()


def test_a_key_file_of_before_the_change_does_not_fit_any_more(folder: Path) -> None:
    keys = folder / "keys.json"
    shutil.copy(keys, folder.parent / "keys.before")
    rotated(folder)
    for _ in range(2):
        now = keys.read_bytes()
        shutil.copy(folder.parent / "keys.before", keys)
        with pytest.raises(FolderUnusable, match="don't belong together"):
            open_for_command(folder, PASSPHRASE, WayToLedger(folder, lambda _child: None))
        keys.write_bytes(now)
        with opened(folder) as station:
            sealed(station)


def test_verify_says_when_a_key_was_put_in_beside_the_journal(folder: Path) -> None:
    with opened(folder) as station:
        station.db.execute("INSERT INTO own_key (seq, public_key, from_seq) VALUES (2, ?, 3)", ("ab" * 32,))
    assert any("names a key" in words or "keys" in words for words in check_in_child(folder))


def test_a_register_that_was_spoilt_here_is_followed_anew(folder: Path) -> None:
    with opened(folder) as station:
        assert station.db.execute("SELECT COUNT(*) FROM registry").fetchone() == (2,)
        assert station.exchange.standing() == "active"
        station.store.write_working(lambda db: db.execute("UPDATE registry SET envelope = x'00' WHERE no = 2"))
    with opened(folder) as station:
        assert station.db.execute("SELECT COUNT(*) FROM registry").fetchone() == (0,)
        assert station.exchange.standing() == ""
