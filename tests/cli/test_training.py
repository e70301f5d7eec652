"""`countertui training` as somebody starts it, and what real cities say to a ledger of that kind."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import pytest

from cli_city import FOUNDING, PROGRAM, City, environment, roots_in, run
from countertui.store.exercise_tries import read_tries
from countertui.sync.canonical import canonical
from countertui.sync.enrolment import Invitation
from pty_terminal import PtyTerminal
from training_city import training_city


@pytest.fixture
def city(tmp_path: Path) -> City:
    """A training city with its ledger."""
    return City(training_city()).copy(tmp_path / "training")


def test_the_training_counter_says_so_from_its_first_screen_to_its_paper_and_scores_an_exercise(city: City) -> None:
    arguments = [*PROGRAM[1:], "training", "--dir", str(city.folder)]
    with PtyTerminal(PROGRAM[0], arguments, environment(city.folder.parent)) as person:
        person.wait_for("TRAINING", "Operator id")
        person.wait_for("Rosa Delgado", "ledger online")
        person.press(*"rosa", "Enter", *"1111", "Enter")
        person.wait_for("Open a drawer")
        person.press("F10", "h")
        person.wait_for("Exercises", "A void with approval")
        person.press("Enter")
        person.wait_for("EXERCISE Open a drawer")
        person.press(*"D2", "Enter", "Enter", "Enter", "Enter", *"5", "Enter", *"5", "Enter", *"6", "Enter", "Enter")
        person.press(*"20", "F9")
        person.wait_for("EXERCISE DONE Open a drawer")
        person.press(*"copy", "Enter", "F9")
        person.wait_for("T1-1  0.15 taken")
        until = monotonic() + 15
        while "TRAINING - NO REAL MONEY" not in paper(city):
            assert monotonic() < until, person.screen()
        person.press("Ctrl+Q")
        person.wait_for("Leave the program?")
        person.press("y")
        assert person.wait_exit() == 0
    assert "[drawer" not in paper(city)
    (one,) = read_tries(city.folder)
    assert one.points is not None
    assert one.points >= 60


def paper(city: City) -> str:
    path = city.folder / "paper.txt"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def test_another_citys_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text("{}")
    other = run("training", "--dir", str(tmp_path), home=tmp_path)
    assert (other.status, other.out) == (2, "")
    assert "holds no training city" in other.err


@pytest.mark.parametrize("mark", ["demo.json", None])
def test_a_training_terminal_never_works_as_a_real_one_or_a_demo(city: City, mark: str | None) -> None:
    training = city.folder / "training.json"
    training.rename(city.folder / mark) if mark else training.unlink()
    said = city.run("sync", "--once", COUNTERTUI_PASSPHRASE="demo city, no real money")
    assert (said.status, said.out) == (3, "")
    assert "a training city's, but the folder is not" in said.err


@pytest.mark.parametrize("ledger", ["TRAINING-FALLS", "training", "DEMO-FALLS"])
def test_no_real_ledger_is_founded_under_such_an_id(tmp_path: Path, ledger: str) -> None:
    said = run(
        "ledger", "init", ledger, *roots_in(tmp_path), "--dir", str(tmp_path / "books"), stdin=FOUNDING, home=tmp_path
    )
    assert said.status == 2
    assert "DEMO or TRAINING" in said.err
    assert not (tmp_path / "books").exists()


def test_no_real_terminal_is_let_in_by_a_training_ledger(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    training = Invitation(ledger="TRAINING-FALLS", terminal="T9", office="HALL", epoch=1, nonce="0" * 64)
    (stick / "T9-invitation.json").write_bytes(canonical(training.model_dump()))
    named = ("--terminal", "T9", "--code", "AAAA-BBBB-CCCC-DDDD", "--dir", str(tmp_path / "office"))
    refused = run("init", "--from", str(stick), *named, stdin="opener\na passphrase of some length\n", home=tmp_path)
    assert refused.status == 1
    assert "TRAINING-FALLS is a demo or training ledger" in refused.err
    assert not (tmp_path / "office" / "keys.json").exists()
