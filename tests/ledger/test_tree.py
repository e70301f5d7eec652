"""The ledger's log: tiles against a naive tree, checkpoints that are never untrue, and what fsck makes of damage."""

from __future__ import annotations

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from countertui.domain.desk_records import DESK
from countertui.domain.records import Kind
from countertui.forms import read_as
from countertui.ledger import tables, tree
from countertui.ledger.answers import HELD, NEW, NOT_NOW, SAME
from countertui.ledger.books import Books
from countertui.ledger.ingest import ingest
from countertui.ledger.server import app
from countertui.ledger.status import as_lines, status
from countertui.sync.ack import Ack
from countertui.sync.canonical import parse_strict
from countertui.sync.dsse import parse_envelope
from countertui.sync.keyslots import Secrets
from countertui.sync.merkle import check_consistency, check_inclusion, leaf_hash, tree_root
from countertui.sync.notes import hashes_of, open_checkpoint, origin_of, read_proof
from ledger.town import NOW, Till, allocation, line
from merkle_tree import nodes_of


def hashes(first: int, count: int) -> list[bytes]:
    return [sha256(b"%d" % n).digest() for n in range(first, first + count)]


def root_of(leaves: list[bytes]) -> bytes:
    return tree_root(nodes_of([leaf_hash(h) for h in leaves]), len(leaves))


def ack_of(body: bytes) -> Ack:
    return read_as(Ack, parse_strict(parse_envelope(body, 10**6).payload))


def a_batch(till: Till, receipts: int = 1) -> bytes:
    for _ in range(receipts):
        till.pay(line(None, allocation(None, "100-4410", 25)))
    return till.seal()


def offer(books: Books, key: Ed25519PrivateKey, till: Till, envelope: bytes) -> tuple[int, Ack]:
    answer = ingest(books, key, envelope, till.identity.terminal, till.identity.epoch, till.batch_no, NOW)
    return answer.status, ack_of(answer.body)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 700), min_size=1, max_size=6))
def test_tiles_make_the_same_roots_and_proofs_as_a_naive_tree(books: Books, counts: list[int]) -> None:
    with books.writing() as connection:
        connection.execute(delete(tables.log_tile))
        leaves: list[bytes] = []
        sizes = []
        for count in counts:
            added = hashes(len(leaves), count)
            assert tree.append(connection, added) == len(leaves)
            leaves += added
            sizes.append(len(leaves))
        assert tree.size_of(connection) == len(leaves)
        nodes = tree.Tiles(connection).node
        root = root_of(leaves)
        for size in sizes:
            assert tree_root(nodes, size) == root_of(leaves[:size])
            proof = tree.consistency(connection, size, len(leaves))
            check_consistency(size, len(leaves), root_of(leaves[:size]), root, proof)
            index = size * 7919 % len(leaves)
            check_inclusion(
                leaf_hash(leaves[index]), index, len(leaves), tree.inclusion(connection, index, len(leaves)), root
            )
        with pytest.raises(ValueError, match="has no"):
            tree.consistency(connection, 1, len(leaves) + 1)


@pytest.mark.parametrize("counts", [(256, 1), (255, 1, 1), (512, 300), (1, 255, 256, 1)])
def test_a_full_tile_is_never_written_again(books: Books, counts: tuple[int, ...]) -> None:
    leaves: list[bytes] = []
    with books.writing() as connection:
        for count in counts:
            added = hashes(len(leaves), count)
            assert tree.append(connection, added) == len(leaves)
            leaves += added
            assert tree_root(tree.Tiles(connection).node, len(leaves)) == root_of(leaves)


def test_a_log_of_more_than_65536_entries_has_three_levels_of_tiles(books: Books) -> None:
    leaves = hashes(0, 66_000)
    with books.writing() as connection:
        tree.append(connection, leaves)
        assert tree_root(tree.Tiles(connection).node, len(leaves)) == root_of(leaves)
        assert tree.append(connection, hashes(66_000, 1)) == 66_000
        assert connection.execute(select(func.max(tables.log_tile.c.level))).scalar() == 2


