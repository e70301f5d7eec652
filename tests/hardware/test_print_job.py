"""Print jobs over real sockets to the virtual printer: after every fault the outcome is true of the paper."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from countertui.hardware.conversation import read_status
from countertui.hardware.drawer_kick import kick_drawer
from countertui.hardware.escpos_status import PrinterStatus
from countertui.hardware.links.file import FileLink
from countertui.hardware.links.link import Deadlines, Link, PrinterRefusedError
from countertui.hardware.links.tcp import TcpLink
from countertui.hardware.spooler import Abilities, Outcome, Patience, print_job
from countertui.hardware.virtual_printer import VirtualPrinter

QUICK = Deadlines(connect_ms=2_000, write_ms=1_000, read_ms=300)
PATIENCE = Patience(stall_ms=500, attention_ms=20_000, confirm_ms=300)
LINES = [f"line {n:02d} of the receipt" for n in range(30)]
JOB = b"\x1b@\x1bt\x13" + "".join(line + "\n" for line in LINES).encode() + b"\x1bd\x03\x1dV\x01"


def mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000


@pytest.fixture
def printer() -> Iterator[VirtualPrinter]:
    with VirtualPrinter() as made:
        yield made


def link_to(printer: VirtualPrinter) -> TcpLink:
    return TcpLink(printer.host, printer.port, QUICK)


def run(link: Link, data: bytes = JOB, patience: Patience = PATIENCE, **more: object) -> Outcome:
    return print_job(data, link, process_id=b"0001", mono_ms=mono_ms, patience=patience, **more)  # type: ignore[arg-type]


class InThread(threading.Thread):
    """A job under way; `outcome` once it has ended, `statuses` as they became known."""

    def __init__(self, link: Link, data: bytes = JOB, patience: Patience = PATIENCE) -> None:
        super().__init__()
        self.statuses: list[str] = []
        self.give_up = threading.Event()
        self.outcome: Outcome | None = None
        self._news = threading.Condition()
        self._job = (link, data, patience)
        self.start()

    def run(self) -> None:
        link, data, patience = self._job
        self.outcome = run(link, data, patience, on_status=self._told, give_up=self.give_up)

    def _told(self, status: PrinterStatus) -> None:
        with self._news:
            self.statuses.append(status.word)
            self._news.notify_all()

    def wait_for_status(self, word: str) -> None:
        with self._news:
            assert self._news.wait_for(lambda: word in self.statuses, 5), f"never heard {word}: {self.statuses}"

    def end(self) -> Outcome:
        self.join(10)
        assert self.outcome is not None
        return self.outcome


def test_a_healthy_printer_confirms_what_it_printed(printer: VirtualPrinter) -> None:
    assert run(link_to(printer)).state == "confirmed"
    assert printer.lines[:30] == LINES
    assert len(printer.receipts) == 1
    assert printer.paper.unknown == 0


def test_one_job_after_the_other_on_new_connections(printer: VirtualPrinter) -> None:
    assert [run(link_to(printer)).state for _ in range(3)] == ["confirmed"] * 3
    assert len(printer.receipts) == 3


def test_without_process_ids_the_printer_only_says_that_it_took_everything_in(printer: VirtualPrinter) -> None:
    with printer.faults() as faults:
        faults.without_process_ids = True
    assert run(link_to(printer)).state == "processed"
    assert run(link_to(printer), abilities=Abilities(process_ids=False)).state == "processed"
    assert len(printer.receipts) == 2


def test_a_mute_printer_is_only_sent_to_and_asked_nothing(printer: VirtualPrinter) -> None:
    with printer.faults() as faults:
        faults.mute = True
    outcome = run(link_to(printer))
    assert (outcome.state, outcome.bytes_sent, outcome.status.word) == ("sent", len(JOB), "unknown")
    assert printer.wait_for(lambda paper: paper.cuts == 1)


@pytest.mark.parametrize(("fault", "reason"), [("cover_open", "cover open"), ("paper_out", "paper out")])
def test_a_printer_that_cannot_print_is_sent_nothing(printer: VirtualPrinter, fault: str, reason: str) -> None:
    with printer.faults() as faults:
        setattr(faults, fault, True)
    assert run(link_to(printer)) == Outcome("refused", reason, 0, read_status(link_to(printer), mono_ms))
    with printer.faults() as faults:
        setattr(faults, fault, False)
    assert run(link_to(printer)).state == "confirmed"
    assert len(printer.receipts) == 1, "nothing was held from the refused job"


def test_a_printer_that_is_off_is_refused_and_says_so() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        outcome = run(TcpLink("127.0.0.1", unused.getsockname()[1], QUICK))
    assert outcome.state == "refused"
    assert "switched off" in outcome.reason


def test_paper_that_ends_midway_is_waited_for_and_the_receipt_goes_on(printer: VirtualPrinter) -> None:
    with printer.faults() as faults:
        faults.lines_left = 12
    job = InThread(link_to(printer))
    job.wait_for_status("paper out")
    assert len(printer.lines) == 12
    with printer.faults() as faults:
        faults.lines_left = None
    assert job.end().state == "confirmed"
    assert printer.lines[:30] == LINES
    assert len(printer.receipts) == 1
    assert "paper low" in job.statuses


def test_a_cashier_who_walks_away_from_paper_out_leaves_it_uncertain(printer: VirtualPrinter) -> None:
    with printer.faults() as faults:
        faults.lines_left = 12
    job = InThread(link_to(printer))
    job.wait_for_status("paper out")
    job.give_up.set()
    outcome = job.end()
    assert (outcome.state, outcome.reason) == ("uncertain", "paper out")
    with printer.faults() as faults:
        faults.lines_left = None
    assert printer.wait_for(lambda paper: paper.cuts == 1), "the held tail prints by itself: why nothing reprints"


def test_a_power_cut_midway_is_uncertain(printer: VirtualPrinter) -> None:
    with printer.faults() as faults:
        faults.lines_left = 12
    job = InThread(link_to(printer))
    job.wait_for_status("paper out")
    printer.power_off()
    assert job.end().state == "uncertain"
    with printer.faults() as faults:
        faults.lines_left = None
    printer.power_on()
    assert run(link_to(printer)).state == "confirmed"
    assert len(printer.lines) == 12 + 30 + 3


@pytest.mark.parametrize("after", [0, 1, 2, 8, 9, 10, 40, 200, 400, len(JOB) + 3])
def test_a_link_lost_after_any_byte_is_never_called_printed(printer: VirtualPrinter, after: int) -> None:
    link = link_to(printer)
    preflight = 9 + 27  # DLE EOT 1, 2 and 4, and what brings it in step
    printer.drop_after = preflight + after
    outcome = run(link)
    assert outcome.state in ({"refused", "uncertain"} if after == 0 else {"uncertain"})
    assert (outcome.state == "refused") == (outcome.bytes_sent == 0)
    assert not printer.receipts or after > len(JOB)


@pytest.mark.parametrize("after", [1, 2, 3, 6, 8, 9, 10, 17, 18, 25, 33, 35])
def test_a_link_lost_while_asking_is_refused(printer: VirtualPrinter, after: int) -> None:
    printer.drop_after = after
    assert run(link_to(printer)).state == "refused"
    assert printer.lines == []


def test_a_long_job_to_a_printer_without_paper_fills_the_line_and_tells_why(printer: VirtualPrinter) -> None:
    with printer.faults() as faults:
        faults.lines_left = 5
    long_job = b"\x1b@" + b"a line of a very long report\n" * 300_000
    job = InThread(link_to(printer), long_job, Patience(stall_ms=500, attention_ms=1_000))
    outcome = job.end()
    assert (outcome.state, outcome.reason) == ("uncertain", "paper out")
    assert 0 < outcome.bytes_sent < len(long_job)


def test_a_printer_that_forgets_its_job_is_not_believed(printer: VirtualPrinter) -> None:
    """Behind a print server that keeps the connection open, a power cycle shows only in the missing answer."""
    with printer.faults() as faults:
        faults.lines_left = 12
    job = InThread(link_to(printer), JOB, Patience(stall_ms=500, attention_ms=500))
    job.wait_for_status("paper out")
    with printer.faults() as faults:
        printer.engine.power_cycle()
        faults.lines_left = None
    assert job.end().state == "uncertain"
    assert printer.receipts == []


def test_a_slow_printer_is_waited_for(printer: VirtualPrinter) -> None:
    printer.slow = True
    assert run(link_to(printer), b"\x1b@slowly\n" * 20).state == "confirmed"
    assert printer.lines == ["slowly"] * 20


def test_a_stranger_at_the_port_is_never_called_printed() -> None:
    """A server that sends noise to whoever connects: bytes that mean nothing, and status nobody asked for."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def babble() -> None:
            guest, _ = server.accept()
            with guest:
                guest.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n\x10\x00\x00\x00\xff\xfe\x80")
                while guest.recv(4096):
                    pass

        stranger = threading.Thread(target=babble)
        stranger.start()
        outcome = run(TcpLink("127.0.0.1", server.getsockname()[1], QUICK))
        stranger.join(5)
    assert outcome.state in {"sent", "uncertain", "refused"}


