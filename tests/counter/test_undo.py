"""Voids and refunds: asked for by one, approved by another, and what they take back."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counter_day import count_all
from counter_station import (
    TODAY,
    at_work,
    body,
    card,
    cash,
    check,
    clock_of,
    close,
    drawer_of,
    fee,
    kinds,
    last,
    new_folder,
    on,
    open_station,
    owing,
    pay,
    pay_on,
    printer_of,
    run_here,
)
from countertui.counter.balances import open_charges
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.find import open_account
from countertui.counter.open_drawer import open_drawer
from countertui.counter.paper_choices import print_again
from countertui.counter.print_queue import print_waiting, unprinted
from countertui.counter.receipts import ReceiptUnknown, ReprintRefused, open_requests, receipt_text, receipts, reprint
from countertui.counter.refund_receipt import RefundRefused, approve_request, ask_refund
from countertui.counter.station import Person, Session, Station
from countertui.counter.void_receipt import VoidRefused, ask_void, refuse_request, void_now
from countertui.domain.card_guard import CardNumberRefused
from countertui.domain.drawers import cash_count
from countertui.domain.record_data import RefundMethod
from countertui.domain.refusal import Refused
from countertui.domain.rights import NotAllowed
from countertui.domain.tenders import Tender, TenderKind
from countertui.ports.devices import PrintOutcome
from countertui.store import print_jobs, receipt_rows, session_rows
from countertui.store.store import NotWritten


@pytest.fixture
def rosa(station: Station) -> Person:
    return on(station, "rosa")


@pytest.fixture
def session(station: Station, rosa: Person) -> Session:
    return drawer_of(station, rosa)


@pytest.fixture
def lena(station: Station) -> Person:
    return on(station, "lena")


def _expected(station: Station, session: Session) -> dict[str, tuple[int, int]]:
    found = session_rows.expected(station.db, session.id)
    return {kind.value: (each.count, each.cents) for kind, each in found.items()}


def _state(station: Station, number: str) -> str:
    record = receipt_rows.receipt(station.db, number)
    assert record is not None
    return record.state


def _closed(station: Station, session: Session, person: Person) -> None:
    cash_there, others = count_all(station, session)
    commit_count(station, person, session, cash_there, others)
    close_drawer(station, person, session, "")


class TestVoids:
    def test_at_once_with_a_second_person(self, station: Station, rosa: Person, lena: Person, session: Session) -> None:
        owed = open_account(station, owing()[0])
        number = pay(station, session, owed, tenders=[check(owed.amount - 1), cash(5_00)]).receipt_no
        void_now(station, rosa, lena, number, "Wrong account")
        assert open_account(station, owing()[0]) == owed
        assert _expected(station, session) == {"cash": (0, 200_00), "check": (0, 0)}
        assert _state(station, number) == "void"
        record = last(station)
        assert (record["kind"], record["operator"], record["approver"]) == ("void", "rosa", "lena")
        assert (record["cum_net"], record["cum_abs"]) == (0, 2 * owed.amount)
        assert "VOIDED" in "\n".join(receipt_text(station, number))

    def test_asked_for_and_approved_later(self, station: Station, rosa: Person, lena: Person, session: Session) -> None:
        number = pay(station, session).receipt_no
        ask_void(station, rosa, number, "Wrong amount")
        assert _state(station, number) == "void_requested"
        assert _expected(station, session)["cash"] == (0, 210_00), "the money stays in the expected figures"
        assert [row.receipt_no for row in open_requests(station)] == [number]
        assert "VOID REQUESTED" in "\n".join(receipt_text(station, number))
        approve_request(station, lena, number)
        assert _state(station, number) == "void"
        assert (last(station)["operator"], last(station)["approver"]) == ("rosa", "lena")
        assert last(station)["data"]["reason"] == "Wrong amount"
        assert open_requests(station) == []

    def test_asked_for_and_refused(self, station: Station, rosa: Person, lena: Person, session: Session) -> None:
        number = pay(station, session).receipt_no
        ask_void(station, rosa, number, "Wrong amount")
        refuse_request(station, lena, number, "It was right")
        assert _state(station, number) == "taken"
        assert last(station)["kind"] == "void_refusal"
        ask_void(station, rosa, number, "It was not")
        approve_request(station, lena, number)
        assert _state(station, number) == "void"

    def test_a_second_one_is_refused(self, station: Station, rosa: Person, lena: Person, session: Session) -> None:
        number = pay(station, session).receipt_no
        void_now(station, rosa, lena, number, "Wrong account")
        before = station.store.tip()
        with pytest.raises(VoidRefused, match="already void"):
            void_now(station, rosa, lena, number, "Wrong account")
        with pytest.raises(VoidRefused, match="already void"):
            ask_void(station, rosa, number, "Wrong account")
        with pytest.raises(VoidRefused, match="Nothing is asked for"):
            approve_request(station, lena, number)
        with pytest.raises(VoidRefused, match="Nothing is asked for"):
            refuse_request(station, lena, number, "no")
        assert station.store.tip() == before

    def test_one_asked_for_is_not_asked_for_again(
        self, station: Station, rosa: Person, lena: Person, session: Session
    ) -> None:
        number = pay(station, session).receipt_no
        ask_void(station, rosa, number, "Wrong account")
        for again in (
            lambda: ask_void(station, rosa, number, "Wrong account"),
            lambda: void_now(station, rosa, lena, number, "Wrong account"),
        ):
            with pytest.raises(VoidRefused, match="A void of receipt T1-1 is asked for already"):
                again()

    def test_nobody_approves_their_own(self, station: Station, lena: Person) -> None:
        ivan = on(station, "ivan")
        own = drawer_of(station, ivan)
        number = pay(station, own).receipt_no
        with pytest.raises(NotAllowed, match="Nobody approves"):
            void_now(station, ivan, ivan, number, "Wrong account")
        with pytest.raises(NotAllowed, match="Nobody approves"):
            void_now(station, on(station, "rosa"), ivan, number, "Wrong account")
        ask_void(station, on(station, "ben"), number, "Wrong account")
        for answer in (
            lambda: approve_request(station, ivan, number),
            lambda: refuse_request(station, ivan, number, "no"),
        ):
            with pytest.raises(NotAllowed, match="Nobody approves"):
                answer()
        approve_request(station, lena, number)

    def test_who_took_the_receipt_does_not_approve_what_another_asked_for(self, station: Station) -> None:
        ivan, ben = on(station, "ivan"), on(station, "ben")
        own = drawer_of(station, ivan)
        number, later = pay(station, own).receipt_no, pay(station, own).receipt_no
        ask_void(station, ben, number, "Wrong account")
        with pytest.raises(NotAllowed, match="Nobody approves"):
            approve_request(station, ivan, number)
        with pytest.raises(NotAllowed, match="Nobody approves"):
            refuse_request(station, ivan, number, "no")
        _closed(station, own, ivan)
        ask_refund(station, ben, later, "Paid twice", RefundMethod.AP_CHECK)
        for waiting in (number, later):
            with pytest.raises(NotAllowed, match="Nobody approves"):
                approve_request(station, ivan, waiting)

    def test_a_cashier_approves_nothing(self, station: Station, rosa: Person, session: Session) -> None:
        number = pay(station, session).receipt_no
        ben = on(station, "ben")
        with pytest.raises(NotAllowed, match="may not approve"):
            void_now(station, rosa, ben, number, "Wrong account")
        ask_void(station, rosa, number, "Wrong account")
        with pytest.raises(NotAllowed, match="may not approve"):
            approve_request(station, ben, number)
        with pytest.raises(NotAllowed, match="may not approve"):
            refuse_request(station, ben, number, "no")

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 121, "a\x1bb", "4111 1111 1111 1111"])
    def test_a_reason_is_needed_and_guarded(
        self, station: Station, rosa: Person, lena: Person, session: Session, reason: str
    ) -> None:
        number = pay(station, session).receipt_no
        before = station.store.tip()
        with pytest.raises(Refused):
            void_now(station, rosa, lena, number, reason)
        with pytest.raises(Refused):
            ask_void(station, rosa, number, reason)
        assert station.store.tip() == before

    def test_after_the_close_only_a_refund(
        self, station: Station, rosa: Person, lena: Person, session: Session
    ) -> None:
        number = pay(station, session).receipt_no
        asked = pay(station, session).receipt_no
        ask_void(station, rosa, asked, "Wrong account")
        _closed(station, session, rosa)
        with pytest.raises(VoidRefused, match="closed"):
            void_now(station, rosa, lena, number, "Wrong account")
        with pytest.raises(VoidRefused, match="closed"):
            ask_void(station, rosa, number, "Wrong account")
        approve_request(station, lena, asked)
        record = last(station)
        assert (record["kind"], record["data"]["method"], record["session"]) == ("refund", "ap_check", None)
        assert _state(station, asked) == "refunded"

    def test_a_receipt_of_nowhere(self, station: Station, rosa: Person, lena: Person) -> None:
        with pytest.raises(ReceiptUnknown):
            void_now(station, rosa, lena, "T1-999", "Wrong account")
        with pytest.raises(CardNumberRefused) as told:
            void_now(station, rosa, lena, "4111111111111111", "Wrong account")
        assert "4111" not in str(told.value)


class TestRefunds:
    @pytest.fixture
    def number(self, station: Station, rosa: Person, session: Session) -> str:
        """A receipt over 10.00 whose session is closed."""
        taken = pay(station, session).receipt_no
        _closed(station, session, rosa)
        return taken

    def test_while_the_drawer_is_open_a_void_is_right(self, station: Station, rosa: Person, session: Session) -> None:
        taken = pay(station, session).receipt_no
        with pytest.raises(RefundRefused, match="still open"):
            ask_refund(station, rosa, taken, "Paid twice", RefundMethod.AP_CHECK)

    def test_by_check(self, station: Station, rosa: Person, lena: Person, number: str) -> None:
        ask_refund(station, rosa, number, "Paid twice", RefundMethod.AP_CHECK)
        assert _state(station, number) == "refund_requested"
        assert [row.receipt_no for row in open_requests(station)] == [number]
        clock_of(station).set("1970-01-01T00:00:00")
        approve_request(station, lena, number)
        assert _state(station, number) == "refunded"
        record = body(station, kinds(station).index("refund") + 1)
        assert (record["operator"], record["approver"], record["session"]) == ("rosa", "lena", None)
        assert record["biz_date"] == "2026-11-23", "never the clock's"
        assert record["cum_net"] == 0
        assert [(row.state, row.refund) for row in receipts(station)] == [("refunded", "ap_check")]

    def test_in_cash_from_an_open_drawer(self, station: Station, rosa: Person, lena: Person, number: str) -> None:
        ben = on(station, "ben")
        paying = drawer_of(station, ben, "D2")
        ask_refund(station, rosa, number, "Paid twice", RefundMethod.CASH, paying)
        assert [row.refund for row in open_requests(station)] == ["cash"]
        assert _expected(station, paying) == {"cash": (0, 200_00)}
        approve_request(station, lena, number, paying)
        assert _expected(station, paying) == {"cash": (0, 190_00)}
        own_line = station.db.execute(
            "SELECT what, cents FROM drawer_move WHERE session = ? ORDER BY seq", (paying.id,)
        ).fetchall()
        assert own_line == [("fund", 200_00), ("refund", -10_00)]
        _closed(station, paying, ben)

    def test_nobody_approves_a_cash_refund_from_their_own_drawer(
        self, station: Station, rosa: Person, lena: Person, number: str
    ) -> None:
        ivan = on(station, "ivan")
        paying = drawer_of(station, ivan, "D2")
        ask_refund(station, rosa, number, "Paid twice", RefundMethod.CASH, paying)
        with pytest.raises(NotAllowed, match="Nobody approves"):
            approve_request(station, ivan, number, paying)
        with pytest.raises(NotAllowed, match="Nobody approves"):
            approve_request(station, ivan, number, replace(paying, operator="rosa"))
        approve_request(station, lena, number, paying)

    @pytest.mark.parametrize(
        ("tenders", "payable"),
        [
            ([check(10_00)], False),
            ([card(10_00)], False),
            ([check(1), cash(9_99)], False),
            ([check(1), cash(20_00)], False),
            ([cash(4_00), cash(6_00)], True),
            ([cash(20_00)], True),
        ],
    )
    def test_only_what_was_paid_in_cash_is_paid_back_in_cash(
        self, station: Station, rosa: Person, session: Session, tenders: list[Tender], payable: bool
    ) -> None:
        """A check that comes back unpaid would have been turned into cash."""
        taken = pay(station, session, tenders=tenders).receipt_no
        _closed(station, session, rosa)
        paying = drawer_of(station, on(station, "ben"), "D2")
        if payable:
            ask_refund(station, rosa, taken, "Paid twice", RefundMethod.CASH, paying)
        else:
            with pytest.raises(RefundRefused, match="not paid for in cash"):
                ask_refund(station, rosa, taken, "Paid twice", RefundMethod.CASH, paying)

    def test_cash_has_a_limit(self, station: Station, rosa: Person, session: Session) -> None:
        taken = pay(station, session, fee(station, "MAP*20")).receipt_no
        _closed(station, session, rosa)
        paying = drawer_of(station, on(station, "ben"), "D2")
        with pytest.raises(RefundRefused, match=r"up to 50\.00; this one is 80\.00"):
            ask_refund(station, rosa, taken, "Paid twice", RefundMethod.CASH, paying)

    def test_cash_needs_an_open_drawer_with_that_much(
        self, station: Station, rosa: Person, lena: Person, number: str
    ) -> None:
        with pytest.raises(RefundRefused, match="open drawer"):
            ask_refund(station, rosa, number, "Paid twice", RefundMethod.CASH)
        ben = on(station, "ben")
        paying = drawer_of(station, ben, "D2")
        ask_refund(station, rosa, number, "Paid twice", RefundMethod.CASH, paying)
        _closed(station, paying, ben)
        with pytest.raises(RefundRefused, match="open drawer"):
            approve_request(station, lena, number, paying)

        nearly_empty = open_drawer(station, rosa, "D2", TODAY, cash_count({1_00: 9}), lena)
        with pytest.raises(RefundRefused, match="can't be paid in cash from this drawer"):
            approve_request(station, on(station, "hugo"), number, nearly_empty)

    def test_refused_and_asked_again(self, station: Station, rosa: Person, lena: Person, number: str) -> None:
        ask_refund(station, rosa, number, "Paid twice", RefundMethod.AP_CHECK)
        with pytest.raises(RefundRefused, match="A refund of receipt T1-1 is asked for already"):
            ask_refund(station, rosa, number, "Paid twice", RefundMethod.AP_CHECK)
        refuse_request(station, lena, number, "Once only")
        assert (last(station)["kind"], _state(station, number)) == ("refund_refusal", "taken")
        ask_refund(station, rosa, number, "Twice indeed", RefundMethod.AP_CHECK)
        approve_request(station, lena, number)
        with pytest.raises(RefundRefused, match="already refunded"):
            ask_refund(station, rosa, number, "Again", RefundMethod.AP_CHECK)

    def test_nobody_approves_their_own(self, station: Station, number: str) -> None:
        with pytest.raises(NotAllowed):
            ask_refund(station, on(station, "ada"), number, "Paid twice", RefundMethod.AP_CHECK)
        ivan = on(station, "ivan")
        ask_refund(station, ivan, number, "Paid twice", RefundMethod.AP_CHECK)
        with pytest.raises(NotAllowed, match="Nobody approves"):
            approve_request(station, ivan, number)

    def test_what_it_paid_for_is_owed_again(
        self, station: Station, rosa: Person, lena: Person, session: Session
    ) -> None:
        owed = open_account(station, owing()[0])
        taken = pay(station, session, owed, tenders=[card(owed.amount)]).receipt_no
        _closed(station, session, rosa)
        ask_refund(station, rosa, taken, "Paid twice", RefundMethod.AP_CHECK)
        approve_request(station, lena, taken)
        assert open_account(station, owing()[0]) == owed


class TestReceipts:
    def test_are_listed_and_found(self, station: Station, session: Session) -> None:
        first = pay(station, session, payor="Zoë Núñez", tenders=[check(5_00, "771"), cash(5_00)]).receipt_no
        second = pay_on(station, session, owing()[0], 100).receipt_no
        assert [row.receipt_no for row in receipts(station)] == [second, first]
        assert [row.receipt_no for row in receipts(station, session_id=session.id, limit=1)] == [second]
        assert receipts(station, session_id="another") == []
        for text in (first.lower(), "zoë n", "ZOë", "771"):
            assert [row.receipt_no for row in receipts(station, text)] == [first]
        assert [row.receipt_no for row in receipts(station, owing()[0])] == [second]
        assert receipts(station, "nobody") == []
        row = receipts(station, first)[0]
        assert (row.tenders, row.time, row.total_cents, row.state) == ("Check + Cash", "09:41", 10_00, "taken")

    def test_show_what_was_printed(self, station: Station, session: Session) -> None:
        taken = pay(station, session, fee(station, "COPY*3"), fee(station, "NOTARY"), tenders=[cash(20_00)])
        text = "\n".join(receipt_text(station, taken.receipt_no))
        for part in ("City of Alder Falls", "T1-1", "Rosa Delgado", "D1", "0.45", "10.45", "9.55", taken.short_hash):
            assert part in text

    def test_a_reprint_is_recorded_and_numbered(self, station: Station, rosa: Person, session: Session) -> None:
        number = pay(station, session).receipt_no
        assert [reprint(station, rosa, number.lower()) for _ in range(2)] == [1, 2]
        assert kinds(station)[-2:] == ["reprint", "reprint"]
        jobs = station.db.execute(
            "SELECT receipt_no, copy, document FROM print_job WHERE kind = 'receipt' ORDER BY id"
        ).fetchall()
        assert [job[:2] for job in jobs] == [(number, 0), (number, 1), (number, 2)]
        assert [json.loads(job[2])["copy"] for job in jobs] == [0, 1, 2]
        with pytest.raises(ReceiptUnknown):
            reprint(station, rosa, "T1-77")

    def test_an_auditor_prints_nothing_again(self, station: Station, session: Session) -> None:
        number = pay(station, session).receipt_no
        job = unprinted(station)[0].job
        before = station.store.tip()
        for id_ in ("ken", "ada"):
            person = on(station, id_)
            before = station.store.tip()
            with pytest.raises(NotAllowed, match="may not print"):
                reprint(station, person, number)
            with pytest.raises(NotAllowed, match="may not print"):
                print_again(station, person, job)
            assert station.store.tip() == before

    def test_the_thousandth_is_refused_in_words(self, station: Station, rosa: Person, session: Session) -> None:
        number = pay(station, session).receipt_no
        station.db.execute("UPDATE receipt SET copies = 998")
        assert reprint(station, rosa, number) == 999
        before = station.store.tip()
        with pytest.raises(ReprintRefused, match="999 times already"):
            reprint(station, rosa, number)
        assert station.store.tip() == before

    def test_printing_again_is_one_act(
        self, station: Station, rosa: Person, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Else a crash in between leaves a receipt that is neither on paper nor waiting to be."""
        pay(station, session)
        printer_of(station).outcomes = [PrintOutcome("uncertain", "no answer")]
        print_waiting(station, run_here(station), station.printer)
        (job,) = (note.job for note in unprinted(station))

        def fail(*_: object) -> None:
            raise sqlite3.OperationalError("disk I/O error")

        with monkeypatch.context() as broken:
            broken.setattr(print_jobs, "queue_print", fail)
            with pytest.raises(NotWritten):
                print_again(station, rosa, job)
        assert [note.job for note in unprinted(station)] == [job]
        assert kinds(station)[-1] == "pay"
        print_again(station, rosa, job)
        waiting = unprinted(station)
        assert [(note.job > job, note.state) for note in waiting] == [(True, "queued")]
        assert kinds(station)[-1] == "reprint"


