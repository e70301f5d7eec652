"""The newest snapshot onto a stick, for an office without a network."""

from __future__ import annotations

import shutil
from pathlib import Path

from countertui.errors import EnvironmentFault
from countertui.ledger.books import Books, next_version
from countertui.ledger.publish import MANIFEST, share_folder
from countertui.ledger.shares import office_of
from countertui.sync.durable import write_durably
from countertui.sync.table_files import DELTAS


class NothingPublishedError(EnvironmentFault):
    """There is no snapshot yet."""


def write_snapshot_to(books: Books, folder: Path, terminal: str) -> int:
    """Put the newest snapshot, as that terminal's office has it, and what changed since earlier ones into `folder`.

    The manifest comes last: a stick pulled out before holds no newer snapshot. Returns the version; `offer_from` of
    `sync.snapshot_stick` takes it. Raises NothingPublishedError, OSError, WriteBackError.
    """
    with books.reading() as connection:
        office = office_of(connection, terminal)
        version = next_version(connection) - 1
    source = share_folder(books, version, office)
    if not (source / MANIFEST).is_file():
        source = share_folder(books, version, "")
    if not (source / MANIFEST).is_file():
        raise NothingPublishedError(
            "The ledger has published nothing yet.", "Nothing was written.", "Publish first: countertui ledger publish."
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    (folder / DELTAS).unlink(missing_ok=True)
    for file in sorted(source.iterdir()):
        if file.is_file() and file.name != MANIFEST and not file.name.startswith("."):
            shutil.copyfile(file, folder / file.name)
    write_durably(folder / MANIFEST, (source / MANIFEST).read_bytes())
    return version
