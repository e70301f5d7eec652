"""`countertui license preview`: what a change of the city's license rows does to every license, before it is made."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App

from countertui.cli.ledger.at_desk import reading
from countertui.cli.license import answers_to
from countertui.cli.lines import tell
from countertui.domain.words import number_of
from countertui.errors import UsageError

if TYPE_CHECKING:
    from countertui.domain.license_file import License
    from countertui.domain.schedule_preview import Change, ClassChange, Held, Preview
    from countertui.ledger.books import Books

_SHOWN = 10
_MOST_DAYS = 3650


def add_to(license_: App) -> None:
    """Add this module's command to `countertui license`."""
    license_.command(preview)


def preview(
    file: Path,
    /,
    *assume: str,
    on: date | None = None,
    late: int = 31,
    to: Path | None = None,
    dir: Path | None = None,  # noqa: A002
    json_: bool = False,
) -> int:
    """Say what a new licenses.toml does to every license: its fee now and then, for the first term that it changes.

    Nothing is recorded. What a license does not state is not made up: without an answer that its class is asked for,
    its fee is not computed, and it is counted apart. What the calendar adds to a payment late stands beside it, for one
    day late that is named.

    Parameters
    ----------
    file
        The new licenses.toml, whole. One with a fault is refused, with every row that has one.
    assume
        Answers for licenses that do not state theirs, as QUESTION=ANSWER: employees=1 inside_city=yes.
    on
        The day from which terms are compared; the first day on which the rows differ if left out.
    late
        Days late: what each would pay then, penalties and interest with it, by the rows of now and by the new ones.
    to
        Write a line for each license to a file, .csv or .xlsx. It must not be there yet.
    dir
        The ledger's folder.
    json_
        Answer as JSON: {"on", "classes": [{"class", "licenses", "computed", "more", "less", "old_cents", "new_cents",
        "difference_cents", "old_late_cents", "new_late_cents"}], "total": the same of all, "late_days", "not_computed":
        {why: count}}.
    """
    from countertui.config.licenses import license_warnings

    if not 0 < late <= _MOST_DAYS:
        raise UsageError(f"{late} is no number of days late.", "Nothing was computed.", f"1 to {_MOST_DAYS}.")
    if not file.is_file():
        raise UsageError(f"There is no file {file}.", "Nothing was computed.")
    if to is not None:
        from countertui.cli.sheet_file import require_new

        require_new(to)
    with reading(dir) as books:
        result = _preview(books, file, assume, on, late)
    if to is not None:
        from countertui.cli.sheet_file import write_sheets

        write_sheets(to, _tables(result))
    if json_:
        print(json.dumps(_as_json(result)))
    else:
        _tell(result)
        for words in license_warnings(_text_of(file), result.day):
            tell(words)
        if to is not None:
            tell(f"Every license is in {to}.")
    return 0


def _preview(books: Books, file: Path, assume: tuple[str, ...], on: date | None, late: int) -> Preview:
    from countertui.cli.ledger.now import utc_now
    from countertui.config.licenses import holding, license_file
    from countertui.domain import schedule_preview
    from countertui.ledger.city_day import city_day
    from countertui.ledger.license_list import every_license, license_rows_text

    with books.reading() as connection:
        today = date.fromisoformat(city_day(connection, utc_now()))
        old = license_file(license_rows_text(connection), today)
        new = license_file(_text_of(file), today)
        day = on or schedule_preview.first_change(old, new, today)
        if day is None:
            raise UsageError(f"{file.name} says the same as the city's rows, on every day to come.", "Nothing changes.")
        assumed = answers_to({each.code: each for each in new.on(day).questions}, assume)
        held = [each for license_ in every_license(connection, today) if (each := _held(license_)) is not None]
    return schedule_preview.preview(held, old, new, day, holding, assumed, late)


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{file.name} is not text in UTF-8.", "Nothing was computed.") from None


def _held(license_: License) -> Held | None:
    """A license as it would be renewed; None for one that will not be."""
    from countertui.domain.license_acts import ANSWERS, BUSINESS, LICENSE_CLASS
    from countertui.domain.license_states import State
    from countertui.domain.schedule_preview import Held

    if license_.state in (State.DENIED, State.REVOKED, State.CLOSED):
        return None
    says = license_.says
    begins = None if license_.expires_on is None else license_.expires_on + timedelta(days=1)
    return Held(license_.number, says.get(BUSINESS, ""), says.get(LICENSE_CLASS, ""), says.get(ANSWERS, {}), begins)


