"""A terminal believes the ledger's log only as long as it is what it was."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ports.exchange import LogForked, LogSeen
from countertui.sync.faults import AckRefusedError, LedgerUnreachableError
from countertui.sync.log_watch import follow
from countertui.sync.merkle import consistency_proof, leaf_hash, tree_root
from countertui.sync.notes import Checkpoint, base64_hashes, sign_checkpoint
from merkle_tree import nodes_of

ORIGIN = "countertui/springfield"


class Log:
    """A ledger's log in memory: signs checkpoints, answers for proofs, and may be another log than it was."""

    def __init__(self, key: Ed25519PrivateKey, size: int, salt: str = "") -> None:
        self.key = key
        self.leaves = [leaf_hash(f"{salt}{n}".encode()) for n in range(size)]
        self.asked: list[tuple[int, int]] = []

    def note(self, size: int) -> str:
        return sign_checkpoint(Checkpoint(ORIGIN, size, tree_root(nodes_of(self.leaves), size)), self.key)

    def fetch(self, old_size: int, size: int) -> list[str] | None:
        self.asked.append((old_size, size))
        if size > len(self.leaves):
            return None
        return base64_hashes(consistency_proof(nodes_of(self.leaves), old_size, size))

    def follow(self, seen: LogSeen | None, size: int, extends: tuple[int, tuple[str, ...]] | None = None) -> LogSeen:
        return follow(seen, self.note(size), extends, self.key.public_key(), ORIGIN, self.fetch)


def no_network(old_size: int, size: int) -> list[str] | None:
    raise LedgerUnreachableError("The ledger could not be used: there is no connection to it.")


@pytest.fixture
def log(ledger_key: Ed25519PrivateKey) -> Log:
    return Log(ledger_key, 40)


def test_the_first_checkpoint_is_taken_as_it_is_and_newer_ones_by_proof(log: Log) -> None:
    seen = log.follow(None, 7)
    assert (seen.size, seen.alarm, log.asked) == (7, "", [])
    for size in (8, 8, 31, 40):
        seen = log.follow(seen, size)
        assert (seen.size, seen.note) == (size, log.note(size))
    assert log.asked == [(7, 8), (8, 31), (31, 40)]


def test_a_proof_that_came_with_the_answer_needs_no_network(log: Log) -> None:
    seen = log.follow(None, 7)
    proof = tuple(log.fetch(7, 20) or ())
    now = follow(seen, log.note(20), (7, proof), log.key.public_key(), ORIGIN, no_network)
    assert now.size == 20
    with pytest.raises(LedgerUnreachableError):
        follow(seen, log.note(20), (6, proof), log.key.public_key(), ORIGIN, no_network)


def test_another_history_is_refused(log: Log) -> None:
    forked = Log(log.key, 40, "another ")
    seen = log.follow(None, 7)
    for size in (7, 20):
        with pytest.raises(LogForked, match="no longer begins with the 7 entries"):
            forked.follow(seen, size)
    with pytest.raises(LogForked):
        follow(seen, forked.note(20), (7, tuple(log.fetch(7, 20) or ())), log.key.public_key(), ORIGIN, no_network)
    with pytest.raises(LogForked):
        forked.follow(log.follow(seen, 20), 5)


def test_an_older_answer_again_changes_nothing(log: Log) -> None:
    seen = log.follow(None, 20)
    assert log.follow(seen, 7) == seen


def test_a_ledger_that_lost_entries_is_told_until_it_has_them_again(log: Log) -> None:
    seen = log.follow(None, 20)
    restored = Log(log.key, 12)
    behind = restored.follow(seen, 12)
    assert (behind.size, behind.note) == (20, seen.note)
    assert "shorter than the 20 entries" in behind.alarm
    grown = Log(log.key, 30)
    assert grown.follow(behind, 30).alarm == ""
    assert grown.follow(behind, 14).alarm == ""
    with pytest.raises(LogForked):
        Log(log.key, 30, "otherwise ").follow(behind, 30)


def test_a_ledger_that_signed_for_more_than_it_has_is_refused(log: Log) -> None:
    seen = log.follow(None, 7)
    short = Log(log.key, 12)
    with pytest.raises(LogForked):
        follow(seen, log.note(20), None, log.key.public_key(), ORIGIN, short.fetch)


def test_a_checkpoint_of_somebody_else_proves_nothing(log: Log, other_key: Ed25519PrivateKey) -> None:
    with pytest.raises(AckRefusedError) as refused:
        follow(None, Log(other_key, 9).note(9), None, log.key.public_key(), ORIGIN, log.fetch)
    assert refused.value.reason == "log-note"
