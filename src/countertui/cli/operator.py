"""`countertui operator add|reset|pin|leave|remove|roles|list`: at a terminal, or at the ledger if --dir names one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.lines import tell
from countertui.cli.places import books_instead, terminal_folder
from countertui.domain.rights import Role

if TYPE_CHECKING:
    from countertui.counter.station import Person, Station


def add_to(app: App) -> None:
    """Add this module's commands."""
    operator = App(
        name="operator", help="Keep the people who work here: at a terminal, or at the ledger if --dir names one."
    )
    for command in (add, reset, pin, leave, remove, roles):
        operator.command(command)
    operator.command(list_, name="list")
    app.command(operator)


def add(
    id: str,  # noqa: A002
    name: str,
    role: Role,
    /,
    *roles: Role,
    dir: Path | None = None,  # noqa: A002
    admin: str | None = None,
    second: str | None = None,
) -> int:
    """Add an operator, by an admin and a second person.

    Gives a one-time code by which the operator chooses a PIN: the second person hands it over, unseen by the admin.

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
        The terminal's folder, or the ledger's.
    admin
        The admin's operator id; asked for if not given.
    second
        The id of a lead or of another admin; asked for if not given.
    """
    require_extras("counter")
    from countertui.cli.running import signed_in, writing_station
    from countertui.counter.operators import add_operator

    held = tuple(dict.fromkeys((role, *roles)))
    if ledger := books_instead(dir):
        from countertui.cli.ledger import operators

        code = operators.add(ledger, admin, second, id, name, held)
        tell(f"{name} may sign on as {id} from the next snapshot.")
    else:
        with writing_station(terminal_folder(dir), "operator add") as (station, _):
            by = signed_in(station, admin)
            code = add_operator(station, by, _second(station, second, by, id), id, name, held)
        tell(f"{name} may sign on here as {id}; elsewhere from the next snapshot.")
    _show_code(code)
    return 0


def reset(id: str, /, *, dir: Path | None = None, admin: str | None = None, second: str | None = None) -> int:  # noqa: A002
    """Take an operator's PIN away and let a locked one try again, by an admin and a second person.

    Gives a one-time code by which the operator chooses a new PIN: the second person hands it over, unseen by the admin.

    Parameters
    ----------
    id
        The operator's id.
    dir
        The terminal's folder, or the ledger's.
    admin
        The admin's operator id; asked for if not given.
    second
        The id of a lead or of another admin; asked for if not given.
    """
    require_extras("counter")
    from countertui.cli.running import signed_in, writing_station
    from countertui.counter.operators import reset_operator

    if ledger := books_instead(dir):
        from countertui.cli.ledger import operators

        code = operators.reset(ledger, admin, second, id)
    else:
        with writing_station(terminal_folder(dir), "operator reset") as (station, _):
            by = signed_in(station, admin)
            code = reset_operator(station, by, _second(station, second, by, id), id)
    tell(f"The PIN of {id} is gone.")
    _show_code(code)
    return 0


def pin(id: str, /, *, dir: Path | None = None) -> int:  # noqa: A002
    """Choose one's own PIN, by a one-time code or the present PIN, which is asked for first.

    Parameters
    ----------
    id
        One's own operator id.
    dir
        The terminal's folder, or the ledger's.
    """
    require_extras("counter")
    from countertui.cli.asking import ask_new_secret, ask_secret
    from countertui.cli.running import writing_station
    from countertui.counter.own_pin import change_pin
    from countertui.counter.sign_on import prove

    if ledger := books_instead(dir):
        from countertui.cli.ledger import operators

        tell(f"{operators.choose_pin(ledger, id)} has a new PIN at the ledger; elsewhere from the next snapshot.")
        return 0
    with writing_station(terminal_folder(dir), "operator pin") as (station, _):
        present = ask_secret("One-time code or present PIN")
        _, person = prove(station, id, present)
        change_pin(station, person, present, ask_new_secret("New PIN, 4 to 8 digits"))
    tell(f"{person.name} has a new PIN here; elsewhere from the next snapshot.")
    return 0


def leave(id: str, day: str, /, *, dir: Path | None = None, admin: str | None = None) -> int:  # noqa: A002
    """Set the last day an operator works here; an admin's PIN is asked for.

    Parameters
    ----------
    id
        The operator's id.
    day
        The last day, like 2026-12-31; `never` takes it back.
    dir
        The terminal's folder, or the ledger's.
    admin
        The admin's operator id; asked for if not given.
    """
    require_extras("counter")
    from countertui.cli.running import signed_in, writing_station
    from countertui.counter.operators import set_last_day

    if ledger := books_instead(dir):
        from countertui.cli.ledger import operators

        last = operators.leave(ledger, admin, id, day)
    else:
        with writing_station(terminal_folder(dir), "operator leave") as (station, _):
            last = set_last_day(station, signed_in(station, admin), id, day)
    tell(f"{id} works here until {last}." if last else f"{id} works here without an end.")
    return 0


