"""A city's life by a seed: what people do, what befalls machines, network and ledger; then everything is allowed to
settle. The seed alone decides what happens.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from counter_station import SetClock
from countertui.ledger.recovering import Recovered
from countertui.ledger.stick import take_entries
from countertui.sync.stick_client import own_register_name
from postgres import Server
from simulation.deaths import die, make_backup, recover_disk
from simulation.ledger_side import Ledger
from simulation.network import Network
from simulation.papers import Form, key_in, key_in_all, power_cut
from simulation.terminal import Terminal, altered_file
from simulation.town import CODES, MORNING, copied, new_home

STEPS = 70


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that must be noticed: what, to which machine, and whether anybody can know.

    `seq` is the record it is about; `by_itself` whether the machine must find it at its next start and stop.
    """

    what: str
    machine: str
    noticeable: bool
    seq: int
    by_itself: bool = False


@dataclass
class Life:
    """One city's life. `close` removes all of it."""

    seed: int
    server: Server | None = None
    steps: int = STEPS
    happened: list[Happened] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    spoilt: Counter[str] = field(default_factory=Counter)
    """Files on sticks that were altered, by what the ledger made of them."""
    told: dict[tuple[str, int], int] = field(default_factory=dict)
    """The last record that each terminal's ledger heard of, as a test may know and nobody there can."""
    ledger_went_back: bool = False
    forms: list[Form] = field(default_factory=list)
    """Paper receipts that were written."""
    recovered: dict[str, Recovered | str] = field(default_factory=dict)
    """What came of each stopped machine's disk, by its name; in words why it was refused."""

    def __post_init__(self) -> None:
        self.random = self.random_of("beginning")
        self.home = copied(new_home(f"countertui-life-{self.seed}-"))
        self.clock = SetClock(MORNING)
        self.ledger = Ledger(self.home / "ledger", self.clock, self.server)
        self.network = Network(self.ledger, self.random_of("network"))
        self.terminals = [self._terminal(code) for code in CODES]
        self.sticks: list[Path] = []
        self.nasty = {each for each in _NASTY if self.random.random() < 0.3}

    def close(self) -> None:
        for terminal in self.terminals:
            if not terminal.dead:
                terminal.stop()
        self.ledger.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def go(self) -> None:
        """Live, then settle."""
        acts = [each for each in _ACTS if each[0] not in _NASTY or each[0] in self.nasty]
        for step in range(self.steps):
            self._begin(step)
            self.clock.go_on(self.random.randint(5, 300))
            act, _ = self.random.choices(acts, [weight for _, weight in acts])[0]
            self.done[act.__name__.strip("_")] += 1
            act(self)
        self.settle()

    def random_of(self, what: object) -> Random:
        """A random of its own for that: what one thing draws leaves the others as they are."""
        return Random(f"{self.seed}/{what}")

    def _begin(self, step: int) -> None:
        """Each step draws from randoms of its own: where a change of the program draws once more or less, only what
        follows from it changes, not the whole rest of the life."""
        self.random = self.random_of(step)
        self.network.random = self.random_of(f"{step}/network")
        for terminal in self.terminals:
            terminal.random = self.random_of(f"{step}/{terminal.name}")

    def settle(self) -> None:
        """Nothing more goes wrong: what was under way arrives, every drawer is closed, everything sealed and sent."""
        with self.network.at_peace():
            self.random.shuffle(self.sticks)
            for stick in list(self.sticks):
                self._insert(stick)
            for _ in range(4):
                self.network.late()
            key_in_all(self)
            for terminal in self.working():
                terminal.close_drawer()
                terminal.seal()
            for _ in range(2):
                for terminal in self.working():
                    terminal.send()
                    terminal.keep_in_touch()
                    self._now_known(terminal)
            for _ in range(4):
                self.network.late()
            for terminal in self.terminals:
                if terminal.stopped or terminal.dead:
                    recover_disk(self, terminal)

    def working(self) -> list[Terminal]:
        """The machines that take part: not stopped by what their start found, not dead."""
        return [terminal for terminal in self.terminals if not terminal.stopped and not terminal.dead]

    def any_terminal(self) -> Terminal | None:
        working = self.working()
        return self.random.choice(working) if working else None

    def _terminal(self, name: str) -> Terminal:
        clock = SetClock(MORNING)
        return Terminal(name, self.home / name, self.network, self.random_of(name), clock)

    def _now_known(self, terminal: Terminal) -> None:
        """What the ledger has of this terminal, in custody or witnessed."""
        place = terminal.place
        here = f"terminal = '{terminal.code}' AND epoch = {terminal.epoch}"
        asked = [f"SELECT last_seq FROM terminal WHERE {here.replace('terminal', 'code', 1)}"]
        asked += [f"SELECT coalesce(max(seq), 0) FROM {table} WHERE {here}" for table in ("witnessed", "provisional")]
        with self.ledger.never_killed():
            self.told[place] = max(int(row[0]) for sql in asked for row in self.ledger.asked(sql))

    def _insert(self, stick: Path) -> None:
        """A stick is read in at the ledger, batches in any order; the answers go back on it."""
        self.sticks.remove(stick)
        spoilt = _spoilt(stick) if stick.name.endswith("spoilt") else None
        key, now = self.ledger.secrets.terminal_key, self.ledger.now()
        for said in take_entries(self.ledger.books, key, stick, now):
            self.spoilt["register " + said.verdict] += spoilt is not None and said.file == spoilt.name
        files = [path for path in sorted(stick.iterdir()) if not path.match(own_register_name("*"))]
        self.random.shuffle(files)
        if self.random.random() < 0.3:
            files = files + files[:1]
        for path in files:
            code, epoch, no = path.stem.rsplit("-", 2)
            status, ack = self.ledger.read_in(code, int(epoch), int(no), path.read_bytes())
            if path == spoilt:
                self.spoilt[str(status)] += 1
            elif status in (200, 201, 202):
                for terminal in self.working():
                    if terminal.place == (code, int(epoch)):
                        terminal.take_ack(int(no), ack)


