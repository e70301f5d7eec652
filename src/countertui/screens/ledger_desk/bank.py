"""The bank: what it has of the city's deposits, how surely, and what waits on either side; nothing is booked unseen."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.ledger_answers import ages_of_days
from countertui.counter.ledger_bank import Bank, BankDeposit, BankLine, BankPair, bank_file_to_send, read_bank
from countertui.domain.dates import us_date
from countertui.domain.money import format_cents
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, may
from countertui.domain.words import number_of
from countertui.screens.area import Command
from countertui.screens.ledger_desk.acting import ActingPage, Wanted
from countertui.widgets.field import Field
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import Stroke

BankRow = BankPair | BankDeposit | BankLine


class LedgerBankArea(ActingPage[BankRow]):
    """Enter opens a deposit or a line; N takes a file in, M books what matches surely, by two people."""

    NAME = "ledger_bank"
    ON_BAR = "rd"
    TITLE = "Bank"
    HELP = (
        "What the bank's files say, beside the city's deposits. First what matches, with how sure that is in percent"
        " and why; nothing of it is booked yet. Then deposits in transit, which no line is, and lines of the bank that"
        " are no deposit, the oldest first, each with its age. Enter opens one: a deposit with its lines and drawers, a"
        " line to be explained. N takes a bank's file in from this machine (BAI2 or OFX): each line once, whichever"
        " file and form it comes in. M books together what matches surely, 90 % and more, by two people. S lists the"
        " statements taken in."
    )

    def __init__(self) -> None:
        super().__init__()
        self.file = Field("Bank's file", dom_id=f"{self.NAME}-file", most=200)
        self._said: Bank | None = None
        self._ages: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        self.file.display = False
        self.file.add_class("asked")
        *above, question, why, own, second = super().compose()
        yield from (*above, self.file, question, why, own, second)

    def commands(self) -> Sequence[Command]:
        person, said = self.counter.person, self._said
        if self.at is not None or self._wanted is not None:
            return ()
        takes = person is not None and may(person.roles, Act.DEPOSIT)
        sure = takes and said is not None and said.counts.sure > 0
        return [
            *([Command("n", "New file", "Take a bank's file in.", self._file, on_bar=True)] if takes else []),
            *(
                [Command("m", "Book matches", "Book what matches surely, by two people.", self._book, on_bar=True)]
                if sure
                else []
            ),
            Command("s", "Statements", "The bank's files that were taken in.", self._statements, on_bar=True),
            *super().commands(),
        ]

    async def ask(self) -> None:
        answer = await self.answer("bank", {})
        said = await self.counter.desk.look(read_bank, answer.said)
        days = sorted({_dated(row) for row in said.rows})
        told = await self.counter.desk.look(ages_of_days, days)
        self._ages = dict(zip(days, told, strict=True))
        self._said = said
        counts = said.counts
        waits = f"{counts.deposits} in transit {format_cents(counts.deposit_cents)}"
        lines = number_of(counts.lines, "line unmatched", "lines unmatched")
        self.title(f"{self.TITLE}: {counts.pairs} match, {waits}, {lines}", answer)
        hint = "  Everything deposited is at the bank, and nothing else."
        self.show_rows(said.rows, hint=hint)
        self._say_below()

    def ring(self) -> Sequence[Field]:
        return [*([self.file] if self.file.display else []), *super().ring()]

    async def press(self, stroke: Stroke) -> None:
        await super().press(stroke)
        self._say_below()

    async def enter(self, field: Field) -> None:
        if field is self.file:
            await self._send()
        else:
            await super().enter(field)

    async def back(self) -> None:
        if self.file.display:
            self.drop_act()
        else:
            await super().back()

    def drop_act(self) -> None:
        self.file.set("")
        self.file.display = False
        super().drop_act()

    async def choose(self, item: BankRow) -> None:
        if isinstance(item, BankLine):
            from countertui.screens.ledger_desk.bank_line import LedgerBankLineArea

            await (await self.counter.made(LedgerBankLineArea)).open(item.line)
            return
        from countertui.screens.ledger_desk.bank_deposit import LedgerBankDepositArea

        number = item.deposit.deposit if isinstance(item, BankPair) else item.deposit
        await (await self.counter.made(LedgerBankDepositArea)).open(number)

    async def _file(self) -> None:
        self.file.display = True
        self.to(self.file)

    async def _statements(self) -> None:
        await self.counter.go("ledger_bank_files")

    async def _send(self) -> None:
        """Read the file here, and ask for one's PIN: the ledger takes it in whole or not at all."""
        if not self.file.value.strip():
            raise Refused("No file is named.", "Nothing was sent.", "Type its name with its folder, then Enter.")
        args = await self.counter.desk.look(bank_file_to_send, self.file.value)
        name = args["name"]
        wanted = Wanted(
            act="bank.take",
            args=args,
            question=f"Take {name} in? What earlier files had comes in no second time.",
            about=f"bank's file {name}",
            done=f"{name} is taken in. Nothing of it is booked yet.",
            id=await self.new_id(),
            why="",
            two=False,
        )
        await self.want(wanted)

    async def _book(self) -> None:
        said = self._said
        if said is None:
            return
        sure = [pair for pair in said.pairs if pair.confidence >= said.sure]
        cents = sum(pair.deposit.cents + pair.off_cents for pair in sure)
        wanted = Wanted(
            act="bank.book",
            args={"pairs": [as_shown(pair) for pair in sure]},
            question=f"Book {number_of(len(sure), 'deposit')}, {format_cents(cents)}, as at the bank?",
            about="deposits at the bank",
            done=f"{number_of(len(sure), 'deposit is', 'deposits are')} booked as at the bank.",
            id=await self.new_id(),
            why="",
        )
        await self.want(wanted)

    def _say_below(self) -> None:
        """What the marked row has no room for; with nothing marked, what the accounts held last."""
        said, row = self._said, self.list.current
        if said is None or self.at is not None:
            self.say_below("")
        elif isinstance(row, BankPair):
            off = f"; the bank counted {more_or_less(row.off_cents)}" if row.off_cents else ""
            self.say_below(f"{row.why}{off}: {'; '.join(line_words(line) for line in row.lines)}")
        elif isinstance(row, BankLine) and row.returned is not None:
            back = row.returned
            self.say_below(back.why_not or f"Check {back.check} of receipt {back.receipt_no}: Enter takes it back.")
        elif row is not None:
            self.say_below(f"To {row.account}" if isinstance(row, BankDeposit) else f"{row.words}, {row.account}")
        else:
            held = [f"{each.account} held {format_cents(each.closed)}" for each in said.accounts if each.closed]
            self.say_below("; ".join(held))

    def draw(self, item: BankRow, width: int) -> Row:
        room = width - 50
        if isinstance(item, BankPair):
            sure = self._said is not None and item.confidence >= self._said.sure
            off = f"off {format_cents(item.off_cents)}" if item.off_cents else item.why
            return self._row(
                f"{item.confidence} %", "good" if sure else "warn", item.deposit, item.deposit.bag, off, room
            )
        if isinstance(item, BankDeposit):
            return self._row("transit", "warn", item, item.bag, "", room)
        return self._row(item.kind, "", item, "", item.words, room)

    def _row(self, first: str, look: str, item: BankDeposit | BankLine, bag: str, words: str, room: int) -> Row:
        named = " ".join(each for each in (bag, words) if each)
        return (
            (fit(f" {first}", 15), look),
            (fit(us_date(item.dated), 11), "dim"),
            (fit(self._ages.get(item.dated, ""), 9), "dim"),
            (fit(named, room) + " ", ""),
            (fit(format_cents(item.cents), 13, right=True), "strong"),
            (" ", ""),
        )


def as_shown(pair: BankPair) -> dict[str, object]:
    """A pair as the act of booking it names it: the ledger books nothing else than was shown."""
    lines = [line.line for line in pair.lines]
    return {"deposit": pair.deposit.deposit, "lines": lines, "off_cents": pair.off_cents}


def line_words(line: BankLine) -> str:
    """A line of the bank in few words."""
    return f"{us_date(line.dated)} {line.words} {format_cents(line.cents)}"


def more_or_less(cents: int) -> str:
    """What the bank counted more or less than the city."""
    return f"{format_cents(abs(cents))} {'more' if cents > 0 else 'less'}"


def _dated(row: BankRow) -> str:
    return row.deposit.dated if isinstance(row, BankPair) else row.dated
