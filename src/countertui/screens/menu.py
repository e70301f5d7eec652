"""The menu: everything that is not the payment, each under a letter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from countertui.counter.sign_on import sign_off
from countertui.domain.rights import Act, may
from countertui.screens.area import Command
from countertui.screens.listing import ListArea
from countertui.widgets.lines import Row, fit


class MenuArea(ListArea[Command]):
    """Only what the person may do here and now is listed."""

    NAME = "menu"
    TITLE = "Menu"
    HELP = "Press a letter, or choose with the arrows and Enter. Esc goes back to the payment, or to opening a drawer."

    async def arrive(self) -> None:
        self.list.show(self.commands(), cursor=0)
        self._name_what_is_below()

    def on_resize(self) -> None:
        self._name_what_is_below()

    def _name_what_is_below(self) -> None:
        """Name in the title what the list has no room for: its letters work at once, in sight or not."""
        height = self.list.content_size.height
        hidden = self.list.items[height:] if height else ()
        below = ", ".join(f"{each.key.upper()} {each.label}" for each in hidden)
        told = f"   further down: {below}" if below else ""
        if len(self.TITLE) + len(told) >= self.size.width:
            told = f"   ↓ {below}"
        self.title_line.say(((f" {self.TITLE}", "strong"), (told, "")))

    def commands(self) -> Sequence[Command]:
        person, session = self.counter.person, self.counter.session
        if person is None:
            return ()
        roles = person.roles
        return [
            *self._of_a_drawer(),
            *(
                [self._to("d", "Open a drawer", "Count the fund and open a drawer.", "opening")]
                if session is None and may(roles, Act.TAKE_MONEY)
                else []
            ),
            *(
                [self._to("w", "Open drawers", "Count and close an absent operator's drawer.", "open_drawers")]
                if may(roles, Act.CLOSE_OTHERS)
                else []
            ),
            self._to("z", "Z reports", "The closed drawers of this terminal.", "z_report"),
            self._to("r", "Requests", "Voids and refunds asked for: approve or refuse.", "requests"),
            Command("b", "Account book", "Look an account up: what it owes and why, notes.", self._book),
            self._to("f", "Licenses", "Apply, find, review, issue, suspend; their history.", "licenses"),
            *(
                [self._to("e", "Card terminal", "Card charges that nobody knows of: settle them.", "card_terminal")]
                if may(roles, Act.SETTLE_CARD)
                else []
            ),
            *(
                [
                    self._to(
                        "g",
                        "Returned checks",
                        "What the bank sent back unpaid.",
                        "returned_checks",
                    )
                ]
                if may(roles, Act.CORRECT)
                else []
            ),
            self._to("v", "Virtual tape", "All that was done here today, newest first.", "tape"),
            *(
                [self._to("a", "Applicant", "Who applies for a license: typed, or a card scanned.", "applicants")]
                if self.counter.takes_money
                else []
            ),
            *(
                [self._to("h", "Exercises", "What to practise, and what you made of it.", "exercises")]
                if self.counter.exercising.is_offered
                else []
            ),
            self._to("j", "Trust, A/R", "Trust deposits and A/R: due, low, unapplied.", "trust"),
            self._to("p", "Printing", "What is not known to be on paper.", "printing"),
            *(
                [Command("s", "Seal and send", "Seal all that is recorded, and send it.", self._seal)]
                if may(roles, Act.SEAL)
                else []
            ),
            # What nobody does twice a day stands last: on a small screen that is out of sight.
            Command("o", "Sign off", "Leave the counter; the drawer stays open.", self._sign_off),
            *(
                [self._to("1", "Checklist", "The day's close in order, and what is open.", "day_checklist")]
                if may(roles, Act.SEAL)
                else []
            ),
            *(
                [self._to("3", "Ledger's desk", "Offices and drawers of the day at the ledger.", "ledger_desk")]
                if may(roles, Act.SEE_LEDGER)
                else []
            ),
            *(
                [self._to("4", "Reports", "Reports as tables and files, by day to year.", "report_list")]
                if may(roles, Act.SEE_LEDGER)
                else []
            ),
            *(
                [self._to("2", "Deposit", "Closed drawers' money for the bank: count, sign, bag.", "deposit")]
                if may(roles, Act.DEPOSIT)
                else []
            ),
            self._to("q", "Leave", "Leave the program.", "leave"),
            Command("y", "Sync", "Send what waits and fetch the newest data.", self._sync),
            self._to("u", "Unlock", "Let somebody with too many wrong PINs try again.", "locked"),
            self._to("i", "Your PIN", "Change your own PIN.", "own_pin"),
            self._to("l", "Look and start", "The theme, and where your work starts.", "look"),
        ]

    def _of_a_drawer(self) -> list[Command]:
        set_aside = self._to("k", "Carts", "Parked carts, half-filled forms, what a crash left.", "carts")
        if self.counter.session is None:
            return [set_aside] if self.counter.takes_money else []
        return [
            self._to("x", "X report", "The running drawer, before it is counted.", "x_report"),
            Command("c", "Close drawer", "Count your drawer and close it.", self._close),
            *(
                [
                    set_aside,
                    self._to("m", "Mail, dropbox", "A batch that is counted first: account, Enter, next.", "mail"),
                    self._to("n", "Paper receipts", "Key in what was written without power.", "paper_receipts"),
                    self._to("d", "Drawer", "Drop cash to the safe, get change, hand it over.", "drawer"),
                    self._to("t", "No sale", "Open the drawer without a sale, and say why.", "no_sale"),
                ]
                if self.counter.takes_money
                else []
            ),
        ]

    async def _close(self) -> None:
        from countertui.screens.close import CloseArea

        await (await self.counter.made(CloseArea)).count_for(self.counter.session)
        await self.counter.go(CloseArea.NAME)

    def _to(self, key: str, label: str, explains: str, area: str) -> Command:
        return Command(key, label, explains, self._visit(area))

    def _visit(self, area: str) -> Callable[[], Awaitable[None]]:
        async def visit() -> None:
            await self.counter.go(area)

        return visit

    async def choose(self, item: Command) -> None:
        await item.run()

    async def _book(self) -> None:
        from countertui.screens.glance import GlanceArea

        await (await self.counter.visit(GlanceArea)).begin()

    async def _seal(self) -> None:
        from countertui.screens.batches import BatchesArea

        (await self.counter.visit(BatchesArea)).seal_and_send()

    async def _sync(self) -> None:
        from countertui.screens.batches import BatchesArea

        (await self.counter.visit(BatchesArea)).sync()

    async def _sign_off(self) -> None:
        person = self.counter.person
        if person is not None:
            await self.counter.put_away()
            await self.counter.desk.job(sign_off, person)
            await self.counter.sign_off()

    def draw(self, item: Command, width: int) -> Row:
        return (
            ("  ", ""),
            (f" {item.key.upper()} ", "key"),
            (f"  {item.label:<16}", "strong"),
            (fit(item.explains, width - 23), ""),
        )
