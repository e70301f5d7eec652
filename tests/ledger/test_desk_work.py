"""What technicians read and do at the ledger's desk from a terminal, over real HTTP: error items, batches, tie-outs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from countertui.counter import ledger_desk
from countertui.counter.ledger_desk import Credential, DeskRefused, LedgerSession
from countertui.counter.station import Station
from countertui.domain.city import rules_to_json
from countertui.ledger.alarms import ROLLBACK, raise_alarm
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.stored import record_at
from ledger.at_the_desk import new_id, rules_are
from ledger.desk_line import PINS, Line, desk_line, people_are_known
from ledger.engine import Engine, Town
from ledger.test_posting import BOTH, balances
from ledger.town import NOW, RULES, Till, allocation, ledger_key, line


@pytest.fixture(scope="session")
def town(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Town:
    return Town(engine, tmp_path_factory.mktemp("staffed") / "ledger", prepare=people_are_known)


@pytest.fixture
def at(books: Any) -> Iterator[Line]:
    with desk_line(books) as opened:
        yield opened
    # Their PINs were put there past the desk; nothing else may differ.
    assert [each for each in fsck(books).differences if "perator" not in each] == []


@pytest.fixture
def till(at: Line) -> Till:
    till = Till(at.books)
    register_terminal(at.books, ledger_key(at.books), "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1")
    return till


class Desk:
    """Somebody who looks in, and what they do."""

    def __init__(self, station: Station, who: str) -> None:
        self.station = station
        self.session: LedgerSession = ledger_desk.sign_in(station, who, PINS[who])

    def look(self, name: str, /, **args: Any) -> dict[str, Any]:
        return ledger_desk.look(self.station, self.session, name, args)

    def act(self, name: str, by: str, second: str | None = None, /, **args: Any) -> dict[str, Any]:
        agrees = Credential(second, PINS[second]) if second is not None else None
        return ledger_desk.act(self.station, name, args, Credential(by, PINS[by]), agrees, new_id())


def sent(at: Line, till: Till, status: int = 201) -> None:
    assert ingest(at.books, ledger_key(at.books), till.seal(), "T1", 1, till.batch_no, NOW).status == status


NOBODY = line("U9", allocation(None, "510-2310", 90_00))


def test_an_error_item_is_read_worked_out_and_corrected_by_two(at: Line, till: Till) -> None:
    till.pay(NOBODY)
    sent(at, till)
    desk = Desk(at.station(till), "gus")
    found = desk.look("error-items")
    assert (found["open"], found["suspense_cents"], found["more"]) == (1, 90_00, False)
    (item,) = found["items"]
    assert (item["words"], item["office"], item["cents"]) == ("An account that is not known", "HALL", 90_00)
    one = desk.look("error-item", item=1)
    assert one["ways"] == ["to_account", "to_charge", "to_gl"]
    assert (one["record"]["receipt_no"], one["people"], one["is_mine"]) == ("T1-1", ["ann"], False)
    assert {"fund": "100", "account": "100-2990", "name": "Suspense", "cents": -90_00} in one["lines"]
    working = desk.look("error-item.proposal", item=1, way="to_account", to="U1")
    assert [(share["charge"], share["cents"], share["owed_after"]) for share in working["shares"]] == [
        (None, -90_00, None),
        ("C2", 5_00, 0),
        ("C1", 50_00, 0),
        (None, 35_00, None),
    ]
    assert sum(each["cents"] for each in working["lines"]) == 0
    before = balances(at.books)
    with pytest.raises(DeskRefused, match="may not correct"):
        desk.act("error-item.correct", "gus", "bo", item=1, way="to_account", to="U1", reason="Read the stub")
    assert balances(at.books) == before
    desk.act("error-item.correct", "dee", "bo", item=1, way="to_account", to="U1", reason="Read the stub")
    assert desk.look("error-items")["open"] == 0
    assert ("100", "100-2990") not in balances(at.books)
    closed = desk.look("error-item", item=1)
    assert (closed["item"]["state"], closed["ways"]) == ("corrected", [])
    assert [(each["by"], each["second"]) for each in closed["corrections"]] == [("dee", "bo")]


def test_a_correction_is_dated_on_a_day_that_is_said_in_an_open_month(at: Line, till: Till) -> None:
    till.close(200_00, 200_00)
    till.open("S2", biz_date="2026-10-30")
    till.pay(NOBODY, session="S2", biz_date="2026-10-30")
    sent(at, till)
    dee = Desk(at.station(till), "dee")
    named: dict[str, Any] = {"item": 2, "way": "to_gl", "to": "100-4410"}
    assert dee.look("error-item.proposal", **named)["dated"] == NOW[:10]
    assert dee.look("error-item.proposal", **named, on="2026-10-31")["dated"] == "2026-10-31"
    for on, told in (("2026-12-01", "is ahead"), ("31.10.2026", "is no date"), ("2026-02-30", "is no date")):
        with pytest.raises(DeskRefused, match=told):
            dee.look("error-item.proposal", **named, on=on)
        with pytest.raises(DeskRefused, match=told):
            dee.act("error-item.correct", "dee", "bo", **named, on=on, reason="Read the stub")
    dee.act("period.close", "dee", "bo", month="2026-10", reason="")
    with pytest.raises(DeskRefused, match="2026-10 is closed"):
        dee.look("error-item.proposal", **named, on="2026-10-31")
    with pytest.raises(DeskRefused, match="2026-10 is closed"):
        dee.act("error-item.correct", "dee", "bo", **named, on="2026-10-31", reason="Read the stub")
    made = dee.act("error-item.correct", "dee", "bo", **named, on="2026-11-02", reason="Read the stub")
    with at.books.reading() as connection:
        record = record_at(connection, "LEDGER", 1, made["seq"])
    assert record is not None
    assert record.body["biz_date"] == "2026-11-02"


def test_nothing_is_put_right_before_the_day_it_was_taken(at: Line, till: Till) -> None:
    """A month before would have money out of suspense, or on another account, that nobody had paid by then."""
    till.pay(NOBODY)
    till.pay(line("U1", allocation("C1", "510-4310", 20_00)))
    sent(at, till)
    dee = Desk(at.station(till), "dee")
    item: dict[str, Any] = {"item": 1, "way": "to_gl", "to": "100-4410"}
    place: dict[str, Any] = {"terminal": "T1", "epoch": 1, "seq": 3, "source": "charge", "name": "C1", "cents": 1_00}
    meant = place | {"way": "to_gl", "to": "100-4410"}
    before = balances(at.books)
    for read, act, named in (
        ("error-item.proposal", "error-item.correct", item),
        ("move.proposal", "receipt.move", meant),
    ):
        for on in ("2026-10-31", "2026-11-22"):
            with pytest.raises(DeskRefused, match="is of 11/23/2026: a correction is not dated before it"):
                dee.look(read, **named, on=on)
            with pytest.raises(DeskRefused, match="is of 11/23/2026: a correction is not dated before it"):
                dee.act(act, "dee", "bo", **named, on=on, reason="Read the stub")
        assert dee.look(read, **named, on=NOW[:10])["dated"] == NOW[:10]
    assert balances(at.books) == before
    # A day that is ahead by a terminal's wrong clock keeps nobody from putting it right today.
    till.close(310_00, 310_00)
    till.open("S2", biz_date="2026-11-25")
    till.pay(NOBODY, session="S2", biz_date="2026-11-25")
    sent(at, till)
    with pytest.raises(DeskRefused, match="not dated before it"):
        dee.look("error-item.proposal", item=2, way="to_gl", to="100-4410", on="2026-11-22")
    dee.act("error-item.correct", "dee", "bo", item=2, way="to_gl", to="100-4410", reason="Clock is wrong")


def test_money_of_a_posted_receipt_is_moved_once_it_was_seen_what_that_does(at: Line, till: Till) -> None:
    till.pay(line("U1", allocation("C1", "510-4310", 20_00), allocation(None, "510-2310", 7_00)))
    till.close(127_00, 127_00)
    sent(at, till)
    place = {"terminal": "T1", "epoch": 1, "seq": 2}
    dee = Desk(at.station(till), "dee")
    found = dee.look("move", **place)
    assert (found["receipt_no"], found["people"], found["is_mine"]) == ("T1-1", ["ann"], False)
    assert [(each["source"], each["name"], each["cents"]) for each in found["places"]] == [
        ("charge", "C1", 20_00),
        ("charge", "CR-U1", 7_00),
    ]
    meant: dict[str, Any] = place | {"source": "charge", "name": "C1", "cents": 8_00, "way": "to_gl", "to": "100-4410"}
    shown = dee.look("move.proposal", **meant)
    assert [(each["charge"], each["gl"], each["cents"]) for each in shown["shares"]] == [
        ("C1", "510-4310", -8_00),
        (None, "100-4410", 8_00),
    ]
    assert shown["shares"][0]["owed_after"] - shown["shares"][0]["owed_before"] == 8_00
    before = balances(at.books)
    for wrong, told in (
        ({"cents": 20_01}, "has 20.00 there to move"),
        ({"cents": -1}, "there to move"),
        ({"name": "C7"}, "has 0.00 there to move"),
        ({"way": "to_charge", "to": "C1"}, "stands there already"),
        ({"way": "looked_at", "to": ""}, "not said where"),
        ({"source": "suspense"}, "not said where"),
        ({"to": "999-9999"}, "not in the chart"),
        ({"seq": 1}, "posted no payment"),
        ({"on": "2027-01-01"}, "is ahead"),
    ):
        with pytest.raises(DeskRefused, match=told):
            dee.look("move.proposal", **meant | wrong)
        with pytest.raises(DeskRefused, match=told):
            dee.act("receipt.move", "dee", "bo", **meant | wrong, reason="Other counter")
    with pytest.raises(DeskRefused, match="took part in"):
        dee.act("receipt.move", "dee", "dee", **meant, reason="Other counter")
    assert balances(at.books) == before
    dee.act("receipt.move", "dee", "bo", **meant, reason="Other counter")
    after = balances(at.books)
    moved = {each: after.get(each, 0) - before.get(each, 0) for each in {*before, *after}}
    assert (moved["510", "510-4310"], moved["100", "100-4410"]) == (8_00, -8_00)
    places = [(each["source"], each["name"], each["cents"]) for each in dee.look("move", **place)["places"]]
    assert places == [("charge", "C1", 12_00), ("charge", "CR-U1", 7_00), ("gl", "100-4410", 8_00)]


def test_nobody_sees_by_moving_what_is_in_their_drawer(at: Line, till: Till) -> None:
    till.pay(BOTH, operator="dee")
    with at.books.writing() as connection:
        connection.exec_driver_sql("UPDATE session SET operator = 'dee'")
    sent(at, till)
    place = {"terminal": "T1", "epoch": 1, "seq": 2}
    with at.books.writing() as connection:
        connection.exec_driver_sql("UPDATE session SET operator = 'dee'")
    with pytest.raises(DeskRefused, match="you have not counted it"):
        Desk(at.station(till), "dee").look("move", **place)
    meant = {"source": "charge", "name": "C1", "cents": 999_00, "way": "to_gl", "to": "100-4410"}
    with pytest.raises(DeskRefused, match="you have not counted it"):
        Desk(at.station(till), "dee").look("move.proposal", **place, **meant)
    with at.books.writing() as connection:
        connection.exec_driver_sql("UPDATE session SET operator = 'ann'")


def test_a_month_is_looked_at_closed_and_opened_again_by_two(at: Line, till: Till) -> None:
    month = NOW[:7]
    dee = Desk(at.station(till), "dee")
    found = dee.look("month", month=month)
    assert (found["state"], found["over"], found["drawers"], found["waiting"]) == ("open", False, 0, 0)
    assert (found["signed"], found["history"]) == (None, [])
    with pytest.raises(DeskRefused, match="is not over"):
        dee.act("period.close", "dee", "bo", month=month, reason=" ")
    with pytest.raises(DeskRefused, match="gus may not agree"):
        dee.act("period.close", "dee", "gus", month=month, reason="Audit")
    with pytest.raises(DeskRefused, match="is no month"):
        dee.look("month", month="2026-13")
    dee.act("period.close", "dee", "bo", month=month, reason="Audit")
    till.pay(line("U1", allocation("C1", "510-4310", 20_00)))
    sent(at, till)
    found = dee.look("month", month=month)
    first = f"{month[:5]}{int(month[5:]) + 1:02}-01"
    assert (found["state"], found["dated"], found["drawers"]) == ("closed", first, 1)
    assert (found["waiting"], found["waiting_cents"]) == (1, 20_00)
    with pytest.raises(DeskRefused, match="A reason is needed to open"):
        dee.act("period.open", "dee", "bo", month=month, reason=" ")
    dee.act("period.open", "dee", "bo", month=month, reason="A late stick")
    found = dee.look("month", month=month)
    assert (found["state"], found["dated"]) == ("open", first)
    assert [(each["what"], each["by"], each["second"], each["reason"]) for each in found["history"]] == [
        ("opened", "dee", "bo", "A late stick"),
        ("closed", "dee", "bo", "Audit"),
    ]
    assert dee.look("month", month="2026-01")["state"] == "open"


def test_nobody_who_took_part_is_offered_or_allowed_anything(at: Line, till: Till) -> None:
    till.pay(BOTH, operator="dee")
    sent(at, till)
    dee, fay = Desk(at.station(till), "dee"), Desk(at.station(till), "fay")
    assert (dee.look("error-item", item=1)["ways"], dee.look("error-item", item=1)["is_mine"]) == ([], True)
    assert fay.look("error-item", item=1)["ways"] == ["looked_at"]
    for by, second in (("dee", "bo"), ("fay", "dee")):
        with pytest.raises(DeskRefused, match="took part in"):
            fay.act("error-item.correct", by, second, item=1, way="looked_at", to="", reason="Asked her")
    with pytest.raises(DeskRefused, match="A reason is needed"):
        fay.act("error-item.correct", "fay", "bo", item=1, way="looked_at", to="", reason=" ")
    with pytest.raises(DeskRefused, match="not said where"):
        fay.act("error-item.correct", "fay", "bo", item=1, way="to_gl", to=" ", reason="Asked her")
    fay.act("error-item.correct", "fay", "bo", item=1, way="looked_at", to="", reason="Asked her")
    with pytest.raises(DeskRefused, match="no open error item"):
        fay.look("error-item.proposal", item=1, way="looked_at")


def test_a_batch_is_released_rejected_reopened_and_posted(at: Line, till: Till) -> None:
    rules_are(at.books, rules_to_json(replace(RULES, batches_by_people=True)))
    till.pay(BOTH, tenders=[("cash", 20_00), ("check", 5_00, "12")])
    sent(at, till, 202)
    place = {"terminal": "T1", "epoch": 1, "no": 1}
    dee, fay = Desk(at.station(till), "dee"), Desk(at.station(till), "fay")
    assert dee.look("month", month=NOW[:7])["drawers"] == 1  # of a batch that nobody posted
    (row,) = dee.look("batches")["batches"]
    assert (row["state"], row["steps"], row["comes_first"]) == ("received", ["release", "reject"], 1)
    assert row["tenders"] == {"cash": {"count": 1, "cents": 20_00}, "check": {"count": 1, "cents": 5_00}}
    one = dee.look("batch", **place)
    assert (one["may"], one["people"]) == (["release", "reject"], ["ann"])
    assert [(each["receipt_no"], each["cents"]) for each in one["receipts"]] == [("T1-1", 25_00)]
    assert Desk(at.station(till), "bo").look("batch", **place)["may"] == []
    dee.act("batch.release", "dee", reason="", **place)
    assert (dee.look("batch", **place)["may"], fay.look("batch", **place)["may"]) == (["reject"], ["post", "reject"])
    with pytest.raises(DeskRefused, match="took part in"):
        dee.act("batch.post", "dee", reason="", **place)
    fay.act("batch.reject", "fay", reason="The cash is not there", **place)
    (row,) = dee.look("batches", which="rejected")["batches"]
    assert row["reasons"][0] == "Rejected by fay: The cash is not there"
    assert dee.look("batches")["batches"] == []
    with pytest.raises(DeskRefused, match="Other people are needed"):
        fay.act("batch.reopen", "fay", reason="It was found", **place)
    fay.act("batch.reopen", "fay", "bo", reason="It was found", **place)
    dee.act("batch.release", "fay", reason="Counted", **place)
    for nobody in ("dee", "fay"):
        with pytest.raises(DeskRefused, match="took part in"):
            dee.act("batch.post", nobody, reason="", **place)
    history = [(step["step"], step["by"], step["second"]) for step in dee.look("batch", **place)["history"]]
    assert history == [
        ("release", "dee", ""),
        ("reject", "fay", ""),
        ("reopen", "fay", "bo"),
        ("release", "fay", ""),
    ]


def test_posted_batches_are_read_with_what_they_sealed(at: Line, till: Till) -> None:
    till.pay(BOTH)
    sent(at, till)
    found = Desk(at.station(till), "gus").look("batches", which="posted")
    (row,) = found["batches"]
    assert (row["tenders"], row["posted_by"], found["states"]) == (
        {"cash": {"count": 1, "cents": 25_00}},
        None,
        {"posted": 1},
    )
    with pytest.raises(DeskRefused, match="is not here"):
        Desk(at.station(till), "gus").look("batch", terminal="T1", epoch=1, no=2)


def test_what_a_technician_looks_at_first(at: Line, till: Till) -> None:
    till.pay(NOBODY)
    sent(at, till)
    desk = Desk(at.station(till), "dee")
    with at.books.writing() as connection:
        number = raise_alarm(connection, ROLLBACK, "T1", 1, 2, "It went back.", NOW)
    found = desk.look("attention")
    assert [(each["id"], each["detail"]) for each in found["alarms"]] == [(number, "It went back.")]
    assert (found["gaps"], found["silent"], found["batches"], found["error_items"]) == ([], [], 0, 1)
    with pytest.raises(DeskRefused, match="may not see"):
        desk.act("alarm.seen", "gus", alarm=number)
    desk.act("alarm.seen", "dee", alarm=number)
    assert desk.look("attention")["alarms"] == []
    with pytest.raises(DeskRefused, match="No alarm"):
        desk.act("alarm.seen", "dee", alarm=number)
    till.pay(NOBODY)
    missing = till.seal()
    till.pay(NOBODY)
    sent(at, till, 409)
    assert [(gap["terminal"], gap["missing_no"]) for gap in desk.look("attention")["gaps"]] == [("T1", 2)]
    assert missing


def test_a_tie_out_tells_nobody_what_is_in_a_drawer_that_they_have_not_counted(at: Line, till: Till) -> None:
    till.open("S2", operator="dee")
    till.pay(line(None, allocation(None, "100-9999", 3_00)))
    sent(at, till)
    own = Desk(at.station(till), "dee")
    for name, asked in (("tie-out", {}), ("tie-out.causes", {"section": "receipts", "account": "100-9999"})):
        with pytest.raises(DeskRefused, match="have not counted"):
            own.look(name, month="2026-11", **asked)
        assert Desk(at.station(till), "gus").look(name, month="2026-11", **asked)
    assert own.look("tie-out", month="2026-10")["different"] == 0


def test_a_month_is_tied_out_and_signed_from_a_terminal(at: Line, till: Till) -> None:
    till.pay(line(None, allocation(None, "100-9999", 3_00)))
    sent(at, till)
    at.clock[0] = "2026-12-02T18:00:00+00:00"
    desk = Desk(at.station(till), "dee")
    found = desk.look("tie-out", month="2026-11")
    assert (found["different"], found["signed"]) == (1, [])
    said = desk.look("tie-out.causes", month="2026-11", section="receipts", account="100-9999")
    assert [cause["record"] for cause in said["causes"]] == ["T1/1/2"]
    with pytest.raises(DeskRefused, match="is no month"):
        desk.look("tie-out", month="last")
    signing = {"month": "2026-11", "sha256": found["sha256"]}
    with pytest.raises(DeskRefused, match="nobody says why"):
        desk.act("tie-out.sign", "dee", "bo", reason="", **signing)
    desk.act("tie-out.sign", "dee", "bo", reason="Asked the finance office", **signing)
    assert desk.look("tie-out", month="2026-11")["signed"][0]["unchanged"] is True


def test_a_batch_tells_nobody_what_is_in_a_drawer_of_theirs_that_they_have_not_counted(at: Line, till: Till) -> None:
    till.open("S7", operator="bo")
    till.pay(BOTH, session="S7", operator="bo")
    sent(at, till)
    place = {"terminal": "T1", "epoch": 1, "no": 1}
    bo, dee, eli = (Desk(at.station(till), who) for who in ("bo", "dee", "eli"))
    for who, hides in ((bo, "not counted"), (eli, "expected in drawers"), (dee, "")):
        (row,) = who.look("batches", which="posted")["batches"]
        one = who.look("batch", **place)
        for each in (row, one["batch"]):
            assert (each["net_cents"], each["tenders"] == {}) == ((None, True) if hides else (25_00, False))
            assert hides in " ".join(each["reasons"])
        assert len(one["receipts"]) == (0 if hides else 1)
    with pytest.raises(DeskRefused, match="not counted"):
        bo.look("record_of", terminal="T1", epoch=1, seq=till.seq)
    till.close(225_00, 225_00, session="S7", operator="bo", approver="dee")
    sent(at, till)
    assert [row["net_cents"] for row in bo.look("batches", which="posted")["batches"]] == [0, 25_00]
