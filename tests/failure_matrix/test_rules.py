"""Rows 11, 18, 21, 22 and 23: twice the same, wrong clocks, wrong PINs, one's own approval, card numbers."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from counter_day import count_all
from counter_station import (
    FUND,
    PINS,
    TODAY,
    at_work,
    body,
    cart_of,
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
)
from countertui.bootstrap import check_in_child
from countertui.counter.cart import Held, park_cart, save_cart
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.find import find, open_account, open_fee, with_parts
from countertui.counter.open_drawer import open_drawer, session_of
from countertui.counter.operators import add_operator, remove_operator, reset_operator, set_last_day
from countertui.counter.own_pin import change_pin, first_pin
from countertui.counter.receipts import find_receipt, original, receipt_text, receipts, reprint
from countertui.counter.refund_receipt import approve_request, ask_refund
from countertui.counter.reports import x_report
from countertui.counter.seal_batch import seal_batch
from countertui.counter.sign_on import OperatorLocked, WrongPin, second_person, sign_on, unlock_operator
from countertui.counter.start_up import after_check
from countertui.counter.station import Station
from countertui.counter.take_payment import PaymentRefused, take_payment
from countertui.counter.void_receipt import ask_void, refuse_request, void_now
from countertui.demo.folder import PASSPHRASE
from countertui.domain.drawers import cash_count
from countertui.domain.money import Cents
from countertui.domain.record_data import RefundMethod, VoidData
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, NotAllowed, Role
from countertui.errors import CounterError
from countertui.ledger.answers import HELD, NEW, SAME
from countertui.ledger.books import open_books
from countertui.ledger.ingest import ingest
from countertui.ledger.keys import open_key
from countertui.ledger.tables import error_item
from countertui.store.anchor import anchor_folder
from countertui.store.working import sending

Doomed = Callable[..., dict[str, Any]]
NOW = "2026-11-23T18:00:00+00:00"


def _offer(station: Station, batch_no: int) -> tuple[int, bytes]:
    """Offer a sealed batch to the demo city's own ledger; gives status and answer."""
    row = sending(station.db, batch_no)
    assert row is not None
    ledger = station.store.folder / "ledger"
    books = open_books(ledger)
    try:
        answer = ingest(books, open_key(ledger, PASSPHRASE), row.envelope, "T1", 1, batch_no, NOW)
    finally:
        books.close()
    return answer.status, answer.body


def test_row_11_same_payment_id_same_bytes(tmp_path: Path) -> None:
    """A repeated Enter, a repeated upload: nothing is taken or posted twice."""
    station = open_station(new_folder(tmp_path, with_ledger=True))
    _, session = at_work(station)
    cart = cart_of(station, fee(station))
    take_payment(station, session, cart, [cash(10_00)])
    with pytest.raises(PaymentRefused, match="already taken"):
        take_payment(station, session, cart, [cash(10_00)])
    assert kinds(station).count("pay") == 1
    seal_batch(station, on(station, "tess"))
    status, ack = _offer(station, 1)
    assert status == NEW
    assert _offer(station, 1) == (SAME, ack)
    close(station)


def test_row_11_same_payment_id_other_bytes(tmp_path: Path) -> None:
    """The cart with other lines or tenders is refused here; another journal under the same numbers is held there."""
    station = open_station(new_folder(tmp_path, with_ledger=True))
    _, session = at_work(station)
    image = station.store.path.read_bytes()
    anchored = station.store.anchor.path.read_bytes()
    cart = cart_of(station, fee(station))
    take_payment(station, session, cart, [cash(10_00)])
    for other in (cart, replace(cart, lines=(fee(station, "MAP"),))):
        with pytest.raises(PaymentRefused, match="already taken"):
            take_payment(station, session, other, [check(other.total)])
    seal_batch(station, on(station, "tess"))
    assert _offer(station, 1)[0] == NEW
    close(station)
    station.store.path.write_bytes(image)
    station.store.anchor.path.write_bytes(anchored)
    rolled_back = open_station(station.store.folder)
    take_payment(rolled_back, session, replace(cart, lines=(fee(rolled_back, "MAP"),)), [cash(4_00)])
    seal_batch(rolled_back, on(rolled_back, "tess"))
    status, _ = _offer(rolled_back, 1)
    assert status == HELD, "two journals under one key"
    close(rolled_back)


