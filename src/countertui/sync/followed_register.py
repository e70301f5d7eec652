"""The ledger's register of keys as a terminal follows it: forward only, from what it pinned when it began."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countertui.sync.canonical import parse_strict
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.faults import (
    LedgerUnreachableError,
    MalformedBytesError,
    RegistryRefusedError,
    TerminalNotKnownError,
)
from countertui.sync.late_client import LateClient
from countertui.sync.registry import Register, follow_all, require_pinned
from countertui.sync.registry_entries import entry_hash, read_entry
from countertui.sync.transport import MAX_GIVEN_BACK, LedgerClient, Reply


class FollowedRegister:
    """What is believed of a ledger: its register as far as it was followed here, or the pinned key alone before that.

    `pinned` is the key that was pinned, `founding` the hash of the register's first entry (None for a terminal older
    than that). Raises RegistryRefusedError for entries that are not that register's.
    """

    def __init__(
        self, ledger: str, pinned: Ed25519PublicKey, founding: str | None = None, entries: Sequence[bytes] = ()
    ) -> None:
        self.pinned, self.founding = pinned, founding
        self.register = Register(ledger)
        self.entries: list[bytes] = []
        self.follow(entries)

    @property
    def ledger_keys(self) -> list[Ed25519PublicKey]:
        """The ledger's keys, the one in force first."""
        if not self.register.no:
            return [self.pinned]
        return [checked_public_key(key) for key in reversed(self.register.ledger_keys)]

    def follow(self, entries: Sequence[bytes]) -> None:
        """Believe the register's next entries, and the keys they name. Raises RegistryRefusedError."""
        self.register = self.after(entries)
        self.entries += entries

    def after(self, entries: Sequence[bytes]) -> Register:
        """The register after these entries, verified; nothing changes here. Raises RegistryRefusedError."""
        if not entries:
            return self.register
        after = follow_all(self.register, entries)
        require_pinned(after, self.founding, self.pinned.public_bytes_raw())
        return after

    def newer(self, client: LedgerClient | LateClient) -> tuple[bytes, ...]:
        """What the ledger's register says since it was last followed, verified.

        A restored ledger that lost entries is given them back first. Raises RegistryRefusedError if it is another
        register, or stays cut short; LedgerUnreachableError.
        """
        known = self.register
        try:
            got = client.get_registry(max(known.no - 1, 0))
        except TerminalNotKnownError:
            if not self._give_back(client):
                raise
            got = client.get_registry(known.no - 1)
        if known.no:
            if not got and self._give_back(client):
                got = client.get_registry(known.no - 1)
            if not got:
                raise RegistryRefusedError("rolled-back", "The ledger's register of keys is shorter than it was.")
            last, payload = read_entry(got[0])
            if last.no != known.no or entry_hash(payload) != known.head:
                self._give_back(client, from_no=0)  # it takes none of them; people there are told
                raise RegistryRefusedError("fork", f"Entry {known.no} of the ledger's register is another than it was.")
            got = got[1:]
        self.after(got)
        return tuple(got)

    def _give_back(self, client: LedgerClient | LateClient, from_no: int | None = None) -> bool:
        """Give the ledger the entries that it lost, or all after from_no; whether it has all of them then."""
        try:
            have_no = from_no if from_no is not None else _have_no(client.put_lost_entries(()))
            while 0 <= have_no < len(self.entries):
                part = _part(self.entries[have_no:])
                reply = client.put_lost_entries(part)
                if reply.status != 200:
                    return False
                have_no += len(part)
        except LedgerUnreachableError:
            return False
        return have_no == len(self.entries) > 0


def _have_no(reply: Reply) -> int:
    """The last entry that the ledger has of its register; -1 where it doesn't say."""
    try:
        said = parse_strict(reply.body)
    except MalformedBytesError:
        return -1
    have_no = said.get("have_no") if type(said) is dict else None
    return have_no if type(have_no) is int and reply.status == 200 else -1


def _part(entries: Sequence[bytes]) -> list[bytes]:
    """As many of them, from the first, as are given back at once."""
    sizes = accumulate(len(entry) + 1 for entry in entries)
    return [entry for entry, size in zip(entries, sizes, strict=True) if size <= MAX_GIVEN_BACK]
