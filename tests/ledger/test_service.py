"""The ledger as it runs in earnest: what its log says of a day, and how it ends."""

from __future__ import annotations

import json
import re
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from countertui.domain.records import Kind
from countertui.ledger import tables
from countertui.ledger.books import Books, open_books
from countertui.ledger.ingest import ingest
from countertui.ledger.publish import publish
from countertui.sync.exchange import LedgerExchange
from countertui.sync.faults import LedgerUnreachableError
from countertui.sync.transport import LedgerClient
from ledger.calling import call, signed
from ledger.serving import served
from ledger.town import DAY, NOW, PASSPHRASE, TABLES, Till, allocation, line

FIRST = "/v1/terminals/T1/epochs/1/batches/1"
PAYOR, PIN, NOTE = "Wilhelmina Featherstonehaugh", "48151623", "her daughter pays on the 3rd"


def names_in_the_town() -> set[str]:
    """Every text of the town's that is somebody's, or leads to somebody."""
    found = {PAYOR, PIN, NOTE, PASSPHRASE, "Featherstonehaugh"}
    for name in ("party", "account", "operator", "charge", "license", "receipt_history"):
        for row in TABLES.get(name, ()):
            found |= {value for value in row if isinstance(value, str) and len(value) >= 2 and not value.isdigit()}
    # Words of the program's own and dates are no one's.
    return {text for text in found if text not in {"HALL", DAY, "utility", "water", "Water"} and "active" not in text}


def test_the_log_of_a_day_says_nothing_of_a_person(
    books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path
) -> None:
    with served(books, tmp_path / "log", per_address="30/hour") as ledger, closing(LedgerClient(ledger.url)) as client:
        exchange = LedgerExchange(till.recorder, key.public_key(), client)
        paid = till.record(
            Kind.PAY,
            {
                **till.pay(line("U1", allocation("C1", "510-4310", 20_00)))["data"],
                "receipt_no": "T1-2",
                "payor": PAYOR,
                "note": NOTE,
            },
        )
        assert paid["data"]["payor"] == PAYOR
        exchange.send(1, till.seal(), till.batch_hash)
        publish(books, key, NOW)
        exchange.newer_snapshot(0)
        # Whatever goes wrong with it: names in addresses, queries, headers and bodies.
        with httpx2.Client(base_url=ledger.url) as web:
            call(web, till, "PUT", f"/v1/terminals/{PAYOR.replace(' ', '%20')}/epochs/1/batches/1", b"x")
            call(web, till, "GET", f"/v1/snapshots/1/tables/{PAYOR.split()[1]}")
            web.get(f"/{PAYOR.split()[1]}?pin={PIN}", headers={"Referer": NOTE, "User-Agent": PIN})
            web.get(f"/v1/log/proof?terminal={PAYOR.split()[1]}&epoch=1&seq=1&more={PIN}")
            web.get(f"/v1/enrolments/{PAYOR.split()[1]}")
            web.put(f"/v1/enrolments/{PAYOR.split()[1]}/request", content=json.dumps({"pin": PIN, "name": PAYOR}))
            web.post("/receipt", data={"code": f"{PAYOR} {PIN}"})
            web.get(f"/v1/claims/T1/1/{PIN}/{PIN}")
            web.get("/v1/registry", headers={"Authorization": f"Bearer {PIN}"})
            call(web, till, "POST", "/v1/desk/sign-in", json.dumps({"pin": PIN, "operator": PAYOR}).encode())
            call(web, till, "POST", f"/v1/desk/reads/{PAYOR.split()[1]}", json.dumps({"token": PIN}).encode())
            for _ in range(31):
                web.get("/v1/health")
        host, port = ledger.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as raw:
            raw.sendall(f"{PIN} {PAYOR}\r\n\r\n".encode())
            raw.recv(1000)
        text = ledger.log.read_text()
        lines = ledger.lines()
    routes = {line.get("route") for line in lines}
    assert "PUT /v1/terminals/{terminal}/epochs/{epoch}/batches/{no}" in routes
    assert "POST /receipt" in routes
    assert {401, 404, 422, 429} <= {line.get("status") for line in lines}
    names = names_in_the_town()
    assert len(names) > 15
    # As words: a request's id is hexadecimal, and "dee" is too.
    assert [name for name in names if re.search(rf"(?<![0-9A-Za-z]){re.escape(name)}(?![0-9A-Za-z])", text)] == []
    # What is there is what one needs: who, which, how long, how much.
    for line_ in lines:
        if line_["event"] == "request":
            assert {"request", "route", "status", "ms", "bytes_in", "bytes_out", "timestamp", "level"} <= set(line_)
    assert any(line_.get("terminal") == "T1" and line_["skew_ms"] < 0 for line_ in lines)


