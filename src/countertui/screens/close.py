"""Closing a drawer: count blind, commit the count, see over and short, count again or give a reason, close."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

from textual.app import ComposeResult
from textual.containers import Vertical

from countertui.counter.close_drawer import (
    Closed,
    CloseNeedsLead,
    CloseNeedsSecond,
    close_drawer,
    commit_count,
    open_items,
    second_act,
)
from countertui.counter.drafts import Form
from countertui.counter.find_difference import may_come_from
from countertui.counter.station import Person, Session
from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.refusal import Refused
from countertui.domain.text import same_person
from countertui.screens.area import Area, Command
from countertui.screens.credential import second_one
from countertui.screens.difference_rows import may_be_rows, over_short_row
from countertui.screens.kept_form import CHECK_COUNT, KeptForm
from countertui.widgets.field import Field
from countertui.widgets.lines import Row
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.tender_counts import TenderCounts
from countertui.widgets.text_line import TextLine

MOST_ITEMS = 5


class CloseArea(Area):
    """Two steps: the count, then what it came to. Nothing expected is shown before the count is committed."""

    NAME = "close"
    TITLE = "Close the drawer"
    HELP = (
        "Count the cash by pieces, 2s13 for two straps and 13 notes, 3r for three rolls; count checks, card slips"
        " and money orders each on their own: how many, and their total. F9 commits the count; only then over and"
        " short are shown. F4 counts again; a large difference needs a reason, a larger one and too many counts a"
        " lead's id and PIN, and an absent operator's drawer those of who counted along. F9 closes the drawer and shows"
        " the Z report. Open items are no hindrance. What you typed and didn't commit comes back, for you alone."
    )

    def __init__(self) -> None:
        super().__init__()
        self.counts = TenderCounts("close-count")
        self.grid = self.counts.grid
        self.reason = Field("Reason", dom_id="close-reason", most=120)
        self._title = TextLine(classes="title")
        self._items = TextLine(dom_id="open-items")
        self._result = TextLine(dom_id="close-result", names_keys=True)
        self._may_be = TextLine(dom_id="close-may-be")
        self.second = SecondPerson("close-second-person")
        self._counted = False
        self._leads = False
        self._session: Session | None = None
        self._then: Callable[[Session, Closed], Awaitable[None]] = self._show_z_report
        self._close_by: Callable[..., Closed] = close_drawer
        self._called = ""
        self._half_typed: dict[str, list[str]] = {}

    def compose(self) -> ComposeResult:
        named = self.counts.by_name() | {"reason": self.reason}
        self.form = KeptForm(self.counter, Form.CLOSING, named, self._session_id, CHECK_COUNT)
        yield self._title
        yield self._items
        yield self.counts
        with Vertical(id="close-outcome"):
            yield self._result
            yield self._may_be
            yield self.reason
        yield self.second

    async def count_for(
        self,
        session: Session | None,
        then: Callable[[Session, Closed], Awaitable[None]] | None = None,
        close_by: Callable[..., Closed] = close_drawer,
        called: str = "",
    ) -> None:
        """Count that drawer from now on; what was typed for another one is kept for it.

        then: what follows once it is closed, the Z report if nothing else does. close_by: the job that closes it.
        called: what this is to who counts, where it is more than a close.
        """
        self._then = then or self._show_z_report
        self._close_by = close_by
        self._called = called
        if session == self._session:
            return
        await self.form.saved()
        fields = self._fields()
        if self._session is not None:
            self._half_typed[self._session.id] = [field.value for field in fields]
        self._session = session
        typed = self._half_typed.pop(session.id, None) if session is not None else None
        for field, value in zip(fields, typed or [""] * len(fields), strict=True):
            field.set(value)
        if session is not None and typed is None:
            await self.form.bring_back()
        self.counts.begin()
        self._result.say()
        self._counted = False
        self._stop_asking()

    async def put_away(self) -> None:
        self.second.clear()
        await self.form.saved()

    def _session_id(self) -> str:
        return self._session.id if self._session is not None else ""

    def _fields(self) -> list[Field]:
        return [*self.counts.fields, self.reason]

    def commands(self) -> Sequence[Command]:
        if self._session is None:
            return ()
        if self._counted:
            return [
                Command("f4", "Recount", "Count again; the first count stays on record.", self._recount, on_bar=True),
                Command("f9", "Close", "Close the drawer.", self._close, on_bar=True),
            ]
        return [Command("f9", "Commit", "Commit the count, and see over and short.", self._commit, on_bar=True)]

    def ring(self) -> Sequence[Field]:
        if self.second.display:
            return [self.second.operator, self.second.pin]
        if self._counted:
            return [self.reason] if self.reason.display else []
        return [field for row in self.rows() for field in row]

    def rows(self) -> Sequence[Sequence[Field]]:
        if self.second.display:
            return super().rows()
        if self._counted:
            return [[field] for field in self.ring()]
        return self.counts.rows

    async def arrive(self) -> None:
        if self._session is None:
            await self.count_for(self.counter.session)
        session = self._session
        if session is None:
            self._step_to(counted=False)
            self._title.say(((" No drawer is open", "strong"),))
            return
        items = await self.counter.desk.look(open_items, session)
        more = [f"… and {len(items) - MOST_ITEMS} more"] if len(items) > MOST_ITEMS else []
        rows: list[Row] = [((f" • {item}", "warn"),) for item in [*items[:MOST_ITEMS], *more]]
        self._items.styles.height = max(len(rows), 1)
        self._items.say(*rows)
        self._step_to(counted=self._counted)

    def records_on_enter(self) -> bool:
        return self.at is not None and self.at in (self.reason, self.ring()[-1])

    async def back(self) -> None:
        if self.second.display:
            self._stop_asking()
        else:
            await super().back()

    async def enter(self, field: Field) -> None:
        if field is self.second.operator:
            self.to(self.second.pin)
        elif field is self.second.pin:
            await self._approve()
        elif field is self.reason:
            await self._close()
        elif field is self.ring()[-1]:
            await self._commit()
        else:
            if field in self.grid.fields:
                self.counts.cash(self.naming)
            self.step(1)

    def typed(self, field: Field) -> None:
        if field not in (self.second.operator, self.second.pin):
            self.counts.typed(field)
            self.form.changed()

    async def _approve(self) -> None:
        person, session = self.counter.person, self._session
        if person is None or session is None:
            return
        took_part = person.id, session.operator
        act = second_act(person, session)
        async with second_one(self.counter.desk, self.second, self.to, act, took_part) as lead:
            await (self._close_with(lead) if self._counted else self._commit_with(lead))

    @contextmanager
    def _asking_another(self) -> Iterator[None]:
        """Where a lead is needed, or who counted along, make room for their id and PIN."""
        try:
            yield
        except (CloseNeedsLead, CloseNeedsSecond) as needed:
            self.second.ask("A lead:" if isinstance(needed, CloseNeedsLead) else "Who counted along:")
            self.to(self.second.operator)
            raise

    def _stop_asking(self) -> None:
        self.second.clear()
        if self.at not in self.ring():
            self.to(next(iter(self.ring()), None))

    async def _commit(self) -> None:
        await self._commit_with(None)

    async def _commit_with(self, lead: Person | None) -> None:
        person, session = self.counter.person, self._session
        if person is None or session is None:
            raise Refused("No drawer is open.", press="F2 opens one.")
        cash, counts = self.counts.cash(self.naming), self.counts.others(self.naming)
        self.counts.require_meant(self.naming)
        with self._asking_another():
            found = await self.counter.desk.job(commit_count, person, session, cash, counts, lead)
        self._stop_asking()
        self._result.say(*(over_short_row(each) for each in found))
        self.reason.display = bool(self.reason.value) or any(each.cents or each.count for each in found)
        await self._say_what_it_may_be(session)
        self._step_to(counted=True)

    async def _say_what_it_may_be(self, session: Session) -> None:
        """Say below the difference which receipts to look at."""
        told = await self.counter.desk.job(may_come_from, session)
        rows = may_be_rows(told)
        self._leads = bool(rows)
        self._may_be.styles.height = len(rows)
        self._may_be.say(*rows)

    async def _recount(self) -> None:
        self._stop_asking()
        self._step_to(counted=False)

    async def _close(self) -> None:
        await self._close_with(None)

    async def _close_with(self, lead: Person | None) -> None:
        person, session = self.counter.person, self._session
        if person is None or session is None:
            return
        refuse_card_numbers(self.reason.value, "The reason")
        await self.counter.put_away()
        reason = self.reason.value.strip()
        with self._asking_another():
            closed = await self.counter.desk.job(self._close_by, person, session, reason, lead)
        self.second.clear()
        others = self.counter.session is None or self.counter.session.id != session.id
        if not others:
            self.counter.session = None
        self._forget()
        self.counter.show_status()
        self.counter.devices.print_papers()
        await self._then(session, closed)

    async def _show_z_report(self, session: Session, closed: Closed) -> None:
        from countertui.screens.reports import ZReportArea

        await (await self.counter.visit(ZReportArea)).show_session(closed.session)
        person = self.counter.person
        others = person is not None and not same_person(session.operator, person.id)
        whose = f"Drawer {session.drawer} of {session.operator_name}" if others else "The drawer"
        self.counter.tell(
            f"{whose} is closed.",
            "Its Z report is shown, and goes to print.",
            "S seals and sends; F10, O signs off.",
        )

    def _step_to(self, *, counted: bool) -> None:
        self._counted = counted
        self.query_one("#close-count").display = not counted
        self.query_one("#close-outcome").display = counted
        self._items.display = not (counted and self._leads)  # both don't fit into 24 lines; these were seen before
        words = "over and short; F9 closes, F4 counts again" if counted else "count it; F9 commits the count"
        session, person = self._session, self.counter.person
        others = session is not None and person is not None and not same_person(session.operator, person.id)
        whose = f"drawer {session.drawer} of {session.operator_name}" if session and others else "the drawer"
        self._title.say(((f" {self._called or f'Close {whose}'}: ", "strong"), (words, "")))
        if self.at not in self.ring():
            self.to(next(iter(self.ring()), None))

    def _forget(self) -> None:
        self._session = None
        self.counts.forget()
        self.reason.set("")
        self._result.say()
        self._may_be.say()
        self._items.say()
        self._counted = False
        self.to(None)
