"""Rendering: exact bytes per profile, and the proof that no data can become a printer command."""

import io
import os
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import segno
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from countertui.domain.documents import Barcode, Cut, Document, Feed, Logo, Pair, Qr, Rule, Text, plain
from countertui.hardware import logo as logos
from countertui.hardware.escpos_commands import commands, is_known
from countertui.hardware.escpos_render import EncoderFolderError, PrinterProfileError, private_folder, render
from countertui.hardware.logo import REAL_TIME, LogoError, holds_real_time_command
from countertui.hardware.symbols import barcode_fits, qr_dots, qr_modules
from countertui.hardware.virtual_paper import PaperEngine
from thoroughly import examples

GOLDEN = Path(__file__).parent / "golden"
RECEIPT = Document(
    "receipt",
    "Receipt CH1-12",
    (
        Logo(),
        Text("City of Springfield", "center", bold=True),
        Text("1 Main Street", "center"),
        Feed(1),
        Pair("Receipt CH1-12", "2026-11-20 10:14", bold=True),
        Pair("Received from", "Rosa Muñoz – “Café” 10 €"),
        Rule(),
        Pair("Utility account at 12 Elm Street, final bill", "123.45"),
        Text("  Still owed 50.00"),
        Pair("Łódź 水", "1.00"),
        Rule(),
        Pair("TOTAL", "124.45", bold=True, double=True),
        Pair("Cash", "124.45"),
        Qr('{"terminal":"CH1","total":12445}_c2lnbmF0dXJl'),
        Feed(1),
        Barcode("CH1-12"),
        Text("Keep this receipt.", "center"),
        Cut(),
    ),
    copy=1,
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return private_folder(tmp_path_factory.mktemp("encoder") / "private")


COLUMNS_OF = {"NT-5890K": 32, "POS-5890": 32, "Sunmi-V2": 32, "ZJ-5870": 32, "RP-F10-58mm": 36} | dict.fromkeys(
    ("CT-S651", "KR-306", "NT-80-V-UL", "RP-F10-80mm", "TM-L90", "TM-T20II"), 48
)
"""Paper of 58 mm and 80 mm; all others have 42 columns."""
OTHER_PAGES = {"TM-T20II": "CP1252"}
PICTURE = Path(__file__).parent / "golden" / "logo.png"


def _profiles() -> list[str]:
    from escpos.capabilities import CAPABILITIES

    return sorted(CAPABILITIES["profiles"].keys() - {"AF-240", "OCD-100", "OCD-300"})  # pole displays


PROFILES = (
    *("CT-S651", "KR-306", "NT-5890K", "NT-80-V-UL", "P822D", "POS-5890", "RP-F10-58mm", "RP-F10-80mm", "RP326"),
    *("SP2000", "Sunmi-V2", "T-1", "TEP-200M", "TH230", "TH230Plus", "TM-L90", "TM-P80", "TM-P80-42col", "TM-T20II"),
    *("TM-T20II-42col", "TM-T88II", "TM-T88III", "TM-T88IV", "TM-T88IV-SA", "TM-T88V", "TM-U220", "TM-U220B"),
    *("TSP600", "TUP500", "ZJ-5870", "default", "simple"),
)


def test_every_profile_of_a_receipt_printer_has_its_golden_bytes(folder: Path) -> None:
    render(RECEIPT, capabilities_dir=folder)  # python-escpos is imported with its cache in a private folder
    assert sorted(PROFILES) == _profiles()


@pytest.mark.parametrize("profile", PROFILES)
def test_the_bytes_of_a_receipt_are_exactly_these(folder: Path, profile: str) -> None:
    """To renew after a wanted change: COUNTERTUI_WRITE_GOLDEN=1, and read the difference with xxd."""
    made = render(
        RECEIPT,
        capabilities_dir=folder,
        columns=COLUMNS_OF.get(profile, 42),
        profile=profile,
        code_page=OTHER_PAGES.get(profile, ""),
        logo=PICTURE,
    )
    golden = GOLDEN / f"{profile}.bin"
    if os.environ.get("COUNTERTUI_WRITE_GOLDEN"):
        golden.write_bytes(made)
    assert made == golden.read_bytes()


@pytest.mark.parametrize("profile", PROFILES)
def test_whoever_sends_it_knows_where_each_command_of_it_ends(profile: str) -> None:
    found = list(commands((GOLDEN / f"{profile}.bin").read_bytes()))
    assert all(is_known(command.ljust(2, b"\0")) for command in found)
    assert b"".join(found) == (GOLDEN / f"{profile}.bin").read_bytes()


def test_a_printer_of_ours_reads_the_receipt_as_it_was_meant(folder: Path) -> None:
    engine = PaperEngine(42)
    engine.receive(render(RECEIPT, capabilities_dir=folder))
    while engine.work():
        pass
    assert engine.held == 0
    assert engine.paper.unknown == 0
    assert engine.paper.kicks == []
    assert engine.paper.qr_codes == ['{"terminal":"CH1","total":12445}_c2lnbmF0dXJl']
    assert engine.paper.barcodes == ["CH1-12"]
    assert engine.paper.receipts == [
        [
            "          DUPLICATE 1",
            "           City of Springfield",
            "              1 Main Street",
            "",
            "Receipt CH1-12            2026-11-20 10:14",
            'Received from     Rosa Muñoz - "Café" 10 €',
            "-" * 42,
            "Utility account at 12 Elm Street, final",
            "bill                                123.45",
            "  Still owed 50.00",
            "?ód? ?                                1.00",
            "-" * 42,
            "TOTAL          124.45",
            "Cash                                124.45",
            "",
            "            Keep this receipt.",
            *[""] * 6,
        ]
    ]


@dataclass
class Stream:
    """An ESC/POS stream taken apart by a reader that knows only the commands a document may contain."""

    data: bytes
    commands: list[bytes] = field(default_factory=list)
    lines: list[tuple[int, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        at, width, line = 0, 1, b""
        while at < len(self.data):
            length = self._command_length(at)
            if length:
                command = self.data[at : at + length]
                assert len(command) == length, "a command is cut off"
                self.commands.append(command)
                if command[:2] == b"\x1d!":
                    assert line == b"", "the size changes inside a line"
                    width = 1 + (command[2] >> 4)
                at += length
            elif self.data[at] == 0x0A:
                self.lines.append((width, line))
                line = b""
                at += 1
            else:
                assert self.data[at] >= 0x20, f"byte {self.data[at]:#x} at {at} is no text"
                assert self.data[at] != 0x7F
                line += self.data[at : at + 1]
                at += 1
        assert line == b"", "text without an end of line"

    def _command_length(self, at: int) -> int:
        two = self.data[at : at + 2]
        if two == b"\x1b@":
            return 2
        if two in {b"\x1bt", b"\x1ba", b"\x1bE", b"\x1bd", b"\x1d!", b"\x1dV"}:
            return 3
        if two in {b"\x1dh", b"\x1dw", b"\x1dH", b"\x1df"}:
            return 3
        if self.data[at : at + 3] == b"\x1d(k":
            return 5 + int.from_bytes(self.data[at + 3 : at + 5], "little")
        if self.data[at : at + 3] == b"\x1dkI":
            return 4 + self.data[at + 3]
        if self.data[at : at + 4] == b"\x1dv0\x00":
            wide, high = (int.from_bytes(self.data[at + n : at + n + 2], "little") for n in (4, 6))
            return 8 + wide * high
        if two == b"\x1b*":
            return 5 + 3 * int.from_bytes(self.data[at + 3 : at + 5], "little")
        if two == b"\x1b3":
            return 3
        if two == b"\x1b2":
            return 2
        assert two[:1] not in {b"\x1b", b"\x1d", b"\x1c", b"\x10"}, f"unknown command {two!r} at {at}"
        return 0


def _printed_codes(stream: Stream) -> list[bytes]:
    return [command[8:] for command in stream.commands if command[5:8] == b"1P0"]


RAW = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x00\x07\n\r\x0c\x10\x14\x1b\x1c\x1d\x7f\x9b@pVv!(kt\u202e\u200b€éñ–“"),
    ),
    max_size=50,
)
DATA = RAW.map(plain)
PRINTABLE = st.characters(min_codepoint=32, max_codepoint=126)
STYLES = (st.booleans(), st.booleans())
BLOCKS = st.one_of(
    st.builds(Text, DATA, st.sampled_from(["left", "center"]), *STYLES),
    st.builds(Pair, DATA, DATA, *STYLES),
    st.just(Rule()),
    st.builds(Feed, st.integers(0, 3)),
    st.builds(Qr, st.text(PRINTABLE, min_size=1, max_size=300)),
    st.builds(Barcode, st.text(PRINTABLE, min_size=1, max_size=40)),
    st.just(Cut()),
)
DOCUMENTS = st.builds(
    Document, st.just("receipt"), DATA, st.lists(BLOCKS, max_size=8).map(tuple), st.integers(0, 3), st.booleans()
)
COMMANDS = {
    b"\x1ba",
    b"\x1bE",
    b"\x1d!",
    b"\x1d(",
    b"\x1bd",
    b"\x1dV",
    b"\x1dh",
    b"\x1dw",
    b"\x1dH",
    b"\x1df",
    b"\x1dk",
}
WITHOUT_QR = {"TM-U220", "TM-U220B", "POS-5890", "NT-5890K", "TH230", "ZJ-5870", "simple"}


@settings(max_examples=examples(200))
@given(DOCUMENTS, st.sampled_from(PROFILES), st.integers(16, 60))
def test_no_data_becomes_a_command(folder: Path, document: Document, profile: str, columns: int) -> None:
    made = render(document, capabilities_dir=folder, columns=columns, profile=profile)
    assert not any(pair in made for pair in REAL_TIME)
    stream = Stream(made)
    assert stream.commands[0] == b"\x1b@"
    assert stream.commands[1][:2] == b"\x1bt"
    assert {command[:2] for command in stream.commands[2:]} <= COMMANDS
    cuts = sum(block == Cut() for block in document.blocks)
    assert sum(command[:2] == b"\x1bd" for command in stream.commands) == cuts
    assert all(width * len(line) <= columns for width, line in stream.lines)
    claims = [block.s.encode() for block in document.blocks if isinstance(block, Qr)]
    printed = _printed_codes(stream)
    assert [claim for claim in claims if claim in printed] == printed
    if columns >= 42 and profile not in WITHOUT_QR:
        assert printed == claims


def _bars(stream: Stream) -> list[str]:
    """What Code128 commands hold, read as Epson's reference says: a brace doubled is one, `{B` begins."""
    codes = [command[4:].decode() for command in stream.commands if command[:2] == b"\x1dk"]
    assert all(code.startswith("{B") and "{" not in code[2:].replace("{{", "") for code in codes)
    return [code[2:].replace("{{", "{") for code in codes]


@given(st.text(PRINTABLE, min_size=1, max_size=40))
@example("{")
@example("a{{b{A")
def test_a_bar_code_holds_what_it_was_given_or_is_not_there(folder: Path, text: str) -> None:
    stream = Stream(render(Document("test", "", (Barcode(text),)), capabilities_dir=folder, columns=32))
    fits = (len(text) + 1 + 1) * 11 + 13 + 20 <= 32 * 12 // 2
    assert _bars(stream) == ([text] if fits else [])


@settings(max_examples=60)
@given(st.one_of(st.text(PRINTABLE, min_size=1, max_size=1000), st.text("0123456789ABC:$", min_size=1, max_size=1000)))
def test_a_code_is_as_wide_as_the_standard_says(text: str) -> None:
    # Another program's count; it may see that digits alone take less room.
    other = segno.make_qr(text, error="m", boost_error=False).symbol_size(border=0)[0]
    assert qr_modules(text) == other or (text.isdigit() and qr_modules(text) > other)


@pytest.mark.parametrize("letter", ["A", "a"])
def test_the_longest_text_of_each_size_is_known_to_the_letter(letter: str) -> None:
    """From version 10 on the count of letters takes more bits, which a text that just fits feels."""
    longest = [n for n in range(100, 420) if qr_modules(letter * n) < qr_modules(letter * (n + 1))]
    assert len(longest) >= 7
    for n in longest[:7]:
        sizes = [segno.make_qr(letter * m, error="m", boost_error=False).symbol_size(border=0)[0] for m in (n, n + 1)]
        assert sizes == [qr_modules(letter * n), qr_modules(letter * (n + 1))]


@pytest.mark.parametrize(
    ("room", "dots"), [(576, 4), (384, 4), (260, 4), (259, 3), (195, 3), (194, 2), (130, 2), (129, None)]
)
def test_a_code_is_printed_as_large_as_the_paper_takes(room: int, dots: int | None) -> None:
    assert qr_modules("A" * 300) + 8 == 65
    assert qr_dots("A" * 300, room) == dots


def test_a_code_wider_than_the_paper_is_printed_as_text_instead_of_nothing(folder: Path) -> None:
    document = Document("test", "", (Qr("x" * 1000),))
    wide, narrow = (render(document, capabilities_dir=folder, columns=columns) for columns in (42, 16))
    assert _printed_codes(Stream(wide)) == [b"x" * 1000]
    assert b"\x1d(k" not in narrow
    assert b"".join(line for _, line in Stream(narrow).lines) == b"x" * 1000
    assert barcode_fits("CH1-12", 384)


@pytest.mark.parametrize(
    ("profile", "code_page", "page", "text"),
    [
        ("TM-T88V", "", b"\x13", b"Mu\xa4oz 10 \xd5"),
        ("TM-T88V", "CP1252", b"\x10", b"Mu\xf1oz 10 \x80"),
        ("TM-T88V", "CP437", b"\x00", b"Mu\xa4oz 10 EUR"),
        ("TM-U220", "", b"\x00", b"Mu\xa4oz 10 EUR"),
        ("TM-T88V", "CP852", b"\x12", b"Mu?oz 10 EUR"),
    ],
)
def test_a_sign_that_a_code_page_lacks_is_replaced_for_all_to_see(
    folder: Path, profile: str, code_page: str, page: bytes, text: bytes
) -> None:
    document = Document("test", "", (Text("Muñoz 10 €"),))
    made = render(document, capabilities_dir=folder, profile=profile, code_page=code_page)
    assert made == b"\x1b@\x1bt" + page + text + b"\n"


def _logo(path: Path, size: tuple[int, int], color: object = 0) -> Path:
    Image.new("L", size, color).save(path)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize(("columns", "profile"), [(32, "POS-5890"), (42, "TM-T88V"), (42, "TM-U220"), (48, "TM-T20II")])
def test_a_logo_is_made_to_fit_the_paper_and_is_no_command(
    folder: Path, tmp_path: Path, columns: int, profile: str
) -> None:
    picture = tmp_path / "logo.png"
    Image.effect_noise((900, 300), 90).save(picture)  # noise holds every pair of bytes: a size without any is sought
    document = Document("test", "", (Logo(), Text("x")))
    made = render(document, capabilities_dir=folder, columns=columns, profile=profile, logo=picture)
    assert not holds_real_time_command(made)
    stream = Stream(made)
    if profile == "TM-U220":
        assert all(command[3] + 256 * command[4] <= 400 for command in stream.commands if command[:2] == b"\x1b*")
    else:
        (raster,) = [command for command in stream.commands if command[:2] == b"\x1dv"]
        assert raster[4] * 8 <= columns * 12
        assert raster[6] <= 160
    engine = PaperEngine(columns)
    engine.receive(made)
    while engine.work():
        pass
    assert engine.held == 0
    assert engine.paper.unknown == 0
    assert engine.paper.pictures >= 1
    assert engine.paper.lines[-1].strip() == "x"


def test_a_logo_of_no_safe_size_is_left_out_and_the_receipt_comes_out(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_receipt = render(RECEIPT, capabilities_dir=folder)
    monkeypatch.setattr(logos, "holds_real_time_command", lambda data: True)
    picture = _logo(tmp_path / "logo.png", (64, 64))
    assert render(RECEIPT, capabilities_dir=folder, logo=picture) == plain_receipt
    assert "no size of it is safe" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda path: path.write_text("no picture"), "no PNG"),
        (lambda path: _logo(path, (4001, 2)), "over 4000 pixels"),
        (lambda path: path.write_bytes(b"x" * 2_100_000), "larger than 2 MiB"),
        (lambda path: Image.new("L", (20, 20)).save(path, "GIF"), "no PNG"),
        (lambda path: path.write_bytes(_png()[:60]), "no PNG"),
        (lambda path: _logo(path, (2, 4000)), "too narrow"),
        (lambda path: path.mkdir(), "no PNG"),
    ],
)
def test_a_file_that_is_no_logo_never_keeps_a_receipt_from_coming(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], made: object, why: str
) -> None:
    path = tmp_path / "logo.png"
    made(path)  # type: ignore[operator]
    without = render(RECEIPT, capabilities_dir=folder)
    assert render(RECEIPT, capabilities_dir=folder, logo=path) == without
    assert why in capsys.readouterr().err


