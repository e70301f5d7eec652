"""What a command asks a person: at a terminal by a prompt, in a pipe as one line of standard input each."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from countertui.errors import UsageError


def ask(what: str) -> str:
    """A word, typed or read. Raises UsageError where standard input has ended."""
    if sys.stdin.isatty():
        return input(f"{what}: ").strip()
    return _line(what).strip()


def ask_secret(what: str) -> str:
    """A secret, typed without echo or read. Raises UsageError where standard input has ended."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{what}: ")
    return _line(what)


def ask_new_secret(what: str) -> str:
    """A new secret: typed twice, or read once. Raises UsageError if the two differ."""
    secret = ask_secret(what)
    if sys.stdin.isatty() and getpass.getpass("Again: ") != secret:
        raise UsageError(f"{what}: the two differ.", safe="Nothing was changed.", press="Run the command again.")
    return secret


def wait_for(whom: str) -> None:
    """Wait until somebody presses Enter at a terminal; in a pipe there is nobody to wait for."""
    if sys.stdin.isatty():
        input(f"{whom}: press Enter. ")


def passphrase_for(folder: Path) -> str:
    """The opener's passphrase: the demo's own for a demo; for services COUNTERTUI_PASSPHRASE, or the first line of the
    file that COUNTERTUI_PASSPHRASE_FILE names; else asked for. Raises UsageError for a file that can't be read.
    """
    if (folder / "demo.json").exists() or (folder.parent / "demo.json").exists():
        from countertui.demo.passphrase import PASSPHRASE

        return PASSPHRASE
    if named := os.environ.get("COUNTERTUI_PASSPHRASE_FILE"):
        try:
            return Path(named).read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
        except (OSError, UnicodeDecodeError):
            raise UsageError("The file that COUNTERTUI_PASSPHRASE_FILE names can't be read.") from None
    return os.environ.get("COUNTERTUI_PASSPHRASE") or ask_secret("Opener's passphrase")


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
