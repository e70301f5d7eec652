"""Which tenders a visit may be paid with: a city's rules as data, and what a visit breaks of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from countertui.domain.cash_back import CashBack
from countertui.domain.cash_rounding import CashRounding
from countertui.domain.money import ZERO, Cents, format_cents
from countertui.domain.reference import AccountKind
from countertui.domain.tenders import CHANGE_BELOW, Tender, TenderKind
from countertui.domain.words import number_of

ANY_FEE = "fee"
"""What `apart` calls a line without an account."""
SHARING: dict[str, str] = {
    **{kind.value: kind.label for kind in TenderKind},
    **{kind.value: f"{kind.label} accounts" for kind in AccountKind},
    AccountKind.TRUST: "Trust deposits",
    ANY_FEE: "Fees",
}
"""What may be kept off one receipt with something else, and the words for it."""


class Scope(StrEnum):
    """What a rule of `Accepts` is about."""

    OFFICE = "office"
    ACCOUNT_KIND = "account_kind"
    FLAG = "flag"
    HEAD = "head"
    FEE = "fee"


@dataclass(frozen=True, slots=True)
class Accepts:
    """The kinds of tender that one office, kind of account, flag, charge head or fee code takes; no other is taken.

    by_approval: unless a second person lets it be.
    """

    scope: Scope
    code: str
    tenders: tuple[TenderKind, ...]
    by_approval: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """How much of a kind of tender one receipt keeps at most, in cents (None: any); whether a check's line is needed.

    by_approval: more, or a check without its line, is taken if a second person lets it be.
    """

    kind: TenderKind
    most: Cents | None = None
    by_approval: bool = False
    needs_micr: bool = False


class Field(StrEnum):
    """What a rule may need of a tender beside its number, which every check, card and money order has."""

    MICR = "micr"
    SLIP = "slip"

    @property
    def lacks(self) -> str:
        """What a tender without it lacks, in words."""
        return {"micr": "its MICR line", "slip": "its card's brand and last four digits"}[self.value]


@dataclass(frozen=True, slots=True)
class Requires:
    """What a kind of tender must come with: everywhere (scope None), or for one office, kind of account and so on.

    by_approval: without it, it is taken if a second person lets it be.
    """

    kind: TenderKind
    fields: tuple[Field, ...]
    scope: Scope | None = None
    code: str = ""
    by_approval: bool = False


@dataclass(frozen=True, slots=True)
class ReturnedChecks:
    """After how many checks of an account that came back within how many days it takes no check.

    by_approval: unless a second person lets it be.
    """

    count: int
    within_days: int
    by_approval: bool = True


@dataclass(frozen=True, slots=True)
class TenderRules:
    """A city's rules of tenders.

    apart: words of SHARING no two of which share a receipt. change_below, in cents: less change than that is given.
    rounding: None where a city takes every coin. cash_back: the kinds on which cash is given back; on no other.
    """

    accepts: tuple[Accepts, ...] = ()
    limits: tuple[Limit, ...] = ()
    apart: tuple[tuple[str, ...], ...] = ()
    change_below: Cents = CHANGE_BELOW
    returned: ReturnedChecks | None = None
    rounding: CashRounding | None = None
    requires: tuple[Requires, ...] = ()
    cash_back: tuple[CashBack, ...] = ()


PLAIN_RULES = TenderRules()
"""Of a city that says nothing of them."""


@dataclass(frozen=True, slots=True)
class PaidFor:
    """What one line pays for. name: the account's number or the fee's code; account_kind is empty for a fee.

    returned: the days (ISO) on which checks of the account came back unpaid.
    """

    name: str
    account_kind: str = ""
    heads: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    returned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a visit breaks, in words; by_approval: a second person may let it be.

    lacks: what a tender would only have to come with.
    """

    words: str
    by_approval: bool
    lacks: Field | None = field(default=None, compare=False)


CASH_ONLY = Accepts(
    Scope.FLAG, "cash-only", (TenderKind.CASH, TenderKind.CARD, TenderKind.MONEY_ORDER), by_approval=True
)
"""What the flag says of itself, for a city whose rules say nothing of it."""


def concern(rules: TenderRules, tenders: Iterable[Tender]) -> bool:
    """Whether any rule could be broken by such tenders, whatever they pay for."""
    kinds = {tender.kind for tender in tenders}
    return (
        bool(rules.apart)
        or (rules.rounding is not None and TenderKind.CASH in kinds)
        or asks_for_returns(rules, tenders)
        or any(limit.kind in kinds for limit in rules.limits)
        or any(row.kind in kinds for row in rules.requires)
        or any(not kinds.issubset(row.tenders) for row in _rows(rules))
    )


def asks_for_flags(rules: TenderRules, tenders: Iterable[Tender]) -> bool:
    """Whether any of the tenders is one that some flag keeps away: the accounts' flags must be known then."""
    kinds = {tender.kind for tender in tenders}
    needed = any(row.scope is Scope.FLAG and row.kind in kinds for row in rules.requires)
    return needed or any(row.scope is Scope.FLAG and not kinds.issubset(row.tenders) for row in _rows(rules))


def asks_for_returns(rules: TenderRules, tenders: Iterable[Tender]) -> bool:
    """Whether checks are laid, and are refused where too many came back."""
    return rules.returned is not None and any(tender.kind is TenderKind.CHECK for tender in tenders)


def asks_for_heads(rules: TenderRules) -> bool:
    """Whether any rule goes by what heads are paid."""
    scopes = {row.scope for row in rules.accepts} | {row.scope for row in rules.requires}
    return Scope.HEAD in scopes


