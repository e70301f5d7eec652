"""A license of last year is renewed late by mail, with a penalty: the run at the ledger, the notice, the payment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from pypdfium2 import PdfDocument

from cli_city import City, Said
from counter.licensing import TACOS
from counter_station import FUND, PINS, at_work, check, last, on, pay_on
from countertui.assembly import WayToLedger, open_for_command
from countertui.bootstrap import close_station
from countertui.counter.cart import new_cart
from countertui.counter.find import open_account
from countertui.counter.licenses import act, file_license, license_here
from countertui.counter.open_drawer import open_drawer
from countertui.counter.remittances import close_remittance, open_remittance, running
from countertui.counter.scans import recognise
from countertui.counter.station import Station
from countertui.counter.take_payment import take_payment
from countertui.demo.passphrase import PASSPHRASE
from countertui.domain.license_acts import TermData
from countertui.domain.license_states import State, Step
from countertui.domain.license_term_charges import charge_id
from countertui.domain.remittances import Origin

WINDOW = ("--from", "2026-12-01", "--to", "2026-12-31")
ANSWERS = {"employees": 1_00, "gross_receipts": 40_000_00}
SAYS = {**TACOS, "license_class": "RETAIL", "mailing": "9 Oak St, Alder Falls, CO 80121", "reviews": {}}


def signed(*people: str) -> str:
    return "".join(f"{person}\n{PINS[person]}\n" for person in people)


def fine(said: Said) -> Said:
    assert said.status == 0, said.err
    return said


@contextmanager
def at_the_counter(city: City) -> Iterator[Station]:
    station = open_for_command(city.folder, PASSPHRASE, WayToLedger(city.folder, lambda _child: None))
    try:
        yield station
    finally:
        close_station(station)


def sent(city: City) -> None:
    fine(city.run("batch", "seal", stdin=signed("tess")))
    fine(city.run("sync", "--once"))


def term(number: str) -> TermData:
    charge = {"id": charge_id(number, "2026-07-01", "BASE"), "head": "license", "gl": "100-4210", "cents": 60_00}
    charge |= {"description": "Business license", "ordinance": "AFMC 5.04.060", "working": [["flat", "6000"]]}
    return TermData(begins="2026-07-01", ends="2026-12-31", due="2026-12-01", charges=[charge])  # type: ignore[list-item]


def issued(city: City) -> str:
    """A license of last year; gives its number."""
    with at_the_counter(city) as station:
        person, session = at_work(station, "ben", "D2")
        asked = {question.code: False for question in schedule(station)} | ANSWERS
        license_ = file_license(station, person, session, SAYS | {"answers": asked, "starts": "2020-01-01"})
        lead = on(station, "lena")
        license_ = act(station, lead, None, license_, Step.APPROVE)
        license_ = act(station, lead, None, license_, Step.ASSESS, term=term(license_.number))
        pay_on(station, session, license_.number, 60_00)
        assert act(station, person, session, license_, Step.ISSUE).expires_on == date(2026, 12, 31)
    return license_.number


def schedule(station: Station) -> tuple[object, ...]:
    from countertui.counter.license_schedule import schedule_on

    return schedule_on(station, date(2027, 1, 1)).asked_of("RETAIL")


def test_a_license_of_last_year_is_renewed_late_by_mail(demo_city: City, tmp_path: Path) -> None:
    city = demo_city.copy(tmp_path / "city")
    number = issued(city)
    sent(city)
    notices = ("license", "notices", *WINDOW, "--json")
    seen = fine(city.run(*notices)).json
    assert (seen["renewals"], seen["to_assess"], seen["assessed"]) == (1, 1, 0)
    why = [each["reason"].split(" ")[0] for each in seen["exceptions"]]
    assert {*why} == {"not", "assessed"}, "not stated, or assessed by the demo's own run"
    out = tmp_path / "mail"
    more = ("--assess", "--out", str(out), "--on", "2026-11-30")
    assert city.run(*notices, *more, stdin=signed("tess", "tess")).status == 1
    done = fine(city.run(*notices, *more, stdin=signed("tess", "omar"))).json
    assert (done["assessed"], done["notices"]) == (1, 1)
    papers = {path.name: path.read_bytes() for path in out.iterdir()}
    assert papers.keys() == {"notices.pdf", "labels.pdf", "exceptions.csv"}
    text = PdfDocument(papers["notices.pdf"])[0].get_textpage().get_text_range()
    assert number in text
    again = fine(city.run(*notices, *more, stdin=signed("tess", "omar"))).json
    assert (again["assessed"], again["notices"]) == (0, 1)
    assert papers == {path.name: path.read_bytes() for path in out.iterdir()}
    fine(city.run("ledger", "publish"))
    fine(city.run("sync", "--once"))
    paid_late(city, number, done["cents"])
    sent(city)
    assert fine(city.run("ledger", "fsck", "--json")).json["differences"] == []
    assert fine(city.run("ledger", "items", "--json")).json == []
    assert fine(city.run(*notices)).json["renewals"] == 0
    nobody = fine(city.run(*notices[:-1], "--out", str(tmp_path / "nobody")))
    assert "There is nobody to write to" in nobody.out + nobody.err
    assert [path.name for path in (tmp_path / "nobody").iterdir()] == ["exceptions.csv"]


def paid_late(city: City, number: str, cents: int) -> None:
    """Its envelope is opened on March 10th; the postmark says February 3rd: one month late, not two."""
    with at_the_counter(city) as station:
        rosa = on(station, "rosa")
        session = open_drawer(station, rosa, "D1", date(2027, 3, 10), FUND, on(station, "lena"))
        scanned = recognise(station, number)
        assert scanned is not None
        late = {mark: open_account(station, scanned.key, "rosa", mark).raised[0].cents for mark in ("", "2027-02-03")}
        assert late[""] == 2 * late["2027-02-03"] > 0
        line = open_account(station, number, "rosa", "2027-02-03")
        assert line.amount == cents + late["2027-02-03"]
        batch = open_remittance(station, session, Origin.MAIL, "1", line.amount)
        cart = replace(
            new_cart(station), lines=(line,), remittance=batch.batch.id, postmarked="2027-02-03", payor="Ana"
        )
        take_payment(station, session, cart, [check(line.amount, "1041")])
        assert last(station)["data"]["postmarked"] == "2027-02-03"
        found = running(station, session)
        assert found is not None
        close_remittance(station, session, found.batch)
        renewed = license_here(station, station.db, number, date(2027, 3, 10))
        assert renewed is not None
        assert (renewed.state, renewed.expires_on) == (State.ISSUED, date(2027, 12, 31))