def test_ipv6_is_spoken() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 on this machine")
    try:
        server = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 loopback on this machine")
    with server:
        link = TcpLink("::1", server.getsockname()[1], QUICK)
        link.open()
        guest, _ = server.accept()
        assert link.write_some(b"hello", 500) == 5
        assert guest.recv(5) == b"hello"
        link.close()
        assert guest.recv(5) == b""
        guest.close()
    assert link.name.startswith("[::1]:")


def test_closing_over_unread_replies_loses_no_data() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = TcpLink("127.0.0.1", server.getsockname()[1], QUICK)
        link.open()
        guest, _ = server.accept()
        with guest:
            sent = 0
            while taken := link.write_some(b"x" * 65_536, 20):
                sent += taken
            guest.sendall(b"\x10\x00\x00\x00")
            link.close()
            received = 0
            while data := guest.recv(65_536):
                received += len(data)
    assert received == sent


def test_a_file_takes_the_bytes_and_says_no_more(tmp_path: Path) -> None:
    path = tmp_path / "printed.bin"
    for _ in range(2):
        assert run(FileLink(path, QUICK)).state == "sent"
    assert path.read_bytes() == JOB * 2


def test_a_fifo_nobody_reads_and_a_missing_folder_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    assert "nothing reads" in run(FileLink(tmp_path / "fifo", QUICK)).reason
    outcome = run(FileLink(tmp_path / "absent" / "printer", QUICK))
    assert (outcome.state, "not plugged in" in outcome.reason) == ("refused", True)


