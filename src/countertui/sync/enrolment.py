"""A terminal's way onto the register: invitation, request, admission. The same bytes over the network and on a stick.

A one-time code, told by one person to another, never travels: each side proves with it (HMAC-SHA256) that it is the one
that was meant. The request is signed with the key it asks for; its fingerprint is compared by a second person. The
admission carries the city's PIN pepper, sealed to the terminal.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Annotated, Any, Literal, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.batch import key_id
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.dsse import ADMISSION, REQUEST, open_envelope, parse_envelope, sign_envelope, to_bytes
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.faults import (
    AdmissionRefusedError,
    EnvelopeRefusedError,
    MalformedBytesError,
    MalformedEnvelopeError,
    SealingError,
    UnsafeKeyError,
)
from countertui.sync.registry import Register, follow_all
from countertui.sync.sealing import seal_to, unseal
from countertui.sync.transport import MAX_REQUEST

CODE_BYTES = 10
"""80 bits: sixteen letters of base32, in four groups."""
_GROUP = 4
_MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B", "-": "", " ": ""})

_Number = Annotated[int, Field(ge=1, lt=2**53)]
_Count = Annotated[int, Field(ge=0, lt=2**53)]
_Hex32 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Name = Annotated[str, Field(min_length=1, max_length=64)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


_Model = TypeVar("_Model", bound=_Strict)


class Invitation(_Strict):
    """What a terminal must know to ask: which ledger, as what, and the number used once that its request repeats."""

    v: Literal[1] = 1
    ledger: _Name
    terminal: _Name
    office: _Name
    epoch: _Number
    nonce: _Hex32


class Request(_Strict):
    """The keys a terminal asks to be believed for, with its proof that it was given the code."""

    v: Literal[1] = 1
    ledger: _Name
    terminal: _Name
    epoch: _Number
    nonce: _Hex32
    public_key: _Hex32
    sealing_key: _Hex32
    proof: _Hex32

    @property
    def fingerprint(self) -> str:
        """Four groups of letters, shown by the terminal and typed by the person who admits it."""
        keys = bytes.fromhex(self.public_key + self.sealing_key)
        named = f"{self.ledger}\0{self.terminal}\0{self.epoch}\0".encode()
        return grouped(sha256(b"ctp/1 fingerprint\0" + named + keys).digest()[:CODE_BYTES])


class Admission(_Strict):
    """That a terminal is on the register, and all it needs to begin; `proof` shows that the ledger knows the code.

    founding is the hash of the register's first entry, receipt_n the last receipt number drawn under this terminal's
    name; pepper is sealed to the terminal; tls_pin is the key of the ledger's own certificate, empty where it has none.
    """

    v: Literal[1] = 1
    ledger: _Name
    terminal: _Name
    office: _Name
    epoch: _Number
    public_key: _Hex32
    ledger_key: _Hex32
    founding: _Hex32
    receipt_n: _Count
    pepper: Annotated[str, Field(max_length=1000)]
    tls_pin: Annotated[str, Field(pattern=r"^(sha256:[0-9a-f]{64})?$")] = ""
    at: Annotated[str, Field(max_length=40)]
    proof: _Hex32


def new_code(random: Callable[[int], bytes]) -> str:
    """A one-time code, as it is read out: `ABCD-EFGH-IJKL-MNOP`."""
    return grouped(random(CODE_BYTES))


def grouped(data: bytes) -> str:
    """Bytes as letters that can be read out: base32 in groups of four."""
    text = base64.b32encode(data).decode().rstrip("=")
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def same_letters(typed: str) -> str:
    """A code or fingerprint as typed, without what people add or misread: case, dashes, 0 for O, 1 for I, 8 for B."""
    return typed.strip().upper().translate(_MISREAD)


def code_key(ledger: str, terminal: str, code: str) -> bytes:
    """What both sides prove to know, and all that the ledger keeps of a code: 32 bytes."""
    return sha256(f"ctp/1 enrolment\0{ledger}\0{terminal}\0{same_letters(code)}".encode()).digest()


def make_request(
    invitation: Invitation, code: str, key: Ed25519PrivateKey, sealing: X25519PrivateKey
) -> tuple[bytes, str]:
    """A request's envelope, signed with the key it asks for, and its fingerprint."""
    known = code_key(invitation.ledger, invitation.terminal, code)
    bare = {
        "v": 1,
        "ledger": invitation.ledger,
        "terminal": invitation.terminal,
        "epoch": invitation.epoch,
        "nonce": invitation.nonce,
        "public_key": key.public_key().public_bytes_raw().hex(),
        "sealing_key": sealing.public_key().public_bytes_raw().hex(),
    }
    request = Request(**bare, proof=_proof(known, b"request", bare))  # type: ignore[arg-type]  # checked by the model
    signer = [(key_id(request.terminal, request.epoch), key)]
    return to_bytes(sign_envelope(REQUEST, canonical(request.model_dump()), signer)), request.fingerprint


def read_invitation(data: bytes) -> Invitation:
    """An invitation, which nobody signed: what it says is proven by the admission. Raises AdmissionRefusedError."""
    return _model(Invitation, data, "invitation")


