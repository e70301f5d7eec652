"""Bank deposits of terminals in the books: as the desk's, judged by the books' own records, the same for fsck."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.city import rules_to_json
from countertui.domain.deposit_making import Carried, ClosedSession, LeftOut, Paper, Said, made_of
from countertui.domain.deposits import PaperState, slip_number
from countertui.domain.desk_records import TenderSum
from countertui.domain.records import Kind
from countertui.domain.tenders import TenderKind
from countertui.ledger.bank.booking import not_at_bank
from countertui.ledger.books import Books
from countertui.ledger.correction_targets import ToGl
from countertui.ledger.corrections import Who, correct_item
from countertui.ledger.deposits import DepositRefusedError, undeposited
from countertui.ledger.fsck import fsck
from countertui.ledger.keep_terminals import register_terminal
from ledger.at_the_desk import act, ground, new_id, rules_are
from ledger.test_checks_returned import came_back, check
from ledger.test_ingest import asked
from ledger.test_money_at_the_bank import BANKED, deposited
from ledger.test_posting import SUSPENSE, balances, items, posted
from ledger.town import DAY, NOW, Till, allocation, brought, line

CASH, CHECKS, BANK, OVER_SHORT, COPIES = (("100", f"100-{n}") for n in ("1020", "1030", "1010", "4911", "4410"))


@pytest.fixture
def town(books: Books) -> Books:
    rules_are(books, rules_to_json(BANKED))
    return books


def till_of(town: Books, key: Ed25519PrivateKey, code: str, office: str = "HALL") -> Till:
    till = Till(town, code)
    register_terminal(town, key, code, office, 1, till.identity.public_key, now=NOW)
    return till


def works(till: Till, session: str = "S1", cash: int = 50_00, in_check: int = 40_00, off: int = 0) -> ClosedSession:
    """A session that took cash and a check, closed with its cash off by so much; what a deposit of it has to be."""
    code = till.identity.terminal
    till.open(session)
    till.pay(line(None, allocation(None, "100-4410", cash)), tenders=[("cash", cash)], session=session)
    papers: tuple[Paper, ...] = ()
    if in_check:
        paid = till.pay(
            line(None, allocation(None, "100-4410", in_check)), tenders=[("check", in_check, "11")], session=session
        )
        papers = (Paper(paid["receipt_no"], 1, TenderKind.CHECK, "11", in_check),)
    lead = {"approver": "bo"} if abs(off) > 50_00 else {}
    paper = {"check": (1, in_check)} if in_check else {}
    till.close(200_00 + cash + off, 200_00 + cash, paper, session=session, **lead)
    sums = [TenderSum(tender="cash", count=0, cents=cash + off)]
    sums += [TenderSum(tender="check", count=1, cents=in_check)] if in_check else []
    drawer, hands = till.drawers[session], ("ann", *lead.values())
    return ClosedSession(code, 1, session, None, drawer, "ann", DAY, tuple(sums), off, (), papers, hands)


def data_of(
    till: Till, sessions: list[ClosedSession], cash: int, n: int = 1, found: tuple[Carried, ...] = (), **more: Any
) -> dict[str, Any]:
    """What the terminal would record; more: of Said, or of the record."""
    slip_no = slip_number(till.identity.terminal, 1, n)
    left = more.pop("left_out", {})
    seen = {paper.key for each in sessions for paper in each.papers} - left.keys()
    reason, carry = more.pop("reason", "counted twice"), more.pop("carry", False)
    bags, off_in = more.pop("bags", ()), more.pop("off_in", "")
    made = made_of(sessions, found, cash, Said(slip_no, seen, left, reason, carry, off_in), bags)
    return {
        "office": "HALL", "bank": "100-1010", "slip_no": slip_no, "bag": f"B{n}", "stage": "interim",
        "biz_dates": [DAY], "sessions": list(made.sessions), "found": list(made.found),
        "differences": list(made.differences), "count_seq": till.seq, "counts": 1,
        "pieces": [[1_00, cash // 1_00]] if cash else [], "composition": list(made.composition),
        "total_cents": made.total, "not_heard": [],
    } | more  # fmt: skip


def puts(till: Till, data: dict[str, Any], second: str | None = "bo", by: str = "dee") -> dict[str, Any]:
    return till.record(Kind.DEPOSIT, data, operator=by, approver=second, session=None)


def takes_back(till: Till, made: dict[str, Any], second: str = "bo", **ref: Any) -> None:
    said = {"seq": made["seq"], "h": "ab", "slip_no": made["data"]["slip_no"], "bag": made["data"]["bag"]}
    data = {"deposit": said | ref, "reason": "wrong bag"}
    till.record(Kind.DEPOSIT_TAKEN_BACK, data, operator="dee", approver=second, session=None)


def states(books: Books) -> list[tuple[str, str]]:
    return asked(books, "SELECT slip_no, state FROM deposit ORDER BY no")  # type: ignore[return-value]


def at_bank(books: Books, key: Ed25519PrivateKey) -> list[tuple[str, int]]:
    with ground(books, key) as here:
        return [(each.bag, each.cents) for each in not_at_bank(here.connection)]


def test_it_posts_what_the_desks_would(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    puts(till, data_of(till, [works(till, off=-1_00)], 49_00))
    posted(town, key, till)
    assert items(town) == []
    assert balances(town) == {BANK: 89_00, COPIES: -90_00, OVER_SHORT: 1_00}
    assert at_bank(town, key) == [("B1", 89_00)]
    assert states(town) == [("T1-D1", "deposited")]
    with ground(town, key) as here:
        assert undeposited(here.connection) == []
    with pytest.raises(DepositRefusedError, match="B1 was used before"):
        deposited(town, key, "B1")
    with pytest.raises(DepositRefusedError, match="deposited already"):
        deposited(town, key, "B2")
    assert fsck(town).differences == ()


@pytest.mark.parametrize("typed", ["b 1", "b1", "s-7"])
def test_the_desk_takes_no_bag_that_a_terminal_used_however_it_is_typed(
    town: Books, key: Ed25519PrivateKey, typed: str
) -> None:
    till = till_of(town, key, "T1")
    puts(till, data_of(till, [works(till, "S2")], 50_00))
    till.open("S1")
    drop = {"drawer": till.drawers["S1"], "bag": "S-7", "pieces": [[10_00, 1]], "cents": 10_00}
    till.record(Kind.DROP, drop, session="S1")
    till.pay(line(None, allocation(None, "100-4410", 50_00)), session="S1")
    till.close(240_00, 240_00, session="S1")
    posted(town, key, till)
    with pytest.raises(DepositRefusedError, match="was used before"):
        deposited(town, key, typed)
    deposited(town, key, "s-8")
    assert ("S-8", 50_00) in at_bank(town, key)
    assert fsck(town).differences == ()


def test_what_is_over_or_short_in_it_is_posted_and_what_is_carried_stays(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    one = works(till)
    lost = one.papers[0]
    puts(till, data_of(till, [one], 51_00, left_out={lost.key: LeftOut(PaperState.MISSING, "not in the envelope")}))
    posted(town, key, till)
    assert items(town) == []
    assert balances(town) == {BANK: 51_00, CHECKS: 40_00, OVER_SHORT: -1_00, COPIES: -90_00}
    assert asked(town, "SELECT item, tender, cents, found_no FROM deposit_carried") == [
        ("T1-D1/1", "check", 40_00, None)
    ]
    two = works(till, "S2", in_check=0)
    found = (Carried("T1-D1/1", TenderKind.CHECK, 40_00, lost.receipt_no, "11", "", BANK[1]),)
    puts(till, data_of(till, [two], 50_00, 2, found))
    posted(town, key, till)
    assert items(town) == []
    assert balances(town) == {BANK: 141_00, OVER_SHORT: -1_00, COPIES: -140_00}
    three = works(till, "S3", in_check=0)
    puts(till, data_of(till, [three], 50_00, 3, found))
    posted(town, key, till)
    assert items(town) == [("deposit-not-intact", 90_00)]
    assert fsck(town).differences == ()


def test_cash_that_is_short_and_carried_stays_among_the_cash(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    puts(till, data_of(till, [works(till)], 45_00, carry=True))
    posted(town, key, till)
    assert balances(town) == {BANK: 85_00, CASH: 5_00, COPIES: -90_00}
    assert fsck(town).differences == ()


def test_it_waits_for_sessions_of_others_and_is_carried_out_when_they_come(town: Books, key: Ed25519PrivateKey) -> None:
    till, other = till_of(town, key, "T1"), till_of(town, key, "T2")
    sessions = [works(till), works(other, off=-2_00)]
    puts(till, data_of(till, sessions, 98_00))
    posted(town, key, till)
    assert items(town) == [("deposit-waits", 178_00)]
    assert balances(town) == {BANK: 178_00, CASH: 50_00, CHECKS: 40_00, SUSPENSE: -178_00, COPIES: -90_00}
    assert states(town) == [("T1-D1", "waiting")]
    assert at_bank(town, key) == [("B1", 178_00)]
    assert fsck(town).differences == ()
    posted(town, key, other)
    assert asked(town, "SELECT reason, state FROM error_item") == [("deposit-waits", "settled")]
    assert balances(town) == {BANK: 178_00, OVER_SHORT: 2_00, COPIES: -180_00}
    assert states(town) == [("T1-D1", "deposited")]
    assert asked(town, "SELECT * FROM deposit_waits") == []
    assert fsck(town).differences == ()


def test_what_waited_and_is_not_what_came_stays_in_suspense(town: Books, key: Ed25519PrivateKey) -> None:
    till, other = till_of(town, key, "T1"), till_of(town, key, "T2")
    data = data_of(till, [works(till), works(other)], 100_00)
    data["sessions"][1]["sums"][0]["cents"] -= 10_00
    puts(till, data)
    posted(town, key, till)
    posted(town, key, other)
    assert items(town) == [("deposit-not-intact", 180_00)]
    assert states(town) == [("T1-D1", "suspended")]
    assert fsck(town).differences == ()


def test_what_somebody_moved_out_of_suspense_before_is_not_moved_twice(town: Books, key: Ed25519PrivateKey) -> None:
    till, other = till_of(town, key, "T1"), till_of(town, key, "T2")
    puts(till, data_of(till, [works(till, in_check=0), works(other, in_check=0)], 100_00))
    posted(town, key, till)
    brought(town, "operator", [("fay", "Fay", "technician", "", "2020-01-01", None)])
    who = Who(by="fay", second="cy", reason="T2 is lost", biz_date=DAY, id=new_id())
    act(town, key, correct_item, 1, ToGl("100-1020"), who)
    posted(town, key, other)
    assert items(town)[1:] == [("deposit-corrected", 0)]
    assert balances(town) == {BANK: 100_00, COPIES: -100_00}
    assert fsck(town).differences == ()


def test_a_check_in_place_of_cash_is_told_and_stands_in_suspense(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    data = data_of(till, [works(till)], 50_00)
    strange = {"receipt_no": "T1-9", "n": 1, "tender": "check", "reference": "4711", "cents": 20_00}
    data["sessions"][0]["papers"].append(strange | {"state": "there", "reason": ""})
    data["pieces"] = [[1_00, 30]]
    data["composition"] = [
        {"tender": "cash", "count": 0, "cents": 30_00},
        {"tender": "check", "count": 2, "cents": 60_00},
    ]
    puts(till, data)
    posted(town, key, till)
    ((reason, cents),) = items(town)
    assert (reason, cents) == ("substitution", 90_00)
    ((told,),) = asked(town, "SELECT detail FROM error_item")
    assert told == "Deposit T1-D1, bag B1: 20.00 of one tender stands for the other."
    assert fsck(town).differences == ()


def altered(where: tuple[Any, ...], what: Any) -> Any:
    def change(data: dict[str, Any]) -> None:
        at: Any = data
        for name in where[:-1]:
            at = at[name]
        at[where[-1]] = what

    return change


@pytest.mark.parametrize(
    "change",
    [
        altered(("sessions", 0, "sums"), [{"tender": "cash", "count": 0, "cents": 50_00}]),
        altered(("sessions", 0, "bags"), [{"bag": "S1", "cents": 1}]),
        altered(("sessions", 0, "papers"), []),
        altered(("sessions", 0, "papers", 0, "reference"), "12"),
        altered(("sessions", 0, "papers", 0, "cents"), 41_00),
        altered(("sessions", 0, "papers", 0, "state"), "missing"),
        altered(("differences", 0, "reason"), ""),
        altered(("differences", 0, "cents"), -2_00),
        altered(("differences",), []),
        altered(("found",), [{"item": "T1-D0/1", "tender": "cash", "cents": 1, "receipt_no": "", "reference": ""}]),
    ],
)
def test_what_was_not_received_like_that_stands_in_suspense(town: Books, key: Ed25519PrivateKey, change: Any) -> None:
    till = till_of(town, key, "T1")
    data = copy.deepcopy(data_of(till, [works(till)], 49_00))
    change(data)
    puts(till, data)
    posted(town, key, till)
    assert items(town) == [("deposit-not-intact", 89_00)]
    assert balances(town)[BANK] == 89_00
    assert states(town) == [("T1-D1", "suspended")]


def test_a_session_is_in_one_deposit_only(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    one = works(till)
    posted(town, key, till)
    deposited(town, key, "B0")
    puts(till, data_of(till, [one], 50_00))
    posted(town, key, till)
    assert items(town) == [("deposited-twice", 90_00)]
    assert balances(town) == {BANK: 180_00, SUSPENSE: -90_00, COPIES: -90_00}
    assert fsck(town).differences == ()


@pytest.mark.parametrize(
    ("by", "second", "told"),
    [
        ("dee", "ann", ["no-right", "own-drawer"]), ("ann", "bo", ["no-right"]), ("dee", None, ["not-approved"]),
        ("dee", "dee", ["self-approval"]), ("dee", "eli", ["no-right"]),
    ],
)  # fmt: skip
def test_who_may_not_is_told(town: Books, key: Ed25519PrivateKey, by: str, second: str | None, told: list[str]) -> None:
    till = till_of(town, key, "T1")
    puts(till, data_of(till, [works(till)], 50_00), second, by)
    posted(town, key, till)
    assert items(town) == [(reason, 0) for reason in told]
    assert balances(town)[BANK] == 90_00


def test_a_lead_who_let_a_close_be_had_the_drawer(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    puts(till, data_of(till, [works(till, cash=80_00, off=-60_00)], 20_00))
    posted(town, key, till)
    assert items(town) == [("own-drawer", 0)]


def test_a_bag_is_used_once(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    puts(till, data_of(till, [works(till)], 50_00))
    puts(till, data_of(till, [works(till, "S2")], 50_00, 2, bag="B1"))
    posted(town, key, till)
    assert items(town) == [("bag-used-twice", 0)]
    assert at_bank(town, key) == [("B1", 90_00), ("B1", 90_00)]


def test_another_offices_session_is_none_of_it(town: Books, key: Ed25519PrivateKey) -> None:
    till, other = till_of(town, key, "T1"), till_of(town, key, "T9", "ANNEX")
    puts(till, data_of(till, [works(till), works(other)], 100_00))
    posted(town, key, till)
    assert items(town) == [("other-office", 180_00)]
    posted(town, key, other)
    with ground(town, key) as here:
        assert [each.terminal for each in undeposited(here.connection)] == ["T9"]
    assert fsck(town).differences == ()


def test_a_final_that_is_not_all_is_told(town: Books, key: Ed25519PrivateKey) -> None:
    till, other = till_of(town, key, "T1"), till_of(town, key, "T2")
    works(other)
    posted(town, key, other)
    puts(till, data_of(till, [works(till)], 50_00, stage="final", not_heard=["T2"]))
    posted(town, key, till)
    assert items(town) == []
    till.open("S2")
    made = puts(till, data_of(till, [works(till, "S3")], 50_00, 2))
    ref = {"seq": made["seq"], "h": "ab", "slip_no": "T1-D2", "bag": "B2"}
    said = {"deposit": ref, "biz_dates": [DAY], "not_heard": []}
    till.record(Kind.DEPOSIT_FINAL, said, operator="dee", approver="bo", session=None)
    posted(town, key, till)
    ((told,),) = asked(town, "SELECT detail FROM error_item")
    assert told.endswith("left: drawer D2 of ann at T1, drawer D1 of ann at T2.")
    assert asked(town, "SELECT stage FROM deposit ORDER BY no") == [("final",), ("final",)]
    assert fsck(town).differences == ()


@pytest.mark.parametrize(
    ("by", "second", "reason"),
    [
        ("dee", "ann", "own-drawer"),
        ("dee", "dee", "self-approval"),
        ("dee", None, "not-approved"),
        ("ann", "bo", "no-right"),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_final_of_people_who_may_not_is_told(
    town: Books, key: Ed25519PrivateKey, by: str, second: str | None, reason: str, later: bool
) -> None:
    """later: the drawer's own batch comes after the deposit, of another terminal of the office."""
    till, other = till_of(town, key, "T1"), till_of(town, key, "T2")
    one = works(other if later else till)
    made = puts(till, data_of(till, [one], 50_00))
    said = {"deposit": {"seq": made["seq"], "h": "ab", "slip_no": "T1-D1", "bag": "B1"}}
    data = said | {"biz_dates": [DAY], "not_heard": []}
    till.record(Kind.DEPOSIT_FINAL, data, operator=by, approver=second, session=None)
    posted(town, key, till)
    if later:
        posted(town, key, other)
    assert reason in [found for found, _ in items(town)]
    assert fsck(town).differences == ()


