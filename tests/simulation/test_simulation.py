"""Cities lived through by their seeds: no money lost, none doubled, every tampering noticed; and the judge can convict.

A few seeds here; `make test-simulation` goes through hundreds. A seed that fails is gone through again by
`.venv/bin/python tests/simulation/run.py SEED`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import structlog
import structlog.testing

from countertui.ledger import ingest as ingesting
from countertui.ledger import live as witnessing
from countertui.ledger import post_batch as posting
from countertui.ports import Answer
from countertui.store import store as stores
from countertui.store import verify as verifying
from countertui.sync.exchange import LedgerExchange
from postgres import Server
from simulation.life import STEPS
from simulation.run import live
from simulation.verdict import Verdict

SHORT = 40
"""Steps of a life that is only to show what the judge sees."""


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The ledger's log has a line a request; a failure's own words would drown in them."""
    with structlog.testing.capture_logs():
        yield


def right(seed: int, server: Server | None = None) -> Verdict:
    verdict, _ = live(seed, server)
    assert not verdict.wrong, "\n".join([f"SEED {seed}", *verdict.wrong])
    return verdict


@pytest.mark.parametrize("seed", [3, 14, 22, 26])
def test_nothing_is_lost_or_doubled_and_every_tampering_is_noticed(seed: int) -> None:
    assert right(seed).posted > 4


def test_the_same_on_postgres(postgres: Server) -> None:
    assert right(3, postgres).posted > 4


def test_the_same_seed_is_the_same_life() -> None:
    lives = [live(2, steps=SHORT) for _ in range(2)]
    for told in (lambda each: each[0], lambda each: each[1].done, lambda each: each[1].network.done):
        assert told(lives[0]) == told(lives[1])


def convicted(seed: int, words: str, steps: int = SHORT) -> None:
    verdict, _ = live(seed, steps=steps)
    assert any(words in each for each in verdict.wrong), (seed, words, verdict.wrong)


def test_a_terminal_that_believes_anything_is_convicted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Self-check: a batch is called posted whatever came of it."""
    believed = Answer("posted", 0, 0, (), b"an ack that nobody gave")
    monkeypatch.setattr(LedgerExchange, "send", lambda *_: believed)
    convicted(2, "LOST")


def test_money_posted_twice_is_convicted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Self-check: every line is posted with twice its cents: it balances, and fsck makes the same mistake again."""
    write = posting.write_entries

    def twice(connection: Any, entries: Any, lines: Any, _balances: Any = None) -> None:
        write(connection, entries, [{place: 2 * cents for place, cents in each.items()} for each in lines])

    monkeypatch.setattr(posting, "write_entries", twice)
    convicted(2, "took in")


def test_a_ledger_that_forgets_what_it_has_is_convicted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Self-check: it does not look whether a batch of that number is there."""
    monkeypatch.setattr(ingesting, "_without_posting", lambda *_: None)
    convicted(2, "sound")


def test_an_anchor_that_nobody_looks_at_is_convicted(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (stores, verifying):
        monkeypatch.setattr(module, "verify_anchor", lambda *_: [])
    convicted(6, "NOT NOTICED", steps=STEPS)


def test_a_fork_that_stops_nobody_is_convicted(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (ingesting, witnessing):
        monkeypatch.setattr(module, "stop_terminal", lambda *_: None)
    convicted(7, "not what was signed", steps=STEPS)
