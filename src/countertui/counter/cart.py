"""Carts: made with the receipt's id before any tender, saved at every change with it, parked and taken back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from countertui.counter.customer import show_cart, show_nothing
from countertui.counter.raised_rows import raised_from_json, raised_to_json
from countertui.counter.station import Person, Station
from countertui.counter.typed import LONGEST_PAYOR, LONGEST_REASON, checked_text
from countertui.domain.card_slips import CardSlip
from countertui.domain.charges import OpenCharge
from countertui.domain.expiry import last_good_day, minutes_since
from countertui.domain.money import Cents
from countertui.domain.paper_books import paper_data, paper_of
from countertui.domain.receipts import AccountLine, Cart, CartLine, DrawLine, FeeLine
from countertui.domain.refusal import Refused
from countertui.domain.tenders import Tender, TenderKind, rechecked
from countertui.store import card_rows, working
from countertui.store.working import CartRow


class CartGone(Refused):
    """The cart is not there any more."""


class CartNotDropped(Refused):
    """The cart stays: something was handed over for it, or a card may have been charged."""


@dataclass(frozen=True, slots=True)
class Held:
    """A cart with the tenders laid beside it: what was handed over and is not recorded yet."""

    cart: Cart
    tenders: tuple[Tender, ...] = ()

    @property
    def name(self) -> str:
        """What a person calls the cart: payor, else the first line's name, else its fee."""
        first = self.cart.lines[0] if self.cart.lines else None
        if self.cart.payor or first is None:
            paper = self.cart.paper
            return self.cart.payor or ("empty cart" if paper is None else f"paper receipt {paper.text}")
        return first.description if isinstance(first, FeeLine) else first.name

    @property
    def payor(self) -> str:
        """Whom the receipt will name: who was typed, else the first account's holder, else a walk-in."""
        holders = (line.name for line in self.cart.lines if not isinstance(line, FeeLine))
        return self.cart.payor or next(holders, "Walk-in")

    @property
    def empty(self) -> bool:
        """Whether there is nothing in the cart, nothing beside it, and no paper receipt that it is keyed in from."""
        return not self.cart.lines and not self.tenders and self.cart.paper is None


@dataclass(frozen=True, slots=True)
class SavedCart:
    """A cart as listed: total in cents, number of lines, what state it is in and when it was saved, local time.

    minutes: how long ago that was. expires: the last day (ISO) that it is good for; empty for one that does not expire,
    as money was laid beside it. expired: whether that day is over. name: what a person calls it. accounts: those that
    it pays.
    """

    id: str
    operator: str
    payor: str
    total: Cents
    lines: int
    state: str
    saved_at: str
    minutes: int = 0
    expires: str = ""
    expired: bool = False
    name: str = ""
    accounts: tuple[str, ...] = ()


def new_cart(station: Station) -> Cart:
    """An empty cart whose id will be the receipt's."""
    return Cart(station.ids())


def checked_cart(cart: Cart) -> Cart:
    """The cart with what was typed into it in the form it is kept in.

    Raises CardNumberRefused, TextRefused, TextTooLong.
    """
    return replace(
        cart,
        payor=checked_text(cart.payor, "The payor", LONGEST_PAYOR),
        lines=tuple(
            replace(line, reason=checked_text(line.reason, "The reason", LONGEST_REASON))
            if isinstance(line, AccountLine)
            else line
            for line in cart.lines
        ),
    )


def save_cart(station: Station, person: Person, held: Held) -> None:
    """Keep a cart as it is now; an empty one is forgotten. Raises what `checked_cart` and `checked_tender` do."""
    _keep(station, person, held, "open")
    show_cart(station, held)


def park_cart(station: Station, person: Person, held: Held) -> None:
    """Set a cart aside for later. Raises what `checked_cart` and `checked_tender` do."""
    _keep(station, person, held, "parked")
    show_nothing(station)


def take_back(station: Station, cart_id: str) -> Held:
    """Take a saved cart back onto the counter, as it was left. Raises CartGone."""
    return cart_in(station.db, cart_id)


def cart_in(db: sqlite3.Connection, cart_id: str) -> Held:
    """A saved cart, read from there. Raises CartGone."""
    row = working.cart(db, cart_id)
    if row is None:
        raise CartGone("That cart is not there any more.", press="Choose another one.")
    return _from_json(cart_id, row.body)


def carts(station: Station) -> list[SavedCart]:
    """All saved carts of this terminal, oldest first."""
    now, charged = station.clock.local_text(), _maybe_charged(station.reader)
    return [_as_listed(row, now, station.rules.parked_days, charged) for row in working.carts(station.reader)]


def set_aside_by(station: Station, person: Person) -> int:
    """How many carts this person set aside here, or left in hand."""
    return sum(row.operator == person.id for row in working.carts(station.reader))


def count_expired(station: Station) -> int:
    """How many carts were parked longer than the city lets them be."""
    return sum(cart.expired for cart in carts(station))


def _as_listed(row: CartRow, now: str, days: int, charged: frozenset[str]) -> SavedCart:
    held = _from_json(row.id, row.body)
    cart = held.cart
    keeps = bool(held.tenders) or row.state != "parked" or row.id in charged
    expires = "" if keeps else last_good_day(row.saved_utc, days)
    return SavedCart(
        row.id,
        row.operator,
        cart.payor,
        cart.total,
        len(cart.lines),
        row.state,
        row.saved_utc,
        minutes_since(row.saved_utc, now),
        expires,
        expired=bool(expires) and now[:10] > expires,
        name=held.name,
        accounts=cart.accounts,
    )


