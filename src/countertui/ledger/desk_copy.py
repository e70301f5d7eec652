"""A running copy of the desk's acts in a file elsewhere, as they were signed: what a backup of before can't have.

A line a record, its body as the bytes that were signed. The file is no backup and nothing is carried out of it: what
corrected a receipt can't come before the receipt does. It says what has to be done again, and proves that it was done.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection, select

from countertui.domain.desk_records import DESK
from countertui.errors import AnswerNo, UsageError
from countertui.ledger import registry, tables
from countertui.ledger.bulk import stream
from countertui.ledger.desk import EPOCH
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.chain import genesis, record_hash, signed_message
from countertui.sync.durable import sync_folder
from countertui.sync.ed25519 import checked_public_key, verify
from countertui.sync.faults import MalformedBytesError

_BEGINS = b'{"body":"'
_LONGEST = 4 * 1024 * 1024
_TAIL = 4 * _LONGEST
_RECORDS = """SELECT r."seq", r."h", r."body", s."sig", s."public_key" FROM "record" r
  JOIN "desk_signature" s ON s."seq" = r."seq" WHERE r."terminal" = ? AND r."seq" > ? ORDER BY r."seq\""""
_Hex32 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class OtherDeskError(UsageError):
    """The file holds another desk's acts, or those of this one before it was restored: nothing is written into it."""


class DeskCopyRefusedError(AnswerNo):
    """A copy with a line that proves nothing; `proven` are the bodies of the missing acts that others of it prove."""

    proven: Sequence[dict[str, Any]] = ()

    def with_proven(self, bodies: Sequence[dict[str, Any]]) -> DeskCopyRefusedError:
        """The same with these acts."""
        self.proven = bodies
        return self


class _Line(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    seq: Annotated[int, Field(ge=1, lt=2**53)]
    h: _Hex32
    body: Annotated[str, Field(max_length=_LONGEST)]
    sig: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]
    public_key: _Hex32


def copy_desk(connection: Connection, to: Path) -> int:
    """Add to the file what it has not yet of the desk's acts, synced; gives how many. The file is made if need be.

    A line that was cut off half-way is written anew. Raises OtherDeskError, OSError.
    """
    file = os.open(to, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        whole, last = _end_of(file)
        if last is not None and _h_of(connection, last.seq) != bytes.fromhex(last.h):
            raise OtherDeskError(
                f"{to.name} goes on with other acts than this ledger has: another's, or of before it was restored.",
                "It is unchanged.",
                "Keep it: countertui ledger lacks names what is in it. Name a new file.",
            )
        os.ftruncate(file, whole)
        os.lseek(file, whole, os.SEEK_SET)
        done = 0
        after = last.seq if last else 0
        for seq, h, body, sig, public_key in stream(connection, _RECORDS, (DESK, after)):
            said = {"seq": seq, "h": bytes(h).hex(), "body": bytes(body).decode(), "sig": bytes(sig).hex()}
            _write(file, canonical(said | {"public_key": public_key}) + b"\n")
            done += 1
        os.fsync(file)
    finally:
        os.close(file)
    sync_folder(to.absolute().parent)
    return done


def lacks(connection: Connection, ledger: str, copy: Path) -> list[dict[str, Any]]:
    """The bodies of the desk's acts that are in the copy and not in the books, in order, each proven by its signature.

    Raises DeskCopyRefusedError where a line is not the next one, or not signed by a key of the ledger's register; it
    brings the acts that are proven all the same, before that line and after it.
    """
    keys = [public for _, public in registry.desk_keys(connection)]
    signed = {0: genesis(ledger, DESK, EPOCH, keys[0])}
    proven, missing, refusals = {0}, list[dict[str, Any]](), list[DeskCopyRefusedError]()
    for n, line in enumerate(_lines(copy), start=1):
        if line is None:
            refusals.append(DeskCopyRefusedError(f"Line {n} of {copy.name} is none.", "Nothing was changed."))
            continue
        if line.seq in proven:
            continue  # copied twice
        # Where the line before was lost or altered, what the books have of its act proves as much.
        fault = _fault(line, signed.get(line.seq - 1) or _h_of(connection, line.seq - 1), keys)
        if fault is None and _h_of(connection, line.seq) != bytes.fromhex(line.h):
            missing.append(json.loads(line.body))
        if fault is not None or line.seq - 1 not in proven:
            refusals.append(_refused(copy, line.seq, fault or "the one before it is not in the file"))
        if fault is None:
            proven.add(line.seq)
            signed[line.seq] = bytes.fromhex(line.h)
        elif _is_signed(line, keys):
            signed.setdefault(line.seq, bytes.fromhex(line.h))
    if refusals:
        raise refusals[0].with_proven(missing)
    return missing


def _fault(line: _Line, prev: bytes | None, keys: Sequence[bytes]) -> str | None:
    """Why an act proves nothing after the one of hash `prev`; None if it does."""
    if prev is None or record_hash(line.seq, prev, line.body.encode()) != bytes.fromhex(line.h):
        return "it does not follow the one before it"
    if bytes.fromhex(line.public_key) not in keys:
        return "it is signed with a key that the register here has not; let a terminal sync first, which may bring it"
    return None if _is_signed(line, keys) else "its signature does not verify"


def _is_signed(line: _Line, keys: Sequence[bytes]) -> bool:
    """Whether the desk signed that hash, of whatever act."""
    key = bytes.fromhex(line.public_key)
    message = signed_message(bytes.fromhex(line.h))
    return key in keys and verify(checked_public_key(key), bytes.fromhex(line.sig), message)


def in_words(body: dict[str, Any]) -> str:
    """One act: its number, when, what, by whom, and why."""
    second = f" and {body['approver']}" if body["approver"] else ""
    reason = body["data"].get("reason")
    said = f"{body['seq']}  {body['utc']}  {body['kind'].replace('_', ' ')} by {body['operator']}{second}"
    return f"{said}: {reason}" if reason else said


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


def _end_of(file: int) -> tuple[int, _Line | None]:
    """Where the last whole line ends, and that line. Raises OtherDeskError for a file that is no such copy."""
    size = os.lseek(file, 0, os.SEEK_END)
    begin = max(0, size - _TAIL)
    os.lseek(file, begin, os.SEEK_SET)
    data = os.read(file, size - begin)
    whole = data.rfind(b"\n") + 1
    if whole == 0 and begin == 0 and data[: len(_BEGINS)] == _BEGINS[: len(data)]:
        return 0, None
    try:
        return begin + whole, _read(data[:whole].rstrip(b"\n").rpartition(b"\n")[2])
    except (MalformedBytesError, ValidationError):
        raise OtherDeskError("That file is no copy of a desk's acts.", "It is unchanged.", "Name a new file.") from None


def _lines(copy: Path) -> Iterator[_Line | None]:
    """The lines that were written to their end; None for one that can't be read."""
    with copy.open("rb") as file:
        for data in file:
            if not data.endswith(b"\n"):
                return  # it was being written
            try:
                yield _read(data[:-1])
            except (MalformedBytesError, ValidationError):
                yield None


def _read(data: bytes) -> _Line:
    return _Line.model_validate(parse_strict(data))


def _h_of(connection: Connection, seq: int) -> bytes | None:
    c = tables.record.c
    h = connection.execute(select(c.h).where(c.terminal == DESK, c.seq == seq)).scalar()
    return None if h is None else bytes(h)


def _refused(copy: Path, seq: int, why: str) -> DeskCopyRefusedError:
    return DeskCopyRefusedError(
        f"Act {seq} in {copy.name}: {why}.", "Nothing was changed.", "Have an auditor look at the file."
    )
