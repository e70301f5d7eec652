"""What a terminal asks of its own office: its drawers as the ledger has them, and to have one kept for it."""

from __future__ import annotations

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from countertui.ledger.access import Access, open_to
from countertui.ledger.office_said import office_answer
from countertui.ledger.reserving import TakenElsewhereError, reserve
from countertui.ledger.routes.parts import ENVELOPE, Name, Number, body_of
from countertui.ledger.service import Service
from countertui.sync.reservation import MAX_ASKED, MalformedReservationError, read_asked


def add_to(api: FastAPI, service: Service) -> None:
    """Add this module's routes."""

    @api.get("/v1/terminals/{terminal}/epochs/{epoch}/office", responses={404: {}})
    @open_to(Access.TERMINAL)
    def get_office(terminal: Name, epoch: Number) -> Response:
        answer = office_answer(service.books, service.key, terminal, epoch, service.now())
        if answer is None:
            raise HTTPException(404, "That terminal is not on the register.")
        return Response(answer, media_type=ENVELOPE)

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
