"""Statements of store.db as they were before a step changed them, named by the step; never changed again."""

from __future__ import annotations

CART_BEFORE_5 = """CREATE TABLE cart (
  id        TEXT PRIMARY KEY,
  operator  TEXT NOT NULL,
  state     TEXT NOT NULL CHECK (state IN ('open', 'parked', 'committing')),
  saved_utc TEXT NOT NULL,
  body      TEXT NOT NULL
) STRICT"""
DRAFT_BEFORE_16 = """CREATE TABLE draft (
  form      TEXT NOT NULL CHECK (form IN ('opening', 'closing', 'applicant')),
  session   TEXT NOT NULL,
  operator  TEXT NOT NULL,
  saved_at  TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (form, session, operator)
) STRICT, WITHOUT ROWID"""
BEFORE_6 = {
    "cart": """CREATE TABLE cart (
  id        TEXT PRIMARY KEY,
  operator  TEXT NOT NULL,
  state     TEXT NOT NULL CHECK (state IN ('open', 'parked')),
  saved_utc TEXT NOT NULL,
  body      TEXT NOT NULL
) STRICT""",
    "receipt": """CREATE TABLE receipt (
  receipt_no   TEXT PRIMARY KEY,
  seq          INTEGER NOT NULL UNIQUE,
  id           TEXT NOT NULL UNIQUE,
  h            TEXT NOT NULL,
  session      TEXT NOT NULL REFERENCES session (id),
  biz_date     TEXT NOT NULL,
  operator     TEXT NOT NULL,
  payor        TEXT NOT NULL,
  total_cents  INTEGER NOT NULL,
  change_cents INTEGER NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('taken', 'void_requested', 'void', 'refund_requested', 'refunded')),
  request_seq  INTEGER,
  end_seq      INTEGER,
  copies       INTEGER NOT NULL
) STRICT""",
}
RECEIPT_BEFORE_14 = """CREATE TABLE receipt (
  seq          INTEGER PRIMARY KEY,
  receipt_no   TEXT NOT NULL UNIQUE,
  id           TEXT NOT NULL,
  h            TEXT NOT NULL,
  session      TEXT NOT NULL REFERENCES session (id),
  biz_date     TEXT NOT NULL,
  operator     TEXT NOT NULL,
  payor        TEXT NOT NULL,
  total_cents  INTEGER NOT NULL,
  change_cents INTEGER NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('taken', 'void_requested', 'void', 'refund_requested', 'refunded')),
  request_seq  INTEGER,
  end_seq      INTEGER,
  copies       INTEGER NOT NULL
) STRICT"""
INDEXES_BEFORE_6 = (
    "CREATE INDEX receipt_by_session ON receipt (session, seq)",
    "CREATE INDEX receipt_line_by_account ON receipt_line (account, receipt_no) WHERE account IS NOT NULL",
)
JOB_BEFORE_10 = """CREATE TABLE print_job (
  id         INTEGER PRIMARY KEY,
  seq        INTEGER NOT NULL,
  receipt_no TEXT,
  kind       TEXT NOT NULL,
  copy       INTEGER NOT NULL,
  document   TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN
    ('queued', 'sending', 'confirmed', 'processed', 'sent', 'refused', 'uncertain', 'settled')),
  attempts   INTEGER NOT NULL,
  sha256     TEXT,
  detail     TEXT NOT NULL
) STRICT"""
UNFINISHED_BEFORE_10 = (
    "CREATE INDEX print_job_unfinished ON print_job (state)"
    " WHERE state IN ('queued', 'sending', 'refused', 'uncertain')"
)
