"""A day at a glance: every state a drawer session goes through, who may see amounts, and who was not heard."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.event import listen, remove

from countertui.domain.city import rules_to_json
from countertui.domain.records import Kind
from countertui.domain.rights import Role
from countertui.ledger.books import Books
from countertui.ledger.deposits import deposit, undeposited
from countertui.ledger.desk_calls import Looking
from countertui.ledger.desk_reads.day import DayAsked, day
from countertui.ledger.ingest import ingest
from countertui.ledger.live import hear_records
from countertui.sync.live import record_lines
from ledger.at_the_desk import act, hire, new_id, people_post, rules_are
from ledger.test_money_at_the_bank import BANKED
from ledger.test_terminal_deposits import data_of, puts, takes_back, till_of, works
from ledger.town import DAY, NOW, RULES, Till, allocation, line

WATER = line("U1", allocation("C1", "510-4310", 20_00))


def seen(books: Books, who: str = "dee", *roles: Role, on: str = DAY) -> dict[str, Any]:
    with books.reading() as connection:
        look = Looking(connection, who, who, frozenset(roles or (Role.TECHNICIAN,)), NOW)
        (office,) = day(look, DayAsked(date=on))["offices"]
    return dict(office)


def sessions(books: Books, **more: Any) -> dict[str, dict[str, Any]]:
    return {each["session"]: each for each in seen(books, **more)["sessions"]}


def tell(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    heard = hear_records(books, key, "T1", 1, record_lines(till.records), NOW)
    assert heard.status == 200


def test_a_drawer_on_its_way(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.open("S2")
    till.pay(WATER, session="S2")
    till.pay(line(None, allocation(None, "100-4410", 5_00)), tenders=[("check", 5_00, "101")], session="S2")
    tell(books, key, till)
    live = sessions(books)["S2"]
    assert (live["state"], live["operator_name"]) == ("open", "Ann")
    assert live["sums"] == {"cash": 20_00, "check": 5_00}
    till.close(215_00, 220_00, {"check": (1, 5_00)}, session="S2")
    tell(books, key, till)
    counted = sessions(books)["S2"]
    assert (counted["state"], counted["over_short"]) == ("counted", -5_00)
    envelope = till.seal()
    assert sessions(books)["S2"]["state"] == "counted"
    assert ingest(books, key, envelope, "T1", 1, 1, NOW).status == 201
    posted = sessions(books)["S2"]
    assert (posted["state"], posted["over_short"], posted["sums"]) == ("posted", -5_00, {"cash": 20_00, "check": 5_00})
    office = seen(books)
    assert (office["receipts"], office["net_cents"]) == (2, 25_00)
    assert office["sums"] == {"cash": 20_00, "check": 5_00}


def test_what_is_in_custody_and_not_posted_counts(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.open("S2")
    till.pay(WATER, session="S2")
    till.close(220_00, 220_00, session="S2")
    first = till.seal()
    till.pay(WATER, session="S2")
    second = till.seal()
    # The second came, the first did not: nothing of it is believed. Then both, by people.
    assert ingest(books, key, second, "T1", 1, 2, NOW).status == 409
    assert "S2" not in sessions(books)
    people_post(books)
    assert ingest(books, key, first, "T1", 1, 1, NOW).status == 202
    received = sessions(books)["S2"]
    assert (received["state"], received["batch_no"], received["batch"]) == ("received", 1, "received")
    assert received["sums"] == {"cash": 20_00}
    assert seen(books)["receipts"] == 0


@pytest.mark.parametrize(("role", "sees"), [(Role.LEAD, True), (Role.AUDITOR, True), (Role.ADMIN, False)])
def test_who_may_see_amounts(books: Books, key: Ed25519PrivateKey, till: Till, role: Role, sees: bool) -> None:
    till.open("S2")
    tell(books, key, till)
    office = seen(books, "bo", role)
    (drawer,) = office["sessions"]
    assert (drawer["sums"] is not None, office["sums"] is not None, office["net_cents"] is not None) == (sees,) * 3
    assert drawer["state"] == "open"


def test_nobody_sees_what_is_in_a_drawer_of_theirs_before_it_is_counted(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.open("S1")
    till.open("S2", operator="cy")
    till.pay(WATER, session="S2", operator="cy")
    tell(books, key, till)
    office = seen(books, " CY", Role.LEAD)
    mine, other = (next(each for each in office["sessions"] if each["session"] == id_) for id_ in ("S2", "S1"))
    assert (mine["sums"], mine["over_short"]) == (None, None)
    assert other["sums"] == {}
    assert (office["sums"], office["net_cents"]) == (None, None)
    till.close(220_00, 220_00, session="S2", operator="cy")
    tell(books, key, till)
    assert sessions(books, who="cy")["S2"]["sums"] == {"cash": 20_00}


def test_a_terminal_that_says_nothing_is_named(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    Till(books, "T2").registered(books)
    with books.writing() as connection:
        connection.exec_driver_sql("DELETE FROM session")
        connection.exec_driver_sql(f"UPDATE terminal SET heard_at = '{NOW}' WHERE code = 'T1'")
    assert seen(books)["not_heard"] == [{"terminal": "T2", "heard_at": None}]
    with books.writing() as connection:
        connection.exec_driver_sql("UPDATE terminal SET heard_at = '2026-11-22T09:00:00+00:00' WHERE code = 'T2'")
    assert seen(books)["not_heard"] == [{"terminal": "T2", "heard_at": "2026-11-22T09:00+00:00"}]
    with books.writing() as connection:
        connection.exec_driver_sql(f"UPDATE terminal SET heard_at = '{NOW}' WHERE code = 'T2'")
    assert seen(books)["not_heard"] == []
    assert seen(books, on="2026-11-22")["sessions"] == []


def test_deposited_and_at_the_bank(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.open("S2")
    till.pay(WATER, session="S2")
    till.close(220_00, 220_00, session="S2", approver="bo")
    ingest(books, key, till.seal(), "T1", 1, 1, NOW)
    bank_is_named(books)
    with books.reading() as connection:
        (waiting,) = undeposited(connection, "HALL")
    place = waiting.terminal, waiting.epoch, waiting.session
    act(books, key, deposit, "HALL", "B-7", [place], by="dee", second="eli2", biz_date=DAY, id_=new_id())
    found = sessions(books)["S2"]
    assert (found["state"], found["bag"]) == ("deposited", "B-7")
    with books.writing() as connection:
        connection.exec_driver_sql("INSERT INTO at_bank (deposit, match_seq, off_cents) SELECT seq, 1, 0 FROM bag")
    assert sessions(books)["S2"]["state"] == "at bank"


def bank_is_named(books: Books) -> None:
    hire(books, "eli2", "technician")
    rules_are(books, rules_to_json(replace(RULES, posting=replace(RULES.posting, bank="100-1020"))))


def test_a_record_that_makes_no_sense_shows_nothing_and_breaks_nothing(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.open("S2")
    whole = till.pay(WATER, session="S2")
    bad = {**whole["data"], "tenders": "none"}
    till.record(Kind.PAY, bad, net=20_00, session="S2")
    tell(books, key, till)
    assert sessions(books)["S2"]["sums"] == {"cash": 20_00}


def test_a_terminals_deposit_from_what_it_told_to_the_courier(books: Books, key: Ed25519PrivateKey) -> None:
    rules_are(books, rules_to_json(BANKED))
    till, other = till_of(books, key, "T1"), till_of(books, key, "T2")
    drawers = [works(till), works(other)]
    puts(till, data_of(till, drawers, 100_00))
    tell(books, key, till)
    found = sessions(books)["S1"]
    assert (found["state"], found["bag"], found["deposit"]) == ("counted", "B1", "told")
    assert ingest(books, key, till.seal(), "T1", 1, 1, NOW).status == 201
    found = sessions(books)["S1"]
    assert (found["state"], found["bag"], found["deposit"]) == ("posted", "B1", "waiting")
    assert ingest(books, key, other.seal(), "T2", 1, 1, NOW).status == 201
    both = seen(books)["sessions"]
    assert [(each["terminal"], each["state"], each["bag"]) for each in both] == [
        ("T1", "deposited", "B1"),
        ("T2", "deposited", "B1"),
    ]
    with books.writing() as connection:
        connection.exec_driver_sql("INSERT INTO couriered (terminal, epoch, seq, bag) VALUES ('T1', 1, 1, 'B1')")
    assert {each["state"] for each in seen(books)["sessions"]} == {"courier"}


def test_a_day_takes_as_many_queries_however_many_drawers_it_has(books: Books, key: Ed25519PrivateKey) -> None:
    rules_are(books, rules_to_json(BANKED))
    till = till_of(books, key, "T1")
    asked: list[int] = []
    for n in (1, 3):
        made = [works(till, f"S{n}{each}") for each in range(n)]
        puts(till, data_of(till, made, 50_00 * n, n))
        assert ingest(books, key, till.seal(), "T1", 1, till.batch_no, NOW).status == 201
        statements: list[str] = []
        listen(books.engine, "before_cursor_execute", note := lambda *told, of=statements: of.append(told[2]))
        found = seen(books)["sessions"]
        remove(books.engine, "before_cursor_execute", note)
        asked.append(len(statements))
    assert [each["state"] for each in found] == ["deposited"] * 4
    assert asked[0] == asked[1]


def test_one_that_is_taken_back_is_none(books: Books, key: Ed25519PrivateKey) -> None:
    rules_are(books, rules_to_json(BANKED))
    till = till_of(books, key, "T1")
    made = puts(till, data_of(till, [works(till)], 50_00))
    takes_back(till, made)
    tell(books, key, till)
    found = sessions(books)["S1"]
    assert (found["state"], found["bag"], found["deposit"]) == ("counted", "", "")


def test_what_was_dropped_into_the_safe_was_taken_all_the_same(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.open("S2")
    till.pay(WATER, session="S2")
    data = {"drawer": till.drawers["S2"], "bag": "B1", "pieces": [[10_00, 1]], "cents": 10_00}
    till.record(Kind.DROP, data, session="S2")
    tell(books, key, till)
    assert sessions(books)["S2"]["sums"] == {"cash": 20_00}
    till.close(210_00, 210_00, session="S2")
    assert ingest(books, key, till.seal(), "T1", 1, 1, NOW).status == 201
    found = sessions(books)["S2"]
    assert (found["sums"], found["over_short"]) == ({"cash": 20_00}, 0)
