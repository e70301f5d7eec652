"""Applicants in the store: name and address alone, gone on with by anybody here, dropped, forgotten after a month."""

from __future__ import annotations

import pytest

from counter_station import clock_of, close, on, reopened
from countertui.counter.applicants import (
    KEPT,
    ApplicantGone,
    applicants,
    drop_applicant,
    new_applicant,
    take_applicant,
)
from countertui.counter.drafts import Form, draft_of, keep_draft
from countertui.counter.station import Station

TEXTS = {"name": "Pat Sample", "street": "1 Main St", "city": "Anytown", "state": "VA", "zip": "23269"}


def test_it_outlives_the_program_and_who_typed_it(station: Station) -> None:
    rosa, ben = on(station, "rosa"), on(station, "ben")
    seq, id_ = station.store.tip()[0], new_applicant(station)
    keep_draft(station, rosa, Form.APPLICANT, id_, TEXTS)
    assert station.store.tip()[0] == seq, "no record says anything of an applicant"
    again = reopened(station)
    (saved,) = applicants(again)
    assert (saved.id, saved.name, saved.operator) == (id_, "Pat Sample", "rosa")
    assert take_applicant(again, ben, id_).texts == TEXTS
    keep_draft(again, ben, Form.APPLICANT, id_, {**TEXTS, "name": "Pat Q Sample"})
    assert [(one.name, one.operator) for one in applicants(again)] == [("Pat Q Sample", "ben")]
    assert draft_of(again, rosa, Form.APPLICANT, id_) is None
    close(again)


def test_nothing_but_the_forms_fields_is_kept_and_no_card_number(station: Station) -> None:
    assert KEPT == ("name", "street", "city", "state", "zip")
    rosa, id_ = on(station, "rosa"), new_applicant(station)
    keep_draft(station, rosa, Form.APPLICANT, id_, {**TEXTS, "street": "4111 1111 1111 1111", "name": "123456789"})
    assert take_applicant(station, rosa, id_).texts == {"city": "Anytown", "state": "VA", "zip": "23269"}


def test_one_that_was_dropped_is_gone_for_everybody(station: Station) -> None:
    rosa, ben = on(station, "rosa"), on(station, "ben")
    ids = [new_applicant(station) for _ in range(2)]
    for id_ in ids:
        keep_draft(station, rosa, Form.APPLICANT, id_, TEXTS)
    drop_applicant(station, ids[0])
    assert [one.id for one in applicants(station)] == [ids[1]]
    with pytest.raises(ApplicantGone):
        take_applicant(station, ben, ids[0])


def test_nobody_is_kept_for_ever(station: Station) -> None:
    rosa = on(station, "rosa")
    keep_draft(station, rosa, Form.APPLICANT, "old", TEXTS)
    keep_draft(station, rosa, Form.OPENING, "", {"10000": "2"})
    clock_of(station).go_on(29 * 86_400)
    keep_draft(station, rosa, Form.APPLICANT, "newer", TEXTS)
    new_applicant(station)
    assert {one.id for one in applicants(station)} == {"old", "newer"}
    clock_of(station).go_on(2 * 86_400)
    new_applicant(station)
    assert {one.id for one in applicants(station)} == {"newer"}
    assert draft_of(station, rosa, Form.OPENING, "") is not None, "a count is another's business"
