"""Until when money must be at the bank: the published rules of four states, and what holds of any rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countertui.domain.bank_days import BankDays
from countertui.domain.deposit_deadlines import (
    Deadline,
    DepositRules,
    Taking,
    Way,
    due,
    earliest,
    lateness,
)
from countertui.domain.money import Cents

local = datetime.fromisoformat
THANKSGIVING = date(2026, 11, 26)
BANK = BankDays(holidays=frozenset({THANKSGIVING}))
MONDAY = date(2026, 11, 23)
AT = local("2026-11-23T10:15")

# counter-practice.md, section 4
WASHINGTON = (Deadline(Way.HOURS, 24, ordinance="RCW 43.09.240"),)
OHIO = (Deadline(Way.DAYS, 1, ordinance="ORC 9.38"), Deadline(Way.DAYS, 3, day_not_above=Cents(1_000_00)))
NORTH_CAROLINA = (
    Deadline(Way.DAYS, 0, ordinance="G.S. 159-32"),
    Deadline(Way.MONTHLY, on_hand_below=Cents(500_00), ordinance="G.S. 159-32"),
)
NEW_YORK = (Deadline(Way.WEEKLY, 4, ordinance="2 NYCRR 16.8"),)


def words(rules, cents, on=MONDAY, at=AT):
    found = due(rules, on, at, cents, BANK)
    assert found is not None
    return found.words


def test_washington_within_24_hours_weekend_or_not():
    assert words(WASHINGTON, 1) == "Tue 24 Nov, 10:15"
    friday = local("2026-11-27T16:00")
    assert words(WASHINGTON, 1, friday.date(), friday) == "Sat 28 Nov, 16:00"
    open_days = (replace(WASHINGTON[0], skips_closed=True),)
    assert words(open_days, 1, friday.date(), friday) == "Mon 30 Nov, 16:00"


def test_ohio_the_next_business_day_or_the_third_for_a_small_day():
    assert words(OHIO, 1_000_01) == "Tue 24 Nov"
    assert words(OHIO, 1_000_00) == "Fri 27 Nov", "Thanksgiving does not count"
    assert words(OHIO, 5_000_00, date(2026, 11, 25), None) == "Fri 27 Nov"
    assert words(OHIO, 5_000_00, date(2026, 11, 27), None) == "Mon 30 Nov"


def test_north_carolina_daily_or_at_500_on_hand():
    assert words(NORTH_CAROLINA, 500_00) == "Mon 23 Nov"
    assert words(NORTH_CAROLINA, 499_99) == "Mon 30 Nov"


def test_what_waited_because_little_was_on_hand_waits_from_the_day_that_it_was_more():
    little = [Taking(date(2026, 11, 16), None, 200_00), Taking(date(2026, 11, 18), None, 200_00)]
    found = earliest(NORTH_CAROLINA, little, BANK)
    assert found is not None
    assert found.words == "Mon 30 Nov"
    found = earliest(NORTH_CAROLINA, [*little, Taking(date(2026, 11, 20), None, 100_00)], BANK)
    assert found is not None
    assert found.words == "Fri 20 Nov"
    assert any("On hand in all: 500.00" in line for line in found.working)


def test_new_york_weekly_and_earlier_where_that_day_is_a_holiday():
    assert words(NEW_YORK, 1) == "Fri 27 Nov"
    thursdays = (Deadline(Way.WEEKLY, 3, by="15:00"),)
    assert words(thursdays, 1) == "Wed 25 Nov, 15:00"
    assert words(thursdays, 1, date(2026, 11, 27), None) == "Thu 3 Dec, 15:00", "it is past: the next one's"


def test_hours_count_from_the_day_s_beginning_where_the_moment_is_not_known():
    assert words(WASHINGTON, 1, at=None) == "Tue 24 Nov, 00:00"


def test_what_was_taken_past_the_hour_is_due_by_the_next():
    same_day = (Deadline(Way.DAYS, 0, by="15:00"),)
    assert words(same_day, 1) == "Mon 23 Nov, 15:00"
    assert words(same_day, 1, at=local("2026-11-23T15:01")) == "Tue 24 Nov, 15:00"


def test_without_a_row_there_is_no_deadline():
    assert due((), MONDAY, AT, 1, BANK) is None
    assert earliest(WASHINGTON, (), BANK) is None


def test_the_working_names_every_row_that_counts_and_where_it_is_from():
    found = due(OHIO, MONDAY, AT, 800_00, BANK)
    assert found is not None
    assert found.working == (
        "Taken on 11/23/2026: 800.00.",
        "The next business day (ORC 9.38): Tue 24 Nov.",
        "Not above 1,000.00 that day: within 3 business days: Fri 27 Nov.",
    )
    assert found.grounds == found.working[1:], "what was taken is not in them: a count may still be blind"


def test_an_office_of_its_own_goes_by_its_own_rows():
    rules = DepositRules((*WASHINGTON, Deadline(Way.DAYS, 5, office="POOL")))
    assert rules.of_office("POOL") == rules.deadlines[1:]
    assert rules.of_office("HALL") == WASHINGTON


@pytest.mark.parametrize(
    ("deposited", "now", "said"),
    [
        (None, local("2026-11-24T10:15:59"), "due by Tue 24 Nov, 10:15"),
        (None, local("2026-11-24T10:16"), "overdue since Tue 24 Nov, 10:15, 1 minute"),
        (None, local("2026-11-26T13:15"), "overdue since Tue 24 Nov, 10:15, 2 days 3 hours"),
        (local("2026-11-24T10:15"), local("2026-12-24T00:00"), "in time"),
        (local("2026-11-24T12:00"), local("2026-12-24T00:00"), "1 hour 45 minutes late"),
    ],
)
def test_how_late_it_is_is_said_in_words(deposited, now, said):
    found = due(WASHINGTON, MONDAY, AT, 1, BANK)
    assert found is not None
    assert lateness(found, now, deposited).words == said


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
moments = st.builds(datetime.combine, days, st.times().map(lambda at: at.replace(second=0, microsecond=0)))
bank_days = st.builds(BankDays, st.frozensets(st.integers(0, 6), max_size=6), st.frozensets(days, max_size=20))
of_day = st.sampled_from(("", "09:00", "15:30"))
conditions = st.sampled_from(
    ({}, {"day_not_above": Cents(1_000_00)}, {"on_hand_below": Cents(500_00)}, {"day_not_above": Cents(50_00)})
)


@st.composite
def a_row(draw, plain=False):
    way = draw(st.sampled_from(Way))
    n = draw({Way.HOURS: st.integers(1, 200), Way.WEEKLY: st.integers(0, 6)}.get(way, st.integers(0, 12)))
    by = draw(of_day) if way is not Way.HOURS else ""
    about = {} if plain else draw(conditions)
    return Deadline(way, n, by, skips_closed=way is Way.HOURS and draw(st.booleans()), **about)


row_lists = st.tuples(a_row(plain=True), st.lists(a_row(), max_size=3)).map(lambda rows: (rows[0], *rows[1]))
sums = st.integers(1, 3_000_00)


@settings(max_examples=60)
@given(row_lists, moments, sums, sums, bank_days)
def test_more_money_never_waits_longer(rows, at, cents, more, bank):
    little = due(rows, at.date(), at, cents, bank)
    much = due(rows, at.date(), at, cents + more, bank)
    assert little is not None
    assert much is not None
    assert much.when <= little.when


@settings(max_examples=60)
@given(row_lists, moments, sums, st.timedeltas(timedelta(), timedelta(days=40)), bank_days)
def test_what_was_taken_later_is_never_due_earlier(rows, at, cents, later, bank):
    then = (at + later).replace(second=0, microsecond=0)
    first, second = due(rows, at.date(), at, cents, bank), due(rows, then.date(), then, cents, bank)
    assert first is not None
    assert second is not None
    assert first.when <= second.when


@settings(max_examples=60)
@given(row_lists, moments, sums, bank_days, st.integers(1, 100))
def test_a_row_that_gives_more_time_never_makes_it_due_earlier(rows, at, cents, bank, longer):
    wider = tuple(replace(row, n=row.n + longer) if row.way in (Way.HOURS, Way.DAYS) else row for row in rows)
    first, second = due(rows, at.date(), at, cents, bank), due(wider, at.date(), at, cents, bank)
    assert first is not None
    assert second is not None
    assert first.when <= second.when


takings = st.lists(st.builds(lambda at, cents: Taking(at.date(), at, cents), moments, sums), min_size=1, max_size=5)


@settings(max_examples=60)
@given(row_lists, takings, moments, sums, bank_days)
def test_more_takings_never_put_the_first_deadline_off(rows, before, at, cents, bank):
    first = earliest(rows, before, bank)
    second = earliest(rows, [*before, Taking(at.date(), at, cents)], bank)
    assert first is not None
    assert second is not None
    assert second.when <= first.when


@given(row_lists, moments, sums, bank_days)
def test_it_is_never_due_before_it_was_taken(rows, at, cents, bank):
    found = due(rows, at.date(), at, cents, bank)
    assert found is not None
    assert found.when >= at


@given(moments, bank_days, st.integers(1, 300))
def test_hours_of_open_days_pass_on_open_days_alone(at, bank, hours):
    ends = bank.hours_after(at, hours)
    assert ends >= at + timedelta(hours=hours)
    last = (ends - timedelta(microseconds=1)).date()
    assert bank.is_open(last)
