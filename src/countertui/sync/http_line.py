"""HTTP/1.1 to one address, on the standard library's client: requests out, answers in piece by piece.

A library of its own for this holds more memory at rest than all of the counter's jobs together, and a counter lies at
rest all day (docs/architecture.md). What such a library does is done here: a deadline on every wait on the network,
connections kept for the next request, bodies that were cut short told from whole ones, the environment's proxy.
"""

from __future__ import annotations

import http.client
import os
import re
import select
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import quote, unquote, urlsplit

from countertui.sync.timely_response import TimelyResponse

_PIECE = 1024 * 1024
_SENT_AT_ONCE = 4096
"""Bytes handed to the network within one deadline: a slow line must be able to take them."""
_KEPT_S = 5.0
"""How long a connection is kept for the next request."""
_OF_A_PATH = "/%:@!$&'()*+,;=~"
"""What stands in an address's path as it is; the rest is written in percent (RFC 3986)."""
_LENGTH = re.compile(r"[0-9]{1,18}")


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
        # Named always: without a port, the library looks for one behind the last colon of an IPv6 address.
        usual = http.client.HTTP_PORT if trust is None else http.client.HTTPS_PORT
        self._host, self._port = parts.hostname or "", parts.port or usual
        self._prefix = quote(parts.path, safe=_OF_A_PATH)
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
            with closing(response):
                _require_one_reading(response)
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
        while (kept := self._taken()) is not None:
            kept[1].close()

    def _taken(self) -> tuple[float, HTTPConnection] | None:
        try:
            return self._kept.pop()
        except IndexError:  # asked before, another thread might take the last one in between
            return None

    def _connection(self) -> HTTPConnection:
        while (kept := self._taken()) is not None:
            at_s, connection = kept
            if time.monotonic() - at_s < _KEPT_S and _is_quiet(connection):
                return connection
            connection.close()
        with _faults(NoConnectionError):
            made = self._made()
            made.response_class = TimelyResponse
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
        host, port = self._host, self._port
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


def _require_one_reading(response: HTTPResponse) -> None:
    """Raise BrokenOffError for an answer that two readers could end in two places: the rest of it, or the answer
    behind an interim one, would be taken for the next request's (RFC 9112, sections 6.1 to 6.3).
    """
    head = response.headers
    lengths, codings = head.get_all("Content-Length", []), head.get_all("Transfer-Encoding", [])
    if response.status < http.client.OK or head.defects:
        raise BrokenOffError("the answer's head is no answer's")
    if codings and (lengths or [coding.lower() for coding in codings] != ["chunked"]):
        raise BrokenOffError("the answer says in two ways where it ends")
    if not codings and not (len(lengths) < 2 and all(_LENGTH.fullmatch(length) for length in lengths)):
        raise BrokenOffError("the answer's length is no number")


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


def _is_quiet(connection: HTTPConnection) -> bool:
    """Whether nothing came over a connection that nothing was asked over: neither its end nor what answers nothing."""
    line = connection.sock
    if line is None or (isinstance(line, ssl.SSLSocket) and line.pending()):
        return False
    poll = select.poll()
    poll.register(line, select.POLLIN)
    return not poll.poll(0)


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
