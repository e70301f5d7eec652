"""Lines of the bank that are no deposit: posted, or in the books already, undone, and all of it recomputed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.bank_matching import Line
from countertui.domain.city import rules_to_json
from countertui.domain.desk_records import DeskKind
from countertui.domain.records import Fact
from countertui.domain.rights import NotAllowed
from countertui.ledger.bank.booking import open_lines
from countertui.ledger.bank.explaining import carry_out, explain, explain_booked, line_named, unexplain
from countertui.ledger.bank.faults import BankRefusedError
from countertui.ledger.books import Books
from countertui.ledger.desk import Ground, record
from countertui.ledger.payment_files import take_file
from ledger.at_the_desk import act, ground, new_id, rules_are
from ledger.bank import test_booking
from ledger.bank.test_booking import RULES, day_of, taken
from ledger.test_money_at_the_bank import BANK, MAP, returned
from ledger.test_posting import balances
from ledger.town import DAY, NOW

INTEREST, FEE = "16,142,700,Z,,,INTEREST/", "16,698,250,Z,,,ANALYSIS FEE/"
town, worked, banked = test_booking.town, test_booking.worked, test_booking.banked


def waiting(books: Books, key: Ed25519PrivateKey) -> list[Line]:
    with ground(books, key) as here:
        return open_lines(here.connection)


def lines_of(books: Books, key: Ed25519PrivateKey, *details: str) -> list[str]:
    """A bank's file is taken in; the identities of its lines, by cents from the most."""
    taken(books, key, day_of(*details))
    found = sorted(waiting(books, key), key=lambda line: -line.says.cents)
    return [line.identity for line in found]


def said(books: Books, key: Ed25519PrivateKey, does: Any, line: str, *to: str, **other: Any) -> None:
    more = {"by": "dee", "second": "bo", "reason": "As the bank says", "biz_date": DAY, "id_": new_id()} | other
    act(books, key, does, line, *to, **more)


