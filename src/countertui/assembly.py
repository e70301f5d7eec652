"""Putting a terminal's station together from its folder: keys, store, snapshot, devices, the way to the ledger."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.config.devices import CheckReaderTable, PoleDisplayTable, PrinterTable, ScannerTable
from countertui.config.terminal import TerminalSettings, read_terminal
from countertui.counter.station import Place, Station
from countertui.counter.take_snapshot import build
from countertui.domain.city import rules_from_json
from countertui.domain.demo import DEMO, FOLDER_MARKS, TRAINING, mark_of
from countertui.errors import AnswerNo, EnvironmentFault
from countertui.hardware import links
from countertui.hardware.attached import display_of, readers_of
from countertui.hardware.heard import HeardPrinters
from countertui.hardware.no_printer import NoPrinter
from countertui.hardware.print_child import PrintChild
from countertui.hardware.receipt_printer import PaperSetting, ReceiptPrinter
from countertui.machine import SystemClock, folder_mark, random_bytes, uuid7
from countertui.ports.clock import Clock
from countertui.ports.devices import Printer
from countertui.store import registry_log
from countertui.store.batches import is_acked
from countertui.store.connection import open_for_reading
from countertui.store.own_keys import key_in_force, own_keys
from countertui.store.reference import Reference
from countertui.store.reference_file import ReferenceUnusable
from countertui.store.store import Identity, Store, read_body
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.exchange import LedgerExchange
from countertui.sync.faults import RegistryRefusedError
from countertui.sync.keyslots import Secrets, keep_next_key, open_slots, public_identity, settle_next_key
from countertui.sync.late_client import LateClient
from countertui.sync.pins import PepperedPins
from countertui.sync.recorder import Recorder
from countertui.sync.registry_entries import Rotate, read_data, read_entry
from countertui.sync.transport import LedgerClient
from countertui.sync.vault import Vault

KEYS, SETTINGS, LOGO = "keys.json", "terminal.toml", "logo.png"
PAPER, DEVICES, HEARD = "paper.txt", "devices.json", "printers-heard.json"
_CITIES = {DEMO: "a demo city's", TRAINING: "a training city's", "": "a real city's"}
KeepChild = Callable[[subprocess.Popen[str]], None]


class FolderUnusable(EnvironmentFault):
    """The folder is not a terminal's, or its parts don't belong together."""


class WayToLedger:
    """The way to a terminal's ledger: its address in the settings, or a made-up city's own, started when connected."""

    def __init__(self, folder: Path, keep_child: KeepChild) -> None:
        self.client = LateClient()
        self._folder = folder
        self._keep_child = keep_child
        self._turn = threading.Lock()
        self._connected = False

    def connect(self) -> None:
        """Find out where the ledger is; a made-up city's is waited for. Without an address it stays unreachable.

        Raises TerminalSettingsError, LedgerAddressError, FolderUnusable if such a city's own doesn't start.
        """
        with self._turn:
            if not self._connected and (client := self._found()) is not None:
                self.client.found(client)
            self._connected = True

    def connect_beside(self) -> None:
        """The same, without waiting for a made-up city's ledger to come up. Raises as `connect` for any other."""
        if folder_mark(self._folder):
            threading.Thread(target=self._connect_in_time, name="embedded ledger", daemon=True).start()
        else:
            self.connect()

    def _connect_in_time(self) -> None:
        try:
            self.connect()
        except FolderUnusable:
            return  # the chip says offline; everything is kept here

    def _found(self) -> LedgerClient | None:
        if folder_mark(self._folder):
            arguments = ["countertui", "ledger", "serve", "--dir", str(self._folder / "ledger"), "--until-stdin-closes"]
            return LedgerClient(str(start_child(arguments, self._keep_child, self._folder / "ledger.log")["url"]))
        ledger = read_terminal(self._folder / SETTINGS).ledger
        return LedgerClient(ledger.url, pin=ledger.pin) if ledger is not None else None


