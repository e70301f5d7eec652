"""`ledger fsck`: everything recomputed from what came in, and compared with what the books say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, func, select

from countertui.domain.reference import TABLES
from countertui.ledger import registry, tables, tree
from countertui.ledger.as_published import published_problems
from countertui.ledger.books import Books
from countertui.ledger.bulk import stream
from countertui.ledger.evidence import evidence_problems, ledger_keys, opened_ack
from countertui.ledger.over_recovered import DOUBT
from countertui.ledger.replay import Progress, ReplayStoppedError, replay
from countertui.sync.ack import MAX_ACK
from countertui.sync.canonical import parse_strict
from countertui.sync.dsse import parse_envelope
from countertui.sync.faults import RegistryRefusedError

_MOST_SHOWN = 20
_SEALED_TO = "personal_sealed"


@dataclass(frozen=True, slots=True)
class Checked:
    """What fsck found: what was looked at, and every difference in words; sound if there is none."""

    came_in: int
    records: int
    lines: int
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Compared:
    """A table: its key, what else of it is compared, and which rows."""

    name: str
    key: Sequence[str]
    others: Sequence[str]
    where: str = ""


def _published_tables() -> Iterator[_Compared]:
    """Every table that is published, whole; but for terminals, whose certificates are signed when they are published,
    and for values sealed anew to each terminal's key."""
    for name, columns in TABLES.items():
        if name not in ("terminal", _SEALED_TO):
            key = tables.key_of(name)
            yield _Compared(name, key, [column for column in columns if column not in key])


