"""A stick as if the ledger answered from it, and what other terminals of the city laid on it beside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countertui.sync.batch import MAX_ENVELOPE
from countertui.sync.exchange import LedgerExchange
from countertui.sync.faults import LedgerUnreachableError, MalformedEnvelopeError
from countertui.sync.late_client import LateClient
from countertui.sync.recorder import Recorder
from countertui.sync.stick_client import REGISTRY, StickClient, own_register_name, snapshot_name
from countertui.sync.transport import MAX_ADMISSION

_NAMED = re.compile(r"(?P<terminal>[^/\x00]{1,64})-(?P<epoch>[1-9][0-9]{0,8})-(?P<no>[1-9][0-9]{0,8})\.ctb")
_MOST_FILES = 10_000


@dataclass(frozen=True, slots=True)
class BatchFile:
    """See `domain.office.StickFile`. What the name says is a hint: the batch itself must say the same."""

    path: Path
    terminal: str
    epoch: int
    batch_no: int

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    def read(self) -> bytes:
        """Its bytes. Raises LedgerUnreachableError, MalformedEnvelopeError for more than a batch has."""
        return _read(self.path, MAX_ENVELOPE)


class StickExchange(LedgerExchange):
    """What lies in `folder`, for the terminal of this recorder. The rest as of `LedgerExchange`."""

    def __init__(
        self,
        recorder: Recorder,
        ledger_key: Ed25519PublicKey,
        folder: Path,
        *,
        founding: str | None,
        entries: Sequence[bytes],
    ) -> None:
        client = LateClient()
        client.found(StickClient(folder, recorder.terminal))
        super().__init__(recorder, ledger_key, client, founding=founding, entries=entries)
        self._folder = folder

    @property
    def from_ledger(self) -> bool:
        """Whether the ledger wrote anything into it for this terminal."""
        terminal = self._recorder.terminal
        written = (self._folder / REGISTRY, self._folder / snapshot_name(terminal))
        return any(path.exists() for path in written) or any(self._folder.glob(f"{_plain(terminal)}-*.ack"))

    def batches(self) -> list[BatchFile]:
        """The batches of other terminals, in the order in which each terminal sealed them."""
        found = []
        for path in sorted(self._folder.iterdir())[:_MOST_FILES]:
            named = _NAMED.fullmatch(path.name)
            if named is not None and named["terminal"] != self._recorder.terminal and path.is_file():
                found.append(BatchFile(path, named["terminal"], int(named["epoch"]), int(named["no"])))
        return sorted(found, key=lambda each: (each.terminal, each.epoch, each.batch_no))

    def entries_beside(self) -> tuple[bytes, ...]:
        """What other terminals have of the ledger's register beyond what is known here, verified.

        Raises RegistryRefusedError, LedgerUnreachableError.
        """
        longest: list[bytes] = []
        for path in sorted(self._folder.glob(own_register_name("*"))):
            if path.is_file():
                longest = max(longest, _read(path, MAX_ADMISSION).splitlines(), key=len)
        more = longest[self._register.no :]
        self._followed(more)
        return tuple(more)


def _read(path: Path, most_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except OSError as fault:
        raise LedgerUnreachableError(
            f"{path.name} can't be read: {fault.strerror}.", "Nothing of it was taken."
        ) from fault
    if len(data) > most_bytes:
        raise MalformedEnvelopeError(f"{path.name} has more than {most_bytes:,} bytes.")
    return data


def _plain(name: str) -> str:
    """A name as glob takes it by its letters."""
    return re.sub(r"([*?[])", r"[\1]", name)
