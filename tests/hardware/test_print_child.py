"""The print child: real processes, killed, hung and flooded."""

import io
import os
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from countertui.domain.documents import Document, DocumentError, Text, to_json
from countertui.hardware.escpos_render import PrinterProfileError, render
from countertui.hardware.print_child import (
    PrintChild,
    PrintChildCrashedError,
    PrintChildError,
    PrintChildLateError,
    read_frame,
    write_frame,
)

DOCUMENT = Document("test", "Test", (Text("Grüße, 10 €"),))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "encoder"


@pytest.fixture
def child(folder: Path) -> Iterator[PrintChild]:
    made = PrintChild(folder)
    yield made
    made.close()


def test_the_child_renders_as_this_process_would_and_stays_alive(child: PrintChild, folder: Path) -> None:
    assert child.process_id is None, "started at first use only"
    child.warm()
    first = child.process_id
    assert child.render(to_json(DOCUMENT)) == render(DOCUMENT, capabilities_dir=folder)
    assert child.render(to_json(DOCUMENT), columns=32, profile="POS-5890") == render(
        DOCUMENT, capabilities_dir=folder, columns=32, profile="POS-5890"
    )
    assert child.process_id == first
    assert [path.name for path in folder.iterdir() if path.is_dir()] == [], "no leaked temporary folder"


def test_what_is_wrong_is_raised_here_and_the_child_lives_on(child: PrintChild) -> None:
    with pytest.raises(DocumentError, match="must be JSON"):
        child.render("{")
    with pytest.raises(DocumentError):
        child.render("\ud800")
    with pytest.raises(PrinterProfileError, match="TM-T88V"):
        child.render(to_json(DOCUMENT), profile="none such")
    pid = child.process_id
    assert child.render(to_json(DOCUMENT))
    assert child.process_id == pid


def test_a_child_killed_between_jobs_is_replaced_unnoticed(child: PrintChild) -> None:
    child.warm()
    killed = child.process_id
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    os.waitid(os.P_PID, killed, os.WEXITED | os.WNOWAIT)
    assert child.render(to_json(DOCUMENT))
    assert child.process_id not in {None, killed}


def test_a_child_killed_at_work_is_told_and_replaced_at_the_next_job(child: PrintChild) -> None:
    child.warm()
    killed = child.process_id
    assert killed is not None
    os.kill(killed, signal.SIGSTOP)  # so that it can't answer first
    failed: list[Exception] = []

    def ask() -> None:
        try:
            child.render(to_json(DOCUMENT))
        except PrintChildError as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    os.kill(killed, signal.SIGKILL)
    asking.join(10)
    # Killed before the question reached it, the child is replaced unnoticed; killed after, the crash is told.
    assert all(isinstance(error, PrintChildCrashedError) for error in failed)
    assert child.render(to_json(DOCUMENT))
    assert child.process_id not in {None, killed}


def test_a_hung_child_is_ended_at_its_deadline(folder: Path) -> None:
    child = PrintChild(folder, deadline_ms=10_000)
    child.warm()
    hung = child.process_id
    assert hung is not None
    os.kill(hung, signal.SIGSTOP)
    child._deadline_ms = 200
    with pytest.raises(PrintChildLateError, match="too long"):
        child.render(to_json(DOCUMENT))
    assert child.process_id is None
    child._deadline_ms = 10_000
    assert child.render(to_json(DOCUMENT))
    child.close()


def test_a_folder_open_to_others_is_told_in_the_childs_words(tmp_path: Path) -> None:
    loose = tmp_path / "loose"
    loose.mkdir()
    loose.chmod(0o777)
    child = PrintChild(loose)
    with pytest.raises(PrintChildError, match="open to others"):
        child.render(to_json(DOCUMENT))
    child.close()


def test_a_half_written_cache_is_made_anew(folder: Path, child: PrintChild) -> None:
    child.warm()
    (cache,) = folder.glob("*.pickle")
    whole = cache.read_bytes()
    child.close()
    cache.write_bytes(whole[: len(whole) // 2])
    assert child.render(to_json(DOCUMENT))
    assert cache.read_bytes() == whole


def test_the_child_ends_when_its_parent_lets_go_and_ignores_the_terminals_interrupt(folder: Path) -> None:
    command = [sys.executable, "-m", "countertui.hardware.print_child", "--encoder-folder", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        write_frame(process.stdin, {"op": "load"})
        assert read_frame(process.stdout) == ({"ok": True}, b"")
        process.send_signal(signal.SIGINT)
        write_frame(process.stdin, {"op": "load"})
        assert read_frame(process.stdout) == ({"ok": True}, b"")
        process.stdin.close()
        assert process.wait(10) == 0
        assert process.stdout.read() == b"", "nothing but frames on standard output"


def test_the_log_gets_what_the_child_says(folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    child = PrintChild(folder, log=log)
    child._module = (*child._module, "--no-such-option")
    with pytest.raises(PrintChildCrashedError):
        child.render(to_json(DOCUMENT))
    child.close()
    assert "--no-such-option" in log.read_text()


def test_many_threads_share_one_child(child: PrintChild, folder: Path) -> None:
    documents = [Document("test", "", (Text(f"thread {n}"),)) for n in range(8)]
    made: dict[int, bytes] = {}

    def ask(number: int) -> None:
        made[number] = child.render(to_json(documents[number]))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert made == {n: render(document, capabilities_dir=folder) for n, document in enumerate(documents)}


@pytest.mark.parametrize("cut", [0, 3, 8, 12, 20])
def test_a_stream_that_ends_anywhere_gives_no_frame(cut: int) -> None:
    whole = io.BytesIO()
    write_frame(whole, {"ok": True}, b"body")
    assert read_frame(io.BytesIO(whole.getvalue())) == ({"ok": True}, b"body")
    assert read_frame(io.BytesIO(whole.getvalue()[:cut])) is None


@pytest.mark.parametrize(
    "frame",
    [struct.pack(">II", 1 << 31, 0), struct.pack(">II", 0, 1 << 31), struct.pack(">II", 2, 0) + b"[]", b"Using hw"],
)
def test_what_is_no_frame_is_refused(frame: bytes) -> None:
    with pytest.raises(ValueError, match=r"frame|header"):
        read_frame(io.BytesIO(frame))
