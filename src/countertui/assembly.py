"""Putting a terminal's station together from its folder: keys, store, snapshot, devices, the way to the ledger."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from countertui.counter.start_up import PROGRAM
from countertui.counter.station import Place, Station
from countertui.domain.city import rules_from_json
from countertui.domain.records import Fact, Kind
from countertui.errors import EnvironmentFault, UsageError
from countertui.hardware.no_printer import NoPrinter
from countertui.hardware.print_child import PrintChild
from countertui.hardware.receipt_printer import PaperSetting, ReceiptPrinter
from countertui.hardware.transport import TcpPrinter
from countertui.machine import SystemClock, random_bytes, uuid7
from countertui.ports import Clock, Printer
from countertui.store.connection import open_for_reading
from countertui.store.reference import Reference
from countertui.store.store import Store
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.exchange import LedgerExchange
from countertui.sync.keyslots import open_slots, public_identity
from countertui.sync.late_client import LateClient
from countertui.sync.pins import PepperedPins
from countertui.sync.recorder import Recorder
from countertui.sync.transport import LedgerClient

KEYS, SETTINGS, DEMO = "keys.json", "terminal.toml", "demo.json"
KeepChild = Callable[[subprocess.Popen[str]], None]


class FolderUnusable(EnvironmentFault):
    """The folder is not a terminal's, or its parts don't belong together."""


def open_station(folder: Path, passphrase: str, keep_child: KeepChild) -> Station:
    """Open a terminal's folder for work; its lock is already held. Each child started is given to keep_child.

    Raises WrongPassphraseError, KeyFileDamagedError, StoreUnusable, FolderUnusable.
    """
    secrets = open_slots(folder / KEYS, passphrase)
    recorder = Recorder(public_identity(folder / KEYS), secrets.terminal_key)
    store = Store(folder)
    identity = store.identity()
    if identity is None or identity.public_key != recorder.public_key.hex():
        store.close()
        raise FolderUnusable(
            "The keys and the store in this folder don't belong together.",
            safe="Nothing was changed.",
            press="Put the right key file back, or call a technician.",
        )
    reference = Reference(folder / "reference.db")
    settings = _settings(folder)
    client = LateClient()
    clock = SystemClock()
    printer = _printer(folder, settings, clock, keep_child)
    _connect_ledger(folder, settings, client, keep_child)
    station = Station(
        store=store,
        reader=open_for_reading(store.path),
        reference=reference,
        rules=rules_from_json(reference.rules_json()),
        place=_place(reference, recorder, identity.office),
        clock=clock,
        ids=uuid7,
        recorder=recorder,
        pins=PepperedPins(secrets.pin_pepper, random_bytes),
        printer=printer,
        exchange=LedgerExchange(recorder, checked_public_key(bytes.fromhex(identity.ledger_key)), client),
        pins_shown=_demo_pins(folder),
    )
    if station.store.halted is None:
        station.store.append(
            Fact(uuid7(), Kind.START, PROGRAM, {"version": _version()}), station.recorder, station.clock
        )
    return station


def start_child(arguments: list[str], keep_child: KeepChild) -> dict[str, Any]:
    """Start a server of ours that says where it is in one line of JSON, and lives as long as we do.

    Raises FolderUnusable if it doesn't come up.
    """
    child = subprocess.Popen(  # the child ends when its standard input closes, so it is never orphaned
        [sys.executable, "-m", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    keep_child(child)
    line = child.stdout.readline() if child.stdout is not None else ""
    try:
        said: dict[str, Any] = json.loads(line)
    except ValueError:
        raise FolderUnusable(f"{arguments[0]} did not start.", press="Start it by hand to see why.") from None
    return said


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


def _settings(folder: Path) -> dict[str, Any]:
    path = folder / SETTINGS
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{SETTINGS} can't be read: {error}.", press="Mend it, then start again.") from error


def _printer(folder: Path, settings: dict[str, Any], clock: Clock, keep_child: KeepChild) -> Printer:
    """The printer of the terminal's settings; a demo city's is a virtual one beside the counter. None is normal."""
    child = PrintChild(folder / "encoder", log=folder / "print-child.log")
    if (folder / DEMO).exists():
        paper = folder / "paper.txt"
        said = start_child(["countertui.hardware.virtual_printer", "--port", "0", "--paper", str(paper)], keep_child)
        return ReceiptPrinter(child, TcpPrinter(said["host"], said["port"]), clock.mono_ms)
    device = settings.get("printer")
    if not isinstance(device, dict):
        return NoPrinter()
    setting = PaperSetting(int(device.get("columns", 42)), str(device.get("profile", "default")))
    return ReceiptPrinter(child, TcpPrinter(str(device["host"]), int(device.get("port", 9100))), clock.mono_ms, setting)


def _connect_ledger(folder: Path, settings: dict[str, Any], client: LateClient, keep_child: KeepChild) -> None:
    """A demo city's ledger comes up beside the counter; any other is at its address already."""
    if not (folder / DEMO).exists():
        ledger = settings.get("ledger")
        if isinstance(ledger, dict):
            client.found(LedgerClient(str(ledger["url"])))
        return

    def bring_up() -> None:
        arguments = ["countertui", "ledger", "serve", "--dir", str(folder / "ledger"), "--until-stdin-closes"]
        try:
            said = start_child(arguments, keep_child)
        except FolderUnusable:
            return
        client.found(LedgerClient(said["url"]))

    threading.Thread(target=bring_up, name="embedded ledger", daemon=True).start()


def _demo_pins(folder: Path) -> tuple[tuple[str, str], ...]:
    path = folder / DEMO
    if not path.exists():
        return ()
    return tuple((id_, pin) for id_, pin in json.loads(path.read_text(encoding="utf-8"))["pins"].items())


def _version() -> str:
    from importlib.metadata import version

    return version("countertui")
