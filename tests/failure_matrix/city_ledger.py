"""The demo city's own ledger, served over HTTP in this process, and the city's terminal speaking with it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from counter_station import close, open_station
from countertui.counter.station import Station
from countertui.demo.passphrase import PASSPHRASE
from countertui.ledger.books import Books, open_books
from countertui.ledger.keys import open_secrets
from countertui.ledger.server import app
from countertui.store import registry_log
from countertui.store.anchor import anchor_folder
from countertui.store.store import read_body
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.exchange import LedgerExchange
from countertui.sync.transport import LedgerClient
from on_loopback import served

NOW = "2026-11-23T18:00:00+00:00"


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Books, str]]:
    """The ledger in a folder, and the address it listens on."""
    books = open_books(folder)
    try:
        with served(app(books, open_secrets(folder, PASSPHRASE), lambda: NOW)) as address:
            yield books, address
    finally:
        books.close()


@contextmanager
def at_counter(folder: Path, url: str) -> Iterator[Station]:
    """The terminal in a folder, online at that address."""
    station = open_station(folder)
    client = LedgerClient(url)
    try:
        station.exchange = exchange_of(station, client)
        yield station
    finally:
        client.close()
        close(station)


def exchange_of(station: Station, client: LedgerClient) -> LedgerExchange:
    identity = station.store.identity()
    assert identity is not None
    ledger_key = checked_public_key(bytes.fromhex(identity.ledger_key))
    return LedgerExchange(
        station.recorder,  # type: ignore[arg-type]
        ledger_key,
        client,
        founding=read_body(station.db, 1)["data"].get("registry"),
        entries=registry_log.entries(station.db),
    )


def image(folder: Path, to: Path) -> Path:
    """The whole disk of a terminal, its anchor too, as a thief or a backup program copies it."""
    shutil.copytree(folder, to)
    shutil.copytree(anchor_folder(folder), anchor_folder(to))
    return to
