"""`make bench` runs, and writes what is read from it: the shape of build/bench.json, never a timing."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS_OF = {
    "first_paint": 1,
    "lookup": 7,
    "keystroke": 3,
    "sign_on": 2,
    "payment": 1,
    "receipt": 2,
    "close_and_seal": 2,
    "ledger_post": 1,
    "snapshot": 1,
    "printer_hangs": 1,
    "notices": 1,
    "licenses": 3,
    "night": 4,
    "reports": 18,
}
AT_A_TERMINAL = {"first_paint", "lookup", "keystroke", "sign_on", "snapshot", "printer_hangs"}
"""Rows that start the whole program, some of them often, and wait for it: `make test-bench` runs them, too."""
RUN = [name for name in ROWS_OF if name not in AT_A_TERMINAL or os.environ.get("BENCH_ROWS") == "all"]


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "bench/run.py", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", RUN)
def test_every_row_runs_and_is_written_beside_its_floor(tmp_path: Path, name: str) -> None:
    written = tmp_path / "made" / "bench.json"
    done = bench(name, "--tiny", "--to", str(written))
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads(written.read_text())
    assert len(rows) == ROWS_OF[name]
    for row in rows:
        assert list(row) == ["name", "floor", "value", "ratio", "goal", "unit", "detail"]
        assert row["name"] in done.stdout
        assert row["ratio"] == pytest.approx(row["value"] / row["floor"])
        assert row["floor"] > 0
        assert row["goal"] >= 1
        assert row["unit"] in {"us", "ms", "s", "B", "MB", "missed"}


def test_rows_at_a_terminal_are_rows_that_there_are() -> None:
    assert set(ROWS_OF) >= AT_A_TERMINAL


def test_without_a_name_it_is_all_of_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(ROOT)
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)  # put back at the end: it is taken out there
    run = importlib.import_module("bench.run")
    begun = []
    monkeypatch.setattr(run, "_measured", lambda name, sizes: begun.append(name) or [])
    assert run.main(["--tiny", "--to", str(tmp_path / "bench.json")]) == 0
    assert begun == list(run.TINY)
    assert set(begun) == set(ROWS_OF)


def test_a_row_of_no_known_name_is_refused_with_the_names_there_are() -> None:
    done = bench("lunch")
    assert done.returncode == 2
    assert "no such row: lunch" in done.stderr
    assert all(name in bench("--help").stdout for name in ROWS_OF)
