"""Keying in paper receipts: ordinary payments that say their paper; each number once, on a day it can have been."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from counter_station import TODAY, at_work, cart_of, cash, close, fee, kinds, last, on, pay, reopened
from countertui.counter.cart import Held, save_cart, take_back
from countertui.counter.find import find
from countertui.counter.open_drawer import open_drawer
from countertui.counter.paper_receipt import papers_here, read_paper, spoil_paper, without_book
from countertui.counter.receipts import receipt_text, receipts
from countertui.counter.station import Person, Session, Station
from countertui.counter.take_payment import Taken, take_payment
from countertui.counter.typed import TextTooLong
from countertui.counter.void_receipt import void_now
from countertui.domain.card_guard import CardNumberRefused
from countertui.domain.drawers import CountRefused, cash_count
from countertui.domain.paper_books import (
    Gap,
    PaperBook,
    PaperDateRefused,
    PaperReceipt,
    PaperRefused,
    SpoiledNeedsLead,
    UnknownPaper,
)
from countertui.domain.rights import NotAllowed
from countertui.store.print_jobs import unfinished_jobs
from countertui.store.reference import Reference
from countertui.store.verify import verify_derived

DAY = "11/20/2026"


@pytest.fixture
def session(station: Station) -> Session:
    return at_work(station)[1]


def keyed(station: Station, session: Session, number: str, day: str = DAY, lead: Person | None = None) -> Taken:
    """A payment keyed in from a paper receipt; a lead answers for one of no book."""
    paper = read_paper(station, session, number, day) if lead is None else without_book(number, day)
    cart = replace(cart_of(station, fee(station)), paper=paper)
    return take_payment(station, session, cart, [cash(cart.total)], lead)


def test_it_is_a_payment_that_says_its_paper_and_is_found_by_its_number(station: Station, session: Session) -> None:
    pay(station, session)
    taken = keyed(station, session, "b123")
    assert taken.receipt_no == "T1-2", "the terminal's own numbers have no gap"
    record = last(station)
    assert record["kind"] == "pay"
    assert record["data"]["paper"] == {"series": "B", "number": 123, "date": "2026-11-20", "book": 101}
    assert record["biz_date"] == TODAY.isoformat(), "the session's, beside the paper's date"
    [found] = [one for one in find(station, "B-000123") if one.kind == "receipt"]
    assert (found.key, found.exact) == ("T1-2", True)
    assert [row.receipt_no for row in receipts(station, "b 123")] == ["T1-2"]
    assert "Entered from paper receipt B-000123 of 11/20/2026" in " ".join(receipt_text(station, "T1-2")).replace(
        "  ", " "
    )
    assert "paper receipt" not in " ".join(receipt_text(station, "T1-1"))
    printed = [json.loads(job.document) for job in unfinished_jobs(station.db)]
    assert any("Entered from paper receipt B-000123 of 11/20/2026" in json.dumps(document) for document in printed)


def test_a_number_keyed_in_twice_is_refused_by_the_name_of_where_it_went(station: Station, session: Session) -> None:
    lena = on(station, "lena")
    keyed(station, session, "B-123")
    before = kinds(station)
    with pytest.raises(PaperRefused, match="B-000123 was keyed in before: it is receipt T1-1"):
        read_paper(station, session, "B-000123", DAY)
    cart = replace(cart_of(station, fee(station)), paper=PaperReceipt("B", 123, "2026-11-21", 101))
    with pytest.raises(PaperRefused, match="it is receipt T1-1"):
        take_payment(station, session, cart, [cash(cart.total)])
    spoil_paper(station, session, read_paper(station, session, "B-124", DAY), "Torn", lena)
    with pytest.raises(PaperRefused, match="B-000124 was keyed in here before, as spoiled"):
        read_paper(station, session, "B-124", DAY)
    assert kinds(station) == [*before, "paper_spoiled"]


def test_a_number_known_from_another_terminal_is_refused_too(
    station: Station, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {
        123: ("T2", "T2-7", "receipt"),
        124: ("T2", "", "spoiled"),
        125: ("T2", "T2-8", "void"),
        126: ("T1", "T1-9", "receipt"),
    }
    monkeypatch.setattr(Reference, "paper_keyed", lambda _self, paper: known.get(paper.number))
    for number, words in (
        (123, "at terminal T2 before, as receipt T2-7"),
        (124, "T2 before, as spoiled"),
        (126, "T1-9"),
    ):
        with pytest.raises(PaperRefused, match=words):
            read_paper(station, session, f"B{number}", DAY)
    assert read_paper(station, session, "B125", DAY).number == 125


@pytest.mark.parametrize(
    ("number", "day", "fault", "words"),
    [
        ("T1-12", DAY, PaperRefused, "no paper receipt's number"),
        ("B-101", "11/24/2026", PaperDateRefused, "lies after 2026-11-23"),
        ("B-101", "2025-12-31", PaperDateRefused, "before 2026-01-01, when book B-000101 was issued"),
        ("B-101", "2026-02-30", CountRefused, "doesn't exist"),
        ("B-101", "yesterday", CountRefused, "not a date"),
        ("B-151", DAY, UnknownPaper, "No book of this office known here has B-000151"),
        ("C-101", DAY, UnknownPaper, "C-000101"),
    ],
)
def test_what_can_not_be_keyed_in_records_nothing(
    station: Station, session: Session, number: str, day: str, fault: type[Exception], words: str
) -> None:
    before = kinds(station)
    with pytest.raises(fault, match=words):
        read_paper(station, session, number, day)
    assert kinds(station) == before


def test_a_form_after_the_last_used_of_a_book_given_back_is_refused(
    station: Station, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = PaperBook("B", 101, 150, "HALL", "2026-01-01", "2026-11-21", 137)
    monkeypatch.setattr(Reference, "paper_books", lambda _self, _office: [book])
    with pytest.raises(PaperRefused, match="B-000137 was its last one used"):
        read_paper(station, session, "B-138", DAY)
    keyed(station, session, "B-137")
    assert papers_here(station, session).number == "", "of a book given back none is next"


def test_a_number_of_no_book_needs_a_lead_who_keys_in_nothing_himself(station: Station, session: Session) -> None:
    lena, ivan = on(station, "lena"), on(station, "ivan")
    cart = replace(cart_of(station, fee(station)), paper=without_book("C7", DAY))
    with pytest.raises(UnknownPaper, match="asks for a lead"):
        take_payment(station, session, cart, [cash(cart.total)])
    for person in (on(station, "rosa"), on(station, "ben")):
        with pytest.raises(NotAllowed):
            keyed(station, session, "C7", lead=person)
    keyed(station, session, "C7", lead=lena)
    assert (last(station)["approver"], last(station)["data"]["paper"]["book"]) == ("lena", None)
    spoil_paper(station, session, without_book("C8", DAY), "Wet", ivan)
    assert last(station)["approver"] == "ivan"
    with pytest.raises(UnknownPaper):
        spoil_paper(station, session, without_book("C9", DAY), "Wet")


@pytest.mark.parametrize(("number", "book"), [(900, 101), (123, 99), (123, 151)])
def test_a_cart_that_was_made_to_say_another_book_is_not_taken(
    station: Station, session: Session, number: int, book: int
) -> None:
    before = kinds(station)
    cart = replace(cart_of(station, fee(station)), paper=PaperReceipt("B", number, "2026-11-20", book))
    with pytest.raises(UnknownPaper, match="as the cart says"):
        take_payment(station, session, cart, [cash(cart.total)])
    assert kinds(station) == before


def test_a_lead_of_a_known_book_is_not_recorded_as_nobody_asked_one(station: Station, session: Session) -> None:
    paper = read_paper(station, session, "B-101", DAY)
    cart = replace(cart_of(station, fee(station)), paper=paper)
    take_payment(station, session, cart, [cash(cart.total)], on(station, "lena"))
    assert last(station)["approver"] is None


@pytest.mark.parametrize(
    ("reason", "fault"),
    [("", PaperRefused), ("  ", PaperRefused), ("4012 8888 8888 1881", CardNumberRefused), ("x" * 121, TextTooLong)],
)
def test_a_spoiled_form_needs_a_reason_that_may_be_kept(
    station: Station, session: Session, reason: str, fault: type[Exception]
) -> None:
    before = kinds(station)
    with pytest.raises(fault):
        spoil_paper(station, session, read_paper(station, session, "B101", DAY), reason)
    assert kinds(station) == before


def test_that_a_form_was_spoiled_takes_a_lead_who_is_recorded(station: Station, session: Session) -> None:
    """Who took cash on a form could else close its gap alone."""
    rosa, ben, lena = on(station, "rosa"), on(station, "ben"), on(station, "lena")
    paper, before = read_paper(station, session, "B101", DAY), kinds(station)
    with pytest.raises(SpoiledNeedsLead, match="B-000101 was spoiled takes a second person"):
        spoil_paper(station, session, paper, "Torn")
    for person in (rosa, replace(rosa, id="ROSA"), ben):
        with pytest.raises(NotAllowed):
            spoil_paper(station, session, paper, "Torn", person)
    assert kinds(station) == before
    [book] = papers_here(station, session).books
    assert book.keyed == 0
    spoil_paper(station, session, paper, "Torn", lena)
    assert (last(station)["kind"], last(station)["operator"], last(station)["approver"]) == (
        "paper_spoiled",
        "rosa",
        "lena",
    )


def test_a_lead_who_has_a_drawer_is_no_second_person_there(station: Station) -> None:
    _person, session = at_work(station)
    own = replace(session, operator="lena")
    with pytest.raises(NotAllowed, match="began or took part"):
        spoil_paper(station, own, read_paper(station, own, "B101", DAY), "Torn", on(station, "lena"))


def test_a_spoiled_form_moves_no_money_and_draws_no_receipt_number(station: Station, session: Session) -> None:
    spoil_paper(station, session, read_paper(station, session, "B101", DAY), " Torn ", on(station, "lena"))
    record = last(station)
    assert (record["kind"], record["receipt_no"], record["cum_net"]) == ("paper_spoiled", None, 0)
    assert record["data"] == {"series": "B", "number": 101, "date": "2026-11-20", "book": 101, "reason": "Torn"}
    assert pay(station, session).receipt_no == "T1-1"


def test_a_voided_one_is_keyed_in_again(station: Station, session: Session) -> None:
    person, lena = on(station, "rosa"), on(station, "lena")
    keyed(station, session, "B101")
    void_now(station, person, lena, "T1-1", "Wrong amount")
    assert keyed(station, session, "B101").receipt_no == "T1-2"
    assert [one.key for one in find(station, "B101") if one.kind == "receipt"] == ["T1-2"]
    void_now(station, person, lena, "T1-2", "Wrong amount")
    assert station.db.execute("SELECT state FROM paper_keyed").fetchall() == [("void",)]


def test_the_next_number_and_the_missing_ones_are_said(station: Station, session: Session) -> None:
    first = papers_here(station, session)
    assert (first.number, first.date, first.books[0].missing) == ("B-000101", TODAY.isoformat(), ())
    keyed(station, session, "B101", "11/18/2026")
    keyed(station, session, "B104")
    here = papers_here(station, session)
    [book] = here.books
    assert (here.number, here.date, book.keyed) == ("B-000105", "2026-11-20", 2)
    assert book.missing == (Gap(102, 103, "2026-11-20"),)
    keyed(station, session, "B150")
    assert papers_here(station, session).number == "", "the last form of the only book"


def test_nothing_is_keyed_in_after_the_close_or_into_an_earlier_day(station: Station, session: Session) -> None:
    ben = on(station, "ben")
    early = open_drawer(station, ben, "D2", TODAY.replace(day=19), cash_count({20_00: 5, 10_00: 10}))
    with pytest.raises(PaperRefused, match="lies after 2026-11-19"):
        read_paper(station, early, "B101", DAY)
    gone = replace(session, id="0190b2c4-0000-7000-8000-000000000000")
    with pytest.raises(PaperRefused, match="closed"):
        spoil_paper(station, gone, read_paper(station, session, "B101", DAY), "Torn", on(station, "lena"))


def test_a_saved_cart_keeps_its_paper_over_a_restart(station: Station, session: Session) -> None:
    paper = read_paper(station, session, "B101", DAY)
    cart = replace(cart_of(station), paper=paper)
    save_cart(station, on(station, "rosa"), Held(cart))
    station = reopened(station)
    assert take_back(station, cart.id).cart == cart
    close(station)


def test_the_tables_follow_from_the_journal(station: Station, session: Session) -> None:
    keyed(station, session, "B101")
    spoil_paper(station, session, read_paper(station, session, "B102", DAY), "Torn", on(station, "lena"))
    keyed(station, session, "B103")
    void_now(station, on(station, "rosa"), on(station, "lena"), "T1-2", "Wrong amount")
    assert station.db.execute("SELECT paper_no, receipt_no, state FROM paper_keyed ORDER BY paper_no").fetchall() == [
        (101, "T1-1", "receipt"),
        (102, None, "spoiled"),
        (103, "T1-2", "void"),
    ]
    assert verify_derived(station.db) == []