_PLACE = ("terminal", "epoch", "seq")
_COMPARED = (
    _Compared("record", _PLACE, ("id", "kind", "h", "entry", "body")),
    _Compared("entry", ("id",), (*_PLACE, "kind", "biz_date", "receipt_no")),
    _Compared("gl_line", ("entry", "n"), ("fund", "account", "cents")),
    _Compared("gl_balance", ("fund", "account"), ("cents",)),
    _Compared("day", ("biz_date", "terminal", "epoch"), ("receipts", "net_cents")),
    _Compared("error_item", ("id",), (*_PLACE, "reason", "detail", "cents", "state", "made_at", "corrected_seq")),
    _Compared("session", ("terminal", "epoch", "id"), ("operator", "drawer", "biz_date", "open_seq", "close_seq")),
    _Compared("session_tender", ("terminal", "epoch", "session", "tender"), ("count", "cents")),
    _Compared("undone", ("id",), ("kind", *_PLACE, "biz_date", "taken_at", "taken_by", "cents", "receipt_no")),
    _Compared("gl_day", ("biz_date", "terminal", "epoch", "fund", "account"), ("cents",)),
    _Compared(
        "session_taken", ("biz_date", "terminal", "epoch", "session", "operator"), ("receipts", "cents", "no_sales")
    ),
    _Compared("counted", ("terminal", "epoch", "session", "tender"), ("count", "cents")),
    _Compared("number_run", ("terminal", "epoch", "first_no"), ("last_no", "first_date", "last_date")),
    _Compared("unposted", (*_PLACE, "n"), ()),
    _Compared("rules_used", ("terminal", "epoch", "first_seq"), ("rules",)),
    _Compared("answered", ("terminal", "epoch", "request_seq"), ("seq",)),
    _Compared("personal", (*_PLACE, "field"), ("commitment", "erased_seq")),
    _Compared("period", ("month",), ("state", "seq")),
    _Compared("tie_out_signed", ("seq",), ("month", "by", "second", "at", "sha256", "different", "reason")),
    _Compared("corrected", (*_PLACE, "by_seq"), ()),
    _Compared("deposited", ("terminal", "epoch", "session"), ("seq",)),
    _Compared("bag", ("bag",), ("seq",)),
    _Compared(
        "deposit",
        ("no",),
        (*_PLACE, "slip_no", "office", "bag", "biz_date", "total_cents", "stage", "state"),
    ),
    _Compared("deposit_waits", ("terminal", "epoch", "session"), ("no",)),
    _Compared("deposited_bag", ("terminal", "epoch", "session", "bag"), ("no",)),
    _Compared("deposit_waits_bag", ("terminal", "epoch", "session", "bag"), ("no",)),
    _Compared(
        "deposit_carried",
        ("terminal", "epoch", "item"),
        ("tender", "cents", "receipt_no", "reference", "reason", "no", "found_no", "ended"),
    ),
    _Compared("couriered", (*_PLACE, "bag"), ()),
    _Compared("dropped", _PLACE, ("session", "bag", "cents")),
    _Compared("check_taken", ("reference", *_PLACE, "n"), ("cents", "biz_date", "receipt_no", "id")),
    _Compared("returned", ("id", "reference"), (*_PLACE, "n", "entry", "cents", "account", "shares")),
    _Compared(
        "payable",
        ("no",),
        (
            *("kind", *_PLACE, "biz_date", "reference", "account", "payee", "address", "reason", "cents"),
            "export_no",
        ),
    ),
    _Compared("payment_file", ("sha256",), ("seq", "origin", "state")),
    _Compared(
        "bank_file",
        ("sha256",),
        ("seq", "name", "form", "biz_date", "first_day", "last_day", "lines", "seen"),
    ),
    _Compared("bank_balance", ("account", "dated", "file_seq"), ("opened", "closed")),
    _Compared(
        "bank_line",
        ("identity",),
        (
            *("file_seq", "row", "account", "dated", "cents", "kind", "code", "reference", "bank_id", "check", "text"),
            *("deposit", "explained"),
        ),
    ),
    _Compared("bank_entry", ("entry",), ("line",)),
    _Compared("at_bank", ("deposit",), ("match_seq", "off_cents")),
    _Compared(
        "lead",
        ("no",),
        (
            *("known_by", "list", "key", "name", "address", "mailing", "about", "alike", "evidence", "found_seq"),
            *("status", "since", "note", "status_seq", "letters"),
        ),
    ),
    _Compared("desk_signature", ("seq",), ("sig", "public_key", "at")),
    _Compared("turn", ("n",), ("terminal", "epoch", "no", "at")),
    _Compared("checkpoint", ("size",), ("root", "made_at")),
    _Compared(
        "batch",
        ("terminal", "epoch", "no"),
        (
            *("batch_hash", "sha256", "first_seq", "last_seq", "head", "first_leaf", "state", "reasons", "receipts"),
            *("net_cents", "error_items", "received_at", "released_by", "posted_by"),
        ),
    ),
    _Compared(
        "terminal",
        ("code", "epoch"),
        (
            *("public_key", "state", "batch_no", "batch_hash", "last_seq", "head", "cum_net", "cum_abs"),
            *("last_receipt", "posted_no", "posted_seq"),
        ),
    ),
    _Compared("operator_role", ("operator", "since"), ("roles",)),
    _Compared("operator_change", _PLACE, ("operator", "what", "by", "second", "at")),
    _Compared("last_login", ("operator",), ("at", "terminal")),
    _Compared("rights_review", _PLACE, ("by", "at", "snapshot", "sha256")),
    _Compared("verifier_was", ("operator", "turn"), ("verifier",)),
    _Compared("kept_rows", ("sha256",), ()),
    _Compared("serves", ("office",), ("kinds",)),
    _Compared("removed", ("name", "key"), (), f"""WHERE "name" <> '{_SEALED_TO}'"""),
    _Compared("superseded", ("account", "detail", "value"), ()),
    _Compared("brought_credit", ("account", "gl", "seq"), ("biz_date", "cents", "entry")),
    _Compared("paid_before", ("charge",), ("cents",)),
    _Compared("paid_over", ("charge", "account"), ("cents", "gl", "credit_gl")),
    *_published_tables(),
    _Compared(
        "number_drawn",
        ("name",),
        ("value",),
        """WHERE "name" IN ('entry', 'error_item', 'turn', 'payable', 'deposit')""",
    ),
)


