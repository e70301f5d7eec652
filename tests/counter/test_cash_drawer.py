"""The drawer opens at most once for a record, soon or never, and without a sale only on the record."""

from __future__ import annotations

import json

import pytest

from counter_day import count_all
from counter_station import (
    FakePrinter,
    at_work,
    body,
    card,
    cart_of,
    cash,
    check,
    clock_of,
    close,
    fee,
    kinds,
    last,
    money_order,
    on,
    pay,
    printer_of,
    reopened,
    run_here,
)
from countertui.counter.cash_drawer import NoSaleRefused, kick_drawer, open_without_sale
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.print_queue import after_a_crash, print_waiting, unprinted
from countertui.counter.reports import x_report, z_report
from countertui.counter.station import Person, Session, Station
from countertui.domain.card_guard import CardNumberRefused
from countertui.domain.refusal import Refused
from countertui.domain.rights import NotAllowed
from countertui.domain.tenders import Tender
from countertui.hardware.no_printer import NoPrinter
from countertui.ports.devices import PrintOutcome


@pytest.fixture
def rosa(station: Station) -> Person:
    return on(station, "rosa")


@pytest.fixture
def session(station: Station) -> Session:
    return at_work(station)[1]


def kick(station: Station, seq: int) -> str:
    return kick_drawer(station, run_here(station), seq)


def state_of(station: Station, seq: int) -> tuple[str, str]:
    row: tuple[str, str] = station.db.execute(
        "SELECT state, detail FROM print_job WHERE kind = 'drawer' AND seq = ?", (seq,)
    ).fetchone()
    return row


@pytest.mark.parametrize(
    ("tenders", "opens"),
    [
        ([cash(10_00)], True),
        ([check(10_00)], True),
        ([card(10_00)], False),
        ([money_order(10_00)], False),
        ([card(4_00), cash(6_00)], True),
    ],
)
def test_only_cash_and_checks_open_it(station: Station, session: Session, tenders: list[Tender], opens: bool) -> None:
    taken = pay(station, session, tenders=tenders)
    assert taken.opens_drawer is opens
    assert kick(station, taken.seq) == ("" if opens else "it was opened for this already")
    assert printer_of(station).kicks == opens


def test_it_opens_once_for_a_payment(station: Station, session: Session) -> None:
    taken = pay(station, session)
    assert state_of(station, taken.seq) == ("queued", "")
    assert kick(station, taken.seq) == ""
    assert state_of(station, taken.seq) == ("processed", "")
    assert kick(station, taken.seq) == "it was opened for this already"
    assert printer_of(station).kicks == 1


def test_it_is_begun_before_the_pulse_and_never_again_after_a_crash(station: Station, session: Session) -> None:
    taken = pay(station, session)
    seen = []

    def cut(_life_ms: int) -> PrintOutcome:
        assert not station.db.in_transaction
        seen.append(state_of(station, taken.seq)[0])
        raise KeyboardInterrupt

    printer_of(station).kick = cut  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        kick(station, taken.seq)
    assert seen == ["sending"]
    after_a_crash(station)
    assert state_of(station, taken.seq)[0] == "uncertain"
    assert kick(station, taken.seq) == "it was opened for this already"
    assert [note.kind for note in unprinted(station)] == ["receipt"], "a drawer is no paper"


def test_one_that_waited_through_a_restart_lapses(station: Station, session: Session) -> None:
    taken = pay(station, session)
    again = reopened(station)
    after_a_crash(again)
    assert state_of(again, taken.seq) == ("lapsed", "the program ended before")
    assert kick(again, taken.seq)
    assert printer_of(again).kicks == 0
    print_waiting(again, run_here(again), again.printer)
    assert (printer_of(again).kicks, len(printer_of(again).printed)) == (0, 1), "paper opens no drawer"
    close(again)


@pytest.mark.parametrize(("seconds", "opens"), [(4.9, True), (5, False), (3600, False)])
def test_it_has_five_seconds_to_live(station: Station, session: Session, seconds: float, opens: bool) -> None:
    taken = pay(station, session)
    clock_of(station).go_on(seconds)
    assert kick(station, taken.seq) == ("" if opens else "too late to open it")
    assert printer_of(station).kicks == opens
    assert state_of(station, taken.seq)[0] == ("processed" if opens else "lapsed")


