"""A station for each test, and the child that dies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from commands import run_command
from counter_station import close, new_folder, open_station
from countertui.counter.station import Station

HERE = Path(__file__).parent

Doomed = Callable[..., dict[str, Any]]
"""doomed(folder, what, at): the work was begun in a process of its own; how that ended."""


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    """Terminal T1 of the demo city, nobody signed on, no drawer open."""
    opened = open_station(new_folder(tmp_path))
    yield opened
    close(opened)


@pytest.fixture(scope="module")
def doomed() -> Iterator[Doomed]:
    """A program that has a folder open and is killed there; see take_and_die.py."""
    child = subprocess.Popen(
        [sys.executable, str(HERE / "take_and_die.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(HERE.parent)},
    )
    assert child.stdin is not None
    assert child.stdout is not None

    def begin(folder: Path, what: str, at: int | str | None = None) -> dict[str, Any]:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps({"folder": str(folder), "what": what, "at": at}) + "\n")
        child.stdin.flush()
        answer: dict[str, Any] = json.loads(child.stdout.readline())
        return answer

    yield begin
    child.stdin.close()
    child.stdout.close()
    child.wait(timeout=10)


@pytest.fixture
def countertui() -> Callable[..., subprocess.CompletedProcess[str]]:
    """The real command line, in a process of its own; `typed` is its standard input."""

    def run(*words: str, folder: Path, typed: str = "") -> subprocess.CompletedProcess[str]:
        return run_command([*words, "--dir", str(folder)], stdin=typed, env=os.environ)

    return run
