"""Recomputing the books: a day of everything agrees with itself; whatever is altered in any table is told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from countertui.domain.city import rules_to_json
from countertui.domain.desk_records import DeskKind, Verdict
from countertui.domain.records import Kind
from countertui.domain.rights import NotAllowed
from countertui.ledger.batch_states import StepRefusedError
from countertui.ledger.books import Books, open_books
from countertui.ledger.correction_targets import ToAccount
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.requests import DecisionRefusedError
from countertui.ledger.taken_back import CorrectionRefusedError
from ledger.at_the_desk import hire, rules_are, stepped
from ledger.engine import Engine, Town
from ledger.test_corrections import NOBODY, corrected
from ledger.test_periods import said
from ledger.test_posting import BOTH
from ledger.test_requests import decided
from ledger.town import NOW, RULES, Till, allocation, brought, founded, ledger_key, line
from thoroughly import examples

UNKNOWN = line("U1", allocation("C9", "510-9999", 10_00))


def put(books: Books, key: Ed25519PrivateKey, till: Till, envelope: bytes) -> int:
    place = till.identity.terminal, till.identity.epoch, till.batch_no
    return ingest(books, key, envelope, *place, NOW).status


@pytest.fixture(scope="module")
def whole_life(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The town's ledger after it saw a bit of everything, to be copied."""
    return Town(engine, tmp_path_factory.mktemp("lived") / "ledger", _live)


@pytest.fixture
def lived(whole_life: Town, tmp_path: Path) -> Iterator[Books]:
    """Books that saw a bit of everything, from two terminals, with the chart growing in between."""
    with whole_life.copied(tmp_path / "lived") as opened:
        yield opened


def _live(books: Books) -> None:
    key = ledger_key(books)
    hire(books, "fay", "technician lead")
    one, two = Till(books, "T1"), Till(books, "T2")
    for till in (one, two):
        register_terminal(books, key, till.identity.terminal, "HALL", 1, till.identity.public_key, now=NOW)
    one.open("S1")
    first = one.pay(BOTH)
    one.pay(NOBODY)
    one.pay(UNKNOWN)
    assert put(books, key, one, one.seal()) == 201
    brought(books, "charge", [("C9", "U1", "2026-11-01", "water", "Water", "510-9999", 30_00, 25_00)])
    brought(books, "gl_account", [("510-9999", "510", "More water", "revenue")])
    one.pay(UNKNOWN)
    one.void(one.pay(BOTH))
    one.close(310_00, 305_00)
    request = one.ask(Kind.REFUND_REQUEST, first)
    assert put(books, key, one, one.seal()) == 201
    two.open("S1")
    two.pay(BOTH)
    assert put(books, key, two, two.seal(totals={"net": 1})) == 202
    two.pay(BOTH)
    assert put(books, key, two, two.seal()) == 202
    decided(books, key, request["seq"], Verdict.APPROVE)
    stepped(books, key, two, DeskKind.BATCH_RELEASE, 1, "dee", "Whole")
    stepped(books, key, two, DeskKind.BATCH_POST, 1, "fay")
    corrected(books, key, 1, ToAccount("U2"))
    rules = rules_to_json(replace(RULES, batches_by_people=True))
    rules_are(books, rules)
    said(books, key, DeskKind.PERIOD_CLOSE, "2026-11")
    two.pay(BOTH)
    assert put(books, key, two, two.seal()) == 202
    stepped(books, key, two, DeskKind.BATCH_RELEASE, 3, "fay")
    stepped(books, key, two, DeskKind.BATCH_POST, 3, "dee")
    said(books, key, DeskKind.PERIOD_OPEN, "2026-11")
    two.pay(BOTH)
    assert put(books, key, two, two.seal()) == 202


def test_a_life_of_everything_agrees_with_itself(lived: Books) -> None:
    checked = fsck(lived)
    assert checked.differences == ()
    assert checked.records > 20
    assert checked.lines > 40


def test_books_in_which_nothing_happened_agree(books: Books) -> None:
    assert fsck(books).differences == ()


