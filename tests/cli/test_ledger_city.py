"""`countertui ledger city`: how a real city's rules come into its ledger."""

from __future__ import annotations

import json
import sqlite3
from hashlib import sha256
from pathlib import Path

from cli_city import FOUNDING, REAL_LEDGER, REAL_PASSPHRASE, roots_in, run

FERNHOLLOW = Path(__file__).parents[1] / "config" / "fernhollow"
CONTROL = {
    "101": "1010 1020 1035 1040 2010 2401 2402 2990 4901 4902 4903 4904",
    "401": "1310",
    "402": "1310",
}

ADA = "ada\n4711\n"
GL_MAP = """
kind = "gl"
[columns.code]
required = true
[fields]
code = { column = "code" }
fund = { column = "fund" }
name = { column = "name" }
type = { column = "type" }
"""


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
    wrong = run("ledger", "city", str(FERNHOLLOW), *to, stdin="ada\n4712\n", home=tmp_path, **opened)
    assert (wrong.status, wrong.out) == (1, "")
    refused = run("ledger", "city", str(FERNHOLLOW), *to, stdin=ADA, home=tmp_path, **opened)
    assert (refused.status, refused.out) == (2, "")
    assert "account 101-2990 is not in the chart" in refused.err
    assert asked(folder / "ledger.db", "SELECT key FROM city") == [("sealing_key",)]  # of its founding

    rows = [f"{fund}-{code},{fund},Control,asset" for fund, codes in CONTROL.items() for code in codes.split()]
    (tmp_path / "gl.csv").write_text("\n".join(("code,fund,name,type", *rows)), encoding="utf-8")
    (tmp_path / "gl.toml").write_text(GL_MAP, encoding="utf-8")
    gl = "import", "gl", str(tmp_path / "gl.csv"), "--map", str(tmp_path / "gl.toml")
    assert run(*gl, *to, stdin=ADA, home=tmp_path, **opened).status == 0
    done = run("ledger", "city", str(FERNHOLLOW), *to, stdin=ADA, home=tmp_path, **opened)
    assert done.status == 0, done.err
    assert done.out.startswith("City of Fernhollow: ")
    assert done.out.endswith("Snapshot 2 is published.\n")
    published = folder / "snapshots" / "2"
    assert '["HALL","City Hall"' in (published / "office.ndjson").read_text().replace(", ", ",")
    assert "City of Fernhollow" in json.dumps((published / "city.ndjson").read_text())
    assert (published / "drawer.ndjson").read_text()
    again = run("ledger", "city", str(FERNHOLLOW), *to, stdin=ADA, home=tmp_path, **opened)
    assert again.out == "City of Fernhollow: 0 rows created, 0 updated, 0 removed.\nSnapshot 3 is published.\n"
    answered = [json.loads(body) for (body,) in asked(folder / "ledger.db", "SELECT body FROM record ORDER BY seq")]
    assert [(each["kind"], each["operator"], each["data"]["what"], each["data"]["name"]) for each in answered] == [
        ("import", "ada", "gl", "gl.csv"),
        ("import", "ada", "city", "fernhollow"),
        ("import", "ada", "city", "fernhollow"),
    ]
    assert answered[0]["data"]["sha256"] == sha256((tmp_path / "gl.csv").read_bytes()).hexdigest()
    assert answered[1]["data"]["sha256"] == answered[2]["data"]["sha256"] != ""
    assert (answered[0]["data"]["created"], answered[2]["data"]["unchanged"] > 0) == (len(rows), True)
    sound = run("ledger", "fsck", *to, home=tmp_path)
    assert sound.status == 0, sound.out
    with sqlite3.connect(folder / "ledger.db") as books:
        books.execute("UPDATE gl_account SET fund = '402' WHERE code = '401-1310'")
    books.close()
    altered = run("ledger", "fsck", *to, home=tmp_path)
    assert altered.status != 0
    assert "gl_account 401-1310: fund is 402, recomputed 401." in altered.out + altered.err
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
