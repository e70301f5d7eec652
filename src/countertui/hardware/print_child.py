"""Rendering in a process of its own, so that no screen waits for it: `python -m countertui.hardware.print_child`.

The child reads requests from standard input and writes answers to standard output until its input closes. A frame is
two 4-byte big-endian lengths, then a JSON header and a body of those lengths. It opens no store and no device.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from countertui.domain.documents import DocumentError, from_json
from countertui.errors import CounterError, EnvironmentFault
from countertui.hardware.escpos_render import PrinterProfileError, load_encoder, render

LONGEST_HEADER = 64 * 1024
LONGEST_BODY = 16 * 1024 * 1024
_LENGTHS = struct.Struct(">II")
_NOT_PRINTED = "Nothing was printed, and what was recorded stays recorded."


class PrintChildError(EnvironmentFault):
    """The print child could not make the printer's bytes; nothing was printed."""


class PrintChildCrashedError(PrintChildError):
    """The print child ended while it worked. The next call starts a new one."""


class PrintChildLateError(PrintChildError):
    """The print child took longer than its deadline and was ended. The next call starts a new one."""


def write_frame(stream: IO[bytes], header: dict[str, Any], body: bytes = b"") -> None:
    """Write one frame and flush."""
    head = json.dumps(header).encode()
    stream.write(_LENGTHS.pack(len(head), len(body)) + head + body)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """Read one frame; None at the end of the stream, in the middle of a frame too. Raises ValueError for no frame."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head_length, body_length = _LENGTHS.unpack(lengths)
    if head_length > LONGEST_HEADER or body_length > LONGEST_BODY:
        raise ValueError("the frame is too long")
    both = stream.read(head_length + body_length)
    if len(both) < head_length + body_length:
        return None
    header = json.loads(both[:head_length])
    if not isinstance(header, dict):
        raise ValueError("the header is not an object")
    return header, both[head_length:]


def _answer(header: dict[str, Any], body: bytes, folder: Path, logo: Path | None) -> tuple[dict[str, Any], bytes]:
    try:
        if header.get("op") == "load":
            load_encoder(folder)
            return {"ok": True}, b""
        paper = {name: header[name] for name in ("columns", "profile", "code_page")}
        return {"ok": True}, render(from_json(body.decode()), capabilities_dir=folder, logo=logo, **paper)
    except CounterError as error:
        return _failure(error, error.happened, error.safe, error.press), b""
    except (DocumentError, ImportError) as error:
        return _failure(error, str(error)), b""


def _failure(error: Exception, happened: str, safe: str = _NOT_PRINTED, press: str = "") -> dict[str, Any]:
    return {"ok": False, "error": type(error).__name__, "happened": happened, "safe": safe, "press": press}


def serve(requests: IO[bytes], answers: IO[bytes], folder: Path, logo: Path | None = None) -> None:
    """Answer requests until they end."""
    while (frame := read_frame(requests)) is not None:
        write_frame(answers, *_answer(*frame, folder, logo))


def main(arguments: list[str] | None = None) -> int:
    """Run the print child."""
    import argparse  # not for those who start the child

    parser = argparse.ArgumentParser(prog="print_child")
    parser.add_argument("--encoder-folder", type=Path, required=True, help="a private folder for the encoder's cache")
    parser.add_argument("--logo", type=Path, help="a PNG for the head of receipts; printed once it is there")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's; this ends when the parent lets go
    # Whatever a library prints must not get between the frames.
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        serve(sys.stdin.buffer, answers, given.encoder_folder, given.logo)
    return 0


@dataclass(frozen=True, slots=True)
class _Running:
    process: subprocess.Popen[bytes]
    requests: IO[bytes]
    answers: IO[bytes]

    def end(self) -> None:
        self.process.kill()  # it holds nothing that could be lost
        self.answers.close()
        with contextlib.suppress(BrokenPipeError):  # what was still buffered for it
            self.requests.close()
        self.process.wait()


class PrintChild:
    """The child, from the parent's side: started at first use, ended by `close` or with the parent, safe in threads.

    `deadline_ms` is for one rendering, the child's start included. What it says on standard error is appended to `log`.
    `logo` is a PNG for the head of receipts, which need not be there.
    """

    def __init__(
        self, encoder_folder: Path, *, deadline_ms: int = 15_000, log: Path | None = None, logo: Path | None = None
    ) -> None:
        picture = () if logo is None else ("--logo", str(logo))
        self._module = ("countertui.hardware.print_child", "--encoder-folder", str(encoder_folder), *picture)
        self._deadline_ms = deadline_ms
        self._log = log
        self._running: _Running | None = None
        self._turn = threading.Lock()

    @property
    def process_id(self) -> int | None:
        """The child's process id while it runs."""
        running = self._running
        return running.process.pid if running is not None and running.process.poll() is None else None

    def warm(self) -> None:
        """Start the child and have it load the encoder, so that the first receipt does not wait for that."""
        self._ask({"op": "load"}, b"")

    def render(self, document: str, *, columns: int = 42, profile: str = "default", code_page: str = "") -> bytes:
        """The printer's bytes for a document's JSON.

        Raises DocumentError, PrinterProfileError, and PrintChildError where the child failed; nothing was printed then.
        """
        header = {"op": "render", "columns": columns, "profile": profile, "code_page": code_page}
        return self._ask(header, document.encode("utf-8", "backslashreplace"))

    def close(self) -> None:
        """End the child."""
        with self._turn:
            self._end()

    def _ask(self, header: dict[str, Any], body: bytes) -> bytes:
        with self._turn:
            if self.process_id is None:
                self._end()
            self._running = self._running or self._start()
            return _answered(*self._exchange(self._running, header, body))

    def _start(self) -> _Running:
        with self._log.open("ab") if self._log else contextlib.nullcontext(subprocess.DEVNULL) as errors:
            # Its own session: a Ctrl+C or hang-up at the terminal reaches the parent alone.
            process = subprocess.Popen(
                (sys.executable, "-m", *self._module),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        return _Running(process, cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout))

    def _exchange(self, running: _Running, header: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        late = threading.Event()

        def end_it() -> None:
            # This ends a blocked read or write below, so that no pipe needs a deadline of its own.
            late.set()
            running.process.kill()

        watch = threading.Timer(self._deadline_ms / 1000, end_it)
        watch.start()
        try:
            write_frame(running.requests, header, body)
            frame = read_frame(running.answers)
        except (BrokenPipeError, ValueError):
            frame = None
        finally:
            watch.cancel()
        if frame is not None:
            return frame
        self._end()
        if late.is_set():
            raise PrintChildLateError("Making the printer's data took too long.", _NOT_PRINTED, "Print again.")
        raise PrintChildCrashedError("The print helper ended unexpectedly.", _NOT_PRINTED, "Print again.")

    def _end(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.end()


def _answered(header: dict[str, Any], body: bytes) -> bytes:
    if header.get("ok") is True:
        return body
    happened, safe, press = (str(header.get(part, "")) for part in ("happened", "safe", "press"))
    match header.get("error"):
        case "DocumentError":
            raise DocumentError(happened)
        case "PrinterProfileError":
            raise PrinterProfileError(happened, safe, press)
        case _:
            raise PrintChildError(happened, safe, press)


if __name__ == "__main__":
    sys.exit(main())
