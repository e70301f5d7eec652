"""Where one ESC/POS command ends and the next begins. Pure. Lengths: Epson ESC/POS reference, TM-H5000II specification.

A question may only stand between commands: within one it is taken for its parameters, or what follows it is.
"""

from __future__ import annotations

from collections.abc import Iterator

_ESC_PARAMETERS = {
    "@": 0, "2": 0, "=": 1, "!": 1, "-": 1, "3": 1, "E": 1, "G": 1, "J": 1, "K": 1, "M": 1, "R": 1, "V": 1, "a": 1,
    "d": 1, "e": 1, "r": 1, "t": 1, "{": 1, " ": 1, "$": 2, "\\": 2, "p": 3, "c": 2, "f": 2, "C": 1, "F": 1, "i": 0,
    "m": 0, "q": 0, "u": 1, "v": 0, "L": 0, "S": 0,
}  # fmt: skip
_GS_PARAMETERS = {
    "!": 1, "B": 1, "H": 1, "I": 1, "a": 1, "b": 1, "f": 1, "h": 1, "r": 1, "w": 1, "/": 1, ":": 0, "L": 2, "W": 2,
    "P": 2, "\\": 2, "$": 2, "^": 3, "g": 4,
}  # fmt: skip
_FS_PARAMETERS = {"b": 0, "c": 0, "&": 0, ".": 0, "C": 1, "p": 2}
_CLEAR_FUNCTION = 8
_WITH_A_FEED = frozenset({65, 66, 97, 98, 103, 104})
_MICR_READ = 0x30


def is_known(command: bytes) -> bool:
    """Whether the length of this command is known, not guessed."""
    if command[0] not in {0x1B, 0x1D, 0x1C}:
        return True
    letter = chr(command[1])
    if command[0] == 0x1B:
        return letter in _ESC_PARAMETERS or letter in "w*"
    if command[0] == 0x1D:
        return letter in _GS_PARAMETERS or letter in "(Vkv"
    return letter in _FS_PARAMETERS or letter in "(a"


def command_length(data: bytes | bytearray, at: int = 0) -> int | None:
    """How many bytes the command or letter that begins at `at` has; None while too few have come to tell.

    The length may reach beyond what has come. A command that is not known counts as its two letters.
    """
    held = len(data) - at
    if held < 1:
        return None
    first = data[at]
    if first not in {0x10, 0x1B, 0x1C, 0x1D}:
        return 1
    if held < 2:
        return None
    letter = chr(data[at + 1])
    if first == 0x10:
        return _real_time_length(data, at, held)
    if letter == "(" and first != 0x1B:
        return 5 + data[at + 3] + 256 * data[at + 4] if held >= 5 else None
    if first == 0x1B:
        return _esc_length(letter, data, at, held)
    return (_fs_length if first == 0x1C else _gs_length)(letter, data, at, held)


def _real_time_length(data: bytes | bytearray, at: int, held: int) -> int | None:
    if data[at + 1] not in {0x04, 0x05, 0x14}:
        return 1
    if held < 3:
        return None
    if data[at + 1] != 0x14:
        return 4 if data[at + 1 : at + 3] == b"\x04\x08" else 3
    return 10 if data[at + 2] == _CLEAR_FUNCTION else 5


def _fs_length(letter: str, data: bytes | bytearray, at: int, held: int) -> int | None:
    if letter != "a":
        return 2 + _FS_PARAMETERS.get(letter, 0)
    return None if held < 3 else 4 if data[at + 2] == _MICR_READ else 3


def _esc_length(letter: str, data: bytes | bytearray, at: int, held: int) -> int | None:
    if letter == "*":  # a strip of dots
        if held < 5:
            return None
        return 5 + (data[at + 3] + 256 * data[at + 4]) * (3 if data[at + 2] >= 32 else 1)
    if letter != "w":
        return 2 + _ESC_PARAMETERS.get(letter, 0)
    if held < 3:  # Axiohm: 01 reads a check; 70 ... CR says how
        return None
    if data[at + 2] != ord("p"):
        return 3
    end = data.find(b"\r", at + 3)
    return None if end < 0 else end - at + 1


def _gs_length(letter: str, data: bytes | bytearray, at: int, held: int) -> int | None:
    if letter == "V":
        return None if held < 3 else 4 if data[at + 2] in _WITH_A_FEED else 3
    if letter == "k":  # a bar code: up to NUL, or by a count
        if held < 4:
            return None
        if data[at + 2] > 6:
            return 4 + data[at + 3]
        end = data.find(b"\0", at + 3)
        return None if end < 0 else end - at + 1
    if letter == "v":  # a raster picture
        if held < 8:
            return None
        return 8 + (data[at + 4] + 256 * data[at + 5]) * (data[at + 6] + 256 * data[at + 7])
    return 2 + _GS_PARAMETERS.get(letter, 0)


def commands(data: bytes) -> Iterator[bytes]:
    """The commands and letters of a job in order; what is incomplete at its end is the last."""
    at = 0
    while at < len(data):
        length = command_length(data, at) or len(data) - at
        yield data[at : at + length]
        at += length


def windows(data: bytes, most: int) -> Iterator[bytes]:
    """A job in pieces that end after a line feed, of at most `most` bytes unless one line or picture is longer.

    From the first command of unknown length on nothing is cut: where a line ends there could only be guessed.
    """
    begin = end = at = 0
    for command in commands(data):
        if not is_known(command.ljust(2, b"\0")):
            break
        at += len(command)
        if command == b"\n":
            if end > begin and at - begin > most:
                yield data[begin:end]
                begin = end
            end = at
    else:
        if len(data) - begin > most and begin < end < len(data):
            yield data[begin:end]
            begin = end
    if begin < len(data):
        yield data[begin:]
