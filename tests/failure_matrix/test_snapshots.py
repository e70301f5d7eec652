"""Row 20: a stale or rolled-back snapshot is refused, an expired one is used and flagged; and taking one stops nobody.

By the names of The Update Framework's attacks (section 1.5.2 of its specification, tuf-conformance's cases), through
the real HTTP and the real counter.
"""

from __future__ import annotations

import base64
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace
from sqlalchemy import update

from counter_station import at_work, last, new_folder, owing, pay_on, run_here
from countertui.counter.chips import chips
from countertui.counter.find import find
from countertui.counter.station import Station
from countertui.counter.take_snapshot import take_snapshot
from countertui.demo.passphrase import PASSPHRASE
from countertui.forms import read_as
from countertui.ledger import tables
from countertui.ledger.books import Books, next_version
from countertui.ledger.keys import open_key
from countertui.ledger.publish import publish, share_folder
from countertui.store import reference_child
from countertui.sync.dsse import SNAPSHOT, sign_envelope, to_bytes
from countertui.sync.faults import LedgerUnreachableError, SnapshotRefusedError
from countertui.sync.snapshot import Manifest, manifest_payload
from failure_matrix.city_ledger import at_counter, serving

NOW = "2026-11-23T18:00:00+00:00"


class City:
    """Terminal T1 of the demo city, online, and its ledger; version 1 is in use."""

    def __init__(self, books: Books, station: Station) -> None:
        self.books, self.station = books, station
        self.key = open_key(books.folder, PASSPHRASE)

    def publish(self, now: str = NOW) -> int:
        return publish(self.books, self.key, now)

    def charge(self, cents: int) -> str:
        """Another balance on a charge, from the next snapshot on; its account."""
        account = owing()[0]
        with self.books.writing() as connection:
            table = tables.reference["charge"]
            changed = {"balance_cents": cents, "changed_in": next_version(connection)}
            connection.execute(update(table).where(table.c.account == account).values(changed))
        return account

    def take(self) -> int | None:
        return take_snapshot(self.station, run_here(self.station), lambda _table, _rows: None)

    def served(self, data: bytes) -> None:
        """Let the newest manifest be this."""
        with self.books.writing() as connection:
            table = tables.snapshot_share
            newest = next_version(connection) - 1
            connection.execute(update(table).where(table.c.version == newest).values(manifest=data))

    def signed(self, key: Ed25519PrivateKey | None = None, **changes: Any) -> bytes:
        """The newest manifest with something changed, signed again."""
        envelope = json.loads(self.manifest().read_bytes())
        manifest = replace(read_as(Manifest, json.loads(base64.b64decode(envelope["payload"]))), **changes)
        return to_bytes(sign_envelope(SNAPSHOT, manifest_payload(manifest), [("ledger", key or self.key)]))

    def manifest(self) -> Path:
        folders = (path for path in (self.books.folder / "snapshots").iterdir())
        return max(folders, key=lambda path: int(path.name)) / "manifest.json"

    def spoil(self, statement: str) -> None:
        """Let the reference.db in use be other than it was made."""
        path = self.station.reference.file.path
        other = Path(shutil.copy(path, path.with_name("other.db")))
        with closing(sqlite3.connect(other)) as connection:
            connection.execute(statement)
            connection.commit()
        other.replace(path)
        self.station.reference.reopen()

    def refused(self) -> str:
        before, records = self.in_use(), self.station.store.tip()
        with pytest.raises(SnapshotRefusedError) as caught:
            self.take()
        assert self.in_use() == before
        assert self.station.store.tip() == records
        assert not list(self.station.store.folder.glob("snapshot-*"))
        return caught.value.reason

    def in_use(self) -> tuple[int, str]:
        found = self.station.reference.snapshot()
        return found.version, found.sha256


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    folder = new_folder(tmp_path, with_ledger=True)
    with serving(folder / "ledger") as (books, url), at_counter(folder, url) as station:
        yield City(books, station)


def test_row_20_rollback_an_older_version_is_refused(city: City) -> None:
    city.publish()
    assert city.take() == 2
    assert city.take() is None
    city.served(city.signed(version=1))
    assert city.refused() == "rolled-back"


def test_row_20_equivocation_another_content_under_the_version_in_use_is_refused(city: City) -> None:
    city.publish()
    assert city.take() == 2
    city.served(city.signed(made_at="2026-11-23T19:00:00+00:00"))
    assert city.refused() == "other-content"


def test_row_20_freeze_an_expired_snapshot_is_used_and_flagged(city: City) -> None:
    city.publish("2026-09-01T18:00:00+00:00")
    assert city.take() == 2
    station, session = city.station, at_work(city.station)[1]
    assert chips(station, run_here(station)).snapshot_expired
    pay_on(station, session, owing()[0], 1_00)
    assert last(station)["snapshot"] == 2


def test_row_20_mix_and_match_tables_of_another_version_are_refused(city: City) -> None:
    city.publish()
    old = share_folder(city.books, 2, "")
    city.charge(5)
    city.publish()
    new = share_folder(city.books, 3, "")
    (new / "deltas.txt").unlink()
    shutil.copyfile(old / "charge.ndjson", new / "charge.ndjson")
    assert city.refused() == "altered"


def test_row_20_mix_and_match_another_offices_share_is_refused(city: City) -> None:
    city.publish()
    city.served(city.signed(office="COURT"))
    assert city.refused() == "other-office"


def test_row_20_another_ledgers_snapshot_is_refused(city: City) -> None:
    city.publish()
    city.served(city.signed(ledger="DEMO-SHELBYVILLE"))
    assert city.refused() == "other-ledger"


