"""`countertui ledger payables`: approved refunds that the city owes by check, handed to accounts payable in files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from countertui.cli.ledger.at_desk import at_desk, business_date, new_id, reading
from countertui.cli.lines import tell
from countertui.errors import UsageError

if TYPE_CHECKING:
    from countertui.ledger.payables_export import Exported

_LISTED = ("no", "kind", "biz_date", "reference", "account", "payee", "address", "reason", "cents")


def add_to(ledger: App) -> None:
    """Add this module's command to `countertui ledger`."""
    ledger.command(payables)


def payables(
    *,
    to: Path | None = None,
    again: int | None = None,
    on: str | None = None,
    dir: Path | None = None,  # noqa: A002
    json_: bool = False,
) -> int:
    """List what is owed by check and in no file yet; with --to, hand it to accounts payable. A technician signs in.

    Parameters
    ----------
    to
        The file to write, CSV: numbered, a line for each payable, and a control total. It must not be there yet.
    again
        Write the file of that number once more, with the same bytes; nobody signs in, and nothing is changed.
    on
        The business date, like 2026-11-23; today if left out.
    dir
        The ledger's folder.
    json_
        Answer as JSON: a list of {"no", "kind", "biz_date", "reference", "account", "payee", "address", "reason",
        "cents"}; with --to {"export_no", "count", "total_cents", "file"}.
    """
    if to is None:
        if again is not None:
            raise UsageError("There is no file to write it to.", "Nothing was changed.", "Name one: --to FILE.")
        return _list(dir, json_=json_)
    if to.exists():
        raise UsageError(
            f"{to.name} is there already.", "It is unchanged, and nothing was handed over.", "Name another."
        )
    if again is not None:
        from countertui.ledger.payables_export import exported_again

        with reading(dir) as books, books.reading() as connection:
            made = exported_again(connection, again)
    else:
        made = _export(dir, business_date(on))
    _write(to, made, json_=json_)
    return 0


def _export(dir: Path | None, day: str) -> Exported:  # noqa: A002
    with at_desk(dir) as desk:
        from countertui.domain.rights import Act
        from countertui.ledger.payables_export import export_payables

        by = desk.sign_in(Act.CORRECT, "Technician")
        with desk.ground() as ground:
            return export_payables(ground, by=by, biz_date=day, id_=new_id())


def _write(to: Path, made: Exported, *, json_: bool) -> None:
    """Raises UsageError where the disk refuses the file: it is made already, and can be written again."""
    from countertui.domain.money import format_cents
    from countertui.sync.durable import write_durably

    try:
        write_durably(to, made.data, 0o600)
    except OSError as fault:
        raise UsageError(
            f"{to.name} can't be written: {fault.strerror}.",
            f"File {made.export_no} is in the books: what it has is handed over.",
            f"countertui ledger payables --again {made.export_no} --to another file.",
        ) from fault
    if json_:
        row = {"export_no": made.export_no, "count": made.count, "total_cents": made.total_cents, "file": str(to)}
        print(json.dumps(row))
        return
    tell(f"File {made.export_no}: {made.count} payables, {format_cents(made.total_cents)}, in {to.name}.")


def _list(dir: Path | None, *, json_: bool) -> int:  # noqa: A002
    with reading(dir) as books:
        from countertui.domain.money import format_cents
        from countertui.ledger.payables_export import waiting

        with books.reading() as connection:
            rows = waiting(connection)
    if json_:
        print(json.dumps([{name: row[name] for name in _LISTED} for row in rows]))
        return 0
    for row in rows:
        what = f"{row['kind'].replace('_', ' ')} of {row['reference']}"
        tell(f"{row['no']}: {row['biz_date']} {what}, {row['payee']}, {format_cents(row['cents'])}: {row['reason']}")
    if not rows:
        tell("Nothing waits for accounts payable.")
    else:
        tell(f"{len(rows)} in all, {format_cents(sum(row['cents'] for row in rows))}.")
    return 0
