"""Connections that ask nothing: they end by themselves, and one network has only so many of them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from countertui.ledger import connections
from countertui.ledger.connections import hurried

ASK = b"GET / HTTP/1.1\r\nHost: ledger\r\n\r\n"
Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def answered(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def listening(first_s: float = 5, next_s: float = 5, most_silent: int = 9) -> AsyncIterator[list[Pair]]:
    """Seven connections, one after another."""
    config = uvicorn.Config(answered, http=hurried(first_s, next_s, most_silent), log_config=None, lifespan="off")
    config.load()
    state = ServerState()

    def made() -> asyncio.Protocol:
        return config.http_protocol_class(config=config, server_state=state, app_state={})  # type: ignore[call-arg]

    async with await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        pairs = [await asyncio.open_connection("127.0.0.1", port) for _ in range(7)]
        try:
            yield pairs
        finally:
            for _, writer in pairs:
                writer.transport.abort()


async def ended(pair: Pair) -> bool:
    try:
        return await pair[0].read(100) == b""
    except ConnectionError:
        return True


async def test_who_never_asks_is_let_go() -> None:
    async with listening(first_s=0.05) as pairs, asyncio.timeout(4):
        pairs[0][1].write(ASK[:-4])
        assert await ended(pairs[0])
        assert await ended(pairs[1])


async def test_who_asked_and_then_sends_drop_by_drop_is_let_go() -> None:
    async with listening(next_s=0.2) as pairs, asyncio.timeout(4):
        reader, writer = pairs[0]
        writer.write(ASK)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")
        for sign in ASK[:3]:
            writer.write(bytes((sign,)))
            await asyncio.sleep(0.01)
        assert await ended(pairs[0])


async def test_one_network_has_only_so_many_silent_ones_and_who_asked_is_none() -> None:
    async with listening(most_silent=5) as pairs, asyncio.timeout(4):
        assert await ended(pairs[0])
        assert await ended(pairs[1])
        for reader, writer in pairs[2:]:
            writer.write(ASK)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")
        more = await asyncio.open_connection(*pairs[2][1].get_extra_info("peername"))
        for reader, writer in (more, *pairs[2:]):
            writer.write(ASK)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")
        more[1].transport.abort()


async def test_one_site_has_only_so_many_silent_ones_over_all_its_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    met = itertools.count()
    monkeypatch.setattr(connections, "networks_of", lambda _: (f"2001:db8:0:{next(met)}::/64", "2001:db8::/48"))
    async with listening(most_silent=1) as pairs, asyncio.timeout(4):
        assert all([await ended(pair) for pair in pairs[:3]])
        for reader, writer in pairs[3:]:
            writer.write(ASK)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")
