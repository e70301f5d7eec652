"""The way to the central ledger, as Protocols: what is told and asked, over the network or a stick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from countertui.errors import AnswerNo, EnvironmentFault

if TYPE_CHECKING:  # whoever only wants the errors, as the check at every start does, needs none of these
    from pathlib import Path

    from countertui.domain.office import OtherBatch, SealedBatch, StickFile, TerminalEntry
    from countertui.domain.office_said import OfficeSaid
    from countertui.domain.reservations import Reserving
    from countertui.ports.snapshots import SnapshotOffer


@dataclass(frozen=True, slots=True)
class Answer:
    """The ledger's verified answer to a batch: posted, received or held; cents as it re-derived them.

    `checkpoint` is the signed note of its log with the batch in it, empty where it has none; `extends` the size of an
    earlier log and the proof that this one begins with it.
    """

    state: str
    posted_cents: int
    difference_cents: int
    reasons: tuple[str, ...]
    ack: bytes
    checkpoint: str = ""
    extends: tuple[int, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What the ledger knows of this terminal's journal, verified.

    Its records there go on after `have_seq` of hash `have_h` (hex); `known_seq` is the highest it heard of, `batch_no`
    the last batch in its custody; state is active, frozen or revoked.
    """

    have_seq: int
    have_h: str
    known_seq: int
    batch_no: int
    state: str


@dataclass(frozen=True, slots=True)
class DeskReply:
    """What the ledger's desk said: an HTTP status, 200 where it was done or told, and a JSON object."""

    status: int
    said: dict[str, Any]


class Gap(AnswerNo):
    """The ledger lacks earlier batches: those it answered for before are gone there too."""

    have_no: int
    """The last batch it has, 0 for none."""


class NotKnownThere(EnvironmentFault):
    """The ledger does not know this terminal: it never did, or lost what it knew and must be given it back."""


class LogForked(AnswerNo):
    """The ledger's log is another than it was: its history was changed. Nothing it says is believed until looked at."""


@dataclass(frozen=True, slots=True)
class LogSeen:
    """The newest checkpoint of the ledger's log that was proven here: entries, root (hex), the signed note.

    `alarm` says what a person must see, empty for nothing.
    """

    size: int
    root: str
    note: str
    alarm: str = ""


class Exchange(Protocol):
    """The way to the central ledger.

    Raises an EnvironmentFault where there is none, an AnswerNo where it can't be believed.
    """

    def seal(self, batch: Mapping[str, Any], records: list[tuple[bytes, bytes]]) -> tuple[bytes, str]:
        """The signed envelope of a batch, from the `seal` record's data and (body, signature) pairs, and its hash."""

    def ask(self, batch_no: int, batch_hash: str) -> Answer | None:
        """How the ledger answers now for a batch it has in custody; None if it doesn't have it."""

    def send(self, batch_no: int, envelope: bytes, batch_hash: str) -> Answer:
        """Offer a sealed batch, idempotent, and verify the answer."""

    def tell_personal(self, batch_no: int, sealed: Sequence[tuple[int, str, bytes]]) -> list[tuple[int, str]]:
        """Give the ledger values of a batch it has, (record, field, sealed value) each; which of them it has now."""

    def read(self, batch_no: int, batch_hash: str, ack: bytes) -> Answer:
        """The answer in an ack that was kept, verified again."""

    def ask_desk(
        self, what: str, said: Mapping[str, Any], people: Sequence[tuple[str, str]] = (), city_key: bytes = b""
    ) -> DeskReply:
        """What the ledger's desk says to a request; ids and PINs, as typed, go sealed to the city's key (32 bytes).

        After an EnvironmentFault, whatever was asked may have been done.
        """

    def follow_log(self, seen: LogSeen | None, answer: Answer) -> LogSeen | None:
        """What is seen of the ledger's log once the answer's checkpoint is proven to extend it.

        Raises LogForked where it doesn't, an EnvironmentFault where the ledger must be asked and can't be.
        """

    def newest_log(self, seen: LogSeen) -> LogSeen:
        """What is seen of the ledger's log as it is now, proven to extend what was seen. Raises as above."""

    def tell_records(self, records: Sequence[tuple[bytes, bytes]]) -> Heard:
        """Let the ledger see records, (body, signature) each, before they are sealed; what it knows then."""

    def tell_head(self, known: int, seq: int, h: bytes) -> Heard:
        """Say where the journal ends, signed, after hearing that the ledger knows of record `known`."""

    def newer_snapshot(self, than: int, in_use: str = "") -> SnapshotOffer | None:
        """The newest snapshot if its version is above the one given; in_use: the hash of that, to be told changes."""

    def newer_entries(self) -> tuple[bytes, ...]:
        """What the ledger's register of keys says since it was last followed, verified."""

    def follow(self, entries: Sequence[bytes]) -> None:
        """Believe the register's next entries, and the keys they name."""

    def standing(self) -> str:
        """How the ledger has this terminal: active, frozen or revoked; "" if that is not known here."""

    def certificate(self, public_key: bytes) -> str:
        """The ledger's certificate (hex) of a key of this terminal's epoch, by the register; "" if it has none."""

    def reachable(self) -> bool:
        """Whether the ledger answers now."""

    def ask_office(self) -> OfficeSaid:
        """What the ledger says now of this terminal's office, verified."""

    def reserve(self, wanted: Reserving, within_s: float) -> None:
        """Ask the ledger to keep things for this terminal. Raises TakenElsewhere."""

    def terminals(self) -> Sequence[TerminalEntry]:
        """All terminals of the city, each epoch, by the register as far as it was followed here."""

    def read_batch(self, terminal: str, epoch: int, envelope: bytes) -> OtherBatch:
        """Another terminal's batch, by the keys that the register followed here has of it."""

    def read_kept(self, terminal: str, epoch: int, envelope: bytes) -> Sequence[Mapping[str, Any]]:
        """The records of another terminal's batch that was taken here, verified as it came: its envelope is, again."""

    def from_stick(self, folder: Path) -> Stick:
        """The same dealings with what lies in a folder, by what is believed here so far."""

    def ledger_utc_ms(self) -> int | None:
        """The time the ledger's last answer said, milliseconds since 1970 UTC; None if none did."""


class Stick(Exchange, Protocol):
    """A folder with what the ledger wrote for this terminal, and what other terminals sealed."""

    @property
    def from_ledger(self) -> bool:
        """Whether the ledger wrote anything into it for this terminal."""

    def batches(self) -> Sequence[StickFile]:
        """The batches of other terminals, in the order in which each terminal sealed them."""

    @property
    def own_batches(self) -> int:
        """How many batches of this terminal itself lie there."""

    @property
    def behind(self) -> int:
        """How many entries of the register, as it is known here, the ledger wrote after this stick."""

    def registers(self) -> Sequence[str]:
        """The files with what terminals have of the ledger's register."""

    def entries_in(self, name: str) -> tuple[bytes, ...]:
        """What one of these files has of the register beyond what is known here, verified."""

    def lay(self, batches: Sequence[SealedBatch]) -> None:
        """Write batches of this terminal into it, and its copy of the register. Raises an EnvironmentFault."""
