"""The rights review at a terminal: who was changed by whom, and who looked at it."""

from __future__ import annotations

import pytest

from counter_station import last, on
from countertui.counter.operators import add_operator, remove_operator, reset_operator, set_last_day
from countertui.counter.own_pin import first_pin
from countertui.counter.rights_review import rights_list, sign_review
from countertui.counter.station import Station
from countertui.domain.rights import NotAllowed, Role
from countertui.store import operator_history


@pytest.fixture(autouse=True)
def slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operator_history, "_SLICE", 3)


def test_it_tells_who_changed_what_of_whom(station: Station) -> None:
    ken, lena = on(station, "ken"), on(station, "lena")
    first_pin(station, "nia", add_operator(station, ken, lena, "nia", "Nia", (Role.CASHIER, Role.LEAD)), "902108")
    reset_operator(station, ken, lena, "rosa")
    set_last_day(station, ken, "ben", "2026-12-31")
    remove_operator(station, ken, "mei")
    rows, reviews = rights_list(station.db, station.reference)
    found = {row["id"]: row for row in rows}
    assert reviews == []
    assert [(change["what"], change["by"], change["second"]) for change in found["nia"]["changes"]] == [
        ("added", "ken", "lena"),
        ("pin", "nia", None),
    ]
    assert found["nia"]["conflicts"] == ["takes money and approves"]
    assert found["nia"]["last_login"] == last(station)["utc"]
    assert [(change["what"], change["second"]) for change in found["rosa"]["changes"]] == [("reset", "lena")]
    assert found["rosa"]["proof"].startswith("one-time code until 2026-11-26")
    assert found["ben"]["active_to"] == "2026-12-31"
    assert (found["mei"]["proof"], found["mei"]["active_to"]) == ("none", "2026-11-23")
    assert found["ken"]["changes"] == []
    assert "argon2id" not in str(rows)


@pytest.mark.parametrize("who", ["lena", "ada", "ken"])
def test_a_lead_an_auditor_or_an_admin_signs_it_off(station: Station, who: str) -> None:
    data = sign_review(station, on(station, who))
    assert (last(station)["kind"], last(station)["operator"], last(station)["data"]) == ("rights_review", who, data)
    assert data["snapshot"] == station.reference.snapshot().version
    (review,) = rights_list(station.db, station.reference)[1]
    assert (review["by"], review["unchanged"]) == (who, True)
    set_last_day(station, on(station, "ken"), "ben", "2026-12-31")
    (review,) = rights_list(station.db, station.reference)[1]
    assert not review["unchanged"]


@pytest.mark.parametrize("who", ["rosa", "tess"])
def test_nobody_else_does(station: Station, who: str) -> None:
    with pytest.raises(NotAllowed, match="may not review rights"):
        sign_review(station, on(station, who))
