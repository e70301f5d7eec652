"""The register of keys: an append-only log of signed entries, the same bytes at the ledger, on a terminal, on a stick.

Each entry is a DSSE envelope (type REGISTRY) that names the hash of the one before. Entry 1 founds the log: it names
the ledger's first key and three root keys, and is signed by all four. Later entries are signed by the ledger's key in
force; one that changes that key (`ledger_key`) by the old key or by two roots, and by the new key, so proven to
be held. Whoever pins entry 1 can follow the log without trusting who hands it over (the idea of TUF's root chain).
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Annotated, Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from countertui.domain.demo import is_demo
from countertui.domain.personal import is_field
from countertui.domain.text import person_key
from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.certificate import is_certified
from countertui.sync.dsse import REGISTRY, Envelope, pae, parse_envelope, sign_envelope, to_bytes
from countertui.sync.ed25519 import checked_public_key, verify
from countertui.sync.faults import (
    MalformedBytesError,
    MalformedEnvelopeError,
    RegistryRefusedError,
    UnsafeKeyError,
)

ROOTS, THRESHOLD = 3, 2
NEW_KEY_ID = "new"
"""The keyid under which a ledger's new key signs the entry that brings it in."""
NO_ENTRY = "0" * 64
"""The hash that stands for the entry before the first one."""
MAX_ENTRY = 64 * 1024

_Number = Annotated[int, Field(ge=1, lt=2**53)]
_Count = Annotated[int, Field(ge=0, lt=2**53)]
_Hex32 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Hex64 = Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]
_Name = Annotated[str, Field(min_length=1, max_length=64)]
_Reason = Annotated[str, Field(min_length=1, max_length=300)]


def _field(name: str) -> str:
    if not is_field(name):
        raise ValueError("it is no field's name")
    return name


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Found(_Strict):
    """`found`: the ledger's first key, the three offline root keys, and how many of them stand for the ledger.

    rows: the SHA-256 of what the ledger lists as the rows that it began with, its first two people among them.
    """

    ledger_key: _Hex32
    roots: Annotated[list[_Hex32], Field(min_length=ROOTS, max_length=ROOTS)]
    threshold: Literal[2] = 2
    rows: _Hex32 | None = None


class LedgerKey(_Strict):
    """`ledger_key`: the ledger signs with this key from the next entry on. desk_seq: its own journal's last record."""

    public_key: _Hex32
    reason: _Reason
    desk_seq: _Count = 0


class Terminal(_Strict):
    """`terminal`: this key is believed for a terminal's epoch, from record 1 on."""

    terminal: _Name
    epoch: _Number
    office: _Name
    public_key: _Hex32
    sealing_key: _Hex32 | None = None
    """Its X25519 key, to which the city seals what only this terminal may read."""
    certificate: _Hex64
    """The ledger's signature on that key, for the codes on its receipts; see `certificate.py`."""


class Rotate(_Strict):
    """`rotate`: the terminal's key_rotate record of hash `h` names the key that signs from from_seq on."""

    terminal: _Name
    epoch: _Number
    from_seq: _Number
    public_key: _Hex32
    h: _Hex32
    certificate: _Hex64
    """The ledger's signature on the new key."""


class Revoke(_Strict):
    """`revoke`: nothing that the terminal's key signed after record after_seq is believed."""

    terminal: _Name
    epoch: _Number
    after_seq: _Count
    reason: _Reason


class Freeze(_Strict):
    """`freeze`, `unfreeze`: batches of the terminal wait until two people have looked, and go on after they did."""

    terminal: _Name
    epoch: _Number
    reason: _Reason


class Erase(_Strict):
    """`erase`: a personal value that a terminal's record commits to was erased, and is kept nowhere any more.

    Who and why says the desk's record. It stands here too, as terminals keep the register and give it back to a ledger
    that was restored from a backup, which has the value again and lost that record.
    """

    terminal: _Name
    epoch: _Number
    seq: _Number
    field: Annotated[str, AfterValidator(_field)]


Data = Found | LedgerKey | Terminal | Rotate | Revoke | Freeze | Erase
KINDS: Mapping[str, type[Data]] = {
    "found": Found,
    "ledger_key": LedgerKey,
    "terminal": Terminal,
    "rotate": Rotate,
    "revoke": Revoke,
    "freeze": Freeze,
    "unfreeze": Freeze,
    "erase": Erase,
}
BY_TWO = frozenset({"found", "ledger_key", "terminal", "revoke", "unfreeze", "erase"})
"""What two people answer for by name; a demo city takes its terminals in by itself."""