_CENTS = st.integers(1, 400_00)
_PAYMENTS = st.lists(st.tuples(st.sampled_from(range(3)), _CENTS, st.booleans()), min_size=1, max_size=8)


def _balances(station: Station) -> list[dict[str, int]]:
    """What stands on each charge; a credit's own date follows its account's charges, so ids say it all."""
    return [
        {charge.id: charge.balance for charge in open_charges(station, station.db, account, "")}
        for account in owing()[:3]
    ]


@settings(max_examples=25, deadline=None)
@given(_PAYMENTS, st.data())
def test_voids_leave_sums_and_drawers_as_if_the_voided_had_never_been(
    payments: list[tuple[int, int, bool]], data: st.DataObject
) -> None:
    """A void takes back its own allocations, charge by charge; later receipts keep theirs.

    So what a charge's remaining receipts paid on it is exactly what they said they did, whatever was voided between.
    """
    with TemporaryDirectory() as home:
        station = open_station(new_folder(Path(home)))
        try:
            person, session = at_work(station)
            lena = on(station, "lena")
            start = _balances(station)
            kept: list[dict[str, int]] = [{} for _ in start]
            cash_kept = 200_00
            to_void: list[str] = []
            for place, cents, voided in payments:
                taken = pay_on(station, session, owing()[place], cents)
                if voided:
                    to_void.append(taken.receipt_no)
                    continue
                cash_kept += cents
                for part in last(station)["data"]["lines"][0]["allocations"]:
                    key = part["charge"] or ""
                    kept[place][key] = kept[place].get(key, 0) + part["cents"]
            for number in data.draw(st.permutations(to_void)):
                void_now(station, person, lena, number, "Wrong account")
            expected = [
                {key: left for key in before.keys() | paid.keys() if (left := before.get(key, 0) - paid.get(key, 0))}
                for before, paid in zip(start, kept, strict=True)
            ]
            assert _balances(station) == expected
            drawer = session_rows.expected(station.db, session.id)[TenderKind.CASH]
            assert drawer.cents == cash_kept
            assert last(station)["cum_net"] == cash_kept - 200_00
        finally:
            close(station)


