"""From records of what is said of accounts, and of trust deposits asked back, to their tables."""

from __future__ import annotations

import sqlite3

from countertui.domain.records import Kind
from countertui.store.projection.by_kind import Body, ByKind
from countertui.store.projection.charges import move_credit

_SAID = "INSERT INTO account_said (seq, account, what, was, said, operator, dated) VALUES (?, ?, ?, ?, ?, ?, ?)"


def _account_note(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    _say_of_account(connection, body, "note", "", data["note"])


def _account_change(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    _say_of_account(connection, body, data["detail"], data["was"], data["now"])


def _say_of_account(connection: sqlite3.Connection, body: Body, what: str, was: str, said: str) -> None:
    dated = body["biz_date"] or body["utc"][:10]
    connection.execute(_SAID, (body["seq"], body["data"]["account"], what, was, said, body["operator"], dated))


def _trust_refund_request(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    connection.execute(
        "INSERT INTO trust_request (seq, account, cents, state) VALUES (?, ?, ?, 'asked')",
        (body["seq"], body["data"]["account"], body["data"]["cents"]),
    )


def _trust_refund(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    move_credit(connection, body)
    _answer_trust(connection, body, "refunded")


def _trust_refund_refusal(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    _answer_trust(connection, body, "refused")


def _answer_trust(connection: sqlite3.Connection, body: Body, state: str) -> None:
    values = state, body["seq"], body["data"]["request_seq"]
    connection.execute("UPDATE trust_request SET state = ?, end_seq = ? WHERE seq = ?", values)


ACCOUNTS: ByKind = {
    Kind.ACCOUNT_NOTE: _account_note,
    Kind.ACCOUNT_CHANGE: _account_change,
    Kind.TRUST_REFUND_REQUEST: _trust_refund_request,
    Kind.TRUST_REFUND: _trust_refund,
    Kind.TRUST_REFUND_REFUSAL: _trust_refund_refusal,
}
