from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update

from countertui.domain.reference import TABLES
from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.keys import ledger_public_key
from countertui.ledger.publish import latest_manifest, publish, publish_anew, table_file
from countertui.store.rows_file import read_rows
from countertui.sync.certificate import is_certified
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.snapshot import Manifest, open_manifest
from countertui.sync.table_files import require_unaltered
from ledger.town import LEDGER, NOW, Till, brought


def opened(books: Books) -> Manifest:
    data = latest_manifest(books)
    assert data is not None
    return open_manifest(data, checked_public_key(ledger_public_key(books.folder)), LEDGER, None)


def rows_of(books: Books, name: str) -> list[list[object]]:
    manifest = opened(books)
    path = table_file(books, manifest.version, name)
    assert path is not None
    require_unaltered(path, next(entry for entry in manifest.tables if entry.name == name))
    return [list(row) for row in read_rows(path, name, len(TABLES[name]))]


def test_nothing_is_there_before_the_first(books: Books) -> None:
    assert latest_manifest(books) is None
    assert table_file(books, 1, "account") is None


def test_every_table_is_published_signed_and_in_order(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    told: list[str] = []
    assert publish(books, key, NOW, told.append) == 1
    manifest = opened(books)
    assert [entry.name for entry in manifest.tables] == list(TABLES) == told
    assert all(tuple(entry.columns) == TABLES[entry.name] for entry in manifest.tables)
    assert [row[0] for row in rows_of(books, "account")] == ["U2", "U3", "U1"]
    (terminal,) = rows_of(books, "terminal")
    assert terminal[:4] == ["T1", "HALL", 1, till.identity.public_key.hex()]
    assert is_certified("T1", 1, till.identity.public_key, bytes.fromhex(terminal[4]), key.public_key())
    assert rows_of(books, "charge")[0] == ["C1", "U1", "2026-10-01", "water", "Water Oct", "510-4310", 5000, 5000]
    assert (manifest.made_at, manifest.expires_at[:10]) == (NOW, "2026-12-28")
    assert (books.folder / "snapshots" / "1" / "manifest.json").read_bytes() == latest_manifest(books)


def test_the_newest_epoch_speaks_for_a_terminal(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    Till(books, epoch=2).registered(books)
    with books.writing() as connection:
        table = tables.terminal
        connection.execute(update(table).where(table.c.epoch == 1).values(posted_seq=99))
        connection.execute(update(table).where(table.c.epoch == 2).values(posted_seq=7))
    publish(books, key, NOW)
    assert {name: (made.epoch, made.seq) for name, made in opened(books).includes.items()} == {"T1": (2, 7)}
    assert [row[2] for row in rows_of(books, "terminal")] == [2]


def test_only_the_newest_two_keep_their_files(books: Books, key: Ed25519PrivateKey) -> None:
    assert [publish(books, key, NOW) for _ in range(4)] == [1, 2, 3, 4]
    assert sorted(path.name for path in (books.folder / "snapshots").iterdir()) == ["3", "4"]
    assert table_file(books, 2, "account") is None
    assert table_file(books, 4, "account") is not None
    assert table_file(books, 4, "../../keys") is None


def test_a_snapshot_cut_off_in_the_making_was_never_published(
    books: Books, key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(books, key, NOW)

    def cut_off(name: str) -> None:
        if name == "account":
            raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        publish(books, key, NOW, cut_off)
    assert opened(books).version == 1
    brought(books, "fund", [("999", "New")])
    assert publish(books, key, NOW) == 2
    assert len(rows_of(books, "fund")) == 4


def test_receipts_older_than_24_months_are_left_out(books: Books, key: Ed25519PrivateKey) -> None:
    rows = [("T9-1", "U1", "2024-11-01", "Old", 1, 0), ("T9-2", "U1", "2025-01-01", "Young", 1, 0)]
    brought(books, "receipt_history", rows)
    publish(books, key, NOW)
    assert [row[0] for row in rows_of(books, "receipt_history")] == ["T9-2"]


def test_rows_are_streamed(books: Books, key: Ed25519PrivateKey, tmp_path: Path) -> None:
    import tracemalloc

    brought(
        books,
        "account",
        ((f"N{n}", "utility", "", f"NAME {n % 977}", "x" * 200, "", "", "", "510-2310", "") for n in range(40_000)),
    )
    tracemalloc.start()
    publish(books, key, NOW)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000
    assert len(rows_of(books, "account")) == 40_003


def test_a_snapshot_of_other_columns_is_published_anew_as_the_ledger_is_served(
    books: Books, key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A counter of this program could not read it, and would not open."""
    assert publish_anew(books, key, NOW) is None, "nothing was published that could be another"
    publish(books, key, NOW)
    assert publish_anew(books, key, NOW) is None
    then = {name: columns for name, columns in TABLES.items() if name != "erased"}
    with monkeypatch.context() as before:
        before.setattr("countertui.ledger.table_sweep.TABLES", then)
        publish(books, key, NOW)
    assert publish_anew(books, key, NOW) == 3
    assert publish_anew(books, key, NOW) is None
