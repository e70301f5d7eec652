"""The renewal run: who is renewed, who is left to a person and why; cut off anywhere, it does nothing twice."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pypdfium2 import PdfDocument

from countertui.config.licenses import holding
from countertui.documents.license_papers import Letterhead
from countertui.domain.license_states import Step
from countertui.domain.records import Kind
from countertui.domain.reference import CityKey
from countertui.domain.renewals import Excepted, Run, Why, rises
from countertui.domain.rights import NotAllowed
from countertui.ledger import renewals
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.license_desk import LicenseActRefusedError
from countertui.ledger.license_notices import FIRST, SECOND, address_lines, in_postal_order, notice_of, papers
from countertui.ledger.licenses import license_in_books
from countertui.ledger.renewals import (
    Selected,
    assess_some,
    in_parts,
    mail_came_back,
    owed_by,
    schedules_of,
    selected,
)
from countertui.ledger.returned_checks import return_check
from ledger.at_the_desk import act, new_id
from ledger.test_ingest import asked
from ledger.test_licenses import act as done
from ledger.test_licenses import term
from ledger.test_overpaid import registered, two_tills
from ledger.test_posting import items, posted
from ledger.town import DAY, LEDGER, Till, brought, line

TOML = """
[[class]]
effective_from = 2026-01-01
ordinance = "Ord. 1"
code = "RETAIL"
name = "Retail store"

[[class]]
effective_from = 2026-01-01
ordinance = "Ord. 1"
code = "BAR"
name = "Bar"

[[question]]
effective_from = 2026-01-01
ordinance = "Ord. 1"
code = "gross_receipts"
words = "Gross receipts"
answer = "money"
classes = ["BAR"]

[[year]]
effective_from = 2026-01-01
ordinance = "Ord. 1"
begins = "10-01"
due_days = 30

[[fee]]
effective_from = 2026-01-01
ordinance = "Ord. 2"
code = "BASE"
description = "Business license"
gl = "100-4410"
flat = 100.00

