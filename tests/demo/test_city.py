"""The demo city: the same on every machine, whole, and like a real one."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from countertui.demo.chance import scattered, skewed
from countertui.demo.city import LEDGER_ID, DemoCity, TooManyAccounts
from countertui.demo.money_tables import demo_rules
from countertui.demo.names import SURNAMES
from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.city import rules_from_json
from countertui.domain.reference import TABLES, AccountKind, CityKey
from countertui.domain.rights import Role
from countertui.domain.text import refuse_controls

GOLDEN = "30a756cd606536e35e675eaf4d5ed367377fe9c529c41269c0deeea3c7762c43"


def tables_of(city: DemoCity) -> dict[str, list[tuple[str | int | None, ...]]]:
    return {name: list(rows) for name, rows in city.tables()}


@pytest.fixture(scope="module")
def city() -> dict[str, list[dict[str, str | int | None]]]:
    return {
        name: [dict(zip(TABLES[name], row, strict=True)) for row in rows]
        for name, rows in tables_of(DemoCity()).items()
    }


def test_the_same_bytes_on_every_machine_and_python() -> None:
    digest = hashlib.sha256()
    for name, rows in DemoCity(500).tables():
        digest.update(f"{name}\n".encode())
        for row in rows:
            digest.update(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    assert digest.hexdigest() == GOLDEN


def test_every_table_in_the_order_it_is_published(city: dict[str, list[dict[str, str | int | None]]]) -> None:
    assert list(city) == list(TABLES)
    assert {name for name, rows in city.items() if not rows} <= {
        "decision",
        "erased",
        "personal_sealed",
        "paper_book",  # issued at the ledger's desk, by a record
        "returned_check",  # by a record of the ledger's desk
        "paper_number",
        "trust_move",  # by posted records
        "deposit_at_bank",  # by what the bank's lines are booked with
        *("license_act", "license_term"),  # by records, too
    }  # nobody asked for anything yet
    assert LEDGER_ID.startswith("DEMO")


def test_rows_hold_only_what_a_snapshot_may_hold(city: dict[str, list[dict[str, str | int | None]]]) -> None:
    for rows in city.values():
        for row in rows:
            for column, value in row.items():
                assert value is None or type(value) in {str, int}, (column, value)
                if type(value) is str:
                    refuse_controls(value, column)
                    refuse_card_numbers(value, column)


def test_the_city_is_as_large_as_promised(city: dict[str, list[dict[str, str | int | None]]]) -> None:
    kinds = Counter(row["kind"] for row in city["account"])
    assert kinds == {
        AccountKind.UTILITY: 5_500,
        AccountKind.LICENSE: 1_200,
        AccountKind.CUSTOMER: 150,
        AccountKind.CITATION: 200,
        AccountKind.TRUST: 60,
    }
    assert len(city["license"]) == 1_200
    assert len({row["code"] for row in city["fee"] if row["effective_to"] is None}) == 60
    assert any(row["unit_cents"] is None for row in city["fee"])
    assert (len(city["office"]), len(city["terminal"]), len(city["fund"])) == (3, 6, 4)


def test_keys_are_unique_and_point_at_what_exists(city: dict[str, list[dict[str, str | int | None]]]) -> None:
    keys = {
        name: {row[column] for row in city[name]}
        for name, column in (("account", "number"), ("gl_account", "code"), ("office", "code"), ("fund", "code"))
    }
    for name, column in (("account", "number"), ("gl_account", "code"), ("charge", "id"), ("license", "number")):
        assert len({row[column] for row in city[name]}) == len(city[name]), name
    for name, column, table in (
        ("charge", "account", "account"),
        ("charge_step", "account", "account"),
        ("account_flag", "account", "account"),
        ("account_note", "account", "account"),
        ("license", "account", "account"),
        ("receipt_history", "account", "account"),
        ("known_as", "account", "account"),
        ("charge", "gl", "gl_account"),
        ("account", "credit_gl", "gl_account"),
        ("fee", "gl", "gl_account"),
        ("gl_account", "fund", "fund"),
        ("terminal", "office", "office"),
        ("drawer", "office", "office"),
    ):
        assert {row[column] for row in city[name]} <= keys[table], (name, column)


def test_trust_money_is_held_and_never_charged(city: dict[str, list[dict[str, str | int | None]]]) -> None:
    trust = {row["number"]: row["credit_gl"] for row in city["account"] if row["kind"] == AccountKind.TRUST}
    types = {row["code"]: row["type"] for row in city["gl_account"]}
    assert {types[gl] for gl in trust.values()} == {"liability"}
    on_them = [row for row in city["charge"] if row["account"] in trust]
    assert {(row["head"], row["gl"], row["balance_cents"] < 0) for row in on_them} == {("credit", "800-2810", True)}


def test_money_beyond_the_charges_is_a_liability(city: dict[str, list[dict[str, str | int | None]]]) -> None:
    types = {row["code"]: row["type"] for row in city["gl_account"]}
    assert {types[row["credit_gl"]] for row in city["account"]} == {"liability"}


def test_utility_accounts_stand_as_in_a_real_city(city: dict[str, list[dict[str, str | int | None]]]) -> None:
    utility = [row["number"] for row in city["account"] if row["kind"] == AccountKind.UTILITY]
    heads: dict[object, set[object]] = {}
    for row in city["charge"]:
        heads.setdefault(row["account"], set()).add(row["head"])
    share = {
        "behind": sum("penalty" in heads.get(number, ()) for number in utility) / len(utility),
        "ahead": sum("credit" in heads.get(number, ()) for number in utility) / len(utility),
        "paid up": sum(number not in heads for number in utility) / len(utility),
    }
    assert share == pytest.approx({"behind": 0.20, "ahead": 0.05, "paid up": 0.25}, abs=0.03)
    assert {"penalty", "tax", "trash", "sewer", "water"} <= set.union(*heads.values())
    assert all(row["balance_cents"] < 0 for row in city["charge"] if row["head"] == "credit")
    assert any(0 < row["balance_cents"] < row["amount_cents"] for row in city["charge"])


def test_a_penalty_is_a_tenth_of_what_was_late(city: dict[str, list[dict[str, str | int | None]]]) -> None:
    charges = [
        row for row in city["charge"] if row["gl"] in {"510-4390", "510-4310", "520-4320", "100-4330", "100-4110"}
    ]
    penalty = next(row for row in charges if row["head"] == "penalty")
    late = [row for row in charges if row["account"] == penalty["account"] and row["due"] < penalty["due"]]
    assert penalty["balance_cents"] == sum(row["balance_cents"] for row in late) // 10 > 0


def test_the_working_of_a_charge_adds_up_to_its_balance(
    city: dict[str, list[dict[str, str | int | None]]],
) -> None:
    explained: Counter[object] = Counter()
    for row in city["charge_step"]:
        explained[row["charge"]] += int(row["cents"] or 0)
    assert explained == {row["id"]: row["balance_cents"] for row in city["charge"]}
    assert any("AFMC 13.04.040" in str(row["ordinance"]) for row in city["charge_step"])


def test_what_keeps_water_on_is_what_was_late_with_its_penalty(
    city: dict[str, list[dict[str, str | int | None]]],
) -> None:
    flagged = {row["number"]: str(row["flags"]).split() for row in city["account"]}
    assert all(row["flag"] in flagged[row["account"]] for row in city["account_flag"])
    row = next(row for row in city["account_flag"] if row["flag"] == "shutoff")
    penalty = next(one for one in city["charge"] if (one["account"], one["head"]) == (row["account"], "penalty"))
    late = [
        int(one["balance_cents"] or 0)
        for one in city["charge"]
        if one["account"] == row["account"] and str(one["due"]) < str(penalty["due"])
    ]
    assert row["cents"] == sum(late) + int(penalty["balance_cents"] or 0)


def test_names_are_skewed_and_of_every_sort(city: dict[str, list[dict[str, str | int | None]]]) -> None:
    names = [str(row["name"]) for row in city["account"]]
    surnames = Counter(name.split(",")[0] for name in names if "," in name)
    assert surnames["Smith"] > 5 * sorted(surnames.values())[len(surnames) // 2]
    assert len(SURNAMES) >= 400
    for part in ("O'Brien", "and Sons", "Family Trust", "LLC", " & ", "ñ"):
        assert any(part in name for name in names), part


def test_every_role_has_people_and_everyone_a_pin(city: dict[str, list[dict[str, str | int | None]]]) -> None:
    people = Counter(role for row in city["operator"] for role in str(row["roles"]).split())
    least = {Role.CASHIER: 3, Role.LEAD: 2, Role.TECHNICIAN: 2, Role.AUDITOR: 1, Role.ADMIN: 1}
    assert all(people[role] >= number for role, number in least.items())
    pins = DemoCity().pins
    assert pins.keys() == {row["id"] for row in city["operator"]}
    assert len(set(pins.values())) == len(pins)


def test_the_caller_fills_in_verifiers_and_keys() -> None:
    tables = {
        name: list(rows)
        for name, rows in DemoCity(0).tables(lambda pin: f"of {pin}", {"T2": "ab" * 32})
        if name in {"operator", "terminal"}
    }
    assert tables["operator"][0][3] == "of 1111"
    assert [row[3] for row in tables["terminal"]] == ["", "ab" * 32, "", "", "", ""]


def test_rules_read_back_and_name_accounts_of_the_right_fund(
    city: dict[str, list[dict[str, str | int | None]]],
) -> None:
    text = next(str(row["value"]) for row in city["city"] if row["key"] == CityKey.RULES)
    assert rules_from_json(text) == demo_rules() == DemoCity().rules
    posting = demo_rules().posting
    funds = {row["code"]: row["fund"] for row in city["gl_account"]}
    pooled = [*posting.tender.values(), *posting.over_short.values(), *posting.due_to.values()]
    assert {funds[code] for code in (*pooled, posting.refunds_payable, posting.suspense)} == {posting.pooled_fund}
    others = {str(row["code"]) for row in city["fund"]} - {posting.pooled_fund}
    assert posting.due_to.keys() == others
    assert {fund: funds[code] for fund, code in posting.due_from.items()} == {fund: fund for fund in others}


def test_bills_follow_the_day_they_are_made_for() -> None:
    january = {
        str(row[2])[:7] for row in dict(tables_of(DemoCity(300, date(2027, 1, 9))))["charge"] if "-" in str(row[1])
    }
    assert "2026-12" in january
    assert "2027-01" in january


def test_a_larger_city_begins_like_a_smaller_one() -> None:
    small, large = tables_of(DemoCity(50)), tables_of(DemoCity(80))
    assert large["account"][:50] == small["account"][:50]


def test_progress_is_told() -> None:
    told: list[tuple[str, int]] = []
    for _, rows in DemoCity(25_000).tables(progress=lambda table, rows: told.append((table, rows))):
        for _row in rows:
            pass
    assert ("account", 10_000) in told
    assert ("account", 25_000 + 1_610) in told


def test_more_accounts_than_numbers_are_refused() -> None:
    with pytest.raises(TooManyAccounts) as refused:
        DemoCity(9_000_001)
    assert refused.value.exit_status == 2


def test_scattered_numbers_never_repeat() -> None:
    assert sorted(scattered(n, 1_000) for n in range(1_000)) == list(range(1_000))
    assert len({scattered(n, 9_000_000) for n in range(100_000)}) == 100_000


def test_every_word_has_a_place_on_its_wheel() -> None:
    wheel = skewed(SURNAMES, 20)
    places = Counter(wheel)
    assert len(wheel) == 65_536
    assert places.keys() == set(SURNAMES)
    assert places[SURNAMES[0]] > 20 * places[SURNAMES[-1]]


def test_industry_codes_and_titles_are_of_the_published_table(
    city: dict[str, list[dict[str, str | int | None]]], shared_data: Path
) -> None:
    with (shared_data / "naics" / "naics_2022_2to6digit_census_publicdomain.csv").open(encoding="utf-8") as file:
        published = {row["code"]: row["title"].strip() for row in csv.DictReader(file)}
    there = {row["code"]: row["title"] for row in city["industry"]}
    assert len(there) > 80
    assert there.items() <= published.items()
