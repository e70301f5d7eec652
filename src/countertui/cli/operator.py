"""`countertui operator add|reset|list`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.places import terminal_folder
from countertui.domain.rights import Role


def add_to(app: App) -> None:
    """Add this module's commands."""
    operator = App(name="operator", help="Keep the people who work at this terminal.")
    operator.command(add)
    operator.command(reset)
    operator.command(list_, name="list")
    app.command(operator)


def add(id: str, name: str, role: Role, /, *roles: Role, dir: Path | None = None, admin: str | None = None) -> int:  # noqa: A002
    """Add an operator: an admin's PIN is asked for, then the new operator's first PIN.

    Parameters
    ----------
    id
        Short and small: letters, digits, dots, dashes.
    name
        As it stands on receipts.
    role
        What the operator may do.
    roles
        More roles, one after another.
    dir
        The terminal's folder.
    admin
        The admin's operator id; asked for if not given.
    """
    require_extras("counter")
    from countertui.cli.asking import ask_new_secret
    from countertui.cli.running import signed_in, writing_station
    from countertui.counter.operators import add_operator

    with writing_station(terminal_folder(dir), "operator add") as (station, _):
        by = signed_in(station, admin)
        add_operator(station, by, id, name, tuple(dict.fromkeys((role, *roles))), ask_new_secret("New PIN"))
    print(f"{name} may sign on here as {id}; elsewhere from the next snapshot.")
    return 0


def reset(id: str, /, *, dir: Path | None = None, admin: str | None = None) -> int:  # noqa: A002
    """Give an operator a new PIN and let a locked one try again; an admin's PIN is asked for first.

    Parameters
    ----------
    id
        The operator's id.
    dir
        The terminal's folder.
    admin
        The admin's operator id; asked for if not given.
    """
    require_extras("counter")
    from countertui.cli.asking import ask_new_secret
    from countertui.cli.running import signed_in, writing_station
    from countertui.counter.operators import reset_operator

    with writing_station(terminal_folder(dir), "operator reset") as (station, _):
        by = signed_in(station, admin)
        reset_operator(station, by, id, ask_new_secret("New PIN"))
    print(f"{id} has a new PIN.")
    return 0


def list_(*, dir: Path | None = None, json_: bool = False) -> int:  # noqa: A002
    """List who may sign on here.

    Parameters
    ----------
    dir
        The terminal's folder.
    json_
        Answer as JSON: [{"id", "name", "roles", "locked"}].
    """
    require_extras("counter")
    from countertui.machine import SystemClock
    from countertui.store.connection import open_for_reading
    from countertui.store.operators import operators, pin_state
    from countertui.store.reference import Reference

    folder = terminal_folder(dir)
    db = open_for_reading(folder / "store.db")
    try:
        reference = Reference(folder / "reference.db")
        found = sorted(operators(db, reference, SystemClock().local_text()[:10]), key=lambda row: row.name)
        reference.close()
        rows: list[dict[str, Any]] = [
            {"id": row.id, "name": row.name, "roles": row.roles.split(), "locked": pin_state(db, row.id).locked}
            for row in found
        ]
    finally:
        db.close()
    if json_:
        print(json.dumps(rows))
    else:
        for row in rows:
            print(f"{row['id']:12} {row['name']:28} {' '.join(row['roles'])}{'  LOCKED' if row['locked'] else ''}")
    return 0
