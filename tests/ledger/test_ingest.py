"""What the ledger answers to a batch: rows 7 to 9, 11 to 13, 16, 17 and 19 of the failure matrix, its part of them."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.records import Kind
from countertui.ledger import custody
from countertui.ledger import ingest as module
from countertui.ledger.answers import Answer
from countertui.ledger.books import Books
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import revoke
from countertui.sync.ack import Ack, open_ack
from countertui.sync.batch import MAX_ENVELOPE
from countertui.sync.dsse import ACK, parse_envelope
from ledger.town import LEDGER, NOW, Till, allocation, line

WATER = line("U1", allocation("C1", "510-4310", 20_00))
LATER = "2026-11-24T18:00:00+00:00"


def put(
    books: Books, key: Ed25519PrivateKey, till: Till, envelope: bytes, no: int | None = None, now: str = NOW
) -> Answer:
    return ingest(books, key, envelope, till.identity.terminal, till.identity.epoch, no or till.batch_no, now)


def acked(key: Ed25519PrivateKey, till: Till, answer: Answer, hash_: str | None = None, no: int | None = None) -> Ack:
    return open_ack(
        answer.body,
        key.public_key(),
        ledger=LEDGER,
        terminal=till.identity.terminal,
        epoch=till.identity.epoch,
        batch_no=no or till.batch_no,
        batch_hash=hash_ or till.batch_hash,
    )


def asked(books: Books, sql: str) -> list[tuple[Any, ...]]:
    with books.reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def test_a_batch_is_posted_and_acked(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(WATER)
    envelope = till.seal()
    answer = put(books, key, till, envelope)
    ack = acked(key, till, answer)
    assert answer.status == 201
    assert (ack.status, ack.posted_cents, ack.difference_cents, ack.reasons) == ("posted", 20_00, 0, [])
    assert asked(books, "SELECT bytes, verdict FROM inbox") == [(envelope, "posted")]
    assert asked(books, "SELECT state, receipts, net_cents FROM batch") == [("posted", 1, 20_00)]
    assert asked(books, "SELECT balance_cents FROM charge WHERE id = 'C1'") == [(30_00,)]


def test_07_the_same_again_gets_the_same_ack_and_posts_once(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(WATER)
    envelope = till.seal()
    first = put(books, key, till, envelope)
    before = asked(books, "SELECT * FROM gl_line")
    for _ in range(3):
        again = put(books, key, till, envelope, now=LATER)
        assert (again.status, again.body) == (200, first.body)
    assert asked(books, "SELECT * FROM gl_line") == before
    assert asked(books, "SELECT verdict FROM inbox") == [("posted",)]


def test_07_eight_at_once_post_once(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    for _ in range(30):
        till.pay(line("U1", allocation("C1", "510-4310", 10)))
    envelope = till.seal()
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(put(books, key, till, envelope))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [200] * 7 + [201]
    assert len({answer.body for answer in answers}) == 1
    assert asked(books, "SELECT balance_cents FROM charge WHERE id = 'C1'") == [(47_00,)]


def test_08_a_gap_says_what_is_here(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(WATER)
    one = till.seal()
    till.pay(WATER)
    two = till.seal()
    early = put(books, key, till, two)
    assert early.status == 409
    assert json.loads(early.body) == {"have_no": 0, "head": till.recorder.genesis.hex()}
    assert put(books, key, till, one, no=1).status == 201
    assert put(books, key, till, two).status == 201
    assert asked(books, "SELECT posted_no, posted_seq, cum_net FROM terminal") == [(2, 4, 40_00)]


def test_08_the_missing_batch_may_come_just_in_time(
    books: Books, key: Ed25519PrivateKey, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.pay(WATER)
    one = till.seal()
    till.pay(WATER)
    two = till.seal()
    real = module.batch_hash

    def meanwhile(payload: bytes) -> str:
        monkeypatch.setattr(module, "batch_hash", real)
        assert put(books, key, till, one, no=1).status == 201
        return real(payload)

    monkeypatch.setattr(module, "batch_hash", meanwhile)
    assert put(books, key, till, two).status == 201
    assert asked(books, "SELECT no, state FROM batch") == [(1, "posted"), (2, "posted")]


def test_09_a_fork_is_kept_held_and_freezes_the_terminal(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    twin = Till(books)
    till.pay(WATER)
    assert put(books, key, till, till.seal()).status == 201
    twin.pay(line("U2", allocation("C3", "510-4310", 1_00)))
    envelope = twin.seal()
    fork = put(books, key, twin, envelope)
    assert fork.status == 202
    assert acked(key, twin, fork).status == "held"
    assert put(books, key, twin, envelope, now=LATER).body == fork.body
    assert asked(books, "SELECT state FROM terminal") == [("frozen",)]
    till.pay(WATER)
    frozen = put(books, key, till, till.seal())
    assert frozen.status == 202
    assert "frozen" in acked(key, till, frozen).reasons[0]
    assert asked(books, "SELECT no, state FROM batch") == [(1, "posted")]
    assert asked(books, "SELECT verdict FROM inbox ORDER BY verdict") == [("fork",), ("frozen",), ("posted",)]


def test_11_a_record_posted_before_holds_the_batch(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(WATER)
    assert put(books, key, till, till.seal()).status == 201
    till.pay(WATER, id=taken["id"])
    answer = put(books, key, till, till.seal())
    assert answer.status == 202
    assert "already" in acked(key, till, answer).reasons[0]
    assert asked(books, "SELECT count(*) FROM gl_line") == asked(books, "SELECT count(*) FROM gl_line WHERE entry = 1")
    assert asked(books, "SELECT balance_cents FROM charge WHERE id = 'C1'") == [(30_00,)]


def test_12_altered_bytes_are_kept_and_never_posted(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(WATER)
    envelope = till.seal()
    payload = parse_envelope(envelope, MAX_ENVELOPE).payload
    stranger = Till(books, code="T9")
    statuses = {
        "altered": put(
            books, key, till, envelope[:200] + (b"A" if envelope[200:201] != b"A" else b"B") + envelope[201:]
        ),
        "wrong type": put(books, key, till, till.enveloped(payload, ACK)),
        "cut short": put(books, key, till, envelope[:-40]),
        "not a batch": put(books, key, till, till.enveloped(b"{}")),
        "unknown terminal": put(books, key, stranger, envelope, no=1),
        "empty": put(books, key, till, b""),
    }
    assert {name: answer.status for name, answer in statuses.items()} == {
        "altered": 401,
        "wrong type": 422,
        "cut short": 422,
        "not a batch": 422,
        "unknown terminal": 401,
        "empty": 422,
    }
    assert all(json.loads(answer.body)["reason"] for answer in statuses.values())
    assert asked(books, "SELECT count(*) FROM inbox") == [(6,)]
    assert asked(books, "SELECT count(*) FROM record") == [(0,)]
    assert put(books, key, till, envelope).status == 201


def test_12_a_batch_re_signed_over_an_altered_record_is_held(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(WATER)
    payload = parse_envelope(till.seal(), MAX_ENVELOPE).payload
    altered = payload.replace(b'"payor":"Somebody"', b'"payor":"Some1body"')
    assert altered != payload
    answer = put(books, key, till, till.enveloped(altered))
    assert answer.status == 202
    assert asked(books, "SELECT verdict FROM inbox") == [("chain",)]
    assert asked(books, "SELECT batch_no FROM terminal") == [(0,)]
    assert put(books, key, till, till.enveloped(payload)).status == 201


def test_13_a_revoked_key_is_believed_up_to_its_last_good_record_and_no_further(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.pay(WATER)
    first = till.seal()
    assert put(books, key, till, first).status == 201
    till.pay(WATER)
    before = till.seal()
    with books.writing() as connection:
        revoke(connection, books, key, "T1", 1, till.seq, "Stolen", ("eli", "fay"), NOW)
    assert put(books, key, till, before).status == 201
    assert put(books, key, till, first, no=1).status == 200
    till.pay(WATER)
    after = till.seal()
    answer = put(books, key, till, after)
    assert answer.status == 202
    assert "revoked" in acked(key, till, answer).reasons[0]
    assert put(books, key, till, after).body == answer.body
    assert asked(books, "SELECT verdict FROM inbox ORDER BY verdict") == [("posted",), ("posted",), ("revoked",)]
    assert asked(books, "SELECT batch_no, last_seq FROM terminal") == [(2, 4)]


def test_13_a_batch_that_reaches_past_the_last_good_record_is_kept_for_people_to_judge(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.pay(WATER)
    with books.writing() as connection:
        revoke(connection, books, key, "T1", 1, till.seq, "Stolen", ("eli", "fay"), NOW)
    answer = put(books, key, till, till.seal())
    assert answer.status == 202
    assert "revoked after record 1: records 2 to 2" in acked(key, till, answer).reasons[0]
    assert asked(books, "SELECT state FROM batch") == [("held",)]
    assert asked(books, "SELECT posted_no FROM terminal") == [(0,)]


def test_16_killed_half_way_nothing_is_there_and_the_retry_is_new(
    books: Books, key: Ed25519PrivateKey, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.pay(WATER)
    envelope = till.seal()

    def killed(*_: object, **__: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(custody, "ack_payload", killed)
        with pytest.raises(KeyboardInterrupt):
            put(books, key, till, envelope)
    assert asked(books, "SELECT verdict FROM inbox") == [("stored",)]
    for table in ("record", "entry", "gl_line", "gl_balance", "batch", "day"):
        assert asked(books, f"SELECT count(*) FROM {table}") == [(0,)]
    assert put(books, key, till, envelope).status == 201


def test_17_another_ledgers_batch_is_refused(books: Books, key: Ed25519PrivateKey) -> None:
    for other in ("DEMO-ELSEWHERE", "littleton"):
        till = Till(books, code=f"T{len(other)}", ledger=other).registered(books)
        till.pay(WATER)
        answer = put(books, key, till, till.seal())
        assert answer.status == 422
        assert other in json.loads(answer.body)["reason"]


def test_17_an_address_that_is_not_the_batchs(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(WATER)
    envelope = till.seal()
    assert put(books, key, till, envelope, no=2).status == 422
    Till(books, epoch=2).registered(books)
    assert ingest(books, key, envelope, "T1", 2, 1, NOW).status == 401
    assert put(books, key, till, envelope).status == 201


def test_too_large_is_not_even_kept(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    assert put(books, key, till, bytes(MAX_ENVELOPE + 1), no=1).status == 413
    assert asked(books, "SELECT count(*) FROM inbox") == [(0,)]


@pytest.mark.parametrize(
    ("lie", "about"),
    [
        ({"net": 21_00}, "net"),
        ({"cum_net": 1}, "cum_net"),
        ({"receipts": 2}, "receipts"),
        ({"gl": {"510-4310": 19_00, "100-4110": 1_00}}, "gl"),
        ({"tenders": {}}, "tenders"),
        ({"more": 1}, "more"),
    ],
)
def test_19_totals_are_re_derived_never_trusted(
    books: Books, key: Ed25519PrivateKey, till: Till, lie: dict[str, Any], about: str
) -> None:
    till.pay(WATER)
    truth = {
        "count": 2,
        "receipts": 1,
        "tenders": {
            kind: {"count": int(kind == "cash"), "cents": 20_00 * (kind == "cash")}
            for kind in ("cash", "check", "card", "money_order")
        },
        "gl": {"510-4310": 20_00},
        "net": 20_00,
        "abs": 20_00,
        "cum_net": 20_00,
        "cum_abs": 20_00,
    }
    answer = put(books, key, till, till.seal(totals=truth | lie))
    ack = acked(key, till, answer)
    assert (answer.status, ack.status, ack.posted_cents) == (202, "held", 0)
    assert f"Totals, {about}" in ack.reasons[0]
    assert ack.difference_cents == 20_00 - (truth | lie)["net"]
    assert asked(books, "SELECT count(*) FROM gl_line") == [(0,)]
    assert asked(books, "SELECT state FROM batch") == [("held",)]
    till.pay(WATER)
    after = put(books, key, till, till.seal())
    assert after.status == 202
    assert acked(key, till, after).status == "received"
    assert "earlier batch waits to be posted: batch 1" in acked(key, till, after).reasons[0]
    assert asked(books, "SELECT batch_no, posted_no, posted_seq FROM terminal") == [(2, 0, 0)]


def broken(till: Till, **changes: Any) -> dict[str, Any]:
    made = till.pay(WATER)
    data = {**made["data"], **changes}
    till.records.pop()
    till.bodies.pop()
    till.seq, till.receipts = till.seq - 1, till.receipts - 1
    till.cum_net, till.cum_abs = till.cum_net - 20_00, till.cum_abs - 20_00
    till.prev = till.head_before
    return till.record(Kind.PAY, data, net=20_00)


@pytest.mark.parametrize(
    "changes",
    [
        {"total_cents": 21_00},
        {"change_cents": 1},
        {"change_cents": -1},
        {"tenders": [{"kind": "cash", "cents": 19_99, "reference": ""}]},
        {"tenders": [{"kind": "shells", "cents": 20_00, "reference": ""}]},
        {"tenders": [{"kind": "check", "cents": 25_00, "reference": "1"}], "change_cents": 5_00},
        {"lines": [line("U1", allocation("C1", "510-4310", 30_00), allocation("C2", "100-4110", -10_00))]},
        {"lines": [line("U1", allocation("C1", "510-4310", 20_00)) | {"cents": 10_00}]},
        {"lines": []},
        {"lines": "all"},
        {"payor": None},
    ],
)
def test_19_a_record_whose_amounts_do_not_add_up_holds_the_batch(
    books: Books, key: Ed25519PrivateKey, till: Till, changes: dict[str, Any]
) -> None:
    broken(till, **changes)
    answer = put(books, key, till, till.seal(totals={"net": 20_00}))
    assert answer.status == 202
    assert acked(key, till, answer).reasons[0].startswith("Record 1 (pay): ")
    assert asked(books, "SELECT count(*) FROM gl_line") == [(0,)]


@pytest.mark.parametrize(
    "head",
    [
        {"cum_net": 1},
        {"cum_abs": 1},
        {"receipt_no": "T2-1"},
        {"receipt_no": "T1-01"},
        {"receipt_no": None},
        {"biz_date": "2026-13-01"},
        {"kind": "gift"},
        {"kind": None},
        {"operator": 7},
        {"session": None},
    ],
)
def test_19_a_record_with_a_wrong_head_holds_the_batch(
    books: Books, key: Ed25519PrivateKey, till: Till, head: dict[str, Any]
) -> None:
    till.pay(WATER, **head)
    answer = put(books, key, till, till.seal(totals={"net": 20_00}))
    assert answer.status == 202
    assert "Record 1" in acked(key, till, answer).reasons[0]


def test_19_receipt_numbers_have_no_gap(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(WATER)
    assert put(books, key, till, till.seal()).status == 201
    till.receipts += 1
    till.pay(WATER)
    answer = put(books, key, till, till.seal())
    assert "not the one after T1-1" in acked(key, till, answer).reasons[0]


def test_19_a_batch_must_end_with_its_one_seal(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(WATER)
    answer = put(books, key, till, till.seal(first_seq=7))
    assert "seal and the batch around it differ" in acked(key, till, answer).reasons[0]


def test_a_ledger_without_its_citys_rules_holds_what_it_gets(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    with books.writing() as connection:
        connection.exec_driver_sql("UPDATE city SET value = '{}' WHERE key = 'rules'")
    till.pay(WATER)
    answer = put(books, key, till, till.seal())
    assert "no rules of its city" in acked(key, till, answer).reasons[0]


@pytest.mark.parametrize("where", ["payor", "kind", "id", "operator", "session", "terminal"])
def test_a_zero_character_holds_the_batch_on_every_engine(
    books: Books, key: Ed25519PrivateKey, till: Till, where: str
) -> None:
    till.pay(WATER)
    (body,) = till.bodies
    (body["data"] if where == "payor" else body)[where] = "A\0B"
    envelope = till.resealed([body])
    answer = put(books, key, till, envelope)
    assert answer.status == 202
    assert put(books, key, till, envelope).body == answer.body
    assert asked(books, "SELECT count(*) FROM entry") == [(0,)]


def test_a_backslash_before_a_u_is_no_zero_character(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(WATER)
    (body,) = till.bodies
    body["data"]["payor"] = "A\\u0000B"
    assert put(books, key, till, till.resealed([body])).status == 201