@pytest.mark.parametrize(
    ("said", "utc"),
    [
        ("1970-01-01T00:00:00", "2026-11-23T09:41:07.000Z"),
        ("2026-11-23T08:41:07", "2026-11-23T09:41:07.000Z"),
        ("2026-11-22T23:59:59", "2026-11-23T09:41:07.000Z"),
        ("2099-12-31T23:59:59", "2099-12-31T23:59:59.000Z"),
    ],
)
def test_row_18_clock_wrong_backwards_dst_1970(station: Station, said: str, utc: str) -> None:
    """The sale goes on; times never go back and say so; the business date is the person's."""
    _, session = at_work(station)
    clock_of(station).set(said)
    taken = pay(station, session, open_account(station, owing()[0]), fee(station, "COPY*2"))
    record = body(station, taken.seq)
    assert (record["utc"], record["biz_date"]) == (utc, "2026-11-23")
    assert bool(record["clock"]) == (said < "2026-11-23T09:41:07")
    if record["clock"]:
        assert record["clock"]["said"] == f"{said}.000Z"
        assert record["clock"]["behind_ms"] > 0
    assert on(station, "ben").id == "ben", "people still sign on"
    other = open_drawer(station, on(station, "ben"), "D2", TODAY, FUND, on(station, "lena"))
    assert pay(station, other).receipt_no != taken.receipt_no
    clock_of(station).set("2026-11-23T10:00:00")
    pay(station, session)
    assert last(station)["utc"] >= utc
    close(station)
    assert check_in_child(station.store.folder) == ()


@pytest.mark.parametrize(("said", "told"), [("2026-11-23T09:37:00", False), ("2026-11-23T08:41:07", True)])
def test_row_18_a_clock_that_fell_behind_is_recorded_at_the_start(station: Station, said: str, told: bool) -> None:
    at_work(station)
    clock_of(station).set(said)
    before = kinds(station)
    assert after_check(station, ()) == ()
    assert kinds(station)[len(before) :] == (["start", "clock_change"] if told else ["start"])
    assert not told or last(station)["data"] == {"behind_ms": 3_600_000}


def test_row_18_a_session_may_be_of_any_business_date(station: Station) -> None:
    session = open_drawer(station, on(station, "rosa"), "D1", TODAY.replace(day=30), cash_count({20_00: 10}))
    pay(station, session)
    assert last(station)["biz_date"] == "2026-11-30"


def test_row_21_wrong_pin_five_times_kill_to_reset_the_counter(station: Station, doomed: Doomed) -> None:
    """Each try is a signed record before it is answered, so the program that is killed forgets none."""
    close(station)
    folder = station.store.folder
    for tries in range(1, 6):
        assert doomed(folder, "pin")["killed"]
        again = open_station(folder)
        assert kinds(again)[-1] == ("pin_fail" if tries < 5 else "pin_lock")
        assert last(again)["data"] == {"failures": tries}
        close(again)
    locked = open_station(folder)
    for pin in ("0000", PINS["rosa"]):
        with pytest.raises(OperatorLocked):
            sign_on(locked, "rosa", pin)
    assert kinds(locked)[-1] == "pin_lock"
    unlock_operator(locked, on(locked, "lena"), "rosa")
    assert on(locked, "rosa").id == "rosa"
    close(locked)
    assert check_in_child(folder) == ()


_SPELLINGS = ("ivan", "IVAN", " ivan ", "ｉｖａｎ", "i\u200bvan", "iv\u00adan")


