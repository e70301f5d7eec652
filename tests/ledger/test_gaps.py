"""Row 8: how long a terminal's gap is open, for whoever looks at the ledger."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ledger.answers import GAP, NEW
from countertui.ledger.books import Books
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import revoke
from countertui.ledger.keys import open_secrets
from countertui.ledger.meters import Meters
from countertui.ledger.service import Service
from countertui.ledger.status import as_lines, status
from ledger.test_ingest import WATER
from ledger.town import NOW, PASSPHRASE, Till

LATER = "2026-11-24T01:30:00+00:00"


def metrics(books: Books) -> dict[str, float]:
    meters = Meters(Service(books, open_secrets(books.folder, PASSPHRASE), lambda: LATER), 24)
    lines = (line.split() for line in meters.text().decode().splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in lines if "gap" in name}


def test_row_08_a_gap_has_an_age_until_it_is_closed(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    envelopes = []
    for _ in range(3):
        till.pay(WATER)
        envelopes.append(till.seal())

    def offered(no: int, now: str) -> int:
        return ingest(books, key, envelopes[no - 1], "T1", 1, no, now).status

    assert status(books, LATER)["terminals"][0]["gap"] is None
    assert metrics(books) == {"countertui_terminals_with_gap": 0, "countertui_oldest_gap_seconds": 0}
    assert offered(3, NOW) == GAP
    assert offered(2, "2026-11-23T19:00:00+00:00") == GAP
    assert offered(3, LATER) == GAP
    found = status(books, LATER)
    assert found["terminals"][0]["gap"] == {"missing_no": 1, "since": NOW, "seconds": 27_000}
    assert "    GAP: batch 1 is missing since 2026-11-23T18:00, 7 hours" in as_lines(found)
    assert metrics(books) == {"countertui_terminals_with_gap": 1, "countertui_oldest_gap_seconds": 27_000}
    assert offered(1, LATER) == NEW
    gap = status(books, LATER)["terminals"][0]["gap"]
    assert gap is not None
    assert gap["missing_no"] == 2, "batch 3 still waits for it"
    assert [offered(no, LATER) for no in (2, 3)] == [NEW, NEW]
    assert status(books, LATER)["terminals"][0]["gap"] is None


def test_a_revoked_terminals_gap_is_shown_and_wakes_nobody(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(WATER)
    till.seal()
    till.pay(WATER)
    assert ingest(books, key, till.seal(), "T1", 1, 2, NOW).status == GAP
    with books.writing() as connection:
        revoke(connection, books, key, "T1", 1, till.seq, "Stolen", ("eli", "fay"), NOW)
    assert status(books)["terminals"][0]["gap"] == {"missing_no": 1, "since": NOW, "seconds": None}
    assert metrics(books)["countertui_terminals_with_gap"] == 0
