"""A check is endorsed at once and once; again only with a reason on the record. A stub is validated when asked."""

from __future__ import annotations

import pytest

from counter_station import (
    FakePrinter,
    at_work,
    card,
    cart_of,
    cash,
    check,
    fee,
    kinds,
    last,
    on,
    owing,
    pay,
    pay_on,
    printer_of,
    run_here,
)
from countertui.counter.close_drawer import open_items
from countertui.counter.paper_choices import PaperChoiceRefused, it_printed, later, not_wanted, print_again
from countertui.counter.print_queue import PrintNote, after_a_crash, print_waiting, unprinted
from countertui.counter.slips import SlipSaid, endorse_again, print_slips, validate_stub
from countertui.counter.station import Person, Session, Station
from countertui.counter.void_receipt import void_now
from countertui.domain.card_guard import CardNumberRefused
from countertui.domain.rights import NotAllowed
from countertui.ports.devices import PrintOutcome
from countertui.store.print_jobs import attempts, print_job


@pytest.fixture
def rosa(station: Station) -> Person:
    return on(station, "rosa")


@pytest.fixture
def session(station: Station) -> Session:
    return at_work(station)[1]


@pytest.fixture
def slip(station: Station) -> FakePrinter:
    printer = printer_of(station)
    printer.has_slip = True
    return printer


def worked(station: Station, said: list[SlipSaid] | None = None) -> list[PrintNote]:
    told = said.append if said is not None else lambda _said: None
    return print_slips(station, run_here(station), station.printer, told)


def by_check(station: Station, session: Session) -> None:
    pay(station, session, tenders=[check(6_00, "1041"), check(4_00, "77")])


def text(paper: dict[str, object]) -> list[str]:
    blocks = paper["blocks"]
    assert isinstance(blocks, list)
    return [block["s"] for block in blocks]


def test_each_check_is_endorsed_once_and_says_for_what(station: Station, session: Session, slip: FakePrinter) -> None:
    object.__setattr__(station.rules, "deposit_account", "Mill Bank 0071")
    by_check(station, session)
    said: list[SlipSaid] = []
    notes = worked(station, said)
    assert [(note.state, note.title) for note in notes] == [
        ("processed", "Check 1041 of 6.00"),
        ("processed", "Check 77 of 4.00"),
    ]
    assert said[0] == SlipSaid("insert", "Check 1041 of 6.00", "front counter")
    assert text(slip.slips[0])[1:] == [
        "FOR DEPOSIT ONLY",
        station.place.city,
        "Account Mill Bank 0071",
        "11/23/2026 6.00",
        "Receipt T1-1",
    ]
    assert slip.slips[0]["sheet"] == "slip"
    assert worked(station) == []
    (attempt,) = attempts(station.db, notes[0].job)
    assert (attempt.state, attempt.device) == ("processed", "front counter")
    assert slip.printed == [], "nothing of it on the roll"
    assert [note.kind for note in unprinted(station)] == ["receipt"]


@pytest.mark.parametrize("fitted", [True, False])
def test_only_checks_and_only_where_a_printer_takes_sheets(
    station: Station, session: Session, slip: FakePrinter, fitted: bool
) -> None:
    slip.has_slip = fitted
    pay(station, session, tenders=[cash(4_00), card(6_00)])
    assert worked(station) == []
    by_check(station, session)
    assert len(worked(station)) == 2 * fitted
    assert len(unprinted(station)) == 2, "the receipts"


def test_a_receipt_printer_prints_no_sheet(station: Station, session: Session, slip: FakePrinter) -> None:
    by_check(station, session)
    assert [note.kind for note in print_waiting(station, run_here(station), station.printer)] == ["receipt"]
    assert len(slip.printed) == 1


def test_what_nobody_puts_in_waits_until_a_person_asks(
    station: Station, rosa: Person, session: Session, slip: FakePrinter
) -> None:
    pay(station, session, tenders=[check(10_00)])
    slip.slip_outcomes = [PrintOutcome("refused", "no sheet was put in")]
    (note,) = worked(station)
    assert (note.state, note.detail) == ("refused", "no sheet was put in")
    assert worked(station) == [], "not by itself: somebody must stand there"
    assert "Checks not known to be endorsed, of: T1-1 (F10, P)." in open_items(station, session)
    print_again(station, rosa, note.job)
    assert [one.state for one in worked(station)] == ["processed"]
    assert "endorse_again" not in kinds(station)
    assert [paper["copy"] for paper in slip.slips] == [0]


def test_one_stamped_by_hand_is_not_wanted_any_more(station: Station, session: Session, slip: FakePrinter) -> None:
    pay(station, session, tenders=[check(10_00)])
    job = unprinted(station)[-1].job
    later(station, job)
    assert worked(station) == []
    not_wanted(station, job)
    assert [note.kind for note in unprinted(station)] == ["receipt"]


