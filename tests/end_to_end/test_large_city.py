"""A demo city larger than the usual one: how far it is can be seen while it is made, and the counter works on it."""

from __future__ import annotations

from pathlib import Path

from end_to_end.large_city import first_day

ACCOUNTS = 11_000
"""Twice the usual city; `make test-million` does the same with a million."""


def test_a_larger_city_shows_how_far_it_is_and_takes_a_payment(tmp_path: Path) -> None:
    seen = first_day(tmp_path / "city", ACCOUNTS, people=1)
    # Which steps are seen depends on how quick the machine is; tests/demo holds each of them to be told.
    assert len(seen.bar) > 1
    assert max(rows for _, rows in seen.bar) >= ACCOUNTS // 2
    assert "CHANGE 0.00" in seen.receipt
