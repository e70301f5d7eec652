"""The card terminal hangs at a real counter: nothing is charged twice, the close goes on, and the ledger knows."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from counter_station import FUND, at_work, cart_of, close, fee, new_folder, on, open_station, run_here
from countertui.counter.card_charges import Found, ask_card, open_charges, settle_charge
from countertui.counter.cart import Held, save_cart, take_back
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.seal_batch import seal_batch
from countertui.counter.send_batches import send_batches
from countertui.counter.station import Person, Station
from countertui.counter.take_payment import take_payment
from countertui.domain.card_charges import CardVerdict
from countertui.domain.money import Cents
from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from failure_matrix.city_ledger import at_counter, serving


def items(books: Books) -> list[tuple[str, str]]:
    item = tables.error_item.c
    with books.reading() as connection:
        return [tuple(row) for row in connection.execute(select(item.reason, item.state).order_by(item.id))]


def send(station: Station, person: Person) -> None:
    seal_batch(station, person)
    assert [sent.state for sent in send_batches(station, run_here(station))] == ["posted"]


def test_a_charge_that_nobody_knows_of_goes_up_with_the_close_and_is_settled_by_two(tmp_path: Path) -> None:
    folder = new_folder(tmp_path, with_ledger=True)
    with serving(folder / "ledger") as (books, url):
        with at_counter(folder, url) as station:
            person, session = at_work(station)
            cart = Held(cart_of(station, fee(station), payor="Ann Ferry"))
            save_cart(station, person, cart)
            ask_card(station, session, cart.cart, cart.cart.total)
        # The program is cut off here: nothing of the charge is on record yet.
        with at_counter(folder, url) as station:
            commit_count(station, person, session, FUND, {})
            close_drawer(station, person, session, "")
            send(station, person)
            assert items(books) == [("card-unknown", "open")]
            (charge,) = open_charges(station)
            found = Found(CardVerdict.CHARGED, "batch 117", "OK7731")
            settle_charge(station, person, on(station, "lena"), charge.id, found)
            send(station, person)
            assert items(books) == [("card-charged", "open")]
            _, following = at_work(station, "ben", "D2")
            back = take_back(station, cart.cart.id)
            take_payment(station, following, back.cart, back.tenders)
            send(station, person)
            assert items(books) == [("card-charged", "settled")]
            assert open_charges(station) == []
        assert fsck(books).differences == ()


def test_a_charge_whose_cart_is_lost_is_settled_all_the_same(tmp_path: Path) -> None:
    """Working tables may be lost: what is on record stays to be seen until it is reversed."""
    station = open_station(new_folder(tmp_path))
    person, session = at_work(station)
    cart = Held(cart_of(station, fee(station)))
    save_cart(station, person, cart)
    ask_card(station, session, cart.cart, Cents(10_00))
    commit_count(station, person, session, FUND, {})
    close_drawer(station, person, session, "")
    station.store.write_working(lambda db: db.execute("DELETE FROM cart"))
    (charge,) = open_charges(station)
    assert not charge.has_cart
    settle_charge(station, person, on(station, "lena"), charge.id, Found(CardVerdict.CHARGED, "7", "OK1"))
    assert [(one.state, one.said) for one in open_charges(station)] == [("charged", "in no receipt: reverse")]
    close(station)
