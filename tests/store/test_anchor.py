"""The anchor survives a torn write, and never lies inside the store's folder."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from platformdirs import user_data_path, user_state_path

from countertui.store.anchor import Anchor, Tip, anchor_folder, read_tip


def _h(seq: int) -> bytes:
    return sha256(b"%d" % seq).digest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    anchor = Anchor(tmp_path / "store.anchor")
    for seq in range(1, 8):
        anchor.advance(seq, _h(seq))
    anchor.close()
    return tmp_path / "store.anchor"


def test_a_new_anchor_knows_nothing(tmp_path: Path) -> None:
    anchor = Anchor(tmp_path / "new.anchor")
    assert anchor.tip() is None
    anchor.close()
    assert read_tip(tmp_path / "new.anchor") is None
    assert read_tip(tmp_path / "none.anchor") is None


def test_the_newest_record_is_the_tip_also_after_reopening(folder: Path) -> None:
    assert read_tip(folder) == Tip(7, _h(7).hex())
    anchor = Anchor(folder)
    assert anchor.tip() == Tip(7, _h(7).hex())
    anchor.advance(8, _h(8))
    assert anchor.tip() == Tip(8, _h(8).hex())
    anchor.close()


@pytest.mark.parametrize("kept", [0, 1, 20, 60, 73])
def test_a_torn_write_leaves_the_entry_before_it(folder: Path, kept: int) -> None:
    """However much of the newest entry reached the disk, the one before it is whole."""
    before = (folder / "anchor").read_bytes()
    anchor = Anchor(folder)
    anchor.advance(8, _h(8))
    anchor.close()
    after = (folder / "anchor").read_bytes()
    assert after[96:] == before[96:], "entry 7 lies elsewhere"
    (folder / "anchor").write_bytes(after[:kept] + before[kept:])
    assert read_tip(folder) == Tip(7, _h(7).hex())


@pytest.mark.parametrize("at", [0, 3, 40, 72, 100, 140, 170])
def test_a_flipped_byte_is_no_entry(folder: Path, at: int) -> None:
    data = bytearray((folder / "anchor").read_bytes())
    data[at] ^= 1
    (folder / "anchor").write_bytes(bytes(data))
    tip = read_tip(folder)
    assert tip in (Tip(6, _h(6).hex()), Tip(7, _h(7).hex()))


def test_both_entries_gone_is_no_tip(folder: Path) -> None:
    (folder / "anchor").write_bytes(b"\xff" * 192)
    assert read_tip(folder) is None


def test_a_short_file_is_read_as_far_as_it_goes(folder: Path) -> None:
    (folder / "anchor").write_bytes((folder / "anchor").read_bytes()[:96])
    assert read_tip(folder) == Tip(6, _h(6).hex())


def test_the_anchor_of_a_named_folder_lies_beside_it(tmp_path: Path) -> None:
    assert anchor_folder(tmp_path / "counter") == tmp_path / "counter.anchor"


@pytest.mark.parametrize("name", ["counter", "demo", "demo.making"])
def test_in_the_platforms_folders_the_anchor_is_state_and_not_data(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of the data folder put back later, anchor and all, would be believed."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    wanted = user_state_path("countertui", appauthor=False) / f"{name}.anchor"
    assert anchor_folder(user_data_path("countertui", appauthor=False) / name) == wanted
    (tmp_path / "link").symlink_to(tmp_path / "data")
    assert anchor_folder(tmp_path / "link" / "countertui" / name) == wanted, "by any of its names"
    below = tmp_path / "data" / "countertui" / "more" / name
    assert anchor_folder(below) == below.with_name(f"{name}.anchor"), "that one was named"
