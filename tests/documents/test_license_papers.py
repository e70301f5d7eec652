"""Certificates, notices and labels: all of it is text in the file, in order, and other programs read the codes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from countertui.documents.license_papers import (
    Certificate,
    Letterhead,
    Notice,
    certificate_pdf,
    labels_pdf,
    notices_pdf,
)
from countertui.domain.money import Cents
from countertui.domain.postal import postal_key

MADE_AT = 1_795_424_400
CERTIFICATE = Certificate(
    ledger_id="FERNHOLLOW",
    city="City of Fernhollow",
    number="L-001234",
    business="Muñoz & Søn #1 *Tacos*",
    owner="Ann Muñoz",
    premises=("12 Main St", "Fernhollow OR 97000"),
    license_class="Food truck",
    begins="2027-01-01",
    ends="2027-12-31",
    issued="2026-12-05",
    claim="CTUI2:" + "A1B2" * 60,
    told=("Not transferable.",),
    address="https://pay.example.gov/license",
)
NOTICE = Notice(
    number="L-001234",
    business="Kim's Tacos",
    to=("Kim's Tacos", "PO Box 7", "Fernhollow OR 97000-0007"),
    premises="12 Main St",
    license_class="Food truck",
    begins="2027-01-01",
    ends="2027-12-31",
    lines=(("Business license", Cents(100_00)), ("State fee", Cents(4_00))),
    total=Cents(104_00),
    due="2027-01-31",
    scanned="L-001234",
    later=(("2027-02-01", Cents(114_00)),),
)
LETTERHEAD = Letterhead("FERNHOLLOW", "City of Fernhollow", ("City Hall", "1 Fern Street"), "Thank you.")


def pages(made: bytes) -> list[list[str]]:
    pdf = pypdfium2.PdfDocument(made)
    found = []
    for page in pdf:
        text = page.get_textpage()
        found.append(text.get_text_bounded().splitlines())
        text.close()
        page.close()
    pdf.close()
    return found


def codes(made: bytes, page: int = 0) -> list[str]:
    pdf = pypdfium2.PdfDocument(made)
    drawn = pdf[page].render(scale=4).to_pil()
    pdf.close()
    return [code.text for code in zxingcpp.read_barcodes(drawn)]


def test_a_certificate_says_all_of_it_and_its_code_is_read() -> None:
    made = certificate_pdf(CERTIFICATE, made_at=MADE_AT)
    (page,) = pages(made)
    for words in ("City of Fernhollow", "Business License", "Muñoz & Søn #1 *Tacos*", "Fernhollow OR 97000"):
        assert words in page
    text = " ".join(page)
    for words in ("L-001234", "Food truck", "Ann Muñoz", "01/01/2027 to 12/31/2027", "12/05/2026"):
        assert words in text
    assert codes(made) == [CERTIFICATE.claim]
    assert made == certificate_pdf(CERTIFICATE, made_at=MADE_AT)


@pytest.mark.parametrize(
    "make",
    [
        lambda: certificate_pdf(CERTIFICATE, made_at=MADE_AT),
        lambda: notices_pdf(LETTERHEAD, [NOTICE], "License renewal", made_at=MADE_AT),
        lambda: labels_pdf([NOTICE.to], "License renewal", "FERNHOLLOW", made_at=MADE_AT),
    ],
    ids=["certificate", "notices", "labels"],
)
def test_papers_can_be_read_out_and_kept(make: Callable[[], bytes]) -> None:
    """PDF/UA-1 and PDF/A-2a: Typst refuses a paper that is not, and says in the file that this one is."""
    made = make()
    for claimed in (b"pdfuaid:part>1<", b"pdfaid:part>2<", b"pdfaid:conformance>A<", b"/StructTreeRoot", b"/MarkInfo"):
        assert claimed in made


def test_a_duplicate_says_so() -> None:
    (page,) = pages(certificate_pdf(replace(CERTIFICATE, copy=3), made_at=MADE_AT))
    assert "Business License (duplicate 2)" in page


def test_notices_stand_a_page_each_in_the_order_given() -> None:
    notices = [replace(NOTICE, number=f"L-{n}", scanned=f"L-{n}") for n in (3, 1, 2)]
    made = notices_pdf(LETTERHEAD, notices, "License renewal", made_at=MADE_AT)
    found = pages(made)
    assert [re.findall(r"License renewal (L-\d)", "\n".join(page)) for page in found] == [["L-3"], ["L-1"], ["L-2"]]
    text = "\n".join(found[0])
    for words in ("PO Box 7", "Please pay by 01/31/2027.", "104.00", "From 02/01/2027 on 114.00 is due.", "Thank you."):
        assert words in text
    assert codes(made, 1) == ["L-1"]
    assert made == notices_pdf(LETTERHEAD, notices, "License renewal", made_at=MADE_AT)


@pytest.mark.parametrize(
    ("ledger_id", "mark"),
    [("DEMO-7", "DEMO - NOT A REAL PAPER"), ("TRAINING-7", "TRAINING - NOT A REAL PAPER"), ("FERNHOLLOW", "")],
)
def test_every_sheet_of_a_city_without_real_money_says_so(ledger_id: str, mark: str) -> None:
    notices = notices_pdf(replace(LETTERHEAD, ledger_id=ledger_id), [NOTICE] * 2, "License renewal", made_at=MADE_AT)
    labels = labels_pdf([("A", "1 Elm St")] * 31, "Labels", ledger_id, made_at=MADE_AT)
    certificate = certificate_pdf(replace(CERTIFICATE, ledger_id=ledger_id), made_at=MADE_AT)
    for page in [*pages(certificate), *pages(notices), *pages(labels)]:
        assert [line for line in page if line.startswith(("DEMO", "TRAINING"))] == ([mark] if mark else [])


def test_an_address_longer_than_the_letterhead_is_not_cut_off() -> None:
    def ink(to: tuple[str, ...]) -> int:
        pdf = pypdfium2.PdfDocument(notices_pdf(LETTERHEAD, [replace(NOTICE, to=to)], "Renewal", made_at=MADE_AT))
        window = pdf[0].render(scale=1).to_pil().convert("L").crop((200, 100, 400, 200))
        pdf.close()
        return sum(window.histogram()[:128])

    assert ink(("Short",)) == 0
    assert ink(("The Very Long Name of a Business Company of Fernhollow",)) > 0


@settings(max_examples=8, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=7))
def test_whatever_an_address_holds_is_text_and_on_one_label(lines: list[str]) -> None:
    made = labels_pdf([tuple(lines), ("Next", "1 Elm St")], "Labels", "FERNHOLLOW", made_at=MADE_AT)
    (page,) = pages(made)
    assert " ".join(page).endswith("1 Elm St")
    assert "Next" in " ".join(page)


def test_thirty_labels_fill_a_sheet() -> None:
    found = pages(
        labels_pdf([(f"Business {n}", "1 Elm St") for n in range(31)], "Labels", "FERNHOLLOW", made_at=MADE_AT)
    )
    assert [sum("Business" in line for line in page) for page in found] == [30, 1]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("A", "9 Elm St", "X OR 97001"), ("A", "1 Elm St", "X OR 97002")),
        (("A", "9 Elm St", "X OR 97001-0001"), ("A", "1 Elm St", "X OR 97001-0002")),
        (("B", "9 Elm St", "X OR 97001"), ("A", "10 Elm St", "X OR 97001")),
        (("B", "99 Elm St", "X OR 97001"), ("A", "1 Oak St", "X OR 97001")),
        (("B", "99 Zoo St", "X OR 97001"), ("A", "1 Elm St", "Somewhere")),
    ],
)
def test_mail_is_ordered_by_zip_street_and_house(first: tuple[str, ...], second: tuple[str, ...]) -> None:
    assert sorted([second, first], key=postal_key) == [first, second]
