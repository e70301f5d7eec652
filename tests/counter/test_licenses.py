"""Licenses at the counter: filed, acted on and paid here, in force here at once, and the same from the snapshot."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from counter.licensing import TACOS, assessed, at_the_desk, filed, issued, posted, taken, term
from counter_station import (
    FUND,
    at_work,
    cart_of,
    cash,
    clock_of,
    close,
    kinds,
    last,
    new_folder,
    on,
    open_station,
    pay_on,
    reopened,
)
from countertui.counter.account_glance import glance
from countertui.counter.cart import Held
from countertui.counter.explain import explain
from countertui.counter.find import find, open_account
from countertui.counter.licenses import LicenseRefused, act, file_license, license_as_of, license_here, standing_words
from countertui.counter.open_drawer import open_drawer
from countertui.counter.renew_cart import renewed
from countertui.counter.scans import recognise
from countertui.counter.station import Station
from countertui.counter.take_payment import take_payment
from countertui.counter.tape import tape
from countertui.counter.void_receipt import void_now
from countertui.domain.license_file import License
from countertui.domain.license_states import State, Step, StepRefused
from countertui.domain.money import Cents
from countertui.domain.personal import commitment
from countertui.domain.rights import NotAllowed
from countertui.store.verify import verify_derived


@pytest.fixture
def with_ledger(tmp_path: Path) -> Iterator[Station]:
    opened = open_station(new_folder(tmp_path, with_ledger=True))
    yield opened
    close(opened)


def here(station: Station, number: str, day: date | None = None) -> License:
    found = license_here(station, station.db, number, day)
    assert found is not None
    return found


def test_an_application_draws_the_next_number_and_is_an_account_at_once(station: Station) -> None:
    person, _ = at_work(station)
    first = filed(station, person)
    assert (first.number, first.state) == ("T1-L1", State.SUBMITTED)
    record = last(station)
    assert (record["kind"], record["operator"], record["receipt_no"], record["cum_net"]) == ("license", "rosa", None, 0)
    assert record["data"] | {"says": {}} == {
        "license": "T1-L1",
        "was": "",
        "step": "file",
        "says": {},
        "reason": "",
        "term": None,
    }
    assert filed(station, person, business="Bo's Bar").number == "T1-L2"
    seen = glance(station, "T1-L1")
    assert (seen.name, seen.address, seen.phone, seen.owed, seen.label) == (
        TACOS["business"],
        TACOS["premises"],
        TACOS["phone"],
        0,
        "License",
    )
    for typed in ("t1-l1", "quince terr", "ana's tac", "555-010-0188"):
        assert "T1-L1" in [one.key for one in find(station, typed)], typed
    scanned = recognise(station, "T1-L1")
    assert scanned is not None
    assert scanned.key == "T1-L1"


def test_it_is_paid_like_any_account_and_issued_then(station: Station) -> None:
    person, session = at_work(station)
    license_ = assessed(station)
    assert (license_.state, license_.unpaid) == (State.FEES_DUE, 100_00)
    with pytest.raises(StepRefused, match=r"100\.00 is unpaid"):
        act(station, person, session, license_, Step.ISSUE)
    line = open_account(station, license_.number)
    assert [(charge.description, charge.balance) for charge in line.charges] == [("Base fee", 100_00)]
    assert find(station, license_.number)[0].due_cents == 100_00
    receipt = pay_on(station, session, license_.number, 100_00)
    assert open_account(station, license_.number).charges == ()
    assert glance(station, license_.number).receipts[0].receipt_no == receipt.receipt_no
    (working,) = explain(station, license_.number).workings
    assert [(step.what, step.cents) for step in working.steps] == [
        ("Base fee: flat", 100_00),
        (f"Receipt {receipt.receipt_no}", -100_00),
    ]
    assert glance(station, license_.number).status == "fees due"
    done = act(station, person, session, license_, Step.ISSUE)
    assert glance(station, license_.number).status == "issued until 12/31/2026"
    assert standing_words(here(station, done.number, date(2027, 1, 1))) == "expired since 12/31/2026"
    assert (done.state, done.expires_on, done.issued_on) == (State.ISSUED, date(2026, 12, 31), date(2026, 11, 23))
    assert here(station, done.number, date(2027, 1, 1)).state is State.EXPIRED
    again = reopened(station)
    try:
        assert here(again, done.number) == done
        assert verify_derived(again.db) == []
    finally:
        close(again)


def test_what_was_done_here_is_the_same_from_the_snapshot(with_ledger: Station, tmp_path: Path) -> None:
    station = with_ledger
    person, session = at_work(station)
    license_ = issued(station, person, session)
    waiting = assessed(station, business="Bo's Bar")
    posted(station)
    taken(station)
    assert station.reference.licenses.license(license_.number) is not None
    for before in (license_, waiting):
        after = here(station, before.number)
        assert (after.state, after.version, after.says, after.unpaid) == (
            before.state,
            before.version,
            before.says,
            before.unpaid,
        )
        assert [each.id for each in after.acts] == [each.id for each in before.acts]
    assert open_account(station, waiting.number).amount == 100_00
    other = tmp_path / "other"
    other.mkdir()
    elsewhere = open_station(new_folder(other))
    try:
        shutil.copy(station.store.folder / "reference.db", tmp_path / "copy.db")
        (tmp_path / "copy.db").replace(elsewhere.store.folder / "reference.db")
        elsewhere.reference.reopen()
        assert here(elsewhere, license_.number) == here(station, license_.number)
        assert glance(elsewhere, license_.number).name == TACOS["business"]
    finally:
        close(elsewhere)


def test_voids_and_further_acts_count_once_whatever_the_snapshot_includes(with_ledger: Station) -> None:
    station = with_ledger
    person, session = at_work(station)
    license_ = assessed(station)
    receipt = pay_on(station, session, license_.number, 100_00)
    license_ = act(station, person, session, license_, Step.ISSUE)
    posted(station)
    void_now(station, person, on(station, "lena"), receipt.receipt_no, "Wrong account")
    assert here(station, license_.number).state is State.FEES_DUE
    act(station, on(station, "tess"), None, here(station, license_.number), Step.MOVE, {"premises": "9 Oak St"})
    taken(station)
    for _ in range(2):
        seen = here(station, license_.number)
        assert (seen.state, seen.unpaid, seen.says["premises"]) == (State.FEES_DUE, 100_00, "9 Oak St")
        assert glance(station, license_.number).address == "9 Oak St"
        assert find(station, "9 oak")[0].key == license_.number
        posted(station)
        taken(station)
    pay_on(station, session, license_.number, 100_00)
    assert here(station, license_.number).state is State.ISSUED


def test_it_is_told_as_of_any_day_by_the_acts_and_the_money_of_then(with_ledger: Station) -> None:
    station, clock = with_ledger, clock_of(with_ledger)
    lead = on(station, "lena")
    license_ = filed(station, on(station, "ben"), reviews={})
    clock.go_on(24 * 3600)
    license_ = act(station, lead, None, license_, Step.APPROVE)
    license_ = act(station, lead, None, license_, Step.ASSESS, term=term(license_.number))
    clock.go_on(48 * 3600)
    session = open_drawer(station, on(station, "rosa"), "D1", date(2026, 11, 26), FUND)
    pay_on(station, session, license_.number, 100_00)
    act(station, lead, None, here(station, license_.number), Step.ISSUE)
    for _ in range(2):
        told = {}
        for day in range(22, 28):
            found = license_as_of(station, station.db, license_.number, date(2026, 11, day))
            told[day] = found and (found.state, found.unpaid)
        assert told == {
            22: None,
            23: (State.SUBMITTED, 0),
            24: (State.FEES_DUE, 100_00),
            25: (State.FEES_DUE, 100_00),
            26: (State.ISSUED, 0),
            27: (State.ISSUED, 0),
        }
        posted(station)
        taken(station)
    assert [entry.what for entry in tape(station) if entry.about.startswith("T1-L1")][:1] == ["License: issue"]


def test_who_may_not_does_nothing_and_what_is_not_as_it_may_be_is_refused(station: Station) -> None:
    ben = on(station, "ben")
    with pytest.raises(NotAllowed):
        filed(station, on(station, "ada"))
    with pytest.raises(LicenseRefused, match="not as an act"):
        filed(station, ben, reviews={"fire": "passed"})
    license_ = filed(station, ben)
    with pytest.raises(NotAllowed):
        act(station, ben, None, license_, Step.CLOSE, reason="as asked")
    with pytest.raises(LicenseRefused, match="no license"):
        act(station, ben, None, replace(license_, number="T1-L9"), Step.AMEND, {"phone": "1"})
    act(station, ben, None, license_, Step.AMEND, {"phone": "5550199"})
    with pytest.raises(LicenseRefused, match="changed meanwhile"):
        act(station, ben, None, license_, Step.AMEND, {"phone": "5550198"})
    with pytest.raises(StepRefused, match="Not passed"):
        act(station, on(station, "lena"), None, here(station, license_.number), Step.APPROVE)
    assert kinds(station).count("license") == 2
    assert glance(station, license_.number).phone == "5550199"


def test_personal_values_of_an_application_are_kept_beside_its_record(station: Station) -> None:
    ein = station.vault.salted("12-3456789")
    license_ = file_license(station, on(station, "ben"), None, TACOS, {"ein": ein})
    record = last(station)
    assert "12-3456789" not in json.dumps(record)
    assert record["data"]["personal"] == {"ein": commitment("ein", ein)}
    assert license_.acts[0].personal == record["data"]["personal"]
    kept = station.db.execute("SELECT field FROM personal WHERE seq = ?", (record["seq"],)).fetchall()
    assert kept == [("ein",)]


def test_a_cart_with_a_license_that_began_here_is_taken_up_again(station: Station) -> None:
    person, session = at_work(station)
    license_ = assessed(station)
    cart = cart_of(station, open_account(station, license_.number))
    assert renewed(station, Held(cart, ())).changes == ()
    pay_on(station, session, license_.number, 30_00)
    fresh = renewed(station, Held(cart, ()))
    assert [line.amount for line in fresh.held.cart.lines] == [70_00]
    taken_ = take_payment(station, session, fresh.held.cart, [cash(70_00)])
    assert taken_.receipt_no
    assert here(station, license_.number).unpaid == 0
    assert person.id == "rosa"


def test_a_new_epoch_draws_numbers_that_none_before_it_drew(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    ben = on(station, "ben")
    assert filed(station, ben).number == "T1-L1"
    station.place = replace(station.place, epoch=2)
    assert [filed(station, ben).number for _ in range(2)] == ["T1-L100001", "T1-L100002"]
    monkeypatch.setattr("countertui.store.license_rows.last_drawn", lambda _: 199_999)
    with pytest.raises(LicenseRefused, match="drawn all its license numbers"):
        filed(station, ben)


def test_of_two_that_change_one_version_the_later_sees_both_and_what_stands(with_ledger: Station) -> None:
    """What the ledger's desk did first stands, here too, from the snapshot on that has it."""
    station = with_ledger
    person, session = at_work(station)
    license_ = issued(station, person, session)
    posted(station)
    taken(station)
    lead = on(station, "lena")
    closed = act(station, lead, None, here(station, license_.number), Step.CLOSE, reason="Moved away")
    assert closed.state is State.CLOSED
    at_the_desk(station, license_, Step.MOVE, {"premises": "9 Oak St"})
    for posting in (False, True):
        if posting:
            posted(station)
        taken(station)
        seen = here(station, license_.number)
        assert (seen.state, seen.says["premises"]) == (State.ISSUED, "9 Oak St")
        assert [(each.step, each.carried_out) for each in seen.acts[-2:]] == [(Step.MOVE, True), (Step.CLOSE, False)]
    again = act(station, lead, None, here(station, license_.number), Step.CLOSE, reason="Moved away")
    assert again.state is State.CLOSED


