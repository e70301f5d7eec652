"""Filing an application: a record with its number, no number of a person in it, and a walk-in's way into the cart."""

from __future__ import annotations

import pytest

from counter.licensing import posted, taken
from counter_station import at_work, body, close, kinds, last, new_folder, on, open_station
from countertui.counter.find import find, open_account
from countertui.counter.license_application import advise
from countertui.counter.license_drafts import applications, keep_application, new_application
from countertui.counter.license_filing import ApplicationIncomplete, approve_and_assess, file_application
from countertui.counter.license_paper import application_paper
from countertui.counter.license_previous import NoSuchLicense, texts_of_license
from countertui.counter.licenses import license_here
from countertui.counter.station import Person, Session, Station
from countertui.documents.text import as_text
from countertui.domain.license_application import (
    BUSINESS,
    CLASS,
    EIN,
    HOME,
    KIND,
    MAILING,
    PREMISES,
    STARTS,
    answer_field,
    owner_field,
)
from countertui.domain.license_file import License
from countertui.domain.license_states import State, StepRefused
from countertui.domain.personal import Place
from countertui.domain.rights import NotAllowed
from countertui.ledger.books import open_books
from countertui.store import personal

GARDENS = {
    KIND: "mowing",
    CLASS: "LANDSCAPER",
    BUSINESS: "Rosas Gardens",
    EIN: "123456789",
    PREMISES: "12 north market street, suite 4, alder falls, wa 98001",
    HOME: "y",
    STARTS: "12/01/2026",
    owner_field(3, "name"): "Rosa Ruiz",
    owner_field(3, "ssn"): "123-45-6789",
    answer_field("employees"): "3",
    answer_field("gross_receipts"): "50000",
    answer_field("inside_city"): "y",
    answer_field("nonprofit"): "n",
    answer_field("operated_unlicensed"): "n",
}


def filed(station: Station, person: Person, session: Session, **texts: str) -> License:
    id_ = new_application(station)
    typed = {**GARDENS, owner_field(1, "name"): "Bea Moss", **texts}
    keep_application(station, person, id_, typed)
    return file_application(station, person, session, id_, typed)


def test_what_is_filed_is_a_license_under_its_number_and_the_draft_is_gone(station):
    person, session = at_work(station)
    license_ = filed(station, person, session)
    assert license_.state is State.SUBMITTED
    assert license_.says["premises"] == license_.says["mailing"] == "12 N MARKET ST STE 4, ALDER FALLS WA 98001"
    assert license_.says["starts"] == "2026-12-01"
    assert [one["name"] for one in license_.says["owners"]] == ["Bea Moss", "Rosa Ruiz"]
    assert applications(station) == []
    assert [one.number for one in find(station, license_.number) if one.exact] == [license_.number]


def test_numbers_of_persons_lie_encrypted_beside_the_record(station):
    person, session = at_work(station)
    filed(station, person, session)
    record = last(station)
    assert set(record["data"]["personal"]) == {EIN, owner_field(2, "ssn")}
    journal = b"".join(row[0] for row in station.db.execute("SELECT body FROM journal"))
    assert b"6789" not in journal
    place = Place(station.place.terminal, station.place.epoch, record["seq"], owner_field(2, "ssn"))
    locked = personal.locked_at(station.db, record["seq"], owner_field(2, "ssn"))
    assert station.vault.unlock(place, locked).value == "123-45-6789"


@pytest.mark.parametrize(
    ("texts", "of"),
    [
        ({HOME: ""}, HOME),
        ({CLASS: ""}, KIND),
        ({owner_field(3, "ssn"): "123-45"}, owner_field(3, "ssn")),
        ({STARTS: "02/30/2026"}, STARTS),
        ({answer_field("gross_receipts"): "-5"}, answer_field("gross_receipts")),
        ({CLASS: "RESTAURANT"}, HOME),
        ({PREMISES: "PO Box 4, Alder Falls"}, PREMISES),
        ({owner_field(1, "name"): ""}, owner_field(1, "name")),
    ],
)
def test_nothing_is_filed_that_lacks_something_and_the_draft_stays(station, texts, of):
    person, session = at_work(station)
    before = kinds(station)
    with pytest.raises(ApplicationIncomplete) as refused:
        filed(station, person, session, **texts)
    assert refused.value.of == of
    assert kinds(station) == before
    assert len(applications(station)) == 1


