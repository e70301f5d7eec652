"""An account at a glance: what it owes and for how long, what its flags ask, who else it is, what was paid, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from countertui.counter.account_changes import as_changed
from countertui.counter.accounts import account_here, party_here
from countertui.counter.balances import open_charges
from countertui.counter.find import NotFound
from countertui.counter.station import Station
from countertui.counter.today import fee_date
from countertui.domain.account_flags import FlagSaid, flag_words, in_force
from countertui.domain.aging import Aging, aged, days_due
from countertui.domain.charges import OpenCharge
from countertui.domain.money import Cents
from countertui.domain.reference import AccountKind
from countertui.store import account_rows, money_here, receipt_rows
from countertui.store.reference_rows import AccountRow

MOST_OF_PARTY = 200
MOST_RECEIPTS = 200


@dataclass(frozen=True, slots=True)
class AgedCharge:
    """An open charge and for how many days it has been due; below zero: not yet."""

    charge: OpenCharge
    days: int


@dataclass(frozen=True, slots=True)
class Holding:
    """An account of the same party, and what it owes now in cents; below zero: a credit."""

    number: str
    label: str
    name: str
    address: str
    owed: Cents


@dataclass(frozen=True, slots=True)
class ReceiptSeen:
    """A receipt of the account: its number, day (ISO), payor, cents for this account, and how it stands in words.

    here: this terminal has it and can show it as printed.
    """

    receipt_no: str
    dated: str
    payor: str
    cents: Cents
    state: str
    here: bool


@dataclass(frozen=True, slots=True)
class NoteSeen:
    """A note: its day (ISO), who wrote it, and what it says."""

    dated: str
    author: str
    note: str


@dataclass(frozen=True, slots=True)
class Glance:
    """All of it. owed: cents, below zero a credit; holdings: this account too, all of the party there are here.

    more: whether the party has more accounts than are listed; of_owner: what else the owner of its licenses has, as was
    stated, under other parties; on: the business date (ISO) ages are counted to; as_of:
    when the snapshot was made, ISO.
    """

    number: str
    label: str
    name: str
    address: str
    phone: str
    status: str
    party: str
    owed: Cents
    charges: tuple[AgedCharge, ...]
    aging: Aging
    flags: tuple[FlagSaid, ...]
    holdings: tuple[Holding, ...]
    more: bool
    receipts: tuple[ReceiptSeen, ...]
    notes: tuple[NoteSeen, ...]
    on: str
    as_of: str
    of_owner: tuple[Holding, ...] = ()

    @property
    def owed_elsewhere(self) -> Cents:
        """What the party's other accounts owe; their credits pay nothing for each other."""
        return Cents(sum(max(0, one.owed) for one in self.holdings if one.number != self.number))

    @property
    def owed_by_owner(self) -> Cents:
        """What else the owner owes, under other parties."""
        return Cents(sum(max(0, one.owed) for one in self.of_owner))


def glance(station: Station, number: str) -> Glance:
    """Everything a counter knows of an account. Raises NotFound."""
    row = account_here(station, station.reader, number)
    if row is None:
        raise NotFound(f"There is no account {number[:24]}.", press="Type a number, a name or an address.")
    row = as_changed(station, station.reader, [row])[0]
    on = date.fromisoformat(fee_date(station, station.reader))
    charges = open_charges(station, station.reader, row.number, row.credit_gl)
    party = party_here(station, station.reader, row.number)
    others = _others_of(station, row, party)
    holdings = _holdings(station, [row, *others])
    receipts = _receipts(station, row.number)
    return Glance(
        number=row.number,
        label=AccountKind(row.kind).label,
        name=row.name,
        address=row.address,
        phone=row.phone,
        status=_status(station, row),
        party=party,
        owed=Cents(sum(charge.balance for charge in charges)),
        charges=tuple(AgedCharge(charge, days_due(charge.due, on)) for charge in charges),
        aging=aged(charges, on),
        flags=_flags(station, row),
        holdings=holdings[:MOST_OF_PARTY],
        more=len(holdings) > MOST_OF_PARTY,
        receipts=receipts,
        notes=_notes(station, row.number),
        on=on.isoformat(),
        as_of=station.reference.snapshot().made_at,
        of_owner=_of_owner(station, [row, *others]),
    )


