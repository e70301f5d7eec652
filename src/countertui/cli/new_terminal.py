"""Putting a new terminal's folder together: by the network, or by what comes and goes on a stick."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.assembly import KEYS, SETTINGS
from countertui.counter.begin import StartData, begin
from countertui.domain.demo import is_real
from countertui.domain.record_data import RestoreData
from countertui.errors import EnvironmentFault
from countertui.machine import SystemClock, random_bytes, uuid7
from countertui.ports.snapshots import SnapshotOffer
from countertui.sync.canonical import parse_strict
from countertui.sync.durable import write_durably
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.enrolment import Invitation, make_request, open_admission, pepper_of, read_invitation
from countertui.sync.exchange import LedgerExchange
from countertui.sync.faults import (
    AdmissionRefusedError,
    CertificateRefusedError,
    LedgerUnreachableError,
    MalformedBytesError,
)
from countertui.sync.keyslots import Secrets, create_slots, open_slots, public_identity, set_pepper
from countertui.sync.recorder import Recorder
from countertui.sync.registry import Register
from countertui.sync.sealing import sealing_key
from countertui.sync.snapshot_stick import offer_from
from countertui.sync.transport import LedgerClient


class Way(Protocol):
    """How a terminal that is not one yet speaks to its ledger."""

    answers_by_itself: bool
    """Whether an answer comes while one waits for it."""

    def invitation(self, terminal: str) -> Invitation | None:
        """What it must know to ask; None if no code counts for it."""

    def ask(self, terminal: str, request: bytes) -> None:
        """Put the request before the ledger. Raises AdmissionRefusedError."""

    def admission(self, terminal: str) -> bytes | None:
        """The admission and the register; None if nobody admitted it yet."""

    def snapshot(self, recorder: Recorder, register: Register, entries: Sequence[bytes]) -> SnapshotOffer | None:
        """The newest snapshot; None if the ledger published none. `entries` are those of its register."""

    def believe(self, tls_pin: str) -> None:
        """Go on only with who has that certificate's key, as the admission proved it. Raises AdmissionRefusedError."""

    def settings(self) -> str:
        """What terminal.toml says of the way from here on."""


class NetworkWay:
    """To a ledger at an address.

    One whose certificate nobody here vouches for is spoken to all the same until it is admitted: nothing secret passes,
    and the admission, which proves the one-time code, names the certificate that must have been shown.
    """

    answers_by_itself = True

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = LedgerClient(url)
        self._pin: str | None = None
        try:
            self._client.health()
        except CertificateRefusedError:
            self._client = LedgerClient(url, learn=True)
        except LedgerUnreachableError:
            return  # the first question says so

    def invitation(self, terminal: str) -> Invitation | None:
        """Asked of the ledger."""
        data = self._client.get_invitation(terminal)
        return None if data is None else read_invitation(data)

    def ask(self, terminal: str, request: bytes) -> None:
        """Sent to the ledger."""
        reply = self._client.put_request(terminal, request)
        if reply.status != 202:
            raise AdmissionRefusedError(
                f"The ledger refused. {_reason(reply.body)}",
                "Nobody was admitted; this terminal's key is kept here.",
                "Type the code as it was given out; after five wrong ones have a new one given out.",
            )

    def admission(self, terminal: str) -> bytes | None:
        """Asked of the ledger."""
        return self._client.get_admission(terminal)

    def snapshot(self, recorder: Recorder, register: Register, entries: Sequence[bytes]) -> SnapshotOffer | None:
        """Asked of the ledger."""
        pinned = checked_public_key(register.ledger_keys[0])
        known = LedgerExchange(recorder, pinned, self._client, founding=register.founding, entries=entries)
        return known.newer_snapshot(0)

    def believe(self, tls_pin: str) -> None:
        """The certificate that was shown must be the one that the admission names."""
        if not self._client.seen_pin:
            return
        if self._client.seen_pin != tls_pin:
            raise AdmissionRefusedError(
                "Whoever answers there does not have the ledger's certificate.",
                "Nothing was begun here. The terminal is admitted all the same.",
                "If somebody stands in between, find out who; else name the certificate in the ledger's ledger.toml"
                " (tls_cert), or have one made by `countertui ledger serve --make-certificate`, and admit anew.",
            )
        self._pin = tls_pin
        self._client.close()
        self._client = LedgerClient(self._url, pin=tls_pin)

    def settings(self) -> str:
        """The ledger's address, and its certificate's key where nobody else vouches for it."""
        pin = "" if self._pin is None else f"pin = {json.dumps(self._pin)}\n"
        return f"[ledger]\nurl = {json.dumps(self._client.base_url)}\n{pin}"


