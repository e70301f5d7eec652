"""`countertui license fee`: what a license costs, with its working, and what is no answer refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cyclopts import App

from cli_city import City, environment
from commands import run_command
from countertui.cli import license as commands
from countertui.cli.places import NothingThere
from countertui.errors import UsageError

SAMPLES = Path(__file__).parents[2] / "docs" / "license-schedules"


def fee(capsys: pytest.CaptureFixture[str], sample: str, *words: str, class_: str = "GENERAL") -> tuple[int, str, str]:
    given = ["license", "fee", "--dir", str(SAMPLES / sample), "--class", class_, "--starts", "2027-01-01", *words]
    app = App()
    commands.add_to(app)
    try:
        status = app(given, exit_on_error=False, result_action="return_value")
    except UsageError as error:
        return error.exit_status, capsys.readouterr().out, str(error)
    return status, capsys.readouterr().out, ""


def test_a_determination_prints_its_working_and_its_ordinance(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = fee(
        capsys, "north-plains-or", "gross_receipts=1", "--paid", "2027-03-15", "--postmarked", "2027-02-01"
    )
    assert status == 0
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == "GENERAL: 01/01/2027 to 12/31/2027, due 01/01/2027"
    assert "2 periods of 30 days late at 20%, postmarked 02/01/2027:" in lines
    assert "North Plains OR, city code, delinquent license fees." in lines
    assert lines[-1] == "Total 140.00"
    assert all(len(line) <= 78 for line in out.splitlines())


def test_as_json_it_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = fee(capsys, "tuscaloosa-al", "gross_receipts=50000", "--paid", "2028-01-01", "--json")
    told = json.loads(out)
    assert told["total_cents"] == 142_00 == sum(line["cents"] for line in told["lines"])
    assert [line["head"] for line in told["lines"]] == ["license", "penalty", "interest"]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (["gross_receipts=-1", "operated_unlicensed=no"], "gross_receipts is a number that is not negative"),
        (["gross_receipts=1.005", "operated_unlicensed=no"], "at most two decimals"),
        (["gross_receipts=NaN", "operated_unlicensed=no"], "gross_receipts is a number"),
        (["gross_receipts=1e30", "operated_unlicensed=no"], "gross_receipts is a number"),
        (["gross_receipts=1", "operated_unlicensed=maybe"], "operated_unlicensed is yes or no"),
        (["gross_receipts=1"], "Not answered: operated_unlicensed"),
        (["rooms=1"], "There is no question rooms"),
    ],
)
def test_what_is_no_answer_is_refused(capsys: pytest.CaptureFixture[str], answers: list[str], said: str) -> None:
    status, out, err = fee(capsys, "murray-ut", *answers)
    assert (status, out) == (2, "")
    assert said in err


def test_a_class_or_a_folder_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NothingThere):
        fee(capsys, "atlantis")
    assert "There is no class SHOP" in fee(capsys, "murray-ut", class_="SHOP")[2]


def test_a_terminal_knows_its_city_s_rows(demo_city: City, tmp_path: Path) -> None:
    answers = ["employees=3", "gross_receipts=120000", "inside_city=yes"]
    nos = [f"{code}=no" for code in ("home_occupation", "nonprofit", "operated_unlicensed")]
    given = ["license", "fee", "--dir", str(demo_city.folder), "--class", "FOODTRUCK", "--starts", "2027-03-01"]
    done = run_command([*given, *answers, *nos], env=environment(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "State accessibility fee" in done.stdout
    assert done.stdout.splitlines()[-1].split() == ["Total", "193.50"]
