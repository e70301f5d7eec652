"""In the books a deposit is at the bank account of its office and days, and only lines of that account are it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.bank_matching import pairs
from countertui.domain.city import rules_to_json
from countertui.domain.deposit_making import Carried
from countertui.domain.postings import DepositAccount
from countertui.domain.tenders import TenderKind
from countertui.domain.tie_out import Section
from countertui.ledger.bank.booking import book, not_at_bank, open_lines, unbook
from countertui.ledger.bank.explaining import explain, explain_booked, unexplain
from countertui.ledger.bank.faults import BankRefusedError
from countertui.ledger.books import Books
from countertui.ledger.deposits import DepositRefusedError, deposit
from countertui.ledger.fsck import fsck
from countertui.ledger.tie_out import tie_out
from ledger.at_the_desk import act, ground, new_id, rules_are
from ledger.bank.test_booking import booked, day_of, found, taken
from ledger.test_money_at_the_bank import BANKED, deposited, returned
from ledger.test_posting import SUSPENSE, balances, items, posted
from ledger.test_terminal_deposits import data_of, puts, states, takes_back, till_of, works
from ledger.town import DAY

CITY, OWN, COPIES, OVER_SHORT = (("100", f"100-{n}") for n in ("1010", "1005", "4410", "4911"))
TWO = dict.fromkeys(("4410", "4420"))


def rules(*rows: DepositAccount) -> str:
    posting = replace(BANKED.posting, bank_accounts=("4410", "4420"), deposit_accounts=rows)
    return rules_to_json(replace(BANKED, posting=posting))


def hall(first: str = "2026-01-01", last: str = "") -> DepositAccount:
    return DepositAccount("HALL", "100-1005", ("4420",), "Authority 0099", first, last)


@pytest.fixture
def town(books: Books) -> Books:
    rules_are(books, rules(hall()))
    return books


def untied(town: Books) -> dict[str, int]:
    """By how much the bank accounts differ from what deposits and bank lines say, in cents."""
    with town.reading() as connection:
        rows = {row.account: row for row in tie_out(connection, DAY[:7]) if row.section is Section.CONTROL}
    return {account: rows[account].difference_cents for account in ("100-1005", "100-1010") if account in rows}


def test_a_terminals_deposit_is_posted_to_the_account_of_its_office(town: Books, key: Ed25519PrivateKey) -> None:
    till, other = till_of(town, key, "T1"), till_of(town, key, "T2", "ANNEX")
    puts(till, data_of(till, [works(till, in_check=0)], 50_00, bank="100-1005"))
    puts(other, data_of(other, [works(other, in_check=0)], 50_00, bank="100-1010", office="ANNEX", bag="B2"))
    posted(town, key, till)
    posted(town, key, other)
    assert items(town) == []
    assert balances(town) == {OWN: 50_00, CITY: 50_00, COPIES: -100_00}
    assert fsck(town).differences == ()


@pytest.mark.parametrize(("said", "at"), [("100-1010", CITY), ("100-9999", OWN)])
def test_one_to_another_account_stands_in_suspense_where_its_bag_is(
    town: Books, key: Ed25519PrivateKey, said: str, at: tuple[str, str]
) -> None:
    till = till_of(town, key, "T1")
    made = puts(till, data_of(till, [works(till)], 50_00, bank=said))
    posted(town, key, till)
    assert items(town) == [("other-account", 90_00)]
    assert (balances(town)[at], balances(town)[SUSPENSE]) == (90_00, -90_00)
    assert states(town) == [("T1-D1", "suspended")]
    takes_back(till, made)
    posted(town, key, till)
    assert at not in balances(town)
    assert fsck(town).differences == ()


def test_what_waits_goes_to_its_account_and_is_judged_when_its_sessions_come(
    town: Books, key: Ed25519PrivateKey
) -> None:
    till, other = till_of(town, key, "T1"), till_of(town, key, "T2")
    one, two = works(till, in_check=0), works(other, in_check=0)
    puts(till, data_of(till, [one, two], 100_00, bank="100-1005"))
    posted(town, key, till)
    assert (states(town), balances(town)[OWN]) == ([("T1-D1", "waiting")], 100_00)
    posted(town, key, other)
    assert states(town) == [("T1-D1", "deposited")]
    assert balances(town) == {OWN: 100_00, COPIES: -100_00}
    assert fsck(town).differences == ()


def test_the_account_of_the_day_counts_and_not_that_of_the_moment(town: Books, key: Ed25519PrivateKey) -> None:
    """A terminal that has not heard of new rules yet is right about a day before them."""
    rules_are(town, rules(hall(first="2027-01-01")))
    till = till_of(town, key, "T1")
    puts(till, data_of(till, [works(till, in_check=0)], 50_00, bank="100-1010"))
    posted(town, key, till)
    assert (items(town), balances(town)[CITY]) == ([], 50_00)


def test_what_was_found_of_another_accounts_deposit_is_not_mixed_in(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    first = data_of(till, [works(till, in_check=0)], 49_00, bank="100-1005", reason="a note lacks", carry=True)
    puts(till, first)
    posted(town, key, till)
    rules_are(town, rules(hall(last="2026-01-31")))
    (lacked,) = first["differences"]
    carried = Carried(lacked["item"], TenderKind.CASH, 1_00, "", "", "a note lacks", "100-1005")
    puts(till, data_of(till, [works(till, "S2", in_check=0)], 51_00, 2, (carried,), bank="100-1010"))
    posted(town, key, till)
    assert items(town) == [("other-account", 51_00)]
    assert fsck(town).differences == ()


def test_the_desks_deposit_goes_there_too_and_mixes_nothing(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    works(till, in_check=0)
    posted(town, key, till)
    deposited(town, key)
    assert balances(town) == {OWN: 50_00, COPIES: -50_00}
    assert fsck(town).differences == ()
    works(till, "S2", in_check=0)
    posted(town, key, till)
    rules_are(town, rules_to_json(replace(BANKED, posting=replace(BANKED.posting, bank=""))))
    more = {"by": "dee", "second": "bo", "biz_date": DAY, "id_": new_id()}
    with pytest.raises(DepositRefusedError, match="No bank account is set"):
        act(town, key, deposit, "HALL", "B-2", [("T1", 1, "S2")], **more)


def test_the_banks_lines_of_another_account_are_never_a_deposit(town: Books, key: Ed25519PrivateKey) -> None:
    """The same bag and amount in the wrong account is a question to the bank, not a deposit that arrived."""
    till = till_of(town, key, "T1")
    works(till, in_check=0)
    posted(town, key, till)
    deposited(town, key)
    line = "16,301,4900,0,,B1,BRANCH DEPOSIT/"
    taken(town, key, day_of(line))
    assert found(town, key) == []
    with ground(town, key) as here:
        (waiting,), (wrong,) = not_at_bank(here.connection), open_lines(here.connection)
    forced = pairs([waiting._replace(numbers=frozenset(TWO))], [wrong])
    with pytest.raises(BankRefusedError, match="went to 100-1005, a line for it is of 4410"):
        act(town, key, book, forced, by="dee", second="bo", biz_date=DAY, id_=new_id())
    taken(town, key, day_of(line).replace(b"03,4410,", b"03,4420,"))
    (pair,) = found(town, key)
    assert pair.off_cents == -1_00
    booked(town, key, [pair], "bo")
    assert (balances(town)[OWN], balances(town)[OVER_SHORT]) == (49_00, 1_00)
    assert untied(town) == {"100-1005": 0}
    act(town, key, unbook, pair.deposit.seq, by="dee", second="bo", reason="x", biz_date=DAY, id_=new_id())
    assert balances(town)[OWN] == 50_00
    assert fsck(town).differences == ()


def test_interest_and_a_check_that_came_back_move_their_own_account(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    session = works(till)
    posted(town, key, till)
    deposited(town, key)
    returned(town, key, session.papers[0].receipt_no, "11")
    assert balances(town)[OWN] == 50_00
    details = "16,142,700,Z,,,INTEREST/", "16,555,4000,Z,,11,RETURNED DEPOSITED ITEM/"
    taken(town, key, day_of(*details).replace(b"03,4410,", b"03,4420,"))
    with ground(town, key) as here:
        lines = {each.says.cents: each.identity for each in open_lines(here.connection)}
    said = {"by": "dee", "second": "bo", "reason": "as the bank says", "biz_date": DAY}
    act(town, key, explain, lines[7_00], "100-4410", **said, id_=new_id())
    act(town, key, explain_booked, lines[-40_00], **said, id_=new_id())
    assert balances(town)[OWN] == 57_00
    assert untied(town) == {"100-1005": 0}
    act(town, key, unexplain, lines[7_00], **said, id_=new_id())
    assert balances(town)[OWN] == 50_00
    assert fsck(town).differences == ()
