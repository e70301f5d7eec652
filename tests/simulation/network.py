"""The network between terminals and ledger: it loses, doubles, delays, alters and swaps what it carries, by a seed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from countertui.sync.http_line import Answer, BrokenOffError, NoConnectionError
from countertui.sync.transport import LedgerClient
from simulation.ledger_side import Killed, Ledger

FAULTS = (
    *("none", "other answer", "lose request", "lose answer", "double", "alter request", "alter answer", "delay"),
    "kill ledger",
)
WEIGHTS = (41, 5, 7, 9, 7, 7, 5, 9, 10)
_MOST_STATEMENTS = 70


@dataclass(frozen=True, slots=True)
class Carried:
    """A request as it travelled."""

    method: str
    target: str
    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass
class Network:
    """What `perfect` is False for goes wrong as chance will have it; what was once sent may come again much later."""

    ledger: Ledger
    random: Random
    perfect: bool = False
    done: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    altered: Counter[str] = field(default_factory=Counter)
    """Requests that were altered on the way, by what the ledger made of them."""
    kept: list[Carried] = field(default_factory=list)
    said: defaultdict[str, list[tuple[int, bytes]]] = field(default_factory=lambda: defaultdict(list))
    """The ledger's signed answers so far, by what was asked."""

    def client(self) -> LedgerClient:
        """A terminal's way to the ledger: its real client, over this network."""
        client = LedgerClient("http://127.0.0.1")
        client._line = self  # type: ignore[assignment]  # what is asked of a line it answers
        return client

    @contextmanager
    def ask(self, method: str, target: str, fields: Mapping[str, str], body: bytes | None) -> Iterator[Answer]:
        """As an HttpLine."""
        yield self.carry(method, target, fields, body or b"")

    def close(self) -> None:
        """Nothing is open."""

    def carry(self, method: str, target: str, fields: Mapping[str, str], body: bytes) -> Answer:
        """Take a request to the ledger and its answer back, or lose either."""
        headers = [(name.lower().encode(), value.encode()) for name, value in fields.items()]
        carried = Carried(method, target, headers, body)
        if body:
            self.kept.append(carried)
        fault = "none" if self.perfect else self.random.choices(FAULTS, WEIGHTS)[0]
        self.done[fault] += 1
        if fault == "lose request" or (fault == "delay" and body):
            raise NoConnectionError("lost")
        if fault == "kill ledger":
            self.ledger.kill_after(self.random.randrange(_MOST_STATEMENTS))
        try:
            if fault == "double":
                self.deliver(carried)
            if fault == "alter request" and body:
                self.deliver_altered(carried)
                raise BrokenOffError("garbled")
            status, answer = self.deliver(carried)
        except Killed:
            raise BrokenOffError("the ledger is gone") from None
        if fault == "lose answer":
            raise BrokenOffError("lost")
        earlier = self.said[what_of(carried)] if is_batch(carried) or carried.method == "POST" else []
        if fault == "other answer" and earlier:
            self.done[f"other answer to {what_of(carried)}"] += 1
            status, answer = self.random.choice(earlier)
        earlier.append((status, answer))
        if fault == "alter answer" and answer:
            answer = flipped(answer, self.random)
        return Answer(status, {"date": self.ledger.date()}, iter([answer]))

    def deliver(self, carried: Carried) -> tuple[int, bytes]:
        """Hand a request over, as it was sent."""
        status, body = self.ledger.answer(carried.method, carried.target, carried.headers, carried.body)
        self.answers[status] += 1
        return status, body

    def deliver_altered(self, carried: Carried) -> None:
        """Hand it over with a bit or more of its body flipped."""
        body = flipped(carried.body, self.random)
        if is_batch(carried) and self.random.random() < 0.6:
            status, _ = self.ledger.read_in(*place_of(carried), body)
        else:
            status, _ = self.deliver(Carried(carried.method, carried.target, carried.headers, body))
        self.altered[what_of(carried) + f" {status}"] += 1

    def late(self) -> None:
        """One of the requests of the past comes, once more or for the first time."""
        if not self.kept:
            return
        self.done["late"] += 1
        carried = self.random.choice(self.kept)
        try:
            # Whoever kept it can't sign a request anew; on a stick it gets as far as the ledger itself.
            self.deliver(carried)
            if is_batch(carried):
                self.answers[self.ledger.read_in(*place_of(carried), carried.body)[0]] += 1
        except Killed:
            self.done["killed by a late one"] += 1

    @contextmanager
    def at_peace(self) -> Iterator[None]:
        """Nothing goes wrong meanwhile."""
        before, self.perfect = self.perfect, True
        with self.ledger.never_killed():
            yield
        self.perfect = before


def flipped(data: bytes, random: Random) -> bytes:
    """The same with one to three bits flipped, or cut short."""
    if random.random() < 0.15:
        return data[: random.randrange(len(data))]
    altered = bytearray(data)
    for at in random.sample(range(len(altered)), min(random.randint(1, 3), len(altered))):
        altered[at] ^= 1 << random.randrange(8)
    return bytes(altered)


def is_batch(carried: Carried) -> bool:
    return carried.method == "PUT" and "/batches/" in carried.target


def place_of(carried: Carried) -> tuple[str, int, int]:
    """Terminal, epoch and number of the batch that a request carries."""
    _, _, _, terminal, _, epoch, _, no = carried.target.split("/")
    return terminal, int(epoch), int(no)


def what_of(carried: Carried) -> str:
    """What kind of request it is."""
    return carried.target.split("?")[0].strip("/").split("/")[-2 if carried.target.split("/")[-1].isdigit() else -1]
