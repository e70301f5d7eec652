"""The bags of deposits: where each is, its papers again, and handing them to a courier before a second person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap

from textual.app import ComposeResult

from countertui.counter.check_list import write_check_list, write_check_list_with_numbers
from countertui.counter.courier import BagSeen, CourierTyped, bag_log, hand_to_courier, require_handable
from countertui.counter.deposit_papers import print_slip_again, write_slip
from countertui.counter.drafts import Form
from countertui.domain.courier import LONGEST_NAME, LONGEST_NUMBER, CourierTimeRefused, Where
from countertui.domain.dates import us_date
from countertui.domain.money import Cents, format_cents
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, may
from countertui.domain.words import number_of
from countertui.screens.area import Command
from countertui.screens.credential import second_one
from countertui.screens.kept_form import KeptForm
from countertui.screens.listing import ListArea
from countertui.widgets.field import Field
from countertui.widgets.lines import Row, fit
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

_TOLD_ROWS = 2
_LOOKS = {Where.DROPPED: "warn", Where.SAFE: "warn", Where.COURIER: "good", Where.BANK: "good", Where.TAKEN_BACK: "dim"}


class CourierArea(ListArea[BagSeen]):
    """Enter marks what goes; F9 asks to whom and then the second person's PIN, which records it."""

    NAME = "courier"
    TITLE = "Bags"
    HELP = (
        "Bags dropped into the safe that no deposit contains yet, then the deposits made at this terminal, and"
        " where each bag is. Enter marks a bag that goes with the courier, F9 asks to whom: company, name or"
        " badge, the number of the courier's receipt or of the seal, and the time. A second person types id and"
        " PIN: both have seen it, and a slip for all three is printed. A bag goes once. P prints the marked line's"
        " slip again, on record as COPY 1, 2 ..., W writes it as a PDF, L the list of its checks; N writes that list"
        " with the banks' numbers, for who may read them, and who read them is on record."
    )
    HINT = "  No deposit was made at this terminal, and no bag dropped."

    def __init__(self) -> None:
        super().__init__()
        self.company = Field("Company        ", dom_id="courier-company", most=LONGEST_NAME)
        self.name_ = Field("Courier's name ", dom_id="courier-name", most=LONGEST_NAME)
        self.badge = Field("Badge          ", dom_id="courier-badge", most=LONGEST_NUMBER, hint="if there is one")
        self.receipt = Field("Receipt or seal", dom_id="courier-receipt", most=LONGEST_NUMBER)
        self.when = Field("When           ", dom_id="courier-when", most=20, hint="now; or like 16:40")
        self.second = SecondPerson("courier-second-person")
        self._told = TextLine(dom_id="courier-told")
        self._going: set[str] = set()
        self._asking = False
        self._asked_for: int | None = None
        """The deposit whose banks' numbers were asked for once."""

    @property
    def _fields(self) -> list[Field]:
        return [self.company, self.name_, self.badge, self.receipt, self.when]

    def compose(self) -> ComposeResult:
        named = {"company": self.company, "name": self.name_, "badge": self.badge}
        named |= {"receipt": self.receipt, "when": self.when}
        self.kept = KeptForm(self.counter, Form.COURIER, named, press="Mark the bags, then F9.")
        yield from super().compose()
        yield self._told
        yield from self._fields
        yield self.second

    def commands(self) -> Sequence[Command]:
        person, marked = self.counter.person, self.list.current
        if person is None or marked is None or self._asking:
            return ()
        found = []
        if may(person.roles, Act.DEPOSIT):
            found.append(Command("f9", "Hand over", "Hand the marked bags to a courier.", self._ask, on_bar=True))
        if marked.where in (Where.TAKEN_BACK, Where.DROPPED):
            return found
        if may(person.roles, Act.DEPOSIT):
            found.append(Command("p", "Print", "Print its slip again, as a copy.", self._print, on_bar=True))
        found += [
            Command("w", "Write", "Write its slip as a PDF.", self._write, on_bar=True),
            Command("l", "Checks", "Write the list of its checks as a PDF.", self._checks, on_bar=True),
        ]
        if may(person.roles, Act.READ_PERSONAL):
            found.append(
                Command(
                    "n", "Numbers", "The list with banks' numbers; who read them is told.", self._numbers, on_bar=True
                )
            )
        return found

    def ring(self) -> Sequence[Field]:
        if self.second.display:
            return [self.second.operator, self.second.pin]
        return self._fields if self._asking else []

    async def arrive(self) -> None:
        self._show_form(asking=False)
        await self._read()

    async def put_away(self) -> None:
        self.second.clear()
        await self.kept.saved()

    async def back(self) -> None:
        if self.second.display:
            self.second.clear()
            self.to(self.company)
        elif self._asking:
            self._show_form(asking=False)
        else:
            self._going.clear()
            await super().back()

    async def press(self, stroke: Stroke) -> None:
        await super().press(stroke)
        self._say()

    async def _read(self) -> None:
        bags = await self.counter.desk.look(bag_log)
        cursor = self.list.cursor if self.list.cursor is not None and self.list.cursor < len(bags) else 0
        self._going &= {bag.bag for bag in bags if bag.where is Where.SAFE}
        self.list.show(bags, cursor=cursor)
        self._say()

    def _say(self) -> None:
        """Who has the marked line's bag, and what is about to go."""
        marked = self.list.current
        going = [bag for bag in self.list.items if bag.bag in self._going]
        total = format_cents(Cents(sum(bag.total_cents for bag in going)))
        words = (
            f"   {number_of(len(going), 'bag')} marked, {total}" if going else "   Enter marks what goes, F9 hands over"
        )
        self.title_line.say(((f" {self.TITLE}", "strong"), (words, "")))
        told = wrap(marked.told, max(20, self.app.size.width - 3)) if marked is not None else []
        self._told.say(*(((f" {line}", "dim"),) for line in told[:_TOLD_ROWS]))

    async def choose(self, item: BagSeen) -> None:
        if item.where is Where.DROPPED:
            raise Refused(
                f"Bag {item.bag} is a drop.", "Nothing is marked.", "It goes to the bank inside a deposit: F10, 2."
            )
        if item.where is not Where.SAFE:
            raise Refused(
                f"Bag {item.bag} is {item.where.value}.", "Nothing is marked.", "Mark one that is in the safe."
            )
        self._going ^= {item.bag}
        self.list.redraw()

    async def _ask(self) -> None:
        if not self._going:
            raise Refused("No bag is marked.", "Nothing was recorded.", "Enter marks one that is in the safe.")
        self._show_form(asking=True)
        if not any(field.value for field in self._fields):
            await self.kept.bring_back()

    def _show_form(self, *, asking: bool) -> None:
        self._asking = asking
        for field in self._fields:
            field.display = asking
        self.second.clear()
        self.to(self.company if asking else None)

    def typed(self, field: Field) -> None:
        if field in self._fields:
            self.kept.changed()

    async def enter(self, field: Field) -> None:
        if field is self.second.operator:
            self.to(self.second.pin)
        elif field is self.second.pin:
            await self._hand_over()
        elif field is self.when:
            await self._ask_who_saw()
        else:
            self.step(1)

    def _typed(self) -> tuple[list[str], CourierTyped]:
        bags = [bag.bag for bag in self.list.items if bag.bag in self._going]
        return bags, CourierTyped(*(field.value.strip() for field in self._fields))

    async def _ask_who_saw(self) -> None:
        """Once nothing else is against it: nobody signs for what would be refused."""
        try:
            await self.counter.desk.look(require_handable, *self._typed())
        except CourierTimeRefused:
            with self.naming(self.when):
                raise
        self.second.ask("Who saw it:")
        self.to(self.second.operator)

    async def _hand_over(self) -> None:
        person = self.counter.person
        if person is None:
            return
        await self.kept.saved()
        bags, typed = self._typed()
        async with second_one(self.counter.desk, self.second, self.to, Act.AGREE, (person.id,)) as second:
            await self.counter.desk.job(hand_to_courier, person, second, bags, typed)
        for field in self._fields:
            field.set("")
        self._going.clear()
        self._show_form(asking=False)
        await self._read()
        self.counter.devices.print_papers()
        self.counter.tell(
            f"{number_of(len(bags), 'bag')} with {typed.company}.",
            "It is recorded.",
            "Sign the slip, all three of you.",
        )

    async def _print(self) -> None:
        person, marked = self.counter.person, self.list.current
        if person is not None and marked is not None:
            copy = await self.counter.desk.job(print_slip_again, person, marked.seq)
            self.counter.devices.print_papers()
            self.counter.tell(f"Copy {copy} of slip {marked.slip_no} goes to print.", "It is recorded.")

    async def _write(self) -> None:
        if (marked := self._begin()) is not None:
            self._written(await self.counter.desk.errand(write_slip, marked.seq))

    async def _checks(self) -> None:
        if (marked := self._begin()) is not None:
            self._written(await self.counter.desk.errand(write_check_list, marked.seq))

    async def _numbers(self) -> None:
        person, marked = self.counter.person, self.list.current
        if person is None or marked is None:
            return
        if self._asked_for != marked.seq:
            self._asked_for = marked.seq
            raise Refused(
                "The file will hold every routing and account number of these checks.",
                "It is recorded who read them.",
                "N again writes it.",
            )
        self._begin()
        self._written(await self.counter.desk.errand(write_check_list_with_numbers, person, marked.seq))

    def _begin(self) -> BagSeen | None:
        self._asked_for = None
        self.counter.tell("The PDF is being made …")
        return self.list.current

    def _written(self, file: Path) -> None:
        self.counter.tell("Written as a PDF.", str(file))

    def draw(self, item: BagSeen, width: int) -> Row:
        mark = "x" if item.bag in self._going else " "
        stage = "" if item.where is Where.DROPPED else "final" if item.is_final else "interim"
        return (
            (f"  {mark} ", "strong"),
            (fit(item.slip_no, 10), ""),
            (fit(item.bag, width - 66), "strong"),
            (fit(f" {us_date(item.biz_date)} {stage}", 20), "dim"),
            (fit(format_cents(Cents(item.total_cents)), 12, right=True), ""),
            (f"  {fit(item.where.value, 17)}", _LOOKS[item.where]),
        )
