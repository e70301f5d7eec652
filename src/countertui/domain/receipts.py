"""One visit's money: a cart of lines, settled by tenders into what a receipt says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from countertui.domain.cash_back import room_for
from countertui.domain.cash_rounding import ROUNDING_CODE, ROUNDING_HEAD, CashRounding, left, rounded_by
from countertui.domain.charges import (
    DRAWN_HEAD,
    Allocation,
    AllocationOrder,
    OpenCharge,
    allocate,
    allocate_by_hand,
    total_owed,
)
from countertui.domain.money import LARGEST, ZERO, Cents, format_cents
from countertui.domain.paper_books import PaperReceipt
from countertui.domain.reference import AccountKind
from countertui.domain.refusal import Refused
from countertui.domain.tender_rules import PLAIN_RULES, TenderRules
from countertui.domain.tenders import CHANGE_BELOW, Tender, TenderKind

if TYPE_CHECKING:
    from countertui.domain.license_raised import Raised

MOST_LINES = 60
LARGEST_QUANTITY = 9_999
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


class SettlementRefused(Refused):
    """The lines and tenders don't make a receipt."""


@dataclass(frozen=True, slots=True)
class AccountLine:
    """Money for one account: its open charges as they stand, the amount in cents, and, if by hand, each charge's part.

    credit_gl takes what exceeds the charges; `by_hand` (charge id, cents) needs a `reason`. on_account: none of it pays
    a charge, all becomes the account's credit. raised: what the payment itself adds to a license and takes off, as of
    its day; a discount holds where the amount pays off what it asks for.
    """

    account: str
    account_kind: str
    name: str
    charges: tuple[OpenCharge, ...]
    amount: Cents
    credit_gl: str
    by_hand: tuple[tuple[str, Cents], ...] = ()
    reason: str = ""
    on_account: bool = False
    raised: tuple[Raised, ...] = ()

    @property
    def payable(self) -> tuple[OpenCharge, ...]:
        """The charges it can pay: those that stand, and those that the payment raises."""
        return (*self.charges, *(one.as_open() for one in self.raised if not one.is_discount))

    @property
    def owed(self) -> Cents:
        """What pays off all of it, in cents, discounts taken off.

        A credit lowers what is owed in all and pays off no charge: with one no discount holds until it is applied.
        """
        has_credit = any(charge.balance < 0 for charge in self.charges)
        return Cents(max(0, sum(charge.balance for charge in self.payable) + (0 if has_credit else self.most_off)))

    @property
    def most_off(self) -> Cents:
        """What discounts take off where all is paid, in cents: zero or below."""
        return Cents(sum(one.cents for one in self.raised if one.is_discount))

    @property
    def description(self) -> str:
        """What the line is for, as a person reads it."""
        return f"{self.account} {self.name}"


@dataclass(frozen=True, slots=True)
class FeeLine:
    """Money for a fee code: quantity times unit price in cents, to one GL account."""

    code: str
    description: str
    quantity: int
    unit_cents: Cents
    gl: str

    @property
    def amount(self) -> Cents:
        """Quantity times price, in cents."""
        return Cents(self.quantity * self.unit_cents)


@dataclass(frozen=True, slots=True)
class DrawLine:
    """Money that a trust deposit pays with: `drawn` cents (more than 0) less are left to pay, and in the deposit.

    held: what it holds before, in cents; gl: the liability account it stands at.
    """

    account: str
    name: str
    held: Cents
    drawn: Cents
    gl: str

    @property
    def amount(self) -> Cents:
        """What it adds to the total, in cents: below zero."""
        return Cents(-self.drawn)

    @property
    def description(self) -> str:
        """What the line is for, as a person reads it."""
        return f"{self.account} {self.name}"


CartLine = AccountLine | FeeLine | DrawLine


def kind_of(line: CartLine) -> str:
    """The kind of account that a line is for, empty for a fee."""
    if isinstance(line, DrawLine):
        return AccountKind.TRUST.value
    return line.account_kind if isinstance(line, AccountLine) else ""


