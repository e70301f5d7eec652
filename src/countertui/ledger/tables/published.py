"""The tables a snapshot publishes, as the ledger keeps them, and the snapshots published so far."""

from __future__ import annotations

from sqlalchemy import Index, Table

from countertui.domain.reference import TABLES
from countertui.ledger.tables.columns import blob, table, text, whole
from countertui.ledger.tables.custody import terminal

snapshot = table(
    "snapshot",
    whole("version", primary_key=True, autoincrement=False),
    text("made_at"),
    text("expires_at"),
    text("includes"),  # JSON: terminal to {epoch, seq} of its last posted record
    blob("manifest"),
)
"""Every snapshot ever published; the files of the newest two are kept."""

snapshot_share = table(
    "snapshot_share",
    whole("version", primary_key=True, autoincrement=False),
    text("office", primary_key=True),  # empty: the whole city's
    text("kinds"),  # JSON list of the kinds of accounts in it, empty for all
    text("history_from"),  # the first day (ISO) of receipts taken earlier that are in it
    text("sha256"),  # of the manifest's payload: what a delta starts from
    blob("manifest"),
)
"""Every snapshot's manifests, the whole city's and its offices' shares: what is served."""

serves = table("serves", text("office", primary_key=True), text("kinds"), rowid=False)
"""Offices that serve some kinds of accounts (JSON list) only; every other serves all."""

removed = table(
    "removed",
    text("name", primary_key=True),
    text("key", primary_key=True),  # JSON list
    whole("removed_in"),
    rowid=False,
)
"""Rows deleted from the published tables. removed_in: the snapshot version that first is without them."""

_WHOLE_COLUMNS = frozenset(
    {"fund_cents", "unit_cents", "amount_cents", "balance_cents", "cents", "voided", "epoch", "request_seq", "seq"}
    | {"carried_out"}
    | {"reader_epoch", "first_no", "last_no", "last_used", "paper_no", "n", "minimum_cents"}
)
_OPTIONAL = frozenset({"effective_to", "active_to", "issued_on", "expires_on", "closed_on", "last_used", "release_on"})
_AMOUNTS_IF_ANY = frozenset({("fee", "unit_cents"), ("account_flag", "cents")})
_KEYS = {
    "city": ("key",),
    "operator": ("id",),
    "fee": ("code", "effective_from"),
    "account": ("number",),
    "charge": ("id",),
    "license": ("number",),
    "license_act": ("license", "n"),
    "license_term": ("license", "begins"),
    "receipt_history": ("receipt_no", "account"),
    "decision": ("terminal", "epoch", "request_seq"),
    "erased": ("terminal", "epoch", "seq", "field"),
    "personal_sealed": ("terminal", "epoch", "seq", "field", "reader", "reader_epoch"),
    "returned_check": ("receipt_no", "reference"),
    "paper_book": ("series", "first_no"),
    "paper_number": ("series", "paper_no"),
    "known_as": ("number", "what", "account"),
    "charge_step": ("charge", "source", "n"),
    "account_flag": ("account", "flag", "since", "due"),
    "account_note": ("id",),
    "trust_terms": ("account",),
    "trust_move": ("terminal", "epoch", "seq", "account"),
    "deposit_at_bank": ("terminal", "epoch", "seq"),
}


def _reference(name: str, columns: tuple[str, ...]) -> Table:
    keys = key_of(name)
    made = [
        (whole if column in _WHOLE_COLUMNS else text)(
            column,
            nullable=column in _OPTIONAL or (name, column) in _AMOUNTS_IF_ANY,
            primary_key=column in keys,
        )
        for column in columns
    ]
    return table(name, *made, whole("changed_in"), rowid=False)


def key_of(table: str) -> tuple[str, ...]:
    """The columns that make a row of a reference table one and the same."""
    return _KEYS.get(table, ("code",))


reference: dict[str, Table] = {
    name: terminal if name == "terminal" else _reference(name, columns) for name, columns in TABLES.items()
}
"""The tables a snapshot publishes, by name. changed_in: the snapshot version that first shows the row as it is."""

Index("charge_by_account", reference["charge"].c.account)
Index("license_by_account", reference["license"].c.account)
