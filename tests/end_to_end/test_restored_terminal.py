"""A lost terminal restored by the program's own commands: a new epoch, and numbers above all that was seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_city import Said, run
from end_to_end.test_a_real_city import COUNTER_PASSPHRASE, PINS, Town

pytestmark = pytest.mark.timeout(300)


def test_a_lost_terminal_begins_a_new_epoch_from_a_copy(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.found()
    town.furnish()
    stick = tmp_path / "stick"
    stick.mkdir()
    files = ("--from", str(stick), "--to", str(stick))

    def let_in(asked: Said) -> None:
        assert asked.status == 0, asked.err
        fingerprint = asked.out.split("Fingerprint of T2: ")[1].split()[0]
        stdin = f"bea\n{PINS['bea']}\n{fingerprint}\n"
        admitted = town.at_ledger("ledger", "admit", "T2", *files, stdin=stdin)
        assert admitted.status == 0, admitted.err

    first, opener = str(tmp_path / "first"), f"opener\n{COUNTER_PASSPHRASE}\n"
    code = town.give_out_code("T2", "--to", str(stick))
    named = ("init", "--terminal", "T2", "--code", code, "--dir", first)
    let_in(run(*named, *files, stdin=opener, home=tmp_path))
    made = run(*named, "--from", str(stick), stdin=f"{COUNTER_PASSPHRASE}\n", home=tmp_path)
    assert made.status == 0, made.err

    people = f"ada\n{PINS['ada']}\nbea\n{PINS['bea']}\n"
    revoked = town.at_ledger("ledger", "revoke", "T2", "--reason", "Fell into the river", stdin=people)
    assert revoked.status == 0, revoked.err
    for path in stick.iterdir():
        if path.is_file():
            path.unlink()
    code = town.give_out_code("T2", "--to", str(stick))
    named = ("restore", first, "--code", code, "--dir", str(tmp_path / "second"))
    let_in(run(*named, *files, stdin=f"T2-6\n{opener}", home=tmp_path))
    made = run(*named, "--from", str(stick), stdin=f"T2-6\n{COUNTER_PASSPHRASE}\n", home=tmp_path)
    assert made.status == 0, made.err
    assert "countertui ledger import" in made.out
    second = ("--dir", str(tmp_path / "second"))
    assert run("verify", *second, home=tmp_path).status == 0
    gaps = run("report", "gaps", "--json", *second, home=tmp_path)
    assert json.loads(gaps.out) == [{"after": 0, "before": 7}]
