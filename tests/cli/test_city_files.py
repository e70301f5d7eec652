"""docs/city-files.md tells what is true: its examples are read by what reads a city's own files."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from countertui.config.folder import load_city
from countertui.domain.cash_rounding import CashRounding
from countertui.domain.tender_rules import ReturnedChecks
from countertui.ledger.importing.kinds import FIELDS, Kind
from countertui.ledger.importing.mapfile import read_mapping

TEXT = (Path(__file__).parents[2] / "docs" / "city-files.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def test_the_examples_are_read(tmp_path: Path) -> None:
    *files, mapping, _ = EXAMPLES
    for example in files:
        name = example.split(":")[0].removeprefix("# ")
        if name == "tenders.toml":  # the page shows one of the four
            head, row = example.split("\n", 1)
            kinds = ("cash", "check", "card", "money_order")
            example = "\n".join([head, *(row.replace('"cash"', f'"{kind}"') for kind in kinds)])  # noqa: PLW2901
        name, _, further = name.partition(",")
        with (tmp_path / name).open("a" if further else "w", encoding="utf-8") as file:
            file.write(f"\n{example}")
    rules = load_city(tmp_path, date(2026, 11, 23))
    assert rules.name == "City of Fernhollow"
    assert len(rules.tenders.accepts) == 1
    assert len(rules.tenders.limits) == 2
    assert rules.tenders.returned == ReturnedChecks(2, 365)
    assert rules.tenders.rounding == CashRounding(5, "101-4905")
    assert rules.tenders.apart == (("trust", "utility", "citation"),)
    assert [stub.name for stub in rules.stubs] == ["utility stub"]
    (tmp_path / "map.toml").write_text(mapping, encoding="utf-8")
    assert read_mapping(tmp_path / "map.toml", Kind.CHARGES).file.encodings == ("utf-8", "cp1252")


def test_every_field_of_every_kind_is_told() -> None:
    for kind, fields in FIELDS.items():
        [row] = re.findall(rf"^\| {kind} \| (.*) \| (.*) \|$", TEXT, re.MULTILINE)
        told = [set(re.findall(r"`([a-z_]+)`", cell)) for cell in row]
        assert told == [{each.name for each in fields if each.required is needed} for needed in (True, False)], kind
