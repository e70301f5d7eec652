"""Check readers: every format and framing, other programs' vectors, garbage and partial bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countertui.domain.check_line import CheckLine, CheckLineRefused
from countertui.domain.micr import Micr, is_routing_number
from countertui.domain.money import Cents
from countertui.domain.refusal import Refused
from countertui.hardware.check_readers import CheckNotRead, magtek_framer, read_axiohm, read_epson, read_magtek
from countertui.hardware.framing import QUIET_MS, Framer
from thoroughly import examples

BANK = "021000021"
CHECK = CheckLine(Micr(BANK, "123456789"), "1041")


@pytest.mark.parametrize(
    ("message", "alphabet", "read"),
    [
        ("T021000021T123456789U1041", "magtek-0000", CHECK),
        ("t021000021t123456789o1041", "magtek-0001", CHECK),
        ("T021000021T123456789O1041", "magtek-0002", CHECK),
        ("PTTR021000021;AC123-456-789;CK1041", "magtek-0002", CHECK),
        ("PTTR021000021;AC123-456-789;CK1041/PENE", "magtek-0002", CHECK),
        ("TR021000021;AC123456789;CK1041/PENE", "magtek-0002", CHECK),
        ("TR021000021;AC123456789;AM0000001957;CK1041", "magtek-0002", CheckLine(CHECK.micr, "1041", Cents(19_57))),
        ("021000021/123456789/1041/1", "magtek-0000", CHECK),
        ("021000021/123456789/1041/2", "magtek-0000", CHECK),
        ("021000021/123456789/1", "magtek-0000", CheckLine(CHECK.micr, "")),
        ("021000021/123456789/1041/", "magtek-0000", CHECK),
        ("T021000021T123456789A1041", "magtek-0002", CHECK),
        ("T021000021T123456789A1041S00", "magtek-0002", CHECK),
        ("021000021123456789 1041  19.57", "magtek-0000", None),  # 64xx: where the account ends would be a guess
        ("0210000211234567891041", "magtek-0000", None),
        ("!021000021/123456789/1041/0000001957", "magtek-0000", CheckLine(CHECK.micr, "1041", Cents(19_57))),
        ("!021000021/123456789/1041/", "magtek-0000", CHECK),
    ],
)
def test_each_format_of_magtek_is_read(message: str, alphabet: str, read: CheckLine | None) -> None:
    if read is None:
        with pytest.raises(CheckLineRefused):
            read_magtek(message, alphabet)
    else:
        assert read_magtek(message, alphabet) == read


@pytest.mark.parametrize(
    ("message", "fault", "said"),
    [
        ("", CheckNotRead, "no line on that paper"),
        ("?", CheckNotRead, "no line on that paper"),
        ("No MICR", CheckNotRead, "no line on that paper"),
        ("0/", CheckNotRead, "no line on that paper"),
        ("PTTR444455556;AC999-222-3;CK11045", CheckLineRefused, "check digit"),  # the manual's own example
        ("TR02100002?;AC123456789;CK1041/PETR", CheckLineRefused, "not legible"),
        ("TR;AC123456789;CK1041/PETR", CheckLineRefused, "check digit"),
        ("T02100?021T123456789A1041S9", CheckLineRefused, "not legible"),
        ("12345-678/123456789/1041/1", CheckLineRefused, "Canadian"),
        ("?FC", CheckLineRefused, "no line of a check"),
    ],
)
def test_what_is_no_check_is_said(message: str, fault: type[Refused], said: str) -> None:
    with pytest.raises(fault, match=said):
        read_magtek(message, "magtek-0000")


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"", b""), (b"", b"\r"), (b"", b"\r\n"), (b"\x1b", b""), (b"\x1b", b"\r"), (b"\x02", b"\x03")],
)
@given(st.lists(st.integers(1, 30), max_size=6))
def test_however_it_is_framed_and_in_whatever_pieces_it_comes(before: bytes, after: bytes, sizes: list[int]) -> None:
    sent = (before + b"T021000021T123456789O1041" + after) * 2
    framer, read, at, now = magtek_framer(), [], 0, 0
    if not after:  # only silence ends it: one check at a time
        sent = sent[: len(sent) // 2]
    for size in [*sizes, len(sent)]:
        read += framer.feed(sent[at : at + size], now)
        at, now = at + size, now + QUIET_MS // 2
    read += framer.settle(now + QUIET_MS)
    assert read == ["T021000021T123456789O1041"] * (2 if after else 1)
    assert framer.dropped == 0


def test_a_line_with_a_damaged_byte_is_dropped_whole_and_counted() -> None:
    framer = magtek_framer()
    assert framer.feed(b"T0210000\x9921T123456789O1041\rT021000021T123456789O1041\r", 0) == [
        "T021000021T123456789O1041"
    ]
    assert framer.dropped == 26


def test_half_a_line_then_silence_is_no_part_of_the_next_check() -> None:
    framer = magtek_framer()
    assert framer.feed(b"T0210000", 0) == []
    assert framer.feed(b"T021000021T1234O1041\r", QUIET_MS) == ["T0210000", "T021000021T1234O1041"]
    with pytest.raises(Refused):
        read_magtek("T0210000", "magtek-0002")


def test_a_reader_gone_mad_takes_no_memory() -> None:
    framer = Framer(100)
    for at in range(1000):
        assert framer.feed(b"9" * 1000, at) == []
    assert len(framer._held) <= 200
    assert framer.feed(b"\rT1\r", 1000) == ["T1"]
    assert framer.dropped == 1_000_000


@settings(max_examples=examples(200))
@given(st.binary(max_size=300), st.lists(st.integers(0, 400), max_size=5))
def test_garbage_is_dropped_and_counted_or_refused_and_never_read_as_another_check(
    data: bytes, times: list[int]
) -> None:
    framer, now, kept = magtek_framer(), 0, 0
    pieces = max(len(times), 1)
    for at in range(pieces):
        now += times[at] if times else 0
        for message in framer.feed(data[at * len(data) // pieces : (at + 1) * len(data) // pieces], now):
            kept += len(message)
            assert message.isprintable()
            try:
                assert is_routing_number(read_magtek(message, "magtek-0000").micr.routing)
            except Refused:
                continue
    assert kept + framer.dropped <= len(data)


@pytest.mark.parametrize(
    ("reply", "read"),
    [
        (b"\x5f\x40T021000021T123456789U1041\x00", CHECK),
        (b"\x5f\x41T021000021T123456789U1041\x00", CHECK),
        (b"\x5f\x60\x00", "could not be read"),
        (b"\x5f\x70\x00", "could not be read"),
        (b"\x5f\x40T021000021T123456789U1041", "cut off"),
        (b"\x5f\x40" + b"1" * 70 + b"\x00", "cut off"),
        (b"\x5f\x00T021000021T123456789U1041\x00", "cut off"),
        (b"\x40", "cut off"),
        (b"", "cut off"),
        (b"\x5f\x40T0210000\xb221T123456789U1041\x00", "no line"),
    ],
)
def test_the_reply_of_an_epson_printer(reply: bytes, read: CheckLine | str) -> None:
    if isinstance(read, str):
        with pytest.raises(Refused, match=read):
            read_epson(reply, "magtek-0000")
    else:
        assert read_epson(reply, "magtek-0000") == read


@pytest.mark.parametrize(
    ("reply", "read"),
    [
        (b"\x00)021000021)123456789(1041\r", CHECK),
        (b"\x01\r", "could not be read"),
        (b"\x02\r", "no check in the reader"),
        (b"\x03\r", "jammed"),
        (b"\x04\r", "no magnetic line"),
        (b"\x09\r", "could not be read"),
        (b"\x00)021000021)123456789(1041", "cut off"),
        (b"", "cut off"),
    ],
)
def test_the_reply_of_an_axiohm_printer(reply: bytes, read: CheckLine | str) -> None:
    if isinstance(read, str):
        with pytest.raises(Refused, match=read):
            read_axiohm(reply)
    else:
        assert read_axiohm(reply) == read


@given(st.binary(max_size=80))
def test_any_reply_is_read_or_refused(reply: bytes) -> None:
    for read in (lambda: read_epson(reply, "upos"), lambda: read_axiohm(reply)):
        try:
            assert is_routing_number(read().micr.routing)
        except Refused:
            continue