@settings(max_examples=25, deadline=None)
@given(_PAYMENTS)
def test_a_receipt_voided_before_the_next_one_might_never_have_been(payments: list[tuple[int, int, bool]]) -> None:
    """Voided at once, nothing later could see it: every balance, allocation and figure is the other station's."""
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        with_voids, without = open_station(new_folder(Path(one))), open_station(new_folder(Path(other)))
        try:
            person, session = at_work(with_voids)
            _, session_without = at_work(without)
            lena = on(with_voids, "lena")
            for place, cents, voided in payments:
                taken = pay_on(with_voids, session, owing()[place], cents)
                if voided:
                    void_now(with_voids, person, lena, taken.receipt_no, "Wrong account")
                else:
                    pay_on(without, session_without, owing()[place], cents)
            assert _balances(with_voids) == _balances(without)
            assert _figures(with_voids) == _figures(without)
        finally:
            close(with_voids)
            close(without)


def _figures(station: Station) -> list[tuple[object, ...]]:
    return (
        station.db.execute(
            "SELECT account, charge, head, gl, SUM(cents) FROM allocation GROUP BY account, charge, head, gl"
            " HAVING SUM(cents) <> 0 ORDER BY 1, 2, 3, 4"
        ).fetchall()
        + station.db.execute("SELECT cum_net FROM counter").fetchall()
    )
