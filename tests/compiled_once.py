"""SQL compiled once a test process: each engine has a cache of its own, and tests open thousands of books.

The program opens its books once; there this would change nothing.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_mock_engine, inspect
from sqlalchemy.schema import DDLElement

from countertui.ledger import engines, tables

_made_engine, _make_all = engines.create_engine, MetaData.create_all


class _Compiled(dict[Any, Any]):
    """What SQLAlchemy compiled for every engine of one dialect: its keys begin with the engine's own."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: tuple[Any, ...], value: Any) -> None:
        super().__setitem__(key[1:], value)


_compiled: dict[str, _Compiled] = {}


def use() -> None:
    """Have all books of this process share what is compiled for their engines, and what makes their tables."""
    engines.create_engine = _engine
    tables.metadata.create_all = _create_all  # type: ignore[method-assign]


def _engine(*arguments: Any, **settings: Any) -> Engine:
    engine = _made_engine(*arguments, **settings)
    engine._compiled_cache = _compiled.setdefault(engine.dialect.name, _Compiled())
    return engine


def _create_all(connection: Connection) -> None:
    if inspect(connection).get_table_names():
        _make_all(tables.metadata, connection)  # it looks which are there
        return
    for statement in _making(connection.dialect.name, connection.dialect.driver):
        connection.exec_driver_sql(statement)


@cache
def _making(dialect: str, driver: str) -> tuple[str, ...]:
    """The statements that make all tables and their indexes."""
    said: list[str] = []

    def say(statement: DDLElement, *_: Any, **__: Any) -> None:
        said.append(str(statement.compile(dialect=mock.dialect)))

    mock = create_mock_engine(f"{dialect}+{driver}://", say)
    _make_all(tables.metadata, mock, checkfirst=False)
    return tuple(said)
