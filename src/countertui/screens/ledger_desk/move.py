"""A posted payment whose money stands in the wrong place: what of it goes where, worked out before two people agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from textual.app import ComposeResult

from countertui.counter.ledger_move import MoneyPlace, Movable, read_movable
from countertui.domain.dates import us_date_said
from countertui.domain.error_items import Way
from countertui.domain.money import format_cents, parse_amount
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, may
from countertui.screens.area import Command
from countertui.screens.ledger_desk.at_ledger import Answer
from countertui.screens.ledger_desk.correcting import CorrectingPage, Correction, working_rows
from countertui.screens.ledger_desk.rows import amount_row, wrapped
from countertui.widgets.field import Field
from countertui.widgets.lines import Row

_WAYS = (Way.TO_ACCOUNT, Way.TO_CHARGE, Way.TO_GL)
Listed = tuple[Row, MoneyPlace | None]
"""A line of the page, and where of the payment's money it tells."""


class LedgerMoveArea(CorrectingPage[Listed]):
    """The marked place is where the money is taken from; a letter says where it goes."""

    NAME = "ledger_move"
    TITLE = "Move money"
    PAGE = False
    PARENT = "ledger_record"
    HELP = (
        "A posted receipt, and where its money stands: on charges, on an account's credit, on GL accounts, with"
        " what was corrected before. Mark what stands in the wrong place; N moves it to an account, H to one"
        " charge, G to a GL account. Type how much (all of it stands there), then the place. The working stands"
        " there before anybody signs: what is taken, what is given, what the entry posts. Then why, your PIN, and"
        " a second person's. Neither may have taken part in the receipt. O dates it on another day than today."
        " What waits in suspense is moved by its error item. Nothing is done before the ledger says so; Esc drops"
        " it."
    )

    def __init__(self) -> None:
        super().__init__()
        self.amount = Field("Amount", dom_id=f"{self.NAME}-amount", most=20)
        self._named: Mapping[str, str | int] = {}
        self._said: Movable | None = None
        self._source: MoneyPlace | None = None
        self._answer: Answer | None = None

    def compose(self) -> ComposeResult:
        self.amount.display = False
        self.amount.add_class("asked")
        *above, place, why, own, second = super().compose()
        yield from (*above, self.amount, place, why, own, second)

    async def open(self, named: Mapping[str, str | int]) -> None:
        """Show a payment, by its terminal, epoch and number."""
        self._named, self._said = dict(named), None
        await self.appear()

    async def ask(self) -> None:
        answer = await self.answer("move", self._named)
        self._said, self._answer = await self.counter.desk.look(read_movable, answer.said), answer
        self.show()

    def commands(self) -> Sequence[Command]:
        if self.at is not None or self._wanted is not None:
            return ()
        ways = self._ways()
        day = [self.another_day()] if ways else []
        return [*self.ways_here(ways), *day, Command("r", "Anew", "Ask the ledger again.", self.again, on_bar=True)]

    def ring(self) -> Sequence[Field]:
        return [*([self.amount] if self.amount.display else []), *super().ring()]

    async def begin(self, way: Way) -> None:
        place = self.list.current[1] if self.list.current is not None else None
        if place is None:
            raise Refused(
                "It is not said which of its money is moved.", "Nothing was done.", "Mark a line with an amount first."
            )
        self._source = place
        self.amount.set(format_cents(place.cents), selected=True)
        self.amount.display = True
        await super().begin(way)
        self.to(self.amount)

    async def enter(self, field: Field) -> None:
        if field is self.amount:
            cents = parse_amount(field.value)
            if self._source is None or not 0 < cents <= self._source.cents:
                most = format_cents(self._source.cents) if self._source is not None else "0.00"
                raise Refused(f"At most {most} stands there.", "Nothing was done.", "Type another amount.")
            self.to(self.place)
        else:
            await super().enter(field)

    def said_by_now(self) -> Sequence[Field]:
        return [self.amount, *super().said_by_now()]

    def drop_act(self) -> None:
        self._source = None
        self.amount.set("")
        self.amount.display = False
        super().drop_act()

    def correction(self, way: Way, to: str) -> Correction | None:
        source = self._source
        if source is None:
            return None
        cents = parse_amount(self.amount.value)
        record = f"{self._named['terminal']} {self._named['seq']}"
        return Correction(
            read="move.proposal",
            act="receipt.move",
            args={**self._named, "source": source.source, "name": source.name, "cents": cents},
            question=f"Move {format_cents(cents)}",
            about=f"money of record {record}",
            done=f"{format_cents(cents)} of record {record} is moved.",
        )

    def show(self) -> None:
        if self._said is None or self._answer is None:
            return
        said, room = self._said, max(40, self.size.width - 4)
        self.title(f"{self.TITLE} of {said.receipt_no or f'record {said.seq}'}", self._answer)
        self.say_dated(self._ways())
        if self.working is not None:
            self.list.show([(row, None) for row in working_rows(self.working)], cursor=None)
            return
        rows = list(_rows(said, room))
        first = next((n for n, (_, place) in enumerate(rows) if place is not None), None)
        marked = self.list.cursor if self.list.current is not None and self.list.current[1] is not None else first
        self.list.show(rows, cursor=marked)

    def draw(self, item: Listed, width: int) -> Row:
        return item[0]

    def _ways(self) -> tuple[Way, ...]:
        """Where who looks can move money to."""
        said, person = self._said, self.counter.person
        can = said is not None and not said.is_mine and any(said.places)
        return _WAYS if can and person is not None and may(person.roles, Act.CORRECT) else ()


def _rows(said: Movable, room: int) -> Iterator[Listed]:
    who = f"{said.payor or 'Nobody named'}, {us_date_said(said.biz_date)}, by {', '.join(said.people)}"
    for row in wrapped(who, room):
        yield row, None
    if said.is_mine:
        yield ((" You took part in it: somebody else moves its money.", "warn"),), None
    if not said.places:
        yield ((" None of its money stands anywhere it could be moved from.", "warn"),), None
        return
    yield ((" Its money stands on:", "dim"),), None
    for place in said.places:
        account = f" of {place.account}" if place.account and place.source == "charge" else ""
        yield amount_row(f"   {place.name}  {place.words}{account}", place.cents, room), place
