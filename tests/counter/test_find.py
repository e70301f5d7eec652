"""The one box: what a text means, and the line it becomes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counter_station import TODAY, at_work, check, fee, owing, pay, pay_on
from countertui.counter.find import (
    FeeAsksAmount,
    NotFound,
    find,
    open_account,
    open_fee,
    with_amount,
    with_parts,
)
from countertui.counter.station import Station
from countertui.counter.typed import TextTooLong
from countertui.domain.card_guard import CardNumberRefused
from countertui.domain.money import Cents, format_cents
from countertui.domain.receipts import AccountLine, FeeLine
from countertui.domain.text import TextRefused
from countertui.store.reference_rows import PastReceipt

CARD = "4111111111111111"


def _account(station: Station) -> str:
    return owing()[0]


def test_an_exact_account_number_comes_first(station: Station) -> None:
    number = _account(station)
    first = find(station, f" {number} ")[0]
    assert (first.kind, first.key, first.exact) == ("account", number, True)
    assert first.due_cents == open_account(station, number).amount


def test_names_are_found_by_their_beginning(station: Station) -> None:
    name = open_account(station, _account(station)).name
    found = find(station, name.split(",")[0].lower())
    assert name in {one.name for one in found}
    assert not any(one.exact for one in found)


def _swapped(word: str) -> str:
    return f"{word[0]}{word[2]}{word[1]}{word[3:]}"


def test_swapped_letters_still_find_and_are_marked(station: Station) -> None:
    account = open_account(station, _account(station))
    surname, first, *_ = account.name.lower().replace(",", "").split()
    found = find(station, f"{_swapped(surname)} {first}")
    assert account.account in {one.key for one in found}
    assert all(one.near and not one.exact for one in found)


def test_of_what_fits_as_typed_nothing_is_marked_and_it_stands_first(station: Station) -> None:
    account = open_account(station, _account(station))
    found = find(station, account.name)
    assert not found[0].near
    assert found == sorted(found, key=lambda one: one.near)
    assert len({one.key for one in found}) == len(found)


def test_an_exact_number_has_no_misspellings_beside_it(station: Station) -> None:
    assert not any(one.near for one in find(station, _account(station)))
    assert not any(one.near for one in find(station, "COPY"))


def test_a_license_is_found_by_its_number(station: Station) -> None:
    (row,) = station.reference.file.rows("SELECT number, account FROM license ORDER BY number LIMIT 1")
    first = find(station, row[0])[0]
    assert (first.kind, first.label, first.key) == ("account", "License", row[1])


KNOWN = "SELECT number, account FROM known_as WHERE what = ? ORDER BY number LIMIT 1"


@pytest.mark.parametrize("what", ["parcel", "invoice", "citation"])
def test_an_account_is_found_by_what_else_people_bring_a_number_of(station: Station, what: str) -> None:
    """Exactly it comes first, however its parts are parted; by its beginning it is among what is found."""
    ((number, account),) = station.reference.file.rows(KNOWN, what)
    for typed in (number, number.replace("-", ""), number.replace("-", " "), number.lower()):
        first = find(station, typed)[0]
        assert (first.kind, first.key, first.number, first.exact) == ("account", account, number, True)
        assert (first.label, first.due_cents) == (what.capitalize(), open_account(station, account).amount)
    begun = [one for one in find(station, number[:-1]) if one.key == account]
    assert [(one.number, one.exact) for one in begun] == [(number, False)]


def test_an_earlier_receipt_of_another_terminal_is_found_by_number_and_payor(station: Station) -> None:
    ((number, account, payor, cents),) = station.reference.file.rows(
        "SELECT receipt_no, account, payor, cents FROM receipt_history WHERE voided = 0 ORDER BY receipt_no LIMIT 1"
    )
    first = find(station, number.lower())[0]
    assert (first.kind, first.key, first.name, first.exact) == ("past receipt", number, payor, True)
    assert format_cents(Cents(cents)) in first.address
    assert account in first.address
    assert number in {one.key for one in find(station, number[:-1])}
    assert number in {one.key for one in find(station, payor) if one.kind == "past receipt"}


def test_a_receipt_that_is_here_is_not_shown_again_as_the_snapshots(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once posted it is in the history of all terminals, its own too."""
    _, session = at_work(station)
    taken = pay(station, session, fee(station), payor="Unusual, Payor")
    past = [PastReceipt(taken.receipt_no, "U1", "2026-11-23", "Unusual, Payor", 10_00, voided=False)]
    monkeypatch.setattr(station.reference.past, "found", lambda *_: past)
    monkeypatch.setattr(station.reference.past, "receipt", lambda number: past if number == taken.receipt_no else [])
    assert [one.kind for one in find(station, taken.receipt_no)] == ["receipt"]
    assert [one.kind for one in find(station, "unusual pay")] == ["receipt"]


