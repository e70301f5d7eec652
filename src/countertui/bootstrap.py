"""The one room that knows all others: plugs the screens onto a station, and decides which thread does what."""

from __future__ import annotations

import asyncio
import json
import select
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from countertui.errors import CounterError
from countertui.machine import folder_mark

if TYPE_CHECKING:
    from countertui.counter.station import Place, Run, Station
    from countertui.domain.appearance import Appearance
    from countertui.domain.city import CityRules
    from countertui.domain.device_reads import DeviceRead
    from countertui.ports.devices import Printer

P = ParamSpec("P")
R = TypeVar("R")


def run_counter(folder: Path, *, plain: bool = False) -> int:
    """Open the counter in a folder; gives the exit status. The store's lock is held until the program ends.

    plain: for screen readers, also where terminal.toml doesn't say so.
    """
    from countertui.folder_lock import FolderLock

    try:
        lock = FolderLock(folder, "the counter")
    except CounterError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    from countertui.screens.app import CounterApp
    from countertui.screens.sparing_driver import SparingDriver

    desk = ThreadedDesk(folder)
    app = CounterApp(desk, appearance(folder, plain=plain), driver_class=SparingDriver)
    when_hung_up(partial(app.call_from_thread, app.exit))
    try:
        app.run(mouse=True)
    finally:
        desk.close()
        lock.close()
    return app.return_code or 0


def appearance(folder: Path, *, plain: bool) -> Appearance:
    """How the counter looks in this folder, read before the first paint: quickly, and taking nothing amiss."""
    from countertui.domain.appearance import appearance_from

    path = folder / "terminal.toml"
    if not path.exists():
        return appearance_from({"plain": plain})
    import tomllib

    try:
        screen = tomllib.loads(path.read_text(encoding="utf-8")).get("screen")
    except (OSError, ValueError):
        screen = None  # what is wrong with the file is told when the terminal is opened
    said = appearance_from(screen)
    return replace(said, plain=said.plain or plain)


def when_hung_up(end: Callable[[], None]) -> None:
    """Call `end`, from a thread of its own, once the terminal that the program runs in is gone.

    A closed window or a lost line ends most programs by a signal; where none comes, one that goes on would read an end
    of file for ever and keep the store from whoever opens the counter next.
    """
    if not sys.stdin.isatty():
        return
    hung_up = select.poll()
    hung_up.register(sys.stdin.fileno(), 0)  # an end of the line is told unasked, and nothing else

    def watch() -> None:
        hung_up.poll()
        end()

    threading.Thread(target=watch, name="terminal", daemon=True).start()


