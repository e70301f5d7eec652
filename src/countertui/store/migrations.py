"""Bringing a store.db to the present schema.sql, one step a version; each step commits together with its record.

A step that is released is never changed. Whoever changes a store.db statement of schema.sql adds a step, raises
STORE_VERSION and gives the steps before it their old statements (`former_statements`); tests/store holds every earlier
version to it.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

from countertui.store.former_statements import (
    BEFORE_6,
    CART_BEFORE_5,
    DRAFT_BEFORE_16,
    INDEXES_BEFORE_6,
    JOB_BEFORE_10,
    RECEIPT_BEFORE_14,
    UNFINISHED_BEFORE_10,
)
from countertui.store.schema import statements_of
from countertui.store.table_making import make_tables, make_what_begins, remake_tables, table_of

steps = Migrations("store.db")

_ADDED_LATER = frozenset(
    {"own_key", "registry", "operator_leave", "log_seen", "draft", "personal", "paper_keyed", "print_attempt"}
    | {"card_ask", "card_unknown"}
    | {"account_said", "came_back"}
    | {"trust_request"}
    | {"charge_raised"}
    | {"license_here"}
    | {"dropped"}
    | {"deposit", "deposit_session", "deposit_carried", "deposit_count", "deposit_day"}
    | {"office_batch", "office_session", "office_said"}
    | {"with_courier"}
    | {"office_deposit"}
    | {"deposit_bag", "office_deposit_bag"}
)
"""Tables of later steps: the first makes all others. Where a statement changes, the steps before need the old text."""
_UNFINISHED = "CREATE INDEX print_job_unfinished"
_ATTEMPTS_SINCE_10 = "CREATE INDEX print_attempt_of_job"
_REQUESTED_SINCE_6 = "CREATE INDEX receipt_requested"
_PAPER_SINCE_9 = "CREATE INDEX paper_keyed_by_receipt"
_CARDS_SINCE_12 = "CREATE INDEX card_unknown_open"
_ACCOUNTS_SINCE_13 = ("CREATE INDEX account_said_of", "CREATE INDEX account_changed")
_CAME_BACK_SINCE_14 = "CREATE INDEX came_back_by_"
_TRUST_SINCE_15 = "CREATE INDEX trust_request_open"
_RAISED_SINCE_17 = "CREATE INDEX charge_raised_by_"
_LICENSES_SINCE_18 = "CREATE INDEX license_here_"
_DROPPED_SINCE_19 = "CREATE INDEX dropped_of_session"
_DEPOSITS_SINCE_20 = tuple(f"CREATE INDEX deposit_{name}" for name in ("by_bag", "session_of", "carried_open"))
_OFFICE_SINCE_21 = "CREATE INDEX office_session_"
_BAGS_SINCE_24 = "CREATE INDEX deposit_bag_of"
_BAGS_OF_DEPOSITS = """INSERT OR IGNORE INTO deposit_bag (terminal, epoch, session, bag, seq)
  SELECT covered.value ->> 'terminal', covered.value ->> 'epoch', covered.value ->> 'session', held.value ->> 'bag', seq
  FROM deposit JOIN journal USING (seq), json_each(CAST(body AS TEXT), '$.data.sessions') AS covered,
    json_each(covered.value, '$.bags') AS held WHERE back_seq IS NULL"""
"""Until then a bag went with its session alone."""
_LATER_INDEXES = (
    *(_REQUESTED_SINCE_6, _PAPER_SINCE_9, _ATTEMPTS_SINCE_10, _CARDS_SINCE_12),
    *(*_ACCOUNTS_SINCE_13, _CAME_BACK_SINCE_14, _TRUST_SINCE_15, _RAISED_SINCE_17, _LICENSES_SINCE_18),
    _DROPPED_SINCE_19,
    *_DEPOSITS_SINCE_20,
    _OFFICE_SINCE_21,
    _BAGS_SINCE_24,
)
_GUARDS = ("journal_is_append_only", "journal_keeps_everything", "journal_has_no_gap_and_no_fork")


@steps(name="1")
def _first(db: Database) -> None:
    """A new store."""
    for statement in statements_of("store.db"):
        table = table_of(statement)
        if table == "cart":
            db.conn.execute(CART_BEFORE_5)
        elif table == "receipt":
            db.conn.execute(BEFORE_6["receipt"])
        elif table == "print_job":
            db.conn.execute(JOB_BEFORE_10)
        elif statement.startswith(_UNFINISHED):
            db.conn.execute(UNFINISHED_BEFORE_10)
        elif table not in _ADDED_LATER and not statement.startswith(_LATER_INDEXES):
            db.conn.execute(statement)
    for statement in INDEXES_BEFORE_6:
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version=1")


@steps(name="2")
def _keys(db: Database) -> None:
    """The terminal's own keys, of which so far there is one, and the ledger's register."""
    make_tables(db, "own_key", "registry")
    db.conn.execute("INSERT INTO own_key (seq, public_key, from_seq) SELECT 1, public_key, 1 FROM identity")
    db.conn.execute("PRAGMA user_version=2")


@steps(name="3")
def _last_days(db: Database) -> None:
    """Operators' last days, which no journal before says anything of."""
    make_tables(db, "operator_leave")
    db.conn.execute("PRAGMA user_version=3")


