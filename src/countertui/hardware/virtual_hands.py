"""The hands at a set of virtual devices: what a person does to them, one line of words at a time.

A trainer or a test connects to the port that `virtual_devices` prints (`nc 127.0.0.1 PORT`) and types, for instance,
`cover open`, `paper 12`, `scan 00345678901` or `help`. Each line is answered with one, `ok` or what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from countertui.hardware.virtual_check_reader import VirtualCheckReader
from countertui.hardware.virtual_paper import PaperEngine
from countertui.hardware.virtual_pole import VirtualPole
from countertui.hardware.virtual_printer import VirtualPrinter
from countertui.hardware.virtual_serial import VirtualScanner, VirtualSerial
from countertui.hardware.virtual_slip import Sheet

Meaning = TypeVar("Meaning")

_LONGEST_LINE = 4096
WORDS = (
    "cover open|closed · paper out|in|LINES · power off|on · cutter jammed|free"
    " · printer mute|talking|hung|awake|dead|alive · drawer close|?"
    " · slip in [MICR]|out|? · scan DATA · check MICR · pole ? · help"
)


class Hands:
    """What is behind the port for hands; `receive` takes lines, `replies` holds what each did."""

    def __init__(
        self,
        printer: VirtualPrinter,
        scanner: VirtualSerial[VirtualScanner],
        check_reader: VirtualSerial[VirtualCheckReader],
        pole: VirtualSerial[VirtualPole],
    ) -> None:
        self.replies = bytearray()
        self._held = bytearray()
        self._printer = printer
        self._scanner = scanner
        self._check_reader = check_reader
        self._pole = pole
        self._acts: dict[str, Callable[[str], str]] = {
            "cover": self._cover,
            "paper": self._paper,
            "power": self._power,
            "cutter": self._cutter,
            "printer": self._printer_is,
            "drawer": self._drawer,
            "slip": self._slip,
            "scan": self._scan,
            "check": self._check,
            "pole": self._pole_shows,
            "help": lambda _words: WORDS,
        }

    def receive(self, data: bytes) -> None:
        """Take lines in whatever pieces."""
        self._held += data
        while (end := self._held.find(b"\n")) >= 0:
            line = bytes(self._held[:end]).decode("utf-8", "replace").strip()
            del self._held[: end + 1]
            if line:
                self.replies += (self.do(line) + "\n").encode()
        if len(self._held) > _LONGEST_LINE:
            self._held.clear()

    def do(self, line: str) -> str:
        """Do one thing; gives what there is to say of it."""
        first, _, rest = line.partition(" ")
        act = self._acts.get(first)
        try:
            return act(rest.strip()) if act else f"no such thing: {first}; {WORDS}"
        except ValueError:
            return f"no such thing: {line}; {WORDS}"

    def _cover(self, words: str) -> str:
        with self._printer.faults() as faults:
            faults.cover_open = _one_of(words, {"open": True, "closed": False})
        return "ok"

    def _paper(self, words: str) -> str:
        with self._printer.faults() as faults:
            lines = int(words) if words.isdecimal() else None
            faults.paper_out = False if lines is not None else _one_of(words, {"out": True, "in": False})
            faults.lines_left = lines
        return "ok"

    def _power(self, words: str) -> str:
        _one_of(words, {"off": self._printer.power_off, "on": self._printer.power_on})()
        return "ok"

    def _cutter(self, words: str) -> str:
        with self._printer.hands() as engine:
            engine.faults.cutter_jammed = _one_of(words, {"jammed": True, "free": False})
            engine.clear_jam()
        return "ok"

    def _printer_is(self, words: str) -> str:
        name, value = _one_of(
            words,
            {
                "mute": ("mute", True),
                "talking": ("mute", False),
                "hung": ("hung", True),
                "awake": ("hung", False),
                "dead": ("dead", True),
                "alive": ("dead", False),
            },
        )
        with self._printer.faults() as faults:
            setattr(self._printer if name == "dead" else faults, name, value)
        return "ok"

    def _drawer(self, words: str) -> str:
        with self._printer.hands() as engine:
            if words == "?":
                return "open" if engine.drawer.is_open else "closed"
            _one_of(words, {"close": engine.drawer.close})()
        return "ok"

    def _slip(self, words: str) -> str:
        word, _, micr = words.partition(" ")
        with self._printer.hands() as engine:
            if word == "?":
                return _slip_words(engine)
            if _one_of(word, {"in": True, "out": False}):
                engine.slip.insert(Sheet(micr.strip()))
            elif engine.slip.remove() is None:
                return "there is none in it"
        return "ok"

    def _scan(self, words: str) -> str:
        with self._scanner.hands() as scanner:
            scanner.scan(_unescaped(words))
        return "ok"

    def _check(self, words: str) -> str:
        with self._check_reader.hands() as reader:
            reader.insert(words)
        return "ok"

    def _pole_shows(self, words: str) -> str:
        with self._pole.hands() as pole:
            return _one_of(words, {"?": "|".join(pole.lines)})


def _one_of(words: str, known: dict[str, Meaning]) -> Meaning:
    if words not in known:
        raise ValueError(words)
    return known[words]


def _slip_words(engine: PaperEngine) -> str:
    if engine.slip.waiting:
        return "waits for one"
    if engine.slip.sheet is not None:
        return "one is in"
    return f"{len(engine.slip.ejected)} came out"


def _unescaped(words: str) -> bytes:
    """Control characters of a code, written as in Python: `@\\n\\x1e\\rANSI `."""
    return words.encode("latin-1", "replace").decode("unicode_escape").encode("latin-1", "replace")
