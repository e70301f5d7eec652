"""The signed claim in a license certificate's QR code: what the paper says, provable with a public key alone.

A `signed_code.CodeForm`. `h` is the hash of the act's record that the certificate was printed for (the license issued,
or a certificate printed again), `copy` counts a term's certificates from 1, dates are ISO. On letter paper of 34 mm.
"""

from __future__ import annotations

from unicodedata import normalize

from countertui.sync.canonical import canonical
from countertui.sync.signed_code import CodeForm

LONGEST_NAME = 80
"""So many bytes of a business's name, and of its class, are in the code."""
CERTIFICATE = CodeForm(
    plain="CTUL1:",
    certified="CTUL2:",
    domain=b"ctp/1 license certificate\0",
    paper="certificate",
    look="Look the license up.",
    again="Scan again, or type the license number.",
    fields={
        "terminal": str,
        "epoch": int,
        "seq": int,
        "number": str,
        "business": str,
        "license_class": str,
        "begins": str,
        "ends": str,
        "copy": int,
        "h": str,
    },
)

PROVES = ("terminal", "license number", "business", "class", "term", "copy", "hash of the record")
"""What a certificate's code proves by itself, in words."""
PROVES_NOT = ("owner and premises", "that the license was not suspended, revoked or closed since")
"""What takes the ledger to prove."""


def as_named(text: str) -> str:
    """A name as the code has it: in Unicode's composed form, its beginning if it is longer than fits."""
    text = normalize("NFC", text)
    while len(canonical(text)) > LONGEST_NAME + 2:
        text = text[:-1]
    return text
