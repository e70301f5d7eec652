"""The unit and the container file: whole, hardened, and with nobody's address in them."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

PACKAGING = Path(__file__).parents[1] / "packaging"
UNIT = PACKAGING / "countertui-ledger.service"
CONTAINER = PACKAGING / "Containerfile"


def unit() -> ConfigParser:
    parser = ConfigParser(interpolation=None, strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names are case-sensitive
    parser.read_string(UNIT.read_text())
    return parser


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