def fsck(books: Books, progress: Progress = lambda _: None) -> Checked:
    """Recompute the books from the inbox, the desk's records and the register, and compare everything derived.

    It changes nothing, needs no key, and keeps nobody waiting. `progress` is told how many things that came in were
    recomputed so far.
    """
    found: list[str] = []
    with books.reading_long() as real:
        found += _inbox_faults(real)
        found += _sums(real)
        found += tree.problems(real)
        found += _register(real, books.ledger)
        found += evidence_problems(real, books.ledger)
        found += _first(_published(real, books))
        with TemporaryDirectory(prefix="countertui-fsck-") as folder:
            try:
                again = replay(real, books.ledger, Path(folder) / "ledger", progress)
            except ReplayStoppedError as stopped:
                found.append(f"The books can't be recomputed: {stopped}")
            else:
                try:
                    with again.reading() as fresh:
                        for table in _COMPARED:
                            found += _first(_differences(real, fresh, table))
                        found += _first(_acks(real, fresh, books.ledger))
                        found += _first(_judgements(real, fresh))
                finally:
                    again.close()
        return Checked(_count(real, "turn"), _count(real, "record"), _count(real, "gl_line"), tuple(found))


def as_lines(checked: Checked) -> list[str]:
    """The same for a person to read."""
    looked = f"{checked.came_in:,} things that came in, {checked.records:,} records, {checked.lines:,} lines"
    if not checked.differences:
        return [f"{looked}: recomputed, and everything agrees."]
    return [f"{looked}: {len(checked.differences)} differences.", *(f"  {each}" for each in checked.differences)]


def _inbox_faults(real: Connection) -> Iterator[str]:
    for key, data in stream(real, 'SELECT "sha256", "bytes" FROM "inbox"'):
        if sha256(bytes(data)).hexdigest() != key:
            yield f"Inbox {key[:12]}: the bytes are not those that came."


def _sums(real: Connection) -> Iterator[str]:
    """Kept balances against the lines; every entry and every fund against zero."""
    summed = 'SELECT "fund", "account", SUM("cents") FROM "gl_line" GROUP BY "fund", "account"'
    lines = {(fund, account): int(cents) for fund, account, cents in stream(real, summed)}
    kept = {(fund, account): cents for fund, account, cents in stream(real, 'SELECT * FROM "gl_balance"')}
    for place in sorted(lines.keys() | kept.keys()):
        if lines.get(place, 0) != kept.get(place, 0):
            told = f"its lines add up to {lines.get(place, 0)}, its kept balance is {kept.get(place, 0)}"
            yield f"Account {place[1]} of fund {place[0]}: {told} (cents)."
    off = 'SELECT "entry", "fund", SUM("cents") FROM "gl_line" GROUP BY "entry", "fund" HAVING SUM("cents") <> 0'
    for entry, fund, cents in stream(real, off):
        yield f"Entry {entry} is {cents} cents out of balance in fund {fund}."


def _register(real: Connection, ledger: str) -> Sequence[str]:
    try:
        return registry.verified(real, ledger)[1]
    except RegistryRefusedError as fault:
        return (fault.happened,)


def _published(real: Connection, books: Books) -> Iterator[str]:
    try:
        keys = ledger_keys(real, books.ledger)
    except RegistryRefusedError:
        return  # told where the register is verified
    yield from published_problems(real, books.folder, books.ledger, keys)


