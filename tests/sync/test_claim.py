from __future__ import annotations

from typing import Any

import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from countertui.sync import base45
from countertui.sync.canonical import canonical
from countertui.sync.certificate import certify, is_certified
from countertui.sync.claim import claimed_terminal, prove_claim, read_claim, sign_claim
from countertui.sync.faults import ClaimRefusedError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CLAIM: dict[str, Any] = {
    "terminal": "T1",
    "epoch": 1,
    "seq": 123456,
    "receipt_no": "T1-98765",
    "biz_date": "2026-11-23",
    "total_cents": 13536,
    "h": "ab" * 32,
}


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0"), (b"", "")],
)
def test_examples_of_rfc_9285(data: bytes, text: str) -> None:
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@given(st.binary(max_size=100))
def test_base45_comes_back(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


@pytest.mark.parametrize("text", ["GGW", "::", "A", "ab8", "BB8Ä", ":::"])
def test_what_rfc_9285_forbids(text: str) -> None:
    with pytest.raises(ValueError, match="base45"):
        base45.decode(text)


@given(
    st.fixed_dictionaries(
        {
            "terminal": st.from_regex(r"[A-Z][A-Za-z0-9]{0,9}", fullmatch=True),
            "epoch": st.integers(1, 99),
            "seq": st.integers(1, 10**9),
            "receipt_no": st.from_regex(r"[A-Z]{1,9}-[0-9]{1,9}", fullmatch=True),
            "biz_date": st.dates().map(str),
            "total_cents": st.integers(-(10**12), 10**12),
            "h": st.binary(min_size=32, max_size=32).map(bytes.hex),
        }
    )
)
def test_a_claim_reads_back_and_fits_the_paper(claim: dict[str, Any]) -> None:
    text = sign_claim(claim, KEY)
    assert read_claim(text, KEY.public_key()) == claim
    assert claimed_terminal(text) == (claim["terminal"], claim["epoch"], claim["seq"])
    # Version 10-M holds 311 alphanumeric characters in 57 modules; 4 dots a module are 28 mm.
    assert len(text) <= 311
    assert set(text) <= set(base45._ALPHABET)


def test_an_altered_code_is_refused() -> None:
    text = sign_claim(CLAIM, KEY)
    for at in range(len(text)):
        altered = text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]
        with pytest.raises(ClaimRefusedError):
            read_claim(altered, KEY.public_key())
    for end in range(0, len(text), 7):
        with pytest.raises(ClaimRefusedError):
            read_claim(text[:end], KEY.public_key())


def test_another_terminals_code_is_refused(other_key: Ed25519PrivateKey) -> None:
    with pytest.raises(ClaimRefusedError, match="not signed by that terminal"):
        read_claim(sign_claim(CLAIM, KEY), other_key.public_key())


def test_a_signature_made_for_something_else_is_refused() -> None:
    signed = canonical(["T1", 1, 1, "T1-1", "2026-11-23", 5, "q" * 43])
    for domain in (b"", b"ctp/1 rec-sig\0", b"ctp/1 rec\0"):
        with pytest.raises(ClaimRefusedError):
            read_claim("CTUI1:" + base45.encode(KEY.sign(domain + signed) + signed), KEY.public_key())


@pytest.mark.parametrize(
    "fields",
    [
        [],
        {},
        ["T1", True, 1, "T1-1", "2026-11-23", 5, "q" * 43],
        ["T1", 1, 1, "T1-1", "2026-11-23", 5, "q" * 42],
        ["T1", 1, 1, "T1-1", "2026-11-23", 5, "é" * 43],
        ["T1", 1, 1, "T1-1", "2026-11-23", 5, "q" * 43, 1],
    ],
    ids=str,
)
def test_signed_nonsense_is_refused(fields: object) -> None:
    signed = canonical(fields)
    with pytest.raises(ClaimRefusedError):
        read_claim("CTUI1:" + base45.encode(KEY.sign(b"ctp/1 claim\0" + signed) + signed), KEY.public_key())


