"""`countertui ledger city`: how a real city's rules come into its ledger."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from cli_city import FOUNDING, REAL_LEDGER, REAL_PASSPHRASE, roots_in, run

FERNHOLLOW = Path(__file__).parents[1] / "config" / "fernhollow"
CONTROL = {
    "101": "1010 1020 1035 1040 2010 2401 2402 2990 4901 4902 4903 4904",
    "401": "1310",
    "402": "1310",
}


def asked(path: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def test_a_real_city_begins_with_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    to = ("--dir", str(folder))
    assert run("ledger", "init", REAL_LEDGER, *roots_in(tmp_path), *to, stdin=FOUNDING, home=tmp_path).status == 0
    opened = {"COUNTERTUI_PASSPHRASE": REAL_PASSPHRASE}

    missing = run("ledger", "city", str(tmp_path / "nowhere"), *to, home=tmp_path, **opened)
    assert (missing.status, missing.out) == (2, "")
    refused = run("ledger", "city", str(FERNHOLLOW), *to, home=tmp_path, **opened)
    assert (refused.status, refused.out) == (2, "")
    assert "account 101-2990 is not in the chart" in refused.err
    assert asked(folder / "ledger.db", "SELECT key FROM city") == [("sealing_key",)]  # of its founding

    with sqlite3.connect(folder / "ledger.db") as books:
        rows = [
            (f"{fund}-{code}", fund, "Control", "asset") for fund, codes in CONTROL.items() for code in codes.split()
        ]
        books.executemany("INSERT INTO gl_account VALUES (?, ?, ?, ?, 1)", rows)
    books.close()
    done = run("ledger", "city", str(FERNHOLLOW), *to, home=tmp_path, **opened)
    assert done.status == 0, done.err
    assert done.out.startswith("City of Fernhollow: ")
    assert done.out.endswith("Snapshot 1 is published.\n")
    published = folder / "snapshots" / "1"
    assert '["HALL","City Hall"' in (published / "office.ndjson").read_text().replace(", ", ",")
    assert "City of Fernhollow" in json.dumps((published / "city.ndjson").read_text())
    assert (published / "drawer.ndjson").read_text()
    again = run("ledger", "city", str(FERNHOLLOW), *to, home=tmp_path, **opened)
    assert again.out == "City of Fernhollow: 0 rows created, 0 updated, 0 removed.\nSnapshot 2 is published.\n"
    assert run("ledger", "status", *to, home=tmp_path).status == 0

    # Both admins' PINs are lost: two sticks, and nobody signs in.
    sticks = ",".join(str(tmp_path / f"stick{n}" / f"{REAL_LEDGER}-root-{n}.json") for n in (3, 1))
    reset = ("ledger", "reset-admins", "--roots", sticks, "--reason", "Both PINs are lost", *to)
    wrong = run(*reset, stdin="the third stick's own\nno stick's\n", home=tmp_path, **opened)
    assert (wrong.status, wrong.out) == (1, "")
    codes = run(*reset, stdin="the third stick's own\nthe first stick's own\n", home=tmp_path, **opened)
    assert codes.status == 0, codes.err
    ada = codes.out.split("Code for ada, good for 72 hours: ")[1].split()[0]
    assert "Code for bea" in codes.out
    chosen = run("operator", "pin", "ada", *to, stdin=f"{ada}\n902108\n", home=tmp_path, **opened)
    assert chosen.status == 0, chosen.err
    alarms = run("ledger", "status", *to, home=tmp_path).out
    assert "roots: The PIN of admin ada was reset by root-1 and root-3: Both PINs are lost" in alarms
