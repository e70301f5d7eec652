"""`countertui ledger city|publish|status|export`: the books and what goes out of them."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Literal

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.ledger.now import utc_now
from countertui.cli.lines import tell
from countertui.cli.places import books_folder
from countertui.domain.words import number_of

Format = Literal["hledger", "beancount", "csv"]


def add_to(ledger: App) -> None:
    """Add this module's commands to `countertui ledger`."""
    for command in (city, publish, status, export):
        ledger.command(command)


def city(folder: Path, /, *, dir: Path | None = None) -> int:  # noqa: A002
    """Take over a city's rules, funds, offices and drawers in force today, then publish the next snapshot.

    An admin or a technician signs in and answers for it in the ledger's journal.

    Parameters
    ----------
    folder
        The city's folder of TOML files. The chart of accounts it names must be there: countertui import gl.
    dir
        The ledger's folder.
    """
    require_extras("ledger")
    from countertui.cli.ledger.asking_who import answering
    from countertui.config.folder import read_city
    from countertui.config.licenses import license_warnings
    from countertui.ledger.books import open_books
    from countertui.ledger.city import set_city
    from countertui.ledger.publish import publish as publish_snapshot
    from countertui.machine import SystemClock

    ledger = books_folder(dir)
    on = date.fromisoformat(SystemClock().local_text()[:10])
    in_force = read_city(folder, on)
    books = open_books(ledger)
    try:
        who = answering(books)
        done = set_city(books, in_force, who, utc_now(), folder.resolve().name)
        tell(
            f"{in_force.rules.name}: {number_of(done.created, 'row')} created, {done.updated} updated,"
            f" {done.removed} removed.",
        )
        version = publish_snapshot(books, who.key, utc_now(), _progress)
    finally:
        books.close()
    tell(f"Snapshot {version} is published.")
    for words in license_warnings(in_force.licenses, on):
        tell(words)
    return 0


def publish(*, dir: Path | None = None) -> int:  # noqa: A002
    """Publish everything as the next snapshot.

    Parameters
    ----------
    dir
        The ledger's folder.
    """
    require_extras("ledger")
    from countertui.cli.asking import passphrase_for
    from countertui.ledger.books import open_books
    from countertui.ledger.keys import open_key
    from countertui.ledger.publish import publish as publish_snapshot

    folder = books_folder(dir)
    books = open_books(folder)
    try:
        version = publish_snapshot(books, open_key(folder, passphrase_for(folder)), utc_now(), _progress)
    finally:
        books.close()
    tell(f"Snapshot {version} is published.")
    return 0


def status(*, seen: int | None = None, dir: Path | None = None, json_: bool = False) -> int:  # noqa: A002
    """What each terminal sent, what is posted, held or in suspense, and the alarms that nobody has seen to.

    Parameters
    ----------
    seen
        The number of an alarm that somebody looked into, who signs in: it is shown no more.
    dir
        The ledger's folder.
    json_
        Answer as JSON: {"ledger", "snapshot", "terminals", "awaited", "alarms", "days", "held", "error_items", "inbox",
        "out_of_balance", "reseal_wanted", "personal_awaited", "rejected_uploads", "backed_up_at", "no_backup_hours"}.
    """
    require_extras("ledger")
    from countertui.ledger.books import open_books
    from countertui.ledger.status import as_lines
    from countertui.ledger.status import status as status_of

    if seen is not None:
        _mark_seen(seen, dir)
    books = open_books(books_folder(dir))
    try:
        found = status_of(books, utc_now())
    finally:
        books.close()
    print(json.dumps(found)) if json_ else tell("\n".join(as_lines(found)))
    return 0


def _mark_seen(alarm: int, dir: Path | None) -> None:  # noqa: A002
    from countertui.cli.ledger.at_desk import at_desk
    from countertui.domain.rights import Act
    from countertui.ledger.alarms import mark_seen

    with at_desk(dir) as desk:
        by = desk.sign_in(Act.SEE_ALARMS)
        with desk.ground() as ground:
            mark_seen(ground.connection, alarm, by, ground.now)


def export(*, format: Format = "beancount", dir: Path | None = None) -> int:  # noqa: A002
    """Write the whole general ledger to standard output.

    Parameters
    ----------
    format
        hledger, beancount or csv.
    dir
        The ledger's folder.
    """
    require_extras("ledger")
    from countertui.ledger.books import open_books
    from countertui.ledger.export import export as export_books

    books = open_books(books_folder(dir))
    try:
        for line in export_books(books, format):
            print(line, end="")
    finally:
        books.close()
    return 0


def _progress(table: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[Kwriting {table.replace('_', ' ')}\r")
