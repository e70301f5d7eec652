import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.reference import TABLES
from countertui.ledger import server
from countertui.ledger.books import Books
from countertui.ledger.publish import publish
from countertui.ledger.server import HostRefusedError
from countertui.store.rows_file import read_rows
from countertui.sync.exchange import LedgerExchange
from countertui.sync.transport import LedgerClient
from ledger.calling import call, signed
from ledger.town import LEDGER, NOW, PASSPHRASE, Till, allocation, line

PROGRAM = f"""
import gc, sys
gc.disable()  # as `countertui ledger serve` does
from pathlib import Path
from countertui.ledger.server import serve
gc.freeze()
gc.enable()
serve(Path(sys.argv[1]), {PASSPHRASE!r}, lambda: {NOW!r}, until_stdin_closes="--until-stdin-closes" in sys.argv)
"""


@contextmanager
def serving(books: Books, *more: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(books.folder), *more], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert child.stdout is not None
        said = json.loads(child.stdout.readline())
        assert said["ledger"] == LEDGER
        yield child, said["url"]
    finally:
        if child.stdin is not None:
            child.stdin.close()
        if child.stdout is not None:
            child.stdout.close()
        child.kill()
        child.wait()


def test_a_terminal_deals_with_it_as_it_will_in_earnest(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(line("U1", allocation("C1", "510-4310", 20_00)))
    envelope = till.seal()
    with serving(books) as (child, url), closing(LedgerClient(url)) as client:
        assert url.startswith("http://127.0.0.1:")
        exchange = LedgerExchange(till.recorder, key.public_key(), client)
        assert exchange.reachable()
        assert exchange.newer_snapshot(0) is None
        answer = exchange.send(1, envelope, till.batch_hash)
        assert (answer.state, answer.posted_cents, answer.difference_cents) == ("posted", 20_00, 0)
        publish(books, key, NOW)
        offer = exchange.newer_snapshot(0)
        assert offer is not None
        assert (offer.version, offer.seq) == (1, 2)
        charges = next(file for file in offer.files(books.folder) if file.table == "charge")
        rows = read_rows(Path(charges.path), "charge", len(TABLES["charge"]))
        assert next(row[-1] for row in rows if row[0] == "C1") == 30_00
        health = httpx2.get(f"{url}/v1/health").json()
        assert health == {"ledger": LEDGER, "version": health["version"], "ready": True, "lacks": []}
        child.send_signal(signal.SIGTERM)
        assert child.wait(20) == 0


def test_it_ends_with_the_counter_that_started_it(books: Books) -> None:
    with serving(books, "--until-stdin-closes") as (child, _):
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(20) == 0


def test_addresses_that_lead_nowhere(books: Books, till: Till) -> None:
    put = "/v1/terminals/T1/epochs"
    with serving(books) as (_, url), httpx2.Client(base_url=url) as client:
        assert call(client, till, "GET", "/v1/snapshots/latest").status_code == 404
        assert call(client, till, "GET", "/v1/snapshots/1/tables/account").status_code == 404
        assert call(client, till, "GET", "/v1/snapshots/1/tables/..%2F..%2Fkeys").status_code == 404
        assert call(client, till, "PUT", f"{put}/1/batches/{10**30}", b"x").status_code == 422
        assert call(client, till, "PUT", f"{put}/0/batches/1", b"x").status_code == 422
        assert call(client, till, "PUT", f"{put}/1/batches/1", b"x").status_code == 422
        assert httpx2.put(f"{url}{put}/1/batches/1", content=b"x").status_code == 401


def test_a_body_too_large_is_refused_while_it_comes(books: Books, till: Till) -> None:
    path = "/v1/terminals/T1/epochs/1/batches/1"
    authorization = signed(till, "PUT", path)["Authorization"]
    with serving(books) as (_, url):
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            connection.sendall(
                f"PUT {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n"
                "Transfer-Encoding: chunked\r\n\r\n40000000\r\n".encode()
            )
            part = bytes(1024 * 1024)
            answered = b""
            connection.setblocking(False)
            sent = 0
            until = time.monotonic() + 60
            while not answered and time.monotonic() < until:
                try:
                    sent += connection.send(part)
                except BlockingIOError:
                    os.sched_yield()
                except ConnectionError:
                    break
                try:
                    answered = connection.recv(4096)
                except BlockingIOError:
                    continue
            assert answered.startswith(b"HTTP/1.1 413")
            assert sent < 200 * 1024 * 1024


def test_it_serves_this_machine_only(books: Books, tmp_path: Path) -> None:
    for host in ("0.0.0.0", "192.0.2.1", "::"):
        with pytest.raises(HostRefusedError):
            server.serve(books.folder, PASSPHRASE, lambda: NOW, host=host)
