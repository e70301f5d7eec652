"""What changed since an earlier snapshot: that and it are the newer one, row by row, whatever changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countertui.ledger.books import Books
from countertui.ledger.publish import BASES, delta_from, publish
from countertui.ledger.snapshot_stick import NothingPublishedError, write_snapshot_to
from countertui.store.reference_load import ReferenceRefused
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.faults import SnapshotRefusedError
from countertui.sync.snapshot_stick import offer_from
from ledger.engine import Town, only_sqlite
from ledger.snapshots_taken import contents, identity, offered, put, take, take_out
from ledger.town import LEDGER, NOW, ledger_key
from thoroughly import examples

Edit = Callable[[Books], None]
LATER = "2026-12-14T18:00:00+00:00"
"""Three weeks on."""


def account(number: str, name: str = "SMITH, JOHN", address: str = "1 Elm St", phone: str = "") -> tuple[str, ...]:
    return number, "utility", "P", name, address, phone, "", "", "510-2310", ""


def charge(id_: str, account: str, balance: int) -> tuple[Any, ...]:
    return id_, account, "2026-10-01", "water", "Water", "510-4310", 90_00, balance


@pytest.fixture
def made(books: Books, key: Ed25519PrivateKey, tmp_path: Path) -> Path:
    """A terminal's reference.db of the first snapshot, of a city with some more in it."""
    put(books, "account", *(account(f"N{n}", f"NAME {n}", f"{n} Oak St") for n in range(200)))
    put(books, "charge", *(charge(f"N{n}-1", f"N{n}", 90_00) for n in range(200)))
    publish(books, key, NOW)
    path = tmp_path / "terminal" / "reference.db"
    path.parent.mkdir()
    take(offered(books, 1), path)
    return path


def brought_up(books: Books, key: Ed25519PrivateKey, made: Path, now: str = NOW) -> int:
    """Publish, take what changed, and compare with the whole; how many bytes were taken."""
    version = publish(books, key, now)
    whole = made.with_name("whole.db")
    take(offered(books, version), whole)
    offer = offered(books, version, made)
    assert offer.base
    take(offer, made)
    assert contents(made) == contents(whole)
    assert identity(made) == identity(whole) == (version, offer.sha256)
    delta = offer._delta
    assert delta is not None
    return sum(change.rows.bytes + (change.gone.bytes if change.gone else 0) for change in delta.changes)


def test_nothing_changed(books: Books, key: Ed25519PrivateKey, made: Path) -> None:
    assert brought_up(books, key, made) < 1000


def test_charges_paid_are_few_bytes(books: Books, key: Ed25519PrivateKey, made: Path) -> None:
    put(books, "charge", charge("N7-1", "N7", 40_00), charge("N7-2", "N7", -1_00), charge("N9-1", "U1", 90_00))
    put(books, "receipt_history", ("T1-1", "N7", "2026-11-23", "Ann", 50_00, 0))
    assert brought_up(books, key, made) < 1500


def test_a_telephone_number_is_another_key(books: Books, key: Ed25519PrivateKey, made: Path) -> None:
    put(books, "account", account("N7", "NAME 7", "7 Oak St", "555 0199"))
    assert brought_up(books, key, made) < 1000


@pytest.mark.parametrize(
    "row", [account("N7", "NAME 7A", "7 Oak St"), account("N7", "NAME 7", "7 Elm St"), account("NEW", "ABLE, ANN")]
)
def test_names_and_addresses_come_in_their_order(
    books: Books, key: Ed25519PrivateKey, made: Path, row: tuple[str, ...]
) -> None:
    put(books, "account", row)
    brought_up(books, key, made)


def test_rows_that_are_gone_are_gone(books: Books, key: Ed25519PrivateKey, made: Path) -> None:
    put(books, "office", ("ANNEX", "Annex", "2 Main St"))
    brought_up(books, key, made)
    take_out(books, "office", ("ANNEX",))
    take_out(books, "fee", ("COPY", "2020-01-01"))
    take_out(books, "charge", ("N7-1",))
    brought_up(books, key, made)
    put(books, "office", ("ANNEX", "Annex again", "2 Main St"))
    brought_up(books, key, made)
    take_out(books, "account", ("N9",))
    brought_up(books, key, made)


