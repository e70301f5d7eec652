"""What Alembic runs: its steps on the connection it is given, inside the transaction that is open on it."""

from __future__ import annotations

from alembic import context

from countertui.ledger.tables import metadata


def _is_ours(name: str | None, type_: str, _parents: object) -> bool:
    """Partitions and other people's tables in the same database are none of these books'."""
    return type_ != "table" or name in metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=_is_ours,
    render_as_batch=True,  # SQLite changes a table by making it anew
)
with context.begin_transaction():
    context.run_migrations()
