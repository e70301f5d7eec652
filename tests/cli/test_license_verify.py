"""`countertui license verify` and `license certificate`: by the ledger's key alone, by a folder, against a ledger."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cli_city import run
from countertui.documents.license_papers import Certificate, certificate_pdf
from countertui.domain.license_papers import certificate_number, newest_paper
from countertui.ledger.books import Books
from countertui.ledger.server import app
from countertui.sync.certificate import certify
from countertui.sync.keyslots import Secrets
from countertui.sync.license_claim import CERTIFICATE
from ledger.test_licenses import NUMBER, TACOS, act, paid, walk_in
from ledger.test_posting import posted
from ledger.town import NOW, Till, founded, ledger_key
from on_loopback import served

PRINTED = {"begins": "2026-01-01", "ends": "2026-12-31", "copy": 1}
Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    opened = founded(tmp_path / "ledger")
    yield opened
    opened.close()


@pytest.fixture
def key(books: Books) -> Ed25519PrivateKey:
    return ledger_key(books)


@pytest.fixture
def hex_key(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


@pytest.fixture
def till(books: Books) -> Till:
    return Till(books).registered(books)


@pytest.fixture
def asked(tmp_path: Path) -> Ask:
    """Runs the command; gives its exit status and what it said."""

    def ask(*arguments: str) -> tuple[int, str]:
        said = run("license", "verify", *arguments, home=tmp_path)
        return said.status, said.out + said.err

    return ask


def issued(till: Till) -> dict[str, Any]:
    was = walk_in(till, issue=False)
    paid(till)
    return act(till, NUMBER, was, "issue", {"printed": PRINTED}, operator="ann")


def code_of(till: Till, key: Ed25519PrivateKey, record: dict[str, Any]) -> str:
    claim = {name: record[name] for name in ("terminal", "epoch", "seq")}
    claim |= {"number": NUMBER, "business": TACOS["business"], "license_class": TACOS["license_class"], **PRINTED}
    claim |= {"h": till.all[record["id"]][1].hex()}
    return CERTIFICATE.sign(claim, till.key, certify("T1", 1, till.identity.public_key, key))


def test_offline_it_says_what_the_code_proves_and_whether_its_term_is_over(
    asked: Ask, till: Till, key: Ed25519PrivateKey, hex_key: str, tmp_path: Path
) -> None:
    code = code_of(till, key, issued(till))
    status, said = asked(code, "--ledger-key", hex_key, "--on", "2026-06-01")
    assert (status, "By the code alone, on 2026-06-01: This certificate is valid." in said) == (0, True)
    assert "does not prove: owner and premises" in said
    status, said = asked(code, "--ledger-key", hex_key, "--on", "2027-01-01")
    assert (status, "has expired" in said) == (1, True)
    (tmp_path / "code.txt").write_text(code[:100] + "\n" + code[100:], encoding="utf-8")
    status, said = asked(str(tmp_path / "code.txt"), "--ledger-key", hex_key, "--on", "2027-01-01", "--json")
    told = json.loads(said)
    assert (status, told["ok"], told["standing"], told["by"]) == (1, False, "expired", "code")
    assert told["claim"]["number"] == NUMBER


def test_the_certificates_own_file_is_read_from_its_data(
    asked: Ask, till: Till, key: Ed25519PrivateKey, hex_key: str, tmp_path: Path
) -> None:
    code = code_of(till, key, issued(till))
    certificate = Certificate(
        *("demo", "Alder Ford", NUMBER, "Ana's Tacos", "Ana Ruiz", ("5 Elm St",), "Food truck"),
        *("2026-01-01", "2026-12-31", "2026-01-02", code),
    )
    written = certificate_pdf(certificate, made_at=1_767_225_600)
    path = tmp_path / "certificate.pdf"
    path.write_bytes(written)
    status, said = asked(str(path), "--ledger-key", hex_key, "--on", "2026-06-01")
    assert (status, f"{NUMBER}  Ana's Tacos" in said) == (0, True), said
    assert "compare the page with what stands above" in said
    told = json.loads(asked(str(path), "--ledger-key", hex_key, "--on", "2026-06-01", "--json")[1])
    assert (told["ok"], told["source"], told["claim"]["number"]) == (True, "pdf", NUMBER)
    path.write_bytes(written.replace(code[-9:].encode(), b"000000000"))
    assert asked(str(path), "--ledger-key", hex_key)[0] == 1, "altered"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"%PDF-1.7\n" + b"x" * 50, "no certificate's code"),
        (b"%PDF-1.7\n" + b"CTUL2:" + b"A" * 100 + b"(CTUL2:" + b"B" * 100, "2 different codes"),
        (b"%PDF-1.7\n" + b"CTUL2:" * 800_000, "larger than any certificate"),
        (b"%PDF-1.7\n" + b"https://a" * 400_000, "no certificate's code"),
    ],
)
def test_a_file_that_is_no_certificate_is_not_believed(
    asked: Ask, hex_key: str, tmp_path: Path, data: bytes, why: str
) -> None:
    (tmp_path / "x.pdf").write_bytes(data)
    status, said = asked(str(tmp_path / "x.pdf"), "--ledger-key", hex_key)
    assert (status, why in said) == (2, True), said


def test_strangers_and_forgeries_are_not_ours(asked: Ask, till: Till, key: Ed25519PrivateKey, hex_key: str) -> None:
    code = code_of(till, key, issued(till))
    status, said = asked(code, "--ledger-key", till.identity.public_key.hex(), "--json")
    assert (status, json.loads(said)["ok"], json.loads(said)["standing"]) == (1, False, None)
    status, said = asked(code[:-4] + "0000", "--ledger-key", hex_key)
    assert status == 1
    assert asked(NUMBER, "--ledger-key", hex_key)[0] == 2


def test_the_ledger_knows_what_became_of_it(
    asked: Ask, books: Books, till: Till, key: Ed25519PrivateKey, hex_key: str
) -> None:
    record = issued(till)
    code = code_of(till, key, record)
    with served(app(books, Secrets(key, bytes(32), bytes(32)), lambda: NOW)) as url:
        arguments = (code, "--ledger-key", hex_key, "--url", url, "--on", "2026-11-23")
        status, said = asked(*arguments)
        assert (status, "does not have this certificate" in said) == (1, True)
        posted(books, key, till)
        status, said = asked(*arguments)
        assert (status, "By the ledger, on 2026-11-23: This certificate is valid." in said) == (0, True), said
        sold = act(till, NUMBER, record["id"], "transfer", {"owners": [{"name": "Bo Moss", "role": ""}]})
        posted(books, key, till)
        status, said = asked(*arguments)
        assert (status, "replaced on 11/23/2026. The license has another owner" in said) == (1, True), said
        act(till, NUMBER, sold["id"], "suspend")
        posted(books, key, till)
        status, said = asked(*arguments, "--json")
        assert (status, json.loads(said)["standing"], json.loads(said)["by"]) == (1, "suspended", "ledger")


def test_the_certificate_is_the_newest_that_was_written_here() -> None:
    names = ["T1-L1-20260101-1.pdf", "T1-L1-20260101-10.pdf", "T1-L1-20260101-9.pdf", "T1-L12-20270101-1.pdf", "x.pdf"]
    assert newest_paper("T1-L1", names) == "T1-L1-20260101-10.pdf"
    assert newest_paper("T1-L12", names) == "T1-L12-20270101-1.pdf"
    assert newest_paper("T1-L2", names) is None
    assert certificate_number("T1-L1", "2026-01-01", 2) == "T1-L1-20260101-2"
