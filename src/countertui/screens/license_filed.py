"""An application that was just filed: its number, what comes next, and the way into the cart where nothing is open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from textual.app import ComposeResult

from countertui.counter.license_filing import approve_and_assess
from countertui.counter.license_paper import print_application
from countertui.domain.license_acts import BUSINESS, DOCUMENTS, LICENSE_CLASS, PREMISES
from countertui.domain.license_file import License
from countertui.domain.license_states import State
from countertui.domain.money import format_cents
from countertui.domain.rights import Act
from countertui.screens.area import Command
from countertui.screens.credential import second_one
from countertui.screens.listing import ListArea, text_row
from countertui.widgets.field import Field
from countertui.widgets.lines import Row
from countertui.widgets.second_person import SecondPerson


class LicenseFiledArea(ListArea[str]):
    """What it shows is the one that was filed last; every other is found in the register of licenses."""

    NAME = "license_filed"
    TITLE = "Application filed"
    HELP = (
        "The application is filed and has its license's number. Where a review is open, its result is entered at the"
        " license. Where none is, F9 asks for the id and PIN of somebody who decides on licenses and did not write this"
        " one: it is approved, its first fees are charged, and they stand in the cart. P prints the application with"
        " its number, L opens the license. F4 begins another; Esc goes to the payment."
    )
    HINT = "  Nothing was filed since you signed on."

    def __init__(self) -> None:
        super().__init__()
        self.second = SecondPerson("license-second")
        self._license: License | None = None
        self._texts: Mapping[str, str] = {}

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield self.second

    async def show(self, filed: License, texts: Mapping[str, str]) -> None:
        """Show an application; texts as it was typed, for its paper."""
        self._license, self._texts = filed, dict(texts)
        await self.counter.go(self.NAME)

    async def arrive(self) -> None:
        self._stop_asking()
        self.list.show([] if self._license is None else list(_lines(self._license)))

    def commands(self) -> Sequence[Command]:
        if self.second.display:
            return ()
        new = Command("f4", "New", "Begin another application.", self._new, on_bar=True)
        if self._license is None:
            return [new]
        return [
            new,
            *(
                [Command("f9", "Approve", "Somebody else approves; its fees go into the cart.", self._ask, on_bar=True)]
                if _may_be_approved(self._license)
                else ()
            ),
            Command("p", "Print", "Print the application with its number.", self._print, on_bar=True),
            Command("l", "License", "Open the license: reviews, documents, its history.", self._open, on_bar=True),
        ]

    def ring(self) -> Sequence[Field]:
        return [self.second.operator, self.second.pin] if self.second.display else ()

    async def put_away(self) -> None:
        self._stop_asking()
        self._license, self._texts = None, {}

    async def back(self) -> None:
        if self.second.display:
            self._stop_asking()
        else:
            await super().back()

    async def enter(self, field: Field) -> None:
        if field is self.second.operator:
            self.to(self.second.pin)
        else:
            await self._approve()

    async def _ask(self) -> None:
        self.second.ask("Who approves it, not who wrote it:")
        self.to(self.second.operator)

    async def _approve(self) -> None:
        person, filed, session = self.counter.person, self._license, self.counter.session
        if person is None or filed is None:
            return
        desk = self.counter.desk
        async with second_one(desk, self.second, self.to, Act.DECIDE_LICENSES, (person.id,)) as approver:
            assessed = await desk.job(approve_and_assess, person, approver, session, filed)
        self._license = assessed
        await self.arrive()
        if self.counter.takes_money and session is not None and assessed.unpaid:
            from countertui.screens.account_asked import add_accounts
            from countertui.screens.payment import PaymentArea

            await add_accounts(await self.counter.visit(PaymentArea), [assessed.number])
            self.counter.tell(
                f"License {assessed.number} is approved: {format_cents(assessed.unpaid)} of fees are in the cart.",
                "It is issued once they are paid.",
            )
        else:
            self.counter.tell(f"License {assessed.number} is approved; {format_cents(assessed.unpaid)} is to be paid.")

    async def _print(self) -> None:
        if self.counter.person is not None and self._license is not None:
            await self.counter.desk.job(
                print_application, self.counter.person, self._texts, self.counter.session, self._license.number
            )
            self.counter.devices.print_papers()
            self.counter.tell(f"The application of {self._license.number} goes to the printer.")

    async def _open(self) -> None:
        from countertui.screens.license import LicenseArea

        if self._license is not None:
            await (await self.counter.made(LicenseArea)).open(self._license.number)

    async def _new(self) -> None:
        from countertui.screens.license_form import LicenseFormArea

        await (await self.counter.made(LicenseFormArea)).begin()
        await self.counter.go(LicenseFormArea.NAME)

    def _stop_asking(self) -> None:
        self.second.clear()
        self.to(None)

    def draw(self, item: str, width: int) -> Row:
        return text_row(item, width)


def _may_be_approved(license_: License) -> bool:
    return license_.state is State.SUBMITTED and not license_.reviews


def _lines(license_: License) -> Iterator[str]:
    says = license_.says
    yield ""
    yield f"License {license_.number}: {license_.state.label}"
    yield f"{says.get(BUSINESS, '')}, {says.get(LICENSE_CLASS, '')}"
    yield str(says.get(PREMISES, ""))
    yield ""
    if license_.reviews:
        yield f"Reviews open: {', '.join(license_.reviews)}"
        yield "It is approved and charged once they are passed; L opens it to enter them."
    elif _may_be_approved(license_):
        yield "No review is needed: once somebody else approves, its fees are in the cart."
    elif license_.unpaid:
        yield f"To be paid: {format_cents(license_.unpaid)}"
    lacking = [name for name, brought in says.get(DOCUMENTS, {}).items() if not brought]
    if lacking:
        yield "Still to be brought:"
        yield from (f"  {name}" for name in lacking)
