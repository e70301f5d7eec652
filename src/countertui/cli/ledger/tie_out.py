"""`countertui ledger tie-out`: a month's subsystems against the general ledger, and two people's word for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cyclopts import App

from countertui.cli.ledger.at_desk import at_desk, new_id, reading
from countertui.cli.lines import tell


def add_to(ledger: App) -> None:
    """Add this module's command to `countertui ledger`."""
    ledger.command(tie_out, name="tie-out")


def tie_out(
    month: str,
    /,
    *,
    account: str | None = None,
    sign: bool = False,
    reason: str = "",
    dir: Path | None = None,  # noqa: A002
    json_: bool = False,
) -> int:
    """Compare a month's subsystems with the general ledger, account by account; exit status 1 if anything differs.

    Parameters
    ----------
    month
        The month, like 2026-11.
    account
        One GL account: what makes its difference.
    sign
        Sign it off, once the month is over. Two people sign in.
    reason
        With --sign: what you say of the differences, where there are any.
    dir
        The ledger's folder.
    json_
        Answer as JSON: {"month", "sha256", "different", "rows", "signed"}; with --account a list of {"row", "causes"}.
    """
    if sign:
        return _sign(month, reason, dir)
    with reading(dir) as books:
        from countertui.ledger.desk_reads.tie_out import tie_out_causes_read, tie_out_read

        with books.reading() as connection:
            found = tie_out_read(connection, {"month": month})
            rows = [row for row in found["rows"] if account is not None and row["account"] == account]
            causes = [tie_out_causes_read(connection, {"month": month, **row}) for row in rows]
    if json_:
        print(json.dumps(found if account is None else causes))
    else:
        tell("\n".join(_lines(found) if account is None else _cause_lines(causes, month)))
    return 1 if any(row["difference_cents"] for row in (found["rows"] if account is None else rows)) else 0


def _sign(month: str, reason: str, folder: Path | None) -> int:
    with at_desk(folder) as desk:
        from countertui.domain.rights import Act
        from countertui.ledger.desk_reads.tie_out import tie_out_read
        from countertui.ledger.tie_out_signed import sign_tie_out

        with desk.books.reading() as connection:
            found = tie_out_read(connection, {"month": month})
        tell("\n".join(_lines(found)))
        by = desk.sign_in(Act.CORRECT, "Technician")
        second = desk.sign_in(Act.AGREE, "Second person")
        with desk.ground() as ground:
            sign_tie_out(
                ground, month, by=by, second=second, reason=reason, sha256=found["sha256"], id_=new_id()
            )  # fmt: skip
    tell(f"{month} is signed off.")
    return 0


def _lines(found: dict[str, Any]) -> Iterator[str]:
    from countertui.domain.tie_out import Section, shown
    from countertui.domain.words import number_of

    section = ""
    for row in found["rows"]:
        if row["section"] != section:
            section = row["section"]
            yield Section(section).label
        name = f"{row['account']} {row['name']}".strip()
        if section == Section.MEMO:
            yield f"  {name[:42]:42} {shown(row, row['subsystem_cents']):>16}"
            continue
        sums = f"{shown(row, row['subsystem_cents']):>16} {shown(row, row['gl_cents']):>16}"
        off = row["difference_cents"]
        before = f" ({shown(row, row['before_cents'])} of it before the month)" if row["before_cents"] else ""
        yield f"  {name[:42]:42} {sums}" + (f"  DIFFERS by {shown(row, off)}{before}" if off else "")
    different = found["different"]
    told = number_of(different, "account differs", "accounts differ") if different else "Every account agrees"
    yield f"{told} in {found['month']}. Left: records and accounts; right: the general ledger."
    for each in found["signed"]:
        state = "unchanged since" if each["unchanged"] else "something was posted since"
        why = f" ({each['reason']})" if each["reason"] else ""
        yield f"Signed {each['at'][:10]} by {each['by']} and {each['second']}{why}: {state}."


def _cause_lines(found: list[dict[str, Any]], month: str) -> Iterator[str]:
    from countertui.domain.tie_out import Section, shown

    if not found:
        yield f"Nothing of that account is compared in {month}."
    for each in found:
        row = each["row"]
        off = shown(row, row["difference_cents"])
        yield f"{row['account']} {row['name']}, {Section(row['section']).label.lower()}: differs by {off}"
        for source in row["sources"]:
            yield f"  {shown(row, source['cents']):>16}  {source['words']}"
        yield f"  {shown(row, row['gl_cents']):>16}  General ledger"
        for cause in each["causes"]:
            yield f"  {shown(row, cause['cents']):>16}  because: {cause['words']} {cause['record']}".rstrip()
