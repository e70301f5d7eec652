"""One error item: its record, what was posted of it, and its correction, worked out before two people agree to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from countertui.counter.ledger_answers import ages, moments
from countertui.counter.ledger_items import ItemPage, RaisedRow, Working, read_item, read_working
from countertui.domain.dates import us_date, us_date_said, us_moment
from countertui.domain.drawers import business_date
from countertui.domain.error_items import Way
from countertui.domain.money import format_cents
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, may
from countertui.screens.area import Command
from countertui.screens.ledger_desk.acting import ActingPage, Wanted
from countertui.screens.ledger_desk.at_ledger import Answer
from countertui.screens.ledger_desk.rows import amount_row, wrapped
from countertui.widgets.field import Field
from countertui.widgets.lines import Row

if TYPE_CHECKING:
    from countertui.counter.scans import Scanned

_LETTERS: dict[Way, tuple[str, str]] = {
    Way.AS_RECORDED: ("w", "Recorded"),
    Way.TO_ACCOUNT: ("n", "Account"),
    Way.TO_CHARGE: ("h", "Charge"),
    Way.TO_GL: ("g", "GL"),
    Way.PUT_RIGHT: ("p", "Put right"),
    Way.LOOKED_AT: ("l", "Looked at"),
}
_PLACES = {Way.TO_ACCOUNT: "Account", Way.TO_CHARGE: "Charge", Way.TO_GL: "GL account"}


class LedgerItemArea(ActingPage[Row]):
    """A letter says where the money goes; the working stands there before anybody's PIN is asked for."""

    NAME = "ledger_item"
    TITLE = "Error item"
    PAGE = False
    PARENT = "ledger_items"
    HELP = (
        "One error item: what the record says, what was posted, what has been done; V shows its record. A letter"
        " says what shall become of it: W where the record says, N to an account, H to one charge, G to a GL"
        " account, L that it was looked at and no money moves, P that a late license is put right as the city's"
        " rows give. O dates the correction on another day than today. Then the working stands there: what is"
        " taken, what is given, what the entry posts. Type why, your PIN, and let a second person type theirs."
        " Neither may have taken part in what it is about. Nothing is done before the ledger says so; Esc drops"
        " it."
    )

    def __init__(self) -> None:
        super().__init__()
        self.place = Field("Account", dom_id=f"{self.NAME}-place", most=60)
        self.on = Field("Business date of the correction", dom_id=f"{self.NAME}-on", most=10)
        self._dated = ""
        self._item = 0
        self._way: Way | None = None
        self._page: ItemPage | None = None
        self._working: Working | None = None
        self._answer: Answer | None = None
        self._told: Sequence[str] = ("", "")

    def compose(self) -> ComposeResult:
        for field in (self.place, self.on):
            field.display = False
            field.add_class("asked")
        *above, question, why, own, second = super().compose()
        yield from (*above, question, self.on, self.place, why, own, second)

    async def open(self, item: int) -> None:
        """Show an item."""
        self._item, self._page, self._working = item, None, None
        self.drop_act()
        self.list.show((), hint="  Asking the ledger …")
        await self.counter.go(self.NAME)

    async def ask(self) -> None:
        answer = await self.answer("error-item", {"item": self._item})
        page = await self.counter.desk.look(read_item, answer.said)
        (age,) = await self.counter.desk.look(ages, [page.item.made_at])
        (made,) = await self.counter.desk.look(moments, [page.item.made_at])
        self._page, self._answer, self._told = page, answer, (age, made)
        self._show()

    def commands(self) -> Sequence[Command]:
        page, person = self._page, self.counter.person
        if self.at is not None or page is None or person is None:
            return super().commands() if self.at is None else ()
        record = Command("v", "Record", "Its record: as printed, hash, batch, entry.", self._record, on_bar=True)
        may_correct = may(person.roles, Act.CORRECT)
        ways = [Way(way) for way in page.ways if way in set(Way)] if may_correct else []
        day = Command("o", "On", "Date the correction on another day than today.", self._ask_day)
        return [
            *(
                Command(_LETTERS[way][0], _LETTERS[way][1], f"{way.label.capitalize()}.", self._begin(way), on_bar=True)
                for way in ways
            ),
            *([record] if page.record is not None else []),
            *([day] if ways else []),
            Command("r", "Anew", "Ask the ledger again.", self._ask_again),
        ]

    def ring(self) -> Sequence[Field]:
        return [*(field for field in (self.on, self.place) if field.display), *super().ring()]

    async def enter(self, field: Field) -> None:
        if field is self.place:
            if not field.value.strip():
                raise Refused("It is not said where the money belongs.", "Nothing was done.", "Type it, then Enter.")
            self.beside(self._work_out)
        elif field is self.on:
            self._dated = business_date(field.value).isoformat() if field.value.strip() else ""
            self._leave_day()
        else:
            await super().enter(field)

    async def back(self) -> None:
        if self._wanted is not None:
            await super().back()
            self._show()
        elif self.on.display:
            self._leave_day()
        elif self._way is not None or self._dated:
            self.drop_act()
            self._show()
        else:
            await super().back()

    async def take_scan(self, scanned: Scanned) -> None:
        """A bill or an account's number says which account. Raises Refused where none is asked for."""
        if not self.place.display or self._way is not Way.TO_ACCOUNT or self._wanted is not None:
            raise Refused("A scan came, and no account is asked for.", "Nothing was changed.", "N, then scan it again.")
        if scanned.kind != "account":
            raise Refused("That is no account.", "Nothing was changed.", "F3, then scan the receipt.")
        self.place.set(scanned.key)
        self.beside(self._work_out)

    def drop_act(self) -> None:
        self._way, self._working, self._dated = None, None, ""
        self.on.set("")
        self.on.display = False
        self.place.set("")
        self.place.display = False
        super().drop_act()

    def on_resize(self) -> None:
        if self._page is not None:
            self._show()

    def draw(self, item: Row, width: int) -> Row:
        return item

    async def _ask_day(self) -> None:
        self.on.set(us_date(self._dated) if self._dated else "", selected=True)
        self.on.display = True
        self.to(self.on)

    def _leave_day(self) -> None:
        self.on.display = False
        self.to(None)
        self._show()
        self.counter.show_keys()

    def _begin(self, way: Way) -> Callable[[], Awaitable[None]]:
        async def begin() -> None:
            self._way = way
            if way in _PLACES:
                self.place.label = _PLACES[way]
                self.place.display = True
                self.to(self.place)
            else:
                self.beside(self._work_out)

        return begin

    async def _record(self) -> None:
        from countertui.screens.ledger_desk.record import LedgerRecordArea

        if self._page is not None:
            item = self._page.item
            (await self.counter.made(LedgerRecordArea)).of(item.terminal, item.epoch, item.seq, LedgerItemArea)
            await self.counter.go(LedgerRecordArea.NAME)

    async def _ask_again(self) -> None:
        self.ask_anew()

    async def _work_out(self) -> None:
        """Ask the ledger what it would do, show it, and ask for the people's word."""
        way, to = self._way, self.place.value.strip()
        if way is None:
            return
        args = {"item": self._item, "way": way.value, "to": to} | ({"on": self._dated} if self._dated else {})
        answer = await self.answer("error-item.proposal", args)
        self._working = await self.counter.desk.look(read_working, answer.said)
        self._show()
        where = f"{_PLACES[way]} {to}" if way in _PLACES else way.label
        wanted = Wanted(
            act="error-item.correct",
            args=args,
            question=f"Item {self._item}: {where}{f', dated {us_date(self._dated)}' if self._dated else ''}?",
            about=f"error item {self._item}",
            done=f"Error item {self._item} is closed.",
            id=await self.new_id(),
        )
        await self.want(wanted)
        self.counter.show_keys()

    def _show(self) -> None:
        page, answer = self._page, self._answer
        if page is None or answer is None:
            return
        self.title(f"{self.TITLE} {page.item.id}: {page.item.words}", answer)
        dated = f"A correction is dated {us_date(self._dated)}; O says another day." if self._dated else ""
        ways = bool(page.ways) and self._working is None
        self.say_below(dated or ("O dates a correction on another day than today." if ways else ""))
        rows = list(_working_rows(self._working) if self._working is not None else _rows(page, self._told, self._room))
        self.list.show(rows, cursor=None)

    @property
    def _room(self) -> int:
        return max(40, self.size.width - 4)


