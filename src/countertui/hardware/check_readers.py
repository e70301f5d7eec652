"""What check readers send: MagTek's formats over a serial line, and the replies of readers inside printers.

MagTek manuals, "Format List"; Epson TM-H5000II specification (FS a 0); TH320 guide (ESC w 1). Pure: bytes come in
whole, from a `Framer` or from a printer's conversation.
"""

from __future__ import annotations

import re

from countertui.domain.check_line import LONGEST_LINE, CheckLine, checked_line, read_check_line
from countertui.domain.money import Cents
from countertui.domain.refusal import Refused
from countertui.hardware.framing import Framer

EPSON_READ, EPSON_LOAD, EPSON_EJECT, EPSON_AGAIN = b"\x1ca0\x00", b"\x1ca1", b"\x1ca2", b"\x1cb"
"""FS a 0 for E-13B, FS a 1, FS a 2, FS b."""
AXIOHM_READ = b"\x1bw\x01"
LONGEST_REPLY = 67
LONGEST_AMOUNT = 10
_EPSON_BEGINS, _EPSON_FIXED, _EPSON_ABNORMAL, _EPSON_NOT_AGAIN = 0x5F, 0x40, 0x20, 0x10
_TYPE = "Put it through again, printed side as the reader shows; or type the numbers."
_AXIOHM_SAYS = {
    1: "The check could not be read.",
    2: "There was no check in the reader.",
    3: "The check jammed in the reader.",
    4: "There is no magnetic line on that paper.",
}
_TAGGED = re.compile(r"(?:PT)?(?P<fields>[A-Z]{2}[^;/]*(?:;[A-Z]{2}[^;/]*)*)(?:/PE(?P<error>[A-Z]{2}))?")
_LETTERED = re.compile(r"T(?P<transit>[0-9?-]*)T(?P<account>[0-9? -]*)A(?P<check>[0-9? -]*)(?:S[0-9]*)?")
_SLASHED = re.compile(r"(?P<amount>!)?(?P<transit>[0-9?-]{9,10})/(?P<rest>[0-9?. /-]*)")
_PERSONAL, _COMMERCIAL = "1", "2"


class CheckNotRead(Refused):
    """The reader says that it read no check, or what it says can't be made out."""


def magtek_framer() -> Framer:
    """Frames a MagTek reader's messages, however it is set to begin and end them."""
    return Framer(LONGEST_LINE)


def read_magtek(message: str, alphabet: str) -> CheckLine:
    """Read a reader's message: raw in that alphabet (00xx), or taken apart by it (01xx, 02xx, 52xx, 60xx, 62xx, 65xx).

    Formats that put numbers side by side with nothing between them (61xx, 63xx, 64xx) are refused: where an account
    ends would be a guess. Raises CheckNotRead where it says that there was no line, CheckLineRefused for a line that
    money can't be taken on.
    """
    text = message.strip()
    if not text.strip("?") or text.upper() == "NO MICR" or text == "0/":
        raise CheckNotRead("The reader found no line on that paper.", press=_TYPE)
    if (found := _TAGGED.fullmatch(text)) is not None and "TR" in text[:4]:
        return _tagged(found)
    if (found := _LETTERED.fullmatch(text)) is not None:
        return checked_line(found["transit"], found["account"], found["check"])
    if (found := _SLASHED.fullmatch(text)) is not None:
        return _slashed(found)
    return read_check_line(text, alphabet)


def read_epson(reply: bytes, alphabet: str) -> CheckLine:
    """Read the reply to FS a 0 or FS b: 5f, a status, the line in the printer's alphabet, NUL.

    Raises CheckNotRead, CheckLineRefused.
    """
    whole = len(reply) >= 3 and reply[0] == _EPSON_BEGINS and reply[-1] == 0 and len(reply) <= LONGEST_REPLY
    if not whole or not reply[1] & _EPSON_FIXED:
        raise CheckNotRead("The printer's answer about the check was cut off.", press=_TYPE)
    if reply[1] & _EPSON_ABNORMAL:
        again = "Take it out and type the numbers." if reply[1] & _EPSON_NOT_AGAIN else _TYPE
        raise CheckNotRead("The check could not be read.", press=again)
    return read_check_line(_ascii(reply[2:-1]), alphabet)


def read_axiohm(reply: bytes, alphabet: str = "axiohm") -> CheckLine:
    """Read the reply to ESC w 1: a status (0 is good), the line, CR. Raises CheckNotRead, CheckLineRefused."""
    if not reply or reply[-1] != 0x0D or len(reply) > LONGEST_REPLY:
        raise CheckNotRead("The printer's answer about the check was cut off.", press=_TYPE)
    if reply[0] != 0:
        raise CheckNotRead(_AXIOHM_SAYS.get(reply[0], "The check could not be read."), press=_TYPE)
    return read_check_line(_ascii(reply[1:-1]), alphabet)


def _tagged(found: re.Match[str]) -> CheckLine:
    """Formats 01xx and 02xx: TR transit, AC account, CK check number, AM amount, in any order; an error at the end."""
    fields = {part[:2]: part[2:] for part in found["fields"].split(";")}
    return checked_line(fields.get("TR", ""), fields.get("AC", ""), fields.get("CK", ""), _cents(fields.get("AM")))


def _slashed(found: re.Match[str]) -> CheckLine:
    """Format 60xx, transit, account, check and type, the check left out where there is none; 65xx, an amount last."""
    account, *more = found["rest"].rstrip("/").split("/")
    if found["amount"]:
        number, amount = [*more, "", ""][:2]
        return checked_line(found["transit"], account, number, _cents(amount))
    if more and more[-1] in {_PERSONAL, _COMMERCIAL}:
        more.pop()
    return checked_line(found["transit"], account, more[0] if more else "")


def _cents(amount: str | None) -> Cents | None:
    digits = (amount or "").replace(".", "").strip()
    return Cents(int(digits)) if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_AMOUNT else None


def _ascii(line: bytes) -> str:
    """What is no ASCII is shown as a sign that no alphabet has: the line is then refused."""
    return line.decode("ascii", "replace")
