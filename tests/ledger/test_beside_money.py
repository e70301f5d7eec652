"""Records of what a counter did beside taking money: kept with their batch, posted as nothing, the same for fsck."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.record_data import EndorseAgainData, NoSaleData, OriginalData
from countertui.domain.records import Kind
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from ledger.test_ingest import asked
from ledger.test_posting import balances
from ledger.town import NOW, Till, line
from ledger.town import allocation as to


def test_a_drawer_opened_and_a_check_endorsed_again_post_nothing(books: Books, key: Ed25519PrivateKey) -> None:
    till = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1")
    taken = till.pay(line(None, to(None, "100-4410", 3_00)))
    till.record(Kind.NO_SALE, dict(NoSaleData(drawer="D1", reason="change for a twenty")))
    original = OriginalData(**till.original(taken))  # type: ignore[typeddict-item]
    again = EndorseAgainData(original=original, check="Check 1041 of 3.00", copy=1, reason="smudged")
    till.record(Kind.ENDORSE_AGAIN, dict(again))
    answer = ingest(books, key, till.seal(), till.identity.terminal, 1, till.batch_no, NOW)
    assert answer.status == 201, answer.body
    kinds = [row[0] for row in asked(books, "SELECT kind FROM record WHERE terminal = 'T1' ORDER BY seq")]
    assert {"no_sale", "endorse_again"} <= set(kinds)
    assert asked(books, "SELECT COUNT(*) FROM error_item") == [(0,)]
    assert balances(books) == {("100", "100-1020"): 3_00, ("100", "100-4410"): -3_00}
    assert fsck(books).differences == ()