def _rows(page: ItemPage, told: Sequence[str], room: int) -> Iterator[Row]:
    item, record = page.item, page.record
    yield from wrapped(item.detail, room, "strong")
    age, made = told
    state = "closed" if item.state != "open" else f"open since {us_moment(made)} ({age})"
    yield ((f" {format_cents(item.cents)} in suspense, {state}, {item.office} {item.terminal}", ""),)
    if page.is_mine:
        yield ((" You took part in it: somebody else corrects it.", "warn"),)
    elif item.state == "open":
        yield from wrapped(page.helps, room, "warn")
    if record is None:
        yield ((" Its record is not in the books as it was said to be.", "bad"),)
    else:
        what = " ".join(each for each in ((record.kind or "").replace("_", " "), record.receipt_no or "") if each)
        day = us_date_said(record.biz_date) if record.biz_date else ""
        yield ((f" Record {item.seq} of {item.terminal}/{item.epoch}: {what} {day} by {', '.join(page.people)}", ""),)
        if record.payor:
            yield ((f"   {record.payor}", ""),)
        for line in record.lines:
            yield amount_row(f"   {line.account or line.fee or ''}  {line.description or ''}", line.cents, room)
        for tender in record.tenders:
            yield amount_row(f"   paid by {(tender.kind or '').replace('_', ' ')}", tender.cents, room)
    if page.lines:
        yield ((" Posted:", "dim"),)
        for part in page.lines:
            yield amount_row(f"   {part.account}  {part.name}", part.cents, room)
    for each in page.corrections:
        yield from wrapped(f"Corrected by {each.by} and {each.second}: {each.reason}", room, "good")


