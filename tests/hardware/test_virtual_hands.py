"""What a trainer does to the virtual devices by words, and what comes of it at the other end of each line."""

import os
import socket
from collections.abc import Iterator

import pytest

from countertui.hardware.virtual_check_reader import VirtualCheckReader
from countertui.hardware.virtual_hands import WORDS, Hands
from countertui.hardware.virtual_plugs import TcpPlug
from countertui.hardware.virtual_pole import VirtualPole
from countertui.hardware.virtual_printer import VirtualPrinter
from countertui.hardware.virtual_serial import VirtualScanner, VirtualSerial
from countertui.hardware.virtual_slip import Sheet


@pytest.fixture
def printer() -> Iterator[VirtualPrinter]:
    with VirtualPrinter() as made:
        with made.hands() as engine:
            engine.slip.fitted = True
        yield made


@pytest.fixture
def hands(printer: VirtualPrinter) -> Iterator[Hands]:
    with (
        VirtualSerial(VirtualScanner()) as scanner,
        VirtualSerial(VirtualCheckReader()) as reader,
        VirtualSerial(VirtualPole("epson")) as pole,
    ):
        made = Hands(printer, scanner, reader, pole)
        made.ports = {"scan": scanner.path, "check": reader.path, "pole": pole.path}  # type: ignore[attr-defined]
        made.pole = pole  # type: ignore[attr-defined]
        yield made


@pytest.mark.parametrize(
    ("words", "true"),
    [
        ("cover open", lambda engine: engine.faults.cover_open),
        ("paper out", lambda engine: engine.faults.paper_out),
        ("paper 12", lambda engine: engine.faults.lines_left == 12),
        ("cutter jammed", lambda engine: engine.faults.cutter_jammed),
        ("printer mute", lambda engine: engine.faults.mute),
        ("printer hung", lambda engine: engine.faults.hung),
        ("slip in U12U", lambda engine: engine.slip.sheet == Sheet("U12U")),
    ],
)
def test_a_fault_is_switched_by_words(hands: Hands, printer: VirtualPrinter, words: str, true: object) -> None:
    assert hands.do(words) == "ok"
    assert true(printer.engine)  # type: ignore[operator]


def test_a_roll_of_so_many_lines_is_paper(hands: Hands, printer: VirtualPrinter) -> None:
    for words in ("paper out", "paper 12"):
        assert hands.do(words) == "ok"
    assert not printer.engine.faults.paper_out


def test_what_was_done_is_undone_by_words(hands: Hands, printer: VirtualPrinter) -> None:
    for words in ("cover open", "paper out", "printer dead", "power off", "slip in"):
        assert hands.do(words) == "ok"
    for words in ("cover closed", "paper in", "printer alive", "power on", "slip out", "cutter free", "drawer close"):
        assert hands.do(words) == "ok"
    assert not printer.engine.offline
    assert hands.do("slip out") == "there is none in it"
    assert (hands.do("slip ?"), hands.do("drawer ?")) == ("0 came out", "closed")


def test_a_scan_and_a_check_go_over_their_lines_and_the_display_can_be_read(hands: Hands) -> None:
    ports = hands.ports  # type: ignore[attr-defined]
    for words, port, said in (
        (r"scan @\x1e12", ports["scan"], b"@\x1e12\r"),
        ("check U1U T061112788T 3U", ports["check"], b"O1O T061112788T 3O\r"),
    ):
        descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY)
        assert hands.do(words) == "ok"
        assert os.read(descriptor, 100) == said
        os.close(descriptor)
    descriptor = os.open(ports["pole"], os.O_RDWR | os.O_NOCTTY)
    os.write(descriptor, b"hello")
    assert hands.pole.wait_for(lambda pole: pole.lines[0].startswith("hello"))  # type: ignore[attr-defined]
    os.close(descriptor)
    assert hands.do("pole ?") == "hello".ljust(20) + "|" + " " * 20


@pytest.mark.parametrize("words", ["cover ajar", "paper", "power", "fly", r"scan \x", "slip sideways", "drawer open"])
def test_what_hands_can_not_do_is_said(hands: Hands, words: str) -> None:
    assert hands.do(words).startswith("no such thing: ")


def test_hands_are_reached_over_a_port_line_by_line(hands: Hands, printer: VirtualPrinter) -> None:
    with VirtualSerial(hands, TcpPlug()) as device:
        address = device.plug.address
        with socket.create_connection((str(address["host"]), int(address["port"]))) as trainer:
            answers = trainer.makefile("r", encoding="utf-8")
            trainer.sendall(b"cover op")
            trainer.sendall(b"en\n\nhelp\n")
            assert answers.readline() == "ok\n"
            assert answers.readline() == WORDS + "\n"
    assert printer.engine.faults.cover_open


def test_an_operator_inserts_the_slip_that_is_waited_for() -> None:
    with VirtualPrinter(operator=(0.01, lambda: Sheet("U1U"))) as printer:
        with printer.hands() as engine:
            engine.slip.fitted = True
        with socket.create_connection((printer.host, printer.port)) as client:
            client.sendall(b"\x1bc0\x04PAID\n\x0c\x1bc0\x01on the roll\n")
            assert printer.wait_for(lambda paper: paper.lines == ["on the roll"])
    assert printer.engine.slip.ejected == [Sheet("U1U", ["PAID"])]


def test_an_operator_shuts_the_drawer() -> None:
    with (
        VirtualPrinter(operator=(0.01, Sheet)) as printer,
        socket.create_connection((printer.host, printer.port)) as client,
    ):
        client.sendall(b"\x1bp\x00\x19\xfa")
        assert printer.wait_for(lambda paper: paper.kicks == [2])
        assert printer.wait_for(lambda _paper: not printer.engine.drawer.is_open)
