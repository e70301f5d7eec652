"""How the ledger is: for whoever watches it, without a figure of the city's; the figures for who runs the machine."""

from __future__ import annotations

import shutil
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from countertui.ledger.access import Access, open_to
from countertui.ledger.meters import CONTENT_TYPE, Meters
from countertui.ledger.registry import key_in_force
from countertui.ledger.service import Service
from countertui.ledger.settings import LedgerSettings

_MIB = 1 << 20


class Health(BaseModel):
    """What the ledger says of itself. `lacks` names what it can't work without: database, key, disk."""

    ledger: str
    version: str
    ready: bool
    lacks: list[str]


def add_to(api: FastAPI, service: Service, settings: LedgerSettings, meters: Meters) -> None:
    """Add this module's routes."""

    @api.get("/v1/health", response_model=Health, responses={503: {"model": Health}})
    @open_to(Access.PUBLIC)
    def get_health() -> JSONResponse:
        lacks = _lacks(service, settings)
        said = Health(ledger=service.books.ledger, version=api.version, ready=not lacks, lacks=lacks)
        return JSONResponse(said.model_dump(), 503 if lacks else 200)

    @api.get("/v1/health/live")
    @open_to(Access.PUBLIC)
    async def get_live() -> dict[str, Any]:
        return {"live": True}

    @api.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}, 401: {}, 403: {}})
    @open_to(Access.OPERATIONS)
    def get_metrics() -> Response:
        return Response(meters.text(), media_type=CONTENT_TYPE)


def _lacks(service: Service, settings: LedgerSettings) -> list[str]:
    lacks = []
    try:
        with service.books.reading() as connection:
            in_force = key_in_force(connection) == service.key.public_key().public_bytes_raw()
    except SQLAlchemyError:
        lacks.append("database")
        in_force = True
    if len(service.key.sign(b"ctp/1 health\0")) != 64 or not in_force:
        lacks.append("key")
    if shutil.disk_usage(service.books.folder).free < settings.least_free_mb * _MIB:
        lacks.append("disk")
    return lacks
