"""The check list of a deposit that has another terminal's checks: payors and numbers as far as its batches are here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counter.test_deposits import put, worked
from counter_station import at_work, close, fee, last, new_folder, pay, run_here
from countertui.counter.check_list import NOT_KEPT, NOT_READABLE, NOT_SHOWN, check_list
from countertui.counter.courier import bag_log
from countertui.counter.seal_batch import seal_batch
from countertui.counter.station import Station
from countertui.counter.take_stick import take_folder
from countertui.domain.micr import Micr
from countertui.domain.tenders import Tender, TenderKind
from office_of_two import close_at, exported, opened, second

Pair = tuple[Station, Station]
LISTED = [
    ("T2-1", "Jo Bell", "2001", NOT_SHOWN),
    ("T2-2", "Walk-in", "2002", NOT_KEPT),
    ("T1-2", "Walk-in", "1041", NOT_KEPT),
]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Pair]:
    here, there = opened(new_folder(tmp_path)), opened(second(tmp_path))
    yield here, there
    close(here)
    close(there)


def listed(here: Station) -> list[tuple[str, str, str, str]]:
    facts = check_list(here, bag_log(here)[0].seq)
    return sorted(((one.receipt_no, one.payor, one.number, one.micr) for one in facts.checks), reverse=True)


def test_another_terminals_checks_are_listed_with_payor_and_whether_numbers_are_kept(
    office: Pair, tmp_path: Path
) -> None:
    """The receipts of one drawer lie in two batches."""
    here, there = office
    ben, session = at_work(there, "ben", "D2")
    price = fee(there).amount
    pay(
        there,
        session,
        tenders=[Tender(TenderKind.CHECK, price, "2001", Micr("125000024", "12345678"))],
        payor="Jo Bell",
    )
    seal_batch(there, ben)
    pay(there, session, tenders=[Tender(TenderKind.CHECK, price, "2002")])
    close_at(there, ben, session)
    seal_batch(there, ben)
    take_folder(here, run_here(here), exported(there, tmp_path / "stick"), lambda _table, _rows: None)
    put(here, worked(here))
    assert [each["terminal"] for each in last(here)["data"]["sessions"]] == ["T1", "T2"]
    assert listed(here) == sorted(LISTED, reverse=True)
    here.store.write_working(lambda db: db.execute("DELETE FROM office_batch WHERE batch_no = 1"))
    assert ("T2-1", "", "2001", NOT_READABLE) in listed(here)
