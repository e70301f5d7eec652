"""From records of bank deposits to their tables: deposited, final, taken back, carried to the bank."""

from __future__ import annotations

import sqlite3

from countertui.domain.deposits import Stage
from countertui.domain.records import Kind
from countertui.domain.safe_bags import place_of_bag
from countertui.store.courier_rows import handed
from countertui.store.projection.by_kind import Body, ByKind

_DEPOSIT = (
    """INSERT INTO deposit (seq, n, slip_no, bag, biz_date, total_cents, final_seq) VALUES (?, ?, ?, ?, ?, ?, ?)"""
)
_SESSION = "INSERT INTO deposit_session (terminal, epoch, session, seq, biz_date) VALUES (?, ?, ?, ?, ?)"
_BAG = "INSERT OR IGNORE INTO deposit_bag (terminal, epoch, session, bag, seq) VALUES (?, ?, ?, ?, ?)"
_CARRIED = """INSERT INTO deposit_carried (item, seq, tender, cents, receipt_no, reference, reason)
  VALUES (?, ?, ?, ?, ?, ?, ?)"""
_DAY = "INSERT INTO deposit_day (biz_date, seq) VALUES (?, ?) ON CONFLICT (biz_date) DO UPDATE SET seq = excluded.seq"


def _counted(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    connection.execute("INSERT INTO deposit_count (seq, cents) VALUES (?, ?)", (body["seq"], body["data"]["cents"]))


def _made(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data, seq = body["data"], body["seq"]
    final = data["stage"] == Stage.FINAL
    n = int(data["slip_no"].rpartition("-D")[2])
    row = (seq, n, data["slip_no"], data["bag"], body["biz_date"], data["total_cents"], seq if final else None)
    connection.execute(_DEPOSIT, row)
    connection.executemany(
        _SESSION, [(one["terminal"], one["epoch"], one["session"], seq, one["biz_date"]) for one in data["sessions"]]
    )
    covered = [(one["terminal"], one["epoch"], one["session"], one["bags"]) for one in data["sessions"]]
    bags = [(*place, bag["bag"]) for *place, held in covered for bag in held]
    bags += [place_of_bag(bag) for bag in data.get("safe_bags", ())]
    connection.executemany(_BAG, [(*bag, seq) for bag in bags])
    connection.executemany(
        _CARRIED,
        [
            (one["item"], seq, one["tender"], -one["cents"], one["receipt_no"], one["reference"], one["reason"])
            for one in data["differences"]
            if one["carried"]
        ],
    )
    found = [(seq, one["item"]) for one in data["found"]]
    connection.executemany("UPDATE deposit_carried SET found_seq = ? WHERE item = ?", found)
    if final:
        connection.executemany(_DAY, [(biz_date, seq) for biz_date in data["biz_dates"]])


def _final(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data, seq = body["data"], body["data"]["deposit"]["seq"]
    connection.execute("UPDATE deposit SET final_seq = ? WHERE seq = ?", (body["seq"], seq))
    connection.executemany(_DAY, [(biz_date, seq) for biz_date in data["biz_dates"]])


def _taken_back(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    """Its sessions can be deposited again, what it found is missing again, what it carried was never so."""
    seq = body["data"]["deposit"]["seq"]
    connection.execute("UPDATE deposit SET back_seq = ?, final_seq = NULL WHERE seq = ?", (body["seq"], seq))
    connection.execute("DELETE FROM deposit_session WHERE seq = ?", (seq,))
    connection.execute("DELETE FROM deposit_bag WHERE seq = ?", (seq,))
    connection.execute("DELETE FROM deposit_carried WHERE seq = ?", (seq,))
    connection.execute("UPDATE deposit_carried SET found_seq = NULL WHERE found_seq = ?", (seq,))
    connection.execute("DELETE FROM deposit_day WHERE seq = ?", (seq,))


def _lost(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    connection.execute("UPDATE deposit_carried SET found_seq = ? WHERE item = ?", (body["seq"], body["data"]["item"]))


DEPOSITS: ByKind = {
    Kind.DEPOSIT_COUNT: _counted,
    Kind.DEPOSIT: _made,
    Kind.DEPOSIT_FINAL: _final,
    Kind.DEPOSIT_TAKEN_BACK: _taken_back,
    Kind.DEPOSIT_ITEM_LOST: _lost,
    Kind.COURIER: handed,
}