@dataclass(frozen=True, slots=True)
class Cart:
    """What a visit is about to pay for. The id becomes the receipt's id; it was saved before any tender.

    paper: the paper receipt that it is keyed in from, written while the power was out. remittance: the id of the batch
    of mail that it is a piece of; empty for none. postmarked: the day (ISO) of its postmark, empty where none was
    typed.
    """

    id: str
    lines: tuple[CartLine, ...] = ()
    payor: str = ""
    paper: PaperReceipt | None = None
    remittance: str = ""
    postmarked: str = ""

    @property
    def total(self) -> Cents:
        """What the lines add up to, in cents."""
        return Cents(sum(line.amount for line in self.lines))

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that it pays, in the order of its lines."""
        return tuple(line.account for line in self.lines if isinstance(line, AccountLine))


def pays_fees_by_draw(cart: Cart) -> bool:
    """Whether a deposit pays in a cart with fees, of which nobody knows whose they are."""
    kinds = {type(line) for line in cart.lines}
    return {DrawLine, FeeLine} <= kinds


@dataclass(frozen=True, slots=True)
class SettledLine:
    """A line with where its money goes; owed_after is what the account still owes, None for a fee."""

    line: CartLine
    allocations: tuple[Allocation, ...]
    owed_after: Cents | None

    @property
    def raised(self) -> tuple[Raised, ...]:
        """What its payment raises: all that adds, and the discounts that hold."""
        if not isinstance(self.line, AccountLine) or self.line.on_account:
            return ()
        taken = {part.charge for part in self.allocations}
        return tuple(one for one in self.line.raised if not one.is_discount or one.charge in taken)


@dataclass(frozen=True, slots=True)
class Settlement:
    """A cart paid in full by its tenders: money in = total + change.

    lines and total may hold one line more than the cart, of what rounding added or took off.
    """

    cart: Cart
    lines: tuple[SettledLine, ...]
    tenders: tuple[Tender, ...]
    total: Cents
    change: Cents

    @property
    def cash_back(self) -> Cents:
        """How much of the change is more than the cash that was handed over, in cents."""
        return Cents(max(0, self.change - _cash(self.tenders)))


def remaining(cart: Cart, tenders: Sequence[Tender]) -> Cents:
    """What is still to be tendered, in cents; negative once there is change."""
    return Cents(cart.total - sum(tender.cents for tender in tenders))


def settle(
    cart: Cart, tenders: Sequence[Tender], order: AllocationOrder, rules: TenderRules = PLAIN_RULES
) -> Settlement:
    """Settle a cart: allocate each line, check the tenders, round what is paid in cash, work out the change.

    Raises SettlementRefused if there is nothing to pay, an account is on two lines, the tenders fall short, or change
    would come from what gives none, and AllocationRefused if a line's parts by hand don't fit.
    """
    if not cart.lines:
        raise SettlementRefused("There is nothing to pay for.", press="Find an account or type a fee code first.")
    if len(cart.lines) > MOST_LINES:
        raise SettlementRefused(f"One receipt holds at most {MOST_LINES} lines.", press="Take this payment in two.")
    accounts = [line.account for line in cart.lines if not isinstance(line, FeeLine)]
    if len(set(accounts)) < len(accounts):
        # Each line spreads over the account's charges as they stand: two lines would pay the same charge twice.
        raise SettlementRefused("An account is on this receipt twice.", press="Take one line off, change the other.")
    if any(tender.cents <= 0 for tender in tenders):
        raise SettlementRefused("A tender of nothing was given.", press="Take it off the receipt.")
    rounding = rules.rounding
    by = rounded_by(cart.total, tenders, rounding)
    total = Cents(cart.total + by)
    drawn = any(isinstance(line, DrawLine) for line in cart.lines)
    if total < 0 and drawn:
        raise SettlementRefused("More is drawn on deposits than is paid for.", press="Del takes a line off.")
    if not (total or drawn) or not 0 <= total <= LARGEST:
        raise SettlementRefused("The total is zero or too large.", press="Change the amounts.")
    change = Cents(-left(cart.total, tenders, rounding))
    if change < 0:
        raise SettlementRefused(
            f"The tenders are {format_cents(-change)} short.", press="Take the rest, or lower an amount."
        )
    require_covered(change, tenders, rules)
    if change and change >= rules.change_below:
        raise SettlementRefused(
            f"Change of {format_cents(change)} gives whole hundreds back: mistyped, or too much cash."
            if rules.change_below == CHANGE_BELOW
            else f"Change of {format_cents(change)} is too much: it must be below {format_cents(rules.change_below)}.",
            press="Type what was handed over again, like 84.17.",
        )
    lines = [settle_line(line, order) for line in cart.lines]
    if by and rounding is not None:
        lines.append(_rounding_line(by, rounding))
    return Settlement(cart, tuple(lines), tuple(tenders), total, change)


def require_covered(change: Cents, tenders: Sequence[Tender], rules: TenderRules) -> None:
    """Raise SettlementRefused for change that neither the cash handed over covers nor the city's rules of cash back."""
    cash, room = _cash(tenders), room_for(rules.cash_back, tenders)
    if change <= cash + room:
        return
    if room:
        told = (
            f"Cash back of {format_cents(Cents(change - cash))} is more than the {format_cents(room)} given for that."
        )
    else:
        told = f"Change of {format_cents(change)} can only come from cash; {format_cents(cash)} of cash was taken."
    raise SettlementRefused(told, press="Take the exact amount, or pay the rest onto the account.")


