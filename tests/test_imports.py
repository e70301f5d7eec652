"""What a part of the program imports, in a fresh process: a first paint pays for nothing that it doesn't show.

Quick starts are lost one import at a time; with every library imported at once a start takes 4.6 times as long.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from countertui.screens.areas import area_names

HEAVY = {
    "cryptography",
    "cyclopts",
    "escpos",
    "fastapi",
    "httpx2",
    "nacl",
    "pydantic",
    "pyroaring",
    "rapidfuzz",
    "rfc8785",
    "segno",
    "serial",
    "sqlalchemy",
    "sqlite_utils",
    "typst",
    "uvicorn",
}
"""Libraries that no first paint needs."""

FIRST_PAINT = """
import asyncio, sys
from pathlib import Path
from countertui.bootstrap import ThreadedDesk
from countertui.screens.app import CounterApp

class Waiting(ThreadedDesk):
    needs_passphrase = True

async def paint():
    app = CounterApp(Waiting(Path("nowhere")))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.area.NAME == "sign_on"
        print_modules()
"""
"""The start as far as the sign-on screen, where an opener's passphrase is still to be typed: nothing behind is open."""


def imported_by(code: str) -> set[str]:
    """The modules a fresh interpreter has after running the code, or where it calls print_modules()."""
    said = """
def print_modules():
    import json, sys
    print("modules", json.dumps(sorted(sys.modules)), flush=True)
"""
    end = "asyncio.run(paint())" if "def paint" in code else "print_modules()"
    done = subprocess.run(
        [sys.executable, "-c", f"{said}\n{code}\n{end}"],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE", "COV_"))},
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("modules ")]
    assert lines, done.stderr
    return set(json.loads(lines[0].removeprefix("modules ")))


def under(names: Iterable[str], modules: set[str]) -> set[str]:
    """Of the modules, those that are one of the names or inside it."""
    wanted = tuple(names)
    return {module for module in modules if any(module == name or module.startswith(f"{name}.") for name in wanted)}


def test_the_sign_on_screen_needs_no_library_but_textual() -> None:
    modules = imported_by(FIRST_PAINT)
    assert "textual.app" in modules
    assert not under(HEAVY, modules)


def test_the_sign_on_screen_needs_neither_store_nor_keys_nor_widgets_it_does_not_show() -> None:
    modules = imported_by(FIRST_PAINT)
    ours = {module for module in modules if module.startswith("countertui.")}
    behind = ("assembly", "cli", "counter", "demo", "documents", "hardware", "ledger", "store", "sync")
    assert not under([f"countertui.{name}" for name in behind], ours)
    assert not under(["countertui.screens.payment", "countertui.screens.receipts", "countertui.screens.close"], ours)
    assert "countertui.screens.sign_on" in ours
    unseen = ("_data_table", "_markdown", "_text_area")
    assert not under([f"textual.widgets.{name}" for name in unseen], modules)


OURS_AT_FIRST = {"bootstrap", "domain", "errors", "machine", "screens", "widgets"}
"""The rooms that the first screen is made of."""
LIBRARIES_AT_FIRST = {"org", "platformdirs", "rich", "textual", "textual_speedups", "typing_extensions"}
"""Textual and what it brings; the standard library's copy looks for org.python, which is Jython's."""


