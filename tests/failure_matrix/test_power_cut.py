"""Row 1, by the disk: the power is cut at every call of the real store's payments, and nothing acknowledged is lost.

A child takes payments under strace; `power_cut` makes of the trace what a disk may hold after a cut, and the real store
is opened on each. Modes that are known to lose payments must be seen to lose them: the proof that this can fail.
`make test-power` looks at every cut, the test suite at a sample.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from counter_station import at_work, cart_of, close, fee, new_folder, open_station, owing, pay
from countertui.cli.verify import verify
from countertui.counter.cart import Held, save_cart
from countertui.counter.find import open_account
from countertui.errors import CounterError
from countertui.store.anchor import anchor_folder, read_tip
from countertui.store.connection import open_for_reading
from countertui.store.store import Store
from failure_matrix.power_cut import TRACED, Disk, Image, Inode, Said, Write, replay

pytestmark = pytest.mark.timeout(900)  # every cut of a mode takes half a minute on an idle machine
HERE = Path(__file__).parent
WHOLE = os.environ.get("POWER_CUTS") == "all"
PAYMENTS = 4 if WHOLE else 2
BY_CHANCE = 5 if WHOLE else 1
SAMPLE = 150
"""Of the crash states of one mode, in the test suite."""


@dataclass
class Found:
    """What the real store made of the crash states of one mode."""

    states: int = 0
    corrupt: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)
    """The anchor ahead of the journal, or more than the last payment behind it."""
    ends: Counter[int] = field(default_factory=Counter)
    """How many crash states held how many of the payments."""

    def __str__(self) -> str:
        return (
            f"{self.states} crash states: {len(self.corrupt)} corrupt, {len(self.lost)} lost an acknowledged payment,"
            f" {len(self.untold)} of these untold at the start, {len(self.false_alarms)} false alarms;"
            f" payments held {dict(sorted(self.ends.items()))}"
        )


@pytest.fixture(scope="module")
def strace() -> str:
    """strace, where it is there and may trace."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("strace is not installed")
    tried = subprocess.run([found, "-qq", "-o", os.devnull, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"strace may not trace here: {tried.stderr.strip()}")
    return found


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with some receipts, and carts about to be paid: an account with several charges, and fees."""
    station = open_station(new_folder(tmp_path_factory.mktemp("ready")))
    rosa, session = at_work(station)
    for _ in range(2):
        pay(station, session)
    for number in owing()[:PAYMENTS]:
        save_cart(station, rosa, Held(cart_of(station, open_account(station, number), fee(station))))
    close(station)
    # The first payment makes the rollback journal, the others find it there.
    station.store.path.with_name("store.db-journal").unlink(missing_ok=True)
    return station.store.folder


@dataclass(frozen=True, slots=True)
class Ack:
    """A payment whose receipt number the operator saw."""

    seq: int
    h: str


@dataclass(frozen=True, slots=True)
class Trace:
    """A run of the child: where it worked, what the disk held before, and what it did."""

    folder: Path
    disk: Disk
    calls: Path


def _traced(strace: str, ready: Path, home: Path, journal_mode: str, synchronous: str) -> Trace:
    folder, calls = home / "counter", home / "calls"
    shutil.copytree(ready, folder)
    shutil.copytree(anchor_folder(ready), anchor_folder(folder))
    held = [path for path in folder.iterdir() if path.name.startswith("store.db")]
    disk = Disk.of([*held, *anchor_folder(folder).iterdir()])
    child = [sys.executable, str(HERE / "take_and_say.py"), str(folder), journal_mode, synchronous]
    done = subprocess.run(
        [*f"{strace} -f -qq -xx -s 10000000 -e trace={TRACED} -e signal=none -o".split(), str(calls), *child],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(HERE.parent)},
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split("}")) == PAYMENTS + 1, done.stdout
    return Trace(folder, disk, calls)


def _cuts(trace: Trace, random: Random) -> Iterator[tuple[str, Image, list[Ack]]]:
    """Every crash state once: where it was cut, what is found, and what was acknowledged before."""
    acked: list[Ack] = []
    seen: set[tuple[bytes, int]] = set()
    for n, said in enumerate(replay(trace.calls, trace.disk)):
        if isinstance(said, Said):
            acked.append(Ack(**said.line))
        for variant, image in enumerate(trace.disk.cuts(random, BY_CHANCE)):
            digest = sha256()
            for path, content in sorted(image.items()):
                digest.update(b"%b\0%d\0%b" % (str(path).encode(), len(content), content))
            key = (digest.digest(), len(acked))
            if key not in seen:
                seen.add(key)
                yield f"call {n}, variant {variant}", image, list(acked)


def _look(trace: Trace, capsys: pytest.CaptureFixture[str], until: str = "") -> Found:
    """Open the real store on crash states: all, or a sample of them; or `until` something of that kind is found."""
    found, random = Found(), Random(1)
    cuts = list(_cuts(trace, random))
    if not WHOLE:
        cuts = random.sample(cuts, len(cuts) if until else min(SAMPLE, len(cuts)))
    for where, image, acked in cuts:
        found.states += 1
        _judge(trace, where, image, acked, found, capsys)
        if until and not WHOLE and getattr(found, until):
            break
    return found


def _judge(
    trace: Trace, where: str, image: Image, acked: list[Ack], found: Found, capsys: pytest.CaptureFixture[str]
) -> None:
    _put(trace, image)
    told, left = _at_the_start(trace.folder, capsys)
    tip = read_tip(anchor_folder(trace.folder))
    assert tip is not None
    if not 0 <= max(left, default=0) - tip.seq <= 1:
        found.astray.append(where)
    lost = [ack for ack in acked if left.get(ack.seq) != ack.h]
    faults = [] if told and not left else _faults(trace.folder, capsys, tail=False)
    damaged = [fault for fault in faults if "anchor" not in fault["code"]]
    if damaged or (told and not left):
        found.corrupt.append(f"{where}: {damaged or told}")
    if lost:
        found.lost.append(where)
        if not told:
            found.untold.append(where)
    elif told and not damaged:
        found.false_alarms.append(f"{where}: {told}")
    found.ends[_payments(trace.folder) if left else -1] += 1


def _put(trace: Trace, image: Image) -> None:
    """Lay the files there as they were found."""
    held = [path for path in trace.folder.iterdir() if path.name.startswith("store.db")]
    for path in {*held, *anchor_folder(trace.folder).iterdir()} - image.keys():
        path.unlink()
    for path, content in image.items():
        path.write_bytes(content)


def _at_the_start(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, dict[int, str]]:
    """What a start tells of the folder, "" for nothing, and the records that are left: hash by sequence number."""
    try:
        store = Store(folder)
    except CounterError as error:
        return str(error), {}
    try:
        rows = store.connection.execute("SELECT seq, h FROM journal NOT INDEXED").fetchall()
        left = {seq: h.hex() for seq, h in rows if h is not None}  # a page that was never written reads as nothing
        halted = store.halted or ""
    except sqlite3.DatabaseError as error:
        return str(error), {}
    finally:
        store.close()
    return halted or "; ".join(fault["words"] for fault in _faults(folder, capsys, tail=True)), left


def _faults(folder: Path, capsys: pytest.CaptureFixture[str], *, tail: bool) -> list[dict[str, str]]:
    """What `countertui verify` says."""
    try:
        verify(dir=folder, tail=tail, json_=True)
        return list(json.loads(capsys.readouterr().out)["faults"])
    except (CounterError, sqlite3.DatabaseError) as error:
        return [{"code": "file", "words": str(error)}]


def _payments(folder: Path) -> int:
    """How many payments there are, each with all that belongs to it; -1 where one is there by half."""
    connection = open_for_reading(folder / "store.db")
    try:
        counts = [
            connection.execute(query).fetchone()[0]
            for query in (
                "SELECT COUNT(*) FROM journal WHERE kind = 'pay'",
                "SELECT COUNT(*) FROM receipt",
                "SELECT COUNT(DISTINCT receipt_no) FROM print_job",
                f"SELECT {2 + PAYMENTS} - COUNT(*) FROM cart",
            )
        ]
    except sqlite3.DatabaseError:
        return -1
    finally:
        connection.close()
    return counts[0] if len(set(counts)) == 1 else -1


def test_row_01_the_power_is_cut_at_every_call_of_a_payment(
    strace: str, ready: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = _traced(strace, ready, tmp_path, "-", "-")
    found = _look(trace, capsys)
    _tell(capsys, "as the store does it", found)
    assert (found.corrupt, found.lost, found.astray, found.false_alarms) == ([], [], [], [])
    assert found.states > SAMPLE - 1
    assert set(found.ends) == set(range(2, 2 + PAYMENTS + 1)), "from none of the payments to all, and each wholly"


@pytest.mark.parametrize(
    ("journal_mode", "synchronous"), [("TRUNCATE", "NORMAL"), ("PERSIST", "OFF"), ("DELETE", "FULL")]
)
def test_modes_that_lose_payments_are_seen_to_and_the_start_tells(
    strace: str,
    ready: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    journal_mode: str,
    synchronous: str,
) -> None:
    trace = _traced(strace, ready, tmp_path, journal_mode, synchronous)
    found = _look(trace, capsys, until="lost")
    _tell(capsys, f"{journal_mode} {synchronous}", found)
    assert found.lost, f"{journal_mode} with synchronous={synchronous} is known to lose payments"
    assert found.untold == []


def _tell(capsys: pytest.CaptureFixture[str], mode: str, found: Found) -> None:
    if WHOLE:
        with capsys.disabled():
            sys.stdout.write(f"\n{mode}: {found}\n")


def test_what_was_not_synced_may_be_lost_and_what_was_may_not() -> None:
    path, new = Path("/disk/file"), Path("/disk/new")
    disk = Disk({path: (inode := Inode(bytearray(b"old")))}, {path: inode})
    inode.pending.append(Write(0, b"new"))
    assert {bytes(cut[path]) for cut in disk.cuts(Random(1), 9)} == {b"old", b"new"}
    inode.sync()
    disk.name(new, Inode())
    assert {bytes(cut[path]) for cut in disk.cuts(Random(1), 9)} == {b"new"}
    assert {new in cut for cut in disk.cuts(Random(1), 9)} == {True, False}
    disk.sync_folder(path.parent)
    assert {new in cut for cut in disk.cuts(Random(1), 9)} == {True}
