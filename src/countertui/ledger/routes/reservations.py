"""Drawers, bags and sessions that terminals ask for before they use them."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from countertui.ledger.access import Access, open_to
from countertui.ledger.reserving import TakenElsewhereError, reserve
from countertui.ledger.routes.parts import Name, Number, body_of
from countertui.ledger.service import Service
from countertui.sync.reservation import MAX_ASKED, MalformedReservationError, read_asked


def add_to(api: FastAPI, service: Service) -> None:
    """Add this module's routes."""

    @api.post("/v1/terminals/{terminal}/epochs/{epoch}/reservations", responses={409: {}, 413: {}})
    @open_to(Access.TERMINAL)
    async def post_reservation(terminal: Name, epoch: Number, request: Request) -> JSONResponse:
        data = await body_of(request, MAX_ASKED)
        return await run_in_threadpool(_answered, service, terminal, epoch, data)


def _answered(service: Service, terminal: str, epoch: int, data: bytes) -> JSONResponse:
    try:
        reserve(service.books, terminal, epoch, read_asked(data), service.now())
    except MalformedReservationError as fault:
        return JSONResponse({"reason": fault.happened}, 422)
    except TakenElsewhereError as taken:
        return JSONResponse({"reason": taken.happened, "safe": taken.safe, "press": taken.press}, 409)
    return JSONResponse({"granted": True})
