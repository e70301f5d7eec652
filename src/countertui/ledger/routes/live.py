"""Records as they are made, and heads: an online terminal's word between batches."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from countertui.ledger.access import Access, open_to
from countertui.ledger.live import Said, hear_head, hear_records
from countertui.ledger.routes.parts import ENVELOPE, Name, Number, body_of
from countertui.ledger.service import Service
from countertui.sync.live import MAX_HEAD, MAX_LIVE


def add_to(api: FastAPI, service: Service) -> None:
    """Add this module's routes."""

    @api.post("/v1/terminals/{terminal}/epochs/{epoch}/records", responses={409: {}, 401: {}, 413: {}})
    @open_to(Access.STOPPED_TOO)
    async def post_records(terminal: Name, epoch: Number, request: Request) -> Response:
        data = await body_of(request, MAX_LIVE)
        return _response(
            await run_in_threadpool(hear_records, service.books, service.key, terminal, epoch, data, service.now())
        )

    @api.post("/v1/terminals/{terminal}/epochs/{epoch}/heads", responses={401: {}, 413: {}})
    @open_to(Access.STOPPED_TOO)
    async def post_head(terminal: Name, epoch: Number, request: Request) -> Response:
        data = await body_of(request, MAX_HEAD)
        return _response(
            await run_in_threadpool(hear_head, service.books, service.key, terminal, epoch, data, service.now())
        )


def _response(said: Said) -> Response:
    return Response(said.body, said.status, media_type=ENVELOPE if said.status in (200, 409) else "application/json")
