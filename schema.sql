-- The whole local store of one terminal, in two SQLite files.
--
--   store.db      the facts made here. Rollback journal (journal_mode=PERSIST, not TRUNCATE: overwritten instead of cut and grown
--                 anew, as durable and quicker; see docs/architecture.md), synchronous=EXTRA, foreign keys on, one writer.
--   reference.db  the newest snapshot of the central ledger. Disposable: rebuilt from the signed snapshot, filled in no other way.
--
-- Each table says what it is:
--   journal   signed facts, append-only; the only source of money figures
--   derived   rebuilt from the journal by store/projection/; `countertui verify` rebuilds and compares it row by row
--   working   carts, half-typed counts, print jobs, send states, personal values; may be lost without losing a cent
--   snapshot  the ledger's reference data
-- Amounts are integer cents. Dates and times are ISO 8601 text. Sequence numbers (seq) count records from 1 without a gap.

-- file: store.db

CREATE TABLE journal (              -- journal: one signed record a row; body is the canonical JSON that was signed, hashed and is sent
  seq   INTEGER PRIMARY KEY CHECK (seq >= 1),
  id    TEXT NOT NULL UNIQUE,       -- UUIDv7, fixed before the money was touched
  kind  TEXT NOT NULL,
  prev  BLOB NOT NULL CHECK (length(prev) = 32),
  body  BLOB NOT NULL,
  h     BLOB NOT NULL CHECK (length(h) = 32),
  sig   BLOB NOT NULL CHECK (length(sig) = 64)
) STRICT;

CREATE TRIGGER journal_is_append_only BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER journal_keeps_everything BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal keeps everything'); END;

CREATE TRIGGER journal_has_no_gap_and_no_fork BEFORE INSERT ON journal
WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM journal)
  OR NEW.prev <> COALESCE((SELECT h FROM journal WHERE seq = NEW.seq - 1), NEW.prev)
  OR EXISTS (SELECT 1 FROM journal WHERE id = NEW.id)   -- INSERT OR REPLACE would take the other record away,
                                                        -- and by itself no DELETE trigger sees that
BEGIN SELECT RAISE(ABORT, 'the journal has no gap and no fork'); END;

CREATE TABLE identity (             -- derived: who this terminal is, from record 1
  one         INTEGER PRIMARY KEY CHECK (one = 1),
  ledger      TEXT NOT NULL,
  terminal    TEXT NOT NULL,
  epoch       INTEGER NOT NULL,
  office      TEXT NOT NULL,
  public_key  TEXT NOT NULL,        -- hex, this terminal's Ed25519 key
  ledger_key  TEXT NOT NULL         -- hex, the pinned key of the ledger
) STRICT;

CREATE TABLE own_key (              -- derived: the keys this terminal signs with, one after another
  seq         INTEGER PRIMARY KEY,  -- the record that names it: 1, or a key_rotate
  public_key  TEXT NOT NULL UNIQUE, -- hex
  from_seq    INTEGER               -- the first record it signs: the one after the next seal; NULL until that is made
) STRICT;

CREATE TABLE counter (              -- derived: running figures, one row
  one         INTEGER PRIMARY KEY CHECK (one = 1),
  receipt_n   INTEGER NOT NULL,     -- the last receipt number drawn: <terminal>-<n>
  batch_no    INTEGER NOT NULL,     -- the last batch sealed
  batch_seq   INTEGER NOT NULL,     -- the seal record of that batch
  cum_net     INTEGER NOT NULL,     -- money taken less money given back, since record 1
  cum_abs     INTEGER NOT NULL,
  snapshot    INTEGER NOT NULL,     -- version of the snapshot last applied
  last_utc    TEXT NOT NULL         -- the latest time any record says: later records never say an earlier one
) STRICT;

CREATE TABLE operator_here (        -- derived: operators set at this terminal, until a snapshot holds them
  id        TEXT PRIMARY KEY,
  name      TEXT NOT NULL,
  roles     TEXT NOT NULL,
  verifier  TEXT NOT NULL,
  seq       INTEGER NOT NULL
) STRICT;

CREATE TABLE operator_leave (       -- derived: last days set at this terminal, until a snapshot holds them
  id        TEXT PRIMARY KEY,
  last_day  TEXT,                   -- NULL: no end
  seq       INTEGER NOT NULL
) STRICT;

CREATE TABLE pin_state (            -- derived: wrong PINs since the last right one; locked survives a restart
  operator    TEXT PRIMARY KEY,
  failures    INTEGER NOT NULL,
  locked_seq  INTEGER
) STRICT;

