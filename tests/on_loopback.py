"""A ledger's service in a thread of the test, on a free port of the loopback address."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI


class _Server(uvicorn.Server):
    """Says when it listens, so that nobody has to look again and again."""

    up: threading.Event

    async def startup(self, sockets: object = None) -> None:
        await super().startup(None)
        self.up.set()


@contextmanager
def served(api: FastAPI) -> Iterator[str]:
    """The address at which it answers, until the test is done."""
    server = _Server(uvicorn.Config(api, port=0, log_level="error", lifespan="off", access_log=False))
    server.up = threading.Event()
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert server.up.wait(30)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
