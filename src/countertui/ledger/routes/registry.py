"""The register of keys out: its entries as they were signed, one a line."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query, Response

from countertui.ledger.access import Access, open_to
from countertui.ledger.registry import entries_after
from countertui.ledger.routes.parts import NDJSON
from countertui.ledger.service import Service


def add_to(api: FastAPI, service: Service) -> None:
    """Add this module's routes."""

    @api.get("/v1/registry")
    @open_to(Access.STOPPED_TOO)
    def get_registry(after: Annotated[int, Query(ge=0, lt=2**53)] = 0) -> Response:
        with service.books.reading() as connection:
            entries = entries_after(connection, after)
        return Response(b"".join(entry + b"\n" for entry in entries), media_type=NDJSON)
