"""Signed snapshots out: the manifest, what changed since an earlier one, and the files of rows that these name."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, Response
from fastapi.responses import FileResponse

from countertui.ledger.access import Access, open_to
from countertui.ledger.publish import delta_from, latest_manifest_for, table_file
from countertui.ledger.routes.parts import ENVELOPE, NDJSON, Name, Number
from countertui.ledger.service import Service

Share = Annotated[str, Query(max_length=64)]


def add_to(api: FastAPI, service: Service) -> None:
    """Add this module's routes."""

    @api.get("/v1/snapshots/latest")
    @open_to(Access.TERMINAL)
    def get_manifest(terminal: Share = "") -> Response:
        """The newest snapshot as that terminal's office has it, the whole city's for any other."""
        manifest = latest_manifest_for(service.books, terminal)
        if manifest is None:
            raise HTTPException(404, "Nothing was published yet.")
        return Response(manifest, media_type=ENVELOPE)

    @api.get("/v1/snapshots/{snapshot}/deltas/{base}")
    @open_to(Access.TERMINAL)
    def get_delta(snapshot: Number, base: Number, office: Share = "") -> Response:
        """What became of each table since an earlier snapshot."""
        delta = delta_from(service.books, snapshot, base, office)
        if delta is None:
            raise HTTPException(404, "There is no such delta.")
        return Response(delta, media_type=ENVELOPE)

    @api.get("/v1/snapshots/{snapshot}/tables/{name}")
    @open_to(Access.TERMINAL)
    def get_table(snapshot: Number, name: Name, office: Share = "") -> Response:
        """A file of rows; its beginning alone by a Range header (RFC 9110 section 14)."""
        path = table_file(service.books, snapshot, name, office)
        if path is None:
            raise HTTPException(404, "There is no such table of that snapshot.")
        return FileResponse(path, media_type=NDJSON)
