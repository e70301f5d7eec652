"""A sample of every fault at every byte, in memory; all of them: `make test-devices`."""

import os

import pytest

from fault_sweep import KINDS, Case, cases, kick_cases, kick_wrongs, longest, sample, wrongs

ALL = os.environ.get("DEVICE_FAULTS") == "all"
SLICES = 16
"""The whole sweep in pieces, for as many workers as there are."""


def chosen(whole: list[Case], how_many: int, piece: int) -> list[Case]:
    return (whole if ALL else sample(iter(whole), 6, how_many))[piece::SLICES]


@pytest.fixture(scope="module")
def jobs() -> list[Case]:
    return list(cases())


@pytest.fixture(scope="module")
def kicks() -> list[Case]:
    return list(kick_cases())


@pytest.mark.parametrize("piece", range(SLICES))
def test_what_is_said_of_a_job_is_true_of_the_paper_whatever_struck_it(jobs: list[Case], piece: int) -> None:
    assert {str(case): found for case in chosen(jobs, 400, piece) if (found := wrongs(case))} == {}


@pytest.mark.parametrize("piece", range(SLICES))
def test_no_drawer_kick_is_lost_or_doubled_whatever_struck_it(kicks: list[Case], piece: int) -> None:
    assert {str(case): found for case in chosen(kicks, 200, piece) if (found := kick_wrongs(case))} == {}


def test_the_sweep_holds_every_kind_of_printer_and_every_byte(jobs: list[Case]) -> None:
    assert {case.kind.name for case in jobs} == {kind.name for kind in KINDS}
    assert max(case.at for case in jobs) == max(map(longest, KINDS))
