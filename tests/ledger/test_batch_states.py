"""Batches that people release, post, reject and reopen: each step a signed record, release and posting by two."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from countertui.domain.city import rules_to_json
from countertui.domain.desk_records import DeskKind
from countertui.domain.records import Kind
from countertui.domain.rights import NotAllowed
from countertui.ledger.answers import Answer
from countertui.ledger.batch_states import KeptBatchAlteredError, StepRefusedError, hashes_of, kept_batch
from countertui.ledger.books import Books
from countertui.ledger.custody import Place
from countertui.ledger.ingest import newest_ack
from countertui.sync.batch import MAX_ENVELOPE, batch_hash, parse_batch
from countertui.sync.chain import genesis, record_hash, signed_message
from countertui.sync.dsse import Envelope, parse_envelope, to_bytes
from countertui.sync.ed25519 import verify
from ledger.at_the_desk import ground, hire, rules_are, stepped
from ledger.test_ingest import WATER, acked, asked, put
from ledger.test_posting import balances, charges
from ledger.town import RULES, Till, allocation, line

RELEASE, POST = DeskKind.BATCH_RELEASE, DeskKind.BATCH_POST
REJECT, REOPEN = DeskKind.BATCH_REJECT, DeskKind.BATCH_REOPEN
LIE = {"net": 1_00}


@pytest.fixture
def people(books: Books) -> Books:
    """Two technicians: Dee, and Fay, who also leads."""
    hire(books, "fay", "technician lead")
    return books


def held(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(WATER)
    assert acked(key, till, put(books, key, till, till.seal(totals=LIE))).status == "held"


def states(books: Books) -> list[tuple[object, ...]]:
    return asked(books, "SELECT no, state FROM batch ORDER BY no")


def test_a_held_batch_is_released_by_one_posted_by_another_and_the_later_follow(
    people: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    held(people, key, till)
    till.pay(WATER)
    assert acked(key, till, put(people, key, till, till.seal())).status == "received"
    first = asked(people, "SELECT ack FROM batch WHERE no = 1")
    stepped(people, key, till, RELEASE, 1, "dee", "The seal was cut short; the records are whole.")
    with pytest.raises(NotAllowed, match="took part"):
        stepped(people, key, till, POST, 1, "dee")
    assert states(people) == [(1, "released"), (2, "received")]
    stepped(people, key, till, POST, 1, "fay")
    assert states(people) == [(1, "posted"), (2, "posted")]
    assert asked(people, "SELECT posted_no, cum_net FROM terminal WHERE code = 'T1'") == [(2, 40_00)]
    assert balances(people)["100", "100-1020"] == 40_00
    assert first != asked(people, "SELECT ack FROM batch WHERE no = 1")
    told = newest_ack(people, key, "T1", 1, 2)
    assert told is not None
    assert acked(key, till, Answer(200, told)).status == "posted"
    assert newest_ack(people, key, "T1", 1, 3) is None


def test_a_terminal_offering_it_again_gets_the_newer_answer(people: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(WATER)
    envelope = till.seal(totals=LIE)
    put(people, key, till, envelope)
    stepped(people, key, till, RELEASE, 1, "dee", "Whole")
    assert acked(key, till, put(people, key, till, envelope)).status == "received"
    stepped(people, key, till, POST, 1, "fay")
    ack = acked(key, till, put(people, key, till, envelope))
    assert (ack.status, ack.posted_cents, ack.reasons) == ("posted", 20_00, [])


def test_where_people_post_a_sound_batch_waits_for_two(people: Books, key: Ed25519PrivateKey, till: Till) -> None:
    rules_are(people, rules_to_json(replace(RULES, batches_by_people=True)))
    for _ in range(2):
        till.pay(WATER)
        assert acked(key, till, put(people, key, till, till.seal())).status == "received"
    stepped(people, key, till, RELEASE, 2, "dee")
    with pytest.raises(StepRefusedError, match="Batch 1 of T1 comes first"):
        stepped(people, key, till, POST, 2, "fay")
    stepped(people, key, till, RELEASE, 1, "fay")
    stepped(people, key, till, POST, 1, "dee")
    assert states(people) == [(1, "posted"), (2, "released")]
    stepped(people, key, till, POST, 2, "fay")
    assert balances(people)["100", "100-1020"] == 40_00


def test_a_rejected_batch_is_reopened_and_walks_the_whole_way_again(
    people: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    held(people, key, till)
    stepped(people, key, till, RELEASE, 1, "dee", "Looks right")
    with pytest.raises(StepRefusedError, match="A reason is needed"):
        stepped(people, key, till, REJECT, 1, "fay")
    stepped(people, key, till, REJECT, 1, "fay", "The cash is not there")
    with pytest.raises(StepRefusedError, match="is rejected; that can be done to one that is released"):
        stepped(people, key, till, POST, 1, "fay")
    with pytest.raises(StepRefusedError, match="reopened by two people"):
        stepped(people, key, till, REOPEN, 1, "dee", "It was found")
    for by, second in (("dee", "dee"), ("dee", "ann"), ("bo", "fay"), ("dee", "eli")):
        with pytest.raises(NotAllowed):
            stepped(people, key, till, REOPEN, 1, by, "It was found", second)
    stepped(people, key, till, REOPEN, 1, "dee", "It was found", "bo")
    with pytest.raises(StepRefusedError, match="is reopened"):
        stepped(people, key, till, POST, 1, "fay")
    stepped(people, key, till, RELEASE, 1, "dee", "Counted")
    stepped(people, key, till, POST, 1, "fay")
    assert states(people) == [(1, "posted")]


def test_what_is_unsound_of_it_is_left_out_and_becomes_an_error_item(
    people: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.pay(WATER)
    bad = till.pay(WATER)
    bad["data"]["total_cents"] = 19_00
    till.pay(WATER)
    put(people, key, till, till.resealed([*till.bodies[:1], bad, *till.bodies[2:]]))
    assert states(people) == [(1, "held")]
    stepped(people, key, till, RELEASE, 1, "dee", "Record 2 by correction")
    stepped(people, key, till, POST, 1, "fay")
    assert balances(people)["100", "100-1020"] == 40_00
    assert asked(people, "SELECT seq, reason FROM error_item") == [(2, "unsound-record")]
    assert asked(people, "SELECT receipts, net_cents, error_items FROM batch") == [(2, 40_00, 1)]
    till.pay(WATER)
    assert put(people, key, till, till.seal()).status == 201


@pytest.mark.parametrize("who", ["ann", "bo", "eli", "nobody"])
def test_only_a_technician_releases_and_posts(people: Books, key: Ed25519PrivateKey, till: Till, who: str) -> None:
    held(people, key, till)
    with pytest.raises(NotAllowed):
        stepped(people, key, till, RELEASE, 1, who, "Please")
    stepped(people, key, till, RELEASE, 1, "dee", "Whole")
    with pytest.raises(NotAllowed):
        stepped(people, key, till, POST, 1, who)
    assert states(people) == [(1, "released")]
    assert asked(people, "SELECT count(*) FROM record WHERE kind IN ('batch_release', 'batch_post')") == [(1,)]


def test_the_desk_keeps_a_chained_and_signed_journal(people: Books, key: Ed25519PrivateKey, till: Till) -> None:
    held(people, key, till)
    stepped(people, key, till, RELEASE, 1, "dee", "Whole")
    stepped(people, key, till, POST, 1, "fay")
    public = key.public_key()
    h = genesis(people.ledger, "LEDGER", 1, public.public_bytes_raw())
    rows = asked(
        people,
        "SELECT record.seq, body, h, sig FROM record JOIN desk_signature ON desk_signature.seq = record.seq"
        " WHERE terminal = 'LEDGER' ORDER BY record.seq",
    )
    assert len(rows) == 3  # the first is how fay came
    for seq, body, told, sig in rows:
        h = record_hash(seq, h, bytes(body))  # type: ignore[arg-type]
        assert h == bytes(told)  # type: ignore[arg-type]
        assert verify(public, bytes(sig), signed_message(h))  # type: ignore[arg-type]
    assert asked(people, "SELECT head, last_seq, state FROM terminal WHERE code = 'LEDGER'") == [(h.hex(), 3, "desk")]


def test_no_terminal_may_say_what_only_the_desk_says(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    made = till.record(Kind.LOGIN, {})
    made["kind"] = "correction"
    put(books, key, till, till.resealed([made]))
    assert states(books) == [(1, "held")]
    assert "not known here" in str(asked(books, "SELECT reasons FROM batch"))


def _payload(envelope: Envelope) -> Envelope:
    return replace(envelope, payload=envelope.payload.replace(b'"C1"', b'"C3"').replace(b'"U1"', b'"U2"'))


@pytest.mark.parametrize("noted", ["nothing", "sha256", "all"])
def test_people_post_what_was_signed_or_nothing(people: Books, key: Ed25519PrivateKey, till: Till, noted: str) -> None:
    till.pay(line("U1", allocation("C1", "510-4310", 50_00)))
    put(people, key, till, till.seal(totals=LIE))
    stepped(people, key, till, RELEASE, 1, "dee", "Whole")
    ((sha, data),) = asked(people, "SELECT sha256, bytes FROM inbox")
    forged = _payload(parse_envelope(bytes(data), MAX_ENVELOPE))  # type: ignore[arg-type]
    assert forged.payload != parse_envelope(bytes(data), MAX_ENVELOPE).payload  # type: ignore[arg-type]
    envelope = to_bytes(forged)
    values = {"bytes": envelope, "sha": sha, "new": sha256(envelope).hexdigest()}
    values |= {"hash": batch_hash(forged.payload), "head": hashes_of(parse_batch(forged.payload))[-1].hex()}
    with people.writing() as connection:
        connection.execute(text("UPDATE inbox SET bytes = :bytes WHERE sha256 = :sha"), values)
        if noted != "nothing":
            connection.execute(text("UPDATE inbox SET sha256 = :new WHERE sha256 = :sha"), values)
            connection.execute(text("UPDATE batch SET sha256 = :new"), values)
        if noted == "all":
            connection.execute(text("UPDATE batch SET batch_hash = :hash, head = :head"), values)
    with pytest.raises(KeptBatchAlteredError, match="not what was taken into custody"):
        stepped(people, key, till, POST, 1, "fay")
    assert states(people) == [(1, "released")]
    assert charges(people)["C3"] == 70_00


def test_people_post_the_batch_that_was_released(people: Books, key: Ed25519PrivateKey, till: Till) -> None:
    held(people, key, till)
    with ground(people, key) as here, pytest.raises(KeptBatchAlteredError):
        kept_batch(here, Place("T1", 1, 1, "0" * 64))


def test_who_released_a_batch_once_never_posts_it(people: Books, key: Ed25519PrivateKey, till: Till) -> None:
    held(people, key, till)
    stepped(people, key, till, RELEASE, 1, "dee", "Whole")
    stepped(people, key, till, REJECT, 1, "dee", "No")
    stepped(people, key, till, REOPEN, 1, "dee", "Again", "bo")
    stepped(people, key, till, RELEASE, 1, "fay", "Whole")
    for nobody in ("dee", "fay"):
        with pytest.raises(NotAllowed, match="took part"):
            stepped(people, key, till, POST, 1, nobody)
    hire(people, "gil", "technician")
    stepped(people, key, till, POST, 1, "gil")
    assert states(people) == [(1, "posted")]


@pytest.mark.parametrize(("by", "second"), [("ann", "bo"), ("dee", "ann")])
def test_who_took_a_batchs_money_does_not_reopen_it(
    people: Books, key: Ed25519PrivateKey, till: Till, by: str, second: str
) -> None:
    with people.writing() as connection:
        connection.execute(text("UPDATE operator SET roles = 'cashier technician' WHERE id = 'ann'"))
    held(people, key, till)
    stepped(people, key, till, REJECT, 1, "dee", "The cash is not there")
    with pytest.raises(NotAllowed, match="took part"):
        stepped(people, key, till, REOPEN, 1, by, "It was found", second)
    assert states(people) == [(1, "rejected")]


@pytest.mark.parametrize("kind", [RELEASE, POST])
def test_who_took_a_batchs_money_neither_releases_nor_posts_it(
    people: Books, key: Ed25519PrivateKey, till: Till, kind: DeskKind
) -> None:
    with people.writing() as connection:
        connection.execute(text("UPDATE operator SET roles = 'cashier technician' WHERE id = 'ann'"))
    held(people, key, till)
    if kind == POST:
        stepped(people, key, till, RELEASE, 1, "dee", "Whole")
    before = states(people)
    with pytest.raises(NotAllowed, match="took part"):
        stepped(people, key, till, kind, 1, "ann", "Mine")
    assert states(people) == before
    stepped(people, key, till, REJECT, 1, "ann", "It is mine, and wrong")
