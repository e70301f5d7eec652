"""Where a terminal's files lie and who may read them, terminals that are no demo, and settings with a mistake."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import sys
from pathlib import Path

import pytest

from cli_city import FOUNDING, PROGRAM, REAL_LEDGER, REAL_PASSPHRASE, City, environment, roots_in, run
from countertui.config.terminal import TerminalSettingsError, read_terminal
from countertui.store.anchor import anchor_folder, read_tip
from pty_terminal import PtyTerminal

GIVEN = {"COUNTERTUI_PASSPHRASE": REAL_PASSPHRASE}


def everything(folder: Path) -> list[Path]:
    return [folder, *folder.rglob("*")]


# Who may read


def test_every_file_is_its_owners_alone(worked_city: City, tmp_path: Path) -> None:
    city = worked_city.copy(tmp_path / "city")
    assert city.run("batch", "seal", "--operator", "rosa", stdin="1111\n").status == 0
    assert city.run("sync", "--once").status == 0
    assert city.run("batch", "export", str(tmp_path / "usb")).status == 0
    names = {path.name for path in everything(city.folder)}
    assert {"store.db", "reference.db", "keys.json", "demo.json", "lock", "ledger.db", "manifest.json"} <= names
    places = (city.folder, anchor_folder(city.folder), tmp_path / "usb")
    for path in [path for place in places for path in everything(place)]:
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_a_folder_is_found_by_any_of_its_names(worked_city: City, tmp_path: Path) -> None:
    city = worked_city.copy(tmp_path / "city")
    (tmp_path / "link").symlink_to(city.folder)
    for name in ("link", "city", "./city/../city"):
        said = run("verify", "--dir", str(tmp_path / name), home=tmp_path)
        assert said.status == 0, said.err
    before = Path.cwd()
    os.chdir(city.folder)
    try:
        assert run("verify", "--dir", ".", home=tmp_path).status == 0
        with PtyTerminal(PROGRAM[0], [*PROGRAM[1:], "--dir", "."], environment(tmp_path)) as person:
            person.wait_for("Rosa Delgado")
    finally:
        os.chdir(before)
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".anchor")] == ["city.anchor"]


def test_without_dir_the_anchor_lies_in_the_platforms_state_folder(worked_city: City, tmp_path: Path) -> None:
    data, state = tmp_path / "data" / "countertui", tmp_path / "state" / "countertui"
    data.mkdir(parents=True)
    home = {"XDG_DATA_HOME": str(tmp_path / "data"), "XDG_STATE_HOME": str(tmp_path / "state")}
    city = worked_city.copy(data / "counter")
    lost = run("verify", "--json", home=tmp_path, **home)
    assert [fault["code"] for fault in lost.json["faults"]] == ["ahead_of_anchor"], "a sibling is not looked at"
    state.mkdir(parents=True)
    (data / "counter.anchor").rename(state / "counter.anchor")
    assert run("verify", home=tmp_path, **home).status == 0
    known = read_tip(state / "counter.anchor")
    assert run("batch", "seal", "--operator", "rosa", stdin="1111\n", home=tmp_path, **home).status == 0
    assert read_tip(state / "counter.anchor") != known
    named = run("verify", "--dir", str(city.folder), home=tmp_path, **home)
    assert named.status == 0, "one store has one anchor, however its folder is named"
    assert sorted(path.name for path in data.iterdir()) == ["counter"]


# A terminal that is no demo


def test_a_real_terminal_asks_for_the_passphrase_and_never_shows_it(real: City) -> None:
    with real.counter() as person:
        shown = person.wait_for("Passphrase")
        assert "demo PIN" not in shown
        person.press(*"wrong one, long enough")
        assert "wrong one" not in person.screen()
        person.press("Enter")
        person.wait_for("passphrase opens no slot")
        assert "wrong one" not in person.screen()
        person.press(*REAL_PASSPHRASE)
        assert "horse" not in person.screen()
        person.press("Enter")
        shown = person.wait_for("Rosa Delgado")
        assert "horse" not in shown
        assert "DEMO" not in shown
        assert "PIN 1111" not in shown
        person.press("rosa", "Enter", "1111", "Enter")
        person.wait_for("Open a drawer")
        person.press("Esc", "Ctrl+Q")
        person.wait_for("Leave the program?")
        person.press("y")
        assert person.wait_exit() == 0
    assert real.run("verify").status == 0
    for path in everything(real.folder):
        assert path.is_dir() or b"horse" not in path.read_bytes(), path


def test_a_command_takes_the_passphrase_from_a_pipe_or_the_environment(real: City) -> None:
    two = ("--admin", "ken", "--second", "lena")
    piped = f"{REAL_PASSPHRASE}\n1010\n5555\n"
    assert real.run("operator", "add", "newt", "Newt", "cashier", *two, stdin=piped).status == 0
    assert real.run("operator", "reset", "newt", *two, stdin="1010\n5555\n", **GIVEN).status == 0
    wrong = real.run("operator", "reset", "newt", *two, stdin="not the right one\n1010\n5555\n")
    assert wrong.status == 1
    assert "opens no slot" in wrong.err
    assert "not the right one" not in wrong.err
    nothing = real.run("sync", "--once")
    assert nothing.status == 2
    assert "Opener's passphrase" in nothing.err


def test_a_demo_terminal_never_works_as_a_real_one(worked_city: City, tmp_path: Path) -> None:
    city = worked_city.copy(tmp_path / "city")
    (city.folder / "demo.json").unlink()
    said = city.run("sync", "--once", COUNTERTUI_PASSPHRASE="demo city, no real money")
    assert (said.status, said.out) == (3, "")
    assert "a demo city's, but the folder is not" in said.err
    with city.counter() as person:
        person.wait_for("Passphrase")
        person.press(*"demo city, no real money", "Enter")
        person.wait_for("a demo city's, but the folder is not")


def test_a_real_terminal_never_works_as_a_demo(real: City, worked_city: City) -> None:
    shutil.copy(worked_city.folder / "demo.json", real.folder)
    said = real.run("sync", "--once")
    assert (said.status, said.out) == (3, "")
    assert "a real city's, but the folder is not" in said.err


# Settings

FRONT = '[[printer]]\nname = "front"\nhost = "192.0.2.7"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[printer\n", ("not TOML", "line 1")),
        ("[printer]\nport = 9100\n", ("several of printer", "[[printer]]")),
        ("[[printer]]\nport = 9100\n", ("[[printer]]", "key name", "is missing")),
        (f"{FRONT}port = '9100'\n", ("[[printer]]", "key port", "1 to 65535")),
        (f"{FRONT}port = 0\n", ("key port", "1 to 65535")),
        (f"{FRONT}colums = 42\n", ("[[printer]]", "colums", "Did you mean columns?")),
        (f"{FRONT}drawer_pin = 3\n", ("key drawer_pin", "2 or 5")),
        ('[[printer]]\nname = "front"\nhost = "a b"\n', ("key host", "host name")),
        ('[ledgr]\nurl = "https://ledger.example"\n', ("ledgr", "Did you mean ledger?")),
        ('ledger = "https://ledger.example"\n', ("ledger is a table",)),
        ("[ledger]\nurl = 7\n", ("[ledger]", "key url")),
    ],
)
def test_a_mistake_in_the_settings_names_table_and_key(text: str, words: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "terminal.toml"
    path.write_text(text)
    with pytest.raises(TerminalSettingsError) as refused:
        read_terminal(path)
    for word in words:
        assert word in refused.value.happened


def test_all_problems_of_the_settings_are_told_at_once_on_screen_and_by_commands(real: City) -> None:
    (real.folder / "terminal.toml").write_text('[[printer]]\nname = "a"\nhost = 7\n[ledger]\nport = 80\n')
    said = real.run("sync", "--once", **GIVEN)
    assert (said.status, said.out) == (2, "")
    for word in ("[[printer]], key host", "no key port", "[ledger], key url", "terminal.toml"):
        assert word in said.err
    with real.counter() as person:
        person.wait_for("Passphrase")
        person.press(*REAL_PASSPHRASE, "Enter")
        person.wait_for("terminal.toml can't be used")


def test_an_address_over_plain_http_elsewhere_is_refused(real: City) -> None:
    (real.folder / "terminal.toml").write_text('[ledger]\nurl = "http://192.0.2.7/"\n')
    said = real.run("sync", "--once", **GIVEN)
    assert (said.status, said.out) == (2, "")
    assert "must begin with https" in said.err


# The snapshot's file


def spoil_form(city: City) -> None:
    """Make reference.db look like another program version's."""
    reference = sqlite3.connect(city.folder / "reference.db")
    reference.execute("PRAGMA user_version=7")
    reference.close()


