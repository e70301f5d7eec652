"""Drawers, bags and sessions asked for before they are used: one terminal at a time, and none kept by asking alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient
from sqlalchemy import func, insert, select

from countertui.domain.records import Kind
from countertui.domain.reservations import Reserving, TakenElsewhere, Thing, Wanted, session_name
from countertui.ledger import tables
from countertui.ledger.after_restore import await_terminals
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.keys import open_secrets
from countertui.ledger.live import hear_records
from countertui.ledger.reserving import TakenElsewhereError, reserve
from countertui.ledger.server import app
from countertui.sync.faults import LedgerUnreachableError
from countertui.sync.live import record_lines
from countertui.sync.office_answer import open_office
from countertui.sync.reservation import ask_ledger, asked
from countertui.sync.transport import LedgerClient
from ledger.calling import call
from ledger.town import DAY, NOW, PASSPHRASE, Till, allocation, line
from on_loopback import served

LATER = "2026-11-23T18:30:00+00:00"
NEXT_DAY = "2026-11-24T06:30:00+00:00"
COPIES = line(None, allocation(None, "100-4410", 25))


def till_at(books: Books, key: Ed25519PrivateKey, code: str, office: str = "HALL") -> Till:
    till = Till(books, code)
    register_terminal(books, key, code, office, 1, till.identity.public_key, now=NOW)
    return till


@pytest.fixture
def here(books: Books, key: Ed25519PrivateKey) -> Till:
    return till_at(books, key, "T1")


@pytest.fixture
def there(books: Books, key: Ed25519PrivateKey) -> Till:
    return till_at(books, key, "T2")


def wanted(thing: Thing, name: str, by: str = "S1", after_seq: int = 0, anyway: str = "") -> Reserving:
    return Reserving((Wanted(thing, name),), by, "ann", DAY, after_seq, anyway)


def asks(books: Books, till: Till, want: Reserving, now: str = NOW) -> str:
    """What is refused, or nothing."""
    try:
        reserve(books, till.identity.terminal, 1, want, now)
    except TakenElsewhereError as taken:
        return f"{taken.happened} {taken.press}"
    return ""


def told(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    """What the till recorded since its last batch, as an online terminal tells it."""
    assert hear_records(books, key, till.identity.terminal, 1, record_lines(till.records), NOW).status == 200


def sealed(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    assert ingest(books, key, till.seal(), till.identity.terminal, 1, till.batch_no, NOW).status == 201


DRAWER = wanted(Thing.DRAWER, "D1")


def test_two_ask_for_one_drawer_and_the_second_hears_who_has_it(books: Books, here: Till, there: Till) -> None:
    assert asks(books, there, DRAWER) == ""
    assert asks(books, there, DRAWER) == "", "asked again, it is the same"
    assert "T2 is about to use drawer D1, for ann." in asks(books, here, wanted(Thing.DRAWER, "D1", "S9"))
    assert asks(books, here, wanted(Thing.DRAWER, "D2", "S9")) == ""


@pytest.mark.parametrize("way", [told, sealed])
def test_a_drawer_that_is_open_there_is_refused_until_it_is_closed(
    books: Books, key: Ed25519PrivateKey, here: Till, there: Till, way: Any
) -> None:
    asks(books, there, DRAWER)
    there.open("S1")
    way(books, key, there)
    refused = asks(books, here, wanted(Thing.DRAWER, "D1", "S9"), NEXT_DAY)
    assert "Drawer D1 is open at T2 under ann." in refused, "a day later too: its record came"
    assert "Choose another drawer" in refused
    assert asks(books, here, wanted(Thing.DRAWER, "D1", "S9", anyway="bo")) == "", "a lead saw that it is here"
    there.close(200_00, 200_00, {})
    way(books, key, there)
    assert asks(books, here, wanted(Thing.DRAWER, "D1", "S8")) == ""


def test_what_never_became_a_record_ends_by_silence_or_by_records_without_it(
    books: Books, key: Ed25519PrivateKey, here: Till, there: Till
) -> None:
    asks(books, there, DRAWER)
    assert asks(books, here, wanted(Thing.DRAWER, "D1", "S9"), LATER)
    assert asks(books, here, wanted(Thing.DRAWER, "D1", "S9"), NEXT_DAY) == ""
    asks(books, there, wanted(Thing.DRAWER, "D3", "S3"))
    there.open("S2")
    for _ in range(30):
        there.pay(COPIES, session="S2")
    told(books, key, there)
    assert asks(books, here, wanted(Thing.DRAWER, "D3", "S9")) == "", "30 records came, and not that one"


def test_asking_again_makes_it_no_longer(books: Books, here: Till, there: Till) -> None:
    asks(books, there, DRAWER)
    asks(books, there, wanted(Thing.DRAWER, "D1", "S2", after_seq=500), "2026-11-24T05:59:00+00:00")
    assert asks(books, here, wanted(Thing.DRAWER, "D1", "S9"), NEXT_DAY) == ""


def test_a_terminal_keeps_no_more_than_anybody_needs(
    books: Books, there: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("countertui.ledger.reserving._MOST_WAITING", 5)
    for n in range(4):
        things = tuple(Wanted(Thing.BAG, f"B{n}-{each}") for each in range(5))
        reserve(books, "T2", 1, Reserving(things, f"id-{n}", "ann", DAY, 0), NOW)
    with books.reading() as connection:
        kept = connection.execute(select(func.count()).select_from(tables.reserved)).scalar()
    assert kept == 10, "those of the last, and as many of before"


@pytest.mark.parametrize("way", [told, sealed])
def test_a_bag_used_at_another_terminal_is_refused(
    books: Books, key: Ed25519PrivateKey, here: Till, there: Till, way: Any
) -> None:
    there.open("S1")
    there.record(Kind.DROP, {"drawer": "D1", "bag": "B1", "pieces": [[10_00, 1]], "cents": 10_00})
    way(books, key, there)
    assert "Bag B1 was used before, at T2." in asks(books, here, wanted(Thing.BAG, "B1"))
    assert asks(books, here, wanted(Thing.BAG, "B2")) == ""
    assert "about to use bag B2" in asks(books, there, wanted(Thing.BAG, "B2", "other"))


def test_a_session_in_a_deposit_is_refused(books: Books, here: Till, there: Till) -> None:
    name = session_name("T2", 1, "S1")
    with books.writing() as connection:
        connection.execute(insert(tables.deposited).values(terminal="T2", epoch=1, session="S1", seq=1))
    assert "A session of T2 is in a deposit of the ledger's books already." in asks(
        books, here, wanted(Thing.SESSION, name)
    )
    assert asks(books, here, wanted(Thing.SESSION, session_name("T2", 1, "S2"))) == ""
    assert "T1 is about to use session T2/1/S2" in asks(books, there, wanted(Thing.SESSION, "T2/1/S2", "deposit"))


@pytest.mark.parametrize("maker", ["T1", "T2"])
def test_what_its_terminal_took_back_is_free_before_that_is_posted(
    books: Books, key: Ed25519PrivateKey, here: Till, there: Till, maker: str
) -> None:
    name, till = session_name("T2", 1, "S1"), {"T1": here, "T2": there}[maker]
    till.record(Kind.DEPOSIT_COUNT, {"sessions": [], "found": [], "pieces": [], "cents": 0}, session=None)
    sealed(books, key, till)
    with books.writing() as connection:
        connection.execute(insert(tables.deposited).values(terminal="T2", epoch=1, session="S1", seq=7))
        made = {"no": 7, "terminal": maker, "epoch": 1, "seq": 1, "slip_no": f"{maker}-D1", "office": "HALL"}
        made |= {
            "account": "100-1010",
            "bag": "B1",
            "biz_date": DAY,
            "total_cents": 1,
            "stage": "interim",
            "state": "deposited",
        }
        connection.execute(insert(tables.deposit).values(made))
    if maker == "T2":
        assert "A session of T2 is in a deposit" in asks(books, here, wanted(Thing.SESSION, name))
    said = {"seq": 1, "h": "ab", "slip_no": f"{maker}-D1", "bag": "B1"}
    till.record(Kind.DEPOSIT_TAKEN_BACK, {"deposit": said, "reason": "wrong bag"}, session=None)
    told(books, key, till)
    assert asks(books, here, wanted(Thing.SESSION, name)) == ""


def test_a_record_told_live_that_says_anything_keeps_nobody_from_asking(
    books: Books, key: Ed25519PrivateKey, here: Till, there: Till
) -> None:
    for strange in ({"session": []}, {"operator": {}}, {"data": []}, {"id": 7}):
        there.record(Kind.OPEN, {"drawer": "D9"}, **strange)  # type: ignore[arg-type]
    there.record(Kind.DROP, {"bag": ["B1"]})
    there.record(Kind.DEPOSIT, {"bag": {}, "sessions": [1, {"terminal": []}]})
    there.record(Kind.LOGIN, {}, kind=[])
    told(books, key, there)
    for thing, name in ((Thing.DRAWER, "D1"), (Thing.BAG, "B1"), (Thing.SESSION, "T2/1/S1")):
        assert asks(books, here, wanted(thing, name, f"for {name}")) == ""


def test_all_or_nothing(books: Books, here: Till, there: Till) -> None:
    asks(books, there, wanted(Thing.BAG, "B1"))
    both = (Wanted(Thing.BAG, "B2"), Wanted(Thing.BAG, "B1"))
    assert asks(books, here, Reserving(both, "id", "ann", DAY, 0))
    assert asks(books, there, wanted(Thing.BAG, "B2")) == "", "nothing was kept for who was refused"


def test_a_restored_ledger_refuses_nothing_by_what_its_backup_says_of_terminals_not_heard_yet(
    books: Books, key: Ed25519PrivateKey, here: Till, there: Till
) -> None:
    there.open("S1")
    sealed(books, key, there)
    asks(books, there, wanted(Thing.DRAWER, "D2", "S2"))
    with books.writing() as connection:
        await_terminals(connection)
    assert asks(books, here, DRAWER) == ""
    assert asks(books, here, wanted(Thing.DRAWER, "D2", "S9")) == ""
    assert fsck(books).differences == ()


def test_by_http_only_for_oneself_and_in_one_form(
    books: Books, key: Ed25519PrivateKey, here: Till, there: Till
) -> None:
    with TestClient(app(books, open_secrets(books.folder, PASSPHRASE), lambda: NOW)) as api:
        path = "/v1/terminals/T1/epochs/1/reservations"
        assert call(api, here, "POST", path, asked(DRAWER)).json() == {"granted": True}
        other = call(api, there, "POST", "/v1/terminals/T2/epochs/1/reservations", asked(DRAWER))
        assert (other.status_code, set(other.json())) == (409, {"reason", "safe", "press"})
        assert call(api, there, "POST", path, asked(DRAWER)).status_code == 403
        said = json.loads(asked(DRAWER))
        for change in ({"things": []}, {"by": ""}, {"biz_date": "today"}, {"more": 1}, {"things": [{"thing": "safe"}]}):
            body = json.dumps(said | change, sort_keys=True, separators=(",", ":")).encode()
            assert call(api, here, "POST", path, body).status_code == 422
        for thing, name in (("bag", "--"), ("session", "T1"), ("session", "T1/x/S1")):
            body = json.dumps(said | {"things": [{"name": name, "thing": thing}]}, separators=(",", ":")).encode()
            assert call(api, here, "POST", path, body).status_code == 422


def test_terminals_ask_over_http_and_hear_what_the_ledger_has(
    books: Books, key: Ed25519PrivateKey, here: Till, there: Till
) -> None:
    with served(app(books, open_secrets(books.folder, PASSPHRASE), lambda: NOW)) as url:
        clients = [client_of(url, till) for till in (here, there)]
        ask_ledger(clients[1], there.recorder, DRAWER, 5.0)
        with pytest.raises(TakenElsewhere, match="T2 is about to use drawer D1, for ann") as refused:
            ask_ledger(clients[0], here.recorder, wanted(Thing.DRAWER, "D1", "S9"), 5.0)
        assert refused.value.press == "Ask there; if nothing came of it, try again later."
        there.open("S1")
        told(books, key, there)
        data = clients[0].get_office("T1", 1)
        assert data is not None
        said = open_office(data, key.public_key(), ledger=books.ledger, terminal="T1", epoch=1)
        assert [(each.code, [one["drawer"] for one in each.sessions]) for each in said.terminals] == [
            ("T1", []),
            ("T2", ["D1"]),
        ]
        for client in clients:
            client.close()
    with pytest.raises(LedgerUnreachableError):
        ask_ledger(client_of(url, here), here.recorder, DRAWER, 1.0)


def client_of(url: str, till: Till) -> LedgerClient:
    client = LedgerClient(url)
    client.sign_as(till.recorder)
    return client
