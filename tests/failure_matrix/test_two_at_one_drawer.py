"""Two terminals of one office at one drawer, one bag, one session: online refused before, offline told after."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from counter.test_deposits import INTERIM, everything, held
from counter_station import FUND, TODAY, at_work, check, close, fee, last, new_folder, on, open_station, pay, run_here
from countertui.counter.ask_office import ask_office
from countertui.counter.deposit_view import Chosen
from countertui.counter.deposits import Signing, count_cash, make_deposit
from countertui.counter.drop_cash import drop_cash
from countertui.counter.keep_in_touch import keep_in_touch
from countertui.counter.office_sessions import closed_sessions
from countertui.counter.open_drawer import DrawerElsewhere, open_drawer
from countertui.counter.reserve_first import WITHIN_S
from countertui.counter.station import Person, Station
from countertui.domain.deposit_making import expected_cash
from countertui.domain.drawers import cash_count
from countertui.domain.reservations import TakenElsewhere
from countertui.ledger.books import Books
from countertui.sync.transport import LedgerClient
from failure_matrix.city_ledger import exchange_of, serving
from office_of_two import close_at, second, town

BAG = cash_count({20_00: 1})


@dataclass(frozen=True)
class Office:
    """T1 and T2 of one office, online, and the ledger's books."""

    here: Station
    there: Station
    books: Books


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    ledger = shutil.copytree(town() / "ledger", tmp_path / "ledger")
    with serving(ledger) as (books, url):
        stations = [open_station(new_folder(tmp_path)), open_station(second(tmp_path))]
        clients = [LedgerClient(url) for _ in stations]
        for station, client in zip(stations, clients, strict=True):
            station.exchange = exchange_of(station, client)
        yield Office(stations[0], stations[1], books)
        for station, client in zip(stations, clients, strict=True):
            client.close()
            close(station)


def told(station: Station) -> None:
    assert keep_in_touch(station, run_here(station))


def test_a_drawer_that_another_terminal_has_is_refused_before_it_is_opened(office: Office) -> None:
    ben, session = at_work(office.there, "ben", "D2")
    told(office.there)
    rosa = on(office.here, "rosa")
    with pytest.raises(DrawerElsewhere, match="Drawer D2 is open at T2 under ben") as refused:
        open_drawer(office.here, rosa, "D2", TODAY, FUND)
    assert "Choose another drawer" in refused.value.press
    assert last(office.here)["kind"] == "login"
    close_at(office.there, ben, session)
    told(office.there)
    assert open_drawer(office.here, rosa, "D2", TODAY, FUND).drawer == "D2"


def test_a_lead_who_sees_that_it_is_free_lets_it_be_opened_and_the_record_says_so(office: Office) -> None:
    at_work(office.there, "ben", "D2")
    told(office.there)
    rosa, lena = on(office.here, "rosa"), on(office.here, "lena")
    open_drawer(office.here, rosa, "D2", TODAY, FUND, lena)
    assert last(office.here)["approver"] == "lena"
    assert last(office.here)["data"]["reason"] == "Drawer D2 is open at T2 under ben"


def test_a_bag_that_another_terminal_filled_is_refused_before_it_is_filled(office: Office) -> None:
    ben, session = at_work(office.there, "ben", "D2")
    pay(office.there, session)
    drop_cash(office.there, ben, session, "bag 7", BAG)
    rosa, own = at_work(office.here, "rosa", "D1")
    pay(office.here, own)
    with pytest.raises(TakenElsewhere, match="T2 is about to use bag BAG7"):
        drop_cash(office.here, rosa, own, "BAG 7", BAG)
    told(office.there)
    with pytest.raises(TakenElsewhere, match="Bag BAG7 was used before, at T2"):
        drop_cash(office.here, rosa, own, "BAG 7", BAG)
    drop_cash(office.here, rosa, own, "BAG 8", BAG)


def test_an_office_without_a_network_opens_its_drawer_and_nobody_waits(tmp_path: Path) -> None:
    """Somebody listens at the ledger's address and never answers."""
    station = open_station(new_folder(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = LedgerClient(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_s=30)
        station.exchange = exchange_of(station, client)
        rosa = on(station, "rosa")
        begun = time.monotonic()
        assert open_drawer(station, rosa, "D1", TODAY, FUND).drawer == "D1"
        assert time.monotonic() - begun < 5 * WITHIN_S
    close(station)


def test_a_ledger_that_was_not_reached_is_not_asked(tmp_path: Path) -> None:
    station = open_station(new_folder(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = LedgerClient(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_s=30)
        station.exchange = exchange_of(station, client)
        station.touch = replace(station.touch, wait_ms=1_000)
        at_work(station)
        silent.settimeout(0)
        with pytest.raises(BlockingIOError):
            silent.accept()
    close(station)
    assert WITHIN_S <= 1


def test_the_ledger_says_what_the_others_drawers_hold_and_what_is_deposited(office: Office) -> None:
    ben, session = at_work(office.there, "ben", "D2")
    pay(office.there, session, tenders=[check(fee(office.there).amount, "2001")])
    told(office.there)
    assert ask_office(office.here, run_here(office.here))
    assert [(one.terminal, one.drawer) for one in closed_sessions(office.here).open] == [("T2", "D2")]
    close_at(office.there, ben, session)
    told(office.there)
    assert ask_office(office.here, run_here(office.here))
    found = closed_sessions(office.here)
    assert found.sessions == closed_sessions(office.there).sessions
    assert (found.open, found.not_heard) == ((), ())
    tess, lena = on(office.there, "tess"), on(office.there, "lena")
    chosen = deposit_of(office.there, tess)
    make_deposit(office.there, tess, lena, chosen, held(office.there), Signing("B9", INTERIM))
    told(office.there)
    ask_office(office.here, run_here(office.here))
    assert closed_sessions(office.here).sessions == ()
    assert closed_sessions(office.here).not_heard == (), "it was heard: what it had is at the bank"


def test_one_session_is_not_deposited_at_two_terminals(office: Office) -> None:
    ben, session = at_work(office.there, "ben", "D2")
    pay(office.there, session)
    close_at(office.there, ben, session)
    told(office.there)
    ask_office(office.here, run_here(office.here))
    people = [(each, on(each, "tess"), on(each, "lena")) for each in (office.there, office.here)]
    chosen = [deposit_of(each, tess) for each, tess, _ in people]
    make_deposit(*people[0], chosen[0], held(office.there), Signing("B8", INTERIM))
    told(office.there)
    with pytest.raises(TakenElsewhere, match="A session of T2 is in deposit T2-D1 of T2 already"):
        make_deposit(*people[1], chosen[1], held(office.here), Signing("B9", INTERIM))


def deposit_of(station: Station, person: Person) -> Chosen:
    """All that waits, its cash counted to the cent."""
    chosen = everything(station)
    cash = expected_cash(closed_sessions(station).sessions, ())
    count_cash(station, person, chosen, cash_count({100: cash // 100, 1: cash % 100}))
    return chosen
