"""A terminal's disk on which a record was altered: it is told, what the ledger can know is taken, no fork is hidden."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.desk_records import DeskKind
from countertui.ledger.answers import HELD, NEW
from countertui.ledger.books import Books
from countertui.ledger.dead_store import Left, StoreRefusedError, read_store
from countertui.ledger.disk_journal import MISSING
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import last_known, register_terminal, revoke
from countertui.ledger.live import hear_records
from countertui.ledger.recovering import Recovered, recover
from countertui.ledger.recovering_heard import recover_heard
from countertui.sync.chain import record_hash
from countertui.sync.live import record_lines
from ledger.at_the_desk import hire, stepped
from ledger.test_ingest import asked
from ledger.test_recovered_records import records_of
from ledger.town import NOW, Till, allocation, line

Records = list[tuple[bytes, bytes]]


def copies(cents: int = 25) -> dict[str, object]:
    return line(None, allocation(None, "100-4410", cents))


def at_work(till: Till) -> bytes:
    """A morning at the counter; its batch, which holds records 1 to 4."""
    till.open("S1")
    till.pay(copies())
    till.pay(copies())
    return till.seal()


@pytest.fixture
def till(books: Books, key: Ed25519PrivateKey) -> Till:
    till = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    return till


@pytest.fixture
def first(books: Books, key: Ed25519PrivateKey, till: Till) -> Records:
    """The records of the morning, which the ledger has."""
    sealed = at_work(till)
    assert ingest(books, key, sealed, "T1", 1, 1, NOW).status == NEW
    return records_of(sealed)


@pytest.fixture
def twin(books: Books, first: Records) -> Till:
    """The same terminal's copy: it has the same morning, and its own day after it."""
    other = Till(books)
    at_work(other)
    for cents in (50, 75, 100):
        other.pay(copies(cents))
    return other


def altered(records: Records, *numbers: int) -> Records:
    made = list(records)
    for seq in numbers:
        body, sig = made[seq - 1]
        made[seq - 1] = body.replace(b'"boot"', b'"boat"'), sig
        assert made != records
    return made


def disk(till: Till, records: Records, *numbers: int) -> Left:
    """A store with these records, some altered since; beside each its hash as it was."""
    h, hashes = till.recorder.genesis, []
    for seq, (body, _) in enumerate(records, start=1):
        h = record_hash(seq, h, body)
        hashes.append(h)
    return Left(till.identity.ledger, "T1", 1, (), tuple(altered(records, *numbers)), tuple(hashes))


def alarms(books: Books) -> list[tuple[str, int]]:
    return [(kind, seq) for kind, seq in asked(books, "SELECT kind, seq FROM alarm ORDER BY id")]


def state(books: Books) -> str:
    ((found,),) = asked(books, "SELECT state FROM terminal WHERE code = 'T1'")
    return str(found)


@pytest.mark.parametrize("where", ["posted", "held", "live"])
def test_what_the_ledger_has_as_it_was_signed_ends_nothing(
    books: Books, key: Ed25519PrivateKey, till: Till, first: Records, where: str
) -> None:
    till.pay(copies())
    till.pay(copies())
    if where == "held":
        assert recover(books, key, disk(till, [*first, *till.records]), "dee", NOW).records == 2
    if where == "live":
        assert hear_records(books, key, "T1", 1, record_lines(till.records), NOW).status == 200
    till.pay(copies())
    till.pay(copies())
    records = [*first, *till.records]
    bad = 2 if where == "posted" else 5
    found = recover(books, key, disk(till, records, bad), "dee", NOW)
    assert (found.bad, found.last_seq, found.left_out) == (bad, len(records), 0)
    assert found.records == (2 if where == "held" else 4)
    assert ("chain", bad) in alarms(books)
    assert state(books) == "active"
    assert fsck(books).differences == ()
    again = recover(books, key, disk(till, records, bad), "dee", NOW)
    assert (again.records, again.bad) == (0, bad)
    assert len(alarms(books)) == (3 if where == "held" else 2), "the same alarm, once"


