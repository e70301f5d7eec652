"""The ledger over HTTP: addresses, timeouts and size caps. What the bytes say is for others to verify."""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from countertui.machine import random_bytes
from countertui.sync.ack import MAX_ACK
from countertui.sync.faults import (
    LedgerAddressError,
    SnapshotRefusedError,
    TerminalNotKnownError,
)
from countertui.sync.http_answers import body_of, chunks_of, date_ms, found, json_of, kind_of, untrusted, useless
from countertui.sync.office_answer import MAX_OFFICE
from countertui.sync.request_auth import NONCE_BYTES, Signer, authorization
from countertui.sync.snapshot import MAX_MANIFEST

if TYPE_CHECKING:
    from ssl import SSLContext

    from countertui.sync.http_line import Answer, HttpLine

_TABLE = re.compile(r"[a-z][a-z0-9_]{0,62}(\.[a-z]{1,10})?")
_PART = 206
MAX_REQUEST = 16 * 1024
"""A terminal's request to be admitted, or what answers it; bytes."""
MAX_ADMISSION = 16 * 1024 * 1024
"""An admission with the whole register of keys; bytes."""
MAX_GIVEN_BACK = 256 * 1024
"""Entries of the register given back at once; bytes."""
MAX_DESK_ANSWER = 2 * 1024 * 1024
"""What the ledger's desk answers; bytes."""
_LONGEST_WAIT_S = 300.0
"""What a ledger that is asked too often may ask for, at most."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The ledger's answer: HTTP status and body."""

    status: int
    body: bytes


