"""How the ledger answers a batch: a status of protocol ctp/1 (reference/journal-and-sync.md, section 8), and why."""

from __future__ import annotations

from dataclasses import dataclass

from countertui.sync.canonical import canonical

NEW, SAME, HELD, GAP = 201, 200, 202, 409
NOT_KNOWN, TOO_LARGE, MALFORMED = 401, 413, 422
NOT_NOW = 503


@dataclass(frozen=True, slots=True)
class Answer:
    """What the ledger answers: an HTTP status, and an ack's envelope (200, 201, 202) or a JSON object."""

    status: int
    body: bytes


def said(status: int, text: str) -> Answer:
    """An answer of that status that says why, in words."""
    return Answer(status, canonical({"reason": text}))
