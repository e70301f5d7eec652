"""Why receipt numbers are missing, as far as records, batches and the register say; else that nobody knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection

from countertui.domain.error_items import kind_words
from countertui.domain.records import Kind
from countertui.domain.report_shapes import ON_PAPER_ALONE, UNKNOWN_CAUSE
from countertui.ledger.gaps import Gap
from countertui.ledger.reports.asking import fetched

_FIRST_RECORDS = 10
"""Where an epoch begins, or goes on from a copy, one of its first records says so."""
_MOST_NAMED = 3


class Missing(NamedTuple):
    """Numbers of a terminal that no posted receipt has, and the epochs of those before (0: none) and behind them."""

    terminal: str
    first: int
    last: int
    before: int
    behind: int


def cause_of(connection: Connection, missing: Missing, not_come: list[Gap]) -> str:
    """The cause in plain words, with the error item or batch where somebody finds it. not_come: the gaps of batches."""
    causes = [*_left_out(connection, missing)]
    if missing.before == missing.behind:
        causes += _skipped(connection, missing)
    else:
        causes += _began(connection, missing) or _former(connection, missing, not_come)
    return "; ".join(causes) or UNKNOWN_CAUSE


def _left_out(connection: Connection, missing: Missing) -> Iterator[str]:
    """Receipts that are here and were not posted: each has an error item."""
    found = fetched(
        connection,
        f"""SELECT i.id, i.reason, r.body FROM error_item i
          JOIN record r ON r.terminal = i.terminal AND r.epoch = i.epoch AND r.seq = i.seq
          WHERE i.terminal = ? AND i.epoch IN (?, ?) AND r.kind = '{Kind.PAY.value}' ORDER BY i.id""",  # noqa: S608 - constants
        [missing.terminal, missing.before, missing.behind],
    )
    numbers = {f"{missing.terminal}-{n}" for n in range(missing.first, min(missing.last, missing.first + 999) + 1)}
    named = [(id_, reason) for id_, reason, raw in found if _said(raw).get("receipt_no") in numbers]
    for id_, reason in named[:_MOST_NAMED]:
        yield f"error item {id_}: {kind_words(reason).lower()}"
    if len(named) > _MOST_NAMED:
        yield f"{len(named) - _MOST_NAMED} error items more"


def _skipped(connection: Connection, missing: Missing) -> Iterator[str]:
    """A batch whose own numbers don't follow: it was held for it, and people posted it."""
    found = fetched(
        connection,
        f"""SELECT b.no, b.posted_by, r.body FROM batch b JOIN record r ON r.terminal = b.terminal AND r.epoch = b.epoch
            AND r.seq BETWEEN b.first_seq AND b.last_seq AND r.kind = '{Kind.PAY.value}'
          WHERE b.terminal = ? AND b.epoch = ? AND b.posted_by IS NOT NULL ORDER BY r.seq""",  # noqa: S608 - constants
        [missing.terminal, missing.behind],
    )
    next_one = f"{missing.terminal}-{missing.last + 1}"
    for no, by, raw in found:
        if _said(raw).get("receipt_no") == next_one:
            yield f"batch {no} leaves them out; {by} posted it"


def _began(connection: Connection, missing: Missing) -> list[str]:
    """An epoch that began behind those numbers, as its own first records say."""
    kinds = [Kind.START.value, Kind.RESTORE.value]
    found = fetched(
        connection,
        """SELECT seq, kind, body FROM record WHERE terminal = ? AND epoch = ? AND seq <= ? AND kind IN (?, ?)
          ORDER BY seq""",
        [missing.terminal, missing.behind, _FIRST_RECORDS, *kinds],
    )
    for seq, kind, raw in found:
        data = _said(raw).get("data", {})
        place = f"{missing.terminal}/{missing.behind}/{seq}"
        if kind == Kind.RESTORE and data["receipt_n"] < missing.first and missing.last < data["first_n"]:
            return [f"{ON_PAPER_ALONE} (record {place})"]
        if kind == Kind.START and missing.before == 0 and missing.last <= data["receipt_n"]:
            return [f"numbers began behind them (record {place})"]
    return []


def _former(connection: Connection, missing: Missing, not_come: list[Gap]) -> list[str]:
    """What the terminal's former store took last, and how far on its way it is."""
    if missing.before == 0:
        return []
    place = [missing.terminal, missing.before]
    waiting = fetched(
        connection,
        "SELECT no, state FROM batch WHERE terminal = ? AND epoch = ? AND state <> 'posted' ORDER BY no",
        place,
    )
    lacking = [gap.missing_no for gap in not_come if [gap.terminal, gap.epoch] == place]
    states: list[Any] = fetched(connection, "SELECT state FROM terminal WHERE code = ? AND epoch = ?", place)
    if waiting or lacking:
        return [
            *(f"received, not posted: batch {no} of epoch {missing.before} is {state}" for no, state in waiting),
            *(f"not received: batch {no} of epoch {missing.before}" for no in lacking),
        ]
    if states and states[0][0] == "revoked":
        return [f"terminal lost: the key of epoch {missing.before} is revoked, and what it took last has not come"]
    return [f"not received: what was taken last in epoch {missing.before}"]


def _said(raw: bytes | None) -> dict[str, Any]:
    """What a record says; nothing where that is no object."""
    body = json.loads(bytes(raw)) if raw is not None else {}
    return body if isinstance(body, dict) else {}
