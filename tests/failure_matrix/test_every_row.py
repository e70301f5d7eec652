"""Every row of the failure matrix has its tests here, by name."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROWS = range(1, 29)
"""The failure matrix of reference/journal-and-sync.md, section 9."""
_NAMED = re.compile(r"test_row_(\d\d)_\w+")


def test_every_row_has_a_test_by_its_number() -> None:
    found = {int(row) for path in Path(__file__).parent.glob("test_*.py") for row in _rows_of(path)}
    assert sorted(set(ROWS) - found) == []
    assert sorted(found - set(ROWS)) == []


def _rows_of(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [match[1] for function in functions if (match := _NAMED.fullmatch(function.name))]
