"""A piece of mail that is being keyed in, kept from its first account on: after a crash it is in hand again as typed.

A check's magnetic line is not kept: it is personal, and read or typed again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from countertui.counter.drafts import Draft, Form, newest_draft
from countertui.counter.find import open_account, with_amount
from countertui.domain.money import format_cents, parse_amount
from countertui.domain.receipts import AccountLine, Cart
from countertui.domain.remittances import Remittance
from countertui.domain.tenders import TenderKind
from countertui.screens.kept_form import KeptTexts

if TYPE_CHECKING:
    from countertui.screens.mail import MailArea
    from countertui.screens.mail_piece import Piece

BATCH, KIND, ACCOUNT, REFERENCE, AMOUNT, MARK = "batch", "kind", "account", "reference", "amount", "mark"


class KeptPiece(KeptTexts):
    """What stands in the row of a piece, and the accounts that its check pays besides; nothing while none is begun."""

    def __init__(self, piece: Piece, area: MailArea) -> None:
        super().__init__(area.counter, Form.MAIL_PIECE, lambda: piece.cart.id, self._as_typed)
        self._piece = piece
        self._area = area

    def _as_typed(self) -> dict[str, str]:
        piece, batch = self._piece, self._area.open_batch
        if batch is None or not piece.begun:
            return {}
        texts = {BATCH: str(batch.batch.open_seq), KIND: piece.kind.value, REFERENCE: piece.row.text.value}
        for n, line in enumerate(piece.kept):
            texts |= {f"{ACCOUNT} {n}": line.account, f"{AMOUNT} {n}": format_cents(line.amount)}
        if piece.line is not None:
            texts |= {ACCOUNT: piece.line.account, AMOUNT: piece.row.amount.value}
        return texts | ({MARK: piece.cart.postmarked} if piece.cart.postmarked else {})

    async def bring_back(self, batch: Remittance) -> None:
        """Let the piece be in hand again that was begun for this batch, by what its accounts owe now.

        Raises Refused where one of them is not there any more.
        """
        await self.saved()
        person = self._area.counter.person
        if person is None or self._area.counter.store_is_lost:
            return
        found = await self._area.counter.desk.look(newest_draft, person, Form.MAIL_PIECE)
        if found is None or found[1].texts.get(BATCH) != str(batch.open_seq):
            return
        cart_id, draft = found
        texts, piece = draft.texts, self._piece
        cart = Cart(cart_id, postmarked=texts.get(MARK, ""))
        line = await self._line(texts[ACCOUNT], cart.postmarked) if ACCOUNT in texts else None
        piece.put_back(cart, TenderKind(texts[KIND]), line, await self._lines_before(draft))
        piece.row.text.set(texts.get(REFERENCE, ""))
        piece.row.amount.set(texts.get(AMOUNT, ""), selected=True)
        self.tell_back(draft, "See that it is still right; Enter takes it, Esc drops it.")

    async def _lines_before(self, draft: Draft) -> list[AccountLine]:
        lines: list[AccountLine] = []
        while (number := draft.texts.get(f"{ACCOUNT} {len(lines)}")) is not None:
            cents = parse_amount(draft.texts[f"{AMOUNT} {len(lines)}"])
            lines.append(with_amount(await self._line(number, draft.texts.get(MARK, "")), cents))
        return lines

    async def _line(self, number: str, postmarked: str) -> AccountLine:
        return await self._area.counter.desk.look(open_account, number, self._area.session.operator, postmarked)
