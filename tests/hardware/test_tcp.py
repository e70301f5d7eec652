"""TCP: a printer that somebody else has is busy, not absent; names, addresses and silence have deadlines."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from countertui.hardware.conversation import read_status
from countertui.hardware.links import tcp
from countertui.hardware.links.link import (
    Deadlines,
    PrinterBusyError,
    PrinterError,
    PrinterRefusedError,
    PrinterUncertainError,
)
from countertui.hardware.links.tcp import TcpLink
from countertui.hardware.spooler import print_job

QUICK = Deadlines(connect_ms=250, write_ms=500, read_ms=200)


def mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000


@pytest.fixture
def taken() -> Iterator[int]:
    """The port of a printer whose one connection others have: the system answers no more of them."""
    with socket.socket() as server, contextlib.ExitStack() as others:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(3):
            other = others.enter_context(socket.socket())
            other.setblocking(False)
            other.connect_ex(server.getsockname())
        time.sleep(0.02)
        yield server.getsockname()[1]


def test_a_printer_another_terminal_has_is_busy_not_absent(taken: int) -> None:
    link = TcpLink("127.0.0.1", taken, QUICK, "TM-T88V at front counter")
    with pytest.raises(PrinterBusyError, match="TM-T88V at front counter: in use by another terminal") as busy:
        link.open()
    assert busy.value.word == "busy"
    outcome = print_job(b"\x1b@x\n", link, process_id=b"0001", mono_ms=mono_ms)
    assert (outcome.state, outcome.bytes_sent) == ("refused", 0)


def test_a_machine_that_answers_nowhere_is_off(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "_is_awake", lambda addresses: False)
    with pytest.raises(PrinterRefusedError, match="no answer") as off:
        TcpLink("127.0.0.1", taken, QUICK).open()
    assert (off.value.word, isinstance(off.value, PrinterBusyError)) == ("off", False)


@pytest.mark.parametrize("rudely", [False, True])
def test_who_hangs_up_before_a_word_has_another_guest(rudely: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            guest, _ = server.accept()
            if rudely:
                guest.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            guest.close()

        host = threading.Thread(target=hang_up)
        host.start()
        link = TcpLink("127.0.0.1", server.getsockname()[1], QUICK)
        with pytest.raises(PrinterError, match="another terminal is using") as busy:
            read_status(link, mono_ms)
        host.join()
    assert busy.value.word == "busy"


def test_who_hangs_up_in_the_middle_is_not_called_busy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = TcpLink("127.0.0.1", server.getsockname()[1], QUICK)
        link.open()
        guest, _ = server.accept()
        link.write_some(b"x" * 100, 100)
        guest.recv(100)
        guest.close()
        with pytest.raises(PrinterUncertainError) as broke:
            link.read_some(200)
        link.close()
    assert (broke.value.word, broke.value.bytes_sent) == ("off", 100)


def test_the_system_asks_a_quiet_printer_whether_it_still_lives() -> None:
    """A power cut says no goodbye: after paper-out it would else be waited for, for as long as a person may take."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = TcpLink("127.0.0.1", server.getsockname()[1], QUICK)
        link.open()
        opened = link._socket
        assert opened is not None
        assert opened.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        if hasattr(socket, "TCP_KEEPIDLE"):
            kept = [
                opened.getsockopt(socket.IPPROTO_TCP, getattr(socket, f"TCP_KEEP{what}"))
                for what in ("IDLE", "INTVL", "CNT")
            ]
            assert kept[0] + kept[1] * kept[2] <= 15
        link.close()


def test_a_name_nobody_resolves_in_time_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def slow(host: str, port: int, flags: int) -> list[object]:
        if flags:
            raise socket.gaierror
        released.wait(5)
        raise socket.gaierror

    monkeypatch.setattr(tcp, "_resolved", slow)
    began = mono_ms()
    with pytest.raises(PrinterRefusedError, match="no address for its name") as late:
        TcpLink("printer.example", 9100, QUICK).open()
    assert mono_ms() - began < 1_000
    assert late.value.word == "no address"
    released.set()
    for thread in threading.enumerate():
        if thread.name == "address":
            thread.join()
    with pytest.raises(PrinterRefusedError, match="not known to the network"):
        TcpLink("printer.example", 9100, QUICK).open()


def test_each_address_has_its_share_of_the_time(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        family = (socket.AF_INET, socket.SOCK_STREAM, 0, "")
        both = [(*family, ("127.0.0.1", taken)), (*family, server.getsockname())]
        monkeypatch.setattr(tcp, "_addresses", lambda host, port, within_ms: both)
        link = TcpLink("printer.example", 9100, Deadlines(connect_ms=1_000))
        began = mono_ms()
        link.open()
        assert mono_ms() - began < 950
        link.close()


def test_a_printer_that_comes_back_after_a_power_cycle_is_reached_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        link = TcpLink("127.0.0.1", port, QUICK)
        link.open()
        server.accept()[0].close()
    with pytest.raises(PrinterUncertainError):
        link.read_some(200)
    with pytest.raises(PrinterRefusedError):
        link.open()
    with socket.create_server(("127.0.0.1", port)) as server:
        link.open()
        guest, _ = server.accept()
        assert link.write_some(b"x", 100) == 1
        assert guest.recv(1) == b"x"
        link.close()
        guest.close()
