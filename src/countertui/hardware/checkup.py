"""Trying every device of terminal.toml, one after the other, and a page that shows what a printer can do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from countertui.config.devices import PrinterTable, SerialDevice
from countertui.config.serial_ports import lasting_name
from countertui.config.terminal import TerminalSettings
from countertui.domain.documents import Block, Cut, Document, Pair, Qr, Rule, Text, plain, to_json
from countertui.errors import CounterError
from countertui.hardware import links, pole
from countertui.hardware.conversation import Conversation, MonoMs
from countertui.hardware.links.link import BUSY, Link, PrinterError
from countertui.hardware.print_child import PrintChild
from countertui.hardware.spooler import Abilities, Outcome, print_job
from countertui.hardware.status_words import WORDS
from countertui.hardware.watch import Watch, look

_LETTERS = "áéíóúüñ ¿¡ çàèö ßÆ £ ¥ €"
_WELL = frozenset({"ok", "paper low", "no status"})
_PRINTED = {
    "confirmed": "the test page is printed: the printer says so",
    "processed": "the test page is in the printer, and it took in all of it; that it is on paper, it can't say",
    "sent": "the test page is sent; look whether it came out, as nothing can be heard on this way",
}
_BUSY_TRIES = 3
_POLE_LINES = ("COUNTERTUI TEST", "12345678901234567890")
_PROCESS_ID = b"TEST"


@dataclass(frozen=True, slots=True)
class Finding:
    """One device or part and how it is; `press` is what to do about it, empty if nothing."""

    what: str
    name: str
    is_well: bool
    word: str
    says: str
    press: str = ""


def way_of(table: PrinterTable) -> str:
    """The way to a printer, as terminal.toml has it."""
    given = str(getattr(table, table.way))
    if table.way == "host":
        return f"{f'[{given}]' if ':' in given else given}:{table.port}"
    return f"{table.way} {given}"


def examine(
    settings: TerminalSettings,
    mono_ms: MonoMs,
    child: PrintChild | None,
    *,
    beside_counter: bool = False,
    training: bool = False,
) -> Iterator[Finding]:
    """Look at each device. Where a print child is given, each printer prints a test page and the display shows one.

    beside_counter: the counter runs, which keeps the ports of devices that speak by themselves and of the display.
    training: test pages say so, as every paper of a training city.
    """
    for printer in settings.printers:
        yield _printer(printer, mono_ms, child, training=training)
    for finding in _others(settings, mono_ms, shows=child is not None):
        if beside_counter and finding.word == BUSY.word:
            yield replace(finding, is_well=True, word="in use", says="the counter that is open has its port", press="")
        else:
            yield finding


def _others(settings: TerminalSettings, mono_ms: MonoMs, *, shows: bool) -> Iterator[Finding]:
    for scanner in settings.scanners:
        yield _line("scanner", scanner.name, scanner, mono_ms)
    if settings.check_reader is not None:
        yield _line("check reader", "check reader", settings.check_reader, mono_ms)
    if (display := settings.pole_display) is not None:
        page = pole.start(display.speaks) + pole.show(display.speaks, *_POLE_LINES)
        yield _line("pole display", "pole display", display, mono_ms, page if shows else b"")


def _printer(table: PrinterTable, mono_ms: MonoMs, child: PrintChild | None, *, training: bool) -> Finding:
    link = links.of(table)
    watch = Watch(mono_ms, drawer_open=table.drawer_open)
    for _ in range(_BUSY_TRIES):
        look(link, watch)
        if watch.word != "busy":
            break
        time.sleep(watch.poll_ms / 1000 / _BUSY_TRIES)  # another terminal's job is over sooner than this
    word = watch.word
    says = f"{way_of(table)}, {_heard(watch)}{_lasting(table.serial)}"
    if watch.fault is not None:
        return Finding(
            "printer", table.title, False, word, f"{way_of(table)}, {_why(link, watch.fault)}", watch.fault.press
        )
    # What never answers can still print: the page shows whether it does.
    if child is None or word not in _WELL | {"unknown"}:
        return Finding("printer", table.title, word in _WELL, word, says, WORDS[word])
    outcome = _print_sample(table, link, mono_ms, child, training=training)
    if isinstance(outcome, CounterError):
        return Finding(
            "printer", table.title, False, word, f"{says}; {outcome.happened.removesuffix('.')}", outcome.press
        )
    if outcome.state in _PRINTED:
        return Finding("printer", table.title, word in _WELL, word, f"{says}; {_PRINTED[outcome.state]}", WORDS[word])
    press = "Look at the paper, then run this again." if outcome.state == "uncertain" else WORDS[word]
    why = f"{says}; test page {outcome.state}: {outcome.reason.removesuffix('.')}"
    return Finding("printer", table.title, False, word, why, press)


def _why(link: Link, fault: PrinterError) -> str:
    """What a link stumbled over; whose it is, the finding says already."""
    return fault.happened.removeprefix(f"{link.name}: ").removesuffix(".")


def _lasting(port: str | None) -> str:
    """A better name for a port that is called by its place."""
    known = lasting_name(Path(port)) if port is not None else None
    return f"; wherever it is plugged in, it is {known}" if known is not None and str(known) != port else ""


def _heard(watch: Watch) -> str:
    if not watch.can_say:
        return "which can be sent to and never answers"
    status = watch.status
    drawer = f", drawer {watch.drawer}" if watch.drawer != "unknown" else f", drawer switch {status.pin3}"
    if watch.dropped:
        return f"{watch.dropped} bytes heard that mean nothing"
    if watch.age_ms is None:
        return "nothing heard"
    return f"paper {status.paper}, cover {status.cover}{drawer}"


def _print_sample(
    table: PrinterTable, link: Link, mono_ms: MonoMs, child: PrintChild, *, training: bool
) -> Outcome | CounterError:
    try:
        page = to_json(replace(sample_page(table), training=training))
        data = child.render(page, columns=table.columns, profile=table.profile, code_page=table.page)
    except CounterError as error:
        return error
    known = None if table.asks_process_ids else False
    return print_job(data, link, process_id=_PROCESS_ID, mono_ms=mono_ms, abilities=Abilities(process_ids=known))


def sample_page(table: PrinterTable) -> Document:
    """A page with a ruler, accented letters, double width, a QR code and a cut, each with what it should look like."""
    ruler = "".join(str(n % 10) for n in range(1, table.columns + 1))
    blocks: tuple[Block, ...] = (
        Text("TEST PAGE", "center", bold=True, double=True),
        Text(plain(table.title), "center"),
        Text(plain(way_of(table)), "center"),
        Rule(),
        Text(f"The next line has {table.columns} letters and fills one line: if not, set columns."),
        Text(ruler),
        Text(f"Accents and the euro sign ({table.profile}, {table.page}): ? stands for what it lacks."),
        Text(_LETTERS),
        Pair("Double width", "1,234.56", bold=True, double=True),
        Qr("COUNTERTUI TEST PAGE"),
        Text("A paper to look at. No receipt.", "center"),
        Cut(),
    )
    return Document("test", plain(f"Test page: {table.title}"), blocks)


def _line(what: str, name: str, table: SerialDevice, mono_ms: MonoMs, shown: bytes = b"") -> Finding:
    """A device that never answers: its port is all that can be tried, and what a display is sent."""
    link = links.of_serial(table, table.serial, name)
    try:
        link.open()
        if shown:
            Conversation(link, mono_ms).write(shown)
            link.flush(link.deadlines.write_ms)
    except PrinterError as error:
        return Finding(what, name, False, error.word, f"{table.serial}, {_why(link, error)}", error.press)
    finally:
        link.close()
    told = f"it should show {' / '.join(_POLE_LINES)}" if shown else "whether it is the right one, using it tells"
    return Finding(what, name, True, "ok", f"{table.serial}, there and free{_lasting(table.serial)}; {told}")
