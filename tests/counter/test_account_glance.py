"""An account at a glance on a real store: what it owes, its flags, its party, receipts, notes; and why."""

from __future__ import annotations

from datetime import date

import pytest

from counter_station import TODAY, at_work, on, owing, pay_on
from countertui.counter.account_changes import add_note
from countertui.counter.account_glance import glance
from countertui.counter.explain import explain
from countertui.counter.find import NotFound, open_account
from countertui.counter.station import Station
from countertui.counter.void_receipt import void_now
from countertui.domain.aging import aged
from countertui.domain.money import Cents


def flagged(station: Station, word: str) -> str:
    """An account with that flag alone, that owes something for it."""
    rows = station.reference.file.rows(
        "SELECT a.number FROM account a JOIN account_flag f ON f.account = a.number AND f.flag = a.flags"
        " WHERE a.flags = ? AND a.due_cents > f.cents ORDER BY a.number",
        word,
    )
    return str(rows[0][0])


def test_what_is_owed_is_what_the_cart_would_ask_by_age(station: Station) -> None:
    number = owing()[0]
    seen, line = glance(station, number), open_account(station, number)
    assert seen.owed == seen.aging.total == line.amount
    assert tuple(one.charge for one in seen.charges) == line.charges
    assert seen.aging == aged(line.charges, TODAY)
    assert seen.on == TODAY.isoformat()


def test_ages_are_counted_to_the_business_date_of_the_open_drawer(station: Station) -> None:
    at_work(station)
    number = owing()[0]
    oldest = glance(station, number).charges[0]
    assert oldest.days == (TODAY - oldest.charge.due).days
    assert date.fromisoformat(glance(station, number).on) == TODAY


def test_an_account_that_is_not_there(station: Station) -> None:
    for ask in (glance, explain):
        with pytest.raises(NotFound):
            ask(station, "nothing")


def test_what_keeps_it_on_gets_less_at_once_and_is_back_after_a_void(station: Station) -> None:
    person, session = at_work(station)
    number = flagged(station, "shutoff")
    (before,) = glance(station, number).flags
    assert before.left
    taken = pay_on(station, session, number, 10_00)
    assert glance(station, number).flags[0].left == before.left - 10_00
    assert "to stay on" in glance(station, number).flags[0].words
    rest = pay_on(station, session, number, before.left - 10_00)
    assert glance(station, number).flags[0].words == "Shut-off: what keeps it on is paid"
    for receipt in (taken, rest):
        void_now(station, person, on(station, "lena"), receipt.receipt_no, "wrong account")
    assert glance(station, number).flags == (before,)


def test_the_next_instalment_of_an_arrangement(station: Station) -> None:
    _, session = at_work(station)
    number = flagged(station, "arrangement")
    (first,) = glance(station, number).flags
    assert first.note.startswith("1 of 4")
    pay_on(station, session, number, first.left or 0)
    assert glance(station, number).flags[0].note.startswith("2 of 4")


def test_everything_else_of_the_party_with_what_it_owes_now(station: Station) -> None:
    _, session = at_work(station)
    number = "AR-1001"
    seen = glance(station, number)
    assert seen.holdings[0].number == number
    assert {one.label for one in seen.holdings} >= {"Customer", "License", "Trust deposit", "Utility"}
    assert seen.owed_elsewhere == sum(open_account(station, one.number).amount for one in seen.holdings[1:]) > 0
    owes = next(one for one in seen.holdings if one.owed > 10_00)
    pay_on(station, session, owes.number, 10_00)
    assert glance(station, number).owed_elsewhere == seen.owed_elsewhere - 10_00


def test_receipts_taken_here_stand_first_and_a_void_says_so(station: Station) -> None:
    person, session = at_work(station)
    number = owing()[0]
    taken = pay_on(station, session, number, 10_00)
    first = glance(station, number).receipts[0]
    assert (first.receipt_no, first.cents, first.state, first.here) == (taken.receipt_no, 10_00, "", True)
    void_now(station, person, on(station, "lena"), taken.receipt_no, "wrong account")
    assert glance(station, number).receipts[0].state == "void"
    past = station.reference.file.rows("SELECT account, receipt_no FROM receipt_history WHERE voided = 0 LIMIT 1")[0]
    old = next(one for one in glance(station, past[0]).receipts if one.receipt_no == past[1])
    assert (old.state, old.here) == ("", False)


def test_notes_typed_here_stand_before_those_of_the_snapshot(station: Station) -> None:
    number = str(station.reference.file.rows("SELECT account FROM account_note LIMIT 1")[0][0])
    before = glance(station, number).notes
    assert before
    add_note(station, on(station, "tess"), None, number, "Gate code 12")
    notes = glance(station, number).notes
    assert (notes[0].author, notes[0].note) == ("tess", "Gate code 12")
    assert notes[1:] == before


def test_every_line_adds_up_whatever_was_taken_and_voided_here(station: Station) -> None:
    person, session = at_work(station)
    number = owing()[0]
    owed = open_account(station, number).amount
    before = explain(station, number)
    assert before.owed == owed
    part = pay_on(station, session, number, 7_01)
    over = pay_on(station, session, number, owed + 5_00)
    after = explain(station, number)
    assert after.owed == glance(station, number).owed == -7_01 - 5_00
    for one in (*before.workings, *after.workings):
        assert sum(step.cents for step in one.steps) == one.charge.balance
    here = [step for one in after.workings for step in one.steps if step.here]
    assert sum(step.cents for step in here) == -(7_01 + owed + 5_00)
    assert {one.charge.id for one in before.workings} < {*(one.charge.id for one in after.workings)}, "what is paid too"
    assert {step.what for step in here} == {f"Receipt {part.receipt_no}", f"Receipt {over.receipt_no}"}
    void_now(station, person, on(station, "lena"), over.receipt_no, "wrong account")
    again = explain(station, number)
    assert again.owed == owed - 7_01
    assert f"Void of {over.receipt_no}" in {step.what for one in again.workings for step in one.steps}


def test_the_working_names_rule_and_ordinance(station: Station) -> None:
    number = flagged(station, "shutoff")
    steps = [step for one in explain(station, number).workings for step in one.steps]
    assert any(step.ordinance == "AFMC 13.04.110" and "10 % of" in step.what for step in steps)
    assert any("units at 3.12" in step.what for step in steps)
    assert not any("Not explained" in step.what for step in steps)


def test_more_accounts_than_are_listed_is_said(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("countertui.counter.account_glance.MOST_OF_PARTY", 2)
    seen = glance(station, "AR-1001")
    assert (len(seen.holdings), seen.more) == (2, True)
    assert Cents(0) <= seen.owed_elsewhere