@pytest.mark.parametrize("typed", ["COPY", "copy", "COPY*3", " copy * 12 "])
def test_a_fee_code_is_found_with_its_quantity(station: Station, typed: str) -> None:
    first = find(station, typed)[0]
    assert (first.kind, first.number, first.exact) == ("fee", "COPY", True)
    assert isinstance(open_fee(station, first.key), FeeLine)
    assert open_fee(station, first.key) == open_fee(station, typed)


def test_fees_are_found_by_a_part_of_their_code_or_words(station: Station) -> None:
    assert {"COPY", "COPY-COLOR", "COPY-CERT"} <= {one.number for one in find(station, "cop") if one.kind == "fee"}
    assert "MAP" in {one.number for one in find(station, "city map")}


def test_a_receipt_number_is_found(station: Station) -> None:
    _, session = at_work(station)
    taken = pay(station, session)
    first = find(station, taken.receipt_no.lower())[0]
    assert (first.kind, first.key, first.exact) == ("receipt", taken.receipt_no, True)


@pytest.mark.parametrize("typed", ["Unusual, Payor", "unus", "unusual pay", "pay unu", "77-1041"])
def test_a_receipt_is_found_by_its_payor_and_by_a_check(station: Station, typed: str) -> None:
    _, session = at_work(station)
    taken = pay(station, session, fee(station), tenders=[check(10_00, "77-1041")], payor="Unusual, Payor")
    (found,) = (one for one in find(station, typed) if one.kind == "receipt")
    assert (found.key, found.name, found.exact) == (taken.receipt_no, "Unusual, Payor", False)


def test_an_amount_finds_what_owes_it_now_and_receipts_over_it(station: Station) -> None:
    _, session = at_work(station)
    number = _account(station)
    owed = open_account(station, number).amount
    assert number in {one.key for one in find(station, f"={format_cents(owed)}")}
    taken = pay_on(station, session, number, 3)
    assert number not in {one.key for one in find(station, f"={format_cents(owed)}")}
    assert number in {one.key for one in find(station, f"={format_cents(owed - 3)}")}
    assert [(one.kind, one.key) for one in find(station, "=0.03")] == [("receipt", taken.receipt_no)]


@pytest.mark.parametrize("typed", ["=", "=x", "=-5", "=0", "=84.1.2", "=99999999999999999999"])
def test_no_amount_finds_nothing(station: Station, typed: str) -> None:
    assert find(station, typed) == []


def test_what_was_taken_here_is_taken_off_what_is_due(station: Station) -> None:
    _, session = at_work(station)
    number = _account(station)
    before = find(station, number)[0].due_cents
    pay_on(station, session, number, 1)
    after = find(station, number)[0].due_cents
    assert before is not None
    assert after == before - 1


@pytest.mark.parametrize("text", ["", "   ", "no such thing at all", "***", "'\";--", "%", "\U0001f6b0"])
def test_any_text_is_taken(station: Station, text: str) -> None:
    assert find(station, text) == []


def test_a_list_has_its_end(station: Station) -> None:
    assert len(find(station, "a", limit=7)) <= 7


