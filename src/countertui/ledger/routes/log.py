"""The ledger's log for everybody: checkpoints, and proofs that they agree and hold what they should. No names in it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query
from fastapi.responses import PlainTextResponse

from countertui.ledger import tree
from countertui.ledger.access import Access, open_to
from countertui.ledger.claims import leaf_of, log_proof
from countertui.ledger.service import Service
from countertui.sync.notes import base64_hashes

_Size = Annotated[int, Query(ge=1, lt=2**53)]
_Name = Annotated[str, Query(min_length=1, max_length=64, pattern=r"^[^\x00/]+$")]
_OldSize = Annotated[int, Query(ge=1, lt=2**53, alias="from")]


def add_to(api: FastAPI, service: Service) -> None:
    """Add this module's routes."""

    @api.get("/v1/log/checkpoint", response_class=PlainTextResponse, responses={404: {}})
    @open_to(Access.PUBLIC)
    def get_checkpoint() -> PlainTextResponse:
        with service.books.reading() as connection:
            given = tree.newest(connection)
        if given is None:
            raise HTTPException(404, "The ledger's log is empty.")
        return PlainTextResponse(given.note)

    @api.get("/v1/log/consistency", responses={409: {}})
    @open_to(Access.PUBLIC)
    def get_consistency(from_: _OldSize, to: _Size) -> dict[str, Any]:
        with service.books.reading() as connection:
            size = tree.size_of(connection)
            if not from_ <= to <= size:
                raise HTTPException(409, f"The ledger's log has {size} entries.")
            proof = tree.consistency(connection, from_, to)
        return {"from": from_, "to": to, "proof": base64_hashes(proof)}

    @api.get("/v1/log/proof", response_class=PlainTextResponse, responses={404: {}})
    @open_to(Access.PUBLIC)
    def get_proof(terminal: _Name, epoch: _Size, seq: _Size) -> PlainTextResponse:
        with service.books.reading() as connection:
            index = leaf_of(connection, terminal, epoch, seq)
            if index is None:
                raise HTTPException(404, "The ledger does not have that record.")
            return PlainTextResponse(log_proof(connection, index))
