"""The commands: a ledger backed up beside its service, and made again; a certificate made at the first start."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from cli_city import PROGRAM, environment
from commands import run_command
from countertui.ledger.books import Books
from countertui.ledger.desk import Ground
from countertui.ledger.imported import Counted, ImportFact, begin_import
from countertui.ledger.settings import read_settings
from countertui.sync.transport import LedgerClient
from ledger.town import LEDGER, NOW, PASSPHRASE, founded, ledger_key


def run(home: Path, *arguments: str, passphrase_file: Path) -> subprocess.CompletedProcess[str]:
    env = environment(home, COUNTERTUI_PASSPHRASE_FILE=str(passphrase_file))
    return run_command(arguments, env=env)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(f"{PASSPHRASE}\nand a second line\n")
    return path


def test_backed_up_beside_its_service_and_made_again(tmp_path: Path, secret: Path) -> None:
    folder = tmp_path / "ledger"
    founded(folder).close()
    env = environment(tmp_path, COUNTERTUI_PASSPHRASE_FILE=str(secret))
    serve = [*PROGRAM, "ledger", "serve", "--dir", str(folder), "--make-certificate", "localhost, 127.0.0.1"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as child:
        try:
            assert child.stdout is not None
            said = json.loads(child.stdout.readline())
            client = LedgerClient(said["url"], pin=said["pin"])
            assert client.health()["ledger"] == LEDGER
            client.close()
            done = run(tmp_path, "ledger", "backup", str(tmp_path / "b1"), "--dir", str(folder), passphrase_file=secret)
            assert done.returncode == 0, done.stderr
            assert "is backed up in" in done.stdout
        finally:
            child.send_signal(signal.SIGTERM)
        assert child.wait(30) == 0
    assert read_settings(folder).tls_cert == "tls-cert.pem"
    twice = run(tmp_path, "ledger", "backup", str(tmp_path / "b1"), "--dir", str(folder), passphrase_file=secret)
    assert twice.returncode == 2
    back = run(
        tmp_path, "ledger", "restore", str(tmp_path / "b1"), "--dir", str(tmp_path / "new"), "--fsck",
        passphrase_file=secret,
    )  # fmt: skip
    assert back.returncode == 0, back.stderr
    assert "recomputed, and everything agrees" in back.stdout
    assert "Not in it, and at no terminal: what people did at the ledger's desk since 20" in back.stdout
    assert (tmp_path / "new" / "tls-key.pem").is_file()
    status = run(tmp_path, "ledger", "status", "--dir", str(tmp_path / "new"), passphrase_file=secret)
    assert f"Ledger {LEDGER}" in status.stdout
    again = run(tmp_path, "ledger", "restore", str(tmp_path / "b1"), "--dir", str(folder), passphrase_file=secret)
    assert again.returncode == 2
    (tmp_path / "b1" / "ledger.db").write_bytes(b"")
    damaged = run(
        tmp_path, "ledger", "restore", str(tmp_path / "b1"), "--dir", str(tmp_path / "third"), passphrase_file=secret
    )
    assert damaged.returncode == 1
    assert "Take another backup" in damaged.stderr
    none = run(
        tmp_path, "ledger", "restore", str(tmp_path / "b0"), "--dir", str(tmp_path / "third"), passphrase_file=secret
    )
    assert (none.returncode, "is no backup" in none.stderr) == (1, True)


def test_off_the_machine_only_with_a_certificate(tmp_path: Path, secret: Path) -> None:
    folder = tmp_path / "ledger"
    founded(folder).close()
    done = run(tmp_path, "ledger", "serve", "--dir", str(folder), "--host", "0.0.0.0", passphrase_file=secret)
    assert done.returncode == 2
    assert "TLS" in done.stderr
    missing = run(tmp_path, "ledger", "serve", "--dir", str(folder), passphrase_file=tmp_path / "none")
    assert missing.returncode == 2


def test_the_desks_acts_are_copied_elsewhere_and_a_restored_ledger_says_what_it_lacks(
    tmp_path: Path, secret: Path
) -> None:
    acts = tmp_path / "acts.jsonl"
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, offices in ((old, ["ANNEX"]), (new, ["ANNEX", "DEPOT"])):
        books = founded(folder)
        for n, office in enumerate(offices):
            _act(books, office, n)
        books.close()
    done = run(tmp_path, "ledger", "copy-desk", str(acts), "--dir", str(new), passphrase_file=secret)
    assert (done.returncode, done.stdout) == (0, f"2 acts copied to {acts}.\n")
    for folder, missing in ((new, 0), (old, 1)):
        said = run(tmp_path, "ledger", "lacks", str(acts), "--dir", str(folder), passphrase_file=secret)
        assert said.returncode == missing, said.stderr
        assert said.stdout.endswith("1 act to do again.\n" if missing else "It lacks none of the acts in that file.\n")
    whole = run(tmp_path, "ledger", "lacks", str(acts), "--json", "--dir", str(old), passphrase_file=secret)
    assert [(body["seq"], body["kind"], body["operator"]) for body in json.loads(whole.stdout)] == [
        (2, "import", "eli")
    ]
    nowhere = run(tmp_path, "ledger", "lacks", str(tmp_path / "none"), "--dir", str(old), passphrase_file=secret)
    assert nowhere.returncode == 2


def _act(books: Books, office: str, n: int) -> None:
    """An import that is the same record wherever it is done."""
    with books.writing() as connection:
        bringing = begin_import(connection)
        bringing.put("office", [(office, office, "2 Main St")])
        fact = ImportFact(f"0190b2c4-0000-7000-a000-00000000000{n}", "rows", "eli", Counted(rows=1, created=1))
        bringing.answered_by(Ground(connection, books, ledger_key(books), NOW), fact)
