"""The papers of a deposit: printed with it, again as a copy, as files; its checks opened for who may read them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from counter.test_deposits import put, shut, worked
from counter_station import cart_of, drawer_of, fee, kinds, last, on, pay
from countertui.counter.check_list import check_list, write_check_list, write_check_list_with_numbers
from countertui.counter.courier import bag_log
from countertui.counter.deposit_papers import print_slip_again, write_slip
from countertui.counter.deposits_made import take_back
from countertui.counter.station import Station
from countertui.counter.tape import tape
from countertui.domain.deposit_soundness import is_sound
from countertui.domain.deposits import DepositRefused, Stage
from countertui.domain.micr import Micr
from countertui.domain.rights import NotAllowed
from countertui.domain.tenders import Tender, TenderKind

MICR = Micr("125000024", "0012345678")


def with_checks(station: Station) -> int:
    """A deposit of one check whose numbers were read, one without, and a money order; gives its record's number."""
    session = drawer_of(station, on(station, "rosa"))
    pay(station, session)
    price = cart_of(station, fee(station)).total
    pay(station, session, tenders=[Tender(TenderKind.CHECK, price, "1041", MICR)])
    pay(station, session, tenders=[Tender(TenderKind.CHECK, price, "1042")])
    shut(station, session, price, 2 * price, 2)
    put(station, price)
    return bag_log(station)[0].seq


def run_on(station: Station) -> Callable[..., Any]:
    return lambda job, *args: job(station, *args)


def text_of(file: Path) -> str:
    pdf = pypdfium2.PdfDocument(file)
    page = pdf[0].get_textpage()
    text = page.get_text_bounded()
    page.close()
    pdf.close()
    return " ".join(text.split())


def slips(station: Station) -> list[str]:
    rows = station.db.execute("SELECT document FROM print_job WHERE kind = 'deposit' ORDER BY id").fetchall()
    return [json.dumps(json.loads(text)["blocks"]) for (text,) in rows]


def test_the_slip_goes_to_print_with_its_deposit_and_again_as_a_copy(station: Station) -> None:
    seq = with_checks(station)
    (first,) = slips(station)
    for words in ("INTERIM DEPOSIT", "T1-D1", "B-7", "Mill River Bank 0071-22", "Tess", "Lena", "D1, rosa"):
        assert words in first, words
    print_slip_again(station, on(station, "tess"), seq)
    assert [("COPY" in slip) for slip in slips(station)] == [False, True]
    record = last(station)
    assert (record["kind"], record["operator"]) == ("deposit_copy", "tess")
    assert (record["data"]["deposit"]["slip_no"], record["data"]["copy"]) == ("T1-D1", 1)
    assert print_slip_again(station, on(station, "tess"), seq) == 2
    assert ["COPY 2" in slip for slip in slips(station)] == [False, False, True]
    assert is_sound(record["kind"], record["data"])
    assert not is_sound(record["kind"], record["data"] | {"copy": 0})
    with pytest.raises(NotAllowed):
        print_slip_again(station, on(station, "rosa"), seq)


def test_the_slip_is_written_as_a_file_and_says_what_stands_now(station: Station) -> None:
    seq = with_checks(station)
    file = write_slip(station, run_on(station), seq)
    assert file == station.store.path.parent / "papers" / "deposit-T1-D1.pdf"
    assert "Bank deposit T1-D1: INTERIM DEPOSIT" in text_of(file)
    assert [path.name for path in file.parent.iterdir()] == ["deposit-T1-D1.pdf"]


def test_a_final_deposit_s_slip_says_so(station: Station) -> None:
    put(station, worked(station, checks=()), stage=Stage.FINAL)
    assert "FINAL DEPOSIT" in slips(station)[0]


def test_one_that_was_taken_back_has_no_papers(station: Station) -> None:
    seq = with_checks(station)
    take_back(station, on(station, "tess"), on(station, "lena"), seq, "wrong bag")
    for paper in (lambda: check_list(station, seq), lambda: print_slip_again(station, on(station, "tess"), seq)):
        with pytest.raises(DepositRefused, match="was taken back"):
            paper()


def test_the_check_list_equals_the_deposit_and_shows_no_bank_s_numbers(station: Station) -> None:
    seq = with_checks(station)
    before = kinds(station)
    listed = check_list(station, seq)
    assert [(each.receipt_no, each.number, each.micr) for each in listed.checks] == [
        ("T1-2", "1041", "kept, not shown"),
        ("T1-3", "1042", "none was typed"),
    ]
    assert listed.checks[0].payor
    assert (listed.count, listed.total_cents) == (2, sum(each.cents for each in listed.checks))
    file = write_check_list(station, run_on(station), seq)
    assert file.name == "checks-T1-D1.pdf"
    said = text_of(file)
    assert "Check 1041 kept, not shown" in said
    assert MICR.account not in said
    assert MICR.routing not in said
    assert kinds(station) == before, "nobody looked at anything"


def test_who_may_read_them_has_them_written_and_the_reading_is_on_record_first(station: Station) -> None:
    seq = with_checks(station)
    file = write_check_list_with_numbers(station, run_on(station), on(station, "lena"), seq)
    assert file.name == "checks-T1-D1-numbers.pdf"
    assert "Check 1041 125000024 0012345678" in text_of(file)
    assert file.stat().st_mode & 0o077 == 0, "for nobody else on the machine"
    record = last(station)
    assert (record["kind"], record["operator"]) == ("reveal", "lena")
    place = {"terminal": "T1", "epoch": 1, "field": "tender.1.routing"}
    looked = record["data"]["of"]
    assert [{name: one[name] for name in place} for one in looked] == [place, {**place, "field": "tender.1.account"}]
    assert MICR.account not in json.dumps(record)
    assert any(entry.what == "Personal data read" and entry.about == "2 values" for entry in tape(station))


def test_who_may_not_read_them_gets_no_file_and_nothing_is_recorded(station: Station) -> None:
    seq = with_checks(station)
    rosa = on(station, "rosa")
    before = kinds(station)
    with pytest.raises(NotAllowed):
        write_check_list_with_numbers(station, run_on(station), rosa, seq)
    assert kinds(station) == before
    assert not (station.store.path.parent / "papers").exists()


def test_erased_numbers_are_not_readable_and_hold_no_list_up(station: Station) -> None:
    seq = with_checks(station)
    station.db.execute("DELETE FROM personal")
    file = write_check_list_with_numbers(station, run_on(station), on(station, "lena"), seq)
    assert "Check 1041 not readable here" in text_of(file)
