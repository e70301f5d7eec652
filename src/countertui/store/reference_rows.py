"""What a look-up in reference.db gives: its rows, each a value of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """Which snapshot is in use; epoch and seq: the last record of this terminal that its balances include."""

    version: int
    made_at: str
    expires_at: str
    sha256: str
    epoch: int
    seq: int


@dataclass(frozen=True, slots=True)
class Office:
    """A place."""

    code: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Drawer:
    """A till and its fund in cents."""

    code: str
    office: str
    name: str
    fund_cents: int


@dataclass(frozen=True, slots=True)
class Operator:
    """A person who works here; roles space-separated, dates ISO, active_to None for no end."""

    id: str
    name: str
    roles: str
    verifier: str
    active_from: str
    active_to: str | None


@dataclass(frozen=True, slots=True)
class GlAccount:
    """An account of the general ledger; type is asset, liability, equity, revenue or expense."""

    code: str
    fund: str
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee as it stands on a date; unit_cents None: the amount is typed."""

    code: str
    description: str
    unit_cents: int | None
    gl: str
    ordinance: str
    effective_from: str
    effective_to: str | None

    def holds_on(self, on: str) -> bool:
        """Whether it is in force on a date (ISO), first and last day included."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


@dataclass(frozen=True, slots=True)
class Decision:
    """The ledger's answer to a request for a void or refund: see `countertui.domain.desk_records`."""

    verdict: str
    carried_by: str
    reason: str
    decided_by: str
    decided_at: str
    seq: int


@dataclass(frozen=True, slots=True)
class TrustRow:
    """A trust deposit's account and terms: its liability account, minimum in cents, first day of release (ISO)."""

    number: str
    party: str
    name: str
    address: str
    gl: str
    project: str
    minimum_cents: int
    release_on: str | None


@dataclass(frozen=True, slots=True)
class TrustMove:
    """What a posted record put onto a deposit (positive cents) or took off; receipt_no is empty for no receipt."""

    biz_date: str
    what: str
    cents: int
    receipt_no: str
    terminal: str
    epoch: int
    seq: int


class AccountRow(NamedTuple):
    """An account as lists show it; due_cents is the sum of its open charges in the snapshot, below zero a credit.

    A tuple, because fifty are made on every key: a frozen dataclass takes four times as long to make.
    """

    number: str
    kind: str
    name: str
    address: str
    phone: str
    status: str
    flags: str
    credit_gl: str
    due_cents: int


class KnownAs(NamedTuple):
    """An account found by another number than its own; what: see `countertui.domain.reference.NumberKind`."""

    number: str
    what: str
    account: AccountRow


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """An open item as the snapshot has it; amounts in cents, due ISO."""

    id: str
    account: str
    due: str
    head: str
    description: str
    gl: str
    amount_cents: int
    balance_cents: int


@dataclass(frozen=True, slots=True)
class License:
    """A license as the snapshot has it, the calendar aside; dates ISO or None, naics separated by spaces.

    same_owner: another license of the same owner, as was stated; version: the record of its last act. Each is empty
    where there is none.
    """

    number: str
    account: str
    license_class: str
    status: str
    issued_on: str | None
    expires_on: str | None
    mailing_address: str
    business: str
    trade_name: str
    premises: str
    naics: str
    starts: str
    same_owner: str
    version: str


class ListedLicense(NamedTuple):
    """A license in a list, the calendar aside; expires_on ISO or None."""

    number: str
    business: str
    trade_name: str
    license_class: str
    status: str
    expires_on: str | None


class StepRow(NamedTuple):
    """A line of how a charge's balance came about: see `countertui.domain.charge_working`."""

    charge: str
    source: str
    dated: str
    what: str
    cents: int
    ordinance: str


class NoteRow(NamedTuple):
    """A note about an account; dated ISO."""

    dated: str
    author: str
    note: str


@dataclass(frozen=True, slots=True)
class PastReceipt:
    """What an earlier receipt, of any terminal, took for an account, in cents."""

    receipt_no: str
    account: str
    biz_date: str
    payor: str
    cents: int
    voided: bool
