"""`countertui ledger deposits|deposit|return|payments`: money on its way to the bank, and from it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from countertui.cli.ledger.at_desk import at_desk, business_date, new_id, reading
from countertui.cli.lines import tell
from countertui.errors import UsageError


def add_to(ledger: App) -> None:
    """Add this module's commands to `countertui ledger`."""
    for command in (deposits, deposit, payments):
        ledger.command(command)
    ledger.command(return_, name="return")


def deposits(*, office: str | None = None, dir: Path | None = None, json_: bool = False) -> int:  # noqa: A002
    """List the closed sessions whose money is in no bank deposit yet.

    Parameters
    ----------
    office
        Only that office's.
    dir
        The ledger's folder.
    json_
        Answer as JSON: a list of {"terminal", "epoch", "session", "office", "drawer", "operator", "biz_date", "sums":
        [{"tender", "count", "cents"}]}.
    """
    with reading(dir) as books:
        from countertui.domain.money import format_cents
        from countertui.ledger.deposits import undeposited

        with books.reading() as connection:
            found = undeposited(connection, office)
    if json_:
        print(json.dumps([asdict(each) for each in found]))
        return 0
    for each in found:
        sums = ", ".join(f"{one['tender'].replace('_', ' ')} {format_cents(one['cents'])}" for one in each.sums)
        tell(f"{each.biz_date} {each.office} {each.terminal} {each.session}, drawer {each.drawer}: {sums}")
    if not found:
        tell("Nothing waits to be deposited.")
    return 0


def deposit(
    office: str,
    bag: str,
    /,
    *,
    session: list[str] | None = None,
    on: str | None = None,
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Put the counted money of an office's closed sessions into a bag for the bank. Two people sign in.

    Parameters
    ----------
    office
        The office's code.
    bag
        The bag's number.
    session
        A session's id, as `ledger deposits` lists it; given again for more. All that wait if left out.
    on
        The business date, like 2026-11-23; today if left out.
    dir
        The ledger's folder.
    """
    day = business_date(on)
    with at_desk(dir) as desk:
        from countertui.domain.money import format_cents
        from countertui.domain.rights import Act
        from countertui.ledger.deposits import deposit as put_in_bag
        from countertui.ledger.deposits import undeposited

        by = desk.sign_in(Act.DEPOSIT, "Technician")
        second = desk.sign_in(Act.AGREE, "Second person")
        with desk.ground() as ground:
            waiting = undeposited(ground.connection, office)
            places = [(each.terminal, each.epoch, each.session) for each in waiting]
            if session is not None:
                places = [place for place in places if place[2] in session]
                if missing := set(session) - {id_ for _, _, id_ in places}:
                    raise UsageError(f"Session {min(missing)} does not wait to be deposited.", "Nothing was changed.")
            made = put_in_bag(ground, office, bag, places, by=by, second=second, biz_date=day, id_=new_id())
    tell(f"Deposit {made.seq}, bag {bag}: {format_cents(made.body['data']['total_cents'])}.")
    for each in made.body["data"]["composition"]:
        tell(f"  {each['tender'].replace('_', ' '):12} {each['count'] or '':>5} {format_cents(each['cents']):>14}")
    return 0


def return_(
    receipt: str,
    check: str,
    /,
    *,
    reason: str,
    on: str | None = None,
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Take back what a returned check (or ACH payment) paid, charge the fee, flag the account. Two people sign in.

    Parameters
    ----------
    receipt
        The receipt's number.
    check
        The check's number, as on the receipt.
    reason
        What the bank says.
    on
        The business date, like 2026-11-23; today if left out.
    dir
        The ledger's folder.
    """
    day = business_date(on)
    with at_desk(dir) as desk:
        from countertui.domain.money import format_cents
        from countertui.domain.rights import Act
        from countertui.ledger.returned_checks import return_check

        by = desk.sign_in(Act.CORRECT, "Technician")
        second = desk.sign_in(Act.AGREE, "Second person")
        with desk.ground() as ground:
            made = return_check(ground, receipt, check, by=by, second=second, reason=reason, biz_date=day, id_=new_id())
    data = made.body["data"]
    fee = f", fee {format_cents(data['fee_cents'])}" if data["fee_cents"] else ""
    tell(f"Check {check} of {receipt}: {format_cents(data['total_cents'])} taken back{fee}.")
    return 0


def payments(
    file: Path,
    /,
    *,
    map_: Annotated[Path, Parameter(name="--map")],
    count: int | None = None,
    total: str | None = None,
    again: bool = False,
    on: str | None = None,
    dir: Path | None = None,  # noqa: A002
    json_: bool = False,
) -> int:
    """Take in a lockbox, web or ACH payment file: posted if it balances, else held. A technician signs in.

    A held file may be given again, with the right count and total. One with payments like some posted before is held.

    Parameters
    ----------
    file
        The file.
    map_
        Its mapping file.
    count
        How many payments the bank says it has, where the file has no trailer.
    total
        How much money, like 1284.50, likewise.
    again
        Post it though payments like its own were posted before; a second person signs in.
    on
        The business date, like 2026-11-23; today if left out.
    dir
        The ledger's folder.
    json_
        Answer as JSON: {"state", "origin", "count", "total_cents", "reasons"}.
    """
    day = business_date(on)
    if (count is None) != (total is None):
        raise UsageError("Count and total go together.", "Nothing was changed.")
    with at_desk(dir) as desk:
        from countertui.domain.money import format_cents, parse_amount
        from countertui.domain.rights import Act
        from countertui.ledger.payment_files import take_file

        control = None if count is None or total is None else (count, int(parse_amount(total)))
        by = desk.sign_in(Act.POST, "Technician")
        second = desk.sign_in(Act.AGREE, "Second person") if again else None
        with desk.ground() as ground:
            taken = take_file(ground, file, map_, by=by, biz_date=day, ids=new_id, control=control, second=second)
    if json_:
        print(json.dumps(asdict(taken)))
    else:
        tell(f"{taken.origin}: {taken.count} payments, {format_cents(taken.total_cents)}, {taken.state}.")
        for reason in taken.reasons:
            tell(f"  {reason}")
        if taken.state.startswith("held"):
            tell("Nothing of it is posted. Give it again once it is right; --again if its payments are new ones.")
    return 0 if taken.state.startswith("posted") else 1
