"""The rules of tenders as they travel to terminals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countertui.domain.cash_back import CashBack
from countertui.domain.cash_rounding import CashRounding
from countertui.domain.money import Cents
from countertui.domain.tender_rules import Accepts, Field, Limit, Requires, ReturnedChecks, Scope, TenderRules
from countertui.domain.tenders import TenderKind


def tender_rules_from(data: Mapping[str, Any]) -> TenderRules:
    """Read the rules as they travel to terminals. Raises KeyError, TypeError or ValueError on anything else."""
    return TenderRules(
        accepts=tuple(
            Accepts(
                Scope(row["scope"]), str(row["code"]), tuple(map(TenderKind, row["tenders"])), bool(row["by_approval"])
            )
            for row in data["accepts"]
        ),
        limits=tuple(
            Limit(
                TenderKind(row["kind"]),
                None if row["most"] is None else Cents(int(row["most"])),
                bool(row["by_approval"]),
                bool(row["needs_micr"]),
            )
            for row in data["limits"]
        ),
        apart=tuple(tuple(map(str, words)) for words in data["apart"]),
        change_below=Cents(int(data["change_below"])),
        returned=_returned_from(data["returned"]) if data.get("returned") else None,
        rounding=_rounding_from(data["rounding"]) if data.get("rounding") else None,
        requires=tuple(map(_requires_from, data.get("requires", ()))),
        cash_back=tuple(
            CashBack(TenderKind(row["kind"]), Cents(int(row["most"]))) for row in data.get("cash_back", ())
        ),
    )


def _requires_from(data: Mapping[str, Any]) -> Requires:
    scope = Scope(data["scope"]) if data["scope"] is not None else None
    fields = tuple(map(Field, data["fields"]))
    return Requires(TenderKind(data["kind"]), fields, scope, str(data["code"]), bool(data["by_approval"]))


def _returned_from(data: Mapping[str, Any]) -> ReturnedChecks:
    return ReturnedChecks(int(data["count"]), int(data["within_days"]), bool(data["by_approval"]))


def _rounding_from(data: Mapping[str, Any]) -> CashRounding:
    return CashRounding(int(data["to"]), str(data["gl"]))
