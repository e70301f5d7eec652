"""A ledger backed up while it works, and made again elsewhere, on either engine."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError
from sqlalchemy import select

from countertui.ledger import tables, tree
from countertui.ledger.backed_up import DESK_ONLY, lacking
from countertui.ledger.backup import MANIFEST, BackupExistsError, BackupUselessError, File, back_up
from countertui.ledger.books import Books, open_books
from countertui.ledger.export import export
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.publish import publish
from countertui.ledger.replay import CARRIED_OUT
from countertui.ledger.restoring import BackupRefusedError, PlaceTakenError, restore
from countertui.ledger.settings import read_settings, write_settings
from countertui.ledger.shares import removed_since
from countertui.ledger.status import as_lines, status
from countertui.ledger.tls import CERTIFICATE, PRIVATE_KEY, make_certificate
from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.canonical import canonical
from countertui.sync.dsse import BACKUP, parse_envelope, sign_envelope, to_bytes
from countertui.sync.faults import WrongPassphraseError
from ledger.engine import Engine, is_postgres
from ledger.snapshots_taken import put
from ledger.town import NOW, PASSPHRASE, Till, allocation, brought, line


@pytest.fixture
def till(books: Books, key: Ed25519PrivateKey) -> Till:
    """A terminal whose whole journal came in, so that the books can be recomputed."""
    till = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1")
    return till


def a_day(books: Books, key: Ed25519PrivateKey, till: Till, batches: int = 3) -> list[bytes]:
    sealed = []
    for _ in range(batches):
        till.pay(line("U1", allocation("C1", "510-4310", 1_00)))
        sealed.append(till.seal())
        assert ingest(books, key, sealed[-1], "T1", 1, till.batch_no, NOW).status == 201
    return sealed


def everything(books: Books) -> dict[str, list[tuple[object, ...]]]:
    with books.reading() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in tables.metadata.sorted_tables
        }


def waiting(before: dict[str, list[tuple[object, ...]]]) -> dict[str, list[tuple[object, ...]]]:
    """What the same books hold once they are a backup's."""
    state = sorted([*before["ledger_state"], ("restored_of", NOW), ("unsealed_since", NOW)])
    return before | {"awaited": [("T1", 1)], "ledger_state": state}


def test_what_comes_back_is_what_was(books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path) -> None:
    a_day(books, key, till)
    ingest(books, key, b"no envelope", "T1", 1, 9, NOW)
    publish(books, key, NOW)
    pin = make_certificate(books.folder, ["localhost"], NOW)
    settings = read_settings(books.folder).model_copy(update={"tls_cert": CERTIFICATE, "tls_key": PRIVATE_KEY})
    write_settings(books.folder, settings)
    before = everything(books)
    made = back_up(books, key, tmp_path / "backup", NOW)
    before["ledger_state"].append(("backed_up_at", NOW))
    before["ledger_state"].sort(key=repr)
    assert made.log_size == 7
    assert everything(books) == before
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "backup" / "ledger.db").stat().st_mode & 0o777 == 0o600
    # A password may be in the address of a database: it isn't taken along.
    assert "postgres" not in (tmp_path / "backup" / "ledger.toml").read_text()
    restore(tmp_path / "backup", tmp_path / "new", PASSPHRASE, everything=True)
    again = open_books(tmp_path / "new")
    try:
        assert not is_postgres(again)
        assert everything(again) == waiting(before)
        assert not fsck(again).differences
        assert [path.name for path in sorted((tmp_path / "new" / "snapshots").rglob("*"))] == [
            path.name for path in sorted((books.folder / "snapshots").rglob("*"))
        ]
        # The till goes on where it was.
        till.pay(line("U1", allocation("C1", "510-4310", 1_00)))
        assert ingest(again, key, till.seal(), "T1", 1, till.batch_no, NOW).status == 201
        assert read_settings(tmp_path / "new").tls_cert == CERTIFICATE
        assert pin
    finally:
        again.close()


def test_a_backup_copied_into_place_by_hand_waits_all_the_same(
    books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path
) -> None:
    a_day(books, key, till)
    back_up(books, key, tmp_path / "backup", NOW)
    assert status(books)["awaited"] == []
    shutil.copytree(tmp_path / "backup", tmp_path / "copied")
    again = open_books(tmp_path / "copied")
    try:
        assert status(again)["awaited"] == ["T1/1"]
    finally:
        again.close()


