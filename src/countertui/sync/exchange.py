"""The Exchange port: batches out, the ledger's verified answers and snapshots in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countertui.domain.office import TerminalEntry
from countertui.domain.office_said import OfficeSaid
from countertui.domain.reservations import Reserving
from countertui.errors import EnvironmentFault
from countertui.ports.exchange import Answer, DeskReply, Heard, LogSeen
from countertui.sync.ack import open_ack
from countertui.sync.canonical import parse_strict
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.faults import (
    AckRefusedError,
    BatchNotTakenError,
    LedgerGapError,
    LedgerUnreachableError,
    MalformedBytesError,
    RegistryRefusedError,
    SnapshotRefusedError,
    TerminalNotKnownError,
)
from countertui.sync.late_client import LateClient
from countertui.sync.live import head_body, open_answer, record_lines
from countertui.sync.log_watch import follow
from countertui.sync.notes import origin_of
from countertui.sync.offer import Offer, usable_delta
from countertui.sync.recorder import Recorder
from countertui.sync.registry import Register, follow_all, require_pinned
from countertui.sync.registry_entries import entry_hash, read_entry
from countertui.sync.snapshot import TableEntry, open_manifest
from countertui.sync.transport import MAX_GIVEN_BACK, LedgerClient, Reply, not_known_there

if TYPE_CHECKING:
    from countertui.sync.other_batch import ReadBatch
    from countertui.sync.stick_exchange import StickExchange

_Said = TypeVar("_Said")


class LedgerExchange:
    """One terminal's dealings with the ledger whose key it has pinned.

    `ledger_key` is what it pinned when it began, `founding` the hash of the first entry of the ledger's register
    of keys (None for a terminal older than that), `entries` that register as far as it was followed: the key in force
    is its.
    Raises RegistryRefusedError.
    """

    def __init__(
        self,
        recorder: Recorder,
        ledger_key: Ed25519PublicKey,
        client: LedgerClient | LateClient,
        *,
        founding: str | None = None,
        entries: Sequence[bytes] = (),
    ) -> None:
        self._recorder = recorder
        self._pinned = ledger_key
        self._client = client
        client.sign_as(recorder)
        self._founding = founding
        self._register = Register(recorder.ledger)
        self._entries: list[bytes] = []
        self.follow(entries)

    def seal(self, batch: Mapping[str, Any], records: list[tuple[bytes, bytes]]) -> tuple[bytes, str]:
        """The signed envelope of a batch, and the batch's hash: see `Recorder.seal_batch`."""
        return self._recorder.seal_batch(batch, records)

    def send(self, batch_no: int, envelope: bytes, batch_hash: str) -> Answer:
        """Offer a sealed batch and verify the answer.

        Raises LedgerGapError (an earlier batch comes first), BatchNotTakenError (refused, with the ledger's reason),
        AckRefusedError (the answer proves nothing), LedgerUnreachableError (no usable answer).
        """
        terminal, epoch = self._recorder.terminal, self._recorder.epoch
        reply = self._client.put_batch(terminal, epoch, batch_no, envelope)
        if reply.status in {200, 201, 202}:
            # A fresh answer is believed from the key in force alone.
            return self._answer(batch_no, batch_hash, reply.body, self._ledger_keys[:1])
        if reply.status == 409:
            raise _gap(batch_no, reply)
        if 400 <= reply.status < 500:
            raise _not_taken(batch_no, reply)
        raise LedgerUnreachableError(
            f"The ledger has a fault of its own ({reply.status}).",
            f"Batch {batch_no} is safe here and stays unsent.",
            "Go on working; sending is tried again by itself.",
        )

    def ask(self, batch_no: int, batch_hash: str) -> Answer | None:
        """How the ledger answers now for a batch that it has, by its key in force; None if it has no such batch.

        Raises AckRefusedError, LedgerUnreachableError.
        """
        ack = self._client.get_ack(self._recorder.terminal, self._recorder.epoch, batch_no)
        return None if ack is None else self._answer(batch_no, batch_hash, ack, self._ledger_keys[:1])

    def tell_personal(self, batch_no: int, sealed: Sequence[tuple[int, str, bytes]]) -> list[tuple[int, str]]:
        """Give the ledger values of a batch it has, (record, field, sealed value) each; which of them it has now.

        Raises LedgerUnreachableError (no usable answer).
        """
        from countertui.sync.personal_part import make_part, read_kept

        terminal, epoch = self._recorder.terminal, self._recorder.epoch
        part = make_part(self._recorder.ledger, terminal, epoch, batch_no, sealed)
        reply = self._client.put_personal(terminal, epoch, batch_no, part)
        if reply.status != 200:
            raise LedgerUnreachableError(
                f"The ledger did not take personal data of batch {batch_no} ({reply.status}).", "It is kept here."
            )
        offered = {(seq, field) for seq, field, _ in sealed}
        return [each for each in read_kept(reply.body) if each in offered]

    def read(self, batch_no: int, batch_hash: str, ack: bytes) -> Answer:
        """The answer in an ack's envelope, kept or from a stick: by any key that was ever in force.

        Raises AckRefusedError.
        """
        return self._answer(batch_no, batch_hash, ack, self._ledger_keys)

    def _answer(self, batch_no: int, batch_hash: str, ack: bytes, keys: Sequence[Ed25519PublicKey]) -> Answer:
        opened = _first_good(
            [
                partial(
                    open_ack,
                    ack,
                    key,
                    ledger=self._recorder.ledger,
                    terminal=self._recorder.terminal,
                    epoch=self._recorder.epoch,
                    batch_no=batch_no,
                    batch_hash=batch_hash,
                )
                for key in keys
            ]
        )
        return Answer(
            opened.status,
            opened.posted_cents,
            opened.difference_cents,
            tuple(opened.reasons),
            ack,
            opened.checkpoint or "",
            (opened.extends.size, tuple(opened.extends.proof)) if opened.extends else None,
        )

    def tell_records(self, records: Sequence[tuple[bytes, bytes]]) -> Heard:
        """Let the ledger see records before they are sealed; what it knows then.

        Raises AckRefusedError (the answer proves nothing), LedgerUnreachableError (no usable answer).
        """
        return self._heard("records", record_lines(records))

    def tell_head(self, known: int, seq: int, h: bytes) -> Heard:
        """Say where the journal ends (`h`: 32 bytes), once it is heard what the ledger knows of. Raises as above."""
        return self._heard("heads", head_body(known, seq, h, self._recorder.sign_head(known, seq, h)))

    def _heard(self, what: str, data: bytes) -> Heard:
        terminal, epoch = self._recorder.terminal, self._recorder.epoch
        reply = self._client.post_live(terminal, epoch, what, data)
        if reply.status == 401:
            raise not_known_there()
        if reply.status not in {200, 409}:
            raise LedgerUnreachableError(
                f"The ledger did not hear this terminal ({reply.status}).", "Everything recorded is safe here."
            )
        ledger, key = self._recorder.ledger, self._ledger_keys[0]
        said = open_answer(reply.body, key, ledger=ledger, terminal=terminal, epoch=epoch)
        return Heard(said.have_seq, said.have_h, said.known_seq, said.batch_no, said.state)

    def ask_desk(
        self, what: str, said: Mapping[str, Any], people: Sequence[tuple[str, str]] = (), city_key: bytes = b""
    ) -> DeskReply:
        """What the ledger's desk says to a request; ids and PINs, as typed, go sealed to the city's key (32 bytes).

        Raises LedgerUnreachableError (no usable answer: whatever was asked may have been done), TerminalNotKnownError,
        SealingError, CanonicalError.
        """
        from countertui.sync.desk_wire import request, said_in, sealed_request

        place = self._recorder.ledger, self._recorder.terminal, self._recorder.epoch
        data = sealed_request(place, what, said, people, city_key) if people else request(said)
        reply = self._client.post_desk(what, data)
        if reply.status == 401:
            raise not_known_there()
        if reply.status >= 500:
            raise LedgerUnreachableError(
                f"The ledger can't answer now ({reply.status}).",
                "Everything recorded is safe here.",
                "Try again later.",
            )
        return DeskReply(reply.status, said_in(reply.status, reply.body))

    def follow_log(self, seen: LogSeen | None, answer: Answer) -> LogSeen | None:
        """What is seen of the ledger's log once the answer's checkpoint is proven; see `sync.log_watch.follow`."""
        return self._followed_log(seen, answer.checkpoint, answer.extends) if answer.checkpoint else seen

    def newest_log(self, seen: LogSeen) -> LogSeen:
        """The same of the newest checkpoint that the ledger gives to everybody."""
        note = self._client.get_checkpoint()
        return self._followed_log(seen, note, None) if note is not None else seen

    def _followed_log(self, seen: LogSeen | None, note: str, extends: tuple[int, tuple[str, ...]] | None) -> LogSeen:
        origin = origin_of(self._recorder.ledger)
        fetch = self._client.get_consistency
        # An answer given again is signed anew, the checkpoint in it is as old as it is.
        return _first_good([partial(follow, seen, note, extends, key, origin, fetch) for key in self._ledger_keys])

    @property
    def _ledger_keys(self) -> list[Ed25519PublicKey]:
        """The ledger's keys, the one in force first."""
        if not self._register.no:
            return [self._pinned]
        return [checked_public_key(key) for key in reversed(self._register.ledger_keys)]

    def newer_entries(self) -> tuple[bytes, ...]:
        """What the ledger's register says since it was last followed, verified; `follow` then believes it.

        A restored ledger that lost entries is given them back first. Raises RegistryRefusedError if it is another
        register, or stays cut short; LedgerUnreachableError.
        """
        known = self._register
        try:
            got = self._client.get_registry(max(known.no - 1, 0))
        except TerminalNotKnownError:
            if not self._give_back():
                raise
            got = self._client.get_registry(known.no - 1)
        if known.no:
            if not got and self._give_back():
                got = self._client.get_registry(known.no - 1)
            if not got:
                raise RegistryRefusedError("rolled-back", "The ledger's register of keys is shorter than it was.")
            last, payload = read_entry(got[0])
            if last.no != known.no or entry_hash(payload) != known.head:
                self._give_back(from_no=0)  # it takes none of them; people there are told
                raise RegistryRefusedError("fork", f"Entry {known.no} of the ledger's register is another than it was.")
            got = got[1:]
        self._followed(got)
        return tuple(got)

    def follow(self, entries: Sequence[bytes]) -> None:
        """Believe the register's next entries, and the keys they name. Raises RegistryRefusedError."""
        self._register = self._followed(entries)
        self._entries += entries

    def _give_back(self, from_no: int | None = None) -> bool:
        """Give the ledger the entries that it lost, or all after from_no; whether it has all of them then."""
        try:
            have_no = from_no if from_no is not None else _have_no(self._client.put_lost_entries(()))
            while 0 <= have_no < len(self._entries):
                part = _part(self._entries[have_no:])
                reply = self._client.put_lost_entries(part)
                if reply.status != 200:
                    return False
                have_no += len(part)
        except LedgerUnreachableError:
            return False
        return have_no == len(self._entries) > 0

    def standing(self) -> str:
        """How the ledger has this terminal, as far as is known here: active, frozen or revoked; "" if it isn't."""
        place = self._register.terminals.get((self._recorder.terminal, self._recorder.epoch))
        return place.state if place is not None else ""

    def certificate(self, public_key: bytes) -> str:
        """The ledger's certificate (hex) of a key of this terminal's epoch, by the register; "" if it has none."""
        place = self._register.terminals.get((self._recorder.terminal, self._recorder.epoch))
        return "" if place is None or place.state == "revoked" else place.certificate_of(public_key).hex()

    def _followed(self, entries: Sequence[bytes]) -> Register:
        if not entries:
            return self._register
        after = follow_all(self._register, entries)
        require_pinned(after, self._founding, self._pinned.public_bytes_raw())
        return after

    def newer_snapshot(self, than: int, in_use: str = "") -> Offer | None:
        """The newest snapshot if its version is above `than`; in_use: the hash of that one.

        Raises SnapshotRefusedError, LedgerUnreachableError.
        """
        key, terminal, epoch = self._ledger_keys[0], self._recorder.terminal, self._recorder.epoch
        data = self._client.get_manifest(terminal)
        if data is None:
            return None
        place = self._register.terminals.get((terminal, epoch))
        office = place.office if place is not None else None
        try:
            manifest = open_manifest(data, key, self._recorder.ledger, than, in_use=in_use, office=office)
        except SnapshotRefusedError as fault:
            if fault.reason == "same-version":
                return None
            raise

        def fetch(entry: TableEntry, to: Path) -> None:
            self._client.fetch_table(manifest.version, entry.name, to, entry.bytes, manifest.office)

        delta = self._client.get_delta(manifest.version, than, manifest.office) if in_use else None
        if delta is None:
            return Offer(manifest, terminal, epoch, fetch)
        return Offer(manifest, terminal, epoch, fetch, usable_delta(delta, key, manifest, than, in_use))

    def reachable(self) -> bool:
        """Whether this terminal's ledger answers now."""
        try:
            return self._client.health().get("ledger") == self._recorder.ledger
        except EnvironmentFault:
            return False

    def ask_office(self) -> OfficeSaid:
        """What the ledger says of this terminal's office, by its key in force.

        Raises AckRefusedError, LedgerUnreachableError.
        """
        from countertui.sync.office_answer import open_office

        terminal, epoch = self._recorder.terminal, self._recorder.epoch
        data = self._client.get_office(terminal, epoch)
        if data is None:
            raise not_known_there()
        return open_office(data, self._ledger_keys[0], ledger=self._recorder.ledger, terminal=terminal, epoch=epoch)

    def reserve(self, wanted: Reserving, within_s: float) -> None:
        """Ask the ledger to keep things for this terminal; see `sync.reservation.ask_ledger`."""
        from countertui.sync.reservation import ask_ledger

        ask_ledger(self._client, self._recorder, wanted, within_s)

    def terminals(self) -> list[TerminalEntry]:
        """All terminals of the city, each epoch, by the register as far as it was followed here."""
        return [
            TerminalEntry(code, epoch, keys.office, keys.state)
            for (code, epoch), keys in sorted(self._register.terminals.items())
        ]

    def read_batch(self, terminal: str, epoch: int, envelope: bytes) -> ReadBatch:
        """Another terminal's batch, by the keys that the register has of it; see `sync.other_batch.read_other`."""
        from countertui.sync.other_batch import read_other

        return read_other(self._register, terminal, epoch, envelope)

    def from_stick(self, folder: Path) -> StickExchange:
        """The same dealings with what lies in a folder, by what is believed here so far."""
        from countertui.sync.stick_exchange import StickExchange

        return StickExchange(
            self._recorder, self._pinned, folder, founding=self._founding, entries=tuple(self._entries)
        )

    def ledger_utc_ms(self) -> int | None:
        """The time the ledger's last answer said, milliseconds since 1970 UTC; None if none did."""
        return self._client.said_utc_ms