def test_a_fault_in_the_books_is_logged_without_its_words(books: Books, till: Till, tmp_path: Path) -> None:
    with served(books, tmp_path / "log") as ledger, httpx2.Client(base_url=ledger.url) as web:
        with books.writing() as connection:
            tables.terminal_key.drop(connection)
        answer = call(web, till, "GET", "/v1/registry")
        assert answer.status_code == 500
        (fault,) = (line for line in ledger.lines() if line["event"] == "fault")
        assert fault["request"] == answer.headers["x-request-id"]
        assert any("callers.py" in place for place in fault["at"])
        assert "SELECT" not in ledger.log.read_text()


@pytest.mark.parametrize("whole", [True, False])
def test_told_to_stop_it_finishes_what_is_under_way(
    books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path, whole: bool
) -> None:
    till.pay(line("U1", allocation("C1", "510-4310", 20_00)))
    envelope = till.seal()
    with served(books, tmp_path / "log") as ledger:
        host, port = ledger.url.removeprefix("http://").split(":")
        authorization = signed(till, "PUT", FIRST, envelope)["Authorization"]
        with socket.create_connection((host, int(port)), timeout=60) as upload:
            upload.sendall(
                f"PUT {FIRST} HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n"
                f"Content-Length: {len(envelope)}\r\n\r\n".encode()
                + envelope[:1000]
            )
            _until(lambda: _is_under_way(ledger.url))
            ledger.child.send_signal(signal.SIGTERM)
            _until(lambda: not _listens(host, int(port)))
            if whole:
                for at in range(1000, len(envelope), 500):
                    upload.sendall(envelope[at : at + 500])
                assert upload.recv(4096).startswith(b"HTTP/1.1 201")
        assert ledger.child.wait(60) == 0
    again = open_books(books.folder)
    try:
        with again.reading() as connection:
            for table, there in ((tables.batch, 1), (tables.record, 2), (tables.inbox, 1)):
                count = connection.execute(select(func.count()).select_from(table)).scalar_one()
                assert count == (there if whole else 0)
        # Sent again, it is taken, or was.
        assert ingest(again, key, envelope, "T1", 1, 1, NOW).status == (200 if whole else 201)
    finally:
        again.close()


def _is_under_way(url: str) -> bool:
    """The server is one thread: once it answered this, it has read what was sent before."""
    return httpx2.get(f"{url}/v1/health/live").status_code == 200


def _listens(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=5).close()
    except OSError:
        return False
    return True


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        threading.Event().wait(0.01)


def test_a_client_leaves_it_alone_when_asked_to(books: Books, till: Till, tmp_path: Path) -> None:
    now = [1000.0]
    with served(books, tmp_path / "log", per_terminal="1/minute") as ledger:
        client = LedgerClient(ledger.url, monotonic_s=lambda: now[0])
        with closing(client):
            client.sign_as(till.recorder)
            assert client.get_ack("T1", 1, 1) is None
            with pytest.raises(LedgerUnreachableError, match="asked too often"):
                client.get_ack("T1", 1, 1)
            _until(lambda: len(ledger.lines()) == 2)  # it is answered before it is written down
            asked = len(ledger.lines())
            for _ in range(5):
                with pytest.raises(LedgerUnreachableError, match="left alone"):
                    client.get_ack("T1", 1, 1)
            assert len(ledger.lines()) == asked
            now[0] += 61
            with pytest.raises(LedgerUnreachableError, match="asked too often"):
                client.get_ack("T1", 1, 1)


def test_a_batch_refused_for_haste_is_not_given_up(
    books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path
) -> None:
    till.pay(line("U1", allocation("C1", "510-4310", 20_00)))
    envelope = till.seal()
    with served(books, tmp_path / "log", per_terminal="1/hour") as ledger:
        client = LedgerClient(ledger.url)
        with closing(client):
            exchange = LedgerExchange(till.recorder, key.public_key(), client)
            assert exchange.ask(1, till.batch_hash) is None
            with pytest.raises(LedgerUnreachableError):
                exchange.send(1, envelope, till.batch_hash)
