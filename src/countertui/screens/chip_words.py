"""The chips of the status line in words."""

from __future__ import annotations

from countertui.counter.chips import Chips
from countertui.domain.clock import A_DAY_MS, off_words
from countertui.domain.words import number_of
from countertui.widgets.status_line import Chip

OLD_SNAPSHOT_DAYS = 3
LONG_OPEN_MS = 120_000
"""Change is given in less."""
_PRINTER_WELL = frozenset({"ok", "no status"})


def chip_words(found: Chips, *, just_started: bool = False) -> tuple[Chip, ...]:
    """Each chip as a person reads it, the halt first. A demo's own ledger takes a while to start."""
    well = found.printer in _PRINTER_WELL
    waits = found.unprinted - found.uncertain - found.later
    waiting = f", {waits} waiting" if waits else ""
    printer = f"printing {waits}" if well and waits else f"printer {found.printer}{waiting}"
    doubt = Chip(f"{number_of(found.uncertain, 'paper')} uncertain: F10, P", "warn", f"{found.uncertain} uncertain")
    kept = Chip(f"{number_of(found.later, 'paper')} for later: F10, P")
    cards = Chip(f"{number_of(found.cards, 'card charge')} not settled: F10, E", "warn", f"{found.cards} card?")
    heard = ", all sent" if found.ledger == "online" else ""  # offline, nobody has what is not sealed yet
    unsent = f", {found.unsent} unsent" if found.unsent else heard
    ledger = Chip(
        f"ledger {found.ledger}{unsent}",
        "chip" if found.ledger == "online" and not found.unsent else "warn",
        f"ledger {found.ledger}" if found.ledger != "online" else f"{found.unsent} unsent",
    )
    if just_started and found.made_up and found.ledger == "offline":
        ledger = Chip("ledger starting")
    days = found.snapshot_days
    age = "expired" if found.snapshot_expired else "today" if not days else f"{days} day{'s' if days > 1 else ''} old"
    off = found.clock_off_ms
    clock = Chip(
        f"clock {off_words(off)} {'ahead' if off > 0 else 'behind'}",
        "bad" if abs(off) > A_DAY_MS else "warn",
        "clock off",
    )
    drawer = Chip("drawer open", "warn" if (found.drawer_open_ms or 0) >= LONG_OPEN_MS else "chip")
    return (
        *((Chip(f"HALTED: {found.halted}", "bad", "HALTED"),) if found.halted else ()),
        *((Chip("STOPPED by the ledger: no sales, call a lead", "bad", "STOPPED"),) if found.stopped else ()),
        *((Chip("disk nearly full: close and send", "bad", "disk full"),) if found.disk_low else ()),
        Chip(printer, "chip" if well else "warn", f"printer {found.printer}"),
        *((doubt,) if found.uncertain else ()),
        *(Chip(f"{name} {word}", "warn", f"reader {word}") for name, word in found.readers),
        *((cards,) if found.cards else ()),
        *((kept,) if found.later else ()),
        *((drawer,) if found.drawer_open_ms is not None else ()),
        ledger,
        Chip(
            f"data {age}",
            "bad" if found.snapshot_expired else "warn" if days > OLD_SNAPSHOT_DAYS else "chip",
            "data expired" if found.snapshot_expired else "data old",
        ),
        *((clock,) if off else ()),
        *((Chip(f"ALARM: {found.log_alarm}", "bad", "ALARM"),) if found.log_alarm else ()),
    )
