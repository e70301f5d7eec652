"""`countertui ledger returns|notices`: a bank's list of returned checks, taken back whole; notices to their payors."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from countertui.cli.extras import require_extras
from countertui.cli.ledger.at_desk import at_desk, business_date, new_id, reading
from countertui.cli.lines import tell
from countertui.errors import UsageError

if TYPE_CHECKING:
    from countertui.ledger.returned_list import Listed


def add_to(ledger: App) -> None:
    """Add this module's commands to `countertui ledger`."""
    for command in (returns, notices):
        ledger.command(command)


def returns(
    file: Path,
    /,
    *,
    map_: Annotated[Path, Parameter(name="--map")],
    matched: bool = False,
    dry_run: bool = False,
    on: str | None = None,
    dir: Path | None = None,  # noqa: A002
    json_: bool = False,
) -> int:
    """Take back what the checks of a bank's list paid: all of them, or none. Two people sign in.

    A row without a check that can come back is listed with the reason, and then nothing is done. The same list again
    changes nothing.

    Parameters
    ----------
    file
        The bank's list, CSV.
    map_
        Its mapping file.
    matched
        Take back those that were matched, though others were not.
    dry_run
        Only say what would be done; nobody signs in.
    on
        The business date, like 2026-11-23; today if left out.
    dir
        The ledger's folder.
    json_
        Answer as JSON: {"done", "rows": [{"row", "check", "cents", "receipt_no", "why_not"}]}.
    """
    day = business_date(on)
    with reading(dir) as books:
        from countertui.ledger.importing.returns import read_returns
        from countertui.ledger.returned_list import match_list

        rows = read_returns(file, map_)
        with books.reading() as connection:
            listed = match_list(connection, rows)
    fitting = [one for one in listed if one.matched]
    done = 0
    if fitting and not dry_run and (matched or len(fitting) == len(listed)):
        with at_desk(dir) as desk:
            from countertui.domain.rights import Act
            from countertui.ledger.returned_list import return_list

            by = desk.sign_in(Act.CORRECT, "Technician")
            second = desk.sign_in(Act.AGREE, "Second person")
            with desk.ground() as ground:
                done = return_list(ground, fitting, by=by, second=second, biz_date=day, ids=new_id)
    _say(listed, done, json_=json_)
    return 0 if len(fitting) == len(listed) else 1


def notices(*, to: Path, on: str | None = None, dir: Path | None = None) -> int:  # noqa: A002
    """Write the notices to payors whose checks came back on a day, a page each. Exit 1 if there are none.

    Parameters
    ----------
    to
        The file to write. It must not be there yet. A PDF where its name ends in .pdf, else text.
    on
        The business date on which the checks came back, like 2026-11-23; today if left out.
    dir
        The ledger's folder.
    """
    day = business_date(on)
    if to.exists():
        raise UsageError(f"{to.name} is there already.", "It is unchanged.", "Name another.")
    with reading(dir) as books:
        from countertui.documents.text import as_text
        from countertui.domain.words import number_of
        from countertui.ledger.returned_notices import notices_of

        with books.reading() as connection:
            found = notices_of(connection, books.ledger, day)
    if not found:
        tell(f"No check came back on {day}: nothing was written.")
        return 1
    if to.suffix.lower() == ".pdf":
        require_extras("counter")
        from countertui.documents.pdf import all_as_pdf

        to.write_bytes(all_as_pdf(found, f"Returned checks, {day}", made_at=int(time.time())))
    else:
        to.write_text("\f".join("\n".join(as_text(document)) + "\n" for document in found), encoding="utf-8")
    tell(f"{number_of(len(found), 'notice')} in {to.name}.")
    return 0


def _say(listed: list[Listed], done: int, *, json_: bool) -> None:
    from countertui.domain.money import Cents, format_cents
    from countertui.domain.words import number_of

    if json_:
        rows = [
            {
                "row": one.row.row,
                "check": one.row.reference,
                "cents": one.row.cents,
                "receipt_no": one.receipt_no,
                "why_not": one.why_not,
            }
            for one in listed
        ]
        print(json.dumps({"done": done, "rows": rows}))
        return
    for one in listed:
        about = f"Row {one.row.row}: check {one.row.reference}, {format_cents(Cents(one.row.cents))}"
        tell(f"{about}: {one.why_not}" if one.why_not else f"{about}, receipt {one.receipt_no}.")
    cents = sum(one.row.cents for one in listed if one.matched)
    if done:
        tell(f"{number_of(done, 'check')} taken back, {format_cents(Cents(cents))}.")
    else:
        left = sum(not one.matched for one in listed)
        tell(f"Nothing was changed: {left} of {number_of(len(listed), 'row')} not matched.")
