"""How the ledger is."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from sqlalchemy import func, select

from countertui.ledger import tables
from countertui.ledger.service import Service


def add_to(api: FastAPI, service: Service) -> None:
    """Add this module's routes."""

    @api.get("/v1/health")
    def get_health() -> dict[str, Any]:
        with service.books.reading() as connection:
            snapshot = connection.execute(select(func.max(tables.snapshot.c.version))).scalar()
            batches = connection.execute(select(func.count()).select_from(tables.batch)).scalar()
        return {"ledger": service.books.ledger, "version": api.version, "snapshot": snapshot, "batches": batches}
