"""The ledger as a process of its own, as it runs in earnest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countertui.ledger.books import Books
from countertui.ledger.settings import read_settings, write_settings
from ledger.town import NOW, PASSPHRASE

PROGRAM = f"""
import gc, sys
gc.disable()  # as `countertui ledger serve` does
from pathlib import Path
from countertui.ledger.server import serve
from countertui.ledger.settings import read_settings
gc.freeze()
gc.enable()
folder = Path(sys.argv[1])
serve(folder, {PASSPHRASE!r}, lambda: {NOW!r}, read_settings(folder))
"""


@dataclass
class Served:
    """A ledger that answers. `log` is the file its standard error goes to."""

    child: subprocess.Popen[bytes]
    url: str
    pin: str
    log: Path

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@contextmanager
def served(books: Books, log: Path, **settings: Any) -> Iterator[Served]:
    write_settings(books.folder, read_settings(books.folder).model_copy(update=settings))
    with log.open("wb") as errors:
        child = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(books.folder)], stdout=subprocess.PIPE, stderr=errors, env=os.environ
        )
    try:
        assert child.stdout is not None
        line = child.stdout.readline()
        assert line, log.read_text()
        said = json.loads(line)
        yield Served(child, said["url"], said.get("pin", ""), log)
    finally:
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()
