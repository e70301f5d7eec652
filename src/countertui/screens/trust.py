"""Trust deposits and customers' money: lists of what somebody must see to, and deposits asked back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from textual.app import ComposeResult

from countertui.counter.station import Person
from countertui.counter.trust_lists import Listed, Listing, found_accounts, listed
from countertui.counter.trust_refunds import approve_trust_refund, refuse_trust_refund
from countertui.domain.money import format_cents
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, may
from countertui.domain.text import same_person
from countertui.screens.area import Command
from countertui.screens.credential import second_one
from countertui.screens.listing import ListArea
from countertui.widgets.field import Field
from countertui.widgets.lines import Row, fit
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.text_line import TextLine

_TITLES = {
    Listing.DUE: "Deposits due for release",
    Listing.LOW: "Deposits below their minimum",
    Listing.ALL: "All deposits",
    Listing.UNAPPLIED: "Customers' money not applied yet",
    Listing.ASKED: "Deposits asked back: A approves, R refuses",
}
_NOTHING = {
    Listing.DUE: "  No deposit is due for release.",
    Listing.LOW: "  No deposit is below its minimum.",
    Listing.ALL: "  There are no deposits.",
    Listing.UNAPPLIED: "  All money of customers is applied.",
    Listing.ASKED: "  No deposit is asked back.",
}


class TrustArea(ListArea[Listed]):
    """Letters change the list; Enter opens an account. A refund that was asked for is answered here, by a lead."""

    NAME = "trust"
    TITLE = "Trust, A/R"
    HELP = (
        "D lists trust deposits due for release, B those below their minimum, L all; U customers' money that pays no"
        " invoice yet; Q deposits asked back. F finds one by number, name or address. Enter opens an account: its"
        " statement, paying into it, giving it back, applying it. In the list of deposits asked back a lead who did not"
        " ask approves with A or refuses with R; what is approved goes to accounts payable, nothing leaves the drawer."
    )

    def __init__(self) -> None:
        super().__init__()
        self.text = Field("Find", dom_id="trust-find", most=120)
        self.second = SecondPerson("trust-second")
        self._question = TextLine(dom_id="trust-question")
        self._listing = Listing.DUE
        self._refusing = False
        self._asking = False

    def compose(self) -> ComposeResult:
        self.text.display = False
        self._question.display = False
        yield from super().compose()
        yield self._question
        yield self.text
        yield self.second

    async def arrive(self) -> None:
        self._stop()
        await self._show(self._listing)

    def commands(self) -> Sequence[Command]:
        if self.at is not None:
            return ()
        if self._asking:
            return [Command("f9", "Approve", "Approve what is asked about.", self._approve_it, on_bar=True)]
        answers = [
            Command("a", "Approve", "Approve the marked request.", self._approve, on_bar=True),
            Command("r", "Refuse", "Refuse the marked request: the deposit stays.", self._refuse, on_bar=True),
        ]
        return [
            *(answers if self._listing is Listing.ASKED and self.list.current is not None else ()),
            Command("d", "Due", "Deposits due for release.", self._to_list(Listing.DUE), on_bar=True),
            Command("b", "Low", "Deposits below their minimum.", self._to_list(Listing.LOW), on_bar=True),
            Command("l", "All", "All deposits.", self._to_list(Listing.ALL), on_bar=True),
            Command("u", "Unapplied", "Customers' money not applied.", self._to_list(Listing.UNAPPLIED), on_bar=True),
            Command("q", "Asked", "Deposits asked back.", self._to_list(Listing.ASKED), on_bar=True),
            Command("f", "Find", "A deposit or customer by number, name or address.", self._find, on_bar=True),
        ]

    def ring(self) -> Sequence[Field]:
        if self.second.display:
            return [self.second.operator, self.second.pin]
        return [self.text] if self.text.display else []

    async def back(self) -> None:
        if self.at is None and not self._asking:
            await self.counter.go_home()
        else:
            self._stop()

    async def choose(self, item: Listed) -> None:
        if self._asking:
            raise Refused("It is not approved yet.", "Nothing was recorded.", "F9 approves; Esc leaves it as asked.")
        from countertui.screens.trust_account import TrustAccountArea

        await (await self.counter.made(TrustAccountArea)).open(item.account)

    def records_on_enter(self) -> bool:
        return self._refusing or super().records_on_enter()

    async def enter(self, field: Field) -> None:
        if field is self.second.operator:
            self.to(self.second.pin)
        elif field is self.second.pin:
            await self._by_second_person()
        elif self._refusing:
            if not field.value.strip():
                raise Refused("A reason is needed.", "Nothing was recorded.", "Type why it is refused.")
            await self._by_whom()
        else:
            found = await self.counter.desk.look(found_accounts, field.value)
            self._stop()
            self.list.show(found, cursor=0, hint="  No deposit and no customer fits that.")
            self.title_line.say(((" Found", "strong"),))

    def _to_list(self, listing: Listing) -> Callable[[], Awaitable[None]]:
        async def show() -> None:
            await self._show(listing)

        return show

    async def _show(self, listing: Listing) -> None:
        self._listing = listing
        self.title_line.say(((f" {_TITLES[listing]}", "strong"),))
        rows = await self.counter.desk.look(listed, listing, self.counter.session)
        self.list.show(rows, cursor=0, hint=_NOTHING[listing])

    async def _find(self) -> None:
        self._ask_text("Find")

    async def _approve(self) -> None:
        self._refusing = False
        person, asked = self.counter.person, self.list.current
        if person is None or asked is None:
            return
        self._asking = may(person.roles, Act.APPROVE) and not same_person(person.id, asked.asked_by)
        self._ask("Give back", "   F9 approves   Esc" if self._asking else "")
        if not self._asking:
            self._ask_second()

    async def _approve_it(self) -> None:
        if self.counter.person is not None:
            await self._decide(self.counter.person)

    async def _refuse(self) -> None:
        self._ask("Refuse to give back", "")
        self._ask_text("Reason for the refusal")
        self._refusing = True

    async def _by_whom(self) -> None:
        person, asked = self.counter.person, self.list.current
        if person is None or asked is None:
            return
        if may(person.roles, Act.APPROVE) and not same_person(person.id, asked.asked_by):
            await self._decide(person)
        else:
            self._ask_second()

    async def _by_second_person(self) -> None:
        asked = self.list.current
        if asked is None:
            return
        async with second_one(self.counter.desk, self.second, self.to, Act.APPROVE, (asked.asked_by,)) as lead:
            await self._decide(lead)

    async def _decide(self, lead: Person) -> None:
        asked, desk, session = self.list.current, self.counter.desk, self.counter.session
        if asked is None:
            return
        cents = format_cents(asked.cents)
        if self._refusing:
            await desk.job(refuse_trust_refund, lead, asked.seq, self.text.value, session)
            words = f"{lead.name} refused it: {asked.account} stays as it is."
        else:
            await desk.job(approve_trust_refund, lead, asked.seq, session)
            words = f"{lead.name} approved it: a check over {cents} will be sent for {asked.account}."
        await self.arrive()
        self.counter.tell(words, "Nothing is given from the drawer.")

    def _ask(self, what: str, keys: str) -> None:
        asked = self.list.current
        if asked is not None:
            whose = f"{format_cents(asked.cents)} of {asked.account} {fit(asked.name, 36).rstrip()}"
            self._question.say(((f" {what} {whose}?", "warn"), (keys, "strong")))
            self._question.display = True

    def _ask_text(self, label: str) -> None:
        self._refusing = False
        self.text.label = label
        self.text.set("")
        self.text.display = True
        self.to(self.text)

    def _ask_second(self) -> None:
        self.second.ask("A lead decides:")
        self.to(self.second.operator)

    def _stop(self) -> None:
        self._asking = self._refusing = False
        self._question.display = False
        self.text.set("")
        self.text.display = False
        self.second.clear()
        self.to(None)

    def draw(self, item: Listed, width: int) -> Row:
        room = width - 11 - 13
        name = room // 3
        return (
            (fit(f" {item.account}", 11), "strong"),
            (fit(item.name, name - 1) + " ", ""),
            (fit(item.note, room - name) + " ", "dim"),
            (fit(format_cents(item.cents), 12, right=True), "strong"),
        )