def import_times(code: str) -> dict[str, int]:
    """The modules that a fresh interpreter imports while it runs the code, each with its own microseconds."""
    paint = code.replace("print_modules()", "pass")
    command = [sys.executable, "-X", "importtime", "-c", f"{paint}\nasyncio.run(paint())"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr.splitlines()
    lines = [line.removeprefix("import time:").split("|") for line in told if line.startswith("import time:")]
    return {module.strip(): int(own) for own, _, module in lines if own.strip().isdigit()}


def test_nothing_is_imported_that_the_first_screen_does_not_need() -> None:
    """Checked from -X importtime, which also tells what was imported and thrown away again."""
    imported = import_times(FIRST_PAINT).keys()
    rooms = {module.split(".")[1] for module in imported if module.startswith("countertui.")}
    assert rooms == OURS_AT_FIRST
    from_elsewhere = {module.partition(".")[0] for module in imported} - set(sys.stdlib_module_names) - {"countertui"}
    with_the_environment = {
        module.partition(".")[0] for module in import_times("async def paint(): pass\nimport asyncio")
    }
    assert from_elsewhere - with_the_environment <= LIBRARIES_AT_FIRST
    screens = {module.split(".")[2] for module in imported if module.startswith("countertui.screens.")}
    assert not screens & (set(area_names()) - {"sign_on"})
    asked_later = {"sqlite3", "tomllib", "urllib.request", "http.client", "zipfile", "argparse", "unittest", "csv"}
    assert not asked_later & imported


@pytest.mark.parametrize(
    ("module", "never"),
    [
        ("countertui.counter.take_payment", ("textual", "pydantic", "escpos", "httpx2", "sqlalchemy", "rich")),
        ("countertui.counter.send_batches", ("textual", "escpos", "sqlalchemy", "pydantic")),
        ("countertui.ledger.ingest", ("textual", "escpos", "httpx2", "sqlite_utils")),
        ("countertui.ledger.server", ("textual", "escpos", "sqlite_utils")),
        ("countertui.hardware.receipt_printer", ("textual", "escpos", "sqlalchemy", "pydantic")),
    ],
)
def test_a_room_brings_only_its_own_libraries(module: str, never: tuple[str, ...]) -> None:
    modules = imported_by(f"import {module}")
    assert module in modules
    assert not under(never, modules)


def test_the_domain_brings_the_standard_library_only() -> None:
    code = """
import importlib, pkgutil, countertui.domain
for found in pkgutil.walk_packages(countertui.domain.__path__, "countertui.domain."):
    importlib.import_module(found.name)
"""
    plain = imported_by("")
    brought = {name.partition(".")[0] for name in imported_by(code) - plain}
    assert brought - set(sys.stdlib_module_names) == {"countertui"}


FAT = {
    *("PIL", "anyio", "barcode", "click", "escpos", "httpcore2", "httpx2", "libusb_package", "pydantic", "rapidfuzz"),
    *("argparse", "csv", "cryptography.x509", "importlib.metadata", "zipfile"),
    *("rfc8785", "segno", "sqlalchemy", "sqlite_utils", "trio", "truststore", "typst", "usb", "urllib.request"),
}
"""Libraries that hold megabytes, and that nothing needs which goes on while nobody presses a key."""


def test_what_lies_in_memory_while_a_counter_is_at_rest_is_lean(tmp_path: Path) -> None:
    """Open, signed on, devices listened to, and the ledger asked and answering: as it is all day."""
    (tmp_path / "terminal.toml").write_text(
        '[[printer]]\nname = "front"\nhost = "192.0.2.7"\n[[scanner]]\nserial = "/dev/ttyACM0"\n'
        f'[ledger]\nurl = "https://127.0.0.1:1"\npin = "sha256:{"0" * 64}"\n'
    )
    at_rest = f"""
from pathlib import Path
import countertui.assembly, countertui.screens.app, countertui.screens.sparing_driver
import countertui.counter.keep_in_touch, countertui.counter.send_batches, countertui.counter.start_up
import countertui.sync.personal_part, countertui.sync.tls
from countertui.config.terminal import read_terminal
from countertui.hardware.attached import display_of, readers_of
from countertui.screens.ahead import load_ahead
from countertui.sync.faults import LedgerUnreachableError
from countertui.sync.transport import LedgerClient
load_ahead()
settings = read_terminal(Path({str(tmp_path)!r}) / "terminal.toml")
assert readers_of(settings, lambda: 0)
try:
    LedgerClient(settings.ledger.url, pin=settings.ledger.pin).health()
except LedgerUnreachableError:
    pass
"""
    modules = imported_by(at_rest)
    assert "countertui.sync.http_line" in modules
    assert not under(FAT, modules)


def test_what_a_sign_on_leads_to_is_loaded_before_it() -> None:
    """All that making the payment and the opening imports was imported ahead."""
    made = """
import sys
from countertui.screens.ahead import load_ahead
load_ahead()
ahead = set(sys.modules)
from countertui.screens.areas import make_area
make_area("opening"), make_area("payment")
sys.modules = {name: sys.modules[name] for name in set(sys.modules) - ahead}
"""
    modules = imported_by(made)
    assert not under(["countertui.screens", "countertui.counter", "countertui.widgets"], modules) - {
        "countertui.screens.areas"
    }
