"""The ledger's own register of keys: what is in it, what follows from it, and changes of a terminal's key."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, text, update

from countertui.domain.records import Kind
from countertui.forms import said_by
from countertui.ledger import registry, tables
from countertui.ledger.answers import Answer
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import (
    TerminalRefusedError,
    freeze,
    last_known,
    last_receipt,
    register_terminal,
    revoke,
    unfreeze,
)
from countertui.ledger.keys import open_secrets
from countertui.ledger.own_rotation import (
    KeyInForceError,
    require_in_force,
    rotate_by_key,
    take_up,
)
from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.canonical import canonical
from countertui.sync.certificate import certify, is_certified
from countertui.sync.dsse import parse_envelope
from countertui.sync.faults import RegistryRefusedError
from countertui.sync.keyslots import public_identity
from countertui.sync.recorder import Recorder
from countertui.sync.registry import Register, entry_payload, follow_all
from countertui.sync.registry_entries import Entry, Rotate, Terminal, entry_hash, sign_entry
from ledger.test_ingest import WATER, acked, asked, put
from ledger.town import LEDGER, NOW, PASSPHRASE, Till, counting_random

TWO = ("eli", "fay")


def verified(books: Books) -> tuple[Register, tuple[str, ...]]:
    with books.reading() as connection:
        return registry.verified(connection, books.ledger)


def registered(books: Books) -> Register:
    with books.reading() as connection:
        return registry.present(connection, books.ledger)


def kinds(books: Books) -> list[str]:
    return [kind for (kind,) in asked(books, "SELECT kind FROM registry_entry ORDER BY no")]


def with_next_key(till: Till, seed: int = 77) -> Ed25519PrivateKey:
    """Give the till a key to change to."""
    new = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    first = till.recorder.genesis
    till.recorder = Recorder(till.identity, till.key, next_key=new)
    assert till.recorder.genesis == first
    return new


def turned(till: Till, new: Ed25519PrivateKey) -> None:
    till.recorder.turn_key(till.seq + 1)
    till.key = new


def test_the_log_proves_what_the_tables_say(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    register, faults = verified(books)
    assert faults == ()
    assert kinds(books) == ["found", "terminal"]
    assert register.ledger_key == key.public_key().public_bytes_raw()
    assert len(register.roots) == 3
    with books.reading() as connection:
        assert registry.present(connection, books.ledger) == register
        assert registry.entries_after(connection, 1) == registry.entries_after(connection, 0)[1:]


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE terminal SET state = 'frozen'",
        "UPDATE terminal SET revoked_after = 3",
        "UPDATE terminal SET office = 'DEPOT'",
        "UPDATE terminal_key SET from_seq = 4",
        "UPDATE terminal_key SET public_key = '00'",
        "DELETE FROM terminal_key",
    ],
)
def test_what_the_register_does_not_say_is_found(books: Books, till: Till, tampering: str) -> None:
    with books.writing() as connection:
        connection.execute(text(tampering))
    _, faults = verified(books)
    assert any(fault.startswith("Terminal T1, epoch 1") for fault in faults)


def test_an_entry_that_was_changed_or_taken_out_is_found(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    with books.writing() as connection:
        freeze(connection, books, key, "T1", 1, "Two journals", NOW)
        entries = registry.entries_after(connection, 0)
        connection.execute(
            update(tables.registry_entry).where(tables.registry_entry.c.no == 2).values(envelope=entries[2])
        )
    with pytest.raises(RegistryRefusedError):
        verified(books)


def test_a_terminals_key_changes_at_a_seal(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    new = with_next_key(till)
    till.pay(WATER)
    till.record(Kind.KEY_ROTATE, dict(till.recorder.next_key() or {}), operator="eli", session=None, biz_date=None)
    till.pay(WATER)
    first = till.seal()
    assert put(books, key, till, first).status == 201
    turned(till, new)
    till.pay(WATER)
    second = till.seal()
    assert put(books, key, till, second).status == 201
    assert put(books, key, till, first, no=1).status == 200
    assert kinds(books) == ["found", "terminal", "rotate"]
    with books.reading() as connection:
        keys = registry.schedule(connection, "T1", 1)
        assert [from_seq for from_seq, _ in keys] == [1, 5]
        assert registry.key_at(connection, "T1", 1, 4) == keys[0][1]
        assert registry.key_at(connection, "T1", 1, 5) == new.public_key().public_bytes_raw()
        assert registry.key_at(connection, "T9", 1, 5) is None
    register, faults = verified(books)
    assert faults == ()
    place = register.terminals["T1", 1]
    for _, public_key in keys:
        assert is_certified("T1", 1, public_key, place.certificate_of(public_key), key.public_key())
    with books.reading() as connection:
        assert registry.present(connection, books.ledger) == register


@pytest.mark.parametrize("kind", ["terminal", "rotate"])
def test_an_entry_that_vouches_for_another_key_is_refused_and_found(
    books: Books, key: Ed25519PrivateKey, till: Till, kind: str
) -> None:
    """Even where the ledger's own key signs the entry: no terminal would follow such a register."""
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32).public_key().public_bytes_raw()
    named = Ed25519PrivateKey.from_private_bytes(b"n" * 32).public_key().public_bytes_raw().hex()
    data: Terminal | Rotate
    if kind == "terminal":
        vouched = certify("T2", 1, other, key).hex()
        data = Terminal(terminal="T2", epoch=1, office="HALL", public_key=named, certificate=vouched)
    else:
        vouched = certify("T1", 1, other, key).hex()
        data = Rotate(terminal="T1", epoch=1, from_seq=5, public_key=named, h="0" * 64, certificate=vouched)
    signers = [(LEDGER_KEY_ID, key)]
    with books.writing() as connection, pytest.raises(RegistryRefusedError) as caught:
        registry.append(connection, registry.present(connection, books.ledger), kind, data, signers, by=TWO, now=NOW)
    assert caught.value.reason == "bad-certificate"
    with books.writing() as connection:
        before = registry.present(connection, books.ledger)
        envelope = sign_entry(entry_payload(before, kind, data, by=TWO, at=NOW), signers)
        registry.replay(connection, books.ledger, before.no + 1, envelope)
    with pytest.raises(RegistryRefusedError, match="its certificate is not the ledger's"):
        verified(books)
    assert any("its certificate is not the ledger's" in problem for problem in fsck(books).differences)