def test_a_record_that_nobody_else_has_ends_what_is_taken(
    books: Books, key: Ed25519PrivateKey, till: Till, first: Records
) -> None:
    for _ in range(3):
        till.pay(copies())
    found = recover(books, key, disk(till, [*first, *till.records], 6), "dee", NOW)
    assert found == Recovered("T1", 1, 0, 1, 5, 2, 2, bad=6, left_out=2)
    (told,) = asked(books, "SELECT detail FROM alarm WHERE kind = 'chain'")
    assert told == ("Record 6 of its store, which dee read, does not verify: it was altered or damaged there; "
                    "it is not here.",)  # fmt: skip


@pytest.mark.parametrize("bad", [(), (1,), (2,), (4,), (2, 3), (5,), (3, 5), (4, 5)])
def test_an_altered_record_hides_no_fork(
    books: Books, key: Ed25519PrivateKey, till: Till, twin: Till, first: Records, bad: tuple[int, ...]
) -> None:
    """Altered before the two parted, or the first after that: what comes next is signed, and follows another."""
    till.pay(copies())
    assert ingest(books, key, till.seal(), "T1", 1, 2, NOW).status == NEW
    with pytest.raises(StoreRefusedError, match="another than the one here"):
        recover(books, key, disk(twin, [*first, *twin.records], *bad), "dee", NOW)
    forked = 6 if 5 in bad else 5
    assert alarms(books) == [*((("chain", bad[0]),) if bad else ()), ("fork", forked)]
    assert state(books) == "frozen"
    assert asked(books, "SELECT no FROM inbox WHERE verdict = 'fork'") == [(0,)], "the record that proves it is kept"
    assert fsck(books).differences == ()