def _tell(result: Preview) -> None:
    from countertui.domain.dates import us_date
    from countertui.domain.money import Cents, format_cents

    total = result.total
    tell(f"Terms that begin on {us_date(result.day.isoformat())} or later:")
    for each in (*result.classes, total):
        tell(f"  {_words(each, each.code or 'no class' if each is not total else 'in all')}")
    more = Cents(total.new_late - total.old_late)
    sums = f"{format_cents(total.old_late)} now, {format_cents(total.new_late)} then, {_signed(more)}"
    tell(f"If all of them pay {number_of(result.late, 'day')} late, penalties with it: {sums}")
    for why, count in _not_computed(result.changes).items():
        tell(f"Not computed, {why}: {number_of(count, 'license')}")
    most = sorted(result.changes, key=lambda change: (-abs(change.difference), change.held.number))
    for change in most[:_SHOWN]:
        if change.difference:
            tell(f"  {change.held.number} {change.held.business}: {_sums(change)}")


def _words(each: ClassChange, name: str) -> str:
    from countertui.domain.money import format_cents

    sums = f"{format_cents(each.old)} now, {format_cents(each.new)} then, {_signed(each.difference)}"
    return (
        f"{name:12} {number_of(each.licenses, 'license')}, {each.computed:,} computed: {sums};"
        f" {each.more:,} pay more, {each.less:,} less"
    )


def _sums(change: Change) -> str:
    from countertui.domain.money import Cents, format_cents

    old, new = change.old or Cents(0), change.new or Cents(0)
    return f"{format_cents(old)} now, {format_cents(new)} then, {_signed(change.difference)}"


def _signed(cents: int) -> str:
    from countertui.domain.money import Cents, format_cents

    return f"{'+' if cents > 0 else ''}{format_cents(Cents(cents))}"


def _not_computed(changes: Iterable[Change]) -> dict[str, int]:
    found: dict[str, int] = {}
    for change in changes:
        if change.why:
            found[change.why] = found.get(change.why, 0) + 1
    return dict(sorted(found.items()))


def _as_json(result: Preview) -> dict[str, Any]:
    def numbers(each: ClassChange) -> dict[str, Any]:
        counts = {"class": each.code, "licenses": each.licenses, "computed": each.computed}
        moved = {"more": each.more, "less": each.less}
        return (
            counts
            | moved
            | {
                "old_cents": each.old,
                "new_cents": each.new,
                "difference_cents": each.difference,
                "old_late_cents": each.old_late,
                "new_late_cents": each.new_late,
            }
        )

    return {
        "on": str(result.day),
        "classes": [numbers(each) for each in result.classes],
        "total": numbers(result.total),
        "late_days": result.late,
        "not_computed": _not_computed(result.changes),
    }


def _tables(result: Preview) -> list[Any]:
    from countertui.documents.spreadsheet import Table
    from countertui.domain.report_table import Column
    from countertui.domain.report_table import ColumnKind as Kind

    licenses = Table(
        "Licenses",
        (
            *(Column("license"), Column("business"), Column("class"), Column("term begins")),
            *(
                Column("fee now", Kind.CENTS),
                Column("fee then", Kind.CENTS),
                Column("difference", Kind.CENTS),
            ),
            *(Column("late now", Kind.CENTS), Column("late then", Kind.CENTS)),
            *(Column("assumed"), Column("not computed")),
        ),
        [
            (
                *(change.held.number, change.held.business, change.held.license_class),
                *("" if change.begins is None else str(change.begins), change.old, change.new),
                *((None,) * 3 if change.why else (change.difference, change.old_late, change.new_late)),
                *(", ".join(change.assumed), change.why),
            )
            for change in result.changes
        ],
    )
    classes = Table(
        "Classes",
        (
            *(Column("class"), Column("licenses", Kind.COUNT), Column("computed", Kind.COUNT)),
            *(Column("pay more", Kind.COUNT), Column("pay less", Kind.COUNT)),
            *(
                Column("now", Kind.CENTS),
                Column("then", Kind.CENTS),
                Column("difference", Kind.CENTS),
            ),
            *(Column("late now", Kind.CENTS), Column("late then", Kind.CENTS)),
        ),
        [
            (
                *(each.code, each.licenses, each.computed, each.more, each.less, each.old, each.new, each.difference),
                *(each.old_late, each.new_late),
            )
            for each in result.classes
        ],
    )
    return [licenses, classes]