class Entry(_Strict):
    """One entry: its number from 1, the hash of the one before, who answers for it, ISO 8601 UTC."""

    v: Literal[1] = 1
    ledger: _Name
    no: _Number
    prev: _Hex32
    kind: str
    at: Annotated[str, Field(min_length=1, max_length=40)]
    by: Annotated[list[_Name], Field(max_length=2)]
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TerminalKeys:
    """A terminal's epoch as the register has it: keys as (first record signed, raw 32 bytes), oldest first.

    state is active, frozen or revoked; after_seq the last record a revoked key is believed for. certificates are the
    ledger's signatures (64 bytes) on the keys, each by its key of that day.
    """

    office: str
    keys: tuple[tuple[int, bytes], ...]
    state: str = "active"
    after_seq: int | None = None
    sealing_key: str | None = None
    certificates: tuple[bytes, ...] = ()

    def certificate_of(self, public_key: bytes) -> bytes:
        """The ledger's signature on one of the keys; empty for another key."""
        vouched = zip(self.keys, self.certificates, strict=True)
        return next((signature for (_, key), signature in vouched if key == public_key), b"")

    def key_at(self, seq: int) -> bytes:
        """The key that signs a record."""
        return self.keys[max(bisect.bisect_right(self.keys, seq, key=lambda each: each[0]) - 1, 0)][1]


@dataclass(frozen=True, slots=True)
class Register:
    """What a register says after entry `no`, of hash `head`. Keys are raw bytes.

    ledger_keys are all that ever were in force, the present one last.
    """

    ledger: str
    no: int = 0
    head: str = NO_ENTRY
    founding: str = NO_ENTRY
    roots: tuple[bytes, ...] = ()
    ledger_keys: tuple[bytes, ...] = ()
    terminals: Mapping[tuple[str, int], TerminalKeys] = field(default_factory=dict)

    @property
    def ledger_key(self) -> bytes:
        """The ledger's key in force."""
        return self.ledger_keys[-1]


def root_key_id(n: int) -> str:
    """The keyid of root key n, 1 to 3."""
    return f"root-{n}"


def entry_payload(register: Register, kind: str, data: Data, *, by: Sequence[str], at: str) -> bytes:
    """The bytes of the entry that comes next. `at` is ISO 8601 UTC."""
    entry = Entry(
        ledger=register.ledger,
        no=register.no + 1,
        prev=register.head,
        kind=kind,
        at=at,
        by=list(by),
        data=data.model_dump(),
    )
    return canonical(entry.model_dump())


def sign_entry(payload: bytes, keys: Sequence[tuple[str, Ed25519PrivateKey]]) -> bytes:
    """An entry's envelope, signed with each (keyid, key)."""
    return to_bytes(sign_envelope(REGISTRY, payload, keys))


def entry_hash(payload: bytes) -> str:
    """What an entry is known by, hex: the SHA-256 of what was signed."""
    return sha256(pae(REGISTRY, payload)).hexdigest()


def read_entry(envelope: bytes) -> tuple[Entry, bytes]:
    """An entry as it reads, and its bytes; nothing of it is verified. Raises RegistryRefusedError (malformed)."""
    entry, opened = _read(envelope)
    return entry, opened.payload


def read_data(entry: Entry) -> Data:
    """What an entry says, by its kind; nothing of it is verified. Raises RegistryRefusedError (malformed)."""
    return _data(entry)


def follow(register: Register, envelope: bytes) -> Register:
    """The register after one more entry, once it is found to be the next one and rightly signed.

    Raises RegistryRefusedError with reason malformed, other-ledger, gap, fork, bad-signature, unsafe-key, taken-key,
    bad-certificate or not-allowed.
    """
    entry, opened = _read(envelope)
    if entry.ledger != register.ledger:
        raise _refused("other-ledger", entry, f"it is of ledger {entry.ledger}, not {register.ledger}")
    if entry.no != register.no + 1:
        raise _refused("gap", entry, f"entry {register.no + 1} comes next")
    if entry.prev != register.head:
        raise _refused("fork", entry, "it follows another entry than the last one known here")
    data = _data(entry)
    _require_signed(register, entry, data, opened)
    after = replace(register, no=entry.no, head=entry_hash(opened.payload))
    return _applied(after, entry, data)


