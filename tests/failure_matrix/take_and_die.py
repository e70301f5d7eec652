"""A child process that is killed while it works, for the tests beside it. Never imported.

Reads jobs from standard input, one line of JSON each: {"folder", "what", "at"}. Each is done in a fork of its own, and
answered by one line: how the fork ended, and what it said.

what   at
count  -                      take the saved cart's payment, say how many statements that takes
pay    n                      take it, killed before statement n (from 1)
pay    "after commit" etc.    take it, killed at a point that no statement marks
limit  bytes                  take it with no file allowed to grow past so many bytes; say what was raised
past   bytes                  take it, killed by the write that would make any file longer than so many bytes
pin    -                      give a wrong PIN, killed as soon as it is refused
print  "sending" | "sent"     print what waits, killed before or after the bytes leave
till   n                      take it, open the drawer, print, killed at the n-th step (from 1) of the store or a device
till   -                      the same, killed nowhere; say how many steps that takes
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from counter_station import TODAY, FakePrinter, cash, open_station, printer_of, run_here
from countertui.counter.cart import carts, take_back
from countertui.counter.cash_drawer import kick_drawer
from countertui.counter.open_drawer import session_of
from countertui.counter.print_queue import print_waiting
from countertui.counter.sign_on import people, sign_on
from countertui.counter.station import Station
from countertui.counter.take_payment import take_payment
from countertui.domain.refusal import Refused
from countertui.errors import CounterError
from countertui.ports.devices import PrintOutcome
from countertui.store.store import CommitUnknown


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def take(station: Station) -> str:
    rosa = next(person for person in people(station) if person.id == "rosa")
    session = session_of(station, rosa)
    assert session is not None
    assert session.biz_date == TODAY.isoformat()
    cart = take_back(station, carts(station)[0].id).cart
    return take_payment(station, session, cart, [cash(cart.total)]).receipt_no


def counted(station: Station, kill_before: int | None) -> int:
    """Take the payment, counting every statement that SQLite runs; killed before one of them."""
    done = 0

    def statement(_sql: str) -> None:
        nonlocal done
        done += 1
        if done == kill_before:
            die()

    station.db.set_trace_callback(statement)
    take(station)
    return done


def pay(station: Station, at: int | str) -> None:
    if at == "after commit":
        station.store.anchor.advance = die  # type: ignore[method-assign]
    elif at == "after anchor":
        advance = station.store.anchor.advance
        station.store.anchor.advance = lambda *tip: (advance(*tip), die())[0]  # type: ignore[method-assign]
    elif isinstance(at, int):
        counted(station, at)
        return
    take(station)
    die()


def limit(station: Station, most: int) -> str:
    """A file that may not grow: write(2) fails as it does on a full or failing disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    try:
        return f"taken {take(station)}"
    except CommitUnknown as error:
        return f"CommitUnknown {error.recorded} halted {bool(station.store.halted)}"
    except (CounterError, Refused) as error:
        return f"{type(error).__name__} None halted {bool(station.store.halted)}"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def past(station: Station, most: int) -> str:
    """Killed inside a write of the journal or of a database page, with what came before it on the disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    return take(station)


class Till(FakePrinter):
    """A printer and drawer whose paper outlives the program, in `devices.log` of the folder. Each half is a step."""

    def __init__(self, folder: Path, step: Callable[[], None]) -> None:
        super().__init__()
        self._log = os.open(folder / "devices.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._step = step

    def _happens(self, what: str) -> None:
        self._step()
        os.write(self._log, f"{what}\n".encode())
        self._step()

    def send(self, data: bytes, process_id: str) -> PrintOutcome:
        copy = json.loads(data)["copy"]
        self._happens(f"begun {copy}")
        self._happens(f"printed {copy}")
        return super().send(data, process_id)

    def kick(self, life_ms: int) -> PrintOutcome:
        self._happens("kick")
        return super().kick(life_ms)


def till(station: Station, kill_at: int | None) -> str:
    """Take the payment, open the drawer, print; killed at a step: a statement of the store, or half of what is done."""
    done = 0

    def step(_sql: str = "") -> None:
        nonlocal done
        done += 1
        if done == kill_at:
            die()

    station.printers = (Till(station.store.folder, step),)
    station.db.set_trace_callback(step)
    take(station)
    kick_drawer(station, run_here(station), station.store.tip()[0])
    print_waiting(station, run_here(station), station.printer)
    return str(done)


def print_and_die(station: Station, at: str) -> None:
    printer = printer_of(station)
    send = printer.send
    printer.send = die if at == "sending" else lambda *job: (send(*job), die())[0]  # type: ignore[method-assign,assign]
    print_waiting(station, run_here(station), station.printer)


def work(job: dict[str, Any]) -> str:
    station = open_station(Path(job["folder"]))
    match job["what"]:
        case "count":
            return str(counted(station, None))
        case "pay":
            pay(station, job["at"])
        case "limit":
            return limit(station, job["at"])
        case "past":
            return past(station, job["at"])
        case "pin":
            try:
                sign_on(station, "rosa", "0000")
            except Refused:
                die()
        case "till":
            return till(station, job["at"])
        case "print":
            print_and_die(station, job["at"])
    return "went on living"


def main() -> None:
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            os.write(writing, work(json.loads(line)).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read().decode()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps({"killed": os.WIFSIGNALED(status), "said": said}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
