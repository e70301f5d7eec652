"""A print document as lines of text: for the screen, the audit file and tests."""

from __future__ import annotations

from collections.abc import Iterator

from countertui.domain.documents import Barcode, Block, Cut, Document, Feed, Logo, Pair, Qr, Rule, Text
from countertui.domain.paper import NARROWEST, paired, width_of, wrapped


def _block(block: Block, width: int) -> Iterator[str]:
    match block:
        case Text(s=text, align=align, double=double):
            for line in wrapped(text, width // 2 if double else width):
                spare = width - width_of(line)
                yield (" " * (spare // 2) + line if align == "center" else line).rstrip()
        case Pair(l=left, r=right):
            yield from (line.rstrip() for line in paired(left, right, width))
        case Rule():
            yield "-" * width
        case Feed(n=n):
            yield from [""] * n
        case Qr(s=claim):
            yield from wrapped(f"[QR] {claim}", width)
        case Barcode(s=code):
            yield from wrapped(f"[Code 128] {code}", width)
        case Logo():
            return
        case Cut():
            yield "- " * (width // 2)


def as_text(document: Document, width: int = 42) -> list[str]:
    """Write a document as lines of at most `width` cells (16 or more), banners first. Raises ValueError below 16."""
    if width < NARROWEST:
        raise ValueError(f"paper is at least {NARROWEST} characters wide")
    return [line for block in document.printed for line in _block(block, width)]
