"""The day's close as a terminal sees it: states read from the store, what it can't see said so, the record signed."""

from __future__ import annotations

import json

import pytest

from counter_station import FUND, at_work, cart_of, clock_of, exchange_of, fee, kinds, last, on, pay, run_here
from countertui.counter.cart import Held, park_cart
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.day_checklist import close_day, day_list
from countertui.counter.deposit_view import Chosen, deposit_view
from countertui.counter.deposits import Papers, Signing, count_cash, make_deposit
from countertui.counter.deposits_made import make_final
from countertui.counter.drafts import Form, draft_of, keep_draft
from countertui.counter.drop_cash import drop_cash
from countertui.counter.fund_change import ask_change, change_fund
from countertui.counter.office_sessions import place_of
from countertui.counter.print_queue import print_waiting
from countertui.counter.reports import z_report
from countertui.counter.seal_batch import seal_batch
from countertui.counter.send_batches import send_batches
from countertui.counter.sign_on import sign_off
from countertui.counter.station import Person, Session, Station
from countertui.counter.void_receipt import ask_void
from countertui.domain.day_checklist import DayRefused, Item, State, Step, is_sound, left_open
from countertui.domain.deposits import Stage
from countertui.domain.drawers import cash_count
from countertui.domain.office_said import OfficeSaid, SaidTerminal, as_json
from countertui.domain.rights import NotAllowed
from countertui.ports.exchange import Answer
from countertui.store import office_rows


def item(station: Station, which: Step) -> Item:
    return next(one for one in day_list(station).items if one.step is which)


def said(station: Station, which: Step) -> tuple[str, str]:
    one = item(station, which)
    return one.words, one.note


def close(station: Station, person: Person, session: Session) -> None:
    commit_count(station, person, session, cash_count({20_00: 5, 10_00: 10}), {})
    close_drawer(station, person, session, "as counted")


def on_paper(station: Station) -> None:
    print_waiting(station, run_here(station), station.printer)


def test_what_another_terminal_or_the_ledger_knows_is_not_heard_and_never_none(station: Station) -> None:
    seen = day_list(station)
    told = {one.step: one for one in seen.items if one.state is State.NOT_HEARD}
    assert told.keys() == {Step.ERRORS}
    assert told[Step.ERRORS].open is None
    assert (seen.biz_date, seen.checked, left_open(seen.items)) == ("2026-11-23", None, [])


