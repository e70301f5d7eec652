"""The books' tables from version to version, by Alembic, on both engines; only ever forward.

New books are made from `tables.metadata` and marked with HEAD; a test holds that migrating empty books comes to the
same. Changed a table? `python tools/ledger_revision.py "what changed"` writes the step and HEAD; look at it.
"""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, inspect, select

HEAD = "first_67dd2b67"
"""The newest step: what the books of this version of the program are at.

Until the first release the baseline is written anew with each change of a table. Its name then ends with a digest of
what it makes, so that books of an earlier day are told from these, instead of failing at the first missing column.
"""

_VERSIONS = (Path(__file__).parent / "versions",)
_version = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),  # as Alembic makes it
)


class UnknownRevisionError(Exception):
    """The books were made or changed by another version of this program, which this one has no step from."""


def mark_new(connection: Connection) -> None:
    """Mark books that were just made from `tables.metadata` as being at HEAD."""
    _version.create(connection)
    connection.execute(insert(_version).values(version_num=HEAD))


def revision_of(connection: Connection) -> str | None:
    """The step that these books are at; None if they are not marked."""
    if not inspect(connection).has_table(_version.name):
        return None
    found: str | None = connection.execute(select(_version.c.version_num)).scalar()
    return found


def bring_up(connection: Connection, to: str = HEAD) -> None:
    """Bring the books to the step `to`, in the caller's transaction. Raises UnknownRevisionError."""
    # Slow to import, and seldom needed: books are at HEAD but for the first opening after an upgrade.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", os.pathsep.join(map(str, _VERSIONS)).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError as fault:
        raise UnknownRevisionError(str(fault)) from fault
