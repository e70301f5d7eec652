"""The public page for a citizen with a phone: paste a receipt's code or follow its link, and read if it stands."""

from __future__ import annotations

from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection, select
from starlette.concurrency import run_in_threadpool

from countertui.domain.demo import mark_of
from countertui.domain.reference import CityKey
from countertui.ledger import tables
from countertui.ledger.access import Access, open_to
from countertui.ledger.receipt_check import check_receipt
from countertui.ledger.receipt_page import HEADERS, genuine, page, refused
from countertui.ledger.routes.parts import body_of
from countertui.ledger.service import Service
from countertui.sync.claim import RECEIPT
from countertui.sync.faults import ClaimRefusedError

MOST_BYTES = 8 * 1024


def add_to(api: FastAPI, service: Service) -> None:
    """Add this module's routes."""

    @api.get("/receipt", response_class=HTMLResponse, include_in_schema=False)
    @open_to(Access.PUBLIC)
    def ask() -> HTMLResponse:
        with service.books.reading() as connection:
            return HTMLResponse(page(city_named(connection, service.books.ledger)), headers=HEADERS)

    @api.post("/receipt", response_class=HTMLResponse, include_in_schema=False)
    @open_to(Access.PUBLIC)
    async def answer(request: Request) -> HTMLResponse:
        text = pasted(await body_of(request, MOST_BYTES))
        return HTMLResponse(await run_in_threadpool(_answered, service, text), headers=HEADERS)


def pasted(body: bytes) -> str:
    """The code in a form's body, as one line; empty for any other body."""
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=4, errors="strict")
    except ValueError:
        return ""
    return "".join(fields.get("code", [""])[0].splitlines()).strip()


def _answered(service: Service, text: str) -> str:
    with service.books.reading() as connection:
        city = city_named(connection, service.books.ledger)
        try:
            return page(city, genuine(check_receipt(connection, text)), "Receipt checked")
        except ClaimRefusedError as fault:
            return page(city, refused(fault, RECEIPT), "Receipt not valid")


def city_named(connection: Connection, ledger: str) -> str:
    """The city's name; of a demo or training city that comes first."""
    table = tables.reference["city"]
    name = connection.execute(select(table.c.value).where(table.c.key == CityKey.NAME.value)).scalar()
    return f"{mark_of(ledger)} {name or 'The city'}".lstrip()
