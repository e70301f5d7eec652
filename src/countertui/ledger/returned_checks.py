"""Checks that the bank sent back unpaid: the payment is taken back, a fee is charged, the account is flagged.

A receipt is taken back once, from wherever: one that was voided or refunded has no check to return, and one whose
check came back is neither voided nor refunded any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, update

from countertui.domain.balances import charge_movements
from countertui.domain.cash_rounding import ROUNDING_HEAD
from countertui.domain.desk_records import DESK, DeskKind, PlaceData, ReturnedCheckData, ShareData
from countertui.domain.money import Cents, format_cents
from countertui.domain.postings import GlLine, reversed_entry
from countertui.domain.records import Fact, Kind, OriginalData
from countertui.domain.rights import Act, require_second_person, took_part
from countertui.domain.tenders import TenderKind
from countertui.errors import AnswerNo
from countertui.ledger import tables
from countertui.ledger.books import next_version
from countertui.ledger.bulk import run_many
from countertui.ledger.corrections import lines_of
from countertui.ledger.desk import EPOCH, Ground, Made, record, require_two
from countertui.ledger.desk_entry import count_day, write_entry
from countertui.ledger.periods import Periods
from countertui.ledger.post_batch import TAKE_BACK
from countertui.ledger.posting import Posting, as_lines, by_place, turned_back
from countertui.ledger.sheet import chart_for, rules_of
from countertui.ledger.stored import StoredRecord, came_back, corrections_of, record_at, share_movements, what_posted

FEE_PREFIX = "RC-"
"""A charge of this prefix is the fee for a returned check."""
FLAG = "returned-check"
_Where = tuple[str | None, str | None, str, str]
"""Account, charge, head, GL account of a share."""


class ReturnRefusedError(AnswerNo):
    """A check that can't be returned: no such receipt or check, or it was taken back before."""


def return_check(
    ground: Ground, receipt_no: str, reference: str, *, by: str, second: str, reason: str, biz_date: str, id_: str
) -> Made:
    """Take back what a check (or an ACH payment) of a receipt paid. Both people have signed in; neither took it.

    by: a technician. reference: the check's number as on the receipt. Raises ReturnRefusedError, NotAllowed;
    nothing is changed then.
    """
    connection = ground.connection
    rules = rules_of(connection)
    taken = _receipt(connection, receipt_no)
    _require_people(ground, by, second, taken)
    data = taken.body["data"]
    tender = next((t for t in data["tenders"] if t["kind"] == TenderKind.CHECK and t["reference"] == reference), None)
    if tender is None:
        raise _refused(f"Receipt {receipt_no} was not paid with check {reference}.")
    _require_standing(connection, taken, receipt_no, reference)
    if not reason.strip():
        raise _refused("A reason is needed.")
    if Periods(connection, rules.posting).open_date(biz_date) != biz_date:
        raise _refused(f"{biz_date[:7]} is closed.")
    shares = _shares(connection, taken, tender["cents"])
    account = next((share["account"] for share in shares if share["account"] is not None), None)
    fee = rules.returned_check_fee if account is not None and rules.returned_check_gl else 0
    body = taken.body
    told = ReturnedCheckData(
        about=PlaceData(terminal=body["terminal"], epoch=body["epoch"], seq=body["seq"], h=taken.h.hex()),
        original=OriginalData(seq=body["seq"], h=taken.h.hex(), id=body["id"], receipt_no=receipt_no),
        reference=reference,
        reason=reason.strip(),
        shares=shares,
        total_cents=tender["cents"],
        fee_cents=fee,
        fee_account=account,
        paid_from=_stands_at(connection, taken),
    )
    fact = Fact(
        id=id_,
        kind=DeskKind.RETURNED_CHECK,
        operator=by,
        approver=second,
        data=told,
        biz_date=biz_date,
        net_cents=-tender["cents"],
    )
    made = record(connection, ground.books, ground.key, fact, ground.now)
    carry_out(ground, made)
    return made


