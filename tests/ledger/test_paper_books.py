"""Paper receipt books at the ledger: issued, keyed in, twice, outside, missing, taken back; fsck comes to the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.paper_books import Gap, PaperBook, PaperNumber
from countertui.domain.records import Kind
from countertui.domain.rights import NotAllowed
from countertui.errors import UsageError
from countertui.ledger.books import Books
from countertui.ledger.correction_targets import AsRecorded, ToGl
from countertui.ledger.enrolment import EnrolmentError, begin
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.paper_books import BookRefusedError, close, issue, paper_books, standings
from countertui.ledger.paper_keyed import TWICE
from countertui.ledger.publish import publish
from countertui.ledger.shares import set_served
from countertui.ledger.taken_back import CorrectionRefusedError
from countertui.sync.dsse import parse_envelope
from ledger.at_the_desk import act, new_id
from ledger.snapshots_taken import contents, offered, take
from ledger.test_corrections import corrected
from ledger.test_ingest import asked
from ledger.test_posting import BOTH, SUSPENSE, balances, charges, items
from ledger.town import DAY, NOW, Till, brought, line
from ledger.town import allocation as to

CASH = ("100", "100-1020")
COPY = line(None, to(None, "100-4410", 3_00))


def issued(books: Books, key: Ed25519PrivateKey, first: int = 101, last: int = 150, **more: str) -> None:
    said = {"series": "B", "office": "HALL", "by": "dee", "biz_date": "2026-11-01"} | more
    series, office = said.pop("series"), said.pop("office")
    act(books, key, issue, series, first, last, office, id_=new_id(), **said)


def closed(books: Books, key: Ed25519PrivateKey, last_used: int, **more: Any) -> None:
    said = {"by": "dee", "second": None, "reason": "", "biz_date": DAY} | more
    act(books, key, close, PaperNumber("B", 101), last_used, id_=new_id(), **said)


def paper(number: int, day: str = "2026-11-20", book: int | None = 101, series: str = "B") -> dict[str, Any]:
    return {"series": series, "number": number, "date": day, "book": book}


def keyed(till: Till, number: int, *lines: Any, day: str = "2026-11-20", book: int | None = 101, **head: Any) -> Any:
    """A payment keyed in from a paper receipt."""
    total = sum(each["cents"] for each in lines)
    data = {
        "payor": "Somebody",
        "lines": list(lines),
        "tenders": [{"kind": "cash", "cents": total, "reference": ""}],
        "change_cents": 0,
        "total_cents": total,
        "paper": paper(number, day, book),
    }
    return till.record(Kind.PAY, data, net=total, **head)


def spoiled(till: Till, number: int, **head: Any) -> None:
    data = {**paper(number, book=head.pop("book", 101)), "reason": "Torn"}
    till.record(Kind.PAPER_SPOILED, data, **({"approver": "bo"} | head))


def numbers(books: Books) -> list[tuple[Any, ...]]:
    return asked(books, "SELECT paper_no, terminal, receipt_no, state FROM paper_number ORDER BY paper_no")


def sent(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    answer = ingest(books, key, till.seal(), till.identity.terminal, 1, till.batch_no, NOW)
    assert answer.status == 201, answer.body


def told(books: Books) -> list[tuple[Any, ...]]:
    return asked(books, "SELECT terminal, reason, cents, detail FROM error_item ORDER BY id")


def opened(books: Books, key: Ed25519PrivateKey, code: str, office: str = "HALL") -> Till:
    till = Till(books, code)
    register_terminal(books, key, code, office, 1, till.identity.public_key, now=NOW)
    till.open("S1")
    return till


def acked(envelope: bytes) -> bytes:
    return parse_envelope(envelope, 1 << 20).payload


@pytest.fixture
def till(books: Books, key: Ed25519PrivateKey) -> Till:
    """T1 with a session that its own records opened: whatever is posted, fsck can come to it."""
    return opened(books, key, "T1")


@pytest.fixture
def other(books: Books, key: Ed25519PrivateKey, till: Till) -> Till:
    return opened(books, key, "T2")


def test_a_book_is_issued_by_a_technician_or_an_admin(books: Books, key: Ed25519PrivateKey) -> None:
    issued(books, key)
    issued(books, key, 151, 200, by="eli", biz_date=DAY)
    with books.reading() as connection:
        assert paper_books(connection) == [
            PaperBook("B", 101, 150, "HALL", "2026-11-01"),
            PaperBook("B", 151, 200, "HALL", DAY),
        ]
    rows = "SELECT kind FROM record WHERE terminal = 'LEDGER'"
    assert asked(books, rows) == [("book_issue",), ("book_issue",)]
    assert fsck(books).differences == ()


def test_what_can_not_be_issued_changes_nothing(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    register_terminal(books, key, "TEE", "HALL", 1, Till(books, "TEE").identity.public_key, now=NOW)
    issued(books, key)
    refusals: list[tuple[dict[str, Any], type[Exception], str]] = [
        ({"by": "ann"}, NotAllowed, "may not keep paper receipt books"),
        ({"by": "bo"}, NotAllowed, "Ask a technician or an admin"),
        ({"office": "NOWHERE"}, BookRefusedError, "no office NOWHERE"),
        ({"first": 150}, BookRefusedError, "B-000101 to B-000150, issued to HALL, has some"),
        ({"first": 160, "last": 159}, UsageError, "go up"),
        ({"series": "B-"}, UsageError, "capital letters"),
        ({"biz_date": "2026-12-24"}, BookRefusedError, "is to come"),
        ({"series": "TEE"}, BookRefusedError, "TEE is a terminal"),
    ]
    for change, fault, words in refusals:
        with pytest.raises(fault, match=words):
            issued(books, key, **({"first": 151, "last": 200} | change))
    assert asked(books, "SELECT count(*) FROM paper_book") == [(1,)]


def test_a_series_never_is_a_terminals_code_either_way(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    issued(books, key)
    with pytest.raises(EnrolmentError, match="B is the series of a paper receipt book"), books.writing() as connection:
        begin(connection, books, "B", "HALL", "dee", bytes, NOW)


def test_a_paper_receipt_posts_as_any_other_and_its_number_is_known(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    issued(books, key)
    keyed(till, 101, BOTH)
    keyed(till, 102, COPY)
    spoiled(till, 103)
    sent(books, key, till)
    assert items(books) == []
    assert charges(books) == {"C1": 30_00, "C2": 0, "C3": 70_00}
    assert balances(books)[CASH] == 28_00
    assert numbers(books) == [
        (101, "T1", "T1-1", "receipt"),
        (102, "T1", "T1-2", "receipt"),
        (103, "T1", "", "spoiled"),
    ]
    assert fsck(books).differences == ()


def test_a_number_keyed_in_at_two_terminals_posts_once_and_the_second_waits_for_people(
    books: Books, key: Ed25519PrivateKey, till: Till, other: Till
) -> None:
    issued(books, key)
    keyed(till, 101, BOTH)
    sent(books, key, till)
    keyed(other, 101, BOTH, COPY)
    sent(books, key, other)
    assert told(books) == [("T2", TWICE, 28_00, "Paper receipt B-000101 was keyed in before, as T1-1.")]
    assert charges(books) == {"C1": 30_00, "C2": 0, "C3": 70_00}, "the charges were paid once"
    found = balances(books)
    assert (found[CASH], found[SUSPENSE]) == (53_00, -28_00), "both drawers say they have the money"
    assert numbers(books) == [(101, "T1", "T1-1", "receipt")]
    assert fsck(books).differences == ()


def test_people_decide_that_the_second_was_a_payment_of_its_own(
    books: Books, key: Ed25519PrivateKey, till: Till, other: Till
) -> None:
    issued(books, key)
    keyed(till, 101, COPY)
    sent(books, key, till)
    keyed(other, 101, BOTH)
    sent(books, key, other)
    corrected(books, key, 1, AsRecorded())
    assert charges(books) == {"C1": 30_00, "C2": 0, "C3": 70_00}
    assert SUSPENSE not in balances(books)
    assert fsck(books).differences == ()


@pytest.mark.parametrize(
    ("taken", "words"),
    [
        (line("U1", to("GONE", "510-4310", 5_00)), "Charge GONE is not on account U1"),
        (line("U2", to("C1", "510-4310", 5_00)), "Charge C1 is not on account U2"),
        (line("NOBODY", to(None, "510-2310", 5_00)), "Account NOBODY is not known"),
    ],
)
def test_the_second_goes_where_it_says_only_if_that_is_there(
    books: Books, key: Ed25519PrivateKey, till: Till, other: Till, taken: dict[str, Any], words: str
) -> None:
    issued(books, key)
    keyed(till, 101, COPY)
    sent(books, key, till)
    keyed(other, 101, taken)
    sent(books, key, other)
    before = charges(books)
    with pytest.raises(CorrectionRefusedError, match=words):
        corrected(books, key, 1, AsRecorded())
    assert charges(books) == before
    corrected(books, key, 1, ToGl("100-4911"))
    assert fsck(books).differences == ()


def test_people_decide_that_it_was_one_payment_and_the_drawer_was_short(
    books: Books, key: Ed25519PrivateKey, till: Till, other: Till
) -> None:
    issued(books, key)
    keyed(till, 101, BOTH)
    sent(books, key, till)
    keyed(other, 101, BOTH)
    sent(books, key, other)
    corrected(books, key, 1, ToGl("100-4911"))
    assert charges(books) == {"C1": 30_00, "C2": 0, "C3": 70_00}
    assert balances(books)["100", "100-4911"] == -25_00
    assert fsck(books).differences == ()


def test_the_second_is_voided_as_any_other_and_leaves_nothing(
    books: Books, key: Ed25519PrivateKey, till: Till, other: Till
) -> None:
    issued(books, key)
    keyed(till, 101, BOTH)
    sent(books, key, till)
    taken = keyed(other, 101, BOTH)
    sent(books, key, other)
    other.void(taken)
    sent(books, key, other)
    assert charges(books) == {"C1": 30_00, "C2": 0, "C3": 70_00}
    found = balances(books)
    assert (found[CASH], found.get(SUSPENSE, 0)) == (25_00, 0)
    assert numbers(books) == [(101, "T1", "T1-1", "receipt")], "the first one's void alone frees the number"
    assert fsck(books).differences == ()


@pytest.mark.parametrize("later_batch", [False, True])
def test_a_number_whose_receipt_was_voided_is_keyed_in_again(
    books: Books, key: Ed25519PrivateKey, till: Till, *, later_batch: bool
) -> None:
    issued(books, key)
    taken = keyed(till, 101, COPY)
    if later_batch:
        sent(books, key, till)
    till.void(taken)
    if later_batch:
        sent(books, key, till)
        assert numbers(books) == [(101, "T1", "T1-1", "void")]
    keyed(till, 101, BOTH)
    sent(books, key, till)
    assert items(books) == []
    assert charges(books) == {"C1": 30_00, "C2": 0, "C3": 70_00}
    assert numbers(books) == [(101, "T1", "T1-2", "receipt")]
    assert fsck(books).differences == ()


def test_a_number_whose_first_receipt_was_voided_leads_to_the_one_that_waits(
    books: Books, key: Ed25519PrivateKey, till: Till, other: Till
) -> None:
    """In whatever order void and second come, a third payment of that number is no more posted than the second."""
    issued(books, key)
    first = keyed(till, 101, BOTH)
    sent(books, key, till)
    second = keyed(other, 101, BOTH)
    sent(books, key, other)
    till.void(first)
    sent(books, key, till)
    assert numbers(books) == [(101, "T2", "T2-1", "receipt")]
    keyed(till, 101, BOTH)
    sent(books, key, till)
    assert charges(books) == {"C1": 50_00, "C2": 5_00, "C3": 70_00}
    assert items(books) == [(TWICE, 25_00), (TWICE, 25_00)]
    corrected(books, key, 1, AsRecorded())
    assert charges(books) == {"C1": 30_00, "C2": 0, "C3": 70_00}
    other.void(second)
    sent(books, key, other)
    assert numbers(books) == [(101, "T1", "T1-2", "receipt")]
    assert fsck(books).differences == ()


def test_the_same_within_one_batch(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    issued(books, key)
    first, second = keyed(till, 101, COPY), keyed(till, 101, COPY)
    keyed(till, 101, COPY)
    till.void(second)
    till.void(first)
    sent(books, key, till)
    assert numbers(books) == [(101, "T1", "T1-3", "receipt")]
    assert fsck(books).differences == ()


def test_a_refund_does_not_free_the_number(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    issued(books, key)
    taken = keyed(till, 101, COPY)
    till.close(203_00, 203_00)
    request = till.ask(Kind.REFUND_REQUEST, taken)
    till.refund(taken, request["seq"])
    till.open("S2")
    keyed(till, 101, COPY, session="S2")
    sent(books, key, till)
    assert items(books) == [(TWICE, 3_00)]


def test_what_is_wrong_with_a_paper_is_told_and_its_money_is_posted(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    brought(books, "office", [("ANNEX", "Annex", "")])
    issued(books, key)
    issued(books, key, 301, 350, office="ANNEX")
    keyed(till, 900, COPY, book=None, approver="bo")
    keyed(till, 101, COPY, book=None, approver="bo")
    keyed(till, 102, COPY, book=None)
    keyed(till, 103, COPY, book=None, approver="dee")
    keyed(till, 301, COPY)
    keyed(till, 104, COPY, day="2026-10-31")
    keyed(till, 105, BOTH, day="2026-11-24")
    sent(books, key, till)
    found = told(books)
    assert [row[1:3] for row in found if row[1] != "no-right"] == [
        ("paper-unknown", 0),
        ("not-approved", 0),
        ("paper-office", 0),
        ("paper-date", 0),
        ("paper-date", 0),
    ]
    words = " ".join(row[3] for row in found)
    for each in (
        "No book that was ever issued has number B-000900",
        "B-000102 was of no book known there, and no lead answered",
        "dee may not answer for B-000103",
        "B-000301 is of a book that office ANNEX has",
        "B-000104: 2026-10-31 lies before 2026-11-01",
        "B-000105: 2026-11-24 lies after 2026-11-23",
    ):
        assert each in words
    assert charges(books) == {"C1": 30_00, "C2": 0, "C3": 70_00}
    assert SUSPENSE not in balances(books)
    assert fsck(books).differences == ()


def test_money_for_a_form_that_was_said_to_be_spoiled_and_the_other_way_round(
    books: Books, key: Ed25519PrivateKey, till: Till, other: Till
) -> None:
    issued(books, key)
    spoiled(till, 101)
    keyed(till, 102, COPY)
    sent(books, key, till)
    keyed(other, 101, BOTH)
    spoiled(other, 102)
    spoiled(other, 103, operator="dee")
    sent(books, key, other)
    assert [row[:3] for row in told(books)] == [("T2", "paper-spoiled", 0)] * 2 + [("T2", "no-right", 0)]
    assert charges(books)["C1"] == 30_00, "money that was taken is posted"
    assert numbers(books)[:2] == [(101, "T2", "T2-1", "receipt"), (102, "T1", "T1-1", "receipt")]
    assert fsck(books).differences == ()


def test_a_form_that_one_person_alone_said_to_be_spoiled_is_told(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    issued(books, key)
    spoiled(till, 101, approver=None)
    spoiled(till, 102, approver="dee")
    spoiled(till, 103, approver="gone")
    spoiled(till, 104, operator="cy", approver="cy")
    spoiled(till, 105, book=None, approver=None)
    spoiled(till, 106)
    sent(books, key, till)
    found = told(books)
    assert [row[1:] for row in found] == [
        ("not-approved", 0, "B-000101 was said to be spoiled, and no lead answered."),
        ("no-right", 0, "dee may not answer for B-000102, or is not known here."),
        ("no-right", 0, "gone may not answer for B-000103, or is not known here."),
        ("self-approval", 0, "cy keyed in B-000104 and answered for it."),
        ("not-approved", 0, "B-000105 was said to be spoiled, and no lead answered."),
    ]
    assert [row[3] for row in numbers(books)] == ["spoiled"] * 6
    assert SUSPENSE not in balances(books)
    assert fsck(books).differences == ()


def test_a_record_whose_paper_is_none_is_held(books: Books, key: Ed25519PrivateKey) -> None:
    good = paper(101)
    bad = [{}, {**good, "number": "101"}, {**good, "date": "soon"}, {**good, "book": ""}, {**good, "series": "b"}]
    for n, each in enumerate(bad):
        for code, kind in ((f"P{n}", Kind.PAY), (f"S{n}", Kind.PAPER_SPOILED)):
            till = opened(books, key, code)
            taken = {"payor": "", "lines": [COPY], "tenders": [{"kind": "cash", "cents": 3_00, "reference": ""}]}
            taken |= {"change_cents": 0, "total_cents": 3_00, "paper": each}
            till.record(kind, taken if kind is Kind.PAY else each, net=3_00 if kind is Kind.PAY else 0)
            answer = ingest(books, key, till.seal(), code, 1, till.batch_no, NOW)
            assert (answer.status, b"from which paper receipt" in acked(answer.body)) == (202, True), (kind, each)
    assert numbers(books) == []


def test_missing_numbers_by_office_and_a_book_taken_back(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    issued(books, key)
    keyed(till, 102, COPY, day="2026-11-18")
    keyed(till, 105, COPY, day="2026-11-20")
    sent(books, key, till)
    with books.reading() as connection:
        found = standings(connection, "HALL")
        assert standings(connection, "ANNEX") == []
    assert [(one.book.name, one.keyed, one.highest, one.missing) for one in found] == [
        ("B-000101", 2, 105, (Gap(101, 101, "2026-11-18"), Gap(103, 104, "2026-11-20")))
    ]
    for last, words in ((104, "B-000105 was keyed in"), (151, "numbers up to B-000150"), (99, "numbers up to")):
        with pytest.raises(BookRefusedError, match=words):
            closed(books, key, last)
    for more in ({}, {"second": "bo"}, {"reason": "Lost"}):
        with pytest.raises(BookRefusedError, match="B-000101, B-000103 to B-000104, B-000106 to B-000107: two people"):
            closed(books, key, 107, **more)
    with pytest.raises(NotAllowed, match="took part"):
        closed(books, key, 107, second="dee", reason="Lost")
    with pytest.raises(NotAllowed, match="may not agree"):
        closed(books, key, 107, second="ann", reason="Lost")
    closed(books, key, 107, second="bo", reason="Wet")
    with pytest.raises(BookRefusedError, match=f"taken back on {DAY}"):
        closed(books, key, 107, second="bo", reason="Wet")
    with books.reading() as connection:
        [book] = standings(connection)
    assert (book.book.closed_on, book.book.last_used, sum(gap.count for gap in book.missing)) == (DAY, 107, 5)
    keyed(till, 103, COPY)
    keyed(till, 140, COPY)
    sent(books, key, till)
    assert [row[1] for row in told(books)] == ["paper-closed", "paper-closed"], "told to those who answered for it"
    assert "B-000107 was its last one used" in told(books)[1][3]
    assert fsck(books).differences == ()


def test_a_whole_book_is_taken_back_by_one(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    issued(books, key)
    issued(books, key, 151, 160)
    closed(books, key, 0)
    act(books, key, close, PaperNumber("B", 151), 0, by="eli", second=None, reason="", biz_date=DAY, id_=new_id())
    with books.reading() as connection:
        assert [(one.book.closed_on, one.book.last_used, one.missing) for one in standings(connection)] == [
            (DAY, 0, ()),
            (DAY, 0, ()),
        ]
    assert fsck(books).differences == ()


def test_fsck_tells_of_a_book_and_a_number_that_nobody_signed(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    issued(books, key)
    keyed(till, 101, COPY)
    sent(books, key, till)
    with books.writing() as connection:
        connection.exec_driver_sql("UPDATE paper_book SET last_no = 190")
        connection.exec_driver_sql("UPDATE paper_number SET state = 'void'")
    assert [one.split(":")[0] for one in fsck(books).differences] == ["paper_book B/101", "paper_number B/101"]


def test_an_offices_share_has_its_own_books_and_numbers_alone(
    books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path
) -> None:
    brought(books, "office", [("ANNEX", "Annex", "")])
    with books.writing() as connection:
        set_served(connection, [("HALL", ["utility"]), ("ANNEX", ["license"])])
    annex = opened(books, key, "T3", "ANNEX")
    issued(books, key)
    issued(books, key, 301, 350, office="ANNEX")
    publish(books, key, NOW)
    mine = tmp_path / "mine.db"
    take(offered(books, 1, office="HALL"), mine)
    assert contents(mine)["paper_book"] == [("B", 101, 150, "HALL", "2026-11-01", None, None)]
    keyed(till, 101, COPY)
    sent(books, key, till)
    keyed(annex, 301, COPY, book=301)
    sent(books, key, annex)
    closed(books, key, 101)
    publish(books, key, NOW)
    take(offered(books, 2, mine, "HALL"), mine)
    assert contents(mine)["paper_book"] == [("B", 101, 150, "HALL", "2026-11-01", DAY, 101)]
    assert contents(mine)["paper_number"] == [("B", 101, "T1", 1, 2, "T1-1", "receipt", "2026-11-20")]
    whole = tmp_path / "whole.db"
    take(offered(books, 2), whole)
    assert len(contents(whole)["paper_book"]) == len(contents(whole)["paper_number"]) == 2
