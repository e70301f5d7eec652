"""`countertui ledger explain|unmatch`: what a line of the bank is that is no deposit, and taking such words back."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from countertui.cli.ledger.at_desk import at_desk, business_date, new_id
from countertui.cli.lines import tell
from countertui.errors import UsageError


def add_to(ledger: App) -> None:
    """Add this module's commands to `countertui ledger`."""
    for command in (explain, unmatch):
        ledger.command(command)


def explain(
    line: str,
    /,
    *,
    reason: str,
    to_gl: str | None = None,
    in_books: bool = False,
    on: str | None = None,
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Say what a line of the bank is that is no deposit: interest, a fee, a wire, a returned check. Two people sign in.

    Parameters
    ----------
    line
        The line, as `ledger bank` lists it.
    reason
        What it is.
    to_gl
        The GL account it belongs to: money that came is credited there, money that went is debited.
    in_books
        It is a returned check or a payment file that the books have at the bank already; nothing is posted.
    on
        The business date, like 2026-11-23; today if left out.
    dir
        The ledger's folder.
    """
    day = business_date(on)
    if (to_gl is None) != in_books:
        raise UsageError("Say what it is: --to-gl ACCOUNT, or --in-books.", "Nothing was changed.")
    with at_desk(dir) as desk:
        from countertui.domain.money import format_cents
        from countertui.domain.rights import Act
        from countertui.ledger.bank.explaining import explain as explain_line
        from countertui.ledger.bank.explaining import explain_booked, line_named

        by = desk.sign_in(Act.CORRECT, "Technician")
        second = desk.sign_in(Act.AGREE, "Second person")
        with desk.ground() as ground:
            identity = line_named(ground.connection, line)
            if to_gl is None:
                made = explain_booked(ground, identity, by=by, second=second, reason=reason, biz_date=day, id_=new_id())
            else:
                made = explain_line(
                    ground, identity, to_gl, by=by, second=second, reason=reason, biz_date=day, id_=new_id()
                )
    cents = format_cents(made.body["data"]["cents"])
    tell(f"{cents} is posted to {to_gl}." if to_gl is not None else f"{cents} is what the books have already.")
    return 0


def unmatch(
    deposit: int | None = None,
    /,
    *,
    reason: str,
    line: str | None = None,
    on: str | None = None,
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Take back that a deposit is the lines of the bank that it was booked with, or what a line was explained as.

    Two people sign in.

    Parameters
    ----------
    deposit
        Its number, as `ledger bank` told it.
    line
        Instead of a deposit: a line that `ledger explain` said something of.
    reason
        What was wrong.
    on
        The business date, like 2026-11-23; today if left out.
    dir
        The ledger's folder.
    """
    day = business_date(on)
    if (deposit is None) == (line is None):
        raise UsageError("Name a deposit, or a line with --line.", "Nothing was changed.")
    with at_desk(dir) as desk:
        from countertui.domain.rights import Act
        from countertui.ledger.bank.booking import unbook
        from countertui.ledger.bank.explaining import line_named, unexplain

        by = desk.sign_in(Act.DEPOSIT if line is None else Act.CORRECT, "Technician")
        second = desk.sign_in(Act.AGREE, "Second person")
        with desk.ground() as ground:
            if deposit is not None:
                unbook(ground, deposit, by=by, second=second, reason=reason, biz_date=day, id_=new_id())
            if line is not None:
                identity = line_named(ground.connection, line)
                unexplain(ground, identity, by=by, second=second, reason=reason, biz_date=day, id_=new_id())
    tell(f"Deposit {deposit} waits for the bank again." if line is None else "The line waits to be explained again.")
    return 0