def test_one_that_may_be_endorsed_is_endorsed_again_with_a_reason_on_the_record(
    station: Station, rosa: Person, session: Session, slip: FakePrinter
) -> None:
    pay(station, session, tenders=[check(10_00)])
    slip.slip_outcomes = [PrintOutcome("uncertain", "no answer")]
    (note,) = worked(station)
    with pytest.raises(PaperChoiceRefused, match="needs a reason"):
        print_again(station, rosa, note.job)
    with pytest.raises(PaperChoiceRefused, match="needs a reason"):
        endorse_again(station, rosa, note.job, "  ")
    with pytest.raises(CardNumberRefused):
        endorse_again(station, rosa, note.job, "4111 1111 1111 1111")
    with pytest.raises(NotAllowed):
        endorse_again(station, on(station, "ada"), note.job, "torn")
    before = kinds(station)
    assert "endorse_again" not in before
    endorse_again(station, rosa, note.job, "the ribbon was dry")
    record = last(station)
    assert (record["kind"], record["operator"], record["cum_net"]) == ("endorse_again", "rosa", 10_00)
    assert record["data"]["reason"] == "the ribbon was dry"
    assert record["data"]["check"] == "Check 1041 of 10.00"
    assert record["data"]["original"]["receipt_no"] == "T1-1"
    assert [one.state for one in worked(station)] == ["processed"]
    assert [paper["copy"] for paper in slip.slips] == [0, 1]
    with pytest.raises(PaperChoiceRefused, match="no endorsement"):
        endorse_again(station, rosa, unprinted(station)[0].job, "that is a receipt")


def test_a_done_one_needs_a_reason_too_and_a_waiting_one_is_not_doubled(
    station: Station, rosa: Person, session: Session, slip: FakePrinter
) -> None:
    pay(station, session, tenders=[check(10_00)])
    job = unprinted(station)[-1].job
    before = station.store.tip()
    with pytest.raises(PaperChoiceRefused, match="waits to be endorsed"):
        endorse_again(station, rosa, job, "twice is better")
    assert station.store.tip() == before
    worked(station)
    endorse_again(station, rosa, job, "smudged")
    assert last(station)["data"]["copy"] == 1
    found = print_job(station.db, job)
    assert found is not None
    assert found.state == "processed", "what was done stays as it was"


def test_a_crash_leaves_it_uncertain(station: Station, session: Session, slip: FakePrinter) -> None:
    pay(station, session, tenders=[check(10_00)])

    def cut(*_: object) -> PrintOutcome:
        raise KeyboardInterrupt

    slip.print_slip = cut  # type: ignore[method-assign,assignment]
    with pytest.raises(KeyboardInterrupt):
        worked(station)
    after_a_crash(station)
    assert [(note.kind, note.state) for note in unprinted(station)] == [
        ("receipt", "queued"),
        ("endorsement", "uncertain"),
    ]
    assert worked(station) == []
    it_printed(station, unprinted(station)[1].job)


def test_nobody_is_asked_for_a_check_of_before_a_restart(
    station: Station, rosa: Person, session: Session, slip: FakePrinter
) -> None:
    pay(station, session, tenders=[check(10_00)])
    after_a_crash(station)
    assert worked(station) == []
    note = unprinted(station)[1]
    assert (note.kind, note.state, note.detail) == ("endorsement", "refused", "the program ended before")
    print_again(station, rosa, note.job)
    assert [one.state for one in worked(station)] == ["processed"]


def test_a_stub_is_validated_when_asked(station: Station, rosa: Person, session: Session, slip: FakePrinter) -> None:
    account = owing()[0]
    taken = pay_on(station, session, account, 12_34)
    assert worked(station) == []
    validate_stub(station, rosa, taken.receipt_no)
    assert [(note.state, note.title) for note in worked(station)] == [("processed", "Stub")]
    assert slip.slips[0]["sheet"] == "validation"
    assert "PAID 12.34 11/23/2026 09:41" in text(slip.slips[0])
    assert f"Account {account}" in text(slip.slips[0])
    assert kinds(station)[-1] == "pay"


def test_no_stub_of_what_is_void_or_without_a_slip_printer(
    station: Station, rosa: Person, session: Session, slip: FakePrinter
) -> None:
    taken = pay(station, session)
    void_now(station, rosa, on(station, "lena"), taken.receipt_no, "Wrong account")
    with pytest.raises(PaperChoiceRefused, match="already void"):
        validate_stub(station, rosa, taken.receipt_no)
    slip.has_slip = False
    with pytest.raises(PaperChoiceRefused, match="takes a stub"):
        validate_stub(
            station, rosa, pay(station, session, tenders=[cash(cart_of(station, fee(station)).total)]).receipt_no
        )
