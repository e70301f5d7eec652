"""Recovered records: what two people are told before they post them, and that the terminal's own are no fork."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ledger.alarms import FORK, stop_terminal
from countertui.ledger.answers import HELD, NEW, SAME
from countertui.ledger.books import Books
from countertui.ledger.dead_store import Left
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal, revoke, unfreeze
from countertui.ledger.over_recovered import DOUBT
from countertui.ledger.recovering import recover
from countertui.ledger.status import status
from countertui.sync.batch import MAX_ENVELOPE, parse_batch
from countertui.sync.dsse import parse_envelope
from ledger.test_ingest import acked
from ledger.town import NOW, Till, allocation, line

COPIES = line(None, allocation(None, "100-4410", 25))
TWO = ["dee", "eli"]


@pytest.fixture
def till(books: Books, key: Ed25519PrivateKey) -> Till:
    till = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1")
    till.pay(COPIES)
    return till


def records_of(envelope: bytes) -> list[tuple[bytes, bytes]]:
    return list(parse_batch(parse_envelope(envelope, MAX_ENVELOPE).payload).records)


def stopped(books: Books, key: Ed25519PrivateKey) -> None:
    with books.writing() as connection:
        stop_terminal(connection, books, key, FORK, "T1", 1, None, "Two journals under one key.", NOW)


@pytest.mark.parametrize("how", ["revoked", "frozen"])
def test_who_posts_recovered_records_is_told_that_their_terminal_was_stopped(
    books: Books, key: Ed25519PrivateKey, till: Till, how: str
) -> None:
    sealed = till.seal()
    assert ingest(books, key, sealed, "T1", 1, 1, NOW).status == NEW
    last = till.seq
    till.pay(COPIES)
    if how == "frozen":
        stopped(books, key)
    else:
        with books.writing() as connection:
            revoke(connection, books, key, "T1", 1, last, "stolen", TWO, NOW)
    recover(books, key, Left(books.ledger, "T1", 1, (), (*records_of(sealed), *till.records)), "dee", NOW)
    (held,) = status(books)["held"]
    told = "Its terminal was frozen" if how == "frozen" else f"The key is revoked after record {last}"
    assert told in "; ".join(held["reasons"])
    assert fsck(books).differences == ()


def test_a_terminals_own_seal_within_what_was_recovered_is_no_fork(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    stopped(books, key)
    sealed = till.seal()
    till.pay(COPIES)
    assert ingest(books, key, sealed, "T1", 1, 1, NOW).status == HELD
    left = Left(books.ledger, "T1", 1, ((1, sealed),), (*records_of(sealed), *till.records))
    assert recover(books, key, left, "dee", NOW).batch_no == 1
    with books.writing() as connection:
        unfreeze(connection, books, key, "T1", 1, "Looked at", TWO, NOW)
    again = ingest(books, key, sealed, "T1", 1, 1, NOW)
    assert again.status == SAME, "a recovered batch ends where its terminal's own does"
    said = acked(key, till, again)
    assert (said.status, said.reasons[0]) == ("held", DOUBT)
    found = status(books)
    assert [each["kind"] for each in found["alarms"]] == ["fork", "recovered"], "no other fork than the one before"
    assert (found["terminals"][0]["state"], found["terminals"][0]["records"]) == ("active", till.seq)
    assert fsck(books).differences == ()
