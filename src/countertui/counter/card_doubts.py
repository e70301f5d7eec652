"""What keeps a card from being charged twice: a charge not settled, or asked for another cart, of the same account."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from countertui.counter.cart import CartGone, Held, cart_in
from countertui.domain.card_charges import Why
from countertui.domain.money import format_cents
from countertui.domain.receipts import AccountLine, Cart
from countertui.domain.refusal import Refused
from countertui.domain.tender_rules import Breach
from countertui.domain.tenders import Tender, TenderKind
from countertui.store import card_rows
from countertui.store.card_rows import CardAskRow, CardUnknownRow
from countertui.store.store import read_body


class NotAsked(Refused):
    """A card tender whose charge was not asked for under its id, or stands elsewhere already."""


def require_asked(db: sqlite3.Connection, cart: Cart, tenders: Sequence[Tender]) -> None:
    """Raise NotAsked unless each card tender's charge was asked for this cart and sum, and is in no receipt yet."""
    for tender in tenders:
        if tender.ask and _asked(db, tender.ask) != (cart.id, tender.cents):
            raise NotAsked(
                f"The card charge of {format_cents(tender.cents)} was not asked for this cart, or stands elsewhere.",
                "Nothing was recorded.",
                "F10, E shows what is open; Del takes the tender off.",
            )


def _asked(db: sqlite3.Connection, id_: str) -> tuple[str, int] | None:
    """For which cart, and how many cents, a card was asked and may still be laid; None where it may not."""
    row = card_rows.ask(db, id_)
    if row is not None:
        return row.cart, row.cents
    unknown = card_rows.unknown(db, id_)
    return (unknown.cart, unknown.cents) if unknown is not None and unknown.state in {"unknown", "charged"} else None


def charges_in_doubt(db: sqlite3.Connection, cart: Cart, tenders: Sequence[Tender]) -> list[Breach]:
    """What a cart's tenders would take a second time if a card was charged for it, or for one of its accounts, already.

    A second person may let it be: the customer pays otherwise, and the charge is settled by itself.
    """
    unsettled = [breach for row in card_rows.unsettled(db) for breach in _doubt(db, row, cart, tenders)]
    if not _by_card(tenders):
        return unsettled
    elsewhere = (row for row in card_rows.asks(db) if row.cart != cart.id)
    return unsettled + [breach for row in elsewhere for breach in _asked_elsewhere(db, row, cart)]


def _by_card(tenders: Sequence[Tender]) -> bool:
    return any(tender.kind is TenderKind.CARD for tender in tenders)


def _accounts(cart: Cart) -> list[str]:
    return [line.account for line in cart.lines if isinstance(line, AccountLine)]


def _asked_elsewhere(db: sqlite3.Connection, row: CardAskRow, cart: Cart) -> Iterator[Breach]:
    """What a card was asked for another cart that is not paid: the program may have stopped before the answer."""
    try:
        other: Held = cart_in(db, row.cart)
    except CartGone:
        return
    both = [account for account in _accounts(cart) if account in _accounts(other.cart)]
    if both:
        laid = any(tender.ask == row.id for tender in other.tenders)
        said = "was charged" if laid else "may have been charged"
        yield Breach(
            f"A card {said} {format_cents(row.cents)} for {', '.join(both)} in another cart: F10, E.", by_approval=True
        )


def _doubt(db: sqlite3.Connection, row: CardUnknownRow, cart: Cart, tenders: Sequence[Tender]) -> Iterator[Breach]:
    data = read_body(db, row.seq)["data"]
    asked = f"a card was charged {format_cents(row.cents)}"
    if any(tender.ask == row.id for tender in tenders):
        if row.state == "unknown" and data["why"] != Why.LEFT:
            yield Breach(f"It is not settled whether {asked}: F10, E.", by_approval=False)
        return
    known = "It is known that" if row.state == "charged" else "Nobody knows whether"
    if row.cart == cart.id:
        yield Breach(f"{known} {asked} for this cart.", by_approval=True)
    elif _by_card(tenders):
        own = _accounts(cart)
        both = [line["account"] for line in data["lines"] if line["account"] in own]
        if both:
            yield Breach(f"{known} {asked} for {', '.join(both)}.", by_approval=True)
