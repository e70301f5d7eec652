"""From records of receipts to their tables: taken, asked about, taken back, printed again."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from countertui.domain.paper_books import Keyed
from countertui.domain.records import Kind
from countertui.store.projection.by_kind import Body, ByKind
from countertui.store.projection.charges import allocate, raise_charges, raised_row, standing_of
from countertui.store.projection.drawers import move

_RECEIPT = """INSERT INTO receipt
  (receipt_no, seq, id, h, session, biz_date, operator, payor, total_cents, change_cents, state, copies)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'taken', 0)"""
_LINE = """INSERT INTO receipt_line (receipt_no, n, account, fee, description, quantity, cents)
  VALUES (?, ?, ?, ?, ?, ?, ?)"""
_TENDER = "INSERT INTO tender (receipt_no, n, kind, cents, reference) VALUES (?, ?, ?, ?, ?)"
_PAPER = """INSERT INTO paper_keyed (series, paper_no, seq, receipt_no, state, paper_date) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (series, paper_no) DO UPDATE SET seq = excluded.seq, receipt_no = excluded.receipt_no,
  state = excluded.state, paper_date = excluded.paper_date"""
_PAPER_VOID = "UPDATE paper_keyed SET state = 'void' WHERE receipt_no = ?"
_CARD_UNKNOWN = "INSERT INTO card_unknown (seq, id, cart, session, cents, state) VALUES (?, ?, ?, ?, ?, 'unknown')"
_CARD_STATE = "UPDATE card_unknown SET state = ?, end_seq = ? WHERE id = ?"
_STATE = "UPDATE receipt SET state = ?, request_seq = ?, end_seq = ? WHERE receipt_no = ?"


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
    allocate(connection, body, 1)
    move(connection, body)
    if "raised" in data:
        raise_charges(connection, body["seq"], map(raised_row, data["raised"]))
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


def _void(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    allocate(connection, body, -1)
    move(connection, body)
    raise_charges(connection, body["seq"], standing_of(connection, data["original"]["seq"]))
    receipt_state(connection, data, "void", data["request_seq"], body["seq"])
    connection.execute(_PAPER_VOID, (data["original"]["receipt_no"],))


def _refund(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    allocate(connection, body, -1)
    move(connection, body)
    raise_charges(connection, body["seq"], standing_of(connection, data["original"]["seq"]))
    receipt_state(connection, data, "refunded", data["request_seq"], body["seq"])


def _void_request(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    receipt_state(connection, body["data"], "void_requested", body["seq"], None)


def _refund_request(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    receipt_state(connection, body["data"], "refund_requested", body["seq"], None)


def _refusal(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    receipt_state(connection, body["data"], "taken", None, None)


def _reprint(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    connection.execute(
        "UPDATE receipt SET copies = ? WHERE receipt_no = ?",
        (body["data"]["copy"], body["data"]["original"]["receipt_no"]),
    )


def receipt_state(
    connection: sqlite3.Connection, data: Mapping[str, Any], state: str, request_seq: int | None, end_seq: int | None
) -> None:
    """Let a receipt stand otherwise from a record on."""
    connection.execute(_STATE, (state, request_seq, end_seq, data["original"]["receipt_no"]))


RECEIPTS: ByKind = {
    Kind.PAY: _pay,
    Kind.PAPER_SPOILED: _paper_spoiled,
    Kind.CARD_UNKNOWN: _card_unknown,
    Kind.CARD_SETTLED: _card_settled,
    Kind.VOID: _void,
    Kind.VOID_REQUEST: _void_request,
    Kind.VOID_REFUSAL: _refusal,
    Kind.REFUND_REQUEST: _refund_request,
    Kind.REFUND: _refund,
    Kind.REFUND_REFUSAL: _refusal,
    Kind.REPRINT: _reprint,
}
