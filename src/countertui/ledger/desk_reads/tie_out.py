"""The tie-out of a month as the desk reads it: its rows, who signed it, and what makes one row's difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from countertui.domain.tie_out import Section, as_signed, month_of, row_json, rows_hash
from countertui.ledger.tie_out import tie_out
from countertui.ledger.tie_out_causes import causes_of
from countertui.ledger.tie_out_signed import signed_of


def tie_out_read(connection: Connection, args: Mapping[str, Any]) -> dict[str, Any]:
    """A month ({"month"}): {"month", "sha256", "different", "rows", "signed"}; amounts in cents, debits positive.

    signed: newest first, each with `unchanged`, whether the rows are today what was signed. Raises NoMonth.
    """
    month = month_of(str(args["month"]))
    rows = tie_out(connection, month)
    digest = rows_hash(as_signed(rows))
    signed = [asdict(each) | {"unchanged": each.sha256 == digest} for each in signed_of(connection, month)]
    different = sum(bool(row.difference_cents) for row in rows)
    return {
        "month": month,
        "sha256": digest,
        "different": different,
        "rows": [row_json(row) for row in rows],
        "signed": signed,
    }


def tie_out_causes_read(connection: Connection, args: Mapping[str, Any]) -> dict[str, Any]:
    """One row's difference ({"month", "section", "account"}): {"row", "causes"}; row is None where there is no such."""
    month = month_of(str(args["month"]))
    wanted = str(args["section"]), str(args["account"])
    sections = [each for each in Section if each.value == wanted[0]]
    rows = tie_out(connection, month, sections)
    row = next((row for row in rows if (row.section.value, row.account) == wanted), None)
    if row is None:
        return {"row": None, "causes": []}
    return {"row": row_json(row), "causes": [asdict(cause) for cause in causes_of(connection, month, row)]}
