"""The ledger's desk over real HTTP: who may look in, for how long; an act is done once, by PINs given for it alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select

from countertui.counter import ledger_desk
from countertui.counter.ledger_desk import (
    AnswerLost,
    Credential,
    DeskRefused,
    LedgerOffline,
    LockedThere,
    SignedOut,
    WrongPinThere,
)
from countertui.domain.city import rules_to_json
from countertui.domain.desk_records import DeskKind
from countertui.domain.rights import Act, Role
from countertui.forms import Form
from countertui.ledger import desk_http, tables
from countertui.ledger.batch_states import step
from countertui.ledger.books import Books
from countertui.ledger.correction_targets import ToGl
from countertui.ledger.corrections import Who, correct_item
from countertui.ledger.desk import Ground
from countertui.ledger.desk_calls import Caller, DeskAct
from countertui.ledger.ingest import ingest
from countertui.sync.desk_wire import sealed_request
from ledger.at_the_desk import new_id, rules_are
from ledger.calling import call, signed
from ledger.desk_line import PINS, Line, desk_line, people_are_known
from ledger.engine import Engine, Town
from ledger.town import NOW, RULES, Till, allocation, ledger_key, line


@pytest.fixture(scope="session")
def town(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Town:
    return Town(engine, tmp_path_factory.mktemp("staffed") / "ledger", prepare=people_are_known)


@pytest.fixture
def at(books: Books) -> Iterator[Line]:
    with desk_line(books) as opened:
        yield opened


class _Batch(Form, frozen=True):
    no: int


def _release(ground: Ground, args: _Batch, by: str, second: str, id_: str) -> Mapping[str, Any]:
    made = step(ground, DeskKind.BATCH_RELEASE, "T1", 1, args.no, by=by, reason="looked at", id_=id_)
    return {"seq": made.seq}


class _Item(Form, frozen=True):
    item: int


def _close_item(ground: Ground, args: _Item, by: str, second: str, id_: str) -> Mapping[str, Any]:
    made = correct_item(ground, args.item, ToGl("100-4410"), Who(by, second, "looked at", ground.now[:10], id_))
    return {"seq": made.seq}


@pytest.fixture
def acts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(desk_http.ACTS, "test.release", DeskAct(Act.RELEASE, None, _Batch, _release))
    monkeypatch.setitem(desk_http.ACTS, "test.item", DeskAct(Act.CORRECT, Act.AGREE, _Item, _close_item))


def test_who_may_look_in_signs_in_looks_and_signs_out_and_a_cashier_does_not(at: Line, till: Till) -> None:
    station = at.station(till)
    for who in ("bo", "dee", "gus", "eli"):
        session = ledger_desk.sign_in(station, who.upper(), PINS[who])
        assert (session.operator, len(session.token), session.idle_minutes) == (who, 64, 15)
        assert PINS[who] not in repr(Credential(who, PINS[who]))
        assert session.token not in repr(session)
        said = ledger_desk.look(station, session, "me")
        assert (said["operator"], said["as_of"]) == (who, NOW)
        ledger_desk.sign_out(station, session)
        with pytest.raises(SignedOut, match="Nobody is signed in"):
            ledger_desk.look(station, session, "me")
    with pytest.raises(DeskRefused, match="Ann may not look into the ledger") as told:
        ledger_desk.sign_in(station, "ann", PINS["ann"])
    assert "Ask a lead or a technician or an auditor or an admin." in told.value.press


def test_no_token_is_kept_as_it_is(at: Line, till: Till) -> None:
    session = ledger_desk.sign_in(at.station(till), "bo", PINS["bo"])
    with at.books.reading() as connection:
        (row,) = connection.execute(select(tables.desk_session)).mappings().all()
    assert session.token not in repr(row)


def test_a_session_is_the_terminals_alone(at: Line, till: Till) -> None:
    session = ledger_desk.sign_in(at.station(till), "bo", PINS["bo"])
    other = Till(at.books, "T2").registered(at.books)
    with pytest.raises(SignedOut):
        ledger_desk.look(at.station(other), session, "me")
    ledger_desk.sign_out(at.station(other), session)
    assert ledger_desk.look(at.station(till), session, "me")["operator"] == "bo"


def test_it_ends_after_minutes_without_a_question_and_after_hours_in_any_case(at: Line, till: Till) -> None:
    station = at.station(till)
    session = ledger_desk.sign_in(station, "bo", PINS["bo"])
    for _ in range(3):
        at.later(14)
        assert ledger_desk.look(station, session, "me")
    at.later(17)
    with pytest.raises(SignedOut, match="nothing was asked for a while"):
        ledger_desk.look(station, session, "me")
    session = ledger_desk.sign_in(station, "bo", PINS["bo"])
    begun = datetime.fromisoformat(at.clock[0]) - timedelta(hours=11, minutes=59)
    with at.books.writing() as connection:
        connection.exec_driver_sql(f"UPDATE desk_session SET began_at = '{begun.isoformat()}'")
    assert ledger_desk.look(station, session, "me")
    at.later(2)
    with pytest.raises(SignedOut, match="12 hours"):
        ledger_desk.look(station, session, "me")


def test_another_pin_and_a_right_taken_away_end_it(at: Line, till: Till) -> None:
    station = at.station(till)
    session = ledger_desk.sign_in(station, "bo", PINS["bo"])
    with at.books.writing() as connection:
        connection.exec_driver_sql("UPDATE operator SET roles = 'cashier' WHERE id = 'bo'")
    with pytest.raises(DeskRefused, match="may not look into the ledger"):
        ledger_desk.look(station, session, "me")
    with at.books.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE operator SET roles = 'lead', verifier = (SELECT o.verifier FROM operator o WHERE o.id = 'dee')"
            " WHERE id = 'bo'"
        )
    with pytest.raises(SignedOut, match="PIN at the ledger was changed"):
        ledger_desk.look(station, session, "me")


def test_five_wrong_pins_lock(at: Line, till: Till) -> None:
    station = at.station(till)
    for left in ("4 tries", "3 tries", "2 tries", "1 try"):
        with pytest.raises(WrongPinThere, match=left) as told:
            ledger_desk.sign_in(station, "bo", "9999")
        assert told.value.whose == "by"
    with pytest.raises(LockedThere, match="locked"):
        ledger_desk.sign_in(station, "bo", "9999")
    with pytest.raises(LockedThere, match="reset by two people"):
        ledger_desk.sign_in(station, "bo", PINS["bo"])


def test_a_request_made_before_is_none(at: Line, till: Till) -> None:
    place = at.books.ledger, "T1", 1
    body = sealed_request(place, "sign-in", {}, [("bo", PINS["bo"])], at.sealed_to, at.number(till))
    headers = signed(till, "POST", "/v1/desk/sign-in", body)
    with httpx2.Client(base_url=at.url) as web:
        assert web.post("/v1/desk/sign-in", content=body, headers=headers).status_code == 200
        assert web.post("/v1/desk/sign-in", content=body, headers=headers).status_code == 409
        # Signed anew, as whoever has the terminal's key could, the same box lets nobody in either.
        again = call(web, till, "POST", "/v1/desk/sign-in", body)
        assert (again.status_code, again.json()["reason"]) == (403, "That request was made before.")
        at.later(3)
        at.number(till)  # which forgets those that are good no more
        again = call(web, till, "POST", "/v1/desk/sign-in", body)
        assert (again.status_code, "too old" in again.json()["reason"]) == (403, True)


def test_a_refused_request_is_not_judged_again_and_an_old_one_never(at: Line, till: Till, acts: None) -> None:
    place = at.books.ledger, "T1", 1
    target, said = "/v1/desk/acts/test.release", {"id": new_id(), "args": {"no": 1}}

    def sealed(number: str) -> bytes:
        return sealed_request(place, "acts/test.release", said, [("dee", PINS["dee"])], at.sealed_to, number)

    refused, late, unsent = (sealed(at.number(till)) for _ in range(3))
    strange = sealed("0" * 32)
    with httpx2.Client(base_url=at.url) as web:
        answer = call(web, till, "POST", target, refused).json()
        assert answer["reason"] == "Batch 1 of T1/1 is not here."
        received(at, till)  # now it could be done: whoever kept the request and has the terminal's key asks again
        before = desk_records(at.books)
        for kept, told in ((refused, "made before"), (strange, "too old")):
            again = call(web, till, "POST", target, kept)
            assert (again.status_code, again.json()["safe"]) == (403, "Nothing was done.")
            assert told in again.json()["reason"]
        at.later(2.5)
        for kept, told in ((refused, "made before"), (late, "good for 2 minutes, once")):
            assert told in call(web, till, "POST", target, kept).json()["reason"]
        with at.books.reading() as connection:
            assert connection.execute(select(tables.batch.c.state)).scalars().all() == ["received"]
        assert desk_records(at.books) == before
        at.later(-2.5)  # a clock that was set back makes none good that was used
        assert "made before" in call(web, till, "POST", target, refused).json()["reason"]
        assert call(web, till, "POST", target, unsent).status_code == 200


def test_a_replayed_wrong_pin_takes_no_try(at: Line, till: Till) -> None:
    place = at.books.ledger, "T1", 1
    body = sealed_request(place, "sign-in", {}, [("bo", "0000")], at.sealed_to, at.number(till))
    with httpx2.Client(base_url=at.url) as web:
        for _ in range(7):
            call(web, till, "POST", "/v1/desk/sign-in", body)
    assert ledger_desk.sign_in(at.station(till), "bo", PINS["bo"]).operator == "bo"


def test_a_terminal_whose_clock_is_wrong_acts_all_the_same_and_is_told(at: Line, till: Till, acts: None) -> None:
    received(at, till)
    for off_s, told in ((-40 * 86_400, -40 * 86_400), (301, 301), (300, 0), (0, 0)):
        at.off_s = off_s
        station = at.station(till)
        assert ledger_desk.sign_in(station, "dee", PINS["dee"]).clock_off_s == told
    at.off_s = 10 * 86_400
    assert ledger_desk.act(at.station(till), "test.release", {"no": 1}, Credential("dee", PINS["dee"]), None, new_id())


def test_what_is_over_is_forgotten_by_rule(at: Line, till: Till, acts: None) -> None:
    def kept() -> list[int]:
        with at.books.reading() as connection:
            asked = [select(func.count()).select_from(each) for each in (tables.desk_session, tables.desk_act)]
            return [int(connection.execute(each).scalar_one()) for each in asked]

    received(at, till)
    id_, dee, day = new_id(), Credential("dee", PINS["dee"]), 24 * 60
    ledger_desk.sign_in(at.station(till), "bo", PINS["bo"])
    said = ledger_desk.act(at.station(till), "test.release", {"no": 1}, dee, None, id_)
    before = desk_records(at.books)
    at.later(29 * day)
    assert ledger_desk.act(at.station(till), "test.release", {"no": 1}, dee, None, id_) == said
    at.later(371 * day - 1)
    ledger_desk.sign_in(at.station(till), "dee", PINS["dee"])
    assert kept() == [2, 1]  # who looked in stays known for an audit
    at.later(2)
    with pytest.raises(DeskRefused, match="under the number of something else"):
        ledger_desk.act(at.station(till), "test.item", {"item": 1}, dee, Credential("bo", PINS["bo"]), id_)
    ledger_desk.sign_in(at.station(till), "fay", PINS["fay"])
    assert kept() == [2, 1]
    with at.books.writing() as connection:
        desk_http._keep(connection, Caller("T1", 1), "test.item", new_id(), "", {}, at.clock[0])
    assert kept() == [2, 1]
    # An answer is forgotten, its record is not: nothing is ever done twice under one id.
    with pytest.raises(DeskRefused, match="under the number of something else"):
        ledger_desk.act(at.station(till), "test.release", {"no": 1}, dee, None, id_)
    assert desk_records(at.books) == before
    with at.books.reading() as connection:
        numbers = connection.execute(select(func.count()).select_from(tables.desk_number)).scalar_one()
    assert numbers <= 4


def test_a_box_opens_in_its_own_request_alone(at: Line, till: Till, acts: None) -> None:
    other = Till(at.books, "T2").registered(at.books)
    place = at.books.ledger, "T1", 1
    said = {"id": new_id(), "args": {"no": 1}}
    target, number = "/v1/desk/acts/test.release", at.number(till)
    body = sealed_request(place, "acts/test.release", said, [("dee", PINS["dee"])], at.sealed_to, number)
    of_another_ledger = sealed_request(
        ("X", "T1", 1), "acts/test.release", said, [("dee", PINS["dee"])], at.sealed_to, number
    )
    with httpx2.Client(base_url=at.url) as web:
        assert call(web, other, "POST", target, body).status_code == 422
        assert call(web, till, "POST", target, body.replace(b'"no":1', b'"no":2')).status_code == 422
        assert call(web, till, "POST", target, of_another_ledger).status_code == 422
        assert call(web, till, "POST", "/v1/desk/acts/test.item", body).status_code == 422
        assert web.post(target, content=body).status_code == 401
        assert call(web, till, "POST", target, b"x" * 70_000).status_code == 413
        assert call(web, till, "POST", "/v1/desk/acts/none", body).status_code == 404
        # It is right where it belongs: the batch alone is missing.
        assert call(web, till, "POST", target, body).json()["reason"] == "Batch 1 of T1/1 is not here."


def test_a_stopped_terminal_does_not_look(at: Line, till: Till) -> None:
    station = at.station(till)
    session = ledger_desk.sign_in(station, "bo", PINS["bo"])
    with at.books.writing() as connection:
        connection.exec_driver_sql("UPDATE terminal SET state = 'frozen' WHERE code = 'T1'")
    with pytest.raises(DeskRefused, match="This terminal is frozen"):
        ledger_desk.look(station, session, "me")


def received(at: Line, till: Till) -> None:
    """A batch that people release and post."""
    rules_are(at.books, rules_to_json(replace(RULES, batches_by_people=True)))
    till.pay(line("U1", allocation("C1", "510-4310", 20_00)))
    assert ingest(at.books, ledger_key(at.books), till.seal(), "T1", 1, 1, NOW).status == 202


def desk_records(books: Books) -> int:
    with books.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(tables.desk_signature)).scalar_one())


def test_an_act_is_done_once_however_often_it_is_asked(at: Line, till: Till, acts: None) -> None:
    received(at, till)
    station, id_, dee = at.station(till), new_id(), Credential("dee", PINS["dee"])
    before = desk_records(at.books)
    said = ledger_desk.act(station, "test.release", {"no": 1}, dee, None, id_)
    assert ledger_desk.act(station, "test.release", {"no": 1}, dee, None, id_) == said
    assert desk_records(at.books) == before + 1
    # Who lost the answer, and says it otherwise or has another sign, is told the truth: it is done, and not again.
    for args, who in (({"no": 2}, "dee"), ({"no": 1}, "fay")):
        with pytest.raises(DeskRefused, match="done already, as it was signed for first") as told:
            ledger_desk.act(station, "test.release", args, Credential(who, PINS[who]), None, id_)
        assert told.value.safe == "It was not done again."
    with pytest.raises(DeskRefused, match="under the number of something else"):
        ledger_desk.act(station, "test.item", {"item": 1}, dee, Credential("bo", PINS["bo"]), id_)
    with pytest.raises(WrongPinThere):
        ledger_desk.act(station, "test.release", {"no": 1}, Credential("dee", "0000"), None, id_)
    with at.books.reading() as connection:
        assert connection.execute(select(tables.batch.c.state)).scalars().all() == ["released"]


def test_who_may_not_does_not(at: Line, till: Till, acts: None) -> None:
    till.pay(line("U1", allocation("NONE", "510-4310", 20_00)))
    assert ingest(at.books, ledger_key(at.books), till.seal(), "T1", 1, 1, NOW).status == 201
    before = desk_records(at.books)
    station = at.station(till)
    for by, second, told in (
        ("gus", "bo", "gus may not correct the books"),
        ("ann", "bo", "Ann may not correct the books"),
        ("dee", "gus", "gus may not agree to a correction"),
        ("dee", "dee", "Nobody approves what they began"),
    ):
        people = Credential(by, PINS[by]), Credential(second, PINS[second])
        with pytest.raises(DeskRefused, match=told):
            ledger_desk.act(station, "test.item", {"item": 1}, *people, new_id())
    assert desk_records(at.books) == before


def test_whose_pin_was_wrong_is_told(at: Line, till: Till, acts: None) -> None:
    with pytest.raises(WrongPinThere) as told:
        ledger_desk.act(
            at.station(till), "test.item", {"item": 1}, Credential("dee", PINS["dee"]), Credential("bo", "0"), new_id()
        )
    assert told.value.whose == "second"
    with pytest.raises(DeskRefused, match="Other people are needed"):
        ledger_desk.act(at.station(till), "test.item", {"item": 1}, Credential("dee", PINS["dee"]), None, new_id())
    with pytest.raises(DeskRefused, match="not said as it must be"):
        ledger_desk.act(at.station(till), "test.release", {"no": "1"}, Credential("dee", PINS["dee"]), None, new_id())


def test_an_unknown_question_and_no_ledger_at_all(at: Line, till: Till, acts: None) -> None:
    station = at.station(till)
    session = ledger_desk.sign_in(station, "bo", PINS["bo"])
    with pytest.raises(DeskRefused, match="knows no question none"):
        ledger_desk.look(station, session, "none")
    at.url = "http://127.0.0.1:1"
    nowhere = at.station(till)
    with pytest.raises(LedgerOffline):
        ledger_desk.look(nowhere, session, "me")
    with pytest.raises(AnswerLost, match="never done twice"):
        ledger_desk.act(nowhere, "test.release", {"no": 1}, Credential("dee", PINS["dee"]), None, new_id())
    assert session.roles == (Role.LEAD,)
