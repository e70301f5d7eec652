"""A request on its way through the gate: its body is counted and held to limits, what goes out is noted."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from fastapi import HTTPException
from starlette.types import Message, Receive, Send

from countertui.ledger.access import Access
from countertui.ledger.callers import Caller

_SLOWEST_PART_S = 60.0
"""How long the next part of a body may take."""
_STRANGERS_BODY_S = 60.0
"""How long the whole of one may take that no terminal signed for."""
UNREAD = frozenset({"GET", "HEAD"})
"""Methods that have no body."""


@dataclass(slots=True)
class UnderWay:
    """One request on its way through."""

    id: str
    route: str
    access: Access
    path: dict[str, Any]
    address: str
    caller: Caller | None = None
    status: int = 0
    bytes_in: int = 0
    bytes_out: int = 0


class Sender:
    """Sends on, notes status and size, and adds the headers that all answers have."""

    def __init__(self, request: UnderWay, send: Send) -> None:
        self._request, self._send = request, send

    async def __call__(self, message: Message) -> None:
        """Send one message on."""
        if message["type"] == "http.response.start":
            self._request.status = message["status"]
            there = {name.lower() for name, _ in message["headers"]}
            more = (
                (b"x-request-id", self._request.id.encode()),
                (b"x-content-type-options", b"nosniff"),
                (b"cache-control", b"no-store"),
            )
            message = {**message, "headers": [*message["headers"], *(each for each in more if each[0] not in there)]}
        elif message["type"] == "http.response.body":
            self._request.bytes_out += len(message.get("body", b""))
        await self._send(message)


def counted(request: UnderWay, receive: Receive, method: str) -> Receive:
    """Receives on, counts, and holds the body to what the terminal signed for it, at its end."""
    hashed = sha256()
    until = time.monotonic() + _STRANGERS_BODY_S

    async def received() -> Message:
        left = _SLOWEST_PART_S if request.caller is not None else min(_SLOWEST_PART_S, until - time.monotonic())
        try:
            message = await asyncio.wait_for(receive(), left) if not ended[0] else await receive()
        except TimeoutError:
            raise HTTPException(408, "The rest of the request did not come in time.") from None
        if message["type"] == "http.request":
            part = message.get("body", b"")
            request.bytes_in += len(part)
            hashed.update(part)
            if not message.get("more_body", False):
                ended[0] = True
                if request.caller is not None and hashed.hexdigest() != request.caller.digest:
                    raise HTTPException(400, "What came is not what the terminal signed.")
        return message

    ended = [method in UNREAD]
    return received
