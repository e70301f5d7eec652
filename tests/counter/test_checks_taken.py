"""A check taken today already is found again by its routing, account and number, and by nothing less."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counter_station import at_work, clock_of, fee, on, pay
from countertui.counter.checks_taken import laid_before, taken_today
from countertui.counter.station import Session, Station
from countertui.counter.void_receipt import void_now
from countertui.domain.micr import Micr
from countertui.domain.tenders import Tender, TenderKind

MICR = Micr("061112788", "3299753808")


def took(station: Station, session: Session, number: str = "1041", micr: Micr | None = MICR) -> str:
    line = fee(station)
    return pay(station, session, line, tenders=(Tender(TenderKind.CHECK, line.amount, number, micr),)).receipt_no


def test_it_is_found_with_its_receipt_and_amount_and_no_number_is_told(station: Station) -> None:
    _, session = at_work(station)
    assert taken_today(station, MICR, "1041") is None
    receipt_no = took(station, session)
    found = taken_today(station, MICR, "1041")
    assert found is not None
    assert (found.receipt_no, found.cents) == (receipt_no, fee(station).amount)
    assert not {"061112788", "3299753808", "1041"} & set(found.words.replace(",", " ").split())


def test_leading_zeros_of_its_number_do_not_count(station: Station) -> None:
    _, session = at_work(station)
    took(station, session, "0049424770")
    assert taken_today(station, MICR, "49424770")
    assert taken_today(station, MICR, "0049424770")


@pytest.mark.parametrize(
    ("micr", "number"),
    [
        (MICR, "1042"),
        (Micr("061112788", "3299753809"), "1041"),
        (Micr("021000021", "3299753808"), "1041"),
        (Micr("061112788", "03299753808"), "1041"),
    ],
)
def test_another_check_is_another(station: Station, micr: Micr, number: str) -> None:
    _, session = at_work(station)
    took(station, session)
    assert taken_today(station, micr, number) is None


def test_two_accounts_of_two_checks_on_one_receipt_are_not_mixed_up(station: Station) -> None:
    _, session = at_work(station)
    line = replace(fee(station), quantity=2)
    half = line.amount // 2
    one, other = Micr("021000021", "123456789"), MICR
    checks = (Tender(TenderKind.CHECK, half, "7", one), Tender(TenderKind.CHECK, half, "8", other))
    pay(station, session, line, tenders=checks)
    assert taken_today(station, one, "7")
    assert taken_today(station, other, "8")
    assert taken_today(station, one, "8") is None
    assert taken_today(station, Micr("061112788", "123456789"), "7") is None


def test_one_that_a_void_gave_back_may_come_again(station: Station) -> None:
    person, session = at_work(station)
    receipt_no = took(station, session)
    void_now(station, person, on(station, "lena"), receipt_no, "Wrong account")
    assert taken_today(station, MICR, "1041") is None


def test_of_another_day_it_is_not_told_unless_that_days_drawer_is_open(station: Station) -> None:
    _, session = at_work(station)
    took(station, session)
    clock_of(station).go_on(86_400)
    assert taken_today(station, MICR, "1041")


def test_a_check_without_its_line_is_not_guessed_at(station: Station) -> None:
    _, session = at_work(station)
    took(station, session, micr=None)
    assert taken_today(station, MICR, "1041") is None


def test_one_that_lies_in_the_cart_or_is_being_recorded_is_found_too() -> None:
    laid = Tender(TenderKind.CHECK, 500, "1041", MICR)
    assert laid_before((laid,), replace(laid, reference="01041"))
    assert laid_before((laid,), replace(laid, micr=None)) is None
    assert laid_before((replace(laid, micr=None),), replace(laid, micr=None)) is None
    assert laid_before((laid,), replace(laid, reference="1042")) is None
    assert laid_before((), laid) is None
