"""Faults of a printer at a real socket or pseudo-terminal: struck at a byte of a job, judged as in `fault_sweep`."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from countertui.hardware.drawer_kick import kick_drawer
from countertui.hardware.escpos_commands import commands
from countertui.hardware.links.link import Deadlines, Link
from countertui.hardware.links.serial_port import Line, SerialLink
from countertui.hardware.links.tcp import TcpLink
from countertui.hardware.spooler import Abilities, Outcome, Patience, print_job
from countertui.hardware.virtual_plugs import PtyPlug, TcpPlug
from countertui.hardware.virtual_printer import VirtualPrinter
from fault_sweep import BODY, DUPLICATE, JOB, KINDS, MARK, copies, job_bytes

Way = Literal["tcp", "pty"]

HASTY = Patience(stall_ms=250, attention_ms=400, confirm_ms=150)
CALM = Patience(stall_ms=10_000, attention_ms=20_000, confirm_ms=3_000)
SOON = Deadlines(connect_ms=2_000, write_ms=2_000, read_ms=120)
LATER = Deadlines(connect_ms=5_000, write_ms=10_000, read_ms=3_000)
SHORT_S = 0.15
_QUIET_S = 0.03
_KICK_LIFE_MS = 20_000


def mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def _switched(name: str) -> Callable[[VirtualPrinter, bool], None]:
    def switch(printer: VirtualPrinter, on: bool) -> None:
        with printer.faults() as faults:
            setattr(faults, name, on)

    return switch


def _power(printer: VirtualPrinter, on: bool) -> None:
    (printer.power_off if on else printer.power_on)()


def _jam(printer: VirtualPrinter, on: bool) -> None:
    with printer.faults() as faults:
        faults.cutter_jammed = on
    if not on:
        printer.power_off()
        printer.power_on()


def _dead(printer: VirtualPrinter, on: bool) -> None:
    printer.dead = on
    if not on:
        printer.hang_up()
        printer.plug_in()


def _disconnect(printer: VirtualPrinter, on: bool) -> None:
    (printer.hang_up if on else printer.plug_in)()


def _says(said: bytes) -> Callable[[VirtualPrinter, bool], None]:
    def say(printer: VirtualPrinter, on: bool) -> None:
        if on:
            with printer.hands() as engine:
                engine.replies += said

    return say


FAULTS: dict[str, Callable[[VirtualPrinter, bool], None]] = {
    "power": _power,
    "cover": _switched("cover_open"),
    "paper": _switched("paper_out"),
    "cutter": _jam,
    "hung": _switched("hung"),
    "mute": _switched("mute"),
    "disconnect": _disconnect,
    "dead": _dead,
    "garbage": _says(b"HTTP/1.1 400 Bad Request\r\n\xff\x80\x00"),
    "stale": _says(b"\x1a\x32\x37\x22zzzz\x00\x00\x18\x00\x0f\x00"),
}
_SHORT_TOO = ("power", "cover", "paper")


@dataclass(frozen=True)
class PortCase:
    """One fault at one byte; `short`: it ends by itself while the job is under way."""

    way: Way
    fault: str
    at: int
    process_ids: bool
    short: bool = False


def _boundaries() -> list[int]:
    """Where a command ends, in all that a healthy job sends; a run of letters or NULs counts as one."""
    ends, at = [0], 0
    for command in commands(job_bytes(KINDS[0])):
        at += len(command)
        if len(command) == 1 and (command >= b" " or command == b"\0"):
            ends[-1:] = [at]
        else:
            ends.append(at)
    return sorted(set(ends))


def _cases(places: list[int]) -> Iterator[PortCase]:
    for number, at in enumerate(places):
        for way in ("tcp", "pty"):
            for fault in FAULTS:
                yield PortCase(way, fault, at, process_ids=number % 3 != 0)
            for fault in _SHORT_TOO:
                yield PortCase(way, fault, at, process_ids=number % 3 != 0, short=True)


def at_command_boundaries() -> list[PortCase]:
    return list(_cases(_boundaries()))


def at_seeded_offsets(seed: int, how_many: int) -> list[PortCase]:
    chosen = random.Random(seed)
    whole = at_every_byte()
    return [chosen.choice(whole) for _ in range(how_many)]


def at_every_byte() -> list[PortCase]:
    return list(_cases(list(range(len(job_bytes(KINDS[0])) + 1))))


def _link(printer: VirtualPrinter, deadlines: Deadlines) -> Link:
    address = printer.plug.address
    if "serial" in address:
        return SerialLink(str(address["serial"]), Line(115200), deadlines)
    return TcpLink(printer.host, printer.port, deadlines)


def _settle(printer: VirtualPrinter) -> None:
    """Until nothing has come in or out for a while."""
    before, until = (-1, -1), time.monotonic() + 10
    while time.monotonic() < until:
        now = (printer.received, len(printer.engine.taken_in) + printer.engine.held)
        if now == before:
            return
        before = now
        time.sleep(_QUIET_S)


def port_wrongs(case: PortCase) -> list[str]:
    """What was untrue or lost when this fault struck."""
    plug = TcpPlug() if case.way == "tcp" else PtyPlug()
    with VirtualPrinter(columns=32, plug=plug) as printer:
        with printer.faults() as faults:
            faults.without_process_ids = not case.process_ids
        return list(_judged(case, printer))


def _print(printer: VirtualPrinter, data: bytes, process_id: bytes, known: Abilities, *, hasty: bool) -> Outcome:
    return print_job(
        data,
        _link(printer, SOON if hasty else LATER),
        process_id=process_id,
        mono_ms=mono_ms,
        abilities=known,
        patience=HASTY if hasty else CALM,
    )


def _judged(case: PortCase, printer: VirtualPrinter) -> Iterator[str]:
    known = Abilities(answers=True, process_ids=case.process_ids)
    fault = FAULTS[case.fault]
    ends = threading.Timer(SHORT_S, fault, (printer, False))
    over = threading.Event()

    def strike() -> None:
        if over.is_set():
            return
        fault(printer, True)
        if case.short:
            ends.start()

    printer.at_byte(case.at, strike)
    outcome = _print(printer, JOB, b"0001", known, hasty=True)
    over.set()
    lines, paper = printer.lines, printer.paper
    wanted = ["", *BODY]
    if outcome.state == "confirmed" and (lines != wanted or paper.cuts != 1):
        yield f"confirmed, and the paper says {lines}"
    if outcome.state == "processed" and printer.engine.taken_in != wanted:
        yield f"processed, and the printer has taken in {printer.engine.taken_in}"
    if outcome.state == "sent":
        yield "sent, to a printer that is known to answer"
    if (outcome.state == "refused") == (outcome.bytes_sent > 0):
        yield f"{outcome.state} after {outcome.bytes_sent} bytes"
    if case.short and ends.is_alive():
        ends.join()
    fault(printer, False)
    _settle(printer)
    if outcome.state == "refused" and printer.lines:
        yield f"refused, and {printer.lines} came out"
    yield from _after(case, printer, outcome, known)


def _after(case: PortCase, printer: VirtualPrinter, outcome: Outcome, known: Abilities) -> Iterator[str]:
    kicked = kick_drawer(
        _link(printer, LATER), 2, mono_ms=mono_ms, expires_ms=mono_ms() + _KICK_LIFE_MS, abilities=known
    )
    if kicked.state != "processed" or printer.paper.kicks != [2]:
        yield f"nothing is wrong, and a kick is {kicked.state} ({kicked.reason}) with kicks {printer.paper.kicks}"
    if outcome.state in {"refused", "uncertain"}:
        before = len(printer.lines)
        data, mark = (JOB, "") if outcome.state == "refused" else (DUPLICATE, MARK)
        again = _print(printer, data, b"0002", known, hasty=False)
        if again.state not in {"confirmed", "processed"}:
            yield f"after {outcome.state} all is well, and it is {again.state}: {again.reason}"
        elif copies(printer.lines[before:], mark) != 1:
            yield f"after {outcome.state} ({outcome.reason}), then {again.state}: {printer.lines}"
    if copies(printer.lines, "") > 1:
        yield f"two unmarked copies: {printer.lines}"
    if printer.paper.kicks != [2]:
        yield f"kicks {printer.paper.kicks}"
