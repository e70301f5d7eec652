"""Identity cards: published samples, the PDF417 there and back, another parser's opinion, nothing but the form's."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import aamva_parser
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from countertui.domain.device_reads import CardHolder
from countertui.hardware.aamva import CardNotRead, is_card, read_card
from countertui.hardware.scanners import read_scan, scan_framer
from thoroughly import examples

VERSION_1, VERSION_10 = "aamva_v1_spec_sample_MIT.txt", "aamva_v10_spec_sample_MIT.txt"
HEADER = "@\n\x1e\rANSI 636000{version}0101DL00310278DL"


@pytest.fixture
def sample(shared_data: Path):
    def read(name: str) -> str:
        return (shared_data / "aamva" / name).read_bytes().decode("ascii")

    return read


def card(*elements: str, version: str = "10") -> str:
    return HEADER.format(version=version) + "\n".join(elements) + "\r"


def test_the_published_samples_are_read(sample) -> None:
    assert read_card(sample(VERSION_10)) == CardHolder(
        "MICHAEL", "JOHN", "SAMPLE", "JR", "2300 WEST BROAD STREET", "RICHMOND", "VA", "23269", born="1986-06-06"
    )
    assert read_card(sample(VERSION_1)) == CardHolder(
        "JOHN", "Q", "PUBLIC", "", "123 MAIN STREET", "ANYTOWN", "VA", "12345-9999", born="1976-11-23"
    )


@pytest.mark.parametrize("name", [VERSION_1, VERSION_10])
def test_another_parser_is_of_the_same_opinion(sample, name: str) -> None:
    text = sample(name)
    ours, theirs = read_card(text), aamva_parser.parse(text)
    assert (ours.first, ours.middle, ours.last) == (theirs.first_name, theirs.middle_name, theirs.last_name)
    assert (ours.street, ours.city, ours.state) == (theirs.street_address, theirs.city, theirs.state)
    assert ours.postal_code.replace("-", "") in {theirs.postal_code, theirs.postal_code.removesuffix("0000")}


@pytest.mark.parametrize("name", [VERSION_1, VERSION_10])
@pytest.mark.parametrize("before", [b"", b"]L2"])
def test_from_the_code_on_the_card_through_the_scanners_line(sample, name: str, before: bytes) -> None:
    text = sample(name)
    code = zxingcpp.create_barcode(text.encode("ascii"), zxingcpp.BarcodeFormat.PDF417)
    (seen,) = zxingcpp.read_barcodes(code.to_image(scale=3))
    assert seen.bytes == text.encode("ascii")
    framer = scan_framer()
    sent = before + seen.bytes + b"\r\n"
    assert framer.feed(sent[:100], 0) == []
    assert framer.feed(sent[100:], 100) == []
    (message,) = framer.settle(1000)
    scan = read_scan(message)
    assert scan is not None
    assert (scan.card, scan.symbology) == (True, "PDF417" if before else "")
    assert read_card(scan.text) == read_card(text)


def test_only_what_a_form_needs_comes_out(sample) -> None:
    text = sample(VERSION_10)
    assert [field.name for field in fields(CardHolder)] == [
        "first",
        "middle",
        "last",
        "suffix",
        "street",
        "city",
        "state",
        "postal_code",
        "cut",
        "born",
    ]
    held = " ".join(str(getattr(read_card(text), field.name)) for field in fields(CardHolder))
    for secret in ("T64235789", "06061986", "12102024", "2424244747474786102204", "068", "DAYBRO", "123456789"):
        assert secret in text
        assert secret not in held
    assert repr(read_card(text)) == "CardHolder(...)"
    assert "SAMPLE" not in repr(read_scan(text))


def test_values_that_look_like_names_of_elements_mislead_nobody() -> None:
    read = read_card(card("DAQX1", "DAG12 DACIA DCSIDE ROAD", "DCSDADE", "DACDAISY", "DADDAK", "DAIDAJON", "DAJVA"))
    assert (read.first, read.middle, read.last) == ("DAISY", "DAK", "DADE")
    assert (read.street, read.city) == ("12 DACIA DCSIDE ROAD", "DAJON")


@pytest.mark.parametrize(
    ("elements", "version", "names"),
    [
        (("DCSDOE", "DCTJANE MARIE"), "03", ("JANE", "MARIE", "DOE", "")),
        (("DCSDOE", "DCTJANE,MARIE"), "02", ("JANE", "MARIE", "DOE", "")),
        (("DAADOE,JANE",), "01", ("JANE", "", "DOE", "")),
        (("DAADOE,JANE,M,JR,X",), "01", ("JANE", "M", "DOE", "JR")),
        (("DCSDOE", "DACJANE", "DADNONE", "DCUunavl"), "09", ("JANE", "", "DOE", "")),
        (("DCSDOE",), "10", ("", "", "DOE", "")),
        (("DCS  VAN  DER  BERG ", "DACJ"), "10", ("J", "", "VAN DER BERG", "")),
    ],
)
def test_names_of_each_version(elements: tuple[str, ...], version: str, names: tuple[str, ...]) -> None:
    read = read_card(card(*elements, version=version))
    assert (read.first, read.middle, read.last, read.suffix) == names
    assert read.name == " ".join(part for part in (names[0], names[1], names[2], names[3]) if part)


@pytest.mark.parametrize(
    ("written", "read"),
    [("232690000  ", "23269"), ("232691234", "23269-1234"), ("23269", "23269"), ("K1A 0B1", "K1A 0B1")],
)
def test_postal_codes(written: str, read: str) -> None:
    assert read_card(card("DCSDOE", f"DAK{written}")).postal_code == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("06061986", "1986-06-06"),
        ("19860606", "1986-06-06"),
        ("12101962", "1962-12-10"),
        ("20011231", "2001-12-31"),
        ("02301986", ""),
        ("00000000", ""),
        ("6061986", ""),
        ("NONE", ""),
        ("0606198X", ""),
    ],
)
def test_birth_dates_as_either_country_writes_them(written: str, read: str) -> None:
    assert read_card(card("DCSDOE", f"DBB{written}")).born == read


def test_a_name_that_was_cut_to_fit_is_told() -> None:
    assert read_card(card("DCSDOE", "DDET")).cut
    assert not read_card(card("DCSDOE", "DDEN", "DDFU")).cut


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "4006381333931",
        "@\n\x1e\rANSI 636000",
        card("DAQX1"),
        card(),
        card("DCSNONE"),
        "@\n" * 900 + card("DCSDOE"),
    ],
)
def test_what_names_nobody_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(CardNotRead) as refusal:
        read_card(text)
    assert "636000" not in str(refusal.value)


@pytest.mark.parametrize("cut_at", [60, 100, 150])
def test_half_a_card_says_less_and_nothing_wrong(sample, cut_at: int) -> None:
    whole, text = read_card(sample(VERSION_10)), sample(VERSION_10)[:cut_at]
    try:
        read = read_card(text)
    except CardNotRead:
        return
    assert all(
        str(getattr(whole, f.name)).startswith(str(getattr(read, f.name)))
        for f in fields(CardHolder)
        if f.name != "cut"
    )


@settings(max_examples=examples(150))
@given(st.text(st.sampled_from("@\n\r\x1e\x1dANSI 0123456789DLCSAGHKTU"), max_size=120), st.booleans())
def test_any_scan_is_a_card_or_not(text: str, begins: bool) -> None:
    text = HEADER.format(version="10") + text if begins else text
    if not is_card(text):
        with pytest.raises(CardNotRead):
            read_card(text)
        return
    try:
        assert read_card(text).last
    except CardNotRead:
        return
