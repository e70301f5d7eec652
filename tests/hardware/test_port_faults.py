"""Faults at every command boundary over real sockets and pseudo-terminals, and at some bytes between; all of them:
`make test-devices`.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from port_faults import PortCase, at_command_boundaries, at_every_byte, at_seeded_offsets, port_wrongs

ALL = os.environ.get("DEVICE_FAULTS") == "all"
AT_ONCE = 48
"""Each case mostly waits."""


def judged(cases: list[PortCase]) -> dict[str, list[str]]:
    with ThreadPoolExecutor(AT_ONCE) as several:
        return {str(case): found for case, found in zip(cases, several.map(port_wrongs, cases), strict=True) if found}


@pytest.mark.parametrize("piece", range(4))
def test_what_is_said_is_true_whatever_strikes_at_a_command_boundary(piece: int) -> None:
    assert judged(at_command_boundaries()[piece::4]) == {}


def test_what_is_said_is_true_whatever_strikes_at_any_byte() -> None:
    assert judged(at_every_byte() if ALL else at_seeded_offsets(2026, 50)) == {}
