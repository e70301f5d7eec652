"""A city's rules as the counter works by them.

`countertui.config` reads them from the city's TOML; a snapshot carries them to the terminals as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from countertui.domain.charges import AllocationFirst, AllocationOrder
from countertui.domain.deposit_deadlines import DepositRules, deposit_rules_from
from countertui.domain.keymap import COMMANDS
from countertui.domain.money import Cents
from countertui.domain.postings import DepositAccount, PostingRules
from countertui.domain.scan_layouts import CheckDigit, ScanLayout, Span
from countertui.domain.tender_rules import TenderRules
from countertui.domain.tender_rules_data import tender_rules_from
from countertui.domain.tenders import TenderKind


@dataclass(frozen=True, slots=True)
class CityRules:
    """What differs from city to city. Limits and fees in cents; pin_tries is how many wrong PINs lock an operator.
    over_short_lead_above: a difference above it is closed with a lead, and as a surprise count a technician's to look
    at. most_counts: more counts of a drawer than that need a lead.

    license_credit_gl: where money stands that was paid on a license beyond what it owed; empty: in suspense.
    deposit_account: what checks are endorsed into, as the city names it to its bank; empty for nothing.
    receipt_address, license_address: the public addresses of the pages where a receipt and where a license certificate
    can be checked (https://...), empty for none.
    terminals: each office's terminals by the city's own list, let in at the ledger or not yet.
    personal_offices: the kinds of personal values (routing, account) that each office's terminals may read.
    time_zone: the city's, as in the IANA database; empty for that of the ledger's machine.
    batches_by_people: a sound batch waits until one technician releases it and another posts it.
    stubs: the forms of the lines that scanners read from bills. tenders: which tenders a visit may be paid with.
    parked_days: after so many days, the day of parking not counted, a parked cart has expired.
    keys: command to key, where the city wants another than the program's. short_codes: what they stand for in the box.
    deposits: until when money must be at the bank, and the days it takes any.
    fiscal_year_begins: the month that the fiscal year begins with, 1 to 12; quarters and years of reports are its.
    """

    name: str
    posting: PostingRules
    order: AllocationOrder = field(default_factory=AllocationOrder)
    blind_count: bool = True
    cash_refund_limit: Cents = Cents(50_00)
    pin_tries: int = 5
    over_short_reason_above: Cents = Cents(5_00)
    over_short_lead_above: Cents = Cents(50_00)
    most_counts: int = 3
    void_reasons: tuple[str, ...] = ("Wrong account", "Wrong amount", "Wrong tender", "Customer changed mind")
    receipt_footer: str = ""
    receipt_address: str = ""
    license_address: str = ""
    license_credit_gl: str = ""
    deposit_account: str = ""
    batches_by_people: bool = False
    time_zone: str = ""
    returned_check_fee: Cents = Cents(0)
    returned_check_gl: str = ""
    personal_offices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stubs: tuple[ScanLayout, ...] = ()
    tenders: TenderRules = field(default_factory=TenderRules)
    parked_days: int = 2
    keys: Mapping[str, str] = field(default_factory=dict)
    short_codes: Mapping[str, str] = field(default_factory=dict)
    deposits: DepositRules = field(default_factory=DepositRules)
    fiscal_year_begins: int = 1
    terminals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def license_credits(self) -> str:
        """The GL account of credits of licenses that begin at a counter."""
        return self.license_credit_gl or self.posting.suspense


def rules_to_json(rules: CityRules) -> str:
    """The rules as JSON text, keys sorted: the same rules always give the same text."""
    return json.dumps(asdict(rules), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def rules_from_json(text: str) -> CityRules:
    """Read the rules that `rules_to_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
    data: dict[str, Any] = json.loads(text)
    posting = data["posting"]
    return CityRules(
        name=str(data["name"]),
        posting=PostingRules(
            pooled_fund=str(posting["pooled_fund"]),
            tender=_by_tender(posting["tender"]),
            over_short=_by_tender(posting["over_short"]),
            due_from=dict(posting["due_from"]),
            due_to=dict(posting["due_to"]),
            refunds_payable=str(posting["refunds_payable"]),
            suspense=str(posting["suspense"]),
            bank=str(posting.get("bank", "")),
            bank_accounts=tuple(posting.get("bank_accounts", ())),
            origins=dict(posting.get("origins", {})),
            deposit_accounts=tuple(map(_deposit_account, posting.get("deposit_accounts", ()))),
            opening=dict(posting.get("opening", {})),
        ),
        order=AllocationOrder(tuple(data["order"]["heads"]), AllocationFirst(data["order"]["first"])),
        blind_count=bool(data["blind_count"]),
        cash_refund_limit=Cents(int(data["cash_refund_limit"])),
        pin_tries=int(data["pin_tries"]),
        over_short_reason_above=Cents(int(data["over_short_reason_above"])),
        over_short_lead_above=Cents(int(data.get("over_short_lead_above", 50_00))),
        most_counts=int(data.get("most_counts", 3)),
        void_reasons=tuple(data["void_reasons"]),
        receipt_footer=str(data["receipt_footer"]),
        receipt_address=str(data.get("receipt_address", "")),
        license_address=str(data.get("license_address", "")),
        license_credit_gl=str(data.get("license_credit_gl", "")),
        deposit_account=str(data.get("deposit_account", "")),
        # What rules written before these were known leave out.
        batches_by_people=bool(data.get("batches_by_people", False)),
        time_zone=str(data.get("time_zone", "")),
        returned_check_fee=Cents(int(data.get("returned_check_fee", 0))),
        returned_check_gl=str(data.get("returned_check_gl", "")),
        personal_offices={office: tuple(kinds) for office, kinds in data.get("personal_offices", {}).items()},
        stubs=tuple(map(_stub, data.get("stubs", ()))),
        tenders=tender_rules_from(data["tenders"]) if "tenders" in data else TenderRules(),
        parked_days=int(data.get("parked_days", 2)),
        keys={name: str(key) for name, key in data.get("keys", {}).items() if name in COMMANDS},
        short_codes=dict(data.get("short_codes", {})),
        deposits=deposit_rules_from(data.get("deposits", {})),
        fiscal_year_begins=int(data.get("fiscal_year_begins", 1)),
        terminals={office: tuple(codes) for office, codes in data.get("terminals", {}).items()},
    )


def _deposit_account(data: Mapping[str, Any]) -> DepositAccount:
    return DepositAccount(**{**data, "numbers": tuple(data["numbers"])})


def _stub(data: Mapping[str, Any]) -> ScanLayout:
    amount = Span(**data["amount"]) if data["amount"] else None
    checks = tuple(map(_check_digit, data["checks"]))
    return ScanLayout(**{**data, "account": Span(**data["account"]), "amount": amount, "checks": checks})


def _check_digit(data: Mapping[str, Any]) -> CheckDigit:
    covers = tuple(Span(**span) for span in data["covers"])
    return CheckDigit(**{**data, "covers": covers, "weights": tuple(data["weights"])})


def _by_tender(accounts: Mapping[str, str]) -> dict[TenderKind, str]:
    return {TenderKind(kind): account for kind, account in dict(accounts).items()}