def test_who_wrote_it_does_not_approve_it_and_a_cashier_approves_none(station):
    person, session = at_work(station)
    license_ = filed(station, person, session)
    with pytest.raises(NotAllowed):
        approve_and_assess(station, person, person, session, license_)
    own = filed(station, on(station, "lena"), session)
    with pytest.raises(StepRefused):
        approve_and_assess(station, person, on(station, "lena"), session, own)


def test_verify_looks_at_numbers_of_persons_in_licenses_too(station):
    person, session = at_work(station)
    filed(station, person, session)
    found = personal.verify_personal(station.db)
    assert (found.kept, found.erased, found.not_here, found.faults) == (2, 0, 0, ())
    altered = personal.verify_personal(station.db, lambda _seq, field, _locked, _wanted: field != EIN)
    assert [fault.code for fault in altered.faults] == ["personal"]


def test_what_needs_a_review_is_not_approved_at_once(station):
    person, session = at_work(station)
    license_ = filed(station, person, session, **{CLASS: "FOODTRUCK", HOME: "n"})
    with pytest.raises(StepRefused):
        approve_and_assess(station, person, on(station, "lena"), session, license_)


def test_a_walk_in_is_approved_by_a_lead_and_owes_what_was_shown(station):
    person, session = at_work(station)
    shown = advise(station, {**GARDENS, owner_field(1, "name"): "Bea Moss"}, session).fee
    license_ = approve_and_assess(station, person, on(station, "lena"), session, filed(station, person, session))
    assert shown is not None
    assert license_.state is State.FEES_DUE
    assert license_.unpaid == shown.determination.total == open_account(station, license_.number).amount
    assert [body(station, seq)["operator"] for seq in _seqs(station)] == [person.id, "lena", person.id]


def test_the_paper_says_all_that_is_stated_and_no_number_of_a_person(station):
    _, session = at_work(station)
    texts = {**GARDENS, owner_field(1, "name"): "Bea Moss"}
    paper = "\n".join(as_text(application_paper(station, texts, session, "T1-L1")))
    for stated in (
        "T1-L1",
        "Rosas Gardens",
        "LANDSCAPER",
        "Bea Moss",
        "50,000.00",
        "12/01/2026",
        "Signed",
        "AFMC 5.04",
    ):
        assert stated in paper
    assert "given" in paper
    assert "6789" not in paper
    assert "not filed yet" in "\n".join(as_text(application_paper(station, {}, session)))


def test_a_license_filed_here_is_alike_and_fills_another_application_in(station):
    person, session = at_work(station)
    license_ = filed(station, person, session)
    (alike,) = advise(station, {BUSINESS: "ROSAS GARDENS LLC"}).alike
    assert (alike.number, alike.why) == (license_.number, "same name")
    texts = texts_of_license(station, license_.number.lower())
    assert texts[BUSINESS] == "Rosas Gardens"
    assert texts[CLASS] == "LANDSCAPER"
    assert texts[owner_field(2, "name")] == "Rosa Ruiz"
    assert not {STARTS, answer_field("gross_receipts")} & texts.keys(), "what is declared anew"
    with pytest.raises(NoSuchLicense):
        texts_of_license(station, "L-0")


def test_a_license_of_the_snapshot_fills_in_what_is_known_of_it(station):
    number, name, class_ = station.reference.file.rows(
        "SELECT a.number, a.name, l.class FROM account a JOIN license l ON l.account = a.number LIMIT 1"
    )[0]
    texts = texts_of_license(station, number)
    assert (texts[BUSINESS], texts[CLASS]) == (name, class_)
    assert MAILING in texts


def test_what_the_form_files_is_posted_and_comes_back_in_the_snapshot_as_it_was_shown(tmp_path):
    station = open_station(new_folder(tmp_path, with_ledger=True))
    person, session = at_work(station)
    license_ = approve_and_assess(station, person, on(station, "lena"), session, filed(station, person, session))
    posted(station)
    books = open_books(station.store.folder / "ledger")
    try:
        with books.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT reason, detail FROM error_item").all() == []
            fields = connection.exec_driver_sql("SELECT field FROM personal WHERE field LIKE 'owner.%'").all()
    finally:
        books.close()
    assert [tuple(row) for row in fields] == [(owner_field(2, "ssn"),)], "its commitment is known there"
    taken(station)
    back = license_here(station, station.db, license_.number)
    close(station)
    assert back is not None
    assert (back.state, back.unpaid, back.says) == (license_.state, license_.unpaid, license_.says)


def _seqs(station: Station) -> list[int]:
    return [row[0] for row in station.db.execute("SELECT seq FROM journal WHERE kind = 'license' ORDER BY seq")]