class StickWay:
    """To a ledger whose files come in one folder, and go in another or the same."""

    answers_by_itself = False

    def __init__(self, come: Path, go: Path | None) -> None:
        self._come, self._go = come, go or come

    def invitation(self, terminal: str) -> Invitation | None:
        """Read from the stick."""
        data = self._read(f"{terminal}-invitation.json")
        return None if data is None else read_invitation(data)

    def ask(self, terminal: str, request: bytes) -> None:
        """Put onto the stick."""
        write_durably(self._go / f"{terminal}-request.json", request)

    def admission(self, terminal: str) -> bytes | None:
        """Read from the stick."""
        return self._read(f"{terminal}-admission.ndjson")

    def snapshot(self, recorder: Recorder, register: Register, entries: Sequence[bytes]) -> SnapshotOffer | None:
        """Read from the stick."""
        place = register.terminals.get((recorder.terminal, recorder.epoch))
        return offer_from(
            self._come / "snapshot",
            checked_public_key(register.ledger_key),
            ledger=recorder.ledger,
            terminal=recorder.terminal,
            epoch=recorder.epoch,
            office=place.office if place is not None else None,
        )

    def believe(self, tls_pin: str) -> None:
        """Nothing was shown: a stick has no certificate."""

    def settings(self) -> str:
        """No address: this office has no network."""
        return ""

    def _read(self, name: str) -> bytes | None:
        path = self._come / name
        return path.read_bytes() if path.is_file() else None


def make_keys(folder: Path, invitation: Invitation, opener: str, passphrase: str) -> None:
    """Make the terminal's key file; the city's pepper comes into it with the admission.

    Raises AdmissionRefusedError for a demo city's ledger, PassphraseTooShortError, SlotNameError.
    """
    _require_real(invitation.ledger)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    create_slots(
        folder / KEYS,
        ledger=invitation.ledger,
        terminal=invitation.terminal,
        epoch=invitation.epoch,
        secrets=Secrets(Ed25519PrivateKey.from_private_bytes(random_bytes(32)), random_bytes(32), random_bytes(32)),
        openers={opener: passphrase},
        random=random_bytes,
    )


def ask_to_be_admitted(folder: Path, way: Way, terminal: str, code: str, passphrase: str) -> str:
    """Put the request before the ledger; its fingerprint. Raises AdmissionRefusedError, WrongPassphraseError."""
    identity = public_identity(folder / KEYS)
    secrets = open_slots(folder / KEYS, passphrase)
    invitation = way.invitation(terminal)
    if invitation is None or (identity.ledger, identity.terminal, identity.epoch) != (
        invitation.ledger,
        invitation.terminal,
        invitation.epoch,
    ):
        raise AdmissionRefusedError(
            f"The key in {folder} was made for {identity.terminal} of {identity.ledger}, and no code counts for that.",
            "Nobody was admitted.",
            "Have a new code given out; or, if this computer is to be another terminal, name another --dir.",
        )
    request, fingerprint = make_request(invitation, code, secrets.terminal_key, sealing_key(secrets.field_key))
    way.ask(terminal, request)
    return fingerprint


def make_terminal(
    folder: Path,
    way: Way,
    terminal: str,
    code: str,
    passphrase: str,
    admission: bytes,
    progress: Callable[[str, int], None],
    restored: RestoreData | None = None,
) -> str:
    """Begin the terminal's journal with what the admission says; the ledger's id.

    Raises AdmissionRefusedError, RegistryRefusedError, SnapshotRefusedError, LedgerUnreachableError, EnvironmentFault
    if nothing was published yet.
    """
    lines = admission.splitlines()
    identity = public_identity(folder / KEYS)
    secrets = open_slots(folder / KEYS, passphrase)
    admitted, register = open_admission(
        lines[0] if lines else b"", lines[1:], terminal=terminal, public_key=identity.public_key, code=code
    )
    if (admitted.ledger, admitted.epoch) != (identity.ledger, identity.epoch):
        raise AdmissionRefusedError("The admission is for another key than the one here.", "Nothing was begun here.")
    _require_real(admitted.ledger)
    way.believe(admitted.tls_pin)
    pepper = pepper_of(admitted, sealing_key(secrets.field_key))
    recorder = Recorder(identity, secrets.terminal_key)
    offer = way.snapshot(recorder, register, lines[1:])
    if offer is None:
        raise EnvironmentFault(
            "The ledger has published nothing yet: there is no rule to work by.",
            "The terminal is admitted; nothing needs to be done again.",
            "Publish (countertui ledger city, or publish), then run the same command again.",
        )
    set_pepper(folder / KEYS, passphrase, pepper, random_bytes)
    if settings := way.settings():
        write_durably(folder / SETTINGS, settings.encode())
    start = StartData(
        office=admitted.office,
        public_key=admitted.public_key,
        ledger_key=register.ledger_key.hex(),
        registry=register.founding,
        receipt_n=admitted.receipt_n,
    )
    begin(folder, recorder, SystemClock(), uuid7, start, lines[1:], offer, progress, restored)
    return admitted.ledger


def _require_real(ledger: str) -> None:
    if not is_real(ledger):
        raise AdmissionRefusedError(
            f"{ledger} is a demo or training ledger; a real terminal has no business with it.",
            "Nothing was made.",
            "Name the city's own ledger. `countertui demo` opens a demo city, `countertui training` a training city.",
        )


def _reason(body: bytes) -> str:
    try:
        said = parse_strict(body)
    except MalformedBytesError:
        return ""
    reason = said.get("reason") if type(said) is dict else None
    return reason[:300] if type(reason) is str else ""
