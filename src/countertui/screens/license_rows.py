"""What stands on a license's page and in its history, row by row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from countertui.counter.license_register import LicenseSeen
from countertui.domain.dates import us_date
from countertui.domain.license_acts import ANSWERS, DOCUMENTS, PASSED, REVIEWS, LicenseAct
from countertui.domain.license_facts import FactLine, answer_as_typed
from countertui.domain.license_file import License, LicenseTerm
from countertui.domain.license_states import State
from countertui.domain.money import format_cents
from countertui.domain.paper import wrapped
from countertui.widgets.lines import Row, fit

LABEL = 24
_TONES = {
    State.ISSUED: "good",
    State.EXPIRED: "bad",
    State.SUSPENDED: "bad",
    State.REVOKED: "bad",
    State.DENIED: "bad",
    State.CLOSED: "dim",
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INDENT, _SAID_WIDTH = 14, 64
"""Where what an act said begins, and how wide it is written: all of it fits 80 columns."""
LATEST = 3
"""So many of the last acts stand on the page itself."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A row between sections; the cursor passes it."""

    text: str


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A review and how it stands."""

    name: str
    result: str


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document that the class wants, and whether it was brought."""

    name: str
    brought: bool


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """Why an act was done, or what it said, below it; or a line of a paper."""

    text: str
    indent: int = _INDENT


Item = Heading | FactLine | ReviewLine | DocumentLine | LicenseTerm | LicenseAct | ReasonLine


def title_row(seen: LicenseSeen) -> Row:
    """Which license, whose, and how it stands."""
    license_ = seen.license
    state = license_.state.label
    room = 80 - len(license_.number) - len(state) - 6
    return (
        (f" {license_.number}  ", "strong"),
        (fit(seen.business, max(8, room)).rstrip(), "strong"),
        (f"  {state}", _TONES.get(license_.state, "warn")),
    )


def standing_row(seen: LicenseSeen) -> Row:
    """Since when, until when, and what keeps it from being in force."""
    license_ = seen.license
    said = []
    if license_.issued_on is not None:
        said.append(f"issued {us_date(license_.issued_on.isoformat())}")
    if license_.expires_on is not None:
        said.append(f"paid until {us_date(license_.expires_on.isoformat())}")
    row: list[tuple[str, str]] = [(f" {', '.join(said)}" if said else " never issued", "")]
    if license_.unpaid:
        row.append((f"   unpaid {format_cents(license_.unpaid)}", "warn"))
    if license_.reviews:
        row.append((f"   not passed: {', '.join(license_.reviews)}", "warn"))
    return tuple(row)


def items(seen: LicenseSeen) -> list[Item]:
    """The rows of the page, section by section; what there is none of is left out."""
    license_ = seen.license
    rows: list[Item] = []
    if reviews := license_.says.get(REVIEWS):
        rows += [Heading("Reviews"), *(ReviewLine(name, result) for name, result in reviews.items())]
    if documents := license_.says.get(DOCUMENTS):
        rows += [Heading("Documents"), *(DocumentLine(name, brought) for name, brought in documents.items())]
    if license_.terms:
        rows += [Heading("Terms"), *reversed(license_.terms)]
    rows += [Heading("Stated"), *seen.facts]
    return [*rows, Heading("Last done   H: all of it"), *reversed(license_.acts[-LATEST:])]


def history_items(license_: License, find: str = "") -> list[Item]:
    """What was done, newest first, each with its reason; of what was looked for, those that hold it."""
    plain = find.casefold()
    rows: list[Item] = []
    for act in reversed(license_.acts):
        lines = said_lines(act)
        if plain in " ".join((us_date(act.dated), act.operator, act.step.value, act.terminal, *lines)).casefold():
            rows += [act, *(ReasonLine(row) for line in lines for row in wrapped(line, _SAID_WIDTH))]
    return rows


def said_lines(act: LicenseAct) -> list[str]:
    """What an act said, in words: its reason, and each field that it set."""
    lines = [f"why: {act.reason}"] if act.reason else []
    for name, value in act.says.items():
        told = {code: answer_as_typed(answer) for code, answer in value.items()} if name == ANSWERS else value
        lines.append(f"{name.replace('_', ' ')}: {_in_words(told)}")
    lines += [f"{name}: kept encrypted" for name in act.personal]
    if act.term is not None:
        cents = sum(charge["cents"] for charge in act.term["charges"])
        begins, ends = us_date(act.term["begins"]), us_date(act.term["ends"])
        lines.append(f"term: {begins} to {ends}, {format_cents(cents)}")
    return lines


def draw_item(item: Item, width: int) -> Row:
    """One row."""
    match item:
        case Heading(text=text):
            return ((fit(f" {text}", width), "dim"),)
        case FactLine():
            label = max(LABEL, min(len(item.label) + 4, width - len(item.shown) - 1))
            look = "strong" if item.text else "dim"
            return ((fit(f"  {item.label}", label - 1) + " ", ""), (fit(item.shown, width - label), look))
        case ReviewLine(name=name, result=result):
            return ((fit(f"  {name}", LABEL), ""), (fit(result, width - LABEL), "good" if result == PASSED else "warn"))
        case DocumentLine(name=name, brought=brought):
            return (
                (fit(f"  {name}", LABEL), ""),
                ("brought" if brought else "not brought", "good" if brought else "warn"),
            )
        case LicenseTerm():
            unpaid = f"unpaid {format_cents(item.unpaid)}" if item.unpaid else "paid"
            days = f"{us_date(item.begins.isoformat())} to {us_date(item.ends.isoformat())}"
            due = f"due {us_date(item.due.isoformat())}"
            return (
                (fit(f"  {days}", 28), ""),
                (fit(due, 18), "dim"),
                (fit(format_cents(item.cents), 12, right=True), "strong"),
                (f"  {unpaid}", "warn" if item.unpaid else "good"),
            )
        case LicenseAct():
            refused = "" if item.carried_out else "   NOT CARRIED OUT"
            who = item.operator or "the list"
            where = f" at {item.terminal}" if item.terminal else ""
            return (
                (fit(f"  {us_date(item.dated) if item.dated else ''}", 14), "dim"),
                (fit(item.step.value, 12), "strong"),
                (fit(f"{who}{where}", width - 26 - len(refused)), ""),
                (refused, "bad"),
            )
        case ReasonLine(text=text, indent=indent):
            return ((fit(" " * indent + text, width), "dim" if indent > 2 else ""),)


def row_about(item: Item | None) -> str:
    """What a row is about, for the act that begins at it: a review's or a document's name, a line's field."""
    match item:
        case ReviewLine(name=name) | DocumentLine(name=name):
            return name
        case FactLine(field=field):
            return field
        case _:
            return ""


def keys_rows(keys: Sequence[tuple[str, str]], width: int, rows: int = 2) -> list[Row]:
    """Letters and what they do, in as many rows as there are."""
    lines: list[list[tuple[str, str]]] = [[]]
    used = 0
    for letter, label in keys:
        wide = len(label) + 4
        if used + wide > width and len(lines) < rows:
            lines.append([])
            used = 0
        lines[-1] += [(f" {letter.upper()}", "key"), (f" {label} ", "")]
        used += wide
    return [tuple(line) for line in lines]


def _in_words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_in_words(one)}" for name, one in value.items() if one != "")
    if isinstance(value, list | tuple):
        return "; ".join(map(_in_words, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "taken out"
    text = str(value)
    return us_date(text) if _DAY.fullmatch(text) else text