def test_a_drawer_kick_opens_the_drawer_once(printer: VirtualPrinter) -> None:
    soon = mono_ms() + 5_000
    assert kick_drawer(link_to(printer), 2, mono_ms=mono_ms, expires_ms=soon).state == "processed"
    assert kick_drawer(link_to(printer), 5, mono_ms=mono_ms, expires_ms=soon).state == "processed"
    assert printer.paper.kicks == [2, 5]
    assert printer.lines == []


def test_a_drawer_opens_at_once_without_paper_and_not_again_when_paper_is_loaded(printer: VirtualPrinter) -> None:
    with printer.faults() as faults:
        faults.paper_out = True
    soon = mono_ms() + 5_000
    assert kick_drawer(link_to(printer), 2, mono_ms=mono_ms, expires_ms=soon).state == "sent"
    assert printer.wait_for(lambda paper: paper.kicks == [2])
    with printer.faults() as faults:
        faults.paper_out = False
    assert run(link_to(printer)).state == "confirmed"
    assert printer.paper.kicks == [2]


def test_a_kick_that_comes_too_late_never_leaves(printer: VirtualPrinter) -> None:
    outcome = kick_drawer(link_to(printer), 2, mono_ms=mono_ms, expires_ms=mono_ms() - 1)
    assert (outcome.state, outcome.reason) == ("refused", "too late to open the drawer")
    assert run(link_to(printer)).state == "confirmed"
    assert printer.paper.kicks == []


def test_a_kick_at_a_mute_or_absent_printer_is_told_truly(printer: VirtualPrinter) -> None:
    with printer.faults() as faults:
        faults.mute = True
    assert kick_drawer(link_to(printer), 2, mono_ms=mono_ms, expires_ms=mono_ms() + 5_000).state == "sent"
    assert printer.wait_for(lambda paper: paper.kicks == [2])
    printer.power_off()
    assert kick_drawer(link_to(printer), 2, mono_ms=mono_ms, expires_ms=mono_ms() + 5_000).state == "refused"


def test_status_is_read_without_printing_and_absence_is_refused(printer: VirtualPrinter) -> None:
    assert read_status(link_to(printer), mono_ms).word == "ok"
    with printer.faults() as faults:
        faults.lines_left = 10
    assert read_status(link_to(printer), mono_ms).word == "paper low"
    with printer.faults() as faults:
        faults.mute = True
    assert read_status(link_to(printer), mono_ms).word == "unknown"
    printer.power_off()
    with pytest.raises(PrinterRefusedError):
        read_status(link_to(printer), mono_ms)
    assert printer.lines == []


@pytest.mark.parametrize("process_id", [b"", b"123", b"12345", b"12\x1f4", b"123\x7f"])
def test_a_process_id_that_is_none_is_refused(printer: VirtualPrinter, process_id: bytes) -> None:
    with pytest.raises(ValueError, match="process id"):
        print_job(JOB, link_to(printer), process_id=process_id, mono_ms=mono_ms)
