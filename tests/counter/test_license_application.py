"""An application at a real terminal: advice as one types, licenses alike, and what is kept of it until it is filed."""

from __future__ import annotations

import json
from functools import cache

import pytest
import scourgify

from counter_station import at_work, city, close, reopened
from countertui.counter.license_application import Advice, advise, class_meant
from countertui.counter.license_drafts import (
    ApplicationGone,
    applications,
    drop_application,
    keep_application,
    new_application,
    take_application,
)
from countertui.counter.tax_numbers import number_as_written, number_fault
from countertui.documents.postal_addresses import as_posted, street_of
from countertui.domain.business_names import name_words
from countertui.domain.license_application import BUSINESS, CLASS, EIN, HOME, KIND, PREMISES, STARTS, owner_field
from countertui.domain.money import format_cents
from countertui.store.reference import Reference

SSN = owner_field(1, "ssn")


@cache
def a_license() -> tuple[str, str, str]:
    """A license of the city: its number, name and address."""
    reference = Reference(city() / "reference.db")
    try:
        return reference.file.rows("SELECT number, name, address FROM account WHERE kind = 'license' LIMIT 1")[0]  # type: ignore[return-value]
    finally:
        reference.close()


def advice(station, **texts: str) -> Advice:
    return advise(station, texts)


def test_plain_words_find_the_citys_class(station):
    said = advice(station, **{KIND: "taco truck"})
    found = class_meant(said, "taco truck")
    assert found is not None
    assert found.entry.code == "FOODTRUCK"
    assert said.application.missing[0] == KIND


def test_of_several_classes_none_is_guessed(station):
    said = advice(station, **{KIND: "food"})
    assert len(said.classes) > 1
    assert class_meant(said, "food") is None
    assert class_meant(advice(station, **{KIND: "xyzzy"}), "xyzzy") is None


def test_the_fee_as_it_would_be_has_the_citys_rows_and_its_working(station):
    texts = {CLASS: "FOODTRUCK", STARTS: "12/01/2026", HOME: "n", "answer.employees": "3"}
    fee = advise(station, texts).fee
    assert fee is not None
    assert not fee.whole
    assert (fee.term.begins.isoformat(), fee.term.ends.isoformat()) == ("2026-01-01", "2026-12-31")
    assert fee.due.isoformat() == "2026-12-01"
    # 15.00 to process, half of 60.00 and of 2 x 6.00 as of December, 85.00 to inspect, 4.00 for the state.
    assert format_cents(fee.determination.total) == format_cents(15_00 + 30_00 + 6_00 + 85_00 + 4_00)
    assert fee.determination.total == sum(int(step.cents) for line in fee.determination.lines for step in line.working)


def test_who_started_years_ago_applies_for_this_year(station):
    fee = advise(station, {CLASS: "GENERAL", STARTS: "03/01/2020", HOME: "n"}).fee
    assert fee is not None
    assert fee.term.begins.isoformat() == "2026-01-01"
    assert fee.due.isoformat() == "2026-11-23"


def test_a_license_of_that_name_or_at_that_address_is_told(station):
    number, name, address = a_license()
    assert [one.number for one in advice(station, **{BUSINESS: f"The {name.upper()}, L.L.C."}).alike][:1] == [number]
    both = advice(station, **{BUSINESS: name, PREMISES: as_posted(address)}).alike[0]
    assert (both.number, both.why) == (number, "same name and address")
    assert number in [one.number for one in advice(station, **{PREMISES: address}).alike]
    assert advice(station, **{BUSINESS: "Zyxomma Quux"}).alike == ()


def test_names_that_begin_as_typed_come_first(station):
    _, name, _ = a_license()
    first = advice(station, **{BUSINESS: name.split()[0]}).alike[0]
    assert (first.why, first.name.split()[0]) == ("begins so", name.split()[0])


