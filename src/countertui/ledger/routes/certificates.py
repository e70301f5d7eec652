"""The public page about licenses: paste the code of a certificate or follow its link, and read if it stands."""

from __future__ import annotations

from datetime import date

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from countertui.ledger.access import Access, open_to
from countertui.ledger.charges_raised import rows_of_term
from countertui.ledger.city_day import city_day
from countertui.ledger.license_check import check_certificate
from countertui.ledger.license_page import stands
from countertui.ledger.receipt_page import HEADERS, page, refused
from countertui.ledger.routes.parts import body_of
from countertui.ledger.routes.receipt import MOST_BYTES, city_named, pasted
from countertui.ledger.service import Service
from countertui.sync.faults import ClaimRefusedError
from countertui.sync.license_claim import CERTIFICATE

_PAPER = "license"


def add_to(api: FastAPI, service: Service) -> None:
    """Add this module's routes."""

    @api.get("/license", response_class=HTMLResponse, include_in_schema=False)
    @open_to(Access.PUBLIC)
    def ask_license() -> HTMLResponse:
        with service.books.reading() as connection:
            city = city_named(connection, service.books.ledger)
            return HTMLResponse(page(city, paper=_PAPER), headers=HEADERS)

    @api.post("/license", response_class=HTMLResponse, include_in_schema=False)
    @open_to(Access.PUBLIC)
    async def answer_license(request: Request) -> HTMLResponse:
        text = pasted(await body_of(request, MOST_BYTES))
        return HTMLResponse(await run_in_threadpool(_answered, service, text), headers=HEADERS)


def _answered(service: Service, text: str) -> str:
    with service.books.reading() as connection:
        city = city_named(connection, service.books.ledger)
        day = date.fromisoformat(city_day(connection, service.now()))
        try:
            found = check_certificate(connection, text, day)
        except ClaimRefusedError as fault:
            answer = refused(fault, CERTIFICATE)
            return page(city, answer, "License not valid", paper=_PAPER)
        name = _class_named(connection, found.printed.license_class, day)
        return page(city, stands(found, name), "License checked", paper=_PAPER)


def _class_named(connection: Connection, code: str, day: date) -> str:
    """The class in the city's words, by its rows of that day; its code where they don't name it."""
    schedule = rows_of_term(connection, day)
    classes = () if schedule is None else schedule.classes
    return next((each.name for each in classes if each.code == code), code)
