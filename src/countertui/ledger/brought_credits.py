"""Credits that imports bring along: money held for accounts before these books began, booked when it is brought.

Each is a liability of its fund from that day on; against it stands the fund's opening account, by the city's rules
(GASB: a subsidiary ledger is taken over with an opening entry, fund by fund). Without such an account nothing is
booked, and the month's tie-out names what lacks; the next import after the rules name one books it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import Connection, func, select, update

from countertui.domain.charges import CREDIT_HEAD
from countertui.domain.desk_records import DESK
from countertui.ledger import tables
from countertui.ledger.books import draw_numbers
from countertui.ledger.bulk import insert_many, looked_up
from countertui.ledger.charted import NoRulesError, rules_of
from countertui.ledger.city_day import city_day
from countertui.ledger.credits import CREDIT_PREFIX
from countertui.ledger.desk import EPOCH, Ground, Made
from countertui.ledger.entries import write_entries
from countertui.ledger.periods import Periods

_COLUMNS = ("account", "gl", "seq", "biz_date", "cents")
_Sums = dict[tuple[str, str], int]
"""Account and GL account to cents, below zero by what is held."""


def book_brought(ground: Ground, made: Made) -> None:
    """Note by how much an import moved what accounts brought along, dated that day in the city, and book it."""
    connection, table = ground.connection, tables.brought_credit
    before, now = _noted(connection), _brought(connection)
    day = city_day(connection, ground.now)
    moved = [
        (account, gl, made.seq, day, cents)
        for account, gl in sorted(before.keys() | now.keys())
        if (cents := now.get((account, gl), 0) - before.get((account, gl), 0))
    ]
    insert_many(connection, table, _COLUMNS, moved)
    waiting = select(table.c.gl, func.sum(table.c.cents)).where(table.c.entry.is_(None)).group_by(table.c.gl)
    sums = {gl: int(cents) for gl, cents in connection.execute(waiting.order_by(table.c.gl))}
    if not sums:
        return
    against = _against(connection, sums)
    if lines := _lines(sums, against):
        entry = _book(ground, made, lines, day)
        booked = (table.c.entry.is_(None)) & (table.c.gl.in_(against))
        connection.execute(update(table).where(booked).values(entry=entry))


def _brought(connection: Connection) -> _Sums:
    """What accounts have to their credit by lists alone: the ledger's own credits move with money."""
    charge = tables.reference["charge"].c
    of_lists = (charge.head == CREDIT_HEAD) & ~charge.id.startswith(CREDIT_PREFIX)
    rows = connection.execute(
        select(charge.account, charge.gl, func.sum(charge.amount_cents))
        .where(of_lists)
        .group_by(charge.account, charge.gl)
    )
    return {(account, gl): int(cents) for account, gl, cents in rows}


def _noted(connection: Connection) -> _Sums:
    c = tables.brought_credit.c
    rows = connection.execute(select(c.account, c.gl, func.sum(c.cents)).group_by(c.account, c.gl))
    return {(account, gl): int(cents) for account, gl, cents in rows}


def _against(connection: Connection, sums: Mapping[str, int]) -> dict[str, tuple[str, str]]:
    """The fund of each GL account, and its opening account, where the rules name one."""
    try:
        opening = rules_of(connection).posting.opening
    except NoRulesError:
        return {}
    funds = looked_up(connection, tables.reference["gl_account"], "code", "fund", list(sums))
    return {gl: (fund, opening[fund]) for gl, fund in sorted(funds.items()) if fund in opening}


def _lines(sums: Mapping[str, int], against: Mapping[str, tuple[str, str]]) -> dict[tuple[str, str], int]:
    lines: defaultdict[tuple[str, str], int] = defaultdict(int)
    for gl, (fund, opening) in against.items():
        lines[fund, gl] += sums[gl]
        lines[fund, opening] -= sums[gl]
    return {place: cents for place, cents in lines.items() if cents}


def _book(ground: Ground, made: Made, lines: dict[tuple[str, str], int], day: str) -> int:
    connection, record = ground.connection, tables.record
    dated = Periods(connection, rules_of(connection).posting).open_date(day)
    entry = draw_numbers(connection, "entry", 1)
    row = (entry, DESK, EPOCH, made.seq, made.body["kind"], dated, None)
    write_entries(connection, [row], [lines])
    here = (record.c.terminal == DESK) & (record.c.epoch == EPOCH) & (record.c.seq == made.seq)
    connection.execute(update(record).where(here).values(entry=entry))
    return entry