def test_another_boots_clock_says_nothing_about_its_age(
    station: Station, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = pay(station, session)
    monkeypatch.setattr(clock_of(station), "boot_id", lambda: "the next boot")
    assert kick(station, taken.seq) == "too late to open it"


@pytest.mark.parametrize(("state", "stored"), [("refused", "lapsed"), ("uncertain", "uncertain")])
def test_what_kept_it_shut_is_told_and_nothing_tries_again(
    station: Station, session: Session, state: str, stored: str
) -> None:
    taken = pay(station, session)
    printer_of(station).kick_outcomes = [PrintOutcome(state, "switched off")]
    assert kick(station, taken.seq) == "front counter: switched off"
    assert state_of(station, taken.seq) == (stored, "switched off")
    assert kick(station, taken.seq) == "it was opened for this already"
    assert printer_of(station).kicks == 1


def test_the_drawer_hangs_on_the_first_printer_that_may_open_one(station: Station, session: Session) -> None:
    queue, other = FakePrinter("queue", has_drawer=False), FakePrinter("other")
    station.printers = (queue, other)
    assert kick(station, pay(station, session).seq) == ""
    assert (queue.kicks, other.kicks) == (0, 1)
    station.printers = (queue,)
    taken = pay(station, session)
    assert not taken.opens_drawer, "it is opened with its key: nothing to tell at every sale"


def test_without_any_printer_money_is_taken_a_no_sale_recorded_and_the_drawers_key_named(
    station: Station, rosa: Person, session: Session
) -> None:
    station.printers = (NoPrinter(),)
    assert not pay(station, session).opens_drawer
    seq = open_without_sale(station, rosa, session, "change")
    assert last(station)["seq"] == seq
    assert kick(station, seq) == "no printer of this terminal opens it"
    assert NoPrinter().send(b"x", "0001").state == NoPrinter().kick(5_000).state == "refused"


def test_no_sale_is_recorded_with_its_reason_and_moves_no_money(
    station: Station, rosa: Person, session: Session
) -> None:
    before = x_report(station, rosa, session)
    seq = open_without_sale(station, rosa, session, "  change for a twenty ")
    record = last(station)
    assert (record["seq"], record["kind"], record["operator"], record["session"]) == (
        seq,
        "no_sale",
        "rosa",
        session.id,
    )
    assert record["data"] == {"drawer": "D1", "reason": "change for a twenty"}
    assert (record["cum_net"], record["receipt_no"]) == (body(station, seq - 1)["cum_net"], None)
    assert kick(station, seq) == ""
    assert kick(station, seq) != ""
    assert printer_of(station).kicks == 1
    after = x_report(station, rosa, session)
    assert [line for line in after if line not in before] == [
        "Opened without a sale                    1",
        "  2026-11-23 09:41            Rosa Delgado",
        "  change for a twenty",
    ]


@pytest.mark.parametrize(
    ("who", "reason", "refused"),
    [
        ("rosa", " ", NoSaleRefused),
        ("rosa", "4111 1111 1111 1111", CardNumberRefused),
        ("ben", "change", NotAllowed),
        ("zoe", "change", NotAllowed),
        ("tess", "change", NotAllowed),
        ("ada", "change", NotAllowed),
        ("ken", "change", NotAllowed),
    ],
)
def test_who_may_not_and_why(station: Station, session: Session, who: str, reason: str, refused: type[Refused]) -> None:
    person, before = on(station, who), station.store.tip()
    before = station.store.tip()
    with pytest.raises(refused):
        open_without_sale(station, person, session, reason)
    assert station.store.tip() == before


def test_a_lead_opens_anybodys(station: Station, session: Session) -> None:
    open_without_sale(station, on(station, "lena"), session, "looked for a bill")
    assert last(station)["operator"] == "lena"


def test_the_z_report_tells_each_and_no_other_sessions(station: Station, rosa: Person, session: Session) -> None:
    open_without_sale(station, rosa, session, "change for a twenty")
    ben, other = at_work(station, "ben", "D2")
    open_without_sale(station, ben, other, "a coin fell in")
    pay(station, session, tenders=[cash(cart_of(station, fee(station)).total)])
    commit_count(station, rosa, session, *count_all(station, session))
    close_drawer(station, rosa, session, "")
    with pytest.raises(NoSaleRefused, match="closed"):
        open_without_sale(station, rosa, session, "too late")
    z = "\n".join(z_report(station, session.id))
    assert "Opened without a sale                    1\n" in z
    assert "change for a twenty" in z
    assert "a coin" not in z
    paper = station.db.execute("SELECT document FROM print_job WHERE kind = 'z_report'").fetchone()[0]
    assert "change for a twenty" in json.dumps(json.loads(paper))
    assert kinds(station).count("no_sale") == 2
