"""What the counter needs from the outside world, as Protocols: time, ids, signing, printing, sending."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, Literal, Protocol

from countertui.domain.check_line import CheckLine
from countertui.domain.device_reads import DeviceRead
from countertui.domain.money import Cents
from countertui.domain.office import OtherBatch, StickFile, TerminalEntry
from countertui.domain.office_said import OfficeSaid
from countertui.domain.personal import Place, Salted
from countertui.domain.records import KeyRotateData
from countertui.domain.reservations import Reserving
from countertui.errors import AnswerNo, EnvironmentFault


class Clock(Protocol):
    """The clock is evidence, never a decider."""

    def utc_ms(self) -> int:
        """Wall time, milliseconds since 1970 UTC."""

    def mono_ms(self) -> int:
        """Monotonic milliseconds since an arbitrary point of this boot."""

    def boot_id(self) -> str:
        """The id of this boot of the machine."""

    def local_text(self) -> str:
        """Local date and time now, for paper and screen: `2026-11-23 09:41`."""

    def local_of(self, utc: str) -> str:
        """A record's time (ISO 8601 UTC) as local date and time."""


Ids = Callable[[], str]
"""Gives a new UUIDv7 as text at each call."""

Random = Callable[[int], bytes]
"""Gives that many random bytes."""


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """A record as stored and sent: canonical body, its chain hash (32 bytes) and signature (64 bytes)."""

    seq: int
    prev: bytes
    body: bytes
    h: bytes
    sig: bytes


class Recorder(Protocol):
    """Makes signed bytes (`sync/`); only it and the ledger know the wire format. Named for one terminal and its key."""

    ledger: str
    terminal: str
    epoch: int
    genesis: bytes
    """The hash record 1 points back to."""

    @property
    def public_key(self) -> bytes:
        """The public half, 32 bytes, of the key that signs now."""

    def next_key(self) -> KeyRotateData | None:
        """What a key_rotate record says of the key kept to follow; None if none is kept."""

    def turn_key(self, from_seq: int) -> None:
        """Sign with the next key from this record on."""

    def seal_record(self, seq: int, prev: bytes, body: dict[str, Any]) -> SignedRecord:
        """Canonical bytes, hash, signature, and a check of its own signature before returning."""

    def claim(self, fields: dict[str, Any], certificate_of: Callable[[bytes], str], address: str = "") -> str:
        """The signed claim for a receipt's QR code, by a key (32 bytes) that has a certificate (hex) if one is kept.

        `address` is the city's page, where there is one.
        """

    def license_claim(self, fields: dict[str, Any], certificate_of: Callable[[bytes], str], address: str = "") -> str:
        """The same for a license certificate's QR code."""

    def claimed(self, code: str) -> tuple[str, int, int]:
        """The terminal, epoch and record that a receipt's code names; nothing is verified. Raises an AnswerNo."""

    def claimed_license(self, code: str) -> str:
        """The number of the license that a certificate's code names; nothing is verified. Raises an AnswerNo."""


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    """What became of a print attempt: confirmed, processed, sent, refused (nothing left) or uncertain, and why."""

    state: str
    detail: str = ""


SlipSheet = Literal["slip", "validation"]
"""What is put into a printer: a check, a customer's stub."""


class Printer(Protocol):
    """One printer with its drawer. Paper never decides whether money was taken."""

    @property
    def name(self) -> str:
        """Which one, for a person; no two of a terminal have the same."""

    def render(self, document: str) -> bytes:
        """The printer's bytes for a print document (JSON), made in a child process."""

    def send(self, data: bytes, process_id: str) -> PrintOutcome:
        """Send one job and say what became of it; process_id: four letters of 0x20-0x7e, used for no other job."""

    def clear(self) -> PrintOutcome:
        """Have the printer forget what it holds and has not printed; refused where it can't be reached."""

    def give_up(self) -> None:
        """End the wait of a job under way, for paper or a closed cover; its outcome is then uncertain."""

    @property
    def has_slip(self) -> bool:
        """Whether sheets can be put in: checks to endorse, stubs to validate."""

    def print_slip(self, data: bytes, sheet: SlipSheet, told: Callable[[str], None]) -> PrintOutcome:
        """Have a sheet put in, within a finite time, and print on it once.

        refused: nothing was printed. `told` is called from this thread with what the operator should do: insert,
        printing, take out, left in.
        """

    @property
    def reads_checks(self) -> bool:
        """Whether it has a reader that checks can be put into."""

    def read_check(self, told: Callable[[], None], stop: Event) -> CheckLine:
        """Have a check put in, within a finite time or until `stop`, read its line and give it back.

        `told` is called from this thread once a check can be put in. Raises Refused where none was read, an
        EnvironmentFault where the printer is not reached.
        """

    @property
    def has_drawer(self) -> bool:
        """Whether it may open a drawer: one that could do so late, out of a queue, may not."""

    def kick(self, life_ms: int) -> PrintOutcome:
        """Open the cash drawer, at most once and within that many milliseconds, else not at all."""

    @property
    def drawer_open_ms(self) -> int | None:
        """How long the drawer has stood open, as far as its switch was heard; None if closed or not known."""

    def status(self) -> str:
        """One or two words for the chip: ok, paper low, cover open, off, busy, unknown; no status if it can't say."""

    def close(self) -> None:
        """End what the printer keeps running."""


