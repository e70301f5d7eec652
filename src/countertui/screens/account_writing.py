"""Writing of an account: one field for a note, another address or telephone number, kept as it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countertui.counter.account_changes import FORMS, add_note, change_detail
from countertui.counter.drafts import Form
from countertui.domain.account_details import LONGEST_DETAIL, LONGEST_NOTE, Detail
from countertui.screens.kept_form import KeptForm
from countertui.widgets.field import Field

if TYPE_CHECKING:
    from countertui.counter.account_glance import Glance
    from countertui.counter.station import Person
    from countertui.screens.app import CounterApp

WRITTEN: dict[Form, Detail | None] = {Form.ACCOUNT_NOTE: None, **{form: detail for detail, form in FORMS.items()}}
"""What is written of an account: a note, or one of its details."""


class AccountWriting:
    """What is typed is of one form and one account at a time; `form` is None while nothing is asked."""

    def __init__(self) -> None:
        self.field = Field("", dom_id="glance-text", most=LONGEST_NOTE)
        self.field.display = False
        self.form: Form | None = None
        self._seen: Glance | None = None

    def keep_in(self, counter: CounterApp) -> None:
        """Keep what is typed, by form and account."""
        fields = {"text": self.field}
        self._kept = {
            form: KeptForm(counter, form, fields, self._about, "F9 records it; Esc drops it.") for form in WRITTEN
        }

    async def begin(self, form: Form, seen: Glance) -> None:
        """Ask for it, what stands there selected; what was typed before is back."""
        detail = WRITTEN[form]
        self.form, self._seen = form, seen
        self.field.label, self.field.most = ("Note", LONGEST_NOTE) if detail is None else (detail.label, LONGEST_DETAIL)
        self.field.display = True
        self.field.set(_shown(seen, detail), selected=True)
        await self._kept[form].bring_back()

    def changed(self) -> None:
        """Something was typed."""
        if self.form is not None:
            self._kept[self.form].changed()

    async def drop(self) -> None:
        """Forget what was typed for good, and hide."""
        if self.form is not None:
            self._kept[self.form].forget()
            await self._kept[self.form].saved()
        self.close()

    async def put_away(self) -> None:
        """Wait until what was typed is kept, and hide."""
        if self.form is not None:
            await self._kept[self.form].saved()
        self.close()

    def close(self) -> None:
        """Hide; what was typed stays kept."""
        self.form = None
        self.field.set("")
        self.field.display = False

    async def record(self, counter: CounterApp, person: Person) -> str:
        """Record what is typed; gives what to say. Raises Refused, and it stays."""
        seen, form, text = self._seen, self.form, self.field.value
        if seen is None or form is None:
            raise RuntimeError("nothing is written")
        await self._kept[form].saved()
        detail, session = WRITTEN[form], counter.session
        if detail is None:
            await counter.desk.job(add_note, person, session, seen.number, text)
            return "The note is recorded."
        await counter.desk.job(change_detail, person, session, seen.number, detail, _shown(seen, detail), text)
        return f"{detail.label} is changed."

    def _about(self) -> str:
        return self._seen.number if self._seen is not None else ""


def _shown(seen: Glance, detail: Detail | None) -> str:
    if detail is None:
        return ""
    return seen.phone if detail is Detail.PHONE else seen.address
