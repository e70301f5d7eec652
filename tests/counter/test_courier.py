"""Bags for the courier: of deposits made here, once, before a second person; and where each bag is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from counter.test_deposits import put, shut, worked
from counter_station import cart_of, drawer_of, fee, kinds, last, on, pay
from countertui.counter.courier import CourierTyped, bag_log, hand_to_courier, require_handable
from countertui.counter.deposits_made import take_back
from countertui.counter.drafts import Form, draft_of, keep_draft
from countertui.counter.drop_cash import drop_cash
from countertui.counter.station import Station
from countertui.domain.courier import CourierRefused, CourierTimeRefused, Where
from countertui.domain.deposits import DepositRefused
from countertui.domain.documents import from_json
from countertui.domain.drawers import cash_count
from countertui.domain.refusal import Refused
from countertui.domain.rights import NotAllowed
from countertui.store.verify import verify_derived

TYPED = CourierTyped("Loomis", "Kim Roe", "L-77", "4471", "9:41")


def deposited(station: Station, *bags: str) -> None:
    for bag in bags:
        put(station, worked(station, checks=()), bag)


def where(station: Station) -> list[tuple[str, Where]]:
    return [(seen.bag, seen.where) for seen in bag_log(station)]


def test_a_bag_is_in_the_safe_and_then_with_the_courier(station: Station) -> None:
    deposited(station, "B-7", "B-8")
    tess, lena = on(station, "tess"), on(station, "lena")
    assert where(station) == [("B-8", Where.SAFE), ("B-7", Where.SAFE)]
    keep_draft(station, tess, Form.COURIER, "", {"company": "Loomis"})
    hand_to_courier(station, tess, lena, ["b-7"], TYPED)
    record = last(station)
    assert [record[name] for name in ("kind", "operator", "approver", "session")] == ["courier", "tess", "lena", None]
    assert record["data"] == {
        "company": "Loomis",
        "courier": "Kim Roe",
        "badge": "L-77",
        "receipt": "4471",
        "said_at": "2026-11-23T09:41",
        "bags": ["B-7"],
    }
    assert where(station) == [("B-8", Where.SAFE), ("B-7", Where.COURIER)]
    told = bag_log(station)[1].told
    assert (
        told == "Loomis, Kim Roe, badge L-77, receipt 4471, 11/23/2026 09:41; whether the bank has it is not known here"
    )
    assert draft_of(station, tess, Form.COURIER, "") is None
    assert verify_derived(station.db) == []


def test_a_slip_for_all_three_is_printed(station: Station) -> None:
    deposited(station, "B-7", "B-8")
    hand_to_courier(station, on(station, "tess"), on(station, "lena"), ["B-7", "B-8"], TYPED)
    ((text,),) = station.db.execute("SELECT document FROM print_job WHERE kind = 'courier'").fetchall()
    from_json(text)
    said = json.dumps(json.loads(text)["blocks"])
    for words in (
        "Bag B-7, slip T1-D1",
        "Bag B-8, slip T1-D2",
        "Kim Roe",
        "Given by",
        "Seen by",
        "Courier",
        "2 sealed",
    ):
        assert words in said, words


def test_what_is_refused_leaves_nothing_on_record(station: Station) -> None:
    deposited(station, "B-7", "B-8", "B-9")
    tess, lena, rosa = on(station, "tess"), on(station, "lena"), on(station, "rosa")
    hand_to_courier(station, tess, lena, ["B-7"], TYPED)
    take_back(station, tess, lena, bag_log(station)[0].seq, "wrong bag")
    before = kinds(station)
    for bags, said in (
        (["B-7"], "Bag B-7 went already: Loomis, Kim Roe"),
        (["B-8", "B-7"], "Bag B-7 went already"),
        (["B-9"], "The deposit in bag B-9 was taken back"),
        (["B-6"], "Bag B-6 is of no deposit made here"),
        ([], "No bag is marked"),
    ):
        with pytest.raises(CourierRefused, match=said):
            hand_to_courier(station, tess, lena, bags, TYPED)
    for typed in (CourierTyped("", "Kim", "", "1"), CourierTyped("L", "Kim", "", "4012888888881881")):
        with pytest.raises(Refused):
            hand_to_courier(station, tess, lena, ["B-8"], typed)
    for person, second in ((rosa, lena), (tess, rosa), (tess, tess)):
        with pytest.raises(NotAllowed):
            hand_to_courier(station, person, second, ["B-8"], TYPED)
    assert kinds(station) == before


def test_a_time_before_the_bag_was_sealed_or_still_to_come_is_refused_before_anybody_signs(station: Station) -> None:
    deposited(station, "B-7")
    station.clock.go_on(10 * 60)
    deposited(station, "B-8")
    station.clock.go_on(10 * 60)
    tess, lena, before = on(station, "tess"), on(station, "lena"), kinds(station)
    for at, said in (
        ("10:02", "11/23/2026 10:02 is still to come"),
        ("11/24 8:00", "11/24/2026 08:00 is still to come"),
        ("9:50", "Bag B-8 was sealed at 11/23/2026 09:51: it can't have gone at 11/23/2026 09:50"),
        ("25:00", "no time of day"),
    ):
        typed = replace(TYPED, at=at)
        with pytest.raises(CourierTimeRefused, match=said):
            require_handable(station, ["B-7", "B-8"], typed)
        with pytest.raises(CourierTimeRefused, match=said):
            hand_to_courier(station, tess, lena, ["B-7", "B-8"], typed)
    with pytest.raises(CourierRefused, match="Bag B-6 is of no deposit made here"):
        require_handable(station, ["B-6"], TYPED)
    assert kinds(station) == before
    for at in ("9:51", "10:01", ""):
        require_handable(station, ["B-7", "B-8"], replace(TYPED, at=at))
    require_handable(station, ["B-7"], replace(TYPED, at="9:50"))
    station.clock.set("2026-11-22T08:00:00")  # a clock that went back keeps nobody from handing over
    for at in ("11/23 9:51", ""):
        require_handable(station, ["B-7", "B-8"], replace(TYPED, at=at))


def test_a_deposit_whose_bag_is_with_the_courier_is_not_taken_back(station: Station) -> None:
    deposited(station, "B-7")
    tess, lena = on(station, "tess"), on(station, "lena")
    hand_to_courier(station, tess, lena, ["B-7"], TYPED)
    before = kinds(station)
    with pytest.raises(DepositRefused, match="Bag B-7 is with the courier"):
        take_back(station, tess, lena, bag_log(station)[0].seq, "wrong")
    assert kinds(station) == before


def test_what_the_bank_has_by_the_ledgers_data_is_at_the_bank(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    deposited(station, "B-7", "B-8")
    tess, lena = on(station, "tess"), on(station, "lena")
    hand_to_courier(station, tess, lena, ["B-7"], TYPED)
    slips = {"T1-D1": "2026-11-24", "T1-D2": "2026-11-25"}
    monkeypatch.setattr(type(station.reference), "at_bank", lambda _, terminal: slips if terminal == "T1" else {})
    assert [(seen.where, seen.told) for seen in bag_log(station)] == [
        (Where.BANK, "at the bank 11/25/2026"),
        (Where.BANK, "Loomis, Kim Roe, badge L-77, receipt 4471, 11/23/2026 09:41; at the bank 11/24/2026"),
    ]
    with pytest.raises(CourierRefused, match="Bag B-8 is at the bank"):
        hand_to_courier(station, tess, lena, ["B-8"], TYPED)


def test_a_dropped_bag_is_in_the_safe_until_a_deposit_contains_it(station: Station) -> None:
    rosa = on(station, "rosa")
    session = drawer_of(station, rosa)
    pay(station, session)
    price = cart_of(station, fee(station)).total
    drop_cash(station, rosa, session, "D-1", cash_count({10_00: 2}))
    (seen,) = bag_log(station)
    assert (seen.bag, seen.where, seen.total_cents, seen.slip_no) == ("D-1", Where.DROPPED, 20_00, "")
    with pytest.raises(CourierRefused, match="is a drop: it goes to the bank inside a deposit"):
        hand_to_courier(station, on(station, "tess"), on(station, "lena"), ["D-1"], TYPED)
    shut(station, session, price - 20_00)
    put(station, price, "B-7")
    assert where(station) == [("B-7", Where.SAFE)]
    take_back(station, on(station, "tess"), on(station, "lena"), bag_log(station)[0].seq, "wrong bag")
    assert where(station) == [("D-1", Where.DROPPED), ("B-7", Where.TAKEN_BACK)]
