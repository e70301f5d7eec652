"""A dead terminal's records after a change of its key that the ledger never heard of: taken, if it was a true one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.desk_records import DeskKind
from countertui.domain.records import Kind
from countertui.ledger.answers import HELD, NEW, SAME
from countertui.ledger.books import Books
from countertui.ledger.dead_store import Left
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal, revoke
from countertui.ledger.recovering import recover
from countertui.ledger.status import status
from countertui.sync.chain import genesis, record_hash, signed_message
from countertui.sync.recorder import Recorder
from ledger.at_the_desk import hire, stepped
from ledger.test_ingest import asked
from ledger.test_recovered_records import records_of
from ledger.test_registry import turned
from ledger.town import NOW, Till, allocation, line

COPIES = line(None, allocation(None, "100-4410", 25))
BY_ANOTHER, UNPROVEN, TAKEN = "not signed by the key before", "without the new key's proof", "another terminal's"
Records = list[tuple[bytes, bytes]]


@pytest.fixture
def till(books: Books, key: Ed25519PrivateKey) -> Till:
    till = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    hire(books, "fay", "technician")
    return till


def changed(till: Till, seed: int, **other: Any) -> tuple[bytes, Ed25519PrivateKey]:
    """Sell, change the key and seal: the batch's envelope, and the key that signs after it. `other` may lie."""
    new = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    now = replace(till.identity, public_key=till.key.public_key().public_bytes_raw())
    till.recorder = Recorder(now, till.key, first_key=till.identity.public_key, next_key=new)
    till.pay(COPIES)
    data = dict(till.recorder.next_key() or {}) | other
    till.record(Kind.KEY_ROTATE, data, operator="eli", session=None, biz_date=None)
    sealed = till.seal()
    turned(till, new)
    return sealed, new


def begun(books: Books, key: Ed25519PrivateKey, till: Till) -> Records:
    """The first batch, which the ledger has."""
    till.open("S1")
    till.pay(COPIES)
    first = till.seal()
    assert ingest(books, key, first, "T1", 1, 1, NOW).status == NEW
    return records_of(first)


def given_up(books: Books, key: Ed25519PrivateKey, after: int) -> None:
    with books.writing() as connection:
        revoke(connection, books, key, "T1", 1, after, "dead", ["dee", "eli"], NOW)


def left(books: Books, records: Records, *envelopes: bytes) -> Left:
    return Left(books.ledger, "T1", 1, tuple(enumerate(envelopes, start=1)), tuple(records))


def resigned(till: Till, records: Records, from_seq: int, by: Ed25519PrivateKey) -> Records:
    """The same records, signed by another key from one of them on."""
    h, made = genesis(till.identity.ledger, "T1", 1, till.identity.public_key), []
    for seq, (body, sig) in enumerate(records, start=1):
        h = record_hash(seq, h, body)
        made.append((body, by.sign(signed_message(h)) if seq >= from_seq else sig))
    return made


@pytest.mark.parametrize("readable", [True, False])
@pytest.mark.parametrize("revoked", [True, False])
def test_every_record_of_it_is_taken_and_posted_once(
    books: Books, key: Ed25519PrivateKey, till: Till, revoked: bool, readable: bool
) -> None:
    records = begun(books, key, till)
    last = till.seq
    two, _ = changed(till, 77)
    till.pay(COPIES)
    three, _ = changed(till, 78)
    till.pay(COPIES)
    records += [*records_of(two), *records_of(three), *till.records]
    if revoked:
        given_up(books, key, last)
    store = left(books, records, *((b"", two, three) if readable else ()))
    found = recover(books, key, store, "dee", NOW)
    assert (found.last_seq, found.bad) == (len(records), None)
    recovered = [4] if readable and not revoked else [2, 3, 4]
    assert (found.batch_no, found.last_batch_no) == (recovered[0], recovered[-1])
    assert recover(books, key, store, "dee", NOW).records == 0, "again, it changes nothing"
    assert fsck(books).differences == ()
    for no in recovered:
        stepped(books, key, till, DeskKind.BATCH_RELEASE, no, "dee", "Looked at")
        stepped(books, key, till, DeskKind.BATCH_POST, no, "fay")
    assert asked(books, "SELECT COUNT(*) FROM entry WHERE kind = 'pay'") == [(5,)]
    assert status(books)["held"] == []
    assert fsck(books).differences == ()


