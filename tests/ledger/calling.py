"""Calls to the ledger's routes as a terminal signs them."""

from __future__ import annotations

import itertools
from typing import Any

import httpx2
from fastapi.testclient import TestClient

from countertui.sync.request_auth import Signer, authorization
from ledger.town import Till

AT_MS = 1_790_000_000_000
_NONCES = itertools.count(1)


def signed(
    till: Till | Signer, method: str, target: str, body: bytes = b"", *, at_ms: int = AT_MS, nonce: int | None = None
) -> dict[str, str]:
    """The headers of one request by the till's terminal."""
    recorder = till.recorder if isinstance(till, Till) else till
    number = next(_NONCES) if nonce is None else nonce
    said = authorization(recorder, method, target, body, at_ms=at_ms, nonce=number.to_bytes(16, "big"))
    return {"Authorization": said}


def call(
    api: TestClient | httpx2.Client, till: Till | Signer, method: str, target: str, body: bytes = b"", **more: Any
) -> Any:
    """The answer to one signed request."""
    return api.request(method, target, content=body, headers=signed(till, method, target, body, **more))