def _work(life: Life) -> None:
    if terminal := life.any_terminal():
        for _ in range(life.random.randint(1, 3)):
            terminal.work()


def _seal_and_send(life: Life) -> None:
    if terminal := life.any_terminal():
        terminal.seal()
        terminal.send()


def _send(life: Life) -> None:
    if terminal := life.any_terminal():
        terminal.send()


def _keep_in_touch(life: Life) -> None:
    if terminal := life.any_terminal():
        terminal.keep_in_touch()


def _late(life: Life) -> None:
    life.network.late()


def _crash(life: Life) -> None:
    if terminal := life.any_terminal():
        terminal.crash()


def _stick_out(life: Life) -> None:
    if terminal := life.any_terminal():
        terminal.seal()
        stick = life.home / f"stick-{len(list(life.home.glob('stick-*')))}"
        terminal.export(stick)
        if life.random.random() < 0.3 and any(stick.iterdir()):
            altered_file(_spoilt(stick), life.random)
            stick = stick.rename(f"{stick}-spoilt")
        life.sticks.append(stick)


def _stick_in(life: Life) -> None:
    if life.sticks:
        with life.network.at_peace():
            life._insert(life.random.choice(life.sticks))


def _spoilt(stick: Path) -> Path:
    """The file on a spoilt stick that is."""
    return min(stick.iterdir())


def _publish(life: Life) -> None:
    with life.ledger.never_killed():
        life.ledger.publish()


def _take_snapshot(life: Life) -> None:
    if terminal := life.any_terminal():
        terminal.take_snapshot()


def _wrong_clock(life: Life) -> None:
    if terminal := life.any_terminal():
        terminal.set_clock()


def _image(life: Life) -> None:
    if terminal := life.any_terminal():
        terminal.take_image()


def _back_up_ledger(life: Life) -> None:
    with life.ledger.never_killed():
        life.ledger.back_up(by_command=life.random.random() < 0.6)


def _old_disk(life: Life) -> None:
    _go_back(life, with_anchor=False)


def _old_disk_and_anchor(life: Life) -> None:
    _go_back(life, with_anchor=True)


def _go_back(life: Life, *, with_anchor: bool) -> None:
    terminal = life.any_terminal()
    if terminal is None:
        return
    life._now_known(terminal)
    image = terminal.go_back(with_anchor=with_anchor)
    if image is None:
        return
    what = "old disk and anchor" if with_anchor else "old disk"
    terminal.befell.append(what)
    known = not with_anchor or life.told[terminal.place] > image.seq
    life.happened.append(Happened(what, terminal.name, known, image.seq, by_itself=not with_anchor))


def _clone(life: Life) -> None:
    terminal = life.any_terminal()
    if terminal is None or any(each.place == terminal.place for each in life.terminals if each is not terminal):
        return
    twin = terminal.cloned(f"{terminal.name}-twin")
    life.terminals.append(twin)
    for each in (terminal, twin):
        each.befell.append("clone")
    life.happened.append(Happened("clone", terminal.name, noticeable=True, seq=terminal.station.store.tip()[0]))


def _alter_a_record(life: Life) -> None:
    if terminal := life.any_terminal():
        answered_for = terminal.answered_for()
        seq = terminal.alter_a_record()
        terminal.befell.append("altered record")
        # A start looks at what came after the last answer of the ledger's; at the rest, whoever verifies.
        stops = seq > answered_for
        life.happened.append(Happened("altered record", terminal.name, noticeable=True, seq=seq, by_itself=stops))


def _put_ledger_back(life: Life) -> None:
    with life.ledger.never_killed():
        if life.ledger.put_back(life.random.randrange(100)):
            life.ledger_went_back = True


Act = Callable[[Life], None]
_NASTY: tuple[Act, ...] = (_old_disk, _old_disk_and_anchor, _clone, _alter_a_record, _put_ledger_back, die)
_ACTS: tuple[tuple[Act, float], ...] = (
    (_work, 30),
    (_seal_and_send, 8),
    (_send, 5),
    (_keep_in_touch, 6),
    (_late, 4),
    (_crash, 4),
    (_stick_out, 2),
    (_stick_in, 2),
    (_publish, 1),
    (_take_snapshot, 2),
    (_wrong_clock, 1),
    (_image, 4),
    (_back_up_ledger, 2),
    (_old_disk, 2.5),
    (_old_disk_and_anchor, 3),
    (_clone, 1.5),
    (_alter_a_record, 1.5),
    (_put_ledger_back, 1.5),
    (make_backup, 1.5),
    (die, 2),
    (power_cut, 2),
    (key_in, 4),
)
