"""The public page: what it tells about a receipt, to whom, and how little it lets in and out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient

from countertui.domain.city import rules_to_json
from countertui.domain.records import Kind
from countertui.ledger.books import Books
from countertui.ledger.ingest import ingest
from countertui.ledger.returned_checks import return_check
from countertui.ledger.server import app
from countertui.sync.certificate import certify
from countertui.sync.claim import sign_claim
from countertui.sync.keyslots import Secrets
from ledger.at_the_desk import act, new_id, rules_are
from ledger.test_money_at_the_bank import BANKED
from ledger.town import DAY, NOW, Till, allocation, line


@pytest.fixture
def api(books: Books, key: Ed25519PrivateKey) -> TestClient:
    return TestClient(app(books, Secrets(key, bytes(32), bytes(32)), lambda: NOW))


def claim_of(till: Till, taken: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "terminal": taken["terminal"],
        "epoch": taken["epoch"],
        "seq": taken["seq"],
        "receipt_no": taken["receipt_no"],
        "biz_date": taken["biz_date"],
        "total_cents": taken["data"]["total_cents"],
        "h": till.all[taken["id"]][1].hex(),
    } | changes


def told(api: TestClient, code: str) -> str:
    answer = api.post("/receipt", data={"code": code})
    assert answer.status_code == 200
    shown = re.search(r"<section.*</section>", answer.text, re.DOTALL)
    assert shown is not None
    return " ".join(re.sub("<[^>]+>", " ", shown[0]).split())


def offer(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    envelope = till.seal()
    ingest(books, key, envelope, till.identity.terminal, till.identity.epoch, till.batch_no, NOW)


def copies(till: Till, n: int = 1) -> dict[str, Any]:
    return till.pay(line(None, allocation(None, "100-4410", 25 * n)))


def test_a_posted_receipt(api: TestClient, books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = copies(till, 9)
    offer(books, key, till)
    certificate = certify("T1", 1, till.identity.public_key, key)
    for vouched in (None, certificate):
        for address in ("", "https://pay.littleton.example/receipt"):
            code = sign_claim(claim_of(till, taken), till.key, vouched, address)
            assert told(api, code) == (
                "This receipt is valid The payment is in the city's books. Compare the details with your paper."
                " Office City Hall, terminal T1 Receipt T1-1 Business date 11/23/2026 Total $2.25 Posted yes Voided no"
            )


def test_voided_and_refunded_receipts_say_so(api: TestClient, books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    void, refund = copies(till), copies(till)
    till.void(void, till.ask(Kind.VOID_REQUEST, void)["seq"])
    till.close(200_25, 200_25)
    till.refund(refund, till.ask(Kind.REFUND_REQUEST, refund)["seq"])
    offer(books, key, till)
    assert "This receipt was voided" in told(api, sign_claim(claim_of(till, void), till.key))
    said = told(api, sign_claim(claim_of(till, refund), till.key))
    assert "This receipt was refunded" in said
    assert "Voided yes, refunded" in said


@pytest.mark.parametrize(
    ("check", "cash", "head", "row"),
    [
        (2_25, 0, "The check that paid this receipt came back unpaid", "Came back unpaid $2.25"),
        (1_00, 1_25, "A part of this receipt was not paid: its check came back", "Came back unpaid $1.00"),
    ],
)
def test_a_receipt_whose_check_came_back_was_not_voided(
    api: TestClient, books: Books, key: Ed25519PrivateKey, till: Till, check: int, cash: int, head: str, row: str
) -> None:
    rules_are(books, rules_to_json(BANKED))
    tenders = [("check", check, "A"), ("cash", cash)] if cash else [("check", check, "A")]
    taken = till.pay(line(None, allocation(None, "100-4410", 2_25)), tenders=tenders)
    offer(books, key, till)
    act(books, key, return_check, "T1-1", "A", by="dee", second="bo", reason="NSF", biz_date=DAY, id_=new_id())
    said = told(api, sign_claim(claim_of(till, taken), till.key))
    assert said.startswith(head)
    assert said.endswith(f"Posted yes Voided no {row}")


def test_a_receipt_that_has_not_come_yet_and_one_that_is_held(
    api: TestClient, books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    code = sign_claim(claim_of(till, copies(till)), till.key)
    said = told(api, code)
    assert "valid" in said
    assert "not sent it in yet" in said
    assert "Posted no" in said
    ingest(books, key, till.seal({"net": 1}), "T1", 1, 1, NOW)
    said = told(api, code)
    assert "not in the books yet" in said
    assert "Posted no" in said


def test_forgeries_are_refused(api: TestClient, books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = copies(till)
    offer(books, key, till)
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    good = sign_claim(claim_of(till, taken), till.key)
    for code in (
        sign_claim(claim_of(till, taken), stranger),
        sign_claim(claim_of(till, taken, terminal="T9"), till.key),
        sign_claim(claim_of(till, taken, total_cents=1_000_000), till.key),  # its own key, and yet not what was taken
        sign_claim(claim_of(till, taken, receipt_no="T1-2"), till.key),
        good[:-1],
        good.replace("CTUI1:", "CTUI2:"),
        "",
        "T1-1",
        "<script>alert(1)</script>",
    ):
        said = told(api, code)
        assert said.startswith("Not a valid receipt"), code
        assert "Total" not in said


def test_the_page_says_nothing_more_lets_nothing_in_and_keeps_nothing(
    api: TestClient, books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    taken = till.pay(line("U1", allocation("C1", "510-4310", 20_00)))
    offer(books, key, till)
    asked, answered = (
        api.get("/receipt"),
        api.post("/receipt", data={"code": sign_claim(claim_of(till, taken), till.key)}),
    )
    for each in (asked, answered):
        assert each.headers["content-type"] == "text/html; charset=utf-8"
        assert each.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in each.headers["content-security-policy"]
        assert each.headers["cache-control"] == "no-store"
        assert each.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in each.headers
        assert not re.search(r"(src|href)=", each.text)
    for hidden in ("SMITH", "U1", "ann", "Somebody", "cash", till.all[taken["id"]][1].hex()):
        assert hidden not in answered.text
    assert "<script>alert" not in api.post("/receipt", data={"code": "<script>alert(1)</script>"}).text
    assert api.post("/receipt", content=b"\xff" * 9000).status_code == 413
    for body in (b"", b"\xff", b"code=%ff", b"a=1&" * 50, b"code"):
        assert "Not a valid receipt" in api.post("/receipt", content=body).text
