"""Writing sealed batches onto a stick, where there is no network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from countertui.counter.write_stick import write_folder
from countertui.domain.refusal import Refused
from countertui.domain.words import number_of
from countertui.screens.stick_folder import StickFolderArea
from countertui.widgets.field import Field


class StickOutArea(StickFolderArea):
    """Enter writes what waits; a number of a batch has all after it written."""

    NAME = "stick_out"
    TITLE = "Write a stick"
    HELP = (
        "The arrows choose a stick that is plugged in, or type the folder where it is; Enter writes every sealed batch"
        " that no answer of the ledger came for, and reads it back. Take it to the ledger, or to the terminal of this"
        " office that makes the deposit (there: F10, S, I), or to both. It waits here until the stick comes back with"
        " the ledger's answer. Where another terminal or the ledger says which batch it has last, Tab and type that"
        " number: all after it are written, answered or not."
    )
    UNDER_WAY = "Writing the stick \N{HORIZONTAL ELLIPSIS}"

    def __init__(self) -> None:
        super().__init__()
        self.after = Field("All after batch", dom_id="stick-after", most=9, hint="those that wait for an answer")

    def ring(self) -> Sequence[Field]:
        return [self.folder, self.after]

    async def enter(self, field: Field) -> None:
        with self.naming(self.after):
            after = _number(self.after.value.strip())

        async def write(folder: Path) -> None:
            written = await self.counter.desk.errand(write_folder, folder, after)
            looks = ["good", "", "warn"]
            self.tell_lines(list(zip(looks, written.said, strict=False)))
            self.after.set("")
            self.counter.tell(f"{number_of(len(written.batches), 'batch', 'batches')} written.")

        self.begin(write)


def _number(typed: str) -> int | None:
    if not typed:
        return None
    if not typed.isdecimal() or not typed.isascii():
        raise Refused("The number of a batch is typed in digits.", "Nothing was written.", "Or leave it empty.")
    return int(typed)
