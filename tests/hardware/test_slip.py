"""Checks and stubs: printed on while they are in, never on the roll instead, and never twice unasked."""

from __future__ import annotations

import threading

import pytest

from countertui.hardware.links.link import Deadlines
from countertui.hardware.slip import SlipWork, print_slip
from countertui.hardware.spooler import Outcome, Patience
from countertui.hardware.virtual_paper import PaperEngine
from countertui.hardware.virtual_slip import Sheet
from printer_in_memory import FakeClock, Line

TEXT = ["FOR DEPOSIT ONLY", "City of Alder Ford", "Receipt T1-9"]
DATA = b"\x1b@\x1bt\x13" + "".join(f"{line}\n" for line in TEXT).encode()
PATIENCE = Patience(stall_ms=5_000, attention_ms=60_000, confirm_ms=1_000)
ENDORSE = SlipWork("slip", "back", wait_ms=20_000)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def line(clock: FakeClock) -> Line:
    engine = PaperEngine()
    engine.slip.fitted = True
    return Line(engine, clock, deadlines=Deadlines(1_000, 1_000, 300))


def run(line: Line, work: SlipWork = ENDORSE, said: list[str] | None = None, **more: object) -> Outcome:
    told = said.append if said is not None else lambda _what: None
    return print_slip(DATA, line, work, mono_ms=line.clock, told=told, patience=PATIENCE, **more)  # type: ignore[arg-type]


def on_the_roll(line: Line) -> list[str]:
    line.settle()
    return [text for text in line.engine.paper.lines if text]


def test_a_check_is_endorsed_once_it_is_in(line: Line) -> None:
    check, said = Sheet(), []
    line.after(3_000, lambda: line.engine.slip.insert(check))
    outcome = run(line, said=said)
    assert (outcome.state, outcome.reason) == ("processed", "")
    assert (check.back, check.face) == (TEXT, [])
    assert said == ["insert", "printing"]
    assert line.engine.slip.ejected == [check]
    assert not line.engine.slip.selected
    assert on_the_roll(line) == []


def test_a_stub_is_validated_on_its_face(line: Line) -> None:
    stub = Sheet()
    line.after(500, lambda: line.engine.slip.insert(stub))
    assert run(line, SlipWork("validation")).state == "processed"
    assert stub.face == TEXT


def test_a_sheet_that_is_in_already_is_printed_on(line: Line) -> None:
    check = Sheet()
    line.engine.slip.insert(check)
    assert run(line).state == "processed"
    assert check.back == TEXT


def test_nobody_puts_one_in(line: Line, clock: FakeClock) -> None:
    said: list[str] = []
    outcome = run(line, said=said)
    assert (outcome.state, outcome.reason, outcome.bytes_sent) == ("refused", "no sheet was put in", 0)
    assert 20_000 <= clock.now < 23_000
    assert line.engine.slip.wait_ms is not None
    assert line.engine.slip.wait_ms >= 60_000, "finite, and longer than ours"
    assert not line.engine.slip.waiting, "called off"
    late = Sheet()
    line.engine.slip.insert(late)
    assert (on_the_roll(line), late.back) == ([], []), "nothing waits to come out later"


def test_the_operator_calls_it_off(line: Line) -> None:
    stop = threading.Event()
    line.after(2_000, stop.set)
    outcome = run(line, give_up=stop)
    assert (outcome.state, outcome.reason) == ("refused", "called off")
    assert not line.engine.slip.waiting
    assert on_the_roll(line) == []


def test_a_printer_that_goes_back_to_its_roll_gets_no_text(line: Line) -> None:
    line.after(2_000, line.engine.slip.time_out)
    outcome = run(line)
    assert (outcome.state, outcome.reason) == ("refused", "the printer went back to its roll")
    assert on_the_roll(line) == []


def test_a_printer_without_a_slip_station_gets_no_text(line: Line) -> None:
    line.engine.slip.fitted = False
    assert run(line).state == "refused"
    assert on_the_roll(line) == []


def test_a_printer_that_says_nothing_is_sent_nothing(line: Line) -> None:
    line.engine.faults.mute = True
    line.engine.slip.insert(check := Sheet())
    assert (run(line).state, check.back) == ("refused", [])
    assert on_the_roll(line) == []


@pytest.mark.parametrize("fault", ["cover_open", "paper_out"])
def test_what_is_wrong_before_is_said(line: Line, fault: str) -> None:
    setattr(line.engine.faults, fault, True)
    assert (run(line).state, run(line).reason) == ("refused", fault.replace("_", " "))


def test_one_that_was_left_in_must_come_out_first(line: Line) -> None:
    before, check, said = Sheet(), Sheet(), []
    line.engine.slip.insert(before)
    line.after(2_000, line.engine.slip.remove)  # type: ignore[arg-type]
    line.after(5_000, lambda: line.engine.slip.insert(check))
    assert run(line, SlipWork("slip", "back", 20_000, one_is_in=True), said).state == "processed"
    assert (before.back, check.back) == ([], TEXT)
    assert said == ["take out", "insert", "printing"]


def test_one_that_stays_in_is_not_printed_on_again(line: Line) -> None:
    line.engine.slip.insert(before := Sheet())
    outcome = run(line, SlipWork("slip", "back", 5_000, one_is_in=True))
    assert (outcome.state, outcome.reason, before.back) == ("refused", "the sheet before is still in it", [])


@pytest.mark.parametrize("way", ["network", "serial"])
@pytest.mark.parametrize("fault", ["hang_up", "power_off"])
def test_a_fault_at_every_byte_is_told_truly_and_never_prints_on_the_roll(
    clock: FakeClock, fault: str, way: str
) -> None:
    at, states = 0, set()
    while True:
        engine = PaperEngine()
        engine.slip.fitted = True
        line = Line(engine, FakeClock(), way=way, deadlines=Deadlines(1_000, 1_000, 300))  # type: ignore[arg-type]
        check = Sheet()
        line.after(1_000, lambda line=line, check=check: line.engine.slip.insert(check))  # type: ignore[misc]
        line.arm(at, getattr(line, fault))
        outcome = run(line)
        line.settle()
        engine.slip.time_out()
        line.settle()
        states.add(outcome.state)
        assert [text for text in engine.paper.lines if text] == [], at
        if outcome.state == "processed":
            assert check.back == TEXT, at
        if outcome.state == "refused":
            assert check.back == [], at
        if line.at_byte is not None:  # nothing happened any more
            break
        at += 1
    assert at > 80
    assert {"refused", "uncertain", "processed"} <= states
