"""The ledger over HTTP, on this machine only: batches in, acks and snapshots out."""

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
from typing import Annotated, Any

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse
from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool

from countertui.errors import UsageError
from countertui.ledger import tables
from countertui.ledger.books import Books, open_books
from countertui.ledger.ingest import TOO_LARGE, ingest
from countertui.ledger.keys import open_key
from countertui.ledger.publish import latest_manifest, table_file
from countertui.sync.batch import MAX_ENVELOPE

ENVELOPE = "application/vnd.dsse.envelope+json"
NDJSON = "application/x-ndjson"
Now = Callable[[], str]

_LAST_REQUESTS_S = 30
_Number = Annotated[int, PathParameter(ge=1, lt=2**53)]
_Name = Annotated[str, PathParameter(min_length=1, max_length=64, pattern=r"^[^\x00/]+$")]


class HostRefusedError(UsageError):
    """The ledger speaks plain HTTP, so it serves this machine only."""


def app(books: Books, key: Ed25519PrivateKey, now: Now) -> FastAPI:
    """The ledger as an ASGI app. `now` gives the time, ISO 8601 UTC with zone."""
    program = version("countertui")
    api = FastAPI(title="CounterTUI ledger", version=program, docs_url=None, redoc_url=None)

    @api.put("/v1/terminals/{terminal}/epochs/{epoch}/batches/{no}")
    async def put_batch(terminal: _Name, epoch: _Number, no: _Number, request: Request) -> Response:
        envelope = await _body(request)
        answer = await run_in_threadpool(ingest, books, key, envelope, terminal, epoch, no, now())
        kind = ENVELOPE if answer.status < 300 else "application/json"
        return Response(answer.body, answer.status, media_type=kind)

    @api.get("/v1/snapshots/latest")
    def get_manifest() -> Response:
        manifest = latest_manifest(books)
        if manifest is None:
            raise HTTPException(404, "Nothing was published yet.")
        return Response(manifest, media_type=ENVELOPE)

    @api.get("/v1/snapshots/{snapshot}/tables/{name}")
    def get_table(snapshot: _Number, name: _Name) -> Response:
        path = table_file(books, snapshot, name)
        if path is None:
            raise HTTPException(404, "There is no such table of that snapshot.")
        return FileResponse(path, media_type=NDJSON)

    @api.get("/v1/health")
    def get_health() -> dict[str, Any]:
        with books.reading() as connection:
            snapshot = connection.execute(select(func.max(tables.snapshot.c.version))).scalar()
            batches = connection.execute(select(func.count()).select_from(tables.batch)).scalar()
        return {"ledger": books.ledger, "version": program, "snapshot": snapshot, "batches": batches}

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
    key = open_key(folder, passphrase)
    books = open_books(folder)
    try:
        config = uvicorn.Config(
            app(books, key, now),
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


async def _body(request: Request) -> bytes:
    """The request's body, counted while it comes: nothing larger than a batch is ever held in memory."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_ENVELOPE:
            raise HTTPException(TOO_LARGE, f"A batch has at most {MAX_ENVELOPE:,} bytes.")
        parts.append(part)
    return b"".join(parts)
