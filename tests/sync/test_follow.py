"""A terminal follows the ledger's register: from what it pinned, forward only, and believes the key in force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from countertui.sync.ack import ack_payload
from countertui.sync.dsse import ACK, SNAPSHOT, sign_envelope, to_bytes
from countertui.sync.exchange import LedgerExchange
from countertui.sync.faults import AckRefusedError, RegistryRefusedError, SnapshotRefusedError
from countertui.sync.registry import Register, follow_all
from countertui.sync.registry_entries import Freeze, LedgerKey, Revoke
from countertui.sync.snapshot import Manifest, manifest_payload
from countertui.sync.transport import Reply
from sync.records import a_recorder
from sync.test_registry import FOUND, FOUNDERS, LEDGER, NEW, NEXT, OLD, T1, TERMINAL, entry, key, public

HASH = "ab" * 32


def log(*, rotated: bool = True) -> list[bytes]:
    """A register in which the ledger's key changes at entry 3."""
    entries: list[bytes] = []
    steps: list[tuple[str, Any, Any]] = [
        ("found", FOUND, FOUNDERS),
        ("terminal", TERMINAL, [OLD]),
    ]
    if rotated:
        steps.append(("ledger_key", LedgerKey(public_key=public(NEXT), reason="Once a year"), [OLD, NEW]))
        steps.append(("freeze", Freeze(terminal="T1", epoch=1, reason="Two journals"), [("ledger", NEXT)]))
    for kind, data, signers in steps:
        register = follow_all(Register("springfield"), entries)
        entries.append(entry(register, kind, data, signers))
    return entries


class Ledger:
    """Answers as the ledger would, with what it is given."""

    said_utc_ms = None

    def __init__(self, entries: Sequence[bytes], body: bytes = b"") -> None:
        self.entries, self.body = list(entries), body

    def get_registry(self, after: int) -> list[bytes]:
        return self.entries[after:]

    def put_lost_entries(self, _: Sequence[bytes]) -> Reply:
        return Reply(422, b"{}")

    def sign_as(self, signer: object) -> None:
        """Asks nobody for a signature."""

    def put_batch(self, *_: object) -> Reply:
        return Reply(200, self.body)

    def get_manifest(self, *_: object) -> bytes:
        return self.body


def exchange(ledger: Ledger, known: Sequence[bytes] = (), founding: str | None = None) -> LedgerExchange:
    pinned = key(LEDGER).public_key()
    return LedgerExchange(a_recorder(key(T1)), pinned, ledger, founding=founding, entries=known)  # type: ignore[arg-type]


def ack_by(signer: Ed25519PrivateKey) -> bytes:
    payload = ack_payload(
        ledger="springfield",
        terminal="T1",
        epoch=1,
        batch_no=1,
        batch_hash=HASH,
        status="posted",
        received_at="2026-11-23T09:00:00Z",
    )
    return to_bytes(sign_envelope(ACK, payload, [("ledger", signer)]))


def manifest_by(signer: Ed25519PrivateKey) -> bytes:
    made = Manifest(
        ledger="springfield",
        version=1,
        made_at="2026-11-23T09:00:00+00:00",
        expires_at="2026-12-23T09:00:00+00:00",
        includes={},
        tables=[],
    )
    return to_bytes(sign_envelope(SNAPSHOT, manifest_payload(made), [("ledger", signer)]))


def test_new_entries_are_believed_once_followed() -> None:
    entries = log()
    ledger = Ledger(entries)
    terminal = exchange(ledger, entries[:2])
    assert terminal.standing() == "active"
    newer = terminal.newer_entries()
    assert list(newer) == entries[2:]
    assert terminal.standing() == "active"
    terminal.follow(newer)
    assert terminal.standing() == "frozen"
    assert terminal.newer_entries() == ()
    assert list(exchange(ledger).newer_entries()) == entries


