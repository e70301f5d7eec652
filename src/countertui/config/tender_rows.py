"""The rules of tenders as rows of tenders.toml, and what they say on a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from countertui.config.problems import unknown
from countertui.config.rows import Code, Dollars, Office, Row, Switch, different
from countertui.domain.cash_rounding import CashRounding
from countertui.domain.money import Cents
from countertui.domain.reference import AccountKind
from countertui.domain.tender_rules import SHARING, Accepts, Limit, ReturnedChecks, Scope, TenderRules
from countertui.domain.tenders import TenderKind

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
    )


def names_nothing(
    accepts: Iterable[AcceptsRow], limits: Iterable[LimitRow], offices: Iterable[Office]
) -> Iterator[str]:
    """Rules about offices and kinds of accounts that there are none of, and lines that only checks have."""
    known = {
        Scope.OFFICE: [office.code for office in offices],
        Scope.ACCOUNT_KIND: [kind.value for kind in AccountKind],
    }
    for row in accepts:
        if row.at in known and row.code not in known[row.at]:
            told = unknown("office" if row.at is Scope.OFFICE else "account of kind", row.code, known[row.at])
            yield f"tenders.toml, [[accepts]] {row.key}, key code: {told}"
    for limit in limits:
        if limit.micr and limit.kind is not TenderKind.CHECK:
            yield f"tenders.toml, [[limit]] {limit.key}, key micr: only a check has such a line. Allowed: no such line."
