"""Bags of the safe at the bank before their drawer closes, with it, or after it: each cent deposited once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from counter.test_deposits import cents_of, everything, held, paid, shut
from counter_station import FUND, TODAY, cart_of, drawer_of, fee, last, on, pay
from countertui.counter.courier import bag_log
from countertui.counter.day_checklist import day_list
from countertui.counter.deposit_papers import deposit_facts
from countertui.counter.deposit_view import Chosen, deposit_view
from countertui.counter.deposits import Papers, Signing, count_cash, counted, make_deposit
from countertui.counter.deposits_made import make_final, take_back
from countertui.counter.drop_cash import drop_cash
from countertui.counter.office_sessions import place_of
from countertui.counter.open_drawer import open_drawer as open_with_lead
from countertui.counter.station import Session, Station
from countertui.domain.day_checklist import Step
from countertui.domain.deposit_deadlines import Deadline, DepositRules, Way
from countertui.domain.deposits import DepositRefused, ReasonNeeded, Stage
from countertui.domain.drawers import cash_count
from countertui.domain.rights import NotAllowed
from countertui.domain.tenders import TenderKind
from countertui.store.store import StoreHalted
from countertui.store.verify import verify_derived

INTERIM, FINAL = Stage.INTERIM, Stage.FINAL
FIRST, SECOND = 8_00, 5_00


@pytest.fixture
def open_drawer(station: Station) -> Session:
    """A drawer that took two fees and dropped two bags, and is open."""
    rosa = on(station, "rosa")
    session = drawer_of(station, rosa)
    paid(station, session)
    paid(station, session)
    drop_cash(station, rosa, session, "S-1", cash_count({1_00: 8}))
    drop_cash(station, rosa, session, "S-2", cash_count({5_00: 1}))
    return session


def price_of(station: Station) -> int:
    return cart_of(station, fee(station)).total


def bags(station: Station, *numbers: str) -> Chosen:
    there = deposit_view(station).office.bags
    return Chosen(frozenset(), bags=frozenset(each.place for each in there if each.bag in numbers))


def put(
    station: Station, chosen: Chosen, cash: int, signing: Signing, second: str = "lena", papers: Papers | None = None
) -> dict[str, object]:
    tess = on(station, "tess")
    count_cash(station, tess, chosen, cents_of(cash))
    make_deposit(station, tess, on(station, second), chosen, papers or held(station), signing)
    data: dict[str, object] = last(station)["data"]
    return data


def left(station: Station) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The bags that wait apart; of each closed drawer its cash, and the bags that go with it."""
    office = deposit_view(station).office
    closed = [(each.cents(TenderKind.CASH), [bag["bag"] for bag in each.bags]) for each in office.sessions]
    return [each.bag for each in office.bags], closed


def numbers(rows: Iterable[dict[str, object]]) -> list[object]:
    return [each["bag"] for each in rows]


def test_the_courier_takes_the_mornings_bags_while_the_drawer_is_open(station: Station, open_drawer: Session) -> None:
    price = price_of(station)
    assert left(station) == (["S-1", "S-2"], [])
    assert deposit_view(station).usual_bags == bags(station, "S-1", "S-2").bags
    noon = put(station, bags(station, "S-1", "S-2"), FIRST + SECOND, Signing("B-12", INTERIM))
    assert (noon["sessions"], noon["total_cents"], noon["differences"]) == ([], FIRST + SECOND, [])
    assert numbers(noon["safe_bags"]) == ["S-1", "S-2"]  # type: ignore[arg-type]
    assert noon["biz_dates"] == ["2026-11-23"]
    assert left(station) == ([], [])
    pay(station, open_drawer)
    shut(station, open_drawer, 3 * price - FIRST - SECOND)
    assert left(station) == ([], [(3 * price - FIRST - SECOND, [])])
    evening = put(station, everything(station), 3 * price - FIRST - SECOND, Signing("B-17", FINAL))
    assert noon["total_cents"] + evening["total_cents"] == 3 * price  # type: ignore[operator]
    assert evening["differences"] == []
    assert verify_derived(station.db) == []


def test_counting_its_bags_tells_nothing_of_what_an_open_drawer_should_hold(
    station: Station, open_drawer: Session
) -> None:
    chosen = bags(station, "S-1")
    assert counted(station, chosen, Papers()) is None
    count_cash(station, on(station, "tess"), chosen, cents_of(FIRST))
    found = counted(station, chosen, Papers())
    assert found is not None
    assert (found.cents, found.expected, found.differences) == (FIRST, FIRST, ())


