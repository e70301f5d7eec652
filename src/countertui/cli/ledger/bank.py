"""`countertui ledger bank`: the bank's files, which of the city's deposits are there, what came back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from countertui.cli.ledger.at_desk import at_desk, business_date, new_id, reading
from countertui.cli.lines import tell
from countertui.errors import UsageError

if TYPE_CHECKING:
    from countertui.domain.bank_matching import Pair
    from countertui.ledger.bank.standing import Standing
    from countertui.ledger.returned_list import Listed


def add_to(ledger: App) -> None:
    """Add this module's command to `countertui ledger`."""
    ledger.command(bank)


def bank(
    file: Path | None = None,
    /,
    *,
    take: bool = False,
    book: bool = False,
    sure: int | None = None,
    deposit: list[int] | None = None,
    returns: bool = False,
    on: str | None = None,
    dir: Path | None = None,  # noqa: A002
    json_: bool = False,
) -> int:
    """Show which deposits the bank has, by its file (BAI2 or OFX) and those before; with --book, say so in the books.

    Without a file, and with one that is only looked at, nothing is changed and nobody signs in. A file is taken in
    once, with --take or with what is done first; booking and returned items go on without it. What is unmatched on
    either side is listed with its age, a line that is no deposit until `ledger explain` says what it is. Exit 1 if
    there is any.

    Parameters
    ----------
    file
        The bank's file.
    take
        Take the file in: its lines that no file before had, in whichever form. A technician signs in.
    book
        Book the pairs that are sure. A technician signs in; where the bank counted another amount, a second person too.
    sure
        From which confidence on, in percent, a pair is booked; 90 if left out.
    deposit
        Book the pair of that deposit, however sure; given again for more.
    returns
        Take back what the returned items paid, those that are matched, each once. A second person signs in.
    on
        The business date, like 2026-11-23; today if left out.
    dir
        The ledger's folder.
    json_
        Answer as JSON: {"taken": lines, "again": words, "booked", "pairs": [{"deposit", "bag", "cents", "lines",
        "off_cents", "confidence", "why"}], "deposits": [{"deposit", "bag", "account", "cents", "days"}], "lines":
        [{"account", "dated", "cents", "kind", "reference", "text", "days", "line"}], "returned": [{"row", "check",
        "cents", "receipt_no", "why_not"}]}.
    """
    if take and file is None:
        raise UsageError("Name the bank's file.", "Nothing was changed.")
    from countertui.ledger.bank.standing import SURE

    day = business_date(on)
    data = None if file is None else _bytes_of(file)
    looked, again = _look(dir, data)
    least = SURE if sure is None else sure
    chosen = [pair for pair in looked.pairs if pair.confidence >= least or pair.deposit.seq in (deposit or ())]
    if missing := set(deposit or ()) - {pair.deposit.seq for pair in chosen}:
        raise UsageError(f"Deposit {min(missing)} fits no line of the bank.", "Nothing was changed.")
    chosen = chosen if book else []
    back = [(one, line) for one, line in looked.listed if one.matched] if returns else []
    taken = 0
    if (data is not None and (take or book or returns)) or chosen or back:
        taken = _do(dir, file, data, chosen, back, day)
    booked = {pair.deposit.seq for pair in chosen}
    in_transit, open_ = looked.in_transit, looked.unmatched
    from countertui.cli.ledger.bank_told import as_json, tell_bank

    listed = [one for one, _ in looked.listed]
    if json_:
        said = as_json(looked.pairs, in_transit, open_, listed, day)
        print(json.dumps({"taken": taken, "again": again, "booked": len(booked), **said}))
    else:
        if again:
            tell(again)
        tell_bank(looked.pairs, booked, in_transit, open_, listed, day)
    return 0 if len(booked) == len(looked.pairs) and not in_transit and not open_ else 1


def _bytes_of(file: Path) -> bytes:
    from countertui.ledger.bank.reading import bytes_of

    return bytes_of(file)


def _look(dir: Path | None, data: bytes | None) -> tuple[Standing, str]:  # noqa: A002
    """Match what is in the books, and in a file that may be taken in; what is said of its lines that are there.

    Raises BankFileRefusedError, BankRefusedError.
    """
    with reading(dir) as books:
        from countertui.ledger.bank.standing import standing
        from countertui.ledger.bank.taking_in import checked

        with books.reading() as connection:
            if data is None:
                return standing(connection), ""
            file = checked(connection, data)
            return standing(connection, file.judged.fresh), file.again


def _do(
    dir: Path | None,  # noqa: A002
    file: Path | None,
    data: bytes | None,
    chosen: list[Pair],
    back: list[tuple[Listed, str]],
    day: str,
) -> int:
    """Sign in, and do what was asked for; how many lines were taken in. back: returned items that are known."""
    with at_desk(dir) as desk:
        from countertui.domain.rights import Act
        from countertui.ledger.bank.booking import book
        from countertui.ledger.bank.returned_items import take_back
        from countertui.ledger.bank.taking_in import take_in

        by = desk.sign_in(Act.DEPOSIT, "Technician")
        two = bool(back) or any(pair.off_cents for pair in chosen)
        second = desk.sign_in(Act.AGREE, "Second person") if two else None
        taken = 0
        with desk.ground() as ground:
            if file is not None and data is not None:
                made = take_in(ground, file.name, data, by=by, biz_date=day, id_=new_id())
                taken = len(made.body["data"]["lines"])
            if chosen:
                book(ground, chosen, by=by, second=second, biz_date=day, id_=new_id())
            if back and second is not None:
                take_back(ground, back, by=by, second=second, biz_date=day, ids=new_id)
    return taken
