"""The locks name no host, and every package in them is held by its hashes."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
PINNED = re.compile(r"[a-z0-9-]+==[^\s;]+( ; .+)?( --hash=sha256:[0-9a-f]{64})+")


def requirements(name: str) -> list[str]:
    """Each requirement on one line, continuation lines joined."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", "")
    return [re.sub(r"\s+", " ", line) for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("name", LOCKS)
def test_no_host_and_no_path(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*(-|/|\.)(?!-hash=)", text, re.MULTILINE)
    assert " @ " not in text


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_pinned_and_hashed(name: str) -> None:
    loose = [line for line in requirements(name) if not PINNED.fullmatch(line)]
    assert loose == []
    assert len(requirements(name)) > 50


def test_the_development_lock_holds_all_of_the_other() -> None:
    # Markers differ where only the development lock's packages need one on further platforms.
    run, dev = ({re.sub(r" ;.*?(?= --hash)", "", line) for line in requirements(name)} for name in LOCKS)
    assert run <= dev
