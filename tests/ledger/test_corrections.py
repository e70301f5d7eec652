"""Corrections: two people move money to where it belongs; error items are closed, every fund stays in balance."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from countertui.domain.desk_records import DeskKind
from countertui.domain.records import Kind
from countertui.domain.rights import NotAllowed
from countertui.ledger import corrections
from countertui.ledger.books import Books, open_books
from countertui.ledger.correction_targets import AsRecorded, Target, ToAccount, ToCharge, ToGl, share_of
from countertui.ledger.corrections import Who, correct_item, move
from countertui.ledger.fsck import fsck
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.taken_back import CorrectionRefusedError
from ledger.at_the_desk import act, ground, hire, new_id
from ledger.test_ingest import asked
from ledger.test_periods import said
from ledger.test_posting import BOTH, SUSPENSE, balances, charges, items, posted
from ledger.town import DAY, NOW, Till, allocation, founded, ledger_key, line
from thoroughly import examples

CASH, TAX, WATER = ("100", "100-1020"), ("100", "100-4110"), ("510", "510-4310")
NOBODY = line("U9", allocation(None, "510-2310", 90_00))


def who(by: str = "dee", second: str = "bo", reason: str = "Read the stub", day: str = DAY) -> Who:
    return Who(by, second, reason, day, new_id())


def corrected(books: Books, key: Ed25519PrivateKey, item: int, target: Target | None, **more: str) -> None:
    act(books, key, correct_item, item, target, who(**more))


def moved(books: Books, key: Ed25519PrivateKey, seq: int, source: ToGl | ToCharge, target: Target, cents: int) -> None:
    act(books, key, move, ("T1", 1, seq), source, target, cents, who())


def open_now(books: Books) -> int:
    return int(asked(books, "SELECT count(*) FROM error_item WHERE state = 'open'")[0][0])  # type: ignore[call-overload]


def test_what_waits_goes_to_what_the_account_owes_and_the_rest_is_its_credit(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.pay(NOBODY)
    posted(books, key, till)
    assert balances(books)[SUSPENSE] == -90_00
    corrected(books, key, 1, ToAccount("U1"))
    assert charges(books) == {"C1": 0, "C2": 0, "C3": 70_00, "CR-U1": -35_00}
    found = balances(books)
    assert (found.get(SUSPENSE), found[WATER], found[TAX]) == (None, -50_00, -5_00)
    assert open_now(books) == 0
    assert asked(books, "SELECT corrected_seq FROM error_item") == [(1,)]


def test_an_item_goes_to_a_gl_account_or_a_charge(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(line(None, allocation(None, "100-9999", 3_00)), NOBODY)
    posted(books, key, till)
    corrected(books, key, 1, ToGl("100-4410"))
    corrected(books, key, 2, ToCharge("C3"))
    assert (charges(books)["C3"], charges(books)["CR-U2"]) == (0, -20_00)
    assert balances(books) == {
        CASH: 93_00,
        ("100", "100-4410"): -3_00,
        ("100", "100-2510"): -90_00,
        ("510", "510-1010"): 90_00,
        WATER: -70_00,
        ("510", "510-2310"): -20_00,
    }


def test_an_item_that_holds_no_money_is_closed_as_looked_at(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(BOTH, operator="dee")
    posted(books, key, till)
    with pytest.raises(CorrectionRefusedError, match="nothing in suspense"):
        corrected(books, key, 1, ToGl("100-4410"))
    before = balances(books)
    hire(books, "fay", "technician")
    for by, second in (("dee", "bo"), ("fay", "dee")):
        with pytest.raises(NotAllowed, match="took part in"):
            corrected(books, key, 1, None, by=by, second=second)
    corrected(books, key, 1, None, by="fay")
    assert (open_now(books), balances(books)) == (1, before)


def test_money_that_went_out_against_the_rules_is_borne_where_two_people_say(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    taken = till.pay(BOTH)
    till.void(taken)
    till.void(taken)
    posted(books, key, till)
    assert items(books) == [("taken-back-twice", -25_00)]
    with pytest.raises(CorrectionRefusedError, match="Money that went out"):
        corrected(books, key, 1, ToAccount("U1"))
    corrected(books, key, 1, ToGl("100-4911"), second="cy")
    assert balances(books) == {CASH: -25_00, ("100", "100-4911"): 25_00}


def test_19_what_waits_for_a_closed_period_goes_where_the_record_says(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    said(books, key, DeskKind.PERIOD_CLOSE, "2026-11")
    till.pay(BOTH)
    posted(books, key, till)
    with pytest.raises(CorrectionRefusedError, match="2026-11 is closed"):
        corrected(books, key, 1, AsRecorded())
    corrected(books, key, 1, AsRecorded(), day="2026-12-01")
    found = balances(books)
    assert (found.get(SUSPENSE), found[WATER], found[TAX]) == (None, -20_00, -5_00)
    assert charges(books)["C2"] == 0
    assert asked(books, "SELECT biz_date FROM entry ORDER BY id") == [("2026-12-01",), ("2026-12-01",)]


@pytest.mark.parametrize("method", ["", "ap_check"])
def test_what_may_not_be_taken_back_goes_nowhere_as_recorded(
    books: Books, key: Ed25519PrivateKey, till: Till, method: str
) -> None:
    """Its shares were never taken from their accounts: the general ledger alone would go down by them."""
    taken = till.pay(BOTH)
    till.void(taken)
    if method:
        till.close(200_00, 200_00)
        till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken)["seq"])
    else:
        till.void(taken)
    posted(books, key, till)
    assert items(books) == [("taken-back-twice", -25_00)]
    with pytest.raises(CorrectionRefusedError, match="say where it belongs"):
        corrected(books, key, 1, AsRecorded(), second="cy")
    corrected(books, key, 1, ToCharge("C1"), second="cy")
    assert (charges(books)["C1"], balances(books)[WATER]) == (75_00, 25_00)


def test_what_was_paid_on_the_wrong_account_is_moved_and_a_refund_takes_it_from_there(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    taken = till.pay(BOTH)
    till.close(225_00, 225_00)
    posted(books, key, till)
    moved(books, key, taken["seq"], ToCharge("C1"), ToCharge("C3"), 20_00)
    assert charges(books) == {"C1": 50_00, "C2": 0, "C3": 50_00}
    with pytest.raises(CorrectionRefusedError, match=r"has 0.00 there to move"):
        moved(books, key, taken["seq"], ToCharge("C1"), ToCharge("C3"), 1)
    till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken)["seq"])
    posted(books, key, till)
    assert charges(books) == {"C1": 50_00, "C2": 5_00, "C3": 70_00}
    assert balances(books) == {CASH: 25_00, ("100", "100-2010"): -25_00}


def test_money_on_a_charge_is_not_moved_from_the_gl_account_behind_it(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    taken = till.pay(BOTH)
    posted(books, key, till)
    before = charges(books), balances(books)
    for target in (ToCharge("C3"), ToAccount("U2"), ToGl("100-4410")):
        with pytest.raises(CorrectionRefusedError, match=r"has 0\.00 there to move"):
            moved(books, key, taken["seq"], ToGl("510-4310"), target, 1)
    assert (charges(books), balances(books)) == before


def test_a_credit_is_moved_once_and_from_the_account_that_had_it(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    taken = till.pay(line("U1", allocation(None, "510-2310", 30_00)))
    posted(books, key, till)
    with pytest.raises(CorrectionRefusedError, match=r"has 0\.00 there to move"):
        moved(books, key, taken["seq"], ToGl("510-2310"), ToAccount("U2"), 1)
    for source in ("CR-U1", "CR-U2"):
        with pytest.raises(CorrectionRefusedError, match="there to move"):
            moved(books, key, taken["seq"], ToCharge(source), ToAccount("U2"), 30_01)
    moved(books, key, taken["seq"], ToCharge("CR-U1"), ToCharge("C3"), 30_00)
    assert (charges(books)["CR-U1"], charges(books)["C3"]) == (0, 40_00)
    assert balances(books)[WATER] == -30_00
    assert ("510", "510-2310") not in balances(books)
    with pytest.raises(CorrectionRefusedError, match=r"has 0\.00 there to move"):
        moved(books, key, taken["seq"], ToCharge("CR-U1"), ToCharge("C3"), 1)


def test_money_is_taken_from_the_account_that_was_credited_whatever_the_charges_is_now(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    taken = till.pay(BOTH)
    posted(books, key, till)
    with books.writing() as connection:
        connection.exec_driver_sql("UPDATE charge SET gl = '100-4410' WHERE id = 'C1'")
    moved(books, key, taken["seq"], ToCharge("C1"), ToCharge("C3"), 20_00)
    assert balances(books)[WATER] == -20_00
    assert ("100", "100-4410") not in balances(books)


def test_a_corrected_receipt_that_is_voided_leaves_nothing_in_suspense(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    taken = till.pay(NOBODY)
    posted(books, key, till)
    corrected(books, key, 1, ToAccount("U2"))
    till.void(taken)
    posted(books, key, till)
    assert balances(books) == {}
    assert {name: cents for name, cents in charges(books).items() if cents} == {"C1": 50_00, "C2": 5_00, "C3": 70_00}
    assert open_now(books) == 0


@pytest.mark.parametrize(("by", "second"), [("dee", "dee"), ("ann", "bo"), ("bo", "dee"), ("dee", "ann"), ("dee", "x")])
def test_two_people_correct_and_the_first_is_a_technician(
    books: Books, key: Ed25519PrivateKey, till: Till, by: str, second: str
) -> None:
    till.pay(NOBODY)
    posted(books, key, till)
    with pytest.raises(NotAllowed):
        corrected(books, key, 1, ToAccount("U1"), by=by, second=second)
    assert open_now(books) == 1


def test_who_took_the_money_does_not_agree_to_where_it_goes(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.open("S2", operator="cy")
    till.pay(NOBODY, operator="cy", session="S2")
    posted(books, key, till)
    with pytest.raises(NotAllowed, match="took part"):
        corrected(books, key, 1, ToAccount("U1"), second="cy")
    corrected(books, key, 1, ToAccount("U1"))


@pytest.mark.parametrize(
    ("item", "target", "says"),
    [
        (2, ToAccount("U1"), "no open error item 2"),
        (1, ToAccount("U9"), "Account U9 is not known"),
        (1, ToCharge("C9"), "Charge C9 is not known"),
        (1, ToGl("100-9999"), "not in the chart"),
        (1, ToGl("900-1"), "fund can't be posted"),
        (1, None, "90.00 in suspense"),
    ],
)
def test_a_correction_goes_somewhere_known(
    books: Books, key: Ed25519PrivateKey, till: Till, item: int, target: Target | None, says: str
) -> None:
    till.pay(NOBODY)
    posted(books, key, till)
    with pytest.raises(CorrectionRefusedError, match=says):
        corrected(books, key, item, target)
    assert asked(books, "SELECT count(*) FROM desk_signature") == [(0,)]


def test_an_item_is_closed_once(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(NOBODY)
    posted(books, key, till)
    corrected(books, key, 1, ToAccount("U1"))
    with pytest.raises(CorrectionRefusedError, match="no open error item"):
        corrected(books, key, 1, ToAccount("U1"))
    with pytest.raises(CorrectionRefusedError, match="leaves it by its error item"):
        moved(books, key, 1, ToGl("100-2990"), ToGl("100-4410"), 1)
    with ground(books, key) as here, pytest.raises(CorrectionRefusedError, match="posted no payment"):
        move(here, ("LEDGER", 1, 1), ToGl("100-4410"), ToGl("100-4110"), 1, who())


def test_money_of_a_receipt_that_was_taken_back_pays_nobodys_debt(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    void, refund = till.pay(BOTH), till.pay(BOTH)
    till.void(void)
    till.close(225_00, 225_00)
    till.refund(refund, till.ask(Kind.REFUND_REQUEST, refund)["seq"])
    posted(books, key, till)
    before = charges(books)
    for taken, how in ((void, "void"), (refund, "refund")):
        for source in (ToCharge("C1"), ToGl("510-4310")):
            with pytest.raises(CorrectionRefusedError, match=f"was taken back, by a {how}"):
                moved(books, key, taken["seq"], source, ToCharge("C3"), 20_00)
    assert charges(books) == before


def test_books_in_which_a_voided_receipts_money_was_moved_are_told(
    books: Books, key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1")
    taken = till.pay(BOTH)
    till.void(taken)
    posted(books, key, till)
    assert fsck(books).differences == ()
    with monkeypatch.context() as patched:
        patched.setattr(corrections, "require_standing", lambda *_: None)
        moved(books, key, taken["seq"], ToCharge("C1"), ToCharge("C3"), 20_00)
    (told,) = fsck(books).differences
    assert "was taken back, by a void: none of its money is there" in told


def test_books_in_which_more_was_moved_than_was_there_are_told(
    books: Books, key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1")
    taken = till.pay(BOTH)
    posted(books, key, till)
    moved(books, key, taken["seq"], ToCharge("C1"), ToCharge("C3"), 5_00)
    assert fsck(books).differences == ()
    with monkeypatch.context() as patched:
        patched.setattr(corrections, "_require_enough", lambda *_: None)
        taken_off = share_of("U1", "C1", "water", "510-4310", -20_00)
        patched.setattr(corrections, "_taken", lambda *_: [taken_off])
        moved(books, key, taken["seq"], ToCharge("C1"), ToCharge("C3"), 20_00)
    assert "has 15.00 there to move" in "; ".join(fsck(books).differences)


def test_items_of_a_receipt_that_was_taken_back_close_against_each_other(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    taken = till.pay(NOBODY)
    till.void(taken)
    posted(books, key, till)
    assert items(books) == [("unknown-account", 90_00), ("suspense", -90_00)]
    for item, target in ((1, ToAccount("U1")), (1, ToGl("100-4410")), (2, ToGl("100-4911"))):
        with pytest.raises(CorrectionRefusedError, match="1 and 2 go against each other"):
            corrected(books, key, item, target, second="cy")
    corrected(books, key, 2, None, second="cy")
    assert (open_now(books), balances(books), charges(books)["C1"]) == (0, {}, 50_00)
    assert asked(books, "SELECT corrected_seq FROM error_item") == [(1,), (1,)]


def test_an_item_left_of_a_receipt_that_was_taken_back_goes_to_no_account(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    taken = till.pay(NOBODY)
    posted(books, key, till)
    till.void(taken)
    posted(books, key, till)
    with books.writing() as connection:
        connection.exec_driver_sql("UPDATE error_item SET cents = -8000 WHERE id = 2")
    for target in (ToAccount("U1"), ToCharge("C3")):
        with pytest.raises(CorrectionRefusedError, match="to a GL account only"):
            corrected(books, key, 1, target)
    corrected(books, key, 1, ToGl("100-4911"))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fresh") / "ledger"
    founded(folder).close()
    return folder


_TO = st.one_of(
    st.sampled_from(["U1", "U2", "U3"]).map(ToAccount),
    st.sampled_from(["C1", "C2", "C3"]).map(ToCharge),
    st.sampled_from(["100-4410", "510-4310", "100-4911"]).map(ToGl),
)


@settings(max_examples=examples(25), deadline=None)
@given(
    cents=st.lists(st.integers(1, 200_00), min_size=1, max_size=3),
    targets=st.lists(_TO, min_size=3, max_size=3),
    moves=st.lists(st.tuples(st.integers(1, 100_00), _TO), max_size=3),
)
def test_whatever_is_corrected_and_then_voided_was_never_there(
    fresh: Path, cents: list[int], targets: list[Target], moves: list[tuple[int, Target]]
) -> None:
    with TemporaryDirectory() as tmp:
        books = open_books(Path(shutil.copytree(fresh, Path(tmp) / "ledger")))
        key = ledger_key(books)
        till = Till(books).registered(books)
        owed = charges(books)
        taken = [till.pay(line("U9", allocation(None, "510-2310", each))) for each in cents]
        fine = till.pay(BOTH)
        posted(books, key, till)
        for item, target in zip(range(1, len(cents) + 1), targets, strict=False):
            corrected(books, key, item, target)
            balances(books)
        for each, target in moves:
            with suppress(CorrectionRefusedError):  # no more is moved than is there
                moved(books, key, fine["seq"], ToCharge("C1"), target, each)
        assert balances(books)[CASH] == sum(cents) + 25_00
        for each in [*taken, fine]:
            till.void(each)
        posted(books, key, till)
        assert balances(books) == {}
        assert {name: left for name, left in charges(books).items() if left} == owed
        assert open_now(books) == 0
        books.close()