def open_station(folder: Path, passphrase: str, keep_child: KeepChild) -> Station:
    """Open a terminal's folder for work, printer and ledger beside it; its lock is already held.

    Each child started is given to keep_child. Raises WrongPassphraseError, KeyFileDamagedError, StoreUnusable,
    FolderUnusable, ReferenceUnusable, TerminalSettingsError.
    """
    way = WayToLedger(folder, keep_child)
    clock = SystemClock()
    settings = _settings(folder, keep_child)
    printers = _printers(folder, settings.printers, clock)
    try:
        station = open_for_command(folder, passphrase, way, printers)
        way.connect_beside()
        station.virtual_paper = None if read_terminal(folder / SETTINGS).printers else _virtual_paper(folder)
        station.readers = readers_of(settings, clock.mono_ms)
        station.display = display_of(settings.pole_display, station.place.city, clock.mono_ms, station.place.mark)
    except BaseException:
        for printer in printers:
            printer.close()
        raise
    return station


def open_for_command(folder: Path, passphrase: str, way: WayToLedger, printers: tuple[Printer, ...] = ()) -> Station:
    """The same for a command: without paper, and with the ledger only as far as `way` is connected.

    Only a snapshot that must be built anew connects it here.
    """
    secrets = _secrets(folder, passphrase)
    with ExitStack() as undo:
        store = Store(folder)
        undo.callback(store.close)
        identity = store.identity()
        recorder = _recorder(folder, passphrase, secrets, store)
        if identity is None or recorder is None:
            raise FolderUnusable(
                "The keys and the store in this folder don't belong together.",
                safe="Nothing was changed.",
                press="Put the right key file back, or call a technician.",
            )
        exchange = _exchange(store, identity, recorder, way.client)
        applied = store.connection.execute("SELECT snapshot FROM counter").fetchone()[0]
        reference = _reference(folder, applied, exchange, way)
        undo.callback(reference.close)
        reader = open_for_reading(store.path)
        undo.callback(reader.close)
        station = Station(
            store=store,
            reader=reader,
            reference=reference,
            rules=rules_from_json(reference.rules_json()),
            place=_place(reference, recorder, identity.office),
            clock=SystemClock(),
            ids=uuid7,
            recorder=recorder,
            pins=PepperedPins(secrets.pin_pepper, random_bytes),
            printers=printers or (NoPrinter(),),
            exchange=exchange,
            vault=Vault(secrets.field_key, recorder.ledger, random_bytes),
            pins_shown=_pins_shown(folder),
        )
        undo.pop_all()
        return station


def prepare_next_key(folder: Path, passphrase: str) -> None:
    """Keep a new key beside the terminal's own, to be changed to; one kept before and not used is taken again.

    Raises FolderUnusable, WrongPassphraseError, KeyFileDamagedError.
    """
    if _secrets(folder, passphrase).next_key is None:
        keep_next_key(folder / KEYS, passphrase, Ed25519PrivateKey.from_private_bytes(random_bytes(32)), random_bytes)


