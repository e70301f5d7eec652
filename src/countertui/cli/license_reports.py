"""`countertui report licenses|license-deadlines|license-growth`: all of a city's licenses together, from its ledger."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countertui.cli.ledger.at_desk import reading
from countertui.cli.license_export import day_of, schedule_of, words_of
from countertui.cli.lines import tell
from countertui.cli.sheet_file import SHEETS, require_new, write_new, write_sheets
from countertui.domain.license_reports import Month, counts, deadlines, in_all, month_of, months
from countertui.errors import UsageError

if TYPE_CHECKING:
    from countertui.domain.license_reports import Counted, Taken

NAMES = ("licenses", "license-deadlines", "license-growth")
_MONTHS, _DAYS, _MOST_MONTHS = 13, 60, 600
_COLUMNS = 80


def license_report(
    name: str,
    dir: Path | None,  # noqa: A002
    *,
    since: str | None,
    until: str | None,
    to: Path | None,
    as_json: bool,
) -> int:
    """Print one of the reports, or write it to a file. Raises UsageError for dates and files that can't be used."""
    if to is not None:
        require_new(to, (*SHEETS, ".pdf") if name == "license-growth" else SHEETS)
    if name == "license-deadlines":
        return _deadlines(dir, until, to, as_json=as_json)
    with reading(dir) as books:
        with books.reading() as connection:
            from countertui.ledger.license_list import every_license, taken_for_licenses

            today = day_of(connection)
            period = _period(since, until, today)
            by_class = counts(every_license(connection, today), period)
            first, last = period[0].begins.isoformat(), period[-1].ends.isoformat()
            taken = taken_for_licenses(connection, first, last)
            classes, _ = words_of(schedule_of(connection, today))
        city, ledger = _city_of(books), books.ledger
    if name == "licenses":
        _licenses(by_class, taken, period, classes, to, as_json=as_json)
    else:
        _growth(in_all(by_class, period), taken, period, to, (city, ledger, today), as_json=as_json)
    return 0


def _licenses(
    by_class: dict[str, list[Counted]],
    taken: list[Taken],
    period: list[Month],
    classes: dict[str, str],
    to: Path | None,
    *,
    as_json: bool,
) -> None:
    from countertui.documents.license_sheets import growth_table, months_table, revenue_table
    from countertui.documents.spreadsheet import dollars

    cents = _by_month_and_class(taken)
    table = months_table(by_class, cents, period, classes)
    if to is not None:
        sums = growth_table(in_all(by_class, period), cents, period)
        write_sheets(to, [table, revenue_table(taken, classes), sums])
        tell(f"{period[0]} to {period[-1]} in {to}.")
    elif as_json:
        names = ("month", "class", "class_name", "issued", "ended", "in_force", "not_stated", "taken_cents")
        print(json.dumps([dict(zip(names, row, strict=True)) for row in table.rows]))
    else:
        tell(f"{'month':8}{'class':14}{'issued':>8}{'ended':>8}{'in force':>10}{'not stated':>12}{'taken':>14}")
        for month, code, _, issued, ended, in_force, not_stated, of in table.rows:
            money = dollars(of) if isinstance(of, int) else ""
            print(f"{month:8}{code:14}{issued:>8,}{ended:>8,}{in_force:>10,}{not_stated:>12,}{money:>14}")
        if not table.rows:
            tell("none")


def _growth(
    sums: list[Counted],
    taken: list[Taken],
    period: list[Month],
    to: Path | None,
    where: tuple[str, str, date],
    *,
    as_json: bool,
) -> None:
    from countertui.documents.license_sheets import growth_table, taken_in
    from countertui.domain.money import Cents

    cents = _by_month_and_class(taken)
    city, ledger, today = where
    if to is not None and to.suffix.lower() == ".pdf":
        from countertui.documents.growth_report import Growth, growth_pdf

        every = tuple(Cents(taken_in(cents, month)) for month in period)
        made_at = int(datetime(today.year, today.month, today.day, tzinfo=UTC).timestamp())
        write_new(to, growth_pdf(city, ledger, Growth(tuple(period), tuple(sums), every), made_at=made_at))
    elif to is not None:
        write_sheets(to, [growth_table(sums, cents, period)])
    elif as_json:
        rows = [
            {"month": str(month), **asdict(each), "taken_cents": taken_in(cents, month)}
            for month, each in zip(period, sums, strict=True)
        ]
        print(json.dumps(rows))
    else:
        _tell_growth(sums, cents, period)
    if to is not None:
        tell(f"{period[0]} to {period[-1]} in {to}.")


