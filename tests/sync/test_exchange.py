"""The transport and the exchange against a real server on loopback that says whatever a test tells it to."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.sync.ack import ack_payload
from countertui.sync.dsse import ACK, SNAPSHOT, sign_envelope, to_bytes
from countertui.sync.exchange import LedgerExchange, Offer
from countertui.sync.faults import (
    AckRefusedError,
    BatchNotTakenError,
    LedgerAddressError,
    LedgerGapError,
    LedgerUnreachableError,
    SnapshotRefusedError,
)
from countertui.sync.snapshot import Included, Manifest, manifest_payload
from countertui.sync.table_files import write_table
from countertui.sync.transport import LedgerClient
from sync.records import a_body, a_chain, a_recorder, a_seal

Said = dict[tuple[str, str], tuple[int, bytes]]


class City:
    """A stand-in ledger: answers by (method, path), and what it was sent."""

    def __init__(self) -> None:
        self.said: Said = {}
        self.heard: list[tuple[str, str, bytes]] = []
        self.date: str | None = None
        city = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                city.heard.append((self.command, self.path, body))
                status, answer = city.said.get((self.command, self.path), (404, b"{}"))
                if status == 0:
                    self.close_connection = True
                    return
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "http://127.0.0.1:1/")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_PUT = do_GET  # noqa: N815 - the name http.server looks for

            def date_time_string(self, timestamp: float | None = None) -> str:
                return super().date_time_string() if city.date is None else city.date

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def city() -> Iterator[City]:
    city = City()
    yield city
    city.stop()


@pytest.fixture
def client(city: City) -> Iterator[LedgerClient]:
    client = LedgerClient(city.url, timeout_s=5)
    yield client
    client.close()


@pytest.fixture
def exchange(client: LedgerClient, terminal_key: Ed25519PrivateKey, ledger_key: Ed25519PrivateKey) -> LedgerExchange:
    return LedgerExchange(a_recorder(terminal_key), ledger_key.public_key(), client)


@pytest.fixture
def batch(exchange: LedgerExchange, terminal_key: Ed25519PrivateKey) -> tuple[bytes, str]:
    recorder = a_recorder(terminal_key)
    return exchange.seal(a_seal(recorder, 3), a_chain(recorder, [a_body(n) for n in (1, 2, 3)]))


PUT = ("PUT", "/v1/terminals/T1/epochs/1/batches/1")


@pytest.fixture
def ack(ledger_key: Ed25519PrivateKey, batch: tuple[bytes, str]) -> Callable[..., bytes]:
    def make(**changes: Any) -> bytes:
        said: dict[str, Any] = {"ledger": "springfield", "terminal": "T1", "epoch": 1, "batch_no": 1}
        said |= {"batch_hash": batch[1], "status": "posted", "received_at": "2026-11-23T17:00:00Z", "posted_cents": 600}
        return to_bytes(sign_envelope(ACK, ack_payload(**(said | changes)), [("ledger", ledger_key)]))

    return make


@pytest.mark.parametrize(("status", "word"), [(201, "posted"), (200, "posted"), (202, "held"), (202, "received")])
def test_a_batch_is_sent_when_the_ledger_signed_for_it(
    city: City, exchange: LedgerExchange, batch: tuple[bytes, str], ack: Callable[..., bytes], status: int, word: str
) -> None:
    city.said[PUT] = (status, ack(status=word, reasons=["why"]))
    answer = exchange.send(1, *batch)
    assert (answer.state, answer.posted_cents, answer.difference_cents, answer.reasons) == (word, 600, 0, ("why",))
    assert answer.ack == city.said[PUT][1]
    assert city.heard == [(*PUT, batch[0])]


def test_a_yes_without_the_ledgers_signature_is_no_yes(
    city: City, exchange: LedgerExchange, batch: tuple[bytes, str], ack: Callable[..., bytes]
) -> None:
    for answer in (b"", b"{}", b"OK", ack(batch_hash="00" * 32), ack(batch_no=2), ack()[:-5]):
        city.said[PUT] = (201, answer)
        with pytest.raises(AckRefusedError):
            exchange.send(1, *batch)


def test_how_a_batch_stands_now_is_asked_and_believed_when_signed(
    city: City, exchange: LedgerExchange, batch: tuple[bytes, str], ack: Callable[..., bytes]
) -> None:
    asking = ("GET", PUT[1])
    city.said[asking] = (200, ack(status="received"))
    answer = exchange.ask(1, batch[1])
    assert answer is not None
    assert answer.state == "received"
    for other in (b"{}", ack(batch_no=2), ack(batch_hash="00" * 32)):
        city.said[asking] = (200, other)
        with pytest.raises(AckRefusedError):
            exchange.ask(1, batch[1])
    city.said[asking] = (404, b"")
    assert exchange.ask(1, batch[1]) is None


def test_a_gap_names_what_the_ledger_has(city: City, exchange: LedgerExchange, batch: tuple[bytes, str]) -> None:
    city.said[PUT] = (409, b'{"have_no":0,"head":null}')
    with pytest.raises(LedgerGapError) as caught:
        exchange.send(1, *batch)
    assert caught.value.have_no == 0
    for nonsense in (b"", b'{"have_no":"3"}', b'{"have_no":true}', b'{"have_no":-1}'):
        city.said[PUT] = (409, nonsense)
        with pytest.raises(LedgerUnreachableError):
            exchange.send(1, *batch)


@pytest.mark.parametrize("status", [401, 403, 404, 413, 422])
def test_a_refusal_carries_the_ledgers_reason(
    city: City, exchange: LedgerExchange, batch: tuple[bytes, str], status: int
) -> None:
    city.said[PUT] = (status, b'{"reason":"the key is revoked"}')
    with pytest.raises(BatchNotTakenError, match="the key is revoked"):
        exchange.send(1, *batch)
    city.said[PUT] = (status, b"<html>")
    with pytest.raises(BatchNotTakenError, match=str(status)):
        exchange.send(1, *batch)


@pytest.mark.parametrize("status", [500, 503, 302, 0])
def test_a_ledger_in_trouble_is_one_to_try_again(
    city: City, exchange: LedgerExchange, batch: tuple[bytes, str], status: int
) -> None:
    city.said[PUT] = (status, b"")
    with pytest.raises(LedgerUnreachableError) as caught:
        exchange.send(1, *batch)
    assert caught.value.exit_status == 3
    assert "safe" in caught.value.safe
    assert len(city.heard) == 1


def test_nobody_there(exchange: LedgerExchange, city: City, batch: tuple[bytes, str]) -> None:
    city.server.shutdown()  # else the system would listen on as long as it waits
    city.server.server_close()
    with pytest.raises(LedgerUnreachableError, match="no connection"):
        exchange.send(1, *batch)
    assert not exchange.reachable()


def test_a_silent_ledger_is_not_waited_for(city: City) -> None:
    release = threading.Event()
    city.server.RequestHandlerClass = lambda *_: release.wait(20)  # type: ignore[assignment]
    client = LedgerClient(city.url, timeout_s=0.2)
    try:
        with pytest.raises(LedgerUnreachableError, match="in time"):
            client.health()
    finally:
        release.set()
        client.close()


def test_an_endless_answer_is_cut_off(city: City, exchange: LedgerExchange, batch: tuple[bytes, str]) -> None:
    city.said[PUT] = (201, b"x" * 400_000)
    with pytest.raises(LedgerUnreachableError, match="more than it may"):
        exchange.send(1, *batch)


def test_reachable_means_this_citys_ledger(city: City, exchange: LedgerExchange) -> None:
    assert not exchange.reachable()
    for said, wanted in (
        (b'{"ledger":"springfield"}', True),
        (b'{"ledger":"shelbyville"}', False),
        (b"[]", False),
        (b"{", False),
    ):
        city.said["GET", "/v1/health"] = (200, said)
        assert exchange.reachable() == wanted


@pytest.mark.parametrize(
    ("said", "utc_ms"),
    [
        ("Mon, 23 Nov 2026 09:41:07 GMT", 1_795_426_867_000),
        ("Mon, 23 Nov 2026 25:41:07 GMT", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_the_ledgers_time_is_what_its_last_answer_said(
    city: City, exchange: LedgerExchange, said: str, utc_ms: int | None
) -> None:
    assert exchange.ledger_utc_ms() is None
    city.said["GET", "/v1/health"] = (200, b'{"ledger":"springfield"}')
    city.date = said
    assert exchange.reachable()
    assert exchange.ledger_utc_ms() == utc_ms


@pytest.fixture
def published(city: City, tmp_path: Path, ledger_key: Ed25519PrivateKey) -> Callable[[int], Manifest]:
    def publish(version: int) -> Manifest:
        folder = tmp_path / str(version)
        folder.mkdir()
        tables = [
            write_table(folder / "fee.ndjson", ["code", "cents"], [("COPY", 25), ("MAP", version)]),
            write_table(folder / "city.ndjson", ["key", "value"], []),
        ]
        manifest = Manifest(
            ledger="springfield",
            version=version,
            made_at="2026-11-23T05:00:00Z",
            expires_at="2026-11-30T05:00:00Z",
            includes={"T1": Included(epoch=1, seq=42)},
            tables=tables,
        )
        for table in tables:
            path = f"/v1/snapshots/{version}/tables/{table.name}"
            city.said["GET", path] = (200, (folder / f"{table.name}.ndjson").read_bytes())
        envelope = sign_envelope(SNAPSHOT, manifest_payload(manifest), [("ledger", ledger_key)])
        for terminal in ("T1", "T9"):
            city.said["GET", f"/v1/snapshots/latest?terminal={terminal}"] = (200, to_bytes(envelope))
        return manifest

    return publish


def test_a_newer_snapshot_is_offered_and_fetched(
    exchange: LedgerExchange, published: Callable[[int], Manifest], tmp_path: Path
) -> None:
    assert exchange.newer_snapshot(0) is None
    published(7)
    assert exchange.newer_snapshot(7) is None
    offer = exchange.newer_snapshot(6)
    assert offer is not None
    assert (offer.version, offer.epoch, offer.seq, len(offer.sha256)) == (7, 1, 42, 64)
    folder = tmp_path / "in"
    folder.mkdir()
    files = {file.table: file for file in offer.files(folder)}
    assert {name: (file.whole, file.gone, file.rows) for name, file in files.items()} == {
        "fee": (True, "", 2),
        "city": (True, "", 0),
    }
    assert Path(files["fee"].path).read_bytes() == b'["COPY",25]\n["MAP",7]\n'


def test_an_older_snapshot_is_refused(exchange: LedgerExchange, published: Callable[[int], Manifest]) -> None:
    published(7)
    with pytest.raises(SnapshotRefusedError) as caught:
        exchange.newer_snapshot(8)
    assert caught.value.reason == "rolled-back"


def test_what_an_earlier_key_recorded_is_another_count(published: Callable[[int], Manifest]) -> None:
    """A new journal's first records would else count as being in the balances already."""
    manifest = published(7)
    offer = Offer(manifest, "T1", 2, lambda _entry, _to: None)
    assert (offer.epoch, offer.seq) == (2, 0)


