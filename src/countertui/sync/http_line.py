"""HTTP/1.1 to one address, on the standard library's client: requests out, answers in piece by piece.

A library of its own for this holds more memory at rest than all of the counter's jobs together, and a counter lies at
rest all day (docs/architecture.md). What such a library does is done here: a deadline on every wait on the network,
connections kept for the next request, bodies that were cut short told from whole ones, the environment's proxy.
"""

from __future__ import annotations

import http.client
import os
import select
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import unquote, urlsplit

_PIECE = 1024 * 1024
_SENT_AT_ONCE = 4096
"""Bytes handed to the network within one deadline: a slow line must be able to take them."""
_KEPT_S = 5.0
"""How long a connection is kept for the next request."""


class HttpError(Exception):
    """A request got no answer, or not all of one. Its cause may name hosts and sockets; it says what a person reads."""


class NoConnectionError(HttpError):
    """Nobody could be reached at the address; nothing was sent."""


class TooLateError(HttpError):
    """A wait on the network took longer than it may."""


class BrokenOffError(HttpError):
    """The connection ended in the middle, or what came over it is no HTTP."""


class NotTrustedError(HttpError):
    """Whoever answered has a certificate that is not trusted; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status, its fields by name in small letters, and its body as it comes in, which is read once.

    Reading the body raises TooLateError and BrokenOffError.
    """

    status: int
    fields: Mapping[str, str]
    body: Iterator[bytes]


class HttpLine:
    """The way to `base_url`; `timeout_s` (seconds) is for each wait on the network.

    `trust` makes the TLS context once it is needed: at an https address, which may be behind the environment's proxy;
    without one nothing stands between this machine and itself. Several threads may ask at once.
    """

    def __init__(self, base_url: str, timeout_s: float, trust: Callable[[], ssl.SSLContext] | None) -> None:
        parts = urlsplit(base_url)
        self._host, self._port = parts.hostname or "", parts.port
        self._prefix = parts.path
        self._timeout_s = timeout_s
        self._trust = trust
        self._context: ssl.SSLContext | None = None
        self._kept: list[tuple[float, HTTPConnection]] = []

    @contextmanager
    def ask(self, method: str, target: str, fields: Mapping[str, str], body: bytes | None) -> Iterator[Answer]:
        """Make a request for `target` below the address; no redirection is followed.

        Raises NoConnectionError, TooLateError, BrokenOffError, NotTrustedError.
        """
        connection = self._connection()
        whole = False
        try:
            with _faults():
                response = _asked(connection, method, self._prefix + target, fields, body)
            said = {name.lower(): value for name, value in response.getheaders()}
            yield Answer(response.status, said, _pieces(response))
            whole = response.isclosed() and not response.will_close
        finally:
            if whole:
                self._kept.append((time.monotonic(), connection))
            else:
                connection.close()

    def close(self) -> None:
        """Close the connections that are kept."""
        while self._kept:
            self._kept.pop()[1].close()

    def _connection(self) -> HTTPConnection:
        while self._kept:
            at_s, kept = self._kept.pop()
            if time.monotonic() - at_s < _KEPT_S and not _has_ended(kept):
                return kept
            kept.close()
        with _faults(NoConnectionError):
            made = self._made()
            try:
                made.connect()
            except BaseException:
                made.close()
                raise
        return made

    def _made(self) -> HTTPConnection:
        if self._trust is None:
            return HTTPConnection(self._host, self._port, timeout=self._timeout_s)
        self._context = self._context or self._trust()
        host, port = self._host, self._port or http.client.HTTPS_PORT
        proxy = _proxy_to(host, port)
        if proxy is None:
            return HTTPSConnection(host, port, timeout=self._timeout_s, context=self._context)
        made = HTTPSConnection(proxy.host, proxy.port, timeout=self._timeout_s, context=self._context)
        made.set_tunnel(host, port, dict(proxy.fields))
        return made


@dataclass(frozen=True, slots=True)
class _Proxy:
    host: str
    port: int
    fields: Mapping[str, str]


def _proxy_to(host: str, port: int) -> _Proxy | None:
    """The proxy that the environment names for an https address, if it names one for this host."""
    if not any(name.lower() in {"https_proxy", "all_proxy"} for name in os.environ):
        return None
    from urllib.request import getproxies, proxy_bypass  # loaded where it is needed: few counters have a proxy

    named = getproxies()
    url = named.get("https") or named.get("all")
    if not url or proxy_bypass(f"{host}:{port}"):
        return None
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port_there = parts.port or http.client.HTTP_PORT
    except ValueError as fault:
        raise NoConnectionError("the proxy has no address") from fault
    if parts.scheme != "http" or not parts.hostname:
        raise NoConnectionError(f"a proxy of kind {parts.scheme}")
    return _Proxy(parts.hostname, port_there, _signed_in(parts.username, parts.password))


def _signed_in(name: str | None, password: str | None) -> Mapping[str, str]:
    if name is None:
        return {}
    from base64 import b64encode

    both = b64encode(f"{unquote(name)}:{unquote(password or '')}".encode()).decode()
    return {"Proxy-Authorization": f"Basic {both}"}


def _asked(
    connection: HTTPConnection, method: str, target: str, fields: Mapping[str, str], body: bytes | None
) -> HTTPResponse:
    connection.putrequest(method, target)
    for name, value in fields.items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders()
    try:
        whole = memoryview(body or b"")
        for at in range(0, len(whole), _SENT_AT_ONCE):
            connection.send(whole[at : at + _SENT_AT_ONCE])
    except (BrokenPipeError, ConnectionResetError):
        pass  # it may have said why, before it stopped listening
    return connection.getresponse()


def _pieces(response: HTTPResponse) -> Iterator[bytes]:
    """A body as it comes in. Whoever closes the connection before its end, or names no end, has not answered."""
    left = response.length
    if left is None and not response.chunked:
        raise BrokenOffError("the answer does not say where it ends")
    while True:
        with _faults():
            piece = response.read1(_PIECE)
            if not piece:
                if left:
                    raise http.client.IncompleteRead(b"", left)
                response.close()
                return
        if left is not None:
            left -= len(piece)
        yield piece


def _has_ended(connection: HTTPConnection) -> bool:
    """Whether the other side has closed a connection that nothing was asked over."""
    if connection.sock is None:
        return True
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return bool(poll.poll(0))


@contextmanager
def _faults(where: type[HttpError] = BrokenOffError) -> Iterator[None]:
    """What the standard library raises, as an HttpError."""
    try:
        yield
    except ssl.SSLCertVerificationError as fault:
        raise NotTrustedError(str(fault)) from fault
    except TimeoutError as fault:
        raise TooLateError(str(fault)) from fault
    except (OSError, HTTPException, UnicodeError) as fault:
        raise where(str(fault)) from fault
