"""From records to the derived tables: one function a kind, used when a record is made and when `verify` rebuilds them.

Derived tables hold nothing that isn't in the journal. Bodies are trusted here: they were made or verified before.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from countertui.domain.balances import Movement, charge_movements
from countertui.domain.desk_records import ShareData
from countertui.domain.drawers import drawer_moves
from countertui.domain.operators import Change
from countertui.domain.paper_books import Keyed
from countertui.domain.records import Kind
from countertui.domain.returned_checks import (
    FEE_HEAD,
    fee_charge_of,
    given_charge,
    given_in_cash,
    paid_all,
    shares_back,
)
from countertui.store.deposit_projection import DEPOSITS

Body = Mapping[str, Any]
_Raised = tuple[Any, ...]
"""Account, charge, head, due, description, GL account and cents of a charge that is raised."""

_ADVANCE = "UPDATE counter SET cum_net = ?, cum_abs = ?, last_utc = ?, receipt_n = COALESCE(?, receipt_n)"
_RECEIPT = """INSERT INTO receipt
  (receipt_no, seq, id, h, session, biz_date, operator, payor, total_cents, change_cents, state, copies)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'taken', 0)"""
_LINE = """INSERT INTO receipt_line (receipt_no, n, account, fee, description, quantity, cents)
  VALUES (?, ?, ?, ?, ?, ?, ?)"""
_TENDER = "INSERT INTO tender (receipt_no, n, kind, cents, reference) VALUES (?, ?, ?, ?, ?)"
_ALLOCATION = "INSERT INTO allocation (seq, n, account, charge, head, gl, cents) VALUES (?, ?, ?, ?, ?, ?, ?)"
_MOVE = """INSERT INTO drawer_move (seq, session, tender, what, count, cents) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (session, seq, tender, what)
  DO UPDATE SET count = count + excluded.count, cents = cents + excluded.cents"""
_PAPER = """INSERT INTO paper_keyed (series, paper_no, seq, receipt_no, state, paper_date) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (series, paper_no) DO UPDATE SET seq = excluded.seq, receipt_no = excluded.receipt_no,
  state = excluded.state, paper_date = excluded.paper_date"""
_PAPER_VOID = "UPDATE paper_keyed SET state = 'void' WHERE receipt_no = ?"
_CARD_UNKNOWN = "INSERT INTO card_unknown (seq, id, cart, session, cents, state) VALUES (?, ?, ?, ?, ?, 'unknown')"
_CARD_STATE = "UPDATE card_unknown SET state = ?, end_seq = ? WHERE id = ?"
_SAID = "INSERT INTO account_said (seq, account, what, was, said, operator, dated) VALUES (?, ?, ?, ?, ?, ?, ?)"
_LICENSE = "INSERT INTO license_here (seq, license, step, drawn) VALUES (?, ?, ?, ?)"
_CAME_BACK = """INSERT INTO came_back (seq, n, receipt_no, reference, account, biz_date, cents, fee_cents)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_RAISE = """INSERT INTO charge_raised (seq, n, account, charge, head, due, description, gl, cents)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_STANDING = """SELECT account, charge, head, due, description, gl, SUM(cents) FROM charge_raised
  WHERE charge IN (SELECT charge FROM charge_raised WHERE seq = ?) GROUP BY charge HAVING SUM(cents) <> 0"""
_PAID = "SELECT account, charge, gl, head, cents FROM allocation WHERE seq = ? ORDER BY n"
_PAID_AND_GIVEN = """SELECT total_cents, MAX(0, change_cents - COALESCE((SELECT SUM(cents) FROM tender
  WHERE tender.receipt_no = receipt.receipt_no AND kind = 'cash'), 0)) FROM receipt WHERE receipt_no = ?"""
_BACK_BEFORE = "SELECT cents FROM came_back WHERE receipt_no = ? ORDER BY seq, n"
_STATE = "UPDATE receipt SET state = ?, request_seq = ?, end_seq = ? WHERE receipt_no = ?"


def project(connection: sqlite3.Connection, body: Body, h: bytes) -> None:
    """Bring the derived tables up to a record. body is the parsed record, h its chain hash."""
    kind = Kind(body["kind"])
    apply = _BY_KIND.get(kind)
    if apply is not None:
        apply(connection, body, h)
    drawn = body["receipt_no"]
    receipt_n = None if drawn is None else int(drawn.rpartition("-")[2])
    connection.execute(_ADVANCE, (body["cum_net"], body["cum_abs"], body["utc"], receipt_n))


def project_bytes(connection: sqlite3.Connection, body: bytes, h: bytes) -> None:
    """The same from a record's canonical bytes."""
    project(connection, json.loads(body), h)


