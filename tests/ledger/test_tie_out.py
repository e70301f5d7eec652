"""A month's tie-out: control accounts against sessions, deposits, accounts and the worklist; every difference named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.city import rules_to_json
from countertui.domain.deposit_making import Carried, ClosedSession, LeftOut
from countertui.domain.deposits import PaperState
from countertui.domain.desk_records import DeskKind
from countertui.domain.records import Kind
from countertui.domain.rights import NotAllowed
from countertui.domain.tenders import TenderKind
from countertui.domain.tie_out import NoMonth, last_day, month_before, month_of
from countertui.ledger.bank.explaining import explain, unexplain
from countertui.ledger.books import Books
from countertui.ledger.closed_sessions import closed_session
from countertui.ledger.correction_targets import ToGl
from countertui.ledger.desk import Ground
from countertui.ledger.desk_reads.tie_out import tie_out_causes_read, tie_out_read
from countertui.ledger.fsck import fsck
from countertui.ledger.periods import set_period
from countertui.ledger.tie_out_signed import TieOutRefusedError, sign_tie_out
from ledger import test_money_at_the_bank as at_the_bank
from ledger.at_the_desk import act, new_id, rules_are
from ledger.bank.test_booking import RULES
from ledger.bank.test_explaining import FEE, INTEREST, lines_of, said
from ledger.test_corrections import corrected, moved
from ledger.test_drops import dropped
from ledger.test_money_at_the_bank import deposited, returned
from ledger.test_periods import said as month_is
from ledger.test_posting import BOTH, items, posted
from ledger.test_terminal_deposits import data_of, puts, states, takes_back, till_of, works
from ledger.town import Till, allocation, brought, line

town, worked = at_the_bank.town, at_the_bank.worked
MONTH = "2026-11"
DECEMBER = "2026-12-02T18:00:00+00:00"


def read(books: Books, month: str = MONTH) -> dict[str, Any]:
    with books.reading() as connection:
        return tie_out_read(connection, {"month": month})


def off(books: Books, month: str = MONTH) -> dict[tuple[str, str], int]:
    """What differs, by section and account."""
    rows = read(books, month)["rows"]
    return {(row["section"], row["account"]): row["difference_cents"] for row in rows if row["difference_cents"]}


def causes(books: Books, section: str, account: str, month: str = MONTH) -> list[tuple[str, int, str]]:
    with books.reading() as connection:
        found = tie_out_causes_read(connection, {"month": month, "section": section, "account": account})
    named = [(cause["words"], cause["cents"], cause["record"]) for cause in found["causes"]]
    assert sum(cents for _, cents, _ in named) == found["row"]["difference_cents"]
    return named


def figures(books: Books, month: str = MONTH) -> dict[tuple[str, str], tuple[int, int]]:
    return {
        (row["section"], row["account"]): (row["subsystem_cents"], row["gl_cents"])
        for row in read(books, month)["rows"]
        if row["section"] != "memo"
    }


def test_a_day_with_a_shortage_ties_before_and_after_its_deposit(
    town: Books, key: Ed25519PrivateKey, worked: Till
) -> None:
    before = figures(town)
    assert before["control", "100-1020"] == (34_00, 34_00)
    assert before["control", "100-1030"] == (60_00, 60_00)
    assert before["control", "100-4911"] == (1_00, 1_00)
    assert before["receipts", "510-4310"] == (-90_00, -90_00)
    deposited(town, key)
    after = figures(town)
    assert ("control", "100-1020") not in {place for place, sums in after.items() if any(sums)}
    assert after["control", "100-1010"] == (94_00, 94_00)
    assert off(town) == {}


def test_what_waits_was_taken_back_and_came_back_ties_too(town: Books, key: Ed25519PrivateKey, worked: Till) -> None:
    deposited(town, key)
    returned(town, key, "T1-2", "30")
    worked.open("S2")
    taken = worked.pay(BOTH, session="S2")
    worked.void(taken, session="S2")
    worked.pay(line("U1", allocation("C1", "510-4310", 90_00)), session="S2")
    posted(town, key, worked)
    assert off(town) == {}
    assert figures(town)["control", "100-1010"] == (54_00, 54_00)


def test_a_share_in_suspense_is_named_where_it_lacks(town: Books, key: Ed25519PrivateKey, worked: Till) -> None:
    worked.open("S2")
    paid = worked.pay(line(None, allocation(None, "100-9999", 3_00)), session="S2")
    posted(town, key, worked)
    assert figures(town)["control", "100-2990"] == (-3_00, -3_00)
    assert off(town) == {("receipts", "100-9999"): 3_00}
    ((words, cents, record),) = causes(town, "receipts", "100-9999")
    assert ("100-9999 is not in the chart" in words, cents, record) == (True, 3_00, f"T1/1/{paid['seq']}")
    corrected(town, key, 1, ToGl("100-4410"))
    assert ("control", "100-2990") not in figures(town)


def test_suspense_ties_where_a_month_was_opened_again_and_put_right_before_what_was_posted_after_it(
    town: Books, key: Ed25519PrivateKey, worked: Till
) -> None:
    month_is(town, key, DeskKind.PERIOD_CLOSE, MONTH)
    worked.open("S2")
    worked.pay(line(None, allocation(None, "100-4410", 3_00)), session="S2")
    posted(town, key, worked)
    assert [figures(town, month)["control", "100-2990"] for month in ("2026-12",)] == [(-3_00, -3_00)]
    month_is(town, key, DeskKind.PERIOD_OPEN, MONTH)
    corrected(town, key, 1, ToGl("100-4410"))
    assert figures(town)["control", "100-2990"] == (3_00, 3_00)
    assert ("control", "100-2990") not in figures(town, "2026-12")


def test_a_correction_on_a_control_account_is_named(town: Books, key: Ed25519PrivateKey, worked: Till) -> None:
    worked.open("S2")
    paid = worked.pay(line(None, allocation(None, "100-4410", 7_00)), session="S2")
    posted(town, key, worked)
    moved(town, key, paid["seq"], ToGl("100-4410"), ToGl("100-4911"), 2_00)
    assert off(town) == {("control", "100-4911"): -2_00}
    ((words, cents, record),) = causes(town, "control", "100-4911")
    assert (words, cents) == ("Correction posted here, of no drawer and no deposit", -2_00)
    assert record.startswith("LEDGER/1/")


def test_money_moved_after_the_count_is_named_by_its_session(town: Books, key: Ed25519PrivateKey, worked: Till) -> None:
    worked.pay(line(None, allocation(None, "100-4410", 5_00)))
    posted(town, key, worked)
    assert off(town) == {("control", "100-1020"): 5_00, ("control", "100-4911"): -5_00}
    for account, cents in (("100-1020", 5_00), ("100-4911", -5_00)):
        ((words, found, _),) = causes(town, "control", account)
        assert (words, found) == ("Session S1 of T1: money moved after it was counted", cents)


def test_a_credit_that_came_along_is_named_and_was_off_before(
    town: Books, key: Ed25519PrivateKey, worked: Till
) -> None:
    row = ("CR-U1", "U1", "2026-01-01", "credit", "Credit on account", "510-2310", -15_00, -15_00)
    brought(town, "charge", [row])
    found = {row["account"]: row for row in read(town)["rows"] if row["section"] == "control"}["510-2310"]
    assert (found["subsystem_cents"], found["gl_cents"], found["before_cents"]) == (-15_00, 0, 15_00)
    ((words, cents, _),) = causes(town, "control", "510-2310")
    assert ("Account U1 brought its credit along" in words, cents) == (True, 15_00)


def test_a_month_is_as_it_was_whatever_came_later(town: Books, key: Ed25519PrivateKey, worked: Till) -> None:
    before = figures(town)
    worked.open("S3", biz_date="2026-12-01")
    worked.pay(line("U2", allocation(None, "510-2310", 8_00)), session="S3", biz_date="2026-12-01")
    posted(town, key, worked)
    assert figures(town) == before
    december = {row["account"]: row for row in read(town, "2026-12")["rows"] if row["section"] == "control"}
    assert december["510-2310"]["gl_cents"] == december["510-2310"]["subsystem_cents"] == -8_00
    assert off(town, "2026-12") == {}


def test_a_lie_in_the_books_is_told(town: Books, key: Ed25519PrivateKey, worked: Till) -> None:
    """Both sides are worked out apart from each other: a cent moved in the general ledger alone is a difference."""
    with town.writing() as connection:
        connection.exec_driver_sql("UPDATE gl_line SET cents = cents + 1 WHERE account = '100-1030' AND cents = 4000")
    assert off(town) == {("control", "100-1030"): 1}
    assert causes(town, "control", "100-1030") == [("Not explained by anything here", 1, "")]
    with town.writing() as connection:
        connection.exec_driver_sql("UPDATE gl_line SET cents = cents - 1 WHERE account = '100-1030' AND cents = 4001")


def test_lines_of_the_bank_that_are_no_deposit_tie(town: Books, key: Ed25519PrivateKey, worked: Till) -> None:
    rules_are(town, rules_to_json(RULES))
    deposited(town, key)
    interest, fee = lines_of(town, key, INTEREST, FEE)
    said(town, key, explain, interest, "510-4310")
    said(town, key, explain, fee, "100-4911")
    assert (off(town), figures(town)["control", "100-1010"]) == ({}, (98_50, 98_50))
    said(town, key, unexplain, fee)
    assert (off(town), figures(town)["control", "100-1010"]) == ({}, (101_00, 101_00))


def test_deposits_of_terminals_tie_however_they_stand(town: Books, key: Ed25519PrivateKey) -> None:
    till, other = till_of(town, key, "T1"), till_of(town, key, "T2")
    lost = (one := works(till, off=-1_00)).papers[0]
    left = {lost.key: LeftOut(PaperState.MISSING, "not in the envelope")}
    puts(till, data_of(till, [one], 48_00, left_out=left))
    puts(till, data_of(till, [works(till, "S2"), works(other)], 97_00, 2))
    made = puts(till, data_of(till, [works(till, "S3", 20_00, 0)], 20_00, 3))
    posted(town, key, till)
    assert off(town) == {}
    assert figures(town)["control", "100-2990"][0] < 0
    takes_back(till, made)
    posted(town, key, till)
    assert off(town) == {}
    posted(town, key, other)
    assert (off(town), items(town)[0][0]) == ({}, "deposit-waits")
    assert ("control", "100-2990") not in figures(town)
    assert figures(town)["control", "100-1030"] == (40_00, 40_00)


def test_a_closed_month_keeps_deposits_as_they_stood_at_its_end(town: Books, key: Ed25519PrivateKey) -> None:
    till, other = till_of(town, key, "T1"), till_of(town, key, "T2")
    other.open("S1")
    for tender in (("cash", 50_00), ("check", 40_00, "11")):
        other.pay(line(None, allocation(None, "100-4410", tender[1])), tenders=[tender])
    posted(town, key, other)
    puts(till, data_of(till, [works(till), works(Till(town, "T2"))], 100_00))
    posted(town, key, till)
    waited = figures(town)
    assert (off(town), waited["control", "100-2990"]) == ({}, (-180_00, -180_00))
    act(town, key, set_period, DeskKind.PERIOD_CLOSE, MONTH, by="dee", second="bo", reason="Month end", id_=new_id())
    other.close(250_00, 250_00, {"check": (1, 40_00)})
    posted(town, key, other)
    assert [state for _, state in states(town)] == ["deposited"]
    assert (off(town), figures(town)) == ({}, waited)
    assert (off(town, "2026-12"), ("control", "100-2990") in figures(town, "2026-12")) == ({}, False)


@pytest.mark.parametrize("at_terminal", [True, False])
@pytest.mark.parametrize("opened", [180_00, 230_00])
def test_a_drawer_opened_off_its_fund_ties_before_and_after_its_deposit(
    town: Books, key: Ed25519PrivateKey, opened: int, at_terminal: bool
) -> None:
    till = till_of(town, key, "T1")
    till.open("S1", opened)
    till.pay(line(None, allocation(None, "100-4410", 50_00)), session="S1")
    till.close(opened + 49_00, opened + 50_00, session="S1")
    posted(town, key, till)
    assert (off(town), figures(town)["control", "100-1020"]) == ({}, (49_00, 49_00))
    if at_terminal:
        puts(till, data_of(till, [closed_in(town, "T1", "S1")], 49_00))
        posted(town, key, till)
    else:
        deposited(town, key)
    assert (off(town), figures(town)["control", "100-1010"]) == ({}, (49_00, 49_00))
    assert ("control", "100-1020") not in {place for place, sums in figures(town).items() if any(sums)}


def test_what_went_out_of_a_fund_stays_among_the_cash_until_a_deposit_fills_it_up(
    town: Books, key: Ed25519PrivateKey
) -> None:
    till = till_of(town, key, "T1")
    till.open("S1")
    till.pay(line(None, allocation(None, "100-4410", 50_00)), tenders=[("check", 50_00, "11")], session="S1")
    till.close(180_00, 200_00, {"check": (1, 50_00)}, session="S1")  # type: ignore[dict-item]
    till.open("S2", 180_00)
    till.pay(line(None, allocation(None, "100-4410", 60_00)), session="S2")
    till.close(240_00, 240_00, session="S2")
    posted(town, key, till)
    one, two = (closed_in(town, "T1", session) for session in ("S1", "S2"))
    puts(till, data_of(till, [one], 0, reason="short at the close"))
    posted(town, key, till)
    assert (off(town), figures(town)["control", "100-1020"]) == ({}, (40_00, 40_00))
    assert figures(town)["control", "100-4911"] == (20_00, 20_00), "short is short, and nothing is over"
    puts(
        till,
        data_of(till, [two], 40_00, 2, found=(Carried("T1-D1/1", TenderKind.CASH, -20_00, "", "", "", "100-1010"),)),
    )
    posted(town, key, till)
    assert (off(town), states(town)) == ({}, [("T1-D1", "deposited"), ("T1-D2", "deposited")])
    assert figures(town)["control", "100-1010"] == (90_00, 90_00)
    assert fsck(town).differences == ()


def test_a_fund_that_lacks_nothing_is_no_way_to_keep_cash_that_is_over(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    data = data_of(till, [works(till)], 70_00)
    data["differences"][0] |= {"what": "fund", "carried": True}
    puts(till, data)
    posted(town, key, till)
    assert [reason for reason, _ in items(town)] == ["deposit-not-intact"]


def closed_in(books: Books, terminal: str, id_: str) -> ClosedSession:
    with books.reading() as connection:
        found = closed_session(connection, terminal, 1, id_)
    assert found is not None
    return found


def test_what_was_dropped_into_the_safe_and_what_is_owed_by_check_tie(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    till.open("S1")
    taken = till.pay(line(None, allocation(None, "100-4410", 50_00)), session="S1")
    dropped(till, "B-7", 30_00, session="S1")
    posted(town, key, till)
    assert figures(town)["control", "100-1020"] == (50_00, 50_00)
    till.close(220_00, 220_00, session="S1")
    till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken)["seq"])
    posted(town, key, till)
    assert figures(town)["control", "100-2010"] == (-50_00, -50_00)
    assert off(town) == {}


def signs(books: Books, key: Ed25519PrivateKey, by: str = "dee", second: str = "bo", **more: str) -> None:
    told = {"by": by, "second": second, "reason": "", "sha256": read(books)["sha256"], "id_": new_id()} | more
    month = told.pop("month", MONTH)
    act_in(books, key, sign_tie_out, month, **told)


def act_in(books: Books, key: Ed25519PrivateKey, does: Callable[..., Any], *what: Any, **more: Any) -> Any:
    with books.writing() as connection:
        return does(Ground(connection, books, key, DECEMBER), *what, **more)


def test_two_people_sign_what_they_looked_at(town: Books, key: Ed25519PrivateKey, worked: Till) -> None:
    looked_at = read(town)["sha256"]
    for by, second in (("dee", "dee"), ("bo", "dee"), ("dee", "ann")):
        with pytest.raises(NotAllowed):
            signs(town, key, by, second)
    with pytest.raises(TieOutRefusedError, match="is not over"):
        act(town, key, sign_tie_out, MONTH, by="dee", second="bo", reason="", sha256=looked_at, id_=new_id())
    worked.pay(line(None, allocation(None, "100-4410", 5_00)))
    posted(town, key, worked)
    with pytest.raises(TieOutRefusedError, match="was posted since"):
        signs(town, key, sha256=looked_at)
    with pytest.raises(TieOutRefusedError, match="nobody says why"):
        signs(town, key)
    assert read(town)["signed"] == []
    signs(town, key, reason="Keyed in after the close")
    (signed,) = read(town)["signed"]
    assert (signed["by"], signed["second"], signed["different"], signed["unchanged"]) == ("dee", "bo", 2, True)
    deposited(town, key)
    assert read(town)["signed"][0]["unchanged"] is False


@pytest.mark.parametrize("typed", ["2026-13", "November", "", "2026-1", "1999-12", "２０２６-11"])
def test_what_is_no_month_is_refused(typed: str) -> None:
    with pytest.raises(NoMonth, match="is no month"):
        month_of(typed)


def test_months_end_on_their_last_day() -> None:
    assert (last_day("2028-02"), last_day("2026-12"), month_before("2027-01")) == (
        "2028-02-29",
        "2026-12-31",
        "2026-12",
    )
    assert month_of(" 2026-11 ") == "2026-11"