def test_a_snapshot_file_of_another_version_is_built_anew_from_the_ledger(worked_city: City, tmp_path: Path) -> None:
    city = worked_city.copy(tmp_path / "city")
    spoil_form(city)
    with city.counter() as person:
        person.wait_for("Rosa Delgado")
        person.press("rosa", "Enter", "1111", "Enter")
        person.wait_for("drawer D1")
    assert city.run("operator", "list").status == 0
    assert city.run("verify").status == 0


def test_a_snapshot_file_that_is_gone_is_built_anew_and_a_newer_snapshot_is_written_down(
    worked_city: City, tmp_path: Path
) -> None:
    city = worked_city.copy(tmp_path / "city")
    assert city.run("ledger", "publish").status == 0
    (city.folder / "reference.db").unlink()
    listed = city.run("operator", "list")
    assert listed.status == 3
    assert "reference.db" in listed.err
    assert city.run("sync", "--once").status == 0
    store = sqlite3.connect(city.folder / "store.db")
    (body,) = store.execute("SELECT body FROM journal WHERE kind = 'snapshot_applied' ORDER BY seq DESC").fetchone()
    store.close()
    assert json.loads(body)["data"]["version"] == 2
    assert city.run("verify").status == 0


def test_without_a_ledger_to_build_it_from_it_says_what_to_do(real: City) -> None:
    spoil_form(real)
    said = real.run("sync", "--once", **GIVEN)
    assert (said.status, said.out) == (3, "")
    assert "another version of the program" in said.err
    assert "Make the ledger reachable, then open the counter again" in said.err
    assert real.run("verify").status == 0


