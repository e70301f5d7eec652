"""The register of keys: its entries as they were signed, one a line; out, and in what a restored ledger lost of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from countertui.ledger.access import Access, open_to
from countertui.ledger.after_restore import asked_for_register
from countertui.ledger.answers import GAP, MALFORMED
from countertui.ledger.given_back import Verdict, take_back
from countertui.ledger.registry import entries_after
from countertui.ledger.routes.parts import NDJSON, body_of
from countertui.ledger.service import Service
from countertui.sync.request_auth import read_authorization
from countertui.sync.transport import MAX_GIVEN_BACK

_STATUS = {Verdict.TAKEN: 200, Verdict.SAME: 200, Verdict.GAP: GAP, Verdict.FORK: GAP, Verdict.REFUSED: MALFORMED}


def add_to(api: FastAPI, service: Service) -> None:
    """Add this module's routes."""

    @api.get("/v1/registry")
    @open_to(Access.STOPPED_TOO)
    def get_registry(request: Request, after: Annotated[int, Query(ge=0, lt=2**53)] = 0) -> Response:
        asked = read_authorization(request.headers["authorization"])
        asked_for_register(service.books, asked.terminal, asked.epoch, after)
        with service.books.reading() as connection:
            entries = entries_after(connection, after)
        return Response(b"".join(entry + b"\n" for entry in entries), media_type=NDJSON)

    # Open to all: what a ledger lost may be the very key of the terminal that brings it, and each entry proves itself.
    @api.put("/v1/registry/lost")
    @open_to(Access.PUBLIC)
    async def put_lost(request: Request) -> Response:
        entries = (await body_of(request, MAX_GIVEN_BACK)).splitlines()
        public_key = service.key.public_key().public_bytes_raw()
        found = await run_in_threadpool(take_back, service.books, public_key, entries, service.now())
        said = {"verdict": found.verdict.value, "taken": found.taken, "have_no": found.have_no, "reason": found.reason}
        return JSONResponse(said, _STATUS[found.verdict])