def start_child(arguments: list[str], keep_child: KeepChild, log: Path | None = None) -> dict[str, Any]:
    """Start a server of ours that says where it is in one line of JSON, and lives as long as we do.

    What it complains of is appended to `log`, so that it never gets onto a screen. Raises FolderUnusable if it doesn't
    come up.
    """
    with log.open("ab") if log else nullcontext() as errors:
        child = subprocess.Popen(  # the child ends when its standard input closes, so it is never orphaned
            [sys.executable, "-m", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    keep_child(child)
    line = child.stdout.readline() if child.stdout is not None else ""
    try:
        said: dict[str, Any] = json.loads(line)
    except ValueError:
        raise FolderUnusable(f"{arguments[0]} did not start.", press="Start it by hand to see why.") from None
    return said


def _recorder(folder: Path, passphrase: str, secrets: Secrets, store: Store) -> Recorder | None:
    """The recorder, with the key whose turn it is by the journal; None if the journal is under other keys.

    A changed key's forerunner is forgotten once the batch that it sealed last is in the ledger's custody, and the
    register as it was followed here vouches for the new one.
    """
    keys = own_keys(store.connection)
    identity = public_identity(folder / KEYS)
    if not keys:
        return None
    if keys[-1].from_seq is None and keys[-1].public_key != identity.next_public_key:
        return None  # the next seal would leave nothing to sign with
    now = key_in_force(keys)
    if secrets.next_key is not None and now.public_key == identity.next_public_key and now.from_seq is not None:
        if not is_acked(store.connection, now.from_seq - 1) or not _is_on_register(store, now.public_key):
            recorder = Recorder(identity, secrets.terminal_key, first_key=keys[0].public_key, next_key=secrets.next_key)
            recorder.turn_key(now.from_seq)
            return recorder
        settle_next_key(folder / KEYS, passphrase, random_bytes)
        identity = public_identity(folder / KEYS)
        secrets = open_slots(folder / KEYS, passphrase)
    if now.public_key != identity.public_key:
        return None
    return Recorder(identity, secrets.terminal_key, first_key=keys[0].public_key, next_key=secrets.next_key)


def _is_on_register(store: Store, public_key: bytes) -> bool:
    """Whether the register kept here names a changed key; one that was spoilt names nothing."""
    try:
        said = [read_data(read_entry(envelope)[0]) for envelope in registry_log.entries(store.connection)]
    except RegistryRefusedError:
        return False
    return any(isinstance(data, Rotate) and data.public_key == public_key.hex() for data in said)


def _exchange(store: Store, identity: Identity, recorder: Recorder, client: LateClient) -> LedgerExchange:
    """The way to the ledger, with the keys believed of it so far: a register that was spoilt here is followed anew."""
    ledger_key = checked_public_key(bytes.fromhex(identity.ledger_key))
    founding = read_body(store.connection, 1)["data"].get("registry")
    entries = registry_log.entries(store.connection)
    try:
        return LedgerExchange(recorder, ledger_key, client, founding=founding, entries=entries)
    except RegistryRefusedError:
        store.write_working(partial(registry_log.replace, envelopes=()))
        return LedgerExchange(recorder, ledger_key, client, founding=founding)


def _secrets(folder: Path, passphrase: str) -> Secrets:
    """The opened keys, if they are of the kind of city that the folder says it is."""
    path = folder / KEYS
    if not path.exists():
        raise FolderUnusable(f"There are no keys in {folder}.", press="Name the terminal's folder with --dir.")
    identity = public_identity(path)
    keys_of, folder_of = (_CITIES[mark] for mark in (mark_of(identity.ledger), folder_mark(folder)))
    if keys_of != folder_of:
        raise FolderUnusable(
            f"The keys in this folder are {keys_of}, but the folder is not.",
            safe="Nothing was changed.",
            press="A demo or training terminal never works as a real one, nor the other way round: call a technician.",
        )
    return open_slots(path, passphrase)


def _reference(folder: Path, applied: int, exchange: LedgerExchange, way: WayToLedger) -> Reference:
    """The snapshot in use; where none is that this program can read, built anew from the ledger's newest."""
    path = folder / "reference.db"
    try:
        return Reference(path)
    except ReferenceUnusable as fault:
        try:
            way.connect()
            offer = exchange.newer_snapshot(applied - 1)
            if offer is None:
                raise FolderUnusable("The ledger has none that is as new as the one in use here was.")
            build(offer, folder, lambda _table, _rows: None)
        except (EnvironmentFault, AnswerNo) as why:
            raise ReferenceUnusable(
                f"{fault.happened} It could not be built anew. {why.happened}",
                "Everything taken is recorded elsewhere: this file is only for looking things up.",
                "Make the ledger reachable, then open the counter again: it builds the file by itself. Where the ledger"
                " is reachable, have it publish anew first: countertui ledger publish.",
            ) from why
        return Reference(path)


def _place(reference: Reference, recorder: Recorder, office: str) -> Place:
    row = reference.office(office)
    return Place(
        ledger=recorder.ledger,
        city=rules_from_json(reference.rules_json()).name,
        office=office,
        office_name=row.name if row else office,
        office_address=row.address if row else "",
        terminal=recorder.terminal,
        epoch=recorder.epoch,
    )


def _settings(folder: Path, keep_child: KeepChild) -> TerminalSettings:
    """What terminal.toml says; in a made-up city, virtual devices stand where it names none. None is normal."""
    settings, paper = read_terminal(folder / SETTINGS), _virtual_paper(folder)
    if settings.printers or paper is None:
        return settings
    arguments = ["--paper", str(paper), "--addresses", str(folder / DEVICES), "--operator-after", "3"]
    at = start_child(["countertui.hardware.virtual_devices", *arguments], keep_child, folder / "printer.log")
    return TerminalSettings(
        printers=(PrinterTable(name="virtual printer", slip=True, drawer_open="high", **at["printer"]),),
        scanners=settings.scanners or (ScannerTable(name="scanner", **at["scanner"]),),
        check_reader=settings.check_reader or CheckReaderTable(**at["check_reader"]),
        pole_display=settings.pole_display or PoleDisplayTable(**at["pole_display"]),
    )


def _virtual_paper(folder: Path) -> Path | None:
    """Where a made-up city's virtual printer, if it has no other, writes what it prints."""
    return folder / PAPER if folder_mark(folder) else None


def _printers(folder: Path, tables: Sequence[PrinterTable], clock: Clock) -> tuple[Printer, ...]:
    child, heard = _print_child(folder), HeardPrinters(folder / HEARD)
    training = folder_mark(folder) == TRAINING
    return tuple(_printer(table, child, clock, heard, training=training) for table in tables)


def _printer(
    table: PrinterTable, child: PrintChild, clock: Clock, heard: HeardPrinters, *, training: bool
) -> ReceiptPrinter:
    """A printer; that it answers is kept from one start to the next, unless its settings say whether it does.

    One of a training city opens no drawer, and marks every paper.
    """
    link = links.of(table)
    told_apart = f"{table.name} {link.name}"
    setting = _paper(table, answers=heard.knows(told_apart) if table.answers is None else table.answers)
    if training:
        setting = replace(setting, has_drawer=False, training=True)
    if table.answers is not None:
        return ReceiptPrinter(child, link, clock.mono_ms, setting, name=table.name)
    return ReceiptPrinter(child, link, clock.mono_ms, setting, name=table.name, heard=partial(heard.note, told_apart))


def _paper(device: PrinterTable, *, answers: bool) -> PaperSetting:
    """A print server's queue opens no drawer: it could hold that back, and open it hours later."""
    return PaperSetting(
        device.columns,
        device.profile,
        device.page,
        device.drawer_pin,
        device.asks_process_ids,
        has_drawer=device.way != "queue",
        slip=device.slip,
        micr=(device.micr, device.reads_checks_in) if device.micr and device.reads_checks_in else None,
        drawer_open=device.drawer_open,
        poll_ms=device.poll_s * 1000,
        answers=answers,
    )


def _print_child(folder: Path) -> PrintChild:
    return PrintChild(folder / "encoder", log=folder / "print-child.log", logo=folder / LOGO)


def _pins_shown(folder: Path) -> tuple[tuple[str, str], ...]:
    for name in FOLDER_MARKS:
        if (folder / name).exists():
            said = json.loads((folder / name).read_text(encoding="utf-8"))
            return tuple((id_, pin) for id_, pin in said["pins"].items())
    return ()
