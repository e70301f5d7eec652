"""Trust deposits in the books: none goes below zero, whatever terminals that knew nothing of each other recorded.

What takes more from a deposit than it holds moves nothing on it. A draw was money's worth given at a counter, so
suspense bears it with an error item; a refund was not paid out yet, so it is not posted at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Connection, func, select

from countertui.domain.balances import Movement
from countertui.domain.charges import CREDIT_HEAD, DRAWN_HEAD
from countertui.domain.money import format_cents
from countertui.domain.reference import AccountKind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, require_second_person, took_part
from countertui.domain.trust import what_moved
from countertui.ledger import tables
from countertui.ledger.bulk import insert_many, looked_up
from countertui.ledger.posting import Chart, Posting, Problem
from countertui.ledger.staff import People, allowed

Body = Mapping[str, Any]
_MOVE = ("terminal", "epoch", "seq", "account", "biz_date", "what", "cents", "receipt_no", "changed_in")
OVERDRAWN = "overdrawn"


def on_credit(connection: Connection, account: str) -> int:
    """Cents on an account's credit in the books; of a trust deposit, what it holds."""
    c = tables.reference["charge"].c
    query = select(func.sum(c.balance_cents)).where((c.account == account) & (c.head == CREDIT_HEAD))
    return -int(connection.execute(query).scalar() or 0)


def deposits_among(connection: Connection, accounts: Iterable[str]) -> set[str]:
    """Which of these accounts are trust deposits."""
    kinds = looked_up(connection, tables.reference["account"], "number", "kind", sorted(set(accounts)))
    return {number for number, kind in kinds.items() if kind == AccountKind.TRUST}


def not_covered(
    moves: Sequence[Movement], deposits: AbstractSet[str], held: Callable[[str], int]
) -> dict[int, Problem]:
    """Movements, by their place, that take more from a trust deposit than it holds, or draw on what is none.

    held: an account's credit in cents, as it stands before these movements.
    """
    found: dict[int, Problem] = {}
    left: dict[str, int] = {}
    for n, move in enumerate(moves):
        if move.charge is not None or move.account is None:
            continue
        if move.account not in deposits:
            if move.head == DRAWN_HEAD and move.cents < 0:
                found[n] = Problem("no-deposit", f"{move.account} is no trust deposit to draw on.", move.cents)
            continue
        before = left.get(move.account)
        now = (held(move.account) if before is None else before) + move.cents
        if move.cents < 0 and now < 0:
            found[n] = _overdrawn(move.account, -move.cents, now - move.cents, move.cents)
        else:
            left[move.account] = now
    return found


def first_not_covered(connection: Connection, moves: Sequence[Movement]) -> Problem | None:
    """What of these movements a deposit in the books does not cover, the first of it; None if all is."""
    if all(move.cents >= 0 or move.charge is not None or move.account is None for move in moves):
        return None
    deposits = deposits_among(connection, [move.account for move in moves if move.account is not None])
    found = not_covered(moves, deposits, partial(on_credit, connection))
    return next(iter(found.values()), None)


def other_party(connection: Connection, moves: Sequence[Movement]) -> Problem | None:
    """Whether deposits paid for another party's accounts; it is posted all the same (0 cents): somebody must look."""
    accounts = {move.account for move in moves if move.account is not None}
    parties = looked_up(connection, tables.reference["account"], "number", "party", sorted(accounts))
    drawn = next((move.account for move in moves if move.head == DRAWN_HEAD and move.account is not None), "")
    others = sorted(number for number, party in parties.items() if drawn in parties and party != parties[drawn])
    return Problem("other-party", f"Deposit {drawn} paid for {others[0]}, another party's.", 0) if others else None


def moved_on(body: Body, moves: Iterable[Movement], deposits: AbstractSet[str]) -> list[tuple[Any, ...]]:
    """What a record moved on deposits, as rows of table trust_move but for the version."""
    sums: dict[str, int] = {}
    for move in moves:
        if move.account is not None and move.account in deposits and move.charge is None:
            sums[move.account] = sums.get(move.account, 0) + move.cents
    place = body["terminal"], body["epoch"], body["seq"]
    number = body["receipt_no"] or body["data"].get("original", {}).get("receipt_no", "")
    return [
        (*place, account, body["biz_date"], what_moved(body["kind"], cents).value, cents, number)
        for account, cents in sums.items()
        if cents
    ]


