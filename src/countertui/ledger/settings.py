"""`ledger.toml` in the ledger's folder: where its books are, if not in `ledger.db` beside it, and how it is served."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from countertui.errors import UsageError

SETTINGS = "ledger.toml"
_Host = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9.:-]+$")]
_File = Annotated[str, Field(min_length=1, max_length=500)]
_Often = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,6}/(second|minute|hour)$")]


class SettingsError(UsageError):
    """ledger.toml can't be read, or says what isn't known."""


class LedgerSettings(BaseModel):
    """What ledger.toml says. Files are named from the ledger's folder.

    database: the address of a PostgreSQL database; None for SQLite. host, port: where `serve` listens. tls_cert,
    tls_key: PEM files; off this machine both are needed. metrics_token_file: who sends what is in it as a bearer token
    may read /metrics from elsewhere. per_terminal, per_address, per_enrolment: how often, as "600/minute".
    least_free_mb: with less room on the disk the ledger says that it is not ready. silent_after_hours: for the metrics.
    desk_idle_minutes: after how long without a question whoever looks in from a terminal has to sign in again.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    database: str | None = None
    host: _Host = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    tls_cert: _File | None = None
    tls_key: _File | None = None
    metrics_token_file: _File | None = None
    per_terminal: _Often = "1200/minute"
    per_address: _Often = "240/minute"
    per_enrolment: _Often = "60/minute"
    least_free_mb: Annotated[int, Field(ge=1, le=1_000_000)] = 256
    silent_after_hours: Annotated[int, Field(ge=1, le=10_000)] = 24
    desk_idle_minutes: Annotated[int, Field(ge=1, le=720)] = 15


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
    # A JSON string is a TOML string, a whole number the same in both.
    said = settings.model_dump(exclude_defaults=True)
    path.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in said.items()), encoding="utf-8")
