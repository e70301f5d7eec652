"""Closed months: nothing is dated into them, custody is never refused, what belongs there waits in suspense."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.city import rules_to_json
from countertui.domain.desk_records import DeskKind
from countertui.domain.rights import NotAllowed
from countertui.errors import UsageError
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.periods import PeriodRefusedError, Periods, set_period
from countertui.ledger.posting import Posting
from ledger.at_the_desk import act, ground, hire, new_id, rules_are
from ledger.test_ingest import asked
from ledger.test_posting import BOTH, SUSPENSE, balances, charges, items, posted
from ledger.test_trust import apply, drawn, received, two_tills, water, with_deposit
from ledger.town import RULES, Till, allocation, line

CLOSE, OPEN = DeskKind.PERIOD_CLOSE, DeskKind.PERIOD_OPEN


def said(books: Books, key: Ed25519PrivateKey, kind: DeskKind, month: str, by: str = "dee", second: str = "bo") -> None:
    act(books, key, set_period, kind, month, by=by, second=second, reason="Month end", id_=new_id())


def dates(books: Books) -> list[tuple[object, ...]]:
    return asked(books, "SELECT kind, biz_date FROM entry ORDER BY id")


def test_19_a_receipt_of_a_closed_period_waits_in_suspense_and_is_dated_after_it(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    said(books, key, CLOSE, "2026-11")
    said(books, key, CLOSE, "2026-12")
    till.pay(BOTH)
    posted(books, key, till)
    assert items(books) == [("closed-period", 25_00)]
    assert dates(books) == [("pay", "2027-01-01")]
    assert balances(books) == {("100", "100-1020"): 25_00, SUSPENSE: -25_00}
    assert charges(books)["C2"] == 0


def test_what_is_taken_back_or_off_in_a_closed_period_waits_too(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    taken = till.pay(BOTH)
    posted(books, key, till)
    said(books, key, CLOSE, "2026-11")
    till.void(taken)
    till.close(199_00, 200_00)
    posted(books, key, till)
    assert dates(books) == [("pay", "2026-11-23"), ("void", "2026-12-01"), ("close", "2026-12-01")]
    assert items(books) == [("closed-period", -25_00), ("closed-period", -1_00)]
    assert charges(books)["C2"] == 5_00
    assert balances(books)["100", "100-1020"] == -1_00


def test_what_a_deposit_or_credit_paid_in_a_closed_period_is_posted_whole_after_it(
    books: Books, key: Ed25519PrivateKey
) -> None:
    """No money is in hand that could wait: left out, the deposit would hold less than the general ledger says."""
    with_deposit(books)
    till = two_tills(books)[0]
    till.pay(received(60_00))
    till.pay(line("U1", allocation(None, "510-2310", 30_00)))
    posted(books, key, till)
    said(books, key, CLOSE, "2026-11")
    till.pay(water(20_00), drawn(20_00), tenders=())
    apply(till, 10_00)
    posted(books, key, till)
    assert dates(books)[2:] == [("pay", "2026-12-01"), ("apply", "2026-12-01")]
    found = balances(books)
    assert (found["800", "800-2810"], found["510", "510-4310"], found["510", "510-2310"]) == (-40_00, -30_00, -20_00)
    assert (charges(books)["C1"], charges(books)["CR-TD-1"], charges(books)["CR-U1"]) == (20_00, -40_00, -20_00)
    assert items(books) == [("closed-period", 0), ("closed-period", 0)]
    assert fsck(books).differences == ()


def test_an_opened_period_takes_postings_again(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    said(books, key, CLOSE, "2026-11")
    said(books, key, OPEN, "2026-11")
    till.pay(BOTH)
    posted(books, key, till)
    assert dates(books) == [("pay", "2026-11-23")]
    assert items(books) == []


def test_two_people_close_a_period_once(books: Books, key: Ed25519PrivateKey) -> None:
    hire(books, "DEE ", "lead")
    for by, second in (("dee", "dee"), ("dee", "DEE "), ("bo", "dee"), ("dee", "ann"), ("dee", "eli")):
        with pytest.raises(NotAllowed):
            said(books, key, CLOSE, "2026-11", by, second)
    said(books, key, CLOSE, "2026-11")
    with pytest.raises(PeriodRefusedError, match="closed already"):
        said(books, key, CLOSE, "2026-11")
    with pytest.raises(PeriodRefusedError, match="open already"):
        said(books, key, OPEN, "2026-10")


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "202611", "2026/11", "", "2026-0x", "२०२६-११"])
def test_what_is_no_month_is_refused(books: Books, key: Ed25519PrivateKey, month: str) -> None:
    with pytest.raises(UsageError, match="is no month"):
        said(books, key, CLOSE, month)


@pytest.fixture(scope="module")
def closed_november(tmp_path_factory: pytest.TempPathFactory) -> Periods:
    from ledger.town import founded, ledger_key

    books = founded(tmp_path_factory.mktemp("town") / "ledger")
    said(books, ledger_key(books), CLOSE, "2026-11")
    with ground(books, ledger_key(books)) as here:
        periods = Periods(here.connection, RULES.posting)
    books.close()
    return periods


_IN_HAND = {("100", "100-1020"), ("100", "100-1030"), ("100", "100-2010")}
_PLACES = st.sampled_from(
    [("100", "100-1020"), ("100", "100-1030"), ("100", "100-2010"), ("100", "100-4110"), ("100", "100-2510"), SUSPENSE]
)


@given(
    pooled=st.dictionaries(_PLACES, st.integers(-(10**9), 10**9).filter(bool), min_size=1, max_size=6).filter(
        lambda pooled: not _IN_HAND.isdisjoint(pooled)
    ),
    other=st.integers(-(10**9), 10**9).filter(bool),
)
def test_whatever_is_fitted_balances_per_fund_and_its_item_is_what_waits(
    closed_november: Periods, pooled: dict[tuple[str, str], int], other: int
) -> None:
    lines = {**pooled, ("510", "510-1010"): other, ("510", "510-4310"): -other}
    lines["100", "100-4911"] = -sum(pooled.values())
    fitted = closed_november.fitted(Posting(lines), "2026-11-02")
    assert sum(fitted.lines.values()) == 0
    assert {fund for fund, _ in fitted.lines} <= {"100"}
    assert 0 not in fitted.lines.values()
    (item,) = fitted.problems
    assert item.cents == lines.get(SUSPENSE, 0) - fitted.lines.get(SUSPENSE, 0)
    for place in _IN_HAND:
        assert fitted.lines.get(place) == lines.get(place)
    assert closed_november.fitted(Posting(lines), "2026-10-31").lines == lines


def test_a_month_years_ahead_and_opening_without_a_reason_are_refused(books: Books, key: Ed25519PrivateKey) -> None:
    with pytest.raises(PeriodRefusedError, match="2028-01 is years ahead"):
        said(books, key, CLOSE, "2028-01")
    said(books, key, CLOSE, "2027-12")
    with pytest.raises(PeriodRefusedError, match="A reason is needed"):
        act(books, key, set_period, OPEN, "2027-12", by="dee", second="bo", reason=" ", id_=new_id())
    said(books, key, OPEN, "2027-12")


def close_without_reason(books: Books, key: Ed25519PrivateKey, month: str, now: str) -> None:
    with ground(books, key, now) as here:
        set_period(here, CLOSE, month, by="dee", second="bo", reason=" ", id_=new_id())


@pytest.mark.parametrize(
    ("zone", "month", "now", "today"),
    [
        ("UTC", "2026-11", "2026-11-23T18:00:00+00:00", "2026-11-23"),
        ("UTC", "2027-10", "2026-11-23T18:00:00+00:00", "2026-11-23"),
        ("America/New_York", "2026-11", "2026-12-01T04:59:59+00:00", "2026-11-30"),
        ("Pacific/Auckland", "2026-12", "2026-11-30T12:00:00+00:00", "2026-12-01"),
    ],
)
def test_a_month_that_is_not_over_in_the_city_is_closed_with_a_reason_only(
    books: Books, key: Ed25519PrivateKey, zone: str, month: str, now: str, today: str
) -> None:
    rules_are(books, rules_to_json(replace(RULES, time_zone=zone)))
    with pytest.raises(PeriodRefusedError, match=f"{month} is not over: it is {today} in the city") as caught:
        close_without_reason(books, key, month, now)
    assert (caught.value.safe, "--reason" in caught.value.press) == ("Nothing was changed.", True)
    assert asked(books, "SELECT month FROM period") == []
    with ground(books, key, now) as here:
        set_period(here, CLOSE, month, by="dee", second="bo", reason="Year end", id_=new_id())
    assert asked(books, "SELECT month, state FROM period") == [(month, "closed")]
    assert fsck(books).differences == ()


@pytest.mark.parametrize(
    ("zone", "month", "now"),
    [
        ("UTC", "2026-10", "2026-11-01T00:00:00+00:00"),
        ("America/New_York", "2026-11", "2026-12-01T05:00:00+00:00"),
        ("Pacific/Auckland", "2026-11", "2026-11-30T12:00:00+00:00"),
    ],
)
def test_a_month_that_is_over_in_the_city_needs_no_reason(
    books: Books, key: Ed25519PrivateKey, zone: str, month: str, now: str
) -> None:
    rules_are(books, rules_to_json(replace(RULES, time_zone=zone)))
    close_without_reason(books, key, month, now)
    assert asked(books, "SELECT month, state FROM period") == [(month, "closed")]
    assert fsck(books).differences == ()
