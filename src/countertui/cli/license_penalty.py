"""`countertui license penalty`: what a payment raised on a late license otherwise than the city's rows, put right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from countertui.cli.ledger.at_desk import at_desk, business_date, new_id, reading
from countertui.cli.lines import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from countertui.ledger.raised_corrected import Off


def add_to(commands: App) -> None:
    """Add this module's command to `countertui license`."""
    commands.command(penalty)


def penalty(
    item: int,
    /,
    *,
    reason: str | None = None,
    on: str | None = None,
    dir: Path | None = None,  # noqa: A002
    json_: bool = False,
) -> int:
    """Put right what a payment raised on a late license: a penalty twice, or none where a bank's file paid late.

    Without --reason nothing is changed: it says what stands, what the city's rows give, and what would be done. With
    it two people sign in; what is too much is taken back and its money becomes the license's credit, what lacks is
    owed from then on, and the error item is closed. To leave it as it is: `ledger correct ITEM --reason`.

    Parameters
    ----------
    item
        The error item's number, as `ledger items` lists it.
    reason
        Why: what is said to whoever asks.
    on
        The business date of the correction, like 2026-11-23; today if left out.
    dir
        The ledger's folder.
    json_
        Answer as JSON: {"item", "done", "rows": [{"license", "begins", "code", "stands_cents", "given_cents", "day",
        "withdrawn": {charge: cents}, "raised_cents"}]}.
    """
    day = business_date(on)
    if reason is None:
        with reading(dir) as books:
            from countertui.ledger.corrections import raised_item
            from countertui.ledger.raised_corrected import off_rows

            with books.reading() as connection:
                off = off_rows(connection, raised_item(connection, item)[1])
        _say(item, off, done=False, as_json=json_)
        return 0
    with at_desk(dir) as desk:
        from countertui.domain.rights import Act
        from countertui.ledger.corrections import Who, put_raised_right, raised_item
        from countertui.ledger.raised_corrected import off_rows

        by = desk.sign_in(Act.CORRECT, "Technician")
        who = Who(by, desk.sign_in(Act.AGREE, "Second person"), reason, day, new_id())
        with desk.ground() as ground:
            off = off_rows(ground.connection, raised_item(ground.connection, item)[1])
            put_raised_right(ground, item, who)
    _say(item, off, done=True, as_json=json_)
    return 0


def _say(item: int, off: Sequence[Off], *, done: bool, as_json: bool) -> None:
    from countertui.domain.dates import us_date
    from countertui.domain.money import Cents, format_cents

    if as_json:
        rows = [
            {
                "license": each.license,
                "begins": each.begins.isoformat(),
                "code": each.code,
                "stands_cents": each.stands,
                "given_cents": each.given,
                "day": each.day,
                "withdrawn": {one["charge"]: one["cents"] for one in each.withdrawn},
                "raised_cents": max(0, each.given - each.stands),
            }
            for each in off
        ]
        print(json.dumps({"item": item, "done": done, "rows": rows}))
        return
    for each in off:
        begins = us_date(each.begins.isoformat())
        tell(
            f"{each.license}, term from {begins}, {each.description}: {format_cents(each.stands)} stands,"
            f" {format_cents(each.given)} is due as of {us_date(each.day)}."
        )
        back = Cents(sum(one["cents"] for one in each.withdrawn))
        lacks = Cents(max(0, each.given - each.stands))
        if back:
            tell(f"  {format_cents(back)} {'is' if done else 'would be'} taken back: the license's credit.")
        elif lacks:
            tell(f"  {format_cents(lacks)} {'is' if done else 'would be'} owed.")
        else:
            tell("  It was raised by other payments: look at their error items.")
    if not off:
        tell("What stands is what the city's rows give: close the item with `ledger correct`.")
    elif done:
        tell(f"Error item {item} is closed.")
    else:
        tell("Nothing was changed. With --reason two people put it right.")
