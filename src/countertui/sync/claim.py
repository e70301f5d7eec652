"""The signed claim in a receipt's QR code: what the paper says, provable with a public key alone.

A `signed_code.CodeForm`, small enough for 80 mm paper, level M, 4 dots a module: `CTUI1:` is version 9 (53 modules,
27 mm), `CTUI2:` version 12 (65, 33 mm), a link version 15 (77, 39 mm).
"""

from __future__ import annotations

from countertui.sync.signed_code import CodeForm

RECEIPT = CodeForm(
    plain="CTUI1:",
    certified="CTUI2:",
    domain=b"ctp/1 claim\0",
    paper="receipt",
    look="Look the receipt up.",
    again="Scan again, or type the receipt number.",
    fields={
        "terminal": str,
        "epoch": int,
        "seq": int,
        "receipt_no": str,
        "biz_date": str,
        "total_cents": int,
        "h": str,
    },
)
PREFIX, CERTIFIED = RECEIPT.plain, RECEIPT.certified
PROVES = ("terminal", "number", "business date", "total", "hash of the record")
"""What a claim proves by itself, in words."""
PROVES_NOT = ("lines", "tenders", "that it was posted, or not voided later", "that the terminal is still believed")
"""What takes the ledger to prove."""

sign_claim, claim_text = RECEIPT.sign, RECEIPT.text
read_claim, prove_claim, claimed_terminal = RECEIPT.read, RECEIPT.prove, RECEIPT.claimed
