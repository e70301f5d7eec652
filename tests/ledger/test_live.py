"""Records and heads between batches: kept as witnesses, and every fork or rollback noticed."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ledger.alarms import NoSuchAlarmError, mark_seen, open_alarms
from countertui.ledger.answers import HELD, NEW
from countertui.ledger.books import Books
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import unfreeze
from countertui.ledger.live import forget_witnessed, hear_head, hear_records
from countertui.ledger.status import as_lines, status
from countertui.sync.canonical import canonical
from countertui.sync.chain import head_message, signed_message
from countertui.sync.live import LiveAnswer, head_body, open_answer, record_lines
from ledger.town import LEDGER, NOW, Till, allocation, line

COPIES = line(None, allocation(None, "100-4410", 25))


def twin(till: Till) -> Till:
    """The same terminal again, from the same point, on another device."""
    other = Till.__new__(Till)
    other.__dict__.update(till.__dict__)
    other.records, other.bodies, other.all = list(till.records), list(till.bodies), dict(till.all)
    return other


def streamed(books: Books, key: Ed25519PrivateKey, till: Till, lines: bytes | None = None) -> tuple[int, LiveAnswer]:
    said = hear_records(books, key, "T1", 1, record_lines(till.records) if lines is None else lines, NOW)
    return said.status, open_answer(said.body, key.public_key(), ledger=LEDGER, terminal="T1", epoch=1)


def told(books: Books, key: Ed25519PrivateKey, till: Till, known: int, seq: int, h: bytes) -> LiveAnswer:
    sig = till.key.sign(head_message(LEDGER, "T1", 1, known, seq, h))
    said = hear_head(books, key, "T1", 1, head_body(known, seq, h, sig), NOW)
    assert said.status == 200, said.body
    return open_answer(said.body, key.public_key(), ledger=LEDGER, terminal="T1", epoch=1)


def alarms(books: Books) -> list[tuple[str, str, int | None]]:
    with books.reading() as connection:
        return [(each.kind, each.terminal, each.seq) for each in open_alarms(connection)]


def test_live_records_are_witnessed_never_posted_and_dropped_with_their_batch(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.pay(COPIES)
    till.pay(COPIES)
    assert streamed(books, key, till)[1].have_seq == 2
    found = status(books)["terminals"][0]
    assert (found["unsealed_records"], found["unsealed_cents"], found["receipts"]) == (2, 50, 0)
    assert status(books)["days"] == []
    assert streamed(books, key, till)[1].have_seq == 2, "the same again changes nothing"
    assert ingest(books, key, till.seal(), "T1", 1, 1, NOW).status == NEW
    found = status(books)["terminals"][0]
    assert (found["unsealed_records"], found["unsealed_cents"], found["receipts"]) == (0, 0, 2)
    assert alarms(books) == []
    till.pay(COPIES)
    assert streamed(books, key, till)[1].have_seq == 4


@pytest.mark.parametrize("what", ["altered", "signature", "gap", "other"])
def test_what_does_not_follow_is_not_kept(books: Books, key: Ed25519PrivateKey, till: Till, what: str) -> None:
    till.pay(COPIES)
    till.pay(COPIES)
    body, sig = till.records[0]
    lines = {
        "altered": record_lines([(body.replace(b"Somebody", b"Somebodz"), sig)]),
        "signature": record_lines([(body, bytes(64))]),
        "gap": record_lines(till.records[1:]),
        "other": record_lines([(canonical(json.loads(body) | {"terminal": "T2"}), sig)]),
    }[what]
    code, answer = streamed(books, key, till, lines)
    assert (code, answer.have_seq, answer.state) == (409, 0, "active")
    assert alarms(books) == []


@pytest.mark.parametrize("data", [b"{}\n", b'{"body":{},"sig":"' + b"A" * 88 + b'"}', b"\xff", b'{"body":{'])
def test_lines_that_are_no_records_are_malformed(books: Books, key: Ed25519PrivateKey, till: Till, data: bytes) -> None:
    assert hear_records(books, key, "T1", 1, data, NOW).status in (409, 422)
    assert hear_records(books, key, "T9", 1, b"", NOW).status == 401
    assert hear_head(books, key, "T1", 1, data, NOW).status == 422


def test_09_another_record_at_a_witnessed_place(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    other = twin(till)
    till.pay(COPIES)
    streamed(books, key, till)
    other.pay(COPIES, COPIES)
    answer = ingest(books, key, other.seal(), "T1", 1, 1, NOW)
    assert answer.status == HELD
    assert alarms(books) == [("fork", "T1", 1)]
    assert status(books)["terminals"][0]["state"] == "frozen"
    assert status(books)["inbox"] == {"fork": 1}


def test_10_two_devices_with_one_key_are_noticed_at_the_first_record(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    other = twin(till)
    till.pay(COPIES)
    streamed(books, key, till)
    other.pay(COPIES, COPIES)
    assert streamed(books, key, other)[1].state == "frozen"
    assert alarms(books) == [("fork", "T1", 1)]


def test_a_terminal_that_people_unfroze_is_judged_by_its_batches_again(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    other = twin(till)
    other.pay(COPIES, COPIES)
    streamed(books, key, other)
    till.pay(COPIES)
    assert streamed(books, key, till)[1].state == "frozen", "whose was first here is not known"
    with books.writing() as connection:
        unfreeze(connection, books, key, "T1", 1, "The other device is destroyed", ("eli", "bo"), NOW)
        forget_witnessed(connection, "T1", 1)
    assert streamed(books, key, till)[1].have_seq == 1
    assert ingest(books, key, till.seal(), "T1", 1, 1, NOW).status == NEW


def test_10_a_clones_head_at_the_same_place(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    other = twin(till)
    till.pay(COPIES)
    assert told(books, key, till, 0, 1, till.prev).known_seq == 1
    other.pay(COPIES, COPIES)
    assert told(books, key, other, 0, 1, other.prev).state == "frozen"
    assert alarms(books) == [("fork", "T1", 1)]


def test_05_a_lower_head_is_a_rollback_but_an_old_head_repeated_is_not(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.pay(COPIES)
    first = till.prev
    told(books, key, till, 0, 1, first)
    till.pay(COPIES)
    told(books, key, till, 1, 2, till.prev)
    assert told(books, key, till, 0, 1, first).state == "active", "the network repeated an old one"
    assert alarms(books) == []
    assert told(books, key, till, 2, 1, first).state == "frozen", "it knew of 2 and ends at 1"
    assert alarms(books) == [("rollback", "T1", 1)]


def test_a_head_that_somebody_else_signed_freezes_nobody(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(COPIES)
    sig = Ed25519PrivateKey.generate().sign(head_message(LEDGER, "T1", 1, 0, 1, till.prev))
    assert hear_head(books, key, "T1", 1, head_body(0, 1, till.prev, sig), NOW).status == 401
    sig = till.key.sign(signed_message(till.prev))
    assert hear_head(books, key, "T1", 1, head_body(0, 1, till.prev, sig), NOW).status == 401


def test_an_alarm_stays_until_a_person_saw_it_and_is_raised_once(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    other = twin(till)
    till.pay(COPIES)
    streamed(books, key, till)
    other.pay(COPIES, COPIES)
    envelope = other.seal()
    for _ in range(2):
        assert ingest(books, key, envelope, "T1", 1, 1, NOW).status == HELD
    (one,) = status(books)["alarms"]
    assert any(text.startswith(f"  ALARM {one['id']} ") for text in as_lines(status(books)))
    with books.writing() as connection:
        mark_seen(connection, one["id"], "dee", NOW)
    assert status(books)["alarms"] == []
    with books.writing() as connection, pytest.raises(NoSuchAlarmError):
        mark_seen(connection, one["id"], "dee", NOW)


def test_a_terminal_that_is_silent_for_a_day_is_told(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(COPIES)
    streamed(books, key, till)
    assert status(books, "2026-11-24T17:00:00+00:00")["terminals"][0]["silent_hours"] is None
    assert status(books, "2026-11-24T20:00:00+00:00")["terminals"][0]["silent_hours"] == 26
