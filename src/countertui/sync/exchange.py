"""The Exchange port: batches out, the ledger's verified answers and snapshots in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countertui.domain.office import TerminalEntry
from countertui.domain.office_said import OfficeSaid
from countertui.domain.reservations import Reserving
from countertui.errors import EnvironmentFault
from countertui.ports.exchange import Answer, DeskReply, Heard, LogSeen
from countertui.sync.batch_answers import answer_in, first_good, why_not_taken
from countertui.sync.faults import LedgerUnreachableError, SnapshotRefusedError
from countertui.sync.followed_register import FollowedRegister
from countertui.sync.late_client import LateClient
from countertui.sync.live import head_body, open_answer, record_lines
from countertui.sync.log_watch import follow
from countertui.sync.notes import origin_of
from countertui.sync.offer import Offer, usable_delta
from countertui.sync.recorder import Recorder
from countertui.sync.registry import Register
from countertui.sync.snapshot import TableEntry, open_manifest
from countertui.sync.transport import LedgerClient, not_known_there

if TYPE_CHECKING:
    from countertui.sync.other_batch import ReadBatch
    from countertui.sync.stick_exchange import StickExchange


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
        self._client = client
        client.sign_as(recorder)
        self._followed = FollowedRegister(recorder.ledger, ledger_key, founding, entries)

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
        raise why_not_taken(batch_no, reply)

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
        place = self._recorder.ledger, self._recorder.terminal, self._recorder.epoch
        return answer_in(ack, keys, place, batch_no, batch_hash)

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
        from countertui.sync.desk_asking import ask_desk

        place = self._recorder.ledger, self._recorder.terminal, self._recorder.epoch
        return ask_desk(self._client, place, what, said, people, city_key)

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
        return first_good([partial(follow, seen, note, extends, key, origin, fetch) for key in self._ledger_keys])

    @property
    def _ledger_keys(self) -> list[Ed25519PublicKey]:
        """The ledger's keys, the one in force first."""
        return self._followed.ledger_keys

    @property
    def _register(self) -> Register:
        return self._followed.register

    def newer_entries(self) -> tuple[bytes, ...]:
        """What the ledger's register says since it was last followed, verified; `follow` then believes it.

        Raises as of `FollowedRegister.newer`.
        """
        return self._followed.newer(self._client)

    def follow(self, entries: Sequence[bytes]) -> None:
        """Believe the register's next entries, and the keys they name. Raises RegistryRefusedError."""
        self._followed.follow(entries)

    def standing(self) -> str:
        """How the ledger has this terminal, as far as is known here: active, frozen or revoked; "" if it isn't."""
        place = self._register.terminals.get((self._recorder.terminal, self._recorder.epoch))
        return place.state if place is not None else ""

    def certificate(self, public_key: bytes) -> str:
        """The ledger's certificate (hex) of a key of this terminal's epoch, by the register; "" if it has none."""
        place = self._register.terminals.get((self._recorder.terminal, self._recorder.epoch))
        return "" if place is None or place.state == "revoked" else place.certificate_of(public_key).hex()

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

    def read_kept(self, terminal: str, epoch: int, envelope: bytes) -> Sequence[Mapping[str, Any]]:
        """The records' bodies of another terminal's batch that was taken here; see `sync.other_batch.read_kept`."""
        from countertui.sync.other_batch import read_kept

        return read_kept(self._register, terminal, epoch, envelope).batch.bodies

    def from_stick(self, folder: Path) -> StickExchange:
        """The same dealings with what lies in a folder, by what is believed here so far."""
        from countertui.sync.stick_exchange import StickExchange

        believed = self._followed
        return StickExchange(
            self._recorder, believed.pinned, folder, founding=believed.founding, entries=tuple(believed.entries)
        )

    def ledger_utc_ms(self) -> int | None:
        """The time the ledger's last answer said, milliseconds since 1970 UTC; None if none did."""
        return self._client.said_utc_ms
