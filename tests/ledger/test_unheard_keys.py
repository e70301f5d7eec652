"""A key that a terminal changed to before it heard that it was stopped, which the register never named."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient

from countertui.domain.desk_records import DeskKind
from countertui.ledger import key_changes
from countertui.ledger.alarms import open_alarms
from countertui.ledger.answers import GAP, HELD, NEW, NOT_KNOWN, SAME, Answer
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal, unfreeze
from countertui.ledger.server import app
from countertui.ledger.status import status
from countertui.sync.ack import MAX_ACK
from countertui.sync.dsse import parse_envelope
from countertui.sync.keyslots import Secrets
from countertui.sync.recorder import Recorder
from ledger.at_the_desk import hire, stepped
from ledger.calling import call
from ledger.test_ingest import asked
from ledger.test_recover_over_a_key_change import COPIES, begun, changed, given_up
from ledger.test_recovered_records import stopped
from ledger.test_registry import TWO
from ledger.town import NOW, Till


@pytest.fixture
def till(books: Books, key: Ed25519PrivateKey) -> Till:
    till = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    hire(books, "fay", "technician")
    return till


def offered(books: Books, key: Ed25519PrivateKey, envelope: bytes, no: int) -> Answer:
    return ingest(books, key, envelope, "T1", 1, no, NOW)


def sold(till: Till) -> bytes:
    till.pay(COPIES)
    return till.seal()


def reasons(answer: Answer) -> str:
    said = json.loads(parse_envelope(answer.body, MAX_ACK).payload)
    assert said["status"] == "held"
    return "; ".join(said["reasons"])


def test_what_a_revoked_terminal_signed_with_a_key_that_nobody_heard_of_is_kept_and_held(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    begun(books, key, till)
    given_up(books, key, till.seq)
    two, _ = changed(till, 77)
    three = sold(till)
    four, _ = changed(till, 78)
    five = sold(till)
    for no, envelope in enumerate((two, three, four, five), start=2):
        for _ in range(2):
            answer = offered(books, key, envelope, no)
            assert answer.status == HELD
            assert "revoked" in reasons(answer)
    verdicts = asked(books, "SELECT no, verdict FROM inbox WHERE no > 1 ORDER BY no")
    assert verdicts == [(no, "revoked") for no in (2, 3, 4, 5)]
    assert asked(books, "SELECT batch_no FROM terminal WHERE code = 'T1'") == [(1,)]
    assert asked(books, "SELECT COUNT(*) FROM terminal_key WHERE terminal = 'T1'") == [(1,)]
    assert fsck(books).differences == ()


def test_no_more_than_one_batchs_bytes_are_looked_through_for_a_key(
    books: Books, key: Ed25519PrivateKey, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a thief, who has the stopped terminal's key, leaves gigabytes to be read for each batch he offers after."""
    begun(books, key, till)
    given_up(books, key, till.seq)
    two, _ = changed(till, 77)
    three = sold(till)
    monkeypatch.setattr(key_changes, "_MOST_READ", len(two) - 1)
    assert offered(books, key, two, 2).status == HELD
    assert offered(books, key, three, 3).status == NOT_KNOWN
    monkeypatch.setattr(key_changes, "_MOST_READ", len(two))
    assert offered(books, key, three, 3).status == HELD


