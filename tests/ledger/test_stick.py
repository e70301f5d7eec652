"""What the ledger writes onto a stick: answers for whoever brought batches, a snapshot only for who may have one."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ledger.books import Books
from countertui.ledger.keep_terminals import freeze, revoke
from countertui.ledger.publish import publish
from countertui.ledger.stick import take_in, write_out
from countertui.sync.stick_client import REGISTRY
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