@pytest.mark.parametrize("text", [CARD, "4111 1111-1111.1111", "%B4111111111111111^SMITH/J^", "Smith 4111111111111111"])
def test_a_card_number_is_refused_without_echo(station: Station, text: str) -> None:
    for asked in (find, open_account, open_fee):
        with pytest.raises(CardNumberRefused) as told:
            asked(station, text)
        assert "4111" not in str(told.value)


def test_control_characters_are_refused(station: Station) -> None:
    with pytest.raises(TextRefused):
        find(station, "smith\x1b[2J")


def test_what_is_not_there_is_said(station: Station) -> None:
    with pytest.raises(NotFound, match="no account 99"):
        open_account(station, "99")
    with pytest.raises(NotFound, match="no fee code NOPE"):
        open_fee(station, "nope*2")


def test_an_account_line_is_all_that_is_owed(station: Station) -> None:
    line = open_account(station, _account(station))
    assert line.amount == sum(charge.balance for charge in line.charges) > 0
    assert [charge.due for charge in line.charges] == sorted(charge.due for charge in line.charges)


def test_quantities(station: Station) -> None:
    assert fee(station, "COPY*3").amount == 45
    assert fee(station, "COPY*9999").amount == 9999 * 15
    for typed in ("COPY*0", "COPY*10000"):
        with pytest.raises(NotFound, match=r"1 to 9,999"):
            open_fee(station, typed)
    for typed in ("COPY*-1", "COPY*1.5", "COPY**2", "COPY*1000000"):
        with pytest.raises(NotFound, match=r"1 to 9,999"):
            open_fee(station, typed)
        # "24 x 36" was once sold for COPY*-3: what is meant as a quantity fits nothing else.
        assert all((found.kind, found.number) == ("fee", "COPY") for found in find(station, typed))


def test_a_fee_without_a_price_asks_for_it(station: Station) -> None:
    line = open_fee(station, "DONATION*2")
    assert isinstance(line, FeeAsksAmount)
    assert line.at(Cents(5_00)).amount == 10_00


def test_the_fee_in_force_counts(station: Station) -> None:
    assert TODAY.isoformat() > "2026-07-01"
    assert fee(station, "COPY").unit_cents == 15


def test_another_amount_is_allocated_by_the_citys_order_again(station: Station) -> None:
    line = open_account(station, _account(station))
    by_hand = with_parts(line, {line.charges[0].id: Cents(1)}, " she insists ")
    assert (by_hand.amount, by_hand.reason) == (1, "she insists")
    assert by_hand.by_hand == ((line.charges[0].id, 1),)
    again = with_amount(by_hand, Cents(500))
    assert (again.amount, again.by_hand, again.reason) == (500, (), "")


@pytest.mark.parametrize(
    ("reason", "refusal"), [(CARD, CardNumberRefused), ("a\x07b", TextRefused), ("x" * 121, TextTooLong)]
)
def test_a_reason_is_guarded(station: Station, reason: str, refusal: type[Exception]) -> None:
    line = open_account(station, _account(station))
    assert isinstance(line, AccountLine)
    with pytest.raises(refusal):
        with_parts(line, {line.charges[0].id: Cents(1)}, reason)


def test_a_short_code_is_what_it_stands_for(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    number = _account(station)
    codes = {"P1": "COPY*10", "P2": number, "COPY": number}
    monkeypatch.setattr(station, "rules", replace(station.rules, short_codes=codes))
    [fee] = find(station, "p1")
    assert (fee.kind, fee.key, fee.label, fee.exact) == ("fee", "COPY*10", "P1", True)
    assert open_fee(station, fee.key).quantity == 10
    [fee] = find(station, "P1*3")
    assert fee.key == "COPY*3"
    by_code, *_ = find(station, "p2")
    assert (by_code.key, by_code.exact, by_code.label) == (number, True, "P2")
    begun = find(station, "p")[:2]
    assert [(one.label, one.exact) for one in begun] == [("P1", False), ("P2", False)]
    both = [one for one in find(station, "copy") if one.exact]
    assert [one.key for one in both] == ["COPY", number], "neither is taken before somebody chose"
