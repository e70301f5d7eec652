"""Another terminal's drawers as its records tell them: added up as they were made, whatever a record may say."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from countertui.domain.seen_sessions import (
    SeenSession,
    UnsoundRecord,
    add_record,
    deposit_made,
    deposit_taken_back,
)
from thoroughly import examples

DAY = "2026-11-23"
CENTS = st.integers(1, 500_00)
TENDERS = st.lists(st.tuples(st.sampled_from(["cash", "check", "card", "money_order"]), CENTS), min_size=1, max_size=3)


def body(seq: int, kind: str, session: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    head = {"seq": seq, "kind": kind, "session": session, "operator": "ben", "approver": None, "biz_date": DAY}
    return head | {"receipt_no": None, "data": data} | more


def opened(seq: int, session: str) -> dict[str, Any]:
    return body(seq, "open", session, {"drawer": f"D{session}", "fund_cents": 200_00, "counted_cents": 200_00})


def paid(seq: int, session: str, tenders: list[tuple[str, int]]) -> dict[str, Any]:
    each = [{"kind": kind, "cents": cents, "reference": f"{seq}-{n}"} for n, (kind, cents) in enumerate(tenders)]
    return body(seq, "pay", session, {"tenders": each}, receipt_no=f"T2-{seq}")


def voided(seq: int, session: str, receipt_no: str) -> dict[str, Any]:
    return body(seq, "void", session, {"original": {"receipt_no": receipt_no}})


def dropped(seq: int, session: str, cents: int) -> dict[str, Any]:
    return body(seq, "drop", session, {"drawer": f"D{session}", "bag": f"B{seq}", "cents": cents})


def closed(seq: int, session: str, receipts: int) -> dict[str, Any]:
    counted = [{"tender": "cash", "count": 0, "cents": 200_00}]
    data = {"drawer": f"D{session}", "counted": counted, "over_short": counted, "receipts": receipts}
    return body(seq, "close", session, data, operator="lena", approver="hugo")


@st.composite
def days(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Two drawers of a terminal: receipts, voids and drops in any order, each closed in the end or not."""
    made = [opened(1, "1"), opened(2, "2")]
    live: dict[str, list[str]] = {"1": [], "2": []}
    count = {"1": 0, "2": 0}
    for _ in range(draw(st.integers(0, 12))):
        seq, session = len(made) + 1, draw(st.sampled_from("12"))
        what = draw(st.sampled_from(["pay", "pay", "void", "drop"]))
        if what == "void" and live[session]:
            made.append(voided(seq, session, live[session].pop(draw(st.integers(0, len(live[session]) - 1)))))
        elif what == "drop":
            made.append(dropped(seq, session, draw(CENTS)))
        else:
            made.append(paid(seq, session, draw(TENDERS)))
            live[session].append(f"T2-{seq}")
            count[session] += 1
    for session in draw(st.sampled_from(["", "1", "2", "12"])):
        made.append(closed(len(made) + 1, session, count[session]))
    return made


def folded(bodies: list[dict[str, Any]]) -> dict[str, SeenSession]:
    sessions: dict[str, SeenSession] = {}
    for each in bodies:
        add_record(sessions, each, 7)
    return sessions


@settings(max_examples=60, deadline=None)
@given(days())
def test_each_drawer_holds_the_papers_of_its_receipts_that_stand_and_its_bags(bodies: list[dict[str, Any]]) -> None:
    for id_, one in folded(bodies).items():
        own = [each for each in bodies if each["session"] == id_]
        gone = {each["data"]["original"]["receipt_no"] for each in own if each["kind"] == "void"}
        standing = [each for each in own if each["kind"] == "pay" and each["receipt_no"] not in gone]
        papers = [
            (each["receipt_no"], n, tender["kind"], tender["cents"])
            for each in standing
            for n, tender in enumerate(each["data"]["tenders"], start=1)
            if tender["kind"] in ("check", "money_order")
        ]
        assert [(each["receipt_no"], each["n"], each["tender"], each["cents"]) for each in one["papers"]] == papers
        bags = [(each["data"]["bag"], each["data"]["cents"]) for each in own if each["kind"] == "drop"]
        assert [(each["bag"], each["cents"]) for each in one["drops"]] == bags
        assert one["receipts"] == sum(each["kind"] == "pay" for each in own)
        ends = [each["seq"] for each in own if each["kind"] == "close"]
        assert (one["close_seq"], one["batch_no"]) == ((ends[0], 7) if ends else (None, None))
        assert one["people"] == (["ben", "lena", "hugo"] if ends else ["ben"])
        assert one["through"] == own[-1]["seq"]


@settings(max_examples=60, deadline=None)
@given(days(), st.integers(0, 11))
def test_it_does_not_matter_in_how_many_batches_they_come(bodies: list[dict[str, Any]], cut: int) -> None:
    sessions: dict[str, SeenSession] = {}
    for each in bodies[:cut]:
        add_record(sessions, each, 7)
    again = copy.deepcopy(sessions)
    for each in bodies[cut:]:
        add_record(again, each, 7)
    assert again == folded(bodies)


STRANGE = st.sampled_from([None, True, "", [], {}, [{}], "x", -1, {"kind": "check"}, [1]])
REF = {"terminal": "T2", "epoch": 1, "session": "1"}
DEPOSITS = [
    body(
        1,
        "deposit",
        "1",
        {"slip_no": "T2-D1", "bag": "B1", "sessions": [{"terminal": "T2", "epoch": 1, "session": "1"}]},
    ),
    body(2, "deposit_taken_back", "1", {"deposit": {"seq": 1}}),
]


@settings(max_examples=examples(100), deadline=None)
@given(days(), st.data())
def test_whatever_a_record_says_it_is_taken_or_refused_and_nothing_else_happens(
    bodies: list[dict[str, Any]], data: st.DataObject
) -> None:
    strange = copy.deepcopy(data.draw(st.sampled_from([*bodies, *DEPOSITS])))
    place = strange
    while data.draw(st.booleans()) and any(isinstance(value, dict) for value in place.values()):
        place = data.draw(st.sampled_from([value for value in place.values() if isinstance(value, dict)]))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(STRANGE)
    sessions = folded(bodies)
    try:
        add_record(sessions, strange, 7)
        deposit_made(strange)
        deposit_taken_back(strange)
    except UnsoundRecord:
        return