def _working_rows(working: Working) -> Iterator[Row]:
    """What is taken and given, with what each charge owes then, and what the entry posts."""
    room = 76
    if working.together:
        items = " and ".join(map(str, working.together))
        yield ((f" Items {items} go against each other: no money moves.", ""),)
    elif not working.shares and not working.raised:
        yield ((" No money moves: the item is closed as looked at.", ""),)
    for row in working.raised:
        yield from _raised_rows(row, room)
    for share in working.shares:
        where = f"{share.charge} {share.description}".rstrip() if share.charge else share.account or share.gl
        off = share.account is None and share.head == "suspense"
        what = "Out of suspense" if off else f"{'To' if share.cents > 0 else 'Off'} {where}"
        owed = ""
        if share.owed_before is not None and share.owed_after is not None:
            owed = f", owes {format_cents(share.owed_before)}, then {format_cents(share.owed_after)}"
        elif share.charge is None and share.account is not None:
            owed = ", its credit"
        yield amount_row(f" {what}{owed}", share.cents, room)
    if working.lines:
        yield ((" The entry posts (debits positive):", "dim"),)
        for part in working.lines:
            yield amount_row(f"   {part.account}  {part.name}", part.cents, room)


def _raised_rows(row: RaisedRow, room: int) -> Iterator[Row]:
    """A row of the calendar that is off, and what becomes of it."""
    begins, day = us_date_said(row.begins), us_date_said(row.day)
    yield from wrapped(f"{row.license}, term from {begins}: {row.description}", room, "strong")
    yield amount_row("   stands", row.stands_cents, room)
    yield amount_row(f"   the city's rows give, as of {day}", row.given_cents, room)
    if row.withdrawn_cents:
        yield amount_row("   is taken back, to the license's credit where it was paid", -row.withdrawn_cents, room)
    elif row.raised_cents:
        yield amount_row("   is raised, and owed from then on", row.raised_cents, room)
    else:
        yield from wrapped("  It was raised by other payments: look at their error items.", room, "warn")
