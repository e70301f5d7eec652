"""Counting blind, closing, reporting, sealing and sending."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from counter_day import a_day, count_all
from counter_station import (
    Offline,
    at_work,
    body,
    card,
    cart_of,
    cash,
    check,
    close,
    drawer_of,
    exchange_of,
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
from countertui.counter.cart import Held, save_cart
from countertui.counter.chips import chips
from countertui.counter.close_drawer import CloseRefused, close_drawer, commit_count, open_items
from countertui.counter.find_difference import may_come_from
from countertui.counter.open_drawer import session_of
from countertui.counter.print_queue import print_waiting
from countertui.counter.refund_receipt import approve_request, ask_refund
from countertui.counter.reports import ReportRefused, closed_sessions, x_report, z_report
from countertui.counter.seal_batch import SealRefused, seal_batch
from countertui.counter.send_batches import batches, send_batches, unsent
from countertui.counter.station import Person, Session, Station
from countertui.counter.take_payment import PaymentRefused
from countertui.counter.void_receipt import ask_void, void_now
from countertui.domain.batch_totals import batch_totals
from countertui.domain.card_guard import CardNumberRefused
from countertui.domain.drawers import CashCount, TenderCount, cash_count
from countertui.domain.money import Cents
from countertui.domain.record_data import RefundMethod
from countertui.domain.rights import NotAllowed
from countertui.domain.tenders import TenderKind
from countertui.errors import AnswerNo
from countertui.ports.devices import PrintOutcome
from countertui.ports.exchange import Answer
from countertui.store import working
from countertui.store.store import StoreHalted
from countertui.sync.batch import NO_BATCH, check_batch, key_id, parse_batch
from countertui.sync.dsse import BATCH, open_envelope, parse_envelope
from countertui.sync.ed25519 import checked_public_key


@pytest.fixture
def work(station: Station) -> tuple[Person, Session]:
    return at_work(station)


@pytest.fixture
def rosa(work: tuple[Person, Session]) -> Person:
    return work[0]


@pytest.fixture
def session(work: tuple[Person, Session]) -> Session:
    return work[1]


def _closed(station: Station, person: Person, session: Session) -> None:
    counted, others = count_all(station, session)
    commit_count(station, person, session, counted, others)
    close_drawer(station, person, session, "")


class TestCloses:
    def test_the_difference_is_told_after_the_count_is_committed(
        self, station: Station, rosa: Person, session: Session
    ) -> None:
        pay(station, session, tenders=[check(10_00)])
        pay(station, session, tenders=[card(4_00), cash(7_00)])
        differences = commit_count(
            station,
            rosa,
            session,
            cash_count({20_00: 10, 1_00: 6, 5: 1}),
            {TenderKind.CHECK: TenderCount(TenderKind.CHECK, 2, Cents(9_00))},
        )
        assert last(station)["kind"] == "count"
        assert {each.kind.value: (each.cents, each.count) for each in differences} == {
            "cash": (5, 0),
            "check": (-1_00, 1),
            "card": (-4_00, -1),
            "money_order": (0, 0),
        }
        assert [each["cents"] for each in last(station)["data"]["counted"]] == [206_05, 9_00, 0, 0]

    def test_a_recount_is_another_record(self, station: Station, rosa: Person, session: Session) -> None:
        commit_count(station, rosa, session, cash_count({20_00: 9}), {})
        commit_count(station, rosa, session, cash_count({20_00: 10}), {})
        assert kinds(station)[-2:] == ["count", "count"]
        closed = close_drawer(station, rosa, session, "")
        assert all(each.cents == 0 for each in closed.over_short)
        assert last(station)["data"]["count_seq"] == station.store.tip()[0] - 1

    def test_a_recount_never_hides_the_first(self, station: Station, rosa: Person, session: Session) -> None:
        """A count of nothing shows what is expected: so the close says how many counts there were, and the first."""
        pay(station, session)
        commit_count(station, rosa, session, cash_count({20_00: 9}), {})
        pay(station, session)
        commit_count(station, rosa, session, cash_count({20_00: 11}), {})
        close_drawer(station, rosa, session, "")
        data = last(station)["data"]
        assert (data["counts"], data["first_over_short"][0]) == (2, {"tender": "cash", "count": 0, "cents": -30_00})
        z = " ".join(" ".join(z_report(station, session.id)).split())
        assert "Counted 2 times Differences of the first count Cash short 30.00 Check 0.00" in z

    def test_a_single_count_is_not_told_as_a_recount(self, station: Station, rosa: Person, session: Session) -> None:
        _closed(station, rosa, session)
        assert last(station)["data"]["counts"] == 1
        assert "times" not in "\n".join(z_report(station, session.id))

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE drawer_move SET cents = cents - 900 WHERE what = 'tender'",
            "DELETE FROM drawer_move WHERE what = 'tender'",
            "UPDATE drawer_move SET count = 2 WHERE what = 'tender'",
            "INSERT INTO drawer_move SELECT seq, session, 'cash', 'refund', 0, -900 FROM drawer_move LIMIT 1",
            "UPDATE session SET open_seq = open_seq + 1",
        ],
    )
    def test_figures_that_do_not_follow_from_the_journal_are_never_signed(
        self, station: Station, rosa: Person, session: Session, change: str
    ) -> None:
        """Who takes money out and makes the derived table smaller by it would else close without a difference."""
        pay(station, session)
        commit_count(station, rosa, session, cash_count({20_00: 10, 1_00: 10}), {})
        station.db.execute(change)
        again = reopened(station)
        went_on = session_of(again, rosa)
        assert went_on is not None
        for act in (
            lambda: close_drawer(again, rosa, went_on, ""),
            lambda: commit_count(again, rosa, went_on, cash_count({20_00: 10, 1_00: 1}), {}),
            lambda: x_report(again, on(again, "lena"), went_on),
            lambda: pay(again, went_on),
        ):
            with pytest.raises(StoreHalted, match="countertui verify"):
                act()
        close(again)

    def test_what_was_counted_is_what_the_count_said(self, station: Station, rosa: Person, session: Session) -> None:
        pay(station, session)
        commit_count(station, rosa, session, cash_count({20_00: 10}), {})
        station.db.execute("UPDATE drawer_count SET cents = 21000 WHERE tender = 'cash'")
        closed = close_drawer(station, rosa, session, "some is missing")
        assert closed.over_short[0].cents == -10_00

    def test_a_z_whose_parts_were_changed_is_refused(self, station: Station, rosa: Person, session: Session) -> None:
        _closed(station, rosa, session)
        station.db.execute("UPDATE drawer_move SET cents = cents - 1")
        with pytest.raises(ReportRefused, match="what was signed"):
            z_report(station, session.id)

    def test_where_a_difference_may_come_from_is_told_after_the_count_alone(
        self, station: Station, rosa: Person, session: Session
    ) -> None:
        number = pay(station, session).receipt_no
        voided = pay(station, session).receipt_no
        void_now(station, rosa, on(station, "lena"), voided, "Wrong account")
        assert may_come_from(station, session) == []
        commit_count(station, rosa, session, cash_count({10_00: 20}), {})
        told = may_come_from(station, session)
        assert [one.receipts for one in told if one.receipts] == [(number,)]
        assert told[0].words == f"{number} is 10.00: was it put in?"
        commit_count(station, rosa, session, cash_count({10_00: 21}), {})
        assert may_come_from(station, session) == []

    def test_nothing_closes_uncounted(self, station: Station, rosa: Person, session: Session) -> None:
        with pytest.raises(CloseRefused, match="isn't counted"):
            close_drawer(station, rosa, session, "")

    @pytest.mark.parametrize("moved", ["pay", "void", "refund"])
    def test_money_that_moved_after_the_count_refuses(
        self, station: Station, rosa: Person, session: Session, moved: str
    ) -> None:
        lena = on(station, "lena")
        ben = on(station, "ben")
        before = drawer_of(station, ben, "D2")
        old = pay(station, before).receipt_no
        _closed(station, ben, before)
        ask_refund(station, ben, old, "Paid twice", RefundMethod.CASH, session)
        number = pay(station, session).receipt_no
        commit_count(station, rosa, session, cash_count({10_00: 21}), {})
        if moved == "pay":
            pay(station, session)
        elif moved == "void":
            void_now(station, rosa, lena, number, "Wrong account")
        else:
            approve_request(station, lena, old, session)
        with pytest.raises(CloseRefused, match="moved after the count"):
            close_drawer(station, rosa, session, "")
        _closed(station, rosa, session)

    @pytest.mark.parametrize(("short", "asks"), [(5_00, False), (5_01, True), (-5_00, False), (-5_01, True)])
    def test_a_reason_above_the_limit(
        self, station: Station, rosa: Person, session: Session, short: int, asks: bool
    ) -> None:
        commit_count(station, rosa, session, CashCount(((Cents(1), 200_00 - short),)), {})
        if asks:
            with pytest.raises(CloseRefused, match="needs a reason"):
                close_drawer(station, rosa, session, "  ")
            with pytest.raises(CardNumberRefused):
                close_drawer(station, rosa, session, "4111 1111 1111 1111")
            close_drawer(station, rosa, session, " miscounted change ")
            assert last(station)["data"]["reason"] == "miscounted change"
        else:
            close_drawer(station, rosa, session, "")

    def test_a_close_names_its_session_and_what_it_holds(
        self, station: Station, rosa: Person, session: Session
    ) -> None:
        number = pay(station, session).receipt_no
        pay(station, session)
        ask_void(station, rosa, number, "Wrong account")
        _closed(station, rosa, session)
        record = last(station)
        data = record["data"]
        assert (record["session"], data["first_seq"], data["last_seq"]) == (session.id, session.open_seq, record["seq"])
        assert (data["receipts"], data["open_requests"]) == (2, [number])
        assert {each["tender"]: each["cents"] for each in data["expected"]}["cash"] == 220_00
        assert all(each["cents"] == 0 for each in data["over_short"])

    def test_after_the_close_nothing_is_taken_counted_or_closed(
        self, station: Station, rosa: Person, session: Session
    ) -> None:
        _closed(station, rosa, session)
        with pytest.raises(PaymentRefused, match="closed"):
            pay(station, session)
        with pytest.raises(CloseRefused, match="already closed"):
            commit_count(station, rosa, session, cash_count({20_00: 10}), {})
        with pytest.raises(CloseRefused, match="already closed"):
            close_drawer(station, rosa, session, "")
        drawer_of(station, rosa)

    def test_an_absent_operators_drawer_is_a_leads(self, station: Station, session: Session) -> None:
        with pytest.raises(NotAllowed):
            commit_count(station, on(station, "ben"), session, cash_count({20_00: 10}), {})
        lena = on(station, "lena")
        commit_count(station, lena, session, cash_count({20_00: 10}), {})
        close_drawer(station, lena, session, "", on(station, "ben"))
        assert last(station)["operator"] == "lena"
        z = " ".join(" ".join(z_report(station, session.id)).split())
        assert "Operator Rosa Delgado" in z
        assert "Closed by Lena Whitford" in z

    def test_what_is_open_is_told_and_blocks_nothing(self, station: Station, rosa: Person, session: Session) -> None:
        assert open_items(station, session) == []
        number = pay(station, session).receipt_no
        ask_void(station, rosa, number, "Wrong account")
        save_cart(station, rosa, Held(cart_of(station, fee(station))))
        items = open_items(station, session)
        begin = [["Receipt", f"{number}:"], ["1", "cart"], ["Never", "printed:"]]
        assert [item.split()[0:2] for item in items] == begin
        assert "void requested" in items[0]
        assert items[2] == f"Never printed: {number} (F10, P)."
        _closed(station, rosa, session)

    def test_what_is_not_on_paper_is_named_and_of_no_other_drawer(
        self, station: Station, rosa: Person, session: Session
    ) -> None:
        numbers = [pay(station, session).receipt_no for _ in range(8)]
        _, other = at_work(station, "ben", "D2")
        pay(station, other)
        printer_of(station).outcomes = [PrintOutcome("confirmed"), PrintOutcome("uncertain"), PrintOutcome("refused")]
        print_waiting(station, run_here(station), station.printer)
        assert open_items(station, session) == [
            f"Never printed: {', '.join(numbers[2:7])} and 1 more (F10, P).",
            f"Not known to be on paper: {numbers[1]} (F10, P).",
        ]
        station.db.execute("UPDATE print_job SET state = 'later' WHERE receipt_no = ?", (numbers[2],))
        assert numbers[2] in open_items(station, session)[0]


class TestReports:
    def test_a_blind_x_tells_no_money(self, station: Station, rosa: Person, session: Session) -> None:
        pay(station, session, tenders=[check(10_00, "771")])
        pay(station, session, fee(station, "PASSPORT"), tenders=[cash(40_00)])
        before = station.store.tip()
        text = "\n".join(x_report(station, rosa, session))
        assert any(line.strip() == "Cash" for line in text.splitlines()), "cash has no number of pieces"
        assert station.store.tip() == before
        for shown in ("X REPORT", "Receipts", "T1-1", "T1-2"):
            assert shown in text
        for hidden in ("Expected", "235.00", "35.00", "45.00", "10.00", "40.00"):
            assert hidden not in text.replace("Opening fund", "")

    @pytest.mark.parametrize("id_", ["lena", "tess"])
    def test_revealed_by_a_lead_or_technician_it_is_a_record(
        self, station: Station, rosa: Person, session: Session, id_: str
    ) -> None:
        pay(station, session)
        seer = on(station, id_)
        text = "\n".join(x_report(station, rosa, session, seer))
        assert "210.00" in text
        assert seer.name in text
        record = last(station)
        assert (record["kind"], record["operator"], record["approver"]) == ("reveal", "rosa", id_)
        assert "210.00" in "\n".join(x_report(station, seer, session))
        assert (last(station)["operator"], last(station)["approver"]) == (id_, None)

    def test_others_do_not_reveal(self, station: Station, rosa: Person, session: Session) -> None:
        ken, ben = on(station, "ken"), on(station, "ben")
        before = station.store.tip()
        for seer in (ken, ben):
            with pytest.raises(NotAllowed):
                x_report(station, rosa, session, seer)
        assert station.store.tip() == before

    def test_where_the_city_does_not_count_blind_all_is_shown(
        self, station: Station, rosa: Person, session: Session
    ) -> None:
        station.rules = replace(station.rules, blind_count=False)
        before = station.store.tip()
        assert "200.00" in "\n".join(x_report(station, rosa, session))
        assert station.store.tip() == before

    def test_no_x_without_a_session(self, station: Station, session: Session) -> None:
        lena = on(station, "lena")
        before = station.store.tip()
        with pytest.raises(ReportRefused):
            x_report(station, lena, replace(session, id="another"))
        assert station.store.tip() == before

    def test_a_cash_refund_is_its_own_line_in_expected_cash(
        self, station: Station, rosa: Person, session: Session
    ) -> None:
        lena, ben = on(station, "lena"), on(station, "ben")
        before = drawer_of(station, ben, "D2")
        old = pay(station, before).receipt_no
        _closed(station, ben, before)
        pay(station, session, fee(station, "MAP"), tenders=[cash(5_00)])
        ask_refund(station, ben, old, "Paid twice", RefundMethod.CASH, session)
        approve_request(station, lena, old, session)
        shown = " ".join(" ".join(x_report(station, rosa, session, lena)).split())
        assert "Fund 200.00 Taken 5.00 Change given -1.00 Refunds paid in cash -10.00 Expected 194.00" in shown
        _closed(station, rosa, session)
        z = " ".join(" ".join(z_report(station, session.id)).split())
        assert "Refunds paid in cash -10.00 Expected 194.00 Counted 194.00 Difference 0.00" in z

    def test_a_z_says_what_was_counted(self, station: Station, rosa: Person, session: Session) -> None:
        lena = on(station, "lena")
        pay(station, session, tenders=[check(10_00)])
        number = pay(station, session).receipt_no
        void_now(station, rosa, lena, number, "Wrong tender")
        with pytest.raises(ReportRefused, match="not closed"):
            z_report(station, session.id)
        counts = {TenderKind.CHECK: TenderCount(TenderKind.CHECK, 1, Cents(10_00))}
        commit_count(station, rosa, session, cash_count({20_00: 9, 10_00: 1, 5_00: 1, 1_00: 3}), counts)
        close_drawer(station, rosa, session, "")
        text = " ".join(" ".join(z_report(station, session.id)).split())
        for part in (
            "Z REPORT",
            "Rosa Delgado",
            "9 x 20.00",
            "198.00",
            "short 2.00",
            "T1-2",
            "Wrong tender",
            "rosa, lena",
        ):
            assert part in text
        assert "Checks counted: 1 10.00" in text
        assert [row.id for row in closed_sessions(station)] == [session.id]

    def test_the_z_is_printed_by_itself(self, station: Station, rosa: Person, session: Session) -> None:
        _closed(station, rosa, session)
        print_waiting(station, run_here(station), station.printer)
        assert [paper["kind"] for paper in printer_of(station).printed] == ["z_report"]


class TestSeals:
    def test_totals_are_sums_over_the_journal(self, station: Station, rosa: Person, session: Session) -> None:
        lena = on(station, "lena")
        pay(station, session, fee(station, "COPY*4"), fee(station, "NOTARY"), tenders=[cash(20_00)])
        number = pay(station, session, tenders=[check(10_00)]).receipt_no
        pay(station, session, fee(station, "HYDRANT"), tenders=[money_order(5_00), card(4_00), cash(1_00)])
        void_now(station, rosa, lena, number, "Wrong account")
        first = 1
        sealed = seal_batch(station, on(station, "tess"))
        totals = last(station)["data"]["totals"]
        bodies = [body(station, seq) for seq in range(first, sealed.last_seq + 1)]
        money = [
            (record, 1 if record["kind"] == "pay" else -1) for record in bodies if record["kind"] in ("pay", "void")
        ]
        gl: dict[str, int] = {}
        for record, sign in money:
            for line in record["data"]["lines"]:
                for part in line["allocations"]:
                    gl[part["gl"]] = gl.get(part["gl"], 0) + sign * part["cents"]
        assert totals["gl"] == gl
        assert totals["count"] == len(bodies) == sealed.last_seq
        assert (totals["receipts"], sealed.receipts) == (3, 3)
        assert totals["net"] == sealed.net_cents == sum(sign * record["data"]["total_cents"] for record, sign in money)
        assert totals["abs"] == sum(record["data"]["total_cents"] for record, _ in money)
        assert {kind: each["cents"] for kind, each in totals["tenders"].items()} == {
            "cash": 20_00 - 9_40 + 1_00 - 25,
            "check": 0,
            "card": 4_00,
            "money_order": 5_00,
        }
        assert (totals["cum_net"], totals["cum_abs"]) == (bodies[-1]["cum_net"], bodies[-1]["cum_abs"])

    def test_totals_are_the_same_however_the_journal_was_read_before(self, station: Station) -> None:
        """Figures and totals are read in one go, from whichever of the two is behind; neither counts a record twice."""
        rosa, session = at_work(station)
        pay(station, session)
        x_report(station, rosa, session)
        pay(station, session)
        ben, bens = at_work(station, "ben", "D2")
        pay(station, bens)
        x_report(station, ben, bens)
        tess = on(station, "tess")
        sealed = [seal_batch(station, tess)]
        pay(station, session)
        x_report(station, rosa, session)
        pay(station, bens)
        assert station.figures[session.id].expected()[TenderKind.CASH].cents == 200_00 + 3 * 10_00
        station.figures.clear()  # as after a restart: both drawers were opened before the last seal
        x_report(station, ben, bens)
        assert station.figures[bens.id].receipts == 2
        sealed.append(seal_batch(station, tess))
        pay(station, bens)
        sealed.append(seal_batch(station, tess))
        for each in sealed:
            said = body(station, each.last_seq)["data"]
            bodies = [body(station, seq) for seq in range(said["first_seq"], each.last_seq)]
            assert said["totals"] == batch_totals(bodies, seals=1)

    @pytest.mark.parametrize(
        ("id_", "blind", "told"),
        [("rosa", True, False), ("ben", True, False), ("tess", True, True), ("rosa", False, True)],
    )
    def test_a_seal_tells_no_money_that_is_still_to_be_counted_blind(
        self, station: Station, rosa: Person, session: Session, id_: str, blind: bool, told: bool
    ) -> None:
        """Seal, take one receipt, seal again: the net would be what is expected in the drawer, receipt by receipt."""
        station.rules = replace(station.rules, blind_count=blind)
        pay(station, session)
        sealed = seal_batch(station, on(station, id_))
        assert (sealed.receipts, sealed.net_cents) == (1, 10_00 if told else None)
        assert sealed.said == ("1 receipt, net 10.00" if told else "1 receipt")
        _closed(station, rosa, session)
        assert seal_batch(station, rosa).net_cents == 0, "with every drawer counted it is told"

    def test_a_leads_own_drawer_stays_blind_to_them(self, station: Station) -> None:
        ivan, session = at_work(station, "ivan")
        pay(station, session)
        assert seal_batch(station, ivan).net_cents is None

    def test_batches_have_no_gap_and_name_the_one_before(self, station: Station) -> None:
        a_day(station, seed=11, acts=60)
        seals = [body(station, seq)["data"] for seq, kind in enumerate(kinds(station), start=1) if kind == "seal"]
        rows = working.sendings(station.db)
        assert [seal["batch_no"] for seal in seals] == [row.batch_no for row in rows] == list(range(1, len(seals) + 1))
        assert len(seals) > 1
        key = checked_public_key(station.recorder.public_key)
        prev, first_seq, before = station.recorder.genesis, 1, NO_BATCH
        for row, seal in zip(rows, seals, strict=True):
            batch = parse_batch(open_envelope(parse_envelope(row.envelope, 10**7), BATCH, {key_id("T1", 1): key}))
            checked = check_batch(
                batch,
                key,
                expected_prev=prev,
                expected_first_seq=first_seq,
                expected_batch_no=row.batch_no,
                expected_prev_batch_hash=before,
            )
            assert checked.faults == ()
            assert checked.bodies[-1]["data"] == seal
            prev, first_seq, before = checked.hashes[-1], batch.last_seq + 1, row.batch_hash
        assert first_seq == station.store.tip()[0] + 1

    def test_open_drawers_go_on_in_the_next_batch(self, station: Station, rosa: Person, session: Session) -> None:
        pay(station, session)
        first = seal_batch(station, on(station, "tess"))
        pay(station, session)
        _closed(station, rosa, session)
        second = seal_batch(station, rosa)
        assert (second.batch_no, second.first_seq) == (2, first.last_seq + 1)
        assert (first.receipts, second.receipts) == (1, 1)

    def test_nothing_new_is_no_batch(self, station: Station) -> None:
        tess = on(station, "tess")
        seal_batch(station, tess)
        with pytest.raises(SealRefused, match="Nothing was recorded"):
            seal_batch(station, tess)

    @pytest.mark.parametrize("id_", ["ada", "ken"])
    def test_not_everybody_seals(self, station: Station, id_: str) -> None:
        with pytest.raises(NotAllowed):
            seal_batch(station, on(station, id_))

    def test_a_lost_envelope_is_made_again_to_the_byte(self, station: Station, session: Session) -> None:
        """The table of envelopes is a working table: what is in it follows from the journal and the key."""
        tess = on(station, "tess")
        for _ in range(2):
            pay(station, session)
            seal_batch(station, tess)
        before = [(row.batch_no, row.envelope, row.batch_hash) for row in working.sendings(station.db)]
        station.db.execute("DELETE FROM sending")
        pay(station, session)
        seal_batch(station, tess)
        after = [(row.batch_no, row.envelope, row.batch_hash) for row in working.sendings(station.db)]
        assert after[:2] == before
        assert last(station)["data"]["prev_batch_hash"] == before[-1][2]
        station.db.execute("DELETE FROM sending")
        assert [sent.batch_no for sent in send_batches(station, run_here(station))] == [1, 2, 3]


class TestSends:
    @pytest.fixture(autouse=True)
    def three(self, station: Station, session: Session) -> None:
        """Three sealed batches, none sent."""
        tess = on(station, "tess")
        for _ in range(3):
            pay(station, session)
            seal_batch(station, tess)

    def _send(self, station: Station) -> list[tuple[int, str]]:
        return [(sent.batch_no, sent.state) for sent in send_batches(station, run_here(station))]

    def test_in_order_and_once(self, station: Station) -> None:
        assert unsent(station) == 3
        assert self._send(station) == [(1, "posted"), (2, "posted"), (3, "posted")]
        assert self._send(station) == []
        assert exchange_of(station).offered == [1, 2, 3]
        assert unsent(station) == 0
        row = working.sending(station.db, 2)
        assert row is not None
        assert (row.state, row.ack, row.tries) == ("posted", b"ack of 2", 1)

    def test_without_a_ledger_all_wait(self, station: Station) -> None:
        exchange_of(station).answer = lambda _no: Offline("The ledger does not answer.")
        assert self._send(station) == [(1, "waiting")]
        assert [(sent.batch_no, sent.state, sent.detail) for sent in batches(station)] == [
            (3, "waiting", ""),
            (2, "waiting", ""),
            (1, "waiting", "The ledger does not answer."),
        ]
        assert unsent(station) == 3
        again = reopened(station)
        assert [state for _, state in self._send(again)] == ["posted"] * 3
        close(again)

    def test_a_gap_keeps_it_waiting(self, station: Station) -> None:
        exchange_of(station).answer = lambda no: (
            Answer("posted", 10_00, 0, (), b"ack") if no == 1 else AnswerNo("The ledger has batches up to 0.")
        )
        assert self._send(station) == [(1, "posted"), (2, "waiting")]
        assert unsent(station) == 2

    def test_a_held_one_is_in_custody_and_stops_no_other(self, station: Station) -> None:
        exchange_of(station).answer = lambda no: (
            Answer("held", 0, 0, ("Totals differ.",), b"held") if no == 1 else Answer("posted", 10_00, 0, (), b"ack")
        )
        assert self._send(station) == [(1, "held"), (2, "posted"), (3, "posted")]
        assert [(sent.batch_no, sent.state, sent.detail) for sent in batches(station)][-1] == (
            1,
            "held",
            "Totals differ.",
        )
        assert unsent(station) == 1
        exchange_of(station).answer = lambda _no: Answer("posted", 10_00, 0, (), b"at last")
        assert self._send(station) == [(1, "posted")]

    def test_what_was_received_is_asked_about_until_it_is_posted(self, station: Station) -> None:
        exchange = exchange_of(station)
        exchange.answer = lambda no: Answer("received", 0, 0, (), b"later %d" % no)
        assert self._send(station) == [(1, "received"), (2, "received"), (3, "received")]
        assert self._send(station) == []
        exchange.answer = lambda no: Answer("posted" if no < 3 else "received", 5_00, 0, (), b"now %d" % no)
        assert self._send(station) == [(1, "posted"), (2, "posted")]
        assert [(sent.batch_no, sent.state) for sent in batches(station)][1:] == [(2, "posted"), (1, "posted")]
        exchange.answer = lambda _no: Offline("The ledger does not answer.")
        assert self._send(station) == []
        exchange.answer = lambda no: Answer("held", 0, 0, ("Rejected by dee: no cash",), b"then %d" % no)
        assert self._send(station) == [(3, "held")]
        assert exchange.offered == [1, 2, 3]

    def test_what_the_ledger_posted_is_told(self, station: Station) -> None:
        exchange_of(station).answer = lambda no: Answer("posted", 10_00, 0, (), b"ack")
        sent = send_batches(station, run_here(station))[0]
        assert (sent.posted_cents, sent.difference_cents) == (10_00, 0)

    def test_what_was_posted_is_told_again_from_the_kept_answer(self, station: Station) -> None:
        exchange_of(station).answer = lambda no: Answer("posted", 10_00, -no, (), b"ack")
        send_batches(station, run_here(station))
        told = [(sent.batch_no, sent.state, sent.posted_cents, sent.difference_cents) for sent in batches(station)]
        assert told == [(no, "posted", 10_00, -no) for no in (3, 2, 1)]

    def test_a_state_without_an_answer_that_verifies_is_no_answer(self, station: Station) -> None:
        """Only the ledger's signed ack lets anything be called sent, the next day too."""
        station.db.execute("UPDATE sending SET state = 'posted'")
        station.db.execute("UPDATE sending SET ack = x'00' WHERE batch_no = 2")
        assert [(sent.batch_no, sent.state, sent.detail) for sent in batches(station)] == [
            (3, "waiting", ""),
            (2, "waiting", "The ledger's answer cannot be trusted."),
            (1, "waiting", ""),
        ]

    def test_chips(self, station: Station) -> None:
        shown = chips(station, run_here(station))
        assert (shown.unsent, shown.ledger, shown.printer, shown.unprinted, shown.halted) == (3, "online", "ok", 3, "")
        assert (shown.snapshot_version, shown.snapshot_days, shown.made_up) == (1, 0, True)
        exchange_of(station).online = False
        station.store.halt("a reason")
        told = chips(station, run_here(station))
        assert (told.ledger, told.halted) == ("offline", "a reason")
        assert not told.snapshot_expired

    def test_chips_name_the_readers_that_cannot_be_heard(self, station: Station) -> None:
        words = {"left": "ok", "right": "unplugged", "check reader": "garbled", "new": ""}
        station.readers = tuple(  # type: ignore[assignment]
            SimpleNamespace(name=name, status=lambda word=word: word) for name, word in words.items()
        )
        shown = chips(station, run_here(station))
        assert shown.readers == (("right", "unplugged"), ("check reader", "garbled"))


def test_a_document_is_json(station: Station, rosa: Person, session: Session) -> None:
    _closed(station, rosa, session)
    (document,) = station.db.execute("SELECT document FROM print_job").fetchone()
    assert json.loads(document)["kind"] == "z_report"
