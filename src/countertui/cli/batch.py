"""`countertui batch list|seal|export|import`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.lines import tell
from countertui.cli.places import store_folder, terminal_folder
from countertui.domain.words import number_of


def add_to(app: App) -> None:
    """Add this module's commands."""
    batch = App(name="batch", help="Sealed stretches of the journal on their way to the ledger.")
    batch.command(list_, name="list")
    batch.command(seal)
    batch.command(export)
    batch.command(import_, name="import")
    app.command(batch)


def list_(*, dir: Path | None = None, json_: bool = False) -> int:  # noqa: A002
    """List the batches and how each stands.

    Parameters
    ----------
    dir
        The terminal's folder.
    json_
        Answer as JSON: [{"batch_no", "state", "hash", "tries", "detail"}].
    """
    from countertui.store.connection import open_for_reading
    from countertui.store.working import sendings

    db = open_for_reading(terminal_folder(dir) / "store.db")
    try:
        rows = [
            {
                "batch_no": row.batch_no,
                "state": row.state,
                "hash": row.batch_hash,
                "tries": row.tries,
                "detail": row.detail,
            }
            for row in sendings(db)
        ]
    finally:
        db.close()
    if json_:
        print(json.dumps(rows))
    else:
        for row in rows:
            tell(f"{row['batch_no']:>6}  {row['state']:9} {row['detail']}".rstrip())
        if not rows:
            tell("none")
    return 0


def seal(*, operator: str | None = None, dir: Path | None = None, json_: bool = False) -> int:  # noqa: A002
    """Seal everything recorded since the last seal.

    Parameters
    ----------
    operator
        Who seals; asked for if not given. The PIN is asked for.
    dir
        The terminal's folder.
    json_
        Answer as JSON: {"batch_no", "first_seq", "last_seq", "receipts", "net_cents"}; net_cents is null where a drawer
        that is counted blind is still open.
    """
    require_extras("counter")
    from countertui.cli.running import signed_in, writing_station
    from countertui.counter.seal_batch import seal_batch

    with writing_station(terminal_folder(dir), "batch seal") as (station, _):
        sealed = seal_batch(station, signed_in(station, operator))
    if json_:
        print(json.dumps(asdict(sealed)))
    else:
        tell(f"Batch {sealed.batch_no}: records {sealed.first_seq} to {sealed.last_seq}, {sealed.said}.")
    return 0


def export(to: Path, /, *, after: int | None = None, dir: Path | None = None) -> int:  # noqa: A002
    """Write every batch without an ack to a folder (a USB stick), each as one file, personal values sealed beside it.

    What this terminal has of the ledger's register goes along: a restored ledger takes from it what it lost.

    Parameters
    ----------
    to
        The folder to write to.
    after
        Write every batch after that number instead, answered or not: for a ledger that was restored and lost some.
    dir
        The terminal's folder.
    """
    from countertui.store import registry_log
    from countertui.store.carrying import to_carry
    from countertui.store.connection import open_for_reading
    from countertui.sync.stick_out import lay_out

    # No key is needed, and none asked for: what is sealed is money that was taken, whatever became of the keys.
    db = open_for_reading(store_folder(dir) / "store.db")
    try:
        place = db.execute("SELECT ledger, terminal, epoch FROM identity").fetchone()
        carried, entries = to_carry(db, after), registry_log.entries(db)
    finally:
        db.close()
    to.mkdir(parents=True, exist_ok=True)
    lay_out(to, place, carried, entries)
    tell(f"{number_of(len(carried), 'batch', 'batches')} written to {to}.")
    return 0


def import_(from_: Path, /, *, dir: Path | None = None, json_: bool = False) -> int:  # noqa: A002
    """Take what lies on a stick: of the ledger, its answers to batches, its register of keys and the newest snapshot;
    of the office's other terminals, the batches that they exported.

    All is verified as if it came by the network; exit status 1 if something was not believed.

    Parameters
    ----------
    from_
        The folder that `countertui ledger import` or another terminal's `countertui batch export` wrote to.
    dir
        The terminal's folder.
    json_
        Answer as JSON: {"answered": [{"batch_no", "state", "posted_cents", "difference_cents", "detail"}], "entries",
        "snapshot", "faults", "office": [{"terminal", "epoch", "batch_no", "drawers", "receipts"}], "office_before"};
        snapshot is the version newly taken or null.
    """
    require_extras("counter")
    from countertui.cli.running import run_with, writing_station
    from countertui.counter.take_stick import take_folder

    with writing_station(terminal_folder(dir), "batch import") as (station, _):
        brought = take_folder(station, run_with(station), from_, lambda _table, _rows: None)
    if json_:
        print(json.dumps(asdict(brought)))
    else:
        for line in brought.said:
            tell(line)
    return 1 if brought.faults else 0
