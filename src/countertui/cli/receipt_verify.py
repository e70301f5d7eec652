"""`countertui receipt verify`: what a receipt's code proves by itself, and what the ledger says of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countertui.cli.code_proof import address_of, asked, known_here, proven, text_of
from countertui.errors import AnswerNo

if TYPE_CHECKING:
    from countertui.sync.standing import Standing

_KINDS_OF_CODE = ("CTUI1", "CTUI2")
_UNDONE = {
    "void": "This receipt was voided later.",
    "refund": "This receipt was refunded later.",
    "returned_check": "A check that paid this receipt came back unpaid.",
}


def verify(
    code: str,
    /,
    *,
    ledger_key: str | None = None,
    dir: Path | None = None,  # noqa: A002
    online: bool = False,
    url: str | None = None,
    json_: bool = False,
) -> int:
    """Check the code on a receipt.

    Parameters
    ----------
    code
        The text of the QR code, or a file that holds it.
    ledger_key
        The ledger's public key in hex, where there is no terminal to take it from.
    dir
        A terminal's folder: its keys, and its ledger's address.
    online
        Ask the ledger too: is it posted, was it voided, and what are its lines and tenders?
    url
        The ledger's address for --online, if not the terminal's. A demo's own is found while it runs.
    json_
        Answer as JSON: {"ok", "fault", "claim", "proves", "does_not_prove", "online": {"state", "undone", "lines",
        "tenders", "change_cents", "in_log"}}; claim and online are null where there is none.
    """
    from countertui.sync.claim import PROVES, PROVES_NOT, RECEIPT

    text, known = text_of(code, _KINDS_OF_CODE, "receipt"), known_here(ledger_key, dir)
    said: dict[str, Any] = {"ok": False, "fault": None, "claim": None, "online": None}
    said |= {"proves": [], "does_not_prove": []}
    try:
        claim = proven(RECEIPT, text, known)
        said |= {"claim": claim, "proves": list(PROVES), "does_not_prove": list(PROVES_NOT), "ok": True}
        if online or url is not None:
            standing = asked(RECEIPT, claim, known, address_of(known, url))
            said["online"] = standing.model_dump(exclude={"proof"}) | {"in_log": True}
            said["does_not_prove"] = []
            said["ok"] = standing.state == "posted" and standing.undone is None
            said["fault"] = None if said["ok"] else _why_not(standing)
    except AnswerNo as fault:
        if not json_:
            raise
        said |= {"ok": False, "fault": fault.happened}
    print(json.dumps(said) if json_ else _words(said))
    return 0 if said["ok"] else 1


def _why_not(standing: Standing) -> str:
    if standing.undone is not None:
        return _UNDONE.get(standing.undone, f"This receipt was taken back later: {standing.undone}.")
    return "The ledger has this receipt, but it is not in the books yet."


def _words(said: dict[str, Any]) -> str:
    from countertui.domain.money import Cents, format_cents
    from countertui.domain.receipts import short_hash

    claim, online = said["claim"], said["online"]
    lines = [
        f"{claim['receipt_no']}  {claim['biz_date']}  {format_cents(Cents(claim['total_cents']))}",
        f"  terminal {claim['terminal']}, record {claim['seq']}, check code {short_hash(bytes.fromhex(claim['h']))}",
        f"proves: {', '.join(said['proves'])}",
    ]
    if said["does_not_prove"]:
        lines.append(f"does not prove: {', '.join(said['does_not_prove'])}")
    if online is not None:
        for line in online["lines"]:
            what = line["account"] or line["fee"] or ""
            lines.append(f"  {what:16} {line['description'][:36]:36} {format_cents(Cents(line['cents'])):>12}")
        lines += [
            f"  {tender['kind']:16} {'':36} {format_cents(Cents(tender['cents'])):>12}" for tender in online["tenders"]
        ]
        lines.append(f"  {'change':16} {'':36} {format_cents(Cents(online['change_cents'])):>12}")
        lines.append("The ledger's log holds it, proven here.")
        lines.append(said["fault"] or "Posted, and not voided or refunded. Compare lines and tenders with the paper.")
    return "\n".join(lines)