def test_the_offices_other_terminals_are_named(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(station, Step.OTHERS) == ("done", "this office has no other")
    monkeypatch.setattr(type(station.reference), "terminals", lambda _self, _office: ["T1", "T2", "T9"])
    assert (item(station, Step.OTHERS).open, *said(station, Step.OTHERS)) == (None, "not heard", "from T2, T9")


def test_carts_and_forms_are_open_until_they_are_gone(station: Station) -> None:
    rosa, _ = at_work(station)
    park_cart(station, rosa, Held(cart_of(station, fee(station)), ()))
    keep_draft(station, rosa, Form.NO_SALE, "", {"reason": "change for"})
    keep_draft(station, rosa, Form.DAY_CHECK, "", {"reason": "its own reason is no half-filled form"})
    assert said(station, Step.CARTS) == ("1 open", "of rosa")
    assert said(station, Step.FORMS) == ("1 open", "of rosa")
    keep_draft(station, rosa, Form.NO_SALE, "", {})
    assert said(station, Step.FORMS) == ("done", "")


def test_drawers_papers_and_requests_of_this_terminal(station: Station) -> None:
    rosa, session = at_work(station)
    taken = pay(station, session)
    assert said(station, Step.DRAWERS) == ("1 open", "D1 of rosa")
    assert said(station, Step.PAPER) == ("1 open", taken.receipt_no)
    on_paper(station)
    assert said(station, Step.PAPER) == ("done", "")
    ask_void(station, rosa, taken.receipt_no, "keyed twice")
    assert said(station, Step.REQUESTS) == ("1 open", f"of {taken.receipt_no}")


def test_change_is_asked_for_until_it_is_given_or_the_drawer_closed(station: Station) -> None:
    rosa, session = at_work(station)
    ask_change(station, rosa, session, cash_count({25: 80}))
    assert said(station, Step.CHANGE) == ("1 open", "D1 of rosa")
    change_fund(station, rosa, session, cash_count({10_00: 2}), cash_count({25: 80}), on(station, "lena"))
    assert said(station, Step.CHANGE) == ("done", "")
    ask_change(station, rosa, session, cash_count({10: 100}))
    assert said(station, Step.CHANGE) == ("1 open", "D1 of rosa")
    commit_count(station, rosa, session, FUND, {})
    close_drawer(station, rosa, session, "")
    assert said(station, Step.CHANGE) == ("done", "")
    told = "\n".join(z_report(station, session.id))
    assert "Change out of the safe" in told
    assert "given by Lena" in told
    assert "asked for, not given" in told


def test_what_waits_for_the_bank_is_open_where_deposits_are_made_until_the_final(station: Station) -> None:
    assert said(station, Step.BAGS) == ("done", "nothing of this terminal waits for the bank")
    rosa, session = at_work(station)
    price = cart_of(station, fee(station)).total
    pay(station, session)
    drop_cash(station, rosa, session, "B-17", cash_count({20_00: 1}))
    shut(station, rosa, session, FUND.total + price - 20_00)
    assert said(station, Step.BAGS) == (
        "not heard",
        "1 closed drawer, bags B-17: no deposit was made here; due by Tue 24 Nov, 09:41",
    )
    ben, other = at_work(station, "ben", "D2")
    pay(station, other)
    shut(station, ben, other, FUND.total + price)
    deposit(station, "ben", price)
    assert said(station, Step.BAGS) == (
        "1 open",
        "closed drawers in no deposit, bags B-17; due by Tue 24 Nov, 09:41",
    )
    deposit(station, "rosa", price)
    assert said(station, Step.BAGS) == ("1 open", "no deposit of the day is the final")
    last = deposit_view(station).made[0]
    make_final(station, on(station, "tess"), on(station, "lena"), last.seq)
    assert said(station, Step.BAGS) == ("done", "the final deposit is made")


def shut(station: Station, person: Person, session: Session, cents: int) -> None:
    """Close a drawer with that much cash in it."""
    commit_count(station, person, session, cash_count({1_00: cents // 1_00, 1: cents % 1_00}), {})
    close_drawer(station, person, session, "")


def deposit(station: Station, whose: str, cents: int) -> None:
    """Deposit one drawer's cash."""
    waiting = deposit_view(station).office.sessions
    chosen = Chosen(frozenset(place_of(each) for each in waiting if each.operator == whose))
    tess = on(station, "tess")
    count_cash(station, tess, chosen, cash_count({1_00: cents // 1_00, 1: cents % 1_00}))
    make_deposit(station, tess, on(station, "lena"), chosen, Papers(), Signing(f"BAG-{whose}", Stage.INTERIM))


def test_records_are_unsent_until_the_ledger_has_answered(station: Station) -> None:
    rosa, session = at_work(station)
    pay(station, session)
    tip = station.store.tip()[0]
    unsealed = item(station, Step.SEAL).open
    assert (
        unsealed
        == item(station, Step.UNSENT).open
        == tip - station.db.execute("SELECT COALESCE(MAX(last_seq), 0) FROM batch").fetchone()[0]
    )
    seal_batch(station, rosa)
    assert [item(station, step).words for step in (Step.SEAL, Step.SEND)] == ["done", "1 open"]
    assert item(station, Step.UNSENT).open == unsealed + 1
    send_batches(station, run_here(station))
    assert [item(station, step).words for step in (Step.UNSENT, Step.SEAL, Step.SEND)] == ["done"] * 3


def test_error_items_are_told_by_the_ledgers_answer_and_done_only_once_it_judged_all(station: Station) -> None:
    rosa, session = at_work(station)
    pay(station, session)

    def answered(posted: int, error_items: int | None) -> tuple[str, str]:
        mine = SaidTerminal("T1", 1, posted, "", (), (), (), posted, error_items)
        heard = OfficeSaid("HALL", "2026-11-23T18:00:00+00:00", (mine,), ())
        body = json.dumps(as_json(heard))
        station.store.write_working(lambda db: office_rows.keep_said(db, heard.at, body))
        return said(station, Step.ERRORS)

    tip = station.store.tip()[0]
    words, note = answered(tip, 2)
    assert (words, note.startswith("2 error items at the ledger, 11/23/2026")) == ("2 open", True)
    assert answered(tip - 1, 0)[0] == "not heard"
    assert answered(tip, None)[0] == "not heard"
    assert answered(tip, 0)[0] == "done"
    sign_off(station, rosa)
    assert said(station, Step.ERRORS)[0] == "done"
    pay(station, session)
    assert said(station, Step.ERRORS)[0] == "not heard"


def test_a_batch_that_the_ledger_holds_is_an_error_item_known_here(station: Station) -> None:
    rosa, _ = at_work(station)
    exchange_of(station).answer = lambda no: Answer("held", 0, 0, ("odd totals",), b"ack of %d" % no)
    batch_no = seal_batch(station, rosa).batch_no
    send_batches(station, run_here(station))
    assert said(station, Step.ERRORS) == ("1 open", f"batch {batch_no} is held")
    assert item(station, Step.SEND).words == "done"


def test_nothing_is_left_open_silently_and_nothing_blocks_the_close(station: Station) -> None:
    _, session = at_work(station)
    pay(station, session)
    lena = on(station, "lena")
    keep_draft(station, lena, Form.DAY_CHECK, "", {"reason": "half a rea"})
    seen = day_list(station)
    with pytest.raises(DayRefused, match="Left open: papers not printed: 1, drawers not closed here: 1"):
        close_day(station, lena, seen, " ")
    assert "day_checked" not in kinds(station)
    close_day(station, lena, seen, "rosa is ill, the printer is broken")
    record = last(station)
    assert [record[name] for name in ("kind", "operator", "session", "biz_date")] == [
        *("day_checked", "lena", None, "2026-11-23")
    ]
    assert is_sound(record["data"])
    assert record["data"]["reason"] == "rosa is ill, the printer is broken"
    assert [one["what"] for one in record["data"]["items"]] == [step.value for step in Step]
    assert [one["what"] for one in record["data"]["items"] if one["state"] == "open"] == [
        *("paper", "drawers", "unsent", "seal")
    ]
    assert draft_of(station, lena, Form.DAY_CHECK, "") is None


def test_a_closed_day_is_closed_until_more_is_done(station: Station) -> None:
    rosa, session = at_work(station)
    close(station, rosa, session)
    on_paper(station)
    close_day(station, rosa, day_list(station), "")
    checked = day_list(station).checked
    assert checked is not None
    assert (checked.at, checked.operator, checked.left, checked.since) == ("2026-11-23 09:41", "rosa", 0, 0)
    on(station, "lena")
    seal_batch(station, rosa)
    with pytest.raises(DayRefused, match="closed already"):
        close_day(station, rosa, day_list(station), "")
    at_work(station, "ben", "D2")
    checked = day_list(station).checked
    assert checked is not None
    assert checked.since == 1
    close_day(station, rosa, day_list(station), "ben came late")
    assert kinds(station).count("day_checked") == 2


def test_the_day_of_an_open_drawer_is_closed_after_midnight_and_the_next_day_begins_anew(station: Station) -> None:
    rosa, session = at_work(station)
    clock_of(station).set("2026-11-24T00:12:00")
    assert day_list(station).biz_date == "2026-11-23"
    close(station, rosa, session)
    on_paper(station)
    assert day_list(station).biz_date == "2026-11-23"
    close_day(station, rosa, day_list(station), "")
    assert last(station)["biz_date"] == "2026-11-23"
    assert (day_list(station).biz_date, day_list(station).checked) == ("2026-11-24", None)


def test_what_was_not_seen_is_not_signed(station: Station) -> None:
    rosa, _ = at_work(station)
    seen = day_list(station)
    park_cart(station, rosa, Held(cart_of(station, fee(station)), ()))
    with pytest.raises(DayRefused, match="Something changed"):
        close_day(station, rosa, seen, "she is ill")
    assert "day_checked" not in kinds(station)


def test_who_may_not_seal_closes_no_day(station: Station) -> None:
    with pytest.raises(NotAllowed):
        close_day(station, on(station, "ada"), day_list(station), "")
