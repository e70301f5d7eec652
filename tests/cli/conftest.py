"""One demo city for all, made by the real program; a copy of it for whoever writes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from cli_city import ACCOUNTS, PROGRAM, City, environment, real_city, take_payments


@pytest.fixture(scope="session")
def demo_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A demo city nobody writes to."""
    folder = tmp_path_factory.mktemp("cli") / "city"
    command = [*PROGRAM, "demo", "--dir", str(folder), "--accounts", str(ACCOUNTS), "--headless"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(folder.parent)) as making:
        assert making.stdout is not None
        assert json.loads(making.stdout.readline())["ledger"]["ledger"].startswith("DEMO")
        making.terminate()
        assert making.wait(timeout=30) == 0
    return City(folder)


@pytest.fixture(scope="session")
def worked_city(demo_city: City, tmp_path_factory: pytest.TempPathFactory) -> City:
    """A demo city with three receipts and an open drawer, nothing sealed; nobody writes to it."""
    city = demo_city.copy(tmp_path_factory.mktemp("worked") / "city")
    take_payments(city)
    return city


@pytest.fixture(scope="session")
def made_real_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A city that is no demo; nobody writes to it."""
    return real_city(tmp_path_factory.mktemp("real") / "city")


@pytest.fixture
def city(worked_city: City, tmp_path: Path) -> City:
    """A copy of the worked city for one test."""
    return worked_city.copy(tmp_path / "city")


@pytest.fixture
def real(made_real_city: City, tmp_path: Path) -> City:
    """A copy of the real city for one test."""
    return made_real_city.copy(tmp_path / "city")