def follow_all(register: Register, envelopes: Sequence[bytes]) -> Register:
    """The same for several entries, in order."""
    for envelope in envelopes:
        register = follow(register, envelope)
    return register


def require_pinned(register: Register, founding: str | None, ledger_key: bytes) -> None:
    """Raise RegistryRefusedError (other-ledger) unless this is the register that a terminal pinned when it began.

    founding is its first entry's hash; a terminal older than that pinned the ledger's first key alone.
    """
    same = register.founding == founding if founding is not None else register.ledger_keys[0] == ledger_key
    if not same:
        raise RegistryRefusedError("other-ledger", "The register of keys is another ledger's than this terminal's.")


def _read(envelope: bytes) -> tuple[Entry, Envelope]:
    try:
        opened = parse_envelope(envelope, MAX_ENTRY)
        entry = Entry.model_validate(parse_strict(opened.payload))
    except (MalformedEnvelopeError, MalformedBytesError) as fault:
        raise RegistryRefusedError("malformed", f"An entry of the register cannot be read. {fault.happened}") from fault
    except ValidationError:
        raise RegistryRefusedError("malformed", "An entry of the register has another form than one.") from None
    if opened.payload_type != REGISTRY or canonical(entry.model_dump()) != opened.payload:
        raise RegistryRefusedError("malformed", "An entry of the register has another form than one.")
    return entry, opened


def _data(entry: Entry) -> Data:
    model = KINDS.get(entry.kind)
    if model is None:
        raise _refused("malformed", entry, f"its kind, {entry.kind!r}, is not known here: install the newer version")
    try:
        data = model.model_validate(entry.data)
    except ValidationError as fault:
        raise _of_another_form(entry, fault) from None
    if data.model_dump() != entry.data:
        raise _refused("malformed", entry, "a field of it is left out")
    by_itself = entry.kind == "terminal" and is_demo(entry.ledger)
    if entry.kind in BY_TWO and not by_itself and len({person_key(name) for name in entry.by}) != 2:
        raise _refused("not-allowed", entry, "two people answer for it by name")
    return data


def _require_signed(register: Register, entry: Entry, data: Data, opened: Envelope) -> None:
    """Raise unless all have signed who must have."""
    if isinstance(data, Found):
        wanted = {LEDGER_KEY_ID: data.ledger_key}
        wanted |= {root_key_id(n): key for n, key in enumerate(data.roots, start=1)}
        holds = len(_signers(entry, opened, wanted)) == len(wanted)
    elif register.no == 0:
        raise _refused("not-allowed", entry, "the register is not founded yet")
    else:
        known = {LEDGER_KEY_ID: register.ledger_key.hex()}
        if isinstance(data, LedgerKey):
            known |= {root_key_id(n): key.hex() for n, key in enumerate(register.roots, start=1)}
            known |= {NEW_KEY_ID: data.public_key}
        signed = _signers(entry, opened, known)
        holds = LEDGER_KEY_ID in signed
        if isinstance(data, LedgerKey):
            by_roots = len(signed - {LEDGER_KEY_ID, NEW_KEY_ID}) >= THRESHOLD
            holds = NEW_KEY_ID in signed and (holds or by_roots)
    if not holds:
        raise _refused("bad-signature", entry, "it is not signed by all who must have signed it")


def _signers(entry: Entry, opened: Envelope, keys: Mapping[str, str]) -> set[str]:
    """The keyids that did sign. A keyid proves nothing: each signature is tried with the key it must be of."""
    message = pae(REGISTRY, opened.payload)
    return {
        each.keyid
        for each in opened.signatures
        if each.keyid in keys and verify(_usable(entry, keys[each.keyid]), each.sig, message)
    }


def _usable(entry: Entry, public_key: str) -> Ed25519PublicKey:
    try:
        return checked_public_key(bytes.fromhex(public_key))
    except UnsafeKeyError as fault:
        raise _refused("unsafe-key", entry, fault.happened) from fault


