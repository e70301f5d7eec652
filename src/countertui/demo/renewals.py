"""The demo city's renewal run: some licenses state what their fee follows from, and owe their next term by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from countertui.config.licenses import holding
from countertui.demo.places import RENEWED_BY
from countertui.demo.trades import year_ends
from countertui.domain.license_acts import ANSWERS, LicenseActData
from countertui.domain.license_states import Step
from countertui.domain.renewals import Renewal, Run, judged
from countertui.ledger.city_day import city_day
from countertui.ledger.desk import Ground
from countertui.ledger.license_desk import record_acts
from countertui.ledger.licenses import licenses_in_books
from countertui.ledger.renewals import assess_some, schedules_of
from countertui.ports.clock import Ids


def renew(ground: Ground, answers: Mapping[str, Mapping[str, int | bool]], today: date, ids: Ids) -> int:
    """State these answers of licenses, by number, and assess their next term; gives how many were assessed.

    Counts and money are in hundredths. Licenses that are not in the books are left out.
    """
    connection, (by, second) = ground.connection, RENEWED_BY
    day = date.fromisoformat(city_day(connection, ground.now))
    numbers = sorted(answers)
    stated = [
        LicenseActData(
            license=license_.number,
            was=license_.version,
            step=Step.AMEND.value,
            says={ANSWERS: dict(answers[license_.number])},
            reason="As its renewal form of last year says",
            term=None,
        )
        for license_ in licenses_in_books(connection, numbers, day).values()
    ]
    record_acts(ground, by, stated, ids)
    ends = year_ends(today)
    run = Run(ends, ends)
    schedules = schedules_of(connection)
    found = [judged(run, one, schedules, holding) for one in licenses_in_books(connection, numbers, day).values()]
    return assess_some(ground, run, [one for one in found if isinstance(one, Renewal)], by=by, second=second, ids=ids)