ALTERED = {
    "a kept balance": "UPDATE gl_balance SET cents = cents + 1 WHERE account = '100-1020'",
    "a line": "UPDATE gl_line SET cents = cents + 1 WHERE entry = 1 AND n = 0",
    "a line in balance": "UPDATE gl_line SET account = '100-4410' WHERE account = '100-4110' AND entry = 1",
    "a line gone": "DELETE FROM gl_line WHERE entry = 1 AND n = 0",
    "an entry's date": "UPDATE entry SET biz_date = '2026-11-24' WHERE id = 1",
    "an entry gone": "DELETE FROM entry WHERE id = 2",
    "a charge": "UPDATE charge SET balance_cents = balance_cents - 5 WHERE id = 'C1'",
    "a credit": "UPDATE charge SET balance_cents = balance_cents - 5 WHERE id = 'CR-U2'",
    "an error item": "UPDATE error_item SET state = 'corrected' WHERE state = 'open'",
    "an error item gone": "DELETE FROM error_item WHERE id = 2",
    "a day": "UPDATE day SET net_cents = net_cents + 1 WHERE terminal = 'T1'",
    "a session": "UPDATE session SET close_seq = NULL WHERE terminal = 'T1'",
    "a drawer": "UPDATE session_tender SET cents = cents + 1 WHERE terminal = 'T2' AND tender = 'cash'",
    "a void forgotten": "DELETE FROM undone WHERE kind = 'void'",
    "a request open again": "DELETE FROM decision",
    "a record's body": "UPDATE record SET body = 'x' WHERE terminal = 'T1' AND seq = 2",
    "a desk record": "UPDATE record SET body = 'x' WHERE terminal = 'LEDGER' AND seq = 2",
    "a desk record gone": "DELETE FROM record WHERE terminal = 'LEDGER' AND seq = 2",
    "a desk signature": "UPDATE desk_signature SET sig = (SELECT sig FROM desk_signature WHERE seq = 1) WHERE seq = 2",
    "an envelope": "UPDATE inbox SET bytes = 'x' WHERE terminal = 'T1' AND no = 1",
    "an envelope gone": "DELETE FROM inbox WHERE terminal = 'T1' AND no = 1",
    "a batch's state": "UPDATE batch SET state = 'posted' WHERE no = 4",
    "who posted": "UPDATE batch SET posted_by = 'bo' WHERE no = 3",
    "a batch gone": "DELETE FROM batch WHERE terminal = 'T2' AND no = 4",
    "an ack": "UPDATE batch SET ack = (SELECT ack FROM batch WHERE terminal = 'T1' AND no = 2) WHERE no = 1",
    "a terminal's sums": "UPDATE terminal SET cum_net = cum_net + 1 WHERE code = 'T1'",
    "a period": "UPDATE period SET state = 'closed'",
    "the order": "UPDATE turn SET n = 1000 WHERE n = 2",
    "what was paid before": "UPDATE paid_before SET cents = 4 WHERE charge = 'C9'",
    "what an import set": "UPDATE kept_rows SET bytes = 'x'",
    "what an import set, gone": "DELETE FROM kept_rows",
    "what no import set": "INSERT INTO kept_rows VALUES ('00', 'x')",
    "a receipt in the history": "UPDATE receipt_history SET voided = 0 WHERE voided = 1",
}


@pytest.mark.parametrize("altered", ALTERED)
def test_what_is_altered_is_told(lived: Books, altered: str) -> None:
    statement = ALTERED[altered].replace("'x'", "CAST('x' AS BYTEA)" if _postgres(lived) else "CAST('x' AS BLOB)")
    with lived.writing() as connection:
        assert connection.execute(text(statement)).rowcount > 0
    assert fsck(lived).differences != ()


def _postgres(books: Books) -> bool:
    return books.engine.dialect.name == "postgresql"


