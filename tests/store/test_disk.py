"""Room on the disk, and which disks a store may lie on."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from countertui.domain.records import Kind
from countertui.store.disk import (
    LAST_FREE_BYTES,
    LEAST_FREE_BYTES,
    RESERVE_BYTES,
    DiskNearlyFull,
    DiskRoom,
    NotLocal,
    require_local,
)


class Disk:
    """A disk of which a test says how much is free."""

    def __init__(self, free: int) -> None:
        self.free = free

    def __call__(self, folder: Path) -> int:
        return self.free


def test_a_reserve_is_laid_aside_while_there_is_room(tmp_path: Path) -> None:
    room = DiskRoom(tmp_path, Disk(LEAST_FREE_BYTES + RESERVE_BYTES + 1))
    room.keep_reserve()
    assert (tmp_path / "reserve").stat().st_size == RESERVE_BYTES
    assert (tmp_path / "reserve").stat().st_blocks * 512 >= RESERVE_BYTES, "really taken, not sparse"


def test_no_reserve_is_taken_from_a_nearly_full_disk(tmp_path: Path) -> None:
    DiskRoom(tmp_path, Disk(LEAST_FREE_BYTES + RESERVE_BYTES)).keep_reserve()
    assert not (tmp_path / "reserve").exists()


def test_a_disk_that_has_less_than_it_says_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    room = DiskRoom(tmp_path, Disk(LEAST_FREE_BYTES * 10))
    with monkeypatch.context() as quota:
        quota.setattr(os, "posix_fallocate", full)
        room.keep_reserve()
    assert not (tmp_path / "reserve").exists()
    room.keep_reserve()
    assert (tmp_path / "reserve").exists()


@pytest.mark.parametrize("free", [0, LEAST_FREE_BYTES - 1])
@pytest.mark.parametrize(
    ("kind", "words"), [(Kind.PAY, "so no new payment is taken"), (Kind.OPEN, "so no drawer is opened")]
)
def test_nothing_new_is_begun_on_a_nearly_full_disk(tmp_path: Path, kind: Kind, words: str, free: int) -> None:
    room = DiskRoom(tmp_path, Disk(free))
    (tmp_path / "reserve").touch()
    with pytest.raises(DiskNearlyFull, match=f"nearly full, {words}") as told:
        room.require_room_for(kind)
    assert "F10" in told.value.press
    assert (tmp_path / "reserve").exists()
    assert room.is_low


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.PAY, Kind.OPEN}))
def test_everything_else_gets_the_reserve_once_nothing_else_is_left(tmp_path: Path, kind: Kind) -> None:
    """A login on a nearly full disk must not use up what the close will need."""
    (tmp_path / "reserve").touch()
    DiskRoom(tmp_path, Disk(LAST_FREE_BYTES)).require_room_for(kind)
    assert (tmp_path / "reserve").exists()
    DiskRoom(tmp_path, Disk(LAST_FREE_BYTES - 1)).require_room_for(kind)
    assert not (tmp_path / "reserve").exists()


@pytest.mark.parametrize("kind", sorted(Kind))
def test_with_room_everything_is_taken(tmp_path: Path, kind: Kind) -> None:
    room = DiskRoom(tmp_path, Disk(LEAST_FREE_BYTES))
    (tmp_path / "reserve").touch()
    room.require_room_for(kind)
    assert (tmp_path / "reserve").exists()


@pytest.mark.parametrize(
    ("mounts", "refused"),
    [
        ("/dev/sda1 / ext4 rw 0 0\n", False),
        ("/dev/sda1 / ext4 rw 0 0\nserver:/export {here} nfs4 rw 0 0\n", True),
        ("/dev/sda1 / ext4 rw 0 0\n//server/share {parent} cifs rw 0 0\n", True),
        ("server:/ / nfs rw 0 0\n/dev/sdb1 {parent} ext4 rw 0 0\n", False),
        ("/dev/sda1 / ext4 rw 0 0\nserver:/export /elsewhere nfs rw 0 0\n", False),
        ("/dev/sda1 / ext4 rw 0 0\nserver:/x {here}2 nfs rw 0 0\n", False),
        ("", False),
    ],
)
def test_a_network_disk_is_refused(tmp_path: Path, mounts: str, refused: bool) -> None:
    here = tmp_path / "city hall"
    here.mkdir()
    names = {"here": str(here).replace(" ", "\\040"), "parent": str(tmp_path)}
    (tmp_path / "mounts").write_text(mounts.format(**names), encoding="utf-8")
    if refused:
        with pytest.raises(NotLocal, match="network disk"):
            require_local(here, tmp_path / "mounts")
    else:
        require_local(here, tmp_path / "mounts")


def test_where_mounts_are_not_listed_nothing_is_refused(tmp_path: Path) -> None:
    require_local(tmp_path, tmp_path / "no such file")
