"""`countertui license preview`, `discover` and what follows, on a city's ledger."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from cyclopts import App

from cli_city import City
from countertui.cli import license as commands
from countertui.cli import report
from countertui.errors import UsageError
from countertui.ledger.sign_in import NotSignedInError

ROWS = Path(__file__).parents[2] / "src" / "countertui" / "demo" / "licenses.toml"
ASSUMED = (
    *("employees=2", "gross_receipts=100000", "home_occupation=no", "inside_city=yes", "nonprofit=no"),
    *("operated_unlicensed=no", "units=3"),
)
MAP = """
kind = "businesses"
[columns.UBI]
required = true
[columns.Name]
required = true
[fields]
key = { column = "UBI" }
name = { column = "Name" }
address = { template = "{Street}, {City}" }
city = { column = "City" }
"""
HUGO = "hugo\n6666\n"


class Desk:
    """Commands on a city's ledger, one after the other, in this process."""

    def __init__(self, city: City, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.city, self._capsys, self._monkeypatch = city, capsys, monkeypatch
        self.app = App()
        commands.add_to(self.app)
        report.add_to(self.app)

    def __call__(self, *words: str, stdin: str = "") -> str:
        self._monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        given = [*(words if words[0] == "report" else ("license", *words)), "--dir", str(self.city.folder)]
        assert self.app(given, exit_on_error=False, result_action="return_value") == 0
        return self._capsys.readouterr().out

    def json(self, *words: str, stdin: str = "") -> Any:
        return json.loads(self(*words, "--json", stdin=stdin))


@pytest.fixture
def desk(city: City, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(city, capsys, monkeypatch)


def test_a_change_of_rows_before_it_is_made(desk: Desk, tmp_path: Path) -> None:
    new = tmp_path / "licenses.toml"
    new.write_text(ROWS.read_text(encoding="utf-8").replace("flat = 60.00", "flat = 66.00"), encoding="utf-8")
    told = desk.json("preview", str(new))
    stated = told["total"]["computed"]  # those that the demo renews say what their fees follow from
    assert (told["total"]["licenses"], told["total"]["difference_cents"]) == (1_200, stated * 6_00)
    assert 0 < stated == 1_200 - sum(told["not_computed"].values())
    told = desk.json("preview", str(new), *ASSUMED)
    assert told["not_computed"] == {}
    bars = {each["class"]: each for each in told["classes"]}["BAR"]  # their alcohol fee is a share of the base
    assert (bars["more"], bars["difference_cents"]) == (bars["licenses"], bars["licenses"] * 15_00)
    every = tmp_path / "every.csv"
    said = desk("preview", str(new), *ASSUMED, "--to", str(every))
    assert "in all       1,200 licenses, 1,200 computed" in said
    assert every.read_text(encoding="utf-8-sig").count("\n") == 1_201
    with pytest.raises(UsageError, match="is there already"):
        desk("preview", str(new), "--to", str(every))
    with pytest.raises(UsageError, match="says the same"):
        desk("preview", str(ROWS))
    new.write_text(new.read_text(encoding="utf-8").replace("flat = 66.00", "flat = -66.00"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"\[\[fee\]\] row 2"):
        desk("preview", str(new))


def test_leads_from_the_list_to_the_letters(desk: Desk, tmp_path: Path) -> None:
    file, mapping, out = tmp_path / "registry.csv", tmp_path / "map.toml", tmp_path / "letters.pdf"
    mapping.write_text(MAP, encoding="utf-8")
    rows = "1,Zanzibar Spice Traders LLC,12 Nowhere Street,Alder Falls\n2,Quux Candles,1 Qoph Ln,ALDER FALLS\n"
    file.write_text(f"UBI,Name,Street,City\n{rows}3,Far Away,1 Oak,Riverton\n,No key,1 Oak,Alder Falls\n", "utf-8")
    look = ("discover", str(file), "--map", str(mapping), "--city", "alder falls")
    tried = desk.json(*look, "--dry-run")
    assert (tried["rows"], len(tried["leads"]), tried["elsewhere"], tried["rejected"], tried["records"]) == (
        2,
        2,
        1,
        1,
        0,
    )
    with pytest.raises(NotSignedInError, match="may not decide on licenses"):
        desk(*look, stdin="rosa\n1111\n")
    assert desk.json(*look, "--called", "the registry", stdin=HUGO)["records"] == 1
    assert desk.json(*look, stdin=HUGO)["known"] == 2
    assert [each["name"] for each in desk.json("leads")] == ["Quux Candles", "Zanzibar Spice Traders LLC"]
    desk("lead", "1", "--status", "not-liable", "--note", "A hobby", stdin=HUGO)
    assert "1 letter in" in desk("letters", str(out), stdin=HUGO)
    assert "No letter is to be written" in desk("letters", str(tmp_path / "none.pdf"), stdin=HUGO)
    again = tmp_path / "again.pdf"
    desk("letters", str(again), "--again", desk.json("leads")[1]["since"])
    assert again.read_bytes() == out.read_bytes()
    found = {each["no"]: (each["status"], each["note"], each["letters"]) for each in desk.json("leads")}
    assert found == {1: ("not_liable", "A hobby", 0), 2: ("letter_sent", "", 1)}
    assert [each["no"] for each in desk.json("leads", "--status", "letter-sent")] == [2]


def test_every_license_for_a_spreadsheet(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "licenses.csv"
    assert "1,200 licenses" in desk("export", str(file))
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))
    assert len({row["license"] for row in rows}) == len(rows) == 1_200
    assert {row["state"] for row in rows} == {"issued", "expired"}
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(UsageError, match="is there already"):
        desk("export", str(file))
    with pytest.raises(UsageError, match="ends in none of"):
        desk("export", str(tmp_path / "licenses.doc"))
    expired, told = tmp_path / "expired.csv", sum(row["state"] == "expired" for row in rows)
    assert f"{told} licenses" in desk("export", str(expired), "--state", "expired")


def test_reports_of_all_licenses(desk: Desk, tmp_path: Path) -> None:
    growth = desk.json("report", "license-growth")
    now = growth[-1]["month"]
    assert len(growth) == 13
    by_class = [row for row in desk.json("report", "licenses", "--since", now) if row["month"] == now]
    assert sum(row["in_force"] for row in by_class) == growth[-1]["in_force"]
    assert f"{now} █" in desk("report", "license-growth", "--since", now)
    waiting = desk.json("report", "license-deadlines", "--until", "2099-12-31")
    expired = sum(row["what"] == "expired" for row in waiting)
    assert len([row for row in waiting if not row["what"].startswith("fee ")]) == 1_200
    assert 0 < len(waiting) - 1_200 < 100, "fees that the demo's renewal run assessed"
    assert 0 < expired == 1_200 - growth[-1]["in_force"]
    pdf = tmp_path / "growth.pdf"
    desk("report", "license-growth", "--to", str(pdf))
    assert pdf.read_bytes().startswith(b"%PDF")
    for bad in (("licenses", "--since", "2027-01", "--until", "2026-01"), ("licenses", "--since", "soon")):
        with pytest.raises(UsageError):
            desk("report", *bad)
    with pytest.raises(UsageError, match="has no days"):
        desk("report", "paper", "--since", "2026-01")
    with pytest.raises(UsageError, match="2026-01 is no date"):
        desk("report", "gaps", "--since", "2026-01")


def test_what_is_charged_once_is_not_charged_for_a_renewal(desk: Desk) -> None:
    asked = ("fee", *ASSUMED[:-1], "--class", "GENERAL", "--starts", "2027-01-01")
    first, again = desk.json(*asked), desk.json(*asked, "--renewal")
    gone = {line["code"] for line in first["lines"]} - {line["code"] for line in again["lines"]}
    assert gone == {"PROCESSING"}
    assert first["total_cents"] - again["total_cents"] == 15_00
