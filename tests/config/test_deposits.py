"""deposits.toml: until when money must be at the bank, or every problem by name."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from countertui.config.folder import load_city
from countertui.config.problems import ConfigError
from countertui.domain.bank_days import BankDays
from countertui.domain.card_guard import holds_card_number
from countertui.domain.city import rules_from_json, rules_to_json
from countertui.domain.deposit_deadlines import Deadline, DepositRules, Way
from countertui.domain.money import Cents

FERNHOLLOW = Path(__file__).with_name("fernhollow")
SINCE = 'effective_from = 2026-07-01\nordinance = "Ord. 9.38"\n'
ALL = f"[[deadline]]\n{SINCE}next_business_day = true\n"


def deadline(text: str) -> str:
    return f"[[deadline]]\n{SINCE}{text}\n"


def city(folder: Path, deposits: str):
    copy = Path(shutil.copytree(FERNHOLLOW, folder / "city"))
    (copy / "deposits.toml").write_text(deposits, encoding="utf-8")
    return load_city(copy, date(2026, 11, 23))


def test_deadlines_and_bank_days_come_with_the_rules(tmp_path):
    rows = ALL + deadline("within_days = 3\nday_not_above = 1000.00")
    rows += deadline('weekly = "friday"\nby = 15:00:00\noffice = "HALL"')
    rows += f'[[bank_week]]\n{SINCE}closed = ["sunday"]\n'
    rows += f"[[holidays]]\n{SINCE}year = 2026\ndays = [2026-12-25, 2026-11-26]\n"
    rows += f"[[holidays]]\n{SINCE}year = 2027\ndays = [2027-01-01]\n"
    rules = city(tmp_path, rows)
    assert rules.deposits == DepositRules(
        (
            Deadline(Way.DAYS, 1, ordinance="Ord. 9.38"),
            Deadline(Way.DAYS, 3, day_not_above=Cents(1_000_00), ordinance="Ord. 9.38"),
            Deadline(Way.WEEKLY, 4, by="15:00", office="HALL", ordinance="Ord. 9.38"),
        ),
        closed=(6,),
        holidays=("2026-Nov-26", "2026-Dec-25", "2027-Jan-01"),
    )
    assert rules_from_json(rules_to_json(rules)) == rules


def test_a_long_list_of_holidays_is_no_card_number(tmp_path):
    days = ", ".join(f"2026-{month:02d}-{day:02d}" for month in range(1, 13) for day in (4, 11, 16, 22, 27))
    rules = city(tmp_path, f"[[holidays]]\n{SINCE}year = 2026\ndays = [{days}]\n")
    assert not holds_card_number(json.dumps(asdict(rules.deposits)))
    assert len(rules.deposits.bank_days.holidays) == 60


def test_without_the_file_there_is_no_deadline_and_weekends_are_closed():
    rules = load_city(FERNHOLLOW, date(2026, 11, 23))
    assert rules.deposits == DepositRules()
    assert rules.deposits.bank_days == BankDays(frozenset({5, 6}))


def test_rules_of_before_deadlines_were_known_are_read():
    text = rules_to_json(load_city(FERNHOLLOW, date(2026, 11, 23)))
    before = text.replace('"deposits":{"closed":[5,6],"deadlines":[],"holidays":[]},', "")
    assert before != text
    assert rules_from_json(before).deposits == DepositRules()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            deadline(""),
            "[[deadline]] city: it says nothing of how long. Allowed: one of within_hours, next_business_day",
        ),
        (deadline("within_hours = 24\nwithin_days = 1"), "[[deadline]] city: it says several things of how long."),
        (deadline("within_hours = 0"), "row 1, key within_hours: holds what is not allowed. Allowed: a whole number"),
        (deadline("within_hours = 24\nby = 15:00:00"), "key by: hours end when they end."),
        (deadline("within_days = 1\nby = 15:00:30"), "key by: holds what is not allowed. Allowed: a time of day like"),
        (
            deadline("within_days = 1\nclosed_days_count = false"),
            "key closed_days_count: business days leave them out.",
        ),
        (ALL + ALL, "two rows are in force on"),
        (
            ALL + deadline('within_days = 1\noffice = "HAL"'),
            "key office: there is no office in force with the code HAL",
        ),
        (deadline("within_days = 3\nday_not_above = 1000.00"), "[[deadline]] city: no row is about larger sums."),
        (
            ALL + deadline("month_end = true\nday_not_above = 1.00\non_hand_below = 5.00"),
            "two sums. Allowed: one of day_not_above, on_hand_below.",
        ),
        (
            f"[[holidays]]\n{SINCE}year = 2026\ndays = [2027-01-01]\n",
            "[[holidays]] 2026, key days: a day of another year. Allowed: days of 2026.",
        ),
        (f'[[bank_week]]\n{SINCE}closed = ["someday"]\n', "key closed: holds what is not allowed. Allowed: up to 6"),
        (f"[[deadlines]]\n{SINCE}", "there is no table deadlines. Did you mean deadline?"),
    ],
)
def test_what_is_no_rule_is_refused_and_said(tmp_path, rows, said):
    with pytest.raises(ConfigError) as refused:
        city(tmp_path, rows)
    assert said in "\n".join(refused.value.problems)