def test_a_term_that_two_assessed_is_owed_once_before_and_after_posting(with_ledger: Station) -> None:
    station = with_ledger
    person, session = at_work(station)
    license_ = issued(station, person, session)
    posted(station)
    taken(station)
    act(station, person, None, here(station, license_.number), Step.ASSESS, term=term(license_.number, 2027))
    at_the_desk(station, license_, Step.ASSESS, {}, term(license_.number, 2027))
    taken(station)
    early = Cents(2_00)  # what the city takes off of what is paid whole so early
    assert [charge.balance for charge in open_account(station, license_.number).charges] == [100_00]
    assert open_account(station, license_.number).amount == 100_00 - early
    pay_on(station, session, license_.number, 60_00)
    for posting in (False, True):
        if posting:
            posted(station)
            taken(station)
        assert open_account(station, license_.number).amount == 40_00 - early
        assert [each.unpaid for each in here(station, license_.number).terms] == [0, 40_00]
    pay_on(station, session, license_.number, 40_00 - early)
    assert open_account(station, license_.number).charges == ()
    assert here(station, license_.number).expires_on == date(2027, 12, 31)


def test_a_term_is_assessed_anew_while_nothing_is_paid_on_it(with_ledger: Station) -> None:
    station = with_ledger
    person, session = at_work(station)
    first, second = assessed(station), assessed(station, business="Bo's Bar")
    posted(station)
    taken(station)
    third = assessed(station, business="Cy's Cafe")
    for license_, changed in ((first, 80_00), (second, 120_00), (third, 90_00)):
        now = here(station, license_.number)
        anew = term(now.number, cents=changed, before=now.terms[0].charges)
        done = act(station, person, session, now, Step.ASSESS, term=anew)
        assert (done.state, done.unpaid) == (State.FEES_DUE, changed)
    for posting in (False, True):
        if posting:
            posted(station)
            taken(station)
        for license_, owed in ((first, 80_00), (second, 120_00), (third, 90_00)):
            assert open_account(station, license_.number).amount == owed
            assert find(station, license_.number)[0].due_cents == owed
            workings = explain(station, license_.number).workings
            assert [one.charge.balance for one in workings if one.charge.balance] == [owed]
            assert all("Not explained" not in step.what for one in workings for step in one.steps)
            assert here(station, license_.number).unpaid == owed
    pay_on(station, session, first.number, 10_00)
    now = here(station, first.number)
    with pytest.raises(LicenseRefused, match="Something was paid"):
        act(station, person, session, now, Step.ASSESS, term=term(now.number, before=now.terms[0].charges))
    assert verify_derived(station.db) == []
