"""Deposits of terminals at the bank, as the next snapshot tells the terminals that made them."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.city import rules_to_json
from countertui.ledger.bank.booking import unbook
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from ledger import test_terminal_deposits as of_terminals
from ledger.at_the_desk import act, new_id, rules_are
from ledger.bank.test_booking import RULES, booked, day_of, found, taken
from ledger.test_ingest import asked
from ledger.test_money_at_the_bank import deposited
from ledger.test_posting import posted
from ledger.town import DAY, Till

town = of_terminals.town
AT_BANK = "SELECT terminal, epoch, seq, slip_no, dated FROM deposit_at_bank ORDER BY terminal, seq"


def test_a_terminals_deposit_is_told_where_it_was_made_and_taken_back_where_it_was_none(
    town: Books, key: Ed25519PrivateKey
) -> None:
    rules_are(town, rules_to_json(RULES))
    till: Till = of_terminals.till_of(town, key, "T1")
    made = of_terminals.puts(till, of_terminals.data_of(till, [of_terminals.works(till)], 50_00))
    posted(town, key, till)
    assert asked(town, AT_BANK) == []
    taken(town, key, day_of("16,301,9000,0,,B1,BRANCH DEPOSIT/"))
    booked(town, key, found(town, key))
    assert asked(town, AT_BANK) == [("T1", 1, made["seq"], "T1-D1", DAY)]
    assert fsck(town).differences == ()
    ((no,),) = asked(town, "SELECT no FROM deposit")
    act(town, key, unbook, no, by="dee", second="bo", reason="another's line", biz_date=DAY, id_=new_id())
    assert asked(town, AT_BANK) == []
    assert asked(town, "SELECT name, key FROM removed WHERE name = 'deposit_at_bank'") == [
        ("deposit_at_bank", f'["T1", 1, {made["seq"]}]')
    ]
    booked(town, key, found(town, key))
    assert len(asked(town, AT_BANK)) == 1
    assert fsck(town).differences == ()
    with town.writing() as connection:
        connection.exec_driver_sql("UPDATE deposit_at_bank SET dated = '2020-01-01'")
    assert any("deposit_at_bank T1/1" in told for told in fsck(town).differences)


def test_the_desks_own_deposits_are_no_terminals(town: Books, key: Ed25519PrivateKey) -> None:
    rules_are(town, rules_to_json(RULES))
    till: Till = of_terminals.till_of(town, key, "T1")
    of_terminals.works(till)
    posted(town, key, till)
    deposited(town, key)
    taken(town, key, day_of("16,301,9000,0,,B1,BRANCH DEPOSIT/"))
    booked(town, key, found(town, key))
    assert asked(town, "SELECT COUNT(*) FROM at_bank") == [(1,)]
    assert asked(town, AT_BANK) == []
