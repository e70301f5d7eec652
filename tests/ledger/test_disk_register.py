"""A dead terminal's disk at a restored ledger: the entries of the register that it has come back before its records."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.records import Kind
from countertui.ledger import registry
from countertui.ledger.admitting_again import admit_again
from countertui.ledger.answers import HELD, NEW
from countertui.ledger.backup import back_up
from countertui.ledger.books import Books, open_books
from countertui.ledger.dead_store import Left, StoreRefusedError, read_store
from countertui.ledger.fsck import fsck
from countertui.ledger.given_back import Verdict
from countertui.ledger.keep_terminals import TerminalRefusedError, freeze, register_terminal
from countertui.ledger.recovering import Recovered, recover
from countertui.ledger.restoring import restore
from ledger.engine import Town
from ledger.test_after_restore import waits_for
from ledger.test_given_back import begun, given, log, resigned, told
from ledger.test_ingest import WATER, asked, put
from ledger.test_recovered_records import records_of
from ledger.test_registry import TWO, turned, with_next_key
from ledger.town import NOW, PASSPHRASE, Till, counting_random, ledger_key


@pytest.fixture
def restored(town: Town, tmp_path: Path) -> Iterator[Books]:
    """The ledger out of a backup by other means than its own: T1 is admitted, and it waits for nobody."""
    with town.copied(tmp_path / "restored") as opened:
        begun(opened)
        yield opened


@pytest.fixture
def till(books: Books) -> Till:
    return begun(books)


@pytest.fixture
def second(books: Books, till: Till) -> Till:
    """T2, admitted after the backup, with three records."""
    other = Till(books, "T2")
    named = ledger_key(books), "T2", "HALL", 1, other.identity.public_key
    register_terminal(books, *named, by=TWO, now=NOW, sealing_key=b"s" * 32)
    other.open("S1")
    other.pay(WATER)
    other.pay(WATER)
    return other


def disk(till: Till, entries: list[bytes]) -> Left:
    """What is left of a terminal that sealed nothing."""
    place = till.identity.ledger, till.identity.terminal, till.identity.epoch
    return Left(*place, (), tuple(till.records), entries=tuple(enumerate(entries, start=1)))


def read_in(books: Books, left: Left) -> Recovered:
    return recover(books, ledger_key(books), left, "dee", NOW)


def states(books: Books) -> list[tuple[str, str, int]]:
    return asked(books, "SELECT code, state, last_seq FROM terminal WHERE state <> 'desk' ORDER BY code")


def test_a_terminal_that_the_restored_ledger_forgot_is_known_by_its_disk(
    books: Books, restored: Books, second: Till
) -> None:
    left = disk(second, log(books))
    found = read_in(restored, left)
    assert (found.entries, found.register_fault, found.records, found.last_seq) == (1, "", 3, 3)
    assert log(restored) == log(books)
    assert states(restored) == [("T1", "active", 0), ("T2", "active", 3)]
    assert told(restored)[0] == (
        "register",
        "Entry 3 of the register was lost here and came back: terminal of T2/1 by eli and fay.",
    )
    again = read_in(restored, left)
    assert (again.entries, again.records) == (0, 0)
    assert fsck(restored).differences == ()


def test_a_disk_that_lacks_what_the_ledger_has_brings_nothing(books: Books, till: Till, second: Till) -> None:
    found = read_in(books, disk(till, log(books)[:1]))
    assert (found.entries, found.register_fault) == (0, "")
    assert told(books) == []


def test_a_new_key_on_the_disk_is_believed_before_the_batches_there(
    books: Books, restored: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    new = with_next_key(till)
    till.open("S1")
    till.pay(WATER)
    till.record(Kind.KEY_ROTATE, dict(till.recorder.next_key() or {}), operator="eli", session=None, biz_date=None)
    sealed = till.seal()
    assert put(books, key, till, sealed).status == NEW
    turned(till, new)
    till.pay(WATER)
    records = (*records_of(sealed), *till.records)
    left = Left(books.ledger, "T1", 1, ((1, sealed),), records, entries=tuple(enumerate(log(books), start=1)))
    found = read_in(restored, left)
    assert (found.entries, found.sealed, found.records, found.bad) == (1, 1, 1, None)
    assert log(restored) == log(books), "the change is not entered twice"
    assert fsck(restored).differences == ()


def test_the_envelope_that_a_terminal_was_frozen_for_comes_back_with_the_entry_that_names_it(
    books: Books, restored: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    clone = Till(books)
    for each, times in ((till, 1), (clone, 2)):
        each.open("S1")
        for _ in range(times):
            each.pay(WATER)
    own, other = till.seal(), clone.seal()
    assert put(books, key, till, own).status == NEW
    assert put(books, key, clone, other, no=1).status == HELD
    assert put(restored, key, till, own, no=1).status == NEW
    entries = tuple(enumerate(log(books), start=1))
    left = Left(books.ledger, "T1", 1, ((1, other),), tuple(records_of(other)), entries=entries)
    with pytest.raises(StoreRefusedError, match="another than the one here"):
        read_in(restored, left)
    assert log(restored) == log(books)
    assert asked(restored, "SELECT count(*) FROM inbox WHERE verdict = 'fork' AND ack IS NOT NULL") == [(1,)]
    assert fsck(restored).differences == ()


@pytest.mark.parametrize("what", ["forged", "foreign", "garbled", "gap"])
def test_what_the_ledger_never_signed_gives_nothing(books: Books, restored: Books, second: Till, what: str) -> None:
    entries, stranger = log(books), Ed25519PrivateKey.from_private_bytes(b"x" * 32)
    admission = entries.pop()
    entries += {
        "forged": [resigned(admission, stranger)],
        "foreign": [resigned(admission, ledger_key(books), ledger="DEMO-ELSEWHERE")],
        "garbled": [admission[:-9]],
        "gap": [],
    }[what]
    if what == "gap":
        with books.writing() as connection:
            freeze(connection, books, ledger_key(books), "T2", 1, "Two journals", NOW)
        entries += log(books)[3:]
    before = log(restored)
    with pytest.raises(StoreRefusedError, match="T2, epoch 1, is not on the register") as refused:
        read_in(restored, disk(second, entries))
    assert "The entries of the register on that disk" in refused.value.happened
    assert log(restored) == before
    assert told(restored) == []
    assert asked(restored, "SELECT count(*) FROM inbox") == [(0,)]


def test_a_forged_entry_costs_a_known_terminal_no_record(books: Books, restored: Books, till: Till) -> None:
    with books.writing() as connection:
        freeze(connection, books, ledger_key(books), "T1", 1, "Two journals", NOW)
    till.open("S1")
    till.pay(WATER)
    forged = resigned(log(books)[2], Ed25519PrivateKey.from_private_bytes(b"x" * 32))
    found = read_in(restored, disk(till, [*log(books)[:2], forged]))
    assert (found.entries, found.records, found.bad) == (0, 2, None)
    assert "not signed by this ledger" in found.register_fault
    assert states(restored) == [("T1", "active", 2)]


def altered(entry: bytes) -> bytes:
    said = json.loads(entry)
    payload = base64.b64decode(said["payload"]).replace(b"2026", b"2027", 1)
    return json.dumps(said | {"payload": base64.b64encode(payload).decode()}).encode()


@pytest.mark.parametrize("how", [altered, lambda entry: entry[:-9], lambda _: b""])
def test_a_damaged_entry_that_the_ledger_has_holds_none_up(
    books: Books, restored: Books, second: Till, how: Callable[[bytes], bytes]
) -> None:
    entries = log(books)
    found = read_in(restored, disk(second, [entries[0], how(entries[1]), entries[2]]))
    assert (found.entries, found.register_fault, found.last_seq) == (1, "", 3)
    assert log(restored) == log(books)


def test_a_disk_of_a_register_that_went_on_otherwise_is_told_and_stops_nobody(
    books: Books, restored: Books, till: Till, second: Till
) -> None:
    with books.writing() as connection:
        freeze(connection, books, ledger_key(books), "T1", 1, "Two journals", NOW)
    register_terminal(
        restored, ledger_key(restored), "T3", "HALL", 1, Till(books, "T3").identity.public_key, by=TWO, now=NOW
    )
    before = log(restored)
    till.open("S1")
    till.pay(WATER)
    found = read_in(restored, disk(till, log(books)))
    assert (found.entries, found.records, found.last_seq) == (0, 2, 2), "its own records are no worse for it"
    assert found.register_fault == "Entry 3 of the register is another here."
    with pytest.raises(StoreRefusedError, match="not on the register") as refused:
        read_in(restored, disk(second, log(books)))
    assert "Entry 3 of the register is another here." in refused.value.happened
    assert log(restored) == before
    assert states(restored) == [("T1", "active", 2), ("T3", "active", 0)]
    assert [kind for kind, _ in told(restored)] == ["register", "recovered"]
    assert "Entry 3 of the register is another here than a terminal has: terminal of T2/1" in told(restored)[0][1]
    assert asked(restored, "SELECT terminal, no FROM inbox WHERE verdict = 'fork'") == [("REGISTER", 3)]
    assert fsck(restored).differences == ()


def let_in_again(books: Books, left: Left) -> None:
    with books.writing() as connection:
        admit_again(connection, books, ledger_key(books), left, TWO, NOW)


def test_two_people_let_in_again_whom_a_register_that_went_on_otherwise_lacks(
    books: Books, restored: Books, second: Till
) -> None:
    third = Till(books, "T3").identity.public_key
    register_terminal(restored, ledger_key(restored), "T3", "HALL", 1, third, by=TWO, now=NOW)
    left = disk(second, log(books))
    with pytest.raises(StoreRefusedError, match="--admit-again"):
        read_in(restored, left)
    let_in_again(restored, left)
    found = read_in(restored, left)
    assert (found.records, found.last_seq, found.bad, found.entries) == (3, 3, None, 0)
    assert found.register_fault == "Entry 3 of the register is another here."
    assert states(restored)[1] == ("T2", "active", 3)
    with restored.reading() as connection:
        register, faults = registry.verified(connection, restored.ledger)
    assert faults == ()
    found_again = register.terminals["T2", 1]
    assert (found_again.key_at(1), found_again.sealing_key) == (second.identity.public_key, None)
    assert fsck(restored).differences == ()
    with pytest.raises(TerminalRefusedError, match="registered already"):
        let_in_again(restored, left)


def root_of(books: Books) -> Ed25519PrivateKey:
    """One of the town's three root keys, as it was made."""
    with books.reading() as connection:
        roots = registry.outline(connection, books.ledger).roots
    random = counting_random()
    made = (Ed25519PrivateKey.from_private_bytes(random(32)) for _ in range(50))
    return next(key for key in made if key.public_key().public_bytes_raw() in roots)


