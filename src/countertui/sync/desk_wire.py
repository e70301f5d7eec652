"""What a terminal asks at the ledger's desk, and how PINs travel there: sealed to the city's key, for one request only.

A request is a JSON object, signed as all of a terminal's are (request_auth.py). People's ids and PINs are in it as one
HPKE box (sealing.py), whose context names the ledger, the terminal, what is asked, a number and the SHA-256 of all else
that is asked: taken out of it, the box opens in no other request, nor for another terminal. The number is the ledger's,
given out for one request within two minutes: the same request is judged neither again nor later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Annotated, Any

from msgspec import Meta

from countertui.errors import AnswerNo
from countertui.forms import Form, Hex32, ValidationError, read_as
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.faults import LedgerUnreachableError, MalformedBytesError, SealingError
from countertui.sync.sealing import seal_to

NUMBER, SIGN_IN, SIGN_OUT, READ, ACT = "number", "sign-in", "sign-out", "reads", "acts"
"""What is asked, as the addresses below /v1/desk/ begin; of the last two the name follows."""
MAX_ASKED = 64 * 1024
"""A request's body, bytes."""
NUMBER_BYTES = 16
_MOST_TYPED = 64

_Number = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
_Sealed = Annotated[str, Meta(pattern=r"^(?:[0-9a-f]{2}){1,1000}\Z")]
_Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z")]
_Typed = Annotated[str, Meta(max_length=_MOST_TYPED)]
Token = Hex32
People = Sequence[tuple[str, str]]
"""Operator id and PIN of each, as typed: who does it, then who agrees."""


class MalformedDeskError(AnswerNo):
    """What came is no request to the desk of that kind."""


class NumberAsked(Form, frozen=True, kw_only=True):
    """A number is wanted, for one request with PINs in it."""


class SignInAsked(Form, frozen=True, kw_only=True):
    """Somebody wants to look into the ledger; `sealed` has one person."""

    number: _Number
    sealed: _Sealed


class SignOutAsked(Form, frozen=True, kw_only=True):
    """Whoever signed in is done."""

    token: Token


class ReadAsked(Form, frozen=True, kw_only=True):
    """Something is asked by who signed in."""

    token: Token
    args: dict[str, Any]


class ActAsked(Form, frozen=True, kw_only=True):
    """Something is to be done. id: a UUIDv7 that the terminal chose, the same as often as it asks for the same act;
    `sealed` has who does it, and who agrees where the act needs two.
    """

    id: _Id
    args: dict[str, Any]
    number: _Number
    sealed: _Sealed


class _Box(Form, frozen=True, kw_only=True):
    people: Annotated[list[tuple[_Typed, _Typed]], Meta(min_length=1, max_length=2)]


def asked_as(form: type[Any], data: bytes) -> Any:
    """A request's body as that form. Raises MalformedDeskError."""
    try:
        return read_as(form, parse_strict(data))
    except (ValidationError, MalformedBytesError) as fault:
        raise MalformedDeskError("That is no request to the ledger's desk.", "Nothing was done.") from fault


def request(said: Mapping[str, Any]) -> bytes:
    """The body of a request without people in it. Raises CanonicalError for what is no JSON of ours."""
    return canonical(dict(said))


def sealed_request(
    place: tuple[str, str, int], what: str, said: Mapping[str, Any], people: People, city_key: bytes, number: str
) -> bytes:
    """The body of a request with people in it, sealed to the city's key (32 bytes, X25519).

    place: ledger, terminal, epoch. number: as the ledger gave it out for this. Raises SealingError, CanonicalError.
    """
    box = canonical({"people": [list(person) for person in people]})
    sealed = seal_to(city_key, box, context_of(place, what, number, said))
    return canonical({**said, "number": number, "sealed": sealed.hex()})


def context_of(place: tuple[str, str, int], what: str, number: str, said: Mapping[str, Any]) -> bytes:
    """What a box is bound to: nothing of it is secret, all of it is in the request or in who signed it."""
    return canonical(["ctp/1 desk", *place, what, number, sha256(canonical(dict(said))).hexdigest()])


def people_in(opened: bytes) -> list[tuple[str, str]]:
    """Who is in an opened box: id and PIN as typed. Raises SealingError."""
    try:
        return read_as(_Box, parse_strict(opened)).people
    except (ValidationError, MalformedBytesError) as fault:
        raise SealingError("What came sealed names nobody.", "Nothing was done.") from fault


def said_in(status: int, body: bytes) -> dict[str, Any]:
    """The JSON object of an answer. Raises LedgerUnreachableError for anything else."""
    try:
        said = parse_strict(body)
    except MalformedBytesError:
        said = None
    if type(said) is not dict:
        raise LedgerUnreachableError(
            f"The ledger's answer cannot be read ({status}).", "Everything recorded is safe here."
        )
    return said