@pytest.mark.parametrize("kind", ["terminal", "rotate"])
def test_an_entry_of_a_form_without_a_certificate_is_refused_in_words(
    books: Books, key: Ed25519PrivateKey, till: Till, kind: str
) -> None:
    """As a program of before the first release wrote them."""
    before = registered(books)
    named = Ed25519PrivateKey.from_private_bytes(b"n" * 32).public_key().public_bytes_raw().hex()
    data = {"terminal": "T1", "epoch": 1, "from_seq": 5, "public_key": named, "h": "0" * 64}
    if kind == "terminal":
        data = {"terminal": "T2", "epoch": 1, "office": "HALL", "public_key": named, "sealing_key": None}
    entry = Entry(ledger=books.ledger, no=3, prev=before.head, kind=kind, at=NOW, by=list(TWO), data=data)
    payload = canonical(said_by(entry))
    row = {"no": 3, "kind": kind, "at": NOW, "hash": entry_hash(payload)}
    with books.writing() as connection:
        envelope = sign_entry(payload, [(LEDGER_KEY_ID, key)])
        connection.execute(insert(tables.registry_entry).values(**row, envelope=envelope))
    why = f"Entry 3 of the ledger's register is refused: it does not have the form of {kind}: without certificate."
    for read in (registered, verified):
        with pytest.raises(RegistryRefusedError) as caught:
            read(books)
        said = caught.value
        assert (said.reason, said.happened, said.safe) == ("malformed", why, "The keys believed so far stay.")
        assert "another version of the program wrote it" in said.press
    with books.writing() as connection, pytest.raises(RegistryRefusedError, match="without certificate"):
        freeze(connection, books, key, "T1", 1, "Two journals", NOW)
    assert why in fsck(books).differences


