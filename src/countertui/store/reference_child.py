"""Making reference.db in a process of its own, so that no key at the counter waits for it.

`python -m countertui.store.reference_child PATH ACCOUNTS` reads JSON lines from standard input: first which snapshot it
is and what it changes, then each file of rows as soon as it is fetched and verified, then null. It writes JSON lines:
how far it is, then an empty object once the new file is in place, or what is wrong. Without the null nothing is put in
place. ACCOUNTS is where a second child puts the accounts of a large city; see `accounts_child`.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from countertui.domain.reference import TABLES
from countertui.errors import EnvironmentFault
from countertui.ports.snapshots import RowsFile, SnapshotOffer
from countertui.store import accounts_child
from countertui.store.reference_change import change_reference
from countertui.store.reference_load import ReferenceRefused, build_reference, unusable
from countertui.store.rows_file import read_rows

_TOLD_EVERY = 10_000
_LARGE = 50_000
"""Accounts from which on a second child pays."""
_MADE = "accounts.db"


class ReferenceNotMade(EnvironmentFault):
    """The child could not make the file: no room, or it was ended."""


@dataclass(slots=True)
class Wanted:
    """Which snapshot is made; base: the version in use that it changes, 0 for none. See port `SnapshotOffer`."""

    version: int
    made_at: str
    expires_at: str
    sha256: str
    epoch: int
    seq: int
    base: int
    history_from: str


def make_reference(path: Path, offer: SnapshotOffer, fetched: Path, progress: Callable[[str, int], None]) -> None:
    """Make the reference.db at path into the offered snapshot; files are fetched into `fetched` while it is made.

    The file in use stays until the new one is whole and synced. progress is told table and rows so far. Raises
    ReferenceRefused, ReferenceNotMade, and whatever fetching raises; the old file then stays.
    """
    wanted = Wanted(**{name: getattr(offer, name) for name in Wanted.__slots__})
    child = subprocess.Popen(
        [sys.executable, "-m", "countertui.store.reference_child", str(path), str(fetched / _MADE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # the screen is the counter's
        text=True,
        encoding="utf-8",
    )
    assert child.stdin is not None  # noqa: S101 - both are pipes
    assert child.stdout is not None  # noqa: S101
    stack = ExitStack()
    try:
        _hand_over(child.stdin, asdict(wanted))
        for file in _large_last(offer, fetched, stack):
            progress(file.table, 0)
            _hand_over(child.stdin, asdict(file))
        _hand_over(child.stdin, None)
        _answered(child.stdout, progress)
    finally:
        stack.close()
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()


def _large_last(offer: SnapshotOffer, fetched: Path, stack: ExitStack) -> Iterator[RowsFile]:
    """The files; accounts of a large city last, made meanwhile by a second child: see `accounts_child`."""
    accounts: RowsFile | None = None
    second: subprocess.Popen[bytes] | None = None
    for file in offer.files(fetched):
        if file.table == "account" and not offer.base and file.rows >= _LARGE:
            accounts, second = file, accounts_child.start(file, fetched / _MADE)
            stack.callback(second.wait)
            stack.callback(second.kill)
        else:
            yield file
    if accounts is not None and second is not None:
        if second.wait():
            (fetched / _MADE).unlink(missing_ok=True)  # then the first child does it all and says what is wrong
        yield accounts


def _take_over(connection: sqlite3.Connection, due: dict[str, int], made: Path) -> bool:
    if made.is_file():
        accounts_child.take_over(connection, made, due)
    return made.is_file()


def _hand_over(to: IO[str], said: object) -> None:
    try:
        to.write(json.dumps(said) + "\n")
        to.flush()
    except BrokenPipeError:
        return  # it has said why, or is no more: its answer tells


def _answered(answers: IO[str], progress: Callable[[str, int], None]) -> None:
    for line in answers:
        said = json.loads(line)
        if not said:
            return
        if "refused" in said:
            raise ReferenceRefused(*said["refused"])
        if "failed" in said:
            raise _not_made(said["failed"])
        progress(said["table"], said["rows"])
    raise _not_made("its making was cut off")


def _not_made(why: str) -> ReferenceNotMade:
    return ReferenceNotMade(
        f"The new snapshot could not be put together: {why}.",
        "The one in use stays; everything taken is recorded elsewhere.",
        "Go on working; it is tried again. If it happens again, look at the disk.",
    )


def main() -> None:
    """Do what standard input says; see above."""
    accounts_child.go_behind()
    try:
        _make(Path(sys.argv[1]), Path(sys.argv[2]), sys.stdin)
        _say({})
    except ReferenceRefused as fault:
        _say({"refused": [fault.happened, fault.safe, fault.press]})
    except (OSError, sqlite3.Error) as fault:
        _say({"failed": str(fault)})


def _make(path: Path, made: Path, given: IO[str]) -> None:
    wanted = Wanted(**json.loads(given.readline()))
    files = _files(given)
    if wanted.base:
        change_reference(path, files, wanted, wanted.history_from, _told)
    else:
        build_reference(
            path, ((file.table, _rows(file)) for file in files), wanted, _told, partial(_take_over, made=made)
        )


def _files(given: IO[str]) -> Iterator[RowsFile]:
    for line in given:
        said = json.loads(line)
        if said is None:
            return
        if said["table"] in TABLES:
            yield RowsFile(**said)
    raise OSError("the files did not all come")


def _rows(file: RowsFile) -> Iterator[Sequence[Any]]:
    number = 0
    for number, row in enumerate(read_rows(Path(file.path), file.table, len(TABLES[file.table])), start=1):
        yield row
        if number % _TOLD_EVERY == 0:
            _told(file.table, number)
    if number != file.rows:
        raise unusable(file.table, f"it has {number:,} rows, not {file.rows:,}")
    _told(file.table, number)


def _told(table: str, rows: int) -> None:
    _say({"table": table, "rows": rows})


def _say(said: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
