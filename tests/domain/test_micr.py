"""The magnetic line of a check: what is read of it, and what is refused without being repeated."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.micr import Micr, MicrRefused, begins_a_line, is_routing_number, read_micr

ROUTING = "021000021"


@pytest.mark.parametrize(
    ("typed", "account"),
    [
        ("021000021 000123456789", "000123456789"),
        (" 021000021/123456 ", "123456"),
        ("⑆021000021⑆ 12⑉3456⑈ 1041", "123456"),
        ("T021000021T 123456U 1041", "123456"),
        ("t021000021t123456u1041", "123456"),
        (":021000021: 12-345 67<", "1234567"),
    ],
)
def test_a_line_is_read_as_typed_or_as_a_reader_writes_it(typed: str, account: str) -> None:
    assert read_micr(typed) == Micr(ROUTING, account)


def test_nothing_typed_is_no_line() -> None:
    assert read_micr("  ") is None


@pytest.mark.parametrize(
    "typed",
    [
        "021000021",
        "021000022 123456",
        "021000021 12",
        "021000021 123456789012345678",
        "02100002 123456",
        "000000000 123456",
        "0210000211 23456",
        "021000021 12x456",
        "٠٢١٠٠٠٠٢١ 123456",
    ],
)
def test_what_is_no_line_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(MicrRefused) as refusal:
        read_micr(typed)
    assert not any(part in str(refusal.value) for part in typed.split())


@pytest.mark.parametrize(
    ("account", "shown"),
    [("123", "••3"), ("1234567", "••567"), ("12345678", "••5678"), ("12345678901234567", "••4567")],
)
def test_a_masked_line_shows_enough_to_recognise_and_too_little_to_use(account: str, shown: str) -> None:
    assert Micr(ROUTING, account).masked == f"{ROUTING} {shown}"


@given(st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_numbers_begin_as_those_of_banks_do(eight: str) -> None:
    digits = eight + str(-sum(w * int(d) for w, d in zip((3, 7, 1, 3, 7, 1, 3, 7), eight, strict=True)) % 10)
    district = int(digits[:2]) in {*range(13), *range(21, 33), *range(61, 73), 80}
    assert is_routing_number(digits) is (district and digits != "0" * 9)


def test_the_routing_numbers_in_banks_own_files_fit(shared_data: Path) -> None:
    """Entries (record type 6) of Nacha files: the receiving bank's eight digits and the check digit."""
    found = {
        line[3:12]
        for path in (shared_data / "payments_ach").glob("*.ach")
        for line in path.read_text(encoding="ascii", errors="replace").splitlines()
        if line.startswith("6") and line[3:12].isdigit()
    }
    assert len(found) >= 4
    unfit = {digits for digits in found if not is_routing_number(digits)}
    assert unfit == set()


def test_no_numbers_reach_a_log() -> None:
    assert repr(Micr(ROUTING, "123456")) == "Micr(...)"


@pytest.mark.parametrize("digits", [ROUTING, "011401533", "091000019", "122105155"])
def test_published_routing_numbers_fit(digits: str) -> None:
    assert is_routing_number(digits)


@given(st.integers(0, 8), st.integers(1, 9))
def test_any_one_digit_mistyped_is_noticed(at: int, by: int) -> None:
    wrong = str((int(ROUTING[at]) + by) % 10)
    assert not is_routing_number(ROUTING[:at] + wrong + ROUTING[at + 1 :])


@given(st.integers(0, 7), st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_two_neighbours_exchanged_are_noticed_unless_they_differ_by_five(at: int, eight: str) -> None:
    digits = eight + str(-sum(w * int(d) for w, d in zip((3, 7, 1, 3, 7, 1, 3, 7), eight, strict=True)) % 10)
    swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    if is_routing_number(digits) and (int(digits[at]) - int(digits[at + 1])) % 5:
        assert not is_routing_number(swapped)


@given(st.text())
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    try:
        found = read_micr(typed)
    except MicrRefused:
        return
    assert found is None or (is_routing_number(found.routing) and found.account.isascii())


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("021000021 4012888888881881", True),
        ("T021000021T", True),
        ("021000022 4012888888881881", False),
        ("4012888888881881", False),
        ("4012 8888 8888 1881", False),
        ("021000021", False),
    ],
)
def test_only_what_begins_like_a_check_is_kept_from_the_card_guard(text, begins):
    assert begins_a_line(text) is begins
