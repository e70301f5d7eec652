"""Checks that the bank sent back unpaid, taken back at the ledger's desk: what follows of it is in `checks_back`."""

from __future__ import annotations

from sqlalchemy import Connection

from countertui.domain.desk_records import DESK, DeskKind, PlaceData, ReturnedCheckData
from countertui.domain.record_data import OriginalData
from countertui.domain.records import Fact, Kind
from countertui.domain.returned_checks import account_of, fee_charge
from countertui.domain.rights import Act, require_second_person, took_part
from countertui.ledger.books import next_version
from countertui.ledger.charges_raised import lost_with, take_back
from countertui.ledger.charted import rules_of
from countertui.ledger.checks_back import (
    Return,
    Said,
    Taken,
    as_taken,
    borne_by_suspense,
    charge_fee,
    check_of,
    count_day,
    is_all,
    keep,
    posting_of,
    receipt_by_number,
    refused,
    shares_of,
    stands_at,
    why_not_standing,
)
from countertui.ledger.deposit_items import end_returned
from countertui.ledger.desk import EPOCH, Ground, Made, record, require_two
from countertui.ledger.desk_entry import write_entry
from countertui.ledger.periods import Periods
from countertui.ledger.stored import record_at
from countertui.ledger.trust import first_not_covered


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
    cents = check_of(taken.body, reference)
    if cents is None:
        raise refused(f"Receipt {receipt_no} was not paid with check {reference}.")
    if why := why_not_standing(connection, taken.body, reference):
        raise refused(why)
    if not reason.strip():
        raise refused("A reason is needed.")
    if Periods(connection, rules.posting).open_date(biz_date) != biz_date:
        raise refused(f"{biz_date[:7]} is closed.")
    shares, given = shares_of(connection, taken, cents)
    account = account_of(shares)
    fee = rules.returned_check_fee if account is not None and rules.returned_check_gl else 0
    body = taken.body
    told = ReturnedCheckData(
        about=PlaceData(terminal=body["terminal"], epoch=body["epoch"], seq=body["seq"], h=taken.h.hex()),
        original=OriginalData(seq=body["seq"], h=taken.h.hex(), id=body["id"], receipt_no=receipt_no),
        reference=reference,
        reason=reason.strip(),
        shares=shares,
        total_cents=cents,
        fee_cents=fee,
        fee_account=account,
        paid_from=stands_at(connection, rules.posting, body, reference),
    )
    if given:
        told["given_cents"] = given
    fact = Fact(
        id=id_,
        kind=DeskKind.RETURNED_CHECK,
        operator=by,
        approver=second,
        data=told,
        biz_date=biz_date,
        net_cents=-cents,
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
    stored = record_at(connection, about["terminal"], about["epoch"], about["seq"])
    if stored is None:
        raise AssertionError("a receipt in the books is never taken out")
    taken = as_taken(connection, stored)
    _require_people(ground, made.body["operator"], made.body["approver"], taken)
    biz_date, version, rules = made.body["biz_date"], next_version(connection), rules_of(connection)
    cents, shares = data["total_cents"], data["shares"]
    given = data.get("given_cents", 0)
    if (shares, given) != shares_of(connection, taken, cents):
        raise refused(f"Check {data['reference']} did not pay what its return takes back.")
    gone = cents + sum(each.cents for each in taken.before)
    back = Return(
        id=data["original"]["id"],
        receipt_no=data["original"]["receipt_no"],
        reference=data["reference"],
        cents=cents,
        shares=shares,
        account=data["fee_account"],
        fee_cents=data["fee_cents"],
        fee_charge=fee_charge(str(made.seq)),
        biz_date=biz_date,
        paid_from=data["paid_from"],
        is_last=is_all(taken, gone),
        given_cents=given,
    )
    posting = posting_of(connection, rules, taken, back)
    if (short := first_not_covered(connection, posting.moves)) is not None:
        posting = borne_by_suspense(connection, rules, back, short)
    else:
        take_back(connection, made.body, taken.body, lost_with(back))
    entry = write_entry(ground, made, posting, biz_date=biz_date)
    count_day(connection, {biz_date: cents - given})
    keep(connection, back, Said(DESK, EPOCH, made.seq, 0, entry), version)
    end_returned(connection)
    charge_fee(connection, rules, back, version)


def _require_people(ground: Ground, by: str, second: str, taken: Taken) -> None:
    """Two who may, neither of whom took the receipt. Raises NotAllowed."""
    require_two(ground.connection, by, Act.CORRECT, second, Act.AGREE, ground.now)
    require_second_person(second, took_part(taken.body))
    if taken.body["kind"] == Kind.PAY:  # who took in a bank's file had no money in hand
        require_second_person(by, took_part(taken.body))


def _receipt(connection: Connection, receipt_no: str) -> Taken:
    stored = receipt_by_number(connection, receipt_no)
    if stored is None:
        raise refused(f"Receipt {receipt_no[:24]} is not in the books.")
    return as_taken(connection, stored)
