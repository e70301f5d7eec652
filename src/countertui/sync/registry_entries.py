"""Entries of the register of keys: what each kind says, and an entry as it is written, signed, read and known by.

Nothing is verified here but the form; who must have signed, and what may be said when, is registry.py's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Annotated, Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Meta
from msgspec.structs import fields

from countertui.domain.demo import is_demo
from countertui.domain.personal import is_field
from countertui.domain.text import person_key
from countertui.forms import Count, Form, Hex32, Hex64, Name, Number, ValidationError, read_as, said_by
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.dsse import REGISTRY, Envelope, pae, parse_envelope, sign_envelope, to_bytes
from countertui.sync.faults import MalformedBytesError, MalformedEnvelopeError, RegistryRefusedError

ROOTS, THRESHOLD = 3, 2
NEW_KEY_ID = "new"
"""The keyid under which a ledger's new key signs the entry that brings it in."""
NO_ENTRY = "0" * 64
"""The hash that stands for the entry before the first one."""
MAX_ENTRY = 64 * 1024

_Reason = Annotated[str, Meta(min_length=1, max_length=300)]


class Found(Form, frozen=True, kw_only=True):
    """`found`: the ledger's first key, the three offline root keys, and how many of them stand for the ledger.

    rows: the SHA-256 of what the ledger lists as the rows that it began with, its first two people among them.
    """

    ledger_key: Hex32
    roots: Annotated[list[Hex32], Meta(min_length=ROOTS, max_length=ROOTS)]
    threshold: Literal[2] = 2
    rows: Hex32 | None = None


class LedgerKey(Form, frozen=True, kw_only=True):
    """`ledger_key`: the ledger signs with this key from the next entry on. desk_seq: its own journal's last record."""

    public_key: Hex32
    reason: _Reason
    desk_seq: Count = 0


class Terminal(Form, frozen=True, kw_only=True):
    """`terminal`: this key is believed for a terminal's epoch, from record 1 on."""

    terminal: Name
    epoch: Number
    office: Name
    public_key: Hex32
    sealing_key: Hex32 | None = None
    """Its X25519 key, to which the city seals what only this terminal may read."""
    certificate: Hex64
    """The ledger's signature on that key, for the codes on its receipts; see `certificate.py`."""


class Rotate(Form, frozen=True, kw_only=True):
    """`rotate`: the terminal's key_rotate record of hash `h` names the key that signs from from_seq on."""

    terminal: Name
    epoch: Number
    from_seq: Number
    public_key: Hex32
    h: Hex32
    certificate: Hex64
    """The ledger's signature on the new key."""


class Revoke(Form, frozen=True, kw_only=True):
    """`revoke`: nothing that the terminal's key signed after record after_seq is believed."""

    terminal: Name
    epoch: Number
    after_seq: Count
    reason: _Reason


class Freeze(Form, frozen=True, kw_only=True):
    """`freeze`, `unfreeze`: batches of the terminal wait until two people have looked, and go on after they did."""

    terminal: Name
    epoch: Number
    reason: _Reason


class Erase(Form, frozen=True, kw_only=True):
    """`erase`: a personal value that a terminal's record commits to was erased, and is kept nowhere any more.

    Who and why says the desk's record. It stands here too, as terminals keep the register and give it back to a ledger
    that was restored from a backup, which has the value again and lost that record.
    """

    terminal: Name
    epoch: Number
    seq: Number
    field: str

    def __post_init__(self) -> None:
        if not is_field(self.field):
            raise ValueError("it is no field's name")


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


class Entry(Form, frozen=True, kw_only=True):
    """One entry: its number from 1, the hash of the one before, who answers for it, ISO 8601 UTC."""

    v: Literal[1] = 1
    ledger: Name
    no: Number
    prev: Hex32
    kind: str
    at: Annotated[str, Meta(min_length=1, max_length=40)]
    by: Annotated[list[Name], Meta(max_length=2)]
    data: dict[str, Any]


def root_key_id(n: int) -> str:
    """The keyid of root key n, 1 to 3."""
    return f"root-{n}"


def sign_entry(payload: bytes, keys: Sequence[tuple[str, Ed25519PrivateKey]]) -> bytes:
    """An entry's envelope, signed with each (keyid, key)."""
    return to_bytes(sign_envelope(REGISTRY, payload, keys))


def entry_hash(payload: bytes) -> str:
    """What an entry is known by, hex: the SHA-256 of what was signed."""
    return sha256(pae(REGISTRY, payload)).hexdigest()


def read_entry(envelope: bytes) -> tuple[Entry, bytes]:
    """An entry as it reads, and its bytes; nothing of it is verified. Raises RegistryRefusedError (malformed)."""
    entry, opened = open_entry(envelope)
    return entry, opened.payload


def open_entry(envelope: bytes) -> tuple[Entry, Envelope]:
    """An entry as it reads, and its envelope; nothing of it is verified. Raises RegistryRefusedError (malformed)."""
    try:
        opened = parse_envelope(envelope, MAX_ENTRY)
        entry = read_as(Entry, parse_strict(opened.payload))
    except (MalformedEnvelopeError, MalformedBytesError) as fault:
        raise RegistryRefusedError("malformed", f"An entry of the register cannot be read. {fault.happened}") from fault
    except ValidationError:
        raise RegistryRefusedError("malformed", "An entry of the register has another form than one.") from None
    if opened.payload_type != REGISTRY or canonical(said_by(entry)) != opened.payload:
        raise RegistryRefusedError("malformed", "An entry of the register has another form than one.")
    return entry, opened


def read_data(entry: Entry) -> Data:
    """What an entry says, by its kind; no signature is verified. Raises RegistryRefusedError."""
    model = KINDS.get(entry.kind)
    if model is None:
        raise refused("malformed", entry, f"its kind, {entry.kind!r}, is not known here: install the newer version")
    try:
        data = read_as(model, entry.data)
    except ValidationError:
        raise _of_another_form(entry, model) from None
    if said_by(data) != entry.data:
        raise refused("malformed", entry, "a field of it is left out")
    by_itself = entry.kind == "terminal" and is_demo(entry.ledger)
    if entry.kind in BY_TWO and not by_itself and len({person_key(name) for name in entry.by}) != 2:
        raise refused("not-allowed", entry, "two people answer for it by name")
    return data


def _of_another_form(entry: Entry, model: type[Data]) -> RegistryRefusedError:
    why = f"it does not have the form of {entry.kind}"
    missing = [each.name for each in fields(model) if each.required and each.name not in entry.data]
    if not missing:
        return refused("malformed", entry, why)
    # Before the first release, keys came on the register without a certificate.
    press = "Call an admin: another version of the program wrote it. Use that one, or begin books and terminals anew."
    return refused("malformed", entry, f"{why}: without {', '.join(missing)}", press)


def refused(reason: str, entry: Entry, why: str, *press: str) -> RegistryRefusedError:
    """Why an entry is not believed, in the words that a person reads."""
    return RegistryRefusedError(
        reason, f"Entry {entry.no} of the ledger's register is refused: {why.rstrip('.')}.", *press
    )
