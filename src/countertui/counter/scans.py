"""What a scanner read: which account's bill, which license, which receipt. Nothing of a payment card is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from countertui.counter.accounts import account_here
from countertui.counter.find import NotFound
from countertui.counter.station import Station
from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.micr import begins_a_line
from countertui.domain.refusal import Refused
from countertui.domain.scan_layouts import CheckDigitWrong, Stub, read_stub
from countertui.errors import AnswerNo
from countertui.store import receipt_rows

_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
"""The symbology identifier that scanners may send first (ISO/IEC 15424)."""
_RECEIPT = re.compile(r"CTUI[12]:|https://[^\s#]+#CTUI[12]\.")
_CERTIFICATE = re.compile(r"CTUL[12]:|https://[^\s#]+#CTUL[12]\.")


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was scanned: an account's or a receipt's number, and what its bill says is due, in cents, if it does.

    bare: a number alone, which hands may have typed as well.
    """

    kind: Literal["account", "receipt"]
    key: str
    billed_cents: int | None = None
    bare: bool = False


def recognise(station: Station, line: str) -> Scanned | None:
    """What a scanned line names: a stub, the code of a receipt or certificate, an account's or license's number.

    None for what is no scan: fast hands, or a text that was sent. Raises CheckDigitWrong, CardNumberRefused, NotFound.
    """
    text = line.strip()
    if _AIM.match(text):
        text = text[3:]
    misread: Refused | None = None
    try:
        stub = read_stub(text, station.rules.stubs)
    except CheckDigitWrong as refusal:
        stub, misread = None, refusal
    if stub is not None:
        return _of_stub(station, stub)
    if _RECEIPT.match(text):
        return _of_claim(station, text)
    if _CERTIFICATE.match(text):
        return _of_certificate(station, text)
    account = account_here(station, station.reader, text) or account_here(station, station.reader, text.upper())
    if account is not None:
        return Scanned("account", account.number, bare=True)
    if (license_ := station.reference.licenses.license(text.upper())) is not None:
        return Scanned("account", license_.account, bare=True)
    if misread is not None:
        raise misread
    if not begins_a_line(text):  # of a check, whose account number may look like a card's
        refuse_card_numbers(text, "What was scanned")
    return None


def _of_stub(station: Station, stub: Stub) -> Scanned:
    fitting = station.reference.numbered(stub.account)
    if len(fitting) != 1:
        raise NotFound(
            f"The {stub.layout} names account {stub.account}, which is not known here.",
            "Nothing was added.",
            "Look for the name or address.",
        )
    return Scanned("account", fitting[0].number, stub.billed_cents)


def _of_certificate(station: Station, text: str) -> Scanned:
    """The license that a certificate is of; whether the code is genuine is `license verify`'s to say."""
    try:
        number = station.recorder.claimed_license(text)
    except AnswerNo as fault:
        raise NotFound("That code is no certificate's, or was read badly.", press="Scan it again.") from fault
    account = account_here(station, station.reader, number)
    if account is None:
        raise NotFound(f"That certificate is of license {number[:24]}, which is not known here.", press="F10, F: F.")
    return Scanned("account", account.number)


def _of_claim(station: Station, text: str) -> Scanned:
    try:
        terminal, epoch, seq = station.recorder.claimed(text)
    except AnswerNo as fault:
        raise NotFound("That code is no receipt's, or was read badly.", press="Scan it again.") from fault
    own = (terminal, epoch) == (station.place.terminal, station.place.epoch)
    receipt = receipt_rows.receipt_at(station.reader, seq) if own else None
    if receipt is None:
        raise NotFound(
            f"That receipt was taken at terminal {terminal}." if not own else "That receipt is not in this journal.",
            press="Look for its account: F2, then its name or number.",
        )
    return Scanned("receipt", receipt.receipt_no)
