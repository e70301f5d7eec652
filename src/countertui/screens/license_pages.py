"""The pages of a license application and the fields on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from countertui.counter.license_application import Advice
from countertui.domain.license_application import (
    BUSINESS,
    EIN,
    HOME,
    KIND,
    LIKE,
    MAILING,
    MOST_CONTACTS,
    MOST_OWNERS,
    NAICS,
    PREMISES,
    STARTS,
    TRADE,
    answer_field,
    contact_field,
    document_field,
    owner_field,
)
from countertui.domain.license_schedule import Answer, LicenseClass, Question
from countertui.widgets.lines import fit
from countertui.widgets.noted_field import NotedField, NumberField
from countertui.widgets.text_line import TextLine

ASKED_AT_ONCE = 13
"""Questions on one page; a city that asks more has more pages."""
_LONGEST_LABEL = 58
_NUMBER = 11
"""Letters of an EIN or a Social Security number with its dashes."""
_HINTS = {Answer.YES_NO: "y or n", Answer.MONEY: "like 50,000", Answer.COUNT: "like 2.5"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the city's, or a document to be brought, as a field."""

    of: str
    label: str
    hint: str


def asked_of(questions: Sequence[Question], license_class: LicenseClass | None) -> list[Asked]:
    """The questions of a class, then its documents."""
    documents = () if license_class is None else license_class.documents
    return [
        *(Asked(answer_field(each.code), each.words, _HINTS[each.answer]) for each in questions),
        *(Asked(document_field(each), f"Brought: {each}", "y or n") for each in documents),
    ]


class BusinessPage(Vertical):
    """What the business is, and where."""

    WORDS = "Business"

    def __init__(self) -> None:
        super().__init__(id="license-business")
        self.chosen = TextLine(dom_id="license-class")
        self.fields: list[list[NotedField]] = [
            [_field(LIKE, "As license   ", hint="a license's number: filled in from it")],
            [_field(KIND, "What is it?  ", hint="in plain words, like taco truck")],
            [_field(BUSINESS, "Business     ", hint="the legal name")],
            [_field(TRADE, "Trade name   ", hint="if it goes by another")],
            [NumberField(EIN, "EIN          ", dom_id="license-ein", most=_NUMBER, hint="like 12-3456789")],
            [_field(PREMISES, "Premises     ", hint="street, city, state and ZIP code")],
            [_field(MAILING, "Mail goes to ", hint="the premises, if nothing else")],
            [_field(HOME, "From a home? ", most=3, hint="y or n")],
            [_field(STARTS, "Starts on    ", most=10, hint="like 12/01/2026, or today")],
            [_field(NAICS, "NAICS codes  ", most=60, hint="or words: the list below has codes")],
        ]

    def compose(self) -> ComposeResult:
        for (field,) in self.fields:
            yield field
            if field.of == KIND:
                yield self.chosen


class PeoplePage(Vertical):
    """Whose it is, and who is called about it."""

    WORDS = "Owners"

    def __init__(self) -> None:
        super().__init__(id="license-people")
        self.fields: list[list[NotedField]] = [
            *(
                [
                    _field(owner_field(n, "name"), f"{n}", said_elsewhere=True),
                    _field(owner_field(n, "role"), "", said_elsewhere=True, most=40),
                    NumberField(
                        owner_field(n, "ssn"), "", dom_id=f"license-owner-{n}-ssn", most=_NUMBER, said_elsewhere=True
                    ),
                ]
                for n in range(1, MOST_OWNERS + 1)
            ),
            *(
                [
                    _field(contact_field(n, "name"), f"{n}", said_elsewhere=True),
                    _field(contact_field(n, "phone"), "", said_elsewhere=True, most=24),
                    _field(contact_field(n, "email"), "", said_elsewhere=True, most=80),
                ]
                for n in range(1, MOST_CONTACTS + 1)
            ),
        ]

    def compose(self) -> ComposeResult:
        yield TextLine(_heads("Owners", "What they are, like partner", "Soc. Sec. no."), dom_id="license-owners-head")
        for row in self.fields[:MOST_OWNERS]:
            yield Horizontal(*row, classes="people")
        yield TextLine(_heads("Whom to call or write to", "Telephone", "E-mail"), dom_id="license-contacts-head")
        for row in self.fields[MOST_OWNERS:]:
            yield Horizontal(*row, classes="people")


class QuestionsPage(Vertical):
    """What the city asks of the class, so many at a time; each field is one question until others are shown."""

    WORDS = "Questions"

    def __init__(self) -> None:
        super().__init__(id="license-questions")
        self._pool = [
            [_field("", "", dom_id=f"license-question-{n}", most=24, said_elsewhere=True)] for n in range(ASKED_AT_ONCE)
        ]
        self._none = TextLine(((" First say what the business is: page 1 (PgUp).", "dim"),), names_keys=True)
        self.fields: list[list[NotedField]] = []

    def compose(self) -> ComposeResult:
        yield self._none
        for (field,) in self._pool:
            yield field

    def ask(self, asked: Sequence[Asked], texts: Mapping[str, str]) -> None:
        """Show these questions with what was answered."""
        self._none.display = not asked
        self.fields = self._pool[: len(asked)]
        room = min(_LONGEST_LABEL, max((len(each.label) for each in asked), default=0))
        for (field,), each in zip(self.fields, asked, strict=True):
            if field.of != each.of:
                field.of, field.hint, field.noted = each.of, each.hint, ""
                field.label, field.display = fit(each.label, room), True
                field.set(texts.get(each.of, ""))
        for (field,) in self._pool[len(asked) :]:
            field.of, field.display = "", False


