"""`countertui ledger requests|decide`: voids and refunds that terminals asked for."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from cyclopts import App

from countertui.cli.ledger.at_desk import at_desk, business_date, new_id, reading
from countertui.cli.lines import tell


def add_to(ledger: App) -> None:
    """Add this module's commands to `countertui ledger`."""
    for command in (requests, decide):
        ledger.command(command)


def requests(*, dir: Path | None = None, json_: bool = False) -> int:  # noqa: A002
    """List the voids and refunds that were asked for and not answered.

    Parameters
    ----------
    dir
        The ledger's folder.
    json_
        Answer as JSON: a list of {"terminal", "epoch", "seq", "kind", "receipt_no", "biz_date", "asked_by", "asked_at",
        "reason", "method", "total_cents"}.
    """
    with reading(dir) as books:
        from countertui.domain.money import format_cents
        from countertui.ledger.requests import open_requests

        with books.reading() as connection:
            found = open_requests(connection)
    if json_:
        print(json.dumps([asdict(each) for each in found]))
        return 0
    for each in found:
        what = "void" if each.method is None else f"refund by {each.method.replace('_', ' ')}"
        tell(
            f"{each.terminal} {each.seq}: {what} of {each.receipt_no} ({each.biz_date}),"
            f" {format_cents(each.total_cents)}, asked by {each.asked_by}: {each.reason}"
        )
    if not found:
        tell("Nothing is asked for.")
    return 0


def decide(
    terminal: str,
    seq: int,
    verdict: Literal["approve", "refuse"],
    /,
    *,
    reason: str,
    epoch: int = 1,
    on: str | None = None,
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Approve or refuse a void or refund that a terminal asked for; a lead signs in.

    Parameters
    ----------
    terminal
        The terminal's code.
    seq
        The number of the request, as `ledger requests` lists it.
    verdict
        approve or refuse.
    reason
        Why.
    epoch
        The terminal's epoch.
    on
        The business date of an AP check, like 2026-11-23; today if left out.
    dir
        The ledger's folder.
    """
    day = business_date(on)
    with at_desk(dir) as desk:
        from countertui.domain.desk_records import CarriedBy, Verdict
        from countertui.domain.rights import Act
        from countertui.ledger.requests import decide as decide_request

        by = desk.sign_in(Act.APPROVE, "Lead")
        with desk.ground() as ground:
            made = decide_request(
                ground, terminal, epoch, seq, Verdict(verdict), by=by, reason=reason, biz_date=day, id_=new_id()
            )
    number, done = made.body["data"]["original"]["receipt_no"], made.body["data"]
    if verdict == "refuse":
        tell(f"Refused: receipt {number} stands.")
    elif done["carried_by"] == CarriedBy.LEDGER:
        tell(f"Approved: receipt {number} is taken back, an AP check is owed.")
    else:
        tell(f"Approved: terminal {terminal} carries it out once it has the next snapshot.")
    tell("Terminals learn of it by the next snapshot: countertui ledger publish.")
    return 0
