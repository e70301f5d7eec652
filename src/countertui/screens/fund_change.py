"""Change for the drawer: the pieces that leave it, the pieces that come; a lead gives them with id and PIN."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.drafts import Form
from countertui.counter.fund_change import ask_change, change_fund, change_wanted
from countertui.domain.drawers import CashCount
from countertui.domain.fund_changes import require_equal
from countertui.domain.money import format_cents
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.domain.words import number_of
from countertui.screens.area import Area, Command
from countertui.screens.credential import second_one
from countertui.screens.kept_form import CHECK_COUNT, KeptForm
from countertui.widgets.denomination_grid import DenominationGrid
from countertui.widgets.field import Field
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.text_line import TextLine


class FundChangeArea(Area):
    """Two counts of equal worth; F9 asks the lead who gives the change, and their PIN records it."""

    NAME = "fund_change"
    TITLE = "Change for the drawer"
    HELP = (
        "Cash of your drawer for as much in other pieces out of the safe. Count what leaves the drawer, then what"
        " comes into it (1s: a strap, 4r: four rolls); both must be worth the same. F9 asks a lead, who gives the"
        " change and types id and PIN. A slip is printed for both to sign. F4 asks for what is to come, on record and"
        " on paper, to be given later: it is filled in here until then. What the drawer should hold stays as it is."
    )

    def __init__(self) -> None:
        super().__init__()
        self.out = DenominationGrid("change-out")
        self.back_in = DenominationGrid("change-in")
        self.second = SecondPerson("change-second-person")

    def compose(self) -> ComposeResult:
        named = {f"out {name}": field for name, field in self.out.by_name().items()}
        named |= {f"in {name}": field for name, field in self.back_in.by_name().items()}
        self.kept = KeptForm(self.counter, Form.FUND_CHANGE, named, self._session_id, CHECK_COUNT)
        yield TextLine(
            ((" Change for the drawer", "strong"), ("   F9 gives it, F4 asks for later", "")), classes="title"
        )
        yield TextLine(((" Out of the drawer, into the safe", "dim"),))
        yield self.out
        yield TextLine(((" Out of the safe, into the drawer", "dim"),))
        yield self.back_in
        yield self.second

    def _session_id(self) -> str:
        return self.counter.session.id if self.counter.session is not None else ""

    def commands(self) -> Sequence[Command]:
        if self.counter.session is None or self.second.display:
            return ()
        return [
            Command("f4", "Later", "Ask for what is to come; it is given later.", self._later, on_bar=True),
            Command("f9", "Give", "Ask the lead who gives the change now.", self._ask, on_bar=True),
        ]

    def ring(self) -> Sequence[Field]:
        if self.second.display:
            return [self.second.operator, self.second.pin]
        return [*self.out.fields, *self.back_in.fields]

    def rows(self) -> Sequence[Sequence[Field]]:
        return super().rows() if self.second.display else [*self.out.rows, *self.back_in.rows]

    async def arrive(self) -> None:
        if not any(field.value for field in (*self.out.fields, *self.back_in.fields)):
            await self._fill_in()
        self.out.retotal()
        self.back_in.retotal()
        self.to(self.ring()[0])

    async def _fill_in(self) -> None:
        """What was typed before; else what was asked for and not given yet, the oldest of it."""
        session = self.counter.session
        if await self.kept.bring_back() or session is None:
            return
        wanted = await self.counter.desk.look(change_wanted, session)
        if wanted:
            pieces = {str(cents): number for cents, number in wanted[0].pieces}
            for name, field in self.back_in.by_name().items():
                field.set(str(pieces.get(name, "")))
            self.counter.tell(
                f"{number_of(len(wanted), 'request')} of this drawer not answered.", "The oldest is filled in below."
            )

    async def put_away(self) -> None:
        self.second.clear()
        await self.kept.saved()

    async def back(self) -> None:
        if self.second.display:
            self.second.clear()
            self.to(self.out.fields[0])
        else:
            await super().back()

    def typed(self, field: Field) -> None:
        if field not in (self.second.operator, self.second.pin):
            self.out.retotal()
            self.back_in.retotal()
            self.kept.changed()

    async def enter(self, field: Field) -> None:
        if field is self.second.operator:
            self.to(self.second.pin)
        elif field is self.second.pin:
            await self._give()
        elif field is self.back_in.fields[-1]:
            await self._ask()
        else:
            self._count(self.out if field in self.out.fields else self.back_in)
            self.step(1)

    def _count(self, grid: DenominationGrid) -> CashCount:
        with self.naming(grid.wrong):
            return grid.count()

    async def _ask(self) -> None:
        if self.counter.session is None:
            raise Refused("No drawer is open.", press="F2 opens one.")
        out, back = self._count(self.out), self._count(self.back_in)
        with self.naming(self.back_in.fields[0] if out.total else self.out.fields[0]):
            require_equal(out, back)
        self.second.ask("The lead who gives it:")
        self.to(self.second.operator)

    async def _later(self) -> None:
        person, session = self.counter.person, self.counter.session
        if person is None or session is None:
            return
        wanted = self._count(self.back_in)
        await self.kept.saved()
        await self.counter.desk.job(ask_change, person, session, wanted)
        self.out.clear()
        self.back_in.clear()
        self.counter.devices.print_papers()
        await self.counter.go_home()
        self.counter.tell(
            f"{format_cents(wanted.total)} is asked for.",
            "Its slip goes to print.",
            "F10, D, C when it is given.",
        )

    async def _give(self) -> None:
        person, session = self.counter.person, self.counter.session
        if person is None or session is None:
            return
        out, back = self._count(self.out), self._count(self.back_in)
        async with second_one(self.counter.desk, self.second, self.to, Act.APPROVE, (person.id,)) as lead:
            await self.kept.saved()
            await self.counter.desk.job(change_fund, person, session, out, back, lead)
        self.second.clear()
        self.out.clear()
        self.back_in.clear()
        self.counter.devices.print_papers()
        await self.counter.go_home()
        self.counter.tell(f"{format_cents(out.total)} changed.", "It is recorded.", "Sign its slip, both of you.")
