"""What every table of the books is made of, for SQLite and PostgreSQL alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()


# SQLite's INTEGER holds 64 bits; PostgreSQL's does not.
_Integer64 = BigInteger().with_variant(Integer, "sqlite")
# In the order of its bytes on both: a snapshot or an export is the same, whatever the locale of a server.
_Text = Text(collation="C").with_variant(Text(), "sqlite")


def text(name: str, **more: Any) -> Column[Any]:
    """A column of text, not null unless `nullable` says so."""
    return Column(name, _Text, nullable=more.pop("nullable", False), **more)


def whole(name: str, **more: Any) -> Column[Any]:
    """A column of 64-bit integers, not null unless `nullable` says so."""
    return Column(name, _Integer64, nullable=more.pop("nullable", False), **more)


def blob(name: str, **more: Any) -> Column[Any]:
    """A column of bytes, not null unless `nullable` says so."""
    return Column(name, LargeBinary, nullable=more.pop("nullable", False), **more)


def table(name: str, *parts: Any, rowid: bool = True, by_month: bool = False) -> Table:
    """A table of the books, STRICT on SQLite. rowid: whether SQLite keeps one beside the primary key.

    by_month: on PostgreSQL it is partitioned by the month of its column biz_date; see entries.py.
    """
    more: dict[str, Any] = {"postgresql_partition_by": "RANGE (biz_date)"} if by_month else {}
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=rowid, **more)