def test_a_terminal_that_comes_back_has_the_same_batches_and_goes_on(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    records = begun(books, key, till)
    two, _ = changed(till, 77)
    till.pay(COPIES)
    recover(books, key, left(books, [*records, *records_of(two), *till.records]), "dee", NOW)
    assert ingest(books, key, two, "T1", 1, 2, NOW).status == SAME
    till.pay(COPIES)
    assert ingest(books, key, till.seal(), "T1", 1, 3, NOW).status == HELD, "the one before waits for people"
    assert asked(books, "SELECT no, state FROM batch ORDER BY no") == [
        (-3, "superseded"),
        (1, "posted"),
        (2, "held"),
        (3, "received"),
    ]
    stepped(books, key, till, DeskKind.BATCH_RELEASE, 2, "dee", "Looked at")
    stepped(books, key, till, DeskKind.BATCH_POST, 2, "fay")
    assert asked(books, "SELECT posted_no FROM terminal WHERE code = 'T1'") == [(3,)]
    assert fsck(books).differences == ()


@pytest.mark.parametrize("revoked", [True, False])
def test_a_change_is_followed_from_its_seal_on_though_that_was_read_later(
    books: Books, key: Ed25519PrivateKey, till: Till, revoked: bool
) -> None:
    records = begun(books, key, till)
    last = till.seq
    two, _ = changed(till, 77)
    records += records_of(two)
    till.pay(COPIES)
    if revoked:
        given_up(books, key, last)
    damaged = recover(books, key, left(books, records[:-1]), "dee", NOW)
    assert damaged.last_seq == len(records) - 1
    found = recover(books, key, left(books, [*records, *till.records]), "dee", NOW)
    assert (found.last_seq, found.bad) == (till.seq, None)
    assert fsck(books).differences == ()


@pytest.mark.parametrize("revoked", [True, False])
@pytest.mark.parametrize("forged", [BY_ANOTHER, UNPROVEN, TAKEN])
def test_a_forged_change_still_stops_it(
    books: Books, key: Ed25519PrivateKey, till: Till, forged: str, revoked: bool
) -> None:
    records = begun(books, key, till)
    last = till.seq
    if forged == TAKEN:
        other = Ed25519PrivateKey.from_private_bytes(bytes([77]) * 32).public_key().public_bytes_raw()
        register_terminal(books, key, "T9", "HALL", 1, other, now=NOW)
    lie = {"proof": "00" * 64} if forged == UNPROVEN else {}
    two, thief = changed(till, 77, **lie)
    till.pay(COPIES)
    records += [*records_of(two), *till.records]
    change = next(n for n, (body, _) in enumerate(records, start=1) if json.loads(body)["kind"] == Kind.KEY_ROTATE)
    bad = till.seq
    if forged == BY_ANOTHER:
        records, bad = resigned(till, records, change, thief), change
    if revoked:
        given_up(books, key, last)
    found = recover(books, key, left(books, records), "dee", NOW)
    assert (found.last_seq, found.bad) == (bad - 1, bad)
    assert asked(books, "SELECT COUNT(*) FROM terminal_key WHERE terminal = 'T1'") == [(1,)]
    if forged != BY_ANOTHER:
        (held,) = status(books)["held"]
        assert f"Record {change}: The new key" in "; ".join(held["reasons"])
    assert fsck(books).differences == ()


def test_a_change_forged_into_what_is_in_custody_freezes_nobody(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    records = begun(books, key, till)
    for _ in range(4):
        till.pay(COPIES)
    recover(books, key, left(books, [*records, *till.records]), "dee", NOW)
    thief = Till(books)
    thief.open("S1")
    thief.pay(COPIES)
    thief.seal()
    sealed, new = changed(thief, 77)
    thief.pay(COPIES)
    forged = resigned(thief, [*records, *records_of(sealed), *thief.records], len(records) + 2, new)
    assert len(forged) == till.seq, "the last one in custody would be signed by the thief's key"
    found = recover(books, key, left(books, forged), "dee", NOW)
    assert (found.bad, found.last_seq) == (len(records) + 2, till.seq), "from where the thief's key signed"
    assert (found.records, found.left_out) == (0, 0)
    assert asked(books, "SELECT state FROM terminal WHERE code = 'T1'") == [("active",)]
    assert asked(books, "SELECT kind FROM alarm ORDER BY id") == [("recovered",), ("chain",)]