def test_a_slip_printed_again_moves_nothing_and_says_which_copy_it_is(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    made = puts(till, data_of(till, [works(till)], 50_00))
    ref = {"seq": made["seq"], "h": "ab", "slip_no": "T1-D1", "bag": "B1"}
    till.record(Kind.DEPOSIT_COPY, {"deposit": ref, "copy": 1}, operator="dee", approver=None, session=None)
    posted(town, key, till)
    assert items(town) == []
    assert balances(town) == {BANK: 90_00, COPIES: -90_00}
    assert fsck(town).differences == ()


def test_one_that_is_taken_back_is_as_if_it_had_not_been(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    one = works(till)
    made = puts(till, data_of(till, [one], 45_00, carry=True))
    posted(town, key, till)
    takes_back(till, made)
    posted(town, key, till)
    assert items(town) == []
    assert balances(town) == {CASH: 50_00, CHECKS: 40_00, COPIES: -90_00}
    assert (at_bank(town, key), states(town)) == ([], [("T1-D1", "taken_back")])
    assert asked(town, "SELECT * FROM deposit_carried") == []
    puts(till, data_of(till, [one], 50_00, 2))
    posted(town, key, till)
    assert (items(town), balances(town)) == ([], {BANK: 90_00, COPIES: -90_00})
    assert fsck(town).differences == ()


def test_one_that_waited_is_taken_back_out_of_suspense(town: Books, key: Ed25519PrivateKey) -> None:
    till, other = till_of(town, key, "T1"), till_of(town, key, "T2")
    made = puts(till, data_of(till, [works(till), works(other)], 100_00))
    takes_back(till, made)
    posted(town, key, till)
    assert balances(town) == {CASH: 50_00, CHECKS: 40_00, COPIES: -90_00}
    posted(town, key, other)
    with ground(town, key) as here:
        assert len(undeposited(here.connection)) == 2
    assert fsck(town).differences == ()


def test_who_had_a_drawer_takes_nothing_back_nor_what_is_not_there(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    made = puts(till, data_of(till, [works(till)], 50_00))
    takes_back(till, made, second="ann")
    takes_back(till, made, bag="B9")
    takes_back(till, made)
    takes_back(till, made)
    posted(town, key, till)
    assert [reason for reason, _ in items(town)] == ["no-right", "deposit-not-there", "deposit-not-there"]
    assert fsck(town).differences == ()


def test_in_a_closed_month_it_is_dated_after_it(town: Books, key: Ed25519PrivateKey) -> None:
    from countertui.domain.desk_records import DeskKind
    from countertui.ledger.periods import set_period

    till = till_of(town, key, "T1")
    one = works(till)
    posted(town, key, till)
    act(town, key, set_period, DeskKind.PERIOD_CLOSE, DAY[:7], by="dee", second="bo", reason="early", id_=new_id())
    puts(till, data_of(till, [one], 45_00))
    posted(town, key, till)
    assert asked(town, "SELECT biz_date FROM entry WHERE kind = 'deposit'") == [("2026-12-01",)]
    assert items(town) == [("closed-period", -5_00)]
    assert fsck(town).differences == ()


def test_a_shape_that_is_no_deposit_holds_the_batch(town: Books, key: Ed25519PrivateKey) -> None:
    from countertui.ledger.ingest import ingest

    till = till_of(town, key, "T1")
    puts(till, data_of(till, [works(till)], 50_00) | {"total_cents": 1})
    assert ingest(town, key, till.seal(), "T1", 1, till.batch_no, NOW).status == 202


def test_a_check_that_comes_back_in_the_very_batch_leaves_the_bank(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    one = works(till)
    taken = next(body for body in till.bodies if body["receipt_no"] == one.papers[0].receipt_no)
    puts(till, data_of(till, [one], 50_00))
    came_back(till, check(taken, "11", 40_00, till, account=None, fee_cents=0, fee_gl=""))
    posted(town, key, till)
    assert (items(town), balances(town)) == ([], {BANK: 50_00, COPIES: -50_00})
    assert fsck(town).differences == ()
