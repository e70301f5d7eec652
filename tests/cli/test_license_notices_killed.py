"""A renewal run that SIGKILL ends at several moments: the next one does the rest, and its papers are the same bytes."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import date
from itertools import islice
from pathlib import Path

import pytest

from cli.test_license_notices import fine, signed
from cli_city import City, environment
from countertui.demo.passphrase import PASSPHRASE
from countertui.domain.license_acts import ANSWERS, LICENSE_CLASS, LicenseActData
from countertui.domain.license_file import License
from countertui.domain.license_schedule import Answer, LicenseSchedule
from countertui.domain.license_states import Step
from countertui.domain.renewals import Run, Why
from countertui.ledger.books import open_books
from countertui.ledger.desk import Ground
from countertui.ledger.keys import open_key
from countertui.ledger.license_desk import record_acts
from countertui.ledger.licenses import licenses_in_books
from countertui.ledger.renewals import schedules_of, selected
from countertui.machine import uuid7

DAY = date(2026, 11, 30)
WINDOW = Run(date(2026, 12, 1), date(2026, 12, 31))
NOTICES = ("license", "notices", "--from", "2026-12-01", "--to", "2026-12-31", "--assess", "--on", "2026-11-30")
DYING = Path(__file__).with_name("die_in_notices.py")
MOMENTS = ("in part 2", "before notices.pdf", "after notices.pdf")
AT_ONCE = 3
"""As many as the process that dies assesses in one transaction."""


@pytest.fixture(scope="module")
def stated(demo_city: City, tmp_path_factory: pytest.TempPathFactory) -> City:
    """The demo city, of whose licenses some state what their fee follows from; nobody writes to it."""
    city = demo_city.copy(tmp_path_factory.mktemp("notices") / "city")
    books = open_books(city.ledger)
    try:
        with books.writing() as connection:
            schedule = schedules_of(connection)(date(2027, 1, 1))
            wanted = (one.number for one in selected(connection, WINDOW, DAY).excepted if one.why is Why.NOT_ANSWERED)
            left = list(islice(wanted, 4 * AT_ONCE))
            acts = [_answered(license_, schedule) for license_ in licenses_in_books(connection, left, DAY).values()]
            assert len(acts) == 4 * AT_ONCE, "several parts"
            ground = Ground(connection, books, open_key(city.ledger, PASSPHRASE), "2026-11-23T18:00:00+00:00")
            record_acts(ground, "tess", acts, uuid7)
    finally:
        books.close()
    return city


def _answered(license_: License, schedule: LicenseSchedule) -> LicenseActData:
    asked = {each.code: each for each in schedule.asked_of(license_.says[LICENSE_CLASS])}
    answers = {code: False if each.answer is Answer.YES_NO else 2_00 for code, each in asked.items()}
    return LicenseActData(
        license=license_.number,
        was=license_.version,
        step=Step.AMEND.value,
        says={ANSWERS: answers},
        reason="",
        term=None,
    )


def died(city: City, moment: str, out: Path) -> None:
    command = [sys.executable, str(DYING), moment, *NOTICES, "--out", str(out), "--dir", str(city.folder)]
    ended = subprocess.run(
        command,
        input=signed("tess", "omar"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=environment(city.folder.parent),
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def papers(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def test_a_run_that_is_killed_is_done_by_the_next_and_its_papers_are_the_same(stated: City, tmp_path: Path) -> None:
    whole, cut = stated.copy(tmp_path / "whole"), stated.copy(tmp_path / "cut")
    done = fine(whole.run(*NOTICES, "--out", str(tmp_path / "mail"), "--json", stdin=signed("tess", "omar"))).json
    assert done["assessed"] > 2 * AT_ONCE
    out = tmp_path / "cut-mail"
    for moment in MOMENTS:
        died(cut, moment, out)
        there = papers(out) if out.exists() else {}
        for name in there.keys() & {"notices.pdf", "labels.pdf"}:
            assert there[name] == (tmp_path / "mail" / name).read_bytes(), "a file is there whole or not at all"
    again = fine(cut.run(*NOTICES, "--out", str(out), "--json", stdin=signed("tess", "omar"))).json
    assert again["assessed"] == 0, "nothing is assessed twice"
    assert again["notices"] == done["notices"]
    left = {name: data for name, data in papers(out).items() if not name.endswith(".part")}
    assert left == papers(tmp_path / "mail")
    assert fine(cut.run("ledger", "fsck", "--json")).json["differences"] == []