def test_the_key_in_force_alone_signs_what_is_new_and_any_that_was_what_is_kept() -> None:
    entries = log()
    before, after = exchange(Ledger(entries), entries[:2]), exchange(Ledger(entries), entries)
    for terminal, good, bad in ((before, LEDGER, NEXT), (after, NEXT, LEDGER)):
        client = terminal._client
        client.body = ack_by(key(good))  # type: ignore[union-attr]
        assert terminal.send(1, b"", HASH).state == "posted"
        client.body = ack_by(key(bad))  # type: ignore[union-attr]
        with pytest.raises(AckRefusedError) as caught:
            terminal.send(1, b"", HASH)
        assert caught.value.reason == "bad-signature"
        client.body = manifest_by(key(good))  # type: ignore[union-attr]
        offer = terminal.newer_snapshot(0)
        assert offer is not None
        client.body = manifest_by(key(bad))  # type: ignore[union-attr]
        with pytest.raises(SnapshotRefusedError):
            terminal.newer_snapshot(0)
    assert after.read(1, HASH, ack_by(key(LEDGER))).state == "posted"
    with pytest.raises(AckRefusedError):
        before.read(1, HASH, ack_by(key(NEXT)))
    with pytest.raises(AckRefusedError):
        after.read(1, "cd" * 32, ack_by(key(LEDGER)))


def test_the_certificates_are_those_of_the_register_until_the_terminal_is_revoked() -> None:
    entries = log(rotated=False)
    own = bytes.fromhex(public(T1))
    assert exchange(Ledger(entries)).certificate(own) == ""
    terminal = exchange(Ledger(entries), entries)
    assert terminal.certificate(own) == TERMINAL.certificate
    assert terminal.certificate(bytes.fromhex(public(NEXT))) == ""
    revoke = Revoke(terminal="T1", epoch=1, after_seq=3, reason="Stolen")
    terminal.follow([entry(follow_all(Register("springfield"), entries), "revoke", revoke, [OLD])])
    assert terminal.certificate(own) == ""


def test_an_altered_certificate_in_an_entry_is_refused_by_the_terminal() -> None:
    founding = log(rotated=False)[:1]
    altered = replace(TERMINAL, certificate="0" * 128)
    wrong = entry(follow_all(Register("springfield"), founding), "terminal", altered, [OLD])
    terminal = exchange(Ledger([*founding, wrong]), founding)
    with pytest.raises(RegistryRefusedError) as caught:
        terminal.newer_entries()
    assert caught.value.reason == "bad-certificate"
    assert terminal.standing() == ""


@pytest.mark.parametrize("case", ["shorter", "other", "forged", "gap", "elsewhere", "unfounded"])
def test_a_register_that_cannot_be_believed_changes_nothing(case: str) -> None:
    entries = log()
    known = entries[:3]
    other = [*entries[:2], entry(follow_all(Register("springfield"), entries[:2]), "freeze", Freeze(terminal="T1", epoch=1, reason="Else"), [OLD], by=())]  # fmt: skip  # noqa: E501
    forged = entry(
        follow_all(Register("springfield"), known), "freeze", Freeze(terminal="T1", epoch=1, reason="x"), [OLD], by=()
    )
    said = {
        "shorter": entries[:2],
        "other": other,
        "forged": [*known, forged],
        "gap": [*known, entries[1]],
        "elsewhere": [b"<html>"],
        "unfounded": [],
    }[case]
    terminal = exchange(Ledger(said), known)
    with pytest.raises(RegistryRefusedError):
        terminal.newer_entries()
    assert terminal.standing() == "active"
    assert [each.public_bytes_raw().hex() for each in terminal._ledger_keys] == [public(NEXT), public(LEDGER)]


def test_a_register_of_other_roots_is_not_the_one_that_was_pinned() -> None:
    entries = log()
    founding = follow_all(Register("springfield"), entries).founding
    assert exchange(Ledger(entries), founding=founding).newer_entries()
    with pytest.raises(RegistryRefusedError, match="another ledger's"):
        exchange(Ledger(entries), founding="0" * 64).newer_entries()
    with pytest.raises(RegistryRefusedError, match="another ledger's"):
        exchange(Ledger(entries), entries, founding="0" * 64)


def test_without_a_register_the_pinned_key_is_believed() -> None:
    terminal = exchange(Ledger([], ack_by(key(LEDGER))))
    assert terminal.newer_entries() == ()
    assert terminal.standing() == ""
    assert terminal.send(1, b"", HASH).state == "posted"