def remove(id: str, /, *, dir: Path | None = None, admin: str | None = None) -> int:  # noqa: A002
    """Let an operator do nothing any more, from now on; an admin's PIN is asked for.

    Parameters
    ----------
    id
        The operator's id.
    dir
        The terminal's folder, or the ledger's.
    admin
        The admin's operator id; asked for if not given.
    """
    require_extras("counter")
    from countertui.cli.running import signed_in, writing_station
    from countertui.counter.operators import remove_operator

    if ledger := books_instead(dir):
        from countertui.cli.ledger import operators

        operators.remove(ledger, admin, id)
        tell(f"{id} may do nothing at the ledger any more; elsewhere from the next snapshot.")
        return 0
    with writing_station(terminal_folder(dir), "operator remove") as (station, _):
        remove_operator(station, signed_in(station, admin), id)
    tell(f"{id} may do nothing here any more; elsewhere from the next snapshot.")
    return 0


def roles(
    id: str,  # noqa: A002
    role: Role,
    /,
    *more: Role,
    dir: Path | None = None,  # noqa: A002
    admin: str | None = None,
    second: str | None = None,
) -> int:
    """Change what an operator may do, from today on, at the ledger: by an admin and a second person.

    Parameters
    ----------
    id
        The operator's id.
    role
        What the operator may do.
    more
        More roles, one after another.
    dir
        The ledger's folder.
    admin
        The admin's operator id; asked for if not given.
    second
        The id of a lead or of another admin; asked for if not given.
    """
    require_extras("ledger")
    from countertui.cli.ledger import operators
    from countertui.cli.places import books_folder

    held = tuple(dict.fromkeys((role, *more)))
    operators.change_roles(books_folder(dir), admin, second, id, held)
    tell(f"{id} may work as {' and '.join(held)} from the next snapshot.")
    return 0


def list_(*, dir: Path | None = None, json_: bool = False) -> int:  # noqa: A002
    """List who may sign on here.

    Parameters
    ----------
    dir
        The terminal's folder, or the ledger's.
    json_
        Answer as JSON: [{"id", "name", "roles", "locked", "last_day", "code_until"}]. code_until: the end of a one-time
        code that waits to be used, null where there is a PIN.
    """
    require_extras("counter")
    from countertui.domain.operators import proof_of
    from countertui.machine import SystemClock
    from countertui.store.connection import open_for_reading
    from countertui.store.operators import operators, pin_state
    from countertui.store.reference import Reference

    if ledger := books_instead(dir):
        from countertui.cli.ledger import operators as at_ledger

        return _print_list(at_ledger.rows(ledger, SystemClock().local_text()[:10]), json_=json_)
    folder = terminal_folder(dir)
    db = open_for_reading(folder / "store.db")
    try:
        reference = Reference(folder / "reference.db")
        found = sorted(operators(db, reference, SystemClock().local_text()[:10]), key=lambda row: row.name)
        reference.close()
        rows: list[dict[str, Any]] = [
            {
                "id": row.id,
                "name": row.name,
                "roles": row.roles.split(),
                "locked": pin_state(db, row.id).locked,
                "last_day": row.active_to,
                "code_until": proof_of(row.verifier).code_until,
            }
            for row in found
        ]
    finally:
        db.close()
    return _print_list(rows, json_=json_)


def _print_list(rows: list[dict[str, Any]], *, json_: bool) -> int:
    print(json.dumps(rows) if json_ else "\n".join(map(_line, rows)))
    return 0


def _second(station: Station, named: str | None, by: Person, id_: str) -> Person:
    from countertui.cli.asking import ask, ask_secret
    from countertui.counter.sign_on import second_person
    from countertui.domain.rights import Act

    second = named or ask("Second person, a lead or an admin")
    return second_person(station, second, ask_secret("Second person, PIN"), Act.APPROVE_RESET, (by.id, id_))


def _show_code(code: str) -> None:
    from countertui.cli.asking import wait_for
    from countertui.domain.operators import CODE_HOURS

    wait_for("Second person, when nobody else looks")
    tell(f"One-time code: {code}")
    tell(f"It is shown only now, works once, and for {CODE_HOURS} hours. It is typed where the PIN is asked for.")
    tell("It is the second person's to hand over, to nobody but its owner: who knows it can be that operator.")


def _line(row: dict[str, Any]) -> str:
    notes = [
        *(["LOCKED"] if row["locked"] else []),
        *([f"until {row['last_day']}"] if row["last_day"] else []),
        *([f"one-time code until {row['code_until'][:16]}Z"] if row["code_until"] else []),
    ]
    return f"{row['id']:12} {row['name']:28} {' '.join(row['roles']):22} {', '.join(notes)}".rstrip()
