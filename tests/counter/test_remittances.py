"""Batches of mail: counted first, closed only when they agree or a lead accepts the difference."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counter_station import (
    FUND,
    at_work,
    body,
    cart_of,
    cash,
    check,
    close,
    fee,
    kinds,
    last,
    on,
    pay,
    printer_of,
    reopened,
)
from countertui.counter.close_drawer import close_drawer, commit_count, open_items
from countertui.counter.print_queue import unprinted
from countertui.counter.receipts import receipt_text
from countertui.counter.remittances import Running, close_remittance, open_remittance, running
from countertui.counter.station import Session, Station
from countertui.counter.take_payment import Taken, take_payment
from countertui.counter.void_receipt import void_now
from countertui.domain.drawers import TenderCount
from countertui.domain.money import Cents
from countertui.domain.remittances import Origin, RemittanceOff, RemittanceRefused, Tally
from countertui.domain.rights import NotAllowed
from countertui.domain.tenders import TenderKind

NOTARY = 10_00


def opened(station: Station, session: Session, pieces: str = "2", cents: int = 2 * NOTARY) -> Running:
    return open_remittance(station, session, Origin.MAIL, pieces, Cents(cents))


def piece(station: Station, session: Session, batch: Running, number: str = "1041") -> Taken:
    cart = replace(cart_of(station, fee(station)), remittance=batch.batch.id)
    return take_payment(station, session, cart, [check(cart.total, number)])


def test_a_batch_that_agrees_closes_with_both_figures_on_record(station):
    _, session = at_work(station)
    batch = opened(station, session)
    assert running(station, session).left == Tally(2, Cents(2 * NOTARY))
    for number in ("1", "2"):
        piece(station, session, batch, number)
    assert running(station, session).off == ""
    close_remittance(station, session, batch.batch)
    assert running(station, session) is None
    assert last(station)["approver"] is None
    assert last(station)["data"] == {
        "remittance": batch.batch.id,
        "open_seq": batch.batch.open_seq,
        "origin": "mail",
        "pieces": 2,
        "cents": 2 * NOTARY,
        "taken_pieces": 2,
        "taken_cents": 2 * NOTARY,
        "reason": "",
    }


def test_it_does_not_close_until_it_agrees_or_a_lead_accepts_the_difference_for_a_reason(station):
    person, session = at_work(station)
    lead = on(station, "lena")
    batch = opened(station, session)
    piece(station, session, batch)
    with pytest.raises(RemittanceOff, match=r"1 piece too few, 10\.00 too little"):
        close_remittance(station, session, batch.batch)
    with pytest.raises(RemittanceOff):
        close_remittance(station, session, batch.batch, lead, " ")
    with pytest.raises(NotAllowed):
        close_remittance(station, session, batch.batch, person, "because")
    with pytest.raises(NotAllowed):
        close_remittance(station, session, batch.batch, on(station, "ben"), "because")
    assert "remittance_close" not in kinds(station)
    close_remittance(station, session, batch.batch, lead, "One check unsigned, sent back")
    assert (last(station)["approver"], last(station)["data"]["reason"]) == ("lena", "One check unsigned, sent back")
    assert (last(station)["data"]["pieces"], last(station)["data"]["taken_pieces"]) == (2, 1)


def test_a_voided_piece_is_out_and_a_payment_at_the_window_is_not_in(station):
    person, session = at_work(station)
    batch = opened(station, session, "1", NOTARY)
    wrong = piece(station, session, batch)
    void_now(station, person, on(station, "lena"), wrong.receipt_no, "wrong account")
    pay(station, session)
    assert running(station, session).taken == Tally(0, Cents(0))
    piece(station, session, batch, "1042")
    assert running(station, session).off == ""


def test_it_goes_on_after_a_restart(station):
    _, session = at_work(station)
    batch = opened(station, session)
    piece(station, session, batch)
    again = reopened(station)
    try:
        assert running(again, session) == Running(batch.batch, Tally(1, Cents(NOTARY)))
    finally:
        close(again)


def test_a_drawer_has_one_batch_at_a_time_and_is_not_counted_before_its_close(station):
    person, session = at_work(station)
    batch = opened(station, session)
    with pytest.raises(RemittanceRefused, match="A batch is open"):
        opened(station, session)
    with pytest.raises(RemittanceRefused, match="still open in this drawer"):
        commit_count(station, person, session, FUND, {})
    close_remittance(station, session, batch.batch, on(station, "lena"), "Typed for the wrong day")
    commit_count(station, person, session, FUND, {})
    opened(station, session)


def test_a_lead_who_closes_an_absent_cashiers_drawer_closes_the_batch_left_in_it(station):
    _, session = at_work(station)
    lead = on(station, "lena")
    batch = opened(station, session)
    taken = piece(station, session, batch)
    assert open_items(station, session) == ["Batch of mail open: 1 piece too few, 10.00 too little."]
    counted = {TenderKind.CHECK: TenderCount(TenderKind.CHECK, 1, Cents(taken.total_cents))}
    commit_count(station, lead, session, FUND, counted)
    close_drawer(station, lead, session, "", on(station, "mei"))
    assert kinds(station)[-2:] == ["remittance_close", "close"]
    closed = body(station, last(station)["seq"] - 1)
    assert (closed["operator"], closed["approver"], closed["data"]["reason"]) == ("lena", None, "Left open by rosa")


def test_a_piece_of_a_batch_that_is_closed_or_another_drawers_is_refused(station):
    _, session = at_work(station)
    _, other = at_work(station, "ben", "D2")
    batch = opened(station, session)
    with pytest.raises(RemittanceRefused, match="That batch is closed"):
        piece(station, other, batch)
    close_remittance(station, session, batch.batch, on(station, "lena"), "Nothing came")
    with pytest.raises(RemittanceRefused, match="That batch is closed"):
        piece(station, session, batch)
    assert "pay" not in kinds(station)


def test_a_piece_prints_no_receipt_and_opens_no_drawer_and_can_be_shown(station):
    _, session = at_work(station)
    batch = opened(station, session, "1", NOTARY)
    taken = piece(station, session, batch)
    close_remittance(station, session, batch.batch)
    assert not taken.opens_drawer
    assert unprinted(station) == []
    assert printer_of(station).printed == []
    assert open_items(station, session) == []
    assert any(taken.receipt_no in text for text in receipt_text(station, taken.receipt_no))


@pytest.mark.parametrize(("pieces", "cents"), [("", 5), ("0", 5), ("-1", 5), ("x", 5), ("10000", 5), ("2", 0)])
def test_a_batch_without_a_count_or_a_total_is_not_opened(station, pieces, cents):
    _, session = at_work(station)
    with pytest.raises(RemittanceRefused, match="No batch was opened"):
        opened(station, session, pieces, cents)
    assert "remittance_open" not in kinds(station)


def test_cash_from_the_dropbox_is_a_piece_too(station):
    _, session = at_work(station)
    batch = open_remittance(station, session, Origin.DROPBOX, "1", Cents(NOTARY))
    cart = replace(cart_of(station, fee(station)), remittance=batch.batch.id)
    take_payment(station, session, cart, [cash(NOTARY)])
    assert running(station, session).off == ""
