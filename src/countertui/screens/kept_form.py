"""What is typed into a form, kept beside the hands after every change, so that a crash loses none of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from countertui.counter.drafts import Draft, Form, draft_of, keep_draft
from countertui.domain.dates import us_moment
from countertui.errors import CounterError
from countertui.screens.beside import OneAtATime

if TYPE_CHECKING:
    from countertui.screens.app import CounterApp
    from countertui.widgets.field import Field

CHECK_COUNT = "Check it against the drawer; F9 commits it."


class KeptForm:
    """The fields of a form by name. Changes made while one is being kept are kept together, after it."""

    def __init__(
        self,
        counter: CounterApp,
        form: Form,
        fields: Mapping[str, Field],
        about: Callable[[], str] = lambda: "",
        press: str = "Look whether it is still right; Enter goes on.",
    ) -> None:
        """about: what the form is about just now; press: what to do with what is brought back."""
        self._counter = counter
        self._form = form
        self._fields = fields
        self._about = about
        self._press = press
        self._keeping = OneAtATime(counter.run_worker, self._keep)
        self._failure_told = False

    def changed(self) -> None:
        """Something was typed."""
        self._keeping.ask()

    async def saved(self) -> None:
        """Wait until every change is kept."""
        await self._keeping.done()

    async def bring_back(self) -> bool:
        """Fill the fields with what was typed before, and say so; says whether there was anything."""
        draft = await self._draft()
        if draft is None:
            return False
        for name, field in self._fields.items():
            field.set(draft.texts.get(name, ""))
        kept = f"EXPIRED, kept {us_moment(draft.saved_at)}" if draft.expired else f"kept {us_moment(draft.saved_at)}"
        self._counter.tell(f"What was typed here is back ({kept}).", "Nothing of it is recorded yet.", self._press)
        return True

    async def _draft(self) -> Draft | None:
        person = self._counter.person
        if person is None or self._counter.store_is_lost:
            return None
        return await self._counter.desk.look(draft_of, person, self._form, self._about())

    async def _keep(self) -> None:
        person = self._counter.person
        if person is None or self._counter.store_is_lost:
            return
        texts = {name: field.value for name, field in self._fields.items()}
        try:
            await self._counter.desk.job(keep_draft, person, self._form, self._about(), texts)
        except CounterError as error:
            if not self._failure_told:
                self._failure_told = True
                self._counter.say(error)
