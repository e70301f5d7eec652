"""Sealed batches on their way out by a stick: each as one file, personal values sealed beside it, and the register."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from countertui.domain.office import SealedBatch
from countertui.sync.batch import batch_name
from countertui.sync.durable import write_durably
from countertui.sync.personal_part import parts_of
from countertui.sync.stick_client import own_register_name


def lay_out(
    folder: Path, place: tuple[str, str, int], batches: Sequence[SealedBatch], entries: Sequence[bytes]
) -> None:
    """Write a terminal's batches into a folder, each read back; place: its ledger, its code, its epoch.

    What it has of the ledger's register goes along: a restored ledger takes from it what it lost. Raises OSError,
    WriteBackError.
    """
    ledger, terminal, epoch = place
    for one in batches:
        write_durably(folder / batch_name(terminal, epoch, one.batch_no), one.envelope)
        for name, part in parts_of(ledger, terminal, epoch, one.batch_no, one.personal):
            write_durably(folder / name, part)
    if entries:
        write_durably(folder / own_register_name(terminal), b"".join(entry + b"\n" for entry in entries))