@steps(name="4")
def _log_seen(db: Database) -> None:
    """How far the ledger's log was seen and proven here: nowhere yet."""
    make_tables(db, "log_seen")
    db.conn.execute("PRAGMA user_version=4")


@steps(name="5")
def _drafts(db: Database) -> None:
    """Half-typed counts; and no cart is `committing` any more: a payment is there or it isn't."""
    db.conn.execute(DRAFT_BEFORE_16)
    db.conn.execute("ALTER TABLE cart RENAME TO cart_before")
    db.conn.execute(BEFORE_6["cart"])
    db.conn.execute(
        "INSERT INTO cart (id, operator, state, saved_utc, body)"
        " SELECT id, operator, iif(state = 'parked', 'parked', 'open'), saved_utc, body FROM cart_before"
    )
    db.conn.execute("DROP TABLE cart_before")
    db.conn.execute("PRAGMA user_version=5")


@steps(name="6")
def _fewer_pages(db: Database) -> None:
    """Receipts by the number of their record, and no index that nothing asks: a payment writes five pages less."""
    remade = ("cart", "receipt_line", "tender", "receipt")  # receipt last: the references to it follow its new name
    remake_tables(db, *remade, as_then={"receipt": RECEIPT_BEFORE_14})
    db.conn.execute("PRAGMA user_version=6")


@steps(name="7")
def _personal(db: Database) -> None:
    """Personal values beside records, of which no record before holds any."""
    make_tables(db, "personal")
    db.conn.execute("PRAGMA user_version=7")


@steps(name="8")
def _no_index_of_hashes(db: Database) -> None:
    """No index that nothing asks: a record's hash, and the jobs of a receipt. A payment writes two pages less.

    The chain makes hashes unique: each covers its record's number. A new store's journal is remade as it was.
    """
    for guard in _GUARDS:
        db.conn.execute(f"DROP TRIGGER {guard}")
    db.conn.execute("ALTER TABLE journal RENAME TO journal_before")
    make_tables(db, "journal")
    db.conn.execute(
        "INSERT INTO journal (seq, id, kind, prev, body, h, sig)"
        " SELECT seq, id, kind, prev, body, h, sig FROM journal_before ORDER BY seq"
    )
    db.conn.execute("DROP TABLE journal_before")
    make_what_begins(db, "CREATE TRIGGER journal_")
    db.conn.execute("DROP INDEX IF EXISTS print_job_by_receipt")
    db.conn.execute("PRAGMA user_version=8")


@steps(name="9")
def _paper_keyed(db: Database) -> None:
    """Paper receipts keyed in, of which no record before is one."""
    make_tables(db, "paper_keyed")
    make_what_begins(db, _PAPER_SINCE_9)
    db.conn.execute("PRAGMA user_version=9")


@steps(name="10")
def _print_attempts(db: Database) -> None:
    """Each time something was sent to a printer is a row of its own; of what was sent before, no bytes were kept."""
    db.conn.execute("DROP INDEX print_job_unfinished")
    db.conn.execute("ALTER TABLE print_job RENAME TO print_job_before")
    make_tables(db, "print_job", "print_attempt")
    db.conn.execute(
        "INSERT INTO print_job (id, seq, receipt_no, kind, copy, document, device, state, detail)"
        " SELECT id, seq, receipt_no, kind, copy, document, '', state, detail FROM print_job_before ORDER BY id"
    )
    db.conn.execute("DROP TABLE print_job_before")
    make_what_begins(db, _UNFINISHED, _ATTEMPTS_SINCE_10)
    db.conn.execute("PRAGMA user_version=10")


