"""What a terminal signs about licenses, whatever it is: it holds its batch or is told, and never stops the ledger."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.license_term_charges import charge_id
from countertui.domain.records import Kind
from countertui.domain.reference import CityKey
from countertui.ledger.answers import HELD
from countertui.ledger.books import Books
from countertui.ledger.ingest import ingest
from ledger.test_licenses import LISTED, LISTED_LICENSE, act, sound, term
from ledger.test_overpaid import registered, two_tills
from ledger.test_posting import asked, items, posted
from ledger.test_renewals import TOML, part, pay_late
from ledger.town import NOW, Till, brought, line

HUGE = "99999999999999999999"
ENDLESS = (*LISTED_LICENSE[:5], None, *LISTED_LICENSE[6:])
OF_WORDS = TOML.replace('code = "BASE"', 'code = "BASE"\nwhen = "gross_receipts > 5"').replace(
    'code = "LATE"', 'code = "LATE"\nwhen = "gross_receipts > 5"'
)


@pytest.fixture
def till(books: Books) -> Till:
    registered(books)
    brought(books, "account", [LISTED])
    brought(books, "license", [LISTED_LICENSE])
    brought(books, "city", [(CityKey.LICENSES.value, json.dumps(TOML))])
    return two_tills(books)[0]


def held(books: Books, key: Ed25519PrivateKey, till: Till) -> bool:
    answer = ingest(books, key, till.seal(), "T1", 1, till.batch_no, NOW)
    return answer.status == HELD


def assessed(till: Till, was: str = "listed", **other: Any) -> dict[str, Any]:
    return act(till, "BL-7", was, "assess", term={**term("BL-7", 2027, code="BASE"), **other})


def test_a_working_beyond_all_money_holds_the_batch(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    of_term = term("BL-7", 2027)
    of_term["charges"][0]["working"] = [["more", HUGE], ["less", f"-{int(HUGE) - 100_00}"]]
    act(till, "BL-7", "listed", "assess", term=of_term)
    assert held(books, key, till)


def test_so_does_one_of_what_a_payment_raises(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    body = pay_late(till, "BL-7")
    body["data"]["raised"][0]["working"] = [["more", HUGE], ["less", f"-{int(HUGE) - 10_00}"]]
    till.record(Kind.PAY, body["data"], net=110_00, id=body["id"])
    del till.records[0]
    assert held(books, key, till)


@pytest.mark.parametrize(
    "days",
    [
        {"begins": "0001-01-01", "ends": "0001-12-31", "due": "0001-01-31"},
        {"begins": "9999-01-01", "ends": "9999-12-31", "due": "9999-12-15"},
        {"due": "9999-12-15"},
    ],
)
def test_a_term_out_of_all_time_holds_the_batch(
    books: Books, key: Ed25519PrivateKey, till: Till, days: dict[str, str]
) -> None:
    brought(books, "account", [("BL-9", *LISTED[1:])])
    brought(books, "license", [("BL-9", "BL-9", *ENDLESS[2:])])
    of_term = {**term("BL-9", 2027), **days}
    of_term["charges"][0]["id"] = charge_id("BL-9", of_term["begins"], "base")
    act(till, "BL-9", "listed", "assess", term=of_term)
    assert held(books, key, till)


@pytest.mark.parametrize("answer", [True, {"gross_receipts": True, "renewal": 1, "license_class": 5}])
def test_answers_of_another_kind_than_the_rows_ask_for_stop_nothing(
    books: Books, key: Ed25519PrivateKey, till: Till, answer: Any
) -> None:
    brought(books, "city", [(CityKey.LICENSES.value, json.dumps(OF_WORDS))])
    answers = answer if isinstance(answer, dict) else {"gross_receipts": answer}
    was = act(till, "BL-7", "listed", "amend", {"answers": answers, "license_class": "BAR"})["id"]
    assessed(till, was, begins="2026-10-01", due="2026-10-31", charges=term_of_october())
    pay_late(till, "BL-7", penalty=0)
    posted(books, key, till)
    sound(books)


def term_of_october() -> list[dict[str, Any]]:
    (one,) = term("BL-7", 2026, code="BASE")["charges"]
    return [{**one, "id": charge_id("BL-7", "2026-10-01", "BASE")}]


def test_nothing_is_raised_on_what_is_no_license(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    body = raising(till, "U1")
    posted(books, key, till)
    assert ("unknown-license", 0) in items(books)
    assert asked(books, f"SELECT id FROM charge WHERE id = '{body['data']['raised'][0]['charge']}'") == []
    sound(books)


def raising(till: Till, number: str) -> dict[str, Any]:
    """A payment that raises 10.00 on an account that it pays 5.00 onto."""
    id_ = "0190b2c4-0000-7000-b000-" + "7" * 12
    charge = f"{number}/2026-10-01/LATE/{id_}"
    one = {"charge": charge, "license": number, "begins": "2026-10-01", "due": "2026-10-31", "code": "LATE"}
    one |= {"head": "penalty", "gl": "100-4410", "description": "Late", "cents": 10_00, "ordinance": "Ord. 3"}
    paid = line(number, part(charge, 10_00, "penalty"), {**part("", 5_00, "credit"), "charge": None, "gl": "100-2310"})
    data = {"payor": "Somebody", "lines": [paid], "change_cents": 0, "total_cents": 15_00}
    data |= {"tenders": [{"kind": "cash", "cents": 15_00, "reference": ""}]}
    return till.record(Kind.PAY, {**data, "raised": [{**one, "working": [["late", "1000"]]}]}, net=15_00, id=id_)


def test_a_term_does_not_take_the_id_of_what_a_payment_raises(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    of_term = term("BL-7", 2026)
    of_term |= {"begins": "2026-10-01", "due": "2026-10-31"}
    of_term["charges"][0]["id"] = "BL-7/2026-10-01/LATE/0190b2c4-0000-7000-b000-" + "7" * 12
    act(till, "BL-7", "listed", "assess", term=of_term)
    raising(till, "BL-7")
    assert held(books, key, till)
    assert "license" in str(asked(books, "SELECT reasons FROM batch")[0][0])


EARLY = """
[[timing]]
effective_from = 2026-01-01
ordinance = "Ord. 4"
code = "EARLY"
description = "Early"
head = "discount"
gl = "100-4410"
early = { percent = 2, days_before = 15 }
"""


def early(till: Till, base: int, *off: int) -> dict[str, Any]:
    """A payment of so much of the 100.00 of a term due in January, which raises 2.00 off and takes these off."""
    id_ = "0190b2c4-0000-7000-b000-" + "6" * 12
    charge = f"BL-7/2027-01-01/EARLY/{id_}"
    one = {"charge": charge, "license": "BL-7", "begins": "2027-01-01", "due": "2027-01-31", "code": "EARLY"}
    one |= {"head": "discount", "gl": "100-4410", "description": "Early", "cents": -2_00, "ordinance": "Ord. 4"}
    parts = [part("BL-7/2027-01-01/BASE", base, "license"), *(part(charge, cents, "discount") for cents in off)]
    paid = line("BL-7", *parts) | {"account_kind": "license"}
    total = int(paid["cents"])
    data = {"payor": "Somebody", "lines": [paid], "change_cents": 0, "total_cents": total}
    data |= {"tenders": [{"kind": "cash", "cents": total, "reference": ""}]}
    return till.record(Kind.PAY, {**data, "raised": [{**one, "working": [["early", "-200"]]}]}, net=total, id=id_)


@pytest.mark.parametrize("off", [(), (-2_00, -2_00)])
def test_a_discount_is_taken_off_once_by_the_payment_that_raises_it(
    books: Books, key: Ed25519PrivateKey, till: Till, off: tuple[int, ...]
) -> None:
    assessed(till)
    early(till, 100_00, *off)
    assert held(books, key, till)


@pytest.mark.parametrize(("base", "told"), [(100_00, []), (60_00, [("other-raised", 0)])])
def test_a_discount_of_the_whole_is_told_where_the_whole_was_not_paid(
    books: Books, key: Ed25519PrivateKey, till: Till, base: int, told: list[tuple[str, int]]
) -> None:
    brought(books, "city", [(CityKey.LICENSES.value, json.dumps(TOML + EARLY))])
    assessed(till)
    early(till, base, -2_00)
    posted(books, key, till)
    assert items(books) == told
    sound(books)


def test_a_payment_on_the_last_day_of_all_time_stops_nothing(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    rows = TOML.replace("most = 50\n", "").replace('every = "month" }', 'every = "month", compound = true }')
    brought(books, "city", [(CityKey.LICENSES.value, json.dumps(rows))])
    assessed(till, begins="2026-10-01", due="2026-10-31", charges=term_of_october())
    pay_late(till, "BL-7", biz_date="9999-12-31")
    posted(books, key, till)
    assert "other-raised" in {reason for reason, _ in items(books)}
    sound(books)
