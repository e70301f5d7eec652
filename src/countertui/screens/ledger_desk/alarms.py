"""What somebody must look at: alarms, missing batches, silent terminals; who saw to an alarm says so with a PIN."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.counter.ledger_alarms import Heed, read_attention
from countertui.domain.dates import us_moment
from countertui.domain.rights import Act, may
from countertui.screens.area import Command
from countertui.screens.ledger_desk.acting import ActingPage, Wanted
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import Stroke

_KINDS = {
    "fork": "two journals",
    "rollback": "went back",
    "chain": "does not follow",
    "log": "ledger's log",
    "locked": "locked",
    "recovered": "recovered",
    "roots": "root keys",
    "personal": "personal value",
    "register": "register",
    "paper": "paper",
    "gap": "BATCH MISSING",
    "silent": "SILENT",
    "backup": "NO BACKUP",
}


class LedgerAlarmsArea(ActingPage[Heed]):
    """V says that an alarm was seen to, by one person; the rest goes once its reason is gone."""

    NAME = "ledger_alarms"
    ON_BAR = "debt"
    TITLE = "Alarms"
    HELP = (
        "What somebody must look at first: alarms, which stay until a person saw to them (V, with your PIN); batches"
        " that are missing before others that came; terminals that nothing was heard of for a day; a ledger that is not"
        " backed up. It stands whole below the list. What to do about each alarm stands in docs/operations.md. Missing"
        " batches and silent terminals go from the list by themselves, once they are heard: go there, and sync."
    )
    HINT = "  Nothing was asked of the ledger yet."

    def commands(self) -> Sequence[Command]:
        if self.at is not None:
            return ()
        person, row = self.counter.person, self.list.current
        sees = row is not None and row.alarm and person is not None and may(person.roles, Act.SEE_ALARMS)
        seen = (
            [Command("v", "Seen to", "Say that you saw to the marked alarm.", self._seen, on_bar=True)] if sees else []
        )
        return [*seen, *super().commands()]

    async def ask(self) -> None:
        answer = await self.answer("attention", {})
        said = await self.counter.desk.look(read_attention, answer.said)
        self.title(f"{self.TITLE}: {len(said.rows)}", answer)
        self.show_rows(said.rows, hint="  Nothing: no alarm, no batch is missing, every terminal is heard.")
        self._say_below()

    async def press(self, stroke: Stroke) -> None:
        await super().press(stroke)
        self._say_below()

    async def _seen(self) -> None:
        row = self.list.current
        if row is not None:
            wanted = Wanted(
                act="alarm.seen",
                args={"alarm": row.alarm},
                question=f"You saw to alarm {row.alarm}?",
                about=f"alarm {row.alarm}",
                done=f"Alarm {row.alarm} is seen to.",
                id=await self.new_id(),
                why="",
                two=False,
            )
            await self.want(wanted)

    def _say_below(self) -> None:
        row = self.list.current
        self.say_below(row.words if row is not None and self.at is None else "", most_lines=5)

    def draw(self, item: Heed, width: int) -> Row:
        return (
            (fit(f" {_KINDS.get(item.kind, item.kind)}", 16), "bad"),
            (fit(item.terminal, 6), "strong"),
            (fit(us_moment(item.since) if item.since else "", 18), "dim"),
            (fit(item.words, width - 41), ""),
            (" ", ""),
        )
