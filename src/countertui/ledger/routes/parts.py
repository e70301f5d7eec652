"""What the routes share: names and numbers in paths, media types, a body that is counted while it comes."""

from __future__ import annotations

from typing import Annotated

from fastapi import HTTPException, Path, Request

from countertui.ledger.answers import TOO_LARGE

ENVELOPE = "application/vnd.dsse.envelope+json"
NDJSON = "application/x-ndjson"
Number = Annotated[int, Path(ge=1, lt=2**53)]
Name = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[^\x00/]+$")]


async def body_of(request: Request, most_bytes: int) -> bytes:
    """The request's body; nothing larger than `most_bytes` is ever held in memory. Raises HTTPException 413.

    One that says it is larger is refused before any of it is read.
    """
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced[:20]) > most_bytes:
        raise HTTPException(TOO_LARGE, f"At most {most_bytes:,} bytes are taken here.")
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most_bytes:
            raise HTTPException(TOO_LARGE, f"At most {most_bytes:,} bytes are taken here.")
        parts.append(part)
    return b"".join(parts)
