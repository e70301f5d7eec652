"""Saying at once that what was put into a cart is in another open one too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from countertui.counter.open_carts import also_open

if TYPE_CHECKING:
    from countertui.screens.app import CounterApp


ONE_IS_PAID = "What is taken here is not owed there any more."


async def also_open_words(counter: CounterApp, cart_id: str, accounts: Sequence[str]) -> str:
    """Which of a cart's accounts another open cart holds as well, in words; empty where none does."""
    if counter.store_is_lost:
        return ""
    return " ".join(also.words for also in await counter.desk.look(also_open, cart_id, accounts))


async def tell_of_piece(counter: CounterApp, cart_id: str, number: str) -> None:
    """Say that another open cart holds the account of a piece of mail as well, if one does."""
    words = await also_open_words(counter, cart_id, [number])
    if words:
        counter.tell(words, ONE_IS_PAID, "F10, K lists carts and forms; Esc drops the piece.")
