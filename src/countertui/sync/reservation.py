"""How a terminal asks the ledger to keep something for it, and what it hears."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from queue import Empty, Queue
from threading import Thread
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from countertui.domain.drops import DropRefused, bag_number
from countertui.domain.reservations import Reserving, TakenElsewhere, Thing, Wanted, session_name
from countertui.errors import EnvironmentFault
from countertui.forms import Count, Form, Name, ValidationError, read_as, said_by
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.faults import LedgerUnreachableError, MalformedBytesError

if TYPE_CHECKING:
    from countertui.sync.late_client import LateClient
    from countertui.sync.request_auth import Signer
    from countertui.sync.transport import LedgerClient, Reply

MAX_ASKED = 64 * 1024
"""Bytes of a question."""
_Words = Annotated[str, Meta(max_length=500)]


class _Thing(Form, frozen=True, kw_only=True):
    thing: Literal["drawer", "bag", "session", "safe_bag"]
    name: Annotated[str, Meta(min_length=1, max_length=200)]


class _Asked(Form, frozen=True, kw_only=True):
    things: Annotated[list[_Thing], Meta(min_length=1, max_length=250)]
    by: Name
    operator: Name
    biz_date: Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
    after_seq: Count
    anyway: Annotated[str, Meta(max_length=64)]


class Refusal(Form, frozen=True, kw_only=True):
    """Why it is not to be had, in the three sentences that a person reads."""

    reason: _Words
    safe: _Words
    press: _Words


class MalformedReservationError(MalformedBytesError):
    """A question that can't be read."""


def asked(reserving: Reserving) -> bytes:
    """A question as it is sent. Raises CanonicalError, ValidationError."""
    form = _Asked(
        things=[_Thing(thing=each.thing.value, name=each.name) for each in reserving.things],
        by=reserving.by,
        operator=reserving.operator,
        biz_date=reserving.biz_date,
        after_seq=reserving.after_seq,
        anyway=reserving.anyway,
    )
    return canonical(said_by(form))


def read_asked(data: bytes) -> Reserving:
    """A question as it came. Raises MalformedReservationError."""
    try:
        said = read_as(_Asked, parse_strict(data))
    except (MalformedBytesError, ValidationError):
        raise MalformedReservationError("What is asked for cannot be read.") from None
    things = tuple(Wanted(Thing(each.thing), _named(each)) for each in said.things)
    return Reserving(things, said.by, said.operator, said.biz_date, said.after_seq, said.anyway)


def _named(each: _Thing) -> str:
    """A thing's name in its one spelling."""
    try:
        if each.thing == "bag":
            return bag_number(each.name)
        if each.thing == "session":
            terminal, epoch, session = each.name.split("/", 2)
            return session_name(terminal, int(epoch), session)
    except (DropRefused, ValueError):
        raise MalformedReservationError("What is asked for has no name.") from None
    return each.name


def ask_ledger(client: LedgerClient | LateClient, signer: Signer, wanted: Reserving, within_s: float) -> None:
    """Ask for it, on behalf of the terminal that signs.

    Raises TakenElsewhere; LedgerUnreachableError where there is no answer within that many seconds.
    """
    ask = partial(client.post_reservation, signer.terminal, signer.epoch, asked(wanted), within_s)
    reply = _in_time(ask, within_s)
    refusal = _refusal(reply)
    if refusal is not None:
        raise TakenElsewhere(refusal.reason, refusal.safe, refusal.press)


def _in_time(ask: Callable[[], Reply], within_s: float) -> Reply:
    """An answer that comes in time, whatever the network's own waits add up to. Raises LedgerUnreachableError."""
    heard: Queue[Reply | EnvironmentFault] = Queue()

    def asking() -> None:
        try:
            heard.put(ask())
        except EnvironmentFault as fault:
            heard.put(fault)

    Thread(target=asking, name="asking the ledger", daemon=True).start()
    try:
        said = heard.get(timeout=within_s)
    except Empty:
        raise LedgerUnreachableError("The ledger did not answer in time.", "Nothing was reserved.") from None
    if isinstance(said, EnvironmentFault):
        raise said
    return said


def _refusal(reply: Reply) -> Refusal | None:
    """Why it is not to be had; None if it is. Raises LedgerUnreachableError for an answer that is neither."""
    try:
        said: Any = parse_strict(reply.body)
        if reply.status == 200 and said == {"granted": True}:
            return None
        if reply.status == 409:
            return read_as(Refusal, said)
    except (MalformedBytesError, ValidationError):
        pass
    told = f"The ledger did not say whether it is free ({reply.status})."
    raise LedgerUnreachableError(told, "Nothing was reserved.")
