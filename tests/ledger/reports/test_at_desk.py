"""Reports over the ledger's desk, by real HTTP: for who may see them, and of no drawer that they count themselves."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from sqlalchemy import insert

from countertui.counter import ledger_desk
from countertui.counter.ledger_desk import DeskRefused, LedgerOffline
from countertui.counter.report_tables import answer_laid_out
from countertui.domain.report_names import OF_LEDGER
from countertui.domain.report_table import key_of
from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.desk_reads import reports
from countertui.ledger.reports import REPORTS
from ledger.desk_line import PINS, Line, desk_line, people_are_known
from ledger.engine import Engine, Town
from ledger.reports.days import FIRST, SECOND, lived
from ledger.town import RULES, Till

DAYS = {"since": FIRST, "until": SECOND}
PLACE = SimpleNamespace(city="Town of Littleton", ledger="DEMO-LITTLETON")


def prepared(books: Books) -> None:
    people_are_known(books)
    lived(books)


@pytest.fixture(scope="session")
def town(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Town:
    return Town(engine, tmp_path_factory.mktemp("told") / "ledger", prepare=prepared)


@pytest.fixture
def at(books: Books) -> Iterator[Line]:
    with desk_line(books) as opened:
        yield opened


def asked(at: Line, who: str, name: str, **more):
    till = Till(at.books, "T1")
    station = at.station(till)
    session = ledger_desk.sign_in(station, who, PINS[who])
    said = ledger_desk.look(station, session, "report", {"name": name, "key": [], **DAYS, **more})
    said.pop("as_of")
    return answer_laid_out(SimpleNamespace(place=PLACE, rules=RULES), said, "2026-11-23 18:00", 77)[0]


def test_an_auditor_reads_a_report_and_goes_on_from_a_row(at: Line) -> None:
    table = asked(at, "gus", "voids", by="month")
    assert table.rows[0][:3] == ["2026-11", "ann", 4]
    assert table.totals is not None
    assert table.totals[2] == 5
    part = asked(at, "gus", table.drill.report, key=list(key_of(table, table.rows[0])))
    assert [row[1] for row in part.rows] == ["T1-1", "T1-3"]


def test_what_is_in_drawers_is_not_for_an_admin(at: Line) -> None:
    with pytest.raises(DeskRefused, match="tells what is in drawers"):
        asked(at, "eli", "drawers")
    assert asked(at, "eli", "rights").rows


def test_over_days_of_an_uncounted_drawer_of_ones_own_nothing_is_shown(at: Line) -> None:
    with at.books.writing() as connection:
        connection.execute(insert(tables.session).values(("T1", 1, "S9", "Bo", "D9", SECOND, 99, None)))
    with pytest.raises(DeskRefused, match="have not counted"):
        asked(at, "bo", "checks")
    assert asked(at, "bo", "checks", until=FIRST).rows
    assert asked(at, "gus", "checks").rows


DRAWN_FROM = (
    {"name": "totals", "key": [SECOND]},
    {"name": "totals", "key": [SECOND], "by": "year"},
    {"name": "receipts", "key": ["T1", "1", "S9"]},
    {"name": "gl-entries", "key": ["100", "100-4410", SECOND, "T1", "1"]},
)


@pytest.mark.parametrize("part", DRAWN_FROM)
def test_nor_is_what_a_row_of_such_a_day_is_made_of_whatever_days_are_asked_for(at: Line, part) -> None:
    with at.books.writing() as connection:
        connection.execute(insert(tables.session).values(("T1", 1, "S9", "Bo", "D9", SECOND, 99, None)))
    before = "2026-11-01"
    with pytest.raises(DeskRefused):
        asked(at, "bo", since=before, until=before, **part)


def test_what_was_taken_may_count_later_where_its_month_was_closed(at: Line) -> None:
    with at.books.writing() as connection:
        connection.execute(insert(tables.session).values(("T1", 1, "S9", "Bo", "D9", "2026-10-31", 99, None)))
    with pytest.raises(DeskRefused, match="have not counted"):
        asked(at, "bo", "gl")


WRONG = (
    *({"name": "receipts", "key": ["T1", "one", "S1"]}, {"name": "deposited", "key": ["x"]}),
    *({"name": "totals", "key": ["soon"]}, {"since": "9999-12-31", "until": "9999-12-31"}),
    *({"name": "receipts", "key": ["T1", "9" * 30, "S1"]}, {"since": "0001-01-01", "until": "0001-01-01"}),
    *({"name": "money"}, {"name": "receipts"}, {"since": "2026-12-01"}, {"since": "soon"}),
    *({"key": ["x"] * 9}, {"office": "MOON"}),
)


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_report_or_range_is_refused(at: Line, wrong) -> None:
    with pytest.raises((DeskRefused, LedgerOffline)):
        asked(at, "gus", **({"name": "gl"} | wrong))


def test_too_many_rows_are_left_out_and_told_and_the_totals_are_of_all(at: Line, monkeypatch) -> None:
    monkeypatch.setattr(reports, "MOST_ROWS", 1)
    table = asked(at, "gus", "checks")
    assert (len(table.rows), table.left_out) == (1, 1)
    assert table.totals is not None
    assert table.totals[-1] == 35_00
    assert "1 more are at the ledger" in table.notes[0]


def test_the_list_at_a_terminal_has_every_report_of_the_ledger() -> None:
    assert [named.name for named in OF_LEDGER] == list(REPORTS)
