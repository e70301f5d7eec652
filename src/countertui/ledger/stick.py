"""A stick at the ledger: batches come off it, in any order, and the ledger's answers go onto it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from countertui.domain.words import number_of
from countertui.ledger import tables
from countertui.ledger.answers import GAP, HELD, NEW, SAME
from countertui.ledger.books import Books
from countertui.ledger.custody import signed_now
from countertui.ledger.given_back import Verdict, take_back
from countertui.ledger.ingest import ingest
from countertui.ledger.registry import entries_after
from countertui.ledger.snapshot_stick import NothingPublishedError, write_snapshot_to
from countertui.sync.batch import MAX_ENVELOPE, parse_batch
from countertui.sync.canonical import parse_strict
from countertui.sync.dsse import parse_envelope
from countertui.sync.durable import write_durably
from countertui.sync.faults import MalformedBatchError, MalformedBytesError, MalformedEnvelopeError
from countertui.sync.stick_client import REGISTRY, ack_name, own_register_name, snapshot_name
from countertui.sync.transport import MAX_ADMISSION

_ACKS_BEFORE = 50
_WORDS = {NEW: "posted", SAME: "here already", HELD: "taken, not posted", GAP: "waits for an earlier batch"}


@dataclass(frozen=True, slots=True)
class RegisterFromStick:
    """A file with what a terminal has of the register: what became of it, and how many entries were lost here."""

    file: str
    verdict: str
    taken: int
    reason: str = ""

    @property
    def was_believed(self) -> bool:
        """Whether it is this ledger's register, as far as it goes."""
        return self.verdict in (Verdict.TAKEN, Verdict.SAME)

    @property
    def said(self) -> str:
        """The same in words."""
        if self.was_believed:
            return f"{number_of(self.taken, 'entry', 'entries')} of the register came back."
        return f"the register is {self.verdict}. {self.reason}"


@dataclass(frozen=True, slots=True)
class FromStick:
    """One file: what it is named, whose batch it holds, and what became of it; no terminal where that can't be told."""

    file: str
    terminal: str
    epoch: int
    no: int
    verdict: str
    detail: str = ""

    @property
    def was_taken(self) -> bool:
        """Whether the ledger has it now."""
        return self.verdict in (_WORDS[NEW], _WORDS[SAME], _WORDS[HELD])


def take_entries(books: Books, key: Ed25519PrivateKey, folder: Path, now: str) -> list[RegisterFromStick]:
    """Take what this ledger lost of its register from the terminals' own copies; files that bring nothing are not told.

    What is on them is verified as if it came by the network. Raises OSError.
    """
    public_key = key.public_key().public_bytes_raw()
    found = []
    for path in sorted(folder.rglob(own_register_name("*"))):
        with path.open("rb") as opened:
            data = opened.read(MAX_ADMISSION + 1)
        if len(data) > MAX_ADMISSION:
            found.append(RegisterFromStick(path.name, Verdict.REFUSED, 0, "The file is too large."))
            continue
        back = take_back(books, public_key, data.splitlines(), now)
        if back.verdict is not Verdict.SAME:
            found.append(RegisterFromStick(path.name, back.verdict, back.taken, back.reason))
    return found


def take_in(books: Books, key: Ed25519PrivateKey, files: Iterable[Path], now: str) -> list[FromStick]:
    """Offer every batch in these files to the ledger, whatever order they lie in; `now` is ISO 8601 UTC.

    What can't be placed yet is told: an earlier batch is missing. Each file is judged as if it came by the network.
    """
    known, judged = [], []
    for path in files:
        found = _place(books, path)
        known.append((found, path)) if not found.verdict else judged.append(found)
    for found, path in sorted(known, key=lambda each: (each[0].terminal, each[0].epoch, each[0].no)):
        place = found.terminal, found.epoch, found.no
        answer = ingest(books, key, path.read_bytes(), *place, now)
        detail = _reason(answer.body) if answer.status not in (NEW, SAME) else ""
        judged.append(FromStick(found.file, *place, _WORDS.get(answer.status, "refused"), detail))
    return judged


