"""A license certificate's code: proven by a key alone, and never taken for a receipt's."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.documents import LONGEST_QR
from countertui.sync.certificate import certify
from countertui.sync.claim import RECEIPT
from countertui.sync.faults import ClaimRefusedError
from countertui.sync.license_claim import CERTIFICATE, as_named

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LEDGER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
VOUCHED = certify("T1", 1, KEY.public_key().public_bytes_raw(), LEDGER)
CLAIM: dict[str, Any] = {
    "terminal": "T1",
    "epoch": 1,
    "seq": 123456,
    "number": "T1-L123",
    "business": "Muñoz & Søn #1 *Tacos*",
    "license_class": "Food truck",
    "begins": "2027-01-01",
    "ends": "2027-12-31",
    "copy": 1,
    "h": "ab" * 32,
}
ADDRESS = "https://licenses.springfield.example/check"


@given(st.text(max_size=200), st.text("ø€🌮\x01", max_size=200), st.integers(1, 99))
def test_a_code_reads_back_and_fits_a_qr_code(business: str, license_class: str, copy: int) -> None:
    claim = CLAIM | {"business": as_named(business), "license_class": as_named(license_class), "copy": copy}
    assert normalize("NFC", business).startswith(claim["business"])
    for certificate in (None, VOUCHED):
        for address in ("", ADDRESS):
            text = CERTIFICATE.sign(claim, KEY, certificate, address)
            assert CERTIFICATE.read(text, KEY.public_key()) == claim
            assert CERTIFICATE.claimed(text) == ("T1", 1, 123456)
            assert len(text) <= LONGEST_QR
    assert CERTIFICATE.prove(text, LEDGER.public_key()) == claim


def test_it_is_read_at_a_third_of_a_millimeter_a_module() -> None:
    made = segno.make(CERTIFICATE.sign(CLAIM, KEY, VOUCHED, ADDRESS), error="m", boost_error=False, micro=False)
    assert 34 / made.symbol_size(border=4)[0] > 1 / 3


def test_a_receipts_code_and_a_certificates_are_never_taken_for_each_other() -> None:
    text = CERTIFICATE.sign(CLAIM, KEY, VOUCHED)
    with pytest.raises(ClaimRefusedError, match="no code of a receipt"):
        RECEIPT.prove(text, LEDGER.public_key())
    with pytest.raises(ClaimRefusedError, match="no code of a receipt"):
        RECEIPT.prove("CTUI2:" + text[6:], LEDGER.public_key())
    receipt = {"terminal": "T1", "epoch": 1, "seq": 1, "receipt_no": "T1-1", "biz_date": "2027-01-01"}
    paid = RECEIPT.sign(receipt | {"total_cents": 1, "h": "ab" * 32}, KEY, VOUCHED)
    for code in (paid, "CTUL2:" + paid[6:]):
        with pytest.raises(ClaimRefusedError, match="no code of a certificate"):
            CERTIFICATE.prove(code, LEDGER.public_key())


def test_altered_and_strangers_codes_are_refused(other_key: Ed25519PrivateKey) -> None:
    text = CERTIFICATE.sign(CLAIM, KEY, VOUCHED)
    for at in range(0, len(text), 3):
        with pytest.raises(ClaimRefusedError):
            CERTIFICATE.prove(text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :], LEDGER.public_key())
    with pytest.raises(ClaimRefusedError, match="This certificate's terminal is none of this city's"):
        CERTIFICATE.prove(text, other_key.public_key())
    with pytest.raises(ClaimRefusedError, match="does not carry its terminal's certificate"):
        CERTIFICATE.prove(CERTIFICATE.sign(CLAIM, KEY), LEDGER.public_key())


@pytest.mark.parametrize("letter", ["a", "ø", "🌮", "\x01"])
def test_a_name_that_is_too_long_is_cut_between_letters(letter: str) -> None:
    assert as_named(letter * 10) == letter * 10
    cut = as_named(letter * 200)
    assert 0 < len(cut) < 200
    assert cut == as_named(letter * 300)
