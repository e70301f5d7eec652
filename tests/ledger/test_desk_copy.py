"""What people did at the ledger's desk, copied elsewhere as it is done: what a restored ledger lacks, proven."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ledger.backup import back_up
from countertui.ledger.books import Books, open_books
from countertui.ledger.desk_copy import DeskCopyRefusedError, OtherDeskError, copy_desk, in_words, lacks
from countertui.ledger.restoring import restore
from countertui.sync.canonical import canonical, parse_strict
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


def test_no_other_file_is_written_into(books: Books, copy: Path) -> None:
    for other in (b"# notes\n", b"notes", b'{"a": 1}\n'):
        copy.write_bytes(other)
        with pytest.raises(OtherDeskError):
            copied(books, copy)
        assert copy.read_bytes() == other