def test_the_batch_that_names_the_key_comes_first(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    begun(books, key, till)
    given_up(books, key, till.seq)
    two, _ = changed(till, 77)
    three = sold(till)
    assert offered(books, key, three, 3).status == NOT_KNOWN
    assert asked(books, "SELECT verdict FROM inbox WHERE no = 3") == [("bad-signature",)]
    assert offered(books, key, two, 2).status == HELD
    assert offered(books, key, three, 3).status == HELD


@pytest.mark.parametrize("lie", ["no proof", "another terminal's", "a stranger's"])
def test_a_key_that_the_journal_does_not_rightly_name_is_believed_for_nothing(
    books: Books, key: Ed25519PrivateKey, till: Till, lie: str
) -> None:
    begun(books, key, till)
    given_up(books, key, till.seq)
    if lie == "another terminal's":
        other = Ed25519PrivateKey.from_private_bytes(bytes([77]) * 32).public_key().public_bytes_raw()
        register_terminal(books, key, "T9", "HALL", 1, other, now=NOW)
    two, _ = changed(till, 77, **({"proof": "00" * 64} if lie == "no proof" else {}))
    if lie == "a stranger's":
        till.key = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
    assert offered(books, key, two, 2).status == HELD
    assert offered(books, key, sold(till), 3).status == NOT_KNOWN


def test_records_up_to_a_later_cut_off_wait_for_two_people_and_are_posted_once(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    begun(books, key, till)
    two, _ = changed(till, 77)
    three = sold(till)
    given_up(books, key, till.seq)
    four = sold(till)
    assert offered(books, key, two, 2).status == NEW
    answer = offered(books, key, three, 3)
    assert answer.status == HELD
    assert "a key that the register does not name: record" in reasons(answer)
    assert offered(books, key, three, 3).status == SAME
    assert "revoked" in reasons(offered(books, key, four, 4))
    assert asked(books, "SELECT no, state FROM batch ORDER BY no") == [(1, "posted"), (2, "posted"), (3, "held")]
    assert fsck(books).differences == ()
    stepped(books, key, till, DeskKind.BATCH_RELEASE, 3, "dee", "Looked at")
    stepped(books, key, till, DeskKind.BATCH_POST, 3, "fay")
    assert status(books)["held"] == []
    assert asked(books, "SELECT COUNT(*) FROM entry WHERE kind = 'pay'") == [(3,)]
    assert fsck(books).differences == ()


def test_the_former_key_signs_nothing_after_a_change_in_custody_though_the_register_names_no_other(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    begun(books, key, till)
    former, former_key = Recorder(till.identity, till.key), till.key
    two, _ = changed(till, 77)
    given_up(books, key, till.seq + 10)
    assert offered(books, key, two, 2).status == NEW
    till.recorder, till.key = former, former_key
    assert offered(books, key, sold(till), 3).status == HELD
    assert asked(books, "SELECT verdict FROM inbox WHERE no = 3") == [("chain",)]
    assert fsck(books).differences == ()


def test_a_frozen_terminals_are_kept_and_go_on_in_their_order_once_it_is_unfrozen(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    begun(books, key, till)
    stopped(books, key)
    two, new = changed(till, 77)
    three = sold(till)
    assert [offered(books, key, each, no).status for no, each in ((2, two), (3, three))] == [HELD, HELD]
    assert asked(books, "SELECT verdict FROM inbox WHERE no = 3") == [("frozen",)]
    with books.writing() as connection:
        unfreeze(connection, books, key, "T1", 1, "It was none.", TWO, NOW)
    assert offered(books, key, three, 3).status == GAP
    assert offered(books, key, two, 2).status == NEW
    assert offered(books, key, three, 3).status == NEW
    assert asked(books, "SELECT public_key FROM terminal WHERE code = 'T1'") == [
        (new.public_key().public_bytes_raw().hex(),)
    ]
    assert fsck(books).differences == ()


def test_a_key_named_by_a_batch_apart_signs_nothing_in_its_place(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    """Who has the stopped terminal's key names one of his own: it stands for no record before that was let in."""
    begun(books, key, till)
    stopped(books, key)
    seq, prev = till.seq, till.prev
    two, new = changed(till, 77)
    assert offered(books, key, two, 2).status == HELD
    with books.writing() as connection:
        unfreeze(connection, books, key, "T1", 1, "It was none.", TWO, NOW)
    other = Till(books)
    other.open("S1")
    other.pay(COPIES)
    other.seal()
    assert (other.seq, other.prev) == (seq, prev)
    now = replace(till.identity, public_key=new.public_key().public_bytes_raw())
    other.recorder, other.key = Recorder(now, new), new
    assert offered(books, key, sold(other), 2).status == HELD
    assert asked(books, "SELECT verdict FROM inbox WHERE no = 2 ORDER BY verdict") == [("chain",), ("frozen",)]
    with books.reading() as connection:
        assert [each.kind for each in open_alarms(connection)] == ["fork", "chain"]
    assert asked(books, "SELECT batch_no FROM terminal WHERE code = 'T1'") == [(1,)]


def test_over_http_the_former_key_carries_them(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    begun(books, key, till)
    given_up(books, key, till.seq)
    two, _ = changed(till, 77)
    three = sold(till)
    api = TestClient(app(books, Secrets(key, bytes(32), bytes(32)), lambda: NOW))
    for no, envelope in ((2, two), (3, three)):
        assert call(api, till, "PUT", f"/v1/terminals/T1/epochs/1/batches/{no}", envelope).status_code == HELD