def breaches(
    rules: TenderRules,
    office: str,
    on: date,
    paid_for: Sequence[PaidFor],
    tenders: Sequence[Tender],
    change: Cents = ZERO,
) -> tuple[Breach, ...]:
    """What a visit to an office on a day breaks of the rules, each once, in the order of the rules; change in cents."""
    found = [
        *_not_accepted(rules, office, paid_for, {tender.kind for tender in tenders}),
        *_came_back(rules, on, paid_for, tenders),
        *_over_limits(rules, tenders, change),
        *_lacking(rules, office, paid_for, tenders),
        *_no_such_coins(rules, tenders),
        *_together(rules, paid_for, tenders),
    ]
    return tuple(dict.fromkeys(found))


def takes_no_checks(rules: TenderRules, on: date, returned: Iterable[str]) -> bool:
    """Whether so many checks came back on these days (ISO) that on that day no check is taken for the account."""
    said = rules.returned
    return said is not None and _back_since(_counted_since(said, on), returned) >= said.count


def _counted_since(said: ReturnedChecks, on: date) -> date:
    return on - timedelta(days=said.within_days)


def _back_since(since: date, returned: Iterable[str]) -> int:
    return sum(date.fromisoformat(day) >= since for day in returned)


def _rows(rules: TenderRules) -> tuple[Accepts, ...]:
    said = any((row.scope, row.code) == (CASH_ONLY.scope, CASH_ONLY.code) for row in rules.accepts)
    return rules.accepts if said else (*rules.accepts, CASH_ONLY)


def _not_accepted(
    rules: TenderRules, office: str, paid_for: Sequence[PaidFor], kinds: set[TenderKind]
) -> Iterator[Breach]:
    for row in _rows(rules):
        refused = [kind for kind in TenderKind if kind in kinds and kind not in row.tenders]
        if not refused:
            continue
        taken = f"no {' or '.join(kind.label.lower() for kind in refused)} is taken"
        for about in _about(row, office, paid_for):
            yield Breach(f"{about}: {taken}.", row.by_approval)


def _about(row: Accepts | Requires, office: str, paid_for: Sequence[PaidFor]) -> Iterator[str]:
    """What of a visit a rule is about, in words."""
    if row.scope is Scope.OFFICE and row.code == office:
        yield f"In this office ({office})"
    for one in paid_for:
        if row.scope is Scope.FLAG and row.code in one.flags:
            yield f"Account {one.name} is {row.code}"
        elif row.scope is Scope.ACCOUNT_KIND and row.code == one.account_kind:
            yield f"For {SHARING[row.code].lower()}, like {one.name}"
        elif row.scope is Scope.HEAD and row.code in one.heads:
            yield f"For {row.code}, as of {one.name}"
        elif row.scope is Scope.FEE and not one.account_kind and row.code == one.name:
            yield f"For {row.code}"


def _came_back(
    rules: TenderRules, on: date, paid_for: Sequence[PaidFor], tenders: Sequence[Tender]
) -> Iterator[Breach]:
    said = rules.returned
    if said is None or not asks_for_returns(rules, tenders):
        return
    since = _counted_since(said, on)
    for one in paid_for:
        back = _back_since(since, one.returned)
        if back >= said.count:
            told = number_of(back, "check")
            yield Breach(f"Account {one.name}: {told} came back since {since}, no check is taken.", said.by_approval)


def _over_limits(rules: TenderRules, tenders: Sequence[Tender], change: Cents) -> Iterator[Breach]:
    for limit in rules.limits:
        of_kind = [tender for tender in tenders if tender.kind is limit.kind]
        kept = sum(tender.cents for tender in of_kind) - (change if limit.kind is TenderKind.CASH else 0)
        if limit.most is not None and kept > limit.most:
            told = f"{limit.kind.label} of {format_cents(kept)} is more than one receipt takes"
            yield Breach(f"{told}, {format_cents(limit.most)}.", limit.by_approval)
        if limit.needs_micr:
            for tender in of_kind:
                if tender.micr is None:
                    yield Breach(f"Check {tender.reference} lacks its MICR line.", limit.by_approval, Field.MICR)


def _lacking(
    rules: TenderRules, office: str, paid_for: Sequence[PaidFor], tenders: Sequence[Tender]
) -> Iterator[Breach]:
    for row in rules.requires:
        about = next(_about(row, office, paid_for), None) if row.scope is not None else ""
        if about is None:
            continue
        for tender in tenders:
            there = {Field.MICR: tender.micr, Field.SLIP: tender.slip}
            for lacks in (lacks for lacks in row.fields if there[lacks] is None and tender.kind is row.kind):
                said = f"{tender.kind.label.lower()} {tender.reference} lacks {lacks.lacks}."
                words = f"{about}: {said}" if about else f"{said[0].upper()}{said[1:]}"
                yield Breach(words, row.by_approval, lacks)


def _no_such_coins(rules: TenderRules, tenders: Sequence[Tender]) -> Iterator[Breach]:
    if rules.rounding is None:
        return
    for tender in tenders:
        if tender.kind is TenderKind.CASH and tender.cents % rules.rounding.to:
            told = f"no coins below {rules.rounding.to} cents are taken"
            yield Breach(f"Cash of {format_cents(tender.cents)}: {told}.", by_approval=False)


def _together(rules: TenderRules, paid_for: Sequence[PaidFor], tenders: Sequence[Tender]) -> Iterator[Breach]:
    there = {one.account_kind or ANY_FEE for one in paid_for} | {tender.kind.value for tender in tenders}
    for words in rules.apart:
        shared = [SHARING[word] for word in words if word in there]
        if len(shared) > 1:
            several = f"{', '.join(shared[:-1])} and {shared[-1]}"
            yield Breach(f"{several[0]}{several[1:].lower()} are never on one receipt.", by_approval=False)
