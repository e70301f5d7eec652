"""License schedules: the published percentages, steps, caps and thresholds; a fault is refused with its row."""

from __future__ import annotations

import csv
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from countertui.config.conditions import ConditionError, FactKind, condition
from countertui.config.folder import read_city
from countertui.config.license_faults import facts_of
from countertui.config.licenses import LicensesRefused, license_warnings, licenses_on
from countertui.config.problems import ConfigError
from countertui.domain.classification import Entry, classification
from countertui.domain.license_determination import Determination
from countertui.domain.license_schedule import Declared
from countertui.domain.license_terms import Term
from countertui.domain.license_timing import Payment

FERNHOLLOW = Path(__file__).with_name("fernhollow")
DEMO = Path(__file__).parents[2] / "src" / "countertui" / "demo" / "licenses.toml"
SAMPLES = Path(__file__).parents[2] / "docs" / "license-schedules"
TODAY = date(2027, 1, 1)


def text_of(sample: str) -> str:
    return (SAMPLES / sample / "licenses.toml").read_text(encoding="utf-8")


def determined(
    name: str, late: int = 0, *, mailed: int | None = None, **answers: int | bool
) -> tuple[Determination, Determination]:
    """The fee on time, and what is paid so many days after it is due (mailed: postmarked so many after)."""
    schedule = licenses_on(text_of(name), TODAY)
    declared = Declared("GENERAL", TODAY, {"gross_receipts": 50_000_00, **answers})
    year = schedule.year_of("GENERAL")
    term = year.term(TODAY)
    known = facts_of(schedule.questions)

    def holds(when: str) -> bool:
        return condition(when, known)(declared.facts())

    due = year.due(term)
    postmarked = None if mailed is None else due + timedelta(days=mailed)
    fee = schedule.determine(declared, term, holds)
    return fee, schedule.as_paid(fee, declared, Payment(due, due + timedelta(days=late), postmarked), holds)


def added(name: str, late: int, **more: int) -> int:
    """Percent of the fee that so many days late add, in hundredths of a percent."""
    fee, paid = determined(name, late, **more)
    return (paid.total - fee.total) * 100_00 // fee.total


def test_greenville_adds_ten_percent_a_month_and_takes_two_off_early() -> None:
    assert [added("greenville-sc", late) for late in (-90, -1, 0, 1, 31, 32, 63)] == [
        -2_00, -2_00, 0, 10_00, 10_00, 20_00, 30_00,
    ]  # fmt: skip
    fee, _ = determined("greenville-sc", gross_receipts=1_500_000_00)
    assert fee.total == 40_00 + 998 * 1_20 + 500 * 1_08
    whole, _ = determined("greenville-sc", gross_receipts=1_000_000_00)
    assert fee.total < whole.total * 3 // 2, "the rate falls as receipts grow"


def test_south_jordan_adds_25_50_and_100_percent_from_31_60_and_90_days() -> None:
    days = (30, 31, 59, 60, 89, 90, 500)
    assert [added("south-jordan-ut", late) for late in days] == [0, 25_00, 25_00, 50_00, 50_00, 100_00, 100_00]


def test_tuscaloosa_adds_15_and_15_percent_and_one_a_month() -> None:
    assert added("tuscaloosa-al", 0) == 0
    assert added("tuscaloosa-al", 1) == 15_00 + 1_00
    _, paid = determined("tuscaloosa-al", 400)
    assert paid.charged["LATE"] == 30_00, "the penalty's cap is 30 percent"
    assert paid.charged["INTEREST"] == 14_00


def test_north_plains_adds_20_percent_each_30_days_up_to_200_by_the_postmark() -> None:
    assert [added("north-plains-or", late) for late in (0, 1, 30, 31, 300, 301)] == [
        0, 20_00, 20_00, 40_00, 200_00, 200_00,
    ]  # fmt: skip
    assert added("north-plains-or", 5, mailed=0) == 0
    assert added("north-plains-or", 40, mailed=2) == 20_00


def test_murray_doubles_the_fee_of_who_operated_without() -> None:
    fee, _ = determined("murray-ut", operated_unlicensed=True)
    assert fee.total == 2 * determined("murray-ut", operated_unlicensed=False)[0].total


def test_washington_spares_outsiders_up_to_two_thousand() -> None:
    def total(receipts: int, *, inside: bool) -> int:
        return determined("washington-threshold", gross_receipts=receipts, inside_city=inside)[0].total

    assert total(2_000_00, inside=False) == 0
    assert total(2_000_01, inside=False) == total(1_00, inside=True) == 100_00


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.iterdir()))
def test_each_sample_says_which_rates_are_examples(sample: str) -> None:
    text = text_of(sample)
    assert "examples of ours, never the city's" in text
    for block in text.split("[["):
        if "flat =" in block or "price =" in block:
            assert "example" in block


def spoiled(sample: str, *changes: tuple[str, str]) -> tuple[str, ...]:
    text = text_of(sample)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(LicensesRefused) as refused:
        licenses_on(text, TODAY)
    return refused.value.problems


