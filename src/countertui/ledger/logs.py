"""The ledger's log: one JSON object a line on standard error, and in it nothing about a person.

Of a request it says route, terminal, status, duration and sizes; never a path as it came, a body, a query or a header.
Of a fault it says what kind it is and where in the program: the text of an exception may hold what was typed.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

_Event = MutableMapping[str, Any]
_MOST_FRAMES = 12


def set_up(*, quiet: bool = False) -> None:
    """Write the program's log, and that of the libraries, as JSON lines. quiet: warnings and faults alone."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_words,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(sort_keys=True),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    # uvicorn's own handlers would write past this one.
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("countertui").setLevel(logging.WARNING if quiet else logging.INFO)


def where(fault: BaseException) -> dict[str, Any]:
    """What may be told of a fault: its kind, and where in the program it and its causes came up."""
    return {"fault": type(fault).__name__, "at": _places(fault.__traceback__)}


def _without_words(_logger: Any, _method: str, event: _Event) -> _Event:
    """Put kind and place in the stead of an exception's text."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, tuple):
        found = found[1]
    if isinstance(found, BaseException):
        event.update(where(found))
        record = event.get("_record")
        if record is not None:
            record.exc_info = record.exc_text = None
    return event


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-_MOST_FRAMES:]
    return [
        f"{frame.filename.rpartition('/site-packages/')[2].rpartition('/src/')[2]}:{frame.lineno}" for frame in frames
    ]
