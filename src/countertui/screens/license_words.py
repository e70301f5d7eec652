"""What the application for a license says: classes, licenses alike, the fee as it would be, what is still needed."""

from __future__ import annotations

from collections.abc import Iterator

from countertui.counter.license_application import Advice
from countertui.documents.determination import determination_lines
from countertui.domain.dates import us_date
from countertui.domain.license_acts import REVIEWS
from countertui.domain.license_application import (
    BUSINESS,
    EIN,
    HOME,
    KIND,
    LIKE,
    MAILING,
    NAICS,
    PREMISES,
    STARTS,
    Fault,
)
from countertui.domain.money import format_cents
from countertui.domain.paper import wrapped
from countertui.widgets.lines import Row, shortened

_NAMES = {
    LIKE: "as license",
    KIND: "what it is",
    BUSINESS: "business",
    EIN: "EIN",
    PREMISES: "premises",
    MAILING: "mail",
    HOME: "from a home",
    STARTS: "start",
    NAICS: "NAICS codes",
}
_OF_PEOPLE = {"owner": "owner", "contact": "contact"}
_LONGEST_NAME = 34
_ON_ONE_LINE = 55
"""Letters of reviews and documents that fit one line of 80 columns."""
_PARTS = {"name": "name", "role": "role", "ssn": "Social Security number", "phone": "telephone", "email": "e-mail"}


def field_name(of: str, advice: Advice | None) -> str:
    """A field in words, for a message."""
    kind, _, rest = of.partition(".")
    if kind in _OF_PEOPLE:
        n, _, part = rest.partition(".")
        return f"{_OF_PEOPLE[kind]} {n}, {_PARTS[part]}"
    if kind == "answer":
        asked = {each.code: each.words for each in advice.asked} if advice is not None else {}
        return asked.get(rest, rest)
    return _NAMES.get(of, rest or of)


def class_row(advice: Advice) -> Row:
    """The class that was taken, with what of it matters at once."""
    taken = advice.application.license_class
    if not advice.has_classes:
        return (("                This city has no license classes in its snapshot.", "warn"),)
    if taken is None:
        if advice.classes:
            return (("                no class yet: Enter takes one of those below", "dim"),)
        typed = advice.texts.get(KIND, "").strip()
        words = "no class goes by these words: say it in others" if typed else "no class yet: say above what it is"
        return ((f"                {words}", "warn" if typed else "dim"),)
    home = "" if taken.at_home else "  not at a home"
    return (("                ", ""), (f"{taken.code}  {taken.name}", "strong"), (home, "warn"))


def fee_rows(advice: Advice) -> tuple[Row, Row]:
    """What it would cost, and what must be passed and brought."""
    fee, taken = advice.fee, advice.application.license_class
    if fee is None:
        first: Row = ((" FEE  ", ""), ("known once class and start are", "dim"))
    else:
        term = f"{us_date(fee.term.begins.isoformat())} to {us_date(fee.term.ends.isoformat())}"
        so_far = "" if fee.whole else " as far as answered"
        first = (
            (" FEE  ", ""),
            (format_cents(fee.determination.total), "strong"),
            (f"{so_far}, for {term}, due {us_date(fee.due.isoformat())}", ""),
        )
    if taken is None:
        return first, ()
    reviews = ", ".join(advice.application.says.get(REVIEWS, ())) or "none"
    documents = ", ".join(taken.documents) or "nothing"
    if len(reviews) + len(documents) > _ON_ONE_LINE:
        documents = f"{len(taken.documents)} documents: page 3"
    return first, ((" REVIEWS  ", ""), (reviews, "strong"), ("   TO BRING  ", ""), (documents, "strong"))


def wrong_lines(advice: Advice, fields: set[str]) -> list[str]:
    """What is wrong in some fields."""
    faults = advice.application.faults
    return [f"! {wrong_words(of, fault, advice)}" for of, fault in faults.items() if of in fields]


def wrong_words(of: str, fault: Fault, advice: Advice) -> str:
    """What is wrong, then where: the name of a question may be long."""
    return f"{sentence(fault.words)} ({shortened(field_name(of, advice), _LONGEST_NAME)})"


def sentence(words: str) -> str:
    """Words as a sentence begins."""
    return words[:1].upper() + words[1:]


def fee_title(advice: Advice) -> str:
    """What stands above the fee's lines."""
    fee = advice.fee
    if fee is None:
        return "The fee is known once class and start are"
    so_far = "" if fee.whole else " as far as answered"
    return f"Fee as it would be{so_far}: {format_cents(fee.determination.total)}"


def whole_lines(advice: Advice) -> Iterator[str]:
    """What is still needed, then the fee line by line."""
    yield from wrong_lines(advice, set(advice.application.faults))
    missing = [shortened(field_name(of, advice), _LONGEST_NAME) for of in advice.application.missing]
    if missing:
        yield from wrapped(f"Still needed: {'; '.join(missing)}", 74)
    if advice.same_owner:
        yield f"The owner has license {advice.same_owner} too: both are found at one glance, Ctrl+A"
    if advice.alike:
        yield from (f"Alike: {one.number} {one.name}, {one.why}" for one in advice.alike[:2])
    if advice.fee is not None:
        yield ""
        yield from determination_lines(advice.fee.determination, 74)
