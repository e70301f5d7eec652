"""The demo city as a whole: made once, run without a screen, never leaving a process behind, and its extras."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from cli_city import ACCOUNTS, PROGRAM, REAL_PASSPHRASE, City, environment, run
from countertui.cli.extras import NEEDS
from pty_terminal import PtyTerminal

GIVEN = {"COUNTERTUI_PASSPHRASE": REAL_PASSPHRASE}
BLOCKER = """
import os, sys

class Without:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in os.environ.get("BLOCKED", "").split():
            return None
        return self.finder.find_spec(name, path, target)

    def __getattr__(self, name):
        return getattr(self.finder, name)

sys.meta_path[:] = map(Without, sys.meta_path)
"""


def children_of(pid: int) -> set[int]:
    """The processes started by a process."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(after_name[1]) == pid:
            found.add(int(path.parent.name))
    return found


def alive(pid: int) -> bool:
    """Whether a process runs; one that only waits for its parent to take note does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until_gone(pids: set[int], seconds: float = 20) -> set[int]:
    """Those of the processes that are still there after the time given."""
    until = time.monotonic() + seconds
    while left := {pid for pid in pids if alive(pid)}:
        if time.monotonic() > until:
            return left
        time.sleep(0.05)
    return set()


@contextmanager
def headless(city: City) -> Iterator[tuple[subprocess.Popen[str], dict[str, dict[str, str]]]]:
    command = [*PROGRAM, "demo", "--dir", str(city.folder), "--headless"]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=environment(city.folder.parent)
    ) as running:
        assert running.stdout is not None
        try:
            yield running, json.loads(running.stdout.readline())
        finally:
            running.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_demo_without_a_screen_answers_and_leaves_nothing_running(number: signal.Signals, city: City) -> None:
    with headless(city) as (running, said):
        assert said["dir"] == str(city.folder)
        with urlopen(f"{said['ledger']['url']}/v1/health", timeout=10) as answer:
            health = json.load(answer)
        assert health["ledger"] == said["ledger"]["ledger"]
        assert health["ledger"].startswith("DEMO")
        socket.create_connection((said["printer"]["host"], int(said["printer"]["port"])), timeout=10).close()
        started = children_of(running.pid)
        assert len(started) == 2
        running.send_signal(number)
        assert running.wait(timeout=20) == (-signal.SIGKILL if number == signal.SIGKILL else 0)
        assert wait_until_gone(started) == set()


def test_a_counter_that_is_killed_leaves_nothing_running_and_opens_again(city: City) -> None:
    with city.counter() as person:
        person.wait_for("Rosa Delgado", "ledger online")
        started = children_of(person.child.pid)
        assert len(started) >= 2
        os.kill(person.child.pid, signal.SIGKILL)
        assert wait_until_gone(started) == set()
    with city.counter() as person:
        person.wait_for("Rosa Delgado", "ledger online")
        started = children_of(person.child.pid)
        person.press("Ctrl+Q")
        assert person.wait_exit() == 0
    assert wait_until_gone(started) == set()
    assert city.run("verify").status == 0


def test_a_demo_is_made_once_and_another_size_is_refused(demo_city: City, tmp_path: Path) -> None:
    mark = (demo_city.folder / "keys.json").read_bytes()
    other = run("demo", "--dir", str(demo_city.folder), "--accounts", "999", home=tmp_path)
    assert (other.status, other.out) == (2, "")
    assert f"has {ACCOUNTS} accounts, not 999" in other.err
    assert (demo_city.folder / "keys.json").read_bytes() == mark


@pytest.mark.parametrize("accounts", ["-1", "100000000000"])
def test_a_demo_of_an_impossible_size_is_refused(accounts: str, tmp_path: Path) -> None:
    said = run("demo", "--dir", str(tmp_path / "city"), "--accounts", accounts, home=tmp_path)
    assert (said.status, said.out) == (2, "")
    assert "accounts" in said.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear diary")
    said = run("demo", "--dir", str(tmp_path / "mine"), home=tmp_path)
    assert (said.status, said.out) == (2, "")
    assert "holds no demo city" in said.err
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "letter.txt"]


def test_a_demo_that_was_cut_off_while_being_made_is_made_anew(tmp_path: Path) -> None:
    for leftover in ("city.making", "city.making.anchor", "city.anchor"):
        (tmp_path / leftover).mkdir()
        (tmp_path / leftover / "anchor").write_text("half")
    command = [*PROGRAM, "demo", "--dir", str(tmp_path / "city"), "--accounts", "5", "--headless"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(tmp_path)) as running:
        assert running.stdout is not None
        assert json.loads(running.stdout.readline())["dir"] == str(tmp_path / "city")
        running.terminate()
        assert running.wait(timeout=20) == 0
    assert run("verify", "--dir", str(tmp_path / "city"), home=tmp_path).status == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["city", "city.anchor"]


# Extras


@pytest.fixture
def without(tmp_path: Path) -> dict[str, str]:
    """The environment of an interpreter that lacks the packages that BLOCKED names."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(BLOCKER)
    return {"PYTHONPATH": str(site)}


