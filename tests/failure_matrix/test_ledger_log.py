"""Row 15, the tree: a ledger that lost its state must grow back into what it vouched for, or every terminal says so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from countertui.ledger.books import open_books
from countertui.ledger.server import app
from countertui.ports.exchange import LogForked, LogSeen
from countertui.sync.exchange import LedgerExchange
from countertui.sync.keyslots import Secrets
from countertui.sync.request_auth import Signer
from countertui.sync.transport import Reply
from ledger.calling import signed
from ledger.town import NOW, Till, allocation, founded, ledger_key, line


class Ledger:
    """A ledger as terminals reach it; stands in for the HTTP client of a terminal."""

    said_utc_ms = None

    def __init__(self, folder: Path) -> None:
        self.books = open_books(folder)
        self.key = ledger_key(self.books)
        self.http = TestClient(app(self.books, Secrets(self.key, bytes(32), bytes(32)), lambda: NOW))

    def sign_as(self, signer: Signer) -> None:
        self.signer = signer

    def put_batch(self, terminal: str, epoch: int, batch_no: int, envelope: bytes) -> Reply:
        place = f"/v1/terminals/{terminal}/epochs/{epoch}/batches/{batch_no}"
        answer = self.http.put(place, content=envelope, headers=signed(self.signer, "PUT", place, envelope))
        return Reply(answer.status_code, answer.content)

    def get_consistency(self, old_size: int, size: int) -> list[str] | None:
        answer = self.http.get("/v1/log/consistency", params={"from": old_size, "to": size})
        return None if answer.status_code == 409 else answer.json()["proof"]


@contextmanager
def serving(folder: Path) -> Iterator[Ledger]:
    ledger = Ledger(folder)
    yield ledger
    ledger.books.close()


class Counter:
    """A till that sends what it seals, and what it has seen of the ledger's log."""

    def __init__(self, ledger: Ledger, code: str) -> None:
        self.till = Till(ledger.books, code).registered(ledger.books)
        self.envelopes: list[tuple[int, bytes, str]] = []
        self.seen: LogSeen | None = None

    def seal(self) -> None:
        self.till.pay(line(None, allocation(None, "100-4410", 25)))
        envelope = self.till.seal()
        self.envelopes.append((self.till.batch_no, envelope, self.till.batch_hash))

    def send(self, ledger: Ledger, batch_no: int) -> str:
        exchange = LedgerExchange(self.till.recorder, ledger.key.public_key(), ledger)  # type: ignore[arg-type]
        answer = exchange.send(*self.envelopes[batch_no - 1])
        self.seen = exchange.follow_log(self.seen, answer)
        assert self.seen is not None
        return self.seen.alarm


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    founded(tmp_path / "ledger").close()
    return tmp_path / "ledger"


@pytest.fixture
def backup(folder: Path, tmp_path: Path) -> tuple[Path, Counter, Counter]:
    """A ledger restored from a copy made after two batches; a third, of T1, came after it and is lost there."""
    with serving(folder) as ledger:
        one, two = Counter(ledger, "T1"), Counter(ledger, "T2")
        for counter in (one, two):
            counter.seal()
            assert counter.send(ledger, 1) == ""
        shutil.copytree(folder, tmp_path / "backup")
        one.seal()
        assert one.send(ledger, 2) == ""
    return tmp_path / "backup", one, two


def test_row_15_a_restored_ledger_that_is_sent_the_same_again_is_what_it_was(
    backup: tuple[Path, Counter, Counter],
) -> None:
    folder, one, two = backup
    with serving(folder) as ledger:
        before = one.seen
        assert one.send(ledger, 2) == ""
        assert one.seen is not None
        assert before is not None
        assert (one.seen.size, one.seen.root) == (before.size, before.root)
        two.seal()
        assert two.send(ledger, 2) == ""


def test_row_15_until_then_a_terminal_that_saw_more_says_so(backup: tuple[Path, Counter, Counter]) -> None:
    folder, one, _ = backup
    with serving(folder) as ledger:
        assert "shorter than the 6 entries" in one.send(ledger, 1)
        assert one.send(ledger, 2) == ""


def test_row_15_a_restored_ledger_that_went_on_otherwise_is_refused(backup: tuple[Path, Counter, Counter]) -> None:
    folder, one, two = backup
    with serving(folder) as ledger:
        two.seal()
        assert two.send(ledger, 2) == "", "T2 never saw what is lost"
        seen = one.seen
        with pytest.raises(LogForked, match="history was changed"):
            one.send(ledger, 2)
        assert one.seen == seen
