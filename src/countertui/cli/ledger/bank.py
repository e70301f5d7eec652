"""`countertui ledger bank|unmatch`: the bank's files, and which of the city's deposits are there."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from countertui.cli.ledger.at_desk import at_desk, business_date, new_id, reading
from countertui.cli.lines import tell
from countertui.errors import UsageError

if TYPE_CHECKING:
    from countertui.domain.bank_matching import AtBank, Line, Pair
    from countertui.ledger.returned_list import Listed

SURE = 90
"""What is booked without being named: bag and amount, or an amount that is the only one of its days."""
NAMED_BY = 10
"""How many digits of its identity a line of the bank is listed by."""


def add_to(ledger: App) -> None:
    """Add this module's commands to `countertui ledger`."""
    for command in (bank, unmatch):
        ledger.command(command)


def bank(
    file: Path | None = None,
    /,
    *,
    book: bool = False,
    sure: int = SURE,
    deposit: list[int] | None = None,
    returns: bool = False,
    on: str | None = None,
    dir: Path | None = None,  # noqa: A002
    json_: bool = False,
) -> int:
    """Show which deposits the bank has, by its file (BAI2 or OFX) and those before; with --book, say so in the books.

    Without a file, and with one that is only looked at, nothing is changed and nobody signs in. What is unmatched on
    either side is listed with its age, a line that is no deposit until `ledger explain` says what it is. Exit 1 if
    there is any.

    Parameters
    ----------
    file
        The bank's file.
    book
        Take the file in and book the pairs that are sure. A technician signs in; where the bank counted another
        amount, a second person too.
    sure
        From which confidence on, in percent, a pair is booked.
    deposit
        Book the pair of that deposit, however sure; given again for more.
    returns
        With --book: take back what the returned items of the file paid, those that are matched. A second person signs
        in.
    on
        The business date, like 2026-11-23; today if left out.
    dir
        The ledger's folder.
    json_
        Answer as JSON: {"booked", "pairs": [{"deposit", "bag", "cents", "lines", "off_cents", "confidence", "why"}],
        "deposits": [{"deposit", "bag", "account", "cents", "days"}], "lines": [{"account", "dated", "cents", "kind",
        "reference", "text", "days", "line"}], "returned": [{"row", "check", "cents", "receipt_no", "why_not"}]}.
    """
    if returns and not book:
        raise UsageError("--returns goes with --book.", "Nothing was changed.")
    if book and file is None and not deposit:
        raise UsageError("Name the bank's file, or deposits that are to be booked.", "Nothing was changed.")
    day = business_date(on)
    with reading(dir) as books:
        from countertui.domain.bank_matching import pairs
        from countertui.domain.bank_statement import LineKind
        from countertui.ledger.bank.booking import (
            booked_bags,
            checked_statement,
            new_lines,
            not_at_bank,
            open_lines,
            returned,
        )
        from countertui.ledger.bank.reading import bytes_of
        from countertui.ledger.bank.returned_items import as_rows
        from countertui.ledger.returned_list import match_list

        with books.reading() as connection:
            data = None if file is None else bytes_of(file)
            fresh = [] if data is None else new_lines(connection, checked_statement(connection, data))
            waiting, lines = not_at_bank(connection), [*open_lines(connection), *fresh]
            found = pairs(waiting, lines, booked_bags(connection))
            listed = match_list(connection, as_rows(returned(lines)))
    chosen = [pair for pair in found if pair.confidence >= sure or pair.deposit.seq in (deposit or ())]
    if missing := set(deposit or ()) - {pair.deposit.seq for pair in chosen}:
        raise UsageError(f"Deposit {min(missing)} fits no line of the bank.", "Nothing was changed.")
    if book:
        items = [line for line in lines if line.says.kind is LineKind.RETURNED]
        back = [(one, item.identity) for one, item in zip(listed, items, strict=True) if one.matched]
        _book(dir, file, data, chosen, back if returns else [], day)
    booked = {pair.deposit.seq for pair in chosen} if book else set()
    used = {line.identity for pair in found for line in pair.lines}
    left = [each for each in waiting if each.seq not in {pair.deposit.seq for pair in found}]
    open_ = [line for line in lines if line.identity not in used]
    if json_:
        print(json.dumps(_as_json(found, left, open_, listed, len(booked), day)))
    else:
        _tell(found, booked, left, open_, listed, day)
    return 0 if len(booked) == len(found) and not left and not open_ else 1