def test_without_the_ledgers_packages_a_demo_ends_with_3_and_names_the_extra(
    demo_city: City, tmp_path: Path, without: dict[str, str]
) -> None:
    blocked = {**without, "BLOCKED": "sqlalchemy"}
    for arguments in (
        ("demo", "--dir", str(tmp_path / "new")),
        ("demo", "--dir", str(demo_city.folder)),
        ("demo", "--dir", str(demo_city.folder), "--headless"),
        ("ledger", "status", "--dir", str(demo_city.ledger)),
        ("ledger", "export", "--dir", str(demo_city.ledger)),
        ("ledger", "publish", "--dir", str(demo_city.ledger)),
        ("ledger", "serve", "--dir", str(demo_city.ledger)),
        ("ledger", "init", "SOMEWHERE", "--roots", "a,b,c", "--dir", str(tmp_path / "ledger")),
        ("import", "fees", "fees.csv", "--map", "map.toml", "--dir", str(demo_city.ledger)),
    ):
        said = run(*arguments, home=tmp_path, **blocked)
        assert (said.status, said.out) == (3, ""), arguments
        assert "`ledger`" in said.err
    assert not (tmp_path / "new").exists()


def test_a_counter_works_without_the_ledgers_packages(real: City, tmp_path: Path, without: dict[str, str]) -> None:
    blocked = {**without, **GIVEN, "BLOCKED": " ".join(set(NEEDS["ledger"]) - set(NEEDS["counter"]))}
    for arguments in (("verify",), ("operator", "list"), ("batch", "list"), ("report", "gaps")):
        assert real.run(*arguments, **blocked).status == 0, arguments
    assert real.run("batch", "seal", "--operator", "rosa", stdin="1111\n", **blocked).status == 0
    assert real.run("batch", "export", str(tmp_path / "usb"), **blocked).status == 0
    assert real.run("sync", "--once", **blocked).status == 3
    arguments = [*PROGRAM[1:], "--dir", str(real.folder)]
    with PtyTerminal(PROGRAM[0], arguments, environment(tmp_path, **blocked)) as person:
        person.wait_for("Passphrase")
        person.press(*REAL_PASSPHRASE, "Enter")
        person.wait_for("Rosa Delgado")
        person.press("rosa", "Enter", "1111", "Enter")
        person.wait_for("Open a drawer")


def test_a_ledger_works_without_the_counters_packages(real: City, tmp_path: Path, without: dict[str, str]) -> None:
    blocked = {**without, **GIVEN, "BLOCKED": " ".join(set(NEEDS["counter"]) - set(NEEDS["ledger"]))}
    for arguments in (("ledger", "status"), ("ledger", "export"), ("ledger", "publish")):
        assert real.run(*arguments, **blocked).status == 0, arguments
    with real.serving(**blocked) as url, urlopen(f"{url}/v1/health", timeout=10) as answer:
        assert json.load(answer)["ready"] is True
    for arguments in (("operator", "list"), ("sync", "--once"), ("batch", "seal")):
        said = real.run(*arguments, **blocked)
        assert (said.status, said.out) == (3, ""), arguments
        assert "`counter`" in said.err
    opened = run("demo", "--dir", str(real.folder), home=tmp_path, **blocked)
    assert (opened.status, opened.out) == (3, "")
    assert "`counter`" in opened.err