def test_what_a_restored_ledger_publishes_is_newer_than_all_that_was_published_since_its_backup(
    books: Books, key: Ed25519PrivateKey, tmp_path: Path
) -> None:
    """Terminals take no older snapshot, and accuse a ledger that has two of one number."""

    def again() -> Books:
        shutil.rmtree(tmp_path / "new", ignore_errors=True)
        restore(tmp_path / "backup", tmp_path / "new", PASSPHRASE)
        return open_books(tmp_path / "new")

    publish(books, key, "2026-11-20T12:00:00Z")
    back_up(books, key, tmp_path / "backup", "2026-11-20T12:00:30Z")
    assert [publish(books, key, f"2026-11-20T12:0{minute}:45Z") for minute in (0, 1)] == [2, 3]
    first = again()
    assert [publish(first, key, f"2026-11-20T12:{minute:02}:00Z") for minute in (2, 3, 4)] == [14, 15, 16]
    assert fsck(first).differences == ()
    first.close()
    # From the same backup once more, as where the register forked.
    second = again()
    assert publish(second, key, "2026-11-20T12:05:00Z") == 17
    second.close()


def test_a_backup_made_while_terminals_are_awaited_comes_back_too(
    books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path
) -> None:
    a_day(books, key, till)
    back_up(books, key, tmp_path / "backup", NOW)
    restore(tmp_path / "backup", tmp_path / "new", PASSPHRASE, everything=True)
    again = open_books(tmp_path / "new")
    try:
        back_up(again, key, tmp_path / "second", NOW)
    finally:
        again.close()
    restore(tmp_path / "second", tmp_path / "newer", PASSPHRASE, everything=True)
    newer = open_books(tmp_path / "newer")
    try:
        assert everything(newer)["awaited"] == [("T1", 1)]
    finally:
        newer.close()


def test_15_what_came_after_the_backup_is_asked_for_and_comes_to_the_same_log(
    books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path, engine: Engine
) -> None:
    a_day(books, key, till, 2)
    back_up(books, key, tmp_path / "backup", NOW)
    later = a_day(books, key, till, 2)
    with books.reading() as connection:
        seen = tree.newest(connection)
    before = {
        name: rows for name, rows in everything(books).items() if name in ("entry", "gl_line", "record", "charge")
    }
    with engine.database() as database:
        restore(tmp_path / "backup", tmp_path / "new", PASSPHRASE, database=database)
        again = open_books(tmp_path / "new")
        try:
            assert is_postgres(again) == (engine.name == "postgres")
            gap = ingest(again, key, later[1], "T1", 1, 4, NOW)
            assert (gap.status, json.loads(gap.body)["have_no"]) == (409, 2)
            assert [ingest(again, key, each, "T1", 1, no, NOW).status for no, each in enumerate(later, 3)] == [201, 201]
            with again.reading() as connection:
                assert tree.newest(connection) == seen
            assert {name: rows for name, rows in everything(again).items() if name in before} == before
            assert not fsck(again).differences
        finally:
            again.close()