class LedgerClient:
    """The ledger at `base_url`: https, or http on this machine. `timeout_s` (seconds) is for each wait on the network.

    `pin` is what is known of its certificate's key; without one, the machine's own trust decides. With `learn`, any
    certificate will do and `seen_pin` says whose it was: for the one conversation whose answers prove the ledger by
    themselves. Raises LedgerAddressError for any other address; every method raises LedgerUnreachableError when there
    is no answer that could be used, after which the same call may simply be made again.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout_s: float = 10.0,
        pin: str | None = None,
        learn: bool = False,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.base_url = _checked(base_url)
        self.seen_pin = ""
        self._timeout_s = timeout_s
        self._pin, self._learn = pin, learn
        self._monotonic_s = monotonic_s
        self._not_before_s = 0.0
        self._signer: Signer | None = None
        self._line: HttpLine | None = None
        self._hurried: LedgerClient | None = None
        self.said_utc_ms: int | None = None
        """The time its last answer said (Date, RFC 9110 section 6.6.1), milliseconds since 1970: evidence, unsigned."""

    def sign_as(self, signer: Signer) -> None:
        """Sign every request from here on as that terminal."""
        self._signer = signer

    def put_batch(self, terminal: str, epoch: int, batch_no: int, envelope: bytes) -> Reply:
        """Offer a sealed batch; doing so again changes nothing."""
        url = f"/v1/terminals/{quote(terminal, safe='')}/epochs/{epoch}/batches/{batch_no}"
        with self._answer("PUT", url, envelope) as answer:
            return Reply(answer.status, body_of(answer, MAX_ACK))

    def put_personal(self, terminal: str, epoch: int, batch_no: int, part: bytes) -> Reply:
        """Give a side part of a batch that the ledger has; doing so again changes nothing."""
        url = f"/v1/terminals/{quote(terminal, safe='')}/epochs/{epoch}/batches/{batch_no}/personal"
        with self._answer("PUT", url, part) as answer:
            return Reply(answer.status, body_of(answer, MAX_ACK))

    def post_live(self, terminal: str, epoch: int, what: str, data: bytes) -> Reply:
        """Say what is new between batches: `what` is records or heads."""
        url = f"/v1/terminals/{quote(terminal, safe='')}/epochs/{epoch}/{what}"
        with self._answer("POST", url, data) as answer:
            return Reply(answer.status, body_of(answer, MAX_ACK))

    def post_desk(self, what: str, data: bytes) -> Reply:
        """Ask at the ledger's desk; `what` is the address below /v1/desk/, of letters, points and hyphens."""
        with self._answer("POST", f"/v1/desk/{quote(what)}", data) as answer:
            return Reply(answer.status, body_of(answer, MAX_DESK_ANSWER))

    def get_office(self, terminal: str, epoch: int) -> bytes | None:
        """What the ledger says of a terminal's office; None if it knows no such terminal."""
        url = f"/v1/terminals/{quote(terminal, safe='')}/epochs/{epoch}/office"
        with self._answer("GET", url) as answer:
            return body_of(answer, MAX_OFFICE) if found(answer) else None

    def post_reservation(self, terminal: str, epoch: int, data: bytes, within_s: float) -> Reply:
        """Ask for what is to be used next, on a line of its own with shorter waits (seconds)."""
        if self._hurried is None:
            self._hurried = LedgerClient(self.base_url, timeout_s=within_s, pin=self._pin)
        if self._signer is not None:
            self._hurried.sign_as(self._signer)
        url = f"/v1/terminals/{quote(terminal, safe='')}/epochs/{epoch}/reservations"
        with self._hurried._answer("POST", url, data) as answer:
            return Reply(answer.status, body_of(answer, MAX_ACK))

    def get_ack(self, terminal: str, epoch: int, batch_no: int) -> bytes | None:
        """The ledger's newest answer to a batch that it has; None if it has no such batch."""
        url = f"/v1/terminals/{quote(terminal, safe='')}/epochs/{epoch}/batches/{batch_no}"
        with self._answer("GET", url) as answer:
            return body_of(answer, MAX_ACK) if found(answer) else None

    def get_manifest(self, terminal: str = "") -> bytes | None:
        """The newest snapshot's signed manifest, as that terminal's office has it; None if nothing was published yet.

        Raises SnapshotRefusedError where this terminal gets none: it is frozen or revoked.
        """
        with self._answer("GET", f"/v1/snapshots/latest?terminal={quote(terminal, safe='')}") as answer:
            if answer.status == 403:
                raise SnapshotRefusedError("not-allowed", "The ledger gives this terminal no snapshot: it is stopped.")
            return body_of(answer, MAX_MANIFEST) if found(answer) else None

    def get_delta(self, version: int, base: int, office: str) -> bytes | None:
        """The signed delta from an earlier snapshot of an office's share; None if the ledger has none."""
        with self._answer("GET", f"/v1/snapshots/{version}/deltas/{base}{_of(office)}") as answer:
            return body_of(answer, MAX_MANIFEST) if found(answer) else None

    def fetch_table(self, version: int, name: str, to: Path, most_bytes: int, office: str = "") -> None:
        """Fetch the first `most_bytes` of a table's file; more than them is never written."""
        if not _TABLE.fullmatch(name):
            raise LedgerAddressError(f"{name!r} is no name of a table.")
        if not most_bytes:
            to.touch()
            return
        url = f"/v1/snapshots/{version}/tables/{name}{_of(office)}"
        with self._answer("GET", url, begin=most_bytes) as answer:
            if answer.status != _PART and not found(answer):
                raise useless(f"it no longer has table {name} of snapshot {version}")
            with to.open("wb") as file:
                for chunk in chunks_of(answer, most_bytes):
                    file.write(chunk)

    def get_checkpoint(self) -> str | None:
        """The newest checkpoint of the ledger's log, a note for others to check; None if the log is empty."""
        with self._answer("GET", "/v1/log/checkpoint") as answer:
            return body_of(answer, MAX_ACK).decode("utf-8", "replace") if found(answer) else None

    def get_consistency(self, old_size: int, size: int) -> list[str] | None:
        """The proof that the ledger's log of `size` begins with that of `old_size`, base64; None: it is shorter.

        What it proves is for others to check.
        """
        with self._answer("GET", f"/v1/log/consistency?from={old_size}&to={size}") as answer:
            if answer.status == 409:
                return None
            said = json_of(answer)
        proof = said.get("proof")
        if type(proof) is not list or not all(type(each) is str for each in proof):
            raise useless("its answer cannot be read")
        return proof

    def get_registry(self, after: int) -> list[bytes]:
        """The entries of the ledger's register of keys after that number, as they were signed.

        Raises TerminalNotKnownError where the ledger does not know the key that asks.
        """
        with self._answer("GET", f"/v1/registry?after={after}") as answer:
            if answer.status == 401:
                raise not_known_there()
            return body_of(answer, MAX_ADMISSION).splitlines() if found(answer) else []

    def put_lost_entries(self, entries: Sequence[bytes]) -> Reply:
        """Give a ledger back what it lost of its register; of none, it says where that ends. It can be done again."""
        with self._answer("PUT", "/v1/registry/lost", b"".join(entry + b"\n" for entry in entries)) as answer:
            return Reply(answer.status, body_of(answer, MAX_ACK))

    def get_invitation(self, terminal: str) -> bytes | None:
        """What a terminal must know to ask for admission; None if no code that counts was given out for it."""
        with self._answer("GET", f"/v1/enrolments/{quote(terminal, safe='')}") as answer:
            return body_of(answer, MAX_REQUEST) if found(answer) else None

    def put_request(self, terminal: str, request: bytes) -> Reply:
        """Ask for admission; the same again changes nothing."""
        with self._answer("PUT", f"/v1/enrolments/{quote(terminal, safe='')}/request", request) as answer:
            return Reply(answer.status, body_of(answer, MAX_REQUEST))

    def get_admission(self, terminal: str) -> bytes | None:
        """A terminal's admission and the register; None if nobody admitted it yet."""
        with self._answer("GET", f"/v1/enrolments/{quote(terminal, safe='')}/admission") as answer:
            return body_of(answer, MAX_ADMISSION) if found(answer) else None

    def get_claim(self, terminal: str, epoch: int, seq: int, h: str) -> bytes | None:
        """What the ledger says of the receipt whose record has that hash (hex); None if it does not have it."""
        with self._answer("GET", f"/v1/claims/{quote(terminal, safe='')}/{epoch}/{seq}/{h}") as answer:
            return body_of(answer, MAX_ACK) if found(answer) else None

    def health(self) -> dict[str, Any]:
        """What the ledger says of itself: its id, program version, newest snapshot, batches."""
        with self._answer("GET", "/v1/health") as answer:
            return json_of(answer)

    def close(self) -> None:
        """Close open connections; the client can be used again."""
        if self._hurried is not None:
            self._hurried.close()
        if self._line is not None:
            self._line.close()
            self._line = None

    @contextmanager
    def _answer(
        self, method: str, path: str, content: bytes | None = None, begin: int | None = None
    ) -> Iterator[Answer]:
        from countertui.sync.http_line import HttpError, NotTrustedError

        if self._monotonic_s() < self._not_before_s:
            raise useless("it asked to be left alone for a while")
        if self._line is None:
            self._line = self._connected()
        fields = {"Content-Type": "application/json"} if content is not None else {}
        if begin is not None:
            fields["Range"] = f"bytes=0-{begin - 1}"
        if self._signer is not None:
            fields["Authorization"] = self._signed(self._signer, method, path, content or b"")
        try:
            with self._line.ask(method, path, fields, content) as answer:
                self.said_utc_ms = date_ms(answer.fields.get("date", ""))
                if answer.status in {429, 503}:
                    self._wait(answer)
                yield answer
        except NotTrustedError as fault:
            raise untrusted() from fault
        except HttpError as fault:
            # Its texts name hosts and sockets; the kind of fault is enough for the person at the counter.
            raise useless(kind_of(fault)) from fault

    def _connected(self) -> HttpLine:
        from countertui.sync.http_line import HttpLine

        # What goes to this machine itself needs no authority: its list would be held in memory for nothing.
        secure = self.base_url.startswith("https:")
        return HttpLine(self.base_url, self._timeout_s, self._trust if secure else None)

    def _trust(self) -> SSLContext:
        """Pinned or not, the machine's own trust is never weakened: without a pin it is asked."""
        from countertui.sync import tls

        known = self._pin is not None or self._learn
        return tls.pinned_context(self._pin, self._saw) if known else tls.machines_context()

    def _saw(self, pin: str) -> None:
        self.seen_pin = pin

    def _signed(self, signer: Signer, method: str, path: str, body: bytes) -> str:
        # What stands before the ledger's own paths is not signed: a proxy may take it away.
        at_ms, nonce = time.time_ns() // 1_000_000, random_bytes(NONCE_BYTES)
        return authorization(signer, method, path, body, at_ms=at_ms, nonce=nonce)

    def _wait(self, answer: Answer) -> None:
        """Leave the ledger alone as long as it asks to (Retry-After in seconds, RFC 9110 section 10.2.3)."""
        asked = answer.fields.get("retry-after", "")
        if asked.isascii() and asked.isdigit():
            self._not_before_s = self._monotonic_s() + min(float(asked[:6]), _LONGEST_WAIT_S)
        if answer.status == 429:
            raise useless("it was asked too often")


def _of(office: str) -> str:
    return f"?office={quote(office, safe='')}" if office else ""


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    local = parts.scheme == "http" and _is_loopback(host)
    if not host or not (local or parts.scheme == "https") or "@" in parts.netloc or parts.query or parts.fragment:
        raise LedgerAddressError(
            "The ledger's address must begin with https, or be on this machine, and hold no password.",
            "Nothing was sent.",
            "Correct the ledger's address in the configuration.",
        )
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def not_known_there() -> TerminalNotKnownError:
    """What to say where the ledger knows no terminal of this key."""
    return TerminalNotKnownError(
        "The ledger does not know this terminal's key.",
        "Everything recorded is safe here and will be sent later.",
        "Go on working, and call an admin: it may have been restored from an old backup.",
    )
