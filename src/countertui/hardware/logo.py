"""The city's logo as a printer takes it: black and white, as wide as fits, and never a command in its own dots.

Imported in the print child only: Pillow, which python-escpos brings, takes a while to import.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countertui.errors import UsageError

if TYPE_CHECKING:
    from PIL.Image import Image

HIGHEST = 160
"""Dots: a head line of some 20 mm, which a serial printer has taken in within a few seconds."""
_LARGEST_FILE = 2 * 1024 * 1024
_MOST_PIXELS = 4_000
_TRIES = 16
_FORMATS = ("PNG",)
REAL_TIME = tuple(
    bytes(pair) for pair in ((0x10, 0x04), (0x10, 0x05), (0x10, 0x14), (0x1D, 0x03), (0x1D, 0x04), (0x1D, 0x05))
)
"""What printers obey wherever it stands, in a picture's dots too: DLE EOT, ENQ, DC4 (Epson); GS 03-05 (Axiohm, NCR)."""


class LogoError(UsageError):
    """The logo's file can't be printed; receipts come out without it."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path.name}: {why}.", "Receipts print without the logo.", "Put a small PNG in its place.")


def holds_real_time_command(data: bytes) -> bool:
    """Whether a printer might obey a part of it at once, instead of printing it."""
    return any(pair in data for pair in REAL_TIME)


def logo_bytes(printer: Any, path: Path, dots: int) -> bytes:
    """The commands that print the logo at most `dots` wide, for python-escpos' Dummy; empty if it has no picture mode.

    Raises LogoError for a file that is no PNG, too large, or of which no size is safe to send.
    """
    for mode in ("bitImageRaster", "bitImageColumn"):
        if printer.profile.supports(mode):
            try:
                file = _File(path, path.stat().st_mtime_ns)
            except OSError as error:
                raise LogoError(path, "it can't be read") from error
            return _made(file, mode, dots)
    return b""


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it was at a time: one that changed is read again."""

    path: Path
    mtime_ns: int


@lru_cache(maxsize=8)
def _made(file: _File, mode: str, dots: int) -> bytes:
    """Kept, as each receipt begins with it."""
    from escpos.printer import Dummy

    for picture in _sizes(_read(file.path), dots, file.path):
        printer = Dummy()
        printer.image(picture, impl=mode)
        made: bytes = printer.output
        if not holds_real_time_command(made):
            return made
    raise LogoError(file.path, "no size of it is safe to send to a printer")


def _read(path: Path) -> Image:
    """The picture in gray on white. Raises LogoError."""
    from PIL import Image, UnidentifiedImageError

    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise LogoError(path, "it is larger than 2 MiB")
        with Image.open(path, formats=_FORMATS) as picture:
            if max(picture.size) > _MOST_PIXELS:
                raise LogoError(path, f"it is over {_MOST_PIXELS} pixels wide or high")
            seen = picture.convert("RGBA")
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError) as error:  # what Pillow raises for broken files
        raise LogoError(path, "it is no PNG picture") from error
    white = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(white, seen).convert("L")


def _sizes(picture: Image, dots: int, path: Path) -> Iterator[Image]:
    """The picture in black and white, as large as fits and then smaller and smaller; nothing is ever enlarged."""
    scale = min(1.0, dots / picture.width, HIGHEST / picture.height)
    for less in range(_TRIES):
        width = int(picture.width * scale) - less
        height = max(1, round(picture.height * width / picture.width))
        if width < 1:
            raise LogoError(path, "it is too narrow")
        yield picture.resize((width, height)).convert("1")