def test_a_terminal_the_snapshot_does_not_know_has_nothing_in_it(
    client: LedgerClient,
    other_key: Ed25519PrivateKey,
    ledger_key: Ed25519PrivateKey,
    published: Callable[[int], Manifest],
) -> None:
    published(7)
    offer = LedgerExchange(a_recorder(other_key, "T9"), ledger_key.public_key(), client).newer_snapshot(0)
    assert offer is not None
    assert (offer.epoch, offer.seq) == (1, 0)


def test_a_table_mixed_in_from_another_snapshot_is_refused(
    city: City, exchange: LedgerExchange, published: Callable[[int], Manifest], tmp_path: Path
) -> None:
    published(6)
    published(7)
    fee = "/v1/snapshots/{}/tables/fee"
    city.said["GET", fee.format(7)] = city.said["GET", fee.format(6)]
    offer = exchange.newer_snapshot(0)
    assert offer is not None
    with pytest.raises(SnapshotRefusedError) as caught:
        next(offer.files(tmp_path))
    assert caught.value.reason == "altered"


def test_no_more_is_fetched_than_the_manifest_says(
    city: City, exchange: LedgerExchange, published: Callable[[int], Manifest], tmp_path: Path
) -> None:
    manifest = published(7)
    city.said["GET", "/v1/snapshots/7/tables/fee"] = (200, b"x" * (manifest.tables[0].bytes + 1))
    offer = exchange.newer_snapshot(0)
    assert offer is not None
    with pytest.raises(LedgerUnreachableError, match="more than it may"):
        next(offer.files(tmp_path))
    assert (tmp_path / "fee.ndjson").stat().st_size <= manifest.tables[0].bytes
    del city.said["GET", "/v1/snapshots/7/tables/fee"]
    with pytest.raises(LedgerUnreachableError, match="no longer has"):
        next(offer.files(tmp_path))


