"""Checks that a terminal's record says came back: looked at again one by one, and taken back where they may be.

What may not stand is an error item and posts nothing: no money was given back at a counter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from countertui.domain.city import CityRules
from countertui.domain.money import Cents, format_cents
from countertui.domain.refusal import Refused
from countertui.domain.returned_checks import account_of, fee_charge_of
from countertui.domain.rights import Act, require_second_person, took_part
from countertui.ledger.checks_back import (
    Banked,
    Return,
    ReturnRefusedError,
    Said,
    Taken,
    as_taken,
    charge_fee,
    check_of,
    count_day,
    is_all,
    keep,
    posting_of,
    receipt_by_number,
    shares_of,
    stands_at,
    why_not_standing,
)
from countertui.ledger.posting import Posting, Problem
from countertui.ledger.staff import People, allowed
from countertui.ledger.stored import CameBack, came_back
from countertui.ledger.undoing import Receipts

Body = Mapping[str, Any]


@dataclass(slots=True)
class ChecksReturned:
    """The checks that a batch's records take back, gathered before anything is written."""

    connection: Connection
    terminal: str
    epoch: int
    rules: CityRules
    receipts: Receipts
    _kept: list[tuple[Return, Said]] = field(default_factory=list)

    def problem_of(self, body: Body, people: People) -> Problem | None:
        """Why nothing that the record says may stand: who made it may not, or nobody approved it."""
        if body["approver"] is None:
            return _said("not-approved", "Checks were said to have come back, and no second person agreed.")
        for who, act in ((body["operator"], Act.CORRECT), (body["approver"], Act.AGREE)):
            if not allowed(people, who, act, body):
                return _said("no-right", f"{who} may not take back what a check paid, or is not known here.")
        try:
            require_second_person(body["approver"], (body["operator"],))
        except Refused:
            return _said("self-approval", f"{body['approver']} agreed to what they began.")
        return None

    def taken_back(
        self,
        body: Body,
        n: int,
        voided: AbstractSet[str],
        held: AbstractSet[int],
        banked: Banked,
    ) -> tuple[Return, Posting] | Problem:
        """What the nth check of a record takes back, and posts; or why it may not stand.

        voided: ids of receipts that this batch voided or refunded before; held: records of it with money in suspense;
        banked: where deposits of this batch before it left a check.
        """
        one = body["data"]["checks"][n]
        taken = self._taken(one)
        if isinstance(taken, Problem):
            return taken
        why = self._why_not(body, one, taken, voided, held)
        if why is not None:
            return why
        try:
            shares, given = shares_of(self.connection, taken, one["cents"])
        except ReturnRefusedError as refusal:
            return _said("returned-too-much", refusal.happened)
        account, gl = account_of(shares), self.rules.returned_check_gl
        place = stands_at(self.connection, self.rules.posting, taken.body, one["reference"], banked)
        gone = one["cents"] + sum(each.cents for each in taken.before)
        back = Return(
            id=str(taken.body["id"]),
            receipt_no=taken.receipt_no,
            reference=one["reference"],
            cents=one["cents"],
            shares=shares,
            account=account,
            fee_cents=one["fee_cents"] if account is not None and gl else 0,
            fee_charge=fee_charge_of(self.terminal, self.epoch, body["seq"], n),
            biz_date=body["biz_date"],
            paid_from=place,
            is_last=is_all(taken, gone),
            given_cents=given,
        )
        return back, posting_of(self.connection, self.rules, taken, back)

    def doubts_of(self, back: Return, one: Mapping[str, Any]) -> Iterator[Problem]:
        """What a person must look at though it stands: another fee than the city's, other cash than was given back.

        one: the check as the record has it; another terminal's record does not know of the cash.
        """
        fee = self.rules.returned_check_fee if back.account is not None and self.rules.returned_check_gl else 0
        if back.fee_cents != fee:
            told = f"{format_cents(Cents(back.fee_cents))} was charged, the city's is {format_cents(fee)}"
            yield _said("other-fee", f"For check {back.reference} of receipt {back.receipt_no}: {told}.")
        given = back.given_cents if back.given_is_owed(self.rules) else 0
        if one["original"] is not None and one.get("given_cents", 0) != given:
            said = format_cents(Cents(one.get("given_cents", 0)))
            told = f"{said} was charged for cash given back, it was {format_cents(Cents(given))}"
            yield _said("other-cash-back", f"For check {back.reference} of receipt {back.receipt_no}: {told}.")

    def keep(self, back: Return, said: Said) -> None:
        """Note what a check took back, and by which entry; it is written later."""
        self._kept.append((back, said))
        self.receipts.taken_back.add(back.id)

    def charge_fees(self, version: int) -> None:
        """Raise the fees' charges: before anything is paid, as the batch itself may pay them."""
        for back, _ in self._kept:
            charge_fee(self.connection, self.rules, back, version)

    def write(self, first_entry: int, version: int) -> None:
        """Write what came back, once the batch's receipts are written. first_entry: the number before its first."""
        sums: dict[str, int] = {}
        for back, said in self._kept:
            entry = None if said.entry is None else said.entry + first_entry
            keep(self.connection, back, Said(said.terminal, said.epoch, said.seq, said.n, entry), version)
            sums[back.biz_date] = sums.get(back.biz_date, 0) + back.cents - back.given_cents
        count_day(self.connection, sums)

    def _taken(self, one: Mapping[str, Any]) -> Taken | Problem:
        """The receipt: of this terminal by its record, any other by its number."""
        number = str(one["receipt_no"])
        if one["original"] is None:
            stored = receipt_by_number(self.connection, number)
            taken = None if stored is None else as_taken(self.connection, stored)
        else:
            found = self.receipts.find(one["original"]["id"])
            taken = None if found is None else Taken(*found, came_back(self.connection, one["original"]["id"]))
        if taken is None:
            return _said("unknown-receipt", f"Receipt {number}, whose check came back, is not in the books.")
        original = one["original"]
        if taken.receipt_no != number or (original is not None and taken.h.hex() != original["h"]):
            return _said("other-receipt", f"The receipt whose check came back is not {number} as posted.")
        here = [CameBack(back.cents, tuple(back.shares), None) for back, _ in self._kept if back.id == taken.body["id"]]
        return Taken(taken.body, taken.h, taken.posted, [*taken.before, *here])

    def _why_not(
        self, body: Body, one: Mapping[str, Any], taken: Taken, voided: AbstractSet[str], held: AbstractSet[int]
    ) -> Problem | None:
        number, reference, id_ = taken.receipt_no, one["reference"], str(taken.body["id"])
        if check_of(taken.body, reference) != one["cents"]:
            told = f"Receipt {number} was not paid with check {reference} over {format_cents(one['cents'])}."
            return _said("other-check", told)
        if id_ in voided:
            return _said("taken-back-twice", f"Receipt {number} was taken back before.")
        if any((back.id, back.reference) == (id_, reference) for back, _ in self._kept):
            return _said("taken-back-twice", f"Check {reference} of receipt {number} came back before.")
        if why := why_not_standing(self.connection, taken.body, reference):
            return _said("taken-back-twice", why)
        if (taken.body["terminal"], taken.body["epoch"]) == (self.terminal, self.epoch) and taken.body["seq"] in held:
            return _said("taken-back-twice", f"Receipt {number} waits in suspense: correct that first.")
        for who in (body["operator"], body["approver"]):
            try:
                require_second_person(who, took_part(taken.body))
            except Refused:
                return _said("self-approval", f"{who} took part in receipt {number}, and took it back.")
        return None


def _said(reason: str, detail: str) -> Problem:
    return Problem(reason, detail, 0)
