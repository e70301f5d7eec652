"""The ledger over HTTP, on this machine only: batches in, acks and snapshots out."""

from __future__ import annotations

import ipaddress
import json
import signal
import sys
import threading
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from countertui.errors import UsageError
from countertui.ledger.books import Books, open_books
from countertui.ledger.keys import open_secrets
from countertui.ledger.own_rotation import require_in_force
from countertui.ledger.routes import batches, claims, enrolments, health, live, log, receipt, registry, snapshots
from countertui.ledger.service import Now, Service
from countertui.sync.keyslots import Secrets

_LAST_REQUESTS_S = 30


class HostRefusedError(UsageError):
    """The ledger speaks plain HTTP, so it serves this machine only."""


def app(books: Books, secrets: Secrets, now: Now) -> FastAPI:
    """The ledger as an ASGI app. `now` gives the time, ISO 8601 UTC with zone."""
    api = FastAPI(title="CounterTUI ledger", version=version("countertui"), docs_url=None, redoc_url=None)

    service = Service(books, secrets, now)
    for routes in (batches, live, snapshots, health, claims, log, registry, enrolments, receipt):
        routes.add_to(api, service)
    return api


def serve(
    folder: Path,
    passphrase: str,
    now: Now,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    until_stdin_closes: bool = False,
) -> None:
    """Serve the ledger in `folder` (DIR/ledger) until SIGTERM or SIGINT, or until standard input closes.

    Prints one line of JSON first, {"url": ..., "ledger": ...}, once it listens. Raises HostRefusedError for a host that
    is not this machine, BooksUnusableError, WrongPassphraseError, KeyFileDamagedError.
    """
    if not ipaddress.ip_address(host).is_loopback:
        raise HostRefusedError(f"The ledger does not serve on {host} yet.", "", "Use 127.0.0.1.")
    secrets = open_secrets(folder, passphrase)
    books = open_books(folder)
    try:
        require_in_force(books, secrets)
        config = uvicorn.Config(
            app(books, secrets, now),
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=_LAST_REQUESTS_S,
        )
        server = _Server(config, books.ledger)
        if until_stdin_closes:
            threading.Thread(target=partial(_stop_after_stdin, server), daemon=True).start()
        # uvicorn stops gracefully on the signal, then raises it again: that must not look like a crash.
        signal.signal(signal.SIGTERM, _end)
        server.run()
    finally:
        books.close()


class _Server(uvicorn.Server):
    """uvicorn's server, which says where it listens as soon as it does."""

    def __init__(self, config: uvicorn.Config, ledger: str) -> None:
        super().__init__(config)
        self._ledger = ledger

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            sys.stdout.write(json.dumps({"url": f"http://{shown}:{port}", "ledger": self._ledger}) + "\n")
            sys.stdout.flush()


def _stop_after_stdin(server: uvicorn.Server) -> None:
    """A ledger started by a counter ends with it, however that ended: its end of the pipe closes."""
    while sys.stdin.buffer.read(4096):
        pass
    server.should_exit = True


def _end(_signal: int, _frame: object) -> None:
    raise SystemExit(0)