@pytest.mark.parametrize("text", ["", "CTUI1:", "T1-1", "CTUI2:AAA", "CTUI1:" + "0" * 5000, "CTUI1:é"])
def test_other_scans_are_no_claim(text: str) -> None:
    with pytest.raises(ClaimRefusedError, match="no code of a receipt"):
        claimed_terminal(text)


@pytest.mark.parametrize("change", [{"total_cents": 1.5}, {"extra": 1}, {"epoch": True}, {"seq": None}])
def test_a_claim_has_exactly_its_fields(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a claim has the fields"):
        sign_claim(CLAIM | change, KEY)


LEDGER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
VOUCHED = certify("T1", 1, KEY.public_key().public_bytes_raw(), LEDGER)
ADDRESS = "https://pay.springfield.example/receipt"


def modules_of(text: str) -> int:
    made = segno.make(text, error="m", boost_error=False, micro=False)
    return int(made.symbol_size(border=0)[0])


def test_a_certified_code_is_proven_by_the_ledgers_key_and_fits_the_paper() -> None:
    text = sign_claim(CLAIM, KEY, VOUCHED)
    assert prove_claim(text, LEDGER.public_key()) == CLAIM == read_claim(text, KEY.public_key())
    assert set(text) <= set(base45._ALPHABET)
    # 42 columns of 12 dots are 504; a module has 4 dots, and the quiet zone 4 modules at each side.
    assert modules_of(text) == 65
    link = sign_claim(CLAIM, KEY, VOUCHED, ADDRESS)
    assert (modules_of(link) + 8) * 4 < 504 * 3 // 4
    assert modules_of(sign_claim(CLAIM, KEY)) == 53


def test_a_link_holds_the_same_claim_behind_what_a_browser_sends() -> None:
    for certificate in (None, VOUCHED):
        link = sign_claim(CLAIM, KEY, certificate, ADDRESS)
        address, _, code = link.partition("#")
        assert address == ADDRESS
        assert read_claim(link, KEY.public_key()) == read_claim(code, KEY.public_key()) == CLAIM
    assert prove_claim(link, LEDGER.public_key()) == CLAIM


def test_a_code_without_certificate_is_not_proven_by_the_ledgers_key() -> None:
    with pytest.raises(ClaimRefusedError, match="certificate"):
        prove_claim(sign_claim(CLAIM, KEY), LEDGER.public_key())


def test_every_altered_character_of_a_certified_code_is_noticed() -> None:
    for text in (sign_claim(CLAIM, KEY, VOUCHED), sign_claim(CLAIM, KEY, VOUCHED, ADDRESS)):
        for at in range(text.find("CTUI2"), len(text)):
            altered = text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]
            with pytest.raises(ClaimRefusedError):
                prove_claim(altered, LEDGER.public_key())


def test_no_other_terminal_key_or_ledger_is_vouched_for(other_key: Ed25519PrivateKey) -> None:
    public = KEY.public_key().public_bytes_raw()
    ledger = LEDGER.public_key()
    assert is_certified("T1", 1, public, VOUCHED, ledger)
    assert not is_certified("T2", 1, public, VOUCHED, ledger)
    assert not is_certified("T1", 2, public, VOUCHED, ledger)
    assert not is_certified("T1", 1, other_key.public_key().public_bytes_raw(), VOUCHED, ledger)
    assert not is_certified("T1", 1, public, VOUCHED, other_key.public_key())
    assert not is_certified("T1\0", 1, public, VOUCHED, ledger)
    assert not is_certified("T1", -1, public, VOUCHED, ledger)
    with pytest.raises(ClaimRefusedError, match="none of this city"):
        prove_claim(sign_claim(CLAIM, KEY, VOUCHED), other_key.public_key())
    with pytest.raises(ClaimRefusedError, match="none of this city"):
        prove_claim(sign_claim(CLAIM, other_key, VOUCHED), ledger)
    with pytest.raises(ClaimRefusedError, match="none of this city"):
        prove_claim(sign_claim(CLAIM | {"terminal": "T2"}, KEY, VOUCHED), ledger)
