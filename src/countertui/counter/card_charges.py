"""Card charges: the sum saved before the customer is asked, its answer, and how one that nobody knows of is settled.

What was asked for ends in one of three ways: in the receipt of its cart, in nothing as it was not charged, or in a
`card_unknown` record, which two people settle against the card terminal's report.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from countertui.counter.cart import CartGone, Held, cart_in, saved_row, take_back
from countertui.counter.drafts import Form, forgetting
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.counter.take_payment import require_takeable
from countertui.counter.typed import LONGEST_REASON, checked_text
from countertui.domain.card_charges import (
    CardChargeRefused,
    CardLineData,
    CardSettledData,
    CardUnknownData,
    CardVerdict,
    Why,
)
from countertui.domain.card_slips import CardSlip
from countertui.domain.money import Cents, format_cents
from countertui.domain.receipts import Cart, CartLine, FeeLine, settle_line
from countertui.domain.record_data import OpenCardData
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act, require_second_person, took_part
from countertui.domain.tenders import Tender, TenderKind, checked_tender
from countertui.store import card_rows, working
from countertui.store.card_rows import CardAskRow, CardUnknownRow
from countertui.store.store import Recorded, Within, read_body

Db = sqlite3.Connection


@dataclass(frozen=True, slots=True)
class CardAsk:
    """What was asked of the card terminal, in cents, under an id that was fixed before; asked_at is local time."""

    id: str
    cents: Cents
    asked_at: str


@dataclass(frozen=True, slots=True)
class OpenCardCharge:
    """A charge on the worklist; state: asked and not answered, laid beside a cart that is not paid for, unknown, or
    charged and in no receipt.

    said: what is known of it. has_cart: whether its cart is still there.
    """

    id: str
    cart: str
    session: str
    state: str
    cents: Cents
    payor: str
    operator: str
    asked_at: str
    said: str
    has_cart: bool

    @property
    def state_words(self) -> str:
        """The state for a person."""
        return {"asked": "not answered", "laid": "charged", "unknown": "not known", "charged": "charged"}[self.state]


@dataclass(frozen=True, slots=True)
class Found:
    """What the card terminal's report says of a charge; reference and slip only of one that was made."""

    verdict: CardVerdict
    report: str
    reference: str = ""
    slip: CardSlip | None = None


def ask_card(station: Station, session: Session, cart: Cart, cents: Cents, again: CardAsk | None = None) -> CardAsk:
    """Save what the card terminal is about to be asked for; `again`: the same ask, now for this sum.

    Nobody is asked where the payment could not be taken: raises CardChargeRefused for nothing, PaymentRefused,
    NotAllowed, SettlementRefused, AllocationRefused, StillChecking, Stopped, StoreHalted, DiskNearlyFull, NotWritten.
    """
    if cents <= 0:
        raise CardChargeRefused("A card is charged more than nothing.", "Nothing was asked.", "Type the amount.")
    station.require_may_record(Kind.PAY)
    station.store.disk.require_room_for(Kind.PAY)
    require_takeable(station, session, cart)
    for line in cart.lines:
        settle_line(line, station.rules.order)
    ask = CardAsk(again.id if again is not None else station.ids(), cents, station.clock.local_text())
    row = CardAskRow(ask.id, cart.id, session.id, session.operator, cents, ask.asked_at)
    station.store.write_working(lambda db: card_rows.save_ask(db, row))
    return ask


def unanswered(station: Station, held: Held) -> CardAsk | None:
    """What was asked of the card terminal for a cart, where nobody said yet what came of it."""
    laid = {tender.ask for tender in held.tenders}
    rows = card_rows.asks(station.db)
    return next((_ask(row) for row in rows if row.cart == held.cart.id and row.id not in laid), None)


def not_charged(station: Station, ask: CardAsk) -> None:
    """Forget what was asked: the card terminal declined it, or was never asked. Raises StoreHalted, NotWritten."""
    station.store.write_working(lambda db: card_rows.drop_ask(db, ask.id))


