"""Batches of mail and dropbox payments: opened with a count and a control total, closed when they agree.

Its pieces are payments like any other, taken into the drawer by `take_payment` with the batch's id in the cart.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from countertui.counter.drafts import Form, forgetting
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.counter.typed import LONGEST_REASON, checked_text
from countertui.domain.money import Cents
from countertui.domain.records import Fact, Kind
from countertui.domain.remittances import (
    Origin,
    Remittance,
    RemittanceCloseData,
    RemittanceOff,
    RemittanceOpenData,
    RemittanceRefused,
    Tally,
    checked_control,
    difference_words,
    tally,
)
from countertui.domain.rights import Act, require_second_person
from countertui.store import session_rows
from countertui.store.remittance_rows import payment_bodies, remittance_bodies


@dataclass(frozen=True, slots=True)
class Running:
    """An open batch and what was taken for it so far."""

    batch: Remittance
    taken: Tally

    def with_piece(self, cents: Cents) -> Running:
        """The same with one piece more."""
        return Running(self.batch, Tally(self.taken.pieces + 1, Cents(self.taken.cents + cents)))

    @property
    def left(self) -> Tally:
        """What is still to come."""
        return self.batch.control.less(self.taken)

    @property
    def off(self) -> str:
        """How far it is from its control, in words; empty where it agrees."""
        return difference_words(self.taken.less(self.batch.control))


def running(station: Station, session: Session) -> Running | None:
    """The batch that is open in a drawer, if one is."""
    return _running(station.reader, session)


def open_remittance(station: Station, session: Session, origin: Origin, pieces: str, cents: Cents) -> Running:
    """Open a batch with what was counted before. Raises RemittanceRefused, NotAllowed, StoreHalted."""
    control = checked_control(pieces, cents)

    def check() -> None:
        require_now(station, session.operator, Act.TAKE_MONEY)
        _require_open_drawer(station, session)
        if _running(station.db, session) is not None:
            raise RemittanceRefused("A batch is open in this drawer.", "It is as it was.", "F10, M goes on with it.")

    fact = Fact(
        id=station.ids(),
        kind=Kind.REMITTANCE_OPEN,
        operator=session.operator,
        session=session.id,
        biz_date=session.biz_date,
        data=RemittanceOpenData(origin=origin.value, pieces=control.pieces, cents=control.cents),
    )
    recorded = station.record(fact, forgetting(Form.MAIL_BATCH, "", session.operator), check)
    return Running(Remittance(fact.id, recorded.seq, origin, control), Tally(0, Cents(0)))


def close_remittance(
    station: Station, session: Session, batch: Remittance, approver: Person | None = None, reason: str = ""
) -> Running:
    """Close a batch; where it does not agree, `approver` accepts the difference for a reason. Gives what was closed.

    All figures signed here follow from the records. Raises RemittanceOff where it does not agree and nobody accepts
    that, RemittanceRefused, NotAllowed for who may not or took the pieces, StoreHalted.
    """
    require_now(station, session.operator, Act.TAKE_MONEY)
    reason = checked_text(reason, "The reason", LONGEST_REASON)
    found = _running(station.db, session)
    if found is None or found.batch.id != batch.id:
        raise RemittanceRefused("That batch is not open any more.", "Nothing was recorded.", "F10, M shows what is.")
    if found.off:
        _require_accepted(station, session, found, approver, reason)
    _record_close(station, session, found, session.operator, approver, reason)
    return found


def close_left_batch(station: Station, person: Person, session: Session) -> None:
    """Close a batch that an absent operator left open, if there is one, as the drawer is closed for them.

    `person` may close others' drawers and did not key in the pieces: they accept a difference by doing it.
    Raises NotAllowed, StoreHalted.
    """
    found = _running(station.db, session)
    if found is not None:
        require_now(station, person.id, Act.APPROVE)
        _record_close(station, session, found, person.id, None, f"Left open by {session.operator}")


def _record_close(
    station: Station, session: Session, found: Running, operator: str, approver: Person | None, reason: str
) -> None:
    data = RemittanceCloseData(
        remittance=found.batch.id,
        open_seq=found.batch.open_seq,
        origin=found.batch.origin.value,
        pieces=found.batch.control.pieces,
        cents=found.batch.control.cents,
        taken_pieces=found.taken.pieces,
        taken_cents=found.taken.cents,
        reason=reason if found.off else "",
    )
    fact = Fact(
        id=station.ids(),
        kind=Kind.REMITTANCE_CLOSE,
        operator=operator,
        approver=approver.id if found.off and approver is not None else None,
        session=session.id,
        biz_date=session.biz_date,
        data=data,
    )
    station.record(fact, forgetting(Form.MAIL_DIFFERENCE, found.batch.id))


def require_open_batch(station: Station, session: Session, remittance: str) -> None:
    """Raise RemittanceRefused unless that batch is open in the drawer."""
    found = _open_batch(station.db, session)
    if found is None or found.id != remittance:
        raise RemittanceRefused("That batch is closed.", "Nothing was recorded.", "F10, M opens another.")


def require_no_batch(station: Station, session: Session) -> None:
    """Raise RemittanceRefused while a batch is open in the drawer: after its close nobody could close that."""
    if _open_batch(station.db, session) is not None:
        raise RemittanceRefused(
            "A batch of mail is still open in this drawer.", "The drawer stays open.", "F10, M, then F9 closes it."
        )


def _require_accepted(station: Station, session: Session, found: Running, approver: Person | None, reason: str) -> None:
    if approver is None or not reason:
        raise RemittanceOff(
            f"The batch does not agree: {found.off}.",
            "It stays open.",
            "Esc goes on with it; or type why, and a lead accepts it with id and PIN.",
        )
    require_second_person(approver.id, (session.operator,))
    require_now(station, approver.id, Act.APPROVE)


def _require_open_drawer(station: Station, session: Session) -> None:
    row = session_rows.session(station.db, session.id)
    if row is None or row.close_seq is not None:
        raise RemittanceRefused("This drawer is closed.", "No batch was opened.", "F2 opens one.")


def _running(db: sqlite3.Connection, session: Session) -> Running | None:
    batch = _open_batch(db, session)
    return Running(batch, tally(payment_bodies(db, batch.open_seq), batch.id)) if batch is not None else None


def _open_batch(db: sqlite3.Connection, session: Session) -> Remittance | None:
    found = None
    for body in remittance_bodies(db, session.open_seq):
        if body["session"] != session.id:
            continue
        data = body["data"]
        if body["kind"] == Kind.REMITTANCE_OPEN:
            control = Tally(data["pieces"], Cents(data["cents"]))
            found = Remittance(body["id"], body["seq"], Origin(data["origin"]), control)
        else:
            found = None
    return found
