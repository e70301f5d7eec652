"""Until when the demo city's money must be at its bank: within a day, and the days its bank is closed."""

from __future__ import annotations

from countertui.domain.deposit_deadlines import Deadline, DepositRules, Way

_HOLIDAYS = {
    2026: (
        "Jan-01",
        "Jan-19",
        "Feb-16",
        "May-25",
        "Jun-19",
        "Jul-03",
        "Sep-07",
        "Oct-12",
        "Nov-11",
        "Nov-26",
        "Dec-25",
    ),
    2027: (
        "Jan-01",
        "Jan-18",
        "Feb-15",
        "May-31",
        "Jun-18",
        "Jul-05",
        "Sep-06",
        "Oct-11",
        "Nov-11",
        "Nov-25",
        "Dec-24",
    ),
}
"""Federal holidays as the city observes them (5 U.S.C. 6103)."""

DEPOSIT_RULES = DepositRules(
    deadlines=(Deadline(Way.HOURS, 24, skips_closed=True, ordinance="AFMC 3.04.120"),),
    holidays=tuple(f"{year}-{day}" for year, days in _HOLIDAYS.items() for day in days),
)
