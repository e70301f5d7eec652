"""`countertui import` by the real program: a city's own files, from CSV to the counter's next snapshot."""

from __future__ import annotations

from pathlib import Path

from cli_city import City

KEN = "ken\n1010\n"
MAPS = Path(__file__).parents[1] / "ledger" / "maps"
ACCOUNTS_MAP = """
kind = "accounts"
[columns.No]
required = true
[columns.Owner]
required = true
[fields]
number = { column = "No" }
kind = { constant = "utility" }
name = { column = "Owner" }
credit_gl = { constant = "100-2310" }
"""


def test_scottsdales_licenses_reach_the_counter(city: City, shared_data: Path) -> None:
    (file,) = (shared_data / "business_licenses").glob("scottsdale_*.csv")
    arguments = ("import", "licenses", str(file), "--map", str(MAPS / "scottsdale_licenses.toml"), "--json")
    tried = city.run(*arguments, "--dry-run").json
    assert (tried["created"], tried["version"]) == (25_756, None)
    wrong = city.run(*arguments, stdin="ken\n0000\n")
    assert (wrong.status, wrong.out) == (1, "")
    may_not = city.run(*arguments, stdin="rosa\n1111\n")
    assert (may_not.status, "may not import reference data" in may_not.err) == (1, True)
    first = city.run(*arguments, stdin=KEN).json
    assert first["rows"] == 25_757
    assert first["rows"] == first["created"] + first["updated"] + first["unchanged"] + first["rejected"]
    assert (first["rejected"], first["repaired"], first["version"]) == (1, 114, 2)
    assert Path(first["rejects"]).read_text(encoding="utf-8").count("\n") == 2
    again = city.run(*arguments, stdin=KEN).json
    assert (again["created"], again["updated"], again["version"]) == (0, 0, None)
    assert city.run("sync", "--once", "--json").json["snapshot"] == 2
    with city.counter() as person:
        person.wait_for("Sign on", "demo PIN 1111")
        person.press("rosa", "Enter", "1111", "Enter")
        person.wait_for("drawer D1", "Find ›")
        person.press("nori sus")
        person.wait_for("NORI SUSHI", "License")


def test_an_industry_list_needs_no_map_and_every_other_kind_does(city: City, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("code,title\n722330,Mobile Food Services\n722515,Snack Bars\n", encoding="utf-8")
    tried = city.run("import", "naics", str(file), "--dry-run").out
    assert "would be taken out" in tried
    first = city.run("import", "naics", str(file), "--json", stdin=KEN).json
    assert (first["rows"], first["unchanged"], first["rejects"], first["version"]) == (2, 1, None, 2)
    again = city.run("import", "naics", str(file), "--json", stdin=KEN).json
    assert (again["unchanged"], again["removed"], again["version"]) == (2, 0, None)
    for arguments in (("naics", str(file), "--map", str(file)), ("deposits", str(file))):
        said = city.run("import", *arguments)
        assert (said.status, "Nothing was imported" in said.err) == (2, True)


def test_a_map_that_names_a_missing_column_says_which_exist(city: City, tmp_path: Path) -> None:
    mapping = tmp_path / "accounts.toml"
    mapping.write_text(ACCOUNTS_MAP, encoding="utf-8")
    file = tmp_path / "accounts.csv"
    file.write_text("Number;Owner\nU-1;Smith\n".replace(";", ","), encoding="utf-8")
    said = city.run("import", "accounts", str(file), "--map", str(mapping), stdin=KEN)
    assert said.status == 2
    assert "No" in said.err
    assert "Number, Owner" in said.err


def test_a_file_that_is_not_there_is_usage(city: City, tmp_path: Path) -> None:
    said = city.run("import", "gl", str(tmp_path / "none.csv"), "--map", str(MAPS / "sacramento_gl.toml"))
    assert (said.status, said.out) == (2, "")
    assert "Nothing was imported" in said.err
