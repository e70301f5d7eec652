"""Is a receipt genuine, and does it still stand? What a citizen who holds the paper may know, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from countertui.ledger import tables
from countertui.ledger.claims import Standing, office_of, standing
from countertui.ledger.registry import schedule
from countertui.sync.claim import RECEIPT, claimed_terminal
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.faults import ClaimRefusedError
from countertui.sync.signed_code import CodeForm


@dataclass(frozen=True, slots=True)
class Checked:
    """What a genuine code says (total in cents), and how its receipt stands.

    `state` is posted, waiting (here, not in the books yet) or unknown (not here yet); `undone` is void, refund,
    returned_check or None. `unpaid_cents` is what checks paid of it that came back.
    """

    office: str
    terminal: str
    receipt_no: str
    biz_date: str
    total_cents: int
    state: str
    undone: str | None
    unpaid_cents: int


def check_receipt(connection: Connection, text: str) -> Checked:
    """Check the text of a receipt's QR code by the keys on the register. Raises ClaimRefusedError."""
    terminal, epoch, seq = claimed_terminal(text)
    claim = signed_by_terminal(connection, RECEIPT, text, terminal, epoch)
    found = standing(connection, terminal, epoch, seq, bytes.fromhex(claim["h"]))
    if found is None and is_revoked(connection, terminal, epoch):
        raise ClaimRefusedError("This receipt is of a terminal that is no longer believed.", "", "Ask at the counter.")
    if found is not None and not _agrees(claim, found):
        raise ClaimRefusedError("This receipt's code says other than the city's books.", "", "Ask at the counter.")
    return Checked(
        office=office_of(connection, terminal, epoch),
        terminal=terminal,
        receipt_no=claim["receipt_no"],
        biz_date=claim["biz_date"],
        total_cents=claim["total_cents"],
        state=found.state if found is not None else "unknown",
        undone=found.undone if found is not None else None,
        unpaid_cents=_came_back(connection, found),
    )


def _came_back(connection: Connection, found: Standing | None) -> int:
    if found is None or found.body is None:
        return 0
    c = tables.returned.c
    back = connection.execute(select(func.coalesce(func.sum(c.cents), 0)).where(c.id == found.body["id"])).scalar_one()
    return min(int(back), int(found.body["data"]["total_cents"]))  # what is more was cash given back


def signed_by_terminal(connection: Connection, form: CodeForm, text: str, terminal: str, epoch: int) -> dict[str, Any]:
    """The claim, by any key that the terminal had: a duplicate is signed with the key of the day it is printed."""
    for _, public_key in schedule(connection, terminal, epoch):
        try:
            return form.read(text, checked_public_key(public_key))
        except ClaimRefusedError:
            continue
    raise ClaimRefusedError(f"No terminal of this city signed this {form.paper}.", "", "Ask at the counter.")


def is_revoked(connection: Connection, terminal: str, epoch: int) -> bool:
    """Whether the terminal's key is revoked."""
    table = tables.terminal
    query = select(table.c.state).where(table.c.code == terminal, table.c.epoch == epoch)
    return connection.execute(query).scalar() == "revoked"


def _agrees(claim: dict[str, Any], found: Standing) -> bool:
    if found.body is None:
        return True
    body = found.body
    said = claim["receipt_no"], claim["biz_date"], claim["total_cents"]
    return body["kind"] == "pay" and said == (body["receipt_no"], body["biz_date"], body["data"]["total_cents"])
