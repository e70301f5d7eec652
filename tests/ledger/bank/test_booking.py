"""The bank's files in the books: lines once, deposits matched once, differences posted, all of it recomputed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.bank_matching import Pair, pairs
from countertui.domain.city import rules_to_json
from countertui.domain.rights import NotAllowed
from countertui.ledger.bank.booking import book, not_at_bank, open_lines, returned, unbook
from countertui.ledger.bank.faults import BankFileRefusedError, BankRefusedError
from countertui.ledger.bank.returned_items import as_rows
from countertui.ledger.bank.taking_in import checked, take_in
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.returned_list import match_list, return_list
from ledger import test_money_at_the_bank as at_the_bank
from ledger.at_the_desk import act, ground, new_id, rules_are
from ledger.bank.test_bank_files import bai2
from ledger.test_money_at_the_bank import BANK, BANKED, CHECKS, deposited
from ledger.test_posting import balances
from ledger.town import DAY, Till

OVER_SHORT = ("100", "100-4911")
RULES = replace(BANKED, posting=replace(BANKED.posting, bank_accounts=("4410",)))


town, worked = at_the_bank.town, at_the_bank.worked


@pytest.fixture
def banked(town: Books, key: Ed25519PrivateKey, worked: Till) -> Iterator[Books]:
    """A town whose deposit of 94.00 is in bag B-1; whatever a test does, its books are recomputed after it."""
    rules_are(town, rules_to_json(RULES))
    deposited(town, key)
    yield town
    assert fsck(town).differences == ()


def day_of(*details: str) -> bytes:
    return bai2(*details).replace(",261119,", f",{DAY[2:].replace('-', '')},").encode()


def taken(books: Books, key: Ed25519PrivateKey, data: bytes, by: str = "dee") -> dict[str, Any]:
    made = act(books, key, take_in, "bank.bai", data, by=by, biz_date=DAY, id_=new_id())
    said: dict[str, Any] = made.body["data"]
    return said


def found(books: Books, key: Ed25519PrivateKey) -> list[Pair]:
    with ground(books, key) as here:
        return pairs(not_at_bank(here.connection), open_lines(here.connection))


def booked(books: Books, key: Ed25519PrivateKey, what: list[Pair], second: str | None = None) -> None:
    act(books, key, book, what, by="dee", second=second, biz_date=DAY, id_=new_id())


def test_a_deposit_is_booked_with_its_line_once(banked: Books, key: Ed25519PrivateKey) -> None:
    data = day_of("16,301,9400,0,,B1,BRANCH DEPOSIT/", "16,142,700,Z,,,INTEREST/")
    said = taken(banked, key, data)
    assert (said["seen"], [line["cents"] for line in said["lines"]]) == (0, [94_00, 7_00])
    what = found(banked, key)
    assert [(pair.deposit.bag, pair.confidence, pair.off_cents) for pair in what] == [("B-1", 100, 0)]
    before = balances(banked)
    booked(banked, key, what)
    assert balances(banked) == before
    assert found(banked, key) == []
    with ground(banked, key) as here:
        assert [line.says.cents for line in open_lines(here.connection)] == [7_00]
        assert not_at_bank(here.connection) == []
    with pytest.raises(BankRefusedError, match="does not wait"):
        booked(banked, key, what)


def test_no_file_is_taken_in_twice_and_no_line_either(banked: Books, key: Ed25519PrivateKey) -> None:
    first, second = "16,301,9400,0,,B1,BRANCH DEPOSIT/", "16,142,700,Z,,,INTEREST/"
    taken(banked, key, day_of(first))
    with pytest.raises(BankRefusedError, match=r"taken in before, as bank\.bai"):
        taken(banked, key, day_of(first))
    said = taken(banked, key, day_of(first, second))
    assert (said["seen"], [line["cents"] for line in said["lines"]]) == (1, [7_00])


def test_a_file_of_another_account_or_a_broken_one_changes_nothing(banked: Books, key: Ed25519PrivateKey) -> None:
    other = day_of("16,301,9400,0,,B1,X/").replace(b"03,4410,", b"03,9999,")
    for data, fault in ((other, BankRefusedError), (other[:-30], BankFileRefusedError), (b"", BankFileRefusedError)):
        with pytest.raises(fault):
            taken(banked, key, data)
    with ground(banked, key) as here:
        assert open_lines(here.connection) == []
        with pytest.raises(BankRefusedError, match="account 9999"):
            checked(here.connection, other)


def test_what_the_bank_counted_otherwise_is_posted_and_two_people_answer_for_it(
    banked: Books, key: Ed25519PrivateKey
) -> None:
    taken(banked, key, day_of("16,301,9350,0,,B1,BRANCH DEPOSIT/"))
    (pair,) = found(banked, key)
    assert (pair.confidence, pair.off_cents) == (70, -50)
    before = balances(banked)
    with pytest.raises(BankRefusedError, match="second person"):
        booked(banked, key, [pair])
    with pytest.raises(NotAllowed):
        booked(banked, key, [pair], second="dee")
    booked(banked, key, [pair], second="bo")
    after = balances(banked)
    assert (after[BANK] - before[BANK], after[OVER_SHORT] - before[OVER_SHORT]) == (-50, 50)
    act(banked, key, unbook, pair.deposit.seq, by="dee", second="bo", reason="Wrong", biz_date=DAY, id_=new_id())
    assert balances(banked) == before
    assert found(banked, key) == [pair]


def test_a_booking_that_does_not_add_up_is_refused(banked: Books, key: Ed25519PrivateKey) -> None:
    taken(banked, key, day_of("16,301,9400,0,,B1,A/", "16,555,9400,0,,B1,RETURNED/", "16,301,9400,0,,,B/"))
    (pair,) = found(banked, key)
    with ground(banked, key) as here:
        lines = open_lines(here.connection)
    for false in (
        replace(pair, lines=()),
        replace(pair, lines=tuple(lines[:2])),
        replace(pair, lines=(pair.lines[0], pair.lines[0])),
        replace(pair, deposit=pair.deposit._replace(cents=1)),
        replace(pair, deposit=pair.deposit._replace(seq=1)),
    ):
        with pytest.raises(BankRefusedError):
            booked(banked, key, [false], second="bo")
    more = {"by": "dee", "second": "bo", "biz_date": DAY, "id_": new_id()}
    with pytest.raises(BankRefusedError, match="not booked"):
        act(banked, key, unbook, pair.deposit.seq, reason="x", **more)


def test_returned_items_feed_the_job_of_returned_checks(banked: Books, key: Ed25519PrivateKey) -> None:
    taken(banked, key, day_of("16,555,4000,0,,30,DEPOSITED ITEM RETURNED/", "16,555,1,0,,,RETURNED/"))
    with ground(banked, key) as here:
        listed = match_list(here.connection, as_rows(returned(open_lines(here.connection))))
        assert [bool(one.matched) for one in listed] == [True, False]
        assert "names no check" in listed[1].why_not
        more = {"by": "dee", "second": "bo", "biz_date": DAY, "ids": new_id}
        assert return_list(here, [one for one in listed if one.matched], **more) == 1
    assert balances(banked)[BANK] == 54_00
    assert balances(banked).get(CHECKS) is None
    with ground(banked, key) as here:
        (again, _) = match_list(here.connection, as_rows(returned(open_lines(here.connection))))
        assert "came back" in again.why_not


def test_a_text_that_may_hold_a_card_number_is_not_kept(banked: Books, key: Ed25519PrivateKey) -> None:
    said = taken(banked, key, day_of("16,142,100,Z,,,PAID BY 4111111111111111/"))
    assert "4111111111111111" not in json.dumps(said)
    assert said["lines"][0]["text"].startswith("(not kept")


def test_whoever_may_not_deposit_takes_no_file_in(banked: Books, key: Ed25519PrivateKey) -> None:
    with pytest.raises(NotAllowed):
        taken(banked, key, day_of("16,301,9400,0,,B1,X/"), by="ann")
    assert date.fromisoformat(DAY)
