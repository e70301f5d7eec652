"""The PDF: what stands on the paper stands in it, in that order, and other programs read its codes."""

import re
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st

from countertui.documents.pdf import PdfError, as_pdf
from countertui.documents.receipt import ReceiptFacts, ReceiptLineFacts, TenderFacts, receipt_document
from countertui.documents.text import as_text
from countertui.domain.documents import Barcode, Cut, Document, Feed, Pair, Qr, Rule, Text, plain
from countertui.domain.languages import LANGUAGES, Language

MADE_AT = 1_795_424_400
RECEIPT = receipt_document(
    ReceiptFacts(
        city_name="City of Springfield",
        office_name="City Hall",
        office_address="1 Main Street",
        terminal="CH1",
        drawer="D1",
        operator_name="Ann Lee",
        biz_date="2026-11-20",
        printed_at="2026-11-20 10:14",
        receipt_no="CH1-12",
        payor="Łukasz Muñoz, Nguyễn & Søn – 10 €",
        lines=(
            ReceiptLineFacts("Utility 12 Elm St, final bill with all that was owed", 12345, (("Water", 12345),), "00"),
            ReceiptLineFacts("Copies", 150, quantity=3, unit_cents=50),
        ),
        total_cents=12495,
        tenders=(TenderFacts("Cash", 13000),),
        change_cents=505,
        short_hash="ABCD2345WXYZ",
        claim="CTUI2:" + "A1B2" * 95,
        ledger_id="SPRINGFIELD",
    ),
    copy=2,
)
LOGO = Path(__file__).parents[1] / "hardware" / "golden" / "logo.png"


def words(made: bytes) -> list[list[str]]:
    """The words line by line, page by page, as another program reads them."""
    pdf = pypdfium2.PdfDocument(made)
    pages = []
    for page in pdf:
        text = page.get_textpage()
        pages.append(text.get_text_bounded().splitlines())
        text.close()
        page.close()
    pdf.close()
    return pages


def codes(made: bytes, scale: float = 2.5) -> dict[str, str]:
    """What the codes on the first page hold, by their kind, as another program sees them."""
    pdf = pypdfium2.PdfDocument(made)
    page = pdf[0]
    seen = page.render(scale=scale, grayscale=True, crop=(120, 0, 120, 0)).to_pil()
    page.close()
    pdf.close()
    return {code.format.name: code.text for code in zxingcpp.read_barcodes(seen)}


def on_paper(document: Document) -> list[str]:
    """The lines of the text, blanks as one; codes and cuts are no words."""
    lines = [re.sub(" +", " ", line).strip() for line in as_text(document, 42)]
    return [line for line in lines if line and not line.startswith(("[", "-")) and "A1B2A1B2" not in line]


def test_it_says_what_the_paper_says_and_its_codes_hold_what_the_papers_hold() -> None:
    made = as_pdf(RECEIPT, made_at=MADE_AT, logo=LOGO.read_bytes())
    assert words(made) == [on_paper(RECEIPT)]
    assert codes(made) == {"QRCode": "CTUI2:" + "A1B2" * 95, "Code128": "CH1-12"}


def test_it_is_tagged_archivable_titled_and_the_same_each_time() -> None:
    made = as_pdf(RECEIPT, made_at=MADE_AT)
    assert made == as_pdf(RECEIPT, made_at=MADE_AT)
    assert b"pdfuaid:part>1<" in made
    assert b"pdfaid:part>2<" in made
    assert b"pdfaid:conformance>A<" in made
    assert b"/Marked true" in made
    pdf = pypdfium2.PdfDocument(made)
    assert pdf.get_metadata_value("Title") == "Receipt CH1-12"
    assert pdf.get_page_size(0) == (612, 792)
    pdf.close()


def test_a_letter_that_no_font_has_shows_as_on_paper() -> None:
    made = as_pdf(Document("test", "水", (Text("Łódź 水 😀 ไทย €"),)), made_at=MADE_AT)
    assert words(made) == [["Łódź ? ? ??? €"]]


def test_every_letter_that_is_let_through_is_drawn() -> None:
    from countertui.documents.pdf import _SHOWN

    letters = [chr(code) for first, last in _SHOWN for code in range(first, last + 1)]
    fit = [f"x{letter}" for letter in letters if plain(letter) == letter]
    assert len(fit) > 1200
    # Typst refuses PDF/UA for a letter that it has no picture of.
    rows = tuple(Text(plain(" ".join(fit[at : at + 10]))) for at in range(0, len(fit), 10))
    as_pdf(Document("test", "x", rows), made_at=0)


def test_a_logo_that_is_no_picture_is_told() -> None:
    with pytest.raises(PdfError, match="Nothing was written"):
        as_pdf(RECEIPT, made_at=MADE_AT, logo=b"no picture")
    without = Document("test", "x", (Text("x"),))
    assert as_pdf(without, made_at=0, logo=b"never looked at") == as_pdf(without, made_at=0)


def test_papers_after_a_cut_begin_on_a_new_page() -> None:
    two = Document("test", "x", (Text("one"), Cut(), Text("two"), Cut()))
    assert words(as_pdf(two, made_at=0)) == [["one"], ["two"]]


@pytest.mark.parametrize("code", ["T1-1", "{B}", "~" * 40, "0123456789" * 4, "CH1-1234567"])
def test_a_bar_code_of_any_length_is_read_back(code: str) -> None:
    assert codes(as_pdf(Document("test", "x", (Barcode(code),)), made_at=0), 6 if len(code) > 20 else 2.5) == {
        "Code128": code
    }


@pytest.mark.parametrize("claim", ["x", "x" * 1000])
def test_a_qr_code_of_any_length_is_read_back(claim: str) -> None:
    assert codes(as_pdf(Document("test", "x", (Qr(claim),)), made_at=0)) == {"QRCode": claim}


RAW = st.text(st.one_of(st.characters(), st.sampled_from('#$*_`\\<>@"[]{}()=/~-+"€ñ')), max_size=60).map(plain)
FLAGS = (st.booleans(), st.booleans())
BLOCKS = st.one_of(
    st.builds(Text, RAW, st.sampled_from(["left", "center"]), *FLAGS),
    st.builds(Pair, RAW, RAW, *FLAGS),
    st.just(Rule()),
    st.builds(Feed, st.integers(0, 3)),
)


@settings(max_examples=25)
@given(st.lists(BLOCKS, max_size=6), RAW, st.sampled_from(LANGUAGES))
@example([], "", "en")
@example([], " ", "es")
def test_any_data_is_text_in_it_and_never_markup(blocks: list[object], title: str, language: Language) -> None:
    document = Document("test", title, tuple(blocks), language=language)  # type: ignore[arg-type]
    as_pdf(document, made_at=0)


def test_markup_stands_there_as_it_was_typed() -> None:
    markup = '#read("x") *bold* $x$ = Heading \\ <label> @ref'
    assert words(as_pdf(Document("test", markup, (Text(markup[:40]),)), made_at=0)) == [[markup[:40].strip()]]


def test_nothing_here_is_loaded_with_the_layouts() -> None:
    code = "import sys, countertui.documents.receipt, countertui.documents.text; print('typst' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
