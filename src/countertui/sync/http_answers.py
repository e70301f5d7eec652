"""What the ledger answers over HTTP, read within limits; what can't be used of it, in words for the counter."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from countertui.sync.ack import MAX_ACK
from countertui.sync.canonical import parse_strict
from countertui.sync.faults import CertificateRefusedError, LedgerUnreachableError, MalformedBytesError

if TYPE_CHECKING:
    from countertui.sync.http_line import Answer, HttpError


def date_ms(said: str) -> int | None:
    """The time a Date header says (RFC 9110, section 6.6.1), milliseconds since 1970; None for what is none."""
    try:
        return round(parsedate_to_datetime(said).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def found(answer: Answer) -> bool:
    """Whether what was asked for is there. Raises LedgerUnreachableError for any status but 200 and 404."""
    if answer.status == 404:
        return False
    if answer.status != 200:
        raise useless(f"it answered {answer.status}")
    return True


def json_of(answer: Answer) -> dict[str, Any]:
    """The JSON object that it is. Raises LedgerUnreachableError for anything else."""
    if not found(answer):
        raise useless("it is no ledger")
    try:
        said = parse_strict(body_of(answer, MAX_ACK))
    except MalformedBytesError as fault:
        raise useless("its answer cannot be read") from fault
    if type(said) is not dict:
        raise useless("its answer cannot be read")
    return said


def body_of(answer: Answer, most_bytes: int) -> bytes:
    """Its bytes. Raises LedgerUnreachableError once they are more than that."""
    return b"".join(chunks_of(answer, most_bytes))


def chunks_of(answer: Answer, most_bytes: int) -> Iterator[bytes]:
    """The same piece by piece, as it comes in."""
    size = 0
    for chunk in answer.body:
        size += len(chunk)
        if size > most_bytes:
            raise useless("it sent more than it may")
        yield chunk


def kind_of(fault: HttpError) -> str:
    """What went wrong, in words that name no host and no socket."""
    from countertui.sync.http_line import NoConnectionError, TooLateError

    if isinstance(fault, TooLateError):
        return "it did not answer in time"
    if isinstance(fault, NoConnectionError):
        return "there is no connection to it"
    return "the connection broke"


def untrusted() -> CertificateRefusedError:
    """What to say where whoever answered has another certificate than the ledger's."""
    return CertificateRefusedError(
        "The ledger could not be used: its certificate is not the one known here.",
        "Nothing was sent to whoever answered. Everything recorded is safe here and will be sent later.",
        "Go on working, and call a technician: either the certificate was changed, or this is not the ledger.",
    )


def useless(why: str) -> LedgerUnreachableError:
    """What to say where there is no answer that could be used."""
    return LedgerUnreachableError(
        f"The ledger could not be used: {why}.",
        "Everything recorded is safe here and will be sent later.",
        "Go on working; sending is tried again by itself.",
    )
