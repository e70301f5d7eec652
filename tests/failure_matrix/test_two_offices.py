"""The same account paid at two offices while both were offline becomes a visible credit, not an error."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from counter_station import at_work, new_folder, on, owing, pay, run_here
from countertui.counter.balances import open_charges
from countertui.counter.find import find, open_account
from countertui.counter.seal_batch import seal_batch
from countertui.counter.send_batches import send_batches
from countertui.counter.take_snapshot import take_snapshot
from countertui.demo.passphrase import PASSPHRASE
from countertui.domain.charges import allocate
from countertui.ledger import tables
from countertui.ledger.answers import NEW
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.keys import open_key
from countertui.ledger.publish import publish
from countertui.ledger.status import status
from countertui.screens.payment_words import draw_found, nothing_owed
from failure_matrix.city_ledger import at_counter, serving
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
    assert owed(books, "U2") == {"C3": 0, "CR-U2": -70_00}, "what was paid too much is the account's, and seen to be"
    assert [each for each in status(books)["error_items"] if each["cents"]] == []
    assert status(books)["out_of_balance"] == {}
    assert {each["posted_cents"] for each in status(books)["terminals"]} == {70_00}
    assert fsck(books).differences == ()
    books.close()


def test_the_same_account_paid_at_two_offices_becomes_a_visible_credit(tmp_path: Path) -> None:
    """From two counters that are offline, through the ledger and its next snapshot, to what a cashier sees."""
    folder = new_folder(tmp_path, with_ledger=True)
    with serving(folder / "ledger") as (books, url), at_counter(folder, url) as station:
        key, account = open_key(books.folder, PASSPHRASE), owing()[0]
        here = open_account(station, account)
        pay(station, at_work(station)[1], here)
        elsewhere = Till(books, "T7")
        register_terminal(books, key, "T7", "HALL", 1, elsewhere.identity.public_key, now=NOW)
        elsewhere.drawers = {"S1": "D2"}
        elsewhere.open("S1", operator="rosa")
        order, taken = station.rules.order, here.amount
        parts = allocate(taken, here.charges, order, here.credit_gl)
        shares = [allocation(each.charge, each.gl, each.cents) for each in parts]
        elsewhere.pay(line(account, *shares), operator="rosa")
        assert ingest(books, key, elsewhere.seal(), "T7", 1, 1, NOW).status == NEW
        seal_batch(station, on(station, "rosa"))
        assert [sent.state for sent in send_batches(station, run_here(station))] == ["posted"]
        assert status(books)["error_items"] == []
        publish(books, key, NOW)
        assert take_snapshot(station, run_here(station), lambda _table, _rows: None) == 2
        (credit,) = open_charges(station, station.reader, account, here.credit_gl)
        assert (credit.description, credit.gl, credit.balance) == ("Credit on account", here.credit_gl, -taken)
        found = find(station, account)[0]
        assert found.due_cents == -taken
        shown = f"{taken // 100:,}.{taken % 100:02}"
        assert "".join(text for text, _ in draw_found(found, 100)).endswith(f" {shown} CR")
        assert nothing_owed(open_account(station, account)) == f"Nothing is owed there: it has a credit of {shown}."
        assert fsck(books).differences == ()
