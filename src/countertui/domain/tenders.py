"""What a visit is paid with, and what each kind of tender asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.card_slips import CardSlip
from countertui.domain.micr import Micr
from countertui.domain.money import Cents
from countertui.domain.refusal import Refused
from countertui.domain.text import composed, refuse_controls

REFERENCE_LENGTH = 24
CHANGE_BELOW = Cents(100_00)
"""Change of the largest note or more means that a note was handed over for nothing, or mistyped."""


class TenderKind(StrEnum):
    """The kinds of tender a counter takes; each is counted and deposited on its own."""

    CASH = "cash"
    CHECK = "check"
    CARD = "card"
    MONEY_ORDER = "money_order"

    @property
    def label(self) -> str:
        """The word a person reads."""
        return {"cash": "Cash", "check": "Check", "card": "Card", "money_order": "Money order"}[self.value]

    @property
    def reference_label(self) -> str:
        """What the reference of this kind is called; empty for cash, which has none."""
        return {"cash": "", "check": "Check no.", "card": "Approval code", "money_order": "Money order no."}[self.value]


KEPT_IN_DRAWER = frozenset({TenderKind.CASH, TenderKind.CHECK})
"""What goes into the till: only these open it."""


class TenderRefused(Refused):
    """A tender that can't be taken as typed."""


@dataclass(frozen=True, slots=True)
class Tender:
    """One piece of payment: kind, amount in cents as handed over, and its reference (check number, approval code).

    micr is a check's magnetic line, where it was given: personal data, which no working table keeps.
    ask is the id under which a card's sum was saved before the card terminal was asked for it, slip what its slip says
    of the card; empty and None where it was charged elsewhere, or the slip was not asked for.
    """

    kind: TenderKind
    cents: Cents
    reference: str = ""
    micr: Micr | None = field(default=None, repr=False)
    ask: str = ""
    slip: CardSlip | None = None


def checked_tender(
    kind: TenderKind,
    cents: Cents,
    reference: str,
    micr: Micr | None = None,
    *,
    ask: str = "",
    slip: CardSlip | None = None,
) -> Tender:
    """Make a tender from what was typed; cents as handed over. Only a check has a magnetic line, only a card a slip.

    Raises TenderRefused if nothing was given or its number is missing, CardNumberRefused or TextRefused if the
    reference holds what no reference may.
    """
    reference = composed(reference.strip())
    if cents <= 0:
        raise TenderRefused("The amount tendered is zero.", press="Type what was handed over.")
    if kind is TenderKind.CASH:
        return Tender(kind, cents)
    if not reference:
        raise TenderRefused(
            f"A {kind.label.lower()} needs its {kind.reference_label.lower().rstrip('.')}.",
            press="Type it, then Enter.",
        )
    refuse_card_numbers(reference, kind.reference_label)
    refuse_controls(reference, kind.reference_label)
    if len(reference) > REFERENCE_LENGTH:
        raise TenderRefused(f"{kind.reference_label} is longer than {REFERENCE_LENGTH} characters.")
    if kind is TenderKind.CARD:
        return Tender(kind, cents, reference, ask=ask, slip=slip)
    return Tender(kind, cents, reference, micr if kind is TenderKind.CHECK else None)


def rechecked(tender: Tender) -> Tender:
    """The same tender, if it can be taken as it stands. Raises as `checked_tender`."""
    return checked_tender(tender.kind, tender.cents, tender.reference, tender.micr, ask=tender.ask, slip=tender.slip)
