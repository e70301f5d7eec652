"""The snapshot's trust deposits, and what moved them."""

from __future__ import annotations

from countertui.store.reference_file import ReferenceFile
from countertui.store.reference_rows import TrustMove, TrustRow

_TRUST = """SELECT a.number, a.party, a.name, a.address, a.credit_gl, COALESCE(t.project, ''),
  COALESCE(t.minimum_cents, 0), t.release_on
  FROM account AS a LEFT JOIN trust_terms AS t ON t.account = a.number"""


class TrustDeposits:
    """The trust deposits in a snapshot's file."""

    def __init__(self, file: ReferenceFile) -> None:
        self._file = file

    def deposit(self, number: str) -> TrustRow | None:
        """A trust deposit by its account's number."""
        rows = self._file.rows(f"{_TRUST} WHERE a.number = ? AND a.kind = 'trust'", number)
        return TrustRow(*rows[0]) if rows else None

    def deposits(self, party: str | None = None) -> list[TrustRow]:
        """The trust deposits of a party, or all there are, by number."""
        whose, values = ("AND a.party = ?", (party,)) if party is not None else ("", ())
        # The plus keeps it off the index of all numbers: a city has a million accounts, and a few hundred deposits.
        rows = self._file.rows(f"{_TRUST} WHERE a.kind = 'trust' {whose} ORDER BY +a.number", *values)
        return [TrustRow(*row) for row in rows]

    def moves(self, account: str) -> list[TrustMove]:
        """What posted records did to a trust deposit, oldest first."""
        sql = (
            "SELECT biz_date, what, cents, receipt_no, terminal, epoch, seq FROM trust_move"
            " WHERE account = ? ORDER BY biz_date, terminal, epoch, seq"
        )
        return [TrustMove(*row) for row in self._file.rows(sql, account)]
