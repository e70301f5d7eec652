"""The register of licenses: lists by how they stand, finding one, and the way to its page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from countertui.counter.license_register import Listing, Registered, found_licenses, listed, until_words
from countertui.domain.license_states import State
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, may
from countertui.screens.area import Command
from countertui.screens.license_rows import keys_rows
from countertui.screens.listing import ListArea
from countertui.widgets.field import Field
from countertui.widgets.lines import Row, fit
from countertui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from countertui.counter.scans import Scanned

_TITLES = {
    Listing.OPEN: "Applications to decide",
    Listing.DUE: "To be paid, or to be issued",
    Listing.EXPIRED: "Expired licenses",
    Listing.SUSPENDED: "Suspended licenses",
    Listing.ALL: "All licenses",
}
_NOTHING = {
    Listing.OPEN: "  No application waits for a decision.",
    Listing.DUE: "  Nothing waits for money or its certificate.",
    Listing.EXPIRED: "  No license has expired.",
    Listing.SUSPENDED: "  No license is suspended.",
    Listing.ALL: "  There are no licenses.",
}
_TONES = {State.ISSUED: "good", State.EXPIRED: "bad", State.SUSPENDED: "bad", State.REVOKED: "bad", State.DENIED: "bad"}


class LicensesArea(ListArea[Registered]):
    """Letters change the list; F finds one; Enter opens it."""

    NAME = "licenses"
    TITLE = "Licenses"
    HELP = (
        "The register of business licenses. O lists applications that wait for a decision, D those that wait for money"
        " or for their certificate, X expired ones, S suspended ones, L all. F finds one by its number, name, trade"
        " name, address, telephone number or class. Scan a certificate, or a renewal notice, and it opens. Enter opens"
        " the marked one: all that is known of it, its history, and what can be done with it. N begins an application,"
        " A lists those that were begun here and not filed yet."
    )

    def __init__(self) -> None:
        super().__init__()
        self.text = Field("Find", dom_id="licenses-find", most=120, hint="number, name, address or class")
        self._keys = TextLine(dom_id="licenses-keys", names_keys=True)
        self._listing = Listing.OPEN
        self._found = ""

    def compose(self) -> ComposeResult:
        self.text.display = False
        yield from super().compose()
        yield self._keys
        yield self.text

    async def arrive(self) -> None:
        self._stop()
        await (self._find_again() if self._found else self._show(self._listing))

    def commands(self) -> Sequence[Command]:
        if self.at is not None:
            return ()
        person = self.counter.person
        writes = person is not None and may(person.roles, Act.KEEP_LICENSES)
        return [
            Command("f", "Find", "By number, name, address or class.", self._find),
            Command("o", "To decide", "Applications that wait.", self._to_list(Listing.OPEN)),
            Command("d", "Due", "To be paid or issued.", self._to_list(Listing.DUE)),
            Command("x", "Expired", "Expired licenses.", self._to_list(Listing.EXPIRED)),
            Command("s", "Suspended", "Suspended licenses.", self._to_list(Listing.SUSPENDED)),
            Command("l", "All", "All licenses.", self._to_list(Listing.ALL)),
            *(
                [
                    Command("n", "New", "Begin an application for a license.", self._new),
                    Command("a", "Not filed yet", "Applications that were begun here.", self._begun),
                ]
                if writes
                else []
            ),
        ]

    def ring(self) -> Sequence[Field]:
        return [self.text] if self.text.display else []

    async def back(self) -> None:
        if self.at is not None:
            self._stop()
        elif self._found:
            self._found = ""
            await self._show(self._listing)
        else:
            await self.counter.go_home()

    async def choose(self, item: Registered) -> None:
        from countertui.screens.license import LicenseArea

        await (await self.counter.made(LicenseArea)).open(item.number)

    async def enter(self, field: Field) -> None:
        self._found = field.value.strip()
        self._stop()
        if self._found:
            await self._find_again()

    async def take_scan(self, scanned: Scanned) -> None:
        """A certificate, a notice, or a license's number opens it. Raises Refused for anything else."""
        if scanned.kind != "account":
            raise Refused("That is no license.", "Nothing was changed.", "F3, then scan the receipt.")
        from countertui.screens.license import LicenseArea

        await (await self.counter.made(LicenseArea)).open(scanned.key)

    def _to_list(self, listing: Listing) -> Callable[[], Awaitable[None]]:
        async def show() -> None:
            self._found = ""
            await self._show(listing)

        return show

    async def _show(self, listing: Listing) -> None:
        self._listing = listing
        rows = await self.counter.desk.look(listed, listing, self.counter.session)
        self.title_line.say(((f" {_TITLES[listing]}", "strong"), (f"   {len(rows)}", "dim")))
        self.list.show(rows, cursor=self.list.cursor or 0, hint=_NOTHING[listing])

    async def _find_again(self) -> None:
        rows = await self.counter.desk.look(found_licenses, self._found, self.counter.session)
        self.title_line.say(((" Found: ", "strong"), (fit(self._found, 50).rstrip(), ""), (f"   {len(rows)}", "dim")))
        self.list.show(rows, cursor=0, hint="  No license fits that.")

    async def _find(self) -> None:
        self.text.set("")
        self.text.display = True
        self.to(self.text)

    async def _new(self) -> None:
        from countertui.screens.license_form import LicenseFormArea

        await (await self.counter.made(LicenseFormArea)).begin()
        await self.counter.go(LicenseFormArea.NAME)

    async def _begun(self) -> None:
        await self.counter.go("license_forms")

    def on_resize(self) -> None:
        self._show_keys()

    def _show_keys(self) -> None:
        keys = [(command.key, command.label) for command in self.commands()]
        self._keys.say(*keys_rows(keys, self.content_size.width))

    def _stop(self) -> None:
        self.text.set("")
        self.text.display = False
        self.to(None)
        self._show_keys()

    def draw(self, item: Registered, width: int) -> Row:
        until = until_words(item)
        room = width - 14 - 13 - 14 - 17
        return (
            (fit(f"  {item.number}", 14), "strong"),
            (fit(item.business, room - 1) + " ", ""),
            (fit(item.license_class, 13), "dim"),
            (fit(item.state.label, 14), _TONES.get(item.state, "warn")),
            (fit(until, 17), "dim"),
        )