CREATE TABLE session (              -- derived: one operator, one drawer, one business date
  id            TEXT PRIMARY KEY,
  drawer        TEXT NOT NULL,
  operator      TEXT NOT NULL,
  biz_date      TEXT NOT NULL,
  fund_cents    INTEGER NOT NULL,
  opening_cents INTEGER NOT NULL,
  open_seq      INTEGER NOT NULL,
  close_seq     INTEGER,
  closed_by     TEXT
) STRICT;
CREATE UNIQUE INDEX session_one_open_per_drawer ON session (drawer) WHERE close_seq IS NULL;
CREATE UNIQUE INDEX session_one_open_per_operator ON session (operator) WHERE close_seq IS NULL;

CREATE TABLE receipt (              -- derived
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
  state        TEXT NOT NULL CHECK (state IN ('taken', 'void_requested', 'void', 'refund_requested', 'refunded',
    'returned')),                   -- a check of it came back unpaid
  request_seq  INTEGER,
  end_seq      INTEGER,             -- the record that voided or refunded it, or says that a check came back
  copies       INTEGER NOT NULL     -- duplicates printed so far
) STRICT;
CREATE INDEX receipt_by_payor ON receipt (payor COLLATE NOCASE, seq);
CREATE INDEX receipt_requested ON receipt (state) WHERE state IN ('void_requested', 'refund_requested');

