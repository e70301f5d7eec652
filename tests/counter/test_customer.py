"""What the customer is shown: the newest line and the total, then what was paid and what comes back."""

from dataclasses import dataclass, field

from counter_station import at_work, cart_of, cash, fee, owing, pay, pay_on
from countertui.counter.cart import Held, drop_cart, park_cart, save_cart
from countertui.counter.station import Station
from countertui.domain.money import Cents
from countertui.domain.receipts import AccountLine, Cart


@dataclass
class SeenDisplay:
    said: list[tuple[object, ...]] = field(default_factory=list)

    def show_item(self, what: str, cents: Cents, total: Cents) -> None:
        self.said.append((what, cents, total))

    def show_paid(self, paid: Cents, change: Cents) -> None:
        self.said.append((paid, change))

    def clear(self) -> None:
        self.said.append(())

    def close(self) -> None:
        self.said.append(("closed",))


def test_the_newest_line_and_the_total_then_what_comes_back(station: Station) -> None:
    display = station.display = SeenDisplay()
    person, session = at_work(station)
    one = fee(station)
    save_cart(station, person, Held(cart_of(station, one)))
    save_cart(station, person, Held(cart_of(station, one, one)))
    pay(station, session, one, tenders=(cash(one.amount + 300),))
    assert display.said == [
        (one.description, one.amount, one.amount),
        (one.description, one.amount, 2 * one.amount),
        (one.amount + 300, 300),
    ]


def test_an_account_goes_by_its_number_alone(station: Station) -> None:
    display = station.display = SeenDisplay()
    person, _ = at_work(station)
    line = AccountLine("10422301", "utility", "Maria Núñez", (), Cents(500), "2200")
    save_cart(station, person, Held(Cart(station.ids(), (line,))))
    assert display.said == [("10422301", 500, 500)]


def test_a_cart_set_aside_dropped_or_emptied_leaves_nothing_to_read(station: Station) -> None:
    display = station.display = SeenDisplay()
    person, _ = at_work(station)
    held = Held(cart_of(station, fee(station)))
    park_cart(station, person, held)
    drop_cart(station, held.cart.id)
    assert display.said == [(), ()]
    display.said.clear()
    save_cart(station, person, Held(Cart(held.cart.id)))
    assert set(display.said) == {()}


def test_a_counter_without_a_display_takes_money_as_well(station: Station) -> None:
    assert station.display is None
    _, session = at_work(station)
    assert pay_on(station, session, owing()[0], 100).receipt_no
