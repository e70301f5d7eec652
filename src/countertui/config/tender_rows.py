"""The rules of tenders as rows of tenders.toml, and what they say on a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from countertui.config.problems import unknown
from countertui.config.rows import Code, Dollars, Office, Row, Switch, different
from countertui.domain.cash_back import CashBack
from countertui.domain.cash_rounding import CashRounding
from countertui.domain.money import Cents
from countertui.domain.reference import AccountKind
from countertui.domain.tender_rules import SHARING, Accepts, Limit, Requires, ReturnedChecks, Scope, TenderRules
from countertui.domain.tender_rules import Field as TenderField
from countertui.domain.tenders import TenderKind

_OF_KIND = {TenderField.MICR: TenderKind.CHECK, TenderField.SLIP: TenderKind.CARD}
_KINDS = '"cash", "check", "card", "money_order"'


def _shares(word: str) -> str:
    if word not in SHARING:
        raise ValueError("not a word for what is on a receipt")
    return word


class AcceptsRow(Row):
    """[[accepts]]: the kinds of tender that one office, kind of account, flag, head or fee takes; no others."""

    at: Scope = Field(strict=False, description='"office", "account_kind", "flag", "head" or "fee"')
    code: Code
    tenders: Annotated[
        tuple[Annotated[TenderKind, Field(strict=False)], ...],
        AfterValidator(different),
        Field(strict=False, min_length=1, max_length=4, description=f"different kinds of tender, of [{_KINDS}]"),
    ]
    by_approval: Switch = False

    @property
    def key(self) -> str:
        """What it is about."""
        return f"{self.at.value} {self.code}"


class LimitRow(Row):
    """[[limit]]: the most of a kind of tender on one receipt, in cents once read, and whether MICR is needed."""

    kind: TenderKind = Field(strict=False, description=f"one of {_KINDS}")
    most: Dollars | None = Field(None, description="dollars like 10000.00, or no such line for any sum")
    micr: Switch = False
    by_approval: Switch = False

    @property
    def key(self) -> str:
        """The kind of tender."""
        return self.kind.value


class ApartRow(Row):
    """[[apart]]: what is never on one receipt together."""

    kinds: Annotated[
        tuple[Annotated[str, AfterValidator(_shares)], ...],
        AfterValidator(different),
        Field(strict=False, min_length=2, max_length=len(SHARING), description=f"two or more of {', '.join(SHARING)}"),
    ]

    @property
    def key(self) -> str:
        """All of it, in one order."""
        return " ".join(sorted(self.kinds))


class RequiresRow(Row):
    """[[requires]]: what a kind of tender must come with, everywhere or for one office, kind of account and so on."""

    kind: TenderKind = Field(strict=False, description='"check" or "card"')
    fields: Annotated[
        tuple[Annotated[TenderField, Field(strict=False)], ...],
        AfterValidator(different),
        Field(
            strict=False, min_length=1, description='["micr"] of a check, ["slip"] of a card: brand and last 4 digits'
        ),
    ]
    at: Scope | None = Field(
        None, strict=False, description='"office", "account_kind", "flag", "head", "fee", or no line'
    )
    code: Code | None = Field(None, description="which of these, where a key at says so")
    by_approval: Switch = False

    @property
    def key(self) -> str:
        """The kind of tender, and what it is about."""
        return " ".join([self.kind.value, *([self.at.value] if self.at else []), *([self.code] if self.code else [])])


class CashBackRow(Row):
    """[[cash_back]]: how much cash one receipt gives back on a kind of tender that is not cash, in cents once read."""

    kind: TenderKind = Field(strict=False, description='"check", "card" or "money_order"')
    most: Dollars

    @property
    def key(self) -> str:
        """The kind of tender."""
        return self.kind.value


class ChangeRow(Row):
    """[[change]]: change of so much or more is refused, as mistyped."""

    below: Dollars


class ReturnedRow(Row):
    """[[returned_checks]]: after how many checks that came back an account takes no check, counted over how long."""

    count: Annotated[int, Field(ge=1, le=99, description="a whole number from 1 to 99")]
    within_days: Annotated[int, Field(ge=1, le=36500, description="a whole number of days from 1 to 36500")]
    by_approval: Switch = True


class RoundingRow(Row):
    """[[rounding]]: what is paid in cash is rounded to the nearest 5 or 10 cents; where the difference is posted."""

    to: Literal[5, 10] = Field(description="5 or 10, in cents")
    account: Code


def tender_rules(
    accepts: Sequence[AcceptsRow],
    limits: Sequence[LimitRow],
    apart: Sequence[ApartRow],
    change: Sequence[ChangeRow],
    returned: Sequence[ReturnedRow],
    rounding: Sequence[RoundingRow],
    requires: Sequence[RequiresRow],
    cash_back: Sequence[CashBackRow],
) -> TenderRules:
    """The rules of rows that are in force on one day."""
    plain = TenderRules()
    return TenderRules(
        accepts=tuple(Accepts(row.at, row.code, row.tenders, row.by_approval) for row in accepts),
        limits=tuple(Limit(row.kind, row.most, row.by_approval, row.micr) for row in limits),
        apart=tuple(row.kinds for row in apart),
        change_below=next((Cents(row.below) for row in change), plain.change_below),
        returned=next((ReturnedChecks(row.count, row.within_days, row.by_approval) for row in returned), None),
        rounding=next((CashRounding(row.to, row.account) for row in rounding), None),
        requires=tuple(Requires(row.kind, row.fields, row.at, row.code or "", row.by_approval) for row in requires),
        cash_back=tuple(CashBack(row.kind, Cents(row.most)) for row in cash_back),
    )


def names_nothing(
    accepts: Iterable[AcceptsRow],
    limits: Iterable[LimitRow],
    requires: Iterable[RequiresRow],
    cash_back: Iterable[CashBackRow],
    offices: Iterable[Office],
) -> Iterator[str]:
    """Rules about offices and kinds of accounts that there are none of, and what only checks, cards or cash have."""
    known = {
        Scope.OFFICE: [office.code for office in offices],
        Scope.ACCOUNT_KIND: [kind.value for kind in AccountKind],
    }
    needed = list(requires)
    about = [("accepts", row.key, row.at, row.code) for row in accepts]
    about += [("requires", row.key, row.at, row.code) for row in needed if row.at is not None and row.code is not None]
    for table, key, at, code in about:
        if at in known and code not in known[at]:
            told = unknown("office" if at is Scope.OFFICE else "account of kind", code, known[at])
            yield f"tenders.toml, [[{table}]] {key}, key code: {told}"
    for need in needed:
        if (need.at is None) != (need.code is None):
            yield f"tenders.toml, [[requires]] {need.key}, keys at and code: one is there without the other."
        if wrong := [field.value for field in need.fields if _OF_KIND[field] is not need.kind]:
            told = f"a {need.kind.label.lower()} has no {wrong[0]}"
            yield f"tenders.toml, [[requires]] {need.key}, key fields: {told}. Allowed: micr of checks, slip of cards."
    for back in cash_back:
        if back.kind is TenderKind.CASH:
            told = 'change for cash needs no rule. Allowed: "check", "card", "money_order".'
            yield f"tenders.toml, [[cash_back]] {back.key}, key kind: {told}"
    for limit in limits:
        if limit.micr and limit.kind is not TenderKind.CHECK:
            yield f"tenders.toml, [[limit]] {limit.key}, key micr: only a check has such a line. Allowed: no such line."