def test_row_20_arbitrary_content_under_a_wrong_key_is_refused(city: City) -> None:
    city.publish()
    city.served(city.signed(Ed25519PrivateKey.from_private_bytes(bytes(32))))
    assert city.refused() == "bad-signature"


def test_row_20_endless_data_is_cut_off_at_what_was_signed(city: City) -> None:
    city.publish()
    folder = share_folder(city.books, 2, "")
    (folder / "deltas.txt").unlink()
    with (folder / "charge.ndjson").open("ab") as file:
        file.truncate(1 << 30)
    assert city.take() == 2, "only what the manifest says is asked for"
    city.publish()
    city.served(b" " * (5 << 20))
    with pytest.raises(LedgerUnreachableError, match="more than it may"):
        city.take()


def test_row_20_a_delta_of_another_snapshot_is_not_used(city: City) -> None:
    """As from a ledger restored from a backup, that published that version again: the whole is fetched."""
    account = city.charge(5)
    city.publish()
    folder = share_folder(city.books, 2, "")
    base, _, rest = (folder / "deltas.txt").read_bytes().partition(b" ")
    assert base == b"1"
    city.spoil(f"UPDATE snapshot SET sha256 = '{'00' * 32}'")
    assert rest
    offer = city.station.exchange.newer_snapshot(1, "00" * 32)
    assert offer is not None
    assert offer.base == 0
    assert city.take() == 2
    assert find(city.station, account)[0].due_cents == _due(city, account)


def test_what_changed_is_all_that_is_fetched(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    account = city.charge(5)
    for _ in range(21):
        city.publish()
    offer = city.station.exchange.newer_snapshot(*city.in_use())
    assert offer is not None
    assert offer.base == 1
    folder = city.station.store.folder / "fetched"
    folder.mkdir()
    files = {file.table: file for file in offer.files(folder)}
    assert sum(path.stat().st_size for path in folder.iterdir()) < 10_000
    assert not files["charge"].whole
    assert city.take() == 22
    assert find(city.station, account)[0].due_cents == _due(city, account)


def test_changes_that_do_not_fit_are_followed_by_the_whole(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    account = city.charge(5)
    city.spoil("DELETE FROM license WHERE number = (SELECT min(number) FROM license)")
    city.publish()
    made: list[int] = []
    make = reference_child.make_reference

    def watched(path: Path, offer: Any, fetched: Path, progress: Callable[[str, int], None]) -> None:
        made.append(offer.base)
        make(path, offer, fetched, progress)

    monkeypatch.setattr("countertui.counter.take_snapshot.make_reference", watched)
    assert city.take() == 2
    assert made == [1, 0]
    assert find(city.station, account)[0].due_cents == _due(city, account)


def test_keys_are_answered_and_payments_committed_while_a_snapshot_is_taken(
    city: City, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """It is made in a child that here waits for the last file until people have worked; nobody sees half of it."""
    station, session = city.station, at_work(city.station)[1]
    account = city.charge(5)
    city.publish()
    going, worked = Event(), Event()
    offer = station.exchange.newer_snapshot(1)
    assert offer is not None
    files = offer.files

    def slowly(folder: Path) -> Iterator[Any]:
        for n, file in enumerate(files(folder)):
            if n == 5:
                going.set()
                assert worked.wait(60)
            yield file

    offer.files = slowly  # type: ignore[method-assign]
    monkeypatch.setattr(station.exchange, "newer_snapshot", lambda *_: offer)
    swapped: list[Callable[[], object]] = []

    def later(job: Callable[..., object], *arguments: object) -> object:
        if job.__name__ == "swap_in":
            swapped.append(lambda: job(station, *arguments))
            return None
        return job(station, *arguments)

    taking = Thread(target=lambda: take_snapshot(station, later, lambda _table, _rows: None))
    before = find(station, account)[0].due_cents
    taking.start()
    request.addfinalizer(worked.set)
    assert going.wait(60)
    new = station.store.folder / "reference.db.new"
    while not new.exists():
        assert taking.is_alive()
    assert find(station, account)[0].due_cents == before
    number = pay_on(station, session, owing()[1], 1_00).receipt_no
    assert number
    assert last(station)["snapshot"] == 1
    worked.set()
    taking.join(60)
    assert find(station, account)[0].due_cents == before, "the file is another, the one that is open is not"
    pay_on(station, session, owing()[1], 1_00)
    swapped[0]()
    assert find(station, account)[0].due_cents == _due(city, account)
    pay_on(station, session, owing()[1], 1_00)
    assert last(station)["snapshot"] == 2


def test_a_child_that_is_killed_leaves_the_snapshot_in_use(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    city.publish()
    offer = city.station.exchange.newer_snapshot(1)
    assert offer is not None
    files = offer.files

    def cut(folder: Path) -> Iterator[Any]:
        yield from list(files(folder))[:5]
        raise LedgerUnreachableError("The line went dead.", "", "")

    offer.files = cut  # type: ignore[method-assign]
    monkeypatch.setattr(city.station.exchange, "newer_snapshot", lambda *_: offer)
    with pytest.raises(LedgerUnreachableError):
        city.take()
    city.station.reference.reopen()
    assert city.in_use()[0] == 1
    monkeypatch.undo()
    assert city.take() == 2
    assert not list(city.station.store.folder.glob("reference.db.*"))


def _due(city: City, account: str) -> int:
    with city.books.reading() as connection:
        rows = connection.exec_driver_sql("SELECT balance_cents FROM charge WHERE account = ?", (account,))
        return sum(cents for (cents,) in rows)