def _start(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    if body["seq"] != 1:
        return
    connection.execute(
        "INSERT INTO identity (one, ledger, terminal, epoch, office, public_key, ledger_key)"
        " VALUES (1, ?, ?, ?, ?, ?, ?)",
        (body["ledger"], body["terminal"], body["epoch"], data["office"], data["public_key"], data["ledger_key"]),
    )
    connection.execute(
        "INSERT INTO counter (one, receipt_n, batch_no, batch_seq, cum_net, cum_abs, snapshot, last_utc)"
        " VALUES (1, ?, 0, 0, 0, 0, 0, '')",
        (data["receipt_n"],),
    )
    connection.execute("INSERT INTO own_key (seq, public_key, from_seq) VALUES (1, ?, 1)", (data["public_key"],))


def _key_rotate(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    """The new key signs from the record after the next seal: no batch is signed by two keys."""
    connection.execute("INSERT INTO own_key (seq, public_key) VALUES (?, ?)", (body["seq"], body["data"]["public_key"]))


def _login(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    _pin_state(connection, body["operator"], 0, None)


def _pin_fail(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    _pin_state(connection, body["operator"], body["data"]["failures"], None)


def _pin_lock(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    _pin_state(connection, body["operator"], body["data"]["failures"], body["seq"])


def _unlock(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    _pin_state(connection, body["data"]["unlocked"], 0, None)


def _pin_state(connection: sqlite3.Connection, operator: str, failures: int, locked_seq: int | None) -> None:
    connection.execute(
        "INSERT INTO pin_state (operator, failures, locked_seq) VALUES (?, ?, ?)"
        " ON CONFLICT (operator) DO UPDATE SET failures = excluded.failures, locked_seq = excluded.locked_seq",
        (operator, failures, locked_seq),
    )


def _operator(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    what = data.get("what")  # early records have none: they set a PIN
    if what in {Change.LEAVE, Change.REMOVED}:
        connection.execute(
            "INSERT INTO operator_leave (id, last_day, seq) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET last_day = excluded.last_day, seq = excluded.seq",
            (data["id"], data["active_to"], body["seq"]),
        )
    if what == Change.LEAVE:
        return
    connection.execute(
        "INSERT INTO operator_here (id, name, roles, verifier, seq) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, roles = excluded.roles, verifier = excluded.verifier,"
        " seq = excluded.seq",
        (data["id"], data["name"], data["roles"], data["verifier"], body["seq"]),
    )


def _snapshot_applied(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    connection.execute("UPDATE counter SET snapshot = ?", (body["data"]["version"],))


def _open(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    connection.execute(
        "INSERT INTO session (id, drawer, operator, biz_date, fund_cents, opening_cents, open_seq)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            body["session"],
            data["drawer"],
            body["operator"],
            body["biz_date"],
            data["fund_cents"],
            data["counted_cents"],
            body["seq"],
        ),
    )
    _move(connection, body)


def _pay(connection: sqlite3.Connection, body: Body, h: bytes) -> None:
    data, no = body["data"], body["receipt_no"]
    connection.execute(
        _RECEIPT,
        (
            no,
            body["seq"],
            body["id"],
            h.hex(),
            body["session"],
            body["biz_date"],
            body["operator"],
            data["payor"],
            data["total_cents"],
            data["change_cents"],
        ),
    )
    connection.executemany(
        _LINE,
        [
            (no, line["n"], line["account"], line["fee"], line["description"], line["quantity"], line["cents"])
            for line in data["lines"]
        ],
    )
    connection.executemany(
        _TENDER,
        [(no, n, t["kind"], t["cents"], t["reference"]) for n, t in enumerate(data["tenders"], start=1)],
    )
    _allocate(connection, body, 1)
    _move(connection, body)
    if "raised" in data:
        _raise(connection, body["seq"], map(_raised_row, data["raised"]))
    if "paper" in data:
        _key_paper(connection, body["seq"], data["paper"], no)
    asks = [tender["ask"] for tender in data["tenders"] if "ask" in tender]
    connection.executemany(_CARD_STATE, [("paid", body["seq"], ask) for ask in asks])


def _paper_spoiled(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    _key_paper(connection, body["seq"], body["data"], None)


def _key_paper(connection: sqlite3.Connection, seq: int, paper: Body, receipt_no: str | None) -> None:
    state = Keyed.SPOILED if receipt_no is None else Keyed.RECEIPT
    row = (paper["series"], paper["number"], seq, receipt_no, state.value, paper["date"])
    connection.execute(_PAPER, row)


def _card_unknown(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    connection.execute(_CARD_UNKNOWN, (body["seq"], body["id"], data["cart"], body["session"] or "", data["cents"]))


def _card_settled(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    connection.execute(_CARD_STATE, (data["verdict"], body["seq"], data["unknown"]))


def _account_note(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    _say_of_account(connection, body, "note", "", data["note"])


def _account_change(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    _say_of_account(connection, body, data["detail"], data["was"], data["now"])


def _say_of_account(connection: sqlite3.Connection, body: Body, what: str, was: str, said: str) -> None:
    dated = body["biz_date"] or body["utc"][:10]
    connection.execute(_SAID, (body["seq"], body["data"]["account"], what, was, said, body["operator"], dated))


def _license(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    """An act, and the charges of the term that it assesses."""
    data, seq = body["data"], body["seq"]
    drawn = int(data["license"].rpartition("-L")[2]) if data["step"] == "file" else 0
    connection.execute(_LICENSE, (seq, data["license"], data["step"], drawn))
    if (term := data["term"]) is not None:
        of_term = {"license": data["license"], "due": term["due"]}
        gone = ({**one, "cents": -one["cents"]} for one in term.get("withdraws", ()))
        raised = ({**of_term, **one, "charge": one["id"]} for one in (*term["charges"], *gone))
        _raise(connection, seq, map(_raised_row, raised))


def _void(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    _allocate(connection, body, -1)
    _move(connection, body)
    _raise(connection, body["seq"], _standing_of(connection, data["original"]["seq"]))
    _receipt_state(connection, data, "void", data["request_seq"], body["seq"])
    connection.execute(_PAPER_VOID, (data["original"]["receipt_no"],))


def _refund(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    _allocate(connection, body, -1)
    _move(connection, body)
    _raise(connection, body["seq"], _standing_of(connection, data["original"]["seq"]))
    _receipt_state(connection, data, "refunded", data["request_seq"], body["seq"])


def _void_request(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    _receipt_state(connection, body["data"], "void_requested", body["seq"], None)


def _refund_request(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    _receipt_state(connection, body["data"], "refund_requested", body["seq"], None)


def _refusal(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    _receipt_state(connection, body["data"], "taken", None, None)


def _checks_returned(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    """What each check paid is owed again, and its fee; of another terminal's receipt only the fee is known here."""
    rows: list[tuple[Any, ...]] = []
    lowered: list[_Raised] = []
    for n, one in enumerate(body["data"]["checks"]):
        if one["original"] is not None:
            shares = _shares_back(connection, one)
            rows += [
                (share["account"], share["charge"], share["head"], share["gl"], share["cents"]) for share in shares
            ]
            lowered += _lowered_by(connection, one, shares)
            _receipt_state(connection, one, "returned", None, body["seq"])
        fee = fee_charge_of(body["terminal"], body["epoch"], body["seq"], n)
        for charge, cents in ((fee, one["fee_cents"]), (given_charge(fee), one.get("given_cents", 0))):
            if cents:
                rows.append((one["account"], charge, FEE_HEAD, one["fee_gl"], -cents))
        row = (one["receipt_no"], one["reference"], one["account"], body["biz_date"], one["cents"], one["fee_cents"])
        connection.execute(_CAME_BACK, (body["seq"], n, *row))
    connection.executemany(_ALLOCATION, [(body["seq"], n, *row) for n, row in enumerate(rows, start=1)])
    _raise(connection, body["seq"], lowered)


def _lowered_by(connection: sqlite3.Connection, one: Mapping[str, Any], shares: list[ShareData]) -> list[_Raised]:
    """What a receipt raised and takes back with a check: all once nothing of it stands, its discounts at once."""
    standing = _standing_of(connection, one["original"]["seq"])
    if not standing:
        return []
    before = sum(cents for (cents,) in connection.execute(_BACK_BEFORE, (one["receipt_no"],)).fetchall())
    movements = [Movement(*row) for row in connection.execute(_PAID, (one["original"]["seq"],)).fetchall()]
    whole = paid_all(movements, _paid_and_given(connection, one["receipt_no"]), before + one["cents"])
    lost = {share["charge"] for share in shares if share["cents"] > 0}
    return [row for row in standing if whole or row[1] in lost]


def _shares_back(connection: sqlite3.Connection, one: Mapping[str, Any]) -> list[ShareData]:
    """What a check paid of a receipt taken here, less what other checks of it took back before."""
    movements = [Movement(*row) for row in connection.execute(_PAID, (one["original"]["seq"],)).fetchall()]
    data = _paid_and_given(connection, one["receipt_no"])
    before = sum(cents for (cents,) in connection.execute(_BACK_BEFORE, (one["receipt_no"],)).fetchall())
    gone = shares_back(movements, before - given_in_cash(data, before, 0))
    return shares_back(movements, one["cents"] - given_in_cash(data, one["cents"], before), gone)


def _paid_and_given(connection: sqlite3.Connection, receipt_no: str) -> dict[str, int]:
    """What a receipt taken here paid, and the cash it gave back beyond the cash handed over, named as in its record."""
    (total, given), *_ = connection.execute(_PAID_AND_GIVEN, (receipt_no,)).fetchall()
    return {"total_cents": total, "cash_back_cents": given}


def _trust_refund_request(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    connection.execute(
        "INSERT INTO trust_request (seq, account, cents, state) VALUES (?, ?, ?, 'asked')",
        (body["seq"], body["data"]["account"], body["data"]["cents"]),
    )


def _trust_refund(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    _move_credit(connection, body)
    _answer_trust(connection, body, "refunded")


def _trust_refund_refusal(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    _answer_trust(connection, body, "refused")


def _answer_trust(connection: sqlite3.Connection, body: Body, state: str) -> None:
    values = state, body["seq"], body["data"]["request_seq"]
    connection.execute("UPDATE trust_request SET state = ?, end_seq = ? WHERE seq = ?", values)


def _move_credit(connection: sqlite3.Connection, body: Body, _h: bytes = b"") -> None:
    """What a record moves that no line of a receipt says: credit applied, a deposit given back."""
    moves = enumerate(charge_movements(body["kind"], body["data"]), start=1)
    rows = [(body["seq"], n, move.account, move.charge, move.head, move.gl, move.cents) for n, move in moves]
    connection.executemany(_ALLOCATION, rows)


def _reprint(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    connection.execute(
        "UPDATE receipt SET copies = ? WHERE receipt_no = ?",
        (body["data"]["copy"], body["data"]["original"]["receipt_no"]),
    )


def _drop(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    row = (body["seq"], body["session"], data["bag"], data["cents"])
    connection.execute("INSERT INTO dropped (seq, session, bag, cents) VALUES (?, ?, ?, ?)", row)
    _move(connection, body)


def _count(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    connection.executemany(
        "INSERT INTO drawer_count (seq, session, tender, count, cents) VALUES (?, ?, ?, ?, ?)",
        [(body["seq"], body["session"], c["tender"], c["count"], c["cents"]) for c in body["data"]["counted"]],
    )


def _close(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    connection.execute(
        "UPDATE session SET close_seq = ?, closed_by = ? WHERE id = ?",
        (body["seq"], body["operator"], body["session"]),
    )
    counted = {c["tender"]: c for c in data["counted"]}
    connection.executemany(
        "INSERT INTO close_count (session, tender, counted, counted_cents, expected, expected_cents)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                body["session"],
                expected["tender"],
                counted[expected["tender"]]["count"],
                counted[expected["tender"]]["cents"],
                expected["count"],
                expected["cents"],
            )
            for expected in data["expected"]
        ],
    )


def _seal(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    connection.execute(
        "INSERT INTO batch (batch_no, first_seq, last_seq, prev_batch_hash) VALUES (?, ?, ?, ?)",
        (data["batch_no"], data["first_seq"], data["last_seq"], data["prev_batch_hash"]),
    )
    connection.execute("UPDATE counter SET batch_no = ?, batch_seq = ?", (data["batch_no"], body["seq"]))
    connection.execute("UPDATE own_key SET from_seq = ? WHERE from_seq IS NULL", (body["seq"] + 1,))


def _allocate(connection: sqlite3.Connection, body: Body, sign: int) -> None:
    rows: list[tuple[Any, ...]] = []
    for line in body["data"]["lines"]:
        for part in line["allocations"]:
            rows.append(
                (
                    body["seq"],
                    len(rows) + 1,
                    line["account"],
                    part["charge"],
                    part["head"],
                    part["gl"],
                    sign * part["cents"],
                )
            )
    connection.executemany(_ALLOCATION, rows)


def _raise(connection: sqlite3.Connection, seq: int, rows: Iterable[_Raised]) -> None:
    connection.executemany(_RAISE, [(seq, n, *row) for n, row in enumerate(rows, start=1)])


def _raised_row(one: Mapping[str, Any]) -> _Raised:
    return (one["license"], *(one[name] for name in ("charge", "head", "due", "description", "gl", "cents")))


def _standing_of(connection: sqlite3.Connection, seq: int) -> list[_Raised]:
    """What a record raised and still stands, the other way round: to be taken back."""
    return [(*row[:-1], -row[-1]) for row in connection.execute(_STANDING, (seq,)).fetchall()]


def _move(connection: sqlite3.Connection, body: Body) -> None:
    seq, session = body["seq"], body["session"]
    connection.executemany(_MOVE, [(seq, session, *move) for move in drawer_moves(body["kind"], body["data"])])


def _receipt_state(
    connection: sqlite3.Connection, data: Mapping[str, Any], state: str, request_seq: int | None, end_seq: int | None
) -> None:
    connection.execute(_STATE, (state, request_seq, end_seq, data["original"]["receipt_no"]))


_BY_KIND: dict[Kind, Callable[[sqlite3.Connection, Body, bytes], None]] = {
    Kind.START: _start,
    Kind.LOGIN: _login,
    Kind.PIN_FAIL: _pin_fail,
    Kind.PIN_LOCK: _pin_lock,
    Kind.UNLOCK: _unlock,
    Kind.OPERATOR: _operator,
    Kind.KEY_ROTATE: _key_rotate,
    Kind.SNAPSHOT_APPLIED: _snapshot_applied,
    Kind.OPEN: _open,
    Kind.PAY: _pay,
    Kind.PAPER_SPOILED: _paper_spoiled,
    Kind.CARD_UNKNOWN: _card_unknown,
    Kind.CARD_SETTLED: _card_settled,
    Kind.ACCOUNT_NOTE: _account_note,
    Kind.ACCOUNT_CHANGE: _account_change,
    Kind.LICENSE: _license,
    Kind.VOID: _void,
    Kind.VOID_REQUEST: _void_request,
    Kind.VOID_REFUSAL: _refusal,
    Kind.REFUND_REQUEST: _refund_request,
    Kind.REFUND: _refund,
    Kind.REFUND_REFUSAL: _refusal,
    Kind.CHECKS_RETURNED: _checks_returned,
    Kind.TRUST_REFUND_REQUEST: _trust_refund_request,
    Kind.TRUST_REFUND: _trust_refund,
    Kind.TRUST_REFUND_REFUSAL: _trust_refund_refusal,
    Kind.APPLY: _move_credit,
    Kind.UNAPPLY: _move_credit,
    Kind.REPRINT: _reprint,
    Kind.DROP: _drop,
    Kind.COUNT: _count,
    Kind.CLOSE: _close,
    Kind.SEAL: _seal,
    **DEPOSITS,
}
