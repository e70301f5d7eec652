"""What the ledger tells a terminal of its office: what waits for the bank, what is deposited, of which terminal."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient

from countertui.domain.deposit_making import ClosedSession
from countertui.domain.office_said import OfficeSaid, SaidTerminal
from countertui.domain.records import Kind
from countertui.domain.tenders import TenderKind
from countertui.ledger.books import Books
from countertui.ledger.closed_sessions import closed_session
from countertui.ledger.deposits import deposit
from countertui.ledger.ingest import ingest
from countertui.ledger.keys import open_secrets
from countertui.ledger.live import hear_records
from countertui.ledger.office_said import said_of_office
from countertui.ledger.server import app
from countertui.sync.faults import AckRefusedError
from countertui.sync.live import record_lines
from countertui.sync.office_answer import open_office
from ledger import test_money_at_the_bank as at_the_bank
from ledger.at_the_desk import act, new_id
from ledger.calling import call
from ledger.test_posting import items, posted
from ledger.test_reserving import till_at
from ledger.test_terminal_deposits import data_of, puts, takes_back
from ledger.town import DAY, LEDGER, NOW, PASSPHRASE, Till, allocation, line

town = at_the_bank.town


def said(books: Books) -> OfficeSaid:
    with books.reading() as connection:
        return said_of_office(connection, "HALL", NOW)


def of(books: Books, code: str) -> SaidTerminal:
    return next(each for each in said(books).terminals if each.code == code)


def told(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    assert hear_records(books, key, till.identity.terminal, 1, record_lines(till.records), NOW).status == 200


def worked(till: Till, session: str = "S1") -> Till:
    """A check, a voided check, a bag; the drawer stays open."""
    till.open(session)
    part = allocation(None, "100-4410", 50_00)
    till.pay(line(None, part), tenders=[("check", 50_00, "2001")], session=session)
    drawer = till.drawers[session]
    till.record(Kind.DROP, {"drawer": drawer, "bag": "B1", "pieces": [[10_00, 1]], "cents": 10_00}, session=session)
    return till


def closed(till: Till, session: str = "S1") -> Till:
    till.close(190_00, 190_00, {"check": (1, 50_00)}, session=session)  # type: ignore[dict-item]
    return till


@pytest.mark.parametrize("sealed", [False, True])
def test_a_session_is_told_whether_it_is_posted_or_told_live(town: Books, key: Ed25519PrivateKey, sealed: bool) -> None:
    till = worked(till_at(town, key, "T2"))
    (posted if sealed else told)(town, key, till)
    (one,) = of(town, "T2").sessions
    assert (one["drawer"], one["operator"], one["close_seq"]) == ("D1", "ann", None)
    closed(till)
    (posted if sealed else told)(town, key, till)
    there = of(town, "T2")
    (one,) = there.sessions
    assert one["close_seq"] == 4 + sealed
    assert one["batch_no"] == (2 if sealed else None)
    assert [(each["reference"], each["n"], each["cents"]) for each in one["papers"]] == [("2001", 1, 50_00)]
    assert [each["bag"] for each in one["drops"]] == ["B1"]
    assert (there.through, there.dates) == (till.seq, (DAY,))


def test_what_is_deposited_is_told_as_that_and_its_day_stays_heard(town: Books, key: Ed25519PrivateKey) -> None:
    posted(town, key, closed(worked(till_at(town, key, "T2"))))
    more = {"by": "dee", "second": "bo", "biz_date": DAY, "id_": new_id()}
    act(town, key, deposit, "HALL", "BANK-1", [("T2", 1, "S1")], **more)
    there = said(town)
    assert of(town, "T2").sessions == ()
    assert of(town, "T2").dates == (DAY,)
    assert [(each["bag"], [tuple(place) for place in each["sessions"]]) for each in there.by_desk] == [
        ("BANK-1", [("T2", 1, "S1")])
    ]


@pytest.mark.parametrize("sealed", [False, True])
def test_what_is_in_a_deposit_that_was_taken_back_waits_again_before_that_is_posted(
    town: Books, key: Ed25519PrivateKey, sealed: bool
) -> None:
    posted(town, key, closed(worked(till_at(town, key, "T2"))))
    maker = till_at(town, key, "T1")
    session = closed_at(town, "T2", "S1")
    made = puts(maker, data_of(maker, [session], session.cents(TenderKind.CASH)))
    posted(town, key, maker)
    assert (of(town, "T2").sessions, len(of(town, "T1").deposits)) == ((), 1)
    takes_back(maker, made)
    if sealed:
        assert ingest(town, key, maker.seal(), "T1", 1, maker.batch_no, NOW).status == 201
    else:
        told(town, key, maker)
    assert [one["id"] for one in of(town, "T2").sessions] == ["S1"], "or its office's final leaves it out in silence"
    assert of(town, "T1").deposits == ()


def closed_at(books: Books, terminal: str, session: str) -> ClosedSession:
    with books.reading() as connection:
        found = closed_session(connection, terminal, 1, session)
    assert found is not None
    return found


def test_what_is_no_deposit_by_its_form_is_not_believed(town: Books, key: Ed25519PrivateKey) -> None:
    posted(town, key, closed(worked(till_at(town, key, "T2"))))
    other = till_at(town, key, "T3")
    ref = {"terminal": "T2", "epoch": 1, "session": "S1"}
    other.record(Kind.DEPOSIT, {"slip_no": "T3-D1", "bag": "B7", "sessions": [ref]}, session=None)
    told(town, key, other)
    assert of(town, "T3").deposits == ()


def test_only_its_own_office_and_only_from_the_ledgers_key(town: Books, key: Ed25519PrivateKey) -> None:
    here = till_at(town, key, "T1")
    posted(town, key, closed(worked(till_at(town, key, "T2"))))
    posted(town, key, closed(worked(till_at(town, key, "T9", "POOL"))))
    with TestClient(app(town, open_secrets(town.folder, PASSPHRASE), lambda: NOW)) as api:
        data = call(api, here, "GET", "/v1/terminals/T1/epochs/1/office").content
        assert call(api, here, "GET", "/v1/terminals/T2/epochs/1/office").status_code == 403
    answer = open_office(data, key.public_key(), ledger=LEDGER, terminal="T1", epoch=1)
    assert {each.code for each in answer.terminals} == {"T1", "T2"}
    for other in ({"terminal": "T2"}, {"ledger": "OTHER"}):
        with pytest.raises(AckRefusedError):
            open_office(data, key.public_key(), **({"ledger": LEDGER, "terminal": "T1", "epoch": 1} | other))
    stranger = Ed25519PrivateKey.generate().public_key()
    with pytest.raises(AckRefusedError):
        open_office(data, stranger, ledger=LEDGER, terminal="T1", epoch=1)


def test_what_is_no_record_of_a_drawer_is_passed_over(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_at(town, key, "T2")
    till.open("S1")
    till.record(Kind.DROP, {"drawer": 7})
    told(town, key, till)
    (one,) = of(town, "T2").sessions
    assert one["drops"] == []


def test_of_a_day_that_is_not_told_whole_nothing_is_said(
    town: Books, key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("countertui.ledger.office_said._MOST_SESSIONS", 1)
    till = till_at(town, key, "T2")
    for session, day in (("S1", "2026-11-20"), ("S2", DAY)):
        till.open(session, biz_date=day)
        till.close(200_00, 200_00, {}, session=session, biz_date=day)
    posted(town, key, till)
    there = of(town, "T2")
    assert [one["id"] for one in there.sessions] == ["S2"]
    assert there.dates == (DAY,), "the older day's drawer is not told: that day is not heard, and not nothing"


def test_its_open_error_items_are_counted_through_what_is_posted(town: Books, key: Ed25519PrivateKey) -> None:
    till = closed(worked(till_at(town, key, "T2")))
    posted(town, key, till)
    there = of(town, "T2")
    open_ = [row for row in items(town) if row]
    assert (there.posted, there.error_items) == (till.seq, len(open_))
    till.record(Kind.DROP, {"drawer": "D1", "bag": "B1", "pieces": [[10_00, 1]], "cents": 10_00}, session="S1")
    told(town, key, till)
    assert (of(town, "T2").posted, of(town, "T2").error_items) == (till.seq - 1, len(open_))
    posted(town, key, till)
    assert (of(town, "T2").error_items or 0) > len(open_)