def test_what_a_bag_lacks_is_named_by_it_with_a_reason_and_no_drawer_is_short_by_it(
    station: Station, open_drawer: Session
) -> None:
    chosen = bags(station, "S-1", "S-2")
    with pytest.raises(ReasonNeeded, match=r"Bag S-2 of the safe is 1.00 short"):
        put(station, chosen, FIRST + SECOND - 1_00, Signing("B-12", INTERIM, off_in="s-2"))
    with pytest.raises(DepositRefused, match="Bag S-9 is none of these"):
        put(station, chosen, FIRST + SECOND - 1_00, Signing("B-12", INTERIM, "one note lacks", off_in="S-9"))
    noon = put(station, chosen, FIRST + SECOND - 1_00, Signing("B-12", INTERIM, "one note lacks", off_in="s-2"))
    (short,) = noon["differences"]  # type: ignore[misc]
    assert (short["what"], short["reference"], short["cents"], short["carried"]) == ("bag", "S-2", -1_00, False)
    assert short["of"]["session"] == open_drawer.id
    facts = deposit_facts(station, station.db, last(station)["seq"])
    assert [each.what for each in facts.over_short] == ["Bag S-2 of the safe: one note lacks"]
    assert [each.words.partition("2026, ")[2] for each in facts.sessions] == [
        "bag S-1 of the safe", "bag S-2 of the safe"
    ]  # fmt: skip
    shut(station, open_drawer, 2 * price_of(station) - FIRST - SECOND)
    (closed,) = deposit_view(station).office.sessions
    assert closed.cash_off == 0


def test_a_bag_that_no_deposit_took_goes_with_its_drawer(station: Station, open_drawer: Session) -> None:
    price = price_of(station)
    put(station, bags(station, "S-2"), SECOND, Signing("B-12", INTERIM))
    shut(station, open_drawer, 2 * price - FIRST - SECOND)
    assert left(station) == ([], [(2 * price - SECOND, ["S-1"])])
    evening = put(station, everything(station), 2 * price - SECOND, Signing("B-17", FINAL))
    (covered,) = evening["sessions"]  # type: ignore[misc]
    assert covered["bags"] == [{"bag": "S-1", "cents": FIRST}]
    assert [each.bag for each in bag_log(station) if not each.slip_no] == []


def test_a_bag_whose_drawer_closed_between_its_count_and_the_signatures_goes_alone_all_the_same(
    station: Station, open_drawer: Session
) -> None:
    chosen = bags(station, "S-1")
    tess = on(station, "tess")
    count_cash(station, tess, chosen, cents_of(FIRST))
    shut(station, open_drawer, 2 * price_of(station) - FIRST - SECOND)
    make_deposit(station, tess, on(station, "lena"), chosen, Papers(), Signing("B-12", INTERIM))
    assert left(station) == ([], [(2 * price_of(station) - FIRST, ["S-2"])])


def test_more_that_went_out_of_a_drawer_than_its_bags_left_is_lacked_by_its_fund(
    station: Station, open_drawer: Session
) -> None:
    """A void after the courier left: the drawer gave back what is at the bank."""
    put(station, bags(station, "S-1", "S-2"), FIRST + SECOND, Signing("B-12", INTERIM))
    shut(station, open_drawer, -5_00, reason="given back")
    (closed,) = deposit_view(station).office.sessions
    assert closed.cents(TenderKind.CASH) == -5_00
    ben = on(station, "ben")
    other = drawer_of(station, ben, "D2")
    price = paid(station, other)
    shut(station, other, price)
    evening = put(station, everything(station), price - 5_00, Signing("B-17", FINAL), "hugo")
    assert evening["differences"] == []


def test_a_deposit_of_bags_that_is_taken_back_leaves_them_in_the_safe(station: Station, open_drawer: Session) -> None:
    price = price_of(station)
    tess, lena = on(station, "tess"), on(station, "lena")
    put(station, bags(station, "S-1"), FIRST, Signing("B-12", INTERIM))
    noon = deposit_view(station).made[0].seq
    take_back(station, tess, lena, noon, "wrong bag")
    assert left(station) == (["S-1", "S-2"], [])
    put(station, bags(station, "S-1"), FIRST, Signing("B-13", INTERIM))
    noon = deposit_view(station).made[0].seq
    shut(station, open_drawer, 2 * price - FIRST - SECOND)
    put(station, everything(station), 2 * price - FIRST, Signing("B-17", INTERIM))
    take_back(station, tess, lena, noon, "the courier did not come")
    assert left(station) == (["S-1"], [])
    assert verify_derived(station.db) == []
    evening = deposit_view(station).made[0].seq
    with pytest.raises(DepositRefused, match="Bag S-1 of drawer D1 at T1 is in the safe and not in a deposit"):
        make_final(station, tess, lena, evening)
    (told,) = [each for each in day_list(station).items if each.step is Step.BAGS]
    assert (told.open, told.note) == (
        1,
        "of closed drawers in the safe and in no deposit: S-1; due by Tue 24 Nov, 09:41",
    )
    put(station, bags(station, "S-1"), FIRST, Signing("B-18", FINAL))
    assert left(station) == ([], [])
    take_back(station, tess, lena, evening, "miscounted")
    assert left(station) == ([], [(2 * price - FIRST, ["S-2"])])
    assert verify_derived(station.db) == []


