"""What exercises want to find in the records: each says in words what is wrong, or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from countertui.domain.exercises import Bill, Body, Done, Want
from countertui.domain.money import Cents, format_cents
from countertui.domain.records import Kind
from countertui.domain.rights import took_part
from countertui.domain.tenders import TenderKind
from countertui.domain.words import number_of


@dataclass(frozen=True, slots=True)
class Laid:
    """A tender as the task has it handed over: cents, and its reference where it has one."""

    kind: TenderKind
    cents: Cents
    reference: str = ""

    @property
    def words(self) -> str:
        """For a person."""
        label = f"{self.kind.label.lower()} {self.reference}".rstrip()
        return f"{label} {format_cents(self.cents)}"


@dataclass(frozen=True, slots=True)
class WantedReceipt:
    """A receipt that should stand: what each account or fee gets, what was laid, and the change."""

    bills: tuple[Bill, ...]
    laid: tuple[Laid, ...]
    change: Cents = Cents(0)

    @property
    def wants(self) -> tuple[Want, ...]:
        """That it stands, with these lines, tenders and change."""
        return self.is_there, self.has_amounts, self.is_tendered, self.gives_change

    def found(self, done: Done) -> Body | None:
        """The standing receipt that pays for exactly these, else one that pays for some of them."""
        keys = {bill.key for bill in self.bills}
        like = [body for body in done.standing if keys & _paid(body).keys()]
        return next((body for body in like if _paid(body).keys() == keys), like[0] if like else None)

    def is_there(self, done: Done) -> str:
        """One receipt, for all of them and nothing else."""
        body, keys = self.found(done), [bill.key for bill in self.bills]
        if body is None:
            return f"No receipt stands for {' and '.join(keys)}."
        if lacking := [key for key in keys if key not in _paid(body)]:
            return f"Receipt {body['receipt_no']} has nothing for {' and '.join(lacking)}: one receipt was asked for."
        if beyond := [key for key in _paid(body) if key not in keys]:
            return f"Receipt {body['receipt_no']} also pays {' and '.join(beyond)}."
        return ""

    def has_amounts(self, done: Done) -> str:
        """Each got what was owed."""
        body = self.found(done)
        if body is None:
            return f"{format_cents(Cents(sum(bill.cents for bill in self.bills)))} was not taken."
        for bill in self.bills:
            if (paid := _paid(body).get(bill.key, 0)) != bill.cents:
                return f"{bill.key} got {format_cents(paid)}, not {format_cents(bill.cents)}."
        return ""

    def is_tendered(self, done: Done) -> str:
        """It was paid with what was handed over."""
        body = self.found(done)
        wanted = " and ".join(laid.words for laid in self.laid)
        if body is None:
            return f"It was not paid with {wanted}."
        was = tuple(
            Laid(TenderKind(each["kind"]), each["cents"], each["reference"]) for each in body["data"]["tenders"]
        )
        if sorted(map(_order, was)) != sorted(map(_order, self.laid)):
            return f"It was paid with {' and '.join(laid.words for laid in was)}, not with {wanted}."
        return ""

    def gives_change(self, done: Done) -> str:
        """The change is right."""
        body = self.found(done)
        given = body["data"]["change_cents"] if body is not None else 0
        if body is None or given != self.change:
            return (
                f"The change was {format_cents(given)}, not {format_cents(self.change)}." if body else "No change yet."
            )
        return ""


def _order(laid: Laid) -> tuple[str, int, str]:
    return laid.kind.value, laid.cents, laid.reference.strip().upper()


def _paid(body: Body) -> dict[str, Cents]:
    """What a payment gives each account and fee, in cents."""
    paid: dict[str, Cents] = {}
    for line in body["data"]["lines"]:
        key = line["account"] or line["fee"]
        paid[key] = Cents(paid.get(key, 0) + line["cents"])
    return paid


def receipts_stand(number: int) -> Want:
    """So many receipts stand and no more: what was mistaken was taken back."""

    def want(done: Done) -> str:
        standing = [body["receipt_no"] for body in done.standing]
        if len(standing) == number:
            return ""
        stand = number_of(len(standing), "receipt stands", "receipts stand")
        return (
            f"{stand} ({', '.join(standing)}), not {number}: void the rest."
            if len(standing) > number
            else f"{stand}, not {number}."
        )

    return want


def before(first: Bill, second: Bill) -> Want:
    """The second bill's cart was begun later and paid sooner: the first waited, parked."""

    def want(done: Done) -> str:
        at = {key: body for body in done.standing for key in _paid(body)}
        if first.key not in at or second.key not in at:
            return "Both have to be paid."
        sooner = at[second.key]["seq"] < at[first.key]["seq"]
        return "" if sooner and at[first.key]["id"] < at[second.key]["id"] else "The first cart did not wait, parked."

    return want


def in_the_name_of(payor: str) -> Want:
    """The receipt names who paid."""

    def want(done: Done) -> str:
        named = {body["data"]["payor"] for body in done.standing}
        if any(payor.casefold() == name.casefold() for name in named):
            return ""
        return f"The receipt is made out to {', '.join(sorted(named)) or 'nobody'}, not to {payor}."

    return want