def test_a_fork_is_noticed_by_whoever_comes_second(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    """The ledger has neither machine's records where they parted: what the altered disk proves past that is noted."""
    other = Till(books)
    for each, cents in ((till, 25), (other, 50)):
        each.open("S1")
        each.pay(copies())
        each.pay(copies(cents))
        each.pay(copies(cents))
    found = recover(books, key, disk(other, other.records, 2), "dee", NOW)
    assert (found.bad, found.last_seq, found.left_out) == (2, 1, 3)
    assert asked(books, "SELECT seq FROM witnessed") == [(4,)]
    assert hear_records(books, key, "T1", 1, record_lines(till.records), NOW).status == 200
    assert state(books) == "frozen"
    assert alarms(books) == [("chain", 2), ("recovered", 1), ("fork", 4)]


def test_a_later_word_of_the_terminals_stands(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.open("S1")
    for _ in range(4):
        till.pay(copies())
    recover(books, key, disk(till, till.records, 2), "dee", NOW)
    recover(books, key, disk(till, till.records[:4], 2), "dee", NOW)
    assert asked(books, "SELECT seq FROM witnessed") == [(5,)]
    assert hear_records(books, key, "T1", 1, record_lines(till.records), NOW).status == 200
    assert state(books) == "active", "the same journal is no fork"


@pytest.mark.parametrize("ends", [2, 4, 5])
def test_what_was_heard_past_the_end_of_an_older_disk_is_taken_too(
    books: Books, key: Ed25519PrivateKey, till: Till, first: Records, ends: int
) -> None:
    """The older disk is told, and stops nobody: it may be an image of one that is well."""
    for _ in range(3):
        till.pay(copies())
    assert hear_records(books, key, "T1", 1, record_lines(till.records), NOW).status == 200
    records = [*first, *till.records]
    found = recover(books, key, disk(till, records[:ends]), "dee", NOW)
    assert (found.records, found.heard, found.last_seq, found.left_out) == (3, 7 - max(ends, 4), ends, 0)
    assert (found.batch_no, found.last_batch_no, found.bad) == (2, 2, None)
    assert alarms(books) == [("rollback", ends), ("recovered", 7)]
    whole = "record 5 from its store and records 6 to 7, which were heard live"
    which = whole if ends == 5 else "records 5 to 7, which were heard live"
    told = {detail for (detail,) in asked(books, "SELECT detail FROM alarm")}
    assert told == {
        f"The store that dee read ends at record {ends}, and 7 were seen: it is an older copy.",
        f"dee recovered {which}: batch 2 waits for release.",
    }
    assert state(books) == "active"
    assert asked(books, "SELECT state, last_seq FROM batch WHERE no = 2") == [("held", 7)]
    assert asked(books, "SELECT count(*) FROM provisional") == [(0,)]
    again = recover(books, key, disk(till, records), "dee", NOW)
    assert (again.records, again.heard) == (0, 0), "the whole one brings nothing more"
    assert fsck(books).differences == ()
    assert ingest(books, key, till.seal(), "T1", 1, 2, NOW).status == NEW, (
        "and where it comes back, its own batch is it"
    )
    assert asked(books, "SELECT count(*) FROM record WHERE kind = 'pay'") == [(5,)]
    assert fsck(books).differences == ()


def test_a_batch_of_what_was_heard_ends_at_a_seal(
    books: Books, key: Ed25519PrivateKey, till: Till, first: Records
) -> None:
    till.pay(copies())
    sealed = records_of(till.seal())
    till.pay(copies())
    heard = [*sealed, *till.records]
    assert hear_records(books, key, "T1", 1, record_lines(heard), NOW).status == 200
    found = recover(books, key, disk(till, first), "dee", NOW)
    assert (found.records, found.heard, found.batch_no, found.last_batch_no) == (3, 3, 2, 3)
    assert asked(books, "SELECT no, last_seq FROM batch WHERE no > 1 ORDER BY no") == [(2, 6), (3, 7)]
    assert fsck(books).differences == ()


def test_what_was_heard_of_another_journal_than_the_disks_is_a_fork_and_nothing_is_taken(
    books: Books, key: Ed25519PrivateKey, till: Till, twin: Till, first: Records
) -> None:
    till.pay(copies())
    till.pay(copies())
    assert hear_records(books, key, "T1", 1, record_lines(till.records), NOW).status == 200
    with pytest.raises(StoreRefusedError, match="another than the one here"):
        recover(books, key, disk(twin, [*first, *twin.records[:1]]), "dee", NOW)
    assert asked(books, "SELECT max(no) FROM batch WHERE terminal = 'T1'") == [(1,)]
    assert asked(books, "SELECT count(*) FROM provisional") == [(2,)]
    assert state(books) == "frozen"


def test_nobody_can_make_a_fork_of_what_was_signed(
    books: Books, key: Ed25519PrivateKey, till: Till, twin: Till, first: Records
) -> None:
    """Who has the disk and no key: records in other places, hashes of others beside them, another terminal's."""
    till.pay(copies())
    till.pay(copies())
    sealed = till.seal()
    records = [*first, *records_of(sealed)]
    assert ingest(books, key, sealed, "T1", 1, 2, NOW).status == NEW
    true = disk(till, records)
    moved = [records[0], records[3], records[2], records[1], *records[4:]]
    strange = disk(twin, [*first, *twin.records]).hashes
    other = Till(books, "T9")
    other.open("S1")
    other.pay(copies())
    theirs = [*first[:1], *other.records, *records[1:]]
    for left in (
        Left(true.ledger, "T1", 1, (), tuple(moved), true.hashes),
        Left(true.ledger, "T1", 1, (), tuple(altered(records, 4, 5)), strange),
        Left(true.ledger, "T1", 1, (), tuple(altered(records, 3)), true.hashes[::-1]),
        Left(true.ledger, "T1", 1, (), tuple(theirs), true.hashes),
    ):
        assert recover(books, key, left, "dee", NOW).bad is not None
    assert {kind for kind, _ in alarms(books)} == {"chain"}
    assert state(books) == "active"


def test_a_record_that_is_gone_is_as_an_altered_one(
    books: Books, key: Ed25519PrivateKey, till: Till, first: Records, tmp_path: Path
) -> None:
    till.pay(copies())
    whole = disk(till, [*first, *till.records])
    with sqlite3.connect(tmp_path / "store.db") as db:
        db.execute("CREATE TABLE sending (batch_no, envelope)")
        db.execute("CREATE TABLE journal (seq, body, sig, h)")
        rows = ((n, *each, h) for n, (each, h) in enumerate(zip(whole.records, whole.hashes, strict=True), start=1))
        db.executemany("INSERT INTO journal VALUES (?, ?, ?, ?)", rows)
        db.execute("DELETE FROM journal WHERE seq = 3")
    db.close()
    left = read_store(tmp_path / "store.db")
    assert left.records == (*whole.records[:2], MISSING, *whole.records[3:])
    assert left.hashes == (*whole.hashes[:2], b"", *whole.hashes[3:])
    found = recover(books, key, left, "dee", NOW)
    assert (found.bad, found.last_seq, found.records, found.left_out) == (3, 5, 1, 0)


def test_a_held_batch_of_recovered_records_is_the_terminals_own_all_the_same(
    books: Books, key: Ed25519PrivateKey, till: Till, first: Records
) -> None:
    """What was heard live is recovered as it was heard, though the disk has it otherwise: the true batch is no fork."""
    till.pay(copies())
    till.pay(copies())
    hear_records(books, key, "T1", 1, record_lines(till.records), NOW)
    recover(books, key, disk(till, [*first, *till.records], 5), "dee", NOW)
    assert ingest(books, key, till.seal(), "T1", 1, 2, NOW).status in (NEW, HELD)
    assert state(books) == "active"
    assert fsck(books).differences == ()


@pytest.mark.parametrize("revoked", [False, True])
def test_what_was_heard_of_a_terminal_of_which_nothing_is_left_waits_for_two_people(
    books: Books, key: Ed25519PrivateKey, till: Till, first: Records, revoked: bool
) -> None:
    till.pay(copies())
    sealed = records_of(till.seal())
    till.pay(copies())
    assert hear_records(books, key, "T1", 1, record_lines([*sealed, *till.records]), NOW).status == 200
    hire(books, "fay", "technician")
    if revoked:
        with books.writing() as connection:
            revoke(connection, books, key, "T1", 1, last_known(connection, "T1", 1), "stolen", ["dee", "eli"], NOW)
    found = recover_heard(books, key, "T1", 1, "dee", NOW)
    assert found == Recovered("T1", 1, 0, 3, 7, 2, 3, bad=None, left_out=0, heard=3)
    assert alarms(books) == [("recovered", 7)]
    (told,) = asked(books, "SELECT detail FROM alarm")
    assert told == ("dee recovered records 5 to 7, which were heard live: batches 2 to 3 wait for release.",)
    assert asked(books, "SELECT no, last_seq, state FROM batch WHERE no > 1 ORDER BY no") == [
        (2, 6, "held"),
        (3, 7, "held"),
    ]
    assert asked(books, "SELECT count(*) FROM record WHERE kind = 'pay'") == [(2,)], "nobody released them yet"
    again = recover_heard(books, key, "T1", 1, "dee", NOW)
    assert (again.records, again.batch_no, again.last_seq) == (0, None, 7)
    assert fsck(books).differences == ()
    for no in (2, 3):
        stepped(books, key, till, DeskKind.BATCH_RELEASE, no, "dee", "Looked at")
        stepped(books, key, till, DeskKind.BATCH_POST, no, "fay")
    assert asked(books, "SELECT count(*) FROM record WHERE kind = 'pay'") == [(4,)]
    assert fsck(books).differences == ()


def test_a_terminal_of_which_nothing_was_heard_or_that_nobody_knows_has_nothing_to_take(
    books: Books, key: Ed25519PrivateKey, till: Till, first: Records
) -> None:
    assert recover_heard(books, key, "T1", 1, "dee", NOW).records == 0
    assert alarms(books) == []
    with pytest.raises(StoreRefusedError, match="T9, epoch 1, is not on the register"):
        recover_heard(books, key, "T9", 1, "dee", NOW)
