"""Machines that die for good: their disks are read at the ledger, their keys revoked, and others go on in their place.

A machine never goes on with an old journal: a new key and epoch begin where a backup, or what is left, ends.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counter_station import SetClock
from countertui.counter.back_up import back_up
from countertui.counter.begin import StartData, begin
from countertui.demo.passphrase import PASSPHRASE
from countertui.domain.record_data import RestoreData
from countertui.domain.refusal import Refused
from countertui.ledger import enrolment
from countertui.ledger.admitting_again import admit_again
from countertui.ledger.after_restore import RegisterWaitsError, awaited
from countertui.ledger.dead_store import Left, StoreRefusedError, read_store
from countertui.ledger.keep_terminals import last_known, revoke
from countertui.ledger.recovering import recover
from countertui.ledger.restoring import go_on
from countertui.store.anchor import anchor_folder, read_tip
from countertui.store.copying import highest_receipt, last_good
from countertui.sync.enrolment import make_request, open_admission, pepper_of
from countertui.sync.keyslots import CHEAP_COST, Secrets, create_slots, public_identity
from countertui.sync.recorder import Recorder
from countertui.sync.sealing import sealing_key
from simulation.terminal import Terminal
from simulation.town import bytes_of, ids_of, newest_offer

if TYPE_CHECKING:
    from simulation.life import Life

T = TypeVar("T")
FIRST, SECOND = "ken", "uma"


def make_backup(life: Life) -> None:
    """A backup of a terminal by its own command, to be restored from later."""
    if terminal := life.any_terminal():
        to = life.home / f"{terminal.name}-backup-{len(terminal.backups)}"
        with contextlib.suppress(Refused):
            back_up(terminal.station, terminal.people["tess"], to)
            terminal.backups.append(to)
        terminal.note(told=True)


def die(life: Life) -> None:
    """A machine falls into the river; what is done with its disk, its key and its name comes in any order."""
    terminal = life.any_terminal()
    if terminal is None or any(each.place == terminal.place for each in life.terminals if each is not terminal):
        return
    terminal.die()
    with life.ledger.never_killed():
        if life.random.random() < 0.5:
            recover_disk(life, terminal)
        if not _known(life, terminal):
            return  # a ledger that was put back may have forgotten it
        _though_it_waits(life, lambda: _revoke(life, terminal))
        if life.random.random() < 0.5:
            recover_disk(life, terminal)
        if life.random.random() < 0.8:
            life.terminals.append(_though_it_waits(life, lambda: _restored(life, terminal)))
            life.done["restored"] += 1


def recover_disk(life: Life, terminal: Terminal) -> None:
    """What a machine's disk proves is taken in at the ledger, without its passphrase.

    One that the ledger forgot, and whose entries have lost their place, two people let in again.
    """
    books, key = life.ledger.books, life.ledger.secrets.terminal_key
    try:
        left = read_store(terminal.folder / "store.db")
        try:
            taken = _though_it_waits(life, lambda: recover(books, key, left, "tess", life.ledger.now()))
        except StoreRefusedError as refusal:
            if "--admit-again" not in refusal.press:
                raise
            _though_it_waits(life, lambda: _let_in_again(life, left))
            life.done["let in again"] += 1
            taken = _though_it_waits(life, lambda: recover(books, key, left, "tess", life.ledger.now()))
        life.recovered[terminal.name] = taken
        life.done["recovered"] += 1
    except StoreRefusedError as refusal:
        life.recovered[terminal.name] = refusal.happened
        life.done["not recovered"] += 1


def _let_in_again(life: Life, left: Left) -> None:
    books = life.ledger.books
    with books.writing() as connection:
        admit_again(connection, books, life.ledger.secrets.terminal_key, left, (FIRST, SECOND), life.ledger.now())


def _though_it_waits(life: Life, act: Callable[[], T]) -> T:
    """Do it; where a restored ledger waits for its terminals, two people have it go on without them, as it says.

    They know of no machine that it does not name; half of the time they have all that work sync before, as they should.
    """
    with contextlib.suppress(RegisterWaitsError):
        return act()
    if life.random.random() < 0.5:
        with life.network.at_peace():
            for terminal in life.working():
                terminal.follow_register()
        life.done["had all sync"] += 1
        with contextlib.suppress(RegisterWaitsError):
            return act()
    with life.ledger.books.writing() as connection:
        go_on(connection, awaited(connection), (FIRST, SECOND), "They are gone", life.ledger.now())
    life.done["went on"] += 1
    return act()


def _known(life: Life, terminal: Terminal) -> bool:
    code, epoch = terminal.place
    return bool(life.ledger.asked(f"SELECT 1 FROM terminal WHERE code = '{code}' AND epoch = {epoch}"))


def _revoke(life: Life, terminal: Terminal) -> None:
    books, (code, epoch) = life.ledger.books, terminal.place
    key, now = life.ledger.secrets.terminal_key, life.ledger.now()
    with books.writing() as connection:
        after = last_known(connection, code, epoch)
        revoke(connection, books, key, code, epoch, after, "It fell into the river", (FIRST, SECOND), now)


def _restored(life: Life, dead: Terminal) -> Terminal:
    """Another machine under its name: from a backup or from what is left, with or without the anchor."""
    code = dead.code
    source = life.random.choice([dead.folder, *dead.backups])
    tip = read_tip(anchor_folder(dead.folder)) if life.random.random() < 0.5 else None
    good = last_good(source / "store.db")
    paper = dead.highest_receipt()  # of the last receipt that a customer has
    restored = RestoreData(
        epoch=good.epoch,
        seq=good.seq,
        h=good.h,
        receipt_n=good.receipt_n,
        anchor_seq=tip.seq if tip is not None else None,
        paper_n=paper,
        first_n=highest_receipt(good, tip, paper) + 1,
    )
    folder = life.home / f"{code}-{dead.epoch + 1}"
    clock = SetClock(f"{life.clock.now:%Y-%m-%dT%H:%M:%S}")
    _admitted(life, code, folder, clock, restored)
    shutil.copy(dead.folder / "demo.json", folder / "demo.json")
    return Terminal(folder.name, folder, life.network, life.random_of(folder.name), clock)


def _admitted(life: Life, code: str, folder: Path, clock: SetClock, restored: RestoreData) -> None:
    """Let in by two people, a one-time code and a fingerprint, as any new machine."""
    books, own, now = life.ledger.books, life.ledger.secrets, life.ledger.now()
    random = bytes_of(f"{life.seed}/{folder.name}")
    with books.writing() as connection:
        said, invitation = enrolment.begin(connection, books, code, "HALL", FIRST, random, now)
    key, field_key = Ed25519PrivateKey.from_private_bytes(random(32)), random(32)
    request, fingerprint = make_request(invitation, said, key, sealing_key(field_key))
    enrolment.take_request(books, code, request, now)
    lines = enrolment.admit(books, own, code, SECOND, fingerprint, now).splitlines()
    public_key = key.public_key().public_bytes_raw()
    admitted, register = open_admission(lines[0], lines[1:], terminal=code, public_key=public_key, code=said)
    folder.mkdir()
    create_slots(
        folder / "keys.json",
        ledger=admitted.ledger,
        terminal=code,
        epoch=admitted.epoch,
        secrets=Secrets(key, field_key, pepper_of(admitted, sealing_key(field_key))),
        openers={"demo": PASSPHRASE},
        random=random,
        cost=CHEAP_COST,
    )
    recorder = Recorder(public_identity(folder / "keys.json"), key)
    start = StartData(
        office=admitted.office,
        public_key=admitted.public_key,
        ledger_key=register.ledger_key.hex(),
        registry=register.founding,
        receipt_n=admitted.receipt_n,
    )
    offer = newest_offer(life.ledger.folder, admitted.ledger, register.ledger_key, code, admitted.epoch)
    begin(folder, recorder, clock, ids_of(folder.name), start, lines[1:], offer, lambda _table, _rows: None, restored)
