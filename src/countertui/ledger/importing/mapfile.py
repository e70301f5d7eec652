"""The mapping file: how one city's CSV becomes ours. TOML, read strictly.

```toml
kind = "licenses"

[file]
encodings = ["utf-8", "cp1252"]   # tried in this order; a byte order mark is taken off
delimiter = ","
header = true                     # false: columns are known by their position
distinct = false                  # true: a row that repeats an earlier one exactly is no fault

[columns.LicenseNumber]           # what a column's cells must look like, and how they are cleaned
required = true
pattern = "[0-9]{7}"
says = "seven digits"             # the pattern in words, for the reason a clerk reads

[columns.BusinessName]
required = true
may_hold_comma = true             # where an unquoted comma may have shifted a row

[fields]                          # what is made of them
number = { column = "LicenseNumber" }
name = { column = "BusinessName" }
address = { template = "{Street}, {City} {State}" }
credit_gl = { constant = "100-2310" }
```
"""

from __future__ import annotations

import codecs
import re
import tomllib
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from countertui.ledger.importing.faults import MapRefusedError
from countertui.ledger.importing.kinds import FIELDS, Kind


def _known_encoding(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError:
        raise ValueError("is no encoding known here") from None
    return name


def _sound_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as fault:
        raise ValueError(f"is no regular expression: {fault}") from None
    return text


_Form = TypeVar("_Form", bound=BaseModel)
_Encoding = Annotated[str, AfterValidator(_known_encoding)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class FileMap(_Strict):
    """How the file is written. width: columns in a row, needed where there is no header."""

    encodings: Annotated[tuple[_Encoding, ...], Field(min_length=1, strict=False)] = ("utf-8",)
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    header: bool = True
    width: Annotated[int, Field(ge=1)] | None = None
    distinct: bool = False


class ColumnMap(_Strict):
    """What the cells of one column look like, and how they are read.

    position counts from 1. Cleaning comes in this order: spaces, default, upper, values; then pattern, dates or money.
    """

    position: Annotated[int, Field(ge=1)] | None = None
    required: bool = False
    trim: bool = True
    upper: bool = False
    default: str = ""
    values: dict[str, str] = {}
    others: Literal["keep", "refuse"] = "refuse"
    pattern: Annotated[str, AfterValidator(_sound_pattern)] | None = None
    says: str | None = None
    dates: Annotated[tuple[str, ...], Field(strict=False)] = ()
    money: Literal["dollars", "cents"] | None = None
    negative: bool = False
    may_hold_comma: bool = False
    card_guard: bool = True


class FieldMap(_Strict):
    """Where a field's value comes from: exactly one of the three."""

    column: str | None = None
    template: str | None = None
    constant: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(source is not None for source in (self.column, self.template, self.constant)) != 1:
            raise ValueError("needs exactly one of column, template, constant")
        if self.template is not None:
            try:
                self.columns()
            except ValueError as fault:
                raise ValueError(f"its template can't be read: {fault}") from None
        return self

    def columns(self) -> list[str]:
        """The columns it is made of."""
        if self.template is not None:
            return [name for _, name, _, _ in Formatter().parse(self.template) if name is not None]
        return [] if self.column is None else [self.column]


class Mapping(_Strict):
    """A whole mapping file."""

    kind: Annotated[Kind, Field(strict=False)]
    file: FileMap = FileMap()
    columns: dict[str, ColumnMap] = {}
    fields: dict[str, FieldMap]

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        known = {field.name: field for field in FIELDS[self.kind]}
        if unknown := sorted(self.fields.keys() - known.keys()):
            raise ValueError(f"{self.kind} have no field {unknown[0]}; there are: {', '.join(known)}")
        if missing := [name for name, field in known.items() if field.required and name not in self.fields]:
            raise ValueError(f"{self.kind} need the field {missing[0]}")
        if not self.file.header:
            if self.file.width is None:
                raise ValueError("a file without a header needs file.width")
            if nowhere := [name for name in self.columns_named() if not self._position(name)]:
                raise ValueError(f"the file has no header, so column {nowhere[0]} needs a position")
        return self

    def columns_named(self) -> list[str]:
        """Every column the mapping speaks of, once."""
        used = [name for field in self.fields.values() for name in field.columns()]
        return list(dict.fromkeys([*self.columns, *used]))

    def _position(self, name: str) -> int | None:
        return self.columns[name].position if name in self.columns else None


def read_mapping(path: Path, kind: Kind) -> Mapping:
    """Read a mapping file for files of `kind`. Raises MapRefusedError naming file, table and key."""
    mapping = read_strictly(path, Mapping)
    if mapping.kind is not kind:
        raise MapRefusedError(f"The mapping file {path.name} is for {mapping.kind}, not for {kind}.")
    return mapping


def read_strictly(path: Path, form: type[_Form]) -> _Form:
    """Read a mapping file that has that form. Raises MapRefusedError naming file, table and key."""
    try:
        return form.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as fault:
        raise MapRefusedError(f"The mapping file {path.name} can't be read: {fault.strerror}.") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise MapRefusedError(f"The mapping file {path.name} is no TOML: {fault}.") from fault
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise MapRefusedError(f"The mapping file {path.name}, {where}: {first['msg']}.") from None


def positions(mapping: Mapping, header: list[str] | None) -> dict[str, int]:
    """Where each column of the mapping stands in a row, from 0. Raises MapRefusedError naming the columns there are."""
    found: dict[str, int] = {}
    width = len(header) if header is not None else mapping.file.width or 0
    for name in mapping.columns_named():
        told = mapping.columns[name].position if name in mapping.columns else None
        if told is not None:
            if told > width:
                raise MapRefusedError(f"Column {name} has position {told}; the file has {width} columns.")
            found[name] = told - 1
        elif header is not None and header.count(name) == 1:
            found[name] = header.index(name)
        elif header is not None:
            how = "more than one" if name in header else "no"
            raise MapRefusedError(f"The file has {how} column {name}. Its columns are: {', '.join(header)}.")
    return found
