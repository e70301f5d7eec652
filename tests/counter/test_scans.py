"""What a scanner reads: a bill's stub, a number, a receipt's code; and a card, of which nothing is kept."""

from __future__ import annotations

import pytest

from counter_station import at_work, body, owing, pay
from countertui.counter.find import NotFound
from countertui.counter.scans import Scanned, recognise
from countertui.counter.station import Station
from countertui.domain.card_guard import CardNumberRefused, holds_card_number
from countertui.domain.scan_layouts import CheckDigitWrong
from countertui.store.reference_licenses import Licenses
from countertui.store.reference_rows import License


def stub_of(station: Station, account: str, cents: int) -> str:
    digits = "".join(filter(str.isdigit, account)).zfill(11) + f"{cents:010}"
    (layout,) = station.rules.stubs
    return digits + layout.checks[0].expected(digits)


def test_a_stub_names_its_account_and_what_was_billed(station: Station) -> None:
    number = owing()[0]
    line = stub_of(station, number, 84_17)
    assert recognise(station, line) == Scanned("account", number, 84_17)
    assert recognise(station, f"]C1{line}") == Scanned("account", number, 84_17), "with its symbology before it"


def test_a_misread_stub_names_nothing(station: Station) -> None:
    line = stub_of(station, owing()[0], 84_17)
    misread = line[:5] + str((int(line[5]) + 1) % 10) + line[6:]
    with pytest.raises(CheckDigitWrong):
        recognise(station, misread)


def test_a_stub_that_looks_like_a_card_is_still_a_stub(station: Station) -> None:
    number = owing()[0]
    cents = next(cents for cents in range(10**9) if holds_card_number(stub_of(station, number, cents)))
    assert recognise(station, stub_of(station, number, cents)) == Scanned("account", number, cents)


def test_a_stub_of_an_account_that_is_not_here(station: Station) -> None:
    with pytest.raises(NotFound, match="99999999999"):
        recognise(station, stub_of(station, "99999999999", 1))


def test_numbers_of_accounts_and_licenses(station: Station) -> None:
    number = owing()[0]
    assert recognise(station, number) == Scanned("account", number, bare=True)
    (row,) = station.reference.file.rows("SELECT number, account FROM license ORDER BY number LIMIT 1")
    assert recognise(station, row[0].lower()) == Scanned("account", row[1], bare=True)


def test_a_license_numbered_otherwise_than_its_account_names_that(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an imported one may be; the made-up city numbers both alike."""
    number = owing()[0]
    held = License("BL-0077", number, "general", "issued", "", "", *[""] * 8)
    monkeypatch.setattr(Licenses, "license", lambda _, typed: held if typed == held.number else None)
    assert recognise(station, "bl-0077") == Scanned("account", number, bare=True)
    assert recognise(station, "bl-0078") is None


def test_a_receipts_code_shows_that_receipt(station: Station) -> None:
    _, session = at_work(station)
    taken = pay(station, session)
    claim = station.recorder.claim(
        {
            "terminal": station.place.terminal,
            "epoch": station.place.epoch,
            "seq": taken.seq,
            "receipt_no": taken.receipt_no,
            "biz_date": session.biz_date,
            "total_cents": body(station, taken.seq)["data"]["total_cents"],
            "h": "00" * 32,
        },
        lambda _: "",
    )
    assert recognise(station, claim) == Scanned("receipt", taken.receipt_no)
    with pytest.raises(NotFound):
        recognise(station, claim[:-7])


@pytest.mark.parametrize(
    "swiped", ["4111111111111111", "%B4111111111111111^QUILL/ANA^2912101?", ";4111111111111111=29121?"]
)
def test_a_card_is_refused_and_not_repeated(station: Station, swiped: str) -> None:
    with pytest.raises(CardNumberRefused) as refused:
        recognise(station, swiped)
    assert "4111" not in str(refused.value)


@pytest.mark.parametrize("typed", ["smith, john", "COPY*3", "=84.17", "122105155 4111111111111111", "", "]C1"])
def test_what_is_no_scan_is_left_to_be_typed(station: Station, typed: str) -> None:
    assert recognise(station, typed) is None
