"""What deposits lack, in the books: it stays among its tender until it is found, taken back or given up."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.city import rules_to_json
from countertui.domain.deposit_making import Carried, ClosedSession, LeftOut
from countertui.domain.deposits import PaperState
from countertui.domain.records import Kind
from countertui.domain.tenders import TenderKind
from countertui.ledger.books import Books
from countertui.ledger.charted import rules_of
from countertui.ledger.fsck import fsck
from countertui.ledger.tie_out_sums import subsystem_sums
from ledger.at_the_desk import ground, rules_are
from ledger.test_checks_returned import came_back, check
from ledger.test_ingest import asked
from ledger.test_money_at_the_bank import BANKED
from ledger.test_posting import balances, items, posted
from ledger.test_terminal_deposits import BANK, CHECKS, COPIES, data_of, puts, takes_back, till_of, works
from ledger.town import Till


@pytest.fixture
def town(books: Books) -> Books:
    rules_are(books, rules_to_json(BANKED))
    return books


def lacks(till: Till, state: PaperState = PaperState.RETURNED) -> tuple[ClosedSession, dict[str, Any]]:
    """A deposit that lacks its one check of 40.00; its session, and its record."""
    one = works(till)
    out = {one.papers[0].key: LeftOut(state, "given back")}
    return one, puts(till, data_of(till, [one], 50_00, left_out=out))


def gives_up(till: Till, second: str = "bo", **more: Any) -> None:
    data = {"item": "T1-D1/1", "tender": "check", "cents": 40_00, "receipt_no": "T1-2", "reference": "11"}
    data |= {"reason": "not to be found"} | more
    till.record(Kind.DEPOSIT_ITEM_LOST, data, operator="dee", approver=second, session=None)


def ended(town: Books) -> list[tuple[object, ...]]:
    return asked(town, "SELECT item, ended FROM deposit_carried ORDER BY item")


def subsystems_agree(town: Books, key: Ed25519PrivateKey) -> bool:
    """Whether what deposits and drawers say is what stands among the checks."""
    with ground(town, key) as here:
        sums = subsystem_sums(here.connection, rules_of(here.connection), "2030-01-01")
    return sum(sums.get(CHECKS[1], {}).values()) == balances(town).get(CHECKS, 0)


def test_what_is_given_up_is_short_of_its_tender(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    lacks(till)
    posted(town, key, till)
    assert balances(town) == {BANK: 50_00, CHECKS: 40_00, COPIES: -90_00}
    gives_up(till)
    posted(town, key, till)
    assert items(town) == []
    found = balances(town)
    assert CHECKS not in found
    assert found.pop(BANK) == 50_00
    assert found.pop(COPIES) == -90_00
    assert list(found.values()) == [40_00], "short"
    assert ended(town) == [("T1-D1/1", "lost")]
    assert subsystems_agree(town, key)
    assert fsck(town).differences == ()


def test_it_is_given_up_once_as_it_stands_by_people_who_may(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    lacks(till)
    gives_up(till, cents=39_00)
    gives_up(till, "ann")
    gives_up(till, "dee")
    gives_up(till)
    gives_up(till)
    posted(town, key, till)
    assert [reason for reason, _ in items(town)] == ["no-right", "self-approval", "item-not-open", "item-not-open"]
    assert CHECKS not in balances(town)
    assert fsck(town).differences == ()


def test_what_was_given_up_is_found_no_more_and_holds_its_deposit(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    one, made = lacks(till)
    gives_up(till)
    found = (Carried("T1-D1/1", one.papers[0].tender, 40_00, one.papers[0].receipt_no, "11", "", BANK[1]),)
    puts(till, data_of(till, [works(till, "S2", in_check=0)], 50_00, 2, found))
    takes_back(till, made)
    posted(town, key, till)
    assert sorted(items(town)) == [("deposit-not-intact", 90_00), ("deposit-stays", 0)]
    assert fsck(town).differences == ()


@pytest.mark.parametrize("later", [False, True])
def test_a_check_that_was_given_back_leaves_the_checks_and_not_the_bank(
    town: Books, key: Ed25519PrivateKey, later: bool
) -> None:
    till = till_of(town, key, "T1")
    one, _ = lacks(till)
    taken = next(body for body in till.bodies if body["receipt_no"] == one.papers[0].receipt_no)
    if later:
        posted(town, key, till)
    came_back(till, check(taken, "11", 40_00, till, account=None, fee_cents=0, fee_gl=""))
    posted(town, key, till)
    assert (items(town), balances(town)) == ([], {BANK: 50_00, COPIES: -50_00})
    assert ended(town) == [("T1-D1/1", "returned")]
    assert subsystems_agree(town, key)
    assert fsck(town).differences == ()


def test_a_check_that_turned_up_leaves_the_bank_though_its_deposit_is_in_the_very_batch(
    town: Books, key: Ed25519PrivateKey
) -> None:
    """What lacked, was found and brought to the bank, and came back from there before anything of it was posted."""
    till = till_of(town, key, "T1")
    one, _ = lacks(till)
    taken = next(body for body in till.bodies if body["receipt_no"] == one.papers[0].receipt_no)
    posted(town, key, till)
    lacking = Carried("T1-D1/1", TenderKind.CHECK, 40_00, "T1-2", "11", "given back", "100-1010")
    puts(till, data_of(till, [], 0, 2, (lacking,)))
    came_back(till, check(taken, "11", 40_00, till, account=None, fee_cents=0, fee_gl=""))
    posted(town, key, till)
    assert (items(town), balances(town)) == ([], {BANK: 50_00, COPIES: -50_00})
    assert ended(town) == [("T1-D1/1", "")]
    assert subsystems_agree(town, key)
    assert fsck(town).differences == ()


@pytest.mark.parametrize("earlier", [False, True])
def test_a_check_of_a_deposit_that_was_made_anew_leaves_the_bank(
    town: Books, key: Ed25519PrivateKey, earlier: bool
) -> None:
    """The deposit that lacked it was taken back: the one that contains it counts."""
    till = till_of(town, key, "T1")
    one, made = lacks(till)
    taken = next(body for body in till.bodies if body["receipt_no"] == one.papers[0].receipt_no)
    if earlier:
        posted(town, key, till)
    takes_back(till, made)
    puts(till, data_of(till, [one], 50_00, 2))
    came_back(till, check(taken, "11", 40_00, till, account=None, fee_cents=0, fee_gl=""))
    posted(town, key, till)
    assert (items(town), balances(town)) == ([], {BANK: 50_00, COPIES: -50_00})
    assert subsystems_agree(town, key)
    assert fsck(town).differences == ()


def test_a_check_that_lacks_in_the_deposit_made_anew_leaves_the_checks(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    one = works(till)
    taken = next(body for body in till.bodies if body["receipt_no"] == one.papers[0].receipt_no)
    made = puts(till, data_of(till, [one], 50_00))
    posted(town, key, till)
    takes_back(till, made)
    out = {one.papers[0].key: LeftOut(PaperState.RETURNED, "given back")}
    puts(till, data_of(till, [one], 50_00, 2, left_out=out))
    came_back(till, check(taken, "11", 40_00, till, account=None, fee_cents=0, fee_gl=""))
    posted(town, key, till)
    assert (items(town), balances(town)) == ([], {BANK: 50_00, COPIES: -50_00})
    assert ended(town) == [("T1-D2/1", "returned")]
    assert fsck(town).differences == ()


def test_a_deposit_that_stays_in_the_books_keeps_its_check(town: Books, key: Ed25519PrivateKey) -> None:
    """It was taken back by who may not, in the very batch of the check that came back."""
    till = till_of(town, key, "T1")
    one = works(till)
    taken = next(body for body in till.bodies if body["receipt_no"] == one.papers[0].receipt_no)
    made = puts(till, data_of(till, [one], 50_00))
    takes_back(till, made, second="dee")
    came_back(till, check(taken, "11", 40_00, till, account=None, fee_cents=0, fee_gl=""))
    posted(town, key, till)
    assert balances(town) == {BANK: 50_00, COPIES: -50_00}
    assert fsck(town).differences == ()


def test_what_a_deposit_made_up_that_waited_is_lacked_by_none(town: Books, key: Ed25519PrivateKey) -> None:
    """It says that a fund lacks 20.00 of another terminal's drawer, and the next one keeps 20.00 of its cash for it."""
    till, other = till_of(town, key, "T1"), till_of(town, key, "T2")
    theirs, own = works(other, "S9", in_check=0), works(till, in_check=0)
    data = data_of(till, [theirs], 50_00)
    made_up = {"item": "T1-D1/1", "tender": "cash", "cents": 20_00, "what": "fund", "of": None, "receipt_no": ""}
    puts(till, data | {"differences": [made_up | {"reference": "", "reason": "lent", "carried": True}]})
    posted(town, key, till)
    posted(town, key, other)
    assert items(town) == [("deposit-not-intact", 50_00)]
    assert ended(town) == []
    fund = Carried("T1-D1/1", TenderKind.CASH, -20_00, "", "", "lent", "100-1010")
    puts(till, data_of(till, [own], 30_00, 2, (fund,)))
    posted(town, key, till)
    assert items(town) == [("deposit-not-intact", 50_00), ("deposit-not-intact", 30_00)]
    ((told,),) = asked(town, "SELECT detail FROM error_item WHERE cents = 3000")
    assert told == "Deposit T1-D2, bag B2: it found T1-D1/1, -20.00, which no deposit lacks."
    assert fsck(town).differences == ()


