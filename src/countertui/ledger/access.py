"""Who may call which of the ledger's routes: each says so itself, and one that says nothing is a terminal's."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

_Endpoint = TypeVar("_Endpoint", bound=Callable[..., Any])
_MARK = "open_to"


class Access(StrEnum):
    """Who may call a route."""

    PUBLIC = "public"
    """Anybody, without a figure of the city's in the answer, or for whoever holds the paper."""
    ENROLMENT = "enrolment"
    """A computer that is no terminal yet: a one-time code decides inside."""
    TERMINAL = "terminal"
    """A terminal whose key is active; only for what is its own, where the address names a terminal."""
    STOPPED_TOO = "stopped terminal too"
    """The same, also frozen or revoked: it may still hand in what it has, and learn that it is stopped."""
    OPERATIONS = "operations"
    """Who runs the machine: from the machine itself, or with the token."""


def open_to(access: Access) -> Callable[[_Endpoint], _Endpoint]:
    """Say who may call the endpoint below."""

    def marked(endpoint: _Endpoint) -> _Endpoint:
        setattr(endpoint, _MARK, access)
        return endpoint

    return marked


def access_of(endpoint: object) -> Access:
    """Who may call an endpoint."""
    return getattr(endpoint, _MARK, Access.TERMINAL)
