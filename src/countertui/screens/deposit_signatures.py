"""The last step of a deposit: its bag, why it differs, whether it is the final, and who signs for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager

from countertui.counter.deposits import Counted, Signing
from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.deposits import BagRefused, DepositRefused, ReasonNeeded, Stage
from countertui.widgets.field import Field
from countertui.widgets.second_person import SecondPerson

Naming = Callable[[Field], AbstractContextManager[None]]
"""What is raised inside sends the keys to that field."""


class Signatures:
    """The fields under a deposit; those that its count asks for are shown."""

    def __init__(self) -> None:
        self.bag = Field("Bag", dom_id="deposit-bag", most=32, hint="the number printed on it")
        self.reason = Field("Why it differs", dom_id="deposit-reason", most=120)
        self.off_in = Field("Bag that it is in", dom_id="deposit-off-in", most=32, hint="empty: not known to be in one")
        self.carry = Field("Carried until it is found, y or n", dom_id="deposit-carry", most=1)
        self.final = Field("Final of the day, y or n", dom_id="deposit-final", most=1)
        self.second = SecondPerson("deposit-second")

    @property
    def _named(self) -> dict[str, Field]:
        """By the names that they are kept under."""
        return {"bag": self.bag, "reason": self.reason, "off_in": self.off_in, "carry": self.carry, "final": self.final}

    def widgets(self) -> Iterator[Field | SecondPerson]:
        """What is on the screen, from the top."""
        yield from self._named.values()
        yield self.second

    def texts(self) -> dict[str, str]:
        """What is typed, to be kept; nobody's id or PIN."""
        return {name: field.value for name, field in self._named.items()}

    def bring_back(self, texts: Mapping[str, str]) -> None:
        """Type what was kept; nothing where nothing was."""
        for name, field in self._named.items():
            field.set(texts.get(name, ""))

    def show(self, counted: Counted | None, *, signing: bool, of_bags: bool) -> None:
        """Ask for what this count needs while it is signed; for nothing before. of_bags: bags of the safe are in it."""
        self.bag.display = self.final.display = signing
        self.reason.display = signing and counted is not None and bool(counted.differences)
        self.off_in.display = signing and of_bags and counted is not None and counted.off != 0
        self.carry.display = signing and counted is not None and counted.off < 0
        if signing:
            self.second.ask("Second person:")
        else:
            self.second.clear()

    def ring(self) -> list[Field]:
        """Where keys go, one after the other."""
        return [*(field for field in self._named.values() if field.display), self.second.operator, self.second.pin]

    def signing(self, naming: Naming) -> Signing:
        """What is typed under the deposit. Raises DepositRefused, naming the field."""
        if not self.bag.value.strip():
            with naming(self.bag):
                raise BagRefused("A deposit needs its bag's number.", press="Type what is printed on it.")
        if self.reason.display and not self.reason.value.strip():
            with naming(self.reason):
                raise ReasonNeeded("What differs needs a reason.", press="Type why; both of you sign it.")
        refuse_card_numbers(self.reason.value, "The reason")
        final = Stage.FINAL if _yes(self.final, naming) else Stage.INTERIM
        carry = self.carry.display and _yes(self.carry, naming)
        off_in = self.off_in.value if self.off_in.display else ""
        return Signing(self.bag.value, final, self.reason.value.strip() if self.reason.display else "", carry, off_in)


def _yes(field: Field, naming: Naming) -> bool:
    typed = field.value.strip().lower()
    if typed not in ("y", "n"):
        with naming(field):
            raise DepositRefused(f"{field.label}: it says neither.", press="Type y or n.")
    return typed == "y"