def _tell_growth(sums: list[Counted], cents: dict[tuple[str, str], int], period: list[Month]) -> None:
    from countertui.documents.license_sheets import taken_in
    from countertui.domain.bar_chart import bar_chart

    names = [str(month) for month in period]
    standing = [each.in_force + each.not_stated for each in sums]
    dollars = [taken_in(cents, month) // 100 for month in period]
    if not any(standing):
        tell("none")
    not_stated = sums[-1].not_stated
    said = f", {not_stated:,} of the last without a standing that is stated" if not_stated else ""
    for title, values in ((f"Licenses at the end of each month{said}", standing), ("Taken, whole dollars", dollars)):
        if not any(values):
            continue
        tell(title)
        print("\n".join(bar_chart(list(zip(names, values, strict=True)), _COLUMNS)))


def _deadlines(dir: Path | None, until: str | None, to: Path | None, *, as_json: bool) -> int:  # noqa: A002
    with reading(dir) as books, books.reading() as connection:
        from countertui.ledger.license_list import every_license

        today = day_of(connection)
        last = _date(until) if until else today + timedelta(days=_DAYS)
        found = deadlines(every_license(connection, today), today, last)
        classes, _ = words_of(schedule_of(connection, today))
    if to is not None:
        from countertui.documents.license_sheets import deadlines_table

        write_sheets(to, [deadlines_table(found, classes)])
        tell(f"{len(found):,} deadlines up to {last} in {to}.")
        return 0
    rows = [
        {
            "day": str(each.day),
            "what": each.what.value,
            "license": each.number,
            "business": each.business,
            "class": each.license_class,
            "state": each.state.value,
            "detail": each.detail,
            "cents": each.cents,
        }
        for each in found
    ]
    if as_json:
        print(json.dumps(rows))
        return 0
    for row in rows:
        print(_deadline_words(row))
    if not rows:
        tell("none")
    return 0


def _deadline_words(row: dict[str, Any]) -> str:
    from countertui.domain.money import Cents, format_cents

    owed = f"  {format_cents(Cents(row['cents']))}" if row["cents"] else ""
    detail = f": {row['detail']}" if row["detail"] else ""
    return f"{row['day']}  {row['what']}{detail}{owed}  {row['license']} {row['business']}"


def _by_month_and_class(taken: list[Taken]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for each in taken:
        key = each.month, each.license_class
        found[key] = found.get(key, 0) + each.cents
    return found


def _period(since: str | None, until: str | None, today: date) -> list[Month]:
    last = _month(until) if until else month_of(today)
    first = _month(since) if since else last.after(1 - _MONTHS)
    found = months(first, last)
    if not 0 < len(found) <= _MOST_MONTHS:
        raise UsageError(f"{first} to {last} is no period of 1 to {_MOST_MONTHS} months.", "Nothing was computed.")
    return found


def _month(text: str) -> Month:
    try:
        return month_of(date.fromisoformat(f"{text[:7]}-01"))
    except ValueError:
        raise UsageError(f"{text[:20]} is no month.", "Nothing was computed.", "Type it like 2026-11.") from None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text[:20]} is no date.", "Nothing was computed.", "Type it like 2026-11-23.") from None


def _city_of(books: Any) -> str:
    from countertui.ledger.letterhead import letterhead

    with books.reading() as connection:
        return letterhead(connection, books.ledger).city
