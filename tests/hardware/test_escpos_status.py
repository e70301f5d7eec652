"""What a printer says back: Epson's published replies, and anything at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.hardware.escpos_status import (
    UNKNOWN,
    Asb,
    FlowControl,
    Information,
    InOrder,
    PrinterStatus,
    ProcessId,
    RealTime,
    ReplyReader,
    from_asb,
    with_paper_sensor,
    with_real_time,
)


def _status_of(four: bytes) -> PrinterStatus:
    status = UNKNOWN
    for n, value in zip((1, 2, 3, 4), four, strict=True):
        status = with_real_time(status, n, value)
    return status


@pytest.mark.parametrize(
    ("four", "word", "online"),
    [
        (b"\x12\x12\x12\x12", "ok", "online"),
        (b"\x1a\x32\x12\x7e", "paper out", "offline"),
        (b"\x1a\x16\x12\x12", "cover open", "offline"),
        (b"\x12\x12\x12\x1e", "paper low", "online"),
        (b"\x1a\x52\x1a\x12", "cutter jammed", "offline"),
        (b"\x1a\x52\x32\x12", "printer error", "offline"),
        (b"\x1a\x12\x12\x12", "offline", "offline"),
    ],
)
def test_the_four_real_time_answers_say_what_is_wrong(four: bytes, word: str, online: str) -> None:
    assert all(reply == RealTime(value) for reply, value in zip(ReplyReader().feed(four), four, strict=True))
    assert _status_of(four).word == word
    assert _status_of(four).online == online


def test_unknown_is_never_ok() -> None:
    assert UNKNOWN.word == "unknown"
    assert UNKNOWN.trouble == ""
    assert with_real_time(UNKNOWN, 1, 0x12).word == "unknown", "online, but nothing known of the paper"
    assert with_real_time(UNKNOWN, 7, 0x12) == UNKNOWN


def test_automatic_status_is_told_apart_from_everything_else_in_any_pieces() -> None:
    said = b"\x12\x10\x00\x00\x00\x37\x22AB12\x00\x11\x1c\x20\x0c\x00\x00\x5fTM-T88V\x00\x0f"
    replies = [
        RealTime(0x12),
        Asb(b"\x10\x00\x00\x00"),
        ProcessId(b"AB12"),
        FlowControl(0x11),
        Asb(b"\x1c\x20\x0c\x00"),
        InOrder(0x00),
        Information(0x5F, b"TM-T88V"),
        InOrder(0x0F),
    ]
    for size in (1, 2, 3, 7, len(said)):
        reader = ReplyReader()
        heard = [reply for start in range(0, len(said), size) for reply in reader.feed(said[start : start + size])]
        assert heard == replies
        assert reader.dropped == 0


def test_automatic_status_says_cover_paper_fault_and_drawer() -> None:
    assert from_asb(b"\x10\x00\x00\x00") == PrinterStatus("online", "closed", "ok", "none", "low")
    assert from_asb(b"\x3c\x20\x0c\x00") == PrinterStatus("offline", "open", "out", "unrecoverable", "high")
    assert from_asb(b"\x10\x00\x03\x00").word == "paper low"
    assert from_asb(b"\x18\x08\x00\x00").word == "cutter jammed"
    assert with_paper_sensor(UNKNOWN, 0x0F).paper == "out"
    assert with_paper_sensor(UNKNOWN, 0x03).paper == "low"


def test_a_broken_off_automatic_status_is_dropped_and_counted() -> None:
    reader = ReplyReader()
    assert reader.feed(b"\x10\x00\x12") == [RealTime(0x12)]
    assert reader.dropped == 2
    assert reader.feed(b"\xff\x80") == []
    assert reader.dropped == 4


def test_a_block_without_end_is_dropped_and_reading_goes_on() -> None:
    reader = ReplyReader()
    assert reader.feed(b"\x5f" + b"x" * 100) == []
    assert reader.dropped == 101
    assert reader.feed(b"\x12") == [RealTime(0x12)]


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_no_bytes_ever_break_the_reader(pieces: list[bytes]) -> None:
    reader, whole = ReplyReader(), ReplyReader()
    in_pieces = [reply for piece in pieces for reply in reader.feed(piece)]
    assert in_pieces == whole.feed(b"".join(pieces))
    assert reader.dropped == whole.dropped
    status = UNKNOWN
    for reply in in_pieces:
        match reply:
            case RealTime(value=value):
                for n in range(6):
                    status = with_real_time(status, n, value)
            case Asb(four=four):
                status = from_asb(four)
            case InOrder(value=value):
                status = with_paper_sensor(status, value)
            case _:
                pass
    assert status.word
