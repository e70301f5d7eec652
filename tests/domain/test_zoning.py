"""Where which business may be: by street and house number, whatever the spelling; what nobody stated is not refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.license_application import CLASS, HOME, PREMISES, Application, Fault, read_application
from countertui.domain.license_facts import FactRefused, amended
from countertui.domain.license_schedule import LicenseClass, LicenseSchedule, LicenseYear
from countertui.domain.zoning import NOT_STATED, Judged, Side, Stretch, Zone, Zones

HOMES = Zone("R1", "single-family homes", "AFMC 17.10", home_business=True)
SHOPS = Zone("C1", "main street shops", "AFMC 17.20")
ZONES = Zones(
    (HOMES, SHOPS),
    (
        Stretch("Alder Falls", "North Market Street", 1, 99, "C1"),
        Stretch("Alder Falls", "N MARKET ST", 100, 199, "C1", Side.EVEN),
        Stretch("Alder Falls", "N Market St.", 100, 199, "R1", Side.ODD),
        Stretch("Alder Falls", "Quince Terrace", 1, 999, "R1"),
    ),
)
BAR = LicenseClass("BAR", "Bar", reviews=("police",), at_home=False, zones=("C1",))
OFFICE = LicenseClass("OFFICE", "Office", zones=("C1",))
ANYWHERE = LicenseClass("TRUCK", "Food truck", at_home=False)
SCHEDULE = LicenseSchedule((BAR, OFFICE, ANYWHERE), (), (LicenseYear((), None),), (), (), ZONES)
REFUSED = "BAR is not allowed in R1 (AFMC 17.10)"


def typed(**texts: str) -> Application:
    named = {"code": CLASS, "premises": PREMISES, "home": HOME}
    return read_application({named[name]: text for name, text in texts.items()}, SCHEDULE, date(2026, 11, 23), bool)


@pytest.mark.parametrize(
    ("premises", "zone"),
    [
        ("12 N MARKET ST STE 4, ALDER FALLS WA 98001", SHOPS),
        ("12 north market street, suite 4, alder falls, wa 98001", SHOPS),
        ("12 north market street, suite 4, seattle", None),
        ("12 north market street suite 4", SHOPS),
        ("12B N. Market St #4, Alder Falls", SHOPS),
        ("12 1/2 N MARKET ST", SHOPS),
        ("150 N MARKET ST", SHOPS),
        ("151 N MARKET ST", HOMES),
        ("200 N MARKET ST", None),
        ("0 N MARKET ST", None),
        ("12 MARKET ST", None),
        ("12 S MARKET ST", None),
        ("12 N MARKET ST, SEATTLE WA 98101", None),
        ("5 quince ter", HOMES),
        ("9999999 QUINCE TER", None),
        ("Quince Terrace 5", None),
        ("", None),
        ("5", None),
    ],
)
def test_a_place_is_in_the_zone_of_its_houses_in_any_spelling(premises, zone):
    assert ZONES.at(premises) == zone


def test_a_class_that_may_not_be_there_is_told_at_once_beside_the_premises():
    read = typed(code="BAR", premises="5 Quince Ter")
    assert read.faults[PREMISES] == Fault(REFUSED, at_once=True)
    assert typed(code="BAR", premises="12 N Market St").faults == {}
    assert typed(code="TRUCK", premises="5 Quince Ter").faults == {}, "a class that the city says nothing of"


def test_where_homes_may_have_a_business_it_is_refused_only_once_it_is_none():
    assert typed(code="OFFICE", premises="5 Quince Ter").faults == {}
    assert typed(code="OFFICE", premises="5 Quince Ter", home="y").faults == {}
    assert PREMISES in typed(code="OFFICE", premises="5 Quince Ter", home="n").faults
    assert PREMISES in typed(code="BAR", premises="5 Quince Ter").faults, "a bar is at no home"


def test_a_place_in_no_zone_is_not_refused_by_a_guess_and_a_review_is_opened():
    read = typed(code="BAR", premises="5 Elsewhere Ave")
    assert (read.faults, read.notices) == ({}, {PREMISES: NOT_STATED})
    assert read.says["reviews"] == {"police": "open", "zoning": "open"}
    assert typed(code="BAR", premises="12 N Market St").says["reviews"] == {"police": "open"}
    assert typed(code="TRUCK", premises="5 Elsewhere Ave").notices == {}


def test_a_city_without_zones_says_nothing():
    assert Zones().at("5 Quince Ter") is None
    bare = LicenseSchedule((BAR,), (), SCHEDULE.years, (), ())
    assert bare.judged(BAR, "5 Elsewhere Ave", at_home=False) == Judged()
    assert SCHEDULE.judged(None, "5 Quince Ter", at_home=False) == Judged()


@pytest.mark.parametrize(
    ("says", "field", "text"),
    [
        ({"license_class": "BAR", "premises": "12 N MARKET ST"}, PREMISES, "5 Quince Ter"),
        ({"license_class": "TRUCK", "premises": "5 QUINCE TER"}, CLASS, "BAR"),
        ({"license_class": "OFFICE", "premises": "5 QUINCE TER", "at_home": True}, HOME, "n"),
    ],
)
def test_a_license_is_not_taken_by_its_lines_to_where_it_may_not_be(says, field, text):
    with pytest.raises(FactRefused, match="is not allowed in R1"):
        amended(says, SCHEDULE, date(2026, 11, 23), bool, field, text)


@pytest.mark.parametrize("premises", ["asdf", "12345", "PO Box 7"])
def test_what_is_no_place_is_said_beside_it_in_an_application_and_in_a_license(premises):
    assert PREMISES in typed(code="TRUCK", premises=premises).faults
    with pytest.raises(FactRefused):
        amended(
            {"license_class": "TRUCK", "premises": "5 ELM ST"}, SCHEDULE, date(2026, 11, 23), bool, PREMISES, premises
        )


def stretches() -> st.SearchStrategy[Stretch]:
    return st.builds(
        lambda first, more, side: Stretch("A", "B ST", first, first + more, "C1", side),
        st.integers(0, 12),
        st.integers(0, 4),
        st.sampled_from(Side),
    )


@given(stretches(), stretches())
def test_two_stretches_meet_where_a_house_is_in_both(one, other):
    houses = [{h for h in range(20) if each.first <= h <= each.last and each.side.has(h)} for each in (one, other)]
    assert one.meets(other) == other.meets(one) == bool(houses[0] & houses[1])
