import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ledger.books import Books
from countertui.ledger.ingest import ingest
from countertui.ledger.publish import publish
from countertui.ledger.status import as_lines, status
from ledger.town import NOW, Till, allocation, line


def test_how_the_ledger_stands(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    publish(books, key, NOW)
    till.open("S2", biz_date="2026-11-24")
    taken = till.pay(line("U1", allocation("C1", "510-4310", 20_00)))
    till.pay(line("U1", allocation("C9", "510-4310", 1_00)), biz_date="2026-11-24", session="S2")
    till.void(taken, approver="ann")
    assert ingest(books, key, till.seal(), "T1", 1, 1, NOW).status == 201
    till.pay(line("U2", allocation("C3", "510-4310", 5_00)))
    assert ingest(books, key, till.seal(totals={"net": 1}), "T1", 1, 2, NOW).status == 202
    other = Till(books, "T2").registered(books)
    assert ingest(books, key, b"nonsense", "T2", 1, 1, NOW).status == 422

    found = status(books)
    assert json.loads(json.dumps(found)) == found
    one, two = found["terminals"]
    assert {name: one[name] for name in ("batches", "records", "posted", "held", "receipts", "office")} == {
        "batches": 2,
        "records": 7,
        "posted": 1,
        "held": 1,
        "receipts": 2,
        "office": "HALL",
    }
    assert (one["posted_cents"], one["difference_cents"]) == (1_00, 5_00)
    assert (one["error_items"], one["suspense_cents"]) == (2, 1_00 - 20_00)
    assert [(held["terminal"], held["no"]) for held in found["held"]] == [("T1", 2)]
    assert (two["terminal"], two["batches"], two["difference_cents"]) == (other.identity.terminal, 0, 0)
    assert found["days"] == [
        {"biz_date": "2026-11-24", "terminal": "T1", "receipts": 1, "net_cents": 1_00},
        {"biz_date": "2026-11-23", "terminal": "T1", "receipts": 1, "net_cents": 0},
    ]
    assert [item["reason"] for item in found["error_items"]] == ["unknown-charge", "self-approval"]
    assert (found["inbox"], found["out_of_balance"], found["snapshot"]) == ({"malformed": 1}, {}, 1)
    text = "\n".join(as_lines(found))
    assert "1 receipt, net 1.00" in text
    assert "posted 1.00, difference 5.00" in text
    assert "batches 2, posted 1, held 1, records 7" in text
    assert "HELD T1/1 batch 2: Totals" in text
    with books.writing() as connection:
        connection.exec_driver_sql("UPDATE gl_balance SET cents = cents + 1 WHERE account = '510-4310'")
    assert status(books)["out_of_balance"] == {"510": 1}


def test_an_empty_ledger(books: Books) -> None:
    found = status(books)
    assert (found["terminals"], found["days"], found["snapshot"]) == ([], [], None)
    assert as_lines(found) == [f"Ledger {books.ledger}, snapshot none"]
