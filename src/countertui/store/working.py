"""Working tables: carts, half-typed counts and envelopes on their way. Losing them loses no cent."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from countertui.ports.exchange import LogSeen

Db = sqlite3.Connection


@dataclass(frozen=True, slots=True)
class CartRow:
    """A saved cart: JSON body as the counter wrote it."""

    id: str
    operator: str
    state: str
    saved_utc: str
    body: str


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A half-filled form: which, about what (empty where there is one of it), by whom, and JSON of what is typed."""

    form: str
    about: str
    operator: str
    saved_at: str
    body: str


@dataclass(frozen=True, slots=True)
class SendingRow:
    """A sealed batch on its way, with the ledger's signed answer once there is one."""

    batch_no: int
    envelope: bytes
    batch_hash: str
    state: str
    ack: bytes | None
    tries: int
    detail: str


_SENDING = "SELECT batch_no, envelope, batch_hash, state, ack, tries, detail FROM sending"


def save_cart(db: Db, row: CartRow) -> None:
    """Write a cart, new or changed."""
    db.execute(
        "INSERT INTO cart (id, operator, state, saved_utc, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
        " operator = excluded.operator, state = excluded.state, saved_utc = excluded.saved_utc, body = excluded.body",
        (row.id, row.operator, row.state, row.saved_utc, row.body),
    )


def cart(db: Db, id_: str) -> CartRow | None:
    """A saved cart by id."""
    row = db.execute("SELECT id, operator, state, saved_utc, body FROM cart WHERE id = ?", (id_,)).fetchone()
    return CartRow(*row) if row else None


def carts(db: Db) -> list[CartRow]:
    """All saved carts, oldest first."""
    rows = db.execute("SELECT id, operator, state, saved_utc, body FROM cart ORDER BY saved_utc, id").fetchall()
    return [CartRow(*row) for row in rows]


def drop_cart(db: Db, id_: str) -> None:
    """Forget a cart, and the tender or the piece of mail that was being typed for it."""
    db.execute("DELETE FROM cart WHERE id = ?", (id_,))
    db.execute("DELETE FROM draft WHERE form IN ('tender', 'mail_piece') AND about = ?", (id_,))


def save_draft(db: Db, row: DraftRow) -> None:
    """Write a half-filled form, new or changed."""
    db.execute(
        "INSERT INTO draft (form, about, operator, saved_at, body) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (form, about, operator) DO UPDATE SET saved_at = excluded.saved_at, body = excluded.body",
        (row.form, row.about, row.operator, row.saved_at, row.body),
    )


def draft(db: Db, form: str, about: str, operator: str) -> DraftRow | None:
    """A half-filled form, if there is one."""
    row = db.execute(
        "SELECT form, about, operator, saved_at, body FROM draft WHERE form = ? AND about = ? AND operator = ?",
        (form, about, operator),
    ).fetchone()
    return DraftRow(*row) if row else None


def drafts(db: Db, form: str | None = None) -> list[DraftRow]:
    """Every half-filled form, or those of a kind, newest first."""
    rows = db.execute(
        "SELECT form, about, operator, saved_at, body FROM draft WHERE form = COALESCE(?, form)"
        " ORDER BY saved_at DESC, form, about",
        (form,),
    ).fetchall()
    return [DraftRow(*row) for row in rows]


def take_over_draft(db: Db, form: str, about: str, operator: str) -> None:
    """Let a half-filled form be another person's from now on."""
    db.execute("UPDATE draft SET operator = ? WHERE form = ? AND about = ?", (operator, form, about))


def drop_drafts_before(db: Db, form: str, saved_at: str) -> None:
    """Forget half-filled forms of a kind that nobody touched since then."""
    db.execute("DELETE FROM draft WHERE form = ? AND saved_at < ?", (form, saved_at))


def drop_draft(db: Db, form: str, about: str, operator: str | None = None) -> None:
    """Forget a half-filled form: one person's, or everybody's about that."""
    db.execute(
        "DELETE FROM draft WHERE form = ? AND about = ? AND operator = COALESCE(?, operator)",
        (form, about, operator),
    )


