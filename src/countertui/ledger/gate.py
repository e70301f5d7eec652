"""What every request passes before a route sees it: how often, who, and what of it is logged and counted."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import time
from contextlib import suppress
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qs

import structlog
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from countertui.ledger.access import Access, access_of
from countertui.ledger.callers import Caller, KeysInForce, Nonces, identify, share_in
from countertui.ledger.logs import where
from countertui.ledger.meters import Meters
from countertui.ledger.rates import Rates, network_of
from countertui.ledger.rejected import READ, Upload, keep_rejected
from countertui.ledger.service import Service
from countertui.ledger.under_way import UNREAD, Sender, UnderWay, counted
from countertui.sync.request_auth import SCHEME, RequestRefusedError, SignedRequest, read_authorization

_STRANGER_S = 2.0
"""How long the ledger listens to who is no terminal."""
_LOG = structlog.get_logger("countertui.ledger")
_NO_ROUTE = "none"
_NAMES = ("terminal", "office")
_SNAPSHOTS = "GET /v1/snapshots/"


class TurnedAwayError(Exception):
    """An answer given instead of the route's. `why` is for the caller; it repeats nothing that came from there."""

    def __init__(self, status: int, why: str, headers: dict[str, str] | None = None) -> None:
        self.status, self.why, self.headers = status, why, headers
        super().__init__(why)


class Gate:
    """ASGI middleware around the ledger's routes."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        routes: list[BaseRoute],
        service: Service,
        rates: Rates,
        meters: Meters,
        metrics_token: str | None,
    ) -> None:
        self._app, self._routes, self._service, self._rates = app, routes, service, rates
        self._meters, self._metrics_token = meters, metrics_token
        self._nonces, self._keys = Nonces(), KeysInForce(service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.monotonic()
        request = self._met(scope)
        sender = Sender(request, send)
        try:
            await self._admit(scope, receive, request)
            await self._app(scope, counted(request, receive, scope["method"]), sender)
        except TurnedAwayError as refusal:
            await _refuse(scope, receive, sender, refusal)
        except Exception as fault:  # whatever it is, its text stays here: it may hold what a person typed
            _LOG.error("fault", request=request.id, route=request.route, **where(fault))
            if not request.status:
                told = f"The ledger has a fault of its own; its log says more under {request.id}."
                await _refuse(scope, receive, sender, TurnedAwayError(500, told))
        finally:
            self._told(request, time.monotonic() - begun)

    def _met(self, scope: Scope) -> UnderWay:
        peer = scope.get("client")
        request = UnderWay(token_hex(8), _NO_ROUTE, Access.PUBLIC, {}, peer[0] if peer else "")
        for route in self._routes:
            match, child = route.matches(scope)
            if match is Match.FULL:
                request.route = f"{scope['method']} {getattr(route, 'path', '')}"
                request.access = access_of(child.get("endpoint"))
                request.path = child.get("path_params", {})
                break
        return request

    async def _admit(self, scope: Scope, receive: Receive, request: UnderWay) -> None:
        """Raises TurnedAwayError for a request that no route is to see."""
        header = _header(scope, b"authorization")
        if request.access is Access.OPERATIONS:
            self._require_operations(header, request)
        elif request.access in (Access.PUBLIC, Access.ENROLMENT):
            _require_patience(self._rates.wait_for_address(request.address, request.access))
        else:
            await self._require_terminal(scope, receive, header, request)

    async def _require_terminal(self, scope: Scope, receive: Receive, header: str, request: UnderWay) -> None:
        method, target = scope["method"], _target(scope)
        try:
            signed = read_authorization(header)
            await self._require_rest(signed, method, target, request)
            caller = await run_in_threadpool(identify, self._service, signed, method, target)
        except RequestRefusedError as fault:
            _require_patience(self._rates.wait_for_address(request.address, request.access))
            if method not in UNREAD:
                await self._keep_rejected(scope, receive, request)
            raise TurnedAwayError(401, fault.happened, {"www-authenticate": SCHEME}) from None
        request.caller = caller
        _require_patience(self._rates.wait_for_terminal(caller.terminal))
        if caller.state not in ("active", "frozen", "revoked"):
            raise TurnedAwayError(403, "That is no terminal.")
        if request.access is Access.TERMINAL and caller.state != "active":
            raise TurnedAwayError(403, f"This terminal is {caller.state}.")
        asked = _asked(scope)
        if not _is_its_own(caller, {**asked, **request.path}) or not await self._is_its_share(caller, request, asked):
            raise TurnedAwayError(403, "That is another terminal's.")
        if method == "POST" and not self._nonces.is_new(caller.terminal, caller.nonce):
            raise TurnedAwayError(409, "That request was made before.")

    async def _require_rest(self, signed: SignedRequest, method: str, target: str, request: UnderWay) -> None:
        """Who asked too often is refused before the books are looked into, whomever a stranger says to be."""
        _require_patience(self._rates.rest_of_terminal(signed.terminal))
        wait_s = self._rates.rest_of_address(request.address, request.access)
        if wait_s and not await run_in_threadpool(self._keys.signed, signed, method, target):
            _require_patience(wait_s)

    async def _keep_rejected(self, scope: Scope, receive: Receive, request: UnderWay) -> None:
        """Count a stranger's upload and keep a little of it; it waits for no more of the body than comes at once."""
        data, more = b"", True
        with suppress(TimeoutError):
            async with asyncio.timeout(_STRANGER_S):
                while more and len(data) < READ:
                    message = await receive()
                    data += message.get("body", b"")[: READ - len(data)]
                    more = message["type"] == "http.request" and message.get("more_body", False)
        announced = _header(scope, b"content-length")[:16]
        size = int(announced) if announced.isascii() and announced.isdigit() else len(data)
        request.bytes_in += len(data)
        self._meters.count_rejected()
        upload = Upload(network_of(request.address), request.route, max(size, len(data)), data)
        await run_in_threadpool(keep_rejected, self._service.books, upload, self._service.now())

    async def _is_its_share(self, caller: Caller, request: UnderWay, asked: dict[str, Any]) -> bool:
        """Whether, of snapshots, it asks for what its office is given: personal data of others is in the rest."""
        if not request.route.startswith(_SNAPSHOTS):
            return True
        version = str(request.path.get("snapshot", ""))
        if not (version.isascii() and version.isdigit() and len(version) <= 16):
            return "terminal" in asked or not caller.share
        allowed = await run_in_threadpool(share_in, self._service, caller, int(version))
        return bool(asked.get("office", "") == allowed)

    def _require_operations(self, header: str, request: UnderWay) -> None:
        if self._metrics_token is None:
            if not _is_loopback(request.address):
                raise TurnedAwayError(403, "This is told on the ledger's own machine only.")
        elif not hmac.compare_digest(header.encode(), f"Bearer {self._metrics_token}".encode()):
            _require_patience(self._rates.wait_for_address(request.address, request.access))
            raise TurnedAwayError(401, "This is told to who has the token.", {"www-authenticate": "Bearer"})

    def _told(self, request: UnderWay, seconds: float) -> None:
        self._meters.count(request.route, request.status, seconds, request.bytes_in, request.bytes_out)
        said: dict[str, Any] = {
            "request": request.id,
            "route": request.route,
            "status": request.status,
            "ms": round(seconds * 1000),
            "bytes_in": request.bytes_in,
            "bytes_out": request.bytes_out,
        }
        if request.caller is not None:
            said |= {"terminal": request.caller.terminal, "skew_ms": request.caller.skew_ms}
        elif request.status in (401, 403, 429):
            said["address"] = request.address  # who tries doors; of those who only look, none is kept
        if request.status >= 500:
            _LOG.error("request", **said)
        elif request.status in (401, 403, 429):
            _LOG.warning("request", **said)
        elif "/health" not in request.route:
            _LOG.info("request", **said)