def test_it_changes_nothing(lived: Books) -> None:
    def everything() -> list[object]:
        with lived.reading() as connection:
            names = ("record", "gl_line", "gl_balance", "charge", "batch", "terminal", "turn", "number_drawn")
            return [connection.execute(text(f"SELECT * FROM {name}")).all() for name in names]

    before = everything()
    fsck(lived)
    assert everything() == before


_ACTS = st.lists(
    st.sampled_from(
        ["pay", "odd", "void", "refund", "ask", "close", "seal", "lie", "decide", "post", "correct", "month", "bring"]
    ),
    min_size=4,
    max_size=25,
)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fresh") / "ledger"
    books = founded(folder)
    hire(books, "fay", "technician lead")
    books.close()
    return folder


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts=_ACTS)
def test_any_life_agrees_with_itself(fresh: Path, acts: list[str]) -> None:
    with TemporaryDirectory() as tmp:
        books = open_books(Path(shutil.copytree(fresh, Path(tmp) / "ledger")))
        key = ledger_key(books)
        till = Till(books)
        register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
        till.open("S1")
        life = _Life(books, key, till)
        for each in [*acts, "seal", "decide", "post", "correct"]:
            getattr(life, each)()
        assert fsck(books).differences == ()
        books.close()


class _Life:
    """What may happen to a small town's books; what the rules refuse is simply not done."""

    def __init__(self, books: Books, key: Ed25519PrivateKey, till: Till) -> None:
        self.books, self.key, self.till = books, key, till
        self.session, self.imports, self.closed = "S1", 0, False
        self.taken: list[dict[str, Any]] = []
        self.requests: list[int] = []

    def pay(self) -> None:
        self.taken.append(self.till.pay(BOTH, session=self.session))

    def odd(self) -> None:
        self.taken.append(self.till.pay(NOBODY, UNKNOWN, session=self.session))

    def void(self) -> None:
        if self.taken:
            self.till.void(self.taken[-1])

    def refund(self) -> None:
        if self.taken:
            request = self.till.ask(Kind.REFUND_REQUEST, self.taken[0], session=self.session)
            self.till.refund(self.taken[0], request["seq"])

    def ask(self) -> None:
        if self.taken:
            self.requests.append(self.till.ask(Kind.VOID_REQUEST, self.taken[-1], session=self.session)["seq"])

    def close(self) -> None:
        self.till.close(200_00, 200_00, session=self.session)
        self.session = f"S{int(self.session[1:]) + 1}"
        self.till.open(self.session)

    def seal(self) -> None:
        put(self.books, self.key, self.till, self.till.seal())

    def lie(self) -> None:
        put(self.books, self.key, self.till, self.till.seal(totals={"net": 1}))

    def decide(self) -> None:
        while self.requests:
            with suppress(DecisionRefusedError, NotAllowed):
                decided(self.books, self.key, self.requests.pop(), Verdict.APPROVE)

    def post(self) -> None:
        with self.books.reading() as connection:
            waiting = connection.execute(text("SELECT no FROM batch WHERE state = 'held' ORDER BY no")).scalars().all()
        for no in waiting:
            with suppress(StepRefusedError):
                stepped(self.books, self.key, self.till, DeskKind.BATCH_RELEASE, no, "dee", "Looked at")
                stepped(self.books, self.key, self.till, DeskKind.BATCH_POST, no, "fay")

    def correct(self) -> None:
        with self.books.reading() as connection:
            item = connection.execute(
                text("SELECT id FROM error_item WHERE state = 'open' AND cents > 0 ORDER BY id")
            ).scalar()
        if item is not None:
            with suppress(CorrectionRefusedError, NotAllowed):
                corrected(self.books, self.key, item, ToAccount("U2"), day="2027-01-04")

    def month(self) -> None:
        self.closed = not self.closed
        said(self.books, self.key, DeskKind.PERIOD_CLOSE if self.closed else DeskKind.PERIOD_OPEN, "2026-11")

    def bring(self) -> None:
        self.imports += 1
        row = (f"C9{self.imports}", "U1", "2026-11-01", "water", "Water", "510-4310", 30_00, 25_00)
        brought(self.books, "charge", [row])
