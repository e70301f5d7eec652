"""The customer's display: it shows what is true now, and a dead one costs the sale nothing."""

import threading
import time

import pytest

from countertui.domain.money import Cents
from countertui.hardware import customer_display
from countertui.hardware.customer_display import CustomerDisplay
from countertui.hardware.links.link import UNPLUGGED, Deadlines, PrinterUncertainError, refused
from countertui.hardware.links.serial_port import SerialLink
from countertui.hardware.pole import clear, paid_and_change, show, start
from countertui.hardware.virtual_pole import VirtualPole
from countertui.hardware.virtual_serial import VirtualSerial


def mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class Port:
    """A link that a test holds up, unplugs and reads."""

    def __init__(self) -> None:
        self.deadlines = Deadlines()
        self.name, self.answers = "pole", True
        self.there, self.takes = True, 10_000
        self.opened = self.closed = 0
        self.sent = bytearray()
        self.go = threading.Event()
        self.go.set()
        self.news = threading.Condition()

    def open(self) -> None:
        self.opened += 1
        if not self.there:
            raise refused(self.name, UNPLUGGED)

    def write_some(self, data: bytes, wait_ms: int) -> int:
        self.go.wait(5)
        if not self.there:
            raise PrinterUncertainError("gone", len(self.sent))
        with self.news:
            self.sent += data[: self.takes]
            self.news.notify_all()
        if not self.takes:
            time.sleep(wait_ms / 1000)
        return min(len(data), self.takes)

    def read_some(self, wait_ms: int) -> bytes:
        return b""

    def flush(self, wait_ms: int) -> None:
        pass

    def close(self) -> None:
        self.closed += 1

    def got(self, what: bytes) -> bool:
        with self.news:
            return self.news.wait_for(lambda: what in self.sent, 5)


@pytest.mark.parametrize("dialect", ["epson", "logic-controls", "cd5220"])
def test_a_customer_reads_item_total_and_change_on_a_real_line(dialect) -> None:
    with VirtualSerial(VirtualPole(dialect)) as pole:
        display = CustomerDisplay(SerialLink(pole.path), dialect, mono_ms)
        display.show_item("10422301", Cents(8_417), Cents(12_345))
        assert pole.wait_for(lambda inside: inside.lines == ("10422301       84.17", "TOTAL         123.45"))
        display.show_paid(Cents(20_000), Cents(7_655))
        assert pole.wait_for(lambda inside: inside.lines == ("PAID          200.00", "CHANGE         76.55"))
        display.close()
        assert pole.wait_for(lambda inside: inside.lines == (" " * 20, " " * 20))
        with pole.hands() as inside:
            assert inside.unknown == 0


def test_nobody_waits_for_a_display_and_only_the_newest_text_waits_for_it() -> None:
    port = Port()
    port.go.clear()
    display = CustomerDisplay(port, "epson", mono_ms)
    began = mono_ms()
    for cents in range(1, 100):
        display.show_item("10422301", Cents(cents), Cents(cents))
    assert mono_ms() - began < 1_000
    port.go.set()
    assert port.got(b"0.99")
    assert b"0.55" not in port.sent
    display.close()


def test_a_dead_display_is_left_alone_and_begun_anew_when_it_is_back() -> None:
    now = [0]
    port = Port()
    port.there = False
    display = CustomerDisplay(port, "epson", lambda: now[0])
    display.show_paid(Cents(1), Cents(0))
    for _ in range(200):
        if port.opened == 1 and port.closed:
            break
        time.sleep(0.005)
    port.there = True
    display.show_paid(Cents(2), Cents(0))
    display.show_paid(Cents(3), Cents(0))
    now[0] = 10_000
    display.show_paid(Cents(4), Cents(0))
    assert port.got(start("epson") + show("epson", *paid_and_change(Cents(4), Cents(0))))
    assert b"0.02" not in port.sent
    display.close()
    assert port.sent.endswith(clear("epson"))


def test_half_a_command_is_never_gone_on_with() -> None:
    now = [0]
    port = Port()
    display = CustomerDisplay(port, "epson", lambda: now[0])
    display.show_paid(Cents(1), Cents(0))
    assert port.got(b"0.01")
    port.there = False
    display.show_paid(Cents(2), Cents(0))
    for _ in range(200):
        if port.closed:
            break
        time.sleep(0.005)
    port.there, now[0] = True, 20_000
    display.show_paid(Cents(3), Cents(0))
    assert port.got(b"0.03")
    assert port.sent.count(start("epson")) == 2
    display.close()


def test_closing_one_that_was_never_used_opens_nothing() -> None:
    port = Port()
    display = CustomerDisplay(port, "cd5220", mono_ms)
    display.close()
    display.clear()
    assert port.opened == 0


def test_the_next_customer_is_greeted_in_the_citys_name_once_the_change_was_read() -> None:
    with VirtualSerial(VirtualPole("cd5220")) as pole:
        display = CustomerDisplay(SerialLink(pole.path), "cd5220", mono_ms, ("City of Alder Ford", "Welcome"), 0.1)
        display.clear()
        greeting = ("City of Alder Ford  ", "Welcome             ")
        assert pole.wait_for(lambda inside: inside.lines == greeting)
        display.show_paid(Cents(20_000), Cents(7_655))
        assert pole.wait_for(lambda inside: inside.lines == ("PAID          200.00", "CHANGE         76.55"))
        assert pole.wait_for(lambda inside: inside.lines == greeting)
        display.show_item("COPY", Cents(25), Cents(25))
        assert pole.wait_for(lambda inside: "TOTAL" in inside.lines[1])
        assert not pole.wait_for(lambda inside: inside.lines == greeting, 0.3)
        display.close()


def test_one_that_is_plugged_in_again_shows_what_is_true_now_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customer_display, "AGAIN_MS", 20)
    port = Port()
    port.there = False
    display = CustomerDisplay(port, "epson", mono_ms)
    display.show_paid(Cents(1), Cents(0))
    for _ in range(200):
        if port.opened > 2:
            break
        time.sleep(0.005)
    port.there = True
    assert port.got(start("epson") + show("epson", *paid_and_change(Cents(1), Cents(0))))
    display.close()


def test_a_training_citys_display_says_so_first_whatever_it_shows() -> None:
    with VirtualSerial(VirtualPole("epson")) as pole:
        greeting = ("City of Alder Ford", "Welcome")
        display = CustomerDisplay(SerialLink(pole.path), "epson", mono_ms, greeting, mark="TRAINING")
        display.clear()
        assert pole.wait_for(lambda inside: inside.lines == ("TRAINING City of Ald", "Welcome             "))
        display.show_item("10422301", Cents(99_999_999_99), Cents(12_345))
        assert pole.wait_for(lambda inside: inside.lines == ("TRAINING            ", "TOTAL         123.45"))
        display.show_item("10422301", Cents(8_417), Cents(12_345))
        assert pole.wait_for(lambda inside: inside.lines == ("TRAINING 10422 84.17", "TOTAL         123.45"))
        display.show_paid(Cents(20_000), Cents(7_655))
        assert pole.wait_for(lambda inside: inside.lines == ("TRAINING PAID 200.00", "CHANGE         76.55"))
        display.close()
