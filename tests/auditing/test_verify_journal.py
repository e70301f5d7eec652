"""The auditors' verifier on a real terminal's export and a real ledger's answers, and on what was done to them."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auditing.auditor import SCRIPT, auditor
from counter_station import at_work, close, new_folder, on, open_station, pay
from countertui.counter.seal_batch import seal_batch
from countertui.demo.passphrase import PASSPHRASE
from countertui.ledger.books import open_books
from countertui.ledger.ingest import ingest
from countertui.ledger.keys import open_key
from countertui.store import working
from countertui.sync.keyslots import public_identity

NOW = "2026-11-23T18:00:00+00:00"


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three batches of T1 with the ledger's answers, and the two public keys in `keys`."""
    home = tmp_path_factory.mktemp("stick")
    folder = new_folder(home, with_ledger=True)
    books = open_books(folder / "ledger")
    key = open_key(folder / "ledger", PASSPHRASE)
    station = open_station(folder)
    _, session = at_work(station)
    (home / "stick").mkdir()
    for no in (1, 2, 3):
        for _ in range(no):
            pay(station, session)
        seal_batch(station, on(station, "rosa"))
        row = working.sending(station.db, no)
        assert row is not None
        (home / "stick" / f"T1-1-{no}.ctb").write_bytes(row.envelope)
        (home / "stick" / f"T1-1-{no}.ack").write_bytes(ingest(books, key, row.envelope, "T1", 1, no, NOW).body)
    close(station)
    books.close()
    (home / "keys").write_text(
        f"{public_identity(folder / 'keys.json').public_key.hex()} {key.public_key().public_bytes_raw().hex()}"
        f" {public_identity(folder / 'keys.json').ledger}"
    )
    return home / "stick"


def told(folder: Path, keys: Path) -> tuple[int, str]:
    terminal_key, ledger_key, ledger = keys.read_text().split()
    command = [sys.executable, "-I", str(SCRIPT), str(folder), "--ledger", ledger, "--ledger-key", ledger_key]
    done = subprocess.run([*command, "--terminal-key", f"T1/1={terminal_key}"], capture_output=True, text=True)  # noqa: PLW1510
    assert not done.stderr
    return done.returncode, done.stdout


def test_a_sound_export_is_well(stick: Path) -> None:
    status, said = told(stick, stick.parent / "keys")
    assert (status, said.splitlines()[-1]) == (0, "all is well"), said
    assert "T1/1: 3 batches" in said
    assert "60.00 in all" in said


def change(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        data = (folder / name).read_bytes()
        assert old in data
        (folder / name).write_bytes(data.replace(old, new, 1))

    return spoil


def exchanged(one: str, other: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        data = (folder / one).read_bytes()
        shutil.copy(folder / other, folder / one)
        (folder / other).write_bytes(data)

    return spoil


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (change("T1-1-2.ctb", b'{"payload":"ey', b'{"payload":"fy'), "T1-1-2.ctb: envelope"),
        (change("T1-1-2.ack", b'"keyid":"ledger"', b'"keyid":"LEDGER"'), "T1-1-2.ack: envelope"),
        (lambda folder: (folder / "T1-1-2.ctb").unlink(), "T1-1-3.ctb: batch-no"),
        (exchanged("T1-1-1.ctb", "T1-1-2.ctb"), "T1-1-1.ctb: batch-no"),
        (exchanged("T1-1-1.ack", "T1-1-2.ack"), "T1-1-1.ack: ack"),
        (lambda folder: (folder / "T1-1-3.ack").write_bytes(b"{}"), "T1-1-3.ack: malformed"),
        (lambda folder: shutil.copy(folder / "T1-1-1.ctb", folder / "T9-1-1.ctb"), "T9-1-1.ctb: unknown-key"),
    ],
)
def test_what_was_done_to_it_is_told(stick: Path, tmp_path: Path, spoil: Callable[[Path], None], fault: str) -> None:
    shutil.copytree(stick, tmp_path / "spoilt")
    spoil(tmp_path / "spoilt")
    status, said = told(tmp_path / "spoilt", stick.parent / "keys")
    assert status == 1
    assert fault in said


def test_a_log_that_was_another_is_told() -> None:
    """The ledger's own key signs two histories: two roots for one size, or a longer log that begins otherwise."""
    from countertui.sync.merkle import consistency_proof, leaf_hash, node_hash, tree_root
    from countertui.sync.notes import Checkpoint, base64_hashes, origin_of, sign_checkpoint

    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    keys = [key.public_key().public_bytes_raw()]

    def nodes(leaves: list[bytes]) -> Callable[[int, int], bytes]:
        def node(level: int, index: int) -> bytes:
            if level == 0:
                return leaf_hash(leaves[index])
            return node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

        return node

    def ack(leaves: list[bytes], before: int | None) -> dict[str, object]:
        node, size = nodes(leaves), len(leaves)
        note = sign_checkpoint(Checkpoint(origin_of("X"), size, tree_root(node, size)), key)
        proof = base64_hashes(consistency_proof(node, before, size)) if before else []
        return {"checkpoint": note, "extends": {"size": before, "proof": proof} if before else None}

    honest = [bytes([n]) * 32 for n in range(40)]
    other = [*honest[:3], bytes(32), *honest[4:]]
    check, refused = auditor().check_log, auditor().UnusableError
    for before in range(1, 40):
        roots: dict[int, bytes] = {}
        check(roots, ack(honest[:before], None), "X", keys)
        for size in range(before + 1, 41):
            check(roots, ack(honest[:size], before), "X", keys)
    roots = {}
    check(roots, ack(honest[:20], None), "X", keys)
    with pytest.raises(refused, match="does not begin"):
        check(roots, ack(other[:30], 20), "X", keys)
    with pytest.raises(refused, match="two roots"):
        check(roots, ack(other[:20], None), "X", keys)
    with pytest.raises(refused, match="not this ledger's"):
        check(roots, ack(honest[:21], 20), "Y", keys)


def test_what_is_not_there_is_not_well(stick: Path, tmp_path: Path) -> None:
    keys = stick.parent / "keys"
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "nowhere"):
        assert told(folder, keys) == (1, "T1/1: missing: No batch of it is here.\n1 faults\n")
    cut = shutil.copytree(stick, tmp_path / "cut")
    (cut / "T1-1-3.ctb").unlink()
    status, words = told(cut, keys)
    assert (status, words.splitlines()[0]) == (1, "T1-1-3.ack: missing: The batch that it answers is not here.")
    shutil.copy(stick / "T1-1-3.ctb", cut)
    (cut / "T1-1-1.ctb").unlink()
    status, words = told(cut, keys)
    assert status == 1
    assert "T1-1-2.ctb: batch-no: Its batch-no is 2, and should be 1." in words
    assert "malformed" not in words


def test_it_stands_alone_and_is_short() -> None:
    """Standard library and `cryptography`: nothing of the program that it checks."""
    text = SCRIPT.read_text(encoding="utf-8")
    tree = ast.parse(text)
    names = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    foreign = {name.split(".")[0] for name in names} - sys.stdlib_module_names
    assert foreign == {"cryptography"}
    assert len([line for line in text.splitlines() if line.strip()]) < 200
