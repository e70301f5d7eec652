"""`countertui license notices|returned-mail`: the renewal run at the ledger, its notices, and mail that came back."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from countertui.cli.ledger.at_desk import at_desk, business_date, new_id, reading
from countertui.cli.lines import tell
from countertui.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from countertui.documents.license_papers import Letterhead
    from countertui.domain.renewals import Run
    from countertui.ledger.books import Books
    from countertui.ledger.renewals import Selected

NOTICES, LABELS, EXCEPTIONS = "notices.pdf", "labels.pdf", "exceptions.csv"


def add_to(commands: App) -> None:
    """Add this module's commands to `countertui license`."""
    commands.command(notices)
    commands.command(returned_mail, name="returned-mail")


def notices(
    *,
    from_: Annotated[date, Parameter(name="--from")],
    to: date,
    class_: Annotated[list[str] | None, Parameter(name="--class")] = None,
    assess: bool = False,
    second: bool = False,
    out: Path | None = None,
    office: str | None = None,
    on: str | None = None,
    dir: Path | None = None,  # noqa: A002
    json_: bool = False,
) -> int:
    """Renew the licenses that end: look first, then assess them, then print one PDF of notices in postal order.

    Without --assess and --out nothing is changed or written: counts, money, and who is left to a person, and why. The
    same run may be given again at any time, also after it was cut off: nothing is assessed twice, and the same books
    give the same papers.

    Parameters
    ----------
    from_
        Licenses that end from this day on, like 2027-01-01.
    to
        Licenses that end up to this day.
    class_
        Only that class; given again for more.
    assess
        Assess the next term of each. Two people sign in.
    second
        Second notices: only whose fee is due by now and unpaid, with what is owed on the day.
    out
        The folder that notices.pdf, labels.pdf and exceptions.csv are written to: of what is assessed and unpaid.
    office
        The office that the notices name to write to; the first one if left out.
    on
        The day that papers are dated and second notices are worked out for, like 2026-11-23; today if left out.
    dir
        The ledger's folder.
    json_
        Answer as JSON: {"run", "renewals", "assessed", "to_assess", "unpaid", "cents", "exceptions": [{"number",
        "business", "reason"}], "notices"}.
    """
    from countertui.domain.renewals import Run

    day = business_date(on)
    if to < from_:
        raise UsageError(f"{to} lies before {from_}.", "Nothing was changed.")
    run = Run(from_, to, tuple(class_ or ()))
    assessed = _assess(run, day, dir) if assess else 0
    with reading(dir) as books:
        from countertui.ledger.renewals import selected

        with books.reading() as connection:
            found = selected(connection, run, date.fromisoformat(day))
            written = _write(connection, books, found, out, office, day, second=second) if out is not None else 0
    _say(run, found, assessed, written, out, as_json=json_)
    return 0


