"""Entries of the register that a restored ledger lost, given back by who still has them: terminals keep them as signed,
and a dead one's disk has them.

They need no trust in who brings them. Each is signed by the ledger's own key (or two root keys) and names the hash of
the one before: it is taken where it goes on from the last one here, and nowhere else. Another entry in a place that is
taken, signed by this ledger all the same, means that the ledger went on otherwise after it was restored: neither is
then thrown away, an alarm is raised, and people decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, select

from countertui.domain.desk_records import DESK
from countertui.ledger import registry, tables
from countertui.ledger.after_restore import await_terminal, awaited, no_longer_await
from countertui.ledger.alarms import REGISTER, keep_evidence, raise_alarm
from countertui.ledger.books import Books
from countertui.ledger.registry import REGISTER as LOG
from countertui.sync.dsse import pae, parse_envelope
from countertui.sync.ed25519 import checked_public_key, verify
from countertui.sync.faults import RegistryRefusedError
from countertui.sync.registry import Register, follow
from countertui.sync.registry_entries import (
    MAX_ENTRY,
    Entry,
    Freeze,
    LedgerKey,
    Revoke,
    Terminal,
    entry_hash,
    read_data,
    read_entry,
)


class Verdict(StrEnum):
    """What became of entries that were offered."""

    TAKEN = "taken"
    SAME = "same"
    GAP = "gap"
    FORK = "fork"
    REFUSED = "refused"


_WHY = {Verdict.GAP: "An earlier entry comes first.", Verdict.REFUSED: "It is of another city's register."}


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What became of them: how many were taken, the last entry here, and why no more were."""

    verdict: Verdict
    taken: int
    have_no: int
    reason: str = ""


def take_back(books: Books, public_key: bytes, envelopes: Sequence[bytes], now: str) -> GivenBack:
    """Take what goes on from the last entry here; of none it says where the register ends. Idempotent.

    public_key: the ledger's own (raw 32 bytes) as its key file has it; an alarm tells where it is in force no more.
    `now` is ISO 8601 UTC.
    """
    with books.reading() as connection:
        told = _nothing_of(connection, registry.outline(connection, books.ledger), envelopes)
    if told is not None:
        return told
    with books.writing() as connection:
        register = before = registry.present(connection, books.ledger)
        verdict, reason = Verdict.SAME, ""
        taken: list[Entry] = []
        for envelope in envelopes:
            try:
                entry, step = _judged(connection, register, envelope)
                if step is Verdict.SAME:
                    continue
                if step is Verdict.TAKEN:
                    register = follow(register, envelope)
                    registry.replay(connection, books.ledger, entry.no, envelope)
                    _await_whom_it_names(connection, entry)
                    taken.append(entry)
                    continue
                verdict, reason = step, _WHY.get(step, "")
                if step is Verdict.FORK:
                    reason = f"Entry {entry.no} of the register is another here."
                    _keep_apart(connection, entry, envelope, now)
            except RegistryRefusedError as refused:
                verdict, reason = Verdict.REFUSED, refused.happened
            break
        if taken:
            verdict = Verdict.TAKEN if verdict is Verdict.SAME else verdict
            _told(connection, before, register, taken, public_key, now)
        return GivenBack(verdict, len(taken), register.no, reason)


def take_from_disk(books: Books, public_key: bytes, rows: Sequence[tuple[int, bytes]], now: str) -> GivenBack:
    """`take_back`, of the (number, envelope) rows on a disk, in order, of which some may be damaged.

    A damaged one in a place that is taken here is of no use and no proof of anything: it holds up none after it.
    """
    with books.reading() as connection:
        outline = registry.outline(connection, books.ledger)
        offered = [each for no, each in rows if no > outline.no or _proves_something(connection, outline, each)]
    return take_back(books, public_key, offered, now)


def _proves_something(connection: Connection, outline: Register, envelope: bytes) -> bool:
    try:
        return _judged(connection, outline, envelope)[1] in (Verdict.SAME, Verdict.FORK)
    except RegistryRefusedError:
        return False


def _nothing_of(connection: Connection, outline: Register, envelopes: Sequence[bytes]) -> GivenBack | None:
    """The answer where nothing is to be written, None where something may be: a stranger's words keep no batch waiting,
    and have nothing read but the register's last entry, the ledger's own keys, and the places that they name."""
    for envelope in envelopes:
        try:
            _, step = _judged(connection, outline, envelope)
        except RegistryRefusedError as refused:
            return GivenBack(Verdict.REFUSED, 0, outline.no, refused.happened)
        if step in (Verdict.TAKEN, Verdict.FORK):
            return None
        if step is not Verdict.SAME:
            return GivenBack(step, 0, outline.no, _WHY[step])
    return GivenBack(Verdict.SAME, 0, outline.no)


