"""An owner's other licenses, and all else they owe: linked by what was stated, paid together, never drawn on for."""

from __future__ import annotations

import pytest

from counter.licensing import filed as record_filed
from counter.licensing import issued, posted, taken
from counter.test_license_filing import GARDENS, filed
from counter_station import at_work, cart_of, close, last, new_folder, on, open_station, pay
from countertui.counter.account_glance import glance
from countertui.counter.find import open_account
from countertui.counter.license_application import advise
from countertui.counter.license_deeds import Deed, do
from countertui.counter.license_filing import ApplicationIncomplete, approve_and_assess
from countertui.counter.licenses import license_here
from countertui.counter.same_owner import linked_licenses
from countertui.counter.station import Station
from countertui.counter.trust import draw_line, drawable
from countertui.domain.license_act_soundness import is_sound
from countertui.domain.license_acts import SAME_OWNER, LicenseActData
from countertui.domain.license_application import BUSINESS, EIN, LIKE, PREMISES, owner_field
from countertui.domain.license_facts import FactRefused
from countertui.domain.license_states import Step
from countertui.domain.money import Cents
from countertui.domain.trust import TrustRefused
from countertui.screens.glance_rows import numbers_to_add
from countertui.store import personal

SECOND = {BUSINESS: "Moss Nursery", PREMISES: "9 Oak St, Alder Falls, WA 98001"}
NO_NUMBERS = {EIN: "", owner_field(3, "ssn"): ""}


def of_owner(station: Station, number: str) -> list[str]:
    return [one.number for one in glance(station, number).of_owner]


def with_deposit(station: Station) -> tuple[str, str, str]:
    """A license of the snapshot, a trust deposit with money in it of the same party, and another account of that."""
    return station.reference.file.rows(  # type: ignore[return-value]
        "SELECT a.number, t.number, u.number FROM account t JOIN account a USING (party) JOIN account u USING (party)"
        " WHERE t.kind = 'trust' AND a.kind = 'license' AND u.kind = 'customer' AND t.due_cents < 0 LIMIT 1"
    )[0]


def test_what_one_owner_owes_for_two_licenses_is_paid_at_once_and_holds_over_a_snapshot(tmp_path):
    station = open_station(new_folder(tmp_path, with_ledger=True))
    person, session = at_work(station)
    lead = on(station, "lena")
    first = approve_and_assess(station, person, lead, session, filed(station, person, session, **NO_NUMBERS))
    second = filed(station, person, session, **{**SECOND, **NO_NUMBERS, LIKE: first.number.lower()})
    assert second.says[SAME_OWNER] == first.number
    second = approve_and_assess(station, person, lead, session, second)
    posted(station)
    for _ in ("here", "by the snapshot"):
        for one, other in ((first.number, second.number), (second.number, first.number)):
            seen = glance(station, one)
            assert [each.number for each in seen.of_owner] == [other]
            assert seen.owed_by_owner == open_account(station, other).amount > 0
            assert sorted(numbers_to_add(seen, [])) == sorted([one, other])
        taken(station)
    third = filed(station, person, session, **{**SECOND, **NO_NUMBERS, LIKE: second.number})
    assert of_owner(station, first.number) == [second.number, third.number], "through the second"
    lines = [open_account(station, number) for number in (first.number, second.number)]
    pay(station, session, *lines)
    assert [line["account"] for line in last(station)["data"]["lines"]] == [first.number, second.number]
    assert glance(station, first.number).owed_by_owner == 0
    close(station)


def test_the_same_tax_number_links_what_is_filed_here_until_it_is_erased(station):
    person, session = at_work(station)
    first = filed(station, person, session)
    texts = {**GARDENS, **SECOND, owner_field(3, "ssn"): ""}
    advice = advise(station, texts)
    assert (advice.alike[0].number, advice.alike[0].why) == (first.number, "the same tax number")
    assert advice.same_owner == first.number
    second = filed(station, person, session, **{**SECOND, owner_field(3, "ssn"): ""})
    assert second.says[SAME_OWNER] == first.number
    assert of_owner(station, second.number) == [first.number]
    seqs = [(row[0], row[1]) for row in station.db.execute("SELECT seq, field FROM personal WHERE field = 'ein'")]
    personal.erase(station.db, seqs)
    assert advise(station, texts).same_owner == ""
    assert SAME_OWNER not in filed(station, person, session, **{**SECOND, owner_field(3, "ssn"): ""}).says


