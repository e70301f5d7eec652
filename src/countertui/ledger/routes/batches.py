"""Sealed batches in, signed acks out."""

from __future__ import annotations

from fastapi import FastAPI, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool

from countertui.ledger.access import Access, open_to
from countertui.ledger.ingest import ingest, newest_ack
from countertui.ledger.routes.parts import ENVELOPE, Name, Number, body_of
from countertui.ledger.service import Service
from countertui.sync.batch import MAX_ENVELOPE


def add_to(api: FastAPI, service: Service) -> None:
    """Add this module's routes."""

    @api.put("/v1/terminals/{terminal}/epochs/{epoch}/batches/{no}")
    @open_to(Access.STOPPED_TOO)
    async def put_batch(terminal: Name, epoch: Number, no: Number, request: Request) -> Response:
        envelope = await body_of(request, MAX_ENVELOPE)
        answer = await run_in_threadpool(
            ingest, service.books, service.key, envelope, terminal, epoch, no, service.now()
        )
        kind = ENVELOPE if answer.status < 300 else "application/json"
        return Response(answer.body, answer.status, media_type=kind)

    @api.get("/v1/terminals/{terminal}/epochs/{epoch}/batches/{no}")
    @open_to(Access.STOPPED_TOO)
    def get_ack(terminal: Name, epoch: Number, no: Number) -> Response:
        ack = newest_ack(service.books, service.key, terminal, epoch, no)
        if ack is None:
            raise HTTPException(404, "That batch is not here.")
        return Response(ack, media_type=ENVELOPE)