def _judged(connection: Connection, register: Register, envelope: bytes) -> tuple[Entry, Verdict]:
    """An entry, and where it belongs; of the register nothing counts but its end and the ledger's keys.

    Raises RegistryRefusedError for what is malformed, or would be taken or be a fork and is not signed by this ledger.
    """
    entry, payload = read_entry(envelope)
    step = _step(connection, register, entry, entry_hash(payload))
    if step in (Verdict.TAKEN, Verdict.FORK) and not _is_ours(register, envelope):
        raise RegistryRefusedError("bad-signature", "It is not signed by this ledger.")
    return entry, step


def _step(connection: Connection, register: Register, entry: Entry, hash_: str) -> Verdict:
    """Where an entry belongs, by its number and hashes."""
    if entry.ledger != register.ledger:
        return Verdict.REFUSED
    if entry.no <= register.no:
        log = tables.registry_entry
        here = connection.execute(select(log.c.hash).where(log.c.no == entry.no)).scalar()
        return Verdict.SAME if here == hash_ else Verdict.FORK
    if entry.no > register.no + 1:
        return Verdict.GAP
    return Verdict.TAKEN if entry.prev == register.head else Verdict.FORK


def _await_whom_it_names(connection: Connection, entry: Entry) -> None:
    """A ledger that waits for its terminals waits for those it hears of by that too, and for none that is revoked."""
    data = read_data(entry)
    if isinstance(data, Terminal) and awaited(connection):
        await_terminal(connection, data.terminal, data.epoch)
    elif isinstance(data, Revoke):
        no_longer_await(connection, data.terminal, data.epoch)


def _is_ours(register: Register, envelope: bytes) -> bool:
    """Whether any key of this ledger, or of its roots, signed an entry: what anybody may have made up is no fork."""
    opened = parse_envelope(envelope, MAX_ENTRY)
    message = pae(opened.payload_type, opened.payload)
    keys = [checked_public_key(each) for each in (*register.ledger_keys, *register.roots)]
    return any(verify(key, each.sig, message) for each in opened.signatures for key in keys)


def _keep_apart(connection: Connection, entry: Entry, envelope: bytes, now: str) -> None:
    """Keep the other entry as evidence, and have people look."""
    key = keep_evidence(connection, LOG, 1, entry.no, envelope, _said(entry), now)
    told = (
        f"Entry {entry.no} of the register is another here than a terminal has: {_said(entry)}. This ledger was"
        f" restored and went on before that one came back; it is kept as {key[:12]} in the inbox. Two people decide."
    )
    raise_alarm(connection, REGISTER, "", 0, entry.no, told, now)


def _told(
    connection: Connection, before: Register, after: Register, taken: Sequence[Entry], public_key: bytes, now: str
) -> None:
    """Have people see what came back; each freeze with the alarm that it was raised with."""
    what = "; ".join(_said(entry) for entry in taken[:20])
    which = f"Entries {before.no + 1} to {after.no} of the register were" if len(taken) > 1 else ""
    told = f"{which or f'Entry {after.no} of the register was'} lost here and came back: {what}."
    raise_alarm(connection, REGISTER, "", 0, after.no, told, now)
    for entry in taken:
        data = read_data(entry)
        if entry.kind == "freeze" and isinstance(data, Freeze):
            raise_alarm(connection, REGISTER, data.terminal, data.epoch, None, data.reason, now)
        elif isinstance(data, LedgerKey):
            _tell_too_early(connection, data.desk_seq, after.no, now)
    if before.ledger_key != after.ledger_key != public_key:
        told = (
            "By its register the ledger has a newer key than the one in its key file: terminals believe nothing that"
            " it signs. Put the newer keys.json back. Where it is lost: let all terminals sync first, as the service"
            " does not start again with this one; then stop it, and countertui ledger rotate --roots."
        )
        raise_alarm(connection, REGISTER, "", 0, after.no, told, now)


def _tell_too_early(connection: Connection, desk_seq: int, no: int, now: str) -> None:
    """Have people see that the desk went on under a key that had signed its last record before: fsck believes none of
    those, as whoever stole that key could have made them."""
    last = connection.execute(select(tables.terminal.c.last_seq).where(tables.terminal.c.code == DESK)).scalar() or 0
    if last > desk_seq:
        told = (
            f"Records {desk_seq + 1} to {last} of the desk are signed with a key that was changed before them, as this"
            " ledger did not know yet: ledger fsck can't follow them. Restore once more from the same backup, let all"
            " terminals sync, and only then do again what was done at the desk."
        )
        raise_alarm(connection, REGISTER, "", 0, no, told, now)


def _said(entry: Entry) -> str:
    place = f" of {entry.data['terminal']}/{entry.data['epoch']}" if "terminal" in entry.data else ""
    value = f", record {entry.data['seq']}, {entry.data['field']}," if entry.kind == "erase" else ""
    by = f" by {' and '.join(entry.by)}" if entry.by else ""
    return f"{entry.kind}{place}{value}{by}"