def say_unknown(station: Station, session: Session, held: Held, ask_id: str) -> None:
    """Record that nobody knows whether a card was charged, or whether an approved one that is taken off was reversed.

    The cart is set aside as it is, without that tender. Raises CardChargeRefused where nothing was asked, StoreHalted,
    CommitUnknown.
    """
    laid = next((tender for tender in held.tenders if tender.ask == ask_id), None)
    kept = Held(held.cart, tuple(tender for tender in held.tenders if tender is not laid))
    row = card_rows.ask(station.db, ask_id)
    if row is None:
        raise CardChargeRefused(
            "That charge is on record already.", "Nothing was recorded.", "F10, E, R takes it off once it is reversed."
        )
    aside = saved_row(station, session.operator, kept, "parked")
    why = Why.NO_ANSWER if laid is None else Why.TAKEN_OFF
    data = _unknown_data(row, held, why, "" if laid is None else laid.reference)
    _record_unknown(station, session, session.operator, row, data, lambda db, _: working.save_cart(db, aside))


def record_left(station: Station, person: Person, session: Session) -> None:
    """Record of all that cards were asked for in a session, and that no receipt has, that it is open: at its close.

    Raises StoreHalted, CommitUnknown.
    """
    for row in card_rows.asks(station.db):
        if row.session == session.id:
            held = _held(station, row.cart)
            laid = next((tender for tender in held.tenders if tender.ask == row.id), None)
            why = Why.NO_ANSWER if laid is None else Why.LEFT
            data = _unknown_data(row, held, why, "" if laid is None else laid.reference)
            _record_unknown(station, session, person.id, row, data)


def open_cards(db: Db, session_id: str) -> list[OpenCardData]:
    """The charges of a session that are on record and not settled."""
    found = (row for row in card_rows.unsettled(db) if row.session == session_id)
    return [OpenCardData(unknown_seq=row.seq, cents=row.cents) for row in found]


def open_in_words(station: Station, session: Session) -> list[str]:
    """The open charges of a session, answered or not, each in a sentence."""
    return [
        f"Card {format_cents(one.cents)} of {one.payor}: {one.state_words}, {one.said} (F10, E)."
        for one in open_charges(station)
        if one.session == session.id
    ]


def open_charges(station: Station) -> list[OpenCardCharge]:
    """The worklist, oldest first: what was asked and not answered, what is not known, what is in no receipt."""
    db = station.reader
    there = {row.id: cart_in(db, row.id) for row in working.carts(db)}
    laid = {tender.ask for held in there.values() for tender in held.tenders}
    asked = [_as_asked(row, there.get(row.cart), laid=row.id in laid) for row in card_rows.asks(db)]
    return asked + [_as_open(db, row, has_cart=row.cart in there) for row in card_rows.unsettled(db)]


def settle_charge(station: Station, person: Person, approver: Person, id_: str, found: Found) -> None:
    """Record what two people found in the card terminal's report of a charge that nobody knew of.

    A charge that was made is laid beside its cart, which can then be taken. Raises NotAllowed for who may not, or took
    part, CardChargeRefused for what is settled or lacks its approval code or report, TenderRefused, StoreHalted.
    """
    require_now(station, person.id, Act.SETTLE_CARD)
    require_now(station, approver.id, Act.APPROVE)
    row = _open_row(station.db, id_, found.verdict)
    asked = read_body(station.db, row.seq)
    require_second_person(approver.id, (person.id, *took_part(asked)))
    report = checked_text(found.report, "The report", LONGEST_REASON)
    if not report:
        raise CardChargeRefused(
            "It takes the card terminal's report.", "Nothing was settled.", "Type its number, or its date and time."
        )
    charged = found.verdict is CardVerdict.CHARGED
    cents = Cents(row.cents)
    tender = checked_tender(TenderKind.CARD, cents, found.reference, ask=id_, slip=found.slip) if charged else None
    data = CardSettledData(
        unknown=id_,
        unknown_seq=row.seq,
        cart=row.cart,
        cents=row.cents,
        verdict=found.verdict.value,
        reference=tender.reference if tender is not None else "",
        brand=tender.slip.brand if tender is not None and tender.slip is not None else "",
        last4=tender.slip.last4 if tender is not None and tender.slip is not None else "",
        report=report,
    )
    fact = Fact(station.ids(), Kind.CARD_SETTLED, person.id, data, approver=approver.id)
    beside, typed = _laid_beside(station, row, tender), forgetting(Form.CARD_SETTLING, settling_of(id_))

    def within(db: Db, recorded: Recorded) -> None:
        typed(db, recorded)
        if beside is not None:
            beside(db, recorded)

    station.record(fact, within)


