"""Unlicensed businesses are found among a city's licenses, spelled otherwise or not; what was put aside stays away."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random

import pytest

from countertui.domain.business_names import name_words
from countertui.ledger.leads import Business, leads

LICENSED = [
    Business("L-1", "The Smith & Sons Co., L.L.C.", "12 MAIN ST"),
    Business("L-2", "Pacific Coffee Roasters Inc", "90 ELM ST"),
    Business("L-3", "Joe's Garage", "4 OAK AVE"),
]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("The Smith & Sons Co., L.L.C.", "smith n sons"),
        ("SMITH AND SONS", "smith n sons"),
        ("Café Olé, Inc.", "cafe ole"),
        ("Joe's Garage", "joes garage"),
        ("THE COMPANY", "the company"),
        ("", ""),
    ],
)
def test_legal_forms_and_signs_don_t_tell_businesses_apart(name: str, words: str) -> None:
    assert " ".join(name_words(name)) == words


@pytest.mark.parametrize(
    "same",
    [
        Business("S", "SMITH AND SONS LLC", ""),
        Business("S", "Pacfic Coffee Roasters", "1 NOWHERE RD"),
        Business("S", "Coffee Roasters Pacific", ""),
        Business("S", "Joes Garage and Tires", "4 oak  ave"),
    ],
)
def test_a_business_that_is_licensed_under_a_like_name_is_no_lead(same: Business) -> None:
    assert leads([same], LICENSED, frozenset()) == []


def test_a_lead_says_what_was_nearest_and_the_strangest_comes_first() -> None:
    found = [Business("S-1", "Harbor Bakery", "90 ELM ST"), Business("S-2", "Zebra Tattoo", "7 NEW RD")]
    first, second = leads(found, LICENSED, frozenset())
    assert (first.business.key, first.nearest) == ("S-2", None)
    assert first.evidence == ("no license has a name like it", "no license at 7 NEW RD")
    assert second.business.key == "S-1"
    assert second.evidence == (
        f"nearest: L-2 Pacific Coffee Roasters Inc, {second.alike}% alike",
        "at 90 ELM ST: L-2 Pacific Coffee Roasters Inc",
    )


def test_what_was_put_aside_never_comes_back_however_it_is_spelled_or_keyed() -> None:
    (lead,) = leads([Business("S-2", "Zebra Tattoo, LLC", "7 New Rd")], LICENSED, frozenset())
    again = [Business("OTHER", "ZEBRA TATTOO", "7 NEW RD"), Business("MORE", "Zebra Tattoo Inc.", "7 new rd")]
    assert leads(again, LICENSED, {lead.business.known_by}) == []
    assert len(leads(again, LICENSED, frozenset())) == 1, "a business that stands twice is one lead"


def test_of_a_real_city_s_licenses_few_false_leads_come(shared_data: Path) -> None:
    """One thousand licenses are taken away; a list has them and two thousand others, misspelled and without forms."""
    file = shared_data / "business_licenses" / "scottsdale_az_business_licences_ODbL.csv"
    with file.open(encoding="utf-8", errors="replace") as rows:
        known = {row["BusinessName"]: row for row in csv.DictReader(rows) if row["BusinessName"]}
    chance = Random(1)
    every = [Business(row["LicenseNumber"], name, row["ServiceStreet"] or "") for name, row in known.items()]
    chance.shuffle(every)
    away, licensed = every[:1_000], every[1_000:]
    found = [_misspelled(business, chance) for business in (*licensed[:2_000], *away)]
    keys = {business.key for business in away}
    got = leads(found, licensed, frozenset())
    true = sum(lead.business.key in keys for lead in got)
    assert true > 750
    assert len(got) - true < 2_000 * 2 // 100


def _misspelled(business: Business, chance: Random) -> Business:
    name, at = business.name.removesuffix(" LLC").removesuffix(" INC"), chance.randrange(len(business.name))
    if chance.random() < 0.4 and len(name) > 6:
        name = name[:at] + name[at + 1 :]
    return Business(business.key, name.title(), business.address if chance.random() < 0.8 else "")