def _differences(real: Connection, fresh: Connection, table: _Compared) -> Iterator[str]:
    """Rows of one table that are missing, too many or other than recomputed; both sides come in the key's order."""
    columns = ", ".join(f'"{column}"' for column in (*table.key, *table.others))
    order = ", ".join(f'"{column}"' for column in table.key)
    statement = f'SELECT {columns} FROM "{table.name}" {table.where} ORDER BY {order}'  # noqa: S608 - names are this program's own
    width = len(table.key)
    here, there = _rows(real, statement, width), _rows(fresh, statement, width)
    one, other = next(here, None), next(there, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[0] < other[0]):
            yield f"{_named(table, one)} should not be there."  # type: ignore[arg-type]
            one = next(here, None)
        elif one is None or other[0] < one[0]:
            yield f"{_named(table, other)} is missing."
            other = next(there, None)
        else:
            for column, is_, should in zip(table.others, one[1], other[1], strict=True):
                if is_ != should:
                    yield f"{_named(table, one)}: {column} is {_shown(is_)}, recomputed {_shown(should)}."
            one, other = next(here, None), next(there, None)


def _rows(connection: Connection, statement: str, width: int) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    for row in stream(connection, statement):
        plain = tuple(bytes(each) if isinstance(each, memoryview | bytearray) else each for each in row)
        yield plain[:width], plain[width:]


def _acks(real: Connection, fresh: Connection, ledger: str) -> Iterator[str]:
    """What each batch's terminal was answered last: signed by the ledger, and saying what is recomputed."""
    keys = ledger_keys(real, ledger)
    query = 'SELECT "terminal", "epoch", "no", "ack" FROM "batch" ORDER BY "terminal", "epoch", "no"'
    again = {row[:3]: bytes(row[3]) for row in stream(fresh, query)}
    given = {note for (note,) in stream(real, 'SELECT "note" FROM "checkpoint"')}
    for *place, ack in stream(real, query):
        name = f"Ack of batch {place[2]} of {place[0]}/{place[1]}"
        said = opened_ack(bytes(ack), keys)
        if said is None:
            yield f"{name} is not signed by the ledger."
            continue
        should = again.get(tuple(place))
        if should is not None and _unsigned(said) != _unsigned(parse_strict(parse_envelope(should, MAX_ACK).payload)):
            yield f"{name} says other than what is recomputed."
        if said["checkpoint"] not in given:
            yield f"{name} has a checkpoint that the ledger does not remember."


def _unsigned(ack: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an ack says, its checkpoint without the signature: whoever recomputes has another key."""
    return {**ack, "checkpoint": str(ack["checkpoint"]).partition("\n\n")[0]}


def _judgements(real: Connection, fresh: Connection) -> Iterator[str]:
    """What the inbox says of each batch in custody: how it was judged when it came, and why."""
    query = """SELECT i."sha256", i."verdict", i."detail" FROM "inbox" i JOIN "batch" b ON b."sha256" = i."sha256\""""
    again = {row[0]: tuple(row[1:]) for row in stream(fresh, query)}
    for sha256_, verdict, detail in stream(real, query):
        was, why = again.get(sha256_, ("posted", ""))
        # Beside a dead terminal's records stands who recovered them, and that is nowhere else.
        same = detail.startswith(f"{DOUBT} By ") if why.startswith(DOUBT) else detail == why
        if verdict != was or not same:
            yield f"Inbox {sha256_[:12]}: how the batch was judged when it came is not what is recomputed."


def _named(table: _Compared, row: tuple[tuple[Any, ...], tuple[Any, ...]]) -> str:
    return f"{table.name} {'/'.join(map(str, row[0]))}"


def _shown(value: object) -> str:
    return f"{len(value)} bytes" if isinstance(value, bytes) else str(value)


def _first(differences: Iterator[str]) -> Iterator[str]:
    yield from islice(differences, _MOST_SHOWN)
    if more := sum(1 for _ in differences):
        yield f"… and {more:,} more."


def _count(real: Connection, name: str) -> int:
    query = select(func.count()).select_from(tables.metadata.tables[name])
    return int(real.execute(query).scalar_one())
