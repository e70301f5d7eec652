"""A key that was changed signs nothing any more: not a batch of new records, and no word against its terminal."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ledger.answers import HELD, NEW, SAME, Answer
from countertui.ledger.books import Books
from countertui.ledger.dead_store import Left, StoreRefusedError
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal, rotate_key
from countertui.ledger.live import hear_head, hear_records
from countertui.ledger.recovering import recover
from countertui.sync.batch import parse_batch
from countertui.sync.chain import head_message
from countertui.sync.dsse import ACK, open_envelope, parse_envelope
from countertui.sync.keyslots import Identity
from countertui.sync.live import head_body, record_lines
from countertui.sync.recorder import Recorder
from ledger.test_ingest import asked
from ledger.test_posting import BOTH
from ledger.town import NOW, Till

LATER = Ed25519PrivateKey.from_private_bytes(b"n" * 32)


def offered(books: Books, key: Ed25519PrivateKey, envelope: bytes, no: int) -> Answer:
    return ingest(books, key, envelope, "T1", 1, no, NOW)


@pytest.fixture
def till(books: Books, key: Ed25519PrivateKey) -> Till:
    opened = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, opened.identity.public_key, now=NOW)
    opened.open("S1")
    return opened


@pytest.fixture
def first(books: Books, key: Ed25519PrivateKey, till: Till) -> bytes:
    """The envelope of a batch that is posted; its terminal's key was changed after it."""
    till.pay(BOTH)
    envelope = till.seal()
    assert offered(books, key, envelope, 1).status == NEW
    new = LATER.public_key().public_bytes_raw()
    with books.writing() as connection:
        rotate_key(
            connection, books, key, "T1", 1, from_seq=till.seq + 1, public_key=new, h=b"h" * 32, now="2026-11-24"
        )
    till.recorder = Recorder(Identity(books.ledger, "T1", 1, new, ("opener",)), LATER)
    return envelope


def state(books: Books) -> str:
    (found,) = asked(books, "SELECT state FROM terminal WHERE code = 'T1'")
    return str(found[0])


def test_the_batch_of_before_is_known_again(books: Books, key: Ed25519PrivateKey, first: bytes) -> None:
    assert offered(books, key, first, 1).status == SAME


def test_new_records_in_an_envelope_of_the_retired_key_are_not_taken(
    books: Books, key: Ed25519PrivateKey, till: Till, first: bytes
) -> None:
    till.pay(BOTH)
    answer = offered(books, key, till.seal(), 2)  # sealed with the key of before, its records signed with the new one
    assert answer.status == HELD
    assert asked(books, "SELECT verdict FROM inbox WHERE no = 2") == [("chain",)]
    assert asked(books, "SELECT batch_no FROM terminal WHERE code = 'T1'") == [(1,)]
    assert state(books) == "active"
    assert list(fsck(books).differences) == []


def test_new_records_in_an_envelope_of_the_new_key_are_taken(
    books: Books, key: Ed25519PrivateKey, till: Till, first: bytes
) -> None:
    till.pay(BOTH)
    till.key = LATER
    assert offered(books, key, till.seal(), 2).status == NEW
    assert list(fsck(books).differences) == []


def test_garbled_records_under_a_retired_key_freeze_nobody(
    books: Books, key: Ed25519PrivateKey, till: Till, first: bytes
) -> None:
    payload = parse_envelope(first, 1 << 26).payload
    answer = offered(books, key, till.enveloped(payload.replace(b"Somebody", b"Xomebody")), 1)
    assert answer.status == HELD
    assert state(books) == "active"
    assert asked(books, "SELECT kind FROM alarm") == [("chain",)]


def test_another_journal_under_a_retired_key_is_kept_and_told_and_freezes_nobody(
    books: Books, key: Ed25519PrivateKey, first: bytes
) -> None:
    clone = Till(books)
    clone.open("S1")
    clone.pay(BOTH)
    clone.pay(BOTH)
    other = clone.seal()
    assert offered(books, key, other, 1).status == HELD
    assert state(books) == "active"
    assert asked(books, "SELECT kind FROM alarm") == [("fork",)]
    assert asked(books, "SELECT verdict FROM inbox WHERE verdict NOT IN ('posted', 'same')") == [("fork",)]


