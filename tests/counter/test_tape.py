"""The virtual tape: what was done today, newest first, found by what a person remembers of it."""

from __future__ import annotations

from typing import Any

from counter_station import at_work, card, cart_of, check, clock_of, fee, on, owing, pay, pay_on
from countertui.counter.cash_drawer import open_without_sale
from countertui.counter.receipts import reprint
from countertui.counter.sign_on import sign_off
from countertui.counter.take_payment import take_payment
from countertui.counter.tape import fitting, tape
from countertui.counter.void_receipt import void_now
from countertui.store import tape_rows


def told(station: Any) -> list[str]:
    return [entry.what for entry in tape(station)]


def test_everything_of_today_is_there_newest_first_with_its_receipt(station):
    person, session = at_work(station)
    first = pay(station, session, payor="Ann Field")
    reprint(station, person, first.receipt_no)
    lead = on(station, "lena")
    void_now(station, person, lead, first.receipt_no, "wrong account")
    open_without_sale(station, person, session, "change for a 20")
    sign_off(station, person)
    entries = tape(station)
    assert [entry.what for entry in entries[:6]] == [
        "Signed off",
        "No sale",
        f"VOID {first.receipt_no}",
        "Signed on",
        f"DUPLICATE 1 {first.receipt_no}",
        f"Receipt {first.receipt_no}",
    ]
    assert entries[2].about == "wrong account, approved by lena"
    assert {entry.receipt_no for entry in entries[2:6:2]} == {first.receipt_no, first.receipt_no}
    assert entries[5].cents == first.total_cents
    assert [entry.seq for entry in entries] == sorted((entry.seq for entry in entries), reverse=True)


def test_yesterday_is_not_on_it_and_a_clock_that_fell_back_takes_nothing_off(station):
    _, session = at_work(station)
    pay(station, session, payor="Yesterdays")
    clock_of(station).set("2026-11-24T08:00:00")
    assert tape(station) == []
    pay(station, session, payor="Morning")
    clock_of(station).set("1970-01-01T00:00:07")
    pay(station, session, payor="Clock At Zero")
    said = [entry.about.split(",")[0] for entry in tape(station) if "Receipt" in entry.what]
    assert said == ["Clock At Zero", "Morning"]


def test_more_than_one_chunk_of_a_day_is_read(station, monkeypatch):
    monkeypatch.setattr(tape_rows, "CHUNK", 2)
    _, session = at_work(station)
    numbers = [pay(station, session).receipt_no for _ in range(5)]
    assert told(station)[:5] == [f"Receipt {number}" for number in reversed(numbers)]


def test_entries_are_found_by_payor_account_check_amount_and_any_two_of_them(station):
    _, session = at_work(station)
    account = owing()[0]
    by_account = pay_on(station, session, account, 12_34)
    cart = cart_of(station, fee(station), payor="Ann Field")
    by_check = take_payment(station, session, cart, [check(cart.total, "7731")])
    other = cart_of(station, fee(station), payor="Bo Field")
    take_payment(station, session, other, [card(other.total, "OK99")])
    entries = tape(station)

    def found(text: str) -> list[str]:
        return [entry.receipt_no for entry in fitting(entries, text)]

    assert found(account) == [by_account.receipt_no]
    assert found("12.34") == [by_account.receipt_no]
    assert found("7731") == [by_check.receipt_no]
    assert found("field ANN") == [by_check.receipt_no]
    assert len(found("field")) == 2
    assert found("nobody at all") == []
    assert len(fitting(entries, "")) == len(entries)
