"""Row 12: what no terminal's key signed is refused, counted, and a little of it kept; no stranger fills the disk."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import pytest
from fastapi.testclient import TestClient

from countertui.ledger import rejected
from countertui.ledger.books import Books
from countertui.ledger.keys import open_secrets
from countertui.ledger.rejected import KEPT, READ, Upload, keep_rejected
from countertui.ledger.server import app
from countertui.ledger.settings import LedgerSettings
from countertui.ledger.status import as_lines, status
from countertui.sync.personal_part import make_part
from ledger.test_ingest import asked
from ledger.town import NOW, PASSPHRASE, Till

BATCH = "/v1/terminals/T1/epochs/1/batches/1"


@pytest.fixture
def api(books: Books) -> Iterator[TestClient]:
    secrets = open_secrets(books.folder, PASSPHRASE)
    api = app(books, secrets, lambda: NOW, LedgerSettings(per_address="100/minute"), metrics_token="t" * 20)
    with TestClient(api, client=("192.0.2.7", 4711)) as client:
        yield client


def kept(books: Books) -> list[tuple[object, ...]]:
    return asked(books, "SELECT source, route, times, size, sha256 FROM rejected ORDER BY at, sha256")


def test_row_12_an_unsigned_upload_is_refused_counted_and_a_little_of_it_kept(
    books: Books, till: Till, api: TestClient
) -> None:
    envelope = till.seal()
    for _ in range(2):
        assert api.put(BATCH, content=envelope).status_code == 401
    large = b"x" * (READ + 5000)
    assert api.post("/v1/terminals/T1/epochs/1/records", content=large).status_code == 401
    assert api.get(BATCH).status_code == 401
    route = "/v1/terminals/{terminal}/epochs/{epoch}"
    assert sorted(kept(books)) == sorted(
        [
            ("192.0.2.7", f"PUT {route}/batches/{{no}}", 2, len(envelope), sha256(envelope).hexdigest()),
            ("192.0.2.7", f"POST {route}/records", 1, len(large), sha256(large[:READ]).hexdigest()),
        ]
    )
    (first,) = asked(books, "SELECT first FROM rejected WHERE times = 2")
    assert bytes(first[0]) == envelope[:KEPT]
    assert asked(books, "SELECT count(*) FROM inbox") == [(0,)]
    metrics = api.get("/metrics", headers={"Authorization": f"Bearer {'t' * 20}"}).text
    assert "countertui_rejected_uploads_total 3.0" in metrics
    assert status(books)["rejected_uploads"] == 2
    assert "  2 uploads of strangers refused" in as_lines(status(books))


def test_of_a_side_part_no_byte_is_kept(books: Books, till: Till, api: TestClient) -> None:
    """Of a terminal whose key is another here, the first value would fit into what is kept, and outlive its erasure."""
    part = make_part(books.ledger, "T1", 1, 1, [(2, "tender.1.account", b"sealed" * 20)])
    assert api.put(f"{BATCH}/personal", content=part).status_code == 401
    assert asked(books, "SELECT sha256, size FROM rejected") == [(sha256(part).hexdigest(), len(part))]
    assert bytes(asked(books, "SELECT first FROM rejected")[0][0]) == b""


def test_who_asks_too_often_is_not_even_kept(books: Books) -> None:
    secrets = open_secrets(books.folder, PASSPHRASE)
    api = TestClient(app(books, secrets, lambda: NOW, LedgerSettings(per_address="2/minute")))
    said = [api.put(BATCH, content=b"%d" % n).status_code for n in range(4)]
    assert said == [401, 401, 429, 429]
    assert len(kept(books)) == 2


def test_the_ring_is_bounded_in_all_and_for_each_source(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejected, "MOST", 5)
    monkeypatch.setattr(rejected, "MOST_OF_ONE", 3)

    def offer(source: str, n: int) -> None:
        keep_rejected(books, Upload(source, "PUT x", 3, b"%03d" % n), f"2026-11-23T18:00:{n:02}+00:00")

    offer("192.0.2.1", 0)
    for n in range(1, 10):
        offer("192.0.2.2", n)
    assert asked(books, "SELECT source, at FROM rejected ORDER BY at") == [
        ("192.0.2.1", "2026-11-23T18:00:00+00:00"),
        *(("192.0.2.2", f"2026-11-23T18:00:{n:02}+00:00") for n in (7, 8, 9)),
    ], "one stranger pushes out his own"
    for n in range(10, 14):
        offer(f"192.0.2.{n}", n)
    found = asked(books, "SELECT at FROM rejected ORDER BY at")
    assert [str(at)[17:19] for (at,) in found] == ["09", "10", "11", "12", "13"]


def test_a_size_that_is_claimed_is_no_number_to_break_the_table(books: Books) -> None:
    keep_rejected(books, Upload("192.0.2.1", "PUT x", 10**15, b""), NOW)
    assert asked(books, "SELECT size FROM rejected") == [(10**15,)]
