"""`countertui ledger items|correct|move|period`: what two people put right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cyclopts import App

from countertui.cli.ledger.at_desk import AtDesk, at_desk, business_date, new_id, reading
from countertui.cli.lines import tell
from countertui.errors import UsageError

if TYPE_CHECKING:
    from countertui.ledger.correction_targets import Target
    from countertui.ledger.corrections import Who


def add_to(ledger: App) -> None:
    """Add this module's commands to `countertui ledger`."""
    for command in (items, correct, move, period):
        ledger.command(command)


def items(*, dir: Path | None = None, json_: bool = False) -> int:  # noqa: A002
    """List the open error items: what a record said that could not be posted as it stands.

    Parameters
    ----------
    dir
        The ledger's folder.
    json_
        Answer as JSON: a list of {"id", "terminal", "epoch", "seq", "reason", "detail", "cents", "made_at"}.
    """
    with reading(dir) as books:
        from countertui.domain.money import format_cents
        from countertui.ledger.corrections import open_items

        with books.reading() as connection:
            found = open_items(connection)
    if json_:
        names = ("id", "terminal", "epoch", "seq", "reason", "detail", "cents", "made_at")
        print(json.dumps([{name: row[name] for name in names} for row in found]))
        return 0
    for row in found:
        tell(f"{row['id']}: {row['terminal']} {row['seq']}, {format_cents(row['cents'])} in suspense: {row['detail']}")
    if not found:
        tell("Nothing waits.")
    return 0


def correct(
    item: int,
    /,
    *,
    reason: str,
    to_account: str | None = None,
    to_charge: str | None = None,
    to_gl: str | None = None,
    as_recorded: bool = False,
    on: str | None = None,
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Close an error item: what waits in suspense for it goes where it belongs. Two people sign in.

    Parameters
    ----------
    item
        The item's number, as `ledger items` lists it.
    reason
        Why it belongs there.
    to_account
        An account: what it owes is paid in the city's order, the rest is its credit.
    to_charge
        One charge.
    to_gl
        A GL account.
    as_recorded
        Where the record itself says: for what waits only because its month is closed.
    on
        The business date of the correction, like 2026-11-23; today if left out.
    dir
        The ledger's folder.
    """
    day = business_date(on)
    with at_desk(dir) as desk:
        from countertui.ledger.corrections import correct_item

        target = _target(to_account, to_charge, to_gl, as_recorded=as_recorded)
        two = _two(desk, reason, day)
        with desk.ground() as ground:
            correct_item(ground, item, target, two)
    tell(f"Error item {item} is closed.")
    return 0


def move(
    terminal: str,
    seq: int,
    amount: str,
    /,
    *,
    reason: str,
    from_charge: str | None = None,
    from_gl: str | None = None,
    to_account: str | None = None,
    to_charge: str | None = None,
    to_gl: str | None = None,
    epoch: int = 1,
    on: str | None = None,
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Move money of a posted receipt from a charge or a GL account to where it belongs. Two people sign in.

    Parameters
    ----------
    terminal
        The terminal's code.
    seq
        The number of the receipt's record.
    amount
        How much, like 12.00.
    reason
        Why it belongs there.
    from_charge
        The charge it was put on; CR- and the account's number for its credit.
    from_gl
        The GL account it was put on.
    to_account
        An account: what it owes is paid in the city's order, the rest is its credit.
    to_charge
        One charge.
    to_gl
        A GL account.
    epoch
        The terminal's epoch.
    on
        The business date of the correction, like 2026-11-23; today if left out.
    dir
        The ledger's folder.
    """
    day = business_date(on)
    with at_desk(dir) as desk:
        from countertui.domain.money import parse_amount
        from countertui.ledger.correction_targets import ToCharge, ToGl
        from countertui.ledger.corrections import move as move_money

        cents = parse_amount(amount)
        target = _target(to_account, to_charge, to_gl, as_recorded=False)
        if (from_charge is None) == (from_gl is None) or target is None:
            raise UsageError("Say one place to take it from, and one to put it.", "Nothing was changed.")
        source = ToGl(from_gl) if from_gl is not None else ToCharge(from_charge or "")
        two = _two(desk, reason, day)
        with desk.ground() as ground:
            move_money(ground, (terminal, epoch, seq), source, target, cents, two)
    tell("It is moved.")
    return 0


def period(what: Literal["close", "open"], month: str, /, *, reason: str = "", dir: Path | None = None) -> int:  # noqa: A002
    """Close a month to postings, or open it again. Two people sign in.

    Parameters
    ----------
    what
        close or open.
    month
        The month, like 2026-11.
    reason
        Why: needed to open a month again, and to close one that is not over.
    dir
        The ledger's folder.
    """
    with at_desk(dir) as desk:
        from countertui.domain.desk_records import DeskKind
        from countertui.ledger.periods import set_period

        two = _two(desk, reason, "")
        kind = DeskKind.PERIOD_CLOSE if what == "close" else DeskKind.PERIOD_OPEN
        with desk.ground() as ground:
            set_period(ground, kind, month, by=two.by, second=two.second, reason=reason, id_=two.id)
    tell(f"{month} is {'closed' if what == 'close' else 'open'}.")
    return 0


def _two(desk: AtDesk, reason: str, day: str) -> Who:
    """A technician and a second person, each signed in."""
    from countertui.domain.rights import Act
    from countertui.ledger.corrections import Who

    by = desk.sign_in(Act.CORRECT, "Technician")
    return Who(by, desk.sign_in(Act.AGREE, "Second person"), reason, day, new_id())


def _target(account: str | None, charge: str | None, gl: str | None, *, as_recorded: bool) -> Target | None:
    from countertui.ledger.correction_targets import AsRecorded, ToAccount, ToCharge, ToGl

    told: list[Target] = []
    told += [ToAccount(account)] if account is not None else []
    told += [ToCharge(charge)] if charge is not None else []
    told += [ToGl(gl)] if gl is not None else []
    told += [AsRecorded()] if as_recorded else []
    if len(told) > 1:
        raise UsageError("It can go to one place only.", "Nothing was changed.", "Say one of the --to options.")
    return told[0] if told else None
