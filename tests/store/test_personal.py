"""Erasing in store.db: nothing of the value is left in the file or in its rollback journal."""

from __future__ import annotations

from pathlib import Path

from countertui.store import personal
from countertui.store.connection import MODES, open_store, writing

GONE, STAYS = b"\xa5gone-value-and-salt\x5a" * 4, b"\xa5kept-value-and-salt\x5a" * 4


def test_an_erased_value_is_in_no_file_of_the_store_and_the_others_are(tmp_path: Path) -> None:
    db = open_store(tmp_path / "store.db")
    with writing(db):
        personal.keep(db, 2, "tender.1.account", GONE, GONE, "00")
        personal.keep(db, 3, "tender.1.account", STAYS, None, "11")
    personal.erase(db, [(2, "tender.1.account")])
    files = [path.read_bytes() for path in tmp_path.iterdir()]
    modes = {pragma: db.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma, _, _ in MODES}
    left = personal.still_here(db, [(2, "tender.1.account"), (3, "tender.1.account"), (4, "tender.1.account")])
    db.close()
    assert not any(GONE in data for data in files)
    assert any(STAYS in data for data in files)
    assert modes == {pragma: expected for pragma, _, expected in MODES}
    assert left == [(3, "tender.1.account")]
