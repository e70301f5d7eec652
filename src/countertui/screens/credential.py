"""A second person's id and PIN, typed in place and checked; who is refused makes room for the next."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from countertui.counter.sign_on import UnknownId, WrongPin, second_person
from countertui.counter.station import Person
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.screens.desk import Desk
from countertui.widgets.field import Field
from countertui.widgets.second_person import SecondPerson


@contextmanager
def second_credential(operator: Field, pin: Field, to: Callable[[Field], None]) -> Iterator[tuple[str, str]]:
    """Gives id and PIN as typed, the PIN forgotten at once.

    Where what is done with them raises Refused, the id is emptied and keys go `to` it, so that the next person's id is
    seen; only a wrong PIN of a known person is typed again.
    """
    typed = operator.value.strip(), pin.value
    pin.set("")
    try:
        yield typed
    except Refused as refusal:
        if not isinstance(refusal, WrongPin) or isinstance(refusal, UnknownId):
            operator.set("")
            to(operator)
        raise


@asynccontextmanager
async def second_one(
    desk: Desk, asked: SecondPerson, to: Callable[[Field], None], act: Act, took_part: tuple[str, ...]
) -> AsyncIterator[Person]:
    """Gives whoever typed their id and PIN where it was `asked`, who may do the act and took no part in it.

    What is done with them belongs into the block: where it raises Refused, the next one is asked for, as
    `second_credential` says.
    """
    with second_credential(asked.operator, asked.pin, to) as (operator, pin):
        yield await desk.job(second_person, operator, pin, act, took_part)
