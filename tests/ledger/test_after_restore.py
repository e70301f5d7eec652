"""A restored ledger changes its register only once its terminals showed what they have of it: else it would fork."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.records import Kind
from countertui.ledger.after_restore import RegisterWaitsError, await_terminal, awaited
from countertui.ledger.alarms import open_alarms
from countertui.ledger.answers import HELD, NEW, NOT_NOW
from countertui.ledger.backup import back_up
from countertui.ledger.books import Books, open_books
from countertui.ledger.fsck import fsck
from countertui.ledger.given_back import Verdict
from countertui.ledger.keep_terminals import freeze, register_terminal, revoke, unfreeze
from countertui.ledger.own_rotation import rotate_by_key
from countertui.ledger.resealing import reseal
from countertui.ledger.restoring import NothingAwaitedError, NotNamedError, go_on, named_of, restore
from countertui.ledger.status import as_lines, status
from countertui.sync.chain import head_message
from countertui.sync.live import head_body, record_lines
from countertui.sync.vault import Vault
from ledger.calling import call
from ledger.test_given_back import Wire, begun, exchange, given, later_random, log
from ledger.test_ingest import WATER, asked, put
from ledger.test_registry import TWO, with_next_key
from ledger.town import NOW, PASSPHRASE, Till, counting_random, ledger_key


@pytest.fixture
def till(books: Books) -> Till:
    """T1, admitted beside T2 before the backup."""
    opened = begun(books)
    register_terminal(books, ledger_key(books), "T2", "HALL", 1, Till(books, "T2").identity.public_key, by=TWO, now=NOW)
    opened.open("S1")
    return opened


@pytest.fixture
def restored(books: Books, till: Till, tmp_path: Path) -> Iterator[Books]:
    back_up(books, ledger_key(books), tmp_path / "backup", NOW)
    restore(tmp_path / "backup", tmp_path / "again", PASSPHRASE)
    opened = open_books(tmp_path / "again")
    yield opened
    opened.close()


def waits_for(books: Books) -> list[str]:
    return [str(each) for each in status(books)["awaited"]]


def acts(books: Books) -> list[Callable[[], object]]:
    """Admit, freeze, unfreeze, revoke, rotate."""
    key = ledger_key(books)

    def in_one(act: Callable[..., object], *more: object) -> Callable[[], object]:
        def done() -> None:
            with books.writing() as connection:
                act(connection, books, key, "T1", 1, *more)

        return done

    other = Till(books, "T9").identity.public_key
    return [
        lambda: register_terminal(books, key, "T9", "HALL", 1, other, by=TWO, now=NOW),
        in_one(freeze, "Two journals", NOW),
        in_one(unfreeze, "A copy", TWO, NOW),
        in_one(revoke, 0, "Stolen", TWO, NOW),
        lambda: rotate_by_key(books, PASSPHRASE, later_random(), reason="yearly", by=TWO, now=NOW),
    ]


def test_no_entry_is_made_before_every_terminal_asked_for_the_register(
    books: Books, restored: Books, till: Till
) -> None:
    before = log(restored)
    assert waits_for(restored) == ["T1/1", "T2/1"]
    (told, press) = as_lines(status(restored))[1:3]
    assert "RESTORED: its register of keys takes no new entry before it hears T1/1, T2/1." in told
    assert "countertui ledger go-on" in press
    admit, frozen, unfrozen, revoked, rotated = acts(restored)
    for act in (admit, frozen, revoked, rotated):
        with pytest.raises(RegisterWaitsError, match="T1/1, T2/1"):
            act()
    assert log(restored) == before
    wire = Wire(restored)
    exchange(till, restored, wire, log(books)).newer_entries()
    assert waits_for(restored) == ["T2/1"]
    with pytest.raises(RegisterWaitsError, match="T2/1"):
        revoked()
    exchange(Till(books, "T2"), restored, wire, log(books)).newer_entries()
    assert waits_for(restored) == []
    for act in (admit, frozen, unfrozen, revoked, rotated):
        act()
    assert len(log(restored)) == len(before) + 5


def test_a_terminal_that_has_more_of_the_register_is_heard_once_it_gave_it_back(
    books: Books, restored: Books, till: Till
) -> None:
    key = ledger_key(books)
    with books.writing() as connection:
        freeze(connection, books, key, "T2", 1, "Two journals", NOW)
        unfreeze(connection, books, key, "T2", 1, "It was a copy", TWO, NOW)
    wire = Wire(restored)
    assert call(wire.http, till, "GET", "/v1/registry?after=4").status_code == 200
    assert waits_for(restored) == ["T1/1", "T2/1"], "it has entry 5, which is not here"
    exchange(till, restored, wire, log(books)).newer_entries()
    assert waits_for(restored) == ["T2/1"]
    assert log(restored) == log(books)


def test_whom_a_given_back_entry_names_is_awaited_too_unless_it_is_revoked(
    books: Books, restored: Books, till: Till
) -> None:
    key = ledger_key(books)
    register_terminal(books, key, "T3", "HALL", 1, Till(books, "T3").identity.public_key, by=TWO, now=NOW)
    with books.writing() as connection:
        revoke(connection, books, key, "T2", 1, 0, "Stolen", TWO, NOW)
    assert given(restored, log(books)).verdict is Verdict.TAKEN
    assert waits_for(restored) == ["T1/1", "T3/1"]


def test_two_people_go_on_without_those_that_cannot_be_heard(restored: Books) -> None:
    with restored.writing() as connection:
        assert go_on(connection, named_of(connection, ["T1", "T2/1"]), TWO, "Their office burned down", NOW) == []
    with restored.reading() as connection:
        assert awaited(connection) == []
        (alarm,) = open_alarms(connection)
    assert alarm.kind == "register"
    assert alarm.detail == (
        f"{TWO[0]} and {TWO[1]} went on after a restore without hearing T1/1, T2/1: Their office burned down"
    )
    acts(restored)[0]()
    with restored.reading() as connection, pytest.raises(NothingAwaitedError):
        named_of(connection, ["T1"])


@pytest.mark.parametrize("names", [[], ["T3"], ["T1", "T3"], ["T1/2"], ["t1"]])
def test_whom_it_goes_on_without_is_named(restored: Books, names: list[str]) -> None:
    """One that will sync in a minute is never given up along with the one that burned."""
    with restored.reading() as connection, pytest.raises(NotNamedError, match="It waits for T1/1, T2/1"):
        named_of(connection, names)


def test_of_a_terminal_with_two_epochs_the_epoch_is_named(restored: Books) -> None:
    """The one before may be a dead machine's, and the present one sync in a minute."""
    with restored.writing() as connection:
        await_terminal(connection, "T1", 2)
    with restored.reading() as connection:
        with pytest.raises(NotNamedError, match=r"T1 is none that it waits for\. It waits for T1/1, T1/2, T2/1"):
            named_of(connection, ["T1"])
        assert named_of(connection, ["T1/1", "T2", "T2/1"]) == [("T1", 1), ("T2", 1)]


