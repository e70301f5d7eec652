"""Where commands end, and a job cut into pieces between its lines."""

from hypothesis import given
from hypothesis import strategies as st

from countertui.hardware.escpos_commands import command_length, commands, windows

COMMANDS = [
    b"\x1b@", b"\x1bt\x13", b"\x1ba\x01", b"\x1bd\x03", b"\x1dV\x01", b"\x1dV\x42\x00", b"\x1b!\x00", b"\x1d!\x11",
    b"\x1d(k\x03\x00\x31\x51\x30", b"\x1d(H\x06\x00\x30\x30abcd", b"\x1dk\x49\x04{Bab", b"\x1dk\x02123\x00",
    b"\x1dv0\x00\x02\x00\x02\x00\n\n\n\n", b"\x1b*\x21\x02\x00\n\n\n\n\n\n", b"\x1b*\x00\x02\x00\n\n",
    b"\x1bp\x00\x19\xfa", b"\x10\x04\x01", b"\x10\x04\x08\x01", b"\x10\x14\x01\x00\x01",
    b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
    b"\x1ca0\x00", b"\x1ca1", b"\x1bw\x01", b"\x1bwp12\r", b"\x1bc0\x04", b"\x1bf\x01\x0a", b"\x1d(G\x02\x00\x30\x44",
]  # fmt: skip
JOBS = st.lists(st.one_of(st.sampled_from([*COMMANDS, b"\n", b"\n"]), st.sampled_from([b"a", b"\xff"])), max_size=60)


@given(JOBS)
def test_a_job_is_taken_apart_into_the_commands_it_was_made_of(parts: list[bytes]) -> None:
    assert list(commands(b"".join(parts))) == parts


def test_a_length_is_not_told_before_it_can_be_known() -> None:
    for command in COMMANDS:
        told = [command_length(command[:length]) for length in range(len(command) + 1)]
        assert told[-1] == len(command)
        assert set(told) <= {None, len(command)} or command.startswith((b"\x10", b"\x1bw", b"\x1ca")), command


@given(JOBS, st.integers(1, 40))
def test_pieces_are_the_job_and_end_with_a_line(parts: list[bytes], most: int) -> None:
    job = b"".join(parts)
    pieces = list(windows(job, most))
    assert b"".join(pieces) == job
    assert all(pieces)
    line_ends, at = {0}, 0
    for part in parts:
        at += len(part)
        if part == b"\n":
            line_ends.add(at)
    at = 0
    for piece in pieces[:-1]:
        at += len(piece)
        assert at in line_ends
        assert len(piece) <= most or not any(at - len(piece) < end < at for end in line_ends)


@given(st.binary(max_size=300), st.integers(1, 50))
def test_any_bytes_are_cut_without_loss(job: bytes, most: int) -> None:
    assert b"".join(windows(job, most)) == job


def test_what_is_not_known_is_not_cut() -> None:
    job = b"line\n" * 10 + b"\x1b\x01" + b"line\n" * 10
    assert len(list(windows(job, 10))[-1]) > 50
