"""What is found when the counter starts: whether the journal may be added to, and what the last stop left behind."""

from __future__ import annotations

from countertui.counter.print_queue import after_a_crash, unprinted
from countertui.counter.station import Station
from countertui.domain.money import format_cents
from countertui.domain.records import Kind
from countertui.store import money_here, working
from countertui.store.store import read_body

PROGRAM = "countertui"
"""Who acts where nobody does: the program itself."""


def after_check(station: Station, faults: tuple[str, ...]) -> tuple[str, ...]:
    """Take the check's answer: faults halt sales; without any, the anchor is brought up to the journal's end."""
    if faults:
        station.store.halt(faults[0])
    else:
        seq, h = station.store.tip()
        tip = station.store.anchor.tip()
        if seq and (tip is None or tip.seq < seq):
            station.store.anchor.advance(seq, h)
        after_a_crash(station)
        station.store.disk.keep_reserve()
    station.checking = False
    return faults


def left_behind(station: Station) -> list[str]:
    """What the operator is told after a restart: what was recorded last, what isn't on paper, what was not taken."""
    told = []
    last_pay = _last_payment(station, money_here.last_seq(station.reader))
    waiting = [note for note in unprinted(station) if note.receipt_no]
    if waiting and last_pay is not None and waiting[-1].receipt_no == last_pay:
        record = money_here.receipt(station.reader, last_pay)
        total = format_cents(record.total_cents) if record else ""
        told.append(f"Receipt {last_pay} over {total} IS recorded; its paper is not known to have come out (F3, R).")
    carts = working.carts(station.reader)
    if carts:
        told.append(
            f"{len(carts)} cart{'s were' if len(carts) > 1 else ' was'} NOT taken: no money is recorded for"
            f" {'them' if len(carts) > 1 else 'it'} (Ctrl+K takes one back)."
        )
    return told


def _last_payment(station: Station, seq: int) -> str | None:
    """The receipt number of the last record if it is a payment or follows one within this stretch of starts."""
    while seq > 0:
        body = read_body(station.reader, seq)
        if body["kind"] == Kind.PAY.value:
            return str(body["receipt_no"])
        if body["kind"] not in (Kind.START.value, Kind.LOGIN.value, Kind.SNAPSHOT_APPLIED.value):
            return None
        seq -= 1
    return None