def test_another_journal_under_the_key_in_force_still_freezes(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(BOTH)
    assert offered(books, key, till.seal(), 1).status == NEW
    clone = Till(books)
    clone.open("S1")
    clone.pay(BOTH)
    clone.pay(BOTH)
    assert offered(books, key, clone.seal(), 1).status == HELD
    assert state(books) == "frozen"


def test_garbled_records_under_the_key_in_force_are_no_fork(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(BOTH)
    envelope = till.seal()
    assert offered(books, key, envelope, 1).status == NEW
    payload = parse_envelope(envelope, 1 << 26).payload
    assert offered(books, key, till.enveloped(payload.replace(b"Somebody", b"Xomebody")), 1).status == HELD
    assert state(books) == "active"


def test_what_was_held_before_is_answered_by_the_key_in_force(
    books: Books, key: Ed25519PrivateKey, first: bytes
) -> None:
    payload = parse_envelope(first, 1 << 26).payload
    garbled = Till(books).enveloped(payload.replace(b"Somebody", b"Xomebody"))
    assert offered(books, key, garbled, 1).status == HELD
    later = Ed25519PrivateKey.from_private_bytes(b"l" * 32)
    again = offered(books, later, garbled, 1)
    assert again.status == HELD
    open_envelope(parse_envelope(again.body, 1 << 20), ACK, {"ledger": later.public_key()})


def heard(books: Books, key: Ed25519PrivateKey, clone: Till) -> None:
    assert hear_records(books, key, "T1", 1, record_lines(clone.records), NOW).status == 200


def said(books: Books, key: Ed25519PrivateKey, clone: Till, known: int) -> None:
    sig = clone.key.sign(head_message(books.ledger, "T1", 1, known, clone.seq, clone.prev))
    assert hear_head(books, key, "T1", 1, head_body(known, clone.seq, clone.prev, sig), NOW).status == 200


@pytest.mark.parametrize("way", ["records", "head"])
def test_a_retired_key_freezes_nobody_between_batches(
    books: Books, key: Ed25519PrivateKey, till: Till, first: bytes, way: str
) -> None:
    clone = Till(books)
    clone.open("S1")
    clone.pay(BOTH)
    clone.pay(BOTH)
    heard(books, key, clone) if way == "records" else said(books, key, clone, 0)
    assert state(books) == "active"
    ((kind, told),) = asked(books, "SELECT kind, detail FROM alarm")
    assert kind == "fork"
    assert "retired since" in told
    assert asked(books, "SELECT verdict FROM inbox WHERE no = 0") == [("fork",)]
    assert list(fsck(books).differences) == []


def test_an_older_head_by_a_retired_key_is_told_and_freezes_nobody(
    books: Books, key: Ed25519PrivateKey, till: Till, first: bytes
) -> None:
    old = Till(books)
    old.open("S1")
    said(books, key, old, till.seq)
    assert state(books) == "active"
    assert [kind for (kind,) in asked(books, "SELECT kind FROM alarm")] == ["rollback"]


def left_of(till: Till, records: list[tuple[bytes, bytes]]) -> Left:
    return Left(till.identity.ledger, "T1", 1, (), tuple(records))


@pytest.mark.parametrize(("rotated", "frozen"), [(True, False), (False, True)])
def test_a_store_under_a_retired_key_freezes_nobody(
    books: Books, key: Ed25519PrivateKey, till: Till, request: pytest.FixtureRequest, rotated: bool, frozen: bool
) -> None:
    if rotated:
        request.getfixturevalue("first")
    else:
        till.pay(BOTH)
        assert offered(books, key, till.seal(), 1).status == NEW
    clone = Till(books)
    clone.open("S1")
    clone.pay(BOTH)
    clone.pay(BOTH)
    with pytest.raises(StoreRefusedError, match="frozen" if frozen else "the terminal goes on"):
        recover(books, key, left_of(clone, clone.records), "dee", NOW)
    assert state(books) == ("frozen" if frozen else "active")
    assert [kind for (kind,) in asked(books, "SELECT kind FROM alarm")] == ["fork"]
    assert asked(books, "SELECT verdict FROM inbox WHERE no = 0") == [("fork",)]


def test_a_store_that_was_altered_freezes_nobody(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    """Records that are in custody are known by their hash; another one must be signed before it says anything."""
    till.pay(BOTH)
    records = list(till.records)
    assert offered(books, key, till.seal(), 1).status == NEW
    body, sig = records[1]
    altered = [records[0], (body.replace(b"Somebody", b"Xomebody"), sig)]
    found = recover(books, key, left_of(till, altered), "dee", NOW)
    assert (found.bad, found.records) == (2, 0)
    assert state(books) == "active"
    told, older = asked(books, "SELECT kind, seq, detail FROM alarm ORDER BY id")
    assert told[:2] == ("chain", 2), "no fork, and it is told all the same"
    assert older[:2] == ("rollback", 2), "its seal is not there"
    assert told[2].endswith("does not verify: it was altered or damaged there; it is here as it was signed.")


@pytest.mark.parametrize("more", [0, 2])
def test_a_genuine_batch_takes_the_place_of_what_was_recovered_of_it(
    books: Books, key: Ed25519PrivateKey, till: Till, more: int
) -> None:
    till.pay(BOTH)
    assert offered(books, key, till.seal(), 1).status == NEW
    till.pay(BOTH)
    till.pay(BOTH)
    records = [*first_records(books), *till.records]
    assert recover(books, key, left_of(till, records), "dee", NOW).batch_no == 2
    for _ in range(more):
        till.pay(BOTH)
    envelope = till.seal()
    assert offered(books, key, envelope, 2).status == NEW
    assert offered(books, key, envelope, 2).status == SAME
    assert asked(books, "SELECT no, state FROM batch ORDER BY no") == [(-2, "superseded"), (1, "posted"), (2, "posted")]
    assert asked(books, "SELECT batch_no, posted_no, last_receipt FROM terminal WHERE code = 'T1'") == [
        (2, 2, 3 + more)
    ]
    verdicts = [verdict for (verdict,) in asked(books, "SELECT verdict FROM inbox")]
    assert sorted(verdicts) == ["held", "posted", "posted"]
    till.pay(BOTH)
    assert offered(books, key, till.seal(), 3).status == NEW
    assert list(fsck(books).differences) == []


def first_records(books: Books) -> list[tuple[bytes, bytes]]:
    (kept,) = asked(books, "SELECT bytes FROM inbox")
    return parse_batch(parse_envelope(bytes(kept[0]), 1 << 26).payload).records  # type: ignore[return-value]


def test_what_a_forged_seal_adds_to_recovered_records_is_not_taken(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.pay(BOTH)
    assert recover(books, key, left_of(till, till.records), "dee", NOW).batch_no == 1
    till.pay(BOTH)
    body, _ = till.records[-1]
    till.records[-1] = body, bytes(64)
    assert offered(books, key, till.seal(), 1).status == HELD
    assert asked(books, "SELECT no, state FROM batch") == [(1, "held")]
    assert list(fsck(books).differences) == []
