"""A raw queue of the print server (CUPS): it takes bytes and says when they have left it, never what was printed.

A queue prints by itself whenever its printer comes back. So nothing is given to one that is stopped or has jobs
waiting, and what it has not passed on in time is taken back, else a receipt would come out long after the cashier has
printed another.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass, field

from countertui.hardware.links.link import BUSY, SILENT, Cause, Deadlines, PrinterUncertainError, refused

_PAUSE_S = 0.2
_TITLE = "CounterTUI"
_NO_CUPS = Cause("no queue", "this machine has no print system (CUPS)", "Call a technician.")
_NO_SERVER = Cause("no queue", "the print system does not run", "Call a technician.")
_NO_QUEUE = Cause("no queue", "the print system has no such queue", "Call a technician.")
_STOPPED = Cause("stopped", "its queue is stopped", "Check the printer, then have a technician start the queue.")
_CLOSED = Cause("stopped", "its queue takes no jobs", "Call a technician.")
_NOT_TAKEN = Cause("no queue", "the queue did not take it", "Call a technician.")
_REQUEST = re.compile(r"request id is (\S+-\d+)")


@dataclass(frozen=True, slots=True)
class _Said:
    status: int
    out: str
    err: str


@dataclass(slots=True)
class CupsLink:
    """A printer behind a raw queue. Bytes are gathered, and given to the queue whole by `flush`."""

    queue: str
    deadlines: Deadlines = field(default_factory=Deadlines)
    label: str = ""
    _gathered: bytearray = field(default_factory=bytearray)

    @property
    def name(self) -> str:
        """What people call it, or the queue."""
        return self.label or f"queue {self.queue}"

    @property
    def answers(self) -> bool:
        """Nothing comes back from a queue."""
        return False

    def open(self) -> None:
        """See that the queue is there, runs and is empty. Raises PrinterRefusedError, PrinterBusyError."""
        self._gathered.clear()
        said = self._ask("lpstat", "-r", "-p", self.queue, "-a", self.queue, "-o", self.queue)
        words = (said.out + said.err).lower()
        if "scheduler is running" not in words:
            raise refused(self.name, _NO_SERVER)
        if said.status or f"printer {self.queue.lower()} " not in words:
            raise refused(self.name, _NO_QUEUE)
        if re.search(rf"^printer {re.escape(self.queue.lower())} disabled", words, re.MULTILINE):
            raise refused(self.name, _STOPPED)
        if " not accepting requests" in words:
            raise refused(self.name, _CLOSED)
        if self._waiting(said.out):
            raise refused(self.name, BUSY)

    def _waiting(self, listed: str) -> set[str]:
        """The jobs in a list that belong to the queue."""
        first = (line.split(maxsplit=1)[0] for line in listed.splitlines() if line.strip())
        return {word for word in first if re.fullmatch(rf"{re.escape(self.queue)}-\d+", word)}

    def write_some(self, data: bytes, wait_ms: int) -> int:
        """Gather everything; nothing leaves before `flush`."""
        self._gathered += data
        return len(data)

    def read_some(self, wait_ms: int) -> bytes:
        """Nothing, at once."""
        return b""

    def flush(self, wait_ms: int) -> None:
        """Give what was gathered to the queue and wait until it has passed it on; what it keeps is taken back.

        Raises PrinterRefusedError if the queue took nothing, PrinterUncertainError if it kept the job for too long.
        """
        if not self._gathered:
            return
        data = bytes(self._gathered)
        self._gathered.clear()
        until = time.monotonic() + wait_ms / 1000
        try:
            said = self._run("lp", "-d", self.queue, "-t", _TITLE, "-o", "raw", "-", given=data)
        except subprocess.TimeoutExpired as error:
            raise self._kept(len(data)) from error
        request = _REQUEST.search(said.out)
        if said.status or request is None:
            raise refused(self.name, _NOT_TAKEN)
        while request[1] in self._waiting(self._ask("lpstat", "-o", self.queue).out):
            if time.monotonic() >= until:
                self._ask("cancel", request[1])
                raise self._kept(len(data))
            time.sleep(_PAUSE_S)
        complaint = self._complaint(request[1])
        if complaint:
            raise self._doubtful(f"its queue gave up: {complaint}", len(data))

    def _complaint(self, request: str) -> str:
        """What the queue says of a job that has left it: nothing, if it could pass it on."""
        listed = self._ask("lpstat", "-l", "-W", "completed", "-o", self.queue).out
        found = re.search(rf"^{re.escape(request)}\s.*\n\tStatus: *(.*)$", listed, re.MULTILINE)
        return found[1].strip().removesuffix(".") if found else ""

    def _kept(self, sent: int) -> PrinterUncertainError:
        return self._doubtful("its queue passed nothing on in time, and was told to drop it", sent)

    def _doubtful(self, why: str, sent: int) -> PrinterUncertainError:
        return PrinterUncertainError(f"{self.name}: {why}.", sent, word=_STOPPED.word)

    def close(self) -> None:
        """Forget what was gathered and never given away."""
        self._gathered.clear()

    def abandon(self) -> None:
        """As close: what was given away is the queue's."""
        self.close()

    def _ask(self, *command: str) -> _Said:
        """Run a command that prints nothing. Raises PrinterRefusedError if it takes too long."""
        try:
            return self._run(*command)
        except subprocess.TimeoutExpired as error:
            raise refused(self.name, SILENT) from error

    def _run(self, *command: str, given: bytes = b"") -> _Said:
        program = shutil.which(command[0])
        if program is None:
            raise refused(self.name, _NO_CUPS)
        done = subprocess.run(
            (program, *command[1:]),
            input=given,
            capture_output=True,
            timeout=self.deadlines.connect_ms / 1000,
            check=False,
            env={**os.environ, "LC_ALL": "C", "LANGUAGE": ""},  # their words are looked for above
        )
        return _Said(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
