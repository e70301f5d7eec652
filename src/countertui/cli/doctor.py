"""`countertui doctor`: is the folder sound, and does every device do what terminal.toml says it is?"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.places import store_folder
from countertui.domain.demo import TRAINING
from countertui.machine import folder_mark

if TYPE_CHECKING:
    from countertui.config.terminal import TerminalSettings
    from countertui.hardware.checkup import Finding

_OTHERS = 0o077
_TECHNICIAN = "Call a technician."


def add_to(app: App) -> None:
    """Add this module's commands."""
    app.command(doctor)


def doctor(*, print_: bool = False, json_: bool = False, dir: Path | None = None) -> int:  # noqa: A002
    """Check the terminal's folder and try every device of terminal.toml. Takes no money and needs no passphrase.

    Ends with status 0 if all is well, 1 if something is not, 3 if there is no terminal.

    Parameters
    ----------
    print_
        Print a test page on each printer. It is no receipt and opens no drawer.
    json_
        Answer as JSON: {"well", "findings": [{"what", "name", "is_well", "word", "says", "press"}], "here": {"serial",
        "usb"}}; here lists the ports and USB printers of this machine.
    dir
        The terminal's folder.
    """
    require_extras("counter")
    from countertui.config.serial_ports import serial_ports
    from countertui.hardware.links.usb_bulk import plugged_in

    folder = store_folder(dir)
    findings: list[Finding] = []
    for finding in _findings(folder, print_test_pages=print_):
        findings.append(finding)
        if not json_:
            _tell(finding)
    is_well = all(finding.is_well for finding in findings)
    here = {"serial": serial_ports(), "usb": plugged_in()}
    if json_:
        print(json.dumps({"well": is_well, "findings": [asdict(one) for one in findings], "here": here}))
    else:
        for kind, found in (("Serial ports", here["serial"]), ("USB printers", here["usb"])):
            print(f"{kind} of this machine: {', '.join(found) or 'none'}.")
        print("All is well." if is_well else "Not all is well: see what is marked with !!.")
    return 0 if is_well else 1


def _tell(finding: Finding) -> None:
    """One finding as a person reads it: the mark first, for who can't see color or must search."""
    print(f"{'  ' if finding.is_well else '!!'} {finding.what} {finding.name}: {finding.word}. {finding.says}.")
    if finding.press:
        print(f"   {finding.press}")


def _findings(folder: Path, *, print_test_pages: bool) -> Iterator[Finding]:
    from countertui.config.terminal import TerminalSettings, TerminalSettingsError, read_terminal
    from countertui.hardware.checkup import Finding

    yield from _of_folder(folder)
    try:
        settings = read_terminal(folder / "terminal.toml")
    except TerminalSettingsError as error:
        for problem in error.problems:
            yield Finding("settings", "terminal.toml", False, "wrong", problem.removesuffix("."), "Correct it.")
        settings = TerminalSettings()
    else:
        yield Finding("settings", "terminal.toml", True, "ok", "every table and key of it is known")
    if not settings.printers and (mark := folder_mark(folder)):
        yield Finding("printer", mark.lower(), True, "no status", "a virtual one, made when the counter opens")
    elif not settings.printers:
        yield Finding(
            "printer", "this terminal", True, "none", "receipts wait, and can be shown", "See docs/devices.md."
        )
    yield from _of_devices(folder, settings, print_test_pages=print_test_pages)


def _of_devices(folder: Path, settings: TerminalSettings, *, print_test_pages: bool) -> Iterator[Finding]:
    from countertui.folder_lock import holder_lives
    from countertui.hardware.checkup import examine
    from countertui.hardware.print_child import PrintChild
    from countertui.machine import SystemClock

    child = PrintChild(folder / "encoder", log=folder / "print-child.log") if print_test_pages else None
    try:
        yield from examine(
            settings,
            SystemClock().mono_ms,
            child,
            beside_counter=holder_lives(folder),
            training=folder_mark(folder) == TRAINING,
        )
    finally:
        if child is not None:
            child.close()


def _of_folder(folder: Path) -> Iterator[Finding]:
    """What can be said of a folder without its keys: whose it is, where it lies, its room, and its journal's tail."""
    from countertui.bootstrap import check_in_child
    from countertui.hardware.checkup import Finding

    name = str(folder)
    if folder.stat().st_mode & _OTHERS:
        says = "other users of this machine can look into it"
        yield Finding("folder", name, False, "open to others", says, f"chmod 700 {folder}")
    elif not os.access(folder, os.W_OK):
        yield Finding("folder", name, False, "not allowed", "this user may not write in it", _TECHNICIAN)
    else:
        yield Finding("folder", name, True, "ok", "it is this user's alone")
    yield _of_disk(folder)
    faults = check_in_child(folder)
    if faults:
        says = "; ".join(fault.removesuffix(".") for fault in faults)
        yield Finding("journal", name, False, "fault", says, _TECHNICIAN)
    else:
        yield Finding("journal", name, True, "ok", "what came after the ledger's last acknowledgment is whole")


def _of_disk(folder: Path) -> Finding:
    from countertui.errors import EnvironmentFault
    from countertui.hardware.checkup import Finding
    from countertui.store.disk import LEAST_FREE_BYTES, free_bytes, require_local

    try:
        require_local(folder)
    except EnvironmentFault as error:
        return Finding("disk", str(folder), False, "network", error.happened.removesuffix("."), error.press)
    free = free_bytes(folder)
    says = f"{free // 1_000_000:,} MB are free"
    if free < LEAST_FREE_BYTES:
        return Finding("disk", str(folder), False, "nearly full", says, _TECHNICIAN)
    return Finding("disk", str(folder), True, "ok", says)
