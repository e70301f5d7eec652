"""A bank's list of returned checks: every row matched or said why not, all done or none, and once."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.documents.text import as_text
from countertui.domain.city import rules_to_json
from countertui.domain.rights import NotAllowed
from countertui.ledger.books import Books
from countertui.ledger.checks_back import ReturnRefusedError
from countertui.ledger.fsck import fsck
from countertui.ledger.importing.faults import MapRefusedError
from countertui.ledger.importing.returns import read_returns
from countertui.ledger.returned_list import Listed, match_list, return_list
from countertui.ledger.returned_notices import notices_of
from ledger.at_the_desk import act, ground, new_id, rules_are
from ledger.test_checks_returned import came_back as said_back
from ledger.test_checks_returned import check, opened, water
from ledger.test_ingest import asked
from ledger.test_money_at_the_bank import BANKED
from ledger.test_posting import balances, charges, posted
from ledger.town import DAY, Till

MAP = 'money = "dollars"\n[columns]\ncheck = "Serial"\namount = "Amount"\nreason = "Why"\nreceipt = "Ref"\n'
HEAD = "Serial,Amount,Why,Ref\n"


@pytest.fixture
def town(books: Books) -> Books:
    rules_are(books, rules_to_json(BANKED))
    return books


@pytest.fixture
def till(town: Books, key: Ed25519PrivateKey) -> Till:
    return opened(town, key, "T1")


def listed(books: Books, tmp: Path, text: str, mapping: str = MAP) -> list[Listed]:
    file, map_path = tmp / "list.csv", tmp / "map.toml"
    file.write_text(text)
    map_path.write_text(mapping)
    with books.reading() as connection:
        return match_list(connection, read_returns(file, map_path))


def done(books: Books, key: Ed25519PrivateKey, found: list[Listed], by: str = "dee", second: str = "bo") -> int:
    count: int = act(books, key, return_list, found, by=by, second=second, biz_date=DAY, ids=new_id)
    return count


def test_a_list_of_two_offices_checks_is_taken_back_and_the_same_again_changes_nothing(
    town: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path
) -> None:
    other = opened(town, key, "T2")
    water(till, "0011", 20_00)
    water(other, "12", 5_00)
    posted(town, key, till)
    posted(town, key, other)
    text = f"{HEAD}11,20.00,NSF,\n0012,5.00,Account closed,t2-1\n"
    found = listed(town, tmp_path, text)
    assert [(one.receipt_no, one.reference, one.why_not) for one in found] == [("T1-1", "0011", ""), ("T2-1", "12", "")]
    assert done(town, key, found) == 2
    assert charges(town)["C1"] == 50_00
    assert balances(town) == {}
    before = asked(town, "SELECT COUNT(*) FROM record")
    again = listed(town, tmp_path, text)
    assert [one.why_not for one in again] == [
        "Check 0011 of receipt T1-1 came back before.",
        "Check 12 of receipt T2-1 came back before.",
    ]
    assert done(town, key, again) == 0
    assert asked(town, "SELECT COUNT(*) FROM record") == before
    assert fsck(town).differences == ()


def test_every_row_that_is_not_matched_says_why(
    town: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path
) -> None:
    water(till, "11", 20_00)
    water(till, "5", 2_00)
    water(till, "5", 2_00)
    till.void(water(till, "6", 1_00))
    posted(town, key, till)
    rows = [
        ("11,20.00,NSF,", ""),
        ("11,20.00,NSF,", "in the list already"),
        ("11,20.01,NSF,", "was 20.00; the list says 20.01"),
        ("99,1.00,NSF,", "No check 99 is of any receipt"),
        ("11,20.00,NSF,T1-2", "No check 11 is of receipt T1-2"),
        ("11,20.00,NSF,T9-9", "No check 11 is of receipt T9-9"),
        ("5,2.00,NSF,", "T1-2, T1-3 have a check 5"),
        ("5,2.00,NSF,T1-3", ""),
        ("6,1.00,NSF,", "taken back before, by a void"),
        (",1.00,NSF,", "names no check"),
        ("7,x,NSF,", "not an amount"),
        ("7,0,NSF,", "is zero"),
        ("4111111111111111,1.00,NSF,", "may be a card number"),
        ("7", "cells"),
    ]
    found = listed(town, tmp_path, HEAD + "\n".join(row for row, _ in rows) + "\n")
    for one, (row, why) in zip(found, rows, strict=True):
        assert (one.why_not == "") == (why == ""), (row, one.why_not)
        assert why in one.why_not
    assert done(town, key, found) == 2


def test_the_list_is_done_whole_or_not_at_all(town: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path) -> None:
    taken = water(till, "11", 20_00)
    water(till, "12", 5_00)
    posted(town, key, till)
    found = listed(town, tmp_path, f"{HEAD}12,5.00,NSF,\n11,20.00,NSF,\n")
    said_back(till, check(taken, "11", 20_00, till))
    posted(town, key, till)
    before = balances(town), charges(town)
    with pytest.raises(ReturnRefusedError, match="Row 3: Check 11 of receipt T1-1 came back before"):
        done(town, key, found)
    assert (balances(town), charges(town)) == before
    for by, second in (("ann", "bo"), ("dee", "dee"), ("bo", "dee")):
        with pytest.raises(NotAllowed):
            done(town, key, found[:1], by, second)
    assert (balances(town), charges(town)) == before
    assert fsck(town).differences == ()


@pytest.mark.parametrize("mapping", ["", 'money = "pounds"\n', MAP.replace('"Serial"', '"Number"'), MAP + "more = 1\n"])
def test_a_mapping_that_does_not_fit_is_refused(
    town: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path, mapping: str
) -> None:
    with pytest.raises(MapRefusedError):
        listed(town, tmp_path, f"{HEAD}11,20.00,NSF,\n", mapping)


def test_a_list_too_long_is_refused(town: Books, tmp_path: Path) -> None:
    with pytest.raises(MapRefusedError, match="at most 500"):
        listed(town, tmp_path, HEAD + "11,20.00,NSF,\n" * 501)


def test_checks_are_known_from_what_was_posted(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    water(till, "0011", 20_00)
    posted(town, key, till)
    assert asked(town, "SELECT reference, terminal, seq, n, cents FROM check_taken") == [("11", "T1", 2, 0, 20_00)]
    with ground(town, key) as here:
        here.connection.exec_driver_sql("UPDATE check_taken SET cents = 1")
    assert any("check_taken 11/T1" in told for told in fsck(town).differences)


def test_each_payor_is_told_of_a_check_by_whoever_took_it_back(
    town: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path
) -> None:
    taken = water(till, "11", 20_00)
    water(till, "12", 5_00)
    posted(town, key, till)
    said_back(till, check(taken, "11", 20_00, till))
    posted(town, key, till)
    done(town, key, listed(town, tmp_path, f"{HEAD}12,5.00,Account closed,\n"))
    with town.reading() as connection:
        first, second = ("\n".join(as_text(each)) for each in notices_of(connection, town.ledger, DAY))
        assert notices_of(connection, town.ledger, "2026-01-01") == []
    for words in ("Town of Littleton", "1 Elm St", "Check 11", "T1-1", "NSF", "35.00", "55.00", "DEMO"):
        assert words in first
    assert "account U1 owes now" in " ".join(first.split())
    for words in ("Check 12", "Account closed", "40.00"):
        assert words in second
