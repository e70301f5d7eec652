"""How long a connection may say nothing: whoever holds many open and asks nothing must not shut the terminals out."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from uvicorn.protocols.http.h11_impl import H11Protocol

from countertui.ledger.rates import SITE_TIMES, networks_of


def hurried(first_s: float, next_s: float, most_silent: int) -> type[H11Protocol]:
    """uvicorn's protocol, which closes connections that ask nothing.

    A whole request's head has to be there within first_s seconds, each further one within next_s after the last answer,
    whatever comes in between. One network has at most most_silent connections that never asked anything yet, a site of
    IPv6 networks four times as many: the oldest of them makes room for the next.
    """
    silent: defaultdict[str, dict[Hurried, None]] = defaultdict(dict)

    class Hurried(H11Protocol):
        networks: tuple[str, ...] = ()
        """Whose silent connection it is counted as."""
        patience: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
            super().connection_made(transport)
            networks = networks_of(self.client[0] if self.client else "")
            for network, most in zip(networks, (most_silent, most_silent * SITE_TIMES), strict=False):
                if len(silent[network]) >= most:
                    oldest = next(iter(silent[network]))
                    oldest._asked()
                    oldest.transport.abort()
            self.networks = networks
            for network in networks:
                silent[network][self] = None
            self._wait(first_s)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.cycle is not None:
                self._asked()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            self._wait(next_s)

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            self._asked()
            if self.patience is not None:
                self.patience.cancel()

        def _asked(self) -> None:
            for network in self.networks:
                del silent[network][self]
                if not silent[network]:
                    del silent[network]
            self.networks = ()

        def _wait(self, seconds: float) -> None:
            if self.patience is not None:
                self.patience.cancel()
            self.patience = self.loop.call_later(seconds, self._give_up)

        def _give_up(self) -> None:
            if self.cycle is None or self.cycle.response_complete:
                self.transport.abort()

    return Hurried
