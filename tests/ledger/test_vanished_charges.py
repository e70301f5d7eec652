"""A charge that is gone from the books: nothing is paid onto it, and nobody is told that it was."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from countertui.domain.city import rules_to_json
from countertui.domain.desk_records import DeskKind
from countertui.ledger.books import Books
from countertui.ledger.post_batch import ChargeGoneError, pay_charges
from countertui.ledger.returned_checks import return_check
from ledger.at_the_desk import act, hire, new_id, rules_are, stepped
from ledger.test_batch_states import states
from ledger.test_ingest import acked, asked, put
from ledger.test_money_at_the_bank import BANKED
from ledger.test_posting import balances, posted
from ledger.town import DAY, Till, allocation, line

WATER = line("U1", allocation("C1", "510-4310", 50_00))


def gone(books: Books) -> None:
    with books.writing() as connection:
        connection.execute(text("DELETE FROM charge WHERE id = 'C1'"))


def test_nothing_is_paid_onto_a_charge_that_is_not_there(books: Books) -> None:
    with books.writing() as connection, pytest.raises(ChargeGoneError, match="of 2 charges"):
        pay_charges(connection, {"C2": 1_00, "NOWHERE": 50_00}, 2)


def test_a_batch_that_takes_money_back_from_it_is_held(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    hire(books, "fay", "technician")
    taken = till.pay(WATER)
    posted(books, key, till)
    before = balances(books)
    gone(books)
    till.void(taken)
    ack = acked(key, till, put(books, key, till, till.seal()))
    assert ack.status == "held"
    assert "gone from the books" in ack.reasons[0]
    stepped(books, key, till, DeskKind.BATCH_RELEASE, 2, "dee", "Whole")
    with pytest.raises(ChargeGoneError):
        stepped(books, key, till, DeskKind.BATCH_POST, 2, "fay")
    assert states(books) == [(1, "posted"), (2, "released")]
    assert balances(books) == before


def test_a_returned_check_does_not_put_it_back_unseen(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    rules_are(books, rules_to_json(BANKED))
    till.pay(WATER, tenders=[("check", 50_00, "A")])
    posted(books, key, till)
    gone(books)
    with pytest.raises(ChargeGoneError):
        act(books, key, return_check, "T1-1", "A", by="dee", second="bo", reason="NSF", biz_date=DAY, id_=new_id())
    assert asked(books, "SELECT count(*) FROM returned") == [(0,)]