def keep_envelope(db: Db, batch_no: int, envelope: bytes, batch_hash: str) -> None:
    """Keep a sealed batch's envelope until it is acked and after."""
    db.execute(
        "INSERT INTO sending (batch_no, envelope, batch_hash, state, tries, detail) VALUES (?, ?, ?, 'sealed', 0, '')",
        (batch_no, envelope, batch_hash),
    )


def sendings(db: Db) -> list[SendingRow]:
    """Every batch with its state, oldest first."""
    return [SendingRow(*row) for row in db.execute(f"{_SENDING} ORDER BY batch_no").fetchall()]


def waiting(db: Db) -> list[SendingRow]:
    """The batches that the ledger has not posted yet, oldest first."""
    return [
        SendingRow(*row)
        for row in db.execute(f"{_SENDING} WHERE state NOT IN ('posted', 'received') ORDER BY batch_no").fetchall()
    ]


def count_waiting(db: Db) -> int:
    """How many batches the ledger has not posted yet."""
    (count,) = db.execute("SELECT COUNT(*) FROM sending WHERE state NOT IN ('posted', 'received')").fetchone()
    return int(count)


def received(db: Db) -> list[tuple[int, str]]:
    """Batches that the ledger took and had not posted yet, as (batch_no, batch_hash), oldest first."""
    return db.execute("SELECT batch_no, batch_hash FROM sending WHERE state = 'received' ORDER BY batch_no").fetchall()


def acked_after(db: Db, batch_no: int) -> int:
    """How many batches after that one the ledger answered for, posted or received."""
    (count,) = db.execute(
        "SELECT COUNT(*) FROM sending WHERE batch_no > ? AND state IN ('posted', 'received')", (batch_no,)
    ).fetchone()
    return int(count)


def send_again(db: Db, batch_no: int) -> None:
    """Offer every batch after that one again, the same bytes; the answers had so far are kept beside."""
    db.execute(
        "UPDATE sending SET state = 'sealed', detail = 'the ledger does not have it any more' WHERE batch_no > ?",
        (batch_no,),
    )


def sending_states(db: Db) -> list[tuple[int, str, bytes | None, str]]:
    """Every batch as (batch_no, batch_hash, ack, detail), newest first, without the large envelopes."""
    return db.execute("SELECT batch_no, batch_hash, ack, detail FROM sending ORDER BY batch_no DESC").fetchall()


def sending(db: Db, batch_no: int) -> SendingRow | None:
    """One batch with its state."""
    row = db.execute(f"{_SENDING} WHERE batch_no = ?", (batch_no,)).fetchone()
    return SendingRow(*row) if row else None


def note_try(db: Db, batch_no: int, detail: str) -> None:
    """Count a try that got no answer to keep."""
    db.execute("UPDATE sending SET tries = tries + 1, detail = ? WHERE batch_no = ?", (detail, batch_no))


def keep_ack(db: Db, batch_no: int, state: str, ack: bytes, detail: str) -> None:
    """Keep the ledger's verified answer."""
    db.execute(
        "UPDATE sending SET state = ?, ack = ?, tries = tries + 1, detail = ? WHERE batch_no = ?",
        (state, ack, detail, batch_no),
    )


def log_seen(db: Db) -> LogSeen | None:
    """The newest checkpoint of the ledger's log that was proven here."""
    row = db.execute("SELECT size, root, note, alarm FROM log_seen").fetchone()
    return LogSeen(*row) if row else None


def forget_log_seen(db: Db) -> None:
    """Take the ledger's log as it is shown next."""
    db.execute("DELETE FROM log_seen")


def keep_log_seen(db: Db, seen: LogSeen) -> None:
    """Keep a proven checkpoint, and what a person must see about the log."""
    db.execute(
        "INSERT INTO log_seen (one, size, root, note, alarm) VALUES (1, ?, ?, ?, ?) ON CONFLICT (one) DO UPDATE SET"
        " size = excluded.size, root = excluded.root, note = excluded.note, alarm = excluded.alarm",
        (seen.size, seen.root, seen.note, seen.alarm),
    )
