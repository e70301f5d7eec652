"""`countertui operator add|reset|list`."""

from __future__ import annotations

import getpass
import json
import sys
from pathlib import Path
from typing import Any

from cyclopts import App

from countertui.cli.places import default_folder


def add_to(app: App) -> None:
    """Add this module's commands."""
    operator = App(name="operator", help="Keep the people who work at this terminal.")
    operator.command(add)
    operator.command(reset)
    operator.command(list_, name="list")
    app.command(operator)


def add(id: str, name: str, *roles: str, dir: Path | None = None, admin: str | None = None) -> int:  # noqa: A002
    """Add an operator; an admin signs in, then the new PIN is typed.

    Parameters
    ----------
    id
        Short and small: letters, digits, dots, dashes.
    name
        As it stands on receipts.
    roles
        cashier, lead, technician, auditor or admin; one or more.
    dir
        The terminal's folder.
    admin
        The admin's operator id; asked for if not given.
    """
    from countertui.cli.running import signed_in, writing_station
    from countertui.counter.operators import add_operator
    from countertui.domain.rights import Role
    from countertui.errors import UsageError

    try:
        wanted = tuple(Role(role) for role in roles)
    except ValueError:
        raise UsageError(f"A role is one of {', '.join(role.value for role in Role)}.") from None
    with writing_station(default_folder(dir), "operator add") as station:
        by = signed_in(station, admin)
        add_operator(station, by, id, name, wanted, _new_pin())
    print(f"{name} may sign on here as {id}; elsewhere from the next snapshot.")
    return 0


def reset(id: str, *, dir: Path | None = None, admin: str | None = None) -> int:  # noqa: A002
    """Give an operator a new PIN and let a locked one try again.

    Parameters
    ----------
    id
        The operator's id.
    dir
        The terminal's folder.
    admin
        The admin's operator id; asked for if not given.
    """
    from countertui.cli.running import signed_in, writing_station
    from countertui.counter.operators import reset_operator

    with writing_station(default_folder(dir), "operator reset") as station:
        by = signed_in(station, admin)
        reset_operator(station, by, id, _new_pin())
    print(f"{id} has a new PIN.")
    return 0


def list_(*, dir: Path | None = None, json_: bool = False) -> int:  # noqa: A002
    """List who may sign on here.

    Parameters
    ----------
    dir
        The terminal's folder.
    json_
        Answer as JSON.
    """
    from countertui.machine import SystemClock
    from countertui.store.connection import open_for_reading
    from countertui.store.operators import operators, pin_state
    from countertui.store.reference import Reference

    folder = default_folder(dir)
    db = open_for_reading(folder / "store.db")
    reference = Reference(folder / "reference.db")
    try:
        found = sorted(operators(db, reference, SystemClock().local_text()[:10]), key=lambda row: row.name)
        rows: list[dict[str, Any]] = [
            {"id": row.id, "name": row.name, "roles": row.roles.split(), "locked": pin_state(db, row.id).locked}
            for row in found
        ]
    finally:
        reference.close()
        db.close()
    if json_:
        print(json.dumps(rows))
    else:
        for row in rows:
            print(f"{row['id']:12} {row['name']:28} {' '.join(row['roles'])}{'  LOCKED' if row['locked'] else ''}")
    return 0


def _new_pin() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    from countertui.errors import UsageError

    pin = getpass.getpass("New PIN: ")
    if getpass.getpass("Again: ") != pin:
        raise UsageError("The two PINs differ.", safe="Nothing was recorded.")
    return pin