def write_moves(connection: Connection, rows: Iterable[tuple[Any, ...]], version: int) -> None:
    """Note what records moved on deposits."""
    insert_many(connection, tables.reference["trust_move"], _MOVE, [(*row, version) for row in rows])


def post_trust_refund(data: Body, chart: Chart) -> Posting:
    """A deposit given back: no longer held in its fund, owed to the depositor by accounts payable."""
    cents, rules = data["cents"], chart.rules
    lines = {place: -sign * cents for place, sign in chart.cent_on(data["gl"])}
    payable = rules.pooled_fund, rules.refunds_payable
    lines[payable] = lines.get(payable, 0) - cents
    move = Movement(data["account"], None, data["gl"], CREDIT_HEAD, -cents)
    return Posting({place: each for place, each in lines.items() if each}, (move,))


def why_not_refunded(
    body: Body, request: Body | None, answered_by: int | None, account: Mapping[str, Any] | None, people: People
) -> Problem | None:
    """Why a refund of a deposit may not stand; None if it may. No money went out: nothing is held (0 cents).

    account: the deposit's kind, credit_gl, release_on (ISO or None) and what it holds in cents; None where the books
    know none of that number.
    """
    data = body["data"]
    if (problem := why_not_answered(body, request, answered_by, people)) is not None:
        return problem
    if account is None or account["kind"] != AccountKind.TRUST or account["credit_gl"] != data["gl"]:
        return Problem("no-deposit", f"{data['account']} is no trust deposit at {data['gl']} in the books.", 0)
    if account["release_on"] is not None and date.fromisoformat(body["biz_date"]) < date.fromisoformat(
        account["release_on"]
    ):
        return Problem("not-released", f"{data['account']} is held until {account['release_on']}.", 0)
    if data["cents"] > account["held"]:
        return _overdrawn(data["account"], data["cents"], account["held"], 0)
    return None


def why_not_answered(body: Body, request: Body | None, answered_by: int | None, people: People) -> Problem | None:
    """Why an answer to a request for a deposit may not stand: no such request, answered before, or by whom."""
    data, refuses = body["data"], body["kind"] != "trust_refund"
    if request is None or any(request["data"][name] != data[name] for name in ("account", "cents")):
        return Problem("unknown-request", "The request it answers is not in the journal, or asks for other money.", 0)
    if answered_by is not None:
        return Problem("request-answered", f"The request it answers was answered before, by record {answered_by}.", 0)
    decider = body["operator"] if refuses else body["approver"]
    if not isinstance(decider, str):
        return Problem("not-approved", "No second person approved it.", 0)
    try:
        require_second_person(decider, [*took_part(request), *([] if refuses else [body["operator"]])])
    except Refused:
        return Problem("self-approval", f"{decider} answered what they began or took part in.", 0)
    if not allowed(people, decider, Act.APPROVE, body):
        return Problem("no-right", f"{decider} may not approve, or is not known here.", 0)
    if not allowed(people, request["operator"], Act.ASK, request):
        return Problem("no-right", f"{request['operator']} may not ask for it, or is not known here.", 0)
    return None


def credit_missing(data: Body, held: int, problems: Sequence[Problem]) -> list[Problem]:
    """Why credit can't be applied as a record says: what it names is not in the books, or the credit is not there."""
    if problems:
        return [Problem(each.reason, each.detail, 0) for each in problems]
    if data["cents"] > held:
        told = f"{format_cents(data['cents'])} of {data['account']}'s credit was applied"
        return [Problem("credit-gone", f"{told}; there was {format_cents(max(0, held))}.", 0)]
    return []


def deposit_in_books(connection: Connection, number: str) -> dict[str, Any] | None:
    """What the books know of an account as a deposit: kind, credit_gl, release_on, held; None for none."""
    account, terms = tables.reference["account"], tables.reference["trust_terms"]
    row = connection.execute(
        select(account.c.kind, account.c.credit_gl, terms.c.release_on)
        .select_from(account.outerjoin(terms, terms.c.account == account.c.number))
        .where(account.c.number == number)
    ).first()
    return None if row is None else {**row._mapping, "held": on_credit(connection, number)}


def _overdrawn(account: str, asked: int, held: int, cents: int) -> Problem:
    told = f"{format_cents(asked)} was taken from deposit {account}, which held {format_cents(max(0, held))}."
    return Problem(OVERDRAWN, told, cents)
