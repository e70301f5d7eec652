"""The unit and the container file: whole, hardened, and with nobody's address in them."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tomllib
from collections.abc import Callable
from configparser import ConfigParser
from pathlib import Path

import pytest
from cyclopts import App

from cli_city import PROGRAM, environment
from countertui import __version__
from countertui.cli import ledger
from countertui.cli.ledger.serve import serve
from countertui.ledger.service_manager import READY, tell
from countertui.sync.transport import LedgerClient
from ledger.town import PASSPHRASE, founded

ROOT = Path(__file__).parents[1]
PACKAGING = ROOT / "packaging"
UNIT = PACKAGING / "countertui-ledger.service"
CONTAINER = PACKAGING / "Containerfile"


def unit() -> ConfigParser:
    parser = ConfigParser(interpolation=None, strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names are case-sensitive
    parser.read_string(UNIT.read_text())
    return parser


def test_the_program_knows_its_own_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__


def test_the_unit_is_hardened_and_stops_gracefully() -> None:
    service = unit()["Service"]
    assert service["DynamicUser"] == service["NoNewPrivileges"] == service["PrivateTmp"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert service["UMask"] == "0077"
    assert service["LimitCORE"] == "0"
    assert service["KillSignal"] == "SIGTERM"
    # The program gives requests under way half a minute.
    assert int(service["TimeoutStopSec"]) > 30
    assert "--dir %S/countertui-ledger" in service["ExecStart"]


def test_the_passphrase_is_a_credential_and_no_environment() -> None:
    service = unit()["Service"]
    credential = service["LoadCredentialEncrypted"]
    assert service["Environment"] == f"COUNTERTUI_PASSPHRASE_FILE=%d/{credential}"


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not here")
    copy = tmp_path / UNIT.name
    copy.write_text(re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true", UNIT.read_text(), flags=re.MULTILINE))
    said = subprocess.run([program, "verify", str(copy)], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n", " ", CONTAINER.read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_container_is_no_ones_root_and_needs_to_write_nowhere_else() -> None:
    said = instructions()
    last_stage = said[max(n for n, (word, _) in enumerate(said) if word == "FROM") :]
    users = [rest for word, rest in last_stage if word == "USER"]
    assert users
    assert all(not user.startswith(("0", "root")) for user in users)
    words = [word for word, _ in last_stage]
    assert {"HEALTHCHECK", "ENTRYPOINT", "VOLUME", "STOPSIGNAL"} <= set(words)
    assert "RUN" not in words
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert "PASSPHRASE=" not in CONTAINER.read_text().replace("COUNTERTUI_PASSPHRASE_FILE=", "")
    assert "--require-hashes" in CONTAINER.read_text()


def test_its_images_and_sources_are_here() -> None:
    for word, rest in instructions():
        if word == "FROM":
            image = rest.split()[0]
            assert "/" not in image, "an image without a host"
            assert ":" in image, "with a version"
        if word == "COPY" and "--from" not in rest:
            for source in rest.split()[:-1]:
                assert (PACKAGING.parent / source).exists(), source
    assert "://" not in UNIT.read_text()


def program(line: str, **places: str) -> list[str]:
    """The words after the program's own name, with systemd's specifiers filled in."""
    for specifier, place in places.items():
        line = line.replace(f"%{specifier}", place)
    first, *words = shlex.split(line)
    assert Path(first).name in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    return words


def entry_point() -> list[str]:
    (found,) = [rest for word, rest in instructions() if word == "ENTRYPOINT"]
    name, *words = json.loads(found)
    assert name in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    return [str(word) for word in words]


@pytest.mark.parametrize(
    ("words", "folder", "more"),
    [
        (lambda: program(unit()["Service"]["ExecStart"], S="/var/lib"), "/var/lib/countertui-ledger", {}),
        (entry_point, "/var/lib/countertui", {"host": "0.0.0.0", "port": 8443}),
    ],
    ids=["unit", "container"],
)
def test_the_command_and_its_options_are_the_programs(
    words: Callable[[], list[str]], folder: str, more: dict[str, object]
) -> None:
    commands = App(name="countertui")
    ledger.add_to(commands)
    command, bound, _ = commands.parse_args(words(), exit_on_error=False, print_error=False)
    assert command is serve
    assert bound.arguments == {"dir": Path(folder), **more}


def test_the_place_it_is_installed_to_and_its_ports_and_secrets_are_the_same_everywhere() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text()
    installed = shlex.split(unit()["Service"]["ExecStart"])[0]
    assert installed == "/opt/countertui/bin/countertui"
    assert "python3 -m venv /opt/countertui" in operations
    said = instructions()
    env = " ".join(rest for word, rest in said if word == "ENV")
    assert "PATH=/opt/countertui/bin:$PATH" in env
    assert [rest for word, rest in said if word == "EXPOSE"] == [entry_point()[-1]]
    assert [json.loads(rest) for word, rest in said if word == "VOLUME"] == [["/var/lib/countertui"]]
    assert "https://127.0.0.1:8443/v1/health" in next(rest for word, rest in said if word == "HEALTHCHECK")
    assert "/run/secrets/passphrase" in CONTAINER.read_text().split("FROM")[0], "where the command above mounts it"
    assert "COUNTERTUI_PASSPHRASE_FILE=/run/secrets/passphrase" in env


def test_the_service_runs_as_the_unit_says(tmp_path: Path) -> None:
    """It says when it is ready and when it ends, by the socket that systemd gives it, and SIGTERM ends it with 0."""
    service = unit()["Service"]
    founded(tmp_path / "state" / "countertui-ledger").close()
    secret = tmp_path / "credentials" / service["LoadCredentialEncrypted"]
    secret.parent.mkdir()
    secret.write_text(f"{PASSPHRASE}\n")
    name, _, value = service["Environment"].partition("=")
    given = {name: value.replace("%d", str(secret.parent)), "NOTIFY_SOCKET": str(tmp_path / "notify")}
    command = [*PROGRAM, *program(service["ExecStart"], S=str(tmp_path / "state"))]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(tmp_path / "notify"))
        told.settimeout(60)
        env = environment(tmp_path, **given)
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as child:
            try:
                assert (service["Type"], told.recv(100)) == ("notify", b"READY=1")
                assert child.stdout is not None
                client = LedgerClient(json.loads(child.stdout.readline())["url"])
                assert client.health()["ready"] is True
                client.close()
                child.send_signal(getattr(signal, service["KillSignal"]))
                assert told.recv(100) == b"STOPPING=1"
                assert child.wait(int(service["TimeoutStopSec"])) == 0
            finally:
                child.kill()


def test_it_tells_an_abstract_socket_too_and_nobody_where_there_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    tell(READY)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind("")  # the kernel names it
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{told.getsockname()[1:].decode()}")
        told.settimeout(5)
        tell(READY)
        assert told.recv(100) == b"READY=1"
    tell(READY)
    assert "not told" in "".join(capsys.readouterr())
