"""Is a license's certificate genuine, and does it still stand? What whoever is shown it may know, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from countertui.domain.license_certificates import (
    PaperState,
    Present,
    Printed,
    paper_state,
    paper_words,
    present_of,
    printed_of,
    replaced_after,
)
from countertui.ledger import tables
from countertui.ledger.claims import Standing, office_of, standing
from countertui.ledger.license_reads import acts_of
from countertui.ledger.receipt_check import is_revoked, signed_by_terminal
from countertui.sync.faults import ClaimRefusedError
from countertui.sync.license_claim import CERTIFICATE


@dataclass(frozen=True, slots=True)
class CheckedLicense:
    """What a genuine code says, how the license stands by it on a day, and whether the ledger has its record yet."""

    number: str
    printed: Printed
    copy: int
    office: str
    state: PaperState
    so: str
    means: str
    here: bool


def check_certificate(connection: Connection, text: str, day: date) -> CheckedLicense:
    """Check the text of a certificate's QR code by the keys on the register. Raises ClaimRefusedError."""
    terminal, epoch, seq = CERTIFICATE.claimed(text)
    claim = signed_by_terminal(connection, CERTIFICATE, text, terminal, epoch)
    found = standing(connection, terminal, epoch, seq, bytes.fromhex(claim["h"]))
    if found is None and is_revoked(connection, terminal, epoch):
        raise ClaimRefusedError("This certificate is of a terminal that is no longer believed.", "", _ASK)
    printed = printed_of(claim)
    if printed is None or (found is not None and not _agrees(claim, found)):
        raise ClaimRefusedError("This certificate's code says other than the city's books.", "", _ASK)
    present = present_license(connection, claim["number"], (terminal, epoch, seq))
    state = paper_state(printed, present, day)
    so, means = paper_words(state, printed, present, day)
    return CheckedLicense(
        claim["number"],
        printed,
        claim["copy"],
        office_of(connection, terminal, epoch),
        state,
        so,
        means,
        here=found is not None,
    )


def present_license(connection: Connection, number: str, place: tuple[str, int, int]) -> Present | None:
    """A license as the ledger has it, the calendar aside; None where it has none of that number.

    place: terminal, epoch and seq of the record that the certificate is of.
    """
    c = tables.reference["license"].c
    row = connection.execute(select(c.status, c.expires_on, c.business, c["class"]).where(c.number == number)).first()
    if row is None:
        return None
    acts, _ = acts_of(connection, [number])
    return present_of(*row, replaced_after(acts.get(number, ()), *place))


_ASK = "Ask at the counter."


def _agrees(claim: dict[str, Any], found: Standing) -> bool:
    if found.body is None:
        return True
    body = found.body
    if body["kind"] != "license" or body["data"]["license"] != claim["number"]:
        return False
    said = {name: claim[name] for name in ("begins", "ends", "copy")}
    return bool(body["data"]["says"].get("printed") == said)
