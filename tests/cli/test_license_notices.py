"""`countertui license notices` and `returned-mail` by the real program, on a demo city."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from cli_city import City, Said
from counter_station import PINS

WINDOW = ("--from", "2026-01-01", "--to", "2027-12-31")


def signed(*people: str) -> str:
    return "".join(f"{person}\n{PINS[person]}\n" for person in people)


def fine(said: Said) -> Said:
    assert said.status == 0, said.err
    return said


@pytest.fixture
def city(demo_city: City, tmp_path: Path) -> City:
    return demo_city.copy(tmp_path / "city")


def test_a_run_is_looked_at_and_nothing_changes(city: City, tmp_path: Path) -> None:
    seen = fine(city.run("license", "notices", *WINDOW, "--json")).json
    assert seen["assessed"] == 0
    print(seen)
    assert city.run("license", "notices", "--from", "2027-01-01", "--to", "2026-01-01").status == 2
