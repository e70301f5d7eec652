"""A print queue: what it keeps back is taken back, so that nothing prints long after the cashier has given up on it."""

import time
from pathlib import Path

import pytest

from countertui.hardware.conversation import read_status
from countertui.hardware.drawer_kick import kick_drawer
from countertui.hardware.links.cups import CupsLink
from countertui.hardware.links.link import Deadlines, PrinterBusyError, PrinterRefusedError
from countertui.hardware.spooler import Outcome, print_job

QUICK = Deadlines(connect_ms=2_000, write_ms=300)
JOB = b"\x1b@text\n\x1dV\x01"
RUNS = "scheduler is running\n"
IDLE = f"{RUNS}printer receipts is idle.  enabled since Mon 23 Nov 2026\nreceipts accepting requests since Mon\n"


def mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class PrintSystem:
    """CUPS' three programs, as shell scripts that read what to say from files."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        for name in ("lpstat", "lp", "cancel"):
            self._script(name)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        self.says("lpstat", IDLE)
        self.says("lp", "request id is receipts-7 (0 file(s))\n")
        self.says("cancel", "")

    def _script(self, name: str) -> None:
        path = self.folder / name
        path.write_text(
            f'#!/bin/sh\ncd {self.folder}\necho "$LC_ALL $@" >> {name}.calls\n'
            f'[ {name} = lp ] && cat > given\n[ "$*" = "-o receipts" ] && exec cat waiting\n'
            f'[ "$1" = "-l" ] && exec cat done\n'
            f"cat {name}.err >&2\ncat {name}.out\nexit $(cat {name}.status)\n"
        )
        path.chmod(0o755)
        (self.folder / "waiting").touch()
        self.ended("receipts-7", "")

    def says(self, name: str, out: str, err: str = "", status: int = 0) -> None:
        (self.folder / f"{name}.out").write_text(out)
        (self.folder / f"{name}.err").write_text(err)
        (self.folder / f"{name}.status").write_text(str(status))

    def keeps(self, *jobs: str) -> None:
        (self.folder / "waiting").write_text("".join(f"{job}   rosa   1024   Mon 23 Nov 2026\n" for job in jobs))

    def ended(self, job: str, status: str) -> None:
        """What `lpstat -l -W completed` says of a job that has left the queue (CUPS 2.4)."""
        (self.folder / "done").write_text(
            "receipts-77   root   1024   Mon 23 Nov 2026\n\tStatus: another's\n\tqueued for receipts\n"
            f"{job}   root   1024   Mon 23 Nov 2026\n\tStatus: {status}\n\tAlerts: processing-to-stop-point\n"
        )

    def calls(self, name: str) -> list[str]:
        path = self.folder / f"{name}.calls"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def cups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PrintSystem:
    return PrintSystem(tmp_path, monkeypatch)


def run() -> Outcome:
    return print_job(JOB, CupsLink("receipts", QUICK), process_id=b"0001", mono_ms=mono_ms)


def test_a_queue_that_passes_it_on_is_sent_at_best(cups: PrintSystem) -> None:
    assert (outcome := run()).state == "sent"
    assert outcome.bytes_sent == len(JOB)
    assert (cups.folder / "given").read_bytes() == JOB
    assert cups.calls("lp") == ["C -d receipts -t CounterTUI -o raw -"]
    assert cups.calls("cancel") == []


@pytest.mark.parametrize(
    ("out", "err", "status", "word"),
    [
        (IDLE.replace("is idle.  enabled", "disabled"), "", 0, "stopped"),
        (IDLE.replace("receipts accepting", "receipts not accepting"), "", 0, "stopped"),
        (RUNS, 'lpstat: Invalid destination name in list "receipts".\n', 1, "no queue"),
        ("scheduler is not running\n", 'lpstat: Invalid destination name in list "receipts".\n', 1, "no queue"),
        (IDLE + "other-3  ben  1024  Mon\n", "", 0, ""),
        (IDLE + "receipts-6  ben  1024  Mon\n", "", 0, "busy"),
    ],
)
def test_nothing_is_given_to_a_queue_that_would_print_it_late(
    cups: PrintSystem, out: str, err: str, status: int, word: str
) -> None:
    cups.says("lpstat", out, err, status)
    if not word:
        assert run().state == "sent"
        return
    with pytest.raises(PrinterRefusedError) as refused:
        read_status(CupsLink("receipts", QUICK, "front counter"), mono_ms)
    assert refused.value.word == word
    assert refused.value.happened.startswith("front counter: ")
    assert isinstance(refused.value, PrinterBusyError) == (word == "busy")
    assert run().state == "refused"
    assert cups.calls("lp") == []


def test_what_the_queue_keeps_is_taken_back_and_uncertain(cups: PrintSystem) -> None:
    cups.keeps("receipts-7")
    outcome = run()
    assert (outcome.state, "told to drop it" in outcome.reason) == ("uncertain", True)
    assert cups.calls("cancel") == ["C receipts-7"]


def test_what_the_queue_gave_up_is_not_called_sent(cups: PrintSystem) -> None:
    cups.ended("receipts-7", "The printer is not responding.")
    outcome = run()
    assert (outcome.state, "gave up: The printer is not responding" in outcome.reason) == ("uncertain", True)


def test_what_the_queue_does_not_take_is_refused(cups: PrintSystem) -> None:
    cups.says("lp", "", "lp: Forbidden\n", 1)
    outcome = run()
    assert (outcome.state, outcome.bytes_sent) == ("refused", 0)


def test_a_drawer_kick_that_a_queue_keeps_never_opens_the_drawer_later(cups: PrintSystem) -> None:
    cups.keeps("receipts-7")
    outcome = kick_drawer(CupsLink("receipts", QUICK), 2, mono_ms=mono_ms, expires_ms=mono_ms() + 200)
    assert outcome.state == "uncertain"
    assert cups.calls("cancel") == ["C receipts-7"]


def test_without_cups_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    outcome = run()
    assert (outcome.state, "no print system" in outcome.reason) == ("refused", True)
