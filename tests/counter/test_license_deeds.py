"""The register at a real terminal: what is done with a license, by whom, and the certificate that comes of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date

import pypdfium2
import pytest
import zxingcpp

from counter_station import at_work, close, last, new_folder, on, open_station, pay_on, run_here
from countertui.counter.find import NotFound, open_account
from countertui.counter.license_deeds import Deed, DeedRefused, assess, do, may_alone, proposed
from countertui.counter.license_paper import fee_paper, print_fee
from countertui.counter.license_papers import write_certificate
from countertui.counter.license_register import (
    Listing,
    found_licenses,
    license_as_of,
    license_seen,
    listed,
    proposed_lines,
)
from countertui.counter.licenses import LicenseRefused, file_license
from countertui.counter.scans import Scanned, recognise
from countertui.documents.text import as_text
from countertui.domain.license_assessment import AssessmentRefused
from countertui.domain.license_file import License
from countertui.domain.license_states import State, Step, StepRefused
from countertui.domain.money import format_cents
from countertui.domain.rights import NotAllowed
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.license_claim import CERTIFICATE

SAYS = {
    "business": "Ana's Wine",
    "owners": [{"name": "Ana Ruiz", "role": "owner"}],
    "premises": "5 Quince Terrace, Aspen Falls OR 97000",
    "mailing": "5 Quince Terrace, Aspen Falls OR 97000",
    "phone": "555-010-0188",
    "license_class": "LIQUORSTORE",
    "at_home": False,
    "starts": "2026-11-23",
    "answers": {
        "employees": 250,
        "gross_receipts": 90_000_00,
        "home_occupation": False,
        "inside_city": True,
        "nonprofit": False,
        "operated_unlicensed": False,
    },
    "reviews": {"zoning": "open", "fire": "open"},
    "documents": {"State liquor license": False},
}


def filed(station) -> License:
    return file_license(station, on(station, "rosa"), None, SAYS)


def done(station, who: str, shown: License, step: Step, *said: str) -> License:
    return do(station, on(station, who), None, shown, Deed(step, *said))


def approved(station) -> License:
    license_ = filed(station)
    for name in ("zoning", "fire"):
        license_ = done(station, "lena", license_, Step.REVIEW, name, "passed")
    license_ = done(station, "rosa", license_, Step.DOCUMENT, "State liquor license")
    return done(station, "lena", license_, Step.APPROVE)


def issued(station) -> License:
    person, session = at_work(station)
    license_ = assess(station, person, session, approved(station))
    pay_on(station, session, license_.number, open_account(station, license_.number).amount)
    return do(station, person, session, license_seen(station, license_.number).license, Deed(Step.ISSUE))


def test_a_walk_in_from_the_application_to_the_certificate(station) -> None:
    license_ = issued(station)
    assert (license_.state, license_.says["printed"]["copy"]) == (State.ISSUED, 1)
    assert last(station)["data"]["says"] == {"printed": license_.says["printed"]}
    file = write_certificate(station, run_here(station), license_.number)
    assert license_.says["printed"]["begins"] == "2026-11-23", "in force since it was issued, not since New Year"
    begins = license_.says["printed"]["begins"].replace("-", "")
    assert file.name == f"{license_.number}-{begins}-1.pdf"
    made = file.read_bytes()
    assert write_certificate(station, run_here(station), license_.number).read_bytes() == made
    pdf = pypdfium2.PdfDocument(made)
    (code,) = zxingcpp.read_barcodes(pdf[0].render(scale=4).to_pil())
    pdf.close()
    claim = CERTIFICATE.read(code.text, checked_public_key(station.recorder.public_key))
    assert (claim["number"], claim["business"], claim["license_class"], claim["copy"]) == (
        license_.number,
        "Ana's Wine",
        "LIQUORSTORE",
        1,
    )
    assert claim["ends"] == license_.expires_on.isoformat()
    assert claim["h"] == station.store.tip()[1].hex()
    assert recognise(station, code.text) == Scanned("account", license_.number)
    with pytest.raises(NotFound, match="no certificate's"):
        recognise(station, code.text[:-9])


def test_it_is_not_issued_while_anything_lacks_and_says_what(station) -> None:
    person, session = at_work(station)
    license_ = filed(station)
    for step, why in ((Step.ISSUE, "submitted"), (Step.APPROVE, "Not brought yet: State liquor license")):
        with pytest.raises((StepRefused, DeedRefused), match=why):
            done(station, "lena", license_, step)
    license_ = done(station, "rosa", license_, Step.DOCUMENT, "State liquor license")
    with pytest.raises(StepRefused, match="Not passed yet: fire, zoning"):
        done(station, "lena", license_, Step.APPROVE)
    with pytest.raises(DeedRefused, match="reason is needed"):
        done(station, "lena", license_, Step.REVIEW, "fire", "failed")
    license_ = done(station, "lena", license_, Step.REVIEW, "fire", "failed", "no extinguisher")
    license_ = done(station, "lena", license_, Step.REVIEW, "fire", "passed")
    license_ = done(station, "lena", license_, Step.REVIEW, "zoning", "passed")
    license_ = done(station, "lena", license_, Step.APPROVE)
    with pytest.raises(DeedRefused, match="fee is not assessed"):
        done(station, "rosa", license_, Step.ISSUE)
    license_ = assess(station, person, session, license_)
    with pytest.raises(StepRefused, match="is unpaid"):
        done(station, "rosa", license_, Step.ISSUE)


def test_cashiers_write_and_hand_out_and_leads_decide_what_others_wrote(station) -> None:
    license_ = filed(station)
    with pytest.raises(NotAllowed):
        done(station, "rosa", license_, Step.REVIEW, "fire", "passed")
    assert not may_alone(license_, Step.APPROVE, on(station, "rosa"))
    assert may_alone(license_, Step.APPROVE, on(station, "lena"))
    license_ = done(station, "lena", license_, Step.AMEND, "business", "Ana's Wines")
    assert not may_alone(license_, Step.APPROVE, on(station, "lena"))
    for name in ("zoning", "fire"):
        license_ = done(station, "lena", license_, Step.REVIEW, name, "passed")
    license_ = done(station, "rosa", license_, Step.DOCUMENT, "State liquor license")
    with pytest.raises(StepRefused, match="Nobody approves"):
        done(station, "lena", license_, Step.APPROVE)
    assert done(station, "hugo", license_, Step.APPROVE).state is State.APPROVED


def test_what_was_changed_meanwhile_is_not_overwritten(station) -> None:
    shown = filed(station)
    done(station, "rosa", shown, Step.AMEND, "contact.1.phone", "360-555-0100")
    with pytest.raises(LicenseRefused, match="changed meanwhile"):
        done(station, "rosa", shown, Step.AMEND, "business", "Other")


def test_another_certificate_is_a_duplicate_and_says_why(station) -> None:
    license_ = issued(station)
    with pytest.raises(DeedRefused, match="printed before"):
        done(station, "rosa", license_, Step.REPLACE)
    license_ = done(station, "rosa", license_, Step.REPLACE, "", "", "lost")
    assert license_.says["printed"]["copy"] == 2
    file = write_certificate(station, run_here(station), license_.number)
    pdf = pypdfium2.PdfDocument(file)
    page = pdf[0].get_textpage()
    text = page.get_text_bounded()
    page.close()
    pdf.close()
    assert "duplicate 1" in text
    assert f"Certificate {license_.number}" in text


def test_suspended_reinstated_moved_and_closed(station) -> None:
    license_ = issued(station)
    with pytest.raises(StepRefused, match="reason is needed"):
        done(station, "lena", license_, Step.SUSPEND)
    license_ = done(station, "lena", license_, Step.SUSPEND, "", "", "unsafe wiring")
    assert [row.number for row in listed(station, Listing.SUSPENDED)] == [license_.number]
    license_ = done(station, "lena", license_, Step.REINSTATE, "", "", "wired anew")
    license_ = done(station, "lena", license_, Step.TRANSFER, "", "Bo Ray", "sold")
    assert license_.says["owners"] == [{"name": "Bo Ray", "role": "owner"}]
    license_ = done(station, "lena", license_, Step.MOVE, "", "9 Elm Street, Aspen Falls OR 97000", "larger shop")
    assert license_.state is State.IN_REVIEW
    assert license_.says["mailing"] == license_.says["premises"] != SAYS["premises"]
    assert license_.reviews == ("fire", "zoning")
    license_ = done(station, "lena", license_, Step.CLOSE, "", "", "gave up")
    assert license_.state is State.CLOSED


def test_one_of_a_list_that_moves_has_the_reviews_of_its_class_open(station) -> None:
    rows = station.reference.file.rows("SELECT number FROM license WHERE number <> '' ORDER BY number")
    seen = next(
        seen
        for seen in (license_seen(station, number) for (number,) in rows)
        if seen.license.state is State.ISSUED and seen.license_class is not None and seen.license_class.reviews
    )
    assert not seen.license.says.get("reviews")
    moved = done(station, "lena", seen.license, Step.MOVE, "", "9 Elm Street, Aspen Falls OR 97000", "larger shop")
    assert moved.says["reviews"] == dict.fromkeys(seen.license_class.reviews, "open")
    assert moved.state is State.IN_REVIEW


def test_lists_and_finding_know_what_was_done_here(station) -> None:
    license_ = filed(station)
    (row,) = [row for row in listed(station, Listing.OPEN) if row.number == license_.number]
    assert (row.business, row.state) == ("Ana's Wine", State.SUBMITTED)
    assert license_.number not in {row.number for row in listed(station, Listing.EXPIRED)}
    assert listed(station, Listing.EXPIRED), "the demo city has expired licenses"
    assert len(listed(station, Listing.ALL)) > 10
    for text in (license_.number, "ana's wine", "liquorstore"):
        assert license_.number in {row.number for row in found_licenses(station, text)}, text
    assert found_licenses(station, "zzz nothing") == []
    assert found_licenses(station, "") == []


def test_history_shows_a_license_as_it_stood_on_any_day(station) -> None:
    license_ = issued(station)
    today = date.fromisoformat(license_.acts[0].dated)
    assert license_as_of(station, license_.number, today).license.state is State.ISSUED
    after = license_.expires_on.replace(year=license_.expires_on.year + 1)
    assert license_as_of(station, license_.number, after).license.state is State.EXPIRED
    with pytest.raises(LicenseRefused, match="Nothing was done"):
        license_as_of(station, license_.number, date(2020, 1, 1))


def test_the_fee_is_printed_with_its_working_and_nothing_is_charged(station) -> None:
    person, session = at_work(station)
    license_ = approved(station)
    said, seq = proposed(station, license_, session), station.store.tip()
    print_fee(station, person, license_, session)
    assert station.store.tip() == seq
    assert station.db.execute("SELECT kind FROM print_job ORDER BY id DESC LIMIT 1").fetchone() == ("license_fee",)
    paper = " ".join("\n".join(as_text(fee_paper(station, license_, session))).split())
    for line in said.fee.lines:
        assert all(words in paper for words in (line.ordinance, *(step.text for step in line.working)))
    for stated in (license_.number, "Ana's Wine", "LIQUORSTORE", "90,000.00", format_cents(said.fee.total), "No bill"):
        assert stated in paper
    with pytest.raises(NotAllowed):
        print_fee(station, on(station, "ada"), license_, session)


def test_the_fee_is_shown_before_it_is_charged(station) -> None:
    person, session = at_work(station)
    license_ = approved(station)
    lines = proposed_lines(station, license_, session, 74)
    seq = station.store.tip()[0]
    charged = assess(station, person, session, license_)
    assert station.store.tip()[0] == seq + 1
    total = sum(term.cents for term in charged.terms)
    assert lines[-1].split()[-1].replace(",", "") == f"{total / 100:.2f}"
    assert "due" in lines[0]
    with pytest.raises(AssessmentRefused, match="assessed already"):
        assess(station, person, session, charged)


def test_what_a_list_did_not_state_is_completed_by_one_and_confirmed_by_another(tmp_path) -> None:
    folder = new_folder(tmp_path)
    with closing(sqlite3.connect(folder / "reference.db")) as db, db:
        (number,) = db.execute("SELECT number FROM license ORDER BY number LIMIT 1").fetchone()
        db.execute("UPDATE license SET status = '', expires_on = NULL WHERE number = ?", (number,))
    station = open_station(folder)
    try:
        seen = license_seen(station, number)
        assert seen.license.state is State.NOT_STATED
        assert {"not stated"} <= {line.shown for line in seen.facts}
        license_ = done(station, "lena", seen.license, Step.AMEND, "owner.1.name", "Ida Bramble")
        license_ = done(station, "rosa", license_, Step.AMEND, "contact.1.phone", "360-555-0142")
        for who, why in (("rosa", NotAllowed), ("lena", StepRefused)):
            with pytest.raises(why):
                done(station, who, license_, Step.CONFIRM, "", "", "seen at the premises")
        license_ = done(station, "hugo", license_, Step.CONFIRM, "", "", "seen at the premises")
        assert license_.state is State.ISSUED
        assert [owner["name"] for owner in license_.says["owners"]] == ["Ida Bramble"]
    finally:
        close(station)
