"""A desk with the demo city's license classes and one license, for the screens of applications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from countertui.config.licenses import licenses_on
from countertui.counter.classify import Classifications
from countertui.counter.find import APPLICATION, APPLY, Found
from countertui.counter.license_application import Advice, advice_of
from countertui.counter.license_drafts import ApplicationGone, SavedApplication, TakenUp
from countertui.counter.license_filing import ApplicationIncomplete
from countertui.counter.license_previous import NoSuchLicense
from countertui.counter.licenses_alike import Alike
from countertui.counter.station import Person, Session
from countertui.domain.classification import Entry, classification
from countertui.domain.license_application import BUSINESS, CLASS, MAILING, PREMISES, SECRET
from countertui.domain.license_file import License
from countertui.domain.license_schedule import LicenseSchedule
from countertui.domain.license_states import State
from countertui.domain.receipts import AccountLine
from screens.fake_desk import FakeDesk, charge

TODAY = date(2026, 11, 23)
FEE = charge("f1", "license", date(2026, 12, 1), 55_00)
BAKERY = Alike("L-2041", "Bramble Bakery", "12 Market Sq", "BAKERY", "issued", "a like name")


@cache
def schedule() -> LicenseSchedule:
    return licenses_on((files("countertui.demo") / "licenses.toml").read_text(encoding="utf-8"), TODAY)


@cache
def known() -> Classifications:
    classes = classification(Entry(each.code, each.name, each.synonyms) for each in schedule().classes)
    codes = (("722330", "Mobile Food Services", "taco truck"), ("722320", "Caterers", "catering"))
    industries = classification(Entry(code, title, (phrase,)) for code, title, phrase in codes)
    return Classifications(classes, industries, {each.code: each.naics for each in schedule().classes})


@dataclass
class LicenseDesk(FakeDesk):
    """Applications by id with their texts; license L-2041."""

    forms: dict[str, dict[str, str]] = field(default_factory=dict)
    of: dict[str, str] = field(default_factory=dict)
    papers: list[dict[str, str]] = field(default_factory=list)
    made: int = 0
    approved: list[tuple[str, str]] = field(default_factory=list)

    def _listed(self, _listing: Any, _session: Session | None) -> list[Any]:
        """Nothing waits in the register."""
        return []

    def _find(self, text: str) -> list[Found]:
        return [APPLICATION] if text == APPLY else super()._find(text)

    def _advise(self, texts: Mapping[str, str], _session: Session | None) -> Advice:
        advice = advice_of(schedule(), known(), texts, TODAY)
        alike = (BAKERY,) if texts.get(BUSINESS, "").casefold().startswith("bramble") else ()
        return replace(advice, alike=alike)

    def _new_application(self) -> str:
        self.made += 1
        return f"application {self.made}"

    def _keep_application(self, person: Person, id_: str, texts: Mapping[str, str]) -> None:
        stated = {name: text for name, text in texts.items() if text}
        self.forms.pop(id_, None)
        if stated:
            self.forms[id_], self.of[id_] = stated, person.id

    def _applications(self) -> list[SavedApplication]:
        return [
            SavedApplication(
                id_,
                texts.get(BUSINESS, ""),
                texts.get(CLASS, ""),
                self.of[id_],
                "2026-11-23 09:41",
                "2026-12-23",
                expired=id_ in self.expired,
            )
            for id_, texts in reversed(self.forms.items())
        ]

    def _take_application(self, person: Person, id_: str) -> TakenUp:
        if id_ not in self.forms:
            raise ApplicationGone(
                "That application was filed or dropped.", press="Choose another, or F4 for a new one."
            )
        self.of[id_] = person.id
        return TakenUp(dict(self.forms[id_]))

    def _drop_application(self, id_: str) -> None:
        self.forms.pop(id_, None)

    def _texts_of_license(self, number: str) -> dict[str, str]:
        if number.strip().upper() != BAKERY.number:
            raise NoSuchLicense(f"There is no license {number}.", "Nothing was filled in.", "Type its number again.")
        return {CLASS: "BAKERY", BUSINESS: BAKERY.name, PREMISES: BAKERY.address, MAILING: "PO Box 12"}

    def _file_application(
        self, _person: Person, _session: Session | None, id_: str, texts: Mapping[str, str]
    ) -> License:
        application = self._advise(texts, None).application
        for of in (*application.faults, *application.missing):
            raise ApplicationIncomplete(of, "something is needed that is not stated")
        self.forms.pop(id_)
        return License("T1-L1", "v1", State.SUBMITTED, application.says)

    def _approve_and_assess(
        self, person: Person, approver: Person, _session: Session | None, filed: License
    ) -> License:
        self.approved.append((person.id, approver.id))
        return replace(filed, state=State.FEES_DUE, unpaid=FEE.balance)

    def _open_account(self, number: str, *rest: Any) -> AccountLine:
        if number == "T1-L1":
            return AccountLine(number, "license", "Rosas Gardens", (FEE,), FEE.balance, "100-4210")
        return super()._open_account(number, *rest)

    def _print_application(self, _person: Person, texts: Mapping[str, str], *_: Any) -> None:
        self.papers.append({name: text for name, text in texts.items() if name not in SECRET})