@steps(name="11")
def _applicants(db: Database) -> None:
    """What is typed of a license's applicant is a draft too."""
    db.conn.execute("ALTER TABLE draft RENAME TO draft_before")
    db.conn.execute(DRAFT_BEFORE_16)
    db.conn.execute(
        "INSERT INTO draft (form, session, operator, saved_at, body)"
        " SELECT form, session, operator, saved_at, body FROM draft_before"
    )
    db.conn.execute("DROP TABLE draft_before")
    db.conn.execute("PRAGMA user_version=11")


@steps(name="12")
def _card_charges(db: Database) -> None:
    """What was asked of the card terminal, and charges of which nobody knew; no record before says any."""
    make_tables(db, "card_ask", "card_unknown")
    make_what_begins(db, _CARDS_SINCE_12)
    db.conn.execute("PRAGMA user_version=12")


@steps(name="13")
def _account_said(db: Database) -> None:
    """Notes, addresses and telephones typed here, which no record before says anything of."""
    make_tables(db, "account_said")
    make_what_begins(db, *_ACCOUNTS_SINCE_13)
    db.conn.execute("PRAGMA user_version=13")


@steps(name="14")
def _came_back(db: Database) -> None:
    """Receipts whose check came back; no record before says so of any."""
    remake_tables(db, "receipt_line", "tender", "receipt")
    make_tables(db, "came_back")
    make_what_begins(db, _CAME_BACK_SINCE_14)
    db.conn.execute("PRAGMA user_version=14")


@steps(name="15")
def _trust_requests(db: Database) -> None:
    """What is asked back of trust deposits, of which no record before says anything."""
    make_tables(db, "trust_request")
    make_what_begins(db, _TRUST_SINCE_15)
    db.conn.execute("PRAGMA user_version=15")


@steps(name="16")
def _forms(db: Database) -> None:
    """Whatever form is half-filled is a draft, and says what it is about."""
    db.conn.execute("ALTER TABLE draft RENAME COLUMN session TO about")
    remake_tables(db, "draft")
    db.conn.execute("PRAGMA user_version=16")


@steps(name="17")
def _charges_raised(db: Database) -> None:
    """Charges that records here raise themselves, of which none before does."""
    make_tables(db, "charge_raised")
    make_what_begins(db, _RAISED_SINCE_17)
    db.conn.execute("PRAGMA user_version=17")


@steps(name="18")
def _licenses(db: Database) -> None:
    """Acts on licenses, of which no record before says anything."""
    make_tables(db, "license_here")
    make_what_begins(db, _LICENSES_SINCE_18)
    db.conn.execute("PRAGMA user_version=18")


@steps(name="19")
def _drops(db: Database) -> None:
    """Bags of cash for the safe, of which no record before says anything, and what they take out of a drawer."""
    make_tables(db, "dropped")
    remake_tables(db, "drawer_move")
    make_what_begins(db, _DROPPED_SINCE_19)
    db.conn.execute("PRAGMA user_version=19")


@steps(name="20")
def _deposits(db: Database) -> None:
    """Bank deposits, of which no record before says anything."""
    make_tables(db, "deposit", "deposit_session", "deposit_carried", "deposit_count", "deposit_day")
    make_what_begins(db, *_DEPOSITS_SINCE_20)
    db.conn.execute("PRAGMA user_version=20")


@steps(name="21")
def _office(db: Database) -> None:
    """What the office's other terminals sealed and the ledger said of their drawers: nothing was brought here yet."""
    make_tables(db, "office_batch", "office_session", "office_said")
    make_what_begins(db, _OFFICE_SINCE_21)
    db.conn.execute("PRAGMA user_version=21")


@steps(name="22")
def _couriers(db: Database) -> None:
    """Bags with a courier, of which no record before says anything."""
    make_tables(db, "with_courier")
    db.conn.execute("PRAGMA user_version=22")


@steps(name="23")
def _office_deposits(db: Database) -> None:
    """What the office's other terminals deposited, which is in their batches."""
    make_tables(db, "office_deposit")
    db.conn.execute("PRAGMA user_version=23")


@steps(name="24")
def _bags_of_deposits(db: Database) -> None:
    """The dropped bags that deposits contain: of the records before, those of their sessions."""
    make_tables(db, "deposit_bag", "office_deposit_bag")
    make_what_begins(db, _BAGS_SINCE_24)
    db.conn.execute(_BAGS_OF_DEPOSITS)
    db.conn.execute("PRAGMA user_version=24")


def migrate(connection: sqlite3.Connection) -> None:
    """Apply the steps the store lacks, oldest first. Raises sqlite3.Error; steps before the failed one stay applied."""
    steps.apply(Database(connection, recursive_triggers=False, execute_plugins=False))
