"""What a visit breaks of the rules of tenders: each rule by itself, and never more for a rule that is not there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.card_slips import CardSlip
from countertui.domain.cash_rounding import CashRounding
from countertui.domain.micr import read_micr
from countertui.domain.money import Cents
from countertui.domain.reference import AccountKind
from countertui.domain.tender_rules import (
    ANY_FEE,
    CASH_ONLY,
    SHARING,
    Accepts,
    Breach,
    Field,
    Limit,
    PaidFor,
    Requires,
    ReturnedChecks,
    Scope,
    TenderRules,
    asks_for_flags,
    asks_for_heads,
    asks_for_returns,
    breaches,
    concern,
)
from countertui.domain.tenders import Tender, TenderKind

CASH, CHECK, CARD, ORDER = TenderKind
TODAY = date(2026, 11, 23)
WATER = PaidFor("10422301", "utility", frozenset({"water", "sewer"}))
FINE = PaidFor("C-17", "citation", frozenset({"fine"}))
DOG = PaidFor("DOG", heads=frozenset({"fee"}))


def of(kind: TenderKind, cents: int = 10_00) -> Tender:
    return Tender(kind, Cents(cents), "" if kind is CASH else "1042")


def words(rules: TenderRules, *paid_for: PaidFor, tenders: tuple[Tender, ...], change: int = 0) -> list[str]:
    return [breach.words for breach in breaches(rules, "HALL", TODAY, paid_for, tenders, Cents(change))]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (Accepts(Scope.OFFICE, "HALL", (CASH,)), "In this office (HALL): no check is taken."),
        (Accepts(Scope.ACCOUNT_KIND, "citation", (CASH, CARD)), "For citation accounts, like C-17: no check is taken."),
        (Accepts(Scope.HEAD, "sewer", (CASH,)), "For sewer, as of 10422301: no check is taken."),
        (Accepts(Scope.FEE, "DOG", (CARD,)), "For DOG: no check is taken."),
    ],
)
def test_what_one_thing_takes(row: Accepts, told: str) -> None:
    rules = TenderRules(accepts=(row,))
    assert words(rules, WATER, FINE, DOG, tenders=(of(CHECK),)) == [told]
    assert words(rules, WATER, FINE, DOG, tenders=(of(row.tenders[0]),)) == []
    elsewhere = TenderRules(accepts=(Accepts(row.scope, "other", row.tenders),))
    assert words(elsewhere, WATER, FINE, DOG, tenders=(of(CHECK),)) == []


def test_a_code_is_a_fee_only_where_no_account_has_it() -> None:
    rules = TenderRules(accepts=(Accepts(Scope.FEE, "10422301", (CASH,)),))
    assert words(rules, WATER, tenders=(of(CHECK),)) == []


def test_all_that_is_refused_is_named_once() -> None:
    rules = TenderRules(accepts=(Accepts(Scope.OFFICE, "HALL", (CASH,)),))
    tenders = (of(CARD), of(CHECK), of(CHECK), of(CASH))
    assert words(rules, WATER, FINE, tenders=tenders) == ["In this office (HALL): no check or card is taken."]


def test_the_flag_cash_only_means_so_until_the_city_says_otherwise() -> None:
    flagged = PaidFor("20005177", "utility", flags=frozenset({"shutoff", "cash-only"}))
    (found,) = breaches(TenderRules(), "HALL", TODAY, [flagged], [of(CHECK)])
    assert found == Breach("Account 20005177 is cash-only: no check is taken.", by_approval=True)
    strict = TenderRules(accepts=(Accepts(Scope.FLAG, "cash-only", (CASH,)),))
    (found,) = breaches(strict, "HALL", TODAY, [flagged], [of(ORDER)])
    assert found == Breach("Account 20005177 is cash-only: no money order is taken.", by_approval=False)


def test_a_limit_is_what_the_receipt_keeps_of_a_kind() -> None:
    rules = TenderRules(limits=(Limit(CASH, Cents(100_00), by_approval=True),))
    assert concern(rules, [of(CASH)])
    assert not concern(rules, [of(CARD)])
    assert words(rules, tenders=(of(CASH, 60_00), of(CASH, 60_00)), change=20_00) == []
    told = "Cash of 100.01 is more than one receipt takes, 100.00."
    assert words(rules, tenders=(of(CASH, 60_00), of(CASH, 60_00)), change=19_99) == [told]
    assert words(rules, tenders=(of(CHECK, 500_00),)) == []
    assert words(TenderRules(limits=(Limit(CARD, Cents(5_00)),)), tenders=(of(CARD, 5_01),), change=1) != []


def test_no_coins_are_taken_below_what_is_rounded_to() -> None:
    rules = TenderRules(rounding=CashRounding(5, "100-4905"))
    assert concern(rules, [of(CASH)])
    told = "Cash of 9.98: no coins below 5 cents are taken."
    assert words(rules, tenders=(of(CASH, 9_98), of(CHECK, 9_98), of(CASH, 9_95))) == [told]


def test_a_check_may_need_its_line() -> None:
    rules = TenderRules(limits=(Limit(CHECK, needs_micr=True),))
    read = Tender(CHECK, Cents(10_00), "1042", read_micr("⑆123456780⑆ 0001234567⑈ 1042") or pytest.fail("not read"))
    assert words(rules, tenders=(read, of(CASH))) == []
    assert words(rules, tenders=(of(CHECK),)) == ["Check 1042 lacks its MICR line."]


@pytest.mark.parametrize(("days_ago", "counts"), [(0, True), (364, True), (365, True), (366, False)])
def test_checks_that_came_back_count_for_so_many_days(days_ago: int, counts: bool) -> None:
    rules = TenderRules(returned=ReturnedChecks(2, 365))
    back = ((TODAY - timedelta(days=days_ago)).isoformat(), "2026-11-01")
    told = "Account 7: 2 checks came back since 2025-11-23, no check is taken."
    assert words(rules, PaidFor("7", "utility", returned=back), tenders=(of(CHECK),)) == ([told] if counts else [])
    assert words(rules, PaidFor("7", "utility", returned=back), tenders=(of(CASH), of(CARD), of(ORDER))) == []
    assert words(rules, PaidFor("7", "utility", returned=back[1:]), tenders=(of(CHECK),)) == []


def test_returned_checks_that_nobody_may_let_be() -> None:
    paid_for = [PaidFor("7", "utility", returned=("2026-11-01",))]
    for by_approval in (True, False):
        rules = TenderRules(returned=ReturnedChecks(1, 30, by_approval=by_approval))
        (found,) = breaches(rules, "HALL", TODAY, paid_for, [of(CHECK)])
        assert found.by_approval is by_approval


@pytest.mark.parametrize(
    ("apart", "told"),
    [
        (("trust", "utility", "citation"), ["Utility accounts and citation accounts are never on one receipt."]),
        (("check", "card"), ["Check and card are never on one receipt."]),
        (("citation", "check"), ["Citation accounts and check are never on one receipt."]),
        ((ANY_FEE, "check", "card"), ["Fees, check and card are never on one receipt."]),
        (("trust", "card"), []),
    ],
)
def test_what_may_not_share_a_receipt(apart: tuple[str, ...], told: list[str]) -> None:
    rules = TenderRules(apart=(apart,))
    assert words(rules, WATER, FINE, DOG, tenders=(of(CHECK), of(CARD))) == told
    assert not any(breach.by_approval for breach in breaches(rules, "HALL", TODAY, [WATER, FINE], [of(CHECK)]))


kinds = st.lists(st.sampled_from(TenderKind), min_size=1, max_size=4, unique=True).map(tuple)
lines = st.builds(
    PaidFor,
    name=st.sampled_from(["1", "2", "DOG"]),
    account_kind=st.sampled_from(["", *AccountKind]),
    heads=st.frozensets(st.sampled_from(["water", "fine"])),
    flags=st.frozensets(st.sampled_from(["cash-only", "collections"])),
    returned=st.lists(st.sampled_from(["2026-11-20", "2026-11-23", "2024-01-01"]), max_size=3).map(tuple),
)
tenders = st.builds(of, st.sampled_from(TenderKind), st.integers(1, 300_00))
rules_of_any_city = st.builds(
    TenderRules,
    accepts=st.lists(
        st.builds(
            Accepts,
            st.sampled_from(Scope),
            st.sampled_from(["HALL", "citation", "cash-only", "collections", "water", "DOG"]),
            kinds,
            st.booleans(),
        ),
        max_size=4,
    ).map(tuple),
    limits=st.lists(
        st.builds(Limit, st.sampled_from(TenderKind), st.none() | st.integers(0, 200_00).map(Cents), st.booleans()),
        max_size=2,
    ).map(tuple),
    apart=st.lists(
        st.lists(st.sampled_from(sorted(SHARING)), min_size=2, max_size=4, unique=True).map(tuple), max_size=2
    ).map(tuple),
    returned=st.none() | st.builds(ReturnedChecks, st.integers(1, 3), st.integers(1, 900), st.booleans()),
    rounding=st.none() | st.builds(CashRounding, st.sampled_from([5, 10]), st.just("100-4905")),
)


@given(rules_of_any_city, st.lists(lines, max_size=4), st.lists(tenders, max_size=4))
def test_what_is_looked_up_is_all_that_could_be_broken(
    rules: TenderRules, paid_for: list[PaidFor], laid: list[Tender]
) -> None:
    found = breaches(rules, "HALL", TODAY, paid_for, laid)
    assert not found or concern(rules, laid)
    blind = [
        PaidFor(
            one.name,
            one.account_kind,
            one.heads if asks_for_heads(rules) else frozenset(),
            one.flags if asks_for_flags(rules, laid) else frozenset(),
            one.returned if asks_for_returns(rules, laid) else (),
        )
        for one in paid_for
    ]
    assert breaches(rules, "HALL", TODAY, blind, laid) == found


@given(rules_of_any_city, st.lists(lines, max_size=4), st.lists(tenders, max_size=4), tenders)
def test_one_tender_more_never_mends_what_was_broken(
    rules: TenderRules, paid_for: list[PaidFor], laid: list[Tender], more: Tender
) -> None:
    before = breaches(rules, "HALL", TODAY, paid_for, laid)
    after = breaches(rules, "HALL", TODAY, paid_for, [*laid, more])
    assert len(after) >= len(before)


def test_the_built_in_rule_takes_all_but_checks() -> None:
    assert set(CASH_ONLY.tenders) == set(TenderKind) - {CHECK}


LINE = read_micr("021000021 12345678")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (Requires(CHECK, (Field.MICR,)), "Check 1042 lacks its MICR line."),
        (
            Requires(CHECK, (Field.MICR,), Scope.ACCOUNT_KIND, "citation"),
            "For citation accounts, like C-17: check 1042 lacks its MICR line.",
        ),
        (
            Requires(CHECK, (Field.MICR,), Scope.OFFICE, "HALL"),
            "In this office (HALL): check 1042 lacks its MICR line.",
        ),
        (Requires(CARD, (Field.SLIP,)), "Card 1042 lacks its card's brand and last four digits."),
    ],
)
def test_what_a_tender_must_come_with(row: Requires, told: str) -> None:
    rules = TenderRules(requires=(row,))
    assert concern(rules, [of(row.kind)])
    assert words(rules, FINE, tenders=(of(row.kind),)) == [told]
    whole = Tender(row.kind, Cents(10_00), "1042", LINE if row.kind is CHECK else None, slip=CardSlip("Visa", "4242"))
    assert words(rules, FINE, tenders=(whole,)) == []
    assert words(rules, FINE, tenders=(of(CASH), of(ORDER))) == []


def test_it_need_not_come_with_it_elsewhere() -> None:
    rows = (
        Requires(CHECK, (Field.MICR,), Scope.ACCOUNT_KIND, "citation"),
        Requires(CHECK, (Field.MICR,), Scope.OFFICE, "COURT"),
        Requires(CHECK, (Field.MICR,), Scope.FLAG, "watched"),
    )
    assert words(TenderRules(requires=rows), WATER, DOG, tenders=(of(CHECK),)) == []
    assert asks_for_flags(TenderRules(requires=rows), [of(CHECK)])
    assert asks_for_heads(TenderRules(requires=(Requires(CHECK, (Field.MICR,), Scope.HEAD, "fine"),)))


def test_a_second_person_lets_it_be_only_where_the_row_says_so() -> None:
    for let_be in (True, False):
        rules = TenderRules(requires=(Requires(CHECK, (Field.MICR,), by_approval=let_be),))
        assert [one.by_approval for one in breaches(rules, "HALL", TODAY, [WATER], [of(CHECK)])] == [let_be]
