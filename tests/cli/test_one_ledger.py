"""A ledger folder is served by one program; a second one is told which."""

from __future__ import annotations

import json
import subprocess
from threading import Timer
from urllib.request import urlopen

from cli_city import PROGRAM, REAL_PASSPHRASE, City, environment
from countertui.folder_lock import FolderLock

GIVEN = {"COUNTERTUI_PASSPHRASE": REAL_PASSPHRASE}


def test_a_second_ledger_on_one_folder_is_refused_by_name(real: City) -> None:
    with real.serving(**GIVEN) as url:
        said = real.run("ledger", "serve", **GIVEN)
        assert (said.status, said.out) == (3, "")
        assert "This ledger is open in another program: ledger serve, process " in said.err
        assert "Nothing was changed" in said.err
        assert real.run("ledger", "status", "--json").json["ledger"], "what only reads runs beside it"
        with urlopen(f"{url}/v1/health", timeout=10) as answer:
            assert answer.status == 200
    with real.serving(**GIVEN) as url:
        assert url, "the lock goes with its holder"


def test_an_embedded_ledger_waits_for_the_one_before_it_to_end(real: City) -> None:
    """A counter that was killed leaves a ledger that is still ending when the next counter starts its own."""
    lock = FolderLock(real.ledger, "ledger serve", of="ledger")
    command = [*PROGRAM, "ledger", "serve", "--dir", str(real.ledger), "--until-stdin-closes"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(real.folder.parent, **GIVEN),
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        Timer(1, lock.close).start()
        assert json.loads(server.stdout.readline())["url"]
        server.stdin.close()
        assert server.wait(timeout=20) == 0
