"""Bank deposits at a terminal: intact, blind, signed by two, each drawer and each bag once, never edited."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from counter_station import FUND, TODAY, cart_of, close, drawer_of, fee, kinds, last, on, open_station, pay, reopened
from countertui.counter import deposits
from countertui.counter.check_list import check_list
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.deposit_papers import deposit_facts
from countertui.counter.deposit_view import Chosen, deposit_view
from countertui.counter.deposits import Papers, Signing, count_cash, counted, make_deposit
from countertui.counter.deposits_made import make_final, take_back
from countertui.counter.drafts import Form, draft_of, keep_draft
from countertui.counter.drop_cash import drop_cash
from countertui.counter.office_sessions import place_of
from countertui.counter.open_drawer import open_drawer
from countertui.counter.station import Session, Station
from countertui.domain.deposit_accounts import AccountsMixed
from countertui.domain.deposit_making import LeftOut, Paper
from countertui.domain.deposits import (
    DepositRefused,
    PaperState,
    ReasonNeeded,
    Stage,
    SubstitutionRefused,
)
from countertui.domain.drawers import CashCount, TenderCount, cash_count
from countertui.domain.money import Cents
from countertui.domain.postings import DepositAccount
from countertui.domain.rights import NotAllowed
from countertui.domain.tenders import Tender, TenderKind
from countertui.store.reference import Reference
from countertui.store.verify import verify_derived

INTERIM, FINAL = Stage.INTERIM, Stage.FINAL


def worked(station: Station, who: str = "rosa", drawer: str = "D1", *, checks: tuple[str, ...] = ("1041",)) -> int:
    """A drawer of a notary's fee in cash and one by each check, closed as its records say; gives the fee."""
    person = on(station, who)
    session = drawer_of(station, person, drawer)
    price = paid(station, session)
    for number in checks:
        pay(station, session, tenders=[Tender(TenderKind.CHECK, price, number)])
    shut(station, session, price, len(checks) * price, len(checks))
    return price


def paid(station: Station, session: Session) -> int:
    pay(station, session)
    return cart_of(station, fee(station)).total


def shut(station: Station, session: Session, cash: int, in_checks: int = 0, pieces: int = 0, reason: str = "") -> None:
    """Close a drawer with that much cash above its fund."""
    person = on(station, session.operator)
    counts = {TenderKind.CHECK: TenderCount(TenderKind.CHECK, pieces, Cents(in_checks))}
    commit_count(station, person, session, cents_of(FUND.total + cash), counts)
    close_drawer(station, person, session, reason)