[[timing]]
effective_from = 2026-01-01
ordinance = "Ord. 3"
code = "LATE"
description = "Late penalty"
head = "penalty"
gl = "100-4410"
most = 50
late_each = { percent = 10, every = "month" }
"""
RUN = Run(date(2026, 9, 1), date(2026, 9, 30))
TODAY = date.fromisoformat(DAY)


def listed(
    number: str, mailing: str, *, class_: str = "RETAIL", status: str = "active", ends: str = "2026-09-30"
) -> tuple[str, ...]:
    return (number, number, class_, status, "2020-05-01", ends, mailing, f"SHOP {number}", "", "5 Elm St", *[""] * 4)


LISTED = [
    listed("BL-1", "9 Oak St, Littleton, CO 80121"),
    listed("BL-2", "100 Ash Ave, Littleton, CO 80120"),
    listed("BL-3", ""),
    listed("BL-4", "4 Oak St, Littleton, CO 80120", class_="BAR"),
    listed("BL-5", "5 Oak St, Littleton, CO 80120", status="closed"),
    listed("BL-6", "6 Oak St, Littleton, CO 80120", ends="2027-03-31"),
    listed("BL-7", "7 Oak St, Littleton, CO 80120", status="suspended"),
    listed("BL-8", "2 Ash Ave, Littleton, CO 80120"),
]


@pytest.fixture
def town_of_shops(books: Books) -> Books:
    brought(books, "operator", [("fay", "Fay", "technician", "", "2020-01-01", None)])
    brought(books, "city", [(CityKey.LICENSES.value, json.dumps(TOML))])
    names = [(row[0], "license", row[0], row[7], row[9], "", "", "", "100-2310", "") for row in LISTED]
    brought(books, "account", names)
    brought(books, "license", LISTED)
    return books


def found_in(books: Books, run: Run = RUN, day: date = TODAY) -> Selected:
    with books.reading() as connection:
        return selected(connection, run, day)


def assess(books: Books, key: Ed25519PrivateKey, run: Run = RUN, parts: int = 99) -> int:
    """Assess what the run has to do, or as many parts of it as were done before somebody ended it."""
    done = 0
    for _, some in zip(range(parts), in_parts(found_in(books, run).to_do), strict=False):
        done += act(books, key, assess_some, run, some, by="dee", second="fay", ids=new_id)
    return done


def printed(books: Books, second: date | None = None) -> tuple[bytes, bytes]:
    with books.reading() as connection:
        wanted = [one for one in selected(connection, RUN, second or TODAY).unpaid if one.done]
        owed, schedules = owed_by(connection, wanted), schedules_of(connection)
        notices = [notice_of(one, owed[one.license.number], schedules, holding, second) for one in wanted]
        return papers(Letterhead(LEDGER, "Littleton", ("1 Main St",)), notices, FIRST, 1_800_000_000)


def text_of(pdf: bytes) -> list[str]:
    document = PdfDocument(pdf)
    return [page.get_textpage().get_text_range() for page in document]


def test_who_is_left_to_a_person_is_said_with_why(town_of_shops: Books) -> None:
    found = found_in(town_of_shops)
    assert [one.license.number for one in found.renewals] == ["BL-1", "BL-2", "BL-8"]
    assert {one.cents for one in found.renewals} == {100_00}
    assert [(one.number, one.words) for one in found.excepted] == [
        ("BL-3", "no mailing address"),
        ("BL-4", "not stated: Gross receipts"),
        ("BL-5", "closed"),
        ("BL-7", "suspended"),
    ]
    assert found_in(town_of_shops, Run(RUN.first, RUN.last, ("BAR",))).renewals == ()


def test_it_is_assessed_once_wherever_it_was_cut_off(
    town_of_shops: Books, key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewals, "AT_ONCE", 1)
    assert assess(town_of_shops, key, parts=2) == 2
    assert [one.done for one in found_in(town_of_shops).renewals] == [True, True, False]
    assert assess(town_of_shops, key) == 1
    assert assess(town_of_shops, key) == 0
    charges = asked(town_of_shops, "SELECT id, balance_cents FROM charge WHERE head = 'license' ORDER BY id")
    assert charges == [(f"BL-{n}/2026-10-01/BASE", 100_00) for n in (1, 2, 8)]
    with town_of_shops.reading() as connection:
        license_ = license_in_books(connection, "BL-1", TODAY)
    assert license_ is not None
    assert license_.acts[-1].reason == "Renewal run 2026-09-01 to 2026-09-30"
    assert fsck(town_of_shops).differences == ()
    other = Run(RUN.first, RUN.last, ("RETAIL",))
    assert {one.why for one in found_in(town_of_shops, other).excepted} >= {Why.ASSESSED}
    assert assess(town_of_shops, key, other) == 0


def test_one_that_is_approved_anew_is_left_to_a_person_and_stops_no_run(
    town_of_shops: Books, key: Ed25519PrivateKey
) -> None:
    """Its fee of this year is due or unpaid, after a move: no other term of it is assessed, and all others are."""
    registered(town_of_shops)
    till, _ = two_tills(town_of_shops)
    for number in ("BL-1", "BL-2"):
        was = done(till, number, "listed", "move", {"premises": "9 Oak St", "reviews": {"fire": "open"}})["id"]
        was = done(till, number, was, "review", {"reviews": {"fire": "passed"}})["id"]
        was = done(till, number, was, "approve", operator="bo")["id"]
    done(till, "BL-2", was, "assess", term=term("BL-2", 2026))
    posted(town_of_shops, key, till)
    assert assess(town_of_shops, key) == 1
    left = {one.number: one.words for one in found_in(town_of_shops).excepted}
    assert (left["BL-1"], left["BL-2"]) == ("to be issued first", "to be issued first")
    assert fsck(town_of_shops).differences == ()


def test_one_person_twice_or_without_the_right_assesses_nothing(town_of_shops: Books, key: Ed25519PrivateKey) -> None:
    some = found_in(town_of_shops).to_do
    for by, second in (("dee", "dee"), ("dee", "ann"), ("eli", "fay")):
        with pytest.raises((NotAllowed, LicenseActRefusedError)):
            act(town_of_shops, key, assess_some, RUN, some, by=by, second=second, ids=new_id)
    assert len(found_in(town_of_shops).to_do) == 3


def test_notices_are_in_postal_order_and_the_same_for_the_same_books(
    town_of_shops: Books, key: Ed25519PrivateKey
) -> None:
    assess(town_of_shops, key)
    pdf, labels = printed(town_of_shops)
    assert (pdf, labels) == printed(town_of_shops)
    pages = text_of(pdf)
    assert [next(number for number in ("BL-1", "BL-2", "BL-8") if number in page) for page in pages] == [
        "BL-8",
        "BL-2",
        "BL-1",
    ]
    assert "100.00" in pages[0]
    assert "From 11/01/2026 on 110.00 is due." in pages[0]
    assert "2 Ash Ave" in text_of(labels)[0]


def test_second_notices_say_what_is_owed_by_then_and_the_payment_is_what_they_say(
    town_of_shops: Books, key: Ed25519PrivateKey
) -> None:
    registered(town_of_shops)
    till, _ = two_tills(town_of_shops)
    assess(town_of_shops, key)
    pay_late(till, "BL-8")
    posted(town_of_shops, key, till)
    assert items(town_of_shops) == []
    assert asked(town_of_shops, "SELECT status, expires_on FROM license WHERE number = 'BL-8'") == [
        ("issued", "2027-09-30")
    ]
    pages = text_of(printed(town_of_shops, TODAY)[0])
    assert len(pages) == 2
    assert all("110.00" in page and "Late penalty" in page for page in pages)
    assert fsck(town_of_shops).differences == ()


def test_another_penalty_than_the_citys_rows_give_is_told(town_of_shops: Books, key: Ed25519PrivateKey) -> None:
    registered(town_of_shops)
    till, _ = two_tills(town_of_shops)
    assess(town_of_shops, key)
    pay_late(till, "BL-8", penalty=5_00)
    pay_late(till, "BL-2", penalty=0)
    posted(town_of_shops, key, till)
    told = asked(town_of_shops, "SELECT reason, detail, cents FROM error_item ORDER BY id")
    words = "LATE of the term from 10/01/2026: {} was raised, the city's rows give 10.00."
    assert told == [
        ("other-raised", f"On license BL-8, {words.format('5.00')}", 0),
        ("other-raised", f"On license BL-2, {words.format('0.00')}", 0),
    ]
    assert fsck(town_of_shops).differences == ()


def test_what_takes_a_payment_back_takes_its_penalty_back_and_the_next_raises_it_anew(
    town_of_shops: Books, key: Ed25519PrivateKey
) -> None:
    registered(town_of_shops)
    till, _ = two_tills(town_of_shops)
    assess(town_of_shops, key)
    till.void(pay_late(till, "BL-8"))
    posted(town_of_shops, key, till)
    assert owed(town_of_shops, "BL-8") == [("BASE", 100_00, 100_00), ("LATE", 0, 0)]
    first = pay_late(till, "BL-8", n="2")
    posted(town_of_shops, key, till)
    till.void(first)
    pay_late(till, "BL-8", n="3")
    posted(town_of_shops, key, till)
    assert owed(town_of_shops, "BL-8") == [
        ("BASE", 100_00, 0),
        ("LATE", 0, 0),
        ("LATE", 10_00, 0),
        ("LATE", 0, 0),
    ]
    assert items(town_of_shops) == []
    assert fsck(town_of_shops).differences == ()


def test_a_check_returned_at_the_desk_takes_the_penalty_back_too(town_of_shops: Books, key: Ed25519PrivateKey) -> None:
    registered(town_of_shops)
    till, _ = two_tills(town_of_shops)
    assess(town_of_shops, key)
    pay_late(till, "BL-8", check="1041")
    posted(town_of_shops, key, till)
    more = {"by": "dee", "second": "fay", "reason": "NSF", "biz_date": DAY, "id_": new_id()}
    act(town_of_shops, key, return_check, "T1-1", "1041", **more)
    assert owed(town_of_shops, "BL-8")[:2] == [("BASE", 100_00, 100_00), ("LATE", 0, 0)]
    assert asked(town_of_shops, "SELECT status, expires_on FROM license WHERE number = 'BL-8'") == [
        ("issued", "2026-09-30")
    ]
    assert fsck(town_of_shops).differences == ()


def owed(books: Books, number: str) -> list[tuple[str, int, int]]:
    """Row, amount and balance of each charge of a license."""
    rows = asked(books, f"SELECT id, amount_cents, balance_cents FROM charge WHERE account = '{number}' ORDER BY id")
    return [(str(id_).split("/")[2], amount, balance) for id_, amount, balance in rows]


def test_a_payment_alone_does_nothing_with_a_license_of_a_list(town_of_shops: Books, key: Ed25519PrivateKey) -> None:
    registered(town_of_shops)
    till, _ = two_tills(town_of_shops)
    brought(town_of_shops, "charge", [("L-1", "BL-6", "2026-10-01", "license", "Fee", "100-4410", 50_00, 50_00)])
    before = asked(town_of_shops, "SELECT * FROM license ORDER BY number")
    paid = line("BL-6", part("L-1", 50_00, "license")) | {"account_kind": "license"}
    till.pay(paid)
    posted(town_of_shops, key, till)
    assert items(town_of_shops) == []
    assert asked(town_of_shops, "SELECT * FROM license ORDER BY number") == before
    assert asked(town_of_shops, "SELECT * FROM license_act") == []


def test_mail_that_came_back_leaves_the_license_to_a_person(town_of_shops: Books, key: Ed25519PrivateKey) -> None:
    who = {"by": "dee", "second": "fay", "ids": new_id}
    assert act(town_of_shops, key, mail_came_back, ["BL-1"], **who) == 1
    assert act(town_of_shops, key, mail_came_back, ["BL-1"], **who) == 0
    found = found_in(town_of_shops)
    assert Excepted("BL-1", "SHOP BL-1", Why.CAME_BACK, "mail came back") in found.excepted
    with town_of_shops.reading() as connection:
        license_ = license_in_books(connection, "BL-1", TODAY)
    assert license_ is not None
    assert (license_.acts[-1].step, license_.acts[-1].reason) == (
        Step.AMEND,
        "Mail came back from 9 Oak St, Littleton, CO 80121",
    )
    with pytest.raises(LicenseActRefusedError, match="no license BL-99"):
        act(town_of_shops, key, mail_came_back, ["BL-99"], **who)


def test_the_days_on_which_more_is_owed_are_found() -> None:
    steps = {date(2027, 2, 1): 110, date(2027, 3, 1): 120}
    owed = lambda day: max([100, *(cents for first, cents in steps.items() if day >= first)])  # noqa: E731
    assert rises(owed, date(2027, 1, 31)) == ((date(2027, 2, 1), 110), (date(2027, 3, 1), 120))
    assert rises(lambda _: 100, date(2027, 1, 31)) == ()


def test_an_address_of_one_line_becomes_lines_that_the_post_sorts() -> None:
    assert address_lines("9 Oak St, Suite 2, Littleton, CO 80121") == ("9 Oak St", "Suite 2", "Littleton, CO 80121")
    assert address_lines("Box 7") == ("Box 7",)
    assert in_postal_order([]) == []
    assert SECOND != FIRST


def pay_late(
    till: Till, number: str, penalty: int = 10_00, n: str = "", check: str = "", **head: Any
) -> dict[str, Any]:
    """Pay a license's next term 23 days late, with a penalty that the till raises."""
    id_ = "0190b2c4-0000-7000-b000-" + (n or number[-1]) * 12
    raised = f"{number}/2026-10-01/LATE/{id_}"
    parts = [part(f"{number}/2026-10-01/BASE", 100_00, "license")]
    more = {}
    if penalty:
        parts.insert(0, part(raised, penalty, "penalty"))
        more = {
            "raised": [
                {
                    "charge": raised,
                    "license": number,
                    "begins": "2026-10-01",
                    "due": "2026-10-31",
                    "code": "LATE",
                    "head": "penalty",
                    "gl": "100-4410",
                    "description": "Late penalty",
                    "cents": penalty,
                    "ordinance": "Ord. 3",
                    "working": [["1 month late at 10%: 10% of 100.00", str(penalty)]],
                }
            ]
        }
    paid = line(number, *parts) | {"account_kind": "license"}
    total = int(paid["cents"])
    tenders = [{"kind": "check" if check else "cash", "cents": total, "reference": check}]
    data = {"payor": "Somebody", "lines": [paid], "tenders": tenders, "change_cents": 0, "total_cents": total}
    return till.record(Kind.PAY, data | more, net=total, id=id_, **head)


def part(charge: str, cents: int, head: str) -> dict[str, object]:
    return {"charge": charge, "head": head, "gl": "100-4410", "cents": cents, "owed_after": 0}
