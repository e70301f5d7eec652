"""A tender that is being typed, kept with its cart: taken back after a crash, the cart asks for it again as typed.

A check's magnetic line is not kept: it is personal, and read or typed again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from countertui.counter.drafts import Form
from countertui.domain.tenders import TenderKind
from countertui.screens.asks import AskTender
from countertui.screens.card_tender import AskCard
from countertui.screens.kept_form import KeptTexts

if TYPE_CHECKING:
    from countertui.screens.payment import PaymentArea

KIND, REFERENCE, AMOUNT, SLIP = "kind", "reference", "amount", "slip"


class KeptTender(KeptTexts):
    """What stands in the row of a tender; nothing while something else, or nothing, is asked."""

    def __init__(self, area: PaymentArea) -> None:
        super().__init__(area.counter, Form.TENDER, lambda: area.hand.held.cart.id, self._as_typed)
        self._area = area

    def _as_typed(self) -> dict[str, str]:
        ask, row = self._area.asking, self._area.inline
        if isinstance(ask, AskCard):
            return {KIND: TenderKind.CARD.value, REFERENCE: row.text.value, SLIP: row.slip.value}
        if not isinstance(ask, AskTender):
            return {}
        return {KIND: ask.kind.value, REFERENCE: row.text.value, AMOUNT: row.amount.value}

    async def card(self) -> tuple[str, str]:
        """Approval code and slip as they were being typed for the cart in hand; the sum is kept as it was asked."""
        draft = await self.kept()
        if draft is None or draft.texts[KIND] != TenderKind.CARD.value:
            return "", ""
        return draft.texts.get(REFERENCE, ""), draft.texts.get(SLIP, "")

    async def bring_back(self) -> None:
        """Ask for the tender again that was being typed for the cart in hand, if one was and something is due."""
        draft = await self.kept()
        if draft is None or not self._area.taking.remaining:
            return
        kind = TenderKind(draft.texts[KIND])
        if kind is TenderKind.CARD and self._area.hand.held.cart.paper is None:
            return  # no card is asked but by hand
        await self._area.ask_tender(kind)
        row = self._area.inline
        row.text.set(draft.texts.get(REFERENCE, ""))
        row.amount.set(draft.texts.get(AMOUNT, ""), selected=True)
        self.tell_back(draft, "See that it is still right; Enter lays it, Esc drops it.")
