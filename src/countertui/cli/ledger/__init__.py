"""`countertui ledger …`: the central side, one module a subject."""

from __future__ import annotations

from cyclopts import App


def add_to(app: App) -> None:
    """Add every command of the ledger."""
    from countertui.cli.ledger import (
        admission,
        backups,
        bank,
        bank_lines,
        bank_money,
        batch_steps,
        books,
        check,
        corrections,
        founding,
        paper_books,
        payables,
        personal,
        requests,
        returns,
        rotation,
        serve,
        stick,
        tie_out,
    )

    ledger = App(name="ledger", help="The central ledger.")
    for module in (
        founding,
        books,
        serve,
        stick,
        backups,
        admission,
        rotation,
        requests,
        batch_steps,
        corrections,
        bank,
        bank_lines,
        bank_money,
        returns,
        payables,
        paper_books,
        personal,
        tie_out,
        check,
    ):
        module.add_to(ledger)
    app.command(ledger)