FormPage = BusinessPage | PeoplePage | QuestionsPage


class LicensePages:
    """The pages one after the other, of which one is shown; after the last of them comes the fee, without fields."""

    def __init__(self) -> None:
        self.business, self._people, self._questions = BusinessPage(), PeoplePage(), QuestionsPage()
        self.all: tuple[FormPage, ...] = (self.business, self._people, self._questions)
        self._page = 0
        self._asked: list[Asked] = []
        self._asked_from = 0

    @property
    def at_fee(self) -> bool:
        """Whether the fee is looked at."""
        return self._page == len(self.all)

    @property
    def beside(self) -> bool:
        """Whether the fields of this page have room for what is wrong with them."""
        return self._page == 0

    @property
    def rows(self) -> list[list[NotedField]]:
        """The fields of this page, row by row."""
        return [] if self.at_fee else self.all[self._page].fields

    @property
    def noted(self) -> set[str]:
        """The fields of this page that something is wrong with."""
        return {field.of for row in self.rows for field in row if field.noted}

    def begin(self, texts: Mapping[str, str]) -> NotedField | None:
        """Show the first page of an application with these texts; gives the field to begin in."""
        self._page, self._asked, self._asked_from = 0, [], 0
        self._questions.ask((), texts)
        for field in fields_of(self.all):
            field.set(texts.get(field.of, ""))
            field.note("")
        return self.turn(0, texts)

    def turn(self, by: int, texts: Mapping[str, str], *, last: bool = False) -> NotedField | None:
        """Show the next page, or the one before; gives the field to type in, the last one of the page if asked so."""
        further = self._asked_from + by * ASKED_AT_ONCE
        if self._page == self.all.index(self._questions) and by and 0 <= further < len(self._asked):
            self._asked_from = further
        else:
            self._page = min(len(self.all), max(0, self._page + by))
        for n, page in enumerate(self.all):
            page.display = n == self._page
        self._show_asked(texts)
        ring = [field for row in self.rows for field in row]
        if not ring:
            return None
        return ring[-1] if last else ring[1 if self._page == 0 else 0]

    def of(self, field: str) -> int:
        """The page that a field is on."""
        pages = (n for n, page in enumerate(self.all) if any(each.of == field for row in page.fields for each in row))
        return next(pages, self.all.index(self._questions))

    def go_to_fee(self, texts: Mapping[str, str]) -> None:
        """Show the fee."""
        self.turn(len(self.all) - self._page, texts)
        self._page = len(self.all)
        for page in self.all:
            page.display = False

    def go_to(self, field: str, texts: Mapping[str, str]) -> NotedField | None:
        """Show a field's page; gives the field."""
        first = self.turn(self.of(field) - self._page, texts)
        places = [n for n, each in enumerate(self._asked) if each.of == field]
        if places:
            self._asked_from = places[0] // ASKED_AT_ONCE * ASKED_AT_ONCE
            self._show_asked(texts)
        return next((each for row in self.rows for each in row if each.of == field), first)

    def ask(self, advice: Advice, texts: Mapping[str, str]) -> None:
        """Ask what the city asks of the class that it is now."""
        self._asked = asked_of(advice.asked, advice.application.license_class)
        if self._asked_from >= len(self._asked):
            self._asked_from = 0
        self._show_asked(texts)

    def note(self, advice: Advice | None, left: set[str], *, needed: bool = False) -> None:
        """Mark what is wrong, of fields that are still typed in only what is wrong already, and what must be known;
        needed: what lacks, too.
        """
        faults = {} if advice is None else advice.application.faults
        lacking = advice.application.missing if needed and advice is not None else ()
        for field in fields_of(self.all):
            fault = faults.get(field.of)
            wrong = fault.words if fault is not None and (fault.at_once or field.of in left) else ""
            notice = advice.application.notices.get(field.of, "") if advice is not None else ""
            field.note(wrong or ("needed" if field.of in lacking else notice))

    def names(self, advice: Advice) -> Iterator[tuple[str, str]]:
        """The pages' names with how each stands: ok, ! for something wrong, nothing while something lacks."""
        lacking, wrong = set(advice.application.missing), advice.application.faults.keys()
        for n, page in enumerate(self.all):
            on_page = {field.of for row in page.fields for field in row}
            if page is self._questions:
                on_page = {each.of for each in self._asked}
            mark = " !" if on_page & wrong else " ok" if on_page and not on_page & lacking else ""
            yield f"  {n + 1} {page.WORDS}{mark}", "strong" if n == self._page else ""
        yield f"  {len(self.all) + 1} Fee", "strong" if self.at_fee else ""

    def _show_asked(self, texts: Mapping[str, str]) -> None:
        self._questions.ask(self._asked[self._asked_from :][:ASKED_AT_ONCE], texts)


def fields_of(pages: Sequence[FormPage]) -> Iterator[NotedField]:
    """Every field that is in use."""
    for page in pages:
        for row in page.fields:
            yield from row


def _field(
    of: str, label: str, *, dom_id: str = "", most: int = 120, hint: str = "", said_elsewhere: bool = False
) -> NotedField:
    dom_id = dom_id or "license-" + of.replace("_", "-").replace(".", "-")
    return NotedField(of, label, dom_id=dom_id, most=most, hint=hint, said_elsewhere=said_elsewhere)


def _heads(first: str, second: str, third: str) -> tuple[tuple[str, str], ...]:
    return ((f"    {first:<30}", "dim"), (f"{second:<30}", "dim"), (third, "dim"))
