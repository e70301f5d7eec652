"""The card terminal: charges that nobody knows of, settled against its report by two people."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual.app import ComposeResult

from countertui.counter.card_charges import Found, OpenCardCharge, open_charges, settle_charge, settling_of
from countertui.counter.drafts import Form
from countertui.domain.card_charges import CardChargeRefused, CardVerdict
from countertui.domain.card_slips import read_slip
from countertui.domain.dates import us_date
from countertui.domain.money import format_cents
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.screens.area import Command
from countertui.screens.carts import CartsArea
from countertui.screens.credential import second_one
from countertui.screens.kept_form import KeptTexts
from countertui.screens.listing import ListArea
from countertui.screens.payment import PaymentArea
from countertui.widgets.field import Field
from countertui.widgets.lines import Row, fit
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.text_line import TextLine

_VERDICTS = {
    "c": ("Charged", "The report shows the charge: its cart can be taken.", CardVerdict.CHARGED),
    "n": ("Not charged", "The report does not show it: its cart is free.", CardVerdict.NOT_CHARGED),
    "r": ("Reversed", "The report shows it, and that it was reversed.", CardVerdict.REVERSED),
}


class CardTerminalArea(ListArea[OpenCardCharge]):
    """A list; what the report says of one of them, by a letter; then the report, its slip, and a lead."""

    NAME = "card_terminal"
    TITLE = "Card terminal: what is not settled"
    HELP = (
        "Charges that were asked of the card terminal and that no receipt has. NOT ANSWERED: Enter takes the cart back"
        " and asks what the card terminal said. NOT KNOWN: look for it in the card terminal's report, press Enter, then"
        " C if the report shows the charge, N if it does not, R if it was charged and reversed. Name the report; for a"
        " charge type its approval code; a lead who took no part confirms with id and PIN. CHARGED: Enter and T take"
        " its cart, then F9; if it was paid otherwise, reverse the charge on the card terminal and settle it with R."
        " Nothing here blocks the close of a drawer: what is open goes with its figures and to the ledger."
    )
    HINT = "  Every card charge is settled."

    def __init__(self) -> None:
        super().__init__()
        self.report = Field("Report", dom_id="card-report", most=60, hint="its number, or its date and time")
        self.code = Field("Approval code", dom_id="card-code", most=24)
        self.slip = Field("Brand, last 4", dom_id="card-slip", most=30, hint="like v4242; may be left out")
        self.second = SecondPerson("card-second")
        self._question = TextLine(dom_id="card-question")
        self._settling: OpenCardCharge | None = None
        self._verdict: CardVerdict | None = None

    def compose(self) -> ComposeResult:
        self.kept = KeptTexts(self.counter, Form.CARD_SETTLING, self._about, self._as_typed)
        yield from super().compose()
        yield self._question
        yield self.report
        yield self.code
        yield self.slip
        yield self.second

    async def arrive(self) -> None:
        self._leave()
        await self._list()

    async def put_away(self) -> None:
        await self.kept.saved()
        self._leave()

    def _about(self) -> str:
        return settling_of(self._settling.id) if self._settling is not None else ""

    def _as_typed(self) -> dict[str, str]:
        if self._verdict is None:
            return {}
        typed = {"report": self.report.value, "code": self.code.value, "slip": self.slip.value}
        return typed | ({"verdict": self._verdict.value} if any(typed.values()) else {})

    async def go_on_settling(self, about: str) -> None:
        """Go on where settling a charge was left. Raises CardChargeRefused for one that is settled."""
        item = next((one for one in self.list.items if settling_of(one.id) == about), None)
        if item is None:
            raise CardChargeRefused("That charge is settled.", "Nothing of the form is needed.", "Del drops it.")
        await self.choose(item)

    def typed(self, field: Field) -> None:
        if field is not self.second.operator and field is not self.second.pin:
            self.kept.changed()

    async def _list(self) -> None:
        self.list.show(await self.counter.desk.look(open_charges), cursor=0)

    # Keys

    def commands(self) -> Sequence[Command]:
        if self._settling is None or self._verdict is not None:
            return ()
        item, allowed = self._settling, "r" if self._settling.state == "charged" else "cnr"
        taken = Command("t", "Take its cart", "Take its cart in hand; F9 records it.", partial(self._take, item))
        return [
            *([taken] if item.state == "charged" and item.has_cart else []),
            *(
                Command(key, label, explains, partial(self._says, verdict))
                for key, (label, explains, verdict) in _VERDICTS.items()
                if key in allowed
            ),
        ]

    def ring(self) -> Sequence[Field]:
        if self._verdict is None:
            return ()
        charge = [self.code, self.slip] if self._verdict is CardVerdict.CHARGED else []
        return [self.report, *charge, self.second.operator, self.second.pin]

    async def back(self) -> None:
        if self._settling is None:
            await self.counter.go_home()
            return
        for field in (self.report, self.code, self.slip):
            field.set("")
        if self._verdict is not None:
            self.kept.changed()  # what Esc leaves is not kept
            await self.kept.saved()
        self._leave()

    async def choose(self, item: OpenCardCharge) -> None:
        if item.state in {"asked", "laid"}:
            await self._take(item)
            return
        self._settling = item
        said = "  ".join(f"{command.key.upper()} {command.label.lower()}" for command in self.commands())
        self._question.say(((f" The report says of {format_cents(item.cents)}:  ", "warn"), (said, "strong")))
        self._question.display = True
        await self._bring_back()

    async def _bring_back(self) -> None:
        draft = await self.kept.kept()
        if draft is None or "verdict" not in draft.texts:
            return
        await self._says(CardVerdict(draft.texts["verdict"]))
        for name, field in (("report", self.report), ("code", self.code), ("slip", self.slip)):
            field.set(draft.texts.get(name, ""))
        self.kept.tell_back(draft, "See that it is still right; Enter goes on.")

    async def _take(self, item: OpenCardCharge) -> None:
        """Take the cart back: there it is asked what the card terminal said, where nobody answered."""
        if self.counter.session is None or not self.counter.takes_money or not item.has_cart:
            raise Refused("Its cart can't be taken here.", "What is known of the charge is kept.", "F2 opens a drawer.")
        await (await self.counter.made(CartsArea)).take(item.cart)

    async def _says(self, verdict: CardVerdict) -> None:
        self._verdict = verdict
        charged = verdict is CardVerdict.CHARGED
        for field in (self.report, self.code, self.slip):
            field.set("")
        self.report.display = True
        self.code.display = self.slip.display = charged
        self.second.ask("A lead confirms:")
        label = next(label for label, _, one in _VERDICTS.values() if one is verdict)
        if self._settling is not None:
            what = f"{format_cents(self._settling.cents)} of {self._settling.payor}"
            self._question.say(((f" {label.upper()} ", "strong"), (f" {what}: name the report you look at", "")))
        self.to(self.report)

    async def enter(self, field: Field) -> None:
        if field is not self.second.pin:
            self.step(1)
        else:
            await self._settle()

    async def _settle(self) -> None:
        item, verdict, person = self._settling, self._verdict, self.counter.person
        if item is None or verdict is None or person is None:
            return
        for field, needed in ((self.report, "the report"), (self.code, "the approval code")):
            if field in self.ring() and not field.value.strip():
                self.to(field)
                raise CardChargeRefused(f"It takes {needed}.", "Nothing is settled.", "Type it; or Esc.")
        with self.naming(self.slip):
            slip = read_slip(self.slip.value)
        found = Found(verdict, self.report.value, self.code.value, slip)
        await self._park(item)
        took_part = (person.id, item.operator)
        async with second_one(self.counter.desk, self.second, self.to, Act.APPROVE, took_part) as approver:
            await self.counter.desk.job(settle_charge, person, approver, item.id, found)
        self._leave()
        await self._list()
        self.counter.chips.ask()
        self.counter.tell(*_said(item, verdict))

    async def _park(self, item: OpenCardCharge) -> None:
        """A cart in hand is saved as it is there: the charge is laid beside the one that is kept."""
        if self.counter.session is None or not self.counter.takes_money:
            return
        hand = (await self.counter.made(PaymentArea)).hand
        if hand.held.cart.id == item.cart:
            await hand.park()
            await hand.saved()

    def _leave(self) -> None:
        self._settling = self._verdict = None
        for field in (self.report, self.code, self.slip):
            field.set("")
            field.display = False
        self.second.clear()
        self._question.say()
        self._question.display = False
        self.to(None)

    def draw(self, item: OpenCardCharge, width: int) -> Row:
        return (
            (f"  {us_date(item.asked_at[:10])[:5]} {item.asked_at[11:16]} ", "dim"),
            (fit(item.state_words.upper(), 13), "warn"),
            (fit(format_cents(item.cents), 11, right=True) + "  ", "strong"),
            (fit(item.payor, 16) + " ", ""),
            (fit(item.said, width - 57), "dim"),
        )


def _said(item: OpenCardCharge, verdict: CardVerdict) -> tuple[str, str, str]:
    if verdict is not CardVerdict.CHARGED:
        return "It is settled.", "Both names are on record.", ""
    if item.has_cart:
        return (
            "It is settled: charged.",
            "Both names are on record.",
            f"Enter, T takes the cart of {item.payor}; then F9.",
        )
    return "It is settled: charged, and in no receipt.", "Both names are on record.", "Reverse it; then R here."
