"""What people did at the ledger's desk, copied elsewhere as it is done: what a restored ledger lacks, proven."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ledger.alarms import open_alarms
from countertui.ledger.backup import back_up
from countertui.ledger.books import Books, open_books
from countertui.ledger.desk_copy import DeskCopyRefusedError, OtherDeskError, copy_desk, in_words, lacks
from countertui.ledger.fsck import fsck
from countertui.ledger.given_back import take_back
from countertui.ledger.own_rotation import rotate_by_key
from countertui.ledger.registry import entries_after
from countertui.ledger.restoring import restore
from countertui.sync.canonical import canonical, parse_strict
from ledger.test_given_back import later_random
from ledger.test_registry import TWO
from ledger.town import NOW, PASSPHRASE, brought


def act(books: Books, office: str) -> None:
    brought(books, "office", [(office, office, "2 Main St")])


def copied(books: Books, to: Path) -> int:
    with books.reading() as connection:
        return copy_desk(connection, to)


def lacking(books: Books, copy: Path) -> list[str]:
    with books.reading() as connection:
        return [in_words(body) for body in lacks(connection, books.ledger, copy)]


@pytest.fixture
def copy(books: Books, tmp_path: Path) -> Path:
    """Two acts, copied as they were done."""
    to = tmp_path / "acts.jsonl"
    for office in ("ANNEX", "DEPOT"):
        act(books, office)
        assert copied(books, to) == 1
    return to


def test_it_is_copied_once_and_goes_on_where_it_was_cut_off(books: Books, copy: Path) -> None:
    whole = copy.read_bytes()
    assert copied(books, copy) == 0
    assert copy.stat().st_mode & 0o777 == 0o600
    for cut in (0, 1, whole.index(b"\n"), whole.index(b"\n") + 1, len(whole) - 1):
        copy.write_bytes(whole[:cut])
        copied(books, copy)
        assert copy.read_bytes() == whole
    copy.write_bytes(whole + b'{"body":"' + b"x" * 5000)  # of an act that this ledger, restored since, never had
    copied(books, copy)
    assert copy.read_bytes() == whole
    assert lacking(books, copy) == []


def test_a_restored_ledger_is_told_what_it_lacks_whatever_it_did_since(
    books: Books, key: Ed25519PrivateKey, copy: Path, tmp_path: Path
) -> None:
    back_up(books, key, tmp_path / "backup", NOW)
    act(books, "LOST")
    act(books, "GONE")
    copied(books, copy)
    restore(tmp_path / "backup", tmp_path / "again", PASSPHRASE)
    again = open_books(tmp_path / "again")
    try:
        missing = [f"3  {NOW}  import by eli", f"4  {NOW}  import by eli"]
        assert lacking(again, copy) == missing
        for office in ("OTHER", "ANOTHER"):
            with pytest.raises(OtherDeskError):
                copied(again, copy)
            act(again, office)
        assert lacking(again, copy) == missing
    finally:
        again.close()


@pytest.mark.parametrize("how", ["body", "sig", "left out", "garbled"])
def test_what_was_altered_proves_nothing(books: Books, copy: Path, how: str) -> None:
    lines = copy.read_bytes().splitlines(keepends=True)
    if how == "left out":
        copy.write_bytes(lines[1])
    elif how == "garbled":
        copy.write_bytes(b"{}\n" + lines[1])
    else:
        said = parse_strict(lines[1])
        said[how] = said[how].replace("eli", "bob") if how == "body" else "00" * 64
        copy.write_bytes(lines[0] + canonical(said) + b"\n")
    with pytest.raises(DeskCopyRefusedError):
        lacking(books, copy)


def altered(lines: list[bytes], how: str, which: int) -> bytes:
    """A copy in which one line was altered, left out, or stands twice with another number."""
    said = parse_strict(lines[which])
    other = {"body": said["body"].replace("eli", "bob"), "h": "0" * 64, "sig": "00" * 64, "seq": 999}
    instead = {
        "left out": b"",
        "garbled": lines[which].replace(b"{", b"!", 1),
        "doubled": canonical(said | {"seq": 999}) + b"\n" + lines[which],
    }
    line = instead[how] if how in instead else canonical(said | {how: other[how]}) + b"\n"
    return b"".join((*lines[:which], line, *lines[which + 1 :]))


def test_an_altered_line_keeps_no_other_act_from_being_told(
    books: Books, key: Ed25519PrivateKey, copy: Path, tmp_path: Path
) -> None:
    """The disk with the copy has rotted, or somebody was at it: the backup has acts 1 and 2, and 3 to 5 are lost."""
    back_up(books, key, tmp_path / "backup", NOW)
    for office in ("LOST", "GONE", "FAR"):
        act(books, office)
    copied(books, copy)
    lines = copy.read_bytes().splitlines(keepends=True)
    restore(tmp_path / "backup", tmp_path / "again", PASSPHRASE)
    again = open_books(tmp_path / "again")
    for how, which in product(("body", "h", "sig", "seq", "left out", "garbled", "doubled"), range(4)):
        copy.write_bytes(altered(lines, how, which))
        with again.reading() as connection, pytest.raises(DeskCopyRefusedError) as refused:
            lacks(connection, again.ledger, copy)
        told = {body["seq"] for body in refused.value.proven}
        # What became of the act itself nobody can tell, nor of the next one, where its signed hash is gone as well.
        unproven = {which + 1} if how == "body" else {which + 1, which + 2} if which >= 2 else {which + 1}
        assert told == {3, 4, 5} - (unproven if how != "doubled" else set()), (how, which)
    again.close()


def test_an_act_under_a_key_that_comes_with_the_register_is_told_once_it_came(
    books: Books, key: Ed25519PrivateKey, copy: Path, tmp_path: Path
) -> None:
    back_up(books, key, tmp_path / "backup", NOW)
    act(books, "LOST")
    rotate_by_key(books, PASSPHRASE, later_random(), reason="yearly", by=TWO, now=NOW)
    act(books, "GONE")
    copied(books, copy)
    restore(tmp_path / "backup", tmp_path / "again", PASSPHRASE)
    again = open_books(tmp_path / "again")
    try:
        with again.reading() as connection, pytest.raises(DeskCopyRefusedError, match="let a terminal sync") as refused:
            lacks(connection, again.ledger, copy)
        assert [body["seq"] for body in refused.value.proven] == [3]
        with books.reading() as connection:
            entries = entries_after(connection, 0)
        take_back(again, key.public_key().public_bytes_raw(), entries, NOW)
        assert len(lacking(again, copy)) == 2
    finally:
        again.close()


@pytest.mark.parametrize(("acts", "told"), [(1, False), (2, True)])
def test_acts_under_a_key_that_was_changed_before_them_are_told_as_the_register_comes_back(
    books: Books, key: Ed25519PrivateKey, tmp_path: Path, acts: int, told: bool
) -> None:
    """The desk did its acts again at once, before any terminal brought the change of the ledger's key."""
    act(books, "ANNEX")
    back_up(books, key, tmp_path / "backup", NOW)
    act(books, "LOST")
    rotate_by_key(books, PASSPHRASE, later_random(), reason="yearly", by=TWO, now=NOW)
    with books.reading() as connection:
        entries = entries_after(connection, 0)
    restore(tmp_path / "backup", tmp_path / "again", PASSPHRASE)
    again = open_books(tmp_path / "again")
    try:
        for n in range(acts):
            act(again, f"AGAIN{n}")
        take_back(again, key.public_key().public_bytes_raw(), entries, NOW)
        with again.reading() as connection:
            alarms = [each.detail for each in open_alarms(connection) if "Restore once more" in each.detail]
        assert bool(alarms) == told == bool(fsck(again).differences)
        assert all("Records 3 to 3 of the desk" in each for each in alarms)
    finally:
        again.close()


def test_no_other_file_is_written_into(books: Books, copy: Path) -> None:
    for other in (b"# notes\n", b"notes", b'{"a": 1}\n'):
        copy.write_bytes(other)
        with pytest.raises(OtherDeskError):
            copied(books, copy)
        assert copy.read_bytes() == other
