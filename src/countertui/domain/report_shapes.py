"""Reports that a terminal's journal can tell as well as the ledger's books: the same columns, totals and ways on.

Each takes rows as its reader has them; what a row holds is said beside it. Cents, ISO 8601 dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from countertui.domain.report_period import By, by_period, heading_of, period_of
from countertui.domain.report_table import Asked, Bars, Column, ColumnKind, Drill, Row, Table, rate, summed

_CENTS, _COUNT, _DATE, _RATE = ColumnKind.CENTS, ColumnKind.COUNT, ColumnKind.DATE, ColumnKind.RATE
_PLACE = (Column("epoch", _COUNT, for_programs=True), Column("session", for_programs=True))
_SIDES = (Column("expected", _CENTS), Column("counted", _CENTS), Column("over, short", _CENTS))
Rows = Iterable[Sequence[Any]]
ON_PAPER_ALONE = "on paper alone: the store went on from an older copy"
UNKNOWN_CAUSE = "unknown"
"""Why receipt numbers are missing."""


def drawers(asked: Asked, rows: Rows) -> Table:
    """Each operator's drawers, one session a row; with periods, each operator's closed ones in each of them.

    rows: operator, date, terminal, drawer, receipts, expected, counted (None while it is open), epoch, session.
    """
    found = [tuple(row) for row in rows]
    closed = [row for row in found if row[6] is not None]
    notes = _open_note(len(found) - len(closed))
    if asked.by is not None:
        sums = by_period(
            ((row[1], row[0], 1, *row[4:7], row[6] - row[5]) for row in closed), 1, asked.by, asked.year_from
        )
        told = Column(heading_of(asked.by)), Column("operator"), Column("sessions", _COUNT), Column("receipts", _COUNT)
        of_periods = (*told, *_SIDES)
        return Table("drawers", "Drawers by operator", asked, of_periods, sums, summed(of_periods, sums), notes=notes)
    columns = (
        *(Column("operator"), Column("date", _DATE), Column("terminal"), Column("drawer"), Column("receipts", _COUNT)),
        *(*_SIDES, *_PLACE),
    )
    lines: list[Row] = [(*row[:7], None if row[6] is None else row[6] - row[5], *row[7:]) for row in found]
    totals = ("Total", "", "", "", sum(row[4] for row in found), *_three_sums(closed), "", "")
    return Table(
        *("drawers", "Drawers by operator", asked, columns, lines, totals),
        notes=notes,
        drill=Drill("receipts", (2, 8, 9)),
    )


def session_totals(asked: Asked, rows: Rows) -> Table:
    """X of the sessions that are open, Z of those that are closed, tender by tender.

    rows: date, terminal, drawer, operator, X or Z, tender, pieces (None for cash), expected, counted (None while it is
    open), epoch, session.
    """
    lines: list[Row] = [
        (*row[:5], str(row[5]).replace("_", " "), *row[6:9], None if row[8] is None else row[8] - row[7], *row[9:])
        for row in rows
    ]
    columns = (
        *(Column("date", _DATE), Column("terminal"), Column("drawer"), Column("operator"), Column("X/Z")),
        *(Column("tender"), Column("count", _COUNT), *_SIDES, *_PLACE),
    )
    still_open = {(row[1], row[10], row[11]) for row in lines if row[4] == "X"}
    return Table(
        *("totals", "X and Z totals by session", asked, columns, lines),
        notes=_open_note(len(still_open)),
        drill=Drill("receipts", (1, 10, 11)),
    )


def over_short(asked: Asked, rows: Rows) -> Table:
    """What was over and what short, added up apart, by period, days where none is asked for; with a chart.

    rows: date, closed sessions, cents over, cents short (below zero), net, a day each.
    """
    by = asked.by or By.DAY
    found = list(rows)
    first_days: dict[str, str] = {}
    for row in found:
        first_days.setdefault(period_of(row[0], by, asked.year_from), row[0])
    lines: list[Row] = [(*row, first_days[row[0]]) for row in by_period(found, 0, by, asked.year_from)]
    columns = (
        *(Column(heading_of(by)), Column("sessions", _COUNT), Column("over", _CENTS), Column("short", _CENTS)),
        *(Column("net", _CENTS), Column("from", _DATE, for_programs=True)),
    )
    asked = replace(asked, by=by)
    return Table(
        *("over-short", "Over and short", asked, columns, lines, summed(columns, lines)),
        notes=("Over and short are of each tender of each closed session, added up apart; short is below zero.",),
        drill=Drill("totals", (5,)),
        bars=Bars("Net over (+) and short (-)", 0, 4),
    )


def receipts(asked: Asked, rows: Rows) -> Table:
    """What was taken and taken back in one session. rows: receipt, UTC, what, payor, tenders, cents."""
    lines: list[Row] = [(*row[:4], str(row[4]).replace("_", " "), row[5]) for row in rows]
    columns = (
        *(Column("receipt"), Column("UTC"), Column("what"), Column("payor"), Column("by")),
        Column("amount", _CENTS),
    )
    title = f"Receipts of a session at {asked.key[0]}"
    return Table("receipts", title, asked, columns, lines, summed(columns, lines))


def checks(asked: Asked, rows: Sequence[Row]) -> Table:
    """Every check taken, in order. rows: date, terminal, receipt, check, how its receipt was taken back, cents."""
    columns = (
        *(Column("date", _DATE), Column("terminal"), Column("receipt"), Column("check"), Column("taken back")),
        Column("amount", _CENTS),
    )
    count = f"{len(rows):,} check{'s' if len(rows) != 1 else ''}."
    return Table("checks", "Check list", asked, columns, rows, summed(columns, rows), notes=(count,))


def checks_by_period(asked: Asked, rows: Rows) -> Table:
    """How many checks in each period. rows: date, checks, cents."""
    by = asked.by or By.DAY
    lines: list[Row] = list(by_period(rows, 0, by, asked.year_from))
    columns = (Column(heading_of(by)), Column("checks", _COUNT), Column("amount", _CENTS))
    return Table("checks", "Checks taken", asked, columns, lines, summed(columns, lines))


def voids(asked: Asked, rows: Rows) -> Table:
    """Receipts taken, and how many of each cashier's were voided or refunded in those days, whoever did it.

    rows: date, cashier, receipts, cents, voids, cents, refunds, cents; of one date and cashier there may be several.
    """
    at = 1 if asked.by is not None else 0
    lines = [_rated(row, at) for row in by_period(rows, 1, asked.by, asked.year_from)]
    columns = (
        *((Column(heading_of(asked.by)),) if asked.by is not None else ()),
        *(Column("cashier"), Column("receipts", _COUNT), Column("taken", _CENTS), Column("voids", _COUNT)),
        *(Column("voided", _CENTS), Column("voids rate", _RATE), Column("refunds", _COUNT)),
        *(Column("refunded", _CENTS), Column("refunds rate", _RATE)),
    )
    totals = list(summed(columns, lines) or ())
    totals[at + 5], totals[at + 8] = _rate(totals, at + 3, at + 1), _rate(totals, at + 6, at + 1)
    return Table(
        *("voids", "Voids and refunds by cashier", asked, columns, lines, totals),
        notes=("Rates are voids and refunds to receipts taken in the same days, by number.",),
        drill=Drill("voided", (at,)),
    )


def voided(asked: Asked, rows: Rows) -> Table:
    """Each void and refund. rows: date, receipt, what, taken by, asked by, approved by, reason, cents."""
    lines: list[Row] = list(rows)
    columns = (
        *(Column("date", _DATE), Column("receipt"), Column("what"), Column("taken by"), Column("asked by")),
        *(Column("approved by"), Column("reason"), Column("amount", _CENTS)),
    )
    who = f" of {asked.key[0]}'s receipts" if asked.key else ""
    return Table("voided", f"Voids and refunds{who}", asked, columns, lines, summed(columns, lines))


def no_sales(asked: Asked, rows: Rows) -> Table:
    """How often each operator opened a drawer without a sale. rows: date, operator, no-sales, receipts."""
    at = 1 if asked.by is not None else 0
    lines: list[Row] = [
        (*row, _rate(row, at + 1, at + 2)) for row in by_period(rows, 1, asked.by, asked.year_from) if row[at + 1]
    ]
    columns = (
        *((Column(heading_of(asked.by)),) if asked.by is not None else ()),
        *(Column("operator"), Column("no-sales", _COUNT), Column("receipts", _COUNT), Column("to receipts", _RATE)),
    )
    totals = list(summed(columns, lines) or ())
    totals[-1] = _rate(totals, at + 1, at + 2)
    title = "Drawers opened without a sale"
    return Table("no-sales", title, asked, columns, lines, totals, drill=Drill("opened", (at,)))


def opened(asked: Asked, rows: Rows) -> Table:
    """Each time a drawer was opened without a sale. rows: date, terminal, drawer, operator, UTC, reason."""
    columns = (
        *(Column("date", _DATE), Column("terminal"), Column("drawer"), Column("operator"), Column("UTC")),
        Column("reason"),
    )
    return Table("opened", "Drawers opened without a sale, one by one", asked, columns, list(rows))


def gaps(asked: Asked, rows: Rows, notes: tuple[str, ...] = ()) -> Table:
    """Receipt numbers that are missing.

    rows: terminal, first and last number missing, the dates before and behind, why.
    """
    lines: list[Row] = [
        (terminal, f"{terminal}-{first}", f"{terminal}-{last}", last - first + 1, after, before, cause)
        for terminal, first, last, after, before, cause in rows
        if touches(asked, after, before)
    ]
    columns = (
        *(Column("terminal"), Column("first missing"), Column("last missing"), Column("numbers", _COUNT)),
        *(Column("after", _DATE), Column("before", _DATE), Column("cause")),
    )
    return Table("gaps", "Receipt number gaps", asked, columns, lines, summed(columns, lines), notes=notes)


def touches(asked: Asked, after: str, before: str) -> bool:
    """Whether days between two dates (ISO 8601, empty for none) may be among those that are asked for."""
    return after <= asked.range.until and (before or "9") >= asked.range.since


def _three_sums(closed: Sequence[Sequence[Any]]) -> tuple[int, int, int]:
    """Expected, counted and their difference of closed drawers alone."""
    expected, counted = sum(row[5] for row in closed), sum(row[6] for row in closed)
    return expected, counted, counted - expected


def _open_note(many: int) -> tuple[str, ...]:
    if not many:
        return ()
    what = "1 drawer is" if many == 1 else f"{many:,} drawers are"
    return (f"{what} still open as far as is heard here: not counted, and in no total of what is expected.",)


def _rated(row: Row, at: int) -> Row:
    """A cashier's sums (receipts, cents, voids, cents, refunds, cents) with the rates between them."""
    return (*row[: at + 5], _rate(row, at + 3, at + 1), *row[at + 5 :], _rate(row, at + 5, at + 1))


def _rate(row: Row, part: int, whole: int) -> int | None:
    some, every = row[part], row[whole]
    return rate(some, every) if isinstance(some, int) and isinstance(every, int) else None