@pytest.mark.parametrize("typed", ["12-345678", "", "98-7654321"])
def test_another_number_or_half_of_one_links_nothing(station, typed):
    person, session = at_work(station)
    filed(station, person, session)
    assert advise(station, {**GARDENS, **SECOND, EIN: typed, owner_field(3, "ssn"): ""}).same_owner == ""


def test_who_takes_over_what_another_stated_is_not_the_same_owner(station):
    person, session = at_work(station)
    first = filed(station, person, session, **NO_NUMBERS)
    other = {owner_field(1, "name"): "Ken Holt", owner_field(3, "name"): "", LIKE: first.number}
    assert SAME_OWNER not in filed(station, person, session, **{**SECOND, **NO_NUMBERS, **other}).says


def test_a_number_that_no_license_has_is_said_beside_its_field_and_keeps_it_from_being_filed(station):
    person, session = at_work(station)
    assert "no license" in advise(station, {LIKE: "T1-L99"}).application.faults[LIKE].words
    with pytest.raises(ApplicationIncomplete) as refused:
        filed(station, person, session, **{LIKE: "T1-L99"})
    assert refused.value.of == LIKE


def test_another_owner_ends_it_on_both_sides(station):
    person, session = at_work(station)
    lead = on(station, "lena")
    first = issued(station, person, session, owners=[{"name": "Ana Ruiz", "role": ""}])
    second = issued(station, person, session, same_owner=first.number)
    third = issued(station, person, session, same_owner=second.number)
    assert linked_licenses(station, station.db, [third.number], 9) == [second.number, first.number]
    done = do(station, lead, session, second, Deed(Step.TRANSFER, text="Ken Holt", reason="sold"))
    assert SAME_OWNER not in done.says
    for number in (first.number, second.number, third.number):
        assert linked_licenses(station, station.db, [number], 9) == []


def test_it_is_typed_at_the_license_too_and_taken_out_again(station):
    person, session = at_work(station)
    first, second = (record_filed(station, person) for _ in range(2))
    for typed in ("nothing", second.number):
        with pytest.raises(FactRefused):
            do(station, person, session, second, Deed(Step.AMEND, SAME_OWNER, typed))
    linked = do(station, person, session, second, Deed(Step.AMEND, SAME_OWNER, first.number.lower()))
    assert of_owner(station, first.number) == [second.number]
    with pytest.raises(FactRefused):
        do(station, person, session, linked, Deed(Step.AMEND, SAME_OWNER, first.number))
    assert SAME_OWNER not in do(station, person, session, linked, Deed(Step.AMEND, SAME_OWNER, "")).says
    assert of_owner(station, first.number) == []


def test_no_deposit_is_drawn_on_for_a_license_that_is_only_said_to_be_of_its_owner(station):
    person, session = at_work(station)
    listed, deposit, customer = with_deposit(station)
    new = filed(station, person, session, **{**SECOND, **NO_NUMBERS, LIKE: listed})
    assert new.says[SAME_OWNER] == listed
    new = approve_and_assess(station, person, on(station, "lena"), session, new)
    seen = glance(station, new.number)
    assert {listed, deposit, customer} <= {one.number for one in seen.of_owner}, "all that the owner has"
    assert seen.party == new.number
    assert new.number in [one.number for one in glance(station, customer).of_owner]
    line = open_account(station, new.number)
    assert drawable(station, cart_of(station, line)) == []
    with pytest.raises(TrustRefused):
        draw_line(station, cart_of(station, line), deposit, Cents(1_00))


@pytest.mark.parametrize("step", [Step.FILE, Step.AMEND])
def test_no_record_says_whose_account_a_license_is(step):
    says = {"business": "Moss Nursery", "same_owner": "L-1"}
    was = "" if step is Step.FILE else "0" * 36
    data = LicenseActData(license="T1-L1", was=was, step=step.value, says=says, reason="", term=None)
    assert is_sound(data)
    assert not is_sound({**data, "says": {**says, "party": "P-1"}})


def test_what_was_stated_of_a_license_that_is_not_here_links_nothing(station):
    person, _ = at_work(station)
    license_ = record_filed(station, person, same_owner="T9-L9")
    assert of_owner(station, license_.number) == []
    here = license_here(station, station.db, license_.number)
    assert here is not None
    assert here.says[SAME_OWNER] == "T9-L9"
