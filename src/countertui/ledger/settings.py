"""`ledger.toml` in the ledger's folder: where its books are, if not in `ledger.db` beside it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from countertui.errors import UsageError

SETTINGS = "ledger.toml"


class SettingsError(UsageError):
    """ledger.toml can't be read, or says what isn't known."""


class LedgerSettings(BaseModel):
    """What ledger.toml says. database: the address of a PostgreSQL database; None for SQLite."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    database: str | None = None


def read_settings(folder: Path) -> LedgerSettings:
    """The settings of the ledger in `folder`; without a file, the defaults. Raises SettingsError, naming no value."""
    path = folder / SETTINGS
    try:
        return LedgerSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return LedgerSettings()
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        raise SettingsError(f"{path.name}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from None
    except ValueError:  # no TOML, or no text; the parser's own words could show what stands there
        raise SettingsError(f"{path.name} can't be read: it is not TOML.") from None


def write_settings(folder: Path, settings: LedgerSettings) -> None:
    """Write ledger.toml, readable by its owner only: a password may be in it."""
    path = folder / SETTINGS
    path.touch(mode=0o600)
    # A JSON string is a TOML string.
    text = "" if settings.database is None else f"database = {json.dumps(settings.database)}\n"
    path.write_text(text, encoding="utf-8")
