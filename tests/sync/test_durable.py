from __future__ import annotations

import os
from pathlib import Path

import pytest

from countertui.sync.durable import write_durably
from countertui.sync.faults import WriteBackError


def test_data_is_synced_before_its_name_and_the_name_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def note_sync(fd: int) -> None:
        calls.append("sync " + Path(f"/proc/self/fd/{fd}").readlink().name)
        fsync(fd)

    def note_rename(self: Path, target: Path) -> Path:
        calls.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_rename)
    write_durably(tmp_path / "T1-1-7.ctb", b"batch")
    assert (tmp_path / "T1-1-7.ctb").read_bytes() == b"batch"
    assert calls[0].startswith("sync .T1-1-7.ctb.")
    assert calls[1:] == ["rename", f"sync {tmp_path.name}"]


def test_a_failing_disk_leaves_the_old_file_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")

    def fail(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_durably(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_stick_that_lies_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_bytes", lambda self: b"rot")
    with pytest.raises(WriteBackError, match="reads back different"):
        write_durably(tmp_path / "f", b"new")