def test_what_was_sealed_for_a_terminal_and_is_taken_back_leaves_no_byte_there(
    books: Books, key: Ed25519PrivateKey, made: Path
) -> None:
    """A value was erased at the ledger: the file that is made of the one in use and the changes has no rest of it."""
    places = [("T1", 1, seq, "tender.1.account", "T1", 1) for seq in range(1, 4)]
    put(books, "personal_sealed", *((*place, f"{place[2]:02x}" * 150) for place in places))
    brought_up(books, key, made)
    assert b"02" * 150 in made.read_bytes()
    take_out(books, "personal_sealed", places[1])
    put(books, "erased", places[1][:4])
    brought_up(books, key, made)
    data = made.read_bytes()
    assert b"02" * 20 not in data
    assert b"03" * 150 in data


def test_three_weeks_offline_are_caught_up_in_one_go(books: Books, key: Ed25519PrivateKey, made: Path) -> None:
    """Receipts that grew older than 24 months meanwhile leave too."""
    put(books, "receipt_history", ("T9-1", "U1", "2024-11-25", "Old", 1, 0), ("T9-2", "U1", "2026-11-25", "New", 1, 0))
    brought_up(books, key, made)
    for day in range(21):
        put(books, "charge", charge(f"N{day}-1", f"N{day}", day), charge("N50-1", "N50", day))
        publish(books, key, LATER)
    assert brought_up(books, key, made, LATER) < 5000
    assert [row[0] for row in contents(made)["receipt_history"]] == ["T9-2"]


def test_older_receipts_come_back_when_the_clock_was_ahead(books: Books, key: Ed25519PrivateKey, made: Path) -> None:
    """The first day of receipts goes back; those between changed in no version, and are the ones that are missing."""
    put(books, "receipt_history", ("T9-1", "U1", "2024-11-23", "Old", 1, 0), ("T9-2", "U1", "2026-11-25", "New", 1, 0))
    assert brought_up(books, key, made, LATER) < 1500
    assert [row[0] for row in contents(made)["receipt_history"]] == ["T9-2"]
    brought_up(books, key, made, NOW)
    assert [row[0] for row in contents(made)["receipt_history"]] == ["T9-1", "T9-2"]


def test_a_base_too_old_gets_the_whole(books: Books, key: Ed25519PrivateKey, made: Path) -> None:
    for _ in range(BASES + 1):
        publish(books, key, NOW)
    newest = BASES + 2
    assert delta_from(books, newest, 1) is None
    assert delta_from(books, newest, 2) is not None
    assert offered(books, newest, made).base == 0


def test_changes_of_most_of_a_city_are_sent_as_the_whole(books: Books, key: Ed25519PrivateKey, made: Path) -> None:
    put(books, "account", *(account(f"N{n}", f"OTHER {n}", f"{n} Oak St") for n in range(200)))
    put(books, "charge", *(charge(f"N{n}-1", f"N{n}", 1) for n in range(200)))
    publish(books, key, NOW)
    offer = offered(books, 2, made)
    assert offer.base == 0
    take(offer, made)
    assert ("N7-1", "N7", "2026-10-01", "water", "Water", "510-4310", 90_00, 1) in contents(made)["charge"]


def test_changes_that_do_not_lead_to_the_whole_are_not_taken(books: Books, key: Ed25519PrivateKey, made: Path) -> None:
    with books.writing() as connection:
        connection.exec_driver_sql("DELETE FROM charge WHERE id = 'N5-1'")
    publish(books, key, NOW)
    before = contents(made)
    with pytest.raises(ReferenceRefused, match="after the changes"):
        take(offered(books, 2, made), made)
    assert contents(made) == before
    assert not list(made.parent.glob("*.new"))


# By stick