def unmatch(
    deposit: int | None = None,
    /,
    *,
    reason: str,
    line: str | None = None,
    on: str | None = None,
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Take back that a deposit is the lines of the bank that it was booked with, or what a line was explained as.

    Two people sign in.

    Parameters
    ----------
    deposit
        Its number, as `ledger bank` told it.
    line
        Instead of a deposit: a line that `ledger explain` said something of.
    reason
        What was wrong.
    on
        The business date, like 2026-11-23; today if left out.
    dir
        The ledger's folder.
    """
    day = business_date(on)
    if (deposit is None) == (line is None):
        raise UsageError("Name a deposit, or a line with --line.", "Nothing was changed.")
    with at_desk(dir) as desk:
        from countertui.domain.rights import Act
        from countertui.ledger.bank.booking import unbook
        from countertui.ledger.bank.explaining import line_named, unexplain

        by = desk.sign_in(Act.DEPOSIT if line is None else Act.CORRECT, "Technician")
        second = desk.sign_in(Act.AGREE, "Second person")
        with desk.ground() as ground:
            if deposit is not None:
                unbook(ground, deposit, by=by, second=second, reason=reason, biz_date=day, id_=new_id())
            if line is not None:
                identity = line_named(ground.connection, line)
                unexplain(ground, identity, by=by, second=second, reason=reason, biz_date=day, id_=new_id())
    tell(f"Deposit {deposit} waits for the bank again." if line is None else "The line waits to be explained again.")
    return 0


def _book(
    dir: Path | None,  # noqa: A002
    file: Path | None,
    data: bytes | None,
    chosen: list[Pair],
    back: list[tuple[Listed, str]],
    day: str,
) -> None:
    """Sign in, and do what was asked for. back: returned items whose checks are known, each with its line."""
    with at_desk(dir) as desk:
        from countertui.domain.rights import Act
        from countertui.ledger.bank.booking import book, take_in
        from countertui.ledger.bank.explaining import entries_like, explain_booked
        from countertui.ledger.returned_list import return_list

        by = desk.sign_in(Act.DEPOSIT, "Technician")
        two = bool(back) or any(pair.off_cents for pair in chosen)
        second = desk.sign_in(Act.AGREE, "Second person") if two else None
        with desk.ground() as ground:
            if file is not None and data is not None:
                take_in(ground, file.name, data, by=by, biz_date=day, id_=new_id())
            if chosen:
                book(ground, chosen, by=by, second=second, biz_date=day, id_=new_id())
            if back and second is not None:
                return_list(ground, [one for one, _ in back], by=by, second=second, biz_date=day, ids=new_id)
                for one, line in back:
                    if len(entries_like(ground.connection, line)) != 1:
                        continue  # the check's receipt is in no deposit: the line stays listed
                    reason = f"{one.row.reason}, check {one.reference}"
                    explain_booked(ground, line, by=by, second=second, reason=reason, biz_date=day, id_=new_id())


def _tell(
    found: list[Pair], booked: set[int], left: list[AtBank], lines: list[Line], listed: list[Listed], day: str
) -> None:
    from countertui.domain.money import Cents, format_cents

    today = date.fromisoformat(day)
    for pair in found:
        state = "booked" if pair.deposit.seq in booked else "not booked"
        off = f", the bank counted {_more_or_less(pair.off_cents)}" if pair.off_cents else ""
        tell(
            f"{pair.confidence:3} %  deposit {pair.deposit.seq}, bag {pair.deposit.bag}, {pair.deposit.dated}:"
            f" {format_cents(Cents(pair.deposit.cents))}; {pair.why}{off}; {state}"
        )
    for each in left:
        age = (today - each.dated).days
        bag = f"bag {each.bag} to {each.account}"
        tell(f"Not at the bank: deposit {each.seq}, {bag}, {format_cents(Cents(each.cents))}, {age} days old")
    for line in lines:
        says, age = line.says, (today - line.says.dated).days
        words = " ".join(filter(None, (says.reference, says.text)))
        what = f"{line.identity[:NAMED_BY]} {says.dated} {says.kind.label}"
        tell(f"No deposit: {what} {format_cents(Cents(says.cents))} {words}, {age} days old")
    for one in listed:
        told = one.why_not or f"check {one.reference} of receipt {one.receipt_no}"
        tell(f"Returned: line {one.row.row}, {format_cents(Cents(one.row.cents))}: {told}")
    if not found and not left and not lines:
        tell("Everything deposited is at the bank, and nothing else.")


def _more_or_less(cents: int) -> str:
    from countertui.domain.money import Cents, format_cents

    return f"{format_cents(Cents(abs(cents)))} {'more' if cents > 0 else 'less'}"


def _as_json(
    found: list[Pair], left: list[AtBank], lines: list[Line], listed: list[Listed], booked: int, day: str
) -> dict[str, object]:
    today = date.fromisoformat(day)

    def days(each: AtBank) -> int:
        return (today - each.dated).days

    return {
        "booked": booked,
        "pairs": [
            {
                "deposit": pair.deposit.seq,
                "bag": pair.deposit.bag,
                "cents": pair.deposit.cents,
                "lines": [line.says.row for line in pair.lines],
                "off_cents": pair.off_cents,
                "confidence": pair.confidence,
                "why": pair.why,
            }
            for pair in found
        ],
        "deposits": [
            {"deposit": each.seq, "bag": each.bag, "account": each.account, "cents": each.cents, "days": days(each)}
            for each in left
        ],
        "lines": [_line_json(line, today) for line in lines],
        "returned": [
            {
                "row": one.row.row,
                "check": one.row.reference,
                "cents": one.row.cents,
                "receipt_no": one.receipt_no,
                "why_not": one.why_not,
            }
            for one in listed
        ],
    }


def _line_json(line: Line, today: date) -> dict[str, object]:
    says = line.says
    told = {"account": says.account, "cents": says.cents, "reference": says.reference, "text": says.text}
    told |= {"kind": says.kind.value, "dated": says.dated.isoformat(), "days": (today - says.dated).days}
    return {**told, "line": line.identity[:NAMED_BY]}
