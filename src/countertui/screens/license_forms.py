"""License applications that are kept at this terminal: Enter goes on with one, F4 begins another."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.counter.license_drafts import SavedApplication, applications
from countertui.domain.dates import us_date, us_moment
from countertui.screens.area import Command
from countertui.screens.license_form import LicenseFormArea
from countertui.screens.listing import ListArea
from countertui.widgets.lines import Row, fit


class LicenseFormsArea(ListArea[SavedApplication]):
    """What is filed stands in the register of licenses, no more here."""

    NAME = "license_forms"
    TITLE = "License applications"
    HELP = (
        "Applications that were begun and not filed yet. Enter goes on with one, whoever began it; F4 begins another."
        " One that nobody touched for 30 days shows as expired, and after 60 it is forgotten."
    )
    HINT = "  None is kept. F4 begins one."

    def commands(self) -> Sequence[Command]:
        return [Command("f4", "New", "Begin another application.", self._new, on_bar=True)]

    async def arrive(self) -> None:
        if self.counter.store_is_lost:
            return
        self.title_line.say(((f" {self.TITLE}", "strong"), ("   Enter goes on with one, F4 begins another", "")))
        form = await self.counter.made(LicenseFormArea)
        await form.kept.saved()
        self.list.show(await self.counter.desk.look(applications), cursor=0)

    async def choose(self, item: SavedApplication) -> None:
        await (await self.counter.made(LicenseFormArea)).go_on_with(item.id)
        await self.counter.go(LicenseFormArea.NAME)

    async def _new(self) -> None:
        await (await self.counter.made(LicenseFormArea)).begin()
        await self.counter.go(LicenseFormArea.NAME)

    def draw(self, item: SavedApplication, width: int) -> Row:
        good = "EXPIRED" if item.expired else f"to {us_date(item.expires)}"
        return (
            (f"  {us_moment(item.saved_at):<18}", "dim"),
            (fit(item.license_class or "no class", 12) + " ", ""),
            (fit(item.business or "(no name yet)", width - 60) + " ", "strong"),
            (fit(f"by {item.operator}", 12), "dim"),
            (fit(good, 14), "warn" if item.expired else "dim"),
        )
