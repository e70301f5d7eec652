"""Words and rows of the deposit's screens."""

from __future__ import annotations

from collections.abc import Iterable

from countertui.counter.deposit_items import LackedItem
from countertui.counter.deposit_view import DepositRow, DepositView
from countertui.counter.deposits import Counted
from countertui.domain.dates import us_date
from countertui.domain.deposit_making import Carried, ClosedSession, LeftOut, Paper
from countertui.domain.money import Cents, format_cents
from countertui.domain.safe_bags import SafeBag
from countertui.domain.tenders import TenderKind
from countertui.domain.words import number_of
from countertui.widgets.lines import Row, fit

HELP = (
    "The money of closed drawers for the bank, in one bag. Space chooses drawers, and what an earlier deposit lacked"
    " and has turned up; a bag of the safe alone is cash that an open drawer dropped. F9 goes on. Count the cash by"
    " pieces, blind; F9 commits the count, and only then you see what is expected. Mark each check and money order you"
    " hold: Space, or N and its number (and amount); M names one that is missing, R one that was given back, with a"
    " reason. None is added. At the end: the bag's number, a reason for each difference, and a second person's id and"
    " PIN who had none of the drawers. Y at Final closes the office's day. Nothing on record is edited: B lists the"
    " deposits made, to take one back or make it the final; C says where each bag is."
)
MADE_HELP = (
    "The deposits made here, newest first. F lets the last interim deposit be the final of its day. T takes a wrong one"
    " back while its bag is in the safe: say why; its drawers can be deposited again, in another bag. Either needs a"
    " second person's id and PIN who had none of the drawers. A deposit is never edited."
)
LACKED_HELP = (
    "What deposits made here lacked and nobody found since, with its age. It ends in one of three ways. Found: mark it"
    " in the list of the next deposit; Esc goes there. A check that was given back: take its payment back under"
    " Returned checks (F10, G), as if the bank had sent it, so that what it paid is owed again. Lost: L here, with a"
    " reason and a second person who had none of the drawers; it is posted as short. A drawer's fund is filled up by a"
    " later deposit."
)
_MOST_NAMED = 3
_MOST_GROUNDS = 2


def choice_row(each: ClosedSession | SafeBag | Carried, width: int, *, chosen: bool) -> Row:
    """What can be chosen for a deposit. No cash of a drawer or a bag is shown: it is counted first."""
    if isinstance(each, ClosedSession):
        return _session_row(each, width, chosen=chosen)
    return (
        _bag_row(each, width, chosen=chosen) if isinstance(each, SafeBag) else _carried_row(each, width, chosen=chosen)
    )


def _session_row(each: ClosedSession, width: int, *, chosen: bool) -> Row:
    papers = number_of(len(each.papers), "check") if each.papers else "no checks"
    bags = f", {number_of(len(each.bags), 'bag')}" if each.bags else ""
    batch = f", batch {each.batch_no}" if each.batch_no is not None else ", not sealed"
    told = f"{us_date(each.biz_date)}  {each.terminal} drawer {each.drawer} of {each.operator}: {papers}{bags}{batch}"
    return ((_mark(chosen), "strong" if chosen else ""), (fit(told, width - 6), ""))


def _bag_row(each: SafeBag, width: int, *, chosen: bool) -> Row:
    drawer = f"{each.terminal} drawer {each.drawer} of {each.operator}"
    told = f"{us_date(each.biz_date)}  {drawer}: bag {each.bag} of the safe, alone"
    return ((_mark(chosen), "strong" if chosen else ""), (fit(told, width - 6), ""))


def _carried_row(each: Carried, width: int, *, chosen: bool) -> Row:
    named = f" {each.reference} of receipt {each.receipt_no}" if each.receipt_no else ""
    lacked = f"Lacked by {each.item}: {each.tender.label}{named}, {format_cents(each.cents)}"
    told = f"{lacked if each.cents > 0 else _for_fund(each)} ({each.reason})"
    return ((_mark(chosen), "strong" if chosen else ""), (fit(told, width - 6), "warn"))


def paper_row(paper: Paper, width: int, *, seen: bool, left: LeftOut | None) -> Row:
    """A check or money order to look at."""
    mark, look = (" [–] ", "warn") if left is not None else (_mark(seen), "strong" if seen else "")
    told = f": {left.state}, {left.reason}" if left is not None else ""
    return ((mark, look), (fit(f"{paper.words}{told}", width - 6), look))


