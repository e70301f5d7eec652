"""What is said of an idle printer: troubles at once, flutter never, and nothing that is too old to be true."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.hardware.escpos_status import UNKNOWN, PrinterStatus
from countertui.hardware.links import cups, link, serial_port, tcp, usb_bulk
from countertui.hardware.links.file import FileLink
from countertui.hardware.links.link import Cause, Deadlines
from countertui.hardware.links.tcp import TcpLink
from countertui.hardware.status_words import WORDS
from countertui.hardware.virtual_paper import PaperEngine
from countertui.hardware.virtual_printer import VirtualPrinter
from countertui.hardware.watch import SOON_MS, Watch, look
from printer_in_memory import FakeClock, Line

WELL = PrinterStatus("online", "closed", "ok", "none", "low")
LOW, OUT, OPEN = replace(WELL, paper="low"), replace(WELL, paper="out"), replace(WELL, cover="open")
POLL_MS = 8_000


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(clock: Clock) -> Watch:
    return Watch(clock, POLL_MS)


def test_nothing_is_known_before_the_first_look(watch: Watch) -> None:
    assert (watch.word, watch.age_ms, watch.due(), watch.drawer) == ("unknown", None, True, "unknown")


def test_troubles_and_their_end_show_at_once(watch: Watch) -> None:
    said = []
    for status in (WELL, OPEN, WELL, OUT, LOW):
        watch.heard(status)
        said.append(watch.word)
    assert said == ["ok", "cover open", "ok", "paper out", "paper low"]


def test_paper_low_does_not_flutter(watch: Watch) -> None:
    said = []
    for status in (WELL, LOW, WELL, LOW, WELL, WELL):
        watch.heard(status)
        said.append(watch.word)
    assert said == ["ok", "paper low", "paper low", "paper low", "paper low", "ok"]


def test_a_new_roll_shows_at_once_and_a_trouble_is_not_hidden_by_low_paper(watch: Watch) -> None:
    for status, word in ((LOW, "paper low"), (OPEN, "cover open"), (WELL, "ok"), (LOW, "paper low")):
        watch.heard(status)
        assert watch.word == word
    watch.told(WELL)
    assert watch.word == "ok", "a job heard it from the printer itself"


def test_one_miss_says_nothing_and_two_say_what_was_missed(watch: Watch) -> None:
    watch.heard(WELL)
    watch.missed("busy")
    assert (watch.word, watch.status) == ("ok", WELL)
    watch.missed("busy")
    assert (watch.word, watch.status) == ("busy", UNKNOWN)
    watch.heard(WELL)
    assert watch.word == "ok"


def test_where_nothing_was_known_the_first_miss_is_told(watch: Watch) -> None:
    watch.missed("off")
    assert watch.word == "off"


def test_it_is_looked_at_every_poll_and_sooner_after_a_change_or_a_miss(watch: Watch, clock: Clock) -> None:
    def due_after() -> int:
        began = clock.now
        while not watch.due():
            clock.now += 100
        return clock.now - began

    watch.heard(WELL)
    assert due_after() == SOON_MS, "the first word is a change"
    watch.heard(WELL)
    assert due_after() == POLL_MS
    watch.missed("off")
    assert due_after() == SOON_MS
    watch.missed("off")
    assert due_after() == POLL_MS
    watch.heard(WELL)
    watch.heard(WELL)
    watch.doubt()
    assert watch.due()


def test_what_is_old_is_not_said(watch: Watch, clock: Clock) -> None:
    watch.heard(WELL)
    clock.now += 60_000
    assert (watch.word, watch.age_ms) == ("ok", 60_000)
    clock.now += 1
    assert (watch.word, watch.status) == ("unknown", UNKNOWN)


def test_while_a_job_waits_for_a_person_its_trouble_stays_said(watch: Watch, clock: Clock) -> None:
    with watch.at_work():
        watch.told(OUT)
        clock.now += 600_000
        assert watch.word == "paper out"
    assert watch.word == "unknown"


def test_a_printer_that_is_not_watched_has_no_status_until_a_job_heard_it(clock: Clock) -> None:
    watch = Watch(clock, 0)
    assert (watch.due(), watch.word) == (False, "no status")
    watch.told(OUT)
    assert watch.word == "paper out"
    clock.now += 60_001
    assert watch.word == "no status"
    watch.told(UNKNOWN)
    assert watch.word == "no status"


@pytest.mark.parametrize(("polarity", "said"), [("low", "open"), ("high", "closed"), (None, "unknown")])
def test_which_level_is_an_open_drawer_is_a_setting(clock: Clock, polarity, said: str) -> None:
    watch = Watch(clock, drawer_open=polarity)
    watch.heard(WELL)
    assert watch.drawer == said
    assert WELL.pin3 == "low"


def test_how_long_the_drawer_stands_open_is_counted_from_when_it_was_seen(clock: Clock) -> None:
    watch = Watch(clock, POLL_MS, drawer_open="high")
    closed, opened = WELL, replace(WELL, pin3="high")
    watch.heard(closed)
    assert watch.drawer_open_ms is None
    watch.heard(opened)
    clock.now += 30_000
    watch.heard(opened)
    assert watch.drawer_open_ms == 30_000
    clock.now += 60_001
    assert watch.drawer_open_ms is None, "nothing is known of it any more"
    watch.heard(opened)
    watch.heard(closed)
    watch.heard(opened)
    assert watch.drawer_open_ms == 0


@given(st.lists(st.sampled_from(["well", "low", "out", "miss", "told", "later", "doubt"]), max_size=30))
def test_it_never_says_ok_of_a_printer_not_heard_within_a_minute(news: list[str]) -> None:
    clock = Clock()
    watch = Watch(clock, POLL_MS)
    for one in news:
        match one:
            case "well" | "low" | "out":
                watch.heard({"well": WELL, "low": LOW, "out": OUT}[one])
            case "miss":
                watch.missed("off")
            case "told":
                watch.told(WELL)
            case "doubt":
                watch.doubt()
            case _:
                clock.now += 45_000
        if watch.word == "ok":
            assert watch.age_ms is not None
            assert watch.age_ms <= 60_000
        assert watch.word in WORDS


def test_looking_at_a_real_socket_prints_nothing_and_lets_others_in() -> None:
    def mono_ms() -> int:
        return time.monotonic_ns() // 1_000_000

    with VirtualPrinter() as printer:
        watch = Watch(mono_ms, POLL_MS)
        way = TcpLink(printer.host, printer.port, Deadlines(read_ms=200))
        look(way, watch)
        assert watch.word == "ok"
        with printer.faults() as faults:
            faults.cover_open = True
        look(TcpLink(printer.host, printer.port, Deadlines(read_ms=200)), Watch(mono_ms))
        look(way, watch)
        assert watch.word == "cover open"
        printer.power_off()
        look(way, watch)
        assert watch.word == "cover open"
        look(way, watch)
        assert watch.word == "off"
        printer.power_on()
        with printer.faults() as faults:
            faults.cover_open, faults.mute = False, True
        look(way, watch)
        assert watch.word == "unknown"
        assert printer.lines == []


def test_a_way_that_cannot_answer_has_no_status(tmp_path, clock: Clock) -> None:
    watch = Watch(clock)
    look(FileLink(tmp_path / "printed"), watch)
    assert watch.word == "no status"
    look(FileLink(tmp_path / "absent" / "printed"), watch)
    look(FileLink(tmp_path / "absent" / "printed"), watch)
    assert watch.word == "unplugged"


class Noise(Line):
    """A device that answers anything with what it likes."""

    def __init__(self, clock: FakeClock, said: list[bytes]) -> None:
        super().__init__(PaperEngine(), clock)
        self.said = said

    def read_some(self, wait_ms: int) -> bytes:
        self.clock.now += wait_ms
        return self.said.pop(0) if self.said else b""


@given(st.lists(st.binary(max_size=12), max_size=12))
def test_noise_never_freezes_a_look_nor_is_believed(said: list[bytes]) -> None:
    clock = FakeClock()
    watch = Watch(clock)
    look(Noise(clock, list(said)), watch)
    assert clock.now <= 4 * 1_000, "three questions and one more, each with its deadline"
    assert watch.word in WORDS
    if watch.dropped:
        assert watch.word in {"garbled", "unknown"}


def test_a_wrong_speed_is_called_garbled_not_ok() -> None:
    clock = FakeClock()
    watch = Watch(clock)
    look(Noise(clock, [b"", b"\x12", b"\xff\x80", b"\x12", b"", b"\x12"]), watch)
    assert (watch.word, watch.dropped) == ("garbled", 2)


def test_every_cause_has_a_word_a_person_can_look_up() -> None:
    causes = [
        one
        for room in (link, tcp, serial_port, usb_bulk, cups)
        for one in vars(room).values()
        if isinstance(one, Cause)
    ]
    assert len(causes) > 10
    assert {one.word for one in (*causes, *link._CAUSES.values())} <= set(WORDS)