def test_a_snapshot_older_than_the_one_in_use_is_not_taken_instead(real: City) -> None:
    with real.serving(**GIVEN) as url:
        (real.folder / "terminal.toml").write_text(f'[ledger]\nurl = "{url}"\n')
        assert real.run("ledger", "publish", **GIVEN).status == 0
        assert real.run("sync", "--once", **GIVEN).status == 0
    books = sqlite3.connect(real.ledger / "ledger.db")
    books.execute("DELETE FROM snapshot WHERE version = 2")
    books.commit()
    books.close()
    spoil_form(real)
    with real.serving(**GIVEN) as url:
        (real.folder / "terminal.toml").write_text(f'[ledger]\nurl = "{url}"\n')
        said = real.run("sync", "--once", **GIVEN)
    assert (said.status, said.out) == (3, "")
    assert "could not be built anew" in said.err


# The ledger's own start


def test_a_ledger_is_made_served_and_published(tmp_path: Path) -> None:
    ledger = ("--dir", str(tmp_path / "ledger"))
    made_at = (*roots_in(tmp_path), *ledger)
    for refused in ("DEMO-FALLS", "demo-falls", "Demo"):
        said = run("ledger", "init", refused, *made_at, stdin=FOUNDING, home=tmp_path)
        assert (said.status, said.out) == (2, "")
    for stdin, words in (
        (FOUNDING.replace(REAL_PASSPHRASE, "too short"), "at least 15"),
        (FOUNDING.replace("the third stick's own", "short"), "at least 15"),
        (FOUNDING.replace("4711", "47a1"), "4 to 8 digits"),
        ("clerk\n", "nothing came"),
        ("", "nothing came"),
    ):
        said = run("ledger", "init", REAL_LEDGER, *made_at, stdin=stdin, home=tmp_path)
        assert (said.status, said.out) == (2, ""), said
        assert words in said.err
        assert not (tmp_path / "ledger" / "ledger.db").exists()
        assert not [path for n in (1, 2, 3) for path in (tmp_path / f"stick{n}").iterdir()], words
    alone = run("ledger", "init", REAL_LEDGER, *made_at, stdin=FOUNDING.replace("bea", "ADA"), home=tmp_path)
    assert (alone.status, alone.out) == (2, "")
    itself = run("ledger", "init", REAL_LEDGER, *made_at, stdin=FOUNDING.replace("bea", "ada"), home=tmp_path)
    assert (itself.status, itself.out) == (1, "")
    bad_name = run("ledger", "init", "a city", *made_at, stdin=FOUNDING, home=tmp_path)
    assert bad_name.status == 2
    two_sticks = run("ledger", "init", REAL_LEDGER, "--roots", str(tmp_path), *ledger, stdin=FOUNDING, home=tmp_path)
    assert (two_sticks.status, two_sticks.out) == (2, "")
    made = run("ledger", "init", REAL_LEDGER, *made_at, stdin=FOUNDING, home=tmp_path)
    assert made.status == 0, made.err
    for secret in (REAL_PASSPHRASE, "4711", "5822", "stick's own"):
        assert secret not in made.out + made.err
    again = run("ledger", "init", "OTHER", *made_at, stdin=FOUNDING, home=tmp_path)
    assert again.status == 3
    assert [len(list((tmp_path / f"stick{n}").iterdir())) for n in (1, 2, 3)] == [1, 1, 1]
    status = run("ledger", "status", "--json", *ledger, home=tmp_path)
    assert (status.json["ledger"], status.json["snapshot"]) == (REAL_LEDGER, None)
    for path in everything(tmp_path / "ledger"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path

    wrong = run("ledger", "publish", *ledger, stdin="another passphrase\n", home=tmp_path)
    assert wrong.status == 1
    assert run("ledger", "publish", *ledger, stdin=f"{REAL_PASSPHRASE}\n", home=tmp_path).out.startswith("Snapshot 1 ")
    assert run("ledger", "serve", *ledger, stdin="another passphrase\n", home=tmp_path).status == 1


# A crash


CRASH = """
import sys
from pathlib import Path
from countertui.screens.app import CounterApp
from countertui.bootstrap import run_counter

async def press(self, stroke):
    typed = "".join(["4111", "1111", "1111", "1111"])
    raise RuntimeError("a fault of our own")

CounterApp.press = press
sys.exit(run_counter(Path(sys.argv[1])))
"""


def test_a_crash_ends_with_a_status_and_shows_nothing_typed(worked_city: City, tmp_path: Path) -> None:
    city = worked_city.copy(tmp_path / "city")
    then = '"$@"; echo ended with $?; read still_there'
    arguments = ["-c", then, "sh", sys.executable, "-c", CRASH, str(city.folder)]
    with PtyTerminal("sh", arguments, environment(tmp_path), rows=60) as person:
        person.wait_for("Rosa Delgado")
        person.press("r")
        shown = person.wait_for("ended with 1")
        assert "a fault of our own" in shown
        assert "4111111111111111" not in shown
    assert city.run("verify").status == 0
