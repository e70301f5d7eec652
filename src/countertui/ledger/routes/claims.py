"""How a receipt stands, for whoever holds its paper: nobody guesses the hash printed on it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Path

from countertui.ledger.access import Access, open_to
from countertui.ledger.claims import standing
from countertui.ledger.license_check import present_license
from countertui.ledger.routes.parts import Name, Number
from countertui.ledger.service import Service

_Hash = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
_LINE = ("account", "fee", "description", "cents")
_TENDER = ("kind", "cents")


def add_to(api: FastAPI, service: Service) -> None:
    """Add this module's routes."""

    @api.get("/v1/claims/{terminal}/{epoch}/{seq}/{h}", responses={404: {}})
    @open_to(Access.PUBLIC)
    def get_claim(terminal: Name, epoch: Number, seq: Number, h: _Hash) -> dict[str, Any]:
        with service.books.reading() as connection:
            found = standing(connection, terminal, epoch, seq, bytes.fromhex(h))
        if found is None:
            raise HTTPException(404, "The ledger does not have that receipt, or not in this form.")
        said: dict[str, Any] = {"state": found.state, "undone": found.undone, "proof": found.proof}
        if found.body is not None and found.body["kind"] == "pay":
            data = found.body["data"]
            # What the paper shows too; no references of checks and cards.
            said["lines"] = [{name: line[name] for name in _LINE} for line in data["lines"]]
            said["tenders"] = [{name: tender[name] for name in _TENDER} for tender in data["tenders"]]
            said["change_cents"] = data["change_cents"]
        if found.body is not None and found.body["kind"] == "license":
            said["license"] = _license(service, found.body["data"]["license"], (terminal, epoch, seq))
        return said


def _license(service: Service, number: str, place: tuple[str, int, int]) -> dict[str, Any] | None:
    """How a license stands now; of its owners nothing."""
    with service.books.reading() as connection:
        found = present_license(connection, number, place)
    if found is None:
        return None
    return {
        "status": found.state.value,
        "expires_on": found.expires_on.isoformat() if found.expires_on is not None else None,
        "business": found.business,
        "license_class": found.license_class,
        "replaced": {"since": found.replaced.since.value, "on": found.replaced.on.isoformat()}
        if found.replaced is not None
        else None,
    }