def voided(bill: Bill) -> Want:
    """A receipt for this was taken, then voided by two people."""

    def want(done: Done) -> str:
        taken = {body["seq"]: body for body in done.of(Kind.PAY) if bill.key in _paid(body)}
        if not taken:
            return f"Nothing was taken for {bill.key}."
        for body in done.of(Kind.VOID):
            if body["data"]["original"]["seq"] in taken:
                return "" if len(set(took_part(body))) > 1 else "Nobody approved the void."
        asked = any(body["data"]["original"]["seq"] in taken for body in done.of(Kind.VOID_REQUEST))
        return "The void was asked for, and nobody approved it." if asked else "The receipt was not voided."

    return want


def printed_again(done: Done) -> str:
    """A receipt of this try was printed once more."""
    taken = {body["receipt_no"] for body in done.of(Kind.PAY)}
    again = [body for body in done.of(Kind.REPRINT) if body["data"]["original"]["receipt_no"] in taken]
    return "" if again else "The receipt was not printed again."


def drawer_opened_for(word: str) -> Want:
    """The drawer was opened without a sale, and the reason says why."""

    def want(done: Done) -> str:
        reasons = [body["data"]["reason"] for body in done.of(Kind.NO_SALE)]
        if not reasons:
            return "The drawer was not opened without a sale."
        return "" if any(word in reason.casefold() for reason in reasons) else f'The reason does not say "{word}".'

    return want


def batch_agrees(bills: tuple[Bill, ...]) -> Want:
    """A batch of mail was opened with its control, keyed in, and closed in agreement."""
    pieces, cents = len(bills), sum(bill.cents for bill in bills)

    def want(done: Done) -> str:
        opened = done.of(Kind.REMITTANCE_OPEN)
        if not opened:
            return "No batch of mail was opened."
        said = opened[-1]["data"]
        if (said["pieces"], said["cents"]) != (pieces, cents):
            asked = f"{number_of(pieces, 'piece')}, {format_cents(Cents(cents))}"
            return f"The control was {number_of(said['pieces'], 'piece')}, {format_cents(said['cents'])}, not {asked}."
        closed = [body["data"] for body in done.of(Kind.REMITTANCE_CLOSE)]
        if not closed:
            return "The batch is not closed."
        last = closed[-1]
        agrees = (last["taken_pieces"], last["taken_cents"]) == (pieces, cents)
        return "" if agrees else "The batch was closed without agreeing with its control."

    return want


def keyed_from(paper: str) -> Want:
    """The payment was keyed in from that paper receipt."""
    series, _, number = paper.partition("-")

    def want(done: Done) -> str:
        papers = [body["data"].get("paper") for body in done.standing]
        keyed = any(one and (one["series"], one["number"]) == (series, int(number)) for one in papers)
        return "" if keyed else f"No payment was keyed in from paper receipt {paper}."

    return want


def opened_with(cents: Cents) -> Want:
    """A drawer was opened with that much counted; another sum than the fund by two people."""

    def want(done: Done) -> str:
        opened = done.of(Kind.OPEN)
        if not opened:
            return "No drawer was opened."
        counted = opened[-1]["data"]["counted_cents"]
        return "" if counted == cents else f"{format_cents(counted)} was counted, not {format_cents(cents)}."

    return want


def closed_off_by(cents: Cents) -> Want:
    """The drawer was closed with that much over (or, below zero, short) in cash, all else agreeing, at one count."""

    def want(done: Done) -> str:
        closed = done.of(Kind.CLOSE)
        if not closed:
            counted = done.of(Kind.COUNT)
            return "The drawer was counted, not closed." if counted else "The drawer was not closed."
        off = {each["tender"]: each["cents"] for each in closed[-1]["data"]["over_short"]}
        for tender, wanted in ((kind, cents if kind is TenderKind.CASH else Cents(0)) for kind in TenderKind):
            if (found := Cents(off.get(tender.value, 0))) != wanted:
                return f"{tender.label} closed {_off_words(found)}, not {_off_words(wanted)}."
        return ""

    return want


def _off_words(cents: Cents) -> str:
    return "in agreement" if not cents else f"{format_cents(Cents(abs(cents)))} {'over' if cents > 0 else 'short'}"


def close_says_why(done: Done) -> str:
    """The close has a reason."""
    closed = done.of(Kind.CLOSE)
    return "" if closed and closed[-1]["data"]["reason"] else "The close does not say why."


def counted_once(done: Done) -> str:
    """The drawer was counted once: a second count is on the Z report."""
    counts = len(done.of(Kind.COUNT))
    return "" if counts == 1 else f"The drawer was counted {number_of(counts, 'time')}, not once."


def came_back(check: Bill) -> Want:
    """That check (its receipt's number, its own, cents) was taken back, by two people."""

    def want(done: Done) -> str:
        for body in done.of(Kind.CHECKS_RETURNED):
            for one in body["data"]["checks"]:
                if (one["receipt_no"], one["reference"], one["cents"]) == (check.key, check.name, check.cents):
                    return "" if len(set(took_part(body))) > 1 else "Nobody agreed that the check came back."
        return f"Check {check.name} of receipt {check.key} was not taken back."

    return want


def sealed(done: Done) -> str:
    """What is recorded was sealed."""
    return "" if done.of(Kind.SEAL) else "Nothing was sealed."