def _status(station: Station, row: AccountRow) -> str:
    """What is said of the account's standing; of a license otherwise how it stands."""
    if row.status or row.kind != AccountKind.LICENSE:
        return row.status
    from countertui.counter.licenses import license_here, standing_words  # few look at a license

    license_ = license_here(station, station.reader, row.number)
    return standing_words(license_) if license_ is not None else ""


def _others_of(station: Station, row: AccountRow, party: str) -> list[AccountRow]:
    """The party's other accounts, one more than are listed."""
    rows = as_changed(station, station.reader, station.reference.accounts_of(party, MOST_OF_PARTY + 1))
    return sorted((one for one in rows if one.number != row.number), key=lambda one: (one.kind, one.number))


def _of_owner(station: Station, own: Sequence[AccountRow]) -> tuple[Holding, ...]:
    if not any(row.kind == AccountKind.LICENSE for row in own):
        return ()
    from countertui.counter.same_owner import accounts_of_owner  # few look at a license

    return _holdings(station, accounts_of_owner(station, station.reader, own, MOST_OF_PARTY))


def _holdings(station: Station, rows: Sequence[AccountRow]) -> tuple[Holding, ...]:
    paid = money_here.paid_sums(station.reader, [one.number for one in rows], station.reference.snapshot().seq)
    return tuple(
        Holding(
            one.number,
            AccountKind(one.kind).label,
            one.name,
            one.address,
            Cents(one.due_cents - paid.get(one.number, 0)),
        )
        for one in rows
    )


def _flags(station: Station, row: AccountRow) -> tuple[FlagSaid, ...]:
    details = in_force(station.reference.flag_details(row.number))
    said = (
        flag_words(
            flag, of_it := details.get(flag, []), _paid_since(station, row.number, of_it[0].since) if of_it else 0
        )
        for flag in row.flags.split()
    )
    return tuple(sorted(said, key=lambda one: not one.is_warning))


def _paid_since(station: Station, number: str, since: str) -> int:
    """Cents that came for an account from a day on, by the snapshot and here, what was taken back left out."""
    before = sum(
        past.cents for past in station.reference.past.of_account(number) if past.biz_date >= since and not past.voided
    )
    return before + money_here.received_here(station.reader, number, station.reference.snapshot().seq)


def _receipts(station: Station, number: str) -> tuple[ReceiptSeen, ...]:
    """The newest receipts: those taken here since the snapshot, then those it has; of one known here, how it stands."""
    seen: dict[str, ReceiptSeen] = {}
    for row in receipt_rows.receipts_for(station.reader, number, station.reference.snapshot().seq, MOST_RECEIPTS):
        receipt, cents = row
        seen[receipt.receipt_no] = ReceiptSeen(
            receipt.receipt_no, receipt.biz_date, receipt.payor, Cents(cents), _state(receipt.state), here=True
        )
    for past in station.reference.past.of_account(number)[:MOST_RECEIPTS]:
        mine = receipt_rows.receipt(station.reader, past.receipt_no)
        state = "taken back" if past.voided else _state(mine.state) if mine is not None else ""
        seen.setdefault(
            past.receipt_no,
            ReceiptSeen(past.receipt_no, past.biz_date, past.payor, Cents(past.cents), state, here=mine is not None),
        )
    return tuple(sorted(seen.values(), key=lambda one: one.dated, reverse=True))[:MOST_RECEIPTS]


def last_receipt(station: Station, number: str) -> ReceiptSeen | None:
    """The last receipt for an account, as far as is known here, that stands; None where there is none."""
    return next((seen for seen in _receipts(station, number) if not seen.state), None)


def _state(state: str) -> str:
    return "" if state == "taken" else state.replace("_", " ").replace("requested", "asked")


def _notes(station: Station, number: str) -> tuple[NoteSeen, ...]:
    said = account_rows.said_of(station.reader, number, station.reference.snapshot().seq)
    here = [NoteSeen(row.dated, row.operator, row.said) for row in reversed(said) if row.what == "note"]
    return (*here, *(NoteSeen(*row) for row in station.reference.notes(number)))