def returned_mail(
    *numbers: str,
    file: Path | None = None,
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Say to which licenses mail came back: their address is taken out, and the next run leaves them to a person.

    Two people sign in. The same again changes nothing.

    Parameters
    ----------
    numbers
        License numbers, as typed or scanned from what came back.
    file
        A file with one number a line.
    dir
        The ledger's folder.
    """
    typed = [*numbers, *(_numbers_in(file) if file is not None else ())]
    wanted = list(dict.fromkeys(number.strip().upper() for number in typed if number.strip()))
    if not wanted:
        raise UsageError("There is no license number.", "Nothing was changed.", "Type numbers, or name a --file.")
    with at_desk(dir) as desk:
        from countertui.domain.license_acts import right_of
        from countertui.domain.license_states import Step
        from countertui.domain.rights import Act
        from countertui.ledger.renewals import mail_came_back

        by = desk.sign_in(right_of(Step.AMEND), "Technician")
        agrees = desk.sign_in(Act.AGREE, "Second person")
        with desk.ground() as ground:
            taken_out = mail_came_back(ground, wanted, by=by, second=agrees, ids=new_id)
    tell(f"{taken_out} of {len(wanted)} addresses were taken out; the others had none any more.")
    return 0


def _assess(run: Run, day: str, dir: Path | None) -> int:  # noqa: A002
    """Assess what the run has not assessed yet, part by part, each committed for itself; gives how many."""
    with at_desk(dir) as desk:
        from countertui.domain.license_acts import right_of
        from countertui.domain.license_states import Step
        from countertui.domain.rights import Act
        from countertui.ledger.renewals import assess_some, in_parts, selected

        by = desk.sign_in(right_of(Step.ASSESS), "Technician")
        second = desk.sign_in(Act.AGREE, "Second person")
        with desk.books.reading() as connection:
            to_do = selected(connection, run, date.fromisoformat(day)).to_do
        done = 0
        with _progress("Assessing", len(to_do)) as told:
            for some in in_parts(to_do):
                with desk.ground() as ground:
                    done += assess_some(ground, run, some, by=by, second=second, ids=new_id)
                told(len(some))
    return done


def _write(
    connection: Connection, books: Books, found: Selected, out: Path, office: str | None, day: str, *, second: bool
) -> int:
    """Write notices, labels and exceptions into a folder; gives how many notices."""
    from countertui.config.licenses import holding
    from countertui.domain.renewals import due_by
    from countertui.ledger.license_notices import FIRST, SECOND, notice_of, papers
    from countertui.ledger.renewals import owed_by, schedules_of

    on = date.fromisoformat(day)
    wanted = [one for one in found.unpaid if one.done and (not second or due_by(one, on))]
    owed, schedules = owed_by(connection, wanted), schedules_of(connection)
    made_at = int(datetime(on.year, on.month, on.day, tzinfo=UTC).timestamp())
    made = [notice_of(one, owed[one.license.number], schedules, holding, on if second else None) for one in wanted]
    out.mkdir(parents=True, exist_ok=True)
    _put(out / EXCEPTIONS, _csv(found).encode())
    if made:
        with _progress("Making the PDF", None):
            pdf, labels = papers(_letterhead(connection, books, office), made, SECOND if second else FIRST, made_at)
        _put(out / NOTICES, pdf)
        _put(out / LABELS, labels)
    return len(made)


def _letterhead(connection: Connection, books: Books, office: str | None) -> Letterhead:
    from sqlalchemy import select

    from countertui.documents.license_papers import Letterhead
    from countertui.ledger import tables
    from countertui.ledger.charted import rules_of

    c = tables.reference["office"].c
    query = select(c.code, c.name, c.address).order_by(c.code)
    row = connection.execute(query if office is None else query.where(c.code == office)).first()
    if row is None:
        raise UsageError(f"There is no office {office or ''}.", "Nothing was written.")
    return Letterhead(books.ledger, rules_of(connection).name, tuple(filter(None, (row.name, row.address))))


def _csv(found: Selected) -> str:
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("license", "business", "reason"))
    writer.writerows((one.number, one.business, one.words) for one in found.excepted)
    return text.getvalue()


def _put(path: Path, data: bytes) -> None:
    """Put a file there whole, or not at all."""
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


def _numbers_in(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").split()
    except UnicodeDecodeError:
        raise UsageError(f"{file.name} is not text in UTF-8.", "Nothing was changed.") from None


def _say(run: Run, found: Selected, assessed: int, written: int, out: Path | None, *, as_json: bool) -> None:
    from countertui.domain.money import format_cents
    from countertui.domain.words import number_of

    cents = sum(one.unpaid for one in found.renewals)
    if as_json:
        exceptions = [{"number": one.number, "business": one.business, "reason": one.words} for one in found.excepted]
        said = {"run": run.name, "renewals": len(found.renewals), "assessed": assessed, "to_assess": len(found.to_do)}
        more = {"unpaid": len(found.unpaid), "cents": cents, "exceptions": exceptions, "notices": written}
        print(json.dumps(said | more))
        return
    tell(f"{run.name}: {len(found.renewals)} to renew, {format_cents(cents)} unpaid.")
    if assessed:
        tell(f"{assessed} were assessed.")
    if found.to_do:
        tell(f"{len(found.to_do)} wait to be assessed: add --assess.")
    tell(f"{len(found.excepted)} are left to a person:")
    for one in found.excepted:
        tell(f"  {one.number} {one.business}: {one.words}")
    if out is not None and written:
        tell(f"{number_of(written, 'notice')}, in postal order, and labels are in {out}.")
    elif out is not None:
        tell(f"There is nobody to write to: only the list of those left to a person is in {out}.")


@contextmanager
def _progress(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar for a person; for a pipe, nothing."""
    if not sys.stderr.isatty():
        yield lambda _more: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda more: bar.advance(task, more)
