"""The ledger's desk: people at terminals look in and act, each with their own credential beside the terminal's key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from countertui.domain.refusal import Refused
from countertui.errors import CounterError
from countertui.ledger.access import Access, open_to
from countertui.ledger.after_restore import RegisterWaitsError
from countertui.ledger.desk_calls import Caller
from countertui.ledger.desk_http import Desk, NotThePersonError, UnknownCallError
from countertui.ledger.desk_sessions import SessionOverError
from countertui.ledger.routes.parts import Name, body_of
from countertui.ledger.service import Service
from countertui.ledger.settings import LedgerSettings
from countertui.sync.desk_wire import (
    MAX_ASKED,
    ActAsked,
    MalformedDeskError,
    NumberAsked,
    ReadAsked,
    SignInAsked,
    SignOutAsked,
    asked_as,
)
from countertui.sync.faults import SealingError
from countertui.sync.request_auth import read_authorization

_Answer = Callable[[], Mapping[str, Any]]


def add_to(api: FastAPI, service: Service, settings: LedgerSettings) -> None:
    """Add this module's routes."""
    desk = Desk(service, settings.desk_idle_minutes)

    @api.post("/v1/desk/number")
    @open_to(Access.TERMINAL)
    async def number(request: Request) -> JSONResponse:
        data = await body_of(request, MAX_ASKED)
        return await _answered(lambda: desk.number(_caller(request), asked_as(NumberAsked, data)))

    @api.post("/v1/desk/sign-in")
    @open_to(Access.TERMINAL)
    async def sign_in(request: Request) -> JSONResponse:
        data = await body_of(request, MAX_ASKED)
        return await _answered(lambda: desk.sign_in(_caller(request), asked_as(SignInAsked, data)))

    @api.post("/v1/desk/sign-out")
    @open_to(Access.TERMINAL)
    async def sign_out(request: Request) -> JSONResponse:
        data = await body_of(request, MAX_ASKED)
        return await _answered(lambda: desk.sign_out(_caller(request), asked_as(SignOutAsked, data).token))

    @api.post("/v1/desk/reads/{name}")
    @open_to(Access.TERMINAL)
    async def read(name: Name, request: Request) -> JSONResponse:
        data = await body_of(request, MAX_ASKED)
        return await _answered(lambda: desk.read(_caller(request), name, asked_as(ReadAsked, data)))

    @api.post("/v1/desk/acts/{name}")
    @open_to(Access.TERMINAL)
    async def act(name: Name, request: Request) -> JSONResponse:
        data = await body_of(request, MAX_ASKED)
        return await _answered(lambda: desk.act(_caller(request), name, asked_as(ActAsked, data)))


def _caller(request: Request) -> Caller:
    """The terminal whose signature the gate verified."""
    signed = read_authorization(request.headers["authorization"])
    return Caller(signed.terminal, signed.epoch)


async def _answered(answer: _Answer) -> JSONResponse:
    return await run_in_threadpool(partial(_said, answer))


def _said(answer: _Answer) -> JSONResponse:
    """What was answered, or what was refused in the words that a person reads."""
    try:
        return JSONResponse(dict(answer()))
    except RegisterWaitsError:
        raise
    except (CounterError, Refused) as fault:
        said = {"reason": fault.happened, "safe": fault.safe, "press": fault.press, "kind": _kind(fault)}
        if isinstance(fault, NotThePersonError):
            said["whose"] = fault.whose
        return JSONResponse(said, _STATUS.get(type(fault), 403))


_STATUS: Mapping[type[Exception], int] = {UnknownCallError: 404, MalformedDeskError: 422, SealingError: 422}


def _kind(fault: Exception) -> str:
    if isinstance(fault, NotThePersonError):
        return fault.kind
    return "session" if isinstance(fault, SessionOverError) else "refused"
