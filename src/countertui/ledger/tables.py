"""The ledger's books as tables, for SQLite and PostgreSQL alike.

Amounts are integer cents: a debit is positive, a credit negative. Dates and times are ISO 8601 text, hashes lower-case
hex.
No table has a row-level foreign key on the way of a posting: what a batch names is checked as a set, once per batch
(reference/performance.md, section 4: such a key is 4.4 times the cost of posting).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

from countertui.domain.reference import TABLES

metadata = MetaData()

# SQLite's INTEGER holds 64 bits; PostgreSQL's does not.
_Whole = BigInteger().with_variant(Integer, "sqlite")


def _text(name: str, **more: Any) -> Column[Any]:
    return Column(name, Text, nullable=more.pop("nullable", False), **more)


def _whole(name: str, **more: Any) -> Column[Any]:
    return Column(name, _Whole, nullable=more.pop("nullable", False), **more)


def _bytes(name: str, **more: Any) -> Column[Any]:
    return Column(name, LargeBinary, nullable=more.pop("nullable", False), **more)


def _table(name: str, *parts: Any, rowid: bool = True) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=rowid)


state = _table("ledger_state", _text("key", primary_key=True), _text("value"), rowid=False)
"""What the ledger knows of itself; see `StateKey` in books.py."""

counter = _table("number_drawn", _text("name", primary_key=True), _whole("value"), rowid=False)
"""Running numbers: the last one drawn of each name."""

inbox = _table(
    "inbox",
    _text("sha256", primary_key=True),  # of the envelope's bytes
    _text("terminal"),
    _whole("epoch"),
    _whole("no"),
    _text("received_at"),
    _text("verdict"),  # kept, posted, held, or what was wrong
    _text("detail"),
    _bytes("ack", nullable=True),  # of a held one that has no row in batch: a fork
    _bytes("bytes"),
)
"""Every envelope ever offered, as it came, good or bad; committed before anything is judged."""

terminal = _table(
    "terminal",
    _text("code", primary_key=True),
    _whole("epoch", primary_key=True, autoincrement=False),
    _text("office"),
    _text("public_key"),
    _text("state"),  # active, frozen (a fork was seen), revoked
    _whole("batch_no"),  # the last one taken into custody, and where it ends
    _text("batch_hash"),
    _whole("last_seq"),
    _text("head"),
    _whole("cum_net"),
    _whole("cum_abs"),
    _whole("last_receipt", nullable=True),  # the n of the last receipt number taken
    _whole("posted_no"),  # the last one posted, and where that ends
    _whole("posted_seq"),
    _text("heard_at", nullable=True),
)
"""The register of terminal keys, with how far each journal was taken and posted. Published as table `terminal`."""

batch = _table(
    "batch",
    _text("terminal", primary_key=True),
    _whole("epoch", primary_key=True, autoincrement=False),
    _whole("no", primary_key=True, autoincrement=False),
    _text("batch_hash", unique=True),
    _text("sha256"),  # of its envelope in the inbox
    _whole("first_seq"),
    _whole("last_seq"),
    _text("head"),
    _text("state"),  # posted, held
    _text("reasons"),  # JSON list: why it is held
    _whole("receipts"),
    _whole("net_cents"),
    _whole("error_items"),
    _text("received_at"),
    _bytes("ack"),
)
"""Batches in custody: chain-valid, one per number."""

record = _table(
    "record",
    _text("terminal"),
    _whole("epoch"),
    _whole("seq"),
    _text("id"),
    _text("kind"),
    _bytes("h"),
    _whole("entry", nullable=True),  # what it posted
    _bytes("body"),
    UniqueConstraint("terminal", "epoch", "seq"),
    UniqueConstraint("id"),
)
"""The records of posted batches, bodies verbatim."""

entry = _table(
    "entry",
    _whole("id", primary_key=True, autoincrement=False),
    _text("terminal"),
    _whole("epoch"),
    _whole("seq"),
    _text("kind"),
    _text("biz_date"),
    _text("receipt_no", nullable=True),
)
"""One journal entry a record that moved money. It balances in total and per fund."""

gl_line = _table(
    "gl_line",
    _whole("entry", primary_key=True, autoincrement=False),
    _whole("n", primary_key=True, autoincrement=False),
    _text("fund"),
    _text("account"),
    _whole("cents"),
    rowid=False,
)

gl_balance = _table(
    "gl_balance", _text("fund", primary_key=True), _text("account", primary_key=True), _whole("cents"), rowid=False
)
"""The sum of gl_line per fund and account, kept with every posting."""

day = _table(
    "day",
    _text("biz_date", primary_key=True),
    _text("terminal", primary_key=True),
    _whole("receipts"),
    _whole("net_cents"),
    rowid=False,
)
"""What each terminal took on each business date: receipts, and money in less money given back."""

undone = _table(
    "undone",
    _text("id", primary_key=True),  # of the pay record
    _text("kind"),  # void, refund
    _text("terminal"),
    _whole("epoch"),
    _whole("seq"),
)
"""Receipts taken back, and by which record: no receipt is taken back twice."""

unposted = _table(
    "unposted",
    _text("terminal", primary_key=True),
    _whole("epoch", primary_key=True, autoincrement=False),
    _whole("seq", primary_key=True, autoincrement=False),
    _whole("n", primary_key=True, autoincrement=False),  # of the record's movements, from 0
    rowid=False,
)
"""What a receipt said it moves on a charge or credit and did not, for none was known: undoing it must not either."""

rules_used = _table(
    "rules_used",
    _text("terminal", primary_key=True),
    _whole("epoch", primary_key=True, autoincrement=False),
    _whole("first_seq", primary_key=True, autoincrement=False),
    _text("rules"),  # JSON, as in table city
)
"""By which rules a terminal's records were posted, from that one on until the next row: what undoes them needs it."""

