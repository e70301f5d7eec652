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


def no_matter_what() -> str:
    """What a form is about of which a person fills in one at a time."""
    return ""


class KeptTexts:
    """Texts by name, and what they are about just now. Changes made while one is being kept are kept after it."""

    def __init__(
        self, counter: CounterApp, form: Form, about: Callable[[], str], texts: Callable[[], Mapping[str, str]]
    ) -> None:
        self._counter = counter
        self._form = form
        self._about = about
        self._texts = texts
        self._changes: dict[str, dict[str, str]] = {}
        """What is not kept yet, as it stood when it was typed, by what it was about then."""
        self._keeping = OneAtATime(counter.run_worker, self._keep)
        self._failure_told = False

    def changed(self) -> None:
        """Something was typed."""
        self._changes[self._about()] = dict(self._texts())
        self._keeping.ask()

    def forget_about(self, about: str) -> None:
        """Keep nothing any more of what was typed about that."""
        self._changes[about] = {}
        self._keeping.ask()

    async def saved(self) -> None:
        """Wait until every change is kept."""
        await self._keeping.done()

    async def kept(self) -> Draft | None:
        """What was typed before about what this is about now, every change of it waited for."""
        await self.saved()
        person = self._counter.person
        if person is None or self._counter.store_is_lost:
            return None
        return await self._counter.desk.look(draft_of, person, self._form, self._about())

    def tell_back(self, draft: Draft, press: str) -> None:
        """Say that something is back that was typed before, and how old it is."""
        kept = f"EXPIRED, kept {us_moment(draft.saved_at)}" if draft.expired else f"kept {us_moment(draft.saved_at)}"
        self._counter.tell(f"What was typed here is back ({kept}).", "Nothing of it is recorded yet.", press)

    async def _keep(self) -> None:
        person, changes = self._counter.person, self._changes
        self._changes = {}
        if person is None or self._counter.store_is_lost:
            return
        try:
            for about, texts in changes.items():
                await self._counter.desk.job(keep_draft, person, self._form, about, texts)
        except CounterError as error:
            if not self._failure_told:
                self._failure_told = True
                self._counter.say(error)


class KeptForm(KeptTexts):
    """The fields of a form by name; never a PIN."""

    def __init__(
        self,
        counter: CounterApp,
        form: Form,
        fields: Mapping[str, Field],
        about: Callable[[], str] = no_matter_what,
        press: str = "See that it is still right; Enter goes on.",
    ) -> None:
        """press: what to press once it is back."""
        super().__init__(counter, form, about, lambda: {name: field.value for name, field in fields.items()})
        self._fields = fields
        self._press = press

    async def bring_back(self) -> bool:
        """Fill the fields with what was typed before, and say so; says whether there was anything."""
        draft = await self.kept()
        if draft is None:
            return False
        for name, field in self._fields.items():
            field.set(draft.texts.get(name, ""))
        self.tell_back(draft, self._press)
        return True

    def forget(self) -> None:
        """Empty the fields, and keep nothing of them."""
        for field in self._fields.values():
            field.set("")
        self.changed()
