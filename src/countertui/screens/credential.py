"""A second person's id and PIN, typed in place and checked; who is refused makes room for the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from countertui.counter.sign_on import UnknownId, WrongPin
from countertui.domain.refusal import Refused
from countertui.widgets.field import Field


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