def moved(before: dict[tuple[str, str], int], after: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    places = {*before, *after}
    return {place: cents for place in places if (cents := after.get(place, 0) - before.get(place, 0))}


def test_interest_and_a_fee_go_to_their_accounts_each_in_its_fund(banked: Books, key: Ed25519PrivateKey) -> None:
    interest, fee = lines_of(banked, key, INTEREST, FEE)
    before = balances(banked)
    said(banked, key, explain, interest, "510-4310")
    assert moved(before, balances(banked)) == {
        BANK: 7_00,
        ("100", "100-2510"): -7_00,
        ("510", "510-1010"): 7_00,
        ("510", "510-4310"): -7_00,
    }
    between = balances(banked)
    said(banked, key, explain, fee, "100-4410")
    assert moved(between, balances(banked)) == {BANK: -2_50, ("100", "100-4410"): 2_50}
    assert waiting(banked, key) == []
    with pytest.raises(BankRefusedError, match="explained before"):
        said(banked, key, explain, fee, "100-4410")
    said(banked, key, unexplain, fee)
    assert balances(banked) == between
    assert [line.identity for line in waiting(banked, key)] == [fee]
    with pytest.raises(BankRefusedError, match="Nobody has said"):
        said(banked, key, unexplain, fee)


def test_two_people_who_may_answer_for_it_with_a_reason(banked: Books, key: Ed25519PrivateKey) -> None:
    (interest,) = lines_of(banked, key, INTEREST)
    before = balances(banked)
    for who in ({"second": "dee"}, {"second": " DEE"}, {"by": "ann"}, {"second": "ann"}):
        with pytest.raises(NotAllowed):
            said(banked, key, explain, interest, "100-4410", **who)
    with pytest.raises(BankRefusedError, match="reason"):
        said(banked, key, explain, interest, "100-4410", reason="  ")
    said(banked, key, explain, interest, "100-4410")
    with pytest.raises(NotAllowed):
        said(banked, key, unexplain, interest, second="dee")
    with pytest.raises(BankRefusedError, match="reason"):
        said(banked, key, unexplain, interest, reason="")
    said(banked, key, unexplain, interest)
    assert balances(banked) == before


@pytest.mark.parametrize("gl", ["100-1010", "100-1020", "100-1030", "100-2990", "510-2310", "999-1", ""])
def test_no_line_goes_where_deposits_error_items_or_accounts_hold_money(
    banked: Books, key: Ed25519PrivateKey, gl: str
) -> None:
    (interest,) = lines_of(banked, key, INTEREST)
    with pytest.raises(BankRefusedError):
        said(banked, key, explain, interest, gl)
    assert [line.identity for line in waiting(banked, key)] == [interest]


def test_a_returned_check_is_in_the_books_once(banked: Books, key: Ed25519PrivateKey) -> None:
    item, other = lines_of(banked, key, "16,555,4000,0,,30,RETURNED/", "16,555,4001,0,,30,RETURNED/")
    with pytest.raises(BankRefusedError, match=r"no returned check of 40\.00"):
        said(banked, key, explain_booked, item)
    returned(banked, key, "T1-2", "30")
    before = balances(banked)
    said(banked, key, explain_booked, item)
    assert balances(banked) == before
    assert [line.identity for line in waiting(banked, key)] == [other]
    with pytest.raises(BankRefusedError, match="no returned check"):
        said(banked, key, explain_booked, other)
    said(banked, key, unexplain, item)
    said(banked, key, explain_booked, item)
    assert balances(banked) == before


def test_the_same_entry_is_no_two_lines(banked: Books, key: Ed25519PrivateKey) -> None:
    item, again = lines_of(banked, key, "16,555,4000,0,,30,RETURNED/", "16,555,4000,0,,30,RETURNED/")
    returned(banked, key, "T1-2", "30")
    said(banked, key, explain_booked, item)
    with pytest.raises(BankRefusedError, match="that no line of the bank is yet"):
        said(banked, key, explain_booked, again)


def test_a_lockbox_file_at_the_bank_is_one_line_of_its_sum(
    banked: Books, key: Ed25519PrivateKey, tmp_path: Path
) -> None:
    rules_are(banked, rules_to_json(replace(RULES, posting=replace(RULES.posting, origins={"lockbox": "100-1010"}))))
    sums, one = lines_of(banked, key, "16,115,3000,Z,,,LOCKBOX/", "16,142,1000,Z,,,WIRE/")
    (tmp_path / "map.toml").write_text(MAP)
    (tmp_path / "box.csv").write_text("P,U1,1000,A,1\nP,U2,2000,B,2\nT,2,3000,,\n")
    paths = tmp_path / "box.csv", tmp_path / "map.toml"
    assert act(banked, key, take_file, *paths, by="dee", biz_date=DAY, ids=new_id).state == "posted"
    before = balances(banked)
    with pytest.raises(BankRefusedError, match=r"no payment file of 10\.00"):
        said(banked, key, explain_booked, one)
    said(banked, key, explain_booked, sums)
    assert balances(banked) == before
    assert [line.identity for line in waiting(banked, key)] == [one]


def kept_and_carried_out(here: Ground, fact: Fact) -> None:
    carry_out(here, record(here.connection, here.books, here.key, fact, NOW))


def test_a_record_that_says_more_than_the_line_is_not_carried_out(banked: Books, key: Ed25519PrivateKey) -> None:
    (interest,) = lines_of(banked, key, INTEREST)
    for wrong in (
        {"cents": 7_01},
        {"gl": ""},
        {"entries": [1]},
        {"gl": "", "entries": [1]},
        {"gl": "", "entries": [1, 1]},
    ):
        told = {"line": interest, "cents": 7_00, "gl": "100-4410", "entries": [], "reason": "x"} | wrong
        fact = Fact(id=new_id(), kind=DeskKind.BANK_EXPLAIN, operator="dee", approver="bo", data=told, biz_date=DAY)
        with pytest.raises(BankRefusedError):
            act(banked, key, kept_and_carried_out, fact)


def test_a_line_is_named_by_the_digits_it_is_listed_by(banked: Books, key: Ed25519PrivateKey) -> None:
    (interest,) = lines_of(banked, key, INTEREST)
    with ground(banked, key) as here:
        assert line_named(here.connection, f" {interest[:6].upper()} ") == interest
        for name in (interest[:5], "ffffffffff", "no line", "%_%_%_%"):
            with pytest.raises(BankRefusedError):
                line_named(here.connection, name)
