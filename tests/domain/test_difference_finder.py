"""Where a difference may come from: each slip of a counter, made on purpose, is among what is told."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from countertui.domain.difference_finder import MOST, TAKE_ANEW, Change, Taken, explanations, slid, swapped
from countertui.domain.money import Cents, format_cents
from countertui.domain.tenders import TenderKind

CASH, CHECK, CARD = TenderKind.CASH, TenderKind.CHECK, TenderKind.CARD
amounts = st.integers(1, 500_000)
days = st.lists(st.tuples(st.sampled_from((CASH, CHECK, CARD)), amounts), min_size=1, max_size=12)


def day(tenders: list[tuple[TenderKind, int]]) -> list[Taken]:
    return [Taken(f"T1-{n}", kind, cents) for n, (kind, cents) in enumerate(tenders, start=1)]


def names(differences: dict[TenderKind, int], taken: list[Taken], changes: list[Change] | None = None) -> set[str]:
    return {number for one in explanations(differences, taken, changes or []) for number in one.receipts}


@given(days, st.data())
def test_what_was_never_put_in_is_named(tenders: list[tuple[TenderKind, int]], data: st.DataObject) -> None:
    taken = day(tenders)
    lost = data.draw(st.sampled_from(taken))
    told = [one for one in explanations({lost.kind: -lost.cents}, taken, []) if one.receipts == (lost.receipt_no,)]
    alike = sum(each[1:] == lost[1:] for each in taken)
    assert told or alike > MOST


@given(days, st.data())
def test_a_tender_keyed_as_another_kind_comes_first(tenders: list[tuple[TenderKind, int]], data: st.DataObject) -> None:
    taken = day(tenders)
    wrong = data.draw(st.sampled_from(taken))
    other = data.draw(st.sampled_from([kind for kind in TenderKind if kind is not wrong.kind]))
    first = explanations({wrong.kind: -wrong.cents, other: wrong.cents}, taken, [])[0]
    assert "keyed as" in first.words
    assert other.label.lower() in first.words


@given(amounts, st.data())
def test_two_digits_in_each_others_place_divide_by_nine_and_are_found(cents: int, data: st.DataObject) -> None:
    assume(swapped(cents))
    meant = data.draw(st.sampled_from(sorted(swapped(cents))))
    assert (meant - cents) % 9 == 0
    told = explanations({CASH: meant - cents}, [Taken("T1-1", CASH, cents)], [])
    assert any("perhaps" in one.words for one in told)


@given(amounts, st.data())
def test_a_point_that_slid_divides_by_nine_and_is_found(cents: int, data: st.DataObject) -> None:
    meant = data.draw(st.sampled_from(sorted(slid(cents))))
    assert (meant - cents) % 9 == 0
    told = explanations({CASH: meant - cents}, [Taken("T1-1", CASH, cents)], [])
    assert f"T1-1: {format_cents(Cents(cents))} keyed, perhaps {format_cents(Cents(meant))} was taken" in [
        one.words for one in told
    ]


def test_of_cash_with_change_what_the_drawer_kept_is_looked_for_and_what_was_handed_over() -> None:
    taken, changes = [Taken("T1-3", CASH, 60_00), Taken("T1-2", CHECK, 9_00)], [Change("T1-3", 6_83)]
    keyed = explanations({CASH: -53_17, CARD: 53_17}, taken, changes)[0]
    assert keyed.words == "T1-3: 53.17 keyed as cash, perhaps card"
    assert keyed.remedy == TAKE_ANEW
    for off in (-53_17, -60_00, -18_00, 53_17 * 2):
        assert names({CASH: off}, taken, changes) == {"T1-3"}, off
    both = [*taken, Taken("T1-1", CASH, 1_00)]
    assert names({CASH: -54_17}, both, changes) == {"T1-3", "T1-1"}


def test_half_of_it_the_change_two_together_and_one_roll() -> None:
    taken = [Taken("T1-9", CASH, 42_00), Taken("T1-8", CASH, 10_25), Taken("T1-7", CASH, 5_10)]
    assert names({CASH: -84_00}, taken) == {"T1-9"}
    assert names({CASH: 3_15}, [], [Change("T1-4", 3_15), Change("T1-5", 3_16)]) == {"T1-4"}
    assert names({CASH: -15_35}, taken) == {"T1-8", "T1-7"}
    assert [one.words for one in explanations({CASH: -10_00}, [], [])] == [
        "it is one piece of 10.00: count those again",
        "it is one roll of 0.50: count those again",
        "it is one roll of 0.25: count those again",
    ]


@given(st.dictionaries(st.sampled_from(TenderKind), st.integers(-5_000, 5_000)), days)
def test_nothing_is_said_of_what_agrees_and_never_too_much(
    differences: dict[TenderKind, int], tenders: list[tuple[TenderKind, int]]
) -> None:
    told = explanations(differences, day(tenders), [])
    for kind in TenderKind:
        assert len([one for one in told if one.kind is kind]) <= (MOST if differences.get(kind) else 0)
