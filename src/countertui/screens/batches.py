"""Sealing and sending: beside the hands, so that it can be left; what the ledger signed is shown batch by batch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from countertui.counter.ask_office import ask_office
from countertui.counter.seal_batch import seal_batch
from countertui.counter.send_batches import Sent, batches, send_batches
from countertui.counter.take_snapshot import take_snapshot
from countertui.domain.money import format_cents
from countertui.domain.refusal import Refused
from countertui.domain.words import number_of
from countertui.errors import CounterError
from countertui.screens.area import Command
from countertui.screens.listing import ListArea
from countertui.widgets.lines import Row, fit

STATE_WORDS = {
    "posted": "posted",
    "received": "received, not posted yet",
    "held": "held: a person at the ledger must look",
    "waiting": "waiting to be sent",
}


class BatchesArea(ListArea[Sent]):
    """S seals and sends, Y fetches the newest data, I takes a stick, W writes one. All go on when it is left."""

    NAME = "batches"
    TITLE = "Batches: S seals and sends, Y syncs; by stick: W writes, I takes"
    HELP = (
        "A batch is all that was recorded since the last seal, signed. S seals one and sends whatever waits; only the"
        " ledger's signed answer lets a batch be called posted. Y sends what waits and fetches the newest accounts,"
        " fees and operators. Without a network W writes what is sealed to a stick, and I takes one: with the ledger's"
        " answers, or with what other terminals of this office sealed."
    )
    HINT = "  No batch is sealed yet."

    def __init__(self) -> None:
        super().__init__()
        self._busy = False
        self._posted: dict[int, Sent] = {}

    async def arrive(self) -> None:
        await self._list()

    def commands(self) -> Sequence[Command]:
        return [
            Command("s", "Seal, send", "Seal all that is recorded and send what waits.", self._seal, on_bar=True),
            Command("i", "Take", "Take a stick: answers, other terminals.", self._stick, on_bar=True),
            Command("w", "Write", "Write what is sealed to a stick.", self._stick_out, on_bar=True),
            Command("y", "Sync", "Send what waits and fetch the newest data.", self._sync, on_bar=True),
        ]

    def seal_and_send(self) -> None:
        """Begin; the message bar tells the end."""
        self._begin(self._seal_and_send)

    def sync(self) -> None:
        """Begin; the message bar tells the end."""
        self._begin(self._send_and_fetch)

    def _begin(self, act: Callable[[], Awaitable[None]]) -> None:
        async def doing() -> None:
            try:
                await act()
            finally:
                self._busy = False

        if self._busy:
            raise Refused("That is still under way.", "It goes on beside other work.", "")
        self._busy = True
        self.counter.run_worker(doing(), group="sending")

    async def _seal(self) -> None:
        self.seal_and_send()

    async def _sync(self) -> None:
        self.sync()

    async def _stick(self) -> None:
        await self.counter.go("stick")

    async def _stick_out(self) -> None:
        await self.counter.go("stick_out")

    async def _seal_and_send(self) -> None:
        person = self.counter.person
        if person is None:
            return
        self.counter.tell("Sealing …")
        sealed = ""
        try:
            batch = await self.counter.desk.job(seal_batch, person)
            sealed = f"Batch {batch.batch_no} is sealed: {batch.said}."
        except Refused as refusal:
            sealed = refusal.happened
        except CounterError as error:
            self.counter.say(error)
            return
        self.counter.tell(sealed, "Sending …")
        await self._send(sealed)

    async def _send(self, before: str) -> None:
        try:
            sent = await self.counter.desk.errand(send_batches)
        except (Refused, CounterError) as error:
            self.counter.say(error)
            return
        self._posted |= {one.batch_no: one for one in sent}
        await self._list()
        told = " ".join(_said(one) for one in sent) or "Nothing waits to be sent."
        by_stick = "Without a network: W writes it to a stick." if any(one.state == "waiting" for one in sent) else ""
        self.counter.tell(before, told, by_stick)
        self.counter.chips.ask()

    async def _send_and_fetch(self) -> None:
        await self._send("")
        loop = asyncio.get_running_loop()

        def progress(table: str, rows: int) -> None:
            loop.call_soon_threadsafe(self.counter.tell, f"Fetching {table}: {number_of(rows, 'row')} …")

        try:
            version = await self.counter.desk.errand(take_snapshot, progress)
        except (Refused, CounterError) as error:
            self.counter.say(error)
            return
        await self.counter.desk.errand(ask_office)
        self.counter.tell("The newest data was here already." if version is None else f"Data {version} is in use now.")
        self.counter.chips.ask()

    async def _list(self) -> None:
        rows = await self.counter.desk.look(batches)
        self.list.show([self._posted.get(row.batch_no, row) for row in rows], cursor=0)

    def draw(self, item: Sent, width: int) -> Row:
        difference = f"difference {format_cents(item.difference_cents)}" if item.state == "posted" else item.detail
        look = "good" if item.state == "posted" and not item.difference_cents else "warn"
        return (
            (f"  Batch {item.batch_no:<6}", "strong"),
            (fit(STATE_WORDS.get(item.state, item.state), 40), look),
            (fit(difference, width - 54), ""),
        )


def _said(sent: Sent) -> str:
    if sent.state == "posted":
        return f"Batch {sent.batch_no} posted, difference {format_cents(sent.difference_cents)}."
    detail = f" ({sent.detail.rstrip('.')})" if sent.detail else ""
    return f"Batch {sent.batch_no}: {STATE_WORDS.get(sent.state, sent.state)}{detail}."
