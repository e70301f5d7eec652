"""Giving a trust deposit back: asked for by one, approved by another, paid by the ledger's accounts payable."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from countertui.counter.drafts import Form, forgetting
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.counter.today import business_date
from countertui.counter.trust import deposit_of
from countertui.counter.typed import LONGEST_REASON, checked_text
from countertui.domain.money import ZERO, Cents
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act, require_second_person, took_part
from countertui.domain.trust import (
    Deposit,
    TrustRefundData,
    TrustRefundRefusalData,
    TrustRefundRequestData,
    TrustRefused,
    require_covered,
    require_released,
)
from countertui.store.store import Within, read_body
from countertui.store.trust_requests import open_trust_requests, trust_request


@dataclass(frozen=True, slots=True)
class RefundAsked:
    """A request that nobody answered yet: the record that asked, whose deposit, cents, why and by whom (id)."""

    seq: int
    account: str
    name: str
    cents: int
    reason: str
    operator: str
    biz_date: str


def ask_trust_refund(
    station: Station, asker: Person, number: str, cents: Cents, reason: str, session: Session | None = None
) -> None:
    """Ask for cents of a deposit to be given back to its depositor; they can't be drawn on meanwhile.

    Raises TrustRefused, Overdrawn, NotReleased, NotAllowed.
    """
    require_now(station, asker.id, Act.ASK)
    why = checked_text(reason, "The reason", LONGEST_REASON)
    if not why:
        raise TrustRefused("A reason is needed.", press="Type why it is given back.")
    deposit, on = deposit_of(station, station.db, number), business_date(station, station.db, session)

    def check() -> None:
        now = deposit_of(station, station.db, number)
        require_released(now, date.fromisoformat(on))
        require_covered(now, cents)

    check()
    data = TrustRefundRequestData(account=deposit.account, name=deposit.name, gl=deposit.gl, cents=cents, reason=why)
    forget = forgetting(Form.TRUST_REFUND, number, asker.id)
    _record(station, Kind.TRUST_REFUND_REQUEST, asker.id, None, on, data, check, session, forget)


def approve_trust_refund(station: Station, approver: Person, seq: int, session: Session | None = None) -> Deposit:
    """Approve a request by the record that asked; gives the deposit as it is then.

    Raises TrustRefused, Overdrawn, NotReleased, NotAllowed for who may not or took part.
    """
    asked = _asked(station, seq)
    require_now(station, approver.id, Act.APPROVE)
    require_second_person(approver.id, took_part(read_body(station.db, seq)))
    on = business_date(station, station.db, session)

    def check() -> None:
        row = trust_request(station.db, seq)
        now = deposit_of(station, station.db, asked.account)
        if row is None or row.state != "asked":
            raise TrustRefused("This request was answered before.", press="Esc, then look at the list again.")
        require_released(now, date.fromisoformat(on))
        require_covered(_without(now, asked.cents), Cents(asked.cents))

    check()
    told = read_body(station.db, seq)["data"]
    data = TrustRefundData(
        account=told["account"],
        name=told["name"],
        gl=told["gl"],
        cents=told["cents"],
        reason=told["reason"],
        request_seq=seq,
    )
    _record(station, Kind.TRUST_REFUND, asked.operator, approver.id, on, data, check, session)
    return deposit_of(station, station.db, asked.account)


def refuse_trust_refund(
    station: Station, approver: Person, seq: int, reason: str, session: Session | None = None
) -> None:
    """Answer a request with no: the deposit is held as before. Raises TrustRefused, NotAllowed."""
    asked = _asked(station, seq)
    require_now(station, approver.id, Act.APPROVE)
    require_second_person(approver.id, took_part(read_body(station.db, seq)))
    why = checked_text(reason, "The reason", LONGEST_REASON)
    if not why:
        raise TrustRefused("A reason is needed.", press="Type why it is refused.")
    data = TrustRefundRefusalData(account=asked.account, cents=asked.cents, reason=why, request_seq=seq)
    on = business_date(station, station.db, session)
    _record(station, Kind.TRUST_REFUND_REFUSAL, approver.id, None, on, data, lambda: None, session)


def refunds_asked(station: Station) -> list[RefundAsked]:
    """The requests that nobody answered yet, oldest first."""
    return [_told(station.reader, row.seq) for row in open_trust_requests(station.reader)]


def _asked(station: Station, seq: int) -> RefundAsked:
    row = trust_request(station.db, seq)
    if row is None or row.state != "asked":
        raise TrustRefused("This request was answered before.", press="Esc, then look at the list again.")
    return _told(station.db, seq)


def _told(db: sqlite3.Connection, seq: int) -> RefundAsked:
    body = read_body(db, seq)
    data = body["data"]
    return RefundAsked(
        seq, data["account"], data["name"], data["cents"], data["reason"], body["operator"], body["biz_date"]
    )


def _without(deposit: Deposit, asked: int) -> Deposit:
    """The deposit as it stands but for one request, which is about to be answered."""
    return Deposit(
        deposit.account, deposit.name, deposit.gl, deposit.terms, deposit.held, Cents(max(ZERO, deposit.asked - asked))
    )


def _record(
    station: Station,
    kind: Kind,
    operator: str,
    approver: str | None,
    on: str,
    data: TrustRefundRequestData | TrustRefundData | TrustRefundRefusalData,
    check: Callable[[], None],
    session: Session | None,
    within: Within | None = None,
) -> None:
    fact = Fact(
        id=station.ids(),
        kind=kind,
        operator=operator,
        approver=approver,
        session=session.id if session is not None else None,
        biz_date=on,
        data=data,
    )
    station.record(fact, within, check)
