"""Exercises of the training city: what a task names, what it wants done, and how what was done is scored.

What was done is read from the journal's records alone; keys and time are counted beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from countertui.domain.money import Cents
from countertui.domain.records import Kind
from countertui.domain.rights import Act
from countertui.domain.words import number_of

Body = Mapping[str, Any]
FOR_THE_RECORDS, FOR_KEYS, FOR_TIME = 60, 20, 20
"""Of 100 points."""
A_KEY_TOO_MANY = 4
_UNDOING = frozenset({Kind.VOID.value, Kind.REFUND.value})


@dataclass(frozen=True, slots=True)
class Bill:
    """What a task has paid: an account's number or a fee's code, whose or what it is, and cents."""

    key: str
    name: str
    cents: Cents


@dataclass(frozen=True, slots=True)
class Given:
    """What a task names, as the city stood when it was begun.

    number tells one try from the next: check numbers follow from it. lead is a second person's id and PIN; cash the
    cents that the trainee's drawer should hold, others the pieces and cents of each other tender in it; paper the
    number of the next form of the office's book of paper receipts; came_back a check that was taken here: its
    receipt's number, its own, and cents.
    """

    number: int
    lead: tuple[str, str]
    bills: tuple[Bill, ...] = ()
    cash: Cents = Cents(0)
    others: tuple[tuple[str, int, int], ...] = ()
    paper: str = ""
    came_back: Bill | None = None

    @property
    def check(self) -> str:
        """A check's number."""
        return str(1000 + self.number)


@dataclass(frozen=True, slots=True)
class Done:
    """What the terminal recorded since a try began: the records' bodies, oldest first."""

    records: tuple[Body, ...]

    def of(self, *kinds: Kind) -> list[Body]:
        """The records of these kinds."""
        return [body for body in self.records if body["kind"] in kinds]

    @property
    def standing(self) -> list[Body]:
        """The payments that nobody took back."""
        undone = {body["data"]["original"]["seq"] for body in self.records if body["kind"] in _UNDOING}
        return [body for body in self.of(Kind.PAY) if body["seq"] not in undone]


Want = Callable[[Done], str]
"""Says in words what is wrong or lacking; nothing where it is as wanted."""


class Drawer(StrEnum):
    """What a try needs of the trainee's drawer before it begins."""

    OPEN = "open"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise. keys and seconds are what a good cashier needs; bills is how many accounts its task names.

    fee: what is typed of a fee that the task names too, behind the accounts. act: what the trainee must be allowed to
    do. names_a_check: whether the task is about a check that was taken before.
    """

    code: str
    title: str
    keys: int
    seconds: int
    task: Callable[[Given], str]
    wants: Callable[[Given], tuple[Want, ...]]
    bills: int = 0
    fee: str = ""
    drawer: Drawer = Drawer.OPEN
    act: Act = Act.TAKE_MONEY
    names_a_check: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a try stands: points of 100, whether all is done as wanted, and what was wrong, in words."""

    points: int
    is_met: bool
    wrong: tuple[str, ...]


def judged(exercise: Exercise, given: Given, done: Done, keys: int, ms: int) -> Verdict:
    """Score what was done: keys and time count for something only where everything is as wanted.

    keys leaves out what is typed as data, as the key budgets do; ms are milliseconds since the try began.
    """
    said = [want(done) for want in exercise.wants(given)]
    wrong = tuple(words for words in said if words)
    if wrong:
        return Verdict(FOR_THE_RECORDS * (len(said) - len(wrong)) // len(said), False, wrong)
    over, late = max(0, keys - exercise.keys), max(0, ms - exercise.seconds * 1000)
    of_keys = max(0, FOR_KEYS - A_KEY_TOO_MANY * over)
    of_time = max(0, FOR_TIME - FOR_TIME * late // (exercise.seconds * 1000))
    slow = (f"It took {number_of(ms // 1000, 'second')}; {exercise.seconds} are enough.",) if late else ()
    many = (f"It took {number_of(keys, 'key')}; {exercise.keys} are enough.",) if over else ()
    return Verdict(FOR_THE_RECORDS + of_keys + of_time, True, many + slow)