@pytest.mark.parametrize(
    ("sample", "old", "new", "told"),
    [
        ("greenville-sc", "above = 2000\nupto", "above = 1500\nupto", "[[fee]] row 1, key tiers: holds"),
        ("greenville-sc", "above = 2000\nupto", "above = 2500\nupto", "[[fee]] row 1, key tiers: holds"),
        ("greenville-sc", "above = 1000000\nprice", "above = 1000000\nupto = 2000000\nprice", "the last without upto"),
        ("greenville-sc", "above = 0", "above = 1", "the first above 0"),
        ("greenville-sc", "effective_from = 2026-01-01", "", "key effective_from: is missing"),
        ("greenville-sc", 'of = ["GROSS"]', 'of = ["GROS"]', "Did you mean GROSS?"),
        ("greenville-sc", 'of = "gross_receipts"', 'of = "sales"', "no question answered with money or a count sales"),
        ("greenville-sc", 'answer = "money"', 'answer = "count"', "key answer: it is money"),
        ("greenville-sc", "price = 1.20", "price = -1.20", "key tiers: holds"),
        ("greenville-sc", "above = 2000", "above = 1e40", "key tiers: holds"),
        ("greenville-sc", "price = 1.20", "price = 1e-40", "key tiers: holds"),
        ("greenville-sc", "percent = 10,", "percent = inf,", "key late_each: holds"),
        ("greenville-sc", 'begins = "05-01"', 'begins = "02-30"', "key begins: holds"),
        ("south-jordan-ut", "from_day = 60", "from_day = 31", "each later than the one before"),
        ("south-jordan-ut", "flat = 100.00", 'flat = 100.00\nshare = { percent = 1, of = ["BASE"] }', "exactly one of"),
        ("south-jordan-ut", "flat = 100.00", "passed_through = false", "exactly one of"),
        ("south-jordan-ut", 'head = "penalty"', 'head = "penalty"\nclasses = ["SHOP"]', "there is no class SHOP"),
        ("murray-ut", 'of = ["BASE"]', 'of = ["UNLICENSED"]', "key of: there is no fee before it UNLICENSED"),
        ("murray-ut", 'when = "operated_unlicensed"', 'when = "operated"', "it names operated, which is none"),
        ("murray-ut", 'when = "operated_unlicensed"', 'when = "gross_receipts"', "key when: it is neither yes nor no"),
        ("washington-threshold", "<= 2000", "<= ", "key when: it can't be read as a condition"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_its_row(sample: str, old: str, new: str, told: str) -> None:
    assert any(told in problem for problem in spoiled(sample, (old, new)))


def test_two_rows_in_force_on_one_day_are_refused() -> None:
    fee = text_of("murray-ut").split("[[fee]]")[1].split("[[")[0]
    (told,) = spoiled("murray-ut", ("[[fee]]", f"[[fee]]{fee}[[fee]]"))
    assert told.startswith("licenses.toml, [[fee]] BASE: two rows are in force on 2026-01-01")


FACTS = {"sales": FactKind.NUMBER, "nonprofit": FactKind.YES_NO, "license_class": FactKind.WORD}


@pytest.mark.parametrize(
    "text",
    [
        "sale < 1", "sales", "nonprofit and", "$now > d'2020-01-01'", "$abs(sales) > 1", '"a" * 1000000000 == "b"',
        "license_class.upper == 1", "sales + license_class == 1", "sales / 0 > 1", "",
    ],
)  # fmt: skip
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        condition(text, FACTS)


def test_a_year_of_its_own_begins_on_the_first_day() -> None:
    year = licenses_on(text_of("murray-ut"), TODAY).year_of("GENERAL")
    assert year.term(date(2027, 6, 30)) == Term(date(2027, 1, 1), date(2027, 12, 31))
    greenville = licenses_on(text_of("greenville-sc"), TODAY).year_of("GENERAL")
    assert greenville.term(date(2027, 4, 30)) == Term(date(2026, 5, 1), date(2027, 4, 30))


def test_a_fault_of_a_later_day_is_refused_today() -> None:
    text = text_of("murray-ut").replace(
        'code = "operated_unlicensed"', 'code = "operated_unlicensed"\neffective_to = 2027-06-30', 1
    )
    with pytest.raises(LicensesRefused) as refused:
        licenses_on(text, TODAY)
    assert all(told.endswith("So from 2027-07-01 on.") for told in refused.value.problems)


def test_a_city_s_folder_takes_the_file_and_tells_its_faults(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FERNHOLLOW, tmp_path / "fernhollow"))
    without = read_city(folder, TODAY)
    assert without.licenses == ""
    (folder / "licenses.toml").write_text(text_of("murray-ut"), encoding="utf-8")
    city = read_city(folder, TODAY)
    assert city.licenses == text_of("murray-ut")
    assert city.sha256 != without.sha256
    (folder / "licenses.toml").write_text(text_of("murray-ut").replace("[[year]]", "[[yaer]]"), encoding="utf-8")
    with pytest.raises(ConfigError, match="no table yaer"):
        read_city(folder, TODAY)


def test_the_demo_has_some_sixty_classes_whose_words_are_its_own(shared_data: Path) -> None:
    schedule = licenses_on(DEMO.read_text(encoding="utf-8"), TODAY)
    assert len(schedule.classes) >= 60
    words = [word for each in schedule.classes for word in each.synonyms]
    assert len(words) > 200
    with (shared_data / "naics" / "naics_2022_2to6digit_census_publicdomain.csv").open(encoding="utf-8-sig") as file:
        codes = {row["code"] for row in csv.DictReader(file)}
    for each in schedule.classes:
        for naics in each.naics:
            assert any(code.startswith(naics) for code in codes), (each.code, naics)
    found = classification(Entry(each.code, each.name, each.synonyms) for each in schedule.classes)
    for each in schedule.classes:
        for word in each.synonyms:
            assert each.code in [match.entry.code for match in found.find(word, 3)], word


ZONED = """
[[class]]
effective_from = 2027-01-01
ordinance = "Ord. 1"
code = "BAR"
name = "Bar"
zones = ["C1"]

[[year]]
effective_from = 2027-01-01
ordinance = "Ord. 1"

[[zone]]
effective_from = 2027-01-01
ordinance = "Ord. 2"
code = "C1"
name = "shops"

[[zone]]
effective_from = 2027-01-01
ordinance = "Ord. 2"
code = "R1"
name = "homes"
home_business = true

[[stretch]]
effective_from = 2027-01-01
ordinance = "Ord. 2"
town = "Fernhollow"
street = "Main Street"
first = 1
last = 99
zone = "C1"

[[stretch]]
effective_from = 2027-01-01
ordinance = "Ord. 2"
town = "Fernhollow"
street = "MAIN ST"
first = 100
last = 199
side = "odd"
zone = "R1"
"""


def test_zones_are_rows_of_a_day_with_their_ordinance() -> None:
    schedule = licenses_on(ZONED, TODAY)
    (bar,) = schedule.classes
    assert schedule.judged(bar, "12 Main St, Fernhollow", at_home=False).refused == ""
    assert schedule.judged(bar, "101 Main St", at_home=False).refused == "BAR is not allowed in R1 (Ord. 2)"
    later = ZONED.replace('code = "R1"\nname = "homes"', 'code = "R1"\nname = "homes"\neffective_to = 2027-12-31')
    with pytest.raises(LicensesRefused, match=r"So from 2028-01-01 on"):
        licenses_on(later, TODAY)


@pytest.mark.parametrize(
    ("row", "other", "fault"),
    [
        (
            "first = 100",
            "first = 99",
            r"\[\[stretch\]\] FERNHOLLOW, MAIN ST 1-99 both: .*99-199 odd has some of its",
        ),
        ('zone = "R1"', 'zone = "R2"', r"\[\[stretch\]\] FERNHOLLOW, MAIN ST 100-199 odd, key zone: .*R2"),
        ('zones = ["C1"]', 'zones = ["C1", "C9"]', r"\[\[class\]\] BAR, key zones: .*C9"),
        ("last = 199", "last = 99", r"\[\[stretch\]\] row 2.*last"),
        ('side = "odd"', 'side = "left"', r"side: .*Allowed: \"both\", \"even\" or \"odd\""),
        ("last = 99\n", "last = 99.5\n", r"\[\[stretch\]\] row 1, key last: .*a house number"),
    ],
)
def test_a_zone_map_that_says_two_things_of_a_house_is_refused_with_its_row(row: str, other: str, fault: str) -> None:
    assert row in ZONED
    with pytest.raises(LicensesRefused, match=fault):
        licenses_on(ZONED.replace(row, other, 1), TODAY)


def test_the_demo_city_has_a_map_that_refuses_and_lets_be() -> None:
    schedule = licenses_on(DEMO.read_text(encoding="utf-8"), TODAY)
    bar = next(each for each in schedule.classes if each.code == "BAR")
    assert "R1" in schedule.judged(bar, "5 ELM CT, ALDER FALLS WA 98001", at_home=False).refused
    assert schedule.judged(bar, "12 MAIN ST, ALDER FALLS WA 98001", at_home=False).refused == ""
    assert schedule.judged(bar, "12 NO ST, ALDER FALLS WA 98001", at_home=False).reviews == {"zoning": "open"}


def test_rows_that_begin_after_terms_that_may_be_unpaid_are_told_not_refused() -> None:
    demo = DEMO.read_text(encoding="utf-8")
    (told,) = license_warnings(demo, TODAY)
    assert "a term that began before 2026-07-01 raises nothing" in told
    assert license_warnings(demo, date(2029, 1, 1)) == []
    assert license_warnings("", TODAY) == []
    assert license_warnings(ZONED, TODAY) == [], "a city that charges nothing for it"
