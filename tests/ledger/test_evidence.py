"""What a person with the database alone can alter, and what recomputing makes of it: keys, checkpoints, evidence."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from countertui.ledger import registry
from countertui.ledger.books import Books
from countertui.ledger.corrections import ToCharge, ToGl, move
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import LOG_BROKEN, ingest
from countertui.ledger.keys import open_key
from countertui.ledger.own_rotation import rotate_by_key
from countertui.ledger.publish import publish
from countertui.ledger.reference import load_reference
from countertui.ledger.register import register_terminal, unfreeze
from countertui.machine import random_bytes
from ledger import test_fsck
from ledger.at_the_desk import act
from ledger.engine import Engine, Town
from ledger.test_corrections import moved, who
from ledger.test_fsck import put
from ledger.town import NOW, PASSPHRASE, Till, allocation, ledger_key, line

lived, whole_life = test_fsck.lived, test_fsck.whole_life
STRANGER = Ed25519PrivateKey.from_private_bytes(b"r" * 32)


@pytest.fixture
def honest(books: Books, key: Ed25519PrivateKey) -> Till:
    """A terminal with one posted batch: 50.00 paid on charge C1."""
    return _honest(books, key)


def _honest(books: Books, key: Ed25519PrivateKey) -> Till:
    till = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1")
    till.pay(line("U1", allocation("C1", "510-4310", 50_00)))
    assert put(books, key, till, till.seal()) == 201
    return till


def told(books: Books) -> str:
    return "\n".join(fsck(books).differences)


def altered(books: Books, *statements: str) -> None:
    with books.writing() as connection:
        for each in statements:
            assert connection.execute(text(each)).rowcount > 0


def test_a_desk_record_of_a_strangers_key_is_told(books: Books, key: Ed25519PrivateKey, honest: Till) -> None:
    act(books, STRANGER, move, ("T1", 1, 2), ToCharge("C1"), ToGl("100-4911"), 50_00, who())
    honest.pay(line("U1", allocation("C2", "100-4110", 5_00)))
    assert put(books, key, honest, honest.seal()) == 201
    assert "Record 1 of the desk is signed with another key than the ledger's" in told(books)


def test_desk_records_before_and_after_a_change_of_the_ledgers_key_hold(
    books: Books, key: Ed25519PrivateKey, honest: Till
) -> None:
    moved(books, key, 2, ToCharge("C1"), ToCharge("C3"), 10_00)
    rotate_by_key(books, PASSPHRASE, random_bytes, reason="stolen", by=("eli", "gus"), now=NOW)
    moved(books, open_key(books.folder, PASSPHRASE), 2, ToCharge("C1"), ToCharge("C3"), 10_00)
    assert told(books) == ""
    moved(books, key, 2, ToCharge("C1"), ToCharge("C3"), 5_00)  # the key of before, found by somebody
    assert "Record 3 of the desk is signed with another key than the ledger's" in told(books)


def test_the_ledgers_key_is_what_was_signed_not_what_stands_beside_it(books: Books, key: Ed25519PrivateKey) -> None:
    rotate_by_key(books, PASSPHRASE, random_bytes, reason="stolen", by=("eli", "gus"), now=NOW)
    altered(books, "UPDATE registry_entry SET kind = 'note' WHERE kind = 'ledger_key'")
    with books.reading() as connection:
        assert registry.present(connection, books.ledger).ledger_key != key.public_key().public_bytes_raw()
    assert "its number, kind, time or hash are not those that were signed" in told(books)


@pytest.mark.parametrize("column", ["kind = 'zzz'", "at = '1999'", "hash = 'f00'"])
def test_what_stands_beside_a_register_entry_is_compared(books: Books, honest: Till, column: str) -> None:
    altered(books, f"UPDATE registry_entry SET {column} WHERE no = 2")
    assert "Entry 2 of the register" in told(books)


ALTERED = {
    "every checkpoint gone": "DELETE FROM checkpoint",
    "the newest checkpoint gone": "DELETE FROM checkpoint WHERE size = (SELECT MAX(size) FROM checkpoint)",
    "a checkpoint's root": "UPDATE checkpoint SET root = '00'",
    "a checkpoint's signature": "UPDATE checkpoint SET note = REPLACE(note, ' ', ' AAAA')",
    "a checkpoint's time": "UPDATE checkpoint SET made_at = '1999'",
    "a decision's reason": "UPDATE decision SET reason = 'nothing'",
    "when it was decided": "UPDATE decision SET decided_at = '1999'",
    "when the desk signed": "UPDATE desk_signature SET at = '1999'",
    "when something came in": "UPDATE turn SET at = '1999-01-01T00:00:00+00:00' WHERE terminal = 'LEDGER'",
    "how a batch was judged": "UPDATE inbox SET verdict = 'held' WHERE verdict = 'posted'",
    "why a batch was held": "UPDATE inbox SET detail = 'nothing' WHERE verdict = 'held'",
}


@pytest.mark.parametrize("what", ALTERED)
def test_what_is_altered_beside_the_books_is_told(lived: Books, what: str) -> None:
    altered(lived, ALTERED[what])
    assert told(lived) != ""


@pytest.fixture
def forked(books: Books, key: Ed25519PrivateKey, honest: Till) -> Books:
    """Books whose terminal is frozen: another first batch under its key was offered."""
    clone = Till(books)
    clone.open("S1")
    clone.pay(line("U1", allocation("C1", "510-4310", 1_00)))
    assert put(books, key, clone, clone.seal()) == 202
    assert told(books) == ""
    return books


@pytest.mark.parametrize(
    "gone",
    [
        ["DELETE FROM inbox WHERE verdict = 'fork'"],
        ["DELETE FROM alarm"],
        ["DELETE FROM inbox WHERE verdict = 'fork'", "DELETE FROM alarm"],
        ["UPDATE inbox SET detail = 'nothing' WHERE verdict = 'fork'"],
        ["UPDATE inbox SET ack = NULL WHERE verdict = 'fork'"],
        ["UPDATE alarm SET detail = 'nothing'"],
    ],
)
def test_what_tells_of_a_fork_cant_be_taken_away(forked: Books, gone: list[str]) -> None:
    altered(forked, *gone)
    assert told(forked) != ""


def test_batches_that_waited_while_their_terminal_was_frozen_stand_as_they_were_answered(
    forked: Books, key: Ed25519PrivateKey, honest: Till
) -> None:
    batches = {}
    for no in (2, 3):
        honest.pay(line("U1", allocation("C1", "510-4310", 5_00)))
        batches[no] = honest.seal()

    def offered(no: int) -> int:
        return ingest(forked, key, batches[no], "T1", 1, no, NOW).status

    assert [offered(no) for no in (2, 3)] == [202, 202]
    with forked.writing() as connection:
        unfreeze(connection, forked, key, "T1", 1, "The other device is destroyed", ("eli", "bo"), NOW)
    assert offered(3) == 409, "the one before it is still missing"
    assert told(forked) == ""
    assert [offered(no) for no in (2, 3)] == [201, 201]
    assert told(forked) == ""
    altered(forked, "UPDATE inbox SET detail = 'nothing' WHERE no = 3")
    assert "how the batch was judged" in told(forked)


def test_no_checkpoint_is_signed_once_one_is_gone(books: Books, key: Ed25519PrivateKey, honest: Till) -> None:
    altered(books, "DELETE FROM checkpoint")
    honest.pay(line("U1", allocation("C2", "100-4110", 5_00)))
    assert put(books, key, honest, honest.seal()) == LOG_BROKEN


IMPORTED = {
    "an operator's PIN": "UPDATE operator SET verifier = 'another' WHERE id = 'eli'",
    "an operator's roles": "UPDATE operator SET roles = 'cashier lead technician admin' WHERE id = 'ann'",
    "an operator gone": "DELETE FROM operator WHERE id = 'cy'",
    "an operator from nowhere": "INSERT INTO operator (id, name, roles, verifier, active_from, changed_in)"
    " VALUES ('zed', 'Zed', 'admin', 'x', '2020-01-01', 1)",
    "a debt forgiven": "UPDATE charge SET amount_cents = amount_cents - 10, balance_cents = balance_cents - 10"
    " WHERE id = 'C3'",
    "a charge's account": "UPDATE charge SET gl = '100-4410' WHERE id = 'C3'",
    "when a charge is due": "UPDATE charge SET due = '2030-01-01' WHERE id = 'C3'",
    "a charge gone": "DELETE FROM charge WHERE id = 'C3'",
    "where credit goes": "UPDATE account SET credit_gl = '100-4410' WHERE number = 'U3'",
    "an account's flags": "UPDATE account SET flags = 'returned-check' WHERE number = 'U3'",
    "an account's owner": "UPDATE account SET name = 'MALLORY' WHERE number = 'U1'",
    "an account's fund": "UPDATE gl_account SET fund = '510' WHERE code = '100-4410'",
    "the city's rules": "UPDATE city SET value = REPLACE(value, '100-2010', '100-4911') WHERE key = 'rules'",
    "a receipt of before": "INSERT INTO receipt_history"
    " (receipt_no, account, biz_date, payor, cents, voided, changed_in)"
    " VALUES ('OLD-1', 'U1', '2026-01-01', 'X', 999, 0, 1)",
    "who signed the snapshot": "UPDATE snapshot_share SET manifest = (SELECT ack FROM batch WHERE no = 1)",
}


@pytest.fixture(scope="module")
def published_once(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The town's ledger with a snapshot, and with payments and a charge after it, to be copied."""
    return Town(engine, tmp_path_factory.mktemp("published") / "ledger", _publish)


def _publish(books: Books) -> None:
    key = ledger_key(books)
    till = _honest(books, key)
    publish(books, key, NOW)
    till.pay(line("U1", allocation("C1", "510-4310", 5_00)))
    assert put(books, key, till, till.seal()) == 201
    load_reference(books, "charge", [("C9", "U1", "2026-11-01", "water", "Water", "510-4310", 30_00, 25_00)])
    assert told(books) == ""


@pytest.mark.parametrize("what", IMPORTED)
def test_what_was_imported_is_as_it_was_published(published_once: Town, tmp_path: Path, what: str) -> None:
    with published_once.copied(tmp_path / "ledger") as books:
        altered(books, IMPORTED[what])
        assert told(books) != ""


def test_a_snapshots_files_are_those_that_were_signed(books: Books, key: Ed25519PrivateKey, honest: Till) -> None:
    version = publish(books, key, NOW)
    path = books.folder / "snapshots" / str(version) / "charge.ndjson"
    path.write_bytes(path.read_bytes().replace(b"Water", b"Wader"))
    assert f"Snapshot {version}" in told(books)
