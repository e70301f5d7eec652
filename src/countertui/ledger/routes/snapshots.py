"""Signed snapshots out: the manifest, then the tables it names."""

from __future__ import annotations

from fastapi import FastAPI, HTTPException, Response
from fastapi.responses import FileResponse

from countertui.ledger.publish import latest_manifest, table_file
from countertui.ledger.routes.parts import ENVELOPE, NDJSON, Name, Number
from countertui.ledger.service import Service


def add_to(api: FastAPI, service: Service) -> None:
    """Add this module's routes."""

    @api.get("/v1/snapshots/latest")
    def get_manifest() -> Response:
        manifest = latest_manifest(service.books)
        if manifest is None:
            raise HTTPException(404, "Nothing was published yet.")
        return Response(manifest, media_type=ENVELOPE)

    @api.get("/v1/snapshots/{snapshot}/tables/{name}")
    def get_table(snapshot: Number, name: Name) -> Response:
        path = table_file(service.books, snapshot, name)
        if path is None:
            raise HTTPException(404, "There is no such table of that snapshot.")
        return FileResponse(path, media_type=NDJSON)