def _png() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((40, 40), 90).save(file, "PNG")
    return file.getvalue()


def test_a_logo_that_changes_is_read_again(folder: Path, tmp_path: Path) -> None:
    picture, document = tmp_path / "logo.png", Document("test", "", (Logo(),))
    made = set()
    for color in (0, 255):
        _logo(picture, (64, 8), color)
        os.utime(picture, ns=(color, color))
        made.add(render(document, capabilities_dir=folder, logo=picture))
    assert len(made) == 2
    with pytest.raises(LogoError):
        logos._read(tmp_path)


@given(RAW)
def test_data_that_slipped_past_every_check_is_still_only_text(folder: Path, raw: str) -> None:
    sneaked = Text("x")
    object.__setattr__(sneaked, "s", raw)
    honest = Text("x" * 3)
    sneaking, honestly = (
        Stream(render(Document("test", "", (block,)), capabilities_dir=folder)).commands for block in (sneaked, honest)
    )
    assert sneaking == honestly


def test_the_known_attack_prints_as_text(folder: Path) -> None:
    attack = plain("John\x1bp\x00\x19\xfa Doe\x1dV\x00")
    made = render(Document("test", "", (Text(attack),)), capabilities_dir=folder)
    assert made == b"\x1b@\x1bt\x13John?p??\xa3 Doe?V?\n"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"profile": "TM-T99"}, "Known ones: .*TM-T88V"),
        ({"code_page": "CP859"}, "Known ones: .*CP858"),
        ({"profile": "TM-U220", "code_page": "CP858"}, "Known ones: .*CP437"),
        ({"columns": 15}, "Set 16 to 80"),
        ({"columns": 81}, "Set 16 to 80"),
    ],
)
def test_a_printer_that_does_not_exist_is_refused_with_the_known_ones(
    folder: Path, wrong: dict[str, object], said: str
) -> None:
    with pytest.raises(PrinterProfileError, match=said):
        render(RECEIPT, capabilities_dir=folder, **wrong)  # type: ignore[arg-type]


def test_a_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    loose = tmp_path / "loose"
    loose.mkdir(mode=0o755)
    loose.chmod(0o755)
    with pytest.raises(EncoderFolderError, match="open to others"):
        private_folder(loose)
    (tmp_path / "link").symlink_to(private_folder(tmp_path / "mine"))
    with pytest.raises(EncoderFolderError):
        private_folder(tmp_path / "link")
    assert stat.S_IMODE((tmp_path / "mine").stat().st_mode) == 0o700


def test_nothing_is_printed_to_stdout(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    render(RECEIPT, capabilities_dir=folder)
    assert capsys.readouterr().out == ""
    assert sys.stdout is not sys.stderr