def _cash(tenders: Sequence[Tender]) -> Cents:
    return Cents(sum(tender.cents for tender in tenders if tender.kind is TenderKind.CASH))


def _rounding_line(cents: Cents, rounding: CashRounding) -> SettledLine:
    line = FeeLine(ROUNDING_CODE, "Cash rounding", 1, cents, rounding.gl)
    return SettledLine(line, (Allocation(None, ROUNDING_HEAD, rounding.gl, cents, ZERO),), None)


def settle_line(line: CartLine, order: AllocationOrder) -> SettledLine:
    """Work out where one line's money goes. Raises SettlementRefused or AllocationRefused."""
    if isinstance(line, DrawLine):
        return _settled_draw(line)
    if line.amount <= 0:
        raise SettlementRefused(f"{line.description}: the amount is zero.", press="Change it, or take the line off.")
    if isinstance(line, FeeLine):
        if not 0 < line.quantity <= LARGEST_QUANTITY:
            raise SettlementRefused(f"{line.description}: the quantity must be 1 to {LARGEST_QUANTITY:,}.")
        return SettledLine(line, (Allocation(None, "fee", line.gl, line.amount, ZERO),), None)
    if line.by_hand:
        if not line.reason.strip():
            raise SettlementRefused("An allocation by hand needs a reason.", press="Type the reason.")
        allocations = allocate_by_hand(line.amount, line.payable, dict(line.by_hand))
    elif line.on_account:
        allocations = allocate(line.amount, (), order, line.credit_gl)
    else:
        allocations = _spread(line, order)
    if line.account_kind == AccountKind.TRUST:  # nothing is owed there: what is held shows as its credit
        return SettledLine(line, allocations, Cents(sum(charge.balance for charge in line.charges) - line.amount))
    paid = sum(part.cents for part in allocations if part.charge is not None and part.cents > 0)
    charges = line.charges if line.on_account else line.payable
    return SettledLine(line, allocations, Cents(max(0, total_owed(charges) - paid)))


def _spread(line: AccountLine, order: AllocationOrder) -> tuple[Allocation, ...]:
    """The amount over what is owed, with the discounts that hold: those whose charges it pays off, them counted."""
    off = [one for one in line.raised if one.is_discount]
    while True:
        amount = Cents(line.amount - sum(one.cents for one in off))
        spread = allocate(amount, line.payable, order, line.credit_gl)
        paid_off = {part.charge for part in spread if part.owed_after == 0}
        holding = [one for one in off if paid_off.issuperset(one.whole)]
        if len(holding) == len(off):
            return (*spread, *(_taken_off(one) for one in off))
        off = holding


def _taken_off(one: Raised) -> Allocation:
    return Allocation(one.charge, one.head, one.gl, one.cents, ZERO)


def _settled_draw(line: DrawLine) -> SettledLine:
    """What is left in the deposit shows as its credit. Raises SettlementRefused."""
    if not 0 < line.drawn <= line.held:
        raise SettlementRefused(
            f"{line.description}: {format_cents(line.drawn)} of {format_cents(line.held)} can't be drawn.",
            press="Take the line off.",
        )
    drawn = Allocation(None, DRAWN_HEAD, line.gl, line.amount, ZERO)
    return SettledLine(line, (drawn,), Cents(line.drawn - line.held))


def short_hash(h: bytes) -> str:
    """The first 12 characters of base32 (RFC 4648) of a record's hash, as printed on its receipt."""
    first = int.from_bytes(h[:8])
    return "".join([_BASE32[first >> at & 31] for at in range(59, 0, -5)])