class Display(Protocol):
    """What the customer reads. Told and forgotten: a display that is dead or absent never holds anything up."""

    def show_item(self, what: str, cents: Cents, total: Cents) -> None:
        """What was added last, and what everything comes to."""

    def show_paid(self, paid: Cents, change: Cents) -> None:
        """What was handed over, and what comes back."""

    def clear(self) -> None:
        """Nothing to say to this customer any more: greet the next."""

    def close(self) -> None:
        """Empty it and let go of it."""


class Reader(Protocol):
    """A scanner or check reader, which speaks by itself. What it says damaged is dropped and counted."""

    @property
    def name(self) -> str:
        """Which one, for a person."""

    def listen(self, told: Callable[[DeviceRead], None]) -> None:
        """Hand on what it reads until `stop`, coming back to it when it was unplugged; for a thread of its own."""

    def stop(self) -> None:
        """End `listen` soon."""

    def status(self) -> str:
        """One or two words: ok, or why it can't be heard; empty while that is not known."""


class Pins(Protocol):
    """PIN verifiers under the city's pepper, which only an unlocked terminal holds."""

    def verifier(self, pin: str) -> str:
        """The verifier of a new PIN. Raises a UsageError for one that is no PIN."""

    def code(self) -> tuple[str, str]:
        """A new one-time code, as it is shown, and the verifier of its plain spelling."""

    def matches(self, verifier: str, pin: str) -> bool:
        """Whether the PIN, or the code in its plain spelling, is the verifier's."""


class Vault(Protocol):
    """Personal data: kept under this terminal's key, and sealed to others' (32 bytes, X25519)."""

    def salted(self, value: str) -> Salted:
        """A value with a new salt, to be committed to."""

    def lock(self, place: Place, salted: Salted) -> bytes:
        """A value as it is kept."""

    def unlock(self, place: Place, locked: bytes) -> Salted:
        """A value that was kept at that place. Raises an AnswerNo if it was altered."""

    def blind(self, what: str, value: str) -> str:
        """What a value of that kind is found by without being read, hex."""

    def seal_for(self, reader: bytes, place: Place, salted: Salted) -> bytes:
        """A value sealed to a reader's key."""

    def unseal(self, place: Place, sealed: bytes) -> Salted:
        """A value that was sealed to this terminal. Raises an AnswerNo if it was altered, or is for another."""


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


@dataclass(frozen=True, slots=True)
class RowsFile:
    """A file of rows that was fetched and verified: newline-delimited JSON, one array a line, in the table's columns.

    whole: all rows of the table, else those that are new or other than in the base. gone: a file of keys of rows that
    are in it no more, empty for none. rows: how many the table has in the end.
    """

    table: str
    path: str
    whole: bool
    gone: str
    keys: tuple[str, ...]
    rows: int


class SnapshotOffer(Protocol):
    """A newer snapshot whose manifest was verified; files are fetched and verified when asked for.

    base: the version it changes, 0 for one that is told as a whole. No receipt of before history_from is in it (ISO
    date; empty: nothing is said of that).
    """

    version: int
    made_at: str
    expires_at: str
    sha256: str
    epoch: int
    seq: int
    base: int
    history_from: str

    def files(self, folder: Path) -> Iterable[RowsFile]:
        """Each table's file, fetched into the folder and verified when it is reached; charges and accounts first."""

    def as_whole(self) -> SnapshotOffer:
        """The same snapshot told as a whole."""


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

    def entries_beside(self) -> tuple[bytes, ...]:
        """What other terminals have of the ledger's register beyond what is known here, verified."""
