"""Licenses at the ledger: acts carried out, in conflict, by people who may not; standing by what is paid of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.license_acts import LicenseActData
from countertui.domain.license_file import License
from countertui.domain.license_states import State
from countertui.domain.license_term_charges import charge_id
from countertui.domain.records import Kind
from countertui.domain.reference import TABLES
from countertui.ledger.books import Books
from countertui.ledger.desk import Ground
from countertui.ledger.fsck import fsck
from countertui.ledger.imported import begin_import
from countertui.ledger.importing.kinds import Kind as Import
from countertui.ledger.importing.load import Read, load_rows
from countertui.ledger.ingest import ingest
from countertui.ledger.license_desk import LicenseActRefusedError, next_desk_number, record_acts
from countertui.ledger.licenses import license_in_books
from countertui.ledger.publish import publish
from countertui.ledger.returned_checks import return_check
from countertui.store.reference import Reference
from ledger.at_the_desk import new_id
from ledger.snapshots_taken import contents, offered, take
from ledger.test_ingest import asked
from ledger.test_overpaid import registered, two_tills
from ledger.test_posting import items, posted
from ledger.town import DAY, NOW, Till, allocation, brought, line

NUMBER = "T1-L1"
CHARGE = charge_id(NUMBER, "2026-01-01", "base")
TACOS = {"business": "Ana's Tacos", "premises": "5 Elm St", "license_class": "FOODTRUCK", "reviews": {"fire": "open"}}
LISTED = ("BL-7", "license", "P7", "BO'S BAR", "7 Elm St", "", "", "", "100-2310", "")
LISTED_LICENSE = (
    "BL-7",
    "BL-7",
    "BAR",
    "active",
    "2020-05-01",
    "2026-12-31",
    "Box 7",
    "Bo's",
    "",
    "7 Elm St",
    *[""] * 4,
)


@pytest.fixture
def tills(books: Books) -> tuple[Till, Till]:
    registered(books)
    return two_tills(books)


def term(number: str, year: int, cents: int = 100_00, code: str = "base") -> dict[str, Any]:
    charge = {"id": charge_id(number, f"{year}-01-01", code), "head": "license", "gl": "100-4410", "cents": cents}
    rest = [["half", "50.5"], ["rest", f"{cents - 51}.5"]]
    charge |= {"description": "Base fee", "ordinance": "Sec. 8-1", "working": rest}
    return {
        "begins": f"{year}-01-01",
        "ends": f"{year}-12-31",
        "due": f"{year}-01-31",
        "charges": [charge] if cents else [],
    }


def act(till: Till, number: str, was: str, step: str, says: Any = None, /, **other: Any) -> dict[str, Any]:
    head = {name: other.pop(name) for name in ("operator", "biz_date", "session") if name in other}
    data = {"license": number, "was": was, "step": step, "says": says or {}, "reason": "as ordered", "term": None}
    return till.record(Kind.LICENSE, {**data, **other}, **({"operator": "dee"} | head))


def walk_in(till: Till, number: str = NUMBER, issue: bool = True) -> str:
    """A license from application to certificate, its fee assessed and paid in cash; gives its version."""
    was = act(till, number, "", "file", TACOS, operator="ann")["id"]
    was = act(till, number, was, "review", {"reviews": {"fire": "passed"}})["id"]
    was = act(till, number, was, "approve")["id"]
    was = act(till, number, was, "assess", term=term(number, 2026))["id"]
    if not issue:
        return str(was)
    paid(till, number)
    return str(act(till, number, was, "issue", operator="ann")["id"])


def paid(till: Till, number: str = NUMBER, cents: int = 100_00, year: int = 2026, **head: Any) -> dict[str, Any]:
    of = allocation(charge_id(number, f"{year}-01-01", "base"), "100-4410", cents)
    return till.pay(line(number, of), **head)


def in_books(books: Books, number: str = NUMBER, day: str = DAY) -> License:
    with books.reading() as connection:
        found = license_in_books(connection, number, date.fromisoformat(day))
    assert found is not None
    row = asked(books, f"SELECT status, issued_on, expires_on, version FROM license WHERE number = '{number}'")
    with books.reading() as connection:
        early = license_in_books(connection, number, date.min)
    assert early is not None
    days = (day.isoformat() if day else None for day in (early.issued_on, early.expires_on))
    assert row == [(early.state.value, *days, early.version)]
    return found


def history(books: Books, number: str = NUMBER) -> list[tuple[Any, ...]]:
    return [
        tuple(row)
        for row in asked(
            books, f"SELECT operator, step, carried_out FROM license_act WHERE license = '{number}' ORDER BY n"
        )
    ]


def sound(books: Books) -> None:
    assert fsck(books).differences == ()


def test_a_walk_in_of_one_batch_is_in_the_books_and_on_every_terminal(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till], tmp_path: Path
) -> None:
    mine = tmp_path / "reference.db"
    take(offered(books, publish(books, key, NOW)), mine)
    version = walk_in(tills[0])
    posted(books, key, tills[0])
    license_ = in_books(books)
    assert (license_.state, license_.version, license_.expires_on) == (State.ISSUED, version, date(2026, 12, 31))
    assert asked(books, f"SELECT name, address, kind, party FROM account WHERE number = '{NUMBER}'") == [
        ("Ana's Tacos", "5 Elm St", "license", NUMBER)
    ]
    assert asked(books, f"SELECT balance_cents FROM charge WHERE id = '{CHARGE}'") == [(0,)]
    steps = asked(books, f"SELECT what, cents FROM charge_step WHERE charge = '{CHARGE}' ORDER BY source, n")
    assert steps == [("Base fee: half", 51), ("Base fee: rest", 99_49), ("Receipt T1-1", -100_00)]
    assert items(books) == []
    take(offered(books, publish(books, key, NOW), mine), mine)
    reference = Reference(mine)
    row = reference.licenses.license(NUMBER)
    assert row is not None
    assert (row.status, row.expires_on, row.license_class, row.version) == (
        "issued",
        "2026-12-31",
        "FOODTRUCK",
        version,
    )
    assert reference.licenses.acts(NUMBER) == list(license_.acts)
    reference.close()
    assert [row[:4] for row in contents(mine)["license_term"]] == [(NUMBER, "2026-01-01", "2026-12-31", "2026-01-31")]
    sound(books)


def test_a_void_a_refund_and_a_returned_check_move_it_back_and_paying_again_puts_it_in_force(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    till = tills[0]
    was = walk_in(till, issue=False)
    taken = paid(till)
    act(till, NUMBER, was, "issue", operator="ann")
    posted(books, key, till)
    assert in_books(books).state is State.ISSUED
    till.void(taken)
    posted(books, key, till)
    assert (in_books(books).state, in_books(books).unpaid) == (State.FEES_DUE, 100_00)
    paid(till, cents=40_00)
    posted(books, key, till)
    assert (in_books(books).unpaid, in_books(books).state) == (60_00, State.FEES_DUE)
    paid(till, cents=60_00)
    posted(books, key, till)
    assert in_books(books).state is State.ISSUED
    assert items(books) == []
    sound(books)


def test_a_refund_moves_it_back_as_a_returned_check_does(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    till = tills[0]
    was = walk_in(till, issue=False)
    of = line(NUMBER, allocation(CHARGE, "100-4410", 100_00))
    taken = till.pay(of, tenders=[("check", 100_00, "1041")])
    act(till, NUMBER, was, "issue", operator="ann")
    till.close(200_00, 200_00, {"check": (1, 100_00)})
    posted(books, key, till)
    assert in_books(books).state is State.ISSUED
    with books.writing() as connection:
        ground = Ground(connection, books, key, NOW)
        who = {"by": "dee", "second": "bo", "reason": "NSF", "biz_date": DAY, "id_": new_id()}
        return_check(ground, taken["receipt_no"], "1041", **who)
    assert in_books(books).state is State.FEES_DUE
    till.open("S2", operator="ann")
    again = paid(till, session="S2")
    till.close(300_00, 300_00, session="S2")
    posted(books, key, till)
    assert in_books(books).state is State.ISSUED
    request = till.ask(Kind.REFUND_REQUEST, again)
    till.refund(again, request["seq"])
    posted(books, key, till)
    assert in_books(books).state is State.FEES_DUE
    assert items(books) == []
    sound(books)


def test_of_two_that_change_one_version_both_are_kept_and_the_later_is_told(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    version = walk_in(tills[0])
    posted(books, key, tills[0])
    first = act(tills[0], NUMBER, version, "move", {"premises": "9 Oak St"})
    late = act(tills[1], NUMBER, version, "close", operator="bo")
    after = act(tills[1], NUMBER, late["id"], "amend", {"phone": "5550100"}, operator="bo")
    for till in tills:
        posted(books, key, till)
    license_ = in_books(books)
    assert (license_.state, license_.version, license_.says["premises"]) == (State.ISSUED, first["id"], "9 Oak St")
    assert [each.id for each in license_.acts[-3:]] == [first["id"], late["id"], after["id"]]
    assert history(books)[-3:] == [("dee", "move", 1), ("bo", "close", 0), ("bo", "amend", 0)]
    assert items(books) == [("changed-twice", 0), ("changed-twice", 0)]
    told = str(asked(books, "SELECT detail FROM error_item ORDER BY id")[0][0])
    assert all(word in told for word in ("bo at T2", "close", NUMBER, "dee at T1", "move", DAY))
    sound(books)


def test_two_that_assess_one_term_have_it_paid_once_and_the_rest_is_credit(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    version = walk_in(tills[0])
    posted(books, key, tills[0])
    for till in tills:
        act(till, NUMBER, version, "assess", term=term(NUMBER, 2027))
        paid(till, year=2027)
    for till in tills:
        posted(books, key, till)
    license_ = in_books(books)
    assert (license_.expires_on, len(license_.terms), license_.unpaid) == (date(2027, 12, 31), 2, 0)
    assert asked(books, f"SELECT balance_cents FROM charge WHERE id = 'CR-{NUMBER}'") == [(-100_00,)]
    assert items(books) == [("changed-twice", 0)]
    sound(books)


def test_money_on_what_was_not_carried_out_waits_in_suspense(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    version = walk_in(tills[0])
    posted(books, key, tills[0])
    act(tills[0], NUMBER, version, "close")
    act(tills[1], NUMBER, version, "assess", term=term(NUMBER, 2027))
    paid(tills[1], year=2027)
    for till in tills:
        posted(books, key, till)
    assert in_books(books).state is State.CLOSED
    assert items(books) == [("changed-twice", 0), ("unknown-charge", 100_00)]
    sound(books)


@pytest.mark.parametrize(
    ("number", "step", "head", "reason", "kept"),
    [
        (NUMBER, "approve", {"operator": "ann"}, "no-right", True),
        (NUMBER, "approve", {"operator": "mallory"}, "no-right", True),
        (NUMBER, "amend", {"operator": "eli"}, "no-right", True),
        (NUMBER, "issue", {"operator": "ann"}, "license-state", True),
        ("T1-L9", "close", {}, "unknown-license", False),
        ("T2-L1", "file", {"operator": "ann"}, "license-number", False),
        ("U1", "file", {"operator": "ann"}, "license-number", False),
        (NUMBER, "file", {"operator": "ann"}, "license-number", False),
    ],
)
def test_what_nobody_may_do_is_told_and_changes_nothing(
    books: Books,
    key: Ed25519PrivateKey,
    tills: tuple[Till, Till],
    number: str,
    step: str,
    head: dict[str, str],
    reason: str,
    kept: bool,
) -> None:
    first = act(tills[0], NUMBER, "", "file", TACOS, operator="ann")
    posted(books, key, tills[0])
    before = in_books(books)
    act(tills[0], number, "" if step == "file" else first["id"], step, TACOS if step == "file" else None, **head)
    posted(books, key, tills[0])
    assert items(books) == [(reason, 0)]
    after = in_books(books)
    assert (after.state, after.version, after.says) == (before.state, before.version, before.says)
    assert len(after.acts) == len(before.acts) + kept
    sound(books)


def test_malformed_acts_hold_the_batch_and_are_left_out_by_people(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    act(tills[0], NUMBER, "", "file", {"reviews": {"fire": "passed"}}, operator="ann")
    envelope = tills[0].seal()
    answer = ingest(books, key, envelope, "T1", 1, tills[0].batch_no, NOW)
    assert answer.status == 202
    assert asked(books, "SELECT state FROM batch WHERE terminal = 'T1'") == [("held",)]
    assert asked(books, "SELECT number FROM license") == []


def test_a_certificate_without_its_fee_is_told(books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]) -> None:
    was = walk_in(tills[0], issue=False)
    act(tills[0], NUMBER, was, "issue", operator="ann")
    posted(books, key, tills[0])
    assert in_books(books).state is State.FEES_DUE
    assert items(books) == [("license-unpaid", 0)]
    sound(books)


def test_one_of_a_list_goes_on_from_what_the_list_says(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    brought(books, "account", [LISTED])
    brought(books, "license", [LISTED_LICENSE])
    assert in_listed(books).state is State.ISSUED
    was = act(tills[0], "BL-7", "listed", "assess", term=term("BL-7", 2027))["id"]
    paid(tills[0], "BL-7", year=2027)
    was = act(tills[0], "BL-7", was, "transfer", {"business": "Cy's Bar", "owners": []})["id"]
    posted(books, key, tills[0])
    license_ = in_books(books, "BL-7")
    assert (license_.state, license_.expires_on) == (State.ISSUED, date(2027, 12, 31))
    assert history(books, "BL-7")[0] == ("", "file", 1)
    assert asked(books, "SELECT name, credit_gl, party FROM account WHERE number = 'BL-7'") == [
        ("Cy's Bar", "100-2310", "P7")
    ]
    with books.writing() as connection:
        rows = [Read(1, dict(zip(TABLES["license"], LISTED_LICENSE, strict=True)) | {"credit_gl": "100-2310"})]
        refused = load_rows(begin_import(connection), Import.LICENSES, rows).refused
    assert [number for number, why in refused if "changed at a counter" in why] == [1]
    assert items(books) == []
    sound(books)


def in_listed(books: Books) -> License:
    with books.reading() as connection:
        found = license_in_books(connection, "BL-7", date.fromisoformat(DAY))
    assert found is not None
    return found


def test_what_is_done_at_the_desk_is_in_the_same_history_and_recomputed(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    version = walk_in(tills[0])
    posted(books, key, tills[0])
    data = LicenseActData(
        license=NUMBER,
        was=version,
        step="assess",
        says={"answers": {"employees": 300}},
        reason="",
        term=term(NUMBER, 2027),  # type: ignore[typeddict-item]
    )
    with books.writing() as connection:
        (made,) = record_acts(Ground(connection, books, key, NOW), "dee", [data], new_id)
    assert in_books(books).version == made.body["id"]
    assert history(books)[-1] == ("dee", "assess", 1)
    for who, again in (("dee", data), ("eli", data | {"was": made.body["id"], "step": "close", "term": None})):
        with pytest.raises(LicenseActRefusedError), books.writing() as connection:
            record_acts(Ground(connection, books, key, NOW), who, [again], new_id)  # type: ignore[list-item]
    with books.writing() as connection:
        number = next_desk_number(connection)
        filed = LicenseActData(license=number, was="", step="file", says=TACOS, reason="", term=None)
        record_acts(Ground(connection, books, key, NOW), "dee", [filed], new_id)
        assert (number, next_desk_number(connection)) == ("LEDGER-L1", "LEDGER-L2")
    paid(tills[1], year=2027)
    posted(books, key, tills[1])
    assert in_books(books, day="2027-06-01").state is State.ISSUED
    assert items(books) == []
    sound(books)


def test_a_note_about_an_account_that_began_in_the_same_batch_is_kept(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    act(tills[0], NUMBER, "", "file", TACOS, operator="ann")
    tills[0].record(Kind.ACCOUNT_NOTE, {"account": NUMBER, "note": "Calls on Mondays"})
    change = {"account": NUMBER, "detail": "address", "was": "5 Elm St", "now": "6 Elm St"}
    tills[0].record(Kind.ACCOUNT_CHANGE, change)
    tills[0].pay(line(NUMBER, allocation(None, "100-2990", 5_00)))
    posted(books, key, tills[0])
    assert asked(books, f"SELECT address FROM account WHERE number = '{NUMBER}'") == [("6 Elm St",)]
    assert len(asked(books, f"SELECT id FROM account_note WHERE account = '{NUMBER}'")) == 2
    assert items(books) == []
    sound(books)


def test_a_term_assessed_anew_withdraws_what_was_charged_unless_it_was_paid(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    was = walk_in(tills[0], issue=False)
    posted(books, key, tills[0])
    before = term(NUMBER, 2026)["charges"]
    anew = {**term(NUMBER, 2026, 80_00, "base~2"), "withdraws": before}
    late = {**term(NUMBER, 2026, 60_00, "base~3"), "withdraws": anew["charges"]}
    was = act(tills[0], NUMBER, was, "assess", term=anew)["id"]
    of = allocation(charge_id(NUMBER, "2026-01-01", "base~2"), "100-4410", 30_00)
    tills[0].pay(line(NUMBER, of))
    act(tills[0], NUMBER, was, "assess", term=late)
    posted(books, key, tills[0])
    assert items(books) == [("license-paid", 0)]
    assert in_books(books).unpaid == 50_00
    assert asked(books, f"SELECT amount_cents, balance_cents FROM charge WHERE id = '{CHARGE}'") == [(0, 0)]
    assert asked(books, f"SELECT SUM(cents) FROM charge_step WHERE charge = '{CHARGE}'")[0][0] == 0
    assert len(asked(books, "SELECT begins FROM license_term")) == 1
    paid(tills[1])  # who knew of the first assessment alone: it is theirs, as credit
    posted(books, key, tills[1])
    assert asked(books, f"SELECT balance_cents FROM charge WHERE id = 'CR-{NUMBER}'") == [(-100_00,)]
    assert items(books) == [("license-paid", 0)]
    sound(books)
