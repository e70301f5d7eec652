"""The public page about licenses: what it tells whoever is shown a certificate, and what it keeps to itself."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient

from countertui.demo.city import LICENSES
from countertui.domain.reference import CityKey
from countertui.ledger.books import Books
from countertui.ledger.server import app
from countertui.sync.certificate import certify
from countertui.sync.claim import RECEIPT
from countertui.sync.keyslots import Secrets
from countertui.sync.license_claim import CERTIFICATE
from ledger.test_ingest import asked
from ledger.test_licenses import NUMBER, TACOS, act, paid, walk_in
from ledger.test_overpaid import registered, two_tills
from ledger.test_posting import posted
from ledger.town import NOW, Till, brought

PRINTED = {"begins": "2026-01-01", "ends": "2026-12-31", "copy": 1}


@pytest.fixture
def tills(books: Books) -> tuple[Till, Till]:
    registered(books)
    return two_tills(books)


@pytest.fixture
def api(books: Books, key: Ed25519PrivateKey) -> TestClient:
    return TestClient(app(books, Secrets(key, bytes(32), bytes(32)), lambda: NOW))


def issued(till: Till) -> dict[str, Any]:
    """A license with its fee paid, issued; gives the act's record."""
    was = walk_in(till, issue=False)
    paid(till)
    return act(till, NUMBER, was, "issue", {"printed": PRINTED}, operator="ann")


def code_of(till: Till, key: Ed25519PrivateKey, record: dict[str, Any], **changes: Any) -> str:
    claim = {name: record[name] for name in ("terminal", "epoch", "seq")}
    claim |= {"number": NUMBER, "business": TACOS["business"], "license_class": TACOS["license_class"], **PRINTED}
    claim |= {"h": till.all[record["id"]][1].hex()} | changes
    return CERTIFICATE.sign(claim, till.key, certify("T1", 1, till.identity.public_key, key))


def told(api: TestClient, code: str) -> str:
    answer = api.post("/license", data={"code": code})
    assert answer.status_code == 200
    shown = re.search(r"<section.*</section>", answer.text, re.DOTALL)
    assert shown is not None
    return " ".join(re.sub("<[^>]+>", " ", shown[0]).replace("&#x27;", "'").split())


def test_a_license_in_force_is_valid_and_nothing_personal_is_told(
    api: TestClient, books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    record = issued(tills[0])
    code = code_of(tills[0], key, record)
    before = told(api, code)
    assert "This certificate is valid" in before
    assert "not sent it in yet" in before
    posted(books, key, tills[0])
    assert told(api, code) == (
        "This certificate is valid The license is in force until 12/31/2026. License T1-L1 Business Ana's Tacos"
        " Class FOODTRUCK Term 01/01/2026 to 12/31/2026 Standing valid Issued at City Hall"
    )
    assert TACOS["premises"] not in api.post("/license", data={"code": code}).text


@pytest.mark.parametrize(
    ("step", "says", "so"),
    [
        ("suspend", {}, "This license is suspended"),
        ("revoke", {}, "This license is revoked"),
        ("close", {}, "This license is closed"),
        ("amend", {"business": "Bo's Tacos"}, "This certificate was replaced"),
        ("transfer", {"owners": [{"name": "Bo Moss", "role": ""}]}, "This certificate was replaced on 11/23/2026"),
        ("move", {"premises": "9 Oak St", "reviews": {"zoning": "open"}}, "This license is not in force"),
    ],
)
def test_what_became_of_it_since_is_told(
    api: TestClient,
    books: Books,
    key: Ed25519PrivateKey,
    tills: tuple[Till, Till],
    step: str,
    says: dict[str, Any],
    so: str,
) -> None:
    record = issued(tills[0])
    act(tills[0], NUMBER, record["id"], step, says)
    posted(books, key, tills[0])
    assert told(api, code_of(tills[0], key, record)).startswith(so)


def test_the_certificate_of_the_owner_before_is_replaced_and_the_new_owners_is_not(
    api: TestClient, books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    first = issued(tills[0])
    sold = act(tills[0], NUMBER, first["id"], "transfer", {"owners": [{"name": "Bo Moss", "role": ""}]})
    printed = {**PRINTED, "copy": 2}
    second = act(tills[0], NUMBER, sold["id"], "replace", {"printed": printed})
    posted(books, key, tills[0])
    assert told(api, code_of(tills[0], key, first)) == (
        "This certificate was replaced on 11/23/2026 The license has another owner since: ask for the newer one."
        " License T1-L1 Business Ana's Tacos Class FOODTRUCK Term 01/01/2026 to 12/31/2026 Standing replaced"
        " Issued at City Hall"
    )
    assert told(api, code_of(tills[0], key, second, **printed)).startswith("This certificate is valid")
    h = tills[0].all[first["id"]][1].hex()
    said = api.get(f"/v1/claims/T1/1/{first['seq']}/{h}").json()["license"]
    assert (said["status"], said["replaced"]) == ("issued", {"since": "owner", "on": "2026-11-23"})


def test_a_fee_that_was_taken_back_takes_the_license_out_of_force(
    api: TestClient, books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    was = walk_in(tills[0], issue=False)
    receipt = paid(tills[0])
    record = act(tills[0], NUMBER, was, "issue", {"printed": PRINTED}, operator="ann")
    tills[0].void(receipt)
    posted(books, key, tills[0])
    assert told(api, code_of(tills[0], key, record)).startswith("This license is not in force")


def test_forgeries_and_other_papers_are_refused(
    api: TestClient, books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    record = issued(tills[0])
    posted(books, key, tills[0])
    good = code_of(tills[0], key, record)
    for code in (
        good[:-4] + "0000",
        code_of(tills[0], key, record, copy=2),
        code_of(tills[0], key, record, ends="2099-12-31"),
        code_of(tills[0], key, record, number="T1-L9"),
        code_of(tills[0], key, record, ends="2026-02-30"),
        "",
        "T1-L1",
    ):
        assert told(api, code).startswith("Not a valid license"), code
    assert "no code of a receipt" in api.post("/receipt", data={"code": good}).text
    assert RECEIPT.plain not in good


def test_the_class_is_named_in_the_citys_words(
    api: TestClient, books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    brought(books, "city", [(CityKey.LICENSES.value, json.dumps(LICENSES.read_text(encoding="utf-8")))])
    assert "Class Mobile food vendor Term" in told(api, code_of(tills[0], key, issued(tills[0])))


def test_what_is_advised_can_be_done_at_a_phone(
    api: TestClient, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    code = code_of(tills[0], key, issued(tills[0]))
    advice = "Scan its square code again and paste all of its text here."
    assert told(api, "12") == f"Not a valid license This is no code of a certificate. {advice}"
    assert told(api, code[:-4] + "0000").endswith((advice, "Ask at the city's counter."))


def test_the_page_asks_without_anything_from_elsewhere(api: TestClient) -> None:
    answer = api.get("/license")
    assert 'action="license"' in answer.text
    assert "Check a license" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_program_is_told_the_license_with_the_proof_of_the_record(
    api: TestClient, books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    record = issued(tills[0])
    posted(books, key, tills[0])
    h = tills[0].all[record["id"]][1].hex()
    said = api.get(f"/v1/claims/T1/1/{record['seq']}/{h}").json()
    assert said["license"] == {
        "status": "issued",
        "expires_on": "2026-12-31",
        "business": "Ana's Tacos",
        "license_class": "FOODTRUCK",
        "replaced": None,
    }
    assert said["proof"]
    assert asked(books, "SELECT COUNT(*) FROM error_item") == [(0,)]
