"""What stands on an account's page: its head, and one row for each charge, account of its party, receipt and note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from countertui.counter.account_glance import AgedCharge, Glance, Holding, NoteSeen, ReceiptSeen
from countertui.domain.account_flags import FlagSaid
from countertui.domain.dates import us_date, us_moment
from countertui.domain.money import Cents, format_cents
from countertui.widgets.lines import Row, fit

NARROW = 80
NOTE_WIDTH = NARROW - 14


@dataclass(frozen=True, slots=True)
class Heading:
    """A row between sections; the cursor passes it."""

    text: str


@dataclass(frozen=True, slots=True)
class MarkedHolding:
    """An account of the party, and whether it is marked for the cart."""

    holding: Holding
    marked: bool


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A row of a note; dated: empty for all but its first."""

    dated: str
    text: str


Item = Heading | AgedCharge | MarkedHolding | ReceiptSeen | NoteRow


def items(seen: Glance, marked: frozenset[str]) -> list[Item]:
    """The rows below the head, section by section; empty sections are left out but for the charges."""
    rows: list[Item] = [Heading("Open charges" if seen.charges else "Nothing is owed")]
    rows += seen.charges
    if len(seen.holdings) > 1:
        party = "The same name" if seen.party == seen.name else f"The same party, {seen.party},"
        more = ", and more" if seen.more else ""
        rows.append(Heading(f"{party} owes {format_cents(seen.owed_elsewhere)} elsewhere{more}   Space marks"))
        rows += [MarkedHolding(one, one.number in marked) for one in seen.holdings]
    if seen.of_owner:
        rows.append(Heading(f"The same owner, as was stated, owes {format_cents(seen.owed_by_owner)}   Space marks"))
        rows += [MarkedHolding(one, one.number in marked) for one in seen.of_owner]
    if seen.notes:
        rows.append(Heading("Notes"))
        rows += [row for note in seen.notes for row in _note_rows(note)]
    if seen.receipts:
        rows.append(Heading("Receipts"))
        rows += seen.receipts
    return rows


def _note_rows(note: NoteSeen) -> list[NoteRow]:
    first, *more = wrap(f"{note.author}: {note.note}", NOTE_WIDTH) or [""]
    return [NoteRow(note.dated, first), *(NoteRow("", line) for line in more)]


def title_row(seen: Glance) -> Row:
    """Whose account it is, of what kind, and how it stands."""
    kind = f"{seen.label}, {seen.status}" if seen.status else seen.label
    return ((f" {seen.number}  ", "strong"), (_within(seen.name, seen.number, kind), "strong"), (f"  {kind}", ""))


def where_row(seen: Glance) -> Row:
    """Address, telephone, and of when all of it is."""
    dated = f"data of {us_moment(seen.as_of)}"
    return ((f" {_within(seen.address, seen.phone, dated)}  {seen.phone}  ", ""), (dated, "dim"))


def flag_rows(seen: Glance) -> list[Row]:
    """Its flags in words, ! before what must be minded; a note that is too long for the row stands below.

    What need not be minded stands in one row.
    """
    rows: list[Row] = []
    for flag in (flag for flag in seen.flags if flag.is_warning):
        text = f" ! {flag.words}"
        fits = len(text) + len(flag.note) + 3 <= NARROW
        rows.append(((text, "warn"), (f" ({flag.note})" if flag.note and fits else "", "")))
        if flag.note and not fits:
            rows.append(((f"   {flag.note}", ""),))
    plain = " · ".join(_with_note(flag) for flag in seen.flags if not flag.is_warning)
    return [*rows, *(((f"   {line}", ""),) for line in wrap(plain, NARROW - 4))]


def _with_note(flag: FlagSaid) -> str:
    return f"{flag.words} ({flag.note})" if flag.note else flag.words


def _within(text: str, *beside: str) -> str:
    """A text cut so that a narrow screen shows what stands beside it."""
    room = NARROW - 6 - sum(map(len, beside))
    return fit(text, room) if len(text) > room else text


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
    day = us_date(item.dated) if item.dated else ""
    return ((fit(f" {day}", 12), "dim"), (fit(item.text, width - 12), ""))


def owed_words(cents: Cents) -> str:
    """What is owed; a credit as such."""
    return format_cents(cents) if cents >= 0 else f"{format_cents(-cents)} CR"


def _charge(item: AgedCharge, width: int) -> Row:
    charge, late = item.charge, item.days
    age = f"{late} days" if late >= 0 else "not due"
    return (
        (f" {us_date(charge.due.isoformat())} ", "dim"),
        (fit("" if charge.balance < 0 else age, 10, right=True) + "  ", "warn" if late > 30 else "dim"),
        (fit(charge.description, width - 38) + " ", ""),
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
    """What one key adds to the cart: what is marked, else every account of the party and owner that owes something."""
    everything = (*seen.holdings, *seen.of_owner)
    return [one.number for one in everything if (one.number in marked if marked else one.owed > 0)]
