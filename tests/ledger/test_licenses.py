"""Licenses at the ledger: acts carried out, in conflict, by people who may not; standing by what is paid of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.license_acts import charge_id
from countertui.domain.license_file import License
from countertui.domain.license_states import State
from countertui.domain.records import Kind
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.licenses import license_in_books
from countertui.ledger.publish import publish
from countertui.store.reference import Reference
from ledger.snapshots_taken import contents, offered, take
from ledger.test_ingest import asked
from ledger.test_overpaid import registered, two_tills
from ledger.test_posting import items, posted
from ledger.town import DAY, NOW, Till, allocation, line

NUMBER = "T1-L1"
CHARGE = charge_id(NUMBER, "2026-01-01", "base")
TACOS = {"business": "Ana's Tacos", "premises": "5 Elm St", "license_class": "FOODTRUCK", "reviews": {"fire": "open"}}
LISTED = ("BL-7", "license", "P7", "BO'S BAR", "7 Elm St", "", "", "", "100-2310", "")
LISTED_LICENSE = ("BL-7", "BL-7", "BAR", "active", "2020-05-01", "2026-12-31", "Box 7", "Bo's", "", "7 Elm St", "", "")


@pytest.fixture
def tills(books: Books) -> tuple[Till, Till]:
    registered(books)
    return two_tills(books)


def term(number: str, year: int, cents: int = 100_00) -> dict[str, Any]:
    charge = {"id": charge_id(number, f"{year}-01-01", "base"), "head": "license", "gl": "100-4410", "cents": cents}
    charge |= {"description": "Base fee", "ordinance": "Sec. 8-1", "working": [["half", "50.5"], ["rest", "9949.5"]]}
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


def paid(till: Till, number: str = NUMBER, cents: int = 100_00, year: int = 2026) -> dict[str, Any]:
    of = allocation(charge_id(number, f"{year}-01-01", "base"), "100-4410", cents)
    return till.pay(line(number, of))


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
    row = reference.license(NUMBER)
    assert row is not None
    assert (row.status, row.expires_on, row.license_class, row.version) == (
        "issued",
        "2026-12-31",
        "FOODTRUCK",
        version,
    )
    assert reference.license_acts(NUMBER) == list(license_.acts)
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
    assert in_books(books).unpaid == 60_00
    paid(till, cents=60_00)
    posted(books, key, till)
    assert in_books(books).state is State.ISSUED
    assert items(books) == []
    sound(books)
