"""Rendering: exact bytes per profile, and the proof that no data can become a printer command."""

import os
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countertui.domain.documents import Cut, Document, Feed, Pair, Qr, Rule, Text, plain
from countertui.hardware.escpos_render import EncoderFolderError, PrinterProfileError, private_folder, render
from countertui.hardware.virtual_paper import PaperEngine

GOLDEN = Path(__file__).parent / "golden"
RECEIPT = Document(
    "receipt",
    "Receipt CH1-12",
    (
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
        Text("Keep this receipt.", "center"),
        Cut(),
    ),
    copy=1,
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return private_folder(tmp_path_factory.mktemp("encoder") / "private")


@pytest.mark.parametrize(
    ("profile", "code_page", "columns"),
    [
        ("default", "CP858", 42),
        ("TM-T88V", "CP858", 42),
        ("TM-T20II", "CP1252", 48),
        ("TM-U220", "CP437", 42),
        ("POS-5890", "CP858", 32),
        ("TSP600", "CP858", 48),
    ],
)
def test_the_bytes_of_a_receipt_are_exactly_these(folder: Path, profile: str, code_page: str, columns: int) -> None:
    """To renew after a wanted change: COUNTERTUI_WRITE_GOLDEN=1, and read the difference with xxd."""
    made = render(RECEIPT, capabilities_dir=folder, columns=columns, profile=profile, code_page=code_page)
    golden = GOLDEN / f"{profile}-{code_page}-{columns}.bin"
    if os.environ.get("COUNTERTUI_WRITE_GOLDEN"):
        golden.write_bytes(made)
    assert made == golden.read_bytes()


def test_a_printer_of_ours_reads_the_receipt_as_it_was_meant(folder: Path) -> None:
    engine = PaperEngine(42)
    engine.receive(render(RECEIPT, capabilities_dir=folder))
    while engine.work():
        pass
    assert engine.held == 0
    assert engine.paper.unknown == 0
    assert engine.paper.kicks == []
    assert engine.paper.qr_codes == ['{"terminal":"CH1","total":12445}_c2lnbmF0dXJl']
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
        if self.data[at : at + 3] == b"\x1d(k":
            return 5 + int.from_bytes(self.data[at + 3 : at + 5], "little")
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
STYLES = (st.booleans(), st.booleans())
BLOCKS = st.one_of(
    st.builds(Text, DATA, st.sampled_from(["left", "center"]), *STYLES),
    st.builds(Pair, DATA, DATA, *STYLES),
    st.just(Rule()),
    st.builds(Feed, st.integers(0, 3)),
    st.builds(Qr, st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=300)),
    st.just(Cut()),
)
DOCUMENTS = st.builds(
    Document, st.just("receipt"), DATA, st.lists(BLOCKS, max_size=8).map(tuple), st.integers(0, 3), st.booleans()
)
PRINTERS = st.sampled_from([("default", "CP858"), ("TM-T20II", "CP1252"), ("TM-U220", "CP437"), ("POS-5890", "CP858")])


@settings(max_examples=150)
@given(DOCUMENTS, PRINTERS, st.integers(16, 60))
def test_no_data_becomes_a_command(folder: Path, document: Document, printer: tuple[str, str], columns: int) -> None:
    profile, code_page = printer
    stream = Stream(render(document, capabilities_dir=folder, columns=columns, profile=profile, code_page=code_page))
    assert stream.commands[0] == b"\x1b@"
    assert stream.commands[1][:2] == b"\x1bt"
    assert {command[:2] for command in stream.commands[2:]} <= {
        b"\x1ba",
        b"\x1bE",
        b"\x1d!",
        b"\x1d(",
        b"\x1bd",
        b"\x1dV",
    }
    cuts = sum(block == Cut() for block in document.blocks)
    assert sum(command[:2] == b"\x1bd" for command in stream.commands) == cuts
    assert all(width * len(line) <= columns for width, line in stream.lines)
    claims = [block.s.encode() for block in document.blocks if isinstance(block, Qr)]
    assert _printed_codes(stream) == ([] if profile in {"TM-U220", "POS-5890"} else claims)


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
        ({"profile": "TM-U220"}, "Known ones: .*CP437"),
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
