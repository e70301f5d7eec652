"""Trust deposits tied to their control accounts: what is held for depositors is what the general ledger owes them."""

from __future__ import annotations

from sqlalchemy import Connection

from countertui.domain.reference import AccountKind
from countertui.domain.report_table import Asked, Column, ColumnKind, Drill, Table, summed
from countertui.ledger.reports.asking import fetched

_CENTS, _COUNT, _DATE = ColumnKind.CENTS, ColumnKind.COUNT, ColumnKind.DATE
_HELD = """CAST(COALESCE((SELECT SUM(m.cents) FROM trust_move m WHERE m.account = a.number AND m.biz_date {0}), 0)
  - COALESCE((SELECT SUM(b.cents) FROM brought_credit b
    WHERE b.account = a.number AND b.gl = a.credit_gl AND b.biz_date {0}), 0) AS BIGINT)"""
"""What a deposit (account a) had put onto it on some days: by records, and brought along when it was imported."""


def control(connection: Connection, asked: Asked) -> Table:
    """Each control account at the range's end: what its deposits hold, what the ledger says, and the difference."""
    rows = fetched(
        connection,
        f"""SELECT h.credit_gl, COALESCE(g.name, ''), h.deposits, h.held, h.ledger, h.held - h.ledger FROM (
            SELECT a.credit_gl, COUNT(*) AS deposits,
              CAST(SUM({_HELD.format("<= ?")}) AS BIGINT) AS held,
              CAST(COALESCE((SELECT -SUM(d.cents) FROM gl_day d
                WHERE d.account = a.credit_gl AND d.biz_date <= ?), 0) AS BIGINT) AS ledger
            FROM account a WHERE a.kind = '{AccountKind.TRUST.value}' GROUP BY a.credit_gl) h
          LEFT JOIN gl_account g ON g.code = h.credit_gl ORDER BY h.credit_gl""",  # noqa: S608 - constants
        [asked.range.until] * 3,
    )
    columns = (
        *(Column("control account"), Column("name"), Column("deposits", _COUNT), Column("held", _CENTS)),
        *(Column("general ledger", _CENTS), Column("difference", _CENTS)),
    )
    off = sum(1 for row in rows if row[5])
    told = "Every control account is what its deposits hold." if not off else f"{off} control accounts differ."
    notes = (f"At the end of {asked.range.until}, of the whole city. {told}",)
    return Table(
        *("trust", "Trust deposits and their control accounts", asked, columns, rows, summed(columns, rows)),
        notes=notes,
        drill=Drill("trust-accounts", (0,)),
    )


def accounts(connection: Connection, asked: Asked) -> Table:
    """The deposits of one control account, open ones and what moved in the range; key: the account."""
    rows = fetched(
        connection,
        f"""SELECT a.number, a.name, COALESCE(t.project, ''), COALESCE(t.release_on, ''),
            {_HELD.format("BETWEEN ? AND ?")}, {_HELD.format("<= ?")}
          FROM account a LEFT JOIN trust_terms t ON t.account = a.number
          WHERE a.kind = '{AccountKind.TRUST.value}' AND a.credit_gl = ? ORDER BY a.number""",  # noqa: S608 - constants
        [asked.range.since, asked.range.until] * 2 + [asked.range.until] * 2 + [asked.key[0]],
    )
    columns = (
        *(Column("deposit"), Column("depositor"), Column("project"), Column("release on", _DATE)),
        *(Column("moved", _CENTS), Column("held", _CENTS)),
    )
    title = f"Trust deposits at {asked.key[0]}"
    return Table("trust-accounts", title, asked, columns, rows, summed(columns, rows))