def carry_out(ground: Ground, made: Made) -> None:
    """Put charges back, credit where the check's money stood, charge the fee, flag the account.

    Raises NotAllowed, ReturnRefusedError where that is not what the check paid.
    """
    connection, data = ground.connection, made.body["data"]
    about = data["about"]
    taken = record_at(connection, about["terminal"], about["epoch"], about["seq"])
    if taken is None:
        raise AssertionError("a receipt in the books is never taken out")
    _require_people(ground, made.body["operator"], made.body["approver"], taken)
    biz_date, version = made.body["biz_date"], next_version(connection)
    total = taken.body["data"]["total_cents"]
    whole = data["total_cents"] == total
    if data["shares"] != _shares(connection, taken, data["total_cents"]):
        raise _refused(f"Check {data['reference']} did not pay what its return takes back.")
    write_entry(ground, made, _posting(connection, taken, data, whole=whole), biz_date=biz_date)
    count_day(ground, biz_date, 0, -data["total_cents"])
    row = {"id": data["original"]["id"], "reference": data["reference"], "seq": made.seq}
    connection.execute(insert(tables.returned).values(**row, cents=data["total_cents"], account=data["fee_account"]))
    if not _undone_by(connection, data["original"]["id"]):
        place = {"terminal": DESK, "epoch": EPOCH, "seq": made.seq}
        undone = {"id": data["original"]["id"], "kind": DeskKind.RETURNED_CHECK.value}
        connection.execute(insert(tables.undone).values(**undone, **place))
    if sum(back.body["data"]["total_cents"] for back in came_back(connection, taken)) == total:
        run_many(connection, TAKE_BACK, [(version, data["original"]["receipt_no"])])
    if data["fee_account"] is not None:
        _flag(connection, data["fee_account"], version)
        back = {"receipt_no": data["original"]["receipt_no"], "reference": data["reference"]}
        back |= {"account": data["fee_account"], "biz_date": biz_date}
        connection.execute(insert(tables.reference["returned_check"]).values(**back, changed_in=version))
    if data["fee_cents"]:
        _charge_fee(ground, made, version)


def _require_people(ground: Ground, by: str, second: str, taken: StoredRecord) -> None:
    """Two who may, neither of whom took the receipt. Raises NotAllowed."""
    require_two(ground.connection, by, Act.CORRECT, second, Act.AGREE, ground.now)
    require_second_person(second, took_part(taken.body))
    if taken.body["kind"] == Kind.PAY:  # who took in a bank's file had no money in hand
        require_second_person(by, took_part(taken.body))


def _posting(connection: Connection, taken: StoredRecord, data: dict[str, Any], *, whole: bool) -> Posting:
    rules = rules_of(connection)
    gone = GlLine(rules.posting.pooled_fund, data["paid_from"], -data["total_cents"])
    if whole:
        posted = what_posted(connection, taken)
        back = [*reversed_entry(as_lines(posted.lines)), *as_lines(posted.tendered)]
        return Posting(by_place([*back, gone]), turned_back(posted.moves))
    moves = share_movements(data["shares"])
    chart = chart_for(connection, rules, charge_movements(taken.body["kind"], taken.body["data"]))
    return Posting(by_place([*as_lines(lines_of(data["shares"], chart)), gone]), moves)


def _shares(connection: Connection, taken: StoredRecord, cents: int) -> list[ShareData]:
    """The receipt's shares that a check of so many cents paid: the last ones that still stand, as negative cents.

    What other checks of it paid that came back before does not stand. Raises ReturnRefusedError.
    """
    body = taken.body
    if cents != body["data"]["total_cents"] and _is_elsewhere(connection, taken):
        raise _refused("The receipt was corrected since, and the check paid a part of it: move that part back.")
    gone: Counter[_Where] = Counter()
    for before in came_back(connection, taken):
        for each in before.body["data"]["shares"]:
            gone[_where(each)] -= each["cents"]
    left, shares = cents, []
    for part in reversed(list(charge_movements(body["kind"], body["data"]))):
        if part.head == ROUNDING_HEAD:
            continue  # of what was paid in cash
        share = ShareData(account=part.account, charge=part.charge, head=part.head, gl=part.gl, cents=part.cents)
        taken_before = min(part.cents, gone[_where(share)])
        gone[_where(share)] -= taken_before
        back = min(left, part.cents - taken_before)
        if back:
            share["cents"] = -back
            shares.append(share)
        left -= back
    if left:
        raise _refused(f"The check is {format_cents(Cents(left))} more than what is left of the receipt.")
    return shares


