"""`countertui ledger personal|reseal|erase`: personal data beside the records, checked, shared and erased."""

from __future__ import annotations

import json
from pathlib import Path

from cyclopts import App

from countertui.cli.ledger.at_desk import at_desk, new_id
from countertui.cli.lines import tell


def add_to(ledger: App) -> None:
    """Add this module's commands to `countertui ledger`."""
    ledger.command(personal)
    ledger.command(reseal)
    ledger.command(erase)


def personal(*, dir: Path | None = None, json_: bool = False) -> int:  # noqa: A002
    """Check that every personal value kept here is the one its record commits to; none is shown.

    Parameters
    ----------
    dir
        The ledger's folder.
    json_
        Answer as JSON: {"kept", "awaited", "erased", "wrong": [[terminal, epoch, record, field]]}.
    """
    with at_desk(dir) as desk:
        from countertui.ledger.personal import verified
        from countertui.machine import random_bytes
        from countertui.sync.vault import Vault

        vault = Vault(desk.secrets.field_key, desk.books.ledger, random_bytes)
        with desk.books.reading() as connection:
            found = verified(connection, vault)
    if json_:
        wrong = [list(place) for place in found.wrong]
        print(json.dumps({"kept": found.kept, "awaited": found.awaited, "erased": found.erased, "wrong": wrong}))
    else:
        tell(f"Personal values: {found.kept:,} as recorded, {found.awaited:,} awaited, {found.erased:,} erased.")
        for place in found.wrong:
            tell(f"Record {place.seq} of {place.terminal}/{place.epoch}: {place.field} is not as it was recorded.")
    return 1 if found.wrong else 0


def reseal(*, dir: Path | None = None) -> int:  # noqa: A002
    """Seal what is kept to the terminals of offices that may read it, where a terminal or an office came later.

    Exit status 1 if a value was left out, as it was altered where it is kept.

    Parameters
    ----------
    dir
        The ledger's folder.
    """
    with at_desk(dir) as desk:
        from countertui.cli.ledger.now import utc_now
        from countertui.ledger.resealing import reseal as reseal_values
        from countertui.machine import random_bytes
        from countertui.sync.vault import Vault

        vault = Vault(desk.secrets.field_key, desk.books.ledger, random_bytes)
        with desk.books.writing() as connection:
            done = reseal_values(connection, vault, utc_now())
    tell(f"{done.sealed:,} values sealed. Publish a snapshot to hand them out.")
    if done.left_out:
        tell(f"{done.left_out:,} left out, as they were altered: countertui ledger personal names them.")
    return 1 if done.left_out else 0


def erase(record: str, field: str, /, *, reason: str, dir: Path | None = None) -> int:  # noqa: A002
    """Erase a personal value for good; an admin signs in, and a second person agrees.

    The record stays, and chain, log and books with it. Terminals destroy the value at their next snapshot.

    Parameters
    ----------
    record
        The id of the record that commits to the value.
    field
        Which value: like tender.1.account.
    reason
        Why.
    dir
        The ledger's folder.
    """
    with at_desk(dir) as desk:
        from countertui.domain.rights import Act
        from countertui.ledger.erasing import erase as erase_value

        by, second = desk.sign_in(Act.ERASE, "Admin"), desk.sign_in(Act.AGREE, "Second person")
        with desk.ground() as ground:
            made = erase_value(ground, record, field, by=by, second=second, reason=reason, id_=new_id())
    tell(f"Erased: {field} of that record (desk record {made.seq}). Publish a snapshot to tell the terminals.")
    return 0
