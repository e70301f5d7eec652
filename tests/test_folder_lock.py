"""One program writes to a store, and the others learn which."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from countertui.folder_lock import FolderHeld, FolderLock, holder_lives, served_at


def test_the_second_one_is_told_who_holds_it(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path / "counter", "the counter")
    with pytest.raises(FolderHeld, match=f"the counter, process {os.getpid()}") as told:
        FolderLock(tmp_path / "counter", "batch seal")
    assert told.value.exit_status == 3
    lock.close()
    FolderLock(tmp_path / "counter", "batch seal").close()


def test_the_name_is_the_present_holders(tmp_path: Path) -> None:
    FolderLock(tmp_path, "a holder with quite a long name").close()
    lock = FolderLock(tmp_path, "b")
    with pytest.raises(FolderHeld) as told:
        FolderLock(tmp_path, "c")
    assert f"another program: b, process {os.getpid()}." in str(told.value)
    lock.close()


def test_where_a_holder_serves_is_read_beside_it(tmp_path: Path) -> None:
    assert served_at(tmp_path) is None
    lock = FolderLock(tmp_path, "ledger serve")
    assert served_at(tmp_path) is None
    lock.serves_at("http://127.0.0.1:54321")
    assert served_at(tmp_path) == "http://127.0.0.1:54321"
    with pytest.raises(FolderHeld, match=f"ledger serve, process {os.getpid()}, at http://127.0.0.1:54321"):
        FolderLock(tmp_path, "another")
    lock.close()
    lock = FolderLock(tmp_path, "ledger import")
    assert served_at(tmp_path) is None, "the next holder serves nothing"
    lock.close()


def test_the_lock_dies_with_its_holder(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from countertui.folder_lock import FolderLock;"
        "lock = FolderLock(Path(sys.argv[1]), 'a child'); print('held', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    with pytest.raises(FolderHeld, match=f"a child, process {child.pid}"):
        FolderLock(tmp_path, "us")
    child.kill()
    child.communicate()
    FolderLock(tmp_path, "us").close()


def test_whether_the_holder_lives_is_told_without_taking_the_lock(tmp_path: Path) -> None:
    assert not holder_lives(tmp_path)
    lock = FolderLock(tmp_path, "the counter")
    assert holder_lives(tmp_path)
    lock.close()
    (tmp_path / "lock").write_text("the counter, process 4194304999\n")
    assert not holder_lives(tmp_path)
    (tmp_path / "lock").write_text("nobody\n")
    assert not holder_lives(tmp_path)
