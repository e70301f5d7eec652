"""Check lines: published vectors, every alphabet, and what is refused without being repeated."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.check_line import ALPHABETS, CheckLine, CheckLineRefused, checked_line, read_check_line
from countertui.domain.micr import Micr, is_routing_number
from countertui.domain.money import Cents

BANK = "021000021"


@pytest.mark.parametrize(
    ("line", "alphabet", "read"),
    [
        # MagTek Excella: a business check, its number left of transit; of the account's blanks nothing is the number.
        (
            "U0049424770U T061112788T 329 975 3808U",
            "magtek-0000",
            CheckLine(Micr("061112788", "3299753808"), "0049424770", None, business=True),
        ),
        # micrtools: all four fields.
        (
            "c001468c d026010757d 143804c b0000012090b",
            "micrtools",
            CheckLine(Micr("026010757", "143804"), "001468", Cents(120_90), business=True),
        ),
        # The layout of UPOS' RawData, with a routing number that fits.
        (
            "2t021000021t123 4 567890o 123 a0000001957a",
            "upos",
            CheckLine(Micr(BANK, "1234567890"), "123", Cents(19_57)),
        ),
        ("T021000021T 12-3456-7O1041", "magtek-0000", None),
        ("T021000021T12D3456D7O1041", "magtek-0002", CheckLine(Micr(BANK, "1234567"), "1041")),
        ("t021000021t12d3456d7o1041", "magtek-0001", CheckLine(Micr(BANK, "1234567"), "1041")),
        ("A021000021A12D3456D7C1041", "honeywell", CheckLine(Micr(BANK, "1234567"), "1041")),
        (")021000021)12'3456'7(1041", "axiohm", CheckLine(Micr(BANK, "1234567"), "1041")),
        # The number before the account, apart by a blank or a dash.
        ("T021000021T1041 123456789U", "magtek-0000", CheckLine(Micr(BANK, "123456789"), "1041")),
        ("T021000021T1041-123456789U", "magtek-0000", CheckLine(Micr(BANK, "123456789"), "1041")),
        ("T021000021T123456789U 12", "magtek-0000", CheckLine(Micr(BANK, "123456789"), "12")),
        # A symbol on each side of the account, and one between number and account.
        ("t021000021t o0123456789o 1041", "upos", CheckLine(Micr(BANK, "0123456789"), "1041")),
        ("t021000021t1041o0123456789o", "upos", CheckLine(Micr(BANK, "0123456789"), "1041")),
        # What is not read of the number or the amount leaves them out; the rest stands.
        ("T021000021T123456U1?41", "magtek-0000", CheckLine(Micr(BANK, "123456"), "")),
        ("U00?U T021000021T1041 123456U", "magtek-0000", CheckLine(Micr(BANK, "1041123456"), "", business=True)),
        ("T021000021T123456U1041$00000?1957$", "magtek-0000", CheckLine(Micr(BANK, "123456"), "1041")),
    ],
)
def test_a_line_is_taken_apart(line: str, alphabet: str, read: CheckLine | None) -> None:
    if read is None:
        with pytest.raises(CheckLineRefused, match="as this reader writes it"):
            read_check_line(line, alphabet)
    else:
        assert read_check_line(line, alphabet) == read


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2T123456789T123 4 567890U 123 $0000001957$", "does not fit its check digit"),  # UPOS' own, wrong on purpose
        ("T02100002?T123456U1041", "routing number is not legible"),
        ("T021000021T12?456U1041", "account number is not legible"),
        ("T12345-678T123456U1041", "Canadian"),
        ("T021000021TU1041", "no account number"),
        ("T021000021T12U1041", "no account number"),
        ("T021000021T123456789012345678U1041", "no account number"),
        ("T000000000T123456U1041", "check digit"),
        ("T021000021", "no line"),
        ("", "no line"),
        ("T021000021T123456U1041" + " " * 100, "no line"),
        ("T021000021T12\x1b456U1041", "no line"),
        ("T٠٢١٠٠٠٠٢١T123456U1041", "no line"),
    ],
)
def test_what_money_can_not_be_taken_on_is_refused_and_not_repeated(line: str, said: str) -> None:
    with pytest.raises(CheckLineRefused, match=said) as refusal:
        read_check_line(line, "magtek-0000")
    assert not any(digits in str(refusal.value) for digits in ("02100002", "123456", "1041"))


def test_the_reference_of_all_glyphs_is_in_an_alphabet(shared_data: Path) -> None:
    glyphs = (shared_data / "micr_ocr" / "micr_ref.gt.txt").read_text(encoding="utf-8").strip()
    assert glyphs == "1234567890TUAD"
    assert ALPHABETS["magtek-0000"].ours(glyphs[:12]) == "1234567890TU"


ACCOUNTS = st.from_regex(r"[0-9]{6,17}", fullmatch=True)
NUMBERS = st.from_regex(r"[0-9]{3,8}", fullmatch=True)


@given(st.sampled_from(sorted(ALPHABETS)), ACCOUNTS, NUMBERS, st.integers(0, 10**10 - 1), st.booleans())
def test_what_one_device_writes_every_other_would_read_the_same(
    name: str, account: str, number: str, cents: int, business: bool
) -> None:
    letters = ALPHABETS[name]
    t, u, a = letters.transit, letters.on_us, letters.amount
    line = f"{t}{BANK}{t}{account}{u} {'' if business else number} {a}{cents:010}{a}"
    if business:
        line = f"{u}{number}{u} {line}"
    assert read_check_line(line, name) == CheckLine(Micr(BANK, account), number, Cents(cents), business)


@given(st.text("0123456789TUOADtoad$-?() &'bc\x1b\r", max_size=120), st.sampled_from(sorted(ALPHABETS)))
def test_whatever_a_reader_sends_is_read_or_refused(line: str, name: str) -> None:
    try:
        read = read_check_line(line, name)
    except CheckLineRefused:
        return
    assert is_routing_number(read.micr.routing)
    assert read.micr.account.isdigit()
    assert read.number == "" or read.number.isdigit()


def test_a_line_taken_apart_elsewhere_is_held_to_the_same_rules() -> None:
    assert checked_line(BANK, "12-3456", "1041") == CheckLine(Micr(BANK, "123456"), "1041")
    with pytest.raises(CheckLineRefused):
        checked_line("021000022", "123456", "1041")


def test_no_numbers_reach_a_log() -> None:
    assert "123456" not in repr(read_check_line("T021000021T123456U1041", "magtek-0000"))
