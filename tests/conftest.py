"""What every test may use."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

import compiled_once
import in_memory
from postgres import Server, server

ROOT = Path(__file__).resolve().parent.parent

in_memory.use()
compiled_once.use()

LONGEST_FIRST = (
    "end_to_end/test_office_day.py",
    "bench",
    "end_to_end",
    "cli",
    "simulation",
    "failure_matrix",
    "test_set_up.py",
    "test_packaging.py",
    "test_imports.py",
)
"""Files and folders whose tests wait for whole programs: run first, beside those that only compute, and never last by
one worker while the others have nothing left to do."""

# No deadline: a busy machine is no fault of the code.
SLOW_IS_FINE = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("usual", max_examples=30, **SLOW_IS_FINE)
hypothesis.settings.register_profile("ci", max_examples=30, derandomize=True, **SLOW_IS_FINE)
# Of make test-rules; where others wait for what comes of it, it is the same each time.
hypothesis.settings.register_profile(
    "thorough", max_examples=200, derandomize=os.environ.get("CI") == "true", **SLOW_IS_FINE
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests by file and folder; those of one stay as they are."""
    rank = {ROOT / "tests" / name: n for n, name in enumerate(LONGEST_FIRST)}
    items.sort(
        key=lambda item: min((rank[at] for at in (item.path, *item.path.parents) if at in rank), default=len(rank))
    )


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real inputs nobody here wrote: data/ in the folder that COUNTERTUI_SHARED names, else of ../shared."""
    data = Path(os.environ.get("COUNTERTUI_SHARED", ROOT.parent / "shared")) / "data"
    if data.is_dir():
        return data
    reason = "no shared data: put shared/ beside the repository or name it in COUNTERTUI_SHARED"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server, this test process's own; see `postgres.py` beside this file."""
    with server() as running:
        yield running
