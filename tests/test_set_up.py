"""`make run` and `make test` set themselves up: by venv and pip alone, held to hashes, told, once a lock."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pty
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FAKE = """#!/bin/sh
# A Python that writes down what it is asked, and makes and installs nothing.
echo "$(basename "$0") $*" >>calls
case "$*" in
  *venv.py*) exec python3 "$@" ;;
  *version_info*) echo "${FAKE_VERSION:-3.12}" ;;
  "-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
  *requirements*) echo "WARNING: this machine is slow"
    echo "Collecting alder==1.0 (from -r requirements.lock (line 1))"
    echo "Collecting birch==2.0 (from -r requirements.lock (line 3))"
    echo "Installing collected packages: alder, birch"
    [ -z "$FAKE_FAILS" ] || { echo "ERROR: no hash of birch fits"; exit 1; } ;;
  *" -e .") printf '#!/bin/sh\\necho "countertui $*" >>calls\\n' >.venv/bin/countertui
    chmod +x .venv/bin/countertui ;;
esac
"""
LOCK = f"alder==1.0 \\\n    --hash=sha256:{'0' * 64}\nbirch==2.0 \\\n    --hash=sha256:{'1' * 64}\n"
PIP = "-m pip --disable-pip-version-check install --no-deps"
LOCKED = f"{PIP} --progress-bar off --require-hashes --only-binary :all: -r"
ITSELF = f"{PIP} --no-index --no-build-isolation -e ."
BACKEND = """
import os, zipfile
NAME = "tiny-1.0-py3-none-any.whl"
def build_editable(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(os.path.join(folder, NAME), "w") as wheel:
        wheel.writestr("tiny.pth", os.getcwd())
        wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
        wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("tiny-1.0.dist-info/RECORD", "")
    return NAME
"""

_FROM_MAKE = re.compile(r"MAKE|MFLAGS|(ARGS|PYTHON)$")
HERE = {name: value for name, value in os.environ.items() if not _FROM_MAKE.match(name)}
"""`make test` itself is a make, too: one inside another says more, and takes what that one was given."""

Said = subprocess.CompletedProcess[str]
Make = Callable[..., Said]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The files that a set-up reads, with small locks, and a Python that only writes down what it is asked."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "venv.py", tmp_path / "tools")
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.lock").write_text(LOCK)
    (tmp_path / "requirements-dev.lock").write_text(LOCK)
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "fake").write_text(FAKE)
    (tmp_path / "fake").chmod(0o755)
    return tmp_path


@pytest.fixture
def make(house: Path) -> Make:
    def made(target: str, **environment: str) -> Said:
        return subprocess.run(
            ["make", target, f"PYTHON={house / 'fake'}"],
            cwd=house,
            env={**HERE, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )

    return made


def asked(house: Path) -> list[str]:
    """What the Pythons were asked since the last time, but for the stamp's check."""
    calls = (house / "calls").read_text().splitlines()
    (house / "calls").unlink()
    return [call.partition(" ")[2] for call in calls if "venv.py" not in call and "version_info" not in call]


def test_make_run_sets_up_by_venv_and_pip_alone_then_opens_the_demo(house: Path, make: Make) -> None:
    assert make("run").returncode == 0
    assert asked(house) == ["-m venv --clear .venv", f"{LOCKED} requirements.lock", ITSELF, "demo"]


def test_make_test_sets_up_from_the_development_lock_then_runs_the_tests(house: Path, make: Make) -> None:
    assert make("test").returncode == 0
    venv, locked, itself, tests = asked(house)
    assert (venv, locked, itself) == ("-m venv --clear .venv", f"{LOCKED} requirements-dev.lock", ITSELF)
    assert tests.startswith("-m pytest")


def test_what_is_set_up_starts_at_once(house: Path, make: Make) -> None:
    make("run")
    asked(house)
    again = make("run")
    assert (again.stdout, again.stderr) == ("", "")
    assert asked(house) == ["demo"]


def test_an_environment_for_tests_serves_to_run_too_and_is_never_made_smaller(house: Path, make: Make) -> None:
    make("test")
    make("run")
    assert asked(house)[-1] == "demo"
    (house / "requirements-dev.lock").write_text(LOCK + "\n")
    make("run")
    assert asked(house) == [f"{LOCKED} requirements-dev.lock", ITSELF, "demo"]


def test_tests_on_an_environment_to_run_bring_it_up(house: Path, make: Make) -> None:
    make("run")
    asked(house)
    make("test")
    assert asked(house)[:2] == [f"{LOCKED} requirements-dev.lock", ITSELF]


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml", "tools/venv.py"])
def test_it_is_redone_when_what_it_was_made_from_changes(house: Path, make: Make, name: str) -> None:
    make("run")
    asked(house)
    before = (house / name).read_text()
    (house / name).write_text(f"{before}\n# changed\n")
    assert "setting up .venv" in make("run").stdout
    assert asked(house) == [f"{LOCKED} requirements.lock", ITSELF, "demo"]
    assert make("run").stdout == ""


def test_it_is_redone_in_another_place(house: Path, make: Make, tmp_path_factory: pytest.TempPathFactory) -> None:
    make("run")
    other = tmp_path_factory.mktemp("other") / "house"
    shutil.copytree(house, other)
    said = subprocess.run(["make", "run"], cwd=other, env=HERE, capture_output=True, text=True, check=False, timeout=30)
    assert "setting up .venv" in said.stdout


def test_it_is_told_step_by_step_and_all_of_pips_words_are_kept(house: Path, make: Make) -> None:
    told = re.sub(r"\d+ s\b", "N s", make("run").stdout)
    assert [line for line in dict.fromkeys(told.splitlines()) if line] == [
        "countertui: setting up .venv with Python 3.12 from requirements.lock (once; the next start is at once)",
        "countertui: 1 of 3  a new environment    N s",
        "countertui: 2 of 3  2 packages, each by its hash    N s",
        "countertui: 3 of 3  CounterTUI itself    N s",
        "countertui: .venv is ready after N s; what pip said is in .venv/setup.log",
    ]
    log = (house / ".venv" / "setup.log").read_text()
    assert "WARNING: this machine is slow\nCollecting alder==1.0" in log
    assert [line[0] for line in log.splitlines() if "pip" in line or "venv --clear" in line] == ["$", "$", "$"]


def test_on_a_terminal_each_package_is_told_as_it_comes(house: Path) -> None:
    leader, follower = pty.openpty()
    command = [sys.executable, "tools/venv.py", "run", "--python", str(house / "fake")]
    with subprocess.Popen(command, cwd=house, stdout=follower, stderr=follower) as running:
        assert running.wait(timeout=30) == 0
    os.close(follower)
    told = os.read(leader, 65536).decode()
    os.close(leader)
    assert "1 of 2: alder" in told
    assert "2 of 2: birch" in told
    assert "WARNING" not in told


def test_a_step_that_fails_shows_the_end_of_what_it_said_and_the_next_make_begins_anew(house: Path, make: Make) -> None:
    said = make("run", FAKE_FAILS="1")
    assert said.returncode == 2  # make's own
    assert "step 2 of 3, 2 packages, each by its hash, ended with status 1" in said.stderr
    assert "ERROR: no hash of birch fits" in said.stderr
    assert "all that was said is in .venv/setup.log" in said.stderr
    assert "no hash of birch" in (house / ".venv" / "setup.log").read_text()
    assert "demo" not in asked(house)
    assert make("run").returncode == 0
    assert asked(house)[-1] == "demo"


def test_an_old_python_is_told_so_before_anything_is_made(house: Path, make: Make) -> None:
    said = make("run", FAKE_VERSION="3.9")
    assert said.returncode == 2
    assert "needs Python 3.11 or newer" in said.stderr
    assert not (house / ".venv").exists()


def test_two_makes_at_once_set_up_once(house: Path) -> None:
    command = [sys.executable, "tools/venv.py", "run", "--python", str(house / "fake")]
    with (house / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with subprocess.Popen(command, cwd=house, stdout=subprocess.PIPE, text=True) as waiting:
            assert waiting.stdout is not None
            assert "waiting for it" in waiting.stdout.readline()
            assert not (house / ".venv").exists()
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert waiting.wait(timeout=30) == 0


def test_make_run_installs_every_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    wanted = [one for extra in project["optional-dependencies"].values() for one in extra] + project["dependencies"]
    names = {re.split(r"[\[<>=~!; ]", one)[0].lower().replace("_", "-") for one in wanted}
    assert {"counter", "ledger"} <= set(project["optional-dependencies"])
    assert names - {"countertui"} <= locked


@pytest.mark.timeout(120)
def test_a_real_set_up_without_a_network_takes_nothing_whose_hash_differs(house: Path, tmp_path: Path) -> None:
    wheel = tmp_path / "wheels" / "backend-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("backend.py", BACKEND)
        packed.writestr("backend-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: backend\nVersion: 1.0\n")
        packed.writestr("backend-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr("backend-1.0.dist-info/RECORD", "")
    (house / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["backend"]\nbuild-backend = "backend"\n[project]\nname = "tiny"\nversion = "1.0"\n'
    )
    (house / "tiny.py").write_text("ANSWER = 42\n")
    lock = house / "requirements.lock"
    environment = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheel.parent)}

    def set_up() -> Said:
        command = [sys.executable, "tools/venv.py", "run", "--python", sys.executable]
        return subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True, check=False)

    lock.write_text(f"backend==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    done = set_up()
    assert done.returncode == 0, done.stderr
    answer = [house / ".venv" / "bin" / "python", "-c", "import tiny; print(tiny.ANSWER)"]
    assert subprocess.run(answer, cwd=tmp_path / "tools", capture_output=True, text=True, check=True).stdout == "42\n"
    assert set_up().stdout == ""
    shutil.copy(wheel, wheel.with_name("backend-1.1-py3-none-any.whl"))
    lock.write_text(f"backend==1.1 --hash=sha256:{'0' * 64}\n")
    refused = set_up()
    assert refused.returncode == 1
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in refused.stderr


@pytest.mark.parametrize("fails", ["", "check", "test", "test-engines"])
def test_ci_runs_the_checks_then_the_tests_and_stops_at_the_first_that_fails(tmp_path: Path, fails: str) -> None:
    (tmp_path / "bin").mkdir()
    for name, does in (("make", f'echo "$CI $*" >>calls; [ "$1" != "{fails}" ]'), ("apt-get", "exit 0")):
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci")
    environment = {**HERE, "PATH": f"{tmp_path / 'bin'}:{HERE['PATH']}", "PYTHON": sys.executable}
    done = subprocess.run([tmp_path / ".ci" / "run"], env=environment, capture_output=True, check=False, timeout=30)
    run = (tmp_path / "calls").read_text().splitlines()
    sweeps = ("test-scans", "test-engines", "test-screens", "test-rules", "test-bench", "test-browser")
    asked_for = [f"true {target}" for target in ("check", "test", *sweeps)]
    ended = asked_for.index(f"true {fails}") + 1 if fails else len(asked_for)
    assert (done.returncode == 0, run) == (not fails, asked_for[:ended])


@pytest.mark.parametrize(("ci", "ends"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_tests_of_shared_data_are_skipped_with_a_reason_where_there_is_none_but_must_run_in_ci(
    pytestconfig: pytest.Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ci: str, ends: type[BaseException]
) -> None:
    conftest = next(one for one in pytestconfig.pluginmanager.get_plugins() if hasattr(one, "shared_data"))
    monkeypatch.setenv("COUNTERTUI_SHARED", str(tmp_path / "none"))
    monkeypatch.setenv("CI", ci)
    with pytest.raises(ends, match="no shared data: put shared/ beside the repository"):
        conftest.shared_data.__wrapped__()
    (tmp_path / "none" / "data").mkdir(parents=True)
    assert conftest.shared_data.__wrapped__() == tmp_path / "none" / "data"
