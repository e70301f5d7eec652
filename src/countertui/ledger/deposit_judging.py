"""Whether a terminal's deposit is what the books' own records say was received: intact, no check in place of cash.

And whether it goes to the bank account that this money belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from countertui.domain.deposit_accounts import AccountsMixed, one_account
from countertui.domain.deposit_making import Carried, ClosedSession, swapped
from countertui.domain.deposits import DEPOSITED, PAPERS, PaperState, What, in_bag
from countertui.domain.money import format_cents
from countertui.domain.postings import PostingRules
from countertui.domain.safe_bags import SafeBag, less_bags, place_of_bag
from countertui.domain.tenders import TenderKind
from countertui.ledger.posting import Problem

Data = Mapping[str, Any]
SUBSTITUTION = "substitution"
NOT_INTACT = "deposit-not-intact"
OTHER_ACCOUNT = "other-account"


def less_left_out(data: Data, sessions: Sequence[ClosedSession]) -> list[ClosedSession]:
    """These sessions without the dropped bags that the deposit does not name: those are in the safe, or in another one.

    So none is owed twice, and one that was left out stays to be seen (`deposited_bags.left_of_days`).
    """
    named = {
        (each["terminal"], each["epoch"], each["session"]): {bag["bag"] for bag in each["bags"]}
        for each in data["sessions"]
    }
    return [
        less_bags(each, {bag["bag"] for bag in each.bags} - named[each.terminal, each.epoch, each.session])
        for each in sessions
    ]


def why_not_intact(
    data: Data, sessions: Sequence[ClosedSession], open_: Mapping[str, Carried], bags: Sequence[SafeBag] = ()
) -> Problem | None:
    """What is wrong with a deposit (BankDepositData) of these sessions and bags, all that it names; None: it is intact.

    sessions: as `less_left_out` gives them; bags: apart from their sessions, as the books know them. open_: what
    earlier deposits of its terminal carried and none found. The problem is of its whole total.
    """
    told = f"Deposit {data['slip_no']}, bag {data['bag']}"
    if (cents := _substituted(data, sessions, bags)) != 0:
        amount = format_cents(cents)
        return Problem(SUBSTITUTION, f"{told}: {amount} of one tender stands for the other.", data["total_cents"])
    for why in (
        *_of_sessions(data, sessions),
        *_of_bags(data, bags),
        *_of_found(data, open_),
        *_of_sums(data, sessions, bags),
    ):
        return Problem(NOT_INTACT, f"{told}: {why}", data["total_cents"])
    return None


def why_another_account(
    data: Data,
    sessions: Sequence[ClosedSession],
    open_: Mapping[str, Carried],
    rules: PostingRules,
    bags: Sequence[SafeBag] = (),
) -> Problem | None:
    """What is wrong with the bank account that an intact deposit (BankDepositData) names; None if it is the right one.

    It is that of the office on each of its sessions' and bags' days, and of the deposits that lacked what it found.
    """
    days = {each.biz_date for each in sessions} | {each.biz_date for each in bags}
    found = [open_[each["item"]].bank for each in data["found"]]
    try:
        account = one_account(rules, data["office"], days, found)
    except AccountsMixed as mixed:
        why = mixed.happened
    else:
        if account == data["bank"]:
            return None
        why = f"it goes to {data['bank']}, its money to {account or 'none'}."
    return Problem(OTHER_ACCOUNT, f"Deposit {data['slip_no']}, bag {data['bag']}: {why}", data["total_cents"])


def _substituted(data: Data, sessions: Sequence[ClosedSession], bags: Sequence[SafeBag]) -> int:
    cash = in_bag(data, TenderKind.CASH) - _found(data, TenderKind.CASH) - _of_funds(data)
    cash -= sum(each.cents(TenderKind.CASH) - each.cash_off for each in sessions) + sum(each.cents for each in bags)
    papers = sum(
        in_bag(data, kind) - _found(data, kind) - sum(each.listed(kind) for each in sessions) for kind in PAPERS
    )
    return swapped(cash, papers)


def _of_sessions(data: Data, sessions: Sequence[ClosedSession]) -> Iterator[str]:
    known = {(each.terminal, each.epoch, each.session): each for each in sessions}
    for said in data["sessions"]:
        session = known[said["terminal"], said["epoch"], said["session"]]
        name = f"drawer {session.drawer} of {session.operator} at {session.terminal}"
        if _sums(said["sums"]) != _sums(session.sums):
            yield f"it says another count of {name} than its close."
        if sorted((each["bag"], each["cents"]) for each in said["bags"]) != sorted(
            (each["bag"], each["cents"]) for each in session.bags
        ):
            yield f"it names other bags than {name} dropped."
        papers = {
            (one["receipt_no"], one["n"]): (one["tender"], one["reference"], one["cents"]) for one in said["papers"]
        }
        there = {one.key: (one.tender.value, one.reference, one.cents) for one in session.papers}
        if added := sorted(papers.keys() - there.keys()):
            yield f"a check of receipt {added[0][0]} is not one of {name}."
        if lacking := sorted(there.keys() - papers.keys()):
            yield f"a check of receipt {lacking[0][0]} of {name} is not named."
        if other := sorted(key for key in papers if key in there and papers[key] != there[key]):
            yield f"a check of receipt {other[0][0]} is another than was taken."


def _of_bags(data: Data, bags: Sequence[SafeBag]) -> Iterator[str]:
    known = {each.place: each for each in bags}
    for said in data.get("safe_bags", ()):
        bag = known[place_of_bag(said)]
        if (said["cents"], said["drawer"], said["biz_date"]) != (bag.cents, bag.drawer, bag.biz_date):
            yield f"it says another sum or drawer of bag {bag.bag} than its drop."


def _of_found(data: Data, open_: Mapping[str, Carried]) -> Iterator[str]:
    for said in data["found"]:
        item = open_.get(said["item"])
        if item is None or (item.tender, item.cents) != (said["tender"], said["cents"]):
            yield f"it found {said['item']}, {format_cents(said['cents'])}, which no deposit lacks."


def _of_sums(data: Data, sessions: Sequence[ClosedSession], bags: Sequence[SafeBag]) -> Iterator[str]:
    """Whether every difference is named, and is what its papers say."""
    there = [one for each in data["sessions"] for one in each["papers"] if one["state"] == PaperState.THERE]
    left = [one for each in data["sessions"] for one in each["papers"] if one["state"] != PaperState.THERE]
    named = [each for each in data["differences"] if each["what"] in (What.MISSING, What.RETURNED)]
    if sorted((one["receipt_no"], one["tender"], -one["cents"]) for one in left) != sorted(
        (each["receipt_no"], each["tender"], each["cents"]) for each in named
    ):
        yield "its missing checks are not its differences."
    dropped = sum(each.cents for each in bags)
    for kind in DEPOSITED:
        label, bag = kind.label.lower(), in_bag(data, kind)
        closed = sum(each.cents(kind) for each in sessions) + (dropped if kind is TenderKind.CASH else 0)
        differs = sum(each["cents"] for each in data["differences"] if each["tender"] == kind)
        if bag != closed + _found(data, kind) + differs:
            amount = format_cents(bag - closed - _found(data, kind) - differs)
            yield f"its {label} is {amount} off what was counted, and nobody says why."
        if kind in PAPERS and bag != sum(one["cents"] for one in there if one["tender"] == kind) + _found(data, kind):
            yield f"its {label}s are not those of its receipts."
    below = -_found(data, TenderKind.CASH) - sum(each.cents(TenderKind.CASH) for each in sessions) - dropped
    if _of_funds(data) != max(0, below):
        yield "what it says that funds lack is not what went out of its drawers."
    if any(not each["reason"] for each in data["differences"]):
        yield "a difference has no reason."


def _of_funds(data: Data) -> int:
    return sum(each["cents"] for each in data["differences"] if each["what"] == What.FUND)


def _found(data: Data, kind: TenderKind) -> int:
    return sum(each["cents"] for each in data["found"] if each["tender"] == kind)


def _sums(rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    return {each["tender"]: (each["count"], each["cents"]) for each in rows if each["count"] or each["cents"]}
