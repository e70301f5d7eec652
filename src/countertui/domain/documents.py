"""Print documents: what a paper says, as data. Layout, not printer bytes; the same on screen and on any printer.

As JSON: `{"v":1,"kind":"test","title":"...","copy":0,"training":false,"blocks":[{"t":"pair","l":"Tax","r":"1.25"}]}`,
with `"language":"es"` where it isn't English.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Literal, cast, get_args

from countertui.domain.languages import LANGUAGES, USUAL, WORDS, Language

Kind = Literal[
    "receipt",
    "x_report",
    "z_report",
    "test",
    "endorsement",
    "validation",
    "statement",
    "top_up",
    "notice",
    "drop",
    "application",
    "license_fee",
    "surprise_count",
    "fund_request",
    "fund_change",
    "hand_over",
    "deposit",
    "courier",
]
Align = Literal["left", "center"]

VERSION = 1
LONGEST_TEXT = 2_000
LONGEST_QR = 1_000
"""Keeps the length bytes of the printer's QR command clear of 10 04, which printers obey wherever it stands."""
LONGEST_BARCODE = 40
MOST_BLOCKS = 20_000
MOST_FEED = 20
MOST_COPIES = 999

_PRINTED_AS_NOTHING = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


class DocumentError(ValueError):
    """A print document breaks its own rules; nothing was printed."""