CREATE TABLE receipt_line (         -- derived
  receipt_no  TEXT NOT NULL REFERENCES receipt (receipt_no),
  n           INTEGER NOT NULL,
  account     TEXT,
  fee         TEXT,
  description TEXT NOT NULL,
  quantity    INTEGER,
  cents       INTEGER NOT NULL,
  PRIMARY KEY (receipt_no, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE allocation (           -- derived: money to (positive) and back from (negative) charges, credits and fees;
                                    -- a charge raised here, for a returned check, counts as back: it is owed
  seq      INTEGER NOT NULL,
  n        INTEGER NOT NULL,
  account  TEXT,
  charge   TEXT,
  head     TEXT NOT NULL,
  gl       TEXT NOT NULL,
  cents    INTEGER NOT NULL,
  PRIMARY KEY (seq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX allocation_by_account ON allocation (account, seq) WHERE account IS NOT NULL;

CREATE TABLE tender (               -- derived
  receipt_no  TEXT NOT NULL REFERENCES receipt (receipt_no),
  n           INTEGER NOT NULL,
  kind        TEXT NOT NULL,
  cents       INTEGER NOT NULL,
  reference   TEXT NOT NULL,
  PRIMARY KEY (receipt_no, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX tender_by_reference ON tender (reference) WHERE reference <> '';

CREATE TABLE paper_keyed (          -- derived: numbers of paper receipts keyed in here, and what became of each
  series      TEXT NOT NULL,
  paper_no    INTEGER NOT NULL,
  seq         INTEGER NOT NULL,     -- its pay record, or the one that says it was spoiled
  receipt_no  TEXT,                 -- NULL: spoiled
  state       TEXT NOT NULL CHECK (state IN ('receipt', 'void', 'spoiled')),
  paper_date  TEXT NOT NULL,
  PRIMARY KEY (series, paper_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX paper_keyed_by_receipt ON paper_keyed (receipt_no) WHERE receipt_no IS NOT NULL;

CREATE TABLE card_unknown (         -- derived: card charges that stood in no receipt when nobody knew of them, and what became of each
  seq      INTEGER PRIMARY KEY,     -- the record that says so
  id       TEXT NOT NULL UNIQUE,    -- its id, saved before the customer was asked
  cart     TEXT NOT NULL,
  session  TEXT NOT NULL,
  cents    INTEGER NOT NULL,
  state    TEXT NOT NULL CHECK (state IN ('unknown', 'charged', 'not_charged', 'reversed', 'paid')),
  end_seq  INTEGER                  -- the record that settled it last, or the receipt that has it
) STRICT;
CREATE INDEX card_unknown_open ON card_unknown (state) WHERE state IN ('unknown', 'charged');

CREATE TABLE came_back (            -- derived: checks said here to have come back unpaid
  seq        INTEGER NOT NULL,
  n          INTEGER NOT NULL,      -- its place in the record, from 0
  receipt_no TEXT NOT NULL,         -- maybe another terminal's
  reference  TEXT NOT NULL,         -- the check's number
  account    TEXT,                  -- who bears the fee; NULL where only fees were paid
  biz_date   TEXT NOT NULL,
  cents      INTEGER NOT NULL,
  fee_cents  INTEGER NOT NULL,
  PRIMARY KEY (seq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX came_back_by_receipt ON came_back (receipt_no);
CREATE INDEX came_back_by_account ON came_back (account, seq) WHERE account IS NOT NULL;

CREATE TABLE charge_raised (        -- derived: charges raised here, by records themselves; negative: taken back
  seq         INTEGER NOT NULL,
  n           INTEGER NOT NULL,     -- its place in the record, from 1
  account     TEXT NOT NULL,
  charge      TEXT NOT NULL,
  head        TEXT NOT NULL,
  due         TEXT NOT NULL,
  description TEXT NOT NULL,
  gl          TEXT NOT NULL,
  cents       INTEGER NOT NULL,
  PRIMARY KEY (seq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX charge_raised_by_account ON charge_raised (account, seq);
CREATE INDEX charge_raised_by_charge ON charge_raised (charge);

CREATE TABLE trust_request (        -- derived: what was asked back of trust deposits, and what became of it
  seq       INTEGER PRIMARY KEY,    -- the record that asked
  account   TEXT NOT NULL,
  cents     INTEGER NOT NULL,
  state     TEXT NOT NULL CHECK (state IN ('asked', 'refunded', 'refused')),
  end_seq   INTEGER                 -- the record that refunded or refused it
) STRICT;
CREATE INDEX trust_request_open ON trust_request (account) WHERE state = 'asked';

CREATE TABLE drawer_move (          -- derived: what each record puts into a session's drawer (positive) or takes out
  seq      INTEGER NOT NULL,
  session  TEXT NOT NULL REFERENCES session (id),
  tender   TEXT NOT NULL,
  what     TEXT NOT NULL CHECK (what IN ('fund', 'tender', 'change', 'void', 'refund', 'drop')),
  count    INTEGER NOT NULL,        -- pieces: checks, card slips, money orders
  cents    INTEGER NOT NULL,
  PRIMARY KEY (session, seq, tender, what)
) STRICT, WITHOUT ROWID;

CREATE TABLE dropped (              -- derived: bags of cash that went from a drawer to the office's safe
  seq      INTEGER PRIMARY KEY,
  session  TEXT NOT NULL REFERENCES session (id),
  bag      TEXT NOT NULL UNIQUE,
  cents    INTEGER NOT NULL
) STRICT;
CREATE INDEX dropped_of_session ON dropped (session);

CREATE TABLE deposit (              -- derived: bank deposits made here, one bag each
  seq         INTEGER PRIMARY KEY,
  n           INTEGER NOT NULL UNIQUE,  -- of this terminal's slips
  slip_no     TEXT NOT NULL UNIQUE,
  bag         TEXT NOT NULL,
  biz_date    TEXT NOT NULL,
  total_cents INTEGER NOT NULL,
  final_seq   INTEGER,              -- the record that made it the final of its days: its own, or a later one
  back_seq    INTEGER               -- the record that took it back
) STRICT;
CREATE INDEX deposit_by_bag ON deposit (bag);

CREATE TABLE deposit_count (        -- derived: cash counted blind for a deposit, before what is expected was shown
  seq    INTEGER PRIMARY KEY,
  cents  INTEGER NOT NULL
) STRICT;

CREATE TABLE deposit_session (      -- derived: sessions whose money is in a deposit that stands, other terminals' too
  terminal  TEXT NOT NULL,
  epoch     INTEGER NOT NULL,
  session   TEXT NOT NULL,
  seq       INTEGER NOT NULL,       -- the deposit's record
  biz_date  TEXT NOT NULL,
  PRIMARY KEY (terminal, epoch, session)
) STRICT, WITHOUT ROWID;
CREATE INDEX deposit_session_of ON deposit_session (seq);

CREATE TABLE deposit_bag (          -- derived: dropped bags in a deposit that stands, with their session or apart from it
  terminal  TEXT NOT NULL,
  epoch     INTEGER NOT NULL,
  session   TEXT NOT NULL,          -- that dropped it
  bag       TEXT NOT NULL,
  seq       INTEGER NOT NULL,       -- the deposit's record
  PRIMARY KEY (terminal, epoch, session, bag)
) STRICT, WITHOUT ROWID;
CREATE INDEX deposit_bag_of ON deposit_bag (seq);

CREATE TABLE deposit_carried (      -- derived: what deposits lacked and a later one may find
  item       TEXT PRIMARY KEY,
  seq        INTEGER NOT NULL,      -- the deposit's record
  tender     TEXT NOT NULL,
  cents      INTEGER NOT NULL,      -- more than 0
  receipt_no TEXT NOT NULL,
  reference  TEXT NOT NULL,
  reason     TEXT NOT NULL,
  found_seq  INTEGER                -- the deposit that contains it, or the record that gave it up or took its payment back
) STRICT, WITHOUT ROWID;
CREATE INDEX deposit_carried_open ON deposit_carried (seq) WHERE found_seq IS NULL;

CREATE TABLE deposit_day (          -- derived: business dates that a final deposit closed
  biz_date  TEXT PRIMARY KEY,
  seq       INTEGER NOT NULL        -- the deposit's record
) STRICT, WITHOUT ROWID;

CREATE TABLE with_courier (         -- derived: bags of deposits that somebody gave to a courier
  bag  TEXT PRIMARY KEY,
  seq  INTEGER NOT NULL             -- the record of it
) STRICT, WITHOUT ROWID;

CREATE TABLE drawer_count (         -- derived: what was counted, per committed count and tender
  seq      INTEGER NOT NULL,
  session  TEXT NOT NULL REFERENCES session (id),
  tender   TEXT NOT NULL,
  count    INTEGER NOT NULL,
  cents    INTEGER NOT NULL,
  PRIMARY KEY (session, seq, tender)
) STRICT, WITHOUT ROWID;

CREATE TABLE close_count (          -- derived: counted, expected and the difference per tender of a closed session
  session         TEXT NOT NULL REFERENCES session (id),
  tender          TEXT NOT NULL,
  counted         INTEGER NOT NULL,
  counted_cents   INTEGER NOT NULL,
  expected        INTEGER NOT NULL,
  expected_cents  INTEGER NOT NULL,
  PRIMARY KEY (session, tender)
) STRICT, WITHOUT ROWID;

CREATE TABLE batch (                -- derived: a sealed stretch of the journal, first_seq to its seal record last_seq
  batch_no        INTEGER PRIMARY KEY,
  first_seq       INTEGER NOT NULL,
  last_seq        INTEGER NOT NULL,
  prev_batch_hash TEXT NOT NULL
) STRICT;

CREATE TABLE account_said (         -- derived: notes, addresses and telephones typed here; in force until a snapshot includes them
  seq       INTEGER PRIMARY KEY,
  account   TEXT NOT NULL,
  what      TEXT NOT NULL CHECK (what IN ('note', 'address', 'phone')),
  was       TEXT NOT NULL,          -- empty for a note
  said      TEXT NOT NULL,
  operator  TEXT NOT NULL,
  dated     TEXT NOT NULL
) STRICT;
CREATE INDEX account_said_of ON account_said (account, seq);
CREATE INDEX account_changed ON account_said (seq) WHERE what <> 'note';

CREATE TABLE license_here (         -- derived: what was done with licenses here; in force until a snapshot includes it
  seq       INTEGER PRIMARY KEY,    -- the record, which says what
  license   TEXT NOT NULL,
  step      TEXT NOT NULL,
  drawn     INTEGER NOT NULL        -- of the first act of one: the number drawn from this terminal's series; else 0
) STRICT;
CREATE INDEX license_here_of ON license_here (license, seq);
CREATE INDEX license_here_drawn ON license_here (drawn) WHERE drawn > 0;

CREATE TABLE cart (                 -- working: what is being paid for; its id becomes the receipt's id
  id        TEXT PRIMARY KEY,
  operator  TEXT NOT NULL,
  state     TEXT NOT NULL CHECK (state IN ('open', 'parked')),
  saved_utc TEXT NOT NULL,
  body      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE card_ask (             -- working: what was asked of the card terminal, until a receipt or a card_unknown record has it
  id        TEXT PRIMARY KEY,       -- fixed before the customer is asked
  cart      TEXT NOT NULL,
  session   TEXT NOT NULL,
  operator  TEXT NOT NULL,
  cents     INTEGER NOT NULL,
  asked_at  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE draft (                -- working: a form half-filled, until what it asks for is recorded or somebody drops it
  form      TEXT NOT NULL CHECK (form <> ''),  -- which: counter/drafts.Form
  about     TEXT NOT NULL,          -- a drawer session, a receipt, a cart, an applicant; empty where there is one of it
  operator  TEXT NOT NULL,          -- whose hands typed it: a count is shown to nobody else before their own blind count
  saved_at  TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (form, about, operator)
) STRICT, WITHOUT ROWID;

CREATE TABLE print_job (            -- working: a document to print, or the drawer to open, and what became of it
  id         INTEGER PRIMARY KEY,
  seq        INTEGER NOT NULL,      -- the record it belongs to
  receipt_no TEXT,
  kind       TEXT NOT NULL,         -- receipt, z_report, notice, endorsement, validation, or drawer: the till opened, once
  copy       INTEGER NOT NULL,
  document   TEXT NOT NULL,         -- empty for drawer
  device     TEXT NOT NULL,         -- the printer's name; empty: this terminal's own
  state      TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'confirmed', 'processed', 'sent', 'refused', 'uncertain',
    'later',                        -- nothing left, and it waits until a person says so
    'settled',                      -- a person looked at the paper, or wants none
    'lapsed')),                     -- a drawer that was not opened in time, and is not opened any more
  after_job  INTEGER,               -- the uncertain job it is printed instead of: what its printer still holds is cleared first
  detail     TEXT NOT NULL
) STRICT;
CREATE INDEX print_job_unfinished ON print_job (state)
  WHERE state IN ('queued', 'sending', 'refused', 'uncertain', 'later');

CREATE TABLE print_attempt (        -- working: one time a job was sent; committed before its first byte leaves
  id         INTEGER PRIMARY KEY,
  job        INTEGER NOT NULL,
  device     TEXT NOT NULL,
  process_id TEXT NOT NULL,         -- what the printer answers with when all of it is printed; never used twice
  sha256     TEXT NOT NULL,         -- of the bytes
  bytes      BLOB NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('sending', 'confirmed', 'processed', 'sent', 'refused', 'uncertain')),
  begun_utc  TEXT NOT NULL,
  ended_utc  TEXT,                  -- NULL: under way, or cut off
  detail     TEXT NOT NULL
) STRICT;
CREATE INDEX print_attempt_of_job ON print_attempt (job);

CREATE TABLE sending (              -- working: envelopes on their way to the ledger, and its signed answer
  batch_no   INTEGER PRIMARY KEY,
  envelope   BLOB NOT NULL,
  batch_hash TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('sealed', 'posted', 'received', 'held')),
  ack        BLOB,
  tries      INTEGER NOT NULL,
  detail     TEXT NOT NULL
) STRICT;

CREATE TABLE registry (             -- working: the ledger's register of keys, entry by entry, as it was signed
  no        INTEGER PRIMARY KEY,
  envelope  BLOB NOT NULL
) STRICT;

CREATE TABLE log_seen (             -- working: the newest checkpoint of the ledger's log that was proven here
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  size   INTEGER NOT NULL,          -- entries; later checkpoints must extend them
  root   TEXT NOT NULL,             -- hex
  note   TEXT NOT NULL,             -- signed, as the ledger gave it
  alarm  TEXT NOT NULL              -- what a person must see: the log is another, or shorter, than it was
) STRICT;

CREATE TABLE personal (             -- working: values that records commit to; may be erased, and the journal stays whole
  seq       INTEGER NOT NULL,       -- the record
  field     TEXT NOT NULL,          -- what of it, like tender.1.account
  locked    BLOB,                   -- salt and value, encrypted under this terminal's key; NULL: erased
  sealed    BLOB,                   -- the same for a stick, sealed to the city's key; NULL: no key known, delivered, erased
  blind     TEXT,                   -- hex, HMAC: the same value is found by it without being read; NULL: erased
  delivered INTEGER NOT NULL,       -- 1: the ledger has it
  PRIMARY KEY (seq, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE office_batch (         -- working: sealed batches of the office's other terminals, as they were signed: evidence, no money figure of this one
  terminal    TEXT NOT NULL,
  epoch       INTEGER NOT NULL,
  batch_no    INTEGER NOT NULL,
  last_seq    INTEGER NOT NULL,
  head        TEXT NOT NULL,        -- hex: the hash of its last record
  batch_hash  TEXT NOT NULL,
  taken_at    TEXT NOT NULL,
  envelope    BLOB NOT NULL,
  PRIMARY KEY (terminal, epoch, batch_no)
) STRICT;

CREATE TABLE office_session (       -- working: drawer sessions of those terminals, as their batches tell them
  terminal    TEXT NOT NULL,
  epoch       INTEGER NOT NULL,
  id          TEXT NOT NULL,
  biz_date    TEXT NOT NULL,
  close_seq   INTEGER,              -- NULL: open, as far as was heard
  through     INTEGER NOT NULL,     -- the last record of it that was seen
  body        TEXT NOT NULL,        -- JSON: domain/seen_sessions.SeenSession
  PRIMARY KEY (terminal, epoch, id)
) STRICT;
CREATE INDEX office_session_by_date ON office_session (biz_date);
CREATE INDEX office_session_open ON office_session (terminal, epoch) WHERE close_seq IS NULL;

CREATE TABLE office_deposit (       -- working: bank deposits that those terminals made and that stand
  terminal  TEXT NOT NULL,
  epoch     INTEGER NOT NULL,
  seq       INTEGER NOT NULL,       -- the deposit's record there
  slip_no   TEXT NOT NULL,
  bag       TEXT NOT NULL,
  sessions  TEXT NOT NULL,          -- JSON: [terminal, epoch, session] each, of any terminal of the office
  PRIMARY KEY (terminal, epoch, seq)
) STRICT;

CREATE TABLE office_deposit_bag (   -- working: dropped bags that those deposits took apart from their sessions
  terminal     TEXT NOT NULL,
  epoch        INTEGER NOT NULL,
  seq          INTEGER NOT NULL,    -- the deposit's record there
  of_terminal  TEXT NOT NULL,       -- whose session dropped it
  of_epoch     INTEGER NOT NULL,
  session      TEXT NOT NULL,
  bag          TEXT NOT NULL,
  PRIMARY KEY (terminal, epoch, seq, of_terminal, of_epoch, session, bag)
) STRICT, WITHOUT ROWID;

CREATE TABLE office_said (          -- working: what the ledger last said of this office's drawers
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  at     TEXT NOT NULL,             -- when, by the ledger's clock
  body   TEXT NOT NULL              -- JSON, as it was signed
) STRICT;

-- file: reference.db

CREATE TABLE snapshot (             -- snapshot: which one this is
  one         INTEGER PRIMARY KEY CHECK (one = 1),
  version     INTEGER NOT NULL,
  made_at     TEXT NOT NULL,
  expires_at  TEXT NOT NULL,
  sha256      TEXT NOT NULL,        -- of the signed manifest's payload
  epoch       INTEGER NOT NULL,     -- of this terminal, as the snapshot includes it
  seq         INTEGER NOT NULL      -- money taken here up to this record is in the balances
) STRICT;

CREATE TABLE city (                 -- snapshot
  key    TEXT PRIMARY KEY,
  value  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE office (               -- snapshot
  code     TEXT PRIMARY KEY,
  name     TEXT NOT NULL,
  address  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE terminal (             -- snapshot
  code        TEXT PRIMARY KEY,
  office      TEXT NOT NULL,
  epoch       INTEGER NOT NULL,
  public_key  TEXT NOT NULL,
  certificate TEXT                  -- hex, the ledger's signature on that key: receipts carry it in their code
) STRICT, WITHOUT ROWID;

CREATE TABLE drawer (               -- snapshot
  code        TEXT PRIMARY KEY,
  office      TEXT NOT NULL,
  name        TEXT NOT NULL,
  fund_cents  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE operator (             -- snapshot
  id           TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  roles        TEXT NOT NULL,
  verifier     TEXT NOT NULL,
  active_from  TEXT NOT NULL,
  active_to    TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE fund (                 -- snapshot
  code  TEXT PRIMARY KEY,
  name  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE gl_account (           -- snapshot
  code  TEXT PRIMARY KEY,
  fund  TEXT NOT NULL,
  name  TEXT NOT NULL,
  type  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE fee (                  -- snapshot
  code            TEXT NOT NULL,
  description     TEXT NOT NULL,
  unit_cents      INTEGER,          -- NULL: the amount is typed
  gl              TEXT NOT NULL,
  ordinance       TEXT NOT NULL,
  effective_from  TEXT NOT NULL,
  effective_to    TEXT,
  PRIMARY KEY (code, effective_from)
) STRICT, WITHOUT ROWID;

CREATE TABLE account (              -- snapshot: id follows the order of names, the order results are shown in
  id          INTEGER PRIMARY KEY,
  number      TEXT NOT NULL,
  kind        TEXT NOT NULL,
  party       TEXT NOT NULL,
  name        TEXT NOT NULL,
  address     TEXT NOT NULL,
  phone       TEXT NOT NULL,
  status      TEXT NOT NULL,
  flags       TEXT NOT NULL,
  credit_gl   TEXT NOT NULL,
  language    TEXT NOT NULL,        -- of the papers its holder is handed: en, es; empty where none is known
  due_cents   INTEGER NOT NULL,     -- the sum of its charges' balances; below zero: a credit
  number_key  TEXT NOT NULL,        -- what a person types of the number, and below of address and telephone: store/words.py
  house_key   TEXT NOT NULL,        -- empty where the address doesn't begin with a house number
  phone_key   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX account_number ON account (number);
CREATE INDEX account_number_key ON account (number_key);
CREATE INDEX account_party ON account (party) WHERE party <> '';
CREATE INDEX account_due ON account (due_cents) WHERE due_cents > 0;
CREATE INDEX account_trust ON account (party) WHERE kind = 'trust';
CREATE INDEX account_house_key ON account (house_key) WHERE house_key <> '';
CREATE INDEX account_phone_key ON account (phone_key) WHERE phone_key <> '';
CREATE INDEX account_phone_local ON account (substr(phone_key, -7)) WHERE phone_key <> '';

CREATE TABLE account_words (        -- snapshot: who has a word in name or address that begins so; store/word_index.py
  beginning  TEXT PRIMARY KEY,      -- one to ten letters, or the whole of a longer word
  whole      INTEGER NOT NULL,      -- 1: it is a word, not only the beginning of some
  first      BLOB NOT NULL          -- the first 51 account.id, 4 bytes each
) STRICT, WITHOUT ROWID;
CREATE TABLE account_word_sets (    -- snapshot: where there are more than 51, all of them
  beginning  TEXT PRIMARY KEY,
  ids        BLOB NOT NULL          -- a Roaring bitmap
) STRICT;
CREATE TABLE account_slips (        -- snapshot: how words begin, by what is left of that when a letter is missing; store/near_words.py
  slip  TEXT NOT NULL,
  head  TEXT NOT NULL,              -- the first three, four or five letters of words
  PRIMARY KEY (slip, head)
) STRICT, WITHOUT ROWID;

-- Charges and receipts come in any order and are looked up by account only: rows as they come, and one index.
CREATE TABLE charge (               -- snapshot
  id            TEXT NOT NULL,
  account       TEXT NOT NULL,
  due           TEXT NOT NULL,
  head          TEXT NOT NULL,
  description   TEXT NOT NULL,
  gl            TEXT NOT NULL,
  amount_cents  INTEGER NOT NULL,
  balance_cents INTEGER NOT NULL
) STRICT;
CREATE INDEX charge_by_account ON charge (account);
CREATE INDEX charge_credit ON charge (account) WHERE head = 'credit';

CREATE TABLE license (              -- snapshot
  number           TEXT PRIMARY KEY,
  account          TEXT NOT NULL,
  class            TEXT NOT NULL,
  status           TEXT NOT NULL,
  issued_on        TEXT,
  expires_on       TEXT,
  mailing_address  TEXT NOT NULL,
  business         TEXT NOT NULL,
  trade_name       TEXT NOT NULL,
  premises         TEXT NOT NULL,
  naics            TEXT NOT NULL,   -- codes, separated by spaces
  starts           TEXT NOT NULL,   -- since when the business is there; empty where nobody stated it
  same_owner       TEXT NOT NULL,   -- another license of the same owner, as was stated; empty where nobody did
  version          TEXT NOT NULL    -- the record of its last act; empty: as a list from elsewhere has it
) STRICT, WITHOUT ROWID;
CREATE INDEX license_same_owner ON license (same_owner) WHERE same_owner <> '';

CREATE TABLE license_act (          -- snapshot: what was done with each license, in the order of posting
  license      TEXT NOT NULL,
  n            INTEGER NOT NULL,
  id           TEXT NOT NULL,       -- the record's
  terminal     TEXT NOT NULL,       -- its place: a terminal's journal, or the ledger's desk; empty for a list from elsewhere
  epoch        INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  dated        TEXT NOT NULL,
  operator     TEXT NOT NULL,
  step         TEXT NOT NULL,
  carried_out  INTEGER NOT NULL,    -- 0: kept, but somebody else had changed the license first, or who did it might not
  body         TEXT NOT NULL,       -- JSON of what it says: domain/license_rows.py
  PRIMARY KEY (license, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE license_term (         -- snapshot: the terms that were assessed
  license      TEXT NOT NULL,
  begins       TEXT NOT NULL,
  ends         TEXT NOT NULL,
  due          TEXT NOT NULL,
  assessed_in  TEXT NOT NULL,       -- the act's record
  PRIMARY KEY (license, begins)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt_history (      -- snapshot: receipts of the last 24 months, from every terminal
  receipt_no  TEXT NOT NULL,
  account     TEXT NOT NULL,
  biz_date    TEXT NOT NULL,
  payor       TEXT NOT NULL,
  cents       INTEGER NOT NULL,
  voided      INTEGER NOT NULL,
  payor_key   TEXT NOT NULL         -- the payor's words as a person types them: store/words.py
) STRICT;
CREATE INDEX receipt_history_by_account ON receipt_history (account, biz_date);
CREATE INDEX receipt_history_by_number ON receipt_history (receipt_no);
CREATE INDEX receipt_history_by_payor ON receipt_history (payor_key);

CREATE TABLE known_as (             -- snapshot: numbers of parcels, invoices, citations, licenses that lead to an account
  number      TEXT NOT NULL,
  what        TEXT NOT NULL,
  account     TEXT NOT NULL,
  number_key  TEXT NOT NULL         -- its letters and digits
) STRICT;
CREATE INDEX known_as_by_key ON known_as (number_key);

CREATE TABLE decision (             -- snapshot: what a lead decided at the ledger on requests for a void or refund
  terminal     TEXT NOT NULL,
  epoch        INTEGER NOT NULL,
  request_seq  INTEGER NOT NULL,    -- the record that asked
  receipt_no   TEXT NOT NULL,
  verdict      TEXT NOT NULL,       -- approve, refuse
  carried_by   TEXT NOT NULL,       -- ledger: done there; terminal: by a record of this terminal's own
  reason       TEXT NOT NULL,
  decided_by   TEXT NOT NULL,
  decided_at   TEXT NOT NULL,
  seq          INTEGER NOT NULL,    -- the desk's record at the ledger
  PRIMARY KEY (terminal, epoch, request_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE erased (               -- snapshot: personal values that were erased at the ledger: who has one destroys it
  terminal  TEXT NOT NULL,
  epoch     INTEGER NOT NULL,
  seq       INTEGER NOT NULL,
  field     TEXT NOT NULL,
  PRIMARY KEY (terminal, epoch, seq, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE personal_sealed (      -- snapshot: personal values that one terminal may read, sealed to its key
  terminal      TEXT NOT NULL,      -- whose record commits to it
  epoch         INTEGER NOT NULL,
  seq           INTEGER NOT NULL,
  field         TEXT NOT NULL,
  reader        TEXT NOT NULL,
  reader_epoch  INTEGER NOT NULL,
  sealed        TEXT NOT NULL,      -- hex
  PRIMARY KEY (terminal, epoch, seq, field, reader, reader_epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE paper_book (           -- snapshot: numbered paper receipt books that offices have, for when the power is out
  series     TEXT NOT NULL,
  first_no   INTEGER NOT NULL,
  last_no    INTEGER NOT NULL,
  office     TEXT NOT NULL,
  issued_on  TEXT NOT NULL,
  closed_on  TEXT,                  -- NULL: still there
  last_used  INTEGER,               -- what was said at its close, 0 for none
  PRIMARY KEY (series, first_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE deposit_at_bank (      -- snapshot: terminals' deposits that a line of the bank is known to be
  terminal  TEXT NOT NULL,
  epoch     INTEGER NOT NULL,
  seq       INTEGER NOT NULL,       -- the deposit's record there
  slip_no   TEXT NOT NULL,
  dated     TEXT NOT NULL,          -- by the bank
  PRIMARY KEY (terminal, epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX deposit_at_bank_by_slip ON deposit_at_bank (terminal, slip_no);

CREATE TABLE returned_check (       -- snapshot: checks that the bank sent back unpaid
  receipt_no  TEXT NOT NULL,
  reference   TEXT NOT NULL,        -- the check's number
  account     TEXT NOT NULL,
  biz_date    TEXT NOT NULL,        -- of the day it came back
  PRIMARY KEY (receipt_no, reference)
) STRICT, WITHOUT ROWID;
CREATE INDEX returned_check_by_account ON returned_check (account, biz_date);

CREATE TABLE paper_number (         -- snapshot: what the ledger knows to be keyed in of them, at any terminal
  series      TEXT NOT NULL,
  paper_no    INTEGER NOT NULL,
  terminal    TEXT NOT NULL,
  epoch       INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  receipt_no  TEXT NOT NULL,        -- empty where it was spoiled
  state       TEXT NOT NULL,        -- receipt, void, spoiled
  paper_date  TEXT NOT NULL,
  PRIMARY KEY (series, paper_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE charge_step (          -- snapshot: how the balance of a charge came about, line by line
  charge     TEXT NOT NULL,
  source     TEXT NOT NULL,         -- empty: how it was billed; else the record that moved money on it: terminal/epoch/seq
  n          INTEGER NOT NULL,
  account    TEXT NOT NULL,
  dated      TEXT NOT NULL,
  what       TEXT NOT NULL,
  cents      INTEGER NOT NULL,      -- added to what is owed
  ordinance  TEXT NOT NULL,         -- and rule; empty where it follows from a record
  PRIMARY KEY (charge, source, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_flag (         -- snapshot: amounts and dates of a word in an account's flags
  account  TEXT NOT NULL,
  flag     TEXT NOT NULL,
  since    TEXT NOT NULL,           -- what was paid before that day is in the amounts already
  due      TEXT NOT NULL,           -- of several with one since, what is paid goes to the first due
  cents    INTEGER,                 -- NULL: no amount belongs to it
  note     TEXT NOT NULL,
  PRIMARY KEY (account, flag, since, due)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_note (         -- snapshot: for whoever serves an account next
  id       TEXT PRIMARY KEY,        -- the record's, where it was typed at a counter
  account  TEXT NOT NULL,
  dated    TEXT NOT NULL,
  author   TEXT NOT NULL,
  note     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX account_note_of ON account_note (account, dated);

CREATE TABLE trust_terms (          -- snapshot: what a trust deposit is held for, and until when
  account        TEXT PRIMARY KEY,
  project        TEXT NOT NULL,
  minimum_cents  INTEGER NOT NULL,  -- below it the depositor is asked to top it up
  release_on     TEXT               -- nothing is given back before that day; NULL: on any day
) STRICT, WITHOUT ROWID;

CREATE TABLE trust_move (           -- snapshot: what each posted record put onto a trust deposit (positive) or took off
  terminal    TEXT NOT NULL,
  epoch       INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  account     TEXT NOT NULL,
  biz_date    TEXT NOT NULL,
  what        TEXT NOT NULL,        -- received, drawn, refunded, voided, returned, corrected
  cents       INTEGER NOT NULL,
  receipt_no  TEXT NOT NULL,        -- empty where it was no receipt
  PRIMARY KEY (terminal, epoch, seq, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX trust_move_by_account ON trust_move (account, biz_date);

CREATE TABLE industry (             -- snapshot: the industry list that the city imported (NAICS)
  code     TEXT PRIMARY KEY,
  title    TEXT NOT NULL,
  phrases  TEXT NOT NULL            -- what people call it: domain/industries.py
) STRICT, WITHOUT ROWID;
