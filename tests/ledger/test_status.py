import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ledger.books import Books
from countertui.ledger.ingest import ingest
from countertui.ledger.publish import publish
from countertui.ledger.status import as_lines, status
from ledger.town import NOW, Till, allocation, line


def test_how_the_ledger_stands(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    publish(books, key, NOW)
    taken = till.pay(line("U1", allocation("C1", "510-4310", 20_00)))
    till.pay(line("U1", allocation("C9", "510-4310", 1_00)), biz_date="2026-11-24")
    till.void(taken, approver="ann")
    assert ingest(books, key, till.seal(), "T1", 1, 1, NOW).status == 201
    till.pay(line("U2", allocation("C3", "510-4310", 5_00)))
    assert ingest(books, key, till.seal(totals={"net": 1}), "T1", 1, 2, NOW).status == 202
    other = Till(books, "T2").registered(books)
    assert ingest(books, key, b"nonsense", "T2", 1, 1, NOW).status == 422

    found = status(books)
    assert json.loads(json.dumps(found)) == found
    one, two = found["terminals"]
    assert {name: one[name] for name in ("batch_no", "last_seq", "posted_no", "posted_seq", "receipts")} == {
        "batch_no": 2,
        "last_seq": 6,
        "posted_no": 1,
        "posted_seq": 4,
        "receipts": 2,
    }
    assert (one["posted_cents"], one["difference_cents"]) == (1_00, 5_00)
    assert (one["error_items"], one["suspense_cents"]) == (2, 1_00 - 20_00)
    assert [held["no"] for held in one["held"]] == [2]
    assert (two["terminal"], two["batch_no"], two["difference_cents"]) == (other.identity.terminal, 0, 0)
    assert found["days"] == [
        {"biz_date": "2026-11-23", "receipts": 1, "net_cents": 0},
        {"biz_date": "2026-11-24", "receipts": 1, "net_cents": 1_00},
    ]
    assert [item["reason"] for item in found["error_items"]] == ["unknown-charge", "self-approval"]
    assert found["inbox"] == {"malformed": 1}
    assert found["snapshot"] == 1
    text = "\n".join(as_lines(found))
    assert "posted 1.00, difference 5.00" in text
    assert "Batch 2 is held: Totals" in text


def test_an_empty_ledger(books: Books) -> None:
    found = status(books)
    assert (found["terminals"], found["days"], found["snapshot"]) == ([], [], None)
    assert as_lines(found) == [f"Ledger {books.ledger}, no snapshot yet"]