def write_out(books: Books, key: Ed25519PrivateKey, folder: Path, taken: Iterable[FromStick]) -> int:
    """Put what those terminals wait for into `folder`: acks, the register, the newest snapshot; how many acks.

    As over the network, one that is frozen or revoked gets no snapshot, and learns by the register that it is.
    Raises OSError, WriteBackError.
    """
    first: dict[tuple[str, int], int] = {}
    for each in taken:
        place = each.terminal, each.epoch
        if each.terminal and each.verdict != "refused":
            first[place] = min(first.get(place, each.no), each.no)
    written = 0
    for (terminal, epoch), no in first.items():
        for number, ack in _acks(books, terminal, epoch, no - _ACKS_BEFORE):
            write_durably(folder / ack_name(terminal, epoch, number), signed_now(ack, key))
            written += 1
        _write_snapshot(books, folder, terminal)
    with books.reading() as connection:
        entries = entries_after(connection, 0)
    write_durably(folder / REGISTRY, b"".join(entry + b"\n" for entry in entries))
    return written


def write_snapshots(
    books: Books, folder: Path, taken: Iterable[FromStick], register: Iterable[RegisterFromStick]
) -> dict[str, int]:
    """Put the newest snapshot into `folder` for terminals that wrote nothing there but what they have of the register.

    They sealed nothing since their last stick and wait for what is new all the same: who may sign on, for one. `taken`
    and `register` are what became of the files there. Gives the version by terminal; as for `write_out`, none for
    one that is frozen, revoked or not known, or whose register is not believed. Raises OSError, WriteBackError.
    """
    answered = {each.terminal for each in taken if each.verdict != "refused"}
    doubted = {each.file for each in register if not each.was_believed}
    written = {}
    for path in sorted(folder.rglob(own_register_name("*"))):
        terminal = path.name.removesuffix(own_register_name(""))
        if terminal in answered or path.name in doubted:
            continue
        version = _write_snapshot(books, folder, terminal)
        if version is not None:
            written[terminal] = version
    return written


def _write_snapshot(books: Books, folder: Path, terminal: str) -> int | None:
    """Its version; None where the terminal may have none, and for a ledger without a city yet."""
    if not _is_active(books, terminal):
        return None
    try:
        return write_snapshot_to(books, folder / snapshot_name(terminal), terminal)
    except NothingPublishedError:
        return None


def _is_active(books: Books, terminal: str) -> bool:
    """Whether a terminal's newest key is neither frozen nor revoked."""
    c = tables.terminal.c
    with books.reading() as connection:
        query = select(c.state).where(c.code == terminal).order_by(c.epoch.desc()).limit(1)
        return connection.execute(query).scalar() == "active"


def _acks(books: Books, terminal: str, epoch: int, from_no: int) -> list[tuple[int, bytes]]:
    """What was answered to each batch in custody, and to those that are kept apart."""
    table, inbox = tables.batch, tables.inbox
    here = (table.c.terminal == terminal) & (table.c.epoch == epoch) & (table.c.no >= max(from_no, 1))
    apart = (inbox.c.terminal == terminal) & (inbox.c.epoch == epoch) & inbox.c.ack.is_not(None)
    with books.reading() as connection:
        held = connection.execute(select(inbox.c.no, inbox.c.ack).where(apart))
        found = {no: bytes(ack) for no, ack in held}
        found |= {no: bytes(ack) for no, ack in connection.execute(select(table.c.no, table.c.ack).where(here))}
    return sorted(found.items())


def _place(books: Books, path: Path) -> FromStick:
    """Whose batch a file holds, by its own word: `ingest` verifies it. With a verdict where it holds none for here."""

    def refused(why: str) -> FromStick:
        return FromStick(path.name, "", 0, 0, "refused", why)

    if path.stat().st_size > MAX_ENVELOPE:
        return refused(f"A batch has at most {MAX_ENVELOPE:,} bytes.")
    try:
        batch = parse_batch(parse_envelope(path.read_bytes(), MAX_ENVELOPE).payload)
    except (MalformedEnvelopeError, MalformedBatchError) as fault:
        return refused(f"{fault.happened} The file was cut short or altered.")
    if batch.ledger != books.ledger:
        return refused(f"It is for another city's ledger: {batch.ledger}.")
    return FromStick(path.name, batch.terminal, batch.epoch, batch.batch_no, "")


def _reason(body: bytes) -> str:
    try:
        said = parse_strict(body)
        if type(said) is dict and "payload" in said:
            reasons = parse_strict(parse_envelope(body, len(body)).payload).get("reasons", [])
            return "; ".join(map(str, reasons[:3]))
        if type(said) is dict and "have_no" in said:
            last = said["have_no"]
            by_keys = f"F10, S, W, all after batch {last}"
            return (
                f"The last one here is batch {last}. There: {by_keys} (countertui batch export FOLDER --after {last})"
            )
        return str(said.get("reason", "")) if type(said) is dict else ""
    except (MalformedBytesError, MalformedEnvelopeError):
        return ""