@pytest.mark.parametrize("spelling", _SPELLINGS)
def test_row_22_self_approval_is_refused_at_the_terminal(station: Station, spelling: str) -> None:
    """Ivan is cashier and lead. However he spells himself, nothing he began is his to approve."""
    ivan = on(station, "ivan")
    himself = replace(ivan, id=spelling)
    with pytest.raises(NotAllowed):
        open_drawer(station, ivan, "D1", TODAY, cash_count({1_00: 1}), himself)
    session = drawer_of(station, ivan)
    number = pay(station, session).receipt_no
    before = station.store.tip()
    for act in (
        lambda: second_person(station, spelling, PINS["ivan"], Act.APPROVE, ("ivan",)),
        lambda: void_now(station, ivan, himself, number, "Wrong account"),
        lambda: void_now(station, himself, ivan, number, "Wrong account"),
        lambda: unlock_operator(station, himself, "ivan"),
        lambda: x_report(station, ivan, session, himself),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert station.store.tip() == before
    assert "Expected" not in "\n".join(x_report(station, himself, session)), "his own drawer stays blind to him"
    ask_void(station, himself, number, "Wrong account")
    for answer in (
        lambda: approve_request(station, himself, number),
        lambda: refuse_request(station, himself, number, "no"),
    ):
        with pytest.raises(NotAllowed):
            answer()


def test_row_22_and_again_at_the_ledger(tmp_path: Path) -> None:
    """A terminal whose program was changed signs what it likes; the ledger posts it as an error item."""
    station = open_station(new_folder(tmp_path, with_ledger=True))
    ivan = on(station, "ivan")
    session = drawer_of(station, ivan)
    taken = pay(station, session)
    paid = last(station)
    data = VoidData(
        original=original(find_receipt(station.db, taken.receipt_no)),
        request_seq=None,
        reason="nobody looks",
        lines=paid["data"]["lines"],
        tenders=paid["data"]["tenders"],
        change_cents=0,
        total_cents=10_00,
    )
    void = Fact(station.ids(), Kind.VOID, "ivan", data, "IVAN", session.id, session.biz_date, -10_00)
    station.store.append(void, station.recorder, station.clock)
    seal_batch(station, on(station, "tess"))
    assert _offer(station, 1)[0] == NEW, "custody is never refused"
    books = open_books(station.store.folder / "ledger")
    with books.reading() as connection:
        items = connection.execute(select(error_item.c.reason)).scalars().all()
    books.close()
    assert items == ["self-approval"]
    close(station)


_PANS = (
    "4111111111111111",
    "4012888888881881",
    "4222222222222",
    "5555555555554444",
    "2223000048400011",
    "378282246310005",
    "6011111111111117",
    "3530111333300000",
    "30569309025904",
    "6200000000000005",
)
_DISGUISES: tuple[Callable[[str], str], ...] = (
    lambda pan: pan,
    lambda pan: " ".join(pan[at : at + 4] for at in range(0, len(pan), 4)),
    lambda pan: "-".join(pan[at : at + 4] for at in range(0, len(pan), 4)),
    ".".join,
    "\u200b".join,
    lambda pan: "".join(unicodedata.lookup(f"FULLWIDTH DIGIT {unicodedata.name(d)[6:]}") for d in pan),
    lambda pan: "".join(unicodedata.lookup(f"ARABIC-INDIC DIGIT {unicodedata.name(d)[6:]}") for d in pan),
    lambda pan: f"paid by {pan} thanks",
    lambda pan: f";{pan}=28121011000012345678?",
    lambda pan: f"%B{pan}^SMITH/JOHN^2812101100001234567800000000000000?",
)


def _entries(station: Station, text: str) -> list[Callable[[], object]]:
    """Every place of the counter's jobs that a person's text goes into."""
    rosa, lena, ken = (on(station, id_) for id_ in ("rosa", "lena", "ken"))
    session = session_of(station, rosa) or drawer_of(station, rosa)
    line = open_account(station, owing()[0])
    taken = pay(station, session)
    by_hand = replace(with_parts(line, {line.charges[0].id: Cents(1)}, "x"), reason=text)
    cart = cart_of(station, fee(station), payor=text)
    return [
        lambda: find(station, text),
        lambda: open_account(station, text),
        lambda: open_fee(station, text),
        lambda: open_fee(station, f"{text}*3"),
        lambda: with_parts(line, {line.charges[0].id: Cents(1)}, text),
        lambda: take_payment(station, session, cart, [cash(10_00)]),
        lambda: take_payment(station, session, cart_of(station, by_hand), [cash(1)]),
        lambda: take_payment(station, session, cart_of(station, fee(station)), [check(10_00, text)]),
        lambda: save_cart(station, rosa, Held(cart)),
        lambda: park_cart(station, rosa, Held(cart_of(station, by_hand))),
        lambda: void_now(station, rosa, lena, taken.receipt_no, text),
        lambda: void_now(station, rosa, lena, text, "Wrong account"),
        lambda: ask_void(station, rosa, taken.receipt_no, text),
        lambda: refuse_request(station, lena, text, text),
        lambda: ask_refund(station, rosa, text, text, RefundMethod.AP_CHECK),
        lambda: approve_request(station, lena, text),
        lambda: reprint(station, rosa, text),
        lambda: receipt_text(station, text),
        lambda: sign_on(station, text, text),
        lambda: second_person(station, text, text, Act.APPROVE),
        lambda: unlock_operator(station, lena, text),
        lambda: add_operator(station, ken, lena, text, "Nia", (Role.CASHIER,)),
        lambda: add_operator(station, ken, lena, "nia", text, (Role.CASHIER,)),
        lambda: reset_operator(station, ken, lena, text),
        lambda: set_last_day(station, ken, "rosa", text),
        lambda: set_last_day(station, ken, text, "2026-12-31"),
        lambda: remove_operator(station, ken, text),
        lambda: first_pin(station, text, text, text),
        lambda: change_pin(station, rosa, PINS["rosa"], text),
        lambda: open_drawer(station, on(station, "ben"), text, TODAY, cash_count({20_00: 10})),
        lambda: _close_with(station, session, text),
    ]


def _close_with(station: Station, session: Any, text: str) -> None:
    cash_there, others = count_all(station, session)
    rosa = on(station, "rosa")
    commit_count(station, rosa, session, cash_there, others)
    close_drawer(station, rosa, session, text)


def _digits_in_files(station: Station, pan: str) -> list[str]:
    folder = station.store.folder
    places = [*folder.rglob("*"), *anchor_folder(folder).rglob("*")]
    sought = {disguise(pan).encode() for disguise in _DISGUISES[:4]} | {_DISGUISES[5](pan).encode(), pan[:8].encode()}
    return [path.name for path in places if path.is_file() and any(one in path.read_bytes() for one in sought)]


@pytest.mark.parametrize("pan", _PANS)
def test_row_23_card_numbers_are_refused_before_storage(station: Station, pan: str) -> None:
    """Typed, swiped or disguised, in every field: refused, never repeated, and in no file afterwards."""
    assert _digits_in_files(station, pan) == []
    for disguise in _DISGUISES:
        text = disguise(pan)
        for enter in _entries(station, text):
            before = station.store.tip()[0]
            with pytest.raises((Refused, CounterError)) as told:
                enter()
            said = "".join(letter for letter in unicodedata.normalize("NFKC", str(told.value)) if letter.isdigit())
            assert pan[:6] not in said
            assert set(kinds(station)[before:]) <= {"login", "count"}
    assert receipts(station, pan) == []
    close(station)
    with closing(sqlite3.connect(station.store.path)) as store:
        store.execute("VACUUM")
    assert _digits_in_files(station, pan) == []


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(_PANS),
    st.lists(st.sampled_from(["", " ", "-", ".", "/", "\u200b", "\u00a0", "_"]), min_size=16, max_size=16),
    st.text("abc xyz", max_size=8),
)
def test_row_23_any_disguise(station: Station, pan: str, between: list[str], around: str) -> None:
    text = around + "".join(digit + gap for digit, gap in zip(pan, [*between, ""], strict=False)) + around
    rosa = on(station, "rosa")
    with pytest.raises(Refused):
        save_cart(station, rosa, Held(cart_of(station, fee(station), payor=text)))
    with pytest.raises(Refused):
        find(station, text)


def test_row_23_a_known_number_is_no_card(station: Station) -> None:
    """An account's number may look like a card's: it is recognised first."""
    account = owing()[0]
    assert find(station, account)[0].key == account
    with pytest.raises(WrongPin):
        sign_on(station, "rosa", "4111111111111111")
