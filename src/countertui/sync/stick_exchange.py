"""A stick as if the ledger answered from it, and what other terminals of the city laid on it beside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countertui.domain.office import SealedBatch
from countertui.sync.batch import MAX_ENVELOPE
from countertui.sync.exchange import LedgerExchange
from countertui.sync.faults import LedgerUnreachableError, MalformedEnvelopeError, RegistryRefusedError
from countertui.sync.late_client import LateClient
from countertui.sync.recorder import Recorder
from countertui.sync.registry_entries import entry_hash, read_entry
from countertui.sync.stick_client import REGISTRY, StickClient, own_register_name, snapshot_name
from countertui.sync.stick_out import lay_out
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

    @property
    def own_batches(self) -> int:
        """How many batches of this terminal itself lie there."""
        return sum(file.terminal == self._recorder.terminal for file in self._files())

    @property
    def behind(self) -> int:
        """How many entries of the register, as it is known here, the ledger wrote after this stick."""
        try:
            there = self._client.get_registry(0)
        except LedgerUnreachableError:
            return 0  # what is wrong with it is told by who reads it
        return max(0, self._register.no - len(there)) if there else 0

    def batches(self) -> list[BatchFile]:
        """The batches of other terminals, in the order in which each terminal sealed them."""
        others = [file for file in self._files() if file.terminal != self._recorder.terminal]
        return sorted(others, key=lambda each: (each.terminal, each.epoch, each.batch_no))

    def registers(self) -> list[str]:
        """The files with what terminals have of the ledger's register."""
        return sorted(path.name for path in self._folder.glob(own_register_name("*")) if path.is_file())

    def entries_in(self, name: str) -> tuple[bytes, ...]:
        """What one of these files has of the register beyond what is known here, verified.

        Raises RegistryRefusedError, LedgerUnreachableError.
        """
        more = _read(self._folder / name, MAX_ADMISSION).splitlines()[self._register.no :]
        self._followed.after(more)
        return tuple(more)

    def lay(self, batches: Sequence[SealedBatch]) -> None:
        """Write batches of this terminal and its copy of the register. Raises an EnvironmentFault."""
        place = self._recorder.ledger, self._recorder.terminal, self._recorder.epoch
        try:
            lay_out(self._folder, place, batches, self._followed.entries)
        except OSError as fault:
            raise LedgerUnreachableError(
                f"{self._folder} can't be written to: {fault.strerror}.",
                "Every batch is safe here.",
                "Free room on the stick, or take another.",
            ) from fault

    def newer_entries(self) -> tuple[bytes, ...]:
        """The same, as of `LedgerExchange`, of the register that the ledger wrote here.

        A stick of before brings none: it must be the beginning of what is known here. Raises RegistryRefusedError,
        LedgerUnreachableError.
        """
        there, known = self._client.get_registry(0), self._followed.entries
        if not there:
            raise LedgerUnreachableError(
                f"The ledger's register of keys, {REGISTRY}, is not on the stick: not all that it wrote is there.",
                "Everything recorded is safe here.",
                "Take the stick to the ledger again.",
            )
        if len(there) >= len(known):
            return super().newer_entries()
        last, payload = read_entry(there[-1])
        if entry_hash(payload) != entry_hash(read_entry(known[len(there) - 1])[1]):
            raise RegistryRefusedError("fork", f"Entry {last.no} of the stick's register is another than it was here.")
        return ()

    def _files(self) -> Iterator[BatchFile]:
        try:
            paths = sorted(self._folder.iterdir())[:_MOST_FILES]
        except OSError as fault:
            raise LedgerUnreachableError(
                f"{self._folder} can't be read: {fault.strerror}.", "Nothing was taken.", "Plug the stick in again."
            ) from fault
        for path in paths:
            named = _NAMED.fullmatch(path.name)
            if named is not None and path.is_file():
                yield BatchFile(path, named["terminal"], int(named["epoch"]), int(named["no"]))


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
