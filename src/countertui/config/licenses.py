"""Reading a city's licenses.toml: its classes, what an application asks, and what a license costs on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from countertui.config.folder import in_force, read_file, rows_of
from countertui.config.license_faults import faults
from countertui.config.license_rows import (
    ClassRow,
    LicenseFeeRow,
    QuestionRow,
    TimingFileRow,
    YearRow,
    license_schedule,
)
from countertui.config.problems import ConfigError
from countertui.config.rows import Row
from countertui.domain.license_schedule import LicenseSchedule

TABLES: Mapping[str, type[Row]] = {
    "class": ClassRow,
    "question": QuestionRow,
    "year": YearRow,
    "fee": LicenseFeeRow,
    "timing": TimingFileRow,
}


def read_licenses(file: Path, on: date) -> LicenseSchedule:
    """What a file of licenses says on a day. Raises ConfigError, naming every problem found."""
    problems: list[str] = []
    rows = read_file(file.parent, file.name, TABLES, problems, [])
    if problems:
        raise ConfigError(file, problems)
    today = {model: in_force(of_model, on) for model, of_model in rows.items()}
    tables = (
        rows_of(today, ClassRow),
        rows_of(today, QuestionRow),
        rows_of(today, YearRow),
        rows_of(today, LicenseFeeRow),
        rows_of(today, TimingFileRow),
    )
    if told := [*faults(*tables)]:
        raise ConfigError(file, told)
    return license_schedule(*tables)
