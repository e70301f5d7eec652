"""The receipt printer as the counter sees it (port `Printer`): one owner of one device, for any number of threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from countertui.domain.check_line import CheckLine
from countertui.domain.documents import from_json, to_json
from countertui.hardware.check_readers import CheckNotRead
from countertui.hardware.conversation import MonoMs
from countertui.hardware.drawer_kick import Pin, kick_drawer
from countertui.hardware.escpos_status import Level
from countertui.hardware.held import clear_held
from countertui.hardware.kick_in_a_job import KickInAJob
from countertui.hardware.links.link import Link
from countertui.hardware.print_child import PrintChild
from countertui.hardware.printer_check_reader import MicrDialect, read_check
from countertui.hardware.slip import Said, Side, SlipWork, print_slip
from countertui.hardware.spooler import USUAL_PATIENCE, Abilities, Outcome, Patience, print_job
from countertui.hardware.watch import USUAL_POLL_MS, Watch, look
from countertui.ports.devices import PrintOutcome, SlipSheet

_TOOK_IT = frozenset({"confirmed", "processed", "sent"})


@dataclass(frozen=True, slots=True)
class PaperSetting:
    """How a printer is set up: columns of letters, python-escpos profile, code page, and the drawer's connector pin.

    `micr` is the dialect and alphabet of its check reader, None if it has none; `drawer_open` the level of the drawer's
    switch while it is open, None if it has none; `poll_ms` lies between looks at it while it is idle, 0 for never.
    `answers`: it is known to, so that its silence means something. `training`: every paper says so, whoever laid it
    out.
    """

    columns: int = 42
    profile: str = "default"
    code_page: str = "CP858"
    drawer_pin: Pin = 2
    knows_process_ids: bool = True
    has_drawer: bool = True
    slip: bool = False
    slip_side: Side | None = None
    slip_wait_ms: int = 45_000
    micr: tuple[MicrDialect, str] | None = None
    drawer_open: Level | None = None
    poll_ms: int = USUAL_POLL_MS
    answers: bool = False
    training: bool = False

    @property
    def abilities(self) -> Abilities:
        """What the printer can tell, before it has shown it."""
        return Abilities(answers=self.answers, process_ids=None if self.knows_process_ids else False)


USUAL_PAPER = PaperSetting()


def _not_kept() -> None:
    """Nobody keeps that a printer answered."""


class ReceiptPrinter:
    """A printer with its drawer. Each job opens and closes the link; jobs wait for each other, `status` for none."""

    def __init__(
        self,
        child: PrintChild,
        link: Link,
        mono_ms: MonoMs,
        setting: PaperSetting = USUAL_PAPER,
        patience: Patience = USUAL_PATIENCE,
        name: str = "",
        heard: Callable[[], None] = _not_kept,
    ) -> None:
        self._name = name or link.name
        self._heard = heard
        self._child = child
        self._link = link
        self._mono_ms = mono_ms
        self._setting = setting
        self._patience = patience
        self._port = threading.Lock()
        self._watch = Watch(mono_ms, setting.poll_ms, setting.drawer_open)
        self._abilities = setting.abilities
        self._give_up = threading.Event()
        self._sheet_left_in = False
        self._kick = KickInAJob(mono_ms, setting.drawer_pin)

    @property
    def name(self) -> str:
        """Which printer, for a person."""
        return self._name

    @property
    def has_drawer(self) -> bool:
        """Whether it may open a drawer."""
        return self._setting.has_drawer

    def render(self, document: str) -> bytes:
        """The printer's bytes for a print document's JSON. Raises as `PrintChild.render`."""
        setting = self._setting
        if setting.training:
            document = to_json(replace(from_json(document), training=True))
        return self._child.render(
            document, columns=setting.columns, profile=setting.profile, code_page=setting.code_page
        )

    def send(self, data: bytes, process_id: str) -> PrintOutcome:
        """Print once; waits while the printer says what is wrong with it, up to ten minutes or until `give_up`."""
        with self._port, self._watch.at_work():
            self._give_up = threading.Event()
            outcome = print_job(
                data,
                self._link,
                process_id=process_id.encode("ascii"),
                mono_ms=self._mono_ms,
                abilities=self._abilities,
                patience=self._patience,
                on_status=self._watch.told,
                give_up=self._give_up,
                at_rest=self._kick.at_rest,
            )
            self._learn(outcome.abilities)
            return self._told(outcome)

    @property
    def has_slip(self) -> bool:
        """Whether sheets can be put in: checks to endorse, stubs to validate."""
        return self._setting.slip

    def print_slip(self, data: bytes, sheet: SlipSheet, told: Callable[[str], None]) -> PrintOutcome:
        """Have a sheet put in and print on it once; `told` says what the operator should do, from this thread.

        A check's back is printed by the head behind it where the printer has one.
        """
        with self._port, self._watch.at_work():
            self._give_up = threading.Event()
            left_in = False

            def said(what: Said) -> None:
                nonlocal left_in
                left_in = what == "left in"
                told(what)

            outcome = print_slip(
                data,
                self._link,
                SlipWork(sheet, self._setting.slip_side, self._setting.slip_wait_ms, one_is_in=self._sheet_left_in),
                mono_ms=self._mono_ms,
                told=said,
                patience=self._patience,
                abilities=self._abilities,
                on_status=self._watch.told,
                give_up=self._give_up,
                at_rest=self._kick.at_rest,
            )
            self._sheet_left_in = left_in
            return self._told(outcome)

    @property
    def reads_checks(self) -> bool:
        """Whether it has a reader that checks can be put into."""
        return self._setting.micr is not None

    def read_check(self, told: Callable[[], None], stop: threading.Event) -> CheckLine:
        """Have a check put in, until `stop` or `give_up`, and read its line. Raises as `printer_check_reader`."""
        if self._setting.micr is None:
            raise CheckNotRead("This printer reads no checks.", press="Type the numbers.")
        dialect, alphabet = self._setting.micr
        with self._port, self._watch.at_work():
            self._give_up = stop
            return read_check(self._link, dialect, alphabet, mono_ms=self._mono_ms, told=told, give_up=stop)

    def give_up(self) -> None:
        """End the wait of the job that is under way, for paper or a closed cover; its outcome is then uncertain."""
        self._give_up.set()

    def clear(self) -> PrintOutcome:
        """Have the printer forget what it holds (DLE DC4 fn 8), where it knows how; refused where it is not reached."""
        with self._port:
            return self._told(clear_held(self._link, mono_ms=self._mono_ms))

    def kick(self, life_ms: int) -> PrintOutcome:
        """Open the drawer, at most once and within `life_ms` of now, else not at all."""
        if not self.has_drawer:
            return PrintOutcome("refused", "it opens no drawer")
        expires_ms = self._mono_ms() + life_ms

        def directly() -> Outcome:
            pin, abilities = self._setting.drawer_pin, self._abilities
            return kick_drawer(self._link, pin, mono_ms=self._mono_ms, expires_ms=expires_ms, abilities=abilities)

        kicked = self._kick.by_port_or_job(self._port, expires_ms, directly)
        return self._told(kicked) if kicked.state != "refused" else PrintOutcome(kicked.state, self._why(kicked))

    def status(self) -> str:
        """One or two words, of `status_words`: ok, paper low, cover open, off, busy, unknown and so on.

        Looks at an idle printer where that is due; while a job has the port, what the job last learnt.
        """
        if self._watch.due() and self._port.acquire(blocking=False):
            try:
                if look(self._link, self._watch):  # else one that hangs before its first job passes for mute
                    self._learn(replace(self._abilities, answers=True))
            finally:
                self._port.release()
        return self._watch.word

    @property
    def drawer_open_ms(self) -> int | None:
        """How long the drawer has stood open, as far as its switch was heard; None if closed or not known."""
        return self._watch.drawer_open_ms

    def close(self) -> None:
        """End the wait of a job under way and the print child."""
        self.give_up()
        self._child.close()

    def _learn(self, abilities: Abilities) -> None:
        if abilities.answers and not self._abilities.answers:
            self._heard()
        self._abilities = abilities

    def _told(self, outcome: Outcome) -> PrintOutcome:
        if outcome.state in _TOOK_IT:
            self._watch.told(outcome.status)
        else:
            self._watch.doubt()
        return PrintOutcome(outcome.state, self._why(outcome))

    def _why(self, outcome: Outcome) -> str:
        """Whose it is, who shows it says: the printer has a name of its own there."""
        return outcome.reason.removeprefix(f"{self._link.name}: ").removesuffix(".")
