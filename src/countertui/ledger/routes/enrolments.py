"""Terminals asking to be put on the register. Open to anybody who can reach the ledger: a code decides."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from countertui.errors import CounterError
from countertui.ledger.access import Access, open_to
from countertui.ledger.enrolment import admission_of, invitation_for, take_request
from countertui.ledger.routes.parts import NDJSON, Name, body_of
from countertui.ledger.service import Service
from countertui.sync.transport import MAX_REQUEST


def add_to(api: FastAPI, service: Service) -> None:
    """Add this module's routes."""

    @api.get("/v1/enrolments/{terminal}")
    @open_to(Access.ENROLMENT)
    def get_invitation(terminal: Name) -> dict[str, Any]:
        with service.books.reading() as connection:
            invitation = invitation_for(connection, service.books.ledger, terminal, service.now())
        if invitation is None:
            raise HTTPException(404, "No code that counts was given out for that terminal.")
        return invitation.model_dump()

    @api.put("/v1/enrolments/{terminal}/request")
    @open_to(Access.ENROLMENT)
    async def put_request(terminal: Name, request: Request) -> Response:
        data = await body_of(request, MAX_REQUEST)
        try:
            fingerprint = await run_in_threadpool(take_request, service.books, terminal, data, service.now())
        except CounterError as refused:
            return JSONResponse({"reason": refused.happened}, 403)
        return JSONResponse({"fingerprint": fingerprint}, 202)

    @api.get("/v1/enrolments/{terminal}/admission")
    @open_to(Access.ENROLMENT)
    def get_admission(terminal: Name) -> Response:
        with service.books.reading() as connection:
            admission = admission_of(connection, terminal, service.key)
        if admission is None:
            raise HTTPException(404, "Nobody admitted that terminal yet.")
        return Response(admission, media_type=NDJSON)