class ThreadedDesk:
    """The screens' way to the counter: one thread writes, one looks things up, and some run errands."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.mark = folder_mark(folder)
        self._jobs = ThreadPoolExecutor(1, "jobs")
        self._looks = ThreadPoolExecutor(1, "looks")
        self._errands = ThreadPoolExecutor(3, "errands")
        self._at_printers: list[ThreadPoolExecutor] = []
        self._at_readers: list[threading.Thread] = []
        self._children: list[subprocess.Popen[str]] = []
        self._station: Station | None = None

    @property
    def needs_passphrase(self) -> bool:
        """Whether an opener must type the passphrase; a city without real money unlocks itself."""
        return not self.mark

    @property
    def station(self) -> Station:
        """The station, after `unlock`."""
        if self._station is None:
            raise RuntimeError("the desk is not unlocked")
        return self._station

    @property
    def place(self) -> Place:
        """Where the counter stands."""
        return self.station.place

    @property
    def rules(self) -> CityRules:
        """The city's rules."""
        return self.station.rules

    async def unlock(self, passphrase: str) -> None:
        """Open keys and store on the writing thread. Raises WrongPassphraseError, CounterError."""
        await asyncio.wrap_future(self._jobs.submit(self._open, passphrase))

    async def check(self) -> tuple[str, ...]:
        """Check the journal's tail and the anchor in a child process; until it answers, no money is taken."""
        from countertui.counter.start_up import after_check

        faults = await asyncio.get_running_loop().run_in_executor(self._errands, check_in_child, self._folder)
        return await self.job(after_check, faults)

    def job(self, function: Callable[Concatenate[Station, P], R], *args: P.args, **kwargs: P.kwargs) -> Awaitable[R]:
        """Queue a job for the writing thread now; jobs are done in the order of the calls."""
        return asyncio.wrap_future(self._jobs.submit(function, self.station, *args, **kwargs))

    def look(self, function: Callable[Concatenate[Station, P], R], *args: P.args, **kwargs: P.kwargs) -> Awaitable[R]:
        """Read on the other thread."""
        return asyncio.wrap_future(self._looks.submit(function, self.station, *args, **kwargs))

    def errand(
        self, function: Callable[Concatenate[Station, Run, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> Awaitable[R]:
        """Do slow work (network) on a thread of its own; its second argument does the writing."""
        return asyncio.wrap_future(self._errands.submit(function, self.station, self._run, *args, **kwargs))

    def at_printers(
        self, function: Callable[Concatenate[Station, Run, Printer, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> list[Awaitable[R]]:
        """Do it with each printer, each on the one thread that owns it, after what was asked of it before."""
        return [
            asyncio.wrap_future(thread.submit(function, self.station, self._run, printer, *args, **kwargs))
            for thread, printer in zip(self._at_printers, self.station.printers, strict=True)
        ]

    def listen(self, told: Callable[[DeviceRead], None]) -> None:
        """Listen to every scanner and check reader from now on, each in a thread of its own, which calls `told`."""
        for reader in self.station.readers:
            thread = threading.Thread(target=reader.listen, args=(told,), name=f"reader {reader.name}", daemon=True)
            self._at_readers.append(thread)
            thread.start()
        if self.station.display is not None:
            self.station.display.clear()

    def close(self) -> None:
        """Finish what is queued and end every child; no printer is waited for that waits for paper."""
        self._end_readers()
        if self._station is not None:
            for printer in self._station.printers:
                printer.give_up()
        for pool in (*self._at_printers, self._errands, self._looks, self._jobs):
            pool.shutdown(wait=True, cancel_futures=False)
        if self._station is not None:
            close_station(self._station)
        for child in self._children:
            end_child(child)

    def _open(self, passphrase: str) -> None:
        from countertui.assembly import open_station

        if self.mark:
            from countertui.demo.passphrase import PASSPHRASE

            passphrase = PASSPHRASE
        self._station = open_station(self._folder, passphrase, self._children.append)
        self._station.checking = True
        self._at_printers = [ThreadPoolExecutor(1, f"printer {printer.name}") for printer in self._station.printers]

    def _end_readers(self) -> None:
        if self._at_readers:
            for reader in self.station.readers:
                reader.stop()
        for thread in self._at_readers:
            thread.join()

    def _run(self, job: Callable[..., Any], *args: object) -> Any:
        future: Future[Any] = self._jobs.submit(job, self.station, *args)
        return future.result()


def check_in_child(folder: Path) -> tuple[str, ...]:
    """Run `countertui verify --tail` as a child; gives its faults in words."""
    done = subprocess.run(
        [sys.executable, "-m", "countertui", "verify", "--tail", "--json", "--dir", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        answer = json.loads(done.stdout)
        return tuple(str(fault["words"]) for fault in answer["faults"])
    except (ValueError, KeyError, TypeError):
        return ("The journal could not be checked; run `countertui verify` to see why.",)


def close_station(station: Station) -> None:
    """Close what a station holds open."""
    if station.display is not None:
        station.display.close()
    station.reader.close()
    station.reference.close()
    for printer in station.printers:
        printer.close()
    station.store.close()


def end_child(child: subprocess.Popen[str]) -> None:
    """End a child that lives as long as its standard input is open."""
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        child.terminate()
        child.wait(timeout=5)