def test_a_name_spelled_nearly_so_is_told(station):
    number, name, _ = a_license()
    word = max(name_words(name), key=len)
    at = len(word) // 2
    misspelled = name.casefold().replace(word, word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    (*_, one) = [each for each in advice(station, **{BUSINESS: misspelled}).alike if each.number == number]
    assert one.why == "a name spelled nearly so"


def test_numbers_are_checked_and_no_word_repeats_them(station):
    for name, typed, words in (
        (SSN, "123-45", "5 of 9 digits"),
        (SSN, "666-12-1234", "no Social Security number is like that"),
        (EIN, "00-1234567", "no EIN begins so"),
        (EIN, "1234567890", "nine digits, like 12-3456789"),
        (SSN, "12345678a", "8 of 9 digits"),
    ):
        fault = number_fault(name, typed)
        assert fault is not None
        assert fault.words == words
        said = advise(station, {name: typed})
        assert fault == said.application.faults[name]
        assert typed not in repr(said), "what a crash file may hold"
    assert number_fault(SSN, " ") is None
    assert number_as_written(SSN, " 123456789") == "123-45-6789"
    assert number_as_written(EIN, "123456789") == "12-3456789"


def test_addresses_are_written_as_the_post_does():
    assert (
        as_posted("123 North Main Street, Suite 4, Alder Ford, WA 98001") == "123 N MAIN ST STE 4, ALDER FORD WA 98001"
    )
    assert street_of("123 north main st ste 4") == street_of("123 North Main Street, Suite 4, Alder Ford")
    for kept in ("Corner of 5th and Elm, Alder Ford", "behind the mall", "12", "", "PO Box 12, Alder Ford"):
        assert as_posted(f" {kept}  ") == kept


def test_an_address_of_which_the_library_would_drop_a_number_stays_as_typed(monkeypatch):
    monkeypatch.setattr(
        scourgify,
        "normalize_address_record",
        lambda _: {"address_line_1": "77 ELM ST", "address_line_2": "", "city": "X", "state": "WA", "postal_code": ""},
    )
    assert as_posted("77 Elm Street Unit 9, X, WA") == "77 Elm Street Unit 9, X, WA"
    assert as_posted("77 Elm Street, X, WA") == "77 ELM ST, X WA"


def test_what_is_typed_is_kept_listed_and_gone_on_with_by_anybody(station):
    ana, _ = at_work(station)
    id_ = new_application(station)
    keep_application(station, ana, id_, {KIND: "taco truck"})
    keep_application(
        station, ana, id_, {KIND: "taco truck", BUSINESS: "Rosa's Tacos", CLASS: "FOODTRUCK", SSN: "123-45"}
    )
    (saved,) = applications(station)
    assert (saved.business, saved.license_class, saved.operator, saved.expired) == (
        "Rosa's Tacos",
        "FOODTRUCK",
        ana.id,
        False,
    )
    again = reopened(station)
    texts = take_application(again, ana, id_).texts
    close(again)
    assert texts == {KIND: "taco truck", BUSINESS: "Rosa's Tacos", CLASS: "FOODTRUCK", SSN: "123-45"}


def test_no_number_of_a_person_lies_open_in_the_store(station):
    ana, _ = at_work(station)
    id_ = new_application(station)
    keep_application(station, ana, id_, {EIN: "12-3456789", SSN: "123-45-6789", BUSINESS: "4111 1111 1"})
    (row,) = station.db.execute("SELECT body FROM draft").fetchall()
    body = json.loads(row[0])
    assert "6789" not in row[0]
    assert body["texts"] == {}
    assert set(body["locked"]) == {EIN, SSN}
    assert take_application(station, ana, id_).texts == {EIN: "12-3456789", SSN: "123-45-6789"}
    keep_application(station, ana, id_, {SSN: "123-45"})
    (row,) = station.db.execute("SELECT body FROM draft").fetchall()
    assert "123-45" not in row[0], "nor half of one"


def test_a_number_that_was_altered_is_told_and_keeps_nothing_else_from_being_gone_on_with(station):
    ana, _ = at_work(station)
    id_ = new_application(station)
    keep_application(station, ana, id_, {BUSINESS: "Rosa's Tacos", SSN: "123-45-6789"})
    (row,) = station.db.execute("SELECT body FROM draft").fetchall()
    body = json.loads(row[0])
    body["locked"][SSN] = "00" * 60
    station.store.write_working(lambda db: db.execute("UPDATE draft SET body = ?", (json.dumps(body),)))
    taken = take_application(station, ana, id_)
    assert (taken.texts, taken.lost) == ({BUSINESS: "Rosa's Tacos"}, (SSN,))


def test_what_is_emptied_or_dropped_is_gone_and_an_old_one_is_forgotten(station):
    ana, _ = at_work(station)
    id_ = new_application(station)
    keep_application(station, ana, id_, {KIND: "taco truck"})
    keep_application(station, ana, id_, {KIND: ""})
    assert applications(station) == []
    keep_application(station, ana, id_, {KIND: "taco truck"})
    drop_application(station, id_)
    with pytest.raises(ApplicationGone):
        take_application(station, ana, id_)
    keep_application(station, ana, id_, {KIND: "taco truck"})
    station.clock.set("2026-12-24T09:00:00")
    assert [one.expired for one in applications(station)] == [True]
    station.clock.set("2027-01-24T09:00:00")
    new_application(station)
    assert applications(station) == []
