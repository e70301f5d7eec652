"""What is done with licenses at a counter, as chance has it: for made-up days and lives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from counter_station import pay_on
from countertui.counter.find import open_account
from countertui.counter.license_deeds import Deed, assess, do
from countertui.counter.licenses import file_license, license_here
from countertui.counter.station import Person, Session, Station
from countertui.domain.license_acts import PASSED, PREMISES
from countertui.domain.license_file import License, wrote
from countertui.domain.license_states import State, Step
from countertui.store import license_rows

ANSWERS = {
    "employees": 2_00,
    "gross_receipts": 50_000_00,
    "inside_city": True,
    "nonprofit": False,
    "operated_unlicensed": False,
    "home_occupation": False,
}
SAYS: dict[str, Any] = {"owners": [{"name": "Ana Ruiz", "role": "owner"}], "at_home": False, "answers": ANSWERS}


@dataclass(frozen=True, slots=True)
class AtLicenses:
    """A station, its people by id (ben, lena and hugo), chance, and a name that no other's businesses have."""

    station: Station
    people: Mapping[str, Person]
    random: Random
    name: str

    def act(self, session: Session | None) -> None:
        """A new application, or some of what may come next of one that was begun here. Raises Refused."""
        numbers = license_rows.changed_after(self.station.db, 0)
        if not numbers or (len(numbers) < 4 and self.random.random() < 0.2):
            self.file(session)
            return
        number = self.random.choice(numbers)
        for _ in range(self.random.randint(1, 5)):
            license_ = license_here(self.station, self.station.db, number)
            if license_ is not None:
                self._next(license_, session)

    def file(self, session: Session | None) -> License:
        number = self.random.randint(100, 999)
        class_, reviews = self.random.choice((("LANDSCAPER", {}), ("GENERAL", {"zoning": "open"})))
        said = {"business": f"{self.name} {number}", PREMISES: f"{number} Main St", "license_class": class_}
        starts = {"starts": "2026-11-02", "reviews": reviews}
        return file_license(self.station, self.people["ben"], session, {**SAYS, **said, **starts})

    def _next(self, license_: License, session: Session | None) -> None:
        match license_.state:
            case State.SUBMITTED | State.IN_REVIEW if license_.reviews:
                self._do(license_, Deed(Step.REVIEW, license_.reviews[0], PASSED))
            case State.SUBMITTED | State.IN_REVIEW:
                step = Step.APPROVE if self.random.random() < 0.85 else Step.DENY
                self._do(license_, Deed(step, reason="as it is"))
            case State.APPROVED if not license_.terms:
                assess(self.station, self.people["ben"], session, license_)
            case State.FEES_DUE if license_.unpaid:
                self._pay(license_, session)
            case State.APPROVED | State.FEES_DUE:
                self._do(license_, Deed(Step.ISSUE))
            case State.ISSUED if self.random.random() < 0.8:
                self.random.choice(self._with_one_in_force(session))(license_)
            case State.ISSUED:
                self._do(license_, Deed(self.random.choice((Step.SUSPEND, Step.CLOSE)), reason="so it is"))
            case State.SUSPENDED if license_.unpaid:
                self._pay(license_, session)
            case State.SUSPENDED:
                self._do(license_, Deed(Step.REINSTATE, reason="settled"))
            case _:
                pass

    def _with_one_in_force(self, session: Session | None) -> tuple[Callable[[License], None], ...]:
        street = f"{self.random.randint(100, 999)} Oak Hill Rd"
        return (
            lambda one: self._do(one, Deed(Step.TRANSFER, text=f"Bo {self.random.randint(1, 99)}", reason="sold")),
            lambda one: self._do(one, Deed(Step.MOVE, text=street, reason="moved")),
            lambda one: self._do(one, Deed(Step.REPLACE, reason="lost")),
            lambda one: self._pay(one, session) if any(term.unpaid for term in one.terms) else self._renew(one),
        )

    def _renew(self, license_: License) -> None:
        assess(self.station, self.people["ben"], None, license_)

    def _pay(self, license_: License, session: Session | None) -> None:
        """All of it, or a part."""
        owed = open_account(self.station, license_.number).amount
        if session is not None and owed:
            part = owed if self.random.random() < 0.8 else self.random.randint(1, owed)
            pay_on(self.station, session, license_.number, part)

    def _do(self, license_: License, deed: Deed) -> None:
        lead = "hugo" if wrote(license_, deed.step, "lena") else "lena"
        do(self.station, self.people["ben" if deed.step in _AT_THE_WINDOW else lead], None, license_, deed)


_AT_THE_WINDOW = frozenset({Step.ISSUE, Step.REPLACE})