@pytest.mark.parametrize("what", ["strangers", "roots", "other city's", "another terminal's", "none"])
def test_nobody_is_let_in_again_whom_this_ledger_did_not_let_in(
    books: Books, restored: Books, second: Till, what: str
) -> None:
    *rest, admission = log(books)
    offered = {
        "strangers": lambda: resigned(admission, Ed25519PrivateKey.from_private_bytes(b"x" * 32)),
        "roots": lambda: resigned(admission, root_of(books)),
        "other city's": lambda: resigned(admission, ledger_key(books), ledger="DEMO-ELSEWHERE"),
        "another terminal's": lambda: rest[1],
        "none": lambda: b"",
    }[what]()
    with pytest.raises(StoreRefusedError, match="no admission of T2, epoch 1"):
        let_in_again(restored, disk(second, [*rest, offered]))
    assert log(restored) == log(books)[:2]


def test_a_disk_is_no_word_of_its_terminal_so_a_restored_ledger_waits_on(
    books: Books, till: Till, second: Till, tmp_path: Path
) -> None:
    """It may be an older image of one that is well and has more of the register: two people say that it is dead."""
    back_up(books, ledger_key(books), tmp_path / "backup", NOW)
    restore(tmp_path / "backup", tmp_path / "again", PASSPHRASE)
    third = Till(books, "T3")
    register_terminal(books, ledger_key(books), "T3", "HALL", 1, third.identity.public_key, by=TWO, now=NOW)
    image = disk(second, log(books)[:-1])
    again = open_books(tmp_path / "again")
    try:
        assert read_in(again, image).records == 3
        assert waits_for(again) == ["T1/1", "T2/1"]
        assert given(again, log(books)).verdict is Verdict.TAKEN, "and T2, which is well, gives back what it has"
        third.open("S1")
        assert read_in(again, disk(third, log(books))).records == 1
        assert waits_for(again) == ["T1/1", "T2/1", "T3/1"]
    finally:
        again.close()


def test_a_stores_entries_are_read_as_far_as_they_are_some(books: Books, second: Till, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "store.db")) as db, db:
        db.execute("CREATE TABLE journal (seq, body, sig)")
        rows = ((n, *each) for n, each in enumerate(second.records, start=1))
        db.executemany("INSERT INTO journal VALUES (?, ?, ?)", rows)
        db.execute("CREATE TABLE registry (no, envelope)")
        found = [(2, b"two"), (1, b"one"), (3, "text"), ("x", b""), (5, b"")]
        db.executemany("INSERT INTO registry VALUES (?, ?)", found)
    left = read_store(tmp_path / "store.db")
    assert left.entries == ((1, b"one"), (2, b"two"), (5, b""))
    assert left.records == tuple(second.records)
