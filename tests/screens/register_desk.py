"""A desk with three licenses, for the screens of the register."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from countertui.config.licenses import holding, licenses_on
from countertui.counter.license_register import LicenseSeen, Listing, Registered
from countertui.counter.licenses import LicenseRefused
from countertui.counter.station import Session
from countertui.demo.city import LICENSES
from countertui.documents.determination import determination_lines
from countertui.domain.dates import us_date
from countertui.domain.license_acts import LicenseAct
from countertui.domain.license_application import class_of
from countertui.domain.license_assessment import assessment
from countertui.domain.license_facts import fact_lines
from countertui.domain.license_file import License, fold
from countertui.domain.license_states import State, Step
from countertui.domain.license_term_charges import charge_id, term_data
from screens.fake_desk import FakeDesk

DAY = date(2026, 11, 23)
SCHEDULE = licenses_on(LICENSES.read_text(encoding="utf-8"), DAY)
WINE: dict[str, Any] = {
    "business": "Bramble Wine & Cheese LLC",
    "trade_name": "Bramble Wine",
    "owners": [{"name": "Ida Bramble", "role": "member"}],
    "premises": "12 Market Sq, Alder Falls WA 98200",
    "mailing": "PO Box 7, Alder Falls WA 98200",
    "contacts": [{"name": "Ida Bramble", "phone": "360-555-0142", "email": "ida@bramble.example"}],
    "phone": "360-555-0142",
    "license_class": "LIQUORSTORE",
    "naics": ["445320"],
    "at_home": False,
    "starts": "2026-11-23",
    "answers": {
        "employees": 250,
        "gross_receipts": 90_000_00,
        "home_occupation": False,
        "inside_city": True,
        "nonprofit": False,
        "operated_unlicensed": False,
    },
    "reviews": {"zoning": "open", "fire": "open", "police": "open"},
    "documents": {"State liquor license": False},
}
LISTED: dict[str, Any] = {
    "business": "Old Corner Shop",
    "license_class": "RETAIL",
    "premises": "3 Elm St",
    "source": "active",
    "status": "issued",
    "issued_on": "2012-04-01",
    "expires_on": "2026-10-31",
}


def act(n: int, step: Step, by: str = "bo", **other: Any) -> LicenseAct:
    """The nth act of a license."""
    said = {"was": "" if n == 1 else f"a{n - 1}", "reason": "as found"}
    return LicenseAct(f"a{n}", "T1", 1, n, f"2026-11-{10 + n}", by, step, **{**said, **other})


def _paid_wine() -> list[LicenseAct]:
    filed = [
        act(1, Step.FILE, "ana", says=WINE, reason=""),
        act(2, Step.REVIEW, says={"reviews": {"zoning": "passed"}}),
        act(3, Step.REVIEW, says={"reviews": {"fire": "passed"}}, reason="two extinguishers"),
        act(4, Step.REVIEW, says={"reviews": {"police": "passed"}}),
        act(5, Step.DOCUMENT, "ana", says={"documents": {"State liquor license": True}}, reason=""),
        act(6, Step.APPROVE, reason="all passed"),
    ]
    license_ = fold("T1-L2", filed, {}, DAY)
    said = assessment(license_, SCHEDULE, DAY, holding)
    term = term_data("T1-L2", said.term, said.due, said.fee)
    printed = {"begins": term["begins"], "ends": term["ends"], "copy": 1}
    return [
        *filed,
        act(7, Step.ASSESS, "ana", term=term, reason=""),
        act(8, Step.ISSUE, "ana", says={"printed": printed}, reason=""),
    ]


def _acts() -> dict[str, list[LicenseAct]]:
    return {
        "T1-L1": [act(1, Step.FILE, "ana", says=WINE, reason="")],
        "T1-L2": _paid_wine(),
        "BL-0007": [replace(act(1, Step.FILE, "", says=LISTED, reason=""), terminal="", dated="2012-04-01")],
    }


@dataclass
class RegisterDesk(FakeDesk):
    """Licenses by number; everything assessed is paid."""

    acts: dict[str, list[LicenseAct]] = field(default_factory=_acts)

    def _seen(self, number: str, day: date = DAY) -> LicenseSeen:
        if number not in self.acts:
            raise LicenseRefused(f"There is no license {number}.")
        acts = [each for each in self.acts[number] if each.dated <= day.isoformat()]
        charges = {
            charge_id(number, each.term["begins"], charge["id"].rpartition("/")[2]): 0
            for each in acts
            if each.term is not None
            for charge in each.term["charges"]
        }
        license_ = fold(number, acts, charges, day)
        class_ = class_of(SCHEDULE, str(license_.says.get("license_class", "")))
        return LicenseSeen(license_, tuple(fact_lines(license_.says, SCHEDULE)), class_, day)

    def _license_seen(self, number: str, _session: Session | None) -> LicenseSeen:
        return self._seen(number)

    def _license_as_of(self, number: str, day: date) -> LicenseSeen:
        return self._seen(number, day)

    def _listed(self, listing: Listing, _session: Session | None) -> list[Registered]:
        states = {
            Listing.OPEN: {State.SUBMITTED, State.IN_REVIEW},
            Listing.EXPIRED: {State.EXPIRED},
            Listing.ALL: set(State),
        }
        rows = []
        for number in self.acts:
            seen = self._seen(number)
            until = seen.license.expires_on
            code = str(seen.license.says["license_class"])
            rows.append(
                Registered(number, seen.business, code, seen.license.state, until.isoformat() if until else None)
            )
        return [row for row in rows if row.state in states.get(listing, set())]

    def _found_licenses(self, text: str, session: Session | None) -> list[Registered]:
        return [row for row in self._listed(Listing.ALL, session) if text.casefold() in row.business.casefold()]

    def _proposed_lines(self, license_: License, _session: Session | None, width: int) -> list[str]:
        said = assessment(license_, SCHEDULE, DAY, holding)
        days = (us_date(day.isoformat()) for day in (said.term.begins, said.term.ends, said.due))
        return ["{} to {}, due {}".format(*days), *determination_lines(said.fee, width)]

    def _write_certificate(self, number: str) -> Path:
        return Path("papers") / f"{number}.pdf"