def test_names_cannot_leave_their_place_in_an_address(city: City, client: LedgerClient, tmp_path: Path) -> None:
    with pytest.raises(LedgerAddressError):
        client.fetch_table(1, "../../health", tmp_path / "x", 10)
    client.put_batch("a/../b?x#", 1, 1, b"")
    assert city.heard[0][1] == "/v1/terminals/a%2F..%2Fb%3Fx%23/epochs/1/batches/1"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ledger",
        "http://ledger.example",
        "http://192.168.1.7:8000",
        "http://127.0.0.1.example",
        "http://localhost.example",
        "http://[::1",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "https://",
        "https://ann:secret@ledger.example",
        "http://127.0.0.1@ledger.example",
        "https://ledger.example/?key=1",
        "http://127.0.0.1:99999",
    ],
)
def test_money_never_travels_in_clear(url: str) -> None:
    with pytest.raises(LedgerAddressError) as caught:
        LedgerClient(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://ledger.example/city/", "http://127.0.0.1:8000", "http://[::1]:8000", "http://localhost:1"]
)
def test_addresses_that_will_do(url: str) -> None:
    assert LedgerClient(url).base_url == url.rstrip("/")


def test_a_proxy_does_not_stand_between_the_machine_and_itself(
    city: City, client: LedgerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    city.said["GET", "/v1/health"] = (200, b'{"ledger":"springfield"}')
    assert client.health() == {"ledger": "springfield"}


def test_what_start_up_needs_loads_neither_pydantic_nor_the_network() -> None:
    code = (
        "import sys, countertui.sync.keyslots, countertui.sync.recorder, countertui.sync.pins;"
        "late = {'pydantic', 'httpx2', 'rfc8785'} & sys.modules.keys(); assert not late, late;"
        "import countertui.sync.exchange; assert 'httpx2' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
