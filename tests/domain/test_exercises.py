"""What exercises want, over made-up records: each way to do one wrong is said in words, and never scored as done."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.exercise_list import EXERCISES, FUND, LACKING, SHORT, exercise
from countertui.domain.exercises import FOR_THE_RECORDS, Bill, Body, Done, Given, judged
from countertui.domain.money import Cents

WATER, SEWER, TRASH = (
    Bill(number, "Ann", Cents(cents)) for number, cents in (("A-1", 84_17), ("A-2", 55_00), ("A-3", 18_00))
)
GIVEN = Given(7, ("lena", "5555"), (WATER,), Cents(200_00), (), "B-000101")
SEVERAL = Given(7, ("lena", "5555"), (WATER, SEWER, TRASH), Cents(200_00), (), "B-000101")


class Journal:
    """Records as the counter makes them, as far as exercises look at them."""

    def __init__(self) -> None:
        self.records: list[Body] = []

    def add(self, kind: str, *, approver: str | None = None, id_: str = "", **data: Any) -> Body:
        seq = len(self.records) + 1
        no = f"T1-{seq}" if kind == "pay" else None
        self.records.append(
            {
                "kind": kind,
                "seq": seq,
                "id": id_ or f"id-{seq:04}",
                "receipt_no": no,
                "operator": "rosa",
                "approver": approver,
                "data": data,
            }
        )
        return self.records[-1]

    def pay(self, *lines: tuple[str, int], by: Any = (), change: int = 0, **more: Any) -> Body:
        total = sum(cents for _, cents in lines)
        tenders = by or [("cash", total, "")]
        return self.add(
            "pay",
            id_=more.pop("id_", ""),
            payor=more.pop("payor", "Ann"),
            lines=[{"account": key, "fee": None, "cents": cents} for key, cents in lines],
            tenders=[{"kind": kind, "cents": cents, "reference": reference} for kind, cents, reference in tenders],
            change_cents=change,
            total_cents=total,
            **more,
        )

    def on(self, kind: str, taken: Body, approver: str | None = None) -> Body:
        return self.add(kind, approver=approver, original={"seq": taken["seq"], "receipt_no": taken["receipt_no"]})

    def judged(self, code: str, given: Given = GIVEN, keys: int = 0, ms: int = 0):
        return judged(exercise(code), given, Done(tuple(self.records)), keys, ms)


@pytest.mark.parametrize("one", EXERCISES, ids=lambda one: one.code)
def test_of_nothing_done_every_exercise_says_what_lacks(one) -> None:
    bills = (WATER, SEWER, TRASH)[: max(one.bills, 1)]
    names = Given(7, ("lena", "5555"), bills, Cents(200_00), (), "B-000101", Bill("T1-4", "1041", Cents(10_00)))
    verdict = judged(one, names, Done(()), 0, 0)
    assert not verdict.is_met
    assert verdict.points < FOR_THE_RECORDS
    assert all(words.endswith(".") for words in verdict.wrong)


def wrong(code: str, *, given: Given = GIVEN, **paid: Any) -> tuple[str, ...]:
    journal = Journal()
    journal.pay(*paid.pop("lines", [("A-1", 84_17)]), **paid)
    verdict = journal.judged(code, given)
    assert verdict.is_met == (not verdict.wrong)
    return verdict.wrong


CHECK = [("check", 84_17, "1007")]


@pytest.mark.parametrize(
    ("code", "paid", "said"),
    [
        ("exact-cash", {}, ()),
        ("exact-cash", {"lines": [("A-1", 84_71)]}, ("A-1 got 84.71, not 84.17.", "It was paid with cash 84.71, not")),
        ("exact-cash", {"lines": [("A-9", 84_17)]}, ("No receipt stands for A-1.",)),
        ("exact-cash", {"lines": [("A-1", 84_17), ("A-9", 1_00)]}, ("Receipt T1-1 also pays A-9.",)),
        ("exact-cash", {"by": CHECK}, ("It was paid with check 1007 84.17, not with cash 84.17.",)),
        ("cash-change", {"by": [("cash", 100_00, "")], "change": 15_83}, ()),
        ("cash-change", {}, ("It was paid with cash 84.17, not with cash 100.00.", "The change was 0.00, not 15.83.")),
        ("check", {"by": CHECK}, ()),
        (
            "check",
            {"by": [("check", 84_17, "1070")]},
            ("It was paid with check 1070 84.17, not with check 1007 84.17.",),
        ),
        ("money-order", {"by": [("money_order", 84_17, "mo1007")]}, ()),
        ("partial", {"lines": [("A-1", 42_00)]}, ()),
        ("partial", {}, ("A-1 got 84.17, not 42.00.",)),
        ("split", {"by": [("check", 42_17, "1007"), ("cash", 42_00, "")]}, ()),
        ("split", {"by": CHECK}, ("It was paid with check 1007 84.17, not with cash 42.00 and check 1007 42.17.",)),
        ("payor", {"payor": "OTTILIE VANCE"}, ()),
        ("payor", {}, ("The receipt is made out to Ann, not to Ottilie Vance.",)),
        ("paper-receipt", {"paper": {"series": "B", "number": 101}}, ()),
        ("paper-receipt", {"paper": {"series": "B", "number": 110}}, ("No payment was keyed in from paper receipt",)),
        ("paper-receipt", {}, ("No payment was keyed in from paper receipt B-000101.",)),
        ("void", {}, ("The receipt was not voided.", "1 receipt stands (T1-1), not 0: void the rest.")),
    ],
)
def test_a_payment_done_otherwise_is_said_in_words(code: str, paid: dict[str, Any], said: tuple[str, ...]) -> None:
    found = wrong(code, **paid)
    assert bool(found) == bool(said)
    for words in said:
        assert any(each.startswith(words) for each in found), found


def test_three_bills_on_three_receipts_are_not_one() -> None:
    journal = Journal()
    for bill in SEVERAL.bills:
        journal.pay((bill.key, bill.cents), by=[("check", bill.cents, "1007")])
    found = journal.judged("one-check", SEVERAL).wrong
    assert any("one receipt was asked for" in words for words in found)
    assert any("3 receipts stand" in words for words in found)


def test_a_mistaken_receipt_that_was_voided_is_no_fault_any_more() -> None:
    journal = Journal()
    mistaken = journal.pay(("A-2", 55_00))
    journal.pay(("A-1", 84_17))
    assert any("2 receipts stand (T1-1, T1-2)" in words for words in journal.judged("exact-cash").wrong)
    journal.on("void", mistaken, approver="lena")
    assert journal.judged("exact-cash").is_met


def test_a_void_takes_two_people() -> None:
    journal = Journal()
    taken = journal.pay(("A-1", 84_17))
    journal.on("void_request", taken)
    assert "The void was asked for, and nobody approved it." in journal.judged("void").wrong
    alone = Journal()
    alone.on("void", alone.pay(("A-1", 84_17)), approver=None)
    assert alone.judged("void").wrong == ("Nobody approved the void.",)
    journal.on("void", taken, approver="lena")
    assert journal.judged("void").is_met


def test_a_cart_that_did_not_wait_was_not_parked() -> None:
    two = Given(7, ("lena", "5555"), (WATER, SEWER))
    for ids, met in ((("id-2", "id-1"), True), (("id-1", "id-2"), False)):
        journal = Journal()
        journal.pay(("A-2", 55_00), id_=ids[0])
        journal.pay(("A-1", 84_17), id_=ids[1])
        assert journal.judged("park", two).is_met is met
    in_order = Journal()
    in_order.pay(("A-1", 84_17), id_="id-1")
    in_order.pay(("A-2", 55_00), id_="id-2")
    assert in_order.judged("park", two).wrong == ("The first cart did not wait, parked.",)


def test_only_a_receipt_of_this_try_counts_as_printed_again() -> None:
    journal = Journal()
    journal.add("reprint", original={"seq": 0, "receipt_no": "T1-0"}, copy=1)
    taken = journal.pay(("A-1", 84_17))
    assert journal.judged("reprint").wrong == ("The receipt was not printed again.",)
    journal.on("reprint", taken)
    assert journal.judged("reprint").is_met


def test_a_drawer_opened_without_a_sale_says_why() -> None:
    journal = Journal()
    journal.add("no_sale", drawer="D1", reason="because")
    assert journal.judged("no-sale").wrong == ('The reason does not say "change".',)
    journal.add("no_sale", drawer="D1", reason="Change for a twenty")
    assert journal.judged("no-sale").is_met


def keyed_mail(journal: Journal, pieces: int = 3, cents: int = 157_17) -> None:
    opened = journal.add("remittance_open", origin="mail", pieces=pieces, cents=cents)
    for n, bill in enumerate(SEVERAL.bills):
        journal.pay((bill.key, bill.cents), by=[("check", bill.cents, str(1007 + n))], remittance=opened["id"])


def test_a_batch_of_mail_agrees_and_is_closed() -> None:
    journal = Journal()
    keyed_mail(journal)
    assert journal.judged("mail-batch", SEVERAL).wrong == ("The batch is not closed.",)
    journal.add("remittance_close", taken_pieces=2, taken_cents=139_17)
    assert journal.judged("mail-batch", SEVERAL).wrong == ("The batch was closed without agreeing with its control.",)
    journal.add("remittance_close", taken_pieces=3, taken_cents=157_17)
    assert journal.judged("mail-batch", SEVERAL).is_met
    other = Journal()
    keyed_mail(other, 4)
    assert other.judged("mail-batch", SEVERAL).wrong == ("The control was 4 pieces, 157.17, not 3 pieces, 157.17.",)


@pytest.mark.parametrize(
    ("code", "counted", "said"),
    [
        ("open-drawer", FUND, ""),
        ("open-drawer", FUND - 1, "199.99 was counted, not 200.00."),
        ("open-short", FUND - LACKING, ""),
        ("open-short", FUND, "200.00 was counted, not 195.00."),
    ],
)
def test_a_drawer_is_opened_with_what_was_counted(code: str, counted: int, said: str) -> None:
    journal = Journal()
    journal.add("open", drawer="D2", counted_cents=counted, approver=None)
    assert journal.judged(code).wrong == ((said,) if said else ())


@pytest.mark.parametrize(
    ("code", "cash", "checks", "counts", "reason", "said"),
    [
        ("close", 0, 0, 1, "", ()),
        ("close", -3_00, 0, 1, "", ("Cash closed 3.00 short, not in agreement.",)),
        ("close", 0, 5_00, 1, "", ("Check closed 5.00 over, not in agreement.",)),
        ("close", 0, 0, 2, "", ("The drawer was counted 2 times, not once.",)),
        ("close-short", -SHORT, 0, 1, "wrong change", ()),
        ("close-short", -SHORT, 0, 1, "", ("The close does not say why.",)),
        ("close-short", 0, 0, 1, "why", ("Cash closed in agreement, not 3.00 short.",)),
        ("close-short", SHORT, 0, 1, "why", ("Cash closed 3.00 over, not 3.00 short.",)),
    ],
)
def test_a_drawer_is_closed_as_it_was_found(
    code: str, cash: int, checks: int, counts: int, reason: str, said: tuple[str, ...]
) -> None:
    journal = Journal()
    for _ in range(counts):
        journal.add("count", drawer="D1")
    assert "The drawer was counted, not closed." in journal.judged(code).wrong
    off = [{"tender": "cash", "cents": cash}, {"tender": "check", "cents": checks}]
    journal.add("close", over_short=off, reason=reason)
    assert journal.judged(code).wrong == said


def test_a_check_that_came_back_is_taken_back_by_two_people() -> None:
    names = Given(7, ("lena", "5555"), came_back=Bill("T1-4", "1041", Cents(10_00)))
    one = {"receipt_no": "T1-4", "reference": "1041", "cents": 10_00}
    for checks, approver, said in (
        ([one | {"reference": "1042"}], "lena", "Check 1041 of receipt T1-4 was not taken back."),
        ([one], None, "Nobody agreed that the check came back."),
        ([one | {"receipt_no": "T1-9"}, one], "lena", ""),
    ):
        journal = Journal()
        journal.add("checks_returned", approver=approver, checks=checks, source="")
        assert journal.judged("returned-check", names).wrong == ((said,) if said else ())


def test_sealed_is_sealed() -> None:
    journal = Journal()
    journal.add("seal")
    assert journal.judged("seal").is_met


@given(st.integers(0, 60), st.integers(0, 10**7))
def test_points_fall_with_keys_and_time_and_never_below_what_the_records_earned(keys: int, ms: int) -> None:
    journal = Journal()
    journal.pay(("A-1", 84_17))
    verdict, more, later = (
        journal.judged("exact-cash", GIVEN, *of) for of in ((keys, ms), (keys + 1, ms), (keys, ms + 999))
    )
    assert FOR_THE_RECORDS <= verdict.points <= 100
    assert more.points <= verdict.points
    assert later.points <= verdict.points
    assert (verdict.points == 100) == (keys <= 2 and ms <= 20_000 + 20_000 // 20)
    assert (not verdict.wrong) == (keys <= 2 and ms <= 20_000)