def cents_of(cents: int) -> CashCount:
    return cash_count({1_00: cents // 1_00, 1: cents % 1_00})


def everything(station: Station) -> Chosen:
    view = deposit_view(station)
    return Chosen(frozenset(map(place_of, view.office.sessions)), frozenset(each.item for each in view.carried))


def papers(station: Station) -> list[Paper]:
    return [paper for each in deposit_view(station).office.sessions for paper in each.papers]


def held(station: Station) -> Papers:
    return Papers(frozenset(paper.key for paper in papers(station)))


def put(
    station: Station, cash: int, bag: str = "b-7", stage: Stage = INTERIM, second: str = "lena", **signing: object
) -> dict[str, object]:
    """Count and deposit all there is; gives what the record says."""
    tess = on(station, "tess")
    chosen = everything(station)
    count_cash(station, tess, chosen, cents_of(cash))
    signed = replace(Signing(bag, stage), **signing)  # type: ignore[arg-type]
    make_deposit(station, tess, on(station, second), chosen, held(station), signed)
    data: dict[str, object] = last(station)["data"]
    return data


def test_a_deposit_is_the_money_of_closed_drawers_whole(station: Station) -> None:
    price = worked(station, checks=("1041", "1042"))
    data = put(station, price)
    record = last(station)
    assert (record["kind"], record["operator"], record["approver"], record["session"]) == (
        "deposit",
        "tess",
        "lena",
        None,
    )
    assert (data["slip_no"], data["bag"], data["stage"]) == ("T1-D1", "B-7", "interim")
    assert data["composition"] == [
        {"tender": "cash", "count": 0, "cents": price},
        {"tender": "check", "count": 2, "cents": 2 * price},
    ]
    assert (data["total_cents"], data["differences"], data["counts"]) == (3 * price, [], 1)
    view = deposit_view(station)
    assert view.office.sessions == ()
    assert [(row.slip_no, row.total_cents) for row in view.made] == [("T1-D1", 3 * price)]
    assert verify_derived(station.db) == []


def test_what_others_hold_is_named_and_never_nothing(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    price = worked(station, checks=())
    monkeypatch.setattr(Reference, "terminals", lambda _, office: ["T1", "T2", "T3"] if office == "HALL" else [])
    assert deposit_view(station).office.not_heard == ("T2", "T3")
    assert put(station, price, stage=FINAL)["not_heard"] == ["T2", "T3"]


def test_bags_dropped_into_the_safe_are_in_it_again(station: Station) -> None:
    rosa = on(station, "rosa")
    session = drawer_of(station, rosa)
    price = paid(station, session)
    drop_cash(station, rosa, session, "S-1", cash_count({20_00: 2}))
    shut(station, session, price - 40_00)
    data = put(station, price)
    (covered,) = data["sessions"]  # type: ignore[misc]
    assert covered["bags"] == [{"bag": "S-1", "cents": 40_00}]
    assert data["total_cents"] == price


@pytest.mark.parametrize("off", [-20_00, 30_00])
def test_a_drawer_that_was_opened_off_its_fund_gives_what_it_took(station: Station, off: int) -> None:
    """Receipts, and over or short: what lay in it at the opening is no money of this session."""
    rosa = on(station, "rosa")
    session = open_drawer(station, rosa, "D1", TODAY, cents_of(FUND.total + off), on(station, "lena"))
    price = paid(station, session)
    shut(station, session, price + off)
    (seen,) = deposit_view(station).office.sessions
    assert (seen.cents(TenderKind.CASH), seen.cash_off) == (price, 0)
    assert put(station, price, second="hugo")["differences"] == []


def test_only_what_was_just_counted_is_deposited(station: Station) -> None:
    price = worked(station)
    tess, lena = on(station, "tess"), on(station, "lena")
    chosen, signing = everything(station), Signing("B7", INTERIM)
    with pytest.raises(DepositRefused, match="not counted yet"):
        make_deposit(station, tess, lena, chosen, held(station), signing)
    assert counted(station, chosen, Papers()) is None
    count_cash(station, tess, chosen, cents_of(price + 1_00))
    count_cash(station, tess, chosen, cents_of(price))
    found = counted(station, chosen, Papers())
    assert found is not None
    assert (found.counts, found.cents, found.expected, found.differences) == (2, price, price, ())
    worked(station, "ben", "D2", checks=())
    with pytest.raises(DepositRefused, match="not counted yet"):
        make_deposit(station, tess, lena, everything(station), held(station), signing)
    count_cash(station, tess, everything(station), cents_of(2 * price))
    one = Papers(frozenset(paper.key for paper in papers(station)))
    make_deposit(station, tess, lena, everything(station), one, signing)
    assert last(station)["data"]["counts"] == 3


def test_each_check_is_looked_at_and_a_missing_one_is_carried_until_it_is_found(station: Station) -> None:
    price = worked(station, checks=("1041", "1042"))
    tess, lena = on(station, "tess"), on(station, "lena")
    chosen, (one, other) = everything(station), papers(station)
    count_cash(station, tess, chosen, cents_of(price))
    before = kinds(station)
    with pytest.raises(DepositRefused, match=r"Check 1042 .* not looked at"):
        make_deposit(station, tess, lena, chosen, Papers(frozenset({one.key})), Signing("B7", FINAL))
    nameless = Papers(frozenset({one.key}), {other.key: LeftOut(PaperState.MISSING, " ")})
    with pytest.raises(ReasonNeeded):
        make_deposit(station, tess, lena, chosen, nameless, Signing("B7", FINAL))
    assert kinds(station) == before
    left = Papers(frozenset({one.key}), {other.key: LeftOut(PaperState.MISSING, "not in the envelope")})
    make_deposit(station, tess, lena, chosen, left, Signing("B7", INTERIM))
    (carried,) = deposit_view(station).carried
    assert (carried.item, carried.cents, carried.reference) == ("T1-D1/1", price, "1042")
    worked(station, "ben", "D2", checks=())
    data = put(station, price, "B8")
    assert [each["item"] for each in data["found"]] == ["T1-D1/1"]  # type: ignore[attr-defined]
    assert data["total_cents"] == 2 * price
    assert deposit_view(station).carried == ()
    assert verify_derived(station.db) == []


def test_cash_that_is_short_is_signed_for_and_carried_or_posted(station: Station) -> None:
    price = worked(station, checks=())
    with pytest.raises(ReasonNeeded, match=r"Cash is 1.00 short"):
        put(station, price - 1_00)
    put(station, price - 1_00, reason="a note lacks", carry=True)
    assert [each.cents for each in deposit_view(station).carried] == [1_00]
    worked(station, "ben", "D2", checks=())
    data = put(station, price + 3_00, "B8", reason="two more")
    (over,) = data["differences"]  # type: ignore[misc]
    assert (over["cents"], over["carried"]) == (2_00, False)


def test_a_check_does_not_stand_in_for_cash_nor_cash_for_a_check(station: Station) -> None:
    price = worked(station)
    tess, lena = on(station, "tess"), on(station, "lena")
    chosen, (paper,) = everything(station), papers(station)
    count_cash(station, tess, chosen, cents_of(2 * price))
    left = Papers(frozenset(), {paper.key: LeftOut(PaperState.MISSING, "cashed it")})
    with pytest.raises(SubstitutionRefused):
        make_deposit(station, tess, lena, chosen, left, Signing("B7", INTERIM, "over"))
    strange = Papers(frozenset({paper.key, ("T1-99", 1)}))
    with pytest.raises(DepositRefused, match="T1-99 has no such check"):
        make_deposit(station, tess, lena, chosen, strange, Signing("B7", INTERIM, "short"))


@pytest.mark.parametrize("second", ["rosa", "tess", "ada", "mei"])
def test_the_second_had_none_of_the_drawers_and_may(station: Station, second: str) -> None:
    price = worked(station, checks=())
    with pytest.raises(NotAllowed):
        put(station, price, second=second)


def test_a_lead_who_closed_a_drawer_for_another_had_it_too(station: Station) -> None:
    rosa, lena = on(station, "rosa"), on(station, "lena")
    session = drawer_of(station, rosa)
    commit_count(station, lena, session, FUND, {})
    close_drawer(station, lena, session, "", on(station, "mei"))
    worked(station, "ben", "D2", checks=())
    with pytest.raises(NotAllowed):
        put(station, worked_cash(station))
    assert put(station, worked_cash(station), second="hugo")["total_cents"] == worked_cash_of(last(station))


def worked_cash(station: Station) -> int:
    return sum(each.cents(TenderKind.CASH) for each in deposit_view(station).office.sessions)


def worked_cash_of(record: dict[str, object]) -> int:
    data: dict[str, int] = record["data"]  # type: ignore[assignment]
    return data["total_cents"]


def test_cashiers_make_no_deposit(station: Station) -> None:
    worked(station, checks=())
    with pytest.raises(NotAllowed):
        count_cash(station, on(station, "rosa"), everything(station), cents_of(0))


def test_a_bag_is_used_once(station: Station) -> None:
    rosa = on(station, "rosa")
    session = drawer_of(station, rosa)
    price = paid(station, session)
    drop_cash(station, rosa, session, "S-1", cash_count({1_00: 1}))
    shut(station, session, price - 1_00)
    for bag, told in (("", "needs its bag"), ("s-1", "S-1 was used before")):
        with pytest.raises(DepositRefused, match=told):
            put(station, price, bag)
    put(station, price, "B7")
    worked(station, "ben", "D2", checks=())
    with pytest.raises(DepositRefused, match="B7 was used before"):
        put(station, price, "b 7")


def test_the_final_waits_for_every_drawer_of_its_day_that_can_be_seen(station: Station) -> None:
    price = worked(station, checks=())
    ben = on(station, "ben")
    session = drawer_of(station, ben, "D2")
    with pytest.raises(DepositRefused, match="Drawer D2 of ben at T1 is still open"):
        put(station, price, stage=FINAL)
    one = everything(station)
    pay(station, session)
    shut(station, session, price)
    tess, lena = on(station, "tess"), on(station, "lena")
    count_cash(station, tess, one, cents_of(price))
    with pytest.raises(DepositRefused, match="Drawer D2 of ben at T1 is closed and not in a deposit"):
        make_deposit(station, tess, lena, one, Papers(), Signing("B7", FINAL))
    make_deposit(station, tess, lena, one, Papers(), Signing("B7", INTERIM))
    first = deposit_view(station).made[0]
    with pytest.raises(DepositRefused, match="D2 of ben"):
        make_final(station, tess, lena, first.seq)
    put(station, price, "B8")
    with pytest.raises(DepositRefused, match="T1-D1 is not the last"):
        make_final(station, tess, lena, first.seq)
    second = deposit_view(station).made[0]
    make_final(station, tess, lena, second.seq)
    assert last(station)["data"]["deposit"]["slip_no"] == "T1-D2"
    with pytest.raises(DepositRefused, match="final already"):
        make_final(station, tess, lena, second.seq)
    assert verify_derived(station.db) == []


def test_a_deposit_is_taken_back_by_two_and_never_edited(station: Station) -> None:
    price = worked(station, checks=())
    put(station, price - 1_00, stage=FINAL, reason="a note lacks", carry=True)
    made = deposit_view(station).made[0]
    tess, lena = on(station, "tess"), on(station, "lena")
    with pytest.raises(DepositRefused, match="for a reason"):
        take_back(station, tess, lena, made.seq, " ")
    for second in (tess, on(station, "rosa")):
        with pytest.raises(NotAllowed):
            take_back(station, tess, second, made.seq, "wrong bag")
    take_back(station, tess, lena, made.seq, "wrong bag")
    view = deposit_view(station)
    assert (len(view.office.sessions), view.carried, view.made[0].back_seq) == (1, (), station.store.tip()[0])
    with pytest.raises(DepositRefused, match="was taken back"):
        take_back(station, tess, lena, made.seq, "again")
    with pytest.raises(DepositRefused, match="used before"):
        put(station, price)
    assert put(station, price, "B9")["slip_no"] == "T1-D2"
    assert verify_derived(station.db) == []


def test_what_a_later_deposit_found_holds_the_earlier_one(station: Station) -> None:
    price = worked(station, checks=())
    put(station, price - 1_00, reason="a note lacks", carry=True)
    first = deposit_view(station).made[0]
    worked(station, "ben", "D2", checks=())
    put(station, price + 1_00, "B8")
    tess, lena = on(station, "tess"), on(station, "lena")
    with pytest.raises(DepositRefused, match="later deposit contains"):
        take_back(station, tess, lena, first.seq, "wrong")
    take_back(station, tess, lena, deposit_view(station).made[0].seq, "wrong")
    assert [each.item for each in deposit_view(station).carried] == ["T1-D1/1"]
    take_back(station, tess, lena, first.seq, "wrong")
    assert verify_derived(station.db) == []


def test_a_crash_between_count_and_deposit_loses_neither(station: Station) -> None:
    price = worked(station)
    count_cash(station, on(station, "tess"), everything(station), cents_of(price))
    again = reopened(station)
    try:
        found = counted(again, everything(again), held(again))
        assert found is not None
        assert (found.cents, found.differences) == (price, ())
        make_deposit(
            again, on(again, "tess"), on(again, "lena"), everything(again), held(again), Signing("B7", INTERIM)
        )
        assert verify_derived(again.db) == []
    finally:
        close(again)
        station.store = open_station(station.store.folder).store


def test_tables_that_say_other_than_the_records_stop_the_counter(station: Station) -> None:
    price = worked(station)
    station.db.execute("UPDATE tender SET cents = cents - 1 WHERE kind = 'check'")
    with pytest.raises(Exception, match="takes no money"):
        put(station, price)


def test_what_fails_in_the_records_own_transaction_leaves_nothing(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    price = worked(station)
    tess = on(station, "tess")
    keep_draft(station, tess, Form.DEPOSIT, "", {"bag": "B7"})

    def fails(*_: object) -> None:
        raise OSError("cut off")

    with monkeypatch.context() as patched:
        patched.setattr(deposits, "queue_slip", fails)
        with pytest.raises(OSError, match="cut off"):
            put(station, price)
    assert kinds(station)[-1] != "deposit"
    assert deposit_view(station).made == ()
    assert draft_of(station, tess, Form.DEPOSIT, "") is not None
    assert put(station, price)["slip_no"] == "T1-D1"
    assert draft_of(station, tess, Form.DEPOSIT, "") is None
    assert verify_derived(station.db) == []


def test_what_is_older_than_the_last_final_is_shown_and_not_chosen_by_itself(station: Station) -> None:
    rosa = on(station, "rosa")
    price = 0
    for day, drawer in (("2026-11-20", "D1"), ("2026-11-23", "D2")):
        session = open_drawer(station, rosa, drawer, date.fromisoformat(day), FUND)
        price = paid(station, session)
        shut(station, session, price)
    view = deposit_view(station)
    assert [each.biz_date for each in view.office.sessions] == ["2026-11-20", "2026-11-23"]
    assert view.usual == {place_of(view.office.sessions[1])}
    tess, lena = on(station, "tess"), on(station, "lena")
    older = Chosen(frozenset({place_of(view.office.sessions[0])}))
    count_cash(station, tess, older, cents_of(price))
    make_deposit(station, tess, lena, older, Papers(), Signing("B7", FINAL))
    assert deposit_view(station).usual == {place_of(view.office.sessions[1])}
    assert deposit_view(station).last_final == "2026-11-20"


def goes_elsewhere(station: Station, first: str) -> None:
    """From that day on this office's money goes to an account of its own."""
    own = DepositAccount(station.place.office, "101-1005", ("4420",), "Authority 0099", first)
    object.__setattr__(station.rules, "posting", replace(station.rules.posting, deposit_accounts=(own,)))


def test_the_money_goes_to_the_account_of_its_office_and_day_and_its_papers_say_so(station: Station) -> None:
    price = worked(station)
    goes_elsewhere(station, "2026-11-23")
    assert put(station, price)["bank"] == "101-1005"
    (made,) = deposit_view(station).made
    assert made.bank == "101-1005"
    assert deposit_facts(station, station.db, made.seq).bank == "Authority 0099"
    assert check_list(station, made.seq).bank == "Authority 0099"
    assert verify_derived(station.db) == []


def test_that_no_bank_account_is_set_is_said_before_anybody_counts(station: Station) -> None:
    price = worked(station)
    object.__setattr__(station.rules, "posting", replace(station.rules.posting, bank=""))
    for look in (
        lambda: counted(station, everything(station), Papers()),
        lambda: count_cash(station, on(station, "tess"), everything(station), cents_of(price)),
    ):
        with pytest.raises(DepositRefused, match="No bank account is set"):
            look()


def test_money_of_two_accounts_is_two_deposits(station: Station) -> None:
    rosa, tess, price = on(station, "rosa"), on(station, "tess"), 0
    for day, drawer in (("2026-11-20", "D1"), ("2026-11-23", "D2")):
        session = open_drawer(station, rosa, drawer, date.fromisoformat(day), FUND)
        price = paid(station, session)
        shut(station, session, price)
    usual = station.rules.posting.bank
    goes_elsewhere(station, "2026-11-21")
    view, both = deposit_view(station), everything(station)
    assert view.to == {"2026-11-20": usual, "2026-11-23": "101-1005"}
    with pytest.raises(AccountsMixed, match="11/23/2026 to 101-1005"):
        counted(station, both, Papers())
    with pytest.raises(AccountsMixed):
        count_cash(station, tess, both, cents_of(2 * price))
    older = Chosen(frozenset({place_of(view.office.sessions[0])}))
    count_cash(station, tess, older, cents_of(price - 1_00))
    signing = Signing("B7", FINAL, reason="a note lacks", carry=True)
    make_deposit(station, tess, on(station, "lena"), older, Papers(), signing)
    assert last(station)["data"]["bank"] == usual
    with pytest.raises(AccountsMixed, match="What was found belongs to another bank account"):
        count_cash(station, tess, everything(station), cents_of(price + 1_00))
    assert kinds(station)[-1] == "deposit"
