"""What is found when the counter starts: whether the journal may be added to, and what the last stop left behind."""

from __future__ import annotations

from datetime import datetime

from countertui import __version__
from countertui.counter.card_charges import open_charges
from countertui.counter.cart import count_expired
from countertui.counter.clock_watch import PROGRAM
from countertui.counter.drafts import Form, forms
from countertui.counter.print_queue import after_a_crash, unprinted
from countertui.counter.station import Station
from countertui.domain.clock import MAY_BE_OFF_MS
from countertui.domain.money import format_cents
from countertui.domain.records import Fact, Kind
from countertui.domain.words import number_of
from countertui.store import journal_rows, receipt_rows, working
from countertui.store.store import read_body


def after_check(station: Station, faults: tuple[str, ...]) -> tuple[str, ...]:
    """Take the check's answer: faults halt sales.

    Without any, the anchor is brought up to the journal's end, and the start is recorded: not before, as a record more
    on a journal that is not whole would move the anchor.
    """
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
    if station.store.halted is None:
        _write_down_the_start(station)
    return faults


def _write_down_the_start(station: Station) -> None:
    """Record the start, a clock that fell behind, and a snapshot in use without its record: built anew, or cut off."""
    behind_ms = _behind_ms(station)
    station.watch.start(station.clock, behind_ms)
    station.record(Fact(station.ids(), Kind.START, PROGRAM, {"version": __version__}))
    if behind_ms > MAY_BE_OFF_MS:
        station.record(Fact(station.ids(), Kind.CLOCK_CHANGE, PROGRAM, {"behind_ms": behind_ms}))
    snapshot = station.reference.snapshot()
    if snapshot.version != journal_rows.snapshot_applied(station.db):
        data = {"version": snapshot.version, "sha256": snapshot.sha256}
        station.record(Fact(station.ids(), Kind.SNAPSHOT_APPLIED, PROGRAM, data))


def _behind_ms(station: Station) -> int:
    """How far the clock is behind the latest record's time; 0 or less for one that goes on."""
    last = journal_rows.last_utc(station.db)
    return round(datetime.fromisoformat(last).timestamp() * 1000) - station.clock.utc_ms() if last else 0


def left_behind(station: Station) -> list[str]:
    """What the operator is told after a restart: what was recorded last, what isn't on paper, what was not taken.

    A cart that was in hand when the program stopped was about to be taken; an orderly stop parks it, as a person does.
    """
    told = []
    last_pay = _last_payment(station, journal_rows.last_seq(station.reader))
    waiting = [note for note in unprinted(station) if note.kind == "receipt"]
    if waiting and last_pay is not None and waiting[-1].receipt_no == last_pay:
        record = receipt_rows.receipt(station.reader, last_pay)
        total = format_cents(record.total_cents) if record else ""
        told.append(f"Receipt {last_pay} over {total} IS recorded; its paper is not known to have come out (F10, P).")
    return told + still_waits(station)


def still_waits(station: Station) -> list[str]:
    """What of that is over as soon as somebody sees to it: cards asked for, carts, half-filled forms."""
    told = [
        f"A card was to be asked for {format_cents(one.cents)} of {one.payor}: {one.said} (F10, E)."
        for one in open_charges(station)
        if one.state == "asked"
    ]
    carts = working.carts(station.reader)
    parked = sum(cart.state == "parked" for cart in carts)
    in_hand = len(carts) - parked
    if in_hand:
        told.append(
            f"{in_hand} cart{'s were' if in_hand > 1 else ' was'} NOT taken: no money is recorded for"
            f" {'them' if in_hand > 1 else 'it'} (Ctrl+K takes one back)."
        )
    if parked:
        are = "carts are" if parked > 1 else "cart is"
        expired = count_expired(station)
        over = f", {expired} expired" if expired else ""
        told.append(f"{parked} {are} parked and not paid for yet{over} (Ctrl+K takes one back).")
    begun = [form for form in forms(station) if form.form is not Form.APPLICANT]
    if begun:
        expired = sum(form.expired for form in begun)
        over = f", {expired} expired" if expired else ""
        told.append(f"{number_of(len(begun), 'form')} half-filled{over}: F10, K.")
    return told


def _last_payment(station: Station, seq: int) -> str | None:
    """The receipt number of the last record if it is a payment or follows one within this stretch of starts."""
    while seq > 0:
        body = read_body(station.reader, seq)
        if body["kind"] == Kind.PAY.value:
            return str(body["receipt_no"])
        if body["kind"] not in (Kind.START, Kind.LOGIN, Kind.SNAPSHOT_APPLIED, Kind.CLOCK_CHANGE):
            return None
        seq -= 1
    return None