def settling_of(id_: str) -> str:
    """What the half-filled form about a charge is about: never the charge's id itself, which a record has."""
    return f"settling {id_}"


def _laid_beside(station: Station, row: CardUnknownRow, tender: Tender | None) -> Within | None:
    """What brings a charge's cart up to what is settled: with its tender, or without."""
    saved = working.cart(station.db, row.cart)
    if saved is None:
        return None
    held = take_back(station, row.cart)
    others = tuple(each for each in held.tenders if each.ask != row.id)
    settled = Held(held.cart, (*others, tender) if tender is not None else others)
    aside = saved_row(station, saved.operator, settled, "parked")
    return lambda db, _: working.save_cart(db, aside)


def _open_row(db: Db, id_: str, verdict: CardVerdict) -> CardUnknownRow:
    row = card_rows.unknown(db, id_)
    if row is None or row.state not in {"unknown", "charged"}:
        raise CardChargeRefused("That charge is settled.", "Nothing was recorded.", "F10, E shows what is open.")
    if row.state == "charged" and verdict is not CardVerdict.REVERSED:
        raise CardChargeRefused(
            "That it was charged is on record.", "Nothing was recorded.", "Take its cart, or reverse it and say so."
        )
    return row


def _record_unknown(
    station: Station,
    session: Session,
    operator: str,
    row: CardAskRow,
    data: CardUnknownData,
    within: Within | None = None,
) -> None:
    def no_longer_asked(db: Db, recorded: Recorded) -> None:
        card_rows.drop_ask(db, row.id)
        if within is not None:
            within(db, recorded)

    fact = Fact(row.id, Kind.CARD_UNKNOWN, operator, data, session=session.id, biz_date=session.biz_date)
    station.record(fact, no_longer_asked)


def _unknown_data(row: CardAskRow, held: Held, why: Why, reference: str) -> CardUnknownData:
    return CardUnknownData(
        cart=row.cart,
        cents=row.cents,
        asked_at=row.asked_at,
        why=why.value,
        reference=reference,
        payor=held.payor,
        lines=[_line(line) for line in held.cart.lines],
    )


def _line(line: CartLine) -> CardLineData:
    if isinstance(line, FeeLine):
        return CardLineData(account=None, fee=line.code, cents=line.amount)
    return CardLineData(account=line.account, fee=None, cents=line.amount)


def _held(station: Station, cart_id: str) -> Held:
    """The cart as it is kept; an empty one where it is gone."""
    try:
        return take_back(station, cart_id)
    except CartGone:
        return Held(Cart(cart_id))


def _ask(row: CardAskRow) -> CardAsk:
    return CardAsk(row.id, Cents(row.cents), row.asked_at)


def _as_asked(row: CardAskRow, held: Held | None, *, laid: bool) -> OpenCardCharge:
    return OpenCardCharge(
        row.id,
        row.cart,
        row.session,
        "laid" if laid else "asked",
        Cents(row.cents),
        held.payor if held is not None else "",
        row.operator,
        row.asked_at,
        "its cart is not paid" if laid else "what did it say?",
        has_cart=held is not None,
    )


def _as_open(db: Db, row: CardUnknownRow, *, has_cart: bool) -> OpenCardCharge:
    body = read_body(db, row.seq)
    data = body["data"]
    charged = "in no receipt" + ("" if has_cart else ": reverse")
    return OpenCardCharge(
        row.id,
        row.cart,
        row.session,
        row.state,
        Cents(row.cents),
        data["payor"],
        body["operator"],
        data["asked_at"],
        charged if row.state == "charged" else Why(data["why"]).words,
        has_cart=has_cart,
    )