def _applied(register: Register, entry: Entry, data: Data) -> Register:
    if isinstance(data, Found):
        keys = [data.ledger_key, *data.roots]
        if entry.no != 1 or len(set(keys)) != len(keys):
            raise _refused("not-allowed", entry, "a register is founded once, with four keys that differ")
        roots = tuple(bytes.fromhex(key) for key in data.roots)
        first = bytes.fromhex(data.ledger_key)
        return replace(register, founding=register.head, roots=roots, ledger_keys=(first,))
    if isinstance(data, LedgerKey):
        new = _new_key(register, entry, data.public_key)
        return replace(register, ledger_keys=(*register.ledger_keys, new))
    if isinstance(data, Erase):
        if (data.terminal, data.epoch) not in register.terminals:
            raise _refused("not-allowed", entry, f"{data.terminal}, epoch {data.epoch}, is not on the register")
        return register
    terminals = dict(register.terminals)
    terminals[data.terminal, data.epoch] = _applied_to(register, entry, data)
    return replace(register, terminals=terminals)


def _applied_to(register: Register, entry: Entry, data: Terminal | Rotate | Revoke | Freeze) -> TerminalKeys:
    before = register.terminals.get((data.terminal, data.epoch))
    if isinstance(data, Terminal):
        if any(code == data.terminal and epoch >= data.epoch for code, epoch in register.terminals):
            raise _refused("not-allowed", entry, f"{data.terminal} has an epoch {data.epoch} or a later one already")
        key, certificate = _certified_key(register, entry, data)
        return TerminalKeys(data.office, ((1, key),), sealing_key=data.sealing_key, certificates=(certificate,))
    if before is None:
        raise _refused("not-allowed", entry, f"{data.terminal}, epoch {data.epoch}, is not on the register")
    if before.state == "revoked":
        raise _refused("not-allowed", entry, f"the key of {data.terminal} is revoked")
    if isinstance(data, Rotate):
        if data.from_seq <= before.keys[-1][0]:
            raise _refused("not-allowed", entry, f"{data.terminal} has had a later key")
        key, certificate = _certified_key(register, entry, data)
        keys = (*before.keys, (data.from_seq, key))
        return replace(before, keys=keys, certificates=(*before.certificates, certificate))
    if isinstance(data, Revoke):
        return replace(before, state="revoked", after_seq=data.after_seq)
    state = "frozen" if entry.kind == "freeze" else "active"
    if before.state == state:
        raise _refused("not-allowed", entry, f"{data.terminal} is {state} already")
    return replace(before, state=state)


def _certified_key(register: Register, entry: Entry, data: Terminal | Rotate) -> tuple[bytes, bytes]:
    """A terminal's new key, and the signature on it of the ledger's key in force."""
    key, certificate = _new_key(register, entry, data.public_key), bytes.fromhex(data.certificate)
    ledger_key = _usable(entry, register.ledger_key.hex())
    if not is_certified(data.terminal, data.epoch, key, certificate, ledger_key):
        raise _refused("bad-certificate", entry, "its certificate is not the ledger's, of that key")
    return key, certificate


def _new_key(register: Register, entry: Entry, public_key: str) -> bytes:
    """A key that may be enrolled: safe, and nobody's before."""
    _usable(entry, public_key)
    key = bytes.fromhex(public_key)
    of_terminals = {each for terminal in register.terminals.values() for _, each in terminal.keys}
    if key in of_terminals or key in register.roots or key in register.ledger_keys:
        raise _refused("taken-key", entry, "the key is on the register already")
    return key


def _of_another_form(entry: Entry, fault: ValidationError) -> RegistryRefusedError:
    why = f"it does not have the form of {entry.kind}"
    missing = [str(each["loc"][0]) for each in fault.errors() if each["type"] == "missing"]
    if not missing:
        return _refused("malformed", entry, why)
    # Before the first release, keys came on the register without a certificate.
    press = "Call an admin: another version of the program wrote it. Use that one, or begin books and terminals anew."
    return _refused("malformed", entry, f"{why}: without {', '.join(missing)}", press)


def _refused(reason: str, entry: Entry, why: str, *press: str) -> RegistryRefusedError:
    return RegistryRefusedError(
        reason, f"Entry {entry.no} of the ledger's register is refused: {why.rstrip('.')}.", *press
    )
