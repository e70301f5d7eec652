"""What each route may answer, for its OpenAPI description: its own answers, and what the gate says before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from starlette.routing import Route

from countertui.ledger.access import Access, access_of
from countertui.ledger.routes.parts import ENVELOPE, NDJSON

JSON, TEXT, HTML = "application/json", "text/plain", "text/html"
_OBJECT = {"type": "object"}
_BYTES = {"type": "string"}
_REFUSED: dict[str, Any] = {
    "type": "object",
    "properties": {"reason": {"type": "string"}, "detail": {}},
    "anyOf": [{"required": ["reason"]}, {"required": ["detail"]}],
}
_REFUSALS = (400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 503)
_SAID = {
    200: "As asked",
    201: "Posted, with the ledger's signed answer",
    202: "Held or waiting, with the answer",
    206: "The beginning that was asked for",
    400: "Not what was signed",
    401: "Not signed by a terminal's key",
    403: "Not for this caller",
    404: "Not here",
    405: "Not like that",
    408: "The body came too slowly",
    409: "Something else comes first",
    413: "Too large",
    416: "No such part",
    422: "Malformed",
    429: "Asked too often; Retry-After says when again",
    500: "A fault of the ledger's own",
    503: "Not now",
}
_BY_GATE = {
    Access.PUBLIC: (429, 500),
    Access.ENROLMENT: (429, 500),
    Access.TERMINAL: (400, 401, 403, 408, 429, 500),
    Access.STOPPED_TOO: (400, 401, 403, 408, 429, 500),
    Access.OPERATIONS: (401, 403, 429, 500),
}
_BATCH = "/v1/terminals/{terminal}/epochs/{epoch}/batches/{no}"
_LIVE = "/v1/terminals/{terminal}/epochs/{epoch}"
# Of each route: what it takes, and what it answers by status; where it says nothing, a refusal in JSON.
_ANSWERS: Mapping[tuple[str, str], tuple[str | None, Mapping[int, str]]] = {
    ("PUT", _BATCH): (ENVELOPE, {200: ENVELOPE, 201: ENVELOPE, 202: ENVELOPE, 409: JSON, 413: "", 422: "", 503: ""}),
    ("GET", _BATCH): (None, {200: ENVELOPE, 404: "", 422: ""}),
    ("PUT", f"{_BATCH}/personal"): (JSON, {200: JSON, 409: "", 413: "", 422: ""}),
    ("POST", f"{_LIVE}/records"): (NDJSON, {200: ENVELOPE, 409: ENVELOPE, 413: "", 422: ""}),
    ("GET", f"{_LIVE}/office"): (None, {200: ENVELOPE, 404: "", 422: ""}),
    ("POST", f"{_LIVE}/reservations"): (JSON, {200: JSON, 409: "", 413: "", 422: ""}),
    ("PUT", "/v1/registry/lost"): (NDJSON, {200: JSON, 409: JSON, 413: "", 422: JSON}),
    ("POST", f"{_LIVE}/heads"): (JSON, {200: ENVELOPE, 409: ENVELOPE, 413: "", 422: ""}),
    ("GET", "/v1/snapshots/latest"): (None, {200: ENVELOPE, 404: "", 422: ""}),
    ("GET", "/v1/snapshots/{snapshot}/deltas/{base}"): (None, {200: ENVELOPE, 404: "", 422: ""}),
    ("GET", "/v1/snapshots/{snapshot}/tables/{name}"): (
        None,
        {200: NDJSON, 206: NDJSON, 400: TEXT, 404: "", 416: TEXT, 422: ""},
    ),
    ("GET", "/v1/claims/{terminal}/{epoch}/{seq}/{h}"): (None, {200: JSON, 404: "", 422: ""}),
    ("GET", "/v1/log/checkpoint"): (None, {200: TEXT, 404: ""}),
    ("GET", "/v1/log/consistency"): (None, {200: JSON, 409: "", 422: ""}),
    ("GET", "/v1/log/proof"): (None, {200: TEXT, 404: "", 422: ""}),
    ("GET", "/v1/registry"): (None, {200: NDJSON, 422: ""}),
    ("GET", "/v1/enrolments/{terminal}"): (None, {200: JSON, 404: "", 422: ""}),
    ("PUT", "/v1/enrolments/{terminal}/request"): (ENVELOPE, {202: JSON, 403: "", 413: "", 422: ""}),
    ("GET", "/v1/enrolments/{terminal}/admission"): (None, {200: NDJSON, 404: "", 422: ""}),
    ("POST", "/v1/desk/number"): (JSON, {200: JSON, 413: "", 422: ""}),
    ("POST", "/v1/desk/sign-in"): (JSON, {200: JSON, 413: "", 422: ""}),
    ("POST", "/v1/desk/sign-out"): (JSON, {200: JSON, 413: "", 422: ""}),
    ("POST", "/v1/desk/reads/{name}"): (JSON, {200: JSON, 404: "", 413: "", 422: ""}),
    ("POST", "/v1/desk/acts/{name}"): (JSON, {200: JSON, 404: "", 413: "", 422: "", 503: ""}),
    ("GET", "/metrics"): (None, {200: TEXT}),
}


def describe(api: FastAPI) -> None:
    """Have the app's OpenAPI say all of it."""
    made = api.openapi

    def described() -> dict[str, Any]:
        if api.openapi_schema is None:
            schema = made()
            for route in api.routes:
                if isinstance(route, Route) and route.path in schema["paths"]:
                    for method in route.methods or ():
                        _complete(schema["paths"][route.path].get(method.lower()), method, route)
        return made()

    api.openapi = described  # type: ignore[method-assign]  # as FastAPI's own pages tell to extend it


def _complete(operation: dict[str, Any] | None, method: str, route: Route) -> None:
    if operation is None:
        return
    takes, answers = _ANSWERS.get((method, route.path), (None, {}))
    if takes is not None:
        operation["requestBody"] = {"required": True, "content": {takes: {"schema": _schema(takes)}}}
    responses = operation["responses"]
    if answers:
        responses.clear()
    own = {status: media or JSON for status, media in answers.items()}
    for status in sorted({*own, *_BY_GATE[access_of(route.endpoint)]} - {int(each) for each in responses}):
        media = {own.get(status, JSON), JSON} if status in _REFUSALS else {own.get(status, JSON)}
        content = {each: {"schema": _REFUSED if _is_refusal(status, each, own) else _schema(each)} for each in media}
        responses[str(status)] = {"description": _SAID[status], "content": content}


def _is_refusal(status: int, media: str, own: Mapping[int, str]) -> bool:
    return media == JSON and status in _REFUSALS and not (status == 409 and own.get(409) == JSON and 201 in own)


def _schema(media: str) -> dict[str, Any]:
    return _OBJECT if media in (JSON, ENVELOPE) else _BYTES