def test_a_bag_is_in_one_deposit(station: Station, open_drawer: Session) -> None:
    chosen = bags(station, "S-1")
    put(station, chosen, FIRST, Signing("B-12", INTERIM))
    with pytest.raises(DepositRefused, match="in a deposit by now"):
        put(station, chosen, FIRST, Signing("B-13", INTERIM))


def test_a_final_waits_for_the_open_drawer(station: Station, open_drawer: Session) -> None:
    with pytest.raises(DepositRefused, match="Drawer D1 of rosa at T1 is still open"):
        put(station, bags(station, "S-1"), FIRST, Signing("B-12", FINAL))


def test_who_opened_its_drawer_does_not_sign_for_a_bag(station: Station) -> None:
    rosa = on(station, "rosa")
    session = open_with_lead(station, rosa, "D1", TODAY, cents_of(FUND.total - 1_00), on(station, "lena"))
    paid(station, session)
    drop_cash(station, rosa, session, "S-1", cash_count({1_00: 8}))
    with pytest.raises(NotAllowed, match="Nobody approves"):
        put(station, bags(station, "S-1"), FIRST, Signing("B-12", INTERIM))
    assert put(station, bags(station, "S-1"), FIRST, Signing("B-12", INTERIM), "hugo")["total_cents"] == FIRST


def test_a_count_of_other_bags_is_no_count_of_these(station: Station, open_drawer: Session) -> None:
    tess, lena = on(station, "tess"), on(station, "lena")
    count_cash(station, tess, bags(station, "S-2"), cents_of(FIRST))
    with pytest.raises(DepositRefused, match="not counted yet"):
        make_deposit(station, tess, lena, bags(station, "S-1"), Papers(), Signing("B-12", INTERIM))


def test_a_bag_that_its_journal_does_not_drop_stops_the_counter(station: Station, open_drawer: Session) -> None:
    chosen = bags(station, "S-1")
    tess, lena = on(station, "tess"), on(station, "lena")
    station.db.execute("UPDATE dropped SET cents = cents - 100 WHERE bag = 'S-1'")
    count_cash(station, tess, chosen, cents_of(FIRST - 1_00))
    with pytest.raises(StoreHalted, match="journal"):
        make_deposit(station, tess, lena, chosen, Papers(), Signing("B-12", INTERIM))
    assert last(station)["kind"] == "deposit_count"


def test_all_that_waits_is_chosen(station: Station, open_drawer: Session) -> None:
    ben = on(station, "ben")
    other = drawer_of(station, ben, "D2")
    price = paid(station, other)
    shut(station, other, price)
    view = deposit_view(station)
    assert [place_of(each) for each in view.office.sessions] == list(view.usual)
    assert len(view.usual_bags) == 2


def test_a_bag_that_was_left_in_the_safe_is_due_at_the_bank_as_its_drawer_was(
    station: Station, open_drawer: Session
) -> None:
    station.rules = replace(station.rules, deposits=DepositRules((Deadline(Way.HOURS, 24),)))
    tess, lena = on(station, "tess"), on(station, "lena")
    put(station, bags(station, "S-1"), FIRST, Signing("B-12", INTERIM))
    noon = deposit_view(station).made[0].seq
    shut(station, open_drawer, 2 * price_of(station) - FIRST - SECOND)
    due = deposit_view(station).due
    put(station, everything(station), 2 * price_of(station) - FIRST, Signing("B-17", INTERIM))
    assert deposit_view(station).due is None
    take_back(station, tess, lena, noon, "the courier did not come")
    assert due is not None
    assert due == deposit_view(station).due
    (told,) = [each for each in day_list(station).items if each.step is Step.BAGS]
    assert told.note == f"of closed drawers in the safe and in no deposit: S-1; {due.stands}"