@lru_cache(maxsize=4096)
def _plain_letter(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == "Zs":
        return " "
    # C: controls, formats (bidi, zero width), surrogates, private and unassigned; Zl and Zp break lines.
    if category[0] == "C" or category in {"Zl", "Zp"} or letter in _PRINTED_AS_NOTHING:
        return "?"
    if 0xFE00 <= ord(letter) <= 0xFE0F or 0xE0100 <= ord(letter) <= 0xE01EF:
        return "?"
    return letter


def plain(text: str) -> str:
    """Make any data fit for paper: NFC, one line, every control, bidi, zero-width and escape code shown as `?`.

    Text over 2,000 characters ends there in `...`. What comes out is what Text and Pair take.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_plain_letter, unicodedata.normalize("NFC", text)))
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 3] + "..."


def _fit_text(name: str, text: object) -> None:
    if type(text) is str and text.isascii() and text.isprintable() and len(text) <= LONGEST_TEXT:
        return  # what nearly every text is; a paper has fifty of them
    if not isinstance(text, str):
        raise DocumentError(f"{name} must be text")
    if len(text) > LONGEST_TEXT:
        raise DocumentError(f"{name} is longer than {LONGEST_TEXT} characters")
    if text != plain(text):
        raise DocumentError(f"{name} holds a control or invisible character")


def _fit_count(name: str, number: object, most: int) -> None:
    if type(number) is not int or not 0 <= number <= most:
        raise DocumentError(f"{name} must be a whole number from 0 to {most}")


def _fit_flag(name: str, flag: object) -> None:
    if type(flag) is not bool:
        raise DocumentError(f"{name} must be true or false")


def _fit_flags(bold: object, double: object) -> None:
    if bold is not False or double is not False:
        _fit_flag("bold", bold)
        _fit_flag("double", double)


@dataclass(frozen=True, slots=True)
class Text:
    """Running text, wrapped to the paper's width. Raises DocumentError for text that did not pass `plain`."""

    s: str
    align: Align = "left"
    bold: bool = False
    double: bool = False

    def __post_init__(self) -> None:
        _fit_text("s", self.s)
        if self.align not in _ALIGNS:
            raise DocumentError("align must be left or center")
        _fit_flags(self.bold, self.double)


@dataclass(frozen=True, slots=True)
class Pair:
    """Text at the left, which wraps, and text at the right edge of its last line. Raises DocumentError as Text does."""

    l: str  # noqa: E741 - the key of the wire shape
    r: str
    bold: bool = False
    double: bool = False

    def __post_init__(self) -> None:
        _fit_text("l", self.l)
        _fit_text("r", self.r)
        _fit_flags(self.bold, self.double)


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Blank lines: 1 to 20."""

    n: int = 1

    def __post_init__(self) -> None:
        _fit_count("n", self.n, MOST_FEED)


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code of printable ASCII, 1 to 1,000 characters."""

    s: str

    def __post_init__(self) -> None:
        _fit_text("s", self.s)
        if not self.s.isascii() or not 1 <= len(self.s) <= LONGEST_QR:
            raise DocumentError(f"a QR code holds 1 to {LONGEST_QR} ASCII characters")


def fits_barcode(text: str) -> bool:
    """Whether a Code128 of ours can hold it: 1 to 40 characters of printable ASCII (code set B)."""
    return text.isascii() and text.isprintable() and 1 <= len(text) <= LONGEST_BARCODE


@dataclass(frozen=True, slots=True)
class Barcode:
    """A Code128 (ISO/IEC 15417) of printable ASCII. Left out where a printer has none or it is wider than the paper.

    So what it holds stands on the paper as text too. Raises DocumentError for what `fits_barcode` says no to.
    """

    s: str

    def __post_init__(self) -> None:
        _fit_text("s", self.s)
        if not fits_barcode(self.s):
            raise DocumentError(f"a bar code holds 1 to {LONGEST_BARCODE} ASCII characters")


@dataclass(frozen=True, slots=True)
class Logo:
    """The city's picture, in the middle; nothing where there is none."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of one paper."""


Block = Text | Pair | Rule | Feed | Qr | Barcode | Logo | Cut

_TAGS: dict[str, type[Block]] = {
    "text": Text,
    "pair": Pair,
    "rule": Rule,
    "feed": Feed,
    "qr": Qr,
    "code128": Barcode,
    "logo": Logo,
    "cut": Cut,
}
_TAG_OF: dict[type[Block], str] = {made: tag for tag, made in _TAGS.items()}
_DEFAULTS: dict[str, object] = {"align": "left", "bold": False, "double": False}
_FIELDS_OF = {made: tuple((field.name, _DEFAULTS.get(field.name)) for field in fields(made)) for made in _TAG_OF}
"""Each field of a block and the value it isn't written with; None for those that are always written."""
_ALIGNS = get_args(Align)
_KEYS = {"v", "kind", "title", "copy", "training", "blocks"}
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@dataclass(frozen=True, slots=True)
class Document:
    """One paper. `title` names it in lists and is not printed; `copy` 0 is the original, n the n-th duplicate.

    Raises DocumentError for a field outside its rules.
    """

    kind: Kind
    title: str
    blocks: tuple[Block, ...]
    copy: int = 0
    training: bool = False
    language: Language = USUAL

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise DocumentError(f"kind must be one of {', '.join(get_args(Kind))}")
        _fit_text("title", self.title)
        _fit_count("copy", self.copy, MOST_COPIES)
        _fit_flag("training", self.training)
        if self.language not in LANGUAGES:
            raise DocumentError(f"language must be one of {', '.join(LANGUAGES)}")
        if len(self.blocks) > MOST_BLOCKS:
            raise DocumentError(f"a document holds at most {MOST_BLOCKS} blocks")

    @property
    def banners(self) -> tuple[Text, ...]:
        """What must stand first on the paper, so that no layout can leave it out."""
        words = WORDS[self.language]
        training = (Text(words.training, "center", bold=True),) if self.training else ()
        duplicate = words.duplicate.format(self.copy)
        return training + ((Text(duplicate, "center", bold=True, double=True),) if self.copy else ())

    @property
    def printed(self) -> tuple[Block, ...]:
        """Everything that goes on the paper, in order: the banners, then the blocks."""
        return self.banners + self.blocks


def _block_fields(block: Block) -> dict[str, object]:
    kind = type(block)
    written: dict[str, object] = {"t": _TAG_OF[kind]}
    for name, default in _FIELDS_OF[kind]:
        value = getattr(block, name)
        if value != default:
            written[name] = value
    return written


def to_json(document: Document) -> str:
    """Write a document as JSON; `from_json` reads the same document back. Same document, same text."""
    language = {} if document.language == USUAL else {"language": document.language}
    return _dumps(
        {
            "v": VERSION,
            "kind": document.kind,
            "title": document.title,
            "copy": document.copy,
            "training": document.training,
            **language,
            "blocks": [_block_fields(block) for block in document.blocks],
        }
    )


def _read_block(position: int, written: object) -> Block:
    if not isinstance(written, dict):
        raise DocumentError(f"block {position} is not an object")
    rest: dict[str, Any] = dict(written)
    made = _TAGS.get(str(rest.pop("t", None)))
    if made is None:
        raise DocumentError(f"block {position} is of no known type; known: {', '.join(_TAGS)}")
    unknown = rest.keys() - {field.name for field in fields(made)}
    if unknown:
        raise DocumentError(f"block {position} has unknown fields: {', '.join(sorted(unknown))}")
    try:
        return made(**rest)
    except (DocumentError, TypeError) as error:
        raise DocumentError(f"block {position}: {error}") from error


def from_json(text: str) -> Document:
    """Read a document. Raises DocumentError for anything that `to_json` would not have written."""
    try:
        written = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DocumentError("a document must be JSON") from error
    if not isinstance(written, dict) or written.keys() - {"language"} != _KEYS:
        raise DocumentError("a document has exactly v, kind, title, copy, training and blocks, and maybe a language")
    if type(written["v"]) is not int or written["v"] != VERSION:
        raise DocumentError(f"only documents of version {VERSION} can be read")
    if not isinstance(written["kind"], str) or not isinstance(written["blocks"], list):
        raise DocumentError("kind must be text and blocks a list")
    blocks = tuple(_read_block(position, block) for position, block in enumerate(written["blocks"]))
    language = written.get("language", USUAL)
    if "language" in written and language == USUAL:
        raise DocumentError("the usual language is not written")
    return Document(
        cast("Kind", written["kind"]), written["title"], blocks, written["copy"], written["training"], language
    )