def _is_elsewhere(connection: Connection, taken: StoredRecord) -> bool:
    """Whether corrections left money of a receipt at another place than it said."""
    moved: Counter[_Where] = Counter()
    for correction in corrections_of(connection, taken):
        for share in correction.body["data"]["shares"]:
            moved[_where(share)] += share["cents"]
    return any(moved.values())


def _where(share: Mapping[str, Any]) -> _Where:
    return share["account"], share["charge"], share["head"], share["gl"]


def _stands_at(connection: Connection, taken: StoredRecord) -> str:
    """Where the check's money is now: at the bank once its session was deposited, before that among the checks."""
    rules, body = rules_of(connection).posting, taken.body
    if "paid_into" in body["data"]:
        return str(body["data"]["paid_into"])
    c = tables.deposited.c
    here = (c.terminal == body["terminal"]) & (c.epoch == body["epoch"]) & (c.session == body["session"])
    deposited = connection.execute(select(c.seq).where(here)).first() is not None
    return rules.bank if deposited else rules.tender[TenderKind.CHECK]


def _require_standing(connection: Connection, taken: StoredRecord, receipt_no: str, reference: str) -> None:
    body, item, returned = taken.body, tables.error_item.c, tables.returned.c
    kind = _undone_by(connection, body["id"])
    if kind is not None and kind != DeskKind.RETURNED_CHECK:
        raise _refused(f"Receipt {receipt_no} was taken back before, by a {kind}.")
    before = (returned.id == body["id"]) & (returned.reference == reference)
    if connection.execute(select(returned.seq).where(before)).first() is not None:
        raise _refused(f"Check {reference} of receipt {receipt_no} came back before.")
    here = (item.terminal == body["terminal"]) & (item.epoch == body["epoch"]) & (item.seq == body["seq"])
    waiting = connection.execute(select(item.id).where(here, item.state == "open", item.cents != 0)).scalar()
    if waiting is not None:
        raise _refused(f"Receipt {receipt_no} has an open error item, {waiting}: correct that first.")


def _undone_by(connection: Connection, id_: str) -> str | None:
    kind = connection.execute(select(tables.undone.c.kind).where(tables.undone.c.id == id_)).scalar()
    return None if kind is None else str(kind)


def _receipt(connection: Connection, receipt_no: str) -> StoredRecord:
    entry = tables.entry
    query = select(entry.c.terminal, entry.c.epoch, entry.c.seq).where(
        entry.c.receipt_no == receipt_no, entry.c.kind.in_([Kind.PAY.value, DeskKind.REMITTANCE.value])
    )
    place = connection.execute(query).first()
    taken = record_at(connection, *place) if place is not None else None
    if taken is None:
        raise _refused(f"Receipt {receipt_no[:24]} is not in the books.")
    return taken


def _flag(connection: Connection, number: str, version: int) -> None:
    table = tables.reference["account"]
    words = connection.execute(select(table.c.flags).where(table.c.number == number)).scalar()
    if words is not None and FLAG not in words.split():
        values = {"flags": f"{words} {FLAG}".strip(), "changed_in": version}
        connection.execute(update(table).where(table.c.number == number).values(**values))


def _charge_fee(ground: Ground, made: Made, version: int) -> None:
    data, rules = made.body["data"], rules_of(ground.connection)
    cents = data["fee_cents"]
    row = {"id": f"{FEE_PREFIX}{made.seq}", "account": data["fee_account"], "due": made.body["biz_date"]}
    what = {"head": "penalty", "description": f"Returned check {data['reference']}", "gl": rules.returned_check_gl}
    sums = {"amount_cents": cents, "balance_cents": cents, "changed_in": version}
    ground.connection.execute(insert(tables.reference["charge"]).values(**row, **what, **sums))


def _refused(happened: str) -> ReturnRefusedError:
    return ReturnRefusedError(happened, "Nothing was changed.")
