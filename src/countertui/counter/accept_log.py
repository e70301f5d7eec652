"""Following the ledger's log anew, after people found out why it is another than it was: a restored ledger, say."""

from __future__ import annotations

from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Station
from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.record_data import LogAcceptedData
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.ports.exchange import LogSeen
from countertui.store import working


class NothingToAccept(Refused):
    """There is no alarm about the ledger's log."""


def accept_log(station: Station, person: Person, reason: str) -> LogSeen:
    """Forget how far the ledger's log was seen, as a record that says what it was; gives that back.

    Only while there is an alarm about it, by who keeps the keys. Raises NothingToAccept, NotAllowed, CardNumberRefused.
    """
    require_now(station, person.id, Act.KEEP_KEYS)
    seen = working.log_seen(station.db)
    if seen is None or not seen.alarm:
        raise NothingToAccept("There is no alarm about the ledger's log.", "Nothing was changed.")
    reason = " ".join(reason.split())
    if not reason:
        raise NothingToAccept("Why the ledger's log is another than it was must be said.", "Nothing was changed.")
    refuse_card_numbers(reason, "The reason")
    data = LogAcceptedData(size=seen.size, root=seen.root, reason=reason)
    fact = Fact(id=station.ids(), kind=Kind.LOG_ACCEPTED, operator=person.id, data=data)
    station.record(fact, lambda db, _: working.forget_log_seen(db))
    return seen