session = _table(
    "session",
    _text("terminal", primary_key=True),
    _whole("epoch", primary_key=True, autoincrement=False),
    _text("id", primary_key=True),
    _text("operator"),
    _text("drawer"),
    _text("biz_date"),
    _whole("open_seq"),
    _whole("close_seq", nullable=True),
)
"""Drawer sessions, as their own open and close records say."""

session_tender = _table(
    "session_tender",
    _text("terminal", primary_key=True),
    _whole("epoch", primary_key=True, autoincrement=False),
    _text("session", primary_key=True),
    _text("tender", primary_key=True),
    _whole("count"),
    _whole("cents"),
    rowid=False,
)
"""What is expected in each session's drawer, moved by every posted record of it: nothing of it is a terminal's word."""

answered = _table(
    "answered",
    _text("terminal", primary_key=True),
    _whole("epoch", primary_key=True, autoincrement=False),
    _whole("request_seq", primary_key=True, autoincrement=False),
    _whole("seq"),
    rowid=False,
)
"""Requests for a void or refund that were carried out or refused, and by which record: each is answered once."""

error_item = _table(
    "error_item",
    _whole("id", primary_key=True, autoincrement=False),
    _text("terminal"),
    _whole("epoch"),
    _whole("seq"),
    _text("reason"),  # a code: see posting.py
    _text("detail"),
    _whole("cents"),  # what waits in suspense for it
    _text("state"),  # open
    _text("made_at"),
)
"""The worklist: what a record said that could not be posted as it stands."""

snapshot = _table(
    "snapshot",
    _whole("version", primary_key=True, autoincrement=False),
    _text("made_at"),
    _text("expires_at"),
    _text("includes"),  # JSON: terminal to {epoch, seq} of its last posted record
    _bytes("manifest"),
)
"""Every snapshot ever published; the files of the newest two are kept."""

_WHOLE_COLUMNS = frozenset({"fund_cents", "unit_cents", "amount_cents", "balance_cents", "cents", "voided"})
_OPTIONAL = frozenset({"effective_to", "active_to", "issued_on", "expires_on"})
_KEYS = {
    "city": ("key",),
    "operator": ("id",),
    "fee": ("code", "effective_from"),
    "account": ("number",),
    "charge": ("id",),
    "license": ("number",),
    "receipt_history": ("receipt_no", "account"),
}


def _reference(name: str, columns: tuple[str, ...]) -> Table:
    keys = key_of(name)
    made = [
        (_whole if column in _WHOLE_COLUMNS else _text)(
            column,
            nullable=column in _OPTIONAL or column == "unit_cents",
            primary_key=column in keys,
        )
        for column in columns
    ]
    return _table(name, *made, _whole("changed_in"), rowid=False)


def key_of(table: str) -> tuple[str, ...]:
    """The columns that make a row of a reference table one and the same."""
    return _KEYS.get(table, ("code",))


reference: dict[str, Table] = {
    name: terminal if name == "terminal" else _reference(name, columns) for name, columns in TABLES.items()
}
"""The tables a snapshot publishes, by name. changed_in: the snapshot version that first shows the row as it is."""

Index("charge_by_account", reference["charge"].c.account)
Index("license_by_account", reference["license"].c.account)
