"""keys.toml: a city's own keys and short codes, or every problem by name."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from countertui.config.folder import load_city
from countertui.config.problems import ConfigError
from countertui.domain.city import rules_from_json, rules_to_json

FERNHOLLOW = Path(__file__).with_name("fernhollow")
SINCE = 'effective_from = 2026-07-01\nordinance = "Finance memo 3"\n'


def row(command: str, press: str, since: str = SINCE) -> str:
    return f'[[key]]\n{since}command = "{command}"\npress = "{press}"\n'


def city(folder: Path, keys: str):
    copy = Path(shutil.copytree(FERNHOLLOW, folder / "city"))
    (copy / "keys.toml").write_text(keys, encoding="utf-8")
    return load_city(copy, date(2026, 11, 23))


def problems(folder: Path, keys: str) -> str:
    with pytest.raises(ConfigError) as refused:
        city(folder, keys)
    return "\n".join(refused.value.problems)


def test_keys_and_short_codes_come_with_the_rules(tmp_path):
    code = f'[[short_code]]\n{SINCE}code = "P1"\nmeans = "COPY*10"\n'
    rules = city(tmp_path, row("exact", "ctrl+g") + row("cash", "f6") + row("check", "f5") + code)
    assert rules.keys == {"exact": "ctrl+g", "cash": "f6", "check": "f5"}
    assert rules.short_codes == {"P1": "COPY*10"}
    assert rules_from_json(rules_to_json(rules)) == rules


def test_without_the_file_keys_are_the_programs():
    rules = load_city(FERNHOLLOW, date(2026, 11, 23))
    assert (rules.keys, rules.short_codes) == ({}, {})


def test_a_key_of_a_command_that_only_a_newer_program_knows_is_left_out():
    text = rules_to_json(load_city(FERNHOLLOW, date(2026, 11, 23)))
    newer = text.replace('"keys":{}', '"keys":{"cash":"f11","teleport":"f12"}')
    assert rules_from_json(newer).keys == {"cash": "f11"}


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (row("cash", "f6"), "keys.toml, [[key]]: f6 would mean cash and check. Allowed: one command a key."),
        (row("cash", "f11") + row("card", "f11"), "f11 would mean cash and card."),
        (
            row("parc", "f11"),
            "[[key]] parc, key command: there is no command parc. Did you mean park? Allowed: account",
        ),
        (row("cash", "ctrl+m"), "[[key]] cash, key press: there is no key that every terminal sends, ctrl+m."),
        (row("cash", "alt+x"), "there is no key that every terminal sends, alt+x."),
        (row("cash", "f13"), "there is no key that every terminal sends, f13. Did you mean f3"),
        (row("cash", "f11") + row("cash", "f12"), "two rows are in force on"),
        (
            f'[[short_code]]\n{SINCE}code = "p 1"\nmeans = "COPY"\n',
            "key code: holds what is not allowed. Allowed: capit",
        ),
        (f'[[short_code]]\n{SINCE}code = "P1"\nmeans = "4012888888881881"\n', "key means: holds what is not allowed"),
    ],
)
def test_what_is_no_map_is_refused_and_said(tmp_path, keys, said):
    assert said in problems(tmp_path, keys)
