"""A deposit drawn on at two offices that were both offline, and what each of them sees of it afterwards."""

from __future__ import annotations

from pathlib import Path

from counter.test_trust import drawn_for, owed_line, pair
from counter_station import at_work, new_folder, on, pay, run_here
from countertui.counter.find import open_account, put_on_account, with_amount
from countertui.counter.receivables import apply_credit, receivable, unapplied
from countertui.counter.seal_batch import seal_batch
from countertui.counter.send_batches import send_batches
from countertui.counter.statements import statement_text
from countertui.counter.take_snapshot import take_snapshot
from countertui.counter.trust import deposit_of
from countertui.counter.trust_refunds import approve_trust_refund, ask_trust_refund
from countertui.demo.passphrase import PASSPHRASE
from countertui.domain.money import Cents
from countertui.ledger import corrections
from countertui.ledger.answers import NEW
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.keys import open_key
from countertui.ledger.publish import publish
from countertui.ledger.status import status
from failure_matrix.city_ledger import at_counter, serving
from ledger.town import NOW, Till, allocation, line


def elsewhere(books: Books) -> Till:
    till = Till(books, "T7")
    public_key = till.identity.public_key
    register_terminal(books, open_key(books.folder, PASSPHRASE), "T7", "HALL", 1, public_key, now=NOW)
    till.drawers = {"S1": "D2"}
    till.open("S1", operator="rosa")
    return till


def sent_and_taken(station, books: Books, version: int) -> None:
    """What was recorded here is posted, and the next snapshot is in use."""
    seal_batch(station, on(station, "rosa"))
    assert [sent.state for sent in send_batches(station, run_here(station))][-1] == "posted"
    publish(books, open_key(books.folder, PASSPHRASE), NOW)
    assert take_snapshot(station, run_here(station), lambda _table, _rows: None) == version


def test_two_offices_draw_a_deposit_below_zero_and_the_ledger_says_so(tmp_path: Path) -> None:
    folder = new_folder(tmp_path, with_ledger=True)
    with serving(folder / "ledger") as (books, url), at_counter(folder, url) as station:
        number, _, owed = pair()
        _, session = at_work(station)
        had = deposit_of(station, station.db, number).held
        there = elsewhere(books)
        part = allocation(None, "800-2810", -had) | {"head": "drawn"}
        held = line(number, part) | {"account_kind": "trust"}
        there.pay(line(None, allocation(None, "100-4410", had)), held, tenders=(), operator="rosa", approver="lena")
        drawn_for(station, session, owed_line(station))  # neither knows of the other
        assert ingest(books, open_key(books.folder, PASSPHRASE), there.seal(), "T7", 1, 1, NOW).status == NEW
        sent_and_taken(station, books, 2)
        with books.reading() as connection:
            (item,) = [each for each in corrections.open_items(connection) if each["cents"]]
        assert (item["reason"], item["cents"], item["terminal"]) == ("overdrawn", -owed, "T1")
        assert status(books)["out_of_balance"] == {}
        now = deposit_of(station, station.db, number)
        assert (now.held, now.available) == (0, 0)
        assert not open_account(station, pair()[1]).amount, "what was paid for stays paid"
        text = "\n".join(statement_text(station, number))
        assert "Drawn T7-1" in text
        assert "Drawn T1-1" not in text
        assert fsck(books).differences == ()


def test_what_is_given_back_and_applied_comes_back_with_the_next_data(tmp_path: Path) -> None:
    folder = new_folder(tmp_path, with_ledger=True)
    with serving(folder / "ledger") as (books, url), at_counter(folder, url) as station:
        rosa, session = at_work(station)
        lena = on(station, "lena")
        number = next(
            row.number
            for row in station.reference.trust.deposits()
            if (row.release_on or "") <= "2026-11-23" and deposit_of(station, station.db, row.number).held
        )
        had = deposit_of(station, station.db, number).held
        ask_trust_refund(station, rosa, number, Cents(100_00), "Done", session)
        seq = station.store.tip()[0]
        approve_trust_refund(station, lena, seq, session)
        customer = next(
            one
            for one in (receivable(station, station.db, f"AR-{n}") for n in range(1001, 1100))
            if len(one.invoices) > 1
        )
        invoice = customer.invoices[0]
        pay(station, session, put_on_account(with_amount(open_account(station, customer.account), invoice.balance)))
        apply_credit(station, session, customer.account, [invoice.id])
        pay(station, session, put_on_account(with_amount(open_account(station, customer.account), Cents(7_00))))
        before = receivable(station, station.db, customer.account), deposit_of(station, station.db, number)
        sent_and_taken(station, books, 2)
        assert status(books)["error_items"] == []
        now = receivable(station, station.db, customer.account), deposit_of(station, station.db, number)
        assert now == before
        assert (now[0].credit, now[1].held) == (7_00, had - 100_00)
        assert invoice.id not in {each.id for each in now[0].invoices}
        assert [one.account for one in unapplied(station)] == [customer.account]
        (credit,) = open_account(station, number).charges  # the one it came with and the ledger's, in one
        assert (credit.head, credit.balance) == ("credit", 100_00 - had)
        assert "Refunded" in "\n".join(statement_text(station, number))
        assert fsck(books).differences == ()
