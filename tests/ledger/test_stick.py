"""What the ledger writes onto a stick: answers for whoever brought batches, a snapshot only for who may have one."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ledger.books import Books
from countertui.ledger.keep_terminals import freeze, revoke
from countertui.ledger.publish import publish
from countertui.ledger.registry import entries_after
from countertui.ledger.stick import take_entries, take_in, write_out, write_snapshots
from countertui.sync.stick_client import REGISTRY, own_register_name
from ledger.test_ingest import asked
from ledger.town import NOW, Till, allocation, line


def brought_back(books: Books, key: Ed25519PrivateKey, till: Till, folder: Path) -> set[str]:
    """The names of what lies in the folder once the till's batch was taken from it, but for that."""
    till.pay(line("U1", allocation("C1", "510-4310", 1_00)))
    (folder / "brought.ctb").write_bytes(till.seal())
    assert write_out(books, key, folder, take_in(books, key, [folder / "brought.ctb"], NOW)) == 1
    return {path.name for path in folder.iterdir()} - {"brought.ctb"}


@pytest.mark.parametrize("stopped", ["", "frozen", "revoked"])
def test_a_stopped_terminal_gets_its_answer_and_no_snapshot(
    books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path, stopped: str
) -> None:
    publish(books, key, NOW)
    with books.writing() as connection:
        if stopped == "frozen":
            freeze(connection, books, key, "T1", 1, "A clone was seen.", NOW)
        if stopped == "revoked":
            by = ("ada", "bob")
            revoke(connection, books, key, "T1", 1, after_seq=1, reason="Stolen.", by=by, now=NOW)
    folder = tmp_path / "stick"
    folder.mkdir()
    found = brought_back(books, key, till, folder)
    assert REGISTRY in found
    assert len(found) == (2 if stopped else 3)
    assert ("snapshot-T1" in found) is not bool(stopped)


@pytest.mark.parametrize("stopped", [False, True])
def test_who_brings_no_batch_gets_a_snapshot_by_its_register_alone(
    books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path, stopped: bool
) -> None:
    """Else an office that sealed nothing yet never hears who may sign on there."""
    publish(books, key, NOW)
    with books.writing() as connection:
        entries = entries_after(connection, 0)
        if stopped:
            freeze(connection, books, key, "T1", 1, "A clone was seen.", NOW)
    for terminal, text in (("T1", b"\n".join(entries)), ("T9", b"\n".join(entries)), ("T2", b"no register")):
        (tmp_path / own_register_name(terminal)).write_bytes(text)
    register = take_entries(books, key, tmp_path, NOW)
    written = write_snapshots(books, tmp_path, (), register)
    assert list(written) == ([] if stopped else ["T1"])
    assert (tmp_path / "snapshot-T1").is_dir() is not stopped
    assert not (tmp_path / "snapshot-T9").exists()
    assert not (tmp_path / "snapshot-T2").exists()


def test_17_a_folder_of_batches_is_taken_in_any_order_and_any_number_of_times(
    books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path
) -> None:
    """Of two terminals, under names that say nothing, one cut short and one not there yet."""
    other = Till(books, "T2").registered(books)
    for each in (till, other, till, other, till):
        each.pay(line("U1", allocation("C1", "510-4310", 1_00)))
        (tmp_path / f"{each.identity.terminal}{each.batch_no}").write_bytes(each.seal())
    files = {path.name: path for path in tmp_path.iterdir() if path.is_file()}
    last = files.pop("T12")
    cut = tmp_path / "cut"
    cut.write_bytes(last.read_bytes()[:-9])
    for _ in range(2):
        taken = take_in(books, key, [cut, *(files[name] for name in ("T21", "T20", "T11", "T10"))], NOW)
        assert {each.file: each.verdict for each in taken if each.file in ("cut", "T12")} == {"cut": "refused"}
    verdicts = {each.file: each.verdict for each in taken}
    assert verdicts == {
        "cut": "refused", "T10": "here already", "T11": "here already", "T20": "here already", "T21": "here already"
    }  # fmt: skip
    again = take_in(books, key, [last, *files.values()], NOW)
    assert {each.file: each.verdict for each in again}["T12"] == "posted"
    assert asked(books, "SELECT count(*), sum(cents) FROM receipt_history") == [(5, 5_00)]
