"""Importing a list of industries: the codes in force, or what people call them; signed for as every import is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select

from countertui.domain.industries import Industry, industry_of, with_index, with_table
from countertui.domain.rights import Act
from countertui.domain.words import number_of
from countertui.ledger import tables
from countertui.ledger.books import REJECTS, Books
from countertui.ledger.desk import Ground, require_right
from countertui.ledger.imported import Answering, Bringing, ImportFact, begin_import
from countertui.ledger.importing.faults import MapRefusedError
from countertui.ledger.importing.industry_files import ROW, BadRow, IndustryFile, read_industries
from countertui.ledger.importing.run import ImportReport, OnlyTried, Rejected, counted, write_rejects
from countertui.ledger.publish import publish

WHAT = "naics"
_TABLE = "industry"


def import_industries(
    books: Books, path: Path, *, who: Answering | None, now: str, rejects: Path | None = None
) -> ImportReport:
    """Bring a list of industries in and sign for it, in one transaction, as `run.import_file` does; no mapping.

    A table of codes and titles says which codes there are: others are taken out. An index adds phrases to them.
    Where nobody answers for it (`who` is None) it is only tried. Raises MapRefusedError, NotAllowed.
    """
    file = read_industries(path)
    report = ImportReport(rows=len(file.read) + len(file.refused))
    refused = list(file.refused)
    try:
        with books.writing() as connection:
            if who is not None:
                require_right(connection, who.by, Act.IMPORT, now)
            bringing = begin_import(connection)
            there = _industries_in(bringing)
            refused += _bring(bringing, there, file, report)
            report.rejected = len(refused)
            if who is None:
                raise OnlyTried
            fact = ImportFact(who.id, WHAT, who.by, counted(report), path.name, file.sha256)
            report.seq = bringing.answered_by(Ground(connection, books, who.key, now), fact).seq
    except OnlyTried:
        pass
    to = rejects or (None if who is None else books.folder / REJECTS / f"{path.stem}.csv")
    if to is not None:
        shown = [Rejected(each.number, each.reason, each.row, each.shown) for each in refused]
        report.rejects = write_rejects(to, ROW, shown)
    return report


def import_industries_published(
    books: Books, path: Path, *, who: Answering, now: str, rejects: Path | None = None
) -> ImportReport:
    """Import a list of industries; then publish, if anything changed."""
    report = import_industries(books, path, who=who, now=now, rejects=rejects)
    if report.created + report.updated + report.removed:
        report.version = publish(books, who.key, now)
    return report


def _industries_in(bringing: Bringing) -> dict[str, Industry]:
    c = tables.reference[_TABLE].c
    return {row[0]: industry_of(*row) for row in bringing.connection.execute(select(c.code, c.title, c.phrases))}


def _bring(bringing: Bringing, there: Mapping[str, Industry], file: IndustryFile, report: ImportReport) -> list[BadRow]:
    """Set what the file makes of the list; gives the rows that have no place in it."""
    rows, refused = _conflicting(file) if file.table else (file.read, [])
    if file.table:
        spared = {row.row[0].strip() for row in file.refused}
        editions = with_table(there, {each.code: each.title for _, each in rows}, spared)
        report.told += [_told_gone(each) for each in editions.homeless]
    elif not there and not all(each.title for _, each in rows):
        raise MapRefusedError(
            "No industry codes are here yet, and the file has phrases without titles.",
            "Nothing was imported.",
            "Import the table of codes and titles first.",
        )
    else:
        editions = with_index(there, (each for _, each in rows))
    for number, each in rows:
        to = editions.became[each.code]
        if to is None and each.phrases:
            why = f"Code {each.code} is not in the list in force, and no code of it has its place."
            refused.append(BadRow(number, why, file.cells(each)))
        elif to is None or _known_already(there, to, each, table=file.table):
            report.unchanged += 1
        elif to in there:
            report.updated += 1
        else:
            report.created += 1
    bringing.put(_TABLE, [each.row() for code, each in editions.industries.items() if there.get(code) != each])
    bringing.remove(_TABLE, [(code,) for code in editions.gone])
    report.removed = len(editions.gone)
    return refused


def _conflicting(file: IndustryFile) -> tuple[list[tuple[int, Industry]], list[BadRow]]:
    """The rows of a table, but for those that give a code another title than a row before."""
    first: dict[str, tuple[int, Industry]] = {}
    rows, refused = [], []
    for number, each in file.read:
        before, was = first.setdefault(each.code, (number, each))
        if was.title == each.title:
            rows.append((number, each))
        else:
            why = f"Row {before} has the same code {each.code} with another title."
            refused.append(BadRow(number, why, file.cells(each)))
    return rows, refused


def _known_already(there: Mapping[str, Industry], code: str, each: Industry, *, table: bool) -> bool:
    """Whether the list had what a row says."""
    if code not in there:
        return False
    if table:
        return there[code].title == each.title
    known = {text.casefold() for text in (there[code].title, *there[code].phrases)}
    return all(phrase.casefold() in known for phrase in each.phrases)


def _told_gone(gone: Industry) -> str:
    went = number_of(len(gone.phrases), "phrase")
    return f"Code {gone.code} “{gone.title}” is gone, and none has its place: {went} went with it."
