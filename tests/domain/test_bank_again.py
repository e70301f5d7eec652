"""The same day told by another file: lines of the books under other ids are not taken again, genuine ones stay."""

from __future__ import annotations

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.bank_again import Judged, Known, judge
from countertui.domain.bank_matching import Line
from countertui.domain.bank_statement import Balance, LineKind, StatementLine, identities

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
ACCOUNT = "4410022"


def line(
    cents: int, text: str = "", bank_id: str = "", *, reference: str = "", check: str = "", dated: date = FRIDAY
) -> StatementLine:
    kind = LineKind.DEPOSIT if cents > 0 else LineKind.DEBIT
    return StatementLine(1, ACCOUNT, dated, cents, kind, "X", reference, bank_id, check, text)


def lines(*says: StatementLine) -> list[Line]:
    return [Line(*each) for each in zip(identities(says), says, strict=True)]


def judged(
    file: list[StatementLine],
    there: list[StatementLine],
    *,
    form: str = "OFX",
    there_form: str = "BAI2",
    balances: tuple[Balance, ...] = (),
    known_balances: tuple[Balance, ...] = (),
) -> Judged:
    known = [Known(each.identity, each.says, there_form, "a.bai of 11/20/2026") for each in lines(*there)]
    return judge(lines(*file), known, form, balances, known_balances)


def fresh(*args: list[StatementLine], **more: object) -> list[int]:
    return [each.says.cents for each in judged(*args, **more).fresh]  # type: ignore[arg-type]


BAI2 = [
    line(94_00, "BRANCH DEPOSIT", "BNK1", reference="B-1"),
    line(-40_00, "DEPOSITED ITEM RETURNED", "BNK2", check="3007"),
    line(-12_00, "ACCOUNT ANALYSIS FEE", "BNK3"),
]
OFX = [
    line(94_00, "DEPOSIT B1", "F1"),
    line(-40_00, "RETURN CHK", "F2", check="003007"),
    line(-12_00, "SERVICE CHARGE", "F3"),
]


def test_a_statement_in_another_form_has_nothing_new() -> None:
    found = judged(OFX, BAI2)
    assert (found.fresh, found.contradictions, len(found.again)) == ((), (), 3)
    assert found.files == ("a.bai of 11/20/2026",)
    assert [(each.line.says.bank_id, each.known.says.bank_id) for each in found.again] == [
        ("F1", "BNK1"),
        ("F2", "BNK2"),
        ("F3", "BNK3"),
    ]


def test_of_overlapping_days_only_the_new_one_is_taken() -> None:
    monday = line(-12_00, "SERVICE CHARGE", "F9", dated=MONDAY)
    found = judged([*OFX, monday], BAI2)
    assert [each.says.dated for each in found.fresh] == [MONDAY]


def test_two_fees_of_a_day_stay_two_and_the_third_is_new() -> None:
    two = [line(-12_00, "FEE", "B1"), line(-12_00, "FEE", "B2")]
    assert fresh([line(-12_00, "FEE", f"F{n}") for n in range(2)], two) == []
    assert fresh([line(-12_00, "FEE", f"F{n}") for n in range(3)], two) == [-12_00]
    assert fresh(two, []) == [-12_00, -12_00]


def test_a_second_fee_of_the_same_bank_s_same_form_is_a_second_fee() -> None:
    there = [line(94_00, "DEPOSIT", "F1", reference="B-1"), line(-12_00, "FEE", "F2")]
    assert fresh([line(-12_00, "FEE", "F3")], there, there_form="OFX") == [-12_00]
    whole_day = [line(94_00, "DEPOSIT", "G1", reference="B-1"), line(-12_00, "FEE", "G2")]
    assert fresh(whole_day, there, there_form="OFX") == []
    assert fresh([*whole_day, line(7_00, "INTEREST", "G3")], there, there_form="OFX") == [94_00, -12_00, 7_00]


def test_checks_of_other_numbers_are_others() -> None:
    there = [line(-40_00, "RETURNED", "B1", check="30")]
    assert fresh([line(-40_00, "RETURNED", "F1", check="31")], there) == [-40_00]


def test_bags_of_other_numbers_alone_on_their_day_are_others() -> None:
    there = [line(500_00, "BRANCH DEPOSIT", "B1", reference="B-1")]
    assert fresh([line(500_00, "BRANCH DEPOSIT", "F1", reference="B-2")], there) == [500_00]


def test_what_the_account_held_decides_before_words_do() -> None:
    there, told = [line(-12_00, "FEE", "B1")], [line(-12_00, "FEE", "F1")]
    one, two = Balance(ACCOUNT, FRIDAY, 100_00, 88_00), Balance(ACCOUNT, FRIDAY, 100_00, 76_00)
    assert fresh(told, there, balances=(one,)) == []
    assert fresh(told, there, balances=(two,)) == [-12_00]
    for form in ("OFX", "BAI2"):
        assert fresh(told, there, there_form=form, known_balances=(one,)) == []
    ended = Balance(ACCOUNT, FRIDAY, None, 88_00), Balance(ACCOUNT, FRIDAY, None, 76_00)
    assert fresh(told, there, balances=ended[:1], known_balances=ended[:1]) == []
    assert fresh(told, there, balances=ended[1:], known_balances=ended[:1]) == [-12_00]
    of_another_day = Balance(ACCOUNT, MONDAY, 100_00, 76_00)
    assert fresh(told, there, balances=(of_another_day,)) == []


def test_a_day_that_is_the_same_in_part_contradicts() -> None:
    in_parts = [*OFX[1:], line(60_00, "DEPOSIT B1", "F4"), line(34_00, "DEPOSIT B1", "F5")]
    found = judged(in_parts, BAI2)
    (against,) = found.contradictions
    assert (against.line.says.cents, against.known.says.cents) == (60_00, 94_00)
    assert judged([*OFX, line(7_00, "INTEREST", "F6")], BAI2).contradictions == ()
    assert judged(OFX[:2], BAI2).contradictions == ()


def test_an_account_with_its_branch_is_that_account_and_two_of_one_file_are_two() -> None:
    def of(says: StatementLine, account: str) -> StatementLine:
        return StatementLine(1, account, says.dated, says.cents, says.kind, "X", "", says.bank_id, "", says.text)

    fee = line(-12_00, "FEE", "F1")
    assert fresh([of(fee, "12300 00004410022")], [line(-12_00, "FEE", "B1")]) == []
    assert fresh([of(fee, "9910")], [line(-12_00, "FEE", "B1")]) == [-12_00]
    there = [of(line(-12_00, "FEE", "B1"), "1111111")]
    both = [of(fee, "1111111"), of(line(-12_00, "FEE", "F2"), "11111111")]
    assert [each.says.account for each in judged(both, there).fresh] == ["11111111"]


@given(st.lists(st.integers(-5, 5).filter(bool), min_size=1, max_size=12), st.integers(0, 12))
def test_of_lines_alike_a_day_has_as_many_as_the_file_with_most(cents: list[int], known: int) -> None:
    """Whichever part of a day came before in another form: all of it is there once, none of it twice."""
    there = [line(each, "SAME", f"B{n}") for n, each in enumerate(cents[:known])]
    found = judged([line(each, "SAME", f"F{n}") for n, each in enumerate(cents)], there)
    assert Counter(each.says.cents for each in found.fresh) == Counter(cents[known:])
    assert found.contradictions == ()
