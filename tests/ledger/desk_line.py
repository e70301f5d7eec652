"""A terminal at the ledger's desk over real HTTP: a town that people's PINs hold in, served in a thread of the test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import httpx2

from countertui.counter.station import Place, Station
from countertui.ledger.books import Books
from countertui.ledger.keys import open_secrets
from countertui.ledger.server import app
from countertui.ledger.settings import LedgerSettings
from countertui.sync.exchange import LedgerExchange
from countertui.sync.keyslots import CHEAP_COST
from countertui.sync.pins import pin_verifier
from countertui.sync.sealing import sealing_key
from countertui.sync.transport import LedgerClient
from ledger.at_the_desk import hire
from ledger.calling import call
from ledger.town import NOW, PASSPHRASE, Till, counting_random
from on_loopback import served

PINS: Mapping[str, str] = {"ann": "1111", "bo": "2222", "dee": "3333", "fay": "4444", "gus": "5555", "eli": "6666"}
"""Cashier, lead, two technicians, an auditor, an admin."""


@dataclass
class Line:
    """The desk as it is reached. The ledger's clock stands until it is moved."""

    url: str
    books: Books
    clock: list[str]
    sealed_to: bytes
    clients: list[LedgerClient] = field(default_factory=list)
    off_s: int = 0
    """How far the terminals' clocks are ahead."""

    def station(self, till: Till) -> Station:
        """What a job of the counter needs of its station to reach the desk."""
        client = LedgerClient(self.url)
        self.clients.append(client)
        secrets = open_secrets(self.books.folder, PASSPHRASE)
        exchange = LedgerExchange(till.recorder, secrets.terminal_key.public_key(), client)
        reference = SimpleNamespace(sealing_key=lambda: self.sealed_to, languages=lambda _accounts: ())
        clock = SimpleNamespace(
            local_of=lambda utc: datetime.fromisoformat(utc).strftime("%Y-%m-%d %H:%M"),
            utc_ms=lambda: round((datetime.fromisoformat(self.clock[0]).timestamp() + self.off_s) * 1000),
        )
        place = Place(self.books.ledger, "Littleton", "HALL", "City Hall", "1 Main St", "T1", 1)
        there = SimpleNamespace(exchange=exchange, reference=reference, clock=clock, place=place)
        return cast("Station", there)

    def number(self, till: Till) -> str:
        """A number for one request, as the ledger gives it out to that terminal."""
        with httpx2.Client(base_url=self.url) as web:
            return str(call(web, till, "POST", "/v1/desk/number", b"{}").json()["number"])

    def later(self, minutes: float) -> None:
        self.clock[0] = (datetime.fromisoformat(self.clock[0]) + timedelta(minutes=minutes)).isoformat()


def people_are_known(books: Books) -> None:
    """Fay (a technician) and Gus (an auditor) work here too, and everybody has a PIN."""
    hire(books, "fay", "technician")
    hire(books, "gus", "auditor")
    pepper = open_secrets(books.folder, PASSPHRASE).pin_pepper
    verifiers = {id_: pin_verifier(pin, pepper, counting_random(), CHEAP_COST) for id_, pin in PINS.items()}
    with books.writing() as connection:
        for id_, verifier in verifiers.items():
            connection.exec_driver_sql(f"UPDATE operator SET verifier = '{verifier}' WHERE id = '{id_}'")


@contextmanager
def desk_line(books: Books, **settings: Any) -> Iterator[Line]:
    """The town's ledger, served; its people are known already."""
    secrets, clock = open_secrets(books.folder, PASSPHRASE), [NOW]
    api = app(books, secrets, lambda: clock[0], LedgerSettings(**settings))
    with served(api) as url:
        sealed_to = sealing_key(secrets.field_key).public_key().public_bytes_raw()
        line = Line(url, books, clock, sealed_to)
        try:
            yield line
        finally:
            for client in line.clients:
                with closing(client):
                    pass
