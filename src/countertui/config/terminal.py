"""A terminal's own settings, terminal.toml in its folder: where devices and ledger are. All may be left out.

```
[[printer]]                   one table for each; the first is this terminal's own
name = "front counter"        what people call it
model = "TM-T88V"
host = "192.0.2.7"            exactly one of host (and port), serial (and baud ...), usb, queue, file
columns = 42                  letters on a line
profile = "TM-T88V"           of config/printer_profiles.py
drawer_pin = 2                the connector's pin that opens the drawer: 2 or 5

[[scanner]]
serial = "/dev/serial/by-id/usb-Honeywell_..."

[check_reader]
serial = "/dev/ttyS0"

[pole_display]
serial = "/dev/ttyS1"
dialect = "epson"

[screen]
theme = "high-contrast"       or "default", "16-colors"
plain = true                  for screen readers and braille

[ledger]
url = "https://ledger.example"
```

docs/devices.md lists every key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta

from countertui.config.devices import CheckReaderTable, PoleDisplayTable, PrinterTable, ScannerTable
from countertui.config.problems import unknown
from countertui.config.table_keys import wrong_keys
from countertui.errors import UsageError
from countertui.forms import Form, read_as

MOST_OF_A_KIND = 8


class TerminalSettingsError(UsageError):
    """terminal.toml can't be used; `problems` names for each the table, key and what is allowed."""

    def __init__(self, path: Path, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__(
            f"{path.name} can't be used: {'; '.join(problems)}".removesuffix(".") + ".",
            "Nothing was changed.",
            f"Correct {path}, then start again.",
        )


class LedgerTable(Form, frozen=True, kw_only=True):
    """The central ledger."""

    url: Annotated[
        str,
        Meta(
            max_length=500,
            pattern=r"^https?://[^\s/]+(/\S*)?\Z",
            description='an address like "https://ledger.example", in quotes',
        ),
    ]
    pin: Annotated[
        Annotated[str, Meta(pattern=r"^sha256:[0-9a-f]{64}\Z")] | None,
        Meta(
            description='the key of its certificate, like "sha256:…" as `ledger serve` says it, in quotes',
        ),
    ] = None


class ScreenTable(Form, frozen=True, kw_only=True):
    """How the counter looks here: `countertui.domain.appearance`."""

    theme: Annotated[
        Literal["default", "high-contrast", "16-colors"], Meta(description='"default", "high-contrast" or "16-colors"')
    ] = "default"
    plain: Annotated[bool, Meta(description="true or false")] = False


_ONE: Mapping[str, type[Form]] = {
    "check_reader": CheckReaderTable,
    "pole_display": PoleDisplayTable,
    "ledger": LedgerTable,
    "screen": ScreenTable,
}
_SEVERAL: Mapping[str, type[Form]] = {"printer": PrinterTable, "scanner": ScannerTable}


@dataclass(frozen=True, slots=True)
class TerminalSettings:
    """What terminal.toml says; a table that is not there is None or empty."""

    printers: tuple[PrinterTable, ...] = ()
    scanners: tuple[ScannerTable, ...] = ()
    check_reader: CheckReaderTable | None = None
    pole_display: PoleDisplayTable | None = None
    ledger: LedgerTable | None = None
    screen: ScreenTable | None = None


def read_terminal(path: Path) -> TerminalSettings:
    """Read terminal.toml; without one, nothing is set. Raises TerminalSettingsError, OSError."""
    if not path.exists():
        return TerminalSettings()
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TerminalSettingsError(path, (f"it is not TOML: {error}",)) from error
    problems = tuple(_problems(given))
    if problems:
        raise TerminalSettingsError(path, problems)
    return TerminalSettings(
        printers=tuple(read_as(PrinterTable, table) for table in given.get("printer", ())),
        scanners=tuple(read_as(ScannerTable, table) for table in given.get("scanner", ())),
        check_reader=read_as(CheckReaderTable, found) if (found := given.get("check_reader")) else None,
        pole_display=read_as(PoleDisplayTable, found) if (found := given.get("pole_display")) else None,
        ledger=read_as(LedgerTable, found) if (found := given.get("ledger")) else None,
        screen=read_as(ScreenTable, found) if (found := given.get("screen")) else None,
    )


def _problems(given: Mapping[str, Any]) -> Iterator[str]:
    for name, found in given.items():
        if name in _ONE:
            if isinstance(found, dict):
                yield from _of_table(f"table [{name}]", _ONE[name], found)
            else:
                yield f"{name} is a table: write [{name}] on a line of its own"
        elif name in _SEVERAL:
            yield from _of_tables(name, found)
        else:
            yield unknown("table", name, {**_ONE, **_SEVERAL})
    yield from _twice(given)


def _of_tables(name: str, found: object) -> Iterator[str]:
    if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
        yield f"there can be several of {name}: write [[{name}]] on a line of its own for each"
        return
    if len(found) > MOST_OF_A_KIND:
        yield f"there are {len(found)} tables [[{name}]]. Allowed: up to {MOST_OF_A_KIND}."
    for number, table in enumerate(found, 1):
        yield from _of_table(f"table [[{name}]]{f' {number}' if len(found) > 1 else ''}", _SEVERAL[name], table)


def _of_table(place: str, model: type[Form], table: dict[str, Any]) -> Iterator[str]:
    wrong = list(wrong_keys(place, model, table))
    if wrong:
        yield from wrong
        return
    read = read_as(model, table)
    if isinstance(read, (PrinterTable, ScannerTable, CheckReaderTable, PoleDisplayTable)):
        yield from (f"{place}, {problem}" for problem in read.problems(table))


def _twice(given: Mapping[str, Any]) -> Iterator[str]:
    """Names of printers and serial ports that two tables lay claim to."""
    tables = [
        (kind, table)
        for kind, found in given.items()
        if kind in {**_ONE, **_SEVERAL} and kind != "ledger"
        for table in (found if isinstance(found, list) else [found])
        if isinstance(table, dict)
    ]
    names = [str(table.get("name")) for kind, table in tables if kind == "printer" and "name" in table]
    ports = [str(table["serial"]) for _, table in tables if "serial" in table]
    for what, used in (("printers are called", names), ("devices are at", ports)):
        yield from (f"two {what} {one}. Allowed: one" for one in sorted({one for one in used if used.count(one) > 1}))
