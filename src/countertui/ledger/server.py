"""The ledger over HTTP: batches in, acks and snapshots out. Off this machine by TLS only."""

from __future__ import annotations

import ipaddress
import json
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from countertui.errors import EnvironmentFault, UsageError
from countertui.ledger import logs, service_manager
from countertui.ledger.after_restore import RegisterWaitsError
from countertui.ledger.books import Books, open_books
from countertui.ledger.connections import hurried
from countertui.ledger.gate import Gate
from countertui.ledger.keys import open_secrets
from countertui.ledger.meters import Meters
from countertui.ledger.openapi import describe
from countertui.ledger.own_rotation import require_in_force
from countertui.ledger.publish import publish_anew
from countertui.ledger.rates import Rates
from countertui.ledger.routes import (
    batches,
    certificates,
    claims,
    desk,
    enrolments,
    health,
    live,
    log,
    office,
    personal,
    receipt,
    registry,
    snapshots,
)
from countertui.ledger.service import Now, Service
from countertui.ledger.settings import LedgerSettings
from countertui.ledger.tls import read_pin, server_context
from countertui.sync.keyslots import Secrets

_LAST_REQUESTS_S = 30
_MOST_AT_ONCE = 500
_MOST_KEPT_ALIVE_S = 75
_FIRST_REQUEST_S = 20
_MOST_SILENT = 50
"""Connections of one network that never asked anything: a tenth of all."""


class HostRefusedError(UsageError):
    """Off this machine the ledger is served by TLS only, and at an address, not a name."""


class TokenUnreadableError(EnvironmentFault):
    """The file with the token for /metrics can't be read, or the token is too short."""


def app(
    books: Books,
    secrets: Secrets,
    now: Now,
    settings: LedgerSettings | None = None,
    *,
    metrics_token: str | None = None,
) -> FastAPI:
    """The ledger as an ASGI app. `now` gives the time, ISO 8601 UTC with zone."""
    api = FastAPI(title="CounterTUI ledger", version=version("countertui"), docs_url=None, redoc_url=None)

    settings = settings or LedgerSettings()
    service = Service(books, secrets, now)
    meters = Meters(service, settings.silent_after_hours)
    for routes in (
        *(batches, personal, live, snapshots, claims, log, registry, enrolments, receipt, certificates),
        office,
    ):
        routes.add_to(api, service)
    health.add_to(api, service, settings, meters)
    desk.add_to(api, service, settings)
    api.add_exception_handler(RegisterWaitsError, _not_now)
    describe(api)
    api.add_middleware(
        Gate,
        routes=api.routes,
        service=service,
        rates=Rates(settings),
        meters=meters,
        metrics_token=metrics_token,
    )
    return api


def serve(
    folder: Path,
    passphrase: str,
    now: Now,
    settings: LedgerSettings | None = None,
    *,
    host: str | None = None,
    until_stdin_closes: bool = False,
    listening: Callable[[str], None] = lambda _url: None,
) -> None:
    """Serve the ledger in `folder` (DIR/ledger) until SIGTERM or SIGINT, or until standard input closes.

    Prints one line of JSON first, {"url", "ledger", "pin"}, once it listens, and tells `listening` the url; the log
    goes to standard error. What is under way when it is told to stop is finished, for half a minute. Raises
    HostRefusedError for an address off this machine without TLS, CertificateUnusableError, TokenUnreadableError,
    BooksUnusableError, WrongPassphraseError, KeyFileDamagedError.
    """
    settings = settings or LedgerSettings()
    host = host or settings.host
    tls = _certificate(folder, settings)
    _require_guarded(host, tls is not None)
    token = _token(folder, settings)
    secrets = open_secrets(folder, passphrase)
    books = open_books(folder)
    try:
        require_in_force(books, secrets)
        logs.set_up(quiet=until_stdin_closes)
        publish_anew(books, secrets.terminal_key, now())
        config = uvicorn.Config(
            app(books, secrets, now, settings, metrics_token=token),
            host=host,
            port=settings.port,
            log_config=None,
            access_log=False,
            lifespan="off",
            proxy_headers=False,
            server_header=False,
            http=hurried(_FIRST_REQUEST_S, _MOST_KEPT_ALIVE_S + _FIRST_REQUEST_S, _MOST_SILENT),
            limit_concurrency=_MOST_AT_ONCE,
            timeout_keep_alive=_MOST_KEPT_ALIVE_S,
            timeout_graceful_shutdown=_LAST_REQUESTS_S,
        )
        config.load()
        pin = ""
        if tls is not None:
            config.ssl = server_context(*tls)
            pin = read_pin(tls[0])
        server = _Server(config, books.ledger, pin, listening)
        if until_stdin_closes:
            threading.Thread(target=partial(_stop_after_stdin, server), daemon=True).start()
        # uvicorn stops gracefully on the signal, then raises it again: that must not look like a crash.
        signal.signal(signal.SIGTERM, _end)
        server.run()
    finally:
        books.close()


def _not_now(_request: Request, fault: Exception) -> JSONResponse:
    """What a terminal says that would change the register of a ledger just restored comes again by itself."""
    told = str(fault)
    return JSONResponse({"reason": told, "detail": told}, 503, {"retry-after": "60"})


def _certificate(folder: Path, settings: LedgerSettings) -> tuple[Path, Path] | None:
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise UsageError("A certificate needs its key, and a key its certificate.", "", "Name both, or neither.")
    if settings.tls_cert is None or settings.tls_key is None:
        return None
    return folder / settings.tls_cert, folder / settings.tls_key


def _require_guarded(host: str, tls: bool) -> None:  # noqa: FBT001 - one caller, beside it
    try:
        here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        raise HostRefusedError(f"{host} is no address.", "", "Name an address, like 127.0.0.1 or 0.0.0.0.") from None
    if not here and not tls:
        raise HostRefusedError(
            f"The ledger does not serve on {host} without TLS.",
            "It was not started.",
            "Name a certificate with --tls-cert and --tls-key, or have one made: --make-certificate NAME.",
        )


def _token(folder: Path, settings: LedgerSettings) -> str | None:
    if settings.metrics_token_file is None:
        return None
    try:
        token = (folder / settings.metrics_token_file).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise TokenUnreadableError("The file with the token for /metrics can't be read.") from fault
    if len(token) < 20:
        raise TokenUnreadableError("The token for /metrics has less than 20 characters.", "", "Make a longer one.")
    return token


class _Server(uvicorn.Server):
    """uvicorn's server, which says where it listens as soon as it does."""

    def __init__(self, config: uvicorn.Config, ledger: str, pin: str, listening: Callable[[str], None]) -> None:
        super().__init__(config)
        self._ledger, self._pin, self._listening = ledger, pin, listening

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            url = f"{'https' if self._pin else 'http'}://{shown}:{port}"
            self._listening(url)
            service_manager.tell(service_manager.READY)
            said = {"url": url, "ledger": self._ledger}
            sys.stdout.write(json.dumps(said | ({"pin": self._pin} if self._pin else {})) + "\n")
            sys.stdout.flush()

    async def shutdown(self, sockets: Any = None) -> None:
        service_manager.tell(service_manager.STOPPING)
        await super().shutdown(sockets)


def _stop_after_stdin(server: uvicorn.Server) -> None:
    """A ledger started by a counter ends with it, however that ended: its end of the pipe closes."""
    while sys.stdin.buffer.read(4096):
        pass
    server.should_exit = True


def _end(_signal: int, _frame: object) -> None:
    raise SystemExit(0)