def open_request(data: bytes, invitation: Invitation, known: bytes) -> Request:
    """The request in an envelope, once its own key signed it and it proves the code behind `known` (see `code_key`).

    Raises AdmissionRefusedError for one that can't be read or answers another invitation, WrongCodeError for a code
    that is not the one given out, UnsafeKeyError for a key that must not be enrolled.
    """
    try:
        envelope = parse_envelope(data, MAX_REQUEST)
        request = _model(Request, envelope.payload, "request")
        public_key = checked_public_key(bytes.fromhex(request.public_key))
        open_envelope(envelope, REQUEST, {key_id(request.terminal, request.epoch): public_key})
    except (MalformedEnvelopeError, EnvelopeRefusedError) as fault:
        raise AdmissionRefusedError(f"The request is refused. {fault.happened}", "Nobody was admitted.") from fault
    asked = (request.ledger, request.terminal, request.epoch, request.nonce)
    if asked != (invitation.ledger, invitation.terminal, invitation.epoch, invitation.nonce):
        raise AdmissionRefusedError("The request answers another invitation.", "Nobody was admitted.")
    bare = request.model_dump(exclude={"proof"})
    if not hmac.compare_digest(request.proof, _proof(known, b"request", bare)):
        raise WrongCodeError("The code is not the one that was given out.", "Nobody was admitted.", "Type it again.")
    return request


def make_admission(
    request: Request,
    key: Ed25519PrivateKey,
    register: Register,
    *,
    office: str,
    receipt_n: int,
    pepper: bytes,
    known: bytes,
    at: str,
    tls_pin: str = "",
) -> bytes:
    """The admission's envelope, signed by the ledger, for a terminal that is on the register."""
    sealed = seal_to(bytes.fromhex(request.sealing_key), pepper, _context(request.ledger, request.public_key))
    bare = {
        "v": 1,
        "ledger": request.ledger,
        "terminal": request.terminal,
        "office": office,
        "epoch": request.epoch,
        "public_key": request.public_key,
        "ledger_key": register.ledger_key.hex(),
        "founding": register.founding,
        "receipt_n": receipt_n,
        "pepper": base64.b64encode(sealed).decode(),
        "tls_pin": tls_pin,
        "at": at,
    }
    admission = Admission(**bare, proof=_proof(known, b"admission", bare))  # type: ignore[arg-type]  # as above
    return to_bytes(sign_envelope(ADMISSION, canonical(admission.model_dump()), [(LEDGER_KEY_ID, key)]))


def admission_anew(data: bytes, key: Ed25519PrivateKey, known: bytes) -> bytes:
    """An admission that the ledger gave before, by its key of now: it says the same. `known` is of `code_key`."""
    said = _model(Admission, parse_envelope(data, MAX_REQUEST).payload, "admission")
    bare = said.model_dump(exclude={"proof"}) | {"ledger_key": key.public_key().public_bytes_raw().hex()}
    if bare["ledger_key"] == said.ledger_key:
        return data
    admission = Admission(**bare, proof=_proof(known, b"admission", bare))
    return to_bytes(sign_envelope(ADMISSION, canonical(admission.model_dump()), [(LEDGER_KEY_ID, key)]))


def open_admission(
    data: bytes, entries: Sequence[bytes], *, terminal: str, public_key: bytes, code: str
) -> tuple[Admission, Register]:
    """An admission and what the register says, once they prove each other and the ledger proves the code.

    `entries` are the register's, from the first. Raises AdmissionRefusedError, RegistryRefusedError.
    """
    try:
        envelope = parse_envelope(data, MAX_REQUEST)
        admission = _model(Admission, envelope.payload, "admission")
        known = code_key(admission.ledger, terminal, code)
        if not hmac.compare_digest(
            admission.proof, _proof(known, b"admission", admission.model_dump(exclude={"proof"}))
        ):
            raise WrongCodeError(
                "The ledger's answer does not prove that it knows the code.",
                "Nothing was begun here.",
                "Type the code again; if it is right, this is another ledger than the one that gave it.",
            )
        register = follow_all(Register(admission.ledger), entries)
        key = checked_public_key(bytes.fromhex(admission.ledger_key))
        open_envelope(envelope, ADMISSION, {LEDGER_KEY_ID: key})
    except (MalformedEnvelopeError, EnvelopeRefusedError, UnsafeKeyError) as fault:
        raise AdmissionRefusedError(f"The admission is refused. {fault.happened}", "Nothing was begun here.") from fault
    place = register.terminals.get((terminal, admission.epoch))
    said = (admission.terminal, admission.public_key, admission.founding)
    wanted = (terminal, public_key.hex(), register.founding)
    if said != wanted or place is None or place.keys[0][1] != public_key or place.office != admission.office:
        raise AdmissionRefusedError("The admission is another terminal's.", "Nothing was begun here.")
    if bytes.fromhex(admission.ledger_key) != register.ledger_key:
        raise AdmissionRefusedError(
            "The admission is not signed with the key of the ledger that is in force.",
            "Nothing was begun here.",
            "Take the admission from the ledger again: it signs it anew.",
        )
    return admission, register


def pepper_of(admission: Admission, sealing: X25519PrivateKey) -> bytes:
    """The city's PIN pepper (32 bytes) out of an admission. Raises AdmissionRefusedError."""
    try:
        sealed = base64.b64decode(admission.pepper, validate=True)
        return unseal(sealing, sealed, _context(admission.ledger, admission.public_key))
    except (SealingError, ValueError) as fault:
        raise AdmissionRefusedError("What the ledger sealed does not open here.", "Nothing was begun here.") from fault


class WrongCodeError(AdmissionRefusedError):
    """The other side does not know the one-time code."""


def _proof(known: bytes, purpose: bytes, bare: dict[str, Any]) -> str:
    return hmac.digest(known, b"ctp/1 " + purpose + b"\0" + canonical(bare), "sha256").hex()


def _context(ledger: str, public_key: str) -> bytes:
    return b"ctp/1 pepper\0" + canonical([ledger, public_key])


def _model(model: type[_Model], data: bytes, what: str) -> _Model:
    try:
        return model.model_validate(parse_strict(data))
    except (MalformedBytesError, ValidationError):
        raise AdmissionRefusedError(f"The {what} cannot be read.", "Nothing was changed.") from None
