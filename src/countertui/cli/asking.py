"""What a command asks a person: at a terminal by a prompt, in a pipe as one line of standard input each.

At a terminal an answer is judged when it is typed, and asked for again with the reason. A pipe can't answer again:
there whoever takes the answers judges them, and refuses all.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from countertui.cli.lines import tell
from countertui.domain.refusal import Refused
from countertui.errors import CounterError, UsageError
from countertui.machine import folder_mark

_Answer = TypeVar("_Answer")


def until_taken(asked: Callable[[], _Answer], judge: Callable[[_Answer], object]) -> _Answer:
    """An answer, or several: at a terminal asked for until `judge` doesn't refuse, in a pipe read once, not judged."""
    while True:
        answer = asked()
        if not sys.stdin.isatty():
            return answer
        try:
            judge(answer)
        except (CounterError, Refused) as refusal:
            _tell(refusal.happened, refusal.press)
        else:
            return answer


def ask(what: str) -> str:
    """A word, typed or read. Raises UsageError where standard input has ended (Ctrl+D at a terminal)."""
    if sys.stdin.isatty():
        return _typed(input, what).strip()
    return _line(what).strip()


def ask_secret(what: str) -> str:
    """A secret, typed without echo or read. Raises UsageError where standard input has ended (Ctrl+D at a terminal)."""
    if sys.stdin.isatty():
        return _typed(getpass.getpass, what)
    return _line(what)


def ask_new_secret(what: str, judge: Callable[[str], None] = lambda _secret: None) -> str:
    """A new secret: typed until `judge` takes it and it is typed alike twice, or read once and not judged."""
    while True:
        secret = until_taken(lambda: ask_secret(what), judge)
        if not sys.stdin.isatty() or _typed(getpass.getpass, "Again") == secret:
            return secret
        _tell("The two differ.", "Type it twice again.")


def wait_for(whom: str) -> None:
    """Wait until somebody presses Enter at a terminal; in a pipe there is nobody to wait for."""
    if sys.stdin.isatty():
        try:
            input(f"{whom}: press Enter. ")
        except EOFError:
            print()  # Ctrl+D is an answer too: what follows was done already


def passphrase_for(folder: Path) -> str:
    """The opener's passphrase: a demo or training city's own; for services COUNTERTUI_PASSPHRASE, or the first
    line of the file that COUNTERTUI_PASSPHRASE_FILE names; else asked for. Raises UsageError for a file that can't be
    read.
    """
    if folder_mark(folder) or folder_mark(folder.parent):
        from countertui.demo.passphrase import PASSPHRASE

        return PASSPHRASE
    if named := os.environ.get("COUNTERTUI_PASSPHRASE_FILE"):
        try:
            return Path(named).read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
        except (OSError, UnicodeDecodeError):
            raise UsageError("The file that COUNTERTUI_PASSPHRASE_FILE names can't be read.") from None
    return os.environ.get("COUNTERTUI_PASSPHRASE") or ask_secret("Opener's passphrase")


def _tell(*sentences: str) -> None:
    tell(" ".join(filter(None, sentences)), sys.stderr)


def _typed(read: Callable[[str], str], what: str) -> str:
    try:
        return read(f"{what}: ")
    except EOFError:
        _tell("")  # the prompt's own line stands unfinished
        raise UsageError(f"{what}: nothing was typed.", safe="Nothing was changed.") from None


def _line(what: str) -> str:
    try:
        line = sys.stdin.readline()
    except UnicodeDecodeError:
        raise UsageError(f"{what}: what came from standard input is no text.", safe="Nothing was changed.") from None
    if not line:
        raise UsageError(
            f"{what}: nothing came from standard input.",
            safe="Nothing was changed.",
            press="Run the command at a terminal, or give one line for each question.",
        )
    return line.rstrip("\r\n")