def test_a_running_root_is_the_root() -> None:
    running, leaves = tree.RunningRoot(), hashes(0, 70)
    for n, h in enumerate(leaves):
        assert running.root() == root_of(leaves[:n])
        running.add(leaf_hash(h))
    assert running.root() == root_of(leaves)


def test_every_ack_holds_a_checkpoint_with_its_batch_and_extends_the_one_before(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    other = Till(books, "T2").registered(books)
    acks = []
    for each, count in ((till, 2), (other, 300), (till, 1), (till, 3)):
        status, ack = offer(books, key, each, a_batch(each, count))
        assert status == NEW
        acks.append(ack)
    assert [ack.leaf_index for ack in acks] == [0, 3, 304, 306]
    points = [open_checkpoint(ack.checkpoint or "", origin_of(books.ledger), key.public_key()) for ack in acks]
    assert [point.size for point in points] == [3, 304, 306, 310]
    assert [ack.extends for ack in acks[:2]] == [None, None]
    for before, after in ((0, 2), (2, 3)):
        extends = acks[after].extends
        assert extends is not None
        old, new = points[before], points[after]
        assert extends.size == old.size
        check_consistency(old.size, new.size, old.root, new.root, hashes_of(extends.proof))
    with books.reading() as connection:
        assert tree.problems(connection) == []


def test_the_same_batch_again_adds_nothing_and_gets_the_same_checkpoint(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    envelope = a_batch(till)
    _, first = offer(books, key, till, envelope)
    status, again = offer(books, key, till, envelope)
    assert (status, again) == (SAME, first)
    with books.reading() as connection:
        assert tree.size_of(connection) == 2


def test_a_held_batch_is_in_the_log_too(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(line(None, allocation(None, "100-4410", 25)))
    status, ack = offer(books, key, till, till.seal({"net": 1}))
    assert (status, ack.leaf_index) == (HELD, 0)
    with books.reading() as connection:
        assert tree.size_of(connection) == 2
        assert tree.problems(connection) == []


def test_no_checkpoint_is_signed_once_the_tree_forgot_one(
    books: Books, key: Ed25519PrivateKey, till: Till, caplog: pytest.LogCaptureFixture
) -> None:
    offer(books, key, till, a_batch(till))
    with books.writing() as connection:
        connection.execute(update(tables.log_tile).values(hashes=b"x" * 64))
    envelope = a_batch(till)
    answer = ingest(books, key, envelope, "T1", 1, 2, NOW)
    assert answer.status == NOT_NOW
    assert "does not begin with the 2 entries it has vouched for" in caplog.text
    assert "INBOX 1 log" in "\n".join(as_lines(status(books)))
    with books.reading() as connection:
        assert connection.execute(select(func.count()).select_from(tables.batch)).scalar() == 1
        assert tree.size_of(connection) == 2
        kept = connection.execute(select(tables.inbox.c.verdict, tables.inbox.c.bytes).where(tables.inbox.c.no == 2))
        assert [(row.verdict, bytes(row.bytes)) for row in kept] == [("log", envelope)]
        assert any("entry 0" in problem for problem in tree.problems(connection))


def test_no_checkpoint_is_signed_by_a_log_shorter_than_it_was(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    offer(books, key, till, a_batch(till, 3))
    with books.writing() as connection:
        connection.execute(delete(tables.log_tile))
        tree.append(connection, hashes(0, 1))
        with pytest.raises(tree.LogBrokenError, match="4 entries"):
            tree.checkpoint(connection, key, books.ledger, NOW)


def test_problems_names_every_kind_of_damage(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    for count in (2, 4):
        offer(books, key, till, a_batch(till, count))

    def after(statement: object) -> list[str]:
        with books.engine.connect() as connection:
            connection.execute(statement)  # type: ignore[call-overload]
            found = tree.problems(connection)
            connection.rollback()
        return found

    record, point, batch = tables.record, tables.checkpoint, tables.batch
    assert after(select(record.c.seq)) == []
    assert "not all there" in after(delete(record).where(record.c.seq == 3))[0]
    assert "another than its record" in after(update(record).where(record.c.seq == 3).values(h=b"y" * 32))[0]
    assert "not true" in after(update(point).where(point.c.size == 3).values(note="a\n3\nb\n"))[0]
    assert "which are not there" in after(update(point).where(point.c.size == 3).values(size=99))[0]
    assert "are not at entry" in after(update(batch).where(batch.c.no == 2).values(first_leaf=5))[0]
    assert "8 entries, the records are 3" in " ".join(after(delete(batch).where(batch.c.no == 2)))


def test_the_desks_records_stand_between_the_batches(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    def desk(seq: int) -> None:
        h = sha256(b"desk %d" % seq).digest()
        with books.writing() as connection:
            values = {
                "terminal": DESK,
                "epoch": 1,
                "seq": seq,
                "id": f"d{seq}",
                "kind": "x",
                "h": h,
                "body": b"{}",
            }
            connection.execute(tables.record.insert().values(**values))
            tree.append(connection, [h])
            tree.checkpoint(connection, key, books.ledger, NOW)

    desk(1)
    offer(books, key, till, a_batch(till))
    desk(2)
    desk(3)
    offer(books, key, till, a_batch(till))
    with books.reading() as connection:
        assert tree.size_of(connection) == 7
        assert tree.problems(connection) == []


def test_proofs_over_http_hold(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    api = TestClient(app(books, Secrets(key, bytes(32), bytes(32)), lambda: NOW))
    assert api.get("/v1/log/checkpoint").status_code == 404
    first = a_batch(till)
    taken = till.pay(line(None, allocation(None, "100-4410", 25)))
    offer(books, key, till, first)
    _, ack = offer(books, key, till, a_batch(till, 4))
    origin, public = origin_of(books.ledger), key.public_key()
    note = api.get("/v1/log/checkpoint").text
    assert note == ack.checkpoint
    point = open_checkpoint(note, origin, public)
    said = api.get("/v1/log/consistency", params={"from": 2, "to": point.size}).json()
    with books.reading() as connection:
        old_root = tree_root(tree.Tiles(connection).node, 2)
    check_consistency(2, point.size, old_root, point.root, hashes_of(said["proof"]))
    assert api.get("/v1/log/consistency", params={"from": 2, "to": point.size + 1}).status_code == 409
    assert api.get("/v1/log/consistency", params={"from": 3, "to": 2}).status_code == 409
    assert api.get("/v1/log/consistency", params={"from": 0, "to": 2}).status_code == 422

    proof = read_proof(api.get("/v1/log/proof", params={"terminal": "T1", "epoch": 1, "seq": taken["seq"]}).text)
    at = open_checkpoint(proof.checkpoint, origin, public)
    h = till.all[taken["id"]][1]
    check_inclusion(leaf_hash(h), proof.index, at.size, proof.hashes, at.root)
    assert api.get("/v1/log/proof", params={"terminal": "T1", "epoch": 1, "seq": 99}).status_code == 404
    assert api.get("/v1/log/proof", params={"terminal": "T9", "epoch": 1, "seq": 1}).status_code == 404


def test_a_claim_says_how_a_receipt_stands_to_whoever_knows_its_hash(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    api = TestClient(app(books, Secrets(key, bytes(32), bytes(32)), lambda: NOW))
    good = till.pay(line("U1", allocation("C1", "510-4310", 20_00)))
    bad = till.pay(line(None, allocation(None, "100-4410", 25)))
    till.void(bad, till.ask(Kind.VOID_REQUEST, bad)["seq"])
    offer(books, key, till, till.seal())

    def claim(taken: dict, h: bytes | None = None) -> object:
        hash_ = (h or till.all[taken["id"]][1]).hex()
        return api.get(f"/v1/claims/T1/1/{taken['seq']}/{hash_}")

    said = claim(good).json()
    assert (said["state"], said["undone"]) == ("posted", None)
    assert said["lines"] == [{"account": "U1", "fee": None, "description": "A line", "cents": 20_00}]
    assert said["tenders"] == [{"kind": "cash", "cents": 20_00}]
    proof = read_proof(said["proof"])
    at = open_checkpoint(proof.checkpoint, origin_of(books.ledger), key.public_key())
    check_inclusion(leaf_hash(till.all[good["id"]][1]), proof.index, at.size, proof.hashes, at.root)
    assert claim(bad).json()["undone"] == "void"
    assert claim(good, bytes(32)).status_code == 404
