"""Deposits beside the bank's lines: nothing in two pairs, the surest pair wins, what is not sure says so."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from countertui.domain.bank_matching import AtBank, Line, Pair, pairs
from countertui.domain.bank_statement import LineKind, StatementLine
from thoroughly import examples

MONDAY = date(2026, 11, 16)

OURS = frozenset({"4410"})


def deposit(seq: int, bag: str, cents: int, day: int = 0) -> AtBank:
    return AtBank(seq, bag, cents, MONDAY + timedelta(days=day), "101-1001", OURS)


def line(
    identity: str, cents: int, day: int = 1, reference: str = "", text: str = "", kind: LineKind = LineKind.DEPOSIT
) -> Line:
    dated = MONDAY + timedelta(days=day)
    return Line(identity, StatementLine(1, "4410", dated, cents, kind, "301", reference, text=text))


def told(found: list[Pair]) -> list[tuple[int, tuple[str, ...], int]]:
    return [(pair.deposit.seq, tuple(one.identity for one in pair.lines), pair.confidence) for pair in found]


def test_bag_and_amount_are_certain_wherever_the_bank_writes_the_bag() -> None:
    bags = [deposit(1, "441207", 100), deposit(2, "0B-77", 200)]
    lines = [line("b", 200, text="NIGHT SAFE B77 MAIN ST"), line("a", 100, reference="000441207")]
    assert told(pairs(bags, lines)) == [(1, ("a",), 100), (2, ("b",), 100)]


def test_cash_and_checks_credited_apart_add_up_to_the_deposit() -> None:
    lines = [line("cash", 40, reference="7"), line("checks", 60, reference="7"), line("other", 100)]
    assert told(pairs([deposit(1, "7", 100)], lines)) == [(1, ("cash", "checks"), 98)]


def test_an_amount_that_the_bank_counted_otherwise_is_shown_with_the_difference() -> None:
    (pair,) = pairs([deposit(1, "7", 100)], [line("a", 95, reference="7")])
    assert (pair.confidence, pair.off_cents) == (70, -5)


def test_an_amount_alone_is_likely_and_one_of_several_is_not() -> None:
    assert told(pairs([deposit(1, "7", 100)], [line("a", 100, day=2)])) == [(1, ("a",), 88)]
    twins = [deposit(1, "7", 100), deposit(2, "8", 100)]
    assert told(pairs(twins, [line("a", 100), line("b", 100, day=2)])) == [(1, ("a",), 50), (2, ("b",), 50)]


def test_a_line_that_names_another_bag_is_never_sure_by_its_amount() -> None:
    twice = [line("a", 100, reference="7"), line("b", 200, reference="7")]
    two = [deposit(1, "7", 100), deposit(2, "8", 200)]
    assert told(pairs(two, twice)) == [(1, ("a",), 100), (2, ("b",), 50)]
    told_again = [line("b", 200, reference="7")]
    assert told(pairs([deposit(2, "8", 200)], told_again)) == [(2, ("b",), 89)]
    assert told(pairs([deposit(2, "8", 200)], told_again, ["7"])) == [(2, ("b",), 50)]


def test_blanks_and_points_of_a_bag_s_number_are_no_difference() -> None:
    assert told(pairs([deposit(1, "BAG 12", 100)], [line("a", 100, reference="BAG12")])) == [(1, ("a",), 100)]
    assert told(pairs([deposit(1, "HA.12", 100)], [line("a", 100, reference="HA 12")])) == [(1, ("a",), 100)]


def test_no_line_from_before_the_deposit_and_no_returned_item_is_its_money() -> None:
    assert not pairs([deposit(1, "7", 100, day=3)], [line("a", 100, day=2, reference="7")])
    assert not pairs([deposit(1, "7", 100)], [line("a", 100, day=9)])
    assert not pairs([deposit(1, "7", 100)], [line("a", 100, reference="7", kind=LineKind.RETURNED)])
    assert not pairs([deposit(1, "7", 100)], [line("a", -100, reference="7", kind=LineKind.DEBIT)])


deposits_drawn = st.lists(
    st.tuples(st.sampled_from(["7", "8", "9", ""]), st.integers(1, 5), st.integers(0, 4)), max_size=6
)
lines_drawn = st.lists(
    st.tuples(st.integers(-5, 9), st.integers(0, 12), st.sampled_from(["7", "8", "X", ""])), max_size=8
)


@settings(max_examples=examples(300))
@given(deposits_drawn, lines_drawn)
def test_nothing_is_in_two_pairs_and_every_pair_says_what_it_is(
    of_city: list[tuple[str, int, int]], of_bank: list[tuple[int, int, str]]
) -> None:
    deposits = [deposit(seq, bag, cents, day) for seq, (bag, cents, day) in enumerate(of_city)]
    lines = [line(str(n), cents or 1, day, reference) for n, (cents, day, reference) in enumerate(of_bank)]
    found = pairs(deposits, lines)
    used = [one.identity for pair in found for one in pair.lines]
    assert len(used) == len(set(used))
    assert len({pair.deposit.seq for pair in found}) == len(found)
    assert [pair.confidence for pair in found] == sorted((pair.confidence for pair in found), reverse=True)
    for pair in found:
        assert (pair.off_cents == 0) == (pair.confidence != 70)
        assert all(one.says.dated >= pair.deposit.dated for one in pair.lines)
    assert found == pairs(list(reversed(deposits)), lines)
