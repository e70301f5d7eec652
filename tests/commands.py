"""Commands of the program as processes of their own, forked from one that has its modules loaded.

A command takes half a second to load what it needs, and the tests give more than a thousand. Each is still a process:
its own folder, environment, standard streams, exit status and end. That the program starts from nothing is shown by
tests/end_to_end, tests/cli/test_demo.py and tests/test_imports.py, which start it so.

Run as a program this is the one that forks: a request is one line of JSON, and so is the answer.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

_NOT_LOADED = ("screens", "widgets", "bootstrap", "__main__", "migrations")
"""Not what commands load: Textual, and what runs when it is loaded."""
_LOADED_TOO = ("cyclopts.help", "rich.markdown", "rich.panel", "rich.table")
"""What a command loads to say how it is used."""


def run_command(
    arguments: Sequence[str], *, stdin: str = "", env: Mapping[str, str], timeout: float = 90
) -> subprocess.CompletedProcess[str]:
    """Run `countertui` with these arguments to its end, from nothing where its modules are others (PYTHONPATH).

    Raises subprocess.TimeoutExpired.
    """
    if "PYTHONPATH" in env:
        command = [sys.executable, "-m", "countertui", *arguments]
        return subprocess.run(
            command, input=stdin, capture_output=True, text=True, check=False, timeout=timeout, env=env
        )
    forking = _forking()
    with tempfile.TemporaryDirectory() as folder:
        given, out, err = (Path(folder) / name for name in ("in", "out", "err"))
        given.write_text(stdin, encoding="utf-8")
        streams = [str(given), str(out), str(err)]
        asked = {"arguments": list(arguments), "env": dict(env), "streams": streams, "cwd": str(Path.cwd())}
        status = forking.ask(asked, timeout)
        if status is None:
            raise subprocess.TimeoutExpired(list(arguments), timeout)
        said = (path.read_bytes().decode() for path in (out, err))
        return subprocess.CompletedProcess(list(arguments), status, *said)


class _Forking:
    """The process that forks, of this test process; it ends when its standard input closes."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._one_at_a_time = threading.Lock()
        atexit.register(self._end)

    def ask(self, asked: Mapping[str, Any], timeout: float) -> int | None:
        """The exit status, as subprocess has it; None if it took too long and was killed."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        with self._one_at_a_time:
            self._child.stdin.write(json.dumps({**asked, "timeout": timeout}) + "\n")
            self._child.stdin.flush()
            answer: int | None = json.loads(self._child.stdout.readline())
        return answer

    def _end(self) -> None:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.close()
        self._child.stdout.close()
        self._child.wait(10)


@cache
def _forking() -> _Forking:
    return _Forking()


def _serve() -> dict[str, Any] | None:
    """Fork for each request; only a fork comes back from here, with what was asked of it."""
    _load()
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        pid = os.fork()
        if pid == 0:
            return asked
        sys.stdout.write(json.dumps(_awaited(pid, asked["timeout"])) + "\n")
        sys.stdout.flush()
    return None


def _load() -> None:
    import pkgutil

    import countertui

    for found in pkgutil.walk_packages(countertui.__path__, "countertui."):
        if not any(part in found.name for part in _NOT_LOADED):
            __import__(found.name)
    for name in _LOADED_TOO:
        __import__(name)
    sys.modules["countertui.cli.main"].whole_app()
    gc.collect()
    gc.freeze()


def _awaited(pid: int, timeout: float) -> int | None:
    fd = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
    if fd is not None:
        in_time = bool(select.select([fd], [], [], timeout)[0])
        os.close(fd)
        if not in_time:
            os.kill(pid, signal.SIGKILL)
    else:
        in_time, until = False, time.monotonic() + timeout
        while not in_time and time.monotonic() < until:
            in_time = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
            time.sleep(0.005)
        if not in_time:
            os.kill(pid, signal.SIGKILL)
    _, ended = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(ended) if in_time else None


def _become(asked: Mapping[str, Any]) -> None:
    """Be the command: its streams, environment, folder and arguments."""
    given, out, err = asked["streams"]
    for path, flags, fd in ((given, os.O_RDONLY, 0), (out, os.O_WRONLY, 1), (err, os.O_WRONLY, 2)):
        opened = os.open(path, flags | (os.O_CREAT if fd else 0), 0o600)
        os.dup2(opened, fd)
        os.close(opened)
    # What the one before read ahead of its requests is not this one's.
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - it lives as long as the process
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    os.chdir(asked["cwd"])
    sys.argv = ["countertui", *asked["arguments"]]


def _end(status: int) -> NoReturn:
    """End as Python does, but for taking its modules apart, which takes as long as a short command."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        work = _serve()
        if work is not None:
            _become(work)
            from countertui.__main__ import main

            try:
                main()
            except SystemExit as ended:
                if not isinstance(ended.code, int):
                    raise
                _end(ended.code)