def test_a_stick_carries_both(books: Books, key: Ed25519PrivateKey, made: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick" / "snapshot"
    put(books, "charge", charge("N7-1", "N7", 5))
    publish(books, key, NOW)
    for _ in range(2):
        assert write_snapshot_to(books, stick, "T1") == 2
    version, in_use = identity(made)
    public = checked_public_key(key.public_key().public_bytes_raw())
    who: dict[str, Any] = {"ledger": LEDGER, "terminal": "T1", "epoch": 1}
    offer = offer_from(stick, public, **who, than=version, in_use=in_use)
    assert offer is not None
    assert offer.base == 1
    take(offer, made)
    whole = offer_from(stick, public, **who)
    assert whole is not None
    take(whole, tmp_path / "whole.db")
    assert contents(tmp_path / "whole.db") == contents(made)
    assert offer_from(stick, public, **who, than=2, in_use=offer.sha256) is None
    assert offer_from(tmp_path, public, **who) is None
    with pytest.raises(SnapshotRefusedError) as caught:
        offer_from(stick, public, **who, than=3)
    assert caught.value.reason == "rolled-back"
    (stick / "account.ndjson").unlink()
    with pytest.raises(SnapshotRefusedError) as caught:
        list(whole.files(tmp_path))
    assert caught.value.reason == "altered"


def test_without_a_snapshot_nothing_is_put_on_a_stick(books: Books, tmp_path: Path) -> None:
    with pytest.raises(NothingPublishedError):
        write_snapshot_to(books, tmp_path / "stick", "T1")
    assert not (tmp_path / "stick").exists()


# Whatever changes

numbers = st.sampled_from([f"A{n}" for n in range(5)])
accounts = st.builds(
    account,
    numbers,
    st.sampled_from(["SMITH, JOHN", "ABEL, ANN", "ZOË, A"]),
    st.sampled_from(["1 Elm St", "22 Oak St"]),
    st.sampled_from(["", "5550100", "555-0199"]),
)
charges = st.builds(charge, st.sampled_from([f"C{n}" for n in range(6)]), numbers, st.integers(-5, 5))
past = st.tuples(
    st.sampled_from(["R1", "R2", "R3"]),
    numbers,
    st.sampled_from(["2024-11-01", "2024-11-23", "2024-11-24", "2026-11-23"]),
    st.just("Ann"),
    st.integers(1, 3),
    st.integers(0, 1),
)
known = st.tuples(st.sampled_from(["042-118-07", "A 700"]), st.sampled_from(["parcel", "citation"]), numbers)
offices = st.tuples(st.sampled_from(["HALL", "ANNEX"]), st.sampled_from(["One", "Two"]), st.just("1 Main St"))
edits = st.one_of(
    st.tuples(st.just(put), st.just("account"), accounts),
    st.tuples(st.just(put), st.just("charge"), charges),
    st.tuples(st.just(put), st.just("receipt_history"), past),
    st.tuples(st.just(put), st.just("known_as"), known),
    st.tuples(st.just(take_out), st.just("known_as"), known),
    st.tuples(st.just(put), st.just("office"), offices),
    st.tuples(st.just(take_out), st.just("account"), st.tuples(numbers)),
    st.tuples(st.just(take_out), st.just("charge"), charges.map(lambda row: row[:1])),
    st.tuples(st.just(take_out), st.just("receipt_history"), past.map(lambda row: row[:2])),
    st.tuples(st.just(take_out), st.just("office"), offices.map(lambda row: row[:1])),
)
days = st.sampled_from(["2026-11-23T18:00:00+00:00", "2026-11-24T18:00:00+00:00", "2026-11-25T18:00:00+00:00"])


@contextmanager
def a_copy(town: Town) -> Iterator[tuple[Books, Path]]:
    with TemporaryDirectory() as folder, town.copied(Path(folder) / "ledger") as books:
        yield books, Path(folder)


@only_sqlite
@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.lists(edits, max_size=6), days), min_size=2, max_size=5))
def test_base_and_delta_are_the_whole_whatever_changed(
    town: Town, published: list[tuple[list[tuple[Any, ...]], str]]
) -> None:
    with a_copy(town) as (books, folder):
        key = ledger_key(books)
        put(books, "account", *(account(f"F{n}", f"FILL {n}") for n in range(60)))
        put(books, "charge", *(charge(f"F{n}", f"F{n}", 1) for n in range(60)))
        for version, (changes, now) in enumerate(published, start=1):
            for edit, table, row in changes:
                edit(books, table, row)
            publish(books, key, now)
            whole = folder / f"{version}.db"
            take(offered(books, version), whole)
            if version == 1:
                every, late = (Path(shutil.copy(whole, folder / name)) for name in ("every.db", "late.db"))
                continue
            take(offered(books, version, every), every)
            assert contents(every) == contents(whole)
        take(offered(books, version, late), late)
        assert contents(late) == contents(whole)
