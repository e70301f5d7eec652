"""`countertui ledger serve`: the ledger as a service."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.ledger.now import utc_now
from countertui.cli.places import books_folder

ENDS_WITHIN_S = 10.0
"""How long the embedded ledger of a counter that was killed may still be ending while the next one starts."""


def add_to(ledger: App) -> None:
    """Add this module's command to `countertui ledger`."""
    ledger.command(serve)


def serve(*, dir: Path | None = None, port: int = 0, until_stdin_closes: bool = False) -> int:  # noqa: A002
    """Take batches and give snapshots over HTTP on this machine; prints its address as JSON.

    Parameters
    ----------
    dir
        The ledger's folder.
    port
        The port; 0 takes a free one.
    until_stdin_closes
        Stop when standard input closes, as a child that must not outlive its parent.
    """
    require_extras("ledger")
    from countertui.cli.asking import passphrase_for
    from countertui.folder_lock import FolderLock
    from countertui.ledger.server import serve as serve_ledger

    folder = books_folder(dir)
    patience_s = ENDS_WITHIN_S if until_stdin_closes else 0
    lock = FolderLock(folder, "ledger serve", of="ledger", patience_s=patience_s)
    try:
        serve_ledger(folder, passphrase_for(folder), utc_now, port=port, until_stdin_closes=until_stdin_closes)
    finally:
        lock.close()
    return 0
