"""A bank's file, told by its first bytes and read: BAI2 or OFX."""

from __future__ import annotations

import re
from pathlib import Path

from countertui.domain.bank_statement import Statement
from countertui.ledger.bank.faults import BankFileRefusedError

MOST_BYTES = 64 << 20


def read_bank_file(data: bytes) -> Statement:
    """Read a bank's file. Raises BankFileRefusedError: neither BAI2 nor OFX, too large, or broken."""
    if len(data) > MOST_BYTES:
        raise BankFileRefusedError(f"It is larger than {MOST_BYTES >> 20} MiB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # what OFX 1.x names CHARSET:1252; its ASCII part is read
    if "\0" in text:
        raise BankFileRefusedError("It is not a text.")
    if re.match(r"\s*[0-9]{2},", text, re.ASCII):
        from countertui.ledger.bank.bai2_file import read_bai2

        return read_bai2(text)
    if "<OFX>" in text.upper():
        from countertui.ledger.bank.ofx_file import read_ofx

        return read_ofx(text)
    raise BankFileRefusedError("It is neither BAI2 nor OFX.")


def bytes_of(path: Path) -> bytes:
    """The bytes of a file, no more than may be read. Raises BankFileRefusedError where there is none."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as fault:
        raise BankFileRefusedError(f"{path.name} can't be read: {fault.strerror}.") from None