def beside_rows(view: DepositView) -> list[Row]:
    """What the list does not hold: the deadline, who was not heard, what is open, days that a final closed before."""
    rows: list[Row] = []
    if view.due is not None:
        said = view.due.words[0].upper() + view.due.words[1:]
        rows.append(((f" {said}", "warn" if view.due.late else ""),))
        rows += [((f"   {ground}", "dim"),) for ground in view.due.due.grounds[:_MOST_GROUNDS]]
    if len(set(view.to.values())) > 1:
        told = "; ".join(f"{us_date(day)} to {account or 'none'}" for day, account in view.to.items())
        rows.append(((f" One bag goes to one bank account: {told}.", "warn"),))
    if view.office.not_heard:
        told = ", ".join(view.office.not_heard)
        rows.append(((f" Not heard from {told}: what they hold is not known here.", "warn"),))
    if view.office.open:
        drawers = [f"{each.drawer} of {each.operator} ({each.terminal})" for each in view.office.open]
        more = f" and {len(drawers) - _MOST_NAMED} more" if len(drawers) > _MOST_NAMED else ""
        rows.append(((f" Still open: {', '.join(drawers[:_MOST_NAMED])}{more}.", "warn"),))
    if view.days:
        rows.append(((f" A final deposit closed {', '.join(map(us_date, view.days))} before.", "warn"),))
    return rows


def sum_rows(counted: Counted, papers: Iterable[Paper], found: Iterable[Carried]) -> list[Row]:
    """What is in the bag, beside what is expected; cash was counted by now."""
    there = [*((each.tender, each.cents) for each in papers), *((each.tender, each.cents) for each in found)]
    rows: list[Row] = [
        (
            (f" Cash counted {format_cents(counted.cents)}, expected {format_cents(counted.expected)}: ", ""),
            (_off(counted.off), "good" if not counted.off else "warn"),
            (f"   {number_of(counted.counts, 'count')}", "dim"),
        )
    ]
    for kind in (TenderKind.CHECK, TenderKind.MONEY_ORDER):
        cents = [amount for tender, amount in there if tender is kind]
        if cents:
            rows.append(((f" {number_of(len(cents), kind.label.lower())}, {format_cents(sum(cents))}", ""),))
    total = counted.cents + sum(amount for tender, amount in there if tender is not TenderKind.CASH)
    to = f", to {counted.to}" if counted.to else ""
    rows.append(((" In the bag ", "dim"), (format_cents(total), "strong"), (to, "dim")))
    return rows


def made_row(row: DepositRow, width: int, bank: str) -> Row:
    """A deposit on record; where it went to another bank account than most of the city's, which."""
    to = f"  to {row.bank}" if row.bank != bank else ""
    state = "taken back" if row.back_seq is not None else "final" if row.final_seq is not None else "interim"
    look = "dim" if row.back_seq is not None else ""
    return (
        (fit(f"  {row.slip_no}", 14), "strong"),
        (fit(f"{us_date(row.biz_date)}  bag {row.bag}{to}", width - 42), look),
        (fit(format_cents(row.total_cents), 14, right=True), look),
        (fit(f"  {state}", 13), "good" if state == "final" else look),
    )


def lacked_row(each: LackedItem, width: int) -> Row:
    """What a deposit lacks, and since when."""
    row = each.row
    named = f" {row.reference} of receipt {row.receipt_no}" if row.receipt_no else ""
    what = f"{TenderKind(row.tender).label}{named}" if row.cents > 0 else "A drawer's fund, to be filled up"
    age = number_of(each.days, "day")
    return (
        (fit(f" {us_date(row.biz_date)} {age}", 22), "warn" if each.days else ""),
        (fit(f"{row.item}  {what}: {row.reason}", width - 36), ""),
        (fit(format_cents(Cents(abs(row.cents))), 14, right=True), "strong"),
    )


def _for_fund(each: Carried) -> str:
    return f"To fill a fund up, since {each.item}: {format_cents(-each.cents)} of this cash"


def _mark(chosen: bool) -> str:  # noqa: FBT001 - a state, not an option
    return " [x] " if chosen else " [ ] "


def _off(cents: int) -> str:
    return "it agrees" if not cents else f"{format_cents(abs(cents))} {'over' if cents > 0 else 'short'}"