def _first_good(ways: Sequence[Callable[[], _Said]]) -> _Said:
    """What the first key makes of it that signed it; what is wrong with it by the first key, if none did."""
    refused: AckRefusedError | None = None
    for way in ways:
        try:
            return way()
        except AckRefusedError as fault:
            if fault.reason not in ("bad-signature", "log-note"):
                raise
            refused = refused or fault
    raise refused or AssertionError("there is always a key in force")


def _have_no(reply: Reply) -> int:
    """The last entry that the ledger has of its register; -1 where it doesn't say."""
    have_no = _said(reply).get("have_no")
    return have_no if type(have_no) is int and reply.status == 200 else -1


def _part(entries: Sequence[bytes]) -> list[bytes]:
    """As many of them, from the first, as are given back at once."""
    sizes = accumulate(len(entry) + 1 for entry in entries)
    return [entry for entry, size in zip(entries, sizes, strict=True) if size <= MAX_GIVEN_BACK]


def _gap(batch_no: int, reply: Reply) -> LedgerGapError:
    said = _said(reply)
    have_no = said.get("have_no")
    if type(have_no) is not int or have_no < 0:
        raise LedgerUnreachableError(
            f"The ledger's answer to batch {batch_no} cannot be read.", "It stays unsent here."
        )
    return LedgerGapError(have_no, f"The ledger has batches up to {have_no}; batch {have_no + 1} comes first.")


def _not_taken(batch_no: int, reply: Reply) -> BatchNotTakenError:
    reason = _said(reply).get("reason")
    why = f": {reason[:300]}" if type(reason) is str else ""
    return BatchNotTakenError(
        f"The ledger did not take batch {batch_no} ({reply.status}){why}.",
        "The batch is safe here and stays unsent.",
        "Call a technician; the ledger's log says more.",
    )


def _said(reply: Reply) -> dict[str, Any]:
    try:
        said = parse_strict(reply.body)
    except MalformedBytesError:
        return {}
    return said if type(said) is dict else {}
