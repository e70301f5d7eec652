"""What is asked about a cart and half-typed, kept with it: taken back after a crash, the cart asks it again as typed.

A check's magnetic line is not kept: it is personal, and read or typed again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from countertui.counter.drafts import Draft, Form
from countertui.counter.find import FeeAsksAmount, open_fee
from countertui.domain.receipts import AccountLine
from countertui.domain.tenders import TenderKind
from countertui.screens.asks import AskAmount, Asked, AskPayor, AskPrice, KeptAsk
from countertui.screens.kept_form import KeptTexts

if TYPE_CHECKING:
    from countertui.screens.payment import PaymentArea

ASKED, OF, REFERENCE, AMOUNT, SLIP = "kind", "of", "reference", "amount", "slip"


class KeptRow(KeptTexts):
    """What stands in the payment's inline row, or of a line's parts; nothing while nothing is asked."""

    def __init__(self, area: PaymentArea) -> None:
        super().__init__(area.counter, Form.TENDER, lambda: area.hand.held.cart.id, self._as_typed)
        self._area = area

    def changed(self) -> None:
        """Something was typed, or the row closed. What is asked in between, as for a lead, leaves what was typed."""
        if self._area.asking is None or isinstance(self._area.asking, KeptAsk):
            super().changed()

    def _as_typed(self) -> dict[str, str]:
        ask, row = self._area.asking, self._area.inline
        if self._area.splitting:
            return {ASKED: Asked.PARTS, **self._area.parts.as_typed()}
        if not isinstance(ask, KeptAsk):
            return {}
        asked, of = ask.keeps
        typed = {REFERENCE: row.text.value, AMOUNT: row.amount.value, SLIP: row.slip.value}
        return {ASKED: asked, OF: of, **typed}

    async def card(self) -> tuple[str, str]:
        """Approval code and slip as they were being typed for the cart in hand; the sum is kept as it was asked."""
        draft = await self.kept()
        if draft is None or draft.texts[ASKED] != TenderKind.CARD.value:
            return "", ""
        return draft.texts.get(REFERENCE, ""), draft.texts.get(SLIP, "")

    async def bring_back(self) -> None:
        """Ask again what was being typed for the cart in hand, if something was and it can still be asked.

        Raises Refused where it can't be.
        """
        draft = await self.kept()
        if draft is None or not await self._ask_again(draft):
            return
        if self._area.asking is not None:
            row = self._area.inline
            row.text.set(draft.texts.get(REFERENCE, ""))
            row.amount.set(draft.texts.get(AMOUNT, ""), selected=True)
        self.tell_back(draft, "See that it is still right; Enter goes on with it, Esc drops it.")

    async def _ask_again(self, draft: Draft) -> bool:
        area, asked = self._area, draft.texts[ASKED]
        if asked == Asked.PAYOR:
            area.ask(AskPayor(""))
        elif asked == Asked.PRICE:
            fee = await area.counter.desk.look(open_fee, draft.texts[OF])
            if isinstance(fee, FeeAsksAmount):
                area.ask(AskPrice(fee))
        elif asked in (Asked.AMOUNT, Asked.PARTS):
            self._ask_line(draft)
        elif area.taking.remaining:
            await self._ask_to_pay(asked)
        return area.asking is not None or area.splitting

    def _ask_line(self, draft: Draft) -> None:
        for n, line in enumerate(self._area.hand.held.cart.lines):
            if not isinstance(line, AccountLine) or line.account != draft.texts.get(OF):
                continue
            if draft.texts[ASKED] == Asked.PARTS:
                self._area.split(n, line)
                self._area.parts.put_back(draft.texts)
            else:
                self._area.ask(AskAmount(n, line))

    async def _ask_to_pay(self, asked: str) -> None:
        if asked == Asked.DRAW:
            from countertui.screens.draw import ask_draw

            await ask_draw(self._area)
        elif asked != TenderKind.CARD or self._area.hand.held.cart.paper is not None:
            await self._area.ask_tender(TenderKind(asked))  # no card is asked but by hand
