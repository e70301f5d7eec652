"""`countertui backup|restore`: a copy of a terminal, and a new epoch that begins where a copy ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.lines import tell
from countertui.cli.places import default_folder, terminal_folder

if TYPE_CHECKING:
    from countertui.domain.record_data import RestoreData
    from countertui.store.anchor import Tip
    from countertui.store.copying import LastGood

_MOST_DIGITS = 9


def add_to(app: App) -> None:
    """Add this module's commands."""
    for command in (backup, restore):
        app.command(command)


def backup(folder: Path, /, *, operator: str | None = None, dir: Path | None = None) -> int:  # noqa: A002
    """Copy this terminal's store, key file and settings into a new folder; the anchor is never part of it.

    Parameters
    ----------
    folder
        A new folder, best on another disk.
    operator
        Who makes it; asked for if not given. The PIN is asked for.
    dir
        The terminal's folder.
    """
    require_extras("counter")
    from countertui.cli.running import signed_in, writing_station
    from countertui.counter.back_up import back_up

    with writing_station(terminal_folder(dir), "backup") as (station, _):
        made = back_up(station, signed_in(station, operator), folder.resolve())
    tell(f"Backed up to {folder}: everything up to record {made.seq}, hash {made.h[:12]}.")
    return 0


def restore(
    folder: Path,
    /,
    *,
    code: str,
    ledger: str | None = None,
    from_: Path | None = None,
    to: Path | None = None,
    anchor: Path | None = None,
    wait: int = 900,
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Begin a terminal's new epoch where a backup ends, in a new folder.

    The old key must be revoked and a code given out first: countertui ledger revoke, then admit. A journal is never
    gone on with from a copy: the new epoch has a new key and its own journal, and names the last good record of the
    old one. Receipt numbers go on above the highest that the backup, the anchor, the ledger or paper shows; what lies
    between is listed by `countertui report gaps`.

    Parameters
    ----------
    folder
        The backup, or what is left of the terminal's folder.
    code
        The one-time code that `ledger admit` printed.
    ledger
        The ledger's address.
    from_
        Without a network: the folder with the ledger's files, as for init.
    to
        The same: the folder for the request.
    anchor
        The old terminal's anchor folder, if the machine still has it.
    wait
        How many seconds to wait for the admission.
    dir
        The new folder.
    """
    require_extras("counter")
    from countertui.cli.init import begin_terminal
    from countertui.counter.begin import is_begun
    from countertui.errors import UsageError
    from countertui.store.copying import last_good

    new = default_folder(dir)
    if is_begun(new, restoring=True):
        raise UsageError(f"There is a terminal in {new} already.", "It is unchanged.", "Name a new --dir.")
    good = last_good(folder / "store.db")
    tip = _tip_of(anchor)
    restored = _restored(good, tip, _highest_on_paper(good.terminal))
    status = begin_terminal(new, good.terminal, code, ledger=ledger, from_=from_, to=to, wait=wait, restored=restored)
    if is_begun(new, restoring=True):
        _tell_where_it_ended(good, tip, folder)
    return status


def _tip_of(anchor: Path | None) -> Tip | None:
    """What the old terminal's anchor saw last; None without one. Raises UsageError where one is named and none is."""
    from countertui.errors import UsageError
    from countertui.store.anchor import read_tip

    tip = read_tip(anchor) if anchor is not None else None
    if anchor is not None and tip is None:
        raise UsageError(f"There is no anchor in {anchor}.", "Nothing was made.", "Leave --anchor out.")
    return tip


def _highest_on_paper(terminal: str) -> int:
    """The n of the last receipt that is known to be on paper, as a person types it; 0 for none."""
    from countertui.cli.asking import ask, until_taken

    typed = until_taken(
        lambda: ask("Highest number on paper, of the last receipt given out (0 for none known)"),
        lambda answer: receipt_n(answer, terminal),
    )
    return receipt_n(typed, terminal)


def _restored(good: LastGood, tip: Tip | None, paper: int) -> RestoreData:
    """What the new epoch's first record says of the one before."""
    from countertui.domain.record_data import RestoreData
    from countertui.store.copying import highest_receipt

    return RestoreData(
        epoch=good.epoch,
        seq=good.seq,
        h=good.h,
        receipt_n=good.receipt_n,
        anchor_seq=tip.seq if tip is not None else None,
        paper_n=paper,
        first_n=highest_receipt(good, tip, paper) + 1,
    )


def _tell_where_it_ended(good: LastGood, tip: Tip | None, folder: Path) -> None:
    lost = good.seq if tip is None else max(tip.seq, good.seq)
    more = f"; the anchor saw record {lost}" if lost > good.seq else ""
    tell(f"Epoch {good.epoch} ended at record {good.seq} here{more}.")
    tell(f"What was recorded and not sent of it: countertui ledger import {folder / 'store.db'}, at the ledger.")
    tell("Receipts that are on paper alone are listed: countertui report gaps.")


def receipt_n(typed: str, terminal: str) -> int:
    """The n of a receipt number of that terminal, like T1-118 or 118. Raises UsageError for anything else."""
    from countertui.errors import UsageError

    named, _, digits = typed.strip().rpartition("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _MOST_DIGITS:
        raise UsageError("That is no receipt number.", "Nothing was made.", "Type it like T1-118, or 0.")
    if named and named.upper() != terminal.upper():
        raise UsageError(f"That is no receipt number of {terminal}.", "Nothing was made.", f"Look for {terminal}-.")
    return int(digits)
