"""Trust deposits where checks come back and refunds are owed: none below zero, every refund in a file for payables."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.payables_export import waiting
from countertui.ledger.trust import OVERDRAWN
from ledger.test_checks_returned import OWED, came_back, check
from ledger.test_payables import exported, lines
from ledger.test_posting import asked, balances, items, posted
from ledger.test_trust import SUSPENSE, asks_back, drawn, gives_back, held, received, two_tills, water, with_deposit
from ledger.town import Till

NO_FEE = {"fee_cents": 0, "fee_gl": "", "account": "TD-1"}


def deposited(books: Books, *, in_cash: bool = False) -> tuple[Till, dict[str, object]]:
    with_deposit(books)
    till, _ = two_tills(books)
    tender = ("cash", 300_00) if in_cash else ("check", 300_00, "11")
    return till, till.pay(received(300_00), tenders=[tender])


def test_a_check_that_paid_into_a_deposit_is_taken_out_again(books: Books, key: Ed25519PrivateKey) -> None:
    till, taken = deposited(books)
    came_back(till, check(taken, "11", 300_00, till, **NO_FEE))
    posted(books, key, till)
    assert (held(books), balances(books), items(books)) == (0, {}, [])
    assert asked(books, "SELECT what, cents FROM trust_move ORDER BY seq") == [
        ("received", 300_00),
        ("returned", -300_00),
    ]
    assert fsck(books).differences == ()


def test_what_was_drawn_in_the_same_batch_is_borne_by_suspense(books: Books, key: Ed25519PrivateKey) -> None:
    till, taken = deposited(books)
    till.pay(water(50_00), drawn(50_00), tenders=[])
    came_back(till, check(taken, "11", 300_00, till, **NO_FEE))
    posted(books, key, till)
    assert held(books) == 250_00
    assert items(books) == [(OVERDRAWN, -300_00)]
    assert balances(books)[SUSPENSE] == 300_00
    assert fsck(books).differences == ()


def test_a_deposit_given_back_is_a_payable_in_the_next_file(books: Books, key: Ed25519PrivateKey) -> None:
    till, _ = deposited(books, in_cash=True)
    gives_back(till, asks_back(till, 100_00))
    posted(books, key, till)
    with books.reading() as connection:
        (row,) = waiting(connection)
    assert (row["kind"], row["reference"], row["payee"]) == ("trust_refund", "TD-1", "SMITH, JOHN - Plan deposit")
    assert (row["address"], row["cents"]) == ("1 Elm St", 100_00)
    assert balances(books)[OWED] == -100_00
    assert [row[2] for row in lines(exported(books, key))[1:]] == ["trust_refund", ""]
    assert fsck(books).differences == ()
