"""What stands on an account's page: its head, and one row for each charge, account of its party, receipt and note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from countertui.counter.account_glance import AgedCharge, Glance, Holding, NoteSeen, ReceiptSeen
from countertui.domain.dates import us_date, us_moment
from countertui.domain.money import Cents, format_cents
from countertui.widgets.lines import Row, fit

MOST_FLAGS = 4
NARROW = 80


@dataclass(frozen=True, slots=True)
class Heading:
    """A row between sections; the cursor passes it."""

    text: str


@dataclass(frozen=True, slots=True)
class MarkedHolding:
    """An account of the party, and whether it is marked for the cart."""

    holding: Holding
    marked: bool


Item = Heading | AgedCharge | MarkedHolding | ReceiptSeen | NoteSeen


def items(seen: Glance, marked: frozenset[str]) -> list[Item]:
    """The rows below the head, section by section; empty sections are left out but for the charges."""
    rows: list[Item] = [Heading("Open charges" if seen.charges else "Nothing is owed")]
    rows += seen.charges
    if len(seen.holdings) > 1:
        party = "The same name" if seen.party == seen.name else f"The same party, {seen.party},"
        more = ", and more" if seen.more else ""
        rows.append(Heading(f"{party} owes {format_cents(seen.owed_elsewhere)} elsewhere{more}   Space marks"))
        rows += [MarkedHolding(one, one.number in marked) for one in seen.holdings]
    if seen.notes:
        rows.append(Heading("Notes"))
        rows += seen.notes
    if seen.receipts:
        rows.append(Heading("Receipts"))
        rows += seen.receipts
    return rows


def title_row(seen: Glance) -> Row:
    """Whose account it is, of what kind, and how it stands."""
    return (
        (f" {seen.number}  ", "strong"),
        (f"{seen.name}  ", "strong"),
        (f"{seen.label}, {seen.status}" if seen.status else seen.label, ""),
    )


def where_row(seen: Glance) -> Row:
    """Address, telephone, and of when all of it is."""
    return (
        (f" {seen.address}   {seen.phone}   ", ""),
        (f"data of {us_moment(seen.as_of)}", "dim"),
    )


def flag_rows(seen: Glance) -> list[Row]:
    """Its flags in words, ! before what must be minded; a note that is too long for the row stands below."""
    rows: list[Row] = []
    for flag in seen.flags[:MOST_FLAGS]:
        text, look = f" {'!' if flag.is_warning else ' '} {flag.words}", "warn" if flag.is_warning else ""
        fits = len(text) + len(flag.note) + 3 <= NARROW
        rows.append(((text, look), (f" ({flag.note})" if flag.note and fits else "", "")))
        if flag.note and not fits:
            rows.append(((f"   {flag.note}", ""),))
    return rows


def aging_rows(seen: Glance) -> list[Row]:
    """What is owed in all, and by how long it has been due."""
    aging = seen.aging
    columns = (
        ("OWED", seen.owed),
        ("not due", aging.not_due),
        ("0-30 days", aging.to_30),
        ("31-60", aging.to_60),
        ("61-90", aging.to_90),
        ("over 90", aging.longer),
    )
    credit = f"  {owed_words(aging.credit)}" if aging.credit else ""
    return [
        tuple((fit(name, 12, right=True), "dim") for name, _ in columns),
        (*((fit(owed_words(cents), 12, right=True), "strong") for _, cents in columns), (credit, "")),
    ]


def draw_item(item: Item, width: int) -> Row:
    """One row of the list."""
    if isinstance(item, Heading):
        return ((f"── {item.text} ", "strong"), ("─" * max(0, width - len(item.text) - 4), "dim"))
    if isinstance(item, AgedCharge):
        return _charge(item, width)
    if isinstance(item, MarkedHolding):
        return _holding(item, width)
    if isinstance(item, ReceiptSeen):
        return _receipt(item, width)
    return ((f" {us_date(item.dated)} ", "dim"), (fit(f"{item.author}: {item.note}", width - 12), ""))


def owed_words(cents: Cents) -> str:
    """What is owed; a credit as such."""
    return format_cents(cents) if cents >= 0 else f"{format_cents(-cents)} CR"


def _charge(item: AgedCharge, width: int) -> Row:
    charge, late = item.charge, item.days
    age = f"{late} days" if late >= 0 else "not due"
    return (
        (f" {us_date(charge.due.isoformat())} ", "dim"),
        (fit("" if charge.balance < 0 else age, 10, right=True) + "  ", "warn" if late > 30 else "dim"),
        (fit(charge.description, width - 37) + " ", ""),
        (fit(owed_words(charge.balance), 13, right=True), "strong"),
    )


def _holding(item: MarkedHolding, width: int) -> Row:
    one = item.holding
    name = (width - 51) // 2
    return (
        (f" [{'x' if item.marked else ' '}] ", "strong"),
        (fit(one.label, 13) + " ", "dim"),
        (fit(one.number, 14) + " ", "strong"),
        (fit(one.name, name) + " ", ""),
        (fit(one.address, width - 49 - name) + " ", "dim"),
        (fit(owed_words(one.owed), 13, right=True), "strong"),
    )


def _receipt(item: ReceiptSeen, width: int) -> Row:
    return (
        (f" {us_date(item.dated)} ", "dim"),
        (fit(item.receipt_no, 12) + " ", "strong"),
        (fit(item.payor, width - 56) + " ", ""),
        (fit(item.state, 16) + " ", "warn"),
        (fit(format_cents(item.cents), 13, right=True), "strong"),
    )


def numbers_to_add(seen: Glance, marked: Sequence[str]) -> list[str]:
    """What one key adds to the cart: what is marked, else every account of the party that owes something."""
    return [one.number for one in seen.holdings if (one.number in marked if marked else one.owed > 0)]
