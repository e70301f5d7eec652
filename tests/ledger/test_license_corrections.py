"""Payments of licenses that the desk moves elsewhere, or that are of a closed month: what they raised follows."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.city import rules_to_json
from countertui.domain.desk_records import DeskKind
from countertui.domain.records import Kind
from countertui.domain.rights import NotAllowed, Role
from countertui.ledger.books import Books
from countertui.ledger.correction_targets import ToCharge
from countertui.ledger.corrections import Who, put_raised_right, raised_item
from countertui.ledger.desk import Made
from countertui.ledger.desk_calls import Looking
from countertui.ledger.desk_reads.error_items import ItemAsked, Proposal, error_item, proposal
from countertui.ledger.desk_work import ACTS
from countertui.ledger.fsck import fsck
from countertui.ledger.raised_corrected import off_rows
from countertui.ledger.taken_back import CorrectionRefusedError
from ledger.at_the_desk import act, new_id, rules_are
from ledger.test_corrections import moved
from ledger.test_money_at_the_bank import BANKED, took
from ledger.test_overpaid import registered, two_tills
from ledger.test_periods import said
from ledger.test_posting import asked, items, posted
from ledger.test_renewals import assess, owed, part, pay_late, town_of_shops
from ledger.town import DAY, NOW, Till, line

__all__ = ["town_of_shops"]


@pytest.fixture
def till(town_of_shops: Books, key: Ed25519PrivateKey) -> Till:
    registered(town_of_shops)
    assess(town_of_shops, key)
    return two_tills(town_of_shops)[0]


def test_a_penalty_moved_to_another_license_and_then_refunded_leaves_both_as_they_were(
    town_of_shops: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    receipt = pay_late(till, "BL-8")
    till.close(310_00, 310_00)
    posted(town_of_shops, key, till)
    late = asked(town_of_shops, "SELECT id FROM charge WHERE head = 'penalty'")[0][0]
    moved(town_of_shops, key, receipt["seq"], ToCharge(str(late)), ToCharge("BL-2/2026-10-01/BASE"), 10_00)
    moved(town_of_shops, key, receipt["seq"], ToCharge("BL-8/2026-10-01/BASE"), ToCharge("BL-2/2026-10-01/BASE"), 90_00)
    assert owed(town_of_shops, "BL-8") == [("BASE", 100_00, 90_00), ("LATE", 10_00, 10_00)]
    assert owed(town_of_shops, "BL-2") == [("BASE", 100_00, 0)]
    request = till.ask(Kind.REFUND_REQUEST, receipt)
    till.refund(receipt, request["seq"])
    posted(town_of_shops, key, till)
    assert items(town_of_shops) == []
    assert owed(town_of_shops, "BL-8") == [("BASE", 100_00, 100_00), ("LATE", 0, 0)]
    assert owed(town_of_shops, "BL-2") == [("BASE", 100_00, 100_00)]
    assert fsck(town_of_shops).differences == ()


def test_a_penalty_of_a_closed_month_is_raised_and_its_money_waits(
    town_of_shops: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    said(town_of_shops, key, DeskKind.PERIOD_CLOSE, "2026-11")
    receipt = pay_late(till, "BL-8")
    posted(town_of_shops, key, till)
    assert items(town_of_shops) == [("closed-period", 110_00)]
    assert owed(town_of_shops, "BL-8") == [("BASE", 100_00, 0), ("LATE", 10_00, 0)]
    till.void(receipt)
    posted(town_of_shops, key, till)
    assert owed(town_of_shops, "BL-8") == [("BASE", 100_00, 100_00), ("LATE", 0, 0)]
    assert fsck(town_of_shops).differences == ()


def test_two_offices_that_raise_one_penalty_are_told_and_a_refund_of_the_second_leaves_one(
    town_of_shops: Books, key: Ed25519PrivateKey
) -> None:
    registered(town_of_shops)
    tills = two_tills(town_of_shops)
    assess(town_of_shops, key)
    pay_late(tills[0], "BL-8", n="1")
    second = pay_late(tills[1], "BL-8", n="2")
    tills[1].close(310_00, 310_00)
    for till in tills:
        posted(town_of_shops, key, till)
    assert [reason for reason, _ in items(town_of_shops)] == ["other-raised"]
    assert asked(town_of_shops, "SELECT SUM(balance_cents) FROM charge WHERE account = 'BL-8'")[0][0] == -100_00
    request = tills[1].ask(Kind.REFUND_REQUEST, second)
    tills[1].refund(second, request["seq"])
    posted(town_of_shops, key, tills[1])
    assert owed_sum(town_of_shops) == (110_00, 0)
    assert fsck(town_of_shops).differences == ()


def test_what_a_bank_file_pays_late_without_a_penalty_is_told(
    town_of_shops: Books, key: Ed25519PrivateKey, tmp_path: Path
) -> None:
    """Nobody stood there to raise it: the money is in the books, and a technician decides."""
    rules_are(town_of_shops, rules_to_json(BANKED))
    assess(town_of_shops, key)
    file = "P,BL-8,10000,BO,1001\nP,U1,1000,SMITH,1002\nT,2,11000,,\n"
    assert took(town_of_shops, key, file, tmp_path).state == "posted"
    assert owed(town_of_shops, "BL-8") == [("BASE", 100_00, 0)]
    assert asked(town_of_shops, "SELECT reason, detail, cents FROM error_item") == [
        (
            "other-raised",
            "On license BL-8, LATE of the term from 10/01/2026: 0.00 was raised, the city's rows give 10.00.",
            0,
        )
    ]
    assert fsck(town_of_shops).differences == ()


def put_right(books: Books, key: Ed25519PrivateKey, **people: str) -> Made:
    """The one error item, by two people."""
    ((item,),) = asked(books, "SELECT id FROM error_item WHERE state = 'open'")
    who = Who(**{"by": "dee", "second": "fay", **people}, reason="Raised twice", biz_date=DAY, id=new_id())
    made: Made = act(books, key, put_raised_right, item, who)
    return made


def test_at_the_desk_it_is_seen_what_putting_a_license_right_does_before_two_people_do_it(
    town_of_shops: Books, key: Ed25519PrivateKey
) -> None:
    registered(town_of_shops)
    tills = two_tills(town_of_shops)
    assess(town_of_shops, key)
    for till, n in zip(tills, "12", strict=True):
        pay_late(till, "BL-8", n=n)
    for till in tills:
        posted(town_of_shops, key, till)
    named = {"item": 1, "way": "put_right", "to": ""}
    with town_of_shops.reading() as connection:
        look = Looking(connection, "dee", "Dee", frozenset({Role.TECHNICIAN}), NOW)
        assert error_item(look, ItemAsked(item=1))["ways"] == ["put_right", "looked_at"]
        shown = proposal(look, Proposal(**named))
    (row,) = shown["raised"]
    assert (row["license"], row["stands_cents"], row["given_cents"]) == ("BL-8", 20_00, 10_00)
    assert (row["withdrawn_cents"], row["raised_cents"], shown["dated"]) == (10_00, 0, DAY)
    assert [each["cents"] for each in shown["shares"]] == [-10_00, 10_00]
    assert sum(each["cents"] for each in shown["lines"]) == 0
    does = ACTS["error-item.correct"]
    act(town_of_shops, key, does.does, does.form(**named, reason="Raised twice"), "dee", "fay", new_id())
    assert owed_sum(town_of_shops)[0] == 110_00
    with town_of_shops.reading() as connection:
        look = Looking(connection, "dee", "Dee", frozenset({Role.TECHNICIAN}), NOW)
        with pytest.raises(CorrectionRefusedError, match="no open one of a late license"):
            proposal(look, Proposal(**named))
    assert fsck(town_of_shops).differences == ()


def test_a_penalty_of_two_offices_is_put_right_by_one_act_of_two_people(
    town_of_shops: Books, key: Ed25519PrivateKey
) -> None:
    registered(town_of_shops)
    tills = two_tills(town_of_shops)
    assess(town_of_shops, key)
    first = pay_late(tills[0], "BL-8", n="1")
    second = pay_late(tills[1], "BL-8", n="2")
    for till in tills:
        posted(town_of_shops, key, till)
    with town_of_shops.reading() as connection:
        (off,) = off_rows(connection, raised_item(connection, 1)[1])
    assert (off.stands, off.given, off.code, off.day) == (20_00, 10_00, "LATE", DAY)
    assert [one["charge"] for one in off.withdrawn] == [f"BL-8/2026-10-01/LATE/{second['id']}"]
    with pytest.raises(NotAllowed):
        put_right(town_of_shops, key, second="dee")
    assert owed_sum(town_of_shops) == (120_00, 0)
    made = put_right(town_of_shops, key)
    assert [share["cents"] for share in made.body["data"]["shares"]] == [-10_00, 10_00]
    assert owed_sum(town_of_shops) == (110_00, 0)
    assert credit_of(town_of_shops) == -110_00, "the fee that came twice, and the penalty"
    assert states(town_of_shops) == ["corrected"]
    words = asked(town_of_shops, f"SELECT what, cents FROM charge_step WHERE source = 'LEDGER/1/{made.seq}'")
    assert ("Raised otherwise than the city's rows give", -10_00) in [tuple(row) for row in words]
    assert fsck(town_of_shops).differences == ()
    for till, receipt in zip(tills, (first, second), strict=True):
        till.void(receipt)
        posted(town_of_shops, key, till)
    assert owed_sum(town_of_shops) == (100_00, 100_00)
    assert credit_of(town_of_shops) == 0, "all of both went back"
    assert fsck(town_of_shops).differences == ()


def test_what_a_bank_file_left_out_is_owed_once_two_people_say_so(
    town_of_shops: Books, key: Ed25519PrivateKey, tmp_path: Path
) -> None:
    rules_are(town_of_shops, rules_to_json(BANKED))
    assess(town_of_shops, key)
    took(town_of_shops, key, "P,BL-8,10000,BO,1001\nP,U1,1000,SMITH,1002\nT,2,11000,,\n", tmp_path)
    assert in_force(town_of_shops) == "2027-09-30"
    made = put_right(town_of_shops, key)
    (raised,) = made.body["data"]["raises"]
    assert (raised["cents"], raised["ordinance"], raised["working"][0][1]) == (10_00, "Ord. 3", "1000")
    assert owed(town_of_shops, "BL-8") == [("BASE", 100_00, 0), ("LATE", 10_00, 10_00)]
    assert in_force(town_of_shops) == "2026-09-30", "what waits keeps the renewal out of force, as the fee would"
    assert states(town_of_shops) == ["corrected"]
    assert fsck(town_of_shops).differences == ()
    registered(town_of_shops)
    till = two_tills(town_of_shops)[0]
    rest = line("BL-8", part(raised["charge"], 10_00, "penalty")) | {"account_kind": "license"}
    tenders = [{"kind": "cash", "cents": 10_00, "reference": ""}]
    data = {"payor": "Bo", "lines": [rest], "tenders": tenders, "change_cents": 0, "total_cents": 10_00}
    till.record(Kind.PAY, data, net=10_00)
    posted(town_of_shops, key, till)
    assert states(town_of_shops) == ["corrected"]
    assert in_force(town_of_shops) == "2027-09-30"
    assert fsck(town_of_shops).differences == ()


def test_credit_that_pays_late_without_its_penalty_is_told_and_put_right(
    town_of_shops: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    """The counter refuses it; a record of one that did not know is posted, and looked at."""
    on_account = line("BL-8", {"charge": None, "head": "credit", "gl": "100-2310", "cents": 100_00, "owed_after": 0})
    tenders = [{"kind": "cash", "cents": 100_00, "reference": ""}]
    data = {"payor": "Bo", "lines": [on_account | {"account_kind": "license"}], "tenders": tenders}
    till.record(Kind.PAY, data | {"change_cents": 0, "total_cents": 100_00}, net=100_00)
    applied = {"account": "BL-8", "name": "SHOP BL-8", "gl": "100-2310", "cents": 100_00}
    applied |= {"allocations": [part("BL-8/2026-10-01/BASE", 100_00, "license")]}
    record = till.record(Kind.APPLY, applied)
    posted(town_of_shops, key, till)
    assert [reason for reason, _ in items(town_of_shops)] == ["other-raised"]
    assert owed_sum(town_of_shops) == (100_00, 0)
    assert [one["cents"] for one in put_right(town_of_shops, key).body["data"]["raises"]] == [10_00]
    assert owed_sum(town_of_shops) == (110_00, 10_00)
    original = {"seq": record["seq"], "h": till.all[record["id"]][1].hex(), "id": record["id"]}
    till.record(Kind.UNAPPLY, applied | {"original": original, "reason": "Wrong term"})
    posted(town_of_shops, key, till)
    assert states(town_of_shops) == ["corrected"], "what was told of it does not keep it from being taken back"
    assert owed_sum(town_of_shops) == (110_00, 110_00)
    assert fsck(town_of_shops).differences == ()


def test_a_penalty_too_small_is_raised_to_what_the_rows_give_and_once(
    town_of_shops: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    pay_late(till, "BL-8", penalty=4_00)
    posted(town_of_shops, key, till)
    made = put_right(town_of_shops, key)
    assert [one["cents"] for one in made.body["data"]["raises"]] == [6_00]
    assert owed_sum(town_of_shops) == (110_00, 6_00)
    with pytest.raises(CorrectionRefusedError):
        act(town_of_shops, key, put_raised_right, 1, Who("dee", "fay", "again", DAY, new_id()))
    assert fsck(town_of_shops).differences == ()


def test_nothing_is_put_right_where_it_is_right_or_of_another_item(
    town_of_shops: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    receipt = pay_late(till, "BL-8", penalty=4_00)
    posted(town_of_shops, key, till)
    till.void(receipt)
    posted(town_of_shops, key, till)
    with pytest.raises(CorrectionRefusedError, match="taken back"):
        put_right(town_of_shops, key)


def states(books: Books) -> list[object]:
    return [state for (state,) in asked(books, "SELECT state FROM error_item")]


def credit_of(books: Books) -> int:
    query = "SELECT COALESCE(SUM(balance_cents), 0) FROM charge WHERE account = 'BL-8' AND head = 'credit'"
    return int(str(asked(books, query)[0][0]))


def in_force(books: Books) -> object:
    return asked(books, "SELECT expires_on FROM license WHERE number = 'BL-8'")[0][0]


def owed_sum(books: Books) -> tuple[object, ...]:
    of_it = "FROM charge WHERE account = 'BL-8' AND head <> 'credit'"
    return tuple(asked(books, f"SELECT SUM(amount_cents), SUM(balance_cents) {of_it}")[0])
