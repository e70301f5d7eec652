"""The same account paid at two offices while both were offline becomes a visible credit, not an error."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import NEW, ingest
from countertui.ledger.register import register_terminal
from countertui.ledger.status import status
from ledger.town import NOW, Till, allocation, founded, ledger_key, line


def office(books: Books, code: str) -> Till:
    till = Till(books, code)
    register_terminal(books, ledger_key(books), code, "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1", operator="ann")
    return till


def paid_off(till: Till) -> None:
    """Charge C3 of account U2, 70.00, paid in full as every snapshot shows it."""
    till.pay(line("U2", allocation("C3", "510-4310", 70_00)))


def owed(books: Books, account: str) -> dict[str, int]:
    charge = tables.reference["charge"]
    with books.reading() as connection:
        rows = connection.execute(select(charge.c.id, charge.c.balance_cents).where(charge.c.account == account))
        return {row.id: row.balance_cents for row in rows}


def test_two_offices_offline_take_the_same_account_and_it_shows_a_credit(tmp_path: Path) -> None:
    books = founded(tmp_path / "ledger")
    tills = [office(books, "T1"), office(books, "T2")]
    for till in tills:
        paid_off(till)
    for till in reversed(tills):
        assert ingest(books, ledger_key(books), till.seal(), till.identity.terminal, 1, 1, NOW).status == NEW
    assert sum(owed(books, "U2").values()) == -70_00, "what was paid too much is the account's, and seen to be"
    assert [each for each in status(books)["error_items"] if each["cents"]] == []
    assert status(books)["out_of_balance"] == {}
    assert {each["posted_cents"] for each in status(books)["terminals"]} == {70_00}
    assert fsck(books).differences == ()
    books.close()
