"""Side parts in: personal values of batches that are in custody."""

from __future__ import annotations

from fastapi import FastAPI, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool

from countertui.ledger.access import Access, open_to
from countertui.ledger.personal import ElsewhereError, NotInCustodyError, take_part
from countertui.ledger.routes.parts import Name, Number, body_of
from countertui.ledger.service import Service
from countertui.machine import random_bytes
from countertui.sync.personal_part import MAX_PART, MalformedPartError, kept_answer
from countertui.sync.vault import Vault


def add_to(api: FastAPI, service: Service) -> None:
    """Add this module's routes."""
    vault = Vault(service.secrets.field_key, service.books.ledger, random_bytes)

    @api.put("/v1/terminals/{terminal}/epochs/{epoch}/batches/{no}/personal")
    @open_to(Access.STOPPED_TOO)
    async def put_personal(terminal: Name, epoch: Number, no: Number, request: Request) -> Response:
        data = await body_of(request, MAX_PART)
        try:
            kept = await run_in_threadpool(take_part, service.books, vault, data, terminal, epoch, no, service.now())
        except NotInCustodyError:
            raise HTTPException(409, "The batch that it belongs to is not here yet.") from None
        except ElsewhereError:
            raise HTTPException(422, "It is another batch's side part.") from None
        except MalformedPartError as fault:
            raise HTTPException(422, fault.happened) from None
        return Response(kept_answer(kept), 200, media_type="application/json")
