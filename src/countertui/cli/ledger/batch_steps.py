"""`countertui ledger release|post|reject|reopen`: what people do with a batch in custody."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from countertui.cli.ledger.at_desk import at_desk, new_id
from countertui.cli.lines import tell

if TYPE_CHECKING:
    from countertui.domain.desk_records import DeskKind


def add_to(ledger: App) -> None:
    """Add this module's commands to `countertui ledger`."""
    for command in (release, post, reject, reopen):
        ledger.command(command)


def release(terminal: str, no: int, /, *, reason: str = "", epoch: int = 1, dir: Path | None = None) -> int:  # noqa: A002
    """Release a batch to be posted; a technician signs in, another posts it.

    Parameters
    ----------
    terminal
        The terminal's code.
    no
        The batch's number.
    reason
        Why, where the batch is held.
    epoch
        The terminal's epoch.
    dir
        The ledger's folder.
    """
    from countertui.domain.desk_records import DeskKind

    return _step(DeskKind.BATCH_RELEASE, terminal, no, reason, epoch, dir)


def post(terminal: str, no: int, /, *, epoch: int = 1, dir: Path | None = None) -> int:  # noqa: A002
    """Post a batch that another technician released; those that waited for it follow.

    Parameters
    ----------
    terminal
        The terminal's code.
    no
        The batch's number.
    epoch
        The terminal's epoch.
    dir
        The ledger's folder.
    """
    from countertui.domain.desk_records import DeskKind

    return _step(DeskKind.BATCH_POST, terminal, no, "", epoch, dir)


def reject(terminal: str, no: int, /, *, reason: str, epoch: int = 1, dir: Path | None = None) -> int:  # noqa: A002
    """Reject a batch that is not posted: it stays in custody, and those after it wait.

    Parameters
    ----------
    terminal
        The terminal's code.
    no
        The batch's number.
    reason
        Why.
    epoch
        The terminal's epoch.
    dir
        The ledger's folder.
    """
    from countertui.domain.desk_records import DeskKind

    return _step(DeskKind.BATCH_REJECT, terminal, no, reason, epoch, dir)


def reopen(terminal: str, no: int, /, *, reason: str, epoch: int = 1, dir: Path | None = None) -> int:  # noqa: A002
    """Reopen a rejected batch, by two people: it is released and posted as if it had just come.

    Parameters
    ----------
    terminal
        The terminal's code.
    no
        The batch's number.
    reason
        Why.
    epoch
        The terminal's epoch.
    dir
        The ledger's folder.
    """
    from countertui.domain.desk_records import DeskKind

    return _step(DeskKind.BATCH_REOPEN, terminal, no, reason, epoch, dir)


def _step(kind: DeskKind, terminal: str, no: int, reason: str, epoch: int, dir: Path | None) -> int:  # noqa: A002
    with at_desk(dir) as desk:
        from countertui.domain.desk_records import DeskKind
        from countertui.domain.rights import Act
        from countertui.ledger.batch_states import STEPS, step

        _, state, act = STEPS[kind]
        by, second = desk.sign_in(act, "Technician"), None
        if kind is DeskKind.BATCH_REOPEN:
            second = desk.sign_in(Act.AGREE, "Second person")
        with desk.ground() as ground:
            step(ground, kind, terminal, epoch, no, by=by, second=second, reason=reason, id_=new_id())
    tell(f"Batch {no} of {terminal} is {state}.")
    return 0
