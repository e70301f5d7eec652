"""The register of keys: an append-only log of signed entries, the same bytes at the ledger, on a terminal, on a stick.

Each entry is a DSSE envelope (registry_entries.py) that names the hash of the one before. Entry 1 founds the log: it
names the ledger's first key and three root keys, and is signed by all four. Later entries are signed by the ledger's
key in force; one that changes that key (`ledger_key`) by the old key or by two roots, and by the new key, so proven to
be held. Whoever pins entry 1 can follow the log without trusting who hands it over (the idea of TUF's root chain).
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countertui.forms import said_by
from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.canonical import canonical
from countertui.sync.certificate import is_certified
from countertui.sync.dsse import REGISTRY, Envelope, pae
from countertui.sync.ed25519 import checked_public_key, verify
from countertui.sync.faults import RegistryRefusedError, UnsafeKeyError
from countertui.sync.registry_entries import (
    NEW_KEY_ID,
    NO_ENTRY,
    THRESHOLD,
    Data,
    Entry,
    Erase,
    Found,
    Freeze,
    LedgerKey,
    Revoke,
    Rotate,
    Terminal,
    entry_hash,
    open_entry,
    read_data,
    refused,
    root_key_id,
)


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


def entry_payload(register: Register, kind: str, data: Data, *, by: Sequence[str], at: str) -> bytes:
    """The bytes of the entry that comes next. `at` is ISO 8601 UTC."""
    entry = Entry(
        ledger=register.ledger,
        no=register.no + 1,
        prev=register.head,
        kind=kind,
        at=at,
        by=list(by),
        data=said_by(data),
    )
    return canonical(said_by(entry))


def follow(register: Register, envelope: bytes) -> Register:
    """The register after one more entry, once it is found to be the next one and rightly signed.

    Raises RegistryRefusedError with reason malformed, other-ledger, gap, fork, bad-signature, unsafe-key, taken-key,
    bad-certificate or not-allowed.
    """
    entry, opened = open_entry(envelope)
    if entry.ledger != register.ledger:
        raise refused("other-ledger", entry, f"it is of ledger {entry.ledger}, not {register.ledger}")
    if entry.no != register.no + 1:
        raise refused("gap", entry, f"entry {register.no + 1} comes next")
    if entry.prev != register.head:
        raise refused("fork", entry, "it follows another entry than the last one known here")
    data = read_data(entry)
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


def _require_signed(register: Register, entry: Entry, data: Data, opened: Envelope) -> None:
    """Raise unless all have signed who must have."""
    if isinstance(data, Found):
        wanted = {LEDGER_KEY_ID: data.ledger_key}
        wanted |= {root_key_id(n): key for n, key in enumerate(data.roots, start=1)}
        holds = len(_signers(entry, opened, wanted)) == len(wanted)
    elif register.no == 0:
        raise refused("not-allowed", entry, "the register is not founded yet")
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
        raise refused("bad-signature", entry, "it is not signed by all who must have signed it")


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
        raise refused("unsafe-key", entry, fault.happened) from fault


def _applied(register: Register, entry: Entry, data: Data) -> Register:
    if isinstance(data, Found):
        keys = [data.ledger_key, *data.roots]
        if entry.no != 1 or len(set(keys)) != len(keys):
            raise refused("not-allowed", entry, "a register is founded once, with four keys that differ")
        roots = tuple(bytes.fromhex(key) for key in data.roots)
        first = bytes.fromhex(data.ledger_key)
        return replace(register, founding=register.head, roots=roots, ledger_keys=(first,))
    if isinstance(data, LedgerKey):
        new = _new_key(register, entry, data.public_key)
        return replace(register, ledger_keys=(*register.ledger_keys, new))
    if isinstance(data, Erase):
        if (data.terminal, data.epoch) not in register.terminals:
            raise refused("not-allowed", entry, f"{data.terminal}, epoch {data.epoch}, is not on the register")
        return register
    terminals = dict(register.terminals)
    terminals[data.terminal, data.epoch] = _applied_to(register, entry, data)
    return replace(register, terminals=terminals)


def _applied_to(register: Register, entry: Entry, data: Terminal | Rotate | Revoke | Freeze) -> TerminalKeys:
    before = register.terminals.get((data.terminal, data.epoch))
    if isinstance(data, Terminal):
        if any(code == data.terminal and epoch >= data.epoch for code, epoch in register.terminals):
            raise refused("not-allowed", entry, f"{data.terminal} has an epoch {data.epoch} or a later one already")
        key, certificate = _certified_key(register, entry, data)
        return TerminalKeys(data.office, ((1, key),), sealing_key=data.sealing_key, certificates=(certificate,))
    if before is None:
        raise refused("not-allowed", entry, f"{data.terminal}, epoch {data.epoch}, is not on the register")
    if before.state == "revoked":
        raise refused("not-allowed", entry, f"the key of {data.terminal} is revoked")
    if isinstance(data, Rotate):
        if data.from_seq <= before.keys[-1][0]:
            raise refused("not-allowed", entry, f"{data.terminal} has had a later key")
        key, certificate = _certified_key(register, entry, data)
        keys = (*before.keys, (data.from_seq, key))
        return replace(before, keys=keys, certificates=(*before.certificates, certificate))
    if isinstance(data, Revoke):
        return replace(before, state="revoked", after_seq=data.after_seq)
    state = "frozen" if entry.kind == "freeze" else "active"
    if before.state == state:
        raise refused("not-allowed", entry, f"{data.terminal} is {state} already")
    return replace(before, state=state)


def _certified_key(register: Register, entry: Entry, data: Terminal | Rotate) -> tuple[bytes, bytes]:
    """A terminal's new key, and the signature on it of the ledger's key in force."""
    key, certificate = _new_key(register, entry, data.public_key), bytes.fromhex(data.certificate)
    ledger_key = _usable(entry, register.ledger_key.hex())
    if not is_certified(data.terminal, data.epoch, key, certificate, ledger_key):
        raise refused("bad-certificate", entry, "its certificate is not the ledger's, of that key")
    return key, certificate


def _new_key(register: Register, entry: Entry, public_key: str) -> bytes:
    """A key that may be enrolled: safe, and nobody's before."""
    _usable(entry, public_key)
    key = bytes.fromhex(public_key)
    of_terminals = {each for terminal in register.terminals.values() for _, each in terminal.keys}
    if key in of_terminals or key in register.roots or key in register.ledger_keys:
        raise refused("taken-key", entry, "the key is on the register already")
    return key
