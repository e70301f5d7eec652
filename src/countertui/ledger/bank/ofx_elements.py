"""The elements of an OFX file, 1.x (SGML, where values need no end) and 2.x (XML) alike.

A reader for what banks send, not for SGML: a declaration, an entity of its own, a processing instruction after the
header or a reference to elsewhere is refused, so that a file can neither grow nor fetch anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from countertui.ledger.bank.faults import BankFileRefusedError

MOST_ELEMENTS = 2_000_000
_TOKEN = re.compile(
    r"<!\[CDATA\[(?P<data>.*?)\]\]>|<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9._-]{0,60})\s*>|(?P<other><)|(?P<text>[^<]+)",
    re.DOTALL,
)
_MUST_END = frozenset(
    {"OFX", "BANKMSGSRSV1", "STMTTRNRS", "STMTRS", "BANKACCTFROM", "BANKTRANLIST", "STMTTRN", "LEDGERBAL", "STATUS"}
)  # fmt: skip
_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)[A-Za-z#][^\s;&]{0,30};")


@dataclass(slots=True)
class Element:
    """One element: the line it begins in, its name in capitals, its value, the elements in it."""

    row: int
    name: str
    value: str = ""
    inside: list[Element] = field(default_factory=list)

    def all(self, name: str) -> Iterator[Element]:
        """Every element of that name in it, however deep."""
        for element in self.inside:
            if element.name == name:
                yield element
            else:
                yield from element.all(name)

    def said(self, name: str) -> str:
        """The value of its own element of that name, empty for none."""
        return next((element.value for element in self.inside if element.name == name), "")


def ofx_root(text: str) -> Element:
    """The OFX element of a file. Raises BankFileRefusedError."""
    begins = re.search(r"<OFX>", text, re.IGNORECASE)
    if begins is None:
        raise BankFileRefusedError("It holds no <OFX>.")
    header = text[: begins.start()]
    if re.search(r"<!", header):
        raise BankFileRefusedError("Its header declares something.", header[: header.index("<!")].count("\n") + 1)
    top = Element(0, "")
    open_ = [top]
    row = header.count("\n") + 1
    for n, token in enumerate(_TOKEN.finditer(text, begins.start())):
        if n > MOST_ELEMENTS:
            raise BankFileRefusedError("It is too large.", row)
        _take(open_, token, row)
        row += token[0].count("\n")
    if len(open_) > 1:
        raise BankFileRefusedError(f"It ends within <{open_[1].name}>.", row)
    return top.inside[0]


def _take(open_: list[Element], token: re.Match[str], row: int) -> None:
    name = (token["name"] or "").upper()
    if token["other"]:
        raise BankFileRefusedError("A tag is not one of OFX.", row)
    if token["data"] is not None:
        _value(open_, token["data"], row)
    elif token["text"] is not None:
        if token["text"].strip():
            _value(open_, _plain(token["text"].strip(), row), row)
    elif token["end"]:
        _end(open_, name, row)
    else:
        _begin(open_, name, row)


def _begin(open_: list[Element], name: str, row: int) -> None:
    if len(open_) == 1 and (name != "OFX" or open_[0].inside):
        raise BankFileRefusedError(f"<{name}> stands outside of <OFX>.", row)
    if open_[-1].value:
        open_.pop()  # a value of OFX 1.x ends where the next element begins
    element = Element(row, name)
    open_[-1].inside.append(element)
    open_.append(element)


def _value(open_: list[Element], value: str, row: int) -> None:
    element = open_[-1]
    if len(open_) == 1 or element.inside:
        raise BankFileRefusedError("Text stands where an element should.", row)
    element.value += value


def _end(open_: list[Element], name: str, row: int) -> None:
    """End an element; one in it that held nothing and never ended was an empty value, and what follows it its next."""
    place = next((n for n in range(len(open_) - 1, 0, -1) if open_[n].name == name), None)
    if place is None:
        raise BankFileRefusedError(f"</{name}> ends nothing.", row)
    while len(open_) - 1 > place:
        element = open_.pop()
        if element.name in _MUST_END:
            raise BankFileRefusedError(f"<{element.name}> has no end before </{name}>.", element.row)
        open_[-1].inside.extend(element.inside)
        element.inside = []
    open_.pop()


def _plain(text: str, row: int) -> str:
    if (reference := _REFERENCE.search(text)) is not None:
        raise BankFileRefusedError(f"{reference[0]} refers to something.", row)
    return unescape(text)
