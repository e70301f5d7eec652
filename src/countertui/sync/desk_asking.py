"""Asking at the ledger's desk: requests without PINs as they are, those with PINs under a number that it gives out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countertui.ports.exchange import DeskReply
from countertui.sync.desk_wire import NUMBER, People, request, said_in, sealed_request
from countertui.sync.faults import LedgerUnreachableError
from countertui.sync.late_client import LateClient
from countertui.sync.transport import LedgerClient, not_known_there

_DIGITS = 32


def ask_desk(
    client: LedgerClient | LateClient,
    place: tuple[str, str, int],
    what: str,
    said: Mapping[str, Any],
    people: People,
    city_key: bytes,
) -> DeskReply:
    """What the desk says to a request; place: ledger, terminal, epoch. Of the rest and the faults see the port.

    A request with people in it takes a number first: where none is given, that is the answer.
    """
    if not people:
        return _answer(client, what, request(said))
    given = _answer(client, NUMBER, request({}))
    if given.status != 200:
        return given
    number = given.said.get("number")
    if type(number) is not str or len(number) != _DIGITS:
        raise LedgerUnreachableError("The ledger's answer cannot be read.", "Everything recorded is safe here.")
    return _answer(client, what, sealed_request(place, what, said, people, city_key, number))


def _answer(client: LedgerClient | LateClient, what: str, data: bytes) -> DeskReply:
    reply = client.post_desk(what, data)
    if reply.status == 401:
        raise not_known_there()
    if reply.status >= 500:
        raise LedgerUnreachableError(
            f"The ledger can't answer now ({reply.status}).",
            "Everything recorded is safe here.",
            "Try again later.",
        )
    return DeskReply(reply.status, said_in(reply.status, reply.body))
