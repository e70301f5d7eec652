"""Voids and refunds decided at the ledger: who may, what it does, and that nothing is given back twice."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.desk_records import DeskKind, Verdict
from countertui.domain.records import Kind
from countertui.domain.rights import NotAllowed
from countertui.ledger.books import Books
from countertui.ledger.desk import Made
from countertui.ledger.periods import set_period
from countertui.ledger.requests import DecisionRefusedError, decide, open_requests
from ledger.at_the_desk import act, ground, new_id
from ledger.test_ingest import asked
from ledger.test_posting import BOTH, balances, charges, items, posted
from ledger.town import DAY, Till

OWED, CASH = ("100", "100-2010"), ("100", "100-1020")


def decided(books: Books, key: Ed25519PrivateKey, seq: int, verdict: Verdict = Verdict.APPROVE, by: str = "bo") -> Made:
    made: Made = act(books, key, decide, "T1", 1, seq, verdict, by=by, reason="Paid twice", biz_date=DAY, id_=new_id())
    return made


def after_the_close(books: Books, key: Ed25519PrivateKey, till: Till, kind: Kind = Kind.REFUND_REQUEST) -> int:
    taken = till.pay(BOTH)
    if kind is Kind.VOID_REQUEST:
        seq: int = till.ask(kind, taken)["seq"]
        till.close(225_00, 225_00)
    else:
        till.close(225_00, 225_00)
        seq = till.ask(kind, taken)["seq"]
    posted(books, key, till)
    return seq


def listed(books: Books, key: Ed25519PrivateKey) -> list[int]:
    with ground(books, key) as here:
        return [each.seq for each in open_requests(here.connection)]


@pytest.mark.parametrize("kind", [Kind.REFUND_REQUEST, Kind.VOID_REQUEST])
def test_a_refund_approved_after_the_close_is_owed_by_accounts_payable(
    books: Books, key: Ed25519PrivateKey, till: Till, kind: Kind
) -> None:
    seq = after_the_close(books, key, till, kind)
    assert listed(books, key) == [seq]
    assert charges(books) == {"C1": 30_00, "C2": 0, "C3": 70_00}
    decided(books, key, seq)
    found = balances(books)
    assert (found[OWED], found[CASH]) == (-25_00, 25_00)
    assert ("510", "510-4310") not in found
    assert charges(books) == {"C1": 50_00, "C2": 5_00, "C3": 70_00}
    assert listed(books, key) == []
    row = "SELECT request_seq, verdict, carried_by, decided_by, seq FROM decision"
    assert asked(books, row) == [(seq, "approve", "ledger", "bo", 1)]
    assert asked(books, "SELECT voided FROM receipt_history") == [(1,)]
    assert asked(books, "SELECT biz_date, terminal, receipts, net_cents FROM day ORDER BY terminal") == [
        (DAY, "LEDGER", 0, -25_00),
        (DAY, "T1", 1, 25_00),
    ]


def test_a_refund_of_a_closed_month_is_counted_on_the_day_of_its_entry(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    seq = after_the_close(books, key, till)
    act(books, key, set_period, DeskKind.PERIOD_CLOSE, DAY[:7], by="dee", second="bo", reason="End", id_=new_id())
    decided(books, key, seq)
    assert asked(books, "SELECT biz_date FROM entry WHERE terminal = 'LEDGER'") == [("2026-12-01",)]
    assert asked(books, "SELECT biz_date, net_cents FROM day WHERE terminal = 'LEDGER'") == [("2026-12-01", -25_00)]


def test_approved_in_both_places_it_is_taken_back_once(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(BOTH)
    till.close(225_00, 225_00)
    seq = till.ask(Kind.REFUND_REQUEST, taken)["seq"]
    posted(books, key, till)
    decided(books, key, seq)
    till.refund(taken, seq)
    posted(books, key, till)
    assert items(books) == [("taken-back-twice", -25_00)]
    assert charges(books) == {"C1": 50_00, "C2": 5_00, "C3": 70_00}
    balances(books)


def test_approved_at_the_terminal_first_it_is_not_decided_again(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    taken = till.pay(BOTH)
    till.close(225_00, 225_00)
    seq = till.ask(Kind.REFUND_REQUEST, taken)["seq"]
    till.refund(taken, seq)
    posted(books, key, till)
    with pytest.raises(DecisionRefusedError, match="answered before"):
        decided(books, key, seq)
    assert asked(books, "SELECT count(*) FROM desk_signature") == [(0,)]


def test_a_void_of_an_open_drawer_is_carried_out_at_the_terminal(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    taken = till.pay(BOTH)
    seq = till.ask(Kind.VOID_REQUEST, taken)["seq"]
    posted(books, key, till)
    desk_seq = decided(books, key, seq).seq
    assert asked(books, "SELECT carried_by FROM decision") == [("terminal",)]
    assert charges(books)["C2"] == 0
    void = till.void(taken, seq)
    void["data"]["decision"] = desk_seq
    till.records.pop()
    till.bodies.pop()
    redo(till, void)
    posted(books, key, till)
    assert items(books) == []
    assert charges(books) == {"C1": 50_00, "C2": 5_00, "C3": 70_00}
    assert balances(books) == {}


def test_who_decided_did_not_hand_the_money_out_too(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(BOTH)
    seq = till.ask(Kind.VOID_REQUEST, taken)["seq"]
    posted(books, key, till)
    desk_seq = decided(books, key, seq).seq
    void = till.void(taken, seq)
    void["data"] |= {"decision": desk_seq, "carried_out_by": " BO "}
    till.records.pop()
    till.bodies.pop()
    redo(till, void)
    posted(books, key, till)
    assert items(books) == [("self-approval", -25_00)]


def redo(till: Till, body: dict[str, object]) -> None:
    """Sign the last record again as it is now."""
    prev = till.head_before
    for kept in till.bodies:
        prev = till.recorder.seal_record(kept["seq"], prev, kept).h
    signed = till.recorder.seal_record(till.seq, prev, body)
    till.prev = signed.h
    till.records.append((signed.body, signed.sig))
    till.bodies.append(body)


@pytest.mark.parametrize("named", [7, None])
def test_a_record_that_names_no_true_decision_is_borne_by_suspense(
    books: Books, key: Ed25519PrivateKey, till: Till, named: int | None
) -> None:
    taken = till.pay(BOTH)
    seq = till.ask(Kind.VOID_REQUEST, taken)["seq"]
    posted(books, key, till)
    if named is None:
        decided(books, key, seq, Verdict.REFUSE)
    void = till.void(taken, seq)
    if named is not None:
        void["data"]["decision"] = named
        till.records.pop()
        till.bodies.pop()
        redo(till, void)
    posted(books, key, till)
    assert items(books) == [("unknown-decision" if named else "decided-otherwise", -25_00)]
    assert charges(books)["C2"] == 0


def test_a_refused_request_leaves_the_receipt_and_may_be_refused_at_the_terminal_too(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    taken = till.pay(BOTH)
    request = till.ask(Kind.VOID_REQUEST, taken)
    posted(books, key, till)
    decided(books, key, request["seq"], Verdict.REFUSE)
    assert listed(books, key) == []
    till.refuse(request)
    posted(books, key, till)
    assert items(books) == []
    assert charges(books)["C2"] == 0


@pytest.mark.parametrize("by", ["ann", "ANN", "dee", "eli", "nobody"])
def test_only_a_lead_who_had_no_part_in_it_decides(books: Books, key: Ed25519PrivateKey, till: Till, by: str) -> None:
    seq = after_the_close(books, key, till)
    with pytest.raises(NotAllowed):
        decided(books, key, seq, by=by)
    assert listed(books, key) == [seq]


@pytest.mark.parametrize("part", ["asked", "took"])
def test_a_lead_who_asked_or_took_the_receipt_does_not_decide(
    books: Books, key: Ed25519PrivateKey, till: Till, part: str
) -> None:
    till.open("S2", operator="cy")
    taken = till.pay(BOTH, session="S2", operator="cy" if part == "took" else "ann")
    seq = till.ask(Kind.VOID_REQUEST, taken, operator="cy" if part == "asked" else "ann", session="S2")["seq"]
    posted(books, key, till)
    with pytest.raises(NotAllowed, match="took part"):
        decided(books, key, seq, by="cy")


def test_there_must_be_a_request_and_a_reason(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    seq = after_the_close(books, key, till)
    with pytest.raises(DecisionRefusedError, match="is no request"):
        decided(books, key, 1)
    with pytest.raises(DecisionRefusedError, match="A reason is needed"):
        act(books, key, decide, "T1", 1, seq, Verdict.REFUSE, by="bo", reason=" ", biz_date=DAY, id_=new_id())
    decided(books, key, seq, Verdict.REFUSE)
    with pytest.raises(DecisionRefusedError, match="answered before"):
        decided(books, key, seq)
