"""Trying every device of terminal.toml, one after the other, and a page that shows what a printer can do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from countertui.config.devices import PrinterTable, SerialDevice
from countertui.config.serial_ports import lasting_name
from countertui.config.terminal import TerminalSettings
from countertui.domain.documents import Block, Cut, Document, Pair, Qr, Rule, Text, plain, to_json
from countertui.errors import CounterError
from countertui.hardware import links
from countertui.hardware.conversation import MonoMs
from countertui.hardware.links.link import Link, PrinterError
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


def examine(settings: TerminalSettings, mono_ms: MonoMs, child: PrintChild | None) -> Iterator[Finding]:
    """Look at each device, and print a test page on each printer where a print child is given for that."""
    for printer in settings.printers:
        yield _printer(printer, mono_ms, child)
    others: list[tuple[str, str, SerialDevice]] = [("scanner", one.name, one) for one in settings.scanners]
    if settings.check_reader is not None:
        others.append(("check reader", "check reader", settings.check_reader))
    if settings.pole_display is not None:
        others.append(("pole display", "pole display", settings.pole_display))
    for what, name, table in others:
        yield _line(what, name, table.serial, links.of_serial(table, table.serial, name))


def _printer(table: PrinterTable, mono_ms: MonoMs, child: PrintChild | None) -> Finding:
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
    outcome = _print_sample(table, link, mono_ms, child)
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


def _print_sample(table: PrinterTable, link: Link, mono_ms: MonoMs, child: PrintChild) -> Outcome | CounterError:
    try:
        page = to_json(sample_page(table))
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


def _line(what: str, name: str, port: str, link: Link) -> Finding:
    """A device that only speaks when it has something to say: its port is all that can be tried."""
    try:
        link.open()
    except PrinterError as error:
        return Finding(what, name, False, error.word, f"{port}, {_why(link, error)}", error.press)
    link.close()
    return Finding(
        what, name, True, "ok", f"{port}, there and free{_lasting(port)}; whether it is the right one, using it tells"
    )