def test_what_waited_and_was_made_up_says_which_deposit_went_by_it(town: Books, key: Ed25519PrivateKey) -> None:
    till, other = till_of(town, key, "T1"), till_of(town, key, "T2")
    theirs, own = works(other, "S9", in_check=0), works(till, in_check=0)
    data = data_of(till, [theirs], 50_00)
    made_up = {"item": "T1-D1/1", "tender": "cash", "cents": 20_00, "what": "fund", "of": None, "receipt_no": ""}
    puts(till, data | {"differences": [made_up | {"reference": "", "reason": "lent", "carried": True}]})
    fund = Carried("T1-D1/1", TenderKind.CASH, -20_00, "", "", "lent", "100-1010")
    puts(till, data_of(till, [own], 30_00, 2, (fund,)))
    posted(town, key, till)
    posted(town, key, other)
    ((told,),) = asked(town, "SELECT detail FROM error_item WHERE state = 'open'")
    assert told.endswith(" Deposit T1-D2 contains T1-D1/1, which it says it lacked.")
    assert fsck(town).differences == ()


def test_what_waited_and_was_made_up_says_what_was_given_up_by_it(town: Books, key: Ed25519PrivateKey) -> None:
    till, other = till_of(town, key, "T1"), till_of(town, key, "T2")
    theirs = works(other, "S9", in_check=0)
    data = data_of(till, [theirs], 50_00)
    made_up = {"item": "T1-D1/1", "tender": "cash", "cents": -20_00, "what": "cash", "of": None, "receipt_no": ""}
    puts(till, data | {"differences": [made_up | {"reference": "", "reason": "lost", "carried": True}]})
    gives_up(till, tender="cash", cents=20_00, receipt_no="", reference="")
    posted(town, key, till)
    posted(town, key, other)
    ((told,),) = asked(town, "SELECT detail FROM error_item WHERE state = 'open'")
    assert told.endswith(" T1-D1/1, which it says it lacked, was given up.")
    assert fsck(town).differences == ()
