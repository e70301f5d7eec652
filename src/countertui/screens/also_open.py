"""Saying at once what is not to be seen of an account put into a cart: that another open cart holds it too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from countertui.counter.open_carts import also_open
from countertui.screens.payment_words import raised_told

if TYPE_CHECKING:
    from countertui.domain.receipts import AccountLine
    from countertui.screens.app import CounterApp


ONE_IS_PAID = "What is taken here is not owed there any more."


async def also_open_words(counter: CounterApp, cart_id: str, accounts: Sequence[str]) -> str:
    """Which of a cart's accounts another open cart holds as well, in words; empty where none does."""
    if counter.store_is_lost:
        return ""
    return " ".join(also.words for also in await counter.desk.look(also_open, cart_id, accounts))


async def tell_of_piece(counter: CounterApp, cart_id: str, line: AccountLine) -> None:
    """Say of a piece of mail how what is late on its account is worked out, and which other open cart holds it too."""
    elsewhere = await also_open_words(counter, cart_id, [line.account])
    if line.raised:
        counter.tell(raised_told(line.raised), elsewhere, "Ctrl+O: its postmark, by which what is late is worked out.")
    elif elsewhere:
        counter.tell(elsewhere, ONE_IS_PAID, "F10, K lists carts and forms; Esc drops the piece.")
