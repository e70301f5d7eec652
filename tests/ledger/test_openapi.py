"""The service held to its own OpenAPI: every route, whatever is asked, answers as it says it does, and never 500.

`FUZZ_CASES=2000` (make test-fuzz) asks more of each route than the sample that every run of the tests takes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import CHECKS, load_all_checks
from starlette.types import Message, Receive, Scope, Send

from countertui.ledger.access import Access, access_of
from countertui.ledger.books import Books
from countertui.ledger.enrolment import begin
from countertui.ledger.ingest import ingest
from countertui.ledger.publish import publish
from countertui.ledger.server import app
from countertui.ledger.settings import LedgerSettings
from countertui.sync.keyslots import Secrets
from countertui.sync.request_auth import authorization
from ledger.town import NOW, Till, allocation, counting_random, line

CASES = int(os.environ.get("FUZZ_CASES", "12"))
OFTEN = "1000000/second"
ROUTES = [
    ("PUT", "/v1/terminals/{terminal}/epochs/{epoch}/batches/{no}"),
    ("GET", "/v1/terminals/{terminal}/epochs/{epoch}/batches/{no}"),
    ("PUT", "/v1/terminals/{terminal}/epochs/{epoch}/batches/{no}/personal"),
    ("POST", "/v1/terminals/{terminal}/epochs/{epoch}/records"),
    ("POST", "/v1/terminals/{terminal}/epochs/{epoch}/heads"),
    ("POST", "/v1/terminals/{terminal}/epochs/{epoch}/reservations"),
    ("GET", "/v1/terminals/{terminal}/epochs/{epoch}/office"),
    ("GET", "/v1/snapshots/latest"),
    ("GET", "/v1/snapshots/{snapshot}/deltas/{base}"),
    ("GET", "/v1/snapshots/{snapshot}/tables/{name}"),
    ("GET", "/v1/claims/{terminal}/{epoch}/{seq}/{h}"),
    ("GET", "/v1/log/checkpoint"),
    ("GET", "/v1/log/consistency"),
    ("GET", "/v1/log/proof"),
    ("GET", "/v1/registry"),
    ("PUT", "/v1/registry/lost"),
    ("GET", "/v1/enrolments/{terminal}"),
    ("PUT", "/v1/enrolments/{terminal}/request"),
    ("GET", "/v1/enrolments/{terminal}/admission"),
    ("POST", "/v1/desk/number"),
    ("POST", "/v1/desk/sign-in"),
    ("POST", "/v1/desk/sign-out"),
    ("POST", "/v1/desk/reads/{name}"),
    ("POST", "/v1/desk/acts/{name}"),
    ("GET", "/v1/health"),
    ("GET", "/v1/health/live"),
    ("GET", "/metrics"),
]
load_all_checks()
# Whoever is let in is tested in test_gate.py; here everything is signed, and what is asked is made up.
WANTED = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)


@schemathesis.serializer("application/x-ndjson")
def lines(_context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")


class Signing:
    """Signs each request on its way to the app, as the till's terminal."""

    def __init__(self, wrapped: Any, till: Till) -> None:
        self._wrapped, self._till, self._nonce = wrapped, till, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._wrapped(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body", False):
                break
        self._nonce += 1
        raw, query = scope["raw_path"], scope["query_string"]
        target = (raw + b"?" + query if query else raw).decode("latin-1")
        nonce = self._nonce.to_bytes(16, "big")
        said = authorization(self._till.recorder, scope["method"], target, body, at_ms=0, nonce=nonce)
        others = [pair for pair in scope["headers"] if pair[0] != b"authorization"]
        scope = {**scope, "headers": [*others, (b"authorization", said.encode())], "client": ("127.0.0.1", 1)}

        async def once() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._wrapped(scope, once, send)


@pytest.fixture
def asked(books: Books, key: Ed25519PrivateKey, till: Till) -> Callable[[str, str], Any]:
    """The operations of a ledger with a batch, a snapshot, a log, and a code given out."""
    till.pay(line("U1", allocation("C1", "510-4310", 20_00)))
    assert ingest(books, key, till.seal(), "T1", 1, 1, NOW).status == 201
    publish(books, key, NOW)
    with books.writing() as connection:
        begin(connection, books, "T7", "HALL", "ada", counting_random(), NOW)
    quiet = LedgerSettings(per_terminal=OFTEN, per_address=OFTEN, per_enrolment=OFTEN)
    served = app(books, Secrets(key, bytes(32), bytes(32)), lambda: NOW, quiet)
    schema = schemathesis.openapi.from_dict(served.openapi())
    schema.app = Signing(served, till)
    return lambda method, path: schema[path][method]


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=[f"{method}-{path}" for method, path in ROUTES])
def test_it_answers_as_it_says(asked: Callable[[str, str], Any], method: str, path: str) -> None:
    operation = asked(method, path)

    @given(case=operation.as_strategy())
    @settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        derandomize=CASES < 100,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def holds(case: Case) -> None:
        case.call_and_validate(checks=WANTED)

    holds()


def test_every_route_is_asked(books: Books, key: Ed25519PrivateKey) -> None:
    served = app(books, Secrets(key, bytes(32), bytes(32)), lambda: NOW)
    there = {
        (method, route.path)
        for route in served.routes
        if getattr(route, "include_in_schema", False)
        for method in route.methods or ()
    }
    assert there == {(method, path) for method, path in ROUTES}


def test_what_each_route_says_of_refusals(books: Books, key: Ed25519PrivateKey) -> None:
    served = app(books, Secrets(key, bytes(32), bytes(32)), lambda: NOW)
    paths = served.openapi()["paths"]
    for route in served.routes:
        if not getattr(route, "include_in_schema", False):
            continue
        said = set(paths[route.path][next(iter(route.methods)).lower()]["responses"])
        assert {"429", "500"} <= said, route.path
        if access_of(route.endpoint) in (Access.TERMINAL, Access.STOPPED_TOO):
            assert {"400", "401", "403"} <= said, route.path
