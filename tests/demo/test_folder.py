"""Making a demo city's folder."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from counter_station import ACCOUNTS, SetClock, city
from countertui.demo.city import DemoCity
from countertui.demo.folder import TRAINING_LEDGER_ID, FolderTaken, make_demo, make_training
from countertui.demo.trades import answers_of_renewed
from countertui.domain.demo import is_real, is_training
from countertui.machine import folder_mark, random_bytes, uuid7
from countertui.store.connection import open_for_reading
from countertui.sync.keyslots import public_identity


def test_what_is_published_is_told_table_by_table(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    make_demo(
        tmp_path / "city",
        DemoCity(ACCOUNTS),
        SetClock(),
        uuid7,
        random_bytes,
        lambda table, rows: told.append((table, rows)),
    )
    published = [(table, rows) for table, rows in told if table.startswith("snapshot_")]
    assert ("snapshot_account", 0) in published, "no rows are counted there, but it is told"


def test_a_training_city_has_a_ledger_id_and_a_mark_of_its_own(tmp_path: Path) -> None:
    make_training(tmp_path / "city", DemoCity(50), SetClock(), uuid7, random_bytes, lambda _table, _rows: None)
    assert folder_mark(tmp_path / "city") == "TRAINING"
    assert public_identity(tmp_path / "city" / "keys.json").ledger == TRAINING_LEDGER_ID
    assert is_training(TRAINING_LEDGER_ID)
    assert not is_real(TRAINING_LEDGER_ID)
    with pytest.raises(FolderTaken, match="training city"):
        make_training(tmp_path, DemoCity(50), SetClock(), uuid7, random_bytes, lambda _table, _rows: None)


def test_some_licenses_owe_a_term_that_a_payment_renews() -> None:
    with closing(open_for_reading(city() / "reference.db")) as snapshot:
        renewed = snapshot.execute(
            "SELECT license.number, license.status, sum(charge.balance_cents) FROM license_term"
            " JOIN license ON license.number = license_term.license"
            " JOIN charge ON charge.account = license.account"
            " WHERE license_term.begins > license.issued_on AND license_term.ends > license.expires_on"
            " GROUP BY license.number, license.status"
        ).fetchall()
    assert {row[0] for row in renewed} == set(answers_of_renewed())
    assert {row[1] for row in renewed} == {"issued"}
    assert all(row[2] > 0 for row in renewed)
