"""The auditors' verifier of the register, and of what is beside it by the keys that it names: nobody types one."""

from __future__ import annotations

import ast
import base64
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auditing.auditor import auditor
from auditing.test_verify_journal import NOW
from countertui.domain.records import Kind
from countertui.ledger import registry
from countertui.ledger.books import Books
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import freeze, register_terminal, revoke, unfreeze
from countertui.ledger.own_rotation import rotate_by_key
from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.canonical import canonical
from countertui.sync.registry_entries import Erase, sign_entry
from ledger.engine import Engine, Town
from ledger.test_given_back import later_random
from ledger.test_ingest import WATER
from ledger.test_registry import TWO, turned, with_next_key
from ledger.town import PASSPHRASE, Till, ledger_key

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "verify_register.py"


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What T1 and T2 sent: T1 changed its key, T2 was revoked; the ledger changed its key too."""
    home = tmp_path_factory.mktemp("city")
    with Town(Engine("sqlite", None), home / "town").copied(home / "ledger") as books:
        return written(books, home / "stick")


def written(books: Books, to: Path) -> Path:
    to.mkdir()
    key = ledger_key(books)
    tills = [Till(books, code) for code in ("T1", "T2")]
    for till in tills:
        code = till.identity.terminal
        register_terminal(books, key, code, "HALL", 1, till.identity.public_key, by=TWO, now=NOW)
        till.open("S1")
    one, two = tills
    new = with_next_key(one)
    send(books, key, one, to)
    one.record(Kind.KEY_ROTATE, dict(one.recorder.next_key() or {}), operator="eli", session=None, biz_date=None)
    send(books, key, one, to)
    turned(one, new)
    send(books, key, one, to)
    send(books, key, two, to)
    with books.writing() as connection:
        freeze(connection, books, key, "T1", 1, "Two journals", NOW)
        unfreeze(connection, books, key, "T1", 1, "It was a copy", TWO, NOW)
        revoke(connection, books, key, "T2", 1, two.seq, "Stolen", TWO, NOW)
        erased = Erase(terminal="T2", epoch=1, seq=2, field="tender.1.account")
        register = registry.present(connection, books.ledger)
        registry.append(connection, register, "erase", erased, [(LEDGER_KEY_ID, key)], by=TWO, now=NOW)
    send(books, key, two, to)
    (to / "T2-registry.jsonl").write_bytes(lines_of(books))
    rotate_by_key(books, PASSPHRASE, later_random(), reason="yearly", by=TWO, now=NOW)
    (to / "T1-registry.jsonl").write_bytes(lines_of(books))
    return to


def send(books: Books, key: Ed25519PrivateKey, till: Till, to: Path) -> None:
    till.pay(WATER)
    envelope = till.seal()
    place = f"{till.identity.terminal}-1-{till.batch_no}"
    (to / f"{place}.ctb").write_bytes(envelope)
    answer = ingest(books, key, envelope, till.identity.terminal, 1, till.batch_no, NOW)
    (to / f"{place}.ack").write_bytes(answer.body)


def lines_of(books: Books) -> bytes:
    with books.reading() as connection:
        return b"".join(entry + b"\n" for entry in registry.entries_after(connection, 0))


def told(folder: Path, *more: str) -> tuple[int, str]:
    said = io.StringIO()
    with redirect_stdout(said):
        status = auditor("verify_register").main([str(folder), *more])
    return status, said.getvalue()


def test_it_runs_by_itself_wherever_it_lies(stick: Path, tmp_path: Path) -> None:
    for name in ("verify_register.py", "verify_journal.py"):
        shutil.copy(SCRIPT.with_name(name), tmp_path)
    command = [sys.executable, "-I", str(tmp_path / SCRIPT.name), str(stick)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1], done.stderr) == (0, "all is well", "")


def test_a_stick_needs_no_key_typed(stick: Path) -> None:
    status, said = told(stick)
    assert (status, said.splitlines()[-1]) == (0, "all is well"), said
    first, *_ = said.splitlines()
    assert first.startswith("T1-registry.jsonl: 9 entries of DEMO-LITTLETON, founded by ")
    founding = first.rpartition(" ")[2]
    assert told(stick, "--founding", founding.upper())[0] == 0
    status, said = told(stick, "--founding", "00" * 32)
    assert (status, "founding: It is another city's register" in said) == (1, True)


def entries(folder: Path) -> list[bytes]:
    return (folder / "T1-registry.jsonl").read_bytes().splitlines()


def rewritten(n: int, change: Callable[[dict[str, Any]], None], *signers: str) -> Callable[[Path], None]:
    """Entry n with other words, signed by a stranger under these names, or with its own signatures."""

    def spoil(folder: Path) -> None:
        lines = entries(folder)
        envelope = json.loads(lines[n - 1])
        said = json.loads(base64.b64decode(envelope["payload"]))
        change(said)
        stranger = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
        if signers:
            lines[n - 1] = sign_entry(canonical(said), [(name, stranger) for name in signers])
        else:
            envelope["payload"] = base64.b64encode(canonical(said)).decode()
            lines[n - 1] = json.dumps(envelope).encode()
        (folder / "T1-registry.jsonl").write_bytes(b"\n".join(lines) + b"\n")
        (folder / "T2-registry.jsonl").unlink()

    return spoil


def without(n: int) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        lines = entries(folder)
        del lines[n - 1]
        (folder / "T1-registry.jsonl").write_bytes(b"\n".join(lines))
        (folder / "T2-registry.jsonl").unlink()

    return spoil


def alone(said: dict[str, Any]) -> None:
    said["by"] = ["eli", " ELI"]


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (without(4), "Entry 4 does not follow the one before it."),
        (rewritten(3, lambda said: said.update(at="2020-01-01")), "Entry 3 is not signed by all"),
        (rewritten(7, lambda said: said["data"].update(after_seq=99), "ledger"), "Entry 7 is not signed by all"),
        (rewritten(9, lambda said: None, "ledger", "new"), "Entry 9 is not signed by all"),
        (rewritten(1, lambda said: None, "ledger", "root-1", "root-2"), "Entry 1 is not signed by all"),
        (rewritten(7, alone), "Entry 7: two people answer for revoke"),
        (lambda folder: (folder / "T1-registry.jsonl").write_bytes(b"{}\n"), "Entry 1 can't be read"),
        (lambda folder: (folder / "T1-registry.jsonl").write_bytes(b""), "It has no entry."),
        (lambda folder: [each.unlink() for each in folder.glob("*.jsonl")], "There is no register here"),
        (lambda folder: [each.unlink() for each in folder.glob("*.ctb")], "missing: No batch is here."),
    ],
)
def test_what_was_done_to_the_register_is_told(
    stick: Path, tmp_path: Path, spoil: Callable[[Path], None], fault: str
) -> None:
    shutil.copytree(stick, tmp_path / "spoilt")
    spoil(tmp_path / "spoilt")
    status, said = told(tmp_path / "spoilt")
    assert status == 1
    assert fault in said


def test_two_registers_on_one_stick_are_a_fork(stick: Path, tmp_path: Path) -> None:
    shutil.copytree(stick, tmp_path / "forked")
    with Town(Engine("sqlite", None), tmp_path / "town").copied(tmp_path / "ledger") as books:
        till = Till(books, "T9")
        register_terminal(books, ledger_key(books), "T9", "HALL", 1, till.identity.public_key, by=TWO, now=NOW)
        (tmp_path / "forked" / "T9-registry.jsonl").write_bytes(lines_of(books))
    status, said = told(tmp_path / "forked")
    assert (status, "two registers: the city's forked" in said) == (1, True)


def test_what_the_ledger_posted_of_a_revoked_key_is_told(stick: Path, tmp_path: Path) -> None:
    """The ledger itself signed that it posted what the register says counts for nothing."""
    shutil.copytree(stick, tmp_path / "city")
    with Town(Engine("sqlite", None), tmp_path / "town").copied(tmp_path / "ledger") as books:
        key, till = ledger_key(books), Till(books)
        register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, by=TWO, now=NOW)
        till.open("S1")
        (tmp_path / "stick").mkdir()
        send(books, key, till, tmp_path / "stick")
        with books.writing() as connection:
            revoke(connection, books, key, "T1", 1, 0, "Stolen", TWO, NOW)
        (tmp_path / "stick" / "T1-registry.jsonl").write_bytes(lines_of(books))
    status, said = told(tmp_path / "stick")
    assert (status, "T1-1-1.ack: revoked: It was posted" in said) == (1, True), said


def test_it_stands_alone_beside_the_other() -> None:
    """Standard library alone: signatures are the other file's matter."""
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    names = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names