def test_the_old_key_signs_nothing_more(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    new = with_next_key(till)
    till.record(Kind.KEY_ROTATE, dict(till.recorder.next_key() or {}), operator="eli", session=None, biz_date=None)
    assert put(books, key, till, till.seal()).status == 201
    till.pay(WATER)  # not turned: still under the old key
    answer = put(books, key, till, till.seal())
    assert answer.status == 202
    assert "one that was retired" in acked(key, till, answer).reasons[0]
    assert new is not None
    assert asked(books, "SELECT batch_no FROM terminal WHERE code = 'T1'") == [(1,)]


def test_a_key_changed_by_nobody_who_may_is_held_and_still_followed(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    new = with_next_key(till)
    till.record(Kind.KEY_ROTATE, dict(till.recorder.next_key() or {}), operator="ann", session=None, biz_date=None)
    answer = put(books, key, till, till.seal())
    assert answer.status == 202
    assert "ann may not change keys" in acked(key, till, answer).reasons[0]
    assert "was changed all the same" in acked(key, till, answer).reasons[0]
    assert "countertui ledger revoke T1" in acked(key, till, answer).reasons[0]
    turned(till, new)
    till.pay(WATER)
    assert acked(key, till, put(books, key, till, till.seal())).status == "received"


@pytest.mark.parametrize("fault", ["proof", "own", "low", "taken"])
def test_14_a_key_that_must_not_be_enrolled_is_not_changed_to(
    books: Books, key: Ed25519PrivateKey, till: Till, fault: str
) -> None:
    new = with_next_key(till)
    data = dict(till.recorder.next_key() or {})
    if fault == "proof":
        data["proof"] = "00" * 64
    elif fault == "own":
        data["public_key"] = till.identity.public_key.hex()
    elif fault == "low":
        data["public_key"] = (1).to_bytes(32, "little").hex()
    else:
        register_terminal(books, key, "T2", "HALL", 1, new.public_key().public_bytes_raw(), now=NOW)
    till.record(Kind.KEY_ROTATE, data, operator="eli", session=None, biz_date=None)
    answer = put(books, key, till, till.seal())
    assert answer.status == 202
    assert "The key stays as it was." in acked(key, till, answer).reasons[0]
    assert "countertui restore" in acked(key, till, answer).reasons[0], "what to press"
    assert "rotate" not in kinds(books)


def test_frozen_and_released_by_two(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(WATER)
    envelope = till.seal()
    with books.writing() as connection:
        assert freeze(connection, books, key, "T1", 1, "Looked odd", NOW)
        assert not freeze(connection, books, key, "T1", 1, "Again", NOW)
    assert put(books, key, till, envelope).status == 202
    with books.writing() as connection, pytest.raises(RegistryRefusedError, match="two people"):
        unfreeze(connection, books, key, "T1", 1, "Looked at", ("eli", "Eli"), NOW)
    with books.writing() as connection:
        unfreeze(connection, books, key, "T1", 1, "Looked at", TWO, NOW)
    with books.writing() as connection, pytest.raises(TerminalRefusedError):
        unfreeze(connection, books, key, "T1", 1, "Once more", TWO, NOW)
    assert put(books, key, till, envelope).status == 201
    assert kinds(books) == ["found", "terminal", "freeze", "unfreeze"]


def test_a_key_is_revoked_once_and_by_two(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(WATER)
    assert put(books, key, till, till.seal()).status == 201
    with books.writing() as connection:
        assert last_known(connection, "T1", 1) == 2
    with books.writing() as connection, pytest.raises(RegistryRefusedError, match="two people"):
        revoke(connection, books, key, "T1", 1, 2, "Stolen", ("eli",), NOW)
    with books.writing() as connection:
        revoke(connection, books, key, "T1", 1, 2, "Stolen", TWO, NOW)
    for code, epoch in (("T1", 1), ("T1", 2), ("T9", 1)):
        with books.writing() as connection, pytest.raises(TerminalRefusedError):
            revoke(connection, books, key, code, epoch, 2, "Stolen", TWO, NOW)
    assert verified(books)[1] == ()


def test_27_a_key_ends_at_what_was_witnessed_where_nothing_else_is_said(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.pay(WATER)
    assert put(books, key, till, till.seal()).status == 201
    till.pay(WATER)
    till.pay(WATER)
    heard = [{"seq": 3, "h": b"h", "sig": b"s", "body": till.records[0][0], "received_at": NOW}]
    with books.writing() as connection:
        assert last_receipt(connection, "T1", 1) == "T1-1"
        connection.execute(insert(tables.provisional), [{"terminal": "T1", "epoch": 1} | row for row in heard])
        assert (last_known(connection, "T1", 1), last_receipt(connection, "T1", 1)) == (3, "T1-2")
        witnessed = {"terminal": "T1", "epoch": 1, "seq": 4, "h": b"h", "head": b"", "at": NOW}
        connection.execute(insert(tables.witnessed), [witnessed])
        assert last_known(connection, "T1", 1) == 4
        assert (last_known(connection, "T9", 1), last_receipt(connection, "T9", 1)) == (0, None)


def test_after_the_ledgers_key_changed_an_answer_given_before_is_signed_anew(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.pay(WATER)
    envelope = till.seal()
    before = put(books, key, till, envelope)
    rotate_by_key(books, PASSPHRASE, counting_random_from(900), reason="Once a year", by=TWO, now=NOW)
    secrets = open_secrets(books.folder, PASSPHRASE)
    new = secrets.terminal_key
    assert new.public_key().public_bytes_raw() != key.public_key().public_bytes_raw()
    again = put(books, new, till, envelope)
    assert again.status == 200
    assert again.body != before.body
    assert parse_envelope(again.body, 10**6).payload == parse_envelope(before.body, 10**6).payload
    assert acked(new, till, again).status == "posted"
    require_in_force(books, secrets)
    assert public_identity(books.folder / "keys.json").openers == ("opener",)
    register, faults = verified(books)
    assert (len(register.ledger_keys), faults) == (2, ())


def counting_random_from(first: int) -> Any:
    source = counting_random()
    for _ in range(first):
        source(1)
    return source


def test_a_change_of_the_ledgers_key_that_was_cut_off_is_completed(
    books: Books, key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    from countertui.ledger import own_rotation

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(own_rotation, "settle_next_key", cut)
        with pytest.raises(KeyboardInterrupt):
            rotate_by_key(books, PASSPHRASE, counting_random_from(900), reason="Cut off", by=TWO, now=NOW)
    with pytest.raises(KeyInForceError):
        require_in_force(books, open_secrets(books.folder, PASSPHRASE))
    assert take_up(books, PASSPHRASE, counting_random_from(950))
    require_in_force(books, open_secrets(books.folder, PASSPHRASE))
    assert not take_up(books, PASSPHRASE, counting_random_from(960))
    assert follow_all(Register(LEDGER), entries(books)).no == 2


def entries(books: Books) -> list[bytes]:
    with books.reading() as connection:
        return registry.entries_after(connection, 0)


def test_a_batch_of_a_key_nobody_knows_is_kept_and_refused(books: Books, key: Ed25519PrivateKey) -> None:
    stranger = Till(books, "T7")
    stranger.pay(WATER)
    answer: Answer = ingest(books, key, stranger.seal(), "T7", 1, 1, NOW)
    assert answer.status == 401
    assert asked(books, "SELECT verdict FROM inbox") == [("unknown",)]
