"""A city whose office has a bank account of its own: the demo's bank tells of both, each with its own deposits."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.demo.bank_files import FEE_CENTS, OPENED_CENTS, write_bank_files
from countertui.ledger.bank.reading import read_bank_file
from countertui.ledger.bank.taking_in import take_in
from countertui.ledger.books import Books
from ledger.at_the_desk import act, new_id, rules_are
from ledger.bank.test_booking import found
from ledger.test_deposit_accounts import hall, rules
from ledger.test_posting import posted
from ledger.test_terminal_deposits import data_of, puts, till_of, works
from ledger.town import DAY


def test_each_of_the_city_s_accounts_is_in_the_files_with_its_own_deposits(
    books: Books, key: Ed25519PrivateKey, tmp_path: Path
) -> None:
    rules_are(books, rules(hall()))
    till, other = till_of(books, key, "T1"), till_of(books, key, "T2", "ANNEX")
    puts(till, data_of(till, [works(till, in_check=0)], 50_00, bank="100-1005"))
    puts(other, data_of(other, [works(other, in_check=0)], 50_00, bank="100-1010", office="ANNEX", bag="B2"))
    for each in (till, other):
        posted(books, key, each)
    with books.reading() as connection:
        bai2, _ = write_bank_files(connection, tmp_path / "bank", date.fromisoformat(DAY))
    statement = read_bank_file(bai2.read_bytes())
    assert statement.accounts == ("4410", "4420")
    says = [(line.account, line.cents, line.code) for line in statement.lines]
    assert says == [
        (account, *each) for account in statement.accounts for each in ((50_00, "301"), (-FEE_CENTS, "698"))
    ]
    assert [each.closed for each in statement.balances] == [OPENED_CENTS + 50_00 - FEE_CENTS] * 2
    act(books, key, take_in, bai2.name, bai2.read_bytes(), by="dee", biz_date=DAY, id_=new_id())
    what = found(books, key)
    assert sorted((pair.deposit.account, pair.deposit.bag, pair.confidence) for pair in what) == [
        ("100-1005", "B1", 100),
        ("100-1010", "B2", 100),
    ]
