"""What is in another open cart too is said: parked, left, keyed in from paper, another operator's, a piece of mail."""

from __future__ import annotations

from counter_station import cart_of, clock_of, fee, on, owing
from countertui.counter.cart import Held, park_cart, save_cart
from countertui.counter.drafts import Form, keep_draft
from countertui.counter.find import open_account
from countertui.counter.open_carts import also_open
from countertui.counter.station import Station
from countertui.domain.paper_books import PaperReceipt


def said(station: Station, cart_id: str, *accounts: str) -> list[str]:
    return [also.words for also in also_open(station, cart_id, accounts)]


def test_parked_and_left_carts_of_anybody_are_named_and_the_cart_in_hand_is_not(station: Station) -> None:
    one, other, third = owing()[:3]
    rosa, ben = on(station, "rosa"), on(station, "ben")
    mine = cart_of(station, open_account(station, one), payor="Ann")
    save_cart(station, rosa, Held(mine))
    assert said(station, mine.id, one) == []
    park_cart(station, ben, Held(cart_of(station, open_account(station, one), fee(station), payor="Bo")))
    clock_of(station).set("2026-11-23T09:42:07")  # they are told in the order they were saved
    save_cart(station, rosa, Held(cart_of(station, open_account(station, other), payor="Cy")))
    clock_of(station).set("2026-11-23T10:42:07")
    assert said(station, mine.id, one, other, third) == [
        f"{one} is in the parked cart of Bo too, by ben, 61 min ago.",
        f"{other} is in the open cart of Cy too, by rosa, 60 min ago.",
    ]
    clock_of(station).set("2026-11-29T09:41:07")
    assert "EXPIRED" in said(station, mine.id, one)[0]


def test_so_are_a_cart_keyed_in_from_paper_and_a_piece_of_mail(station: Station) -> None:
    one, other = owing()[:2]
    rosa = on(station, "rosa")
    paper = PaperReceipt("B", 123, "2026-11-20", None)
    cart = cart_of(station, open_account(station, one))
    park_cart(station, rosa, Held(type(cart)(cart.id, cart.lines, "Ann", paper)))
    keep_draft(station, rosa, Form.MAIL_PIECE, "piece", {"batch": "3", "account": one, "account 0": other})
    assert said(station, "mine", one) == [
        f"{one} is in the parked cart of Ann too, by rosa, 0 min ago.",
        f"{one} is in a piece of mail too, by rosa, 0 min ago.",
    ]
    assert said(station, "mine", other) == [f"{other} is in a piece of mail too, by rosa, 0 min ago."]
    assert said(station, "piece", other) == []
