"""Applicants that are kept at this terminal: Enter goes on with one, F4 begins another."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.counter.applicants import SavedApplicant, applicants
from countertui.domain.dates import us_moment
from countertui.domain.device_reads import CardHolder
from countertui.screens.applicant import ApplicantArea
from countertui.screens.area import Command
from countertui.screens.listing import ListArea
from countertui.widgets.lines import Row, fit


class ApplicantsArea(ListArea[SavedApplicant]):
    """A card scanned here begins a new one."""

    NAME = "applicants"
    TITLE = "Applicants for a license"
    HELP = (
        "Who applies for a license, as far as it was typed: name and address. Enter goes on with one, F4 begins"
        " another, and so does scanning a driver's license or identity card. Whom nobody touched for 30 days is"
        " forgotten."
    )
    HINT = "  Nobody is kept. F4 begins one; so does scanning a driver's license."

    def commands(self) -> Sequence[Command]:
        return [Command("f4", "New", "Begin another applicant.", self._new, on_bar=True)]

    async def arrive(self) -> None:
        if self.counter.store_is_lost:
            return
        self.title_line.say(((f" {self.TITLE}", "strong"), ("   Enter goes on with one, F4 begins another", "")))
        form = await self.counter.made(ApplicantArea)
        await form.kept.saved()
        self.list.show(await self.counter.desk.look(applicants), cursor=0)

    async def take_card(self, holder: CardHolder) -> None:
        await (await self._new_form()).take_card(holder)

    async def choose(self, item: SavedApplicant) -> None:
        await (await self.counter.visit(ApplicantArea)).go_on_with(item.id)

    async def _new(self) -> None:
        await self._new_form()

    async def _new_form(self) -> ApplicantArea:
        form = await self.counter.visit(ApplicantArea)
        await form.begin()
        return form

    def draw(self, item: SavedApplicant, width: int) -> Row:
        return (
            (f"  {us_moment(item.saved_at):<17}", "dim"),
            (fit(item.name or "(no name yet)", width - 34) + " ", ""),
            (fit(f"by {item.operator}", 13), "dim"),
        )