def test_it_comes_back_on_the_other_engine_too(
    books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    a_day(books, key, till)
    back_up(books, key, tmp_path / "backup", NOW)
    before = everything(books)
    with Engine("postgres", request.getfixturevalue("postgres")).database() as database:
        restore(tmp_path / "backup", tmp_path / "new", PASSPHRASE, database=database)
        assert not (tmp_path / "new" / "ledger.db").exists()
        again = open_books(tmp_path / "new")
        try:
            assert is_postgres(again)
            assert everything(again) == waiting(before)
            assert not fsck(again).differences
            till.pay(line("U1", allocation("C1", "510-4310", 1_00)))
            assert ingest(again, key, till.seal(), "T1", 1, till.batch_no, NOW).status == 201
        finally:
            again.close()
        with pytest.raises(PlaceTakenError):
            restore(tmp_path / "backup", tmp_path / "third", PASSPHRASE, database=database)
        assert not (tmp_path / "third").exists()


def test_made_while_batches_come_in_it_is_one_state_of_the_books(
    books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path
) -> None:
    a_day(books, key, till, 2)
    stop, sent = threading.Event(), []

    def send() -> None:
        while not stop.is_set():
            sent.extend(a_day(books, key, till, 1))

    sender = threading.Thread(target=send)
    sender.start()
    try:
        for n in range(3):
            back_up(books, key, tmp_path / f"backup{n}", NOW)
    finally:
        stop.set()
        sender.join()
    assert sent
    for n in range(3):
        restore(tmp_path / f"backup{n}", tmp_path / f"new{n}", PASSPHRASE, everything=True)


def test_nothing_is_overwritten(books: Books, key: Ed25519PrivateKey, tmp_path: Path) -> None:
    back_up(books, key, tmp_path / "backup", NOW)
    with pytest.raises(BackupExistsError):
        back_up(books, key, tmp_path / "backup", NOW)
    with pytest.raises(PlaceTakenError):
        restore(tmp_path / "backup", books.folder, PASSPHRASE)
    assert (books.folder / "keys.json").exists()


def test_only_who_opens_the_keys_gets_it_back(books: Books, key: Ed25519PrivateKey, tmp_path: Path) -> None:
    back_up(books, key, tmp_path / "backup", NOW)
    with pytest.raises(WrongPassphraseError):
        restore(tmp_path / "backup", tmp_path / "new", "another passphrase")
    assert not (tmp_path / "new").exists()


def cut(folder: Path) -> None:
    path = folder / "ledger.db"
    path.write_bytes(path.read_bytes()[:-1])


def flip(folder: Path) -> None:
    path = folder / "ledger.db"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def lose(folder: Path) -> None:
    (folder / "ledger.db").unlink()


def unlist(folder: Path) -> None:
    (folder / MANIFEST).unlink()


def relist(folder: Path) -> None:
    (folder / MANIFEST).write_text("{}")


def forge(folder: Path) -> None:
    envelope = parse_envelope((folder / MANIFEST).read_bytes(), 1 << 20)
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\3")
    (folder / MANIFEST).write_bytes(to_bytes(sign_envelope(BACKUP, envelope.payload, [(LEDGER_KEY_ID, stranger)])))


def point_elsewhere(folder: Path) -> None:
    (folder / "ledger.db").rename(folder.parent / "elsewhere.db")
    (folder / "ledger.db").symlink_to(folder.parent / "elsewhere.db")


@pytest.mark.parametrize("damage", [cut, flip, lose, unlist, relist, forge, point_elsewhere])
def test_a_damaged_backup_is_refused(
    books: Books, key: Ed25519PrivateKey, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    back_up(books, key, tmp_path / "backup", NOW)
    damage(tmp_path / "backup")
    with pytest.raises(BackupRefusedError):
        restore(tmp_path / "backup", tmp_path / "new", PASSPHRASE)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("new")] == []


def resigned(folder: Path, key: Ed25519PrivateKey) -> None:
    """The list made anew over what lies there now, as who has the ledger's key could."""
    from hashlib import sha256

    envelope = parse_envelope((folder / MANIFEST).read_bytes(), 1 << 20)
    said = json.loads(envelope.payload)
    for file in said["files"]:
        data = (folder / file["name"]).read_bytes()
        file["bytes"], file["sha256"] = len(data), sha256(data).hexdigest()
    (folder / MANIFEST).write_bytes(to_bytes(sign_envelope(BACKUP, canonical(said), [(LEDGER_KEY_ID, key)])))


@pytest.mark.parametrize(
    ("statement", "thorough"),
    [
        ("DELETE FROM checkpoint", False),
        ("UPDATE log_tile SET hashes = zeroblob(length(hashes))", False),
        ("UPDATE registry_entry SET at = at, envelope = X'7B7D'", False),
        (f"UPDATE terminal_key SET public_key = '{'ab' * 32}' WHERE terminal = 'T1'", False),
        ("UPDATE ledger_state SET value = 'DEMO-OTHER' WHERE key = 'ledger'", False),
        ("UPDATE gl_balance SET cents = cents + 1", True),
    ],
)
def test_books_that_do_not_bear_out_what_they_vouched_for_are_refused(
    books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path, statement: str, thorough: bool
) -> None:
    a_day(books, key, till)
    back_up(books, key, tmp_path / "backup", NOW)
    with sqlite3.connect(tmp_path / "backup" / "ledger.db") as changed:
        assert changed.execute(statement).rowcount > 0
    changed.close()
    resigned(tmp_path / "backup", key)
    with pytest.raises(BackupRefusedError):
        restore(tmp_path / "backup", tmp_path / "new", PASSPHRASE, everything=thorough)
    assert not (tmp_path / "new").exists()


def test_one_that_was_cut_off_is_none(
    books: Books, key: Ed25519PrivateKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copy2", full)
        with pytest.raises(OSError, match="No space"):
            back_up(books, key, tmp_path / "backup", NOW)
    assert not (tmp_path / "backup").exists()
    back_up(books, key, tmp_path / "backup", NOW)
    with books.reading() as connection:
        assert tree.newest(connection) is None


def test_the_books_can_be_exported_from_what_came_back(
    books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path
) -> None:
    a_day(books, key, till)
    back_up(books, key, tmp_path / "backup", NOW)
    restore(tmp_path / "backup", tmp_path / "new", PASSPHRASE)
    again = open_books(tmp_path / "new")
    try:
        assert list(export(again, "csv")) == list(export(books, "csv"))
    finally:
        again.close()


def test_a_snapshot_being_written_and_a_certificate_of_any_name_stop_no_backup(
    books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path
) -> None:
    publish(books, key, NOW)
    (books.folder / "snapshots" / "1" / ".manifest.json.77.tmp").write_bytes(b"half")
    (books.folder / "our cert (2026).pem").write_bytes(b"certificate")
    write_settings(books.folder, read_settings(books.folder).model_copy(update={"tls_cert": "our cert (2026).pem"}))
    made = back_up(books, key, tmp_path / "backup", NOW)
    assert not [file.name for file in made.files if file.name.endswith(".tmp")]
    restore(tmp_path / "backup", tmp_path / "again", PASSPHRASE)
    assert (tmp_path / "again" / "our cert (2026).pem").read_bytes() == b"certificate"


@pytest.mark.parametrize("name", [".our-cert.pem", "..pem"])
def test_a_certificate_whose_name_begins_with_a_dot_comes_back(
    books: Books, key: Ed25519PrivateKey, tmp_path: Path, name: str
) -> None:
    (books.folder / name).write_bytes(b"certificate")
    write_settings(books.folder, read_settings(books.folder).model_copy(update={"tls_cert": name}))
    back_up(books, key, tmp_path / "backup", NOW)
    restore(tmp_path / "backup", tmp_path / "again", PASSPHRASE)
    assert (tmp_path / "again" / name).read_bytes() == b"certificate"


def test_a_certificate_of_a_name_that_no_list_can_have_is_told_before_anything_is_copied(
    books: Books, key: Ed25519PrivateKey, tmp_path: Path
) -> None:
    (books.folder / "cert:2026.pem").write_bytes(b"certificate")
    write_settings(books.folder, read_settings(books.folder).model_copy(update={"tls_cert": "cert:2026.pem"}))
    with pytest.raises(BackupUselessError, match=r"cert:2026\.pem"):
        back_up(books, key, tmp_path / "backup", NOW)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("backup")]


@pytest.mark.parametrize("name", ["..", ".", "a/../b", "../b", "a/.", "/a", "a//b"])
def test_no_name_in_a_list_leads_out_of_the_folder(name: str) -> None:
    with pytest.raises(ValidationError):
        File(name=name, bytes=0, sha256="0" * 64)


def test_an_old_snapshot_that_is_dropped_meanwhile_stops_no_backup(
    books: Books, key: Ed25519PrivateKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        publish(books, key, NOW)
    really = shutil.copy2

    def dropping(source: Path, to: Path) -> object:
        copied = really(source, to)
        if (books.folder / "snapshots" / "1") in source.parents:
            shutil.rmtree(books.folder / "snapshots" / "1", ignore_errors=True)
        return copied

    monkeypatch.setattr(shutil, "copy2", dropping)
    back_up(books, key, tmp_path / "backup", NOW)
    restore(tmp_path / "backup", tmp_path / "again", PASSPHRASE, everything=True)
    # Half of a snapshot is none.
    assert [path.name for path in (tmp_path / "again" / "snapshots").iterdir()] == ["2"]


def test_a_ledger_says_for_how_long_it_has_not_been_backed_up(
    books: Books, key: Ed25519PrivateKey, tmp_path: Path
) -> None:
    def told(now: str) -> list[str]:
        return [line_.strip() for line_ in as_lines(status(books, now)) if "BACKUP" in line_]

    assert told("2026-11-25T05:59:59+00:00") == []
    assert told("2026-11-25T06:00:00+00:00") == ["NO BACKUP for 36 hours: there never was one"]
    back_up(books, key, tmp_path / "backup", "2026-11-25T07:00:00+00:00")
    assert told("2026-11-26T18:59:59+00:00") == []
    assert told("2026-11-28T07:00:00+00:00") == ["NO BACKUP for 72 hours: the last one is of 2026-11-25T07:00"]


def test_every_act_of_the_desk_is_told_where_a_restored_ledger_lacks_it() -> None:
    assert DESK_ONLY.keys() == CARRIED_OUT.keys()


def test_who_restores_is_told_what_no_terminal_has(
    books: Books, key: Ed25519PrivateKey, engine: Engine, tmp_path: Path
) -> None:
    back_up(books, key, tmp_path / "first", NOW)
    brought(books, "office", [("ANNEX", "Annex", "2 Main St")])
    back_up(books, key, tmp_path / "second", "2026-11-24T02:00:00Z")
    said = {}
    for name in ("first", "second"):
        with engine.database() as database:
            restore(tmp_path / name, tmp_path / f"{name} again", PASSPHRASE, database=database)
            again = open_books(tmp_path / f"{name} again")
            with again.reading() as connection:
                said[name] = "\n".join(lacking(connection))
            again.close()
    assert f"at the ledger's desk since {NOW}. In the backup, nothing was done at its desk yet" in said["first"]
    last = "In the backup, the last act of its desk is number 1, import by eli"
    assert f"since 2026-11-24T02:00:00Z. {last}" in said["second"]
    for act in ("corrections", "bank deposits", "imports", "--accept-log", "countertui ledger reseal"):
        assert act in said["second"]


def test_a_restored_ledger_hands_out_no_personal_value_before_a_person_says_so(
    books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path
) -> None:
    """What was erased since the backup comes back with the register: until then nobody gets any."""
    put(books, "personal_sealed", ("T1", 1, 2, "tender.1.account", "T1", 1, "00" * 80))
    publish(books, key, NOW)
    back_up(books, key, tmp_path / "backup", NOW)
    restore(tmp_path / "backup", tmp_path / "again", PASSPHRASE, everything=True)
    again = open_books(tmp_path / "again")
    try:
        with again.reading() as connection:
            assert connection.execute(select(tables.reference["personal_sealed"])).all() == []
            assert [each[1] for each in removed_since(connection, "personal_sealed", 1)] == [
                ["T1", 1, 2, "tender.1.account", "T1", 1]
            ]
        assert fsck(again).differences == ()
    finally:
        again.close()


def test_a_backup_that_nobody_could_restore_is_none(books: Books, till: Till, tmp_path: Path) -> None:
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    with pytest.raises(BackupUselessError, match="not the one that its register has in force"):
        back_up(books, other, tmp_path / "backup", NOW)
    assert not (tmp_path / "backup").exists()


@pytest.mark.skipif(os.name != "posix", reason="elsewhere no folder is synced")
@pytest.mark.parametrize("which", ["backup", "new"])
def test_a_backup_and_what_is_made_from_it_are_on_the_disk_before_they_have_their_name(
    books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    publish(books, key, NOW)
    if which == "new":
        back_up(books, key, tmp_path / "backup", NOW)
    synced: set[int] = set()
    fsync, rename = os.fsync, Path.rename
    before: set[int] = set()

    def noting(descriptor: int) -> None:
        synced.add(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    def renaming(self: Path, to: Path) -> Path:
        before.update(synced)
        synced.clear()
        return rename(self, to)

    monkeypatch.setattr(os, "fsync", noting)
    monkeypatch.setattr(Path, "rename", renaming)
    if which == "new":
        restore(tmp_path / "backup", tmp_path / "new", PASSPHRASE)
    else:
        back_up(books, key, tmp_path / "backup", NOW)
    inside = [path for path in (tmp_path / which).rglob("*") if path.name != "ledger.db"]  # SQLite syncs its own
    assert [path.name for path in inside if path.stat().st_ino not in before] == []
    assert (tmp_path / which).stat().st_ino in before
    assert tmp_path.stat().st_ino in synced
