"""A terminal's own settings, terminal.toml in its folder: where printer and ledger are. All may be left out.

```
[printer]                     a receipt printer at a TCP port
host = "192.0.2.7"
port = 9100
columns = 42                  letters on a line
profile = "default"           python-escpos' name of the model
code_page = "CP858"
drawer_pin = 2                the connector's pin that opens the drawer: 2 or 5

[ledger]
url = "https://ledger.example"
```

Importing this module loads pydantic, which is slow: nothing that runs before the first paint may import it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from countertui.config.problems import of_row, unknown
from countertui.errors import UsageError

_Word = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._ -]*$")]


class TerminalSettingsError(UsageError):
    """terminal.toml can't be used; `problems` names for each the table, key and what is allowed."""

    def __init__(self, path: Path, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__(
            f"{path.name} can't be used: {'; '.join(problems)}".removesuffix(".") + ".",
            "Nothing was changed.",
            f"Correct {path}, then start again.",
        )


class PrinterTable(BaseModel):
    """The receipt printer."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    host: Annotated[
        str,
        Field(
            min_length=1, max_length=253, pattern=r"^[A-Za-z0-9][A-Za-z0-9.:-]*$", description="a host name or address"
        ),
    ]
    port: Annotated[int, Field(ge=1, le=65535, description="a whole number from 1 to 65535")] = 9100
    columns: Annotated[int, Field(ge=24, le=80, description="a whole number from 24 to 80")] = 42
    profile: Annotated[_Word, Field(description='a python-escpos profile, like "default"')] = "default"
    code_page: Annotated[_Word, Field(description='a code page of that profile, like "CP858"')] = "CP858"
    drawer_pin: Annotated[Literal[2, 5], Field(description="2 or 5")] = 2


class LedgerTable(BaseModel):
    """The central ledger."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    url: Annotated[
        str,
        Field(
            max_length=500,
            pattern=r"^https?://[^\s/]+(/\S*)?$",
            description='an address like "https://ledger.example", in quotes',
        ),
    ]
    pin: Annotated[
        str | None,
        Field(
            pattern=r"^sha256:[0-9a-f]{64}$",
            description='the key of its certificate, like "sha256:…" as `ledger serve` says it, in quotes',
        ),
    ] = None


_TABLES: Mapping[str, type[PrinterTable | LedgerTable]] = {"printer": PrinterTable, "ledger": LedgerTable}


class TerminalSettings(BaseModel):
    """What terminal.toml says; a table that is not there is None."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    printer: PrinterTable | None = None
    ledger: LedgerTable | None = None


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
    return TerminalSettings.model_validate(given)


def _problems(given: Mapping[str, Any]) -> Iterator[str]:
    for name, table in given.items():
        model = _TABLES.get(name)
        if model is None:
            yield unknown("table", name, _TABLES)
        elif not isinstance(table, dict):
            yield f"{name} is a table: write [{name}] on a line of its own"
        else:
            try:
                model.model_validate(table)
            except ValidationError as error:
                yield from of_row(f"table [{name}]", model, error)