def test_it_still_waits_for_the_others(restored: Books) -> None:
    with restored.writing() as connection:
        assert go_on(connection, named_of(connection, ["T2"]), TWO, "Burned", NOW) == [("T1", 1)]
    with pytest.raises(RegisterWaitsError, match="T1/1 did not ask"):
        acts(restored)[0]()
    assert "without hearing T2/1: Burned" in "".join(as_lines(status(restored)))


def test_a_batch_that_changes_the_key_comes_again_and_then_makes_no_second_entry(
    books: Books, restored: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    with_next_key(till)
    till.pay(WATER)
    till.record(Kind.KEY_ROTATE, dict(till.recorder.next_key() or {}), operator="eli", session=None, biz_date=None)
    first = till.seal()
    assert put(books, key, till, first).status == NEW
    answer = put(restored, key, till, first)
    assert answer.status == NOT_NOW
    assert b"was restored" in answer.body
    assert asked(restored, "SELECT verdict FROM inbox") == [("waits",)]
    assert given(restored, log(books)).verdict is Verdict.TAKEN
    assert put(restored, key, till, first).status == NEW
    assert log(restored) == log(books)
    assert list(fsck(restored).differences) == []


def test_no_personal_value_is_sealed_anew_before_it_is_heard_what_was_erased(restored: Books) -> None:
    vault = Vault(bytes(32), restored.ledger, counting_random())
    with restored.writing() as connection, pytest.raises(RegisterWaitsError):
        reseal(connection, vault, NOW)
    with restored.writing() as connection:
        go_on(connection, awaited(connection), TWO, "None is there", NOW)
        reseal(connection, vault, NOW)


def test_batches_that_change_no_key_are_taken_as_ever(restored: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(WATER)
    assert put(restored, key, till, till.seal()).status == NEW


def test_a_fork_seen_meanwhile_freezes_once_the_terminals_are_heard(
    books: Books, restored: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.pay(WATER)
    assert put(restored, key, till, till.seal()).status == NEW
    clone = Till(books)
    clone.open("S1")
    clone.pay(WATER)
    clone.pay(WATER)
    other = clone.seal()
    api = Wire(restored).http
    target = "/v1/terminals/T1/epochs/1/batches/1"
    answer = call(api, clone, "PUT", target, other)
    assert (answer.status_code, "was restored" in answer.json()["reason"]) == (NOT_NOW, True)
    assert asked(restored, "SELECT state FROM terminal WHERE code = 'T1'") == [("active",)]
    with restored.writing() as connection:
        go_on(connection, awaited(connection), TWO, "None is there", NOW)
    assert call(api, clone, "PUT", target, other).status_code == HELD
    assert asked(restored, "SELECT state FROM terminal WHERE code = 'T1'") == [("frozen",)]


def test_a_head_that_would_freeze_is_answered_not_now(books: Books, restored: Books, till: Till) -> None:
    api, place = Wire(restored).http, "/v1/terminals/T1/epochs/1"
    assert call(api, till, "POST", f"{place}/records", record_lines(till.records)).status_code == 200
    clone = Till(books)
    clone.open("S2")
    sig = clone.key.sign(head_message(books.ledger, "T1", 1, 0, clone.seq, clone.prev))
    answer = call(api, clone, "POST", f"{place}/heads", head_body(0, clone.seq, clone.prev, sig))
    assert answer.status_code == NOT_NOW
    assert answer.headers["retry-after"] == "60"
