"""Which terminal calls: its request's signature against its key on the register."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from countertui.ledger import tables
from countertui.ledger.registry import schedule
from countertui.ledger.service import Service
from countertui.ledger.shares import WHOLE, office_of
from countertui.sync.request_auth import RequestRefusedError, SignedRequest, require_signed

_KEPT_S = 3600
_MOST_KEPT = 100_000
_FRESH_S = 1.0


@dataclass(frozen=True, slots=True)
class Caller:
    """A terminal that signed its request. state: active, frozen or revoked; digest: what it signed for its body.

    share is the office whose share of the snapshots it works by, empty where that is the whole city's.
    skew_ms is how far its clock is ahead of the ledger's: evidence, milliseconds.
    """

    terminal: str
    epoch: int
    share: str
    state: str
    digest: str
    nonce: str
    skew_ms: int


class Nonces:
    """The numbers used once by requests that are not idempotent, kept for an hour: replayed, they are refused.

    An hour of the ledger's own, as a terminal's clock decides nothing. All of it happens inside TLS; a request that is
    replayed later than that meets a route that takes the same record once.
    """

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._seen: OrderedDict[tuple[str, str], float] = OrderedDict()

    def is_new(self, terminal: str, nonce: str) -> bool:
        """Whether that number was not used by that terminal before; it is from now on."""
        now = self._monotonic_s()
        while self._seen and (len(self._seen) >= _MOST_KEPT or next(iter(self._seen.values())) < now - _KEPT_S):
            self._seen.popitem(last=False)
        if (terminal, nonce) in self._seen:
            return False
        self._seen[terminal, nonce] = now
        return True


class KeysInForce:
    """Each terminal's newest key, as the register had it within the last second.

    Whoever asks too often from a terminal's address can name that terminal: who it is then has to be told without a
    look into the books for each of them.
    """

    def __init__(self, service: Service, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._service, self._monotonic_s = service, monotonic_s
        self._keys: dict[tuple[str, int], bytes] = {}
        self._good_until = -math.inf

    def signed(self, request: SignedRequest, method: str, target: str) -> bool:
        """Whether the terminal that a request names did sign it."""
        now = self._monotonic_s()
        if now >= self._good_until:
            self._good_until = now + _FRESH_S
            c = tables.terminal.c
            with self._service.books.reading() as connection:
                rows = connection.execute(select(c.code, c.epoch, c.public_key)).all()
            self._keys = {(code, epoch): bytes.fromhex(key) for code, epoch, key in rows}
        key = self._keys.get((request.terminal, request.epoch))
        try:
            require_signed(request, self._service.books.ledger, method, target, [] if key is None else [key])
        except RequestRefusedError:
            return False
        return True


def identify(service: Service, request: SignedRequest, method: str, target: str) -> Caller:
    """Who signed a request; target is path and query as they came.

    Only the newest key that the register has of the terminal counts. Raises RequestRefusedError: signed by another key,
    or by a terminal that is not known here; which of them, it doesn't say.
    """
    terminal = tables.terminal
    here = (terminal.c.code == request.terminal) & (terminal.c.epoch == request.epoch)
    with service.books.reading() as connection:
        state = connection.execute(select(terminal.c.state).where(here)).scalar()
        share = office_of(connection, request.terminal)
        keys = schedule(connection, request.terminal, request.epoch)
    if state is None or not keys:
        raise RequestRefusedError("This request is not signed by that terminal's key.", "Nothing was taken or given.")
    require_signed(request, service.books.ledger, method, target, [keys[-1][1]])
    skew_ms = request.at_ms - round(datetime.fromisoformat(service.now()).timestamp() * 1000)
    return Caller(request.terminal, request.epoch, share, state, request.digest, request.nonce, skew_ms)


def share_in(service: Service, caller: Caller, version: int) -> str:
    """Whose share of that snapshot a terminal may have: its office's, or the whole where that has none in it."""
    table = tables.snapshot_share
    here = (table.c.version == version) & (table.c.office == caller.share)
    with service.books.reading() as connection:
        found: str | None = connection.execute(select(table.c.office).where(here)).scalar()
    return found if found is not None else WHOLE
