"""Print documents to ESC/POS bytes. python-escpos is the encoder only; it opens no device.

Imported late, in the print child: python-escpos takes 120 ms to import, prints to stdout and unpickles a cache.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countertui.domain.documents import Align, Barcode, Block, Cut, Document, Feed, Logo, Pair, Qr, Rule, Text, plain
from countertui.domain.paper import NARROWEST, paired, wrapped
from countertui.errors import EnvironmentFault, UsageError
from countertui.hardware.logo import LogoError, logo_bytes
from countertui.hardware.symbols import BARCODE_DOTS, barcode_fits, qr_dots

WIDEST = 80
LETTER_DOTS = 12
"""How wide a letter of font A is, on every printer that prints QR codes and pictures."""
BARCODE_DOTS_HIGH = 56
_QR_LEVEL_M = 1
CODE_PAGES = ("CP858", "CP1252", "CP850", "CP437")
"""What a printer is set to if nothing else is: the first of these that it has. CP858 and CP1252 have the euro sign."""
_FULL_STYLE_SIZE = 2
_TYPOGRAPHIC = str.maketrans(
    {"—": "-", "–": "-", "‐": "-", "‑": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "•": "*"}
)
_IN_WORDS = {"€": "EUR", "£": "GBP", "¢": "c", "№": "No."}
"""What a printer without the sign prints instead; any other letter that it lacks shows as `?`."""


class PrinterProfileError(UsageError):
    """The configured printer profile, code page or paper width does not exist."""


class EncoderFolderError(EnvironmentFault):
    """The folder for the encoder's cache is not private; what lies there would be run as code."""


def private_folder(folder: Path) -> Path:
    """Make sure that a folder exists, is no link, and is this user's alone (0700). Raises EncoderFolderError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise EncoderFolderError(
            f"The folder {folder} is open to others.",
            "Nothing was printed.",
            "Remove it, or make it yours alone (chmod 700), and print again.",
        )
    return folder


@contextlib.contextmanager
def _leaks_kept_in(folder: Path) -> Iterator[None]:
    """Keep the temporary folder that each import of python-escpos leaks in `folder`, and remove it afterwards."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        for leaked in folder.glob("tmp*/"):
            with contextlib.suppress(OSError):  # another child's: it removes its own
                leaked.rmdir()


def load_encoder(folder: Path) -> None:
    """Import python-escpos with its cache in the private `folder`. Raises EncoderFolderError, ImportError."""
    if "escpos.printer" in sys.modules:
        return
    os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"] = str(private_folder(folder))
    with _leaks_kept_in(folder), contextlib.redirect_stdout(sys.stderr):
        try:
            import escpos.printer
        except (pickle.UnpicklingError, EOFError):
            # A cache half written by a child that was killed; made anew from the library's own file.
            for cache in folder.glob("*.capabilities.pickle"):
                cache.unlink()
            import escpos.printer  # noqa: F401


def _new_printer(profile: str, code_page: str) -> tuple[Any, str]:
    """A printer of that profile, and its code page."""
    from escpos.capabilities import CAPABILITIES
    from escpos.printer import Dummy

    profiles = CAPABILITIES["profiles"]
    if profile not in profiles:
        raise PrinterProfileError(
            f"No printer profile “{profile}”.", press=f"Known ones: {', '.join(sorted(profiles))}."
        )
    pages = sorted(profiles[profile]["codePages"].values())
    code_page = code_page or next((page for page in CODE_PAGES if page in pages), pages[0])
    if code_page not in pages:
        raise PrinterProfileError(
            f"A printer of profile {profile} has no code page “{code_page}”.", press=f"Known ones: {', '.join(pages)}."
        )
    return Dummy(profile=profile), code_page


@dataclass(slots=True)
class _Pen:
    """The printer being written to and the style it is in, so that only changes of style are sent."""

    printer: Any
    columns: int
    code_page: str
    logo: Path | None
    align: Align = "left"
    bold: bool = False
    double: bool = False

    def style(self, align: Align, *, bold: bool, double: bool) -> int:
        """Change style; give the number of letters that fit on a line of it."""
        if align != self.align:
            self.printer.set(align=align)
        if bold != self.bold:
            self.printer.set(bold=bold)
        if double != self.double:
            size = _FULL_STYLE_SIZE if double else 1
            self.printer.set(custom_size=True, width=size, height=size)
        self.align, self.bold, self.double = align, bold, double
        return self.columns // 2 if double else self.columns

    def letters(self, text: str) -> str:
        """A text in letters that the printer has, one cell each; the others show as `?`."""
        known = plain(text).translate(_TYPOGRAPHIC)
        if known.isascii():
            return known
        has: Callable[[str, str], bool] = self.printer.magic.encoder.can_encode
        return "".join(letter if has(self.code_page, letter) else _IN_WORDS.get(letter, "?") for letter in known)

    @property
    def dots(self) -> int:
        """How wide the paper is; what its letters take, where the profile knows of no more or less."""
        known = self.printer.profile.profile_data["media"]["width"].get("pixels")
        room = self.columns * LETTER_DOTS
        return min(room, known) if isinstance(known, int) else room

    def line(self, text: str) -> None:
        """Print one line that fits."""
        line = text.rstrip(" ") + "\n"
        if line.isascii():
            self.printer._raw(line.encode("ascii"))  # the same on every code page; the library looks each letter up
        else:
            self.printer.text(line)