async def _refuse(scope: Scope, receive: Receive, send: Send, refusal: TurnedAwayError) -> None:
    said = {"reason": refusal.why, "detail": refusal.why}
    # A connection kept for the next request is for those who are let in.
    closed = {"connection": "close"} if refusal.status in (401, 429) else {}
    await JSONResponse(said, refusal.status, {**(refusal.headers or {}), **closed})(scope, receive, send)


def _require_patience(wait_s: int) -> None:
    if wait_s:
        raise TurnedAwayError(429, f"Asked too often; again in {wait_s} s.", {"retry-after": str(wait_s)})


def _is_its_own(caller: Caller, named: dict[str, Any]) -> bool:
    """Whether an address names nobody else's terminal, and no epoch to come.

    Of earlier epochs a restored terminal still hands in what was signed in them.
    """
    if named.get("terminal", caller.terminal) != caller.terminal:
        return False
    epoch = str(named.get("epoch", caller.epoch))
    # What is no epoch at all is for the route to say.
    return not (epoch.isascii() and epoch.isdigit() and len(epoch) <= 16) or int(epoch) <= caller.epoch


def _asked(scope: Scope) -> dict[str, Any]:
    """Terminal and office in the query; named twice, they are nobody's."""
    # Empty ones too: a route is given the last, and an empty office is the whole city's.
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    return {name: values[0] if len(values) == 1 else None for name, values in query.items() if name in _NAMES}


def _target(scope: Scope) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope.get("query_string", b"")
    return (raw + b"?" + query if query else raw).decode("latin-1")


def _header(scope: Scope, name: bytes) -> str:
    found = [value for key, value in scope["headers"] if key.lower() == name]
    return found[0].decode("latin-1") if len(found) == 1 else ""


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
