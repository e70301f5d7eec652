"""What was posted to which account: by fund and account, by day and terminal, entry by entry."""

from __future__ import annotations

from sqlalchemy import Connection

from countertui.domain.report_period import By, by_period, heading_of, part_of
from countertui.domain.report_table import Asked, Column, ColumnKind, Drill, Row, Table, summed
from countertui.ledger.reports.asking import day_in, fetched, grouped, in_range, whole_number

_DEBIT_CREDIT = (Column("debit", ColumnKind.CENTS), Column("credit", ColumnKind.CENTS))


def distribution(connection: Connection, asked: Asked) -> Table:
    """The net of each fund and account over the range, or over each period of it: as the journal, to the cent."""
    where, values = in_range(asked, "d")
    places = grouped(asked, 2)
    query = f"""SELECT {day_in(asked, "d")}, d.fund, d.account, CAST(SUM(d.cents) AS BIGINT) FROM gl_day d
      WHERE {where} GROUP BY {places} ORDER BY {places}"""  # noqa: S608 - constants
    sums = by_period(fetched(connection, query, values), 2, asked.by, asked.year_from)
    names: dict[str, str] = dict(fetched(connection, "SELECT code, name FROM gl_account"))
    at = 1 if asked.by is not None else 0
    rows = [(*row[:-1], names.get(row[at + 1], ""), *_sides(row[-1])) for row in sums]
    columns = (
        *((Column(heading_of(asked.by)),) if asked.by is not None else ()),
        *(Column("fund"), Column("account"), Column("name"), *_DEBIT_CREDIT),
    )
    return Table(
        "gl", "GL distribution", asked, columns, rows, summed(columns, rows), drill=Drill("gl-days", (at, at + 1))
    )


def days(connection: Connection, asked: Asked) -> Table:
    """One account of a fund, by business date and terminal; key: fund, account."""
    fund, account = asked.key
    where, values = in_range(asked, "d")
    found = fetched(
        connection,
        f"""SELECT d.biz_date, d.terminal, d.epoch, d.fund, d.account, d.cents FROM gl_day d
          WHERE {where} AND d.fund = ? AND d.account = ? ORDER BY 1, 2, 3""",  # noqa: S608 - constants
        [*values, fund, account],
    )
    rows: list[Row] = [(*row[:5], *_sides(row[5])) for row in found]
    columns = (
        *(Column("date", ColumnKind.DATE), Column("terminal"), Column("epoch", ColumnKind.COUNT, for_programs=True)),
        *(Column("fund"), Column("account"), *_DEBIT_CREDIT),
    )
    title = f"Account {account} of fund {fund}, day by day"
    return Table(
        "gl-days", title, asked, columns, rows, summed(columns, rows), drill=Drill("gl-entries", (3, 4, 0, 1, 2))
    )


def entries(connection: Connection, asked: Asked) -> Table:
    """The entries of one day of the range and terminal to one account of a fund; key: fund, account, date,
    terminal, epoch."""
    fund, account, _, terminal, epoch = asked.key
    day = part_of(asked.range, asked.key[2], By.DAY).since
    found = fetched(
        connection,
        """SELECT e.id, e.kind, COALESCE(e.receipt_no, ''), e.epoch, e.seq, l.cents FROM entry e
          JOIN gl_line l ON l.entry = e.id AND l.biz_date = e.biz_date
          WHERE e.terminal = ? AND e.epoch = ? AND e.biz_date = ? AND l.fund = ? AND l.account = ? ORDER BY e.id""",
        [terminal, whole_number(epoch), day, fund, account],
    )
    rows: list[Row] = [(*row[:5], *_sides(row[5])) for row in found]
    columns = (
        *(Column("entry", ColumnKind.COUNT), Column("kind"), Column("receipt")),
        *(Column("epoch", ColumnKind.COUNT, for_programs=True), Column("record", ColumnKind.COUNT), *_DEBIT_CREDIT),
    )
    title = f"Entries of {day} at {terminal} to account {account} of fund {fund}"
    debit, credit = (sum(row[n] or 0 for row in rows if isinstance(row[n], int)) for n in (5, 6))  # type: ignore[misc]
    return Table("gl-entries", title, asked, columns, rows, ("", "Total", "", "", "", debit, credit))


def _sides(cents: int) -> tuple[int | None, int | None]:
    """A net as debit or credit: the one that it is, the other empty."""
    return (cents, None) if cents >= 0 else (None, -cents)