def _print_block(pen: _Pen, block: Block) -> None:
    match block:
        case Text(s=text, align=align, bold=bold, double=double):
            width = pen.style(align, bold=bold, double=double)
            for line in wrapped(pen.letters(text), width):
                pen.line(line)
        case Pair(l=left, r=right, bold=bold, double=double):
            width = pen.style("left", bold=bold, double=double)
            for line in paired(pen.letters(left), pen.letters(right), width):
                pen.line(line)
        case Rule():
            pen.line("-" * pen.style("left", bold=False, double=False))
        case Feed(n=n):
            pen.style(pen.align, bold=False, double=False)
            pen.printer.text("\n" * n)
        case Qr(s=claim):
            _print_qr(pen, claim)
        case Barcode(s=code):
            _print_barcode(pen, code)
        case Logo():
            _print_logo(pen)
        case Cut():
            pen.style("left", bold=False, double=False)
            pen.printer.cut(mode="PART")


def _print_qr(pen: _Pen, claim: str) -> None:
    width = pen.style("center", bold=False, double=False)
    dots = qr_dots(claim, pen.dots) if pen.printer.profile.supports("qrCode") else None
    if dots is not None:
        pen.printer.qr(claim, ec=_QR_LEVEL_M, size=dots, native=True)
        return
    # A printer without QR codes would print the command as text, and a code wider than the paper not at all; the claim
    # itself can still be typed or scanned by OCR.
    for line in wrapped(claim, width):
        pen.line(line)


def _print_barcode(pen: _Pen, code: str) -> None:
    if not (pen.printer.profile.supports("barcodeB") and barcode_fits(code, pen.dots)):
        return
    pen.style("center", bold=False, double=False)
    # The sign that begins a change of code set is, doubled, itself. GS h, w, f, H, and k function B (Epson ESC/POS):
    # the library's own way says on every receipt that it did so.
    data = b"{B" + code.replace("{", "{{").encode("ascii")
    settings = bytes((*b"\x1dh", BARCODE_DOTS_HIGH, *b"\x1dw", BARCODE_DOTS, *b"\x1df", 0, *b"\x1dH", 0))
    pen.printer._raw(settings + b"\x1dkI" + bytes((len(data),)) + data)


def _print_logo(pen: _Pen) -> None:
    if pen.logo is None or not pen.logo.exists():
        return
    try:
        commands = logo_bytes(pen.printer, pen.logo, pen.dots)
    except LogoError as error:
        # A receipt is worth more than its ornament. Standard error is the child's log; `countertui doctor` tells it.
        sys.stderr.write(f"{error.happened}\n")
        return
    if commands:
        pen.style("center", bold=False, double=False)
        pen.printer._raw(commands)


def render(
    document: Document,
    *,
    capabilities_dir: Path,
    columns: int = 42,
    profile: str = "default",
    code_page: str = "",
    logo: Path | None = None,
) -> bytes:
    """Write a document as ESC/POS bytes for paper of `columns` letters: ESC @, a fixed ESC t, then the document.

    Without a code page, the first of CODE_PAGES that the profile has. `logo` is a PNG that a Logo block prints; one
    that is not there, or can't be used, is left out. Data adds no byte below 0x20; drawer kicks are never in it.
    Raises PrinterProfileError for a profile, code page or width there is not, EncoderFolderError as `load_encoder`.
    """
    if not NARROWEST <= columns <= WIDEST:
        raise PrinterProfileError(
            f"Paper of {columns} columns.", press=f"Set {NARROWEST} to {WIDEST}, usually 42 or 48."
        )
    load_encoder(capabilities_dir)
    with contextlib.redirect_stdout(sys.stderr):
        printer, code_page = _new_printer(profile, code_page)
        printer.hw("INIT")
        printer.charcode(code_page)
        pen = _Pen(printer, columns, code_page, logo)
        for block in document.printed:
            _print_block(pen, block)
    output: bytes = printer.output
    return output
