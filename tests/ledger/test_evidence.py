"""What a person with the database alone can alter, and what recomputing makes of it: keys, checkpoints, evidence."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from countertui.domain.rights import Role
from countertui.ledger import registry
from countertui.ledger.answers import NOT_NOW
from countertui.ledger.books import Books
from countertui.ledger.correction_targets import ToCharge, ToGl
from countertui.ledger.corrections import move
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_operators import Keeping, choose_pin
from countertui.ledger.keep_terminals import register_terminal, unfreeze
from countertui.ledger.keys import open_key
from countertui.ledger.own_rotation import rotate_by_key
from countertui.ledger.publish import publish
from countertui.ledger.sign_in import SignedIn
from countertui.machine import random_bytes
from countertui.sync.keyslots import CHEAP_COST
from countertui.sync.pins import PepperedPins
from ledger import test_fsck
from ledger.at_the_desk import act, ground, new_id
from ledger.test_corrections import moved, who
from ledger.test_fsck import put
from ledger.town import NOW, PASSPHRASE, Till, allocation, brought, line

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
        ["UPDATE inbox SET verdict = 'gap' WHERE verdict = 'fork'"],
        ["UPDATE inbox SET verdict = 'frozen' WHERE verdict = 'fork'"],
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
    assert put(books, key, honest, honest.seal()) == NOT_NOW


REFERENCE = {
    "UPDATE operator SET verifier = 'another' WHERE id = 'eli'": "operator eli: verifier is another",
    "UPDATE operator SET roles = 'cashier lead technician admin' WHERE id = 'ann'": "operator ann: roles is",
    "UPDATE operator SET active_to = '2020-02-02' WHERE id = 'bo'": "operator bo: active_to is 2020-02-02",
    "DELETE FROM operator WHERE id = 'cy'": "operator cy is missing",
    "INSERT INTO operator (id, name, roles, verifier, active_from, changed_in)"
    " VALUES ('zed', 'Zed', 'admin', 'x', '2020-01-01', 1)": "operator zed should not be there",
    # A debt forgiven, at the founding's charge and at one of later.
    "UPDATE charge SET amount_cents = 0, balance_cents = balance_cents - 7000 WHERE id = 'C3'": "charge C3: amount",
    "UPDATE charge SET balance_cents = 0 WHERE id = 'C9'": "charge C9: balance_cents is 0, recomputed 2000",
    "UPDATE charge SET gl = '100-4410', head = 'fine' WHERE id = 'C2'": "charge C2: gl is 100-4410, recomputed",
    "UPDATE charge SET due = '2030-01-01', description = 'Paid' WHERE id = 'C1'": "charge C1: due is 2030-01-01",
    "DELETE FROM charge WHERE id = 'C8'": "charge C8 is missing",
    "INSERT INTO charge SELECT 'C77', account, due, head, description, gl, amount_cents, balance_cents, changed_in"
    " FROM charge WHERE id = 'C1'": "charge C77 should not be there",
    "UPDATE account SET credit_gl = '100-4410' WHERE number = 'U3'": "account U3: credit_gl is 100-4410",
    "UPDATE account SET flags = 'returned-check' WHERE number = 'U2'": "account U2: flags is returned-check",
    # Said to be changed since whatever was published.
    "UPDATE account SET name = 'MALLORY', changed_in = 9 WHERE number = 'U1'": "account U1: name is MALLORY",
    "UPDATE account SET phone = '5550199' WHERE number = 'U9'": "account U9: phone is 5550199",
    "UPDATE gl_account SET fund = '510' WHERE code = '100-4410'": "gl_account 100-4410: fund is 510, recomputed 100",
    "UPDATE fund SET name = 'Mine' WHERE code = '900'": "fund 900: name is Mine",
    "UPDATE fee SET unit_cents = 1 WHERE code = 'COPY'": "fee COPY/2020-01-01: unit_cents is 1, recomputed 25",
    "UPDATE office SET address = '' WHERE code = 'HALL'": "office HALL: address is",
    "UPDATE drawer SET fund_cents = 1 WHERE code = 'D1'": "drawer D1: fund_cents is 1, recomputed 20000",
    "INSERT INTO license"
    " VALUES ('L1', 'U1', 'X', '', NULL, NULL, '', '', '', '', '', '', '', '', 1)": "license L1 should not be there",
    "INSERT INTO license_act"
    " VALUES ('L1', 1, 'a', 'T1', 1, 1, '', 'ann', 'file', 1, '{}', 1)": "license_act L1/1 should not be there",
    "INSERT INTO license_term"
    " VALUES ('L1', '2026-01-01', '2026-12-31', '2026-01-01', 'a', 1)": "license_term L1/2026-01-01 should not",
    "INSERT INTO serves (office, kinds) VALUES ('HALL', '[\"license\"]')": "serves HALL should not be there",
    "INSERT INTO removed (name, key, removed_in) VALUES ('drawer', '[\"D9\"]', 1)": "removed drawer/",
    "UPDATE city SET value = REPLACE(value, '100-2010', '100-4911') WHERE key = 'rules'": "city rules: value is",
    "UPDATE city SET value = '00' WHERE key = 'sealing_key'": "city sealing_key: value is 00",
    "INSERT INTO receipt_history (receipt_no, account, biz_date, payor, cents, voided, changed_in)"
    " VALUES ('OLD-1', 'U1', '2026-01-01', 'X', 999, 0, 1)": "receipt_history OLD-1/U1 should not be there",
    "UPDATE receipt_history SET cents = 1 WHERE receipt_no = 'OLD-7'": "receipt_history OLD-7/U1: cents is 1",
    "UPDATE verifier_was SET verifier = 'x'": "verifier_was eli/",
}
"""What is altered, and what is said of it."""


@pytest.fixture
def grown(books: Books, key: Ed25519PrivateKey, honest: Till) -> Books:
    """Books that were never published, with rows of the founding and some brought in later."""
    nine = ("C9", "U1", "2026-11-01", "water", "Water", "510-4310", 30_00, 25_00)
    brought(books, "charge", [nine, ("C8", *nine[1:])])
    brought(books, "account", [("U9", "utility", "P9", "NEW, NAN", "9 Elm St", "", "", "", "510-2310", "")])
    brought(books, "receipt_history", [("OLD-7", "U1", "2019-01-01", "SMITH, JOHN", 7_00, 0)])
    honest.pay(line("U1", allocation("C1", "510-4310", 5_00), allocation("C9", "510-4310", 5_00)))
    assert put(books, key, honest, honest.seal()) == 201
    return books


def test_rows_brought_in_at_any_time_agree_with_what_was_signed(grown: Books) -> None:
    assert told(grown) == ""


def test_a_reference_row_is_as_somebody_answered_for_it(grown: Books, key: Ed25519PrivateKey) -> None:
    pins = PepperedPins(b"p" * 32, random_bytes, CHEAP_COST)
    with ground(grown, key) as here:
        choose_pin(Keeping(here, pins, new_id()), SignedIn("eli", "Eli", (Role.ADMIN,)), "4839", "1234")
    altered(grown, *REFERENCE)
    said = told(grown)
    assert [each for each in REFERENCE.values() if each not in said] == []


def test_rows_that_an_import_set_can_not_be_taken_away(grown: Books) -> None:
    altered(grown, "DELETE FROM kept_rows")
    assert "that an import set are gone, or were altered" in told(grown)


def test_an_import_that_nobody_with_the_right_answers_for_is_told(books: Books) -> None:
    brought(books, "fee", [("PARK", "Parking", 100, "100-4410", "", "2020-01-01", None)], by="ann")
    assert "ann may not import reference data" in told(books)


def test_the_snapshots_manifest_is_the_ledgers(books: Books, key: Ed25519PrivateKey, honest: Till) -> None:
    publish(books, key, NOW)
    assert told(books) == ""
    altered(books, "UPDATE snapshot_share SET manifest = (SELECT ack FROM batch WHERE no = 1)")
    assert "its manifest is not signed by the ledger" in told(books)


def test_a_snapshots_files_are_those_that_were_signed(books: Books, key: Ed25519PrivateKey, honest: Till) -> None:
    version = publish(books, key, NOW)
    path = books.folder / "snapshots" / str(version) / "charge.ndjson"
    path.write_bytes(path.read_bytes().replace(b"Water", b"Wader"))
    assert f"Snapshot {version}" in told(books)