def drop_parked(station: Station, cart_id: str) -> None:
    """Forget a cart that nobody has in hand. Raises CartGone, CartNotDropped where money is laid beside it."""
    held = take_back(station, cart_id)
    if held.tenders:
        raise CartNotDropped(
            f"Money is laid beside the cart of {held.name}.",
            "Nothing was dropped.",
            "Enter takes it back: give back what was handed over, then Del, Esc, Y.",
        )
    _require_not_charged(station, cart_id)
    station.store.write_working(lambda db: working.drop_cart(db, cart_id))


def drop_cart(station: Station, cart_id: str) -> None:
    """Forget a cart for good. Raises CartNotDropped where a card was, or may have been, charged for it."""
    _require_not_charged(station, cart_id)
    station.store.write_working(lambda db: working.drop_cart(db, cart_id))
    show_nothing(station)


def saved_row(station: Station, operator: str, held: Held, state: str) -> CartRow:
    """A cart as it is kept. Raises what `checked_cart` and `checked_tender` do."""
    body = _to_json(checked_cart(held.cart), [rechecked(tender) for tender in held.tenders])
    return CartRow(held.cart.id, operator, state, station.clock.local_text(), body)


def _require_not_charged(station: Station, cart_id: str) -> None:
    if cart_id in _maybe_charged(station.db):
        raise CartNotDropped(
            "A card was charged for this cart, or may have been.", "Nothing was dropped.", "F10, E shows what is known."
        )


def _maybe_charged(db: sqlite3.Connection) -> frozenset[str]:
    """Ids of carts for which a card was asked, or is known to have been charged, and no receipt says so yet."""
    return frozenset([row.cart for row in card_rows.asks(db)] + [row.cart for row in card_rows.unsettled(db)])


def _keep(station: Station, person: Person, held: Held, state: str) -> None:
    if held.empty and held.cart.id not in _maybe_charged(station.db):
        drop_cart(station, held.cart.id)
        return
    row = saved_row(station, person.id, held, state)
    station.store.write_working(lambda db: working.save_cart(db, row))


def _to_json(cart: Cart, tenders: Sequence[Tender]) -> str:
    return json.dumps(
        {
            "payor": cart.payor,
            "lines": [_line_to_json(line) for line in cart.lines],
            "tenders": [_tender_to_json(tender) for tender in tenders],
            **({"paper": paper_data(cart.paper)} if cart.paper is not None else {}),
            **({"postmarked": cart.postmarked} if cart.postmarked else {}),
        }
    )


def _tender_to_json(tender: Tender) -> list[Any]:
    written = [tender.kind.value, tender.cents, tender.reference]
    if tender.kind is not TenderKind.CARD:
        return written
    return [*written, tender.ask, *((tender.slip.brand, tender.slip.last4) if tender.slip is not None else ())]


def _tender_from_json(kind: str, cents: int, reference: str, ask: str = "", *slip: str) -> Tender:
    return Tender(TenderKind(kind), Cents(cents), reference, ask=ask, slip=CardSlip(*slip) if slip else None)


def _line_to_json(line: CartLine) -> dict[str, Any]:
    if isinstance(line, DrawLine):
        return {"draw": line.account, "name": line.name, "held": line.held, "drawn": line.drawn, "gl": line.gl}
    if isinstance(line, FeeLine):
        return {
            "fee": line.code,
            "description": line.description,
            "quantity": line.quantity,
            "unit_cents": line.unit_cents,
            "gl": line.gl,
        }
    return {
        "account": line.account,
        "kind": line.account_kind,
        "name": line.name,
        "charges": [
            [charge.id, charge.head, charge.due.isoformat(), charge.description, charge.gl, charge.balance]
            for charge in line.charges
        ],
        "amount": line.amount,
        "credit_gl": line.credit_gl,
        "by_hand": [list(part) for part in line.by_hand],
        "reason": line.reason,
        **({"on_account": True} if line.on_account else {}),
        **({"raised": list(map(raised_to_json, line.raised))} if line.raised else {}),
    }


def _from_json(cart_id: str, text: str) -> Held:
    body = json.loads(text)
    tenders = body.get("tenders", [])  # carts saved before tenders were kept have none
    return Held(
        Cart(
            cart_id,
            tuple(_line_from_json(line) for line in body["lines"]),
            body["payor"],
            paper_of(body["paper"]) if "paper" in body else None,
            postmarked=body.get("postmarked", ""),
        ),
        tuple(_tender_from_json(*written) for written in tenders),
    )


def _line_from_json(line: dict[str, Any]) -> CartLine:
    if "draw" in line:
        return DrawLine(line["draw"], line["name"], Cents(line["held"]), Cents(line["drawn"]), line["gl"])
    if "fee" in line:
        return FeeLine(line["fee"], line["description"], line["quantity"], Cents(line["unit_cents"]), line["gl"])
    return AccountLine(
        line["account"],
        line["kind"],
        line["name"],
        tuple(
            OpenCharge(id_, head, date.fromisoformat(due), description, gl, Cents(balance))
            for id_, head, due, description, gl, balance in line["charges"]
        ),
        Cents(line["amount"]),
        line["credit_gl"],
        tuple((charge, Cents(cents)) for charge, cents in line["by_hand"]),
        line["reason"],
        line.get("on_account", False),
        tuple(map(raised_from_json, line.get("raised", ()))),
    )
