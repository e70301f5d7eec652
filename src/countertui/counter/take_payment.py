"""Taking a payment: settle, record, print document and cart in one transaction; only then is there a receipt."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from countertui.counter.account_line import is_unchanged
from countertui.counter.card_doubts import require_asked
from countertui.counter.cart import checked_cart
from countertui.counter.customer import show_paid
from countertui.counter.keep_personal import personal_of
from countertui.counter.paper import receipt_facts
from countertui.counter.paper_receipt import approver_of_paper, require_keyable
from countertui.counter.remittances import require_open_batch
from countertui.counter.require_now import require_now
from countertui.counter.slips import queue_endorsements
from countertui.counter.station import Person, Session, Station
from countertui.counter.tenders_allowed import approver_of_tenders
from countertui.counter.trust import require_drawable
from countertui.counter.typed import LONGEST_PAYOR
from countertui.documents.receipt import receipt_document
from countertui.domain.documents import to_json
from countertui.domain.pay_record import pay_data
from countertui.domain.receipts import Cart, CartLine, DrawLine, FeeLine, settle, short_hash
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.domain.tenders import KEPT_IN_DRAWER, Tender, rechecked
from countertui.store import card_rows, print_jobs, session_rows, working
from countertui.store.store import Recorded


class PaymentRefused(Refused):
    """The payment can't be taken as it stands; nothing was recorded."""


class CartChanged(PaymentRefused):
    """Something in the cart is no longer owed, or costs no longer, what the cart says."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A payment that was taken; amounts in cents. opens_drawer: the drawer is to be opened for record `seq`."""

    receipt_no: str
    total_cents: int
    change_cents: int
    short_hash: str
    seq: int
    opens_drawer: bool = False


def take_payment(
    station: Station, session: Session, cart: Cart, tenders: Sequence[Tender], approver: Person | None = None
) -> Taken:
    """Take a payment into a session's drawer; `approver` is a lead who lets tenders be taken that the city's
    rules refuse, or answers for a paper receipt of no book known here.

    The cart's id becomes the record's, so a cart is taken at most once. Raises Refused leaves of `domain/`,
    PaymentRefused (session closed, already taken, a line is not what accounts and fees say), TenderNotAllowed,
    PaperRefused, NotAllowed,
    StillChecking, CommitUnknown, NotWritten, StoreHalted, DiskNearlyFull.
    """
    cart = _with_payor(checked_cart(cart))
    checked = [rechecked(tender) for tender in tenders]
    settlement = settle(cart, checked, station.rules.order, station.rules.tenders)
    station.store.refuse_if_halted()  # said before anything is read of a store that can't be read any more
    by, let_be = approver_of_tenders(station, session, cart, checked, approver)
    data = pay_data(settlement)
    if let_be:
        data["approved"] = [breach.words for breach in let_be]
    fact = Fact(
        id=cart.id,
        kind=Kind.PAY,
        operator=session.operator,
        approver=by or approver_of_paper(station, session, cart.paper, approver),
        session=session.id,
        biz_date=session.biz_date,
        data=data,
        net_cents=settlement.total,
        draws_receipt_no=True,
        personal=personal_of(station.vault, checked),
    )

    through_till = settlement.change > 0 or any(tender.kind in KEPT_IN_DRAWER for tender in checked)
    opens = not cart.remittance and through_till
    till = station.till if opens else None

    def check() -> None:
        require_takeable(station, session, cart)
        require_asked(station.db, cart, checked)
        if cart.paper is not None:
            require_keyable(station, station.db, session, cart.paper)
        if cart.remittance:
            require_open_batch(station, session, cart.remittance)

    def with_paper(db: sqlite3.Connection, recorded: Recorded) -> None:
        facts = receipt_facts(
            station, recorded.body, recorded.h, drawer=session.drawer, operator_name=session.operator_name
        )
        document = to_json(receipt_document(facts))
        if not cart.remittance:  # nobody stands there to be handed one; F3 prints it if it is asked for
            print_jobs.queue_print(db, recorded.seq, recorded.receipt_no, "receipt", 0, document)
        queue_endorsements(station, db, recorded)
        if drawn := [line.account for line in cart.lines if isinstance(line, DrawLine)]:
            from countertui.counter.statements import queue_top_ups  # most payments draw on no deposit

            queue_top_ups(station, db, recorded.seq, drawn, session.biz_date)
        if till is not None:
            print_jobs.queue_kick(db, recorded.seq, till.name)
        working.drop_cart(db, cart.id)
        for ask in filter(None, (tender.ask for tender in checked)):
            card_rows.drop_ask(db, ask)

    recorded = station.record(fact, with_paper, check)
    if not cart.remittance:
        show_paid(station, settlement.total, settlement.change)
    return Taken(
        recorded.receipt_no or "",
        settlement.total,
        settlement.change,
        short_hash(recorded.h),
        recorded.seq,
        opens_drawer=till is not None,
    )


def require_takeable(station: Station, session: Session, cart: Cart) -> None:
    """Raise PaymentRefused or NotAllowed where a cart can't be taken into a session's drawer as it stands."""
    _require_open(station, session)
    require_now(station, session.operator, Act.TAKE_MONEY)
    if station.store.holds(cart.id):
        raise PaymentRefused(
            "This cart was already taken.", safe="It was recorded once.", press="F3 shows its receipt."
        )
    for line in cart.lines:
        _require_unchanged(station, session, cart, line)


def _with_payor(cart: Cart) -> Cart:
    """The cart as paid for by whoever was typed, else by the first account's holder."""
    if cart.payor:
        return cart
    holder = next((line.name for line in cart.lines if not isinstance(line, FeeLine)), "Walk-in")
    return replace(cart, payor=holder[:LONGEST_PAYOR].strip())


def _require_unchanged(station: Station, session: Session, cart: Cart, line: CartLine) -> None:
    """A cart was kept where others could change it: what the line says must be what is here now."""
    if isinstance(line, FeeLine):
        fee = station.reference.fee(line.code, session.biz_date)
        same = fee is not None and (fee.description, fee.gl) == (line.description, line.gl)
        same = same and fee is not None and fee.unit_cents in (None, line.unit_cents)
        what = line.code
    elif isinstance(line, DrawLine):
        require_drawable(station, station.db, cart, line)
        return
    else:
        same = is_unchanged(station, station.db, line, session.biz_date, cart.postmarked)
        what = line.account
    if not same:
        raise CartChanged(
            f"{what} changed since it was put into the cart.", press="Take the line off and add it again."
        )


def _require_open(station: Station, session: Session) -> None:
    row = session_rows.session(station.db, session.id)
    if row is None or row.close_seq is not None:
        raise PaymentRefused("This drawer is closed.", press="Open a drawer first.")
